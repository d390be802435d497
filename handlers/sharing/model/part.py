"""Which part of a table is asked for: its safe subset, or columns by name; rows by the name of a filter.

Of a database there is the safe subset alone: that of each of its tables.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from handlers.sharing.model.checks import came, checked_name, is_list, kind_of
from handlers.sharing.model.errors import InvalidInput

OF_PART: Final = ("scope", "columns", "filter")
"""The fields of a request that say which part."""
SAFE: Final = "safe"
MOST_COLUMNS: Final = 2_000
MOST_BYTES: Final = 80_000
"""Of all names of columns together: an item of the register holds those asked for and those granted."""


@dataclass(frozen=True, slots=True)
class Part:
    """What of a table is asked for; without all three: all of it, columns added later too.

    Attributes:
        safe: the columns of which no flag says anything.
        columns: these, in lower case, sorted, each once; never beside `safe`.
        filter: the name of a row filter, in lower case.
    """

    safe: bool = False
    columns: tuple[str, ...] = ()
    filter: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether it is all of the table."""
        return self == WHOLE

    @property
    def fields(self) -> Mapping[str, object]:
        """As a request has it: only what it says."""
        said = {"scope": SAFE if self.safe else None, "columns": list(self.columns) or None, "filter": self.filter}
        return {name: value for name, value in said.items() if value is not None}


WHOLE: Final = Part()
"""All of it."""


@dataclass(frozen=True, slots=True)
class InBrief:
    """Which part somebody asked for, the columns that are in, as far as that is known, and how many there are.

    `unnamed`: how many are in where they are not named, as of a whole database.
    """

    part: Part
    columns: tuple[str, ...] = ()
    total: int | None = None
    unnamed: int = 0


def parse_part(given: Mapping[str, object], *, of_database: bool) -> Part:
    """Check which part is asked for: `scope` of `"safe"`, or `columns`; and `filter`.

    Args:
        given: a request's fields.
        of_database: whether a whole database is asked for, of which there is only the safe subset.

    Raises:
        InvalidInput: one of the wrong type, or some that do not go together.
    """
    scope, listed, name = (given.get(field) for field in OF_PART)
    if scope is not None and scope != SAFE:
        raise InvalidInput(f"scope must be '{SAFE}', or left out for all of it, got {came(scope)}.", "scope")
    if scope is not None and listed is not None:
        raise InvalidInput("columns must not be given with scope: the safe subset says which they are.", "columns")
    columns = () if listed is None else parse_columns(listed)
    part = Part(scope is not None, columns, None if name is None else checked_name(name, "filter"))
    if of_database:
        for field in ("columns", "filter"):
            if given.get(field) is not None:
                raise InvalidInput(f"{field} must be given with one table, got source.table '*'.", field)
    return part


def too_long(columns: tuple[str, ...]) -> bool:
    """Whether there are more columns, or longer names of them, than can be listed one by one."""
    return len(columns) > MOST_COLUMNS or sum(len(each.encode(errors="surrogatepass")) for each in columns) > MOST_BYTES


def parse_columns(listed: object) -> tuple[str, ...]:
    """Check a list of columns by name.

    Raises:
        InvalidInput: it is none, or one of none, or of too many.
    """
    if not is_list(listed):
        raise InvalidInput(f"columns must be a list of names, got {kind_of(listed)}.", "columns")
    if not 0 < len(listed) <= MOST_COLUMNS:
        raise InvalidInput(f"columns must have 1 to {MOST_COLUMNS:,} names, got {len(listed):,}.", "columns")
    columns = tuple(sorted({checked_name(each, f"columns[{at}]") for at, each in enumerate(listed)}))
    if too_long(columns):
        raise InvalidInput(f"columns must have at most {MOST_BYTES:,} bytes of names in all.", "columns")
    return columns
