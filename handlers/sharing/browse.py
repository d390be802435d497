"""The catalogue as people see it who look for data.

Says what is there, what is personal in it by the workflow's own rules, and why something in it cannot be asked for.
What Lake Formation hides from Lakeshare's role is not there: the answer to both is the same.
"""

from collections.abc import Generator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum

from handlers.sharing.browsable import BrowsableCatalogue, CountedCatalogue
from handlers.sharing.model.catalogue import Batch, Column, Counted, Database, Found, Table
from handlers.sharing.model.checks import checked_name, shown
from handlers.sharing.model.classification import Ground, Rule
from handlers.sharing.model.contact import read_contact
from handlers.sharing.model.errors import AccessRefused, DatabaseNotFound, InvalidInput, Refused, TableNotFound
from handlers.sharing.model.grounds import grounds_of_database, grounds_of_table, verdict
from handlers.sharing.model.new_request import foreign_next
from handlers.sharing.model.parties import Parties, owner_of_all
from handlers.sharing.model.sensitivity import Flag
from handlers.sharing.offered import OfferedParts, offered_parts


@dataclass(frozen=True, slots=True)
class NamedOwner:
    """Whom an entry names as its owner, as it stands there. `fault`: why nobody there can decide.

    `contact`: how they are reached; where what the catalogue says is no way to, `contact_fault` says why. That keeps
    nobody from asking.
    """

    account_id: str
    name: str
    fault: Refused | None = None
    contact: str | None = None
    contact_fault: str | None = None


class Access(StrEnum):
    """What becomes of requests for the tables of a database, as far as the last survey knows."""

    ASKS = "asks"
    MIXED = "mixed"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class DatabaseView:
    """A database. `personal` is its own flag alone: its tables have theirs. `access` of `None`: nobody has looked."""

    database: Database
    owner: NamedOwner | None
    personal: Flag
    access: Access | None
    refusal: Refused | None


@dataclass(frozen=True, slots=True)
class TableView:
    """A table. `personal`: all of it, with its columns; `rules`: those by which the table as a whole asks."""

    table: Table
    owner: NamedOwner | None
    personal: Flag
    rules: tuple[Rule, ...]
    flagged_columns: int
    refusal: Refused | None


@dataclass(frozen=True, slots=True)
class ColumnView:
    """A column or partition key, what its flag says, and the rules by which it asks."""

    column: Column
    personal: Flag
    rules: tuple[Rule, ...] = ()


@dataclass(frozen=True, slots=True)
class OneTable:
    """A table, its columns, and what can be asked for of it."""

    view: TableView
    columns: tuple[ColumnView, ...]
    parts: OfferedParts


def browse_databases(catalogue: CountedCatalogue, parties: Parties, token: str | None) -> Batch[DatabaseView]:
    """Part of the list of databases.

    Raises:
        InvalidRequest: the token is not of this list.
        TryAgain, AccessRefused, CatalogueUnreadable, CatalogueKeyUnavailable: the catalogue cannot be read.
    """
    with _of_this_list(token):
        batch = catalogue.some_databases(token)
    counted = catalogue.counted([each.entry.name for each in batch.entries])
    return Batch(tuple(_database_view(each, parties, counted) for each in batch.entries), batch.token)


def browse_database(catalogue: CountedCatalogue, parties: Parties, name: str) -> DatabaseView:
    """One database.

    Raises:
        DatabaseNotFound: there is none of that name, or none that is shown.
        TryAgain, CatalogueUnreadable, CatalogueKeyUnavailable: the catalogue cannot be read.
    """
    with _there_or_not(_no_database(name)):
        found = catalogue.look_at_database(_possible(name))
        return _database_view(found, parties, catalogue.counted([found.entry.name]))


def browse_tables(
    catalogue: BrowsableCatalogue, parties: Parties, database: str, token: str | None
) -> Batch[TableView]:
    """Part of the list of a database's tables, each with its own owner, or else the database's.

    Raises:
        DatabaseNotFound, InvalidRequest, TryAgain, CatalogueUnreadable, CatalogueKeyUnavailable: as above.
    """
    with _there_or_not(_no_database(database)):
        name = _possible(database)
        with _of_this_list(token):
            batch = catalogue.some_tables(name, token)
    holder = _holder(catalogue, name).entry
    views = (_table_view(each, list(grounds_of_table(each.entry, holder)), holder, parties) for each in batch.entries)
    return Batch(tuple(views), batch.token)


def browse_table(catalogue: BrowsableCatalogue, parties: Parties, database: str, name: str) -> OneTable:
    """One table, with its columns: none where the catalogue has no list of them that can be read.

    Raises:
        TableNotFound: there is none of that name, or none that is shown.
        TryAgain, CatalogueUnreadable, CatalogueKeyUnavailable: the catalogue cannot be read.
    """
    absent = TableNotFound(f"There is no table {shown(name)} in database {shown(database)}, or it is not shown here.")
    with _there_or_not(absent):
        within = _possible(database)
        found = catalogue.look_at_table(within, _possible(name))
    inside = _holder(catalogue, within)
    holder = inside.entry
    grounds = list(grounds_of_table(found.entry, holder))
    of_columns: dict[str | None, list[Ground]] = {}
    for ground in grounds:
        of_columns.setdefault(ground.column, []).append(ground)
    columns = tuple(_column_view(each, of_columns.get(each.name, ())) for each in found.entry.columns or ())
    parts = offered_parts(found.entry, inside, parties)
    return OneTable(_table_view(found, grounds, holder, parties), columns, parts)


def access_of(personal: Flag, counted: Counted | None) -> Access | None:
    """What a database says of itself counts at once; its tables as they were when they were last counted."""
    if personal is not Flag.NO:
        return Access.ASKS
    if counted is None:
        return None
    if counted.asking == 0:
        return Access.OPEN
    return Access.ASKS if counted.asking == counted.tables else Access.MIXED


def _database_view(found: Found[Database], parties: Parties, counted: Mapping[str, Counted]) -> DatabaseView:
    database = found.entry
    personal = verdict(grounds_of_database(database))
    owner = _owner(database, database.name, database.owner_contact, parties)
    access = access_of(personal, counted.get(database.name))
    return DatabaseView(database, owner, personal, access, found.refusal)


def _table_view(found: Found[Table], grounds: Sequence[Ground], holder: Database, parties: Parties) -> TableView:
    table = found.entry
    return TableView(
        table=table,
        owner=_owner(holder if table.owner is None else table, holder.name, _contact(table, holder), parties),
        personal=verdict(grounds),
        rules=tuple(dict.fromkeys(each.rule for each in grounds if each.column is None)),
        flagged_columns=len({each.column for each in grounds} - {None}),
        refusal=found.refusal,
    )


def _column_view(column: Column, grounds: Sequence[Ground]) -> ColumnView:
    return ColumnView(column, verdict(grounds), tuple(dict.fromkeys(each.rule for each in grounds)))


def _contact(table: Table, holder: Database) -> str | None:
    """A table's own contact, or else its database's where that has the same owner."""
    same = table.owner is None or table.owner == holder.owner
    return table.owner_contact or (holder.owner_contact if same else None)


def _owner(entry: Database | Table, database: str, given: str | None, parties: Parties) -> NamedOwner | None:
    if entry.owner is None:
        return None
    fault = None
    try:
        owner_of_all({(entry.owner, entry.owner_name): entry.name}, database, parties)
    except Refused as refused:
        fault = refused
    return NamedOwner(entry.owner, entry.owner_name or "", fault, *read_contact(given))


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


def _holder(catalogue: BrowsableCatalogue, database: str) -> Found[Database]:
    """The database of a table. The table can be shown without it: then nobody can tell whether it is flagged."""
    try:
        return catalogue.look_at_database(database)
    except (Refused, AccessRefused):
        return Found(Database(database, flags=(False,)), _no_database(database))


def _possible(name: str) -> str:
    """The name as Glue keeps it. Nobody is told in which field one came that nothing can bear."""
    return checked_name(name, "name")
