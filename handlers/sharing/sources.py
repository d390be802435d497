"""Reads the data of live shares again: what of it is gone, and what personal data nobody approved is in it now."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Final

from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.cells import CellsFilter, Filters
from handlers.sharing.model.classification import Ground, Scope
from handlers.sharing.model.drift import Standing, appeared
from handlers.sharing.model.errors import DatabaseNotFound, LakeshareError, RegisterUnreadable, TableNotFound
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.grounds import grounds_of_database, grounds_of_table, own_grounds
from handlers.sharing.model.parties import Owner, Parties, owner_of_all
from handlers.sharing.model.record import RequestRecord
from handlers.sharing.model.request import WHOLE_DATABASE
from handlers.sharing.model.selection import concerns
from handlers.sharing.model.share import ADOPTED, Share, share_id
from handlers.sharing.ports import Catalogue
from handlers.sharing.stores import Register

_FEW: Final = 20
"""So many tables are read one by one; more of them with all of the database, a hundred a call."""
_WHOLE: Final = (Scope.TABLES_BY_NAME, Scope.WILDCARD, Scope.FILTERED_TABLES)
_OF_ONE_TABLE: Final = (Scope.TABLE, Scope.FILTERED)


@dataclass(slots=True)
class Sources:
    """What the catalogue says of shared data now.

    Attributes:
        filters: what the filters of shares let read.
        gone: what shares cover that is not in the catalogue any more.
        appeared: on what grounds somebody would have to be asked about a share now and was not, by its id.
        unread: databases that could not be read to their end, or whose approvals could not, and why.
    """

    filters: Filters = field(default_factory=dict[Resource, CellsFilter | None])
    gone: set[Resource] = field(default_factory=set[Resource])
    appeared: dict[str, Sequence[Ground]] = field(default_factory=dict[str, Sequence[Ground]])
    unread: dict[str, LakeshareError] = field(default_factory=dict[str, LakeshareError])


def read_sources(standings: Iterable[Standing], filters: Filters, catalogue: Catalogue, register: Register) -> Sources:
    """Read the data of these shares, with these filters. What cannot be read keeps nothing else from being read."""
    by_database: defaultdict[str, list[Standing]] = defaultdict(list)
    for each in standings:
        by_database[each.share.source.database].append(each)
    found = Sources(filters)
    for name, shares in by_database.items():
        try:
            _read_database(name, shares, catalogue, register, found)
        except LakeshareError as error:
            found.unread[name] = error
    return found


def _read_database(
    name: str, shares: Sequence[Standing], catalogue: Catalogue, register: Register, found: Sources
) -> None:
    try:
        database = catalogue.database(name)
    except DatabaseNotFound:
        found.gone.update(*(each.covers for each in shares))
        return
    whole = [each for each in shares if each.share.scope in _WHOLE]
    if whole:
        _look_at_whole(database, whole, catalogue, register, found)
    tables: dict[str, Table | None] = {}
    for each in shares:
        if each.share.scope not in _OF_ONE_TABLE:
            continue
        table_name = each.share.source.table
        if table_name not in tables:
            tables[table_name] = _table(name, table_name, catalogue)
        table = tables[table_name]
        if table is None:
            found.gone |= each.covers
        else:
            grounds = list(grounds_of_table(table, database))
            if each.share.cells is not None:
                # What is in none of its columns is no news to it.
                grounds = [ground for ground in grounds if concerns(ground, each.share.columns)]
            _note(each.share, grounds, register, found)


def _look_at_whole(
    database: Database, shares: Sequence[Standing], catalogue: Catalogue, register: Register, found: Sources
) -> None:
    """Look at shares of all tables, or of many, in one pass through the database."""
    own: dict[str, list[Ground]] = {
        table.name: list(own_grounds(table, database)) for table in chain.from_iterable(catalogue.pages(database.name))
    }
    of_database = list(grounds_of_database(database))
    for each in shares:
        if each.share.scope is Scope.WILDCARD:
            grounds = chain.from_iterable(own.values())
        else:
            tables = [resource for resource in sorted(each.covers) if resource.table]
            found.gone.update(resource for resource in tables if resource.table not in own)
            grounds = chain.from_iterable(
                _in(resource, own.get(resource.table, ()), found.filters) for resource in tables
            )
        _note(each.share, [*of_database, *grounds], register, found)


def _in(resource: Resource, grounds: Sequence[Ground], filters: Filters) -> Sequence[Ground]:
    """The grounds that concern what can be read of a table; through a filter that is gone, nothing can."""
    if not resource.filter:
        return grounds
    cells = filters.get(resource)
    return [each for each in grounds if cells is not None and concerns(each, cells.columns)]


def owner_of(database: str, names: Collection[str], catalogue: Catalogue, parties: Parties) -> Owner | None:
    """The one owner whom a request for these tables would ask; `None`: there is none, or it cannot be read.

    `names`: as `Resource.table` has them: the database itself and all of its tables are names, too.
    """
    try:
        there = catalogue.database(database)
        few = WHOLE_DATABASE not in names and len(names) <= _FEW
        tables = (
            [catalogue.table(database, each) for each in names if each]
            if few
            else chain.from_iterable(catalogue.pages(database))
        )
        owners: dict[tuple[str | None, str | None], str] = {
            (table.owner, table.owner_name) if table.owner is not None else (there.owner, there.owner_name): table.name
            for table in tables
            if few or WHOLE_DATABASE in names or table.name in names
        }
        return owner_of_all(owners or {(there.owner, there.owner_name): database}, database, parties)
    except LakeshareError:
        return None


def _table(database: str, name: str, catalogue: Catalogue) -> Table | None:
    try:
        return catalogue.table(database, name)
    except TableNotFound:
        return None


def _note(share: Share, grounds: Sequence[Ground], register: Register, found: Sources) -> None:
    # Nobody looked at what an adopted share covers when it was granted: it has its end instead.
    if not grounds or share.fingerprint == ADOPTED:
        return
    then, all_of_them = _approved(share, register)
    if new := appeared(grounds, then, all_of_them=all_of_them):
        found.appeared[share.id] = new


def _approved(share: Share, register: Register) -> tuple[Sequence[Ground], bool]:
    """The grounds that whoever approved a share was told of, and whether they are all that there were."""
    if share.approver is None:
        return (), True
    record = register.find(share.request_id)
    classification = None if record is None else record.classification
    if record is None or classification is None or not _is_of(share, record, classification.fingerprint):
        raise RegisterUnreadable(f"The register does not say what was approved with share {share.id}.")
    return classification.grounds, classification.grounds_total == len(classification.grounds)


def _is_of(share: Share, record: RequestRecord, fingerprint: str) -> bool:
    """Whether a share is of what was approved last, as it was classified: of all of it, or of fewer columns."""
    decision = record.decision
    narrowed = decision is not None and decision.columns and decision.fingerprint == fingerprint
    return share.fingerprint == fingerprint or bool(narrowed and share.id == share_id(record.id, record.round))
