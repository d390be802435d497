"""What the register holds of a request, and of the decision on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from handlers.sharing.model.classification import Classification
from handlers.sharing.model.errors import RegisterUnreadable
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.request import Source

VERSION = 1
"""Version of the items in register and vault. Code reads every version that a release has written."""


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
class HistoryEntry:
    """One line of a request's history. `by` is a person's address, `detail` what there is to say of it."""

    at: str
    event: str
    by: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class RequestRecord:
    """The register's item of a request. Times are ISO 8601 in UTC. `None`: not (yet) known.

    `to_announce`: it has ended, and its closing event is not out yet. Lists carry neither `classification`, `decision`
    and `granted` nor `history`; `owner` is what they show of the classification.
    """

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
    to_announce: bool = False
    announced_at: str | None = None
    expires_at: str | None = None
    round: int = 0
    owner: Owner | None = None
    classification: Classification | None = None
    decision: Decision | None = None
    granted: Granted | None = None
    history: tuple[HistoryEntry, ...] = ()
    version: int = VERSION


def is_known(version: object) -> bool:
    """Whether this release reads items of this version."""
    return version in range(1, VERSION + 1)


def unknown_version(what: str, version: object) -> RegisterUnreadable:
    """The error for an item that another release wrote; `what` says which item it is."""
    return RegisterUnreadable(f"The item of {what} has version {version!r}; this release reads 1 to {VERSION}.")


def missing(request_id: str) -> RegisterUnreadable:
    """The error for a request that must be in the register and is not."""
    return RegisterUnreadable(f"The register has no item for request {request_id}.")
