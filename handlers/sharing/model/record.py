"""What the register holds of a request, and of the decision on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from handlers.sharing.model.classification import Classification
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.request import Source

VERSION = 1
"""Version of the register's items. Code reads every version that a release has written."""


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


@dataclass(frozen=True, slots=True)
class Requester:
    """Who asks, as a sign-in verified it. Requests that were started directly have none."""

    id: str
    email: str


@dataclass(frozen=True, slots=True)
class Decision:
    """A person's decision. `at` is ISO 8601 in UTC; `approver_verified`: the address was one of the approvers'."""

    id: str
    request_id: str
    fingerprint: str
    action: Action
    approver: str
    approver_verified: bool
    comment: str
    at: str
    ip: str
    user_agent: str


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
class RequestRecord:
    """The register's item of a request. Times are ISO 8601 in UTC. `None`: not (yet) known."""

    id: str
    status: Status
    received_at: str
    source: Source | None = None
    consumer: str | None = None
    requester: Requester | None = None
    purpose: str | None = None
    reason: str | None = None
    message: str = ""
    execution_arn: str | None = None
    started_at: str | None = None
    closed_at: str | None = None
    announced_at: str | None = None
    expires_at: str | None = None
    round: int = 0
    classification: Classification | None = None
    decision: Decision | None = None
    granted: Granted | None = None
    version: int = VERSION


@dataclass(frozen=True, slots=True)
class Happening:
    """One line of a request's history. `by` is a person's address, `detail` what there is to say of it."""

    at: str
    event: str
    by: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """A request as people are shown it: with its owner, and in full with its history, which lists do not have."""

    record: RequestRecord
    owner: Owner | None = None
    history: tuple[Happening, ...] = ()
