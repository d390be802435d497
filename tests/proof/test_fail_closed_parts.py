"""Fail closed, of parts: of a table, and of all tables of a database, no column goes to anybody that could be personal.

The generated catalogues of `test_fail_closed.py` are asked for in part: the safe subset, columns, rows. What comes out
is held, column by column, against the plain reading in `clean.py`; and no more is left out, or asked about, than that.
"""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import strategies as st

from handlers.sharing.examine import examine
from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.cells import filter_name
from handlers.sharing.model.classification import Classified
from handlers.sharing.model.errors import Refused
from handlers.sharing.model.part import Part
from handlers.sharing.model.parties import Parties, Producer, Rules
from handlers.sharing.model.request import ShareRequest, Source
from tests.fakes.catalogue import MemoryCatalogue
from tests.proof.clean import is_clean, part_is_clean
from tests.proof.conftest import Figure
from tests.proof.test_fail_closed import CENTRAL, CONSUMER, OWNER, databases, hold, odd, sometimes, tables

TABLES, DATABASES = 3_000, 700
PARTIES = Parties({OWNER: Producer(OWNER, safe_subset=True)})
RULES = Rules(CENTRAL, PARTIES, wildcard_on_approval=False)
SAFE, ROWS = Part(safe=True), "eu"
EXPRESSION = "id > 7"
rows = sometimes(st.one_of(odd, st.just("x" * 2_049)), EXPRESSION)
"""What stands on the table as its row filter."""


def examined(part: Part, table: str, database: Database, *held: Table) -> Classified | str:
    """How a request for a part is classified, or by what it is refused."""
    catalogue = MemoryCatalogue()
    catalogue.put(database, *held)
    try:
        return examine(ShareRequest(Source("db", table), CONSUMER, part), RULES, catalogue)
    except Refused as refused:
        return f"refused {refused.reason}"


def safe_of(database: Database, table: Table) -> set[str]:
    """The columns that the plain reading lets everybody have, with the partition keys; none where a key is not safe."""
    keys = {column.name.lower() for column in table.columns or () if column.is_partition_key}
    names = {column.name.lower() for column in table.columns or ()}
    safe = {name for name in names if part_is_clean(database, table, {name})}
    # What the list of columns lacks is in nobody's safe subset, and where it lacks something nothing is.
    return safe if safe > keys and table.schema_readable and not table.elsewhere else set()


def judged_safe(database: Database, table: Table) -> str:
    """What comes of a request for the safe subset of a table: just what the plain reading lets everybody have."""
    found, safe = examined(SAFE, table.name, database, table), safe_of(database, table)
    if isinstance(found, str):
        assert not safe or found not in {"refused NothingSafe", "refused PartitionKeyFlagged"}, (found, safe)
        return found
    assert not found.classification.needs_approval
    assert set(found.classification.columns) == safe
    return "shared at once"


def judged_part(part: Part, database: Database, table: Table) -> str:
    """What comes of a request for columns, or rows: shared at once only where all of its columns are clean."""
    found = examined(part, table.name, database, table)
    if isinstance(found, str):
        return found
    columns = set(found.classification.columns)
    keys = {column.name.lower() for column in table.columns or () if column.is_partition_key}
    assert columns == ({*part.columns, *keys} if part.columns else {each.name.lower() for each in table.columns or ()})
    ((_, expression),) = table.row_filters
    assert found.classification.row_filter == (str(expression).strip() if part.filter else None)
    assert part.filter is None or type(expression) is str
    assert found.classification.needs_approval != part_is_clean(database, table, columns)
    return "asked" if found.classification.needs_approval else "shared at once"


@pytest.mark.timeout(600)
def test_parts_of_tables(figure: Figure) -> None:
    def judge(case: tuple[Database, Table, Any, int, bool]) -> str:
        database, table, expression, chosen, filtered = case
        table = replace(table, row_filters=((ROWS, expression),))
        if not chosen:
            return judged_safe(database, table)
        names = sorted({column.name.lower() for column in table.columns or ()})
        columns = tuple(name for at, name in enumerate(names) if chosen >> at & 1)
        part = Part(columns=columns, filter=ROWS if filtered or not columns else None)
        return judged_part(part, database, table)

    chosen = st.one_of(st.just(0), st.integers(1, 31))
    cases = st.tuples(databases, tables, rows, chosen, st.booleans())
    hold(figure, "parts of tables, as the rules see them", cases, TABLES, judge)


@pytest.mark.timeout(600)
def test_safe_subsets_of_databases(figure: Figure) -> None:
    def judge(case: tuple[Database, list[Table]]) -> str:
        database, held = case
        found = examined(SAFE, "*", database, *held)
        if isinstance(found, str):
            return found
        # What the database itself says counts for all of it, whatever a table says.
        assert is_clean(database, (), whole=True)
        assert not found.classification.needs_approval
        safe = {table.name: safe_of(database, table) for table in held}
        # Filters' names say which columns they are of, and that they are of all rows.
        assert found.filters == {
            name: filter_name(database.name, name, columns, None) for name, columns in safe.items() if columns
        }
        left_out = {each.table for each in found.classification.omitted}
        assert left_out == {name for name, columns in safe.items() if not columns}
        return "left out" if left_out else "shared at once"

    held = st.lists(tables, min_size=1, max_size=4, unique_by=lambda table: table.name)
    hold(
        figure,
        "safe subsets of databases",
        st.tuples(databases, held),
        DATABASES,
        judge,
        answers=("shared at once", "left out"),
    )
