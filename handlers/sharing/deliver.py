"""Delivers shares to accounts that have a kit, and withdraws them again; what fails is tried again later.

Who does knows nothing but the ledger: it can stop anywhere and be started anew, as a kit does everything over. One at
a time is at an account: what one took back, another that is late would give again.
"""

import hashlib
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from handlers.sharing.announce import announce_delivery
from handlers.sharing.model.clock import iso
from handlers.sharing.model.delivery import (
    MOST_FAILURES,
    Delivery,
    DeliveryStatus,
    Failure,
    Outcome,
    came,
    due_now,
    interrupted,
    is_over,
    not_yet,
    withdrawing,
    withdrawn,
)
from handlers.sharing.model.errors import KitMayBeAtWork, LakeshareError, TryAgain
from handlers.sharing.model.kit_order import Delivered, KitOrder, to_deliver, to_withdraw
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.model.transition import Transition
from handlers.sharing.ports import Events
from handlers.sharing.share_stores import Deliveries, Kits, Ledger
from handlers.sharing.shares import covered_by

SECONDS_TO_SPARE: Final = 330.0
"""When less than this is left, nothing further is begun: it is due the next time. A kit has 300 for an order."""
LEASE: Final = timedelta(minutes=21)
"""A run lasts a quarter of an hour at most, and what it has told a kit last five minutes more."""
_FAR: Final = (DeliveryStatus.INVITED, DeliveryStatus.LINKED, DeliveryStatus.READY)


@dataclass(frozen=True, slots=True)
class Deliverer:
    """The ports, and what this run is called.

    `holder`: no other run's name.
    """

    deliveries: Deliveries
    ledger: Ledger
    kits: Kits
    events: Events
    holder: str


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
    run = _Run(by, at, seconds_left)
    left: list[tuple[str, LakeshareError]] = []
    try:
        for consumer, share in by.deliveries.due(iso(at)):
            if seconds_left() < SECONDS_TO_SPARE:
                break
            try:
                run.see_to(consumer, share)
            except LakeshareError as error:
                left.append((share, error))
    finally:
        run.end()
    return Seen(run.seen, tuple(left))


def look_again(consumer: str, share: str, *, deliveries: Deliveries, at: datetime) -> None:
    """A share may have ended: what it delivered is due now, if it delivered anything.

    Raises:
        TryAgain, AccessRefused: that cannot be written.
    """
    deliveries.apply(consumer, share, due_now(at))


@dataclass(slots=True)
class _Run:
    """One run, with the leases that it has, by account, and the accounts whose kits may be at work still."""

    by: Deliverer
    at: datetime
    seconds_left: Callable[[], float]
    seen: int = 0
    leases: dict[str, bool] = field(default_factory=dict[str, bool])
    at_work: set[str] = field(default_factory=set[str])

    def end(self) -> None:
        """Let others at the accounts, but for those whose kits did not say that they are done."""
        for consumer, held in self.leases.items():
            if held and consumer not in self.at_work:
                self.by.deliveries.give_back_lease(consumer, self.by.holder)

    def see_to(self, consumer: str, share_id: str) -> None:
        """Do what is to be done of one delivery now: have it delivered, looked at, or withdrawn.

        Raises:
            TryAgain: an outage; the delivery stays due.
        """
        if consumer in self.at_work or not self._leased(consumer):
            return
        delivery = self.by.deliveries.find(consumer, share_id)
        # The index is a moment late: another run may have seen to it.
        if delivery is None or delivery.due_at is None or delivery.due_at > iso(self.at):
            return
        self.seen += 1
        share = self.by.ledger.find(consumer, share_id)
        if delivery.status is DeliveryStatus.WITHDRAWN:
            self._announce(delivery)
        elif is_over(share) and share is not None:
            self._withdraw(delivery, share)
        elif share is None or share.status is ShareStatus.GRANTING:
            self._apply(delivery, not_yet(delivery, self.at))
        else:
            orders = to_deliver(share.id, _delivered(share, delivery, self.by))
            self._tell(delivery, orders, _FAR)

    def _leased(self, consumer: str) -> bool:
        """Whether this run may be at an account; if not, what is due there stays due."""
        if consumer not in self.leases:
            until = iso(self.at + LEASE)
            self.leases[consumer] = self.by.deliveries.lease(consumer, self.by.holder, until, iso(self.at))
        return self.leases[consumer]

    def _withdraw(self, delivery: Delivery, share: Share) -> None:
        if delivery.status is not DeliveryStatus.WITHDRAWING:
            delivery = self._apply(delivery, withdrawing(self.at))
        if delivery.status is not DeliveryStatus.WITHDRAWING:
            return
        orders = to_withdraw(share.id, _delivered(share, delivery, self.by), _others(delivery, self.by))
        self._tell(delivery, orders, (DeliveryStatus.LINKED, DeliveryStatus.WITHDRAWN))

    def _tell(self, delivery: Delivery, orders: Sequence[KitOrder], may_say: Collection[DeliveryStatus]) -> None:
        """Have orders carried out as far as the time suffices, from where the last run stopped if they are the same."""
        which, told = _digest(orders), delivery.progress.partition(":")
        done = int(told[2]) if told[0] == which else 0
        outcomes: list[Outcome] = []
        for order in orders[done:]:
            if outcomes and self.seconds_left() < SECONDS_TO_SPARE:
                break
            outcomes.append(self._told(delivery.consumer, order, may_say))
            if outcomes[-1].status is None:
                break
        # Of no orders at all: nothing was left to be taken back.
        least = DeliveryStatus.WITHDRAWN if DeliveryStatus.WITHDRAWN in may_say else None
        outcome = _all_in_all(outcomes, delivery.failures if done else (), least)
        done += len(outcomes)
        if outcome.status is not None and done < len(orders):
            step = interrupted(delivery, f"{which}:{done}", outcome, self.at)
        else:
            step = (withdrawn if DeliveryStatus.WITHDRAWN in may_say else came)(delivery, outcome, self.at)
        self._announce(self._apply(delivery, step))

    def _apply(self, delivery: Delivery, step: Transition) -> Delivery:
        there, _ = self.by.deliveries.apply(delivery.consumer, delivery.share, step)
        return there or delivery

    def _announce(self, delivery: Delivery) -> None:
        announce_delivery(delivery, deliveries=self.by.deliveries, events=self.by.events)

    def _told(self, consumer: str, order: KitOrder, may_say: Collection[DeliveryStatus]) -> Outcome:
        """What a kit makes of an order; it may fail, and answer what it likes."""
        try:
            outcome = self.by.kits.carry_out(consumer, order)
        except TryAgain as wait:
            if isinstance(wait, KitMayBeAtWork):
                self.at_work.add(consumer)
            return Outcome(None, failures=(Failure("", wait.reason, str(wait)),))
        if outcome.status is None or outcome.status in may_say:
            return outcome
        says = f"The kit of account {consumer} answered {outcome.status} to the order to {order.deed}."
        return Outcome(None, failures=(Failure("", "KitUnreadable", says),))


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


def _all_in_all(outcomes: Sequence[Outcome], before: Sequence[Failure], of_none: DeliveryStatus | None) -> Outcome:
    """What came of some orders: as far as the one that came least far."""
    every = dict.fromkeys([*before, *(each for outcome in outcomes for each in outcome.failures)])
    failures = tuple(every)[:MOST_FAILURES]
    tried_as = tuple(dict.fromkeys(each for outcome in outcomes for each in outcome.tried_as))
    link = next((each.link for each in outcomes if each.link), "")
    statuses = [each.status for each in outcomes]
    if None in statuses:
        return Outcome(None, link, failures, tried_as)
    return Outcome(next((each for each in _FAR if each in statuses), of_none), link, failures, tried_as)


def _digest(orders: Sequence[KitOrder]) -> str:
    return hashlib.sha256(repr(orders).encode(errors="surrogatepass")).hexdigest()[:16]
