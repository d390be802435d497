"""What Lakeshare tells the world of a request. Schemas of the events, with examples: docs/events.md."""

import hashlib
from collections.abc import Mapping
from typing import Final

from handlers.sharing.model.record import Announcement, RequestRecord, Status
from handlers.sharing.model.remains import told

_ENDS: Final[Mapping[Status, str]] = {
    Status.SHARED: "RequestShared",
    Status.DENIED: "RequestDenied",
    Status.EXPIRED: "RequestExpired",
    Status.REFUSED: "RequestRefused",
    Status.FAILED: "RequestFailed",
}


def request_received() -> Announcement:
    """A request came in."""
    return Announcement("RequestReceived", {"status": Status.RECEIVED.value})


def approval_requested(approvers: int | None, expires_at: str) -> Announcement:
    """A mail went to `approvers` people (`None`: their number is not known)."""
    return Announcement(
        "ApprovalRequested",
        {"status": Status.WAITING.value, "approvers": approvers, "expires_at": expires_at},
    )


def approver_guessing(wrong: int) -> Announcement:
    """Somebody with a link typed `wrong` wrong addresses."""
    return Announcement("ApproverGuessing", {"wrong_addresses": wrong})


def new_key_needed(dead: int) -> Announcement:
    """So many keys have died that no new one is mailed by itself any more."""
    return Announcement("NewKeyNeeded", {"dead_keys": dead})


def ended_as(status: Status) -> Announcement:
    """A request ended with this status; the facts are what stands in its record when it is told: `as_told`."""
    return Announcement(_ENDS[status])


def as_told(announcement: Announcement, record: RequestRecord) -> Announcement:
    """What is owed, with the facts of an end from the record."""
    return request_ended(record) if announcement.type == _ENDS.get(record.status) else announcement


def event_id(announcement: Announcement, record: RequestRecord) -> str:
    """The id of an event: the same however often, and whenever, this is told of this request."""
    facts = announcement.facts
    # An end is told as it stands, and that may be known better later.
    names = () if announcement.type in _ENDS.values() else sorted(facts)
    # What is not known is not kept with what is owed.
    known = (str(facts[name]) for name in names if facts[name] is not None)
    parts = (record.id, record.received_at, announcement.type, *known)
    return hashlib.sha256("|".join(parts).encode(errors="surrogatepass")).hexdigest()[:32]


def request_ended(record: RequestRecord) -> Announcement:
    """A request ended, in the way that its record says."""
    granted = record.granted
    return Announcement(
        _ENDS[record.status],
        {
            "reason": record.reason,
            "message": told(record),
            "closed_at": record.closed_at,
            "tables_granted": granted.tables if granted else None,
            "database_granted": granted.database if granted else None,
            "wildcard": granted.wildcard if granted else None,
        },
    )
