"""The catalogue as people see it who look for data.

Says what is there, what is personal in it by the workflow's own rules, and why something in it cannot be asked for.
What Lake Formation hides from Lakeshare's role is not there: the answer to both is the same.
"""

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from handlers.sharing.model.catalogue import Batch, Column, Database, Found, Table
from handlers.sharing.model.classification import Rule
from handlers.sharing.model.errors import AccessRefused, DatabaseNotFound, InvalidInput, Refused, TableNotFound
from handlers.sharing.model.grounds import grounds_of_database, grounds_of_table, verdict
from handlers.sharing.model.new_request import foreign_next
from handlers.sharing.model.parties import Parties, owner_of_all
from handlers.sharing.model.request import checked_name, shown
from handlers.sharing.model.sensitivity import Flag, strictest


class BrowsableCatalogue(Protocol):
    """The central account's catalogue, to look around in: links and what is broken are shown, not refused.

    Every method may raise `TryAgain`, `AccessRefused`, `CatalogueUnreadable` and `CatalogueKeyUnavailable`;
    `InvalidInput` for a token that is not of this list.
    """

    def look_at_database(self, name: str) -> Found[Database]:
        """One database; raises `DatabaseNotFound`."""
        ...

    def look_at_table(self, database: str, name: str) -> Found[Table]:
        """One table; raises `TableNotFound`."""
        ...

    def some_databases(self, token: str | None) -> Batch[Found[Database]]:
        """At most 100 databases, in one call."""
        ...

    def some_tables(self, database: str, token: str | None) -> Batch[Found[Table]]:
        """At most 100 tables of a database, in one call; raises `DatabaseNotFound`."""
        ...


@dataclass(frozen=True, slots=True)
class NamedOwner:
    """Whom an entry names as its owner, as it stands there. `fault`: why nobody there can decide."""

    account_id: str
    name: str
    fault: Refused | None = None


@dataclass(frozen=True, slots=True)
class DatabaseView:
    """A database. `personal` is its own flag alone: its tables have theirs."""

    database: Database
    owner: NamedOwner | None
    personal: Flag
    refusal: Refused | None


@dataclass(frozen=True, slots=True)
class TableView:
    """A table. `personal`: all of it, with its columns; `flagged`: the table as a whole."""

    table: Table
    owner: NamedOwner | None
    personal: Flag
    flagged: Flag
    flagged_columns: int
    refusal: Refused | None


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column or partition key, and what its flag says."""

    column: Column
    personal: Flag


def browse_databases(catalogue: BrowsableCatalogue, parties: Parties, token: str | None) -> Batch[DatabaseView]:
    """Part of the list of databases.

    Raises:
        InvalidRequest: the token is not of this list.
        TryAgain, AccessRefused, CatalogueUnreadable, CatalogueKeyUnavailable: the catalogue cannot be read.
    """
    with _of_this_list(token):
        batch = catalogue.some_databases(token)
    return Batch(tuple(_database_view(each, parties) for each in batch.entries), batch.token)


def browse_database(catalogue: BrowsableCatalogue, parties: Parties, name: str) -> DatabaseView:
    """One database.

    Raises:
        DatabaseNotFound: there is none of that name, or none that is shown.
        TryAgain, CatalogueUnreadable, CatalogueKeyUnavailable: the catalogue cannot be read.
    """
    with _there_or_not(_no_database(name)):
        return _database_view(catalogue.look_at_database(_possible(name)), parties)


def browse_tables(
    catalogue: BrowsableCatalogue, parties: Parties, database: str, token: str | None
) -> Batch[TableView]:
    """Part of the list of a database's tables, each with the owner that it names itself.

    Raises:
        DatabaseNotFound, InvalidRequest, TryAgain, CatalogueUnreadable, CatalogueKeyUnavailable: as above.
    """
    with _there_or_not(_no_database(database)):
        name = _possible(database)
        with _of_this_list(token):
            batch = catalogue.some_tables(name, token)
    return Batch(tuple(_table_view(each, name, None, parties) for each in batch.entries), batch.token)


def browse_table(
    catalogue: BrowsableCatalogue, parties: Parties, database: str, name: str
) -> tuple[TableView, list[ColumnView]]:
    """One table, with its columns: none where the catalogue has no list of them that can be read.

    Raises:
        TableNotFound: there is none of that name, or none that is shown.
        TryAgain, CatalogueUnreadable, CatalogueKeyUnavailable: the catalogue cannot be read.
    """
    absent = TableNotFound(f"There is no table {shown(name)} in database {shown(database)}, or it is not shown here.")
    with _there_or_not(absent):
        within = _possible(database)
        found = catalogue.look_at_table(within, _possible(name))
    holder = _holder(catalogue, within) if found.entry.owner is None else None
    view = _table_view(found, within, holder, parties)
    return view, [ColumnView(each, strictest(each.flags)) for each in found.entry.columns or ()]


def _database_view(found: Found[Database], parties: Parties) -> DatabaseView:
    database = found.entry
    owner = _owner(database, database.name, parties)
    return DatabaseView(database, owner, verdict(grounds_of_database(database)), found.refusal)


def _table_view(found: Found[Table], database: str, holder: Database | None, parties: Parties) -> TableView:
    table = found.entry
    grounds = list(grounds_of_table(table))
    whole = [each for each in grounds if each.column is None and each.rule is not Rule.COLUMNS_UNREADABLE]
    return TableView(
        table=table,
        owner=_owner(holder if table.owner is None and holder else table, database, parties),
        personal=verdict(grounds),
        flagged=verdict(whole),
        flagged_columns=sum(each.column is not None for each in grounds),
        refusal=found.refusal,
    )


def _owner(entry: Database | Table, database: str, parties: Parties) -> NamedOwner | None:
    if entry.owner is None:
        return None
    fault = None
    try:
        owner_of_all({(entry.owner, entry.owner_name): entry.name}, database, parties)
    except Refused as refused:
        fault = refused
    return NamedOwner(entry.owner, entry.owner_name or "", fault)


def _no_database(name: str) -> DatabaseNotFound:
    return DatabaseNotFound(f"There is no database {shown(name)}, or it is not shown here.")


@contextmanager
def _there_or_not(absent: Refused) -> Generator[None]:
    """One answer for a name that is taken by nothing, that nothing can bear, and that Lake Formation hides."""
    try:
        yield
    except (DatabaseNotFound, TableNotFound, InvalidInput, AccessRefused) as error:
        raise absent from error


@contextmanager
def _of_this_list(token: str | None) -> Generator[None]:
    try:
        yield
    except InvalidInput as error:
        if token is None:
            raise
        raise foreign_next() from error


def _holder(catalogue: BrowsableCatalogue, database: str) -> Database | None:
    """The database of a table. The table can be shown without it: only an owner that it takes from there is missing."""
    try:
        return catalogue.look_at_database(database).entry
    except (Refused, AccessRefused):
        return None


def _possible(name: str) -> str:
    """The name as Glue keeps it. Nobody is told in which field one came that nothing can bear."""
    return checked_name(name, "name")
