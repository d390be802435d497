"""The opinion on single tables, for all tables of a lake: what has to be named of them, and what is read of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.classification import Classification, Rule
from handlers.sharing.model.grants import Resource
from localmesh.reading import Reading
from tests.fakes.lake import Grant
from tests.proof.clean import all_looked_at, flag_is_clean, says_no
from tests.proof.parts import opinion
from tests.proof.parts.lakes import Lake

Cell = tuple[str | None, str | None]
"""A table and a column of it, in lower case; without the column: the table as a whole; without both: the database."""
OF_DATABASE: Cell = (None, None)
Rows = frozenset[str]
"""The expressions for the rows in which a column is read, any one of which lets a row through; none: in all rows."""
_NO_DATABASE = Database("")


def listed(table: Table) -> set[str]:
    """The columns that the catalogue lists, in lower case."""
    return {each.name.lower() for each in table.columns or ()}


def flagged(table: Table) -> set[Cell]:
    """What of a table may hold personal data by what stands there now; all of it, where nobody can tell what is in."""
    found: set[Cell] = {(table.name, each) for each in opinion.flagged(_NO_DATABASE, table)}
    unseen = all(each.is_partition_key for each in table.columns or ())
    if unseen and not all_looked_at(table.pii_columns, listed(table)):
        found.add((table.name, None))
    return found


def _denied(table: Table) -> set[Cell]:
    found: set[Cell] = {(table.name, each) for each in opinion.denied(table)}
    return found - flagged(table)


@dataclass
class Memory:
    """What was seen flagged. That of the database as a whole is no table's: it is looked at apart."""

    once: set[Cell] = field(default_factory=set[Cell])

    def see(self, lake: Lake, tables: Iterable[str]) -> None:
        """A request was judged by what stands there."""
        for table in (lake.tables[name] for name in tables):
            seen = opinion.Memory()
            seen.see(_NO_DATABASE, table)
            self.once |= {(table.name, each) for each in seen.once}
        if not all(map(flag_is_clean, lake.database.flags)):
            self.once.add(OF_DATABASE)

    def approved(self, table: Table, columns: Iterable[str] | None) -> None:
        """A person approved these columns (`None`: the table), as they stand there: what of them says no is clean."""
        denied = _denied(table)
        self.once -= denied if columns is None else denied & {(table.name, each) for each in columns}

    def approved_database(self, lake: Lake) -> None:
        """A person approved all of it."""
        for table in lake.tables.values():
            self.approved(table, None)
        if says_no(lake.database.flags):
            self.once.discard(OF_DATABASE)

    def asks(self, lake: Lake, name: str) -> set[Cell]:
        """What has to be named by a decision on a table: what is flagged, and what was and is still there."""
        table = lake.tables[name]
        there: set[Cell] = {(name, None), *((name, each) for each in listed(table))}
        found = flagged(table) | (self.once & there)
        if not says_no(table.flags) and (OF_DATABASE in self.once or not all(map(flag_is_clean, lake.database.flags))):
            found.add(OF_DATABASE)
        return found

    def safe(self, lake: Lake, name: str) -> set[str]:
        """The columns of a table that may be shared with nobody asked; a partition key cannot be left out of any."""
        asks, table = self.asks(lake, name), lake.tables[name]
        keys = {(name, each.name.lower()) for each in table.columns or () if each.is_partition_key}
        if {(name, None), OF_DATABASE, *keys} & asks:
            return set()
        return {each for each in listed(table) if (name, each) not in asks}


def reading(
    lake: Lake, account: str, grants: Iterable[Grant], filters: Mapping[Resource, CellsFilter]
) -> dict[str, dict[str, Rows]]:
    """What an account reads, by table and column, by the evaluator."""
    held, database = list(grants), lake.database.name
    tables = lake.tables.values()
    return by_table(
        {f"{database}.{each.name}": opinion.reading(each, database, account, held, filters) for each in tables}
    )


def by_table(found: Mapping[str, Reading]) -> dict[str, dict[str, Rows]]:
    """What is read, by table and column; tables of which nothing is are left out."""
    columns: defaultdict[str, dict[str, Rows]] = defaultdict(dict)
    for name, of in found.items():
        for column in of.columns:
            columns[name.partition(".")[2]][column] = of.rows.get(column, frozenset())
    return dict(columns)


def named_by(shown: Classification) -> set[Cell]:
    """What an approver was told of: the columns that were named to them as personal data, or all of a table."""
    found = (each for each in shown.grounds if each.rule is not Rule.CHANGED_SINCE_SHARED)
    return {(each.table, None if each.column is None else each.column.lower()) for each in found}
