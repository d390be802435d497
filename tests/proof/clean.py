"""What is unmistakably clean, read plainly from the design and not from the product: the proofs' own opinion."""

import re
from collections.abc import Iterable

from handlers.sharing.model.catalogue import Database, Table

# Nothing, or one of four words, in ASCII, with ASCII's white space around it.
_NO = re.compile(r"[ \t\n\r\f\v]*(?:false|0|no|n)?[ \t\n\r\f\v]*", re.IGNORECASE | re.ASCII)


def flag_is_clean(value: object) -> bool:
    """Whether one value of `pii_flag` says no. No value at all says no, too."""
    return value is None or (type(value) is str and _NO.fullmatch(value) is not None)


def table_is_clean(table: Table) -> bool:
    """Whether neither the table nor any of its columns and keys may hold personal data, and there are columns."""
    flags = [*table.flags, *(flag for column in table.columns or () for flag in column.flags)]
    return bool(table.columns) and all(flag_is_clean(flag) for flag in flags)


def is_clean(database: Database, tables: Iterable[Table], *, whole: bool) -> bool:
    """Whether what is asked for (the `whole` database, or one table of it) may be shared without a person."""
    own = all(flag_is_clean(flag) for flag in database.flags) if whole else True
    return own and all(table_is_clean(table) for table in tables)
