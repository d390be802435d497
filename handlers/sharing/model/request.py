"""A request as it comes in, and its check. Source: the contract for execution input in the README."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, TypeGuard

from handlers.sharing.model.errors import ConsumerNotAllowed, InvalidInput, InvalidTarget, TargetIsCentral, UnknownField

WHOLE_DATABASE = "*"
# Glue's own limit for names of databases and tables.
LONGEST_NAME = 255
LONGEST_PURPOSE = 1000
LONGEST_COMMENT = 2000
"""Characters of what an approver says, however they decide, with its line breaks counted once each (`\\n`)."""
_LONGEST_ID = 80
_LONGEST_ROUND = 4
_ACCOUNT_ID = re.compile(r"[0-9]{12}")
_LINES = "\n\t"
_PLAIN_FIELD = re.compile(r"[A-Za-z0-9_.-]{1,80}")
_MOST_NAMED = 5
"""How many unknown fields an error text names."""

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {"source": ("database", "table"), "target": ("account_id",)}
"""What a request says of what is asked for, and of who gets it."""
FURTHER: Final = ("purpose", "until", "days", "renews")
"""What stands beside that: what it is for, when it ends, and the share that it renews."""
IGNORED: Final = ("reason", "requester", "AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID")
"""At the top of an execution's input: anybody's claims, and what Step Functions adds. They change no request."""


def is_account_id(value: object) -> bool:
    """Whether `value` is twelve ASCII digits and nothing else."""
    return isinstance(value, str) and _ACCOUNT_ID.fullmatch(value) is not None


def is_request_id(text: str) -> bool:
    """Whether a request can be called so. Items of other kinds have a `#` in their names."""
    return 0 < len(text) <= _LONGEST_ID and text.isprintable() and "#" not in text


def is_share_id(text: str) -> bool:
    """Whether a share can be called so: a request's id, `:` and the number of a round."""
    request_id, _, round_ = text.rpartition(":")
    return is_request_id(request_id) and round_.isascii() and round_.isdecimal() and len(round_) <= _LONGEST_ROUND


@dataclass(frozen=True, slots=True)
class Source:
    """What is asked for. `table` is a name, or `*` for the whole database. Lower case, as Glue keeps names."""

    database: str
    table: str

    @property
    def is_database(self) -> bool:
        """Whether the whole database is asked for."""
        return self.table == WHOLE_DATABASE

    def __str__(self) -> str:
        return f"{self.database}.{self.table}"

    @property
    def in_words(self) -> str:
        """What it is, with its name: `Table retail.customer`, `Database retail`."""
        return f"Database {self.database}" if self.is_database else f"Table {self}"


@dataclass(frozen=True, slots=True)
class ShareRequest:
    """A checked request: share `source` with the account `consumer` (twelve digits)."""

    source: Source
    consumer: str


def parse_request(
    document: object, further: tuple[str, ...] = FURTHER, ignored: tuple[str, ...] = IGNORED
) -> ShareRequest:
    """Check what somebody asks for, `{"source": {"database", "table"}, "target": {"account_id"}}`.

    A field that is not known is refused: one that was meant to narrow or redirect the request must never be dropped.

    Args:
        document: what came.
        further: the fields that stand beside source and target, which the caller reads.
        ignored: the fields there that nobody reads. Without both: as an execution's input has them.

    Raises:
        UnknownField: it has a field that is none of these.
        InvalidInput: not an object, a field missing, of the wrong type, empty or too long.
        InvalidTarget: the target is not twelve ASCII digits.
    """
    root = _object(document, "")
    given = {part: root.get(part) for part in FIELDS}
    _check_fields(root, given, further, ignored)
    source, target = (_object(given[name], name) for name in ("source", "target"))
    database = checked_name(source.get("database"), "source.database")
    table = checked_name(source.get("table"), "source.table")
    if database == WHOLE_DATABASE:
        raise InvalidInput("source.database must be the name of one database, got '*'.", "source.database")
    account_id = target.get("account_id")
    if not isinstance(account_id, str):
        raise InvalidInput(
            f"target.account_id must be a string of 12 digits, got {kind_of(account_id)}.", "target.account_id"
        )
    if not is_account_id(account_id):
        raise InvalidTarget(f"target.account_id must be 12 digits with nothing around them, got {shown(account_id)}.")
    return ShareRequest(Source(database, table), account_id)


def parse_purpose(document: object) -> str | None:
    """What somebody typed for the owner of the data; `None` for nothing.

    Raises:
        InvalidInput: it is no text, too long, or has control characters.
    """
    typed = _object(document, "").get("purpose")
    return None if typed is None else checked_text(typed, "purpose") or None


def parse_renews(document: object) -> str | None:
    """The id of the share that a request renews; `None`: it renews none.

    Raises:
        InvalidInput: it is no such id.
    """
    given = _object(document, "").get("renews")
    if given is None:
        return None
    if not isinstance(given, str):
        raise InvalidInput(f"renews must be the id of a share, got {kind_of(given)}.", "renews")
    if not is_share_id(given):
        raise InvalidInput(
            f"renews must be the id of a share, which is its request's id, ':' and a number, got {shown(given)}.",
            "renews",
        )
    return given


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


def _check_fields(
    root: Mapping[str, object], given: Mapping[str, object], further: tuple[str, ...], ignored: tuple[str, ...]
) -> None:
    """Every unknown field at once, by its path."""
    unknown = [name for name in root if name not in given and name not in further and name not in ignored]
    hint = " What a request is for goes into purpose." if "reason" in unknown else ""
    for part, fields in FIELDS.items():
        value = given[part]
        if is_object(value):
            unknown += [f"{part}.{name}" for name in value if name not in fields]
    known = (*(f"{part}.{name}" for part, fields in FIELDS.items() for name in fields), *further)
    refuse_unknown(unknown, known, "a request", hint)


def check_consumer(consumer: str, central_account: str, allowed: frozenset[str] | None) -> None:
    """Check that data may be shared with `consumer`; `allowed` of `None` means with any account.

    Raises:
        TargetIsCentral: the consumer is the central account.
        ConsumerNotAllowed: the stack lists its consumers, and this is none.
    """
    if consumer == central_account:
        raise TargetIsCentral("The target is the central account, which holds the catalogue already.")
    if allowed is not None and consumer not in allowed:
        raise ConsumerNotAllowed(
            f"Account {consumer} is not among the consumer accounts of this data lake (config consumerAccounts)."
        )


def shown(value: str, longest: int = 80) -> str:
    """`value` quoted, printable and cut, as error texts show what came."""
    cut = value if len(value) <= longest else value[:longest] + "…"
    return ascii(cut) if not cut.isprintable() else f"'{cut}'"


def is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    """Whether a JSON value is an object."""
    return isinstance(value, dict)


def _object(value: object, field: str) -> Mapping[str, object]:
    if not is_object(value):
        raise InvalidInput(f"{field or 'the input'} must be an object, got {kind_of(value)}.", field)
    return value


def checked_object(document: object, known: tuple[str, ...], what: str) -> Mapping[str, object]:
    """What somebody posted, which has none but the known fields; `what` says what it is.

    Raises:
        InvalidInput: it is no object, or has another field.
    """
    given = _object(document, "")
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
