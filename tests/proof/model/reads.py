"""Accounts read what their shares say, by the mesh's evaluator; and each filter is there for a share that lives."""

from collections.abc import Collection, Iterable

from handlers.sharing.model.catalogue import Table
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.share import Share, ShareStatus
from tests.proof.model.cells import Cells, covered_by, opened
from tests.proof.model.plant import Plant

LIVE = (ShareStatus.GRANTING, ShareStatus.ACTIVE, ShareStatus.REVOKING)


def check_reads(plant: Plant) -> int:
    """Each account reads all that its shares grant, and no more than what they grant, or are about to or did.

    Returns:
        How many tables of how many accounts were looked at.
    """
    world = plant.world
    shares = world.ledger.shares.values()
    looked = 0
    for account in sorted({each.consumer for each in (*world.lake.grants, *shares)}):
        mine = [each for each in shares if each.consumer == account]
        for database, tables in world.catalogue.entries.items():
            grants = [each for each in world.lake.grants if (each.consumer, each.database) == (account, database)]
            for table in tables.values():
                reads = opened(database, table, account, grants, world.lake.filters)
                least = _says(plant, mine, (ShareStatus.ACTIVE,), database, table)
                most = _says(plant, mine, LIVE, database, table)
                where = f"{account} in {database}.{table.name}"
                assert _within(least, reads), f"{where} has {least} by its shares, and reads {reads}"
                assert _within(reads, most), f"{where} reads {reads}, and has no more than {most} by its shares"
                looked += 1
    return looked


def check_filters(plant: Plant) -> None:
    """What a share ended takes its filters along, unless another one that lives has them."""
    world = plant.world
    live = [each for each in world.ledger.shares.values() if each.status in LIVE]
    needed = {
        Resource(each.database, str(each.table), each.filter)
        for share in live
        for each in covered_by(share, world.ledger)
    }
    left = world.lake.filters.keys() - needed
    assert not left, f"these filters are of no live share: {[world.lake.filters[each] for each in left]}"


def _says(plant: Plant, shares: Iterable[Share], status: Collection[ShareStatus], database: str, table: Table) -> Cells:
    """What shares say that they open of a table."""
    there = {each.name.lower() for each in table.columns or ()}
    found: dict[str, frozenset[str]] = {}
    for share in (each for each in shares if each.status in status and each.source.database == database):
        if share.cells is not None:
            terms = (share.columns, share.row_filter) if share.source.table == table.name else ((), None)
        else:
            covers = {each for each in covered_by(share, plant.world.ledger) if each.table in {table.name, "*"}}
            filters = [each.filter for each in covers if each.filter]
            bodies = (plant.truth.opened.bodies.get(Resource(database, table.name, each)) for each in filters)
            columns = {name for body in bodies if body is not None for name in body.columns}
            terms = (columns if filters else there if covers else (), None)
        rows = frozenset[str]() if terms[1] is None else frozenset({terms[1]})
        for column in there & {*terms[0]}:
            known = found.get(column)
            found[column] = rows if known is None else frozenset() if not (known and rows) else known | rows
    return found


def _within(less: Cells, more: Cells) -> bool:
    """Whether no cell is in the first that is not in the second, as far as expressions tell."""
    return all(
        column in more and (not more[column] or (bool(rows) and rows <= more[column])) for column, rows in less.items()
    )
