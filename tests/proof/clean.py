"""What is unmistakably clean, read plainly from the design and not from the product: the proofs' own opinion."""

import re
from collections.abc import Iterable, Set

from handlers.sharing.model.catalogue import Database, Table

_BLANK = " \t\n\r\f\v"
# Nothing, or one of four words, in ASCII, with ASCII's white space around it.
_NO = re.compile(r"[ \t\n\r\f\v]*(false|0|no|n)?[ \t\n\r\f\v]*", re.IGNORECASE | re.ASCII)


def flag_is_clean(value: object) -> bool:
    """Whether one value of `pii_flag` says no. No value at all says no, too."""
    return value is None or (type(value) is str and _NO.fullmatch(value) is not None)


def says_no(values: Iterable[object]) -> bool:
    """Whether values of `pii_flag` say no in so many words: none says another thing, and one says it."""
    found = list(values)
    words = [match[1] for value in found if type(value) is str and (match := _NO.fullmatch(value))]
    return all(flag_is_clean(value) for value in found) and any(words)


def all_looked_at(values: Iterable[object], names: Iterable[str]) -> bool | None:
    """What values of `pii_columns` say of a table with columns of these names.

    Returns:
        Whether they say that all columns were looked at and none is personal; `None`: they may say anything else.
    """
    found = [value for value in values if value is not None and not (type(value) is str and not value.strip(_BLANK))]
    if not found:
        return False
    (first, *more) = found
    says_none = type(first) is str and first.strip(_BLANK).lower() == "none"
    return True if says_none and not more and "none" not in {name.lower() for name in names} else None


def table_is_clean(table: Table) -> bool:
    """Whether neither the table nor any of its columns and keys may hold personal data, and all columns are known."""
    columns = (*(table.columns or ()), *table.elsewhere)
    flags = [*table.flags, *(flag for column in columns for flag in column.flags)]
    if table.columns is None or not all(flag_is_clean(flag) for flag in flags):
        return False
    # A tag, or tags that nobody can read, ask whatever else is said.
    if table.tags != () or any(column.tags != () for column in columns):
        return False
    if table.is_view and not says_no(table.flags):
        return False
    # What is still flagged is not clean by that; what was, and is still there, is not by having been.
    there = {column.name.lower() for column in columns}
    if table.once_flagged is None or table.once_flagged & {None, *there}:
        return False
    looked_at = all_looked_at(table.pii_columns, [column.name for column in columns])
    listed = any(not column.is_partition_key for column in table.columns)
    whole = listed and table.schema_readable and not table.elsewhere
    return looked_at is not None and (looked_at or whole)


def is_clean(database: Database, tables: Iterable[Table], *, whole: bool) -> bool:
    """Whether what is asked for (the `whole` database, or one table of it) may be shared without a person."""
    held = list(tables)
    own = all(flag_is_clean(flag) for flag in database.flags)
    own = own and database.tags == () and database.once_flagged == frozenset()
    lifted = not whole and all(says_no(table.flags) for table in held)
    return (own or lifted) and all(table_is_clean(table) for table in held)


def named_as_personal(values: Iterable[object], names: Iterable[str]) -> frozenset[str] | None:
    """Which columns, in lower case, values of `pii_columns` name of those that a table has; `None`: nobody can tell."""
    known = {name.lower() for name in names}
    found = [value for value in values if value is not None and not (type(value) is str and not value.strip(_BLANK))]
    if not found or all_looked_at(found, known):
        return frozenset()
    (first, *more) = found
    if more or type(first) is not str:
        return None
    named = frozenset(name.strip(_BLANK).lower() for name in first.split(","))
    return named if named <= known - {"none"} else None


def part_is_clean(database: Database, table: Table, columns: Set[str]) -> bool:
    """Whether columns of a table, by their names in lower case, may be shared without a person; partition keys too."""
    everything = (*(table.columns or ()), *table.elsewhere)
    names = [column.name for column in everything]
    named = named_as_personal(table.pii_columns, names)
    if table.columns is None or table.is_view or table.tags != () or named is None or table.once_flagged is None:
        return False
    if not all(flag_is_clean(flag) for flag in table.flags) or table.once_flagged & {None, *columns} or named & columns:
        return False
    own = all(flag_is_clean(flag) for flag in database.flags) and database.tags == ()
    if not (says_no(table.flags) or (own and database.once_flagged == frozenset())):
        return False
    mine = [column for column in everything if column.name.lower() in columns]
    if not all(column.tags == () and all(flag_is_clean(flag) for flag in column.flags) for column in mine):
        return False
    listed = any(not column.is_partition_key for column in table.columns)
    whole = listed and table.schema_readable and not table.elsewhere
    return bool(all_looked_at(table.pii_columns, names)) or whole
