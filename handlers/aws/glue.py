"""The central account's Glue catalogue."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, cast

from handlers.aws.clients import KEY_CURE, Translate, client, translated
from handlers.sharing.model.catalogue import Column, Database, Table
from handlers.sharing.model.errors import (
    CatalogueKeyUnavailable,
    CatalogueUnreadable,
    DatabaseNotFound,
    InvalidInput,
    LakeshareError,
    ResourceLink,
    TableNotFound,
)
from handlers.sharing.model.request import shown
from handlers.sharing.model.sensitivity import flags_of

Entry = Mapping[str, Any]


class GlueCatalogue:
    """`Catalogue` on Glue.

    Glue *follows* resource links, so whatever comes back is held against what was asked for: it must belong to the
    central account and bear the requested name.
    """

    def __init__(self, central_account: str) -> None:
        self._account = central_account
        self._glue = client("glue")

    def database(self, name: str) -> Database:
        """Read one database."""
        with translated("read a database", _not_found(DatabaseNotFound, f"There is no database {shown(name)}.")):
            entry: Entry = self._glue.get_database(Name=name)["Database"]
        what = f"Database {shown(name)}"
        self._check(entry, name, "TargetDatabase", what)
        parameters = _parameters(entry, what)
        return Database(
            name=name,
            flags=flags_of(parameters),
            owner=_owner(parameters),
            owner_name=_text(parameters.get("data_owner_name")) or None,
            description=_text(entry.get("Description")),
            location=_text(entry.get("LocationUri")),
        )

    def table(self, database: str, name: str) -> Table:
        """Read one table."""
        absent = f"There is no table {shown(name)} in database {shown(database)}."
        with translated("read a table", _not_found(TableNotFound, absent)):
            entry: Entry = self._glue.get_table(DatabaseName=database, Name=name)["Table"]
        return self._table(entry, database, name)

    def tables(self, database: str) -> Iterable[Table]:
        """Read all tables, 100 a page."""
        absent = f"There is no database {shown(database)}."
        for entry in self._entries(database, absent):
            name = entry.get("Name")
            if not isinstance(name, str) or not name:
                raise CatalogueUnreadable(f"Database {shown(database)} has a table without a name.")
            yield self._table(entry, database, name.lower())

    def _entries(self, database: str, absent: str) -> Iterator[Entry]:
        token: dict[str, str] = {}
        while True:
            with translated("list the tables of a database", _not_found(DatabaseNotFound, absent)):
                page = self._glue.get_tables(DatabaseName=database, MaxResults=100, **token)
            yield from page.get("TableList", [])
            if not page.get("NextToken"):
                return
            token = {"NextToken": page["NextToken"]}

    def _table(self, entry: Entry, database: str, name: str) -> Table:
        what = f"Table {shown(f'{database}.{name}')}"
        self._check(entry, name, "TargetTable", what)
        if _text(entry.get("DatabaseName")).lower() != database:
            raise ResourceLink(f"{what} is a link into another database. Ask for what it leads to instead.")
        parameters = _parameters(entry, what)
        storage: object = entry.get("StorageDescriptor")
        storage = cast("Entry", storage) if isinstance(storage, Mapping) else {}
        location = _text(storage.get("Location"))
        definition = [entry.get("ViewOriginalText"), entry.get("ViewExpandedText"), entry.get("ViewDefinition")]
        return Table(
            name=name,
            columns=_columns(storage, entry),
            flags=flags_of(parameters),
            owner=_owner(parameters),
            owner_name=_text(parameters.get("data_owner_name")) or None,
            description=_text(entry.get("Description")),
            kind=_text(entry.get("TableType")),
            location=location,
            definition=json.dumps(definition, sort_keys=True, default=repr) if any(definition) else "",
            # A view has no location that could be registered.
            registered=not location or entry.get("IsRegisteredWithLakeFormation") is not False,
        )

    def _check(self, entry: Entry, name: str, link: str, what: str) -> None:
        if entry.get(link):
            raise ResourceLink(f"{what} is a resource link. Ask the account that owns what it leads to.")
        owner = entry.get("CatalogId")
        if not isinstance(owner, str):
            raise CatalogueUnreadable(f"{what} does not say which account's catalogue it belongs to.")
        if owner != self._account or _text(entry.get("Name")).lower() != name:
            raise ResourceLink(
                f"{what} leads to something else, or belongs to another account; what was shared into the central "
                "account cannot be shared on."
            )


def _not_found(kind: type[LakeshareError], message: str) -> Translate:
    def translate(code: str, aws_message: str) -> LakeshareError | None:
        match code:
            case "EntityNotFoundException":
                return kind(message + " Or Lake Formation hides it from Lakeshare's role.")
            case "GlueEncryptionException":
                return CatalogueKeyUnavailable(KEY_CURE)
            case "InvalidInputException" | "ValidationException":
                return InvalidInput(f"The catalogue does not take this name: {aws_message}")
            case _:
                return None

    return translate


def _parameters(entry: Entry, what: str) -> Mapping[str, object]:
    parameters: object = entry.get("Parameters")
    if parameters is None:
        return {}
    if not isinstance(parameters, Mapping):
        raise CatalogueUnreadable(f"{what} has parameters that are no object.")
    return cast("Mapping[str, object]", parameters)


def _owner(parameters: Mapping[str, object]) -> str | None:
    owner = parameters.get("data_owner")
    # An empty owner is one that cannot be read, not a missing one: only the key's absence falls back.
    return None if owner is None else str(owner)


def _columns(storage: Entry, entry: Entry) -> tuple[Column, ...] | None:
    """Columns and partition keys; `None` if there is no list of columns, or one that cannot be read."""
    columns = _list(storage.get("Columns"))
    keys = _list(entry.get("PartitionKeys") or [])
    if not columns or keys is None:
        return None
    read = [_column(each, is_key=False) for each in columns] + [_column(each, is_key=True) for each in keys]
    known = tuple(column for column in read if column is not None)
    return known if len(known) == len(read) else None


def _column(value: object, *, is_key: bool) -> Column | None:
    if not isinstance(value, Mapping):
        return None
    column = cast("Entry", value)
    name = column.get("Name")
    parameters: object = column.get("Parameters") or {}
    if not isinstance(name, str) or not isinstance(parameters, Mapping):
        return None
    flags = flags_of(cast("Mapping[str, object]", parameters))
    return Column(name, _text(column.get("Type")), flags, is_partition_key=is_key)


def _list(value: object) -> list[object] | None:
    return cast("list[object]", value) if isinstance(value, list) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
