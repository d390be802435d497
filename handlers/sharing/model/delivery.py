"""A delivery: what becomes of a share in its consumer's account, where a kit takes up what was shared.

Its steps are data, as those of shares are. It is written down before its share becomes `ACTIVE`, so that none is
forgotten, and goes on by itself: no request and no share waits for it.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from handlers.sharing.model.clock import iso, moment
from handlers.sharing.model.record import VERSION, Announcement, HistoryEntry
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.model.transition import LONGEST_DETAIL, Transition

LOOKED_AT_EVERY: Final = timedelta(days=1)
"""So often it is looked at whether what was delivered is still there."""
FIRST_AGAIN: Final = timedelta(minutes=2)
LAST_AGAIN: Final = timedelta(hours=6)
"""What failed is tried again after the first, then twice as long each time, up to the last."""
NOT_YET: Final = timedelta(minutes=1)
"""A share that is still being granted is looked at again after this."""
MOST_FAILURES: Final = 12
"""Of what a kit answers, which comes from another account: there may be any number."""
MOST_LINES: Final = 50
"""Of the history, while answers go back and forth."""


class DeliveryStatus(StrEnum):
    """How far a delivery has come. `WITHDRAWN`: nothing of it is left in the consumer's account."""

    WAITING = "WAITING"
    INVITED = "INVITED"
    LINKED = "LINKED"
    READY = "READY"
    WITHDRAWING = "WITHDRAWING"
    WITHDRAWN = "WITHDRAWN"


DELIVERING: Final = (DeliveryStatus.WAITING, DeliveryStatus.INVITED, DeliveryStatus.LINKED, DeliveryStatus.READY)
"""The states from which a delivery goes on, or is withdrawn."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What could not be done: for which role (empty: for none in particular), the named reason, and a text."""

    role: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a kit made of an order: how far it came (`None`: it refused all of it), the link's name, what failed.

    `tried_as`: the roles as which it looked at what is shared; of others it knows only what Lake Formation lists.
    """

    status: DeliveryStatus | None
    link: str = ""
    failures: tuple[Failure, ...] = ()
    tried_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivery:
    """The ledger's item of a delivery. Times are ISO 8601 in UTC.

    Attributes:
        consumer: the account.
        share: the share's id.
        status: how far it has come.
        roles: of that account, which are to read what is shared.
        since: when it was written down.
        link: what queries name, as the kit said last; empty: nothing yet.
        failures: what failed the last time.
        tried_as: the roles as which the kit looked at what is shared the last time.
        tries: how often in a row something failed.
        progress: which of its orders are carried out, where one run had not time for all; empty: it begins anew.
        tried_at: when the kit was last told.
        ready_at: since when all is as it should be.
        due_at: when it is to be looked at next; `None`: never more.
        live: whether it stands among the live ones: until it is `WITHDRAWN`.
        owed_events: what the world has not been told yet, the oldest first.
        history: what happened to it.
        version: of the item.
    """

    consumer: str
    share: str
    status: DeliveryStatus
    since: str
    roles: tuple[str, ...] = ()
    link: str = ""
    failures: tuple[Failure, ...] = ()
    tried_as: tuple[str, ...] = ()
    tries: int = 0
    progress: str = ""
    tried_at: str | None = None
    ready_at: str | None = None
    due_at: str | None = None
    live: bool = False
    owed_events: tuple[Announcement, ...] = ()
    history: tuple[HistoryEntry, ...] = ()
    version: int = VERSION


def is_over(share: Share | None) -> bool:
    """Whether what a share delivered is to be withdrawn: the share has ended, or is ending."""
    return share is not None and share.status in {ShareStatus.REVOKING, ShareStatus.REVOKED}


def wanted(roles: Sequence[str], at: datetime, by: str | None = None) -> Transition:
    """A share is about to be `ACTIVE` whose account has a kit; one that is written down already stays as it is.

    `by`: whoever wants it of a share that is `ACTIVE` already.
    """
    return Transition(
        starts_from=(),
        creates=True,
        sets={
            "version": VERSION,
            "status": DeliveryStatus.WAITING,
            "roles": tuple(roles),
            "since": iso(at),
            "due_at": iso(at),
            "live": True,
        },
        entry=HistoryEntry(iso(at), "DeliveryWanted", by),
    )


def event_id(announcement: Announcement, delivery: Delivery) -> str:
    """The id of an event: the same however often this is told of it."""
    parts = (
        delivery.share,
        announcement.type,
        *(str(announcement.facts.get(each)) for each in ("status", "changed_at")),
    )
    return hashlib.sha256("|".join(parts).encode(errors="surrogatepass")).hexdigest()[:32]


def not_yet(delivery: Delivery, at: datetime) -> Transition:
    """Its share is still being granted."""
    return _at(delivery, {"due_at": iso(at + NOT_YET)})


def interrupted(delivery: Delivery, progress: str, outcome: Outcome, at: datetime) -> Transition:
    """The time did not suffice for all orders; the next run goes on behind those that are carried out."""
    return Transition(
        starts_from=(delivery.status,),
        matches={"tried_at": delivery.tried_at, "due_at": delivery.due_at},
        sets={
            "progress": progress,
            "failures": outcome.failures,
            "tried_at": iso(at),
            "due_at": iso(at),
        },
    )


def came(delivery: Delivery, outcome: Outcome, at: datetime) -> Transition:
    """The kit has answered an order to deliver. Where it did not say how far it came, that stands that was known."""
    status = outcome.status or delivery.status
    if status not in DELIVERING:
        raise ValueError(f"A kit that delivers says how far it came, not {status}.")
    if outcome.status is DeliveryStatus.READY and outcome.failures:
        status = DeliveryStatus.LINKED
    ready = status is DeliveryStatus.READY
    news = (status, _reasons(outcome.failures)) != (delivery.status, _reasons(delivery.failures))
    well = ready and not outcome.failures
    sets = {
        "status": status,
        "link": outcome.link or delivery.link,
        "tried_as": tuple(each for each in delivery.roles if each in outcome.tried_as),
        **_tried(delivery, outcome, at, well=well),
        # Soon again, until the world has been told.
        **({"due_at": iso(at + FIRST_AGAIN)} if well and (news or delivery.owed_events) else {}),
        **({"ready_at": iso(at)} if ready and delivery.ready_at is None else {}),
    }
    return Transition(
        starts_from=(delivery.status,),
        # Somebody may have wanted it tried again, or its share may have ended, while the kit was at work.
        matches={"tried_at": delivery.tried_at, "due_at": delivery.due_at},
        sets=sets,
        removes=("progress",) if ready else ("progress", "ready_at"),
        entry=_line(delivery, at, status.value.capitalize(), outcome.failures) if news else None,
        announces=_told(status, outcome.failures, at) if news else None,
    )


def again(by: str, at: datetime) -> Transition:
    """A person wants it tried again now."""
    return Transition(
        starts_from=(*DELIVERING, DeliveryStatus.WITHDRAWING),
        sets={"due_at": iso(at), "tries": 0},
        entry=HistoryEntry(iso(at), "DeliveryWantedAgain", by),
    )


def due_now(at: datetime) -> Transition:
    """Its share has ended, or may have."""
    return Transition(starts_from=DELIVERING, matches={"live": True}, sets={"due_at": iso(at)})


def withdrawing(at: datetime) -> Transition:
    """Its share has ended."""
    return Transition(
        starts_from=DELIVERING,
        sets={"status": DeliveryStatus.WITHDRAWING, "due_at": iso(at), "tries": 0},
        removes=("progress", "ready_at"),
        entry=HistoryEntry(iso(at), "Withdrawing"),
    )


def withdrawn(delivery: Delivery, outcome: Outcome, at: datetime) -> Transition:
    """The kit has answered an order to withdraw."""
    if outcome.status is DeliveryStatus.WITHDRAWN and not outcome.failures:
        return Transition(
            starts_from=(DeliveryStatus.WITHDRAWING,),
            # Due until the world has been told.
            sets={
                "status": DeliveryStatus.WITHDRAWN,
                "tried_at": iso(at),
                "failures": (),
                "tries": 0,
                "due_at": iso(at),
            },
            removes=("link", "live", "progress"),
            entry=HistoryEntry(iso(at), "Withdrawn"),
            announces=_told(DeliveryStatus.WITHDRAWN, (), at),
        )
    news = _reasons(outcome.failures) != _reasons(delivery.failures)
    return Transition(
        starts_from=(DeliveryStatus.WITHDRAWING,),
        matches={"tried_at": delivery.tried_at},
        sets=_tried(delivery, outcome, at, well=False),
        removes=("progress",),
        entry=_line(delivery, at, "NotWithdrawn", outcome.failures) if news else None,
        announces=_told(DeliveryStatus.WITHDRAWING, outcome.failures, at) if news else None,
    )


def told(delivery: Delivery, put: int) -> Transition:
    """The first `put` of the events that it owes are out. Of a withdrawn one nothing is to be done then."""
    left = delivery.owed_events[put:]
    if left:
        return Transition(
            starts_from=(delivery.status,), matches={"owed_events": delivery.owed_events}, sets={"owed_events": left}
        )
    over = delivery.status is DeliveryStatus.WITHDRAWN
    well = delivery.status is DeliveryStatus.READY and not delivery.failures
    return Transition(
        starts_from=(delivery.status,),
        # Whoever has wanted it looked at meanwhile goes before: then it is told twice.
        matches={"owed_events": delivery.owed_events, "due_at": delivery.due_at},
        sets={"due_at": iso(moment(delivery.tried_at) + LOOKED_AT_EVERY)} if well and delivery.tried_at else {},
        removes=("owed_events", "due_at") if over else ("owed_events",),
    )


def _tried(delivery: Delivery, outcome: Outcome, at: datetime, *, well: bool) -> Mapping[str, object]:
    tries = 0 if well else delivery.tries + 1
    wait = LOOKED_AT_EVERY if well else min(FIRST_AGAIN * 2 ** min(tries - 1, 16), LAST_AGAIN)
    return {"failures": outcome.failures, "tries": tries, "tried_at": iso(at), "due_at": iso(at + wait)}


def _reasons(failures: Sequence[Failure]) -> frozenset[tuple[str, str]]:
    """What failures are told by: their texts may change from one try to the next."""
    return frozenset((each.role, each.reason) for each in failures)


def _line(delivery: Delivery, at: datetime, event: str, failures: Sequence[Failure]) -> HistoryEntry | None:
    if len(delivery.history) >= MOST_LINES:
        return None
    detail = " ".join(f"{each.reason}: {each.message}" for each in failures)[:LONGEST_DETAIL]
    return HistoryEntry(iso(at), event, detail=detail or None)


def _told(status: DeliveryStatus, failures: Sequence[Failure], at: datetime) -> Announcement:
    reasons = ", ".join(sorted({each.reason for each in failures}))
    return Announcement("DeliveryChanged", {"status": status.value, "reasons": reasons or None, "changed_at": iso(at)})


def _at(delivery: Delivery, sets: Mapping[str, object]) -> Transition:
    return Transition(starts_from=(delivery.status,), matches={"tried_at": delivery.tried_at}, sets=sets)
