"""Delivers shares to accounts that have a kit, and withdraws them again; what fails is tried again later.

Who does knows nothing but the ledger: it can stop anywhere and be started anew, and two at once do no harm, as a kit
does everything over.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from handlers.sharing.announce import announce_delivery
from handlers.sharing.model.clock import iso
from handlers.sharing.model.delivery import (
    Delivery,
    DeliveryStatus,
    Failure,
    Outcome,
    came,
    is_over,
    not_yet,
    withdrawing,
    withdrawn,
)
from handlers.sharing.model.errors import LakeshareError, TryAgain
from handlers.sharing.model.kit_order import Delivered, KitOrder, to_deliver, to_withdraw
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.ports import Events
from handlers.sharing.share_stores import Deliveries, Kits, Ledger
from handlers.sharing.shares import covered_by

SECONDS_TO_SPARE: Final = 120.0
"""When less than this is left, nothing further is begun: it is due the next time."""
_FAR: Final = (DeliveryStatus.INVITED, DeliveryStatus.LINKED, DeliveryStatus.READY)


@dataclass(frozen=True, slots=True)
class Deliverer:
    """The ports."""

    deliveries: Deliveries
    ledger: Ledger
    kits: Kits
    events: Events


@dataclass(frozen=True, slots=True)
class Seen:
    """What was done: how many deliveries were seen to, and why others could not be, by their shares' ids."""

    deliveries: int
    left: tuple[tuple[str, LakeshareError], ...] = ()


def deliver_due(*, by: Deliverer, at: datetime, seconds_left: Callable[[], float]) -> Seen:
    """See to all deliveries that are due. What cannot be done keeps no other waiting.

    Raises:
        TryAgain, AccessRefused: the list itself cannot be read.
    """
    seen = 0
    left: list[tuple[str, LakeshareError]] = []
    for each in by.deliveries.due(iso(at)):
        if seconds_left() < SECONDS_TO_SPARE:
            break
        try:
            seen += 1
            see_to(each, by=by, at=at)
        except LakeshareError as error:
            left.append((each.share, error))
    return Seen(seen, tuple(left))


def see_to(delivery: Delivery, *, by: Deliverer, at: datetime) -> None:
    """Do what is to be done of one delivery now: have it delivered, looked at, or withdrawn.

    Raises:
        TryAgain: an outage; the delivery stays due.
    """
    share = by.ledger.find(delivery.consumer, delivery.share)
    if delivery.status is DeliveryStatus.WITHDRAWN:
        _announce(delivery, by)
    elif is_over(share) and share is not None:
        _withdraw(delivery, share, by, at)
    elif share is None or share.status is ShareStatus.GRANTING:
        by.deliveries.apply(delivery.consumer, delivery.share, not_yet(delivery, at))
    else:
        outcome = _told(by, delivery.consumer, to_deliver(share.id, _delivered(share, delivery, by)))
        there, _ = by.deliveries.apply(delivery.consumer, delivery.share, came(delivery, outcome, at))
        _announce(there or delivery, by)


def _withdraw(delivery: Delivery, share: Share, by: Deliverer, at: datetime) -> None:
    there: Delivery | None = delivery
    if delivery.status is not DeliveryStatus.WITHDRAWING:
        there, _ = by.deliveries.apply(delivery.consumer, delivery.share, withdrawing(at))
    if there is None or there.status is not DeliveryStatus.WITHDRAWING:
        return
    orders = to_withdraw(share.id, _delivered(share, there, by), _others(there, by))
    outcome = _told(by, there.consumer, orders)
    there, _ = by.deliveries.apply(delivery.consumer, delivery.share, withdrawn(there, outcome, at))
    _announce(there or delivery, by)


def _delivered(share: Share, delivery: Delivery, by: Deliverer) -> Delivered:
    return Delivered(share.source, covered_by(share, by.ledger), delivery.roles)


def _others(delivery: Delivery, by: Deliverer) -> Sequence[Delivered]:
    """What else is delivered to the same account, and has not ended."""
    shares = {each.id: each for each in by.ledger.live(delivery.consumer) if each.holds}
    return [
        _delivered(shares[each.share], each, by)
        for each in by.deliveries.of(delivery.consumer)
        if each.share != delivery.share and each.share in shares
    ]


def _told(by: Deliverer, consumer: str, orders: Iterable[KitOrder]) -> Outcome:
    """What a kit makes of some orders, all in all: as far as the one that came least far."""
    outcomes: list[Outcome] = []
    for order in orders:
        try:
            outcomes.append(by.kits.carry_out(consumer, order))
        except TryAgain as wait:
            outcomes.append(Outcome(None, failures=(Failure("", wait.reason, str(wait)),)))
            break
    failures = tuple(dict.fromkeys(each for outcome in outcomes for each in outcome.failures))
    link = next((each.link for each in outcomes if each.link), "")
    statuses = [each.status for each in outcomes]
    if not statuses or None in statuses:
        return Outcome(None, link, failures)
    if all(each is DeliveryStatus.WITHDRAWN for each in statuses):
        return Outcome(DeliveryStatus.WITHDRAWN)
    return Outcome(next((each for each in _FAR if each in statuses), None), link, failures)


def _announce(delivery: Delivery, by: Deliverer) -> None:
    announce_delivery(delivery, deliveries=by.deliveries, events=by.events)
