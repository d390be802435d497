"""Cells of a table, as grants open them: which columns, each in which rows. And which of sample rows those are.

Columns with the row filters of each, as Glue tells query engines what a caller may read (`AuthorizedColumns` and
`CellFilters`): https://docs.aws.amazon.com/glue/latest/webapi/API_GetUnfilteredTableMetadata.html.
"""

import sqlite3
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import closing

Rows = frozenset[str]
"""Row filter expressions that all have to let a row through; without any it is all rows."""
Cells = Mapping[str, frozenset[Rows]]
"""By column, in lower case: any one of these lets its rows through."""
Row = Mapping[str, object]
"""A sample row: values of string, int, float or bool, or None, by column in lower case."""

ALL_ROWS: Rows = frozenset()


def opened(columns: Iterable[str], rows: Rows = ALL_ROWS) -> Cells:
    """All cells of some columns in some rows."""
    return {column: frozenset({rows}) for column in columns}


def either(*parts: Cells) -> Cells:
    """What several grants open together."""
    columns = {column for part in parts for column in part}
    return {column: least(each for part in parts for each in part.get(column, ())) for column in columns}


def both(one: Cells, other: Cells) -> Cells:
    """What each of two opens."""
    return {
        column: least(mine | theirs for mine in one[column] for theirs in other[column])
        for column in one.keys() & other.keys()
    }


def least(found: Iterable[Rows]) -> frozenset[Rows]:
    """The same without what lets fewer rows through than another one does for certain."""
    every = frozenset(found)
    return frozenset(each for each in every if not any(other < each for other in every))


def text(rows: Rows) -> str:
    """As one expression."""
    return next(iter(rows)) if len(rows) == 1 else " AND ".join(f"({each})" for each in sorted(rows))


def visible(filters: Mapping[str, Iterable[str]], columns: Collection[str], rows: Sequence[Row]) -> Iterator[Row]:
    """What of sample rows can be seen: a cell that cannot be is left out, and so is a row without any.

    SQLite judges the expressions, which Lake Formation has to have taken before: it takes more than that does, such as
    functions, and other types. Comparisons and LIKE tell case apart in both.

    Args:
        filters: by column, the row filter expressions, any one of which lets its rows through; a column without an
            entry is seen in all rows.
        columns: which can be seen at all.
        rows: each with a value for each column that an expression names.
    """
    passed = {each: _passed(each, rows) for each in {each for some in filters.values() for each in some}}
    let_through = {column: {number for each in some for number in passed[each]} for column, some in filters.items()}
    for number, row in enumerate(rows):
        readable = {column for column in columns if column not in let_through or number in let_through[column]}
        if seen := {column: value for column, value in row.items() if column in readable}:
            yield seen


def _passed(expression: str, rows: Sequence[Row]) -> frozenset[int]:
    """The numbers of the rows that an expression lets through."""
    if not rows:
        return frozenset()
    names = sorted(rows[0])
    listed = ", ".join('"' + name.replace('"', '""') + '"' for name in names)
    values = [(number, *(row[name] for name in names)) for number, row in enumerate(rows)]
    marks = ", ".join("?" * (len(names) + 1))
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("PRAGMA case_sensitive_like = ON")
        database.execute(f"CREATE TABLE sample (_row, {listed})")
        database.executemany(f"INSERT INTO sample VALUES ({marks})", values)  # noqa: S608 - marks only
        found = database.execute(f"SELECT _row FROM sample WHERE {expression}")  # noqa: S608 - what it is for
        return frozenset(number for (number,) in found)
