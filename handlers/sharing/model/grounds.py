"""What in an entry of the catalogue counts as personal data: the one rule, for requests and for the portal's badges."""

from collections.abc import Iterable, Iterator

from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.classification import Ground, Rule
from handlers.sharing.model.sensitivity import Flag, strictest

_UNREADABLE = frozenset({Rule.UNREADABLE_FLAG, Rule.COLUMNS_UNREADABLE})


def grounds_of_database(database: Database) -> Iterator[Ground]:
    """What is flagged about a database as a whole."""
    yield from _judged(database.flags, Ground(Rule.DATABASE_FLAGGED))


def grounds_of_table(table: Table) -> Iterator[Ground]:
    """What is flagged about a table: the whole of it, then its columns in their order."""
    yield from _judged(table.flags, Ground(Rule.TABLE_FLAGGED, table.name))
    # No column at all is no reading either: some serdes keep the schema elsewhere.
    if not table.columns:
        yield Ground(Rule.COLUMNS_UNREADABLE, table.name)
    for column in table.columns or ():
        yield from _judged(column.flags, Ground(Rule.COLUMN_FLAGGED, table.name, column.name))


def verdict(grounds: Iterable[Ground]) -> Flag:
    """What all of them come to. Both `YES` and `UNREADABLE` need an approval; one yes outweighs all else."""
    rules = {ground.rule for ground in grounds}
    if rules - _UNREADABLE:
        return Flag.YES
    return Flag.UNREADABLE if rules else Flag.NO


def _judged(flags: Iterable[object], ground: Ground) -> Iterator[Ground]:
    flag = strictest(flags)
    if flag is Flag.UNREADABLE:
        yield Ground(Rule.UNREADABLE_FLAG, ground.table, ground.column)
    elif flag is Flag.YES:
        yield ground
