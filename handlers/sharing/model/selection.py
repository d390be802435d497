"""Which columns and rows of a table are in, by the part that was asked for, and what asks about just these.

Lake Formation cannot leave partition keys out, so they are always in. What is flagged about the table as a whole counts
for any part of it. What cannot be told to be safe is not: the safe subset is taken only of a schema that can be read.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.cells import LONGEST_EXPRESSION
from handlers.sharing.model.checks import shown
from handlers.sharing.model.classification import Ground
from handlers.sharing.model.errors import (
    FilterRefused,
    NothingSafe,
    PartitionKeyFlagged,
    Refused,
    TooManyColumns,
    UnknownColumn,
    UnknownFilter,
)
from handlers.sharing.model.grounds import grounds_of_table
from handlers.sharing.model.part import MOST_BYTES, MOST_COLUMNS, Part, too_long
from handlers.sharing.model.sensitivity import is_empty

_MOST_NAMED = 5
"""So many names an error text has."""


@dataclass(frozen=True, slots=True)
class Selection:
    """What is in.

    Attributes:
        columns: in lower case, in the catalogue's order.
        row_filter: the expression that holds for the rows; `None`: all rows.
        grounds: what asks about these columns, and about the table as a whole.
        left_out: what is flagged of the other columns.
    """

    columns: tuple[str, ...]
    row_filter: str | None
    grounds: tuple[Ground, ...]
    left_out: tuple[Ground, ...]


def select(part: Part, table: Table, within: Database) -> Selection:
    """Find what is in of a table.

    Raises:
        NothingSafe, PartitionKeyFlagged: it has no safe subset.
        UnknownColumn, UnknownFilter: it has not what the part names.
        TooManyColumns: more are in than can be listed.
        FilterRefused: Lake Formation makes no filters on views, and none of so long an expression.
    """
    grounds = tuple(grounds_of_table(table, within))
    if table.is_view:
        if part.safe:
            raise NothingSafe(f"Table {shown(table.name)} is a view: what it shows is flagged elsewhere, if at all.")
        raise FilterRefused(f"Table {shown(table.name)} is a view, and Lake Formation shares views as a whole only.")
    # What stands twice is a key if either is.
    keys = {column.name.lower() for column in table.columns or () if column.is_partition_key}
    names = {column.name.lower(): column.name.lower() in keys for column in table.columns or ()}
    if part.safe:
        wanted = _safe(table, names, grounds)
    elif not names:
        raise UnknownColumn(f"The columns of table {shown(table.name)} cannot be read, so none can be listed.")
    else:
        wanted = frozenset(part.columns or names)
    if unknown := sorted(wanted - names.keys()):
        raise _unknown(unknown, table.name)
    columns = tuple(name for name, is_key in names.items() if is_key or name in wanted)
    if too_long(columns):
        raise TooManyColumns(
            f"{len(columns):,} columns of table {shown(table.name)} would be in, and no more than {MOST_COLUMNS:,} can "
            f"be listed, of {MOST_BYTES:,} bytes in all. Ask for fewer of them, or for the whole table."
        )
    return Selection(
        columns,
        None if part.filter is None else expression_of(part.filter, table),
        tuple(each for each in grounds if concerns(each, columns)),
        tuple(each for each in grounds if not concerns(each, columns)),
    )


def safe_columns(part: Part, table: Table, within: Database) -> tuple[str, ...]:
    """The columns that are in of a table, of a part that asks nobody; none where it has no such part."""
    try:
        return select(part, table, within).columns
    except Refused:
        return ()


def concerns(ground: Ground, columns: Sequence[str]) -> bool:
    """Whether a ground is about one of these columns, in lower case, or about the table as a whole."""
    return ground.column is None or ground.column.lower() in columns


def _safe(table: Table, names: dict[str, bool], grounds: tuple[Ground, ...]) -> frozenset[str]:
    whole = [each for each in grounds if each.column is None]
    if whole:
        raise NothingSafe(f"Table {shown(table.name)} has no safe subset, as all of it asks: {whole[0]}.")
    if not names or not table.schema_readable or table.elsewhere:
        raise NothingSafe(
            f"Table {shown(table.name)} has no safe subset: the catalogue does not list all of its columns."
        )
    flagged = {each.column.lower() for each in grounds if each.column is not None}
    if keys := sorted(name for name, is_key in names.items() if is_key and name in flagged):
        raise PartitionKeyFlagged(
            f"Partition key {shown(keys[0])} of table {shown(table.name)} is personal data, and Lake Formation cannot "
            "leave partition keys out. Ask for the table, or for columns of it: its owner decides."
        )
    safe = frozenset(name for name in names if name not in flagged)
    if all(names[name] for name in safe):
        raise NothingSafe(f"Table {shown(table.name)} has no safe subset: every column of it is personal data.")
    return safe


def _unknown(names: Sequence[str], table: str) -> UnknownColumn:
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    nested = any("." in name for name in names)
    hint = " Parts of a column cannot be shared by themselves: name the whole column." if nested else ""
    return UnknownColumn(
        f"Table {shown(table)} has no column {', '.join(shown(name) for name in names[:_MOST_NAMED])}{more}.{hint}"
    )


def expression_of(name: str, table: Table) -> str:
    """What holds for the rows of a row filter, by its name in lower case.

    Raises:
        UnknownFilter: the table has none of that name that can be read.
        FilterRefused: it is longer than Lake Formation takes.
    """
    given = [value for known, value in table.row_filters if known == name and not is_empty(value)]
    if not given:
        raise UnknownFilter(
            f"Table {shown(table.name)} has no row filter {shown(name)}: its owner sets one as the table's parameter "
            f"lakeshare_filter_{name}."
        )
    (value, *others) = given
    if others or not isinstance(value, str):
        raise UnknownFilter(f"Row filter {shown(name)} of table {shown(table.name)} cannot be read, or stands twice.")
    expression = value.strip()
    if len(expression.encode(errors="surrogatepass")) > LONGEST_EXPRESSION:
        raise FilterRefused(
            f"Row filter {shown(name)} of table {shown(table.name)} is longer than the {LONGEST_EXPRESSION:,} bytes "
            "that Lake Formation takes."
        )
    return expression
