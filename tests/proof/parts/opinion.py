"""Which columns may hold personal data, and what can be read: read from the design, and from the evaluator of the mesh.

Nothing of the product's rules is asked. What was seen flagged stays so until it says no and a person has agreed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from handlers.sharing.model.catalogue import Table
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.classification import Classification, Rule
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import WHOLE_DATABASE
from localmesh.reading import Lake as Readable
from localmesh.reading import Reading, readable
from localmesh.reading import Table as ReadableTable
from tests.fakes.lake import Grant
from tests.fakes.world import CENTRAL
from tests.proof.clean import all_looked_at, flag_is_clean, says_no
from tests.proof.parts.lakes import Lake

Cell = tuple[str | None, str | None]
"""A table and a column of it, in lower case; without the column: the table as a whole; without both: the database."""
OF_DATABASE: Cell = (None, None)
Rows = frozenset[str]
"""The expressions for the rows in which a column is read, any one of which lets a row through; none: in all rows."""


def listed(table: Table) -> set[str]:
    """The columns that the catalogue lists, in lower case."""
    return {each.name.lower() for each in table.columns or ()}


def flagged(table: Table) -> set[Cell]:
    """The columns that may hold personal data by what stands there now; the table: all of it may."""
    names = listed(table)
    found: set[Cell] = {
        (table.name, each.name.lower()) for each in table.columns or () if not all(map(flag_is_clean, each.flags))
    }
    if not all(map(flag_is_clean, table.flags)):
        found.add((table.name, None))
    looked_at = all_looked_at(table.pii_columns, names)
    if looked_at is None:
        (said,) = table.pii_columns
        named = {each.strip().lower() for each in str(said).split(",")}
        found |= {(table.name, each) for each in named & names}
        if not named <= names:
            found.add((table.name, None))
    if not looked_at and all(each.is_partition_key for each in table.columns or ()):
        # Nobody can tell what is in it.
        found.add((table.name, None))
    return found


def denied(table: Table) -> set[Cell]:
    """What says no in so many words."""
    found: set[Cell] = {(table.name, each.name.lower()) for each in table.columns or () if says_no(each.flags)}
    if all_looked_at(table.pii_columns, listed(table)):
        found |= {
            (table.name, each.name.lower()) for each in table.columns or () if all(map(flag_is_clean, each.flags))
        }
    return (found | ({(table.name, None)} if says_no(table.flags) else set())) - flagged(table)


@dataclass
class Memory:
    """What was seen flagged. That of the database as a whole is no table's: it is looked at apart."""

    once: set[Cell] = field(default_factory=set[Cell])

    def see(self, lake: Lake, tables: Iterable[str]) -> None:
        """A request was judged by what stands there. A `pii_columns` that nobody can read is no flag of anything."""
        for table in (lake.tables[name] for name in tables):
            whole = set[Cell]() if all(map(flag_is_clean, table.flags)) else {(table.name, None)}
            self.once |= flagged(table) - {(table.name, None)} | whole
        if not all(map(flag_is_clean, lake.database.flags)):
            self.once.add(OF_DATABASE)

    def approved(self, table: Table, columns: Iterable[str] | None) -> None:
        """A person approved these columns (`None`: the table), as they stand there: what of them says no is clean."""
        of = denied(table) if columns is None else {(table.name, each) for each in columns}
        self.once -= denied(table) & of

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
    shown = Readable(
        CENTRAL,
        [readable_table(lake.database.name, each) for each in lake.tables.values()],
        [_entry(each) for each in grants],
        filters=[_filter(each) for each in filters.values()],
    )
    return by_table(readable(shown, account))


def by_table(found: Mapping[str, Reading]) -> dict[str, dict[str, Rows]]:
    """What is read, by table and column; tables of which nothing is are left out."""
    columns: defaultdict[str, dict[str, Rows]] = defaultdict(dict)
    for name, of in found.items():
        for column in of.columns:
            columns[name.partition(".")[2]][column] = of.rows.get(column, frozenset())
    return dict(columns)


def readable_table(database: str, table: Table) -> ReadableTable:
    """A table, as the evaluator knows it."""
    keys = frozenset(each.name.lower() for each in table.columns or () if each.is_partition_key)
    return ReadableTable(database, table.name, frozenset(listed(table)) - keys, keys)


def _entry(grant: Grant) -> dict[str, object]:
    of = {"DatabaseName": grant.database, "TableName": grant.table, "TableCatalogId": CENTRAL, "Name": grant.filter}
    name = "ALL_TABLES" if grant.table == WHOLE_DATABASE else grant.table
    table = {"CatalogId": CENTRAL, "DatabaseName": grant.database, "Name": name}
    rights = ["SELECT"]
    resource = {"Database": {"CatalogId": CENTRAL, "Name": grant.database}} if grant.table is None else {"Table": table}
    return {
        "Principal": {"DataLakePrincipalIdentifier": grant.consumer},
        "Resource": {"DataCellsFilter": of} if grant.filter else resource,
        "Permissions": rights,
        "PermissionsWithGrantOption": rights,
    }


def _filter(cells: CellsFilter) -> dict[str, object]:
    rows = {"AllRowsWildcard": {}} if cells.expression is None else {"FilterExpression": cells.expression}
    return {
        "TableCatalogId": CENTRAL,
        "DatabaseName": cells.database,
        "TableName": cells.table,
        "Name": cells.name,
        "ColumnNames": list(cells.columns),
        "RowFilter": rows,
    }


def named_by(shown: Classification) -> set[Cell]:
    """What an approver was told of: the columns that were named to them as personal data, or all of a table."""
    found = (each for each in shown.grounds if each.rule is not Rule.CHANGED_SINCE_SHARED)
    return {(each.table, None if each.column is None else each.column.lower()) for each in found}
