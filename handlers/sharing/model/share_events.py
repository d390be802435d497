"""What Lakeshare tells the world of a share, and of holds. Schemas of the events, with examples: docs/events.md."""

import hashlib
from typing import Final, Literal

from handlers.sharing.model.hold import Hold
from handlers.sharing.model.record import Announcement
from handlers.sharing.model.share import Share

HoldEvent = Literal["HoldPut", "HoldLifted"]

_ENDED: Final = "ShareEnded"


def share_ends(days: int, until: str) -> Announcement:
    """A share ends in so many days."""
    return Announcement("ShareEnds", {"days": days, "until": until})


def share_renewed(until: str | None, request_id: str) -> Announcement:
    """The end of a share has moved, for this request; `None`: it has none any more."""
    return Announcement("ShareRenewed", {"until": until, "renewed_by": request_id})


def share_ended(share: Share, revoked: int, readable: int) -> Announcement:
    """A share has ended: so many grants were taken back, and so many of its tables are readable through others."""
    facts = {"reason": share.reason.value if share.reason else None, "ended_at": share.ended_at}
    return Announcement(_ENDED, {**facts, "grants_revoked": revoked, "still_readable": readable})


def event_id(announcement: Announcement, share: Share) -> str:
    """The id of an event: the same however often, and whenever, this is told of this share."""
    # A share ends once; what else is told of it may be told again, of another end.
    facts = announcement.facts
    names = () if announcement.type == _ENDED else sorted(facts)
    return _id(share.id, share.since, announcement.type, *(str(facts[name]) for name in names if facts[name]))


def event_id_of_hold(event: HoldEvent, hold: Hold, run: str) -> str:
    """The same of a hold that a run of the state machine put or lifted."""
    return _id(run, event, hold.kind, hold.name, hold.table)


def _id(*parts: str) -> str:
    return hashlib.sha256("|".join(parts).encode(errors="surrogatepass")).hexdigest()[:32]
