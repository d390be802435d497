"""The rule that decides whether a catalogue parameter says "personal data".

`tests/pii_flag_cases.json` holds the cases. The portal shows what this says: it has no rule of its own.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum

PII_FLAG = "pii_flag"
PII_COLUMNS = "pii_columns"
ROW_FILTER = "lakeshare_filter_"
"""How the keys begin that row filters stand under, each with its name behind it."""

# Plainly no: only these lift anything. Everything else but an empty flag is personal data, readable or not.
_PLAINLY_NO = frozenset({"false", "0", "no", "n"})
_YES = frozenset({"true", "1", "yes", "y"})
# Only what ASCII calls white space: other programs read the same flags, and their languages agree on nothing else.
_WHITE_SPACE = " \t\n\r\f\v"
_NONE = "none"


class Flag(Enum):
    """What a flag says. `UNREADABLE` counts as personal data, with a reason of its own."""

    NO = "no"
    YES = "yes"
    UNREADABLE = "unreadable"


def read_flag(value: object) -> Flag:
    """Read one `pii_flag` value as it stands in the catalogue; `None` means that there is none."""
    if value is None:
        return Flag.NO
    if not isinstance(value, str):
        return Flag.UNREADABLE
    word = value.strip(_WHITE_SPACE).lower()
    if not word or word in _PLAINLY_NO:
        return Flag.NO
    return Flag.YES if word in _YES else Flag.UNREADABLE


def flags_of(parameters: Mapping[str, object]) -> tuple[object, ...]:
    """All values that `parameters` gives for `pii_flag`, however the key is written."""
    return values_of(parameters, PII_FLAG)


def values_of(parameters: Mapping[str, object], name: str) -> tuple[object, ...]:
    """All values that `parameters` gives for the key `name`, however it is written.

    Glue keeps the case of parameter keys, so `PII_Flag` can stand beside `pii_flag`; whoever wrote it meant it.
    """
    return tuple(value for key, value in sorted(parameters.items()) if key.strip(_WHITE_SPACE).lower() == name)


def values_under(parameters: Mapping[str, object], prefix: str) -> tuple[tuple[str, object], ...]:
    """All values that `parameters` gives for keys that begin so, however written, by what follows in lower case."""
    keys = ((key.strip(_WHITE_SPACE).lower(), value) for key, value in sorted(parameters.items()))
    return tuple((key.removeprefix(prefix), value) for key, value in keys if key.startswith(prefix) and key != prefix)


def plainly_no(values: Iterable[object]) -> bool:
    """Whether a flag says no in so many words. An empty flag is as if it were not there: it says nothing."""
    given = [value for value in values if not is_empty(value)]
    return bool(given) and strictest(given) is Flag.NO


def is_empty(value: object) -> bool:
    """Whether a parameter's value says nothing."""
    return value is None or (isinstance(value, str) and not value.strip(_WHITE_SPACE))


@dataclass(frozen=True, slots=True)
class PiiColumns:
    """What a table's `pii_columns` says.

    Attributes:
        names: the columns and partition keys that it names, of those that the table has, in lower case.
        readable: whether every name is one that the table has.
        none: that every column was looked at and none is personal.
    """

    names: frozenset[str] = frozenset()
    readable: bool = True
    none: bool = False


def read_pii_columns(values: Iterable[object], known: Collection[str]) -> PiiColumns:
    """Read `pii_columns`: names with commas between them, or `none`; an empty one is as if it were not there.

    Args:
        values: all raw values; more than one that says something cannot be read, since nobody can tell which holds.
        known: the names of the table's columns and partition keys. Case does not tell names apart: engines do not.
    """
    given = [value for value in values if not is_empty(value)]
    names = {name.strip(_WHITE_SPACE).lower() for value in given if isinstance(value, str) for name in value.split(",")}
    has = {name.lower() for name in known}
    if names == {_NONE} and len(given) == 1 and _NONE not in has:
        return PiiColumns(none=True)
    # A column may be called `none`; then nobody can tell which of the two is meant.
    readable = len(given) <= 1 and all(isinstance(value, str) for value in given) and names <= has - {_NONE}
    return PiiColumns(frozenset(names & has), readable)


def strictest(values: Iterable[object]) -> Flag:
    """The strictest reading of several values: one yes outweighs every no."""
    readings = {read_flag(value) for value in values}
    for flag in (Flag.YES, Flag.UNREADABLE):
        if flag in readings:
            return flag
    return Flag.NO
