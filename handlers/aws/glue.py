"""The central account's Glue catalogue: for requests, which refuse what is odd, and for browsing, which shows it."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import TypeVar, cast

from handlers.aws.clients import KEY_CURE, Translate, client, translated
from handlers.aws.glue_facts import Entry, about_database, about_table, is_view
from handlers.aws.glue_schema import Schema, schema_of
from handlers.sharing.model.catalogue import Batch, Column, Database, Found, Table
from handlers.sharing.model.checks import shown
from handlers.sharing.model.errors import (
    CatalogueKeyUnavailable,
    CatalogueUnreadable,
    DatabaseNotFound,
    InvalidInput,
    LakeshareError,
    Refused,
    ResourceLink,
    TableNotFound,
)
from handlers.sharing.model.sensitivity import PII_COLUMNS, ROW_FILTER, flags_of, values_of, values_under

PAGE = 100
"""The most that Glue gives at once."""

T = TypeVar("T")


class GlueCatalogue:
    """`Catalogue` and `BrowsableCatalogue` on Glue.

    Glue *follows* resource links, so whatever comes back is held against what was asked for: it must belong to the
    central account and bear the requested name.
    """

    def __init__(self, central_account: str) -> None:
        self._account = central_account
        self._glue = client("glue")

    def database(self, name: str) -> Database:
        """Read one database."""
        return _usable(self._find_database(self._get_database(name), name))

    def table(self, database: str, name: str) -> Table:
        """Read one table."""
        return _usable(self._find_table(self._get_table(database, name), database, name))

    def pages(self, database: str) -> Iterator[list[Table]]:
        """Read all tables, 100 a page, each page when it is asked for."""
        what, token = f"Database {shown(database)} has a table", None
        while True:
            entries, token = self._get_tables(database, token)
            yield [_usable(self._find_table(entry, database, _name(entry, what))) for entry in entries]
            if token is None:
                return

    def look_at_database(self, name: str) -> Found[Database]:
        """Look at one database."""
        return self._find_database(self._get_database(name), name)

    def look_at_table(self, database: str, name: str) -> Found[Table]:
        """Look at one table."""
        return self._find_table(self._get_table(database, name), database, name)

    def some_databases(self, token: str | None) -> Batch[Found[Database]]:
        """Look at a page of databases."""
        with translated("list the databases", _not_found(DatabaseNotFound, "There is no catalogue.")):
            page = self._glue.get_databases(MaxResults=PAGE, **_after(token))
        entries: list[Entry] = page.get("DatabaseList", [])
        found = [self._find_database(each, _name(each, "The catalogue has a database")) for each in entries]
        return Batch(tuple(found), page.get("NextToken") or None)

    def some_tables(self, database: str, token: str | None) -> Batch[Found[Table]]:
        """Look at a page of a database's tables."""
        entries, following = self._get_tables(database, token)
        what = f"Database {shown(database)} has a table"
        return Batch(tuple(self._find_table(each, database, _name(each, what)) for each in entries), following)

    def _get_database(self, name: str) -> Entry:
        with translated("read a database", _not_found(DatabaseNotFound, f"There is no database {shown(name)}.")):
            return self._glue.get_database(Name=name)["Database"]

    def _get_table(self, database: str, name: str) -> Entry:
        absent = f"There is no table {shown(name)} in database {shown(database)}."
        with translated("read a table", _not_found(TableNotFound, absent)):
            return self._glue.get_table(DatabaseName=database, Name=name)["Table"]

    def _get_tables(self, database: str, token: str | None) -> tuple[list[Entry], str | None]:
        absent = f"There is no database {shown(database)}."
        with translated("list the tables of a database", _not_found(DatabaseNotFound, absent)):
            page = self._glue.get_tables(DatabaseName=database, MaxResults=PAGE, **_after(token))
        return page.get("TableList", []), page.get("NextToken") or None

    def _find_database(self, entry: Entry, name: str) -> Found[Database]:
        what = f"Database {shown(name)}"
        parameters = _parameters(entry)
        database = Database(
            name=name,
            flags=_flags(parameters),
            owner=_owner(parameters),
            owner_name=_owner_text(parameters, "data_owner_name"),
            owner_contact=_owner_text(parameters, "data_owner_contact"),
            description=_text(entry.get("Description")),
            location=_text(entry.get("LocationUri")),
            about=about_database(entry),
        )
        return Found(database, self._refusal(entry, name, "TargetDatabase", what))

    def _find_table(self, entry: Entry, database: str, name: str) -> Found[Table]:
        what = f"Table {shown(f'{database}.{name}')}"
        refusal = self._refusal(entry, name, "TargetTable", what)
        if refusal is None and _text(entry.get("DatabaseName")).lower() != database:
            refusal = ResourceLink(f"{what} is a link into another database. Ask for what it leads to instead.")
        parameters = _parameters(entry)
        descriptor: object = entry.get("StorageDescriptor")
        storage: Entry = cast("Entry", descriptor) if isinstance(descriptor, Mapping) else {}
        location = _text(storage.get("Location"))
        # A view often has no storage; one of another shape may hold columns that nobody can read.
        columns = _columns(storage, entry) if descriptor is None or isinstance(descriptor, Mapping) else None
        schema = schema_of(entry, storage, columns or ())
        table = Table(
            name=name,
            columns=None if columns is None else tuple(_flagged(column, schema) for column in columns),
            flags=_flags(parameters),
            owner=_owner(parameters),
            owner_name=_owner_text(parameters, "data_owner_name"),
            owner_contact=_owner_text(parameters, "data_owner_contact"),
            description=_text(entry.get("Description")),
            kind=_text(entry.get("TableType")),
            location=location,
            # A view has no location that could be registered.
            registered=not location or entry.get("IsRegisteredWithLakeFormation") is not False,
            pii_columns=values_of(parameters or {}, PII_COLUMNS),
            is_view=is_view(entry),
            schema_readable=schema.readable,
            elsewhere=schema.elsewhere,
            about=about_table(entry, storage),
            row_filters=values_under(parameters or {}, ROW_FILTER),
        )
        return Found(table, refusal)

    def _refusal(self, entry: Entry, name: str, link: str, what: str) -> Refused | None:
        """Why an entry cannot be asked for: it is not what it seems, or not all there."""
        if entry.get(link):
            return ResourceLink(f"{what} is a resource link. Ask the account that owns what it leads to.")
        owner = entry.get("CatalogId")
        if not isinstance(owner, str):
            return CatalogueUnreadable(f"{what} does not say which account's catalogue it belongs to.")
        if owner != self._account or _text(entry.get("Name")).lower() != name:
            return ResourceLink(
                f"{what} leads to something else, or belongs to another account; what was shared into the central "
                "account cannot be shared on."
            )
        if _parameters(entry) is None:
            return CatalogueUnreadable(f"{what} has parameters that are no object.")
        return None


def _usable(found: Found[T]) -> T:
    """What a request can be for.

    Raises:
        ResourceLink, CatalogueUnreadable: the refusal.
    """
    if found.refusal is not None:
        raise found.refusal
    return found.entry


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


def _after(token: str | None) -> dict[str, str]:
    return {} if token is None else {"NextToken": token}


def _name(entry: Entry, what: str) -> str:
    name = entry.get("Name")
    if not isinstance(name, str) or not name:
        raise CatalogueUnreadable(f"{what} without a name.")
    return name.lower()


def _parameters(entry: Entry) -> Mapping[str, object] | None:
    """The parameters; `None` if they cannot be read."""
    parameters: object = entry.get("Parameters")
    if parameters is None:
        return {}
    return cast("Mapping[str, object]", parameters) if isinstance(parameters, Mapping) else None


def _flags(parameters: Mapping[str, object] | None) -> tuple[object, ...]:
    # What is no text is a flag that cannot be read.
    return (False,) if parameters is None else flags_of(parameters)


def _owner(parameters: Mapping[str, object] | None) -> str | None:
    owner = parameters.get("data_owner") if parameters else None
    # An empty owner is one that cannot be read, not a missing one: only the key's absence falls back.
    return None if owner is None else str(owner)


def _owner_text(parameters: Mapping[str, object] | None, name: str) -> str | None:
    return _text(parameters.get(name)) or None if parameters else None


def _columns(storage: Entry, entry: Entry) -> tuple[Column, ...] | None:
    """Columns and partition keys; none if there is no list of columns, `None` if it cannot be read."""
    columns = _list(storage.get("Columns"))
    keys = _list(entry.get("PartitionKeys"))
    if columns is None or keys is None:
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
    return Column(name, _text(column.get("Type")), flags, is_partition_key=is_key, comment=_text(column.get("Comment")))


def _flagged(column: Column, schema: Schema) -> Column:
    """A column of the list with the flags that a schema beside the list gives it, too."""
    further = schema.flags.get(column.name.lower(), ())
    return replace(column, flags=(*column.flags, *further)) if further else column


def _list(value: object) -> list[object] | None:
    """A list; empty if there is none, `None` if it cannot be read."""
    if value is None:
        return []
    return cast("list[object]", value) if isinstance(value, list) else None


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
