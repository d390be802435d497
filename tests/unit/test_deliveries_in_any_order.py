"""Deliveries in any order: whatever fails, roles read in the end what live shares deliver to them, and no more."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.consumer.order import Rules
from handlers.sharing.deliver import Deliverer, look_again
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.delivery import DeliveryStatus, Outcome, again
from handlers.sharing.model.errors import KitMayBeAtWork, TryAgain
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.kit_order import KitOrder
from handlers.sharing.model.request import Source
from handlers.sharing.model.share import ShareStatus
from tests.fakes.consumer_account import FakeAccount
from tests.fakes.deliveries import MemoryDeliveries, MemoryKits
from tests.fakes.events import MemoryEvents
from tests.fakes.ledger import MemoryLedger
from tests.fakes.world import CENTRAL, CONSUMER
from tests.unit.test_deliver import Place

ROLES = tuple(f"arn:aws:iam::{CONSUMER}:role/{name}" for name in ("analyst", "reader", "teams/data"))
RULES = Rules(CONSUMER, CENTRAL, ("*",), ("analyst", "reader", "teams/data"), "lakeshare")
COVERS = {
    Source("sales", "orders"): (Scope.TABLE, {Resource("sales", "orders")}),
    Source("sales", "people"): (Scope.TABLE, {Resource("sales", "people")}),
    Source("sales", "*"): (Scope.WILDCARD, {Resource("sales"), Resource("sales", "*")}),
}
EVERYTHING = set[Resource]().union(*(covers for _, covers in COVERS.values()))
LINKS = {
    Source("sales", "orders"): "lakeshare.sales__orders",
    Source("sales", "people"): "lakeshare.sales__people",
    Source("sales", "*"): "lakeshare_sales",
}


class SlowKits(MemoryKits):
    """Kits of which some orders are carried out after whoever gave them has lost the connection."""

    slow: bool = False
    on_their_way: tuple[KitOrder, ...] = ()

    def carry_out(self, consumer: str, order: KitOrder) -> Outcome:
        if not self.slow:
            return super().carry_out(consumer, order)
        self.slow = False
        self.on_their_way = (*self.on_their_way, order)
        raise KitMayBeAtWork("The connection was lost.")

    def arrive(self) -> None:
        orders, self.on_their_way = self.on_their_way, ()
        for order in orders:
            super().carry_out(CONSUMER, order)


@dataclass
class World:
    """An account with a kit, the shares that were made for it, and two runs of Deliver."""

    place: Place
    kits: SlowKits
    shares: dict[str, tuple[Source, tuple[str, ...]]] = field(default_factory=dict[str, tuple[Source, tuple[str, ...]]])
    runs: int = 0
    by_hand: bool = False

    def share(self, source: Source, roles: list[str]) -> None:
        name = f"r{len(self.shares)}:1"
        self.shares[name] = source, tuple(roles)
        self.place.share(name, *roles, source=source, scope=COVERS[source][0])

    def end(self, number: int, status: ShareStatus, told: bool) -> None:
        names = [name for name in self.shares if self.place.ledger.shares[name].holds]
        if names:
            name = names[number % len(names)]
            self.place.becomes(name, status)
            if told:
                look_again(CONSUMER, name, deliveries=self.place.by.deliveries, at=self.place.at)

    def deliver(self, orders: int = 99) -> None:
        self.later(1)
        self.runs += 1
        self.place.by = replace(self.place.by, holder=f"run-{self.runs}")
        self.place.deliver(orders)

    def wanted(self, number: int) -> None:
        if self.shares:
            name = [*self.shares][number % len(self.shares)]
            self.place.by.deliveries.apply(CONSUMER, name, again("somebody", self.place.at))

    def fails(self, late: bool, error: type[Exception]) -> None:
        (self.kits.fail_after if late else self.kits.fail)("carry_out", error("x"))

    def lets(self, roles: list[str], databases: list[str]) -> None:
        self.kits.rules[CONSUMER] = replace(RULES, roles=tuple(roles), databases=tuple(databases))

    def administers(self, may: bool) -> None:
        self.place.account.administrator = may

    def later(self, minutes: int) -> None:
        """A kit has five minutes for an order."""
        if minutes >= 5:
            with suppress(TryAgain):
                self.kits.arrive()
        self.place.later(timedelta(minutes=minutes))

    def arrives(self) -> None:
        with suppress(TryAgain):
            self.kits.arrive()

    def is_slow(self) -> None:
        self.kits.slow = True

    def takes_by_hand(self, role: str) -> None:
        self.by_hand = self.by_hand or bool(self.place.account.granted.pop(role, None))

    def check_what_is_ready(self) -> None:
        """Nothing is missing of what is said to be delivered, unless somebody took it away."""
        for name, (source, roles) in self.shares.items():
            is_ready = self.place.delivery(name).status is DeliveryStatus.READY
            if self.place.ledger.shares[name].holds and is_ready and not self.by_hand:
                assert all(COVERS[source][1] <= self.place.account.granted[role] for role in roles)
                assert all(LINKS[source] in self.place.account.seen[role] for role in roles)

    def live(self) -> list[tuple[Source, tuple[str, ...]]]:
        return [what for name, what in self.shares.items() if self.place.ledger.shares[name].holds]

    def comes_to_rest(self) -> None:
        """All that is due is done, with no further fault, for some days."""
        self.kits.forget_failures()
        self.kits.slow = False
        self.arrives()
        self.place.account.administrator = True
        self.place.kits.rules[CONSUMER] = RULES
        for _ in range(4):
            self.later(1_441)
            self.deliver()


def world() -> World:
    ledger, kits, events = MemoryLedger(), SlowKits(CENTRAL), MemoryEvents()
    kits.accounts[CONSUMER] = account = FakeAccount(arrived=set(EVERYTHING), roles=set(ROLES))
    kits.rules[CONSUMER] = RULES
    return World(Place(Deliverer(MemoryDeliveries(), ledger, kits, events, "run"), ledger, kits, events, account), kits)


Step = tuple[str, tuple[Any, ...]]
"""The name of a method of `World`, and its arguments."""


def step(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[Step]:
    return st.tuples(st.just(name), st.tuples(*arguments))


STEPS_OF_A_LIFE = (
    step("share", st.sampled_from([*COVERS]), st.lists(st.sampled_from(ROLES), unique=True, min_size=1)),
    step("end", st.integers(0, 5), st.sampled_from([ShareStatus.REVOKING, ShareStatus.REVOKED]), st.booleans()),
    step("deliver", st.sampled_from([1, 2, 99])),
)
OTHER_STEPS = (
    step("later", st.sampled_from([1, 5, 30, 1441])),
    step("fails", st.booleans(), st.sampled_from([TryAgain, KitMayBeAtWork])),
    step("is_slow"),
    step("arrives"),
    step("wanted", st.integers(0, 5)),
    step("takes_by_hand", st.sampled_from(ROLES)),
    step("lets", st.lists(st.sampled_from(RULES.roles), unique=True), st.lists(st.just("sales"), max_size=1)),
    step("administers", st.booleans()),
)
# Of ten steps two are out of the ordinary.
ANY = st.integers(0, 9).flatmap(lambda number: st.one_of(*(STEPS_OF_A_LIFE if number < 8 else OTHER_STEPS)))


@settings(max_examples=500, deadline=None)
@given(st.lists(ANY, min_size=10, max_size=30))
def test_roles_read_in_the_end_what_live_shares_deliver_to_them(steps: list[Step]) -> None:
    made = world()
    for each in steps:
        getattr(made, each[0])(*each[1])
        made.check_what_is_ready()
        ever = {
            role: {c for source, roles in made.shares.values() if role in roles for c in COVERS[source][1]}
            for role in ROLES
        }
        assert all(what <= ever.get(role, set()) for role, what in made.place.account.granted.items())
    made.comes_to_rest()
    live = made.live()
    for role in ROLES:
        reads = set[Resource]().union(*(COVERS[source][1] for source, roles in live if role in roles))
        assert made.place.account.granted.get(role, set()) == reads
        assert made.place.account.seen.get(role, set()) == {LINKS[source] for source, roles in live if role in roles}
    assert made.place.account.links == {LINKS[source]: source for source, _ in live}
    for name in made.shares:
        expected = DeliveryStatus.READY if made.place.ledger.shares[name].holds else DeliveryStatus.WITHDRAWN
        assert made.place.delivery(name).status is expected
    assert not [one for one in made.place.by.deliveries.of(CONSUMER) if one.owed_events]
