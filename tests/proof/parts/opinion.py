"""Which columns may hold personal data, and what can be read: read from the design, and from the evaluator of the mesh.

Nothing of the product's rules is asked. What was seen flagged stays so until it says no and a person has agreed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.classification import Classification, Rule
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import WHOLE_DATABASE
from localmesh.reading import Lake, Reading, readable
from localmesh.reading import Table as Readable
from tests.fakes.lake import Grant
from tests.fakes.world import CENTRAL
from tests.proof.clean import all_looked_at, flag_is_clean, says_no

WHOLE = None
"""In place of a column: the table as a whole, or its database."""


def flagged(database: Database, table: Table) -> set[str | None]:
    """The columns, in lower case, that may hold personal data by what stands there now; `WHOLE`: all of it may."""
    names = {each.name.lower() for each in table.columns or ()}
    found: set[str | None] = {
        each.name.lower() for each in table.columns or () if not all(map(flag_is_clean, each.flags))
    }
    lifted = says_no(table.flags)
    if not all(map(flag_is_clean, table.flags)) or (not lifted and not all(map(flag_is_clean, database.flags))):
        found.add(WHOLE)
    if all_looked_at(table.pii_columns, names) is None:
        (said,) = table.pii_columns
        named = {each.strip().lower() for each in str(said).split(",")}
        found |= named & names
        if not named <= names:
            found.add(WHOLE)
    return found


def denied(table: Table) -> set[str | None]:
    """What says no in so many words."""
    found: set[str | None] = {each.name.lower() for each in table.columns or () if says_no(each.flags)}
    if all_looked_at(table.pii_columns, [each.name for each in table.columns or ()]):
        found |= {each.name.lower() for each in table.columns or () if all(map(flag_is_clean, each.flags))}
    return (found | ({WHOLE} if says_no(table.flags) else set())) - flagged(Database(""), table)


@dataclass
class Memory:
    """What was seen flagged of the table. The database's own flag is not the table's: its memory is looked at apart."""

    once: set[str | None] = field(default_factory=set[str | None])
    database_once: bool = False

    def see(self, database: Database, table: Table) -> None:
        """A request was judged by what stands there. A `pii_columns` that nobody can read is no flag of anything."""
        whole = set[str | None]() if all(map(flag_is_clean, table.flags)) else {WHOLE}
        self.once |= flagged(Database(database.name), table) - {WHOLE} | whole
        self.database_once = self.database_once or not all(map(flag_is_clean, database.flags))

    def approved(self, table: Table, columns: Iterable[str] | None) -> None:
        """A person approved these columns (`None`: the table), as they stand there: what of them says no is clean."""
        self.once -= denied(table) & (set(columns) if columns is not None else denied(table))

    def asks(self, database: Database, table: Table) -> set[str | None]:
        """What has to be named by a decision: what is flagged, and what was and is still there."""
        there = {WHOLE, *(each.name.lower() for each in table.columns or ())}
        by_database: set[str | None] = {WHOLE} if self.database_once and not says_no(table.flags) else set()
        return flagged(database, table) | (self.once & there) | by_database


def reading(
    table: Table, database: str, account: str, grants: Iterable[Grant], filters: Mapping[Resource, CellsFilter]
) -> Reading:
    """What an account reads of the table, by the evaluator."""
    entries, bodies = [_entry(each) for each in grants], [_filter(each) for each in filters.values()]
    lake = Lake(CENTRAL, [readable_table(database, table)], entries, filters=bodies)
    return readable(lake, account).get(f"{database}.{table.name}", Reading(frozenset()))


def readable_table(database: str, table: Table) -> Readable:
    """A table, as the evaluator knows it."""
    columns = frozenset(each.name.lower() for each in table.columns or ())
    keys = frozenset(each.name.lower() for each in table.columns or () if each.is_partition_key)
    return Readable(database, table.name, columns - keys, keys)


def _entry(grant: Grant) -> dict[str, object]:
    of = {"DatabaseName": grant.database, "TableName": grant.table, "TableCatalogId": CENTRAL, "Name": grant.filter}
    name = "ALL_TABLES" if grant.table == WHOLE_DATABASE else grant.table
    table = {"CatalogId": CENTRAL, "DatabaseName": grant.database, "Name": name}
    rights = ["SELECT"]
    return {
        "Principal": {"DataLakePrincipalIdentifier": grant.consumer},
        "Resource": {"DataCellsFilter": of} if grant.filter else {"Table": table},
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


def named_by(shown: Classification) -> set[str | None]:
    """What an approver was told of: the columns that were named to them as personal data; `WHOLE` for all of it."""
    found = (each for each in shown.grounds if each.rule is not Rule.CHANGED_SINCE_SHARED)
    return {None if each.column is None else each.column.lower() for each in found}
