"""Shares are delivered to accounts with a kit, looked at again, and withdrawn but for what others need."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from moto import mock_aws

from handlers.aws.dynamodb.deliveries import DynamoDeliveries
from handlers.consumer.order import Rules
from handlers.sharing.deliver import LEASE, Deliverer, deliver_due, look_again
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.clock import iso, moment
from handlers.sharing.model.delivery import (
    FIRST_AGAIN,
    LAST_AGAIN,
    LOOKED_AT_EVERY,
    MOST_FAILURES,
    Delivery,
    DeliveryStatus,
    Failure,
    Outcome,
    again,
)
from handlers.sharing.model.delivery import wanted as delivery_wanted
from handlers.sharing.model.errors import KitMayBeAtWork, TryAgain
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.kit_order import KitDeed
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.request import Source
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.share_stores import Deliveries
from tests.fakes.consumer_account import FakeAccount
from tests.fakes.deliveries import MemoryDeliveries, MemoryKits
from tests.fakes.events import MemoryEvents
from tests.fakes.ledger import MemoryLedger
from tests.fakes.table import LEDGER, make_tables
from tests.fakes.world import CENTRAL, CONSUMER, OWNER

NOW = moment("2026-11-30T10:00:00.000Z")
ROLE, OTHER = (f"arn:aws:iam::{CONSUMER}:role/{name}" for name in ("analyst", "reader"))
ORDERS = Resource("sales", "orders")
LINK = "lakeshare.sales__orders"
WAITING, INVITED, LINKED, READY = (DeliveryStatus[each] for each in ("WAITING", "INVITED", "LINKED", "READY"))
WITHDRAWING, WITHDRAWN = DeliveryStatus.WITHDRAWING, DeliveryStatus.WITHDRAWN


@dataclass
class Place:
    """An account with a kit, and who delivers to it."""

    by: Deliverer
    ledger: MemoryLedger
    kits: MemoryKits
    events: MemoryEvents
    account: FakeAccount
    at: datetime = NOW

    def share(self, name: str = "r1:1", *roles: str, **more: Any) -> Share:
        """A share that has just become `ACTIVE`, and its delivery."""
        made = Share(
            name,
            CONSUMER,
            ShareStatus.ACTIVE,
            Source("sales", "orders"),
            Scope.TABLE,
            Owner(OWNER),
            "f",
            iso(NOW),
            live=True,
        )
        self.ledger.shares[name] = made = replace(made, **more)
        self.by.deliveries.apply(CONSUMER, name, delivery_wanted(roles or (ROLE,), self.at))
        return made

    def becomes(self, name: str, status: ShareStatus) -> None:
        self.ledger.shares[name] = replace(self.ledger.shares[name], status=status)

    def deliver(self, orders: int = 99) -> list[str]:
        """What is due is done, in the time for so many orders; the errors."""
        until = len(self.kits.sent) + orders
        seen = deliver_due(by=self.by, at=self.at, seconds_left=lambda: 900.0 if len(self.kits.sent) < until else 9.0)
        return [error.reason for _, error in seen.left]

    def delivery(self, name: str = "r1:1") -> Delivery:
        found = self.by.deliveries.find(CONSUMER, name)
        assert found is not None
        return found

    def later(self, wait: timedelta) -> None:
        self.at += wait


@pytest.fixture(params=["memory", "dynamodb"])
def deliveries(request: pytest.FixtureRequest) -> Iterator[Deliveries]:
    if request.param == "memory":
        yield MemoryDeliveries()
        return
    with mock_aws():
        make_tables()
        yield DynamoDeliveries(LEDGER)


@pytest.fixture
def place(deliveries: Deliveries) -> Place:
    ledger, kits, events = MemoryLedger(), MemoryKits(CENTRAL), MemoryEvents()
    kits.accounts[CONSUMER] = account = FakeAccount(arrived={ORDERS}, roles={ROLE, OTHER})
    kits.rules[CONSUMER] = Rules(CONSUMER, CENTRAL, ("*",), ("analyst", "reader"), "lakeshare")
    return Place(Deliverer(deliveries, ledger, kits, events, "run-1"), ledger, kits, events, account)


def told(place: Place) -> list[tuple[object, object]]:
    return [(each.facts["status"], each.facts.get("reasons")) for each, _ in place.events.of_deliveries]


def test_a_share_is_delivered_and_looked_at_every_night(place: Place) -> None:
    place.share()
    assert place.delivery().status is WAITING
    assert place.deliver() == []
    found = place.delivery()
    assert (found.status, found.link, found.failures, found.ready_at) == (READY, LINK, (), iso(NOW))
    assert found.due_at == iso(NOW + LOOKED_AT_EVERY)
    assert place.account.granted == {ROLE: {ORDERS}}
    assert told(place) == [("READY", None)]
    place.later(LOOKED_AT_EVERY)
    place.deliver()
    assert (place.delivery().status, place.delivery().ready_at, len(place.delivery().history)) == (READY, iso(NOW), 2)
    assert len(told(place)) == 1


def test_what_fails_is_said_once_and_tried_again_ever_more_seldom(place: Place) -> None:
    place.account.roles.clear()
    place.share()
    waits: list[timedelta] = []
    for _ in range(10):
        assert place.deliver() == []
        due = place.delivery().due_at
        assert due is not None
        waits.append(moment(due) - place.at)
        place.at = moment(due)
    assert (waits[0], waits[1], waits[-1]) == (FIRST_AGAIN, 2 * FIRST_AGAIN, LAST_AGAIN)
    found = place.delivery()
    assert (found.status, [(each.role, each.reason) for each in found.failures]) == (LINKED, [(ROLE, "RoleNotThere")])
    assert told(place) == [("LINKED", "RoleNotThere")]
    place.account.roles.add(ROLE)
    place.deliver()
    assert (place.delivery().status, place.delivery().failures, place.delivery().tries) == (READY, (), 0)
    assert told(place)[1:] == [("READY", None)]


def test_what_was_ready_and_is_no_more_is_said(place: Place) -> None:
    place.share()
    place.deliver()
    place.account.arrived.clear()
    place.later(LOOKED_AT_EVERY)
    place.deliver()
    assert (place.delivery().status, place.delivery().ready_at) == (INVITED, None)
    assert told(place)[1:] == [("INVITED", "NotArrived")]


def test_a_share_that_is_still_being_granted_is_waited_for(place: Place) -> None:
    place.share()
    place.becomes("r1:1", ShareStatus.GRANTING)
    place.deliver()
    assert (place.delivery().status, place.kits.sent) == (WAITING, [])
    place.becomes("r1:1", ShareStatus.ACTIVE)
    place.deliver()
    assert place.kits.sent == []
    place.later(timedelta(minutes=1))
    place.deliver()
    assert place.delivery().status is READY


def test_somebody_can_have_it_tried_now(place: Place) -> None:
    place.account.roles.clear()
    place.share()
    place.deliver()
    place.account.roles.add(ROLE)
    place.deliver()
    assert place.delivery().status is LINKED
    place.by.deliveries.apply(CONSUMER, "r1:1", again("alex@consumer.example", place.at))
    place.deliver()
    assert place.delivery().status is READY
    assert [each.by for each in place.delivery().history if each.event == "DeliveryWantedAgain"] == [
        "alex@consumer.example"
    ]


@pytest.mark.parametrize("end", [ShareStatus.REVOKING, ShareStatus.REVOKED])
def test_what_a_share_delivered_goes_with_it(place: Place, end: ShareStatus) -> None:
    place.share()
    place.deliver()
    place.becomes("r1:1", end)
    place.later(LOOKED_AT_EVERY)
    assert place.deliver() == []
    found = place.delivery()
    assert (found.status, found.due_at, found.live, found.link) == (WITHDRAWN, None, False, "")
    assert (place.account.granted, place.account.links) == ({ROLE: set()}, {})
    assert told(place)[-1] == ("WITHDRAWN", None)
    assert place.by.deliveries.of(CONSUMER) == []


def test_what_another_share_needs_stays(place: Place) -> None:
    place.share("r1:1", ROLE, OTHER)
    place.share("r2:1", ROLE)
    place.deliver()
    place.becomes("r1:1", ShareStatus.REVOKED)
    place.later(LOOKED_AT_EVERY)
    place.deliver()
    assert place.delivery("r1:1").status is WITHDRAWN
    assert place.account.granted == {ROLE: {ORDERS}, OTHER: set()}
    assert (place.account.seen, list(place.account.links)) == ({ROLE: {LINK}, OTHER: set()}, [LINK])
    assert KitDeed.UNLINK not in [each.deed for each in place.kits.sent]
    place.becomes("r2:1", ShareStatus.REVOKED)
    place.later(LOOKED_AT_EVERY)
    place.deliver()
    assert (place.account.granted, place.account.links) == ({ROLE: set(), OTHER: set()}, {})


def test_what_cannot_be_withdrawn_is_tried_again_until_it_is(place: Place) -> None:
    place.share()
    place.deliver()
    place.becomes("r1:1", ShareStatus.REVOKED)
    place.account.administrator = False
    place.later(LOOKED_AT_EVERY)
    place.deliver()
    found = place.delivery()
    assert (found.status, [each.reason for each in found.failures]) == (WITHDRAWING, ["NotAdministrator"])
    assert found.live
    place.account.administrator = True
    place.later(FIRST_AGAIN)
    place.deliver()
    assert place.delivery().status is WITHDRAWN


@pytest.mark.parametrize("end", [ShareStatus.REVOKING, ShareStatus.REVOKED])
def test_what_ends_while_its_kit_is_at_work_is_withdrawn_at_once_after(place: Place, end: ShareStatus) -> None:
    def ends(when: str, call: str, *_: object) -> None:
        if (when, call) == ("before", "carry_out") and place.ledger.shares["r1:1"].holds:
            place.becomes("r1:1", end)
            place.later(timedelta(seconds=1))
            look_again(CONSUMER, "r1:1", deliveries=place.by.deliveries, at=place.at)

    place.kits.watch = ends
    place.share()
    place.deliver()
    assert place.account.granted == {ROLE: {ORDERS}}
    place.deliver()
    assert (place.delivery().status, place.account.granted) == (WITHDRAWN, {ROLE: set()})


def test_one_run_at_a_time_is_at_an_account(place: Place) -> None:
    """What a late one delivers of an ended share, another share would let it grant again."""
    other = Place(replace(place.by, holder="run-2"), place.ledger, place.kits, place.events, place.account)

    def meanwhile(when: str, call: str, *_: object) -> None:
        if (when, call) == ("before", "carry_out"):
            place.kits.watch = lambda *_: None
            place.becomes("r1:1", ShareStatus.REVOKED)
            look_again(CONSUMER, "r1:1", deliveries=place.by.deliveries, at=place.at)
            other.deliver()
            assert place.kits.sent == []

    place.share("r2:1", OTHER)
    place.deliver()
    place.kits.sent.clear()
    place.share("r1:1", ROLE)
    place.later(timedelta(seconds=1))
    place.kits.watch = meanwhile
    place.deliver()
    place.later(timedelta(minutes=1))
    place.deliver()
    assert place.delivery("r1:1").status is WITHDRAWN
    assert place.account.granted == {ROLE: set(), OTHER: {ORDERS}}


def test_whoever_may_be_at_work_is_left_alone_until_it_cannot_be(place: Place) -> None:
    place.kits.fail_after("carry_out", KitMayBeAtWork("No answer."))
    place.share()
    place.deliver()
    assert [each.reason for each in place.delivery().failures] == ["KitMayBeAtWork"]
    place.by = replace(place.by, holder="run-2")
    place.later(timedelta(minutes=20))
    place.deliver()
    assert (place.delivery().status, len(place.kits.sent)) == (WAITING, 1)
    place.later(LEASE)
    place.deliver()
    assert place.delivery().status is READY


def test_what_has_ended_and_delivered_nothing_makes_nothing_due(place: Place) -> None:
    look_again(CONSUMER, "r1:1", deliveries=place.by.deliveries, at=place.at)
    assert place.by.deliveries.find(CONSUMER, "r1:1") is None


def test_a_kit_out_of_reach_is_an_outage_like_any(place: Place) -> None:
    place.kits.fail("carry_out", TryAgain("Lambda was busy."))
    place.share()
    place.deliver()
    found = place.delivery()
    assert (found.status, [each.reason for each in found.failures]) == (WAITING, ["TryAgain"])
    place.later(FIRST_AGAIN)
    place.deliver()
    assert place.delivery().status is READY


def test_an_event_that_cannot_be_put_stays_owed(place: Place) -> None:
    place.events.fail("announce_delivery", TryAgain("busy"))
    place.share()
    place.deliver()
    assert (told(place), len(place.delivery().owed_events)) == ([], 1)
    place.later(FIRST_AGAIN)
    place.deliver()
    assert (told(place), place.delivery().owed_events) == ([("READY", None)], ())
    assert place.delivery().due_at == iso(place.at + LOOKED_AT_EVERY)


def test_a_wish_that_comes_while_the_world_is_told_is_not_lost(place: Place) -> None:
    def meanwhile(when: str, call: str, *_: object) -> None:
        if (when, call) == ("before", "announce_delivery"):
            place.by.deliveries.apply(CONSUMER, "r1:1", again("alex@consumer.example", place.at))

    place.events.watch = meanwhile
    place.share()
    place.deliver()
    assert place.delivery().due_at == iso(place.at)


def test_one_that_cannot_be_seen_to_keeps_no_other_waiting(place: Place) -> None:
    place.share("r1:1")
    place.share("r2:1")
    place.ledger.fail("find", TryAgain("busy"))
    assert place.deliver() == ["TryAgain"]
    assert {place.delivery(each).status for each in ("r1:1", "r2:1")} == {WAITING, READY}


def test_what_others_need_all_of_leaves_nothing_to_withdraw(place: Place) -> None:
    place.share("r1:1", ROLE)
    place.share("r2:1", ROLE)
    place.deliver()
    place.becomes("r1:1", ShareStatus.REVOKED)
    place.later(LOOKED_AT_EVERY)
    place.deliver()
    assert place.delivery("r1:1").status is WITHDRAWN
    assert place.account.granted == {ROLE: {ORDERS}}


@pytest.mark.parametrize(
    ("status", "says", "after"),
    [
        (ShareStatus.ACTIVE, Outcome(WITHDRAWN), (WAITING, "KitUnreadable")),
        (ShareStatus.ACTIVE, Outcome(READY, LINK, (Failure("", "Odd", "x"),)), (LINKED, "Odd")),
        (ShareStatus.REVOKED, Outcome(READY, LINK), (WITHDRAWING, "KitUnreadable")),
        (ShareStatus.REVOKED, Outcome(WITHDRAWN, "", (Failure("", "Odd", "x"),)), (WITHDRAWING, "Odd")),
    ],
)
def test_a_kit_may_answer_what_it_likes(
    place: Place, monkeypatch: pytest.MonkeyPatch, status: ShareStatus, says: Outcome, after: tuple[object, str]
) -> None:
    place.share()
    place.becomes("r1:1", status)
    monkeypatch.setattr(place.kits, "carry_out", lambda *_: says)
    assert place.deliver() == []
    assert (place.delivery().status, place.delivery().failures[0].reason) == after


def test_an_outage_at_night_is_no_reason_to_wait_another_day(place: Place) -> None:
    place.share()
    place.deliver()
    place.later(LOOKED_AT_EVERY)
    place.kits.fail("carry_out", TryAgain("Lambda was busy."))
    place.deliver()
    found = place.delivery()
    assert (found.status, found.tries, found.due_at) == (READY, 1, iso(place.at + FIRST_AGAIN))
    place.later(FIRST_AGAIN)
    place.deliver()
    assert (place.delivery().failures, place.delivery().tries, place.delivery().ready_at) == ((), 0, iso(NOW))


def test_of_more_failures_than_are_kept_nothing_is_told_twice(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    many = tuple(Failure(f"role {number}", "Odd", "x") for number in range(MOST_FAILURES + 1))
    monkeypatch.setattr(place.kits, "carry_out", lambda *_: Outcome(LINKED, LINK, many))
    place.share()
    for _ in range(3):
        place.deliver()
        place.later(LAST_AGAIN)
    assert (len(place.delivery().failures), len(told(place))) == (MOST_FAILURES, 1)


def test_whatever_a_kit_says_fits_an_item(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    many = tuple(Failure("r" * 1_000, f"{number}" + "x" * 1_000, "m" * 1_000) for number in range(2_000))
    roles = tuple(f"{number}" + "r" * 1_000 for number in range(2_000))
    monkeypatch.setattr(place.kits, "carry_out", lambda *_: Outcome(LINKED, LINK, many, (*roles, ROLE)))
    place.events.fail("announce_delivery", TryAgain("busy"))
    place.share()
    assert place.deliver() == []
    assert (len(place.delivery().failures), place.delivery().tried_as) == (MOST_FAILURES, (ROLE,))
    assert len(str(place.delivery())) < 100_000


def test_a_kit_that_changes_its_mind_for_ever_fills_no_item(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("handlers.sharing.model.delivery.MOST_LINES", 4)
    reasons = (Failure("", f"Odd{number}", "x") for number in range(9))
    monkeypatch.setattr(place.kits, "carry_out", lambda *_: Outcome(LINKED, LINK, (next(reasons),)))
    place.share()
    for _ in range(9):
        place.deliver()
        place.later(LAST_AGAIN)
    assert len(place.delivery().history) == 4


def many_tables(place: Place) -> None:
    """A share that takes three orders."""
    names = [f"t{number:04}" for number in range(1_201)]
    place.account.arrived = {Resource("sales"), *(Resource("sales", each) for each in names)}
    share = Share(
        "r1:1", CONSUMER, ShareStatus.ACTIVE, Source("sales", "*"), Scope.TABLES_BY_NAME, Owner(OWNER), "f", iso(NOW),
        tables=len(names), live=True,
    )  # fmt: skip
    parts = place.ledger.write_names(share, names)
    place.share("r1:1", source=share.source, scope=share.scope, tables=len(names), parts=parts)


def test_many_tables_are_told_in_several_orders(place: Place) -> None:
    many_tables(place)
    place.deliver()
    assert [len(each.resources) for each in place.kits.sent] == [500, 500, 202]
    assert place.delivery().status is READY
    assert len(place.account.granted[ROLE]) == 1_202


def test_what_takes_longer_than_a_run_goes_on_in_the_next(place: Place) -> None:
    many_tables(place)
    place.account.refuses = {Resource("sales", "t0003")}
    place.deliver(1)
    assert (place.delivery().status, len(place.kits.sent), told(place)) == (WAITING, 1, [])
    place.deliver(1)
    place.deliver(1)
    found = place.delivery()
    assert [len(each.resources) for each in place.kits.sent] == [500, 500, 202]
    assert (found.status, [each.reason for each in found.failures], found.progress) == (LINKED, ["NotGranted"], "")
    place.account.refuses.clear()
    place.at = moment(str(found.due_at))
    place.deliver()
    assert (place.delivery().status, len(place.account.granted[ROLE])) == (READY, 1_202)
    place.becomes("r1:1", ShareStatus.REVOKED)
    place.later(LOOKED_AT_EVERY)
    for _ in range(3):
        place.deliver(1)
        assert place.delivery().status is WITHDRAWING
    place.deliver(1)
    assert (place.delivery().status, place.account.granted[ROLE], place.account.links) == (WITHDRAWN, set(), {})


def test_what_has_changed_meanwhile_begins_anew(place: Place) -> None:
    """What another share needs no more is taken back as well, wherever the last run stopped."""
    many_tables(place)
    place.share("r2:1", ROLE, source=Source("sales", "t0001"))
    place.account.arrived.add(Resource("sales", "t0001"))
    place.deliver()
    place.becomes("r1:1", ShareStatus.REVOKED)
    place.later(LOOKED_AT_EVERY)
    place.deliver(1)
    assert Resource("sales", "t0001") in place.account.granted[ROLE]
    place.becomes("r2:1", ShareStatus.REVOKED)
    place.deliver()
    assert {place.delivery(each).status for each in ("r1:1", "r2:1")} == {WITHDRAWN}
    assert place.account.granted[ROLE] == set()
