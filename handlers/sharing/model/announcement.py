"""What Lakeshare tells the world of a request. Schemas of the events, with examples: docs/events.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from handlers.sharing.model.record import RequestRecord, Status

_ENDS: Final[Mapping[Status, str]] = {
    Status.SHARED: "RequestShared",
    Status.DENIED: "RequestDenied",
    Status.EXPIRED: "RequestExpired",
    Status.REFUSED: "RequestRefused",
    Status.FAILED: "RequestFailed",
}


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event of a type, and the facts in it beyond what every event says of its request. `None`: not known.

    No event carries an address, a comment, a key or a token.
    """

    type: str
    facts: Mapping[str, object] = field(default_factory=dict[str, object])


def request_received() -> Announcement:
    """A request came in."""
    return Announcement("RequestReceived")


def approval_requested(approvers: int | None, expires_at: str) -> Announcement:
    """A mail went to `approvers` people (`None`: their number is not known)."""
    return Announcement("ApprovalRequested", {"approvers": approvers, "expires_at": expires_at})


def approver_guessing(wrong: int) -> Announcement:
    """Somebody with a link typed `wrong` wrong addresses."""
    return Announcement("ApproverGuessing", {"wrong_addresses": wrong})


def request_ended(record: RequestRecord) -> Announcement:
    """A request ended, in the way that its record says."""
    granted = record.granted
    return Announcement(
        _ENDS[record.status],
        {
            "reason": record.reason,
            "message": record.message,
            "closed_at": record.closed_at,
            "tables_granted": granted.tables if granted else None,
            "wildcard": granted.wildcard if granted else None,
        },
    )
