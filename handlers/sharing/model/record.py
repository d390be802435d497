"""What the register holds of a request, and of the decision on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final, Literal

from handlers.sharing.model.classification import FILTERED, Classification
from handlers.sharing.model.errors import RegisterUnreadable
from handlers.sharing.model.part import WHOLE, InBrief, Part
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.request import Source
from handlers.sharing.model.term import Term

VERSION = 1
"""Version of the items in register and vault. Code reads every version that a release has written."""

OVERDUE: Final = timedelta(seconds=10)
"""Notify is called at once. What that call does not send, because it failed or others came first, is due after this."""


class Status(StrEnum):
    """Where a request stands. The last five are ends."""

    RECEIVED = "RECEIVED"
    WAITING = "WAITING"
    SHARING = "SHARING"
    SHARED = "SHARED"
    DENIED = "DENIED"
    EXPIRED = "EXPIRED"
    REFUSED = "REFUSED"
    FAILED = "FAILED"

    @property
    def is_open(self) -> bool:
        """Whether the request still goes on."""
        return self in OPEN


OPEN = (Status.RECEIVED, Status.WAITING, Status.SHARING)

Action = Literal["approve", "deny"]
DecidedBy = Literal["mailbox", "signed-in", "unverified"]
"""What stands behind the address of a decision: a mailbox that the mail went to, which may be a list's and is no
person; a person, who was signed in with that address; or nothing, where the producer's old kit does not list them."""


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks, as a sign-in verified it. Requests that were started directly have none."""

    id: str
    email: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision. `at` is ISO 8601 in UTC; `approver` is an address: `decided_by` says what stands behind it.

    `until`: the last day that an approval gives, as `YYYY-MM-DD`; `None`: as long as the request says. `columns`: those
    that it gives of the columns that were asked for, in lower case; empty: all of these.
    """

    id: str
    request_id: str
    fingerprint: str
    action: Action
    approver: str
    decided_by: DecidedBy
    comment: str
    at: str
    ip: str
    user_agent: str
    until: str | None = None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a request ends. `reason` is a named code, `None` for SHARED; `decision`: the denial, if it was one."""

    status: Status
    reason: str | None
    message: str
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """What was granted so far. `tables` counts; `names` may be cut; `wildcard`: all tables, later ones too."""

    tables: int = 0
    names: tuple[str, ...] = ()
    database: bool = False
    wildcard: bool = False

    def over(self, before: Granted | None) -> Granted:
        """Both together. Of a `before` whose names were cut only those count that are named, or its count if larger."""
        if before is None:
            return self
        mine = frozenset(self.names)
        others = tuple(name for name in before.names if name not in mine)
        return Granted(
            tables=max(self.tables + len(others), before.tables),
            names=self.names + others,
            database=self.database or before.database,
            wildcard=self.wildcard or before.wildcard,
        )


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """One line of a request's history. `by` is a person's address, `detail` what there is to say of it."""

    at: str
    event: str
    by: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event of a type, and the facts in it beyond what every event says of its request. `None`: not known.

    No event carries an address, a comment, a key or a token.
    """

    type: str
    facts: Mapping[str, object] = field(default_factory=dict[str, object])


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """The register's item of a request. Times are ISO 8601 in UTC. `None`: not (yet) known.

    `part`: which part of `source` is asked for; `roles`: of the consumer, which are to read it. Lists carry neither.
    `renews`: the share that it is to renew. `shared_by`: the share by which the account has all of it, where nothing
    new was granted: it had it already, or that share's end has moved.
    `mail_due_at`: a mail to the owner is owed, and sent about then. `dead_keys`: how many keys have died, as far as it
    is settled whether a new one is mailed. `owed_events`: what the world has not been told yet, the oldest first;
    `to_announce`: whether there is any. `asked`: the end that was asked for, `term`: the one that holds, settled when
    the owner is known. Lists carry neither `asked`, `term`, `classification`, `decision`, `granted` and
    `owed_events` nor `history`; `owner` is what they show of the classification.
    """

    id: str
    status: Status
    received_at: str
    source: Source | None = None
    consumer: str | None = None
    requester: Requester | None = None
    purpose: str | None = None
    asked: Term | None = None
    renews: str | None = None
    part: Part = WHOLE
    roles: tuple[str, ...] = ()
    term: Term | None = None
    reason: str | None = None
    message: str = ""
    execution_arn: str | None = None
    started_at: str | None = None
    closed_at: str | None = None
    to_announce: bool = False
    owed_events: tuple[Announcement, ...] = ()
    announced_at: str | None = None
    expires_at: str | None = None
    mail_due_at: str | None = None
    dead_keys: int = 0
    round: int = 0
    owner: Owner | None = None
    classification: Classification | None = None
    decision: Decision | None = None
    granted: Granted | None = None
    shared_by: str | None = None
    history: tuple[HistoryEntry, ...] = ()
    version: int = VERSION

    @property
    def in_brief(self) -> InBrief:
        """Which part of a table it is for."""
        found, narrowed = self.classification, self.decision.columns if self.decision else ()
        if narrowed:
            total = found.columns_total if found else None
            return InBrief(Part(columns=narrowed, filter=self.part.filter), narrowed, total)
        if found is None or found.scope not in FILTERED:
            return InBrief(self.part, self.part.columns)
        return InBrief(self.part, found.columns, found.columns_total, found.columns_in)


@dataclass(frozen=True, slots=True)
class UnreadableRecord:
    """A request of a list whose item cannot be read: only its place in the list is known."""

    id: str
    received_at: str

    @property
    def error(self) -> RegisterUnreadable:
        """What there is to say of it."""
        return RegisterUnreadable(
            f"The register's item of request {self.id} cannot be read. The platform team must look at it."
        )


Listed = RequestRecord | UnreadableRecord
"""What a list holds of a request. One that cannot be read must not hide the others."""


def is_known(version: object) -> bool:
    """Whether this release reads items of this version."""
    return version in range(1, VERSION + 1)


def unknown_version(what: str, version: object) -> RegisterUnreadable:
    """The error for an item that another release wrote; `what` says which item it is."""
    return RegisterUnreadable(f"The item of {what} has version {version!r}; this release reads 1 to {VERSION}.")


def missing(request_id: str) -> RegisterUnreadable:
    """The error for a request that must be in the register and is not."""
    return RegisterUnreadable(f"The register has no item for request {request_id}.")
