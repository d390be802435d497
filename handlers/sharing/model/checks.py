"""Checks of what comes in, and how error texts show it: texts, names, objects, fields that are not known."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Final, TypeGuard

from handlers.sharing.model.errors import InvalidInput, UnknownField

# Glue's own limit for names of databases and tables.
LONGEST_NAME: Final = 255
LONGEST_PURPOSE: Final = 1000
LONGEST_COMMENT: Final = 2000
"""Characters of what an approver says, however they decide, with its line breaks counted once each (`\\n`)."""
_LINES: Final = "\n\t"
_PLAIN_FIELD: Final = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_MOST_NAMED: Final = 5
"""How many unknown fields an error text names."""


def checked_text(typed: object, field: str, longest: int = LONGEST_PURPOSE) -> str:
    """What a person typed for others to read; `field` says what it is called where it stands.

    Raises:
        InvalidInput: it is no text, too long, or has control characters.
    """
    if not isinstance(typed, str):
        raise InvalidInput(f"{field} must be a string, got {kind_of(typed)}.", field)
    text = typed.replace("\r\n", "\n").replace("\r", "\n").strip()
    if len(text) > longest:
        raise InvalidInput(f"{field} must have at most {longest} characters, got {len(text)}.", field)
    if any(unicodedata.category(character) in {"Cc", "Cs"} and character not in _LINES for character in text):
        raise InvalidInput(f"{field} must be text without control characters.", field)
    return text


def refuse_unknown(unknown: list[str], known: Iterable[str], what: str, hint: str = "") -> None:
    """Refuse by name what was given and is not known.

    Args:
        unknown: what was given so, by its path.
        known: what could have been.
        what: what has these fields.
        hint: what else there is to say.

    Raises:
        UnknownField: there is something unknown; it names the first few.
    """
    if not unknown:
        return
    names = [name if _PLAIN_FIELD.fullmatch(name) else shown(name) for name in unknown]
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    has = ", ".join(known)
    raise UnknownField(
        f"{', '.join(names[:_MOST_NAMED])}{more} must not be given: {what} has "
        f"{f'{has} and no other field' if has else 'no fields'}.{hint}",
        names[0],
    )


def shown(value: str, longest: int = 80) -> str:
    """`value` quoted, printable and cut, as error texts show what came."""
    cut = _cut(value, longest)
    return ascii(cut) if not cut.isprintable() else f"'{cut}'"


def unquoted(value: str, longest: int = 80) -> str:
    """The same of what has quotes of its own, such as an expression: without any around it."""
    cut = _cut(value, longest)
    return cut if cut.isprintable() else cut.encode("unicode_escape").decode()


def _cut(value: str, longest: int) -> str:
    return value if len(value) <= longest else value[:longest] + "…"


def is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[object]]:
    """Whether a JSON value is a list."""
    return isinstance(value, list)


def as_object(value: object, field: str) -> Mapping[str, object]:
    """A JSON value that has to be an object; `field` says what it is called where it stands.

    Raises:
        InvalidInput: it is none.
    """
    if not is_object(value):
        raise InvalidInput(f"{field or 'the input'} must be an object, got {kind_of(value)}.", field)
    return value


def checked_object(document: object, known: tuple[str, ...], what: str) -> Mapping[str, object]:
    """What somebody posted, which has none but the known fields; `what` says what it is.

    Raises:
        InvalidInput: it is no object, or has another field.
    """
    given = as_object(document, "")
    refuse_unknown([name for name in given if name not in known], known, what)
    return given


def checked_name(value: object, field: str) -> str:
    """A name of the catalogue as Glue keeps it, in lower case; `field` says what it is called where it stands.

    Raises:
        InvalidInput: no text, empty or too long, or of characters that no name has.
    """
    if not isinstance(value, str):
        raise InvalidInput(f"{field} must be a string, got {kind_of(value)}.", field)
    if not value or len(value) > LONGEST_NAME:
        raise InvalidInput(f"{field} must have 1 to {LONGEST_NAME} characters, got {len(value)}.", field)
    if any(ord(character) < ord(" ") or ord(character) == 0x7F for character in value) or value != value.strip():
        raise InvalidInput(
            f"{field} must be a name without control characters or spaces around it, got {shown(value)}.", field
        )
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InvalidInput(f"{field} must be valid Unicode, got {shown(value)}.", field) from error
    return value.lower()


def came(value: object) -> str:
    """What came, as error texts show it: a text quoted, of all else what kind of JSON value it is."""
    return shown(value) if isinstance(value, str) else kind_of(value)


def kind_of(value: object) -> str:
    """What kind of JSON value came, as error texts say it."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "a string"
        case list():
            return "a list"
        case _:
            return "an object"
