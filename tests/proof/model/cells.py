"""Which cells were asked for, which may be opened, and which are open: by the design, and by the mesh's evaluator."""

from collections.abc import Iterable, Mapping

from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.grants import Resource, covered
from handlers.sharing.model.part import Part
from handlers.sharing.model.share import Share
from tests.fakes.lake import Grant
from tests.fakes.ledger import MemoryLedger
from tests.proof.clean import says_no
from tests.proof.parts.opinion import WHOLE, Memory, reading

Cells = Mapping[str, frozenset[str]]
"""By column, in lower case: the expressions any one of which lets a row through; none: all rows."""
Once = Mapping[tuple[str, str | None], frozenset[str | None]]
"""What was seen flagged, by database and table."""


def asks(database: Database, table: Table, once: Once) -> set[str | None]:
    """The columns that a decision has to name before they are opened; `WHOLE` among them: all of the table."""
    memory = Memory(set(once.get((database.name, table.name), ())), bool(once.get((database.name, None))))
    found = memory.asks(database, table)
    # As nobody can say what is in it.
    unseen = not table.columns or not table.schema_readable or (table.is_view and not says_no(table.flags))
    return found | {WHOLE} if unseen else found


def seen_flagged(database: Database, table: Table) -> set[str | None]:
    """What is flagged of a table itself. A `pii_columns` that nobody can read is no flag of anything."""
    memory = Memory()
    memory.see(Database(database.name), table)
    return memory.once


def asked(part: Part, database: Database, table: Table, once: Once, given: tuple[str, ...] = ()) -> Cells:
    """What is asked for of a table; `given`: the columns that an approver gives of it, who gives less."""
    keys = {each.name.lower() for each in table.columns or () if each.is_partition_key}
    columns = {each.name.lower() for each in table.columns or ()}
    if part.safe:
        out = asks(database, table, once)
        columns = set[str]() if out & {WHOLE, *keys} or columns - out <= keys else columns - out
    elif part.columns:
        columns = {*part.columns, *keys}
    if given:
        columns &= {*given, *keys}
    rows = frozenset(str(text) for name, text in table.row_filters if name == part.filter)
    return dict.fromkeys(columns, rows)


def opened(
    database: str, table: Table, account: str, grants: Iterable[Grant], filters: Mapping[Resource, CellsFilter]
) -> Cells:
    """What an account reads of a table by these grants."""
    found = reading(table, database, account, grants, filters)
    return {column: found.rows.get(column, frozenset[str]()) for column in found.columns}


def covered_by(share: Share, ledger: MemoryLedger) -> set[Grant]:
    """What a share says that it covers. Read past the ledger's ports, which may be struck."""
    names = ledger.covered.get(share.id, ())
    filters = dict(zip(names, ledger.filtered.get(share.id, ()), strict=False))
    if share.cells is not None:
        filters = {share.cells.table: share.cells.name}
    whole = covered(share.source, share.scope, names, filters)
    return {Grant(each.database, each.table or None, share.consumer, each.filter) for each in whole}
