"""A request as it comes in, and its check. Source: the contract for execution input in the README."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from handlers.sharing.model.checks import (
    as_object,
    came,
    checked_name,
    checked_text,
    is_list,
    is_object,
    kind_of,
    refuse_unknown,
    shown,
)
from handlers.sharing.model.errors import (
    ConsumerNotAllowed,
    InvalidInput,
    InvalidTarget,
    RolesWithoutKit,
    TargetIsCentral,
)
from handlers.sharing.model.part import OF_PART, WHOLE, Part, parse_part

WHOLE_DATABASE = "*"
_LONGEST_ID = 80
_LONGEST_ROUND = 4
_ACCOUNT_ID = re.compile(r"[0-9]{12}")
_ROLE = re.compile(r"arn:aws(?:-[a-z]+)*:iam::([0-9]{12}):role/[A-Za-z0-9_+=,.@/-]{1,512}")
MOST_ROLES: Final = 10

FIELDS: Final[Mapping[str, tuple[str, ...]]] = {"source": ("database", "table"), "target": ("account_id", "roles")}
"""What a request says of what is asked for, and of who gets it."""
FURTHER: Final = (*OF_PART, "purpose", "until", "days", "renews")
"""What stands beside that: which part of it, what it is for, when it ends, and the share that it renews."""
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


def in_words(source: Source, part: Part) -> str:
    """What is asked for, with its name: `Table retail.customer`, `Part of table retail.customer`, `Database retail`."""
    if source.is_database and not part.is_whole:
        return f"Safe subset of database {source.database}"
    if source.is_database:
        return f"Database {source.database}"
    return f"Table {source}" if part.is_whole else f"Part of table {source}"


@dataclass(frozen=True, slots=True)
class ShareRequest:
    """A checked request: share `source`, or a `part` of it, with the account `consumer` (twelve digits).

    `roles`: ARNs of roles of that account whom its kit is to let read it, sorted, each once.
    """

    source: Source
    consumer: str
    part: Part = WHOLE
    roles: tuple[str, ...] = ()

    @property
    def target(self) -> Mapping[str, object]:
        """Who gets it, as a request says it."""
        return {"account_id": self.consumer, **({"roles": list(self.roles)} if self.roles else {})}


def parse_request(
    document: object, further: tuple[str, ...] = FURTHER, ignored: tuple[str, ...] = IGNORED
) -> ShareRequest:
    """Check what is asked for, `{"source": {"database", "table"}, "target": {"account_id", "roles"}}`, and which part.

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
    root = as_object(document, "")
    given = {part: root.get(part) for part in FIELDS}
    _check_fields(root, given, further, ignored)
    source, target = (as_object(given[name], name) for name in ("source", "target"))
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
    part = parse_part(root, of_database=table == WHOLE_DATABASE)
    return ShareRequest(Source(database, table), account_id, part, parse_roles(target.get("roles"), account_id))


def parse_roles(listed: object, account_id: str) -> tuple[str, ...]:
    """Check the roles of an account that are to read what is shared; `None`, or an empty list, for none.

    Raises:
        InvalidInput: no list of ARNs of roles of this account, or too many.
    """
    if listed is None:
        return ()
    if not is_list(listed):
        raise InvalidInput(f"target.roles must be a list of ARNs of roles, got {kind_of(listed)}.", "target.roles")
    if len(listed) > MOST_ROLES:
        raise InvalidInput(f"target.roles must have at most {MOST_ROLES} roles, got {len(listed):,}.", "target.roles")
    return tuple(sorted({_role(each, f"target.roles[{at}]", account_id) for at, each in enumerate(listed)}))


def account_of_role(arn: object) -> str | None:
    """The account of the role that this is the ARN of; `None`: it is none of a role."""
    named = _ROLE.fullmatch(arn) if isinstance(arn, str) else None
    return None if named is None else named[1]


def _role(given: object, field: str, account_id: str) -> str:
    account = account_of_role(given)
    if account is None or not isinstance(given, str):
        raise InvalidInput(f"{field} must be the ARN of a role (arn:aws:iam::…:role/…), got {came(given)}.", field)
    if account != account_id:
        raise InvalidInput(f"{field} must be a role of the target, account {account_id}, got {shown(given)}.", field)
    return given


def parse_purpose(document: object) -> str | None:
    """What somebody typed for the owner of the data; `None` for nothing.

    Raises:
        InvalidInput: it is no text, too long, or has control characters.
    """
    typed = as_object(document, "").get("purpose")
    return None if typed is None else checked_text(typed, "purpose") or None


def parse_renews(document: object) -> str | None:
    """The id of the share that a request renews; `None`: it renews none.

    Raises:
        InvalidInput: it is no such id.
    """
    given = as_object(document, "").get("renews")
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


def check_roles(request: ShareRequest, kits: Collection[str]) -> None:
    """Check that roles may be named: only where their account has a kit, one of `kits`.

    Raises:
        RolesWithoutKit: some are, and it has none.
    """
    if request.roles and request.consumer not in kits:
        raise RolesWithoutKit(
            f"Account {request.consumer} has no kit (config consumerKits), so no role of it can be let read what is "
            "shared. Ask without target.roles: the account's administrator hands it on. Or the platform team can add "
            "a kit."
        )
