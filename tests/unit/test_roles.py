"""Roles that a request names, and the deliveries that are written for accounts with a kit, on the fakes."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers.consumer.order import Rules as KitRules
from handlers.sharing.deliver import Deliverer, deliver_due, look_again
from handlers.sharing.granter import Progress
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.delivery import LOOKED_AT_EVERY, Delivery, DeliveryStatus
from handlers.sharing.model.errors import AlreadyAsked, NotRenewable, OnHold, RolesWithoutKit, TryAgain
from handlers.sharing.model.finding import Action
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.record import HistoryEntry
from handlers.sharing.model.share import EndReason, Share, ShareStatus
from handlers.sharing.model.share_steps import ending, expired, given_back, replaced
from handlers.sharing.model.transition import Transition
from tests.fakes.consumer_account import FakeAccount
from tests.fakes.deliveries import MemoryKits
from tests.fakes.world import CENTRAL, CONSUMER, OWNER, SharedAlready, World, input_of, pii_table
from tests.unit.test_filters import taken_back
from tests.unit.test_settle import Desk

ANALYST, READER = (f"arn:aws:iam::{CONSUMER}:role/{name}" for name in ("analyst", "reader"))
ORDERS = Resource("sales", "orders")
NOTE = HistoryEntry("2026-11-24T09:00:00.000Z", "Held", "operator", "an incident")


@pytest.fixture
def world() -> World:
    world = World()
    world.parties = replace(world.parties, kits=frozenset({CONSUMER}))
    return world


def asking(*roles: str, table: str = "orders", **more: Any) -> dict[str, Any]:
    return {**input_of("sales", table), "target": {"account_id": CONSUMER, "roles": list(roles)}, **more}


def ask(world: World, name: str, document: dict[str, Any]) -> Share:
    """Ask, have it approved where that is needed, and grant."""
    found = world.classify(name, document)
    decision = None
    if found.needs_approval:
        key = world.request_approval(name, f"token-{name}")
        decision = world.decided(world.follow(key, name)).id
    assert world.grant(name, decision).progress is Progress.SHARED
    return world.ledger.shares[f"{name}:1"]


def delivery(world: World, share_id: str = "r1:1") -> Delivery:
    return world.deliveries.deliveries[CONSUMER, share_id]


# --- what is asked for --------------------------------------------------------------------------------------------


def test_roles_of_an_account_without_a_kit_are_refused_before_anything_is_read(world: World) -> None:
    world.parties = replace(world.parties, kits=frozenset({"888888888888"}))
    with pytest.raises(RolesWithoutKit):
        world.classify(document=asking(ANALYST))
    assert world.register.records["r1"].roles == (ANALYST,)
    assert world.catalogue.calls == []


def test_a_kit_that_is_gone_by_then_grants_nothing(world: World) -> None:
    world.classify(document=asking(ANALYST))
    world.parties = replace(world.parties, kits=frozenset())
    with pytest.raises(RolesWithoutKit):
        world.grant()
    assert (world.lake.grants, world.ledger.shares, world.deliveries.calls) == (set(), {}, [])


def test_who_asks_for_other_roles_asks_for_something_else(world: World) -> None:
    prints = [
        world.classify(f"r{at}", document).fingerprint
        for at, document in enumerate(
            (input_of(), asking(), asking(ANALYST), asking(READER), asking(ANALYST, READER), asking(READER, ANALYST))
        )
    ]
    assert prints[0] == prints[1]
    assert prints[4] == prints[5]
    assert len(set(prints)) == 4


def test_of_those_whom_nobody_verified_one_may_wait_whatever_roles_they_name(world: World) -> None:
    world.classify("r1", asking(ANALYST, table="people"))
    with pytest.raises(AlreadyAsked):
        world.classify("r2", asking(READER, table="people"))


@pytest.mark.parametrize("roles", [(), (READER,), (ANALYST, READER)])
def test_the_same_data_for_other_roles_is_a_share_of_its_own(world: World, roles: tuple[str, ...]) -> None:
    one = ask(world, "r1", asking(ANALYST))
    with pytest.raises(SharedAlready):
        world.classify("r2", asking(ANALYST))
    other = ask(world, "r3", asking(*roles))
    assert (one.roles, other.roles) == ((ANALYST,), roles)
    granted = set(world.lake.grants)
    taken_back(world, one)
    assert world.lake.grants == granted
    taken_back(world, other)
    assert world.lake.grants == set()


def test_who_has_a_part_or_more_can_ask_for_roles_to_read_it(world: World) -> None:
    columns = {"columns": ["id"]}
    ask(world, "r1", asking(table="people", **columns))
    ask(world, "r2", asking(ANALYST, table="people", **columns))
    ask(world, "r3", asking(table="people"))
    assert ask(world, "r4", asking(READER, table="people", **columns)).roles == (READER,)


@pytest.mark.parametrize(("whole", "ends"), [((), False), ((READER,), False), ((READER, ANALYST), True)])
def test_a_part_ends_with_a_share_of_the_whole_that_is_for_its_roles(
    world: World, whole: tuple[str, ...], ends: bool
) -> None:
    ask(world, "r1", asking(ANALYST, table="people", columns=["id"]))
    ask(world, "r2", asking(*whole, table="people"))
    assert (world.ledger.shares["r1:1"].reason is EndReason.REPLACED) is ends


def test_what_is_asked_anew_is_asked_for_the_same_roles() -> None:
    desk = Desk()
    desk.world.ledger.shares["r1:1"] = replace(desk.world.ledger.shares["r1:1"], roles=(ANALYST,))
    desk.world.lake.grants.clear()
    desk.settle(Action.ASK_ANEW)
    (request_id,) = desk.world.register.records.keys() - {"r1"}
    assert desk.world.register.records[request_id].roles == (ANALYST,)
    assert desk.world.workflow.started[request_id].roles == (ANALYST,)


# --- what is written for Deliver ----------------------------------------------------------------------------------


@pytest.mark.parametrize("roles", [(), (ANALYST, READER)])
@pytest.mark.parametrize("table", ["orders", "people", "*"])
def test_a_delivery_is_there_before_its_share_is_active(world: World, roles: tuple[str, ...], table: str) -> None:
    found: list[Delivery | None] = []

    def activates(when: str, call: str, args: tuple[Any, ...], _: object) -> None:
        if (when, call) == ("before", "apply_unless_held") and args[1].sets.get("status") is ShareStatus.ACTIVE:
            found.append(world.deliveries.deliveries.get((CONSUMER, "r1:1")))

    world.ledger.watch = activates
    share = ask(world, "r1", asking(*roles, table=table))
    assert share.status is ShareStatus.ACTIVE
    assert [(each.status, each.roles) if each else None for each in found] == [(DeliveryStatus.WAITING, roles)]
    assert delivery(world).due_at is not None


def test_without_a_kit_there_is_no_delivery(world: World) -> None:
    world.parties = replace(world.parties, kits=frozenset({"888888888888"}))
    ask(world, "r1", input_of())
    assert world.deliveries.calls == []


@pytest.mark.parametrize("lost", ["the call", "its answer"])
def test_who_is_cut_off_between_the_two_goes_on_and_writes_nothing_twice(world: World, lost: str) -> None:
    world.classify(document=asking(ANALYST))
    fail = world.ledger.fail if lost == "the call" else world.ledger.fail_after
    fail("apply_unless_held", None, TryAgain("busy"))
    with pytest.raises(TryAgain):
        world.grant()
    there = delivery(world)
    world.grant()
    assert world.ledger.shares["r1:1"].status is ShareStatus.ACTIVE
    assert world.deliveries.deliveries == {(CONSUMER, "r1:1"): there}


def test_what_cannot_be_written_for_deliver_keeps_the_share_from_being_active(world: World) -> None:
    world.classify(document=asking(ANALYST))
    world.deliveries.fail("apply", TryAgain("busy"))
    with pytest.raises(TryAgain):
        world.grant()
    assert world.ledger.shares["r1:1"].status is ShareStatus.GRANTING
    world.grant()
    assert (world.ledger.shares["r1:1"].status, delivery(world).roles) == (ShareStatus.ACTIVE, (ANALYST,))


# --- renewals -----------------------------------------------------------------------------------------------------


def test_a_renewal_is_for_the_same_roles_and_the_delivery_goes_on(world: World) -> None:
    ask(world, "r1", asking(ANALYST, days=10))
    before = dict(world.deliveries.deliveries)
    for roles in ((), (READER,), (ANALYST, READER)):
        with pytest.raises(NotRenewable, match="for other roles"):
            world.classify("r2", asking(*roles, renews="r1:1", days=30), started_at="2026-11-24T09:00:01Z")
        del world.register.records["r2"]
    world.classify("r2", asking(ANALYST, renews="r1:1", days=30))
    world.grant("r2")
    assert list(world.ledger.shares) == ["r1:1"]
    assert world.deliveries.deliveries == before


def test_a_renewal_that_grants_a_share_of_its_own_has_a_delivery_of_its_own(world: World) -> None:
    ask(world, "r1", asking(ANALYST, days=10))
    world.catalogue.put(world.catalogue.databases["sales"], pii_table("orders"))
    ask(world, "r2", asking(ANALYST, renews="r1:1", days=30))
    assert world.ledger.shares["r1:1"].reason is EndReason.REPLACED
    place = Place(world)
    place.deliver()
    assert (delivery(world, "r1:1").status, delivery(world, "r2:1").status) == (
        DeliveryStatus.WITHDRAWN,
        DeliveryStatus.READY,
    )
    assert place.account.granted[ANALYST] == {ORDERS}


# --- ends ---------------------------------------------------------------------------------------------------------


class Place:
    """The account with its kit, and who delivers to it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.at = now() + timedelta(seconds=1)
        self.account = FakeAccount(arrived={ORDERS}, roles={ANALYST, READER})
        self.kits = MemoryKits(CENTRAL)
        self.kits.accounts[CONSUMER] = self.account
        self.kits.rules[CONSUMER] = KitRules(CONSUMER, CENTRAL, ("*",), ("analyst", "reader"), "lakeshare")

    def deliver(self) -> None:
        by = Deliverer(self.world.deliveries, self.world.ledger, self.kits, self.world.events, f"run-{iso(self.at)}")
        assert deliver_due(by=by, at=self.at, seconds_left=lambda: 900.0).left == ()


def _expired(share: Share, at: datetime) -> Transition:
    assert share.until is not None
    return expired(share.until, iso(at))


ENDS = {
    **{reason.value: (lambda _, at, reason=reason: ending(reason, iso(at))) for reason in EndReason},
    "given back": lambda _, at: given_back(iso(at), "alex@consumer.example", "done"),
    "its end has come": _expired,
    "covered": lambda _, at: replaced("r2", iso(at)),
}


@pytest.mark.parametrize("told", [True, False])
@pytest.mark.parametrize("end", ENDS)
def test_however_a_share_ends_its_roles_read_nothing(world: World, end: str, told: bool) -> None:
    share = ask(world, "r1", asking(ANALYST, days=10))
    place = Place(world)
    place.deliver()
    assert (delivery(world).status, place.account.granted[ANALYST]) == (DeliveryStatus.READY, {ORDERS})
    assert world.ledger.apply(CONSUMER, share.id, ENDS[end](share, place.at))[1]
    if told:
        place.at += timedelta(minutes=1)
        look_again(CONSUMER, share.id, deliveries=world.deliveries, at=place.at)
    else:
        place.at += LOOKED_AT_EVERY
    place.deliver()
    assert (delivery(world).status, delivery(world).due_at) == (DeliveryStatus.WITHDRAWN, None)
    assert (place.account.granted[ANALYST], place.account.links) == (set(), {})


def test_a_share_that_a_hold_kept_from_being_active_delivers_nothing(world: World) -> None:
    world.classify(document=asking(ANALYST))

    def held(when: str, call: str, *_: object) -> None:
        if (when, call) == ("before", "apply") and not world.ledger.count("put_hold"):
            world.ledger.put_hold(Hold("owner", OWNER), NOTE)

    world.deliveries.watch = held
    with pytest.raises(OnHold):
        world.grant()
    place = Place(world)
    place.deliver()
    assert (delivery(world).status, place.kits.sent) == (DeliveryStatus.WAITING, [])
    world.ledger.apply(CONSUMER, "r1:1", ending(EndReason.HELD, iso(place.at)))
    place.at += timedelta(minutes=1)
    place.deliver()
    assert delivery(world).status is DeliveryStatus.WITHDRAWN
    assert place.account.granted.get(ANALYST, set()) == set()
