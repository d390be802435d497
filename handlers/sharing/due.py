"""Sees to what is due of shares: warnings, ends, revokes that came to nothing, what nobody grants any more, events.

This is the clock of shares. It grants and revokes nothing itself: it marks what is over and starts who takes it back.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from handlers.sharing.announce import announce_share
from handlers.sharing.model.clock import iso, moment
from handlers.sharing.model.errors import LakeshareError, RegisterUnreadable, TryAgain
from handlers.sharing.model.runs import run_name
from handlers.sharing.model.share import EndReason, Share, ShareStatus, share_id
from handlers.sharing.model.share_events import share_ends
from handlers.sharing.model.share_steps import TRIED_AGAIN_AFTER, ending, expired, tried, warned, warning_due
from handlers.sharing.ports import Events, Revokes
from handlers.sharing.share_stores import Ledger
from handlers.sharing.stores import Register

SECONDS_TO_SPARE: Final = 150.0
"""When less than this is left, shares are only counted: requests have to be seen to as well."""


@dataclass(frozen=True, slots=True)
class Seers:
    """The ports."""

    ledger: Ledger
    register: Register
    revokes: Revokes
    events: Events


@dataclass(frozen=True, slots=True)
class Unseen:
    """A share that could not be seen to (`?`: nobody can read which), and why."""

    share: str
    error: LakeshareError


@dataclass(frozen=True, slots=True)
class Due:
    """What was due. `overdue`: how many of it were over for so long that they ought to have been revoked by now."""

    shares: int
    overdue: int
    left: tuple[Unseen, ...] = ()


def see_to_due(*, by: Seers, every: timedelta, at: datetime, seconds_left: Callable[[], float]) -> Due:
    """See to all shares that are due. What cannot be read or done keeps no other waiting.

    Args:
        by: ports.
        every: how often this is called: what is over is to be revoked by then.
        at: the present.
        seconds_left: how much time the invocation has. What it does not come to is due the next time.

    Raises:
        TryAgain, AccessRefused: the list itself cannot be read.
    """
    shares = overdue = 0
    left: list[Unseen] = []
    # What somebody is taking back is due again later only, and may be overdue all the same.
    for each in _one_by_one(by.ledger.due(iso(at + TRIED_AGAIN_AFTER))):
        if isinstance(each, LakeshareError):
            left.append(Unseen("?", each))
            continue
        overdue += is_overdue(each, every, at)
        if each.due_at is None or each.due_at > iso(at) or seconds_left() < SECONDS_TO_SPARE:
            continue
        shares += 1
        try:
            _see_to(each, by, at)
        except LakeshareError as error:
            left.append(Unseen(each.id, error))
    return Due(shares, overdue, tuple(left))


def is_overdue(share: Share, every: timedelta, at: datetime) -> bool:
    """Whether a share ought to have been revoked by now: it is over for longer than until Sweep comes again."""
    return share.live and share.until is not None and moment(share.until) + every < at


def _one_by_one(shares: Iterable[Share]) -> Iterator[Share | RegisterUnreadable]:
    """Each share, or why it cannot be read: the list goes on behind it."""
    them = iter(shares)
    while True:
        try:
            share = next(them)
        except StopIteration:
            return
        except RegisterUnreadable as error:
            yield error
        else:
            yield share


def _see_to(share: Share, by: Seers, at: datetime) -> None:
    if share.owed_events:
        share = announce_share(share, ledger=by.ledger, events=by.events)
    match share.status:
        case ShareStatus.GRANTING:
            share = _end_what_nobody_grants(share, by, at)
        case ShareStatus.ACTIVE:
            share = _end_or_warn(share, by, at)
        case _:
            pass
    if share.status is ShareStatus.REVOKING and share.due_at is not None and share.due_at <= iso(at):
        # One run each time that it is due: a run that failed has another name.
        by.revokes.start(run_name("due", f"{share.id}|{share.due_at}"), share.id, str(share.reason))
        by.ledger.apply(share.consumer, share.id, tried(at))
    if share.owed_events:
        raise TryAgain(f"{len(share.owed_events)} event(s) of share {share.id} could not be put yet.")


def _end_what_nobody_grants(share: Share, by: Seers, at: datetime) -> Share:
    """End a share whose request has ended, or gone on to another round, once nobody can be granting for it."""
    if share.busy_until is not None and share.busy_until >= iso(at):
        return share
    request = by.register.find(share.request_id)
    is_over = request is None or not request.status.is_open
    if not is_over and request is not None and share.id == share_id(request.id, request.round):
        return share
    reason = EndReason.NOT_SHARED if is_over else EndReason.CATALOGUE_CHANGED
    there, _ = by.ledger.apply(share.consumer, share.id, ending(reason, iso(at)))
    return there or share


def _end_or_warn(share: Share, by: Seers, at: datetime) -> Share:
    if share.until is not None and share.until <= iso(at):
        there, _ = by.ledger.apply(share.consumer, share.id, expired(share.until, iso(at)))
        return there or share
    days = warning_due(share, iso(at))
    if days is None or share.until is None:
        return share
    there, taken = by.ledger.apply(
        share.consumer, share.id, warned(share, days, iso(at), share_ends(days, share.until))
    )
    return announce_share(there, ledger=by.ledger, events=by.events) if there is not None and taken else share
