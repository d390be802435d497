"""A request as it comes in, and its check. Source: the contract for execution input in the README."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

from handlers.sharing.model.errors import ConsumerNotAllowed, InvalidInput, InvalidTarget, TargetIsCentral

WHOLE_DATABASE = "*"
# Glue's own limit for names of databases and tables.
LONGEST_NAME = 255
_ACCOUNT_ID = re.compile(r"[0-9]{12}")


def is_account_id(value: object) -> bool:
    """Whether `value` is twelve ASCII digits and nothing else."""
    return isinstance(value, str) and _ACCOUNT_ID.fullmatch(value) is not None


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


@dataclass(frozen=True, slots=True)
class ShareRequest:
    """A checked request: share `source` with the account `consumer` (twelve digits)."""

    source: Source
    consumer: str


def parse_request(document: object) -> ShareRequest:
    """Check an execution's input, `{"source": {"database", "table"}, "target": {"account_id"}}`.

    Further fields are ignored: a `requester` or `reason` in here would be anybody's claim.

    Raises:
        InvalidInput: not an object, a field missing, of the wrong type, empty or too long.
        InvalidTarget: the target is not twelve ASCII digits.
    """
    root = _object(document, "")
    source = _object(root.get("source"), "source")
    target = _object(root.get("target"), "target")
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


def _object(value: object, field: str) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise InvalidInput(f"{field or 'the input'} must be an object, got {kind_of(value)}.", field)
    return cast("Mapping[str, object]", value)


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
