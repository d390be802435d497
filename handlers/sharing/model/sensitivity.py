"""The rule that decides whether a catalogue parameter says "personal data".

`tests/pii_flag_cases.json` holds the cases. The portal shows what this says: it has no rule of its own.
"""

from collections.abc import Iterable, Mapping
from enum import Enum

PII_FLAG = "pii_flag"

# Plainly no. Everything else is personal data, readable or not.
_NO = frozenset({"false", "0", "no", "n", ""})
_YES = frozenset({"true", "1", "yes", "y"})
# Only what ASCII calls white space: other programs read the same flags, and their languages agree on nothing else.
_WHITE_SPACE = " \t\n\r\f\v"


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
    if word in _NO:
        return Flag.NO
    return Flag.YES if word in _YES else Flag.UNREADABLE


def flags_of(parameters: Mapping[str, object]) -> tuple[object, ...]:
    """All values that `parameters` gives for `pii_flag`, however the key is written.

    Glue keeps the case of parameter keys, so `PII_Flag` can stand beside `pii_flag`; whoever wrote it meant it.
    """
    return tuple(value for key, value in sorted(parameters.items()) if key.strip(_WHITE_SPACE).lower() == PII_FLAG)


def strictest(values: Iterable[object]) -> Flag:
    """The strictest reading of several values: one yes outweighs every no."""
    readings = {read_flag(value) for value in values}
    for flag in (Flag.YES, Flag.UNREADABLE):
        if flag in readings:
            return flag
    return Flag.NO
