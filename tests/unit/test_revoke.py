"""Revoke's first half: which shares a wish ends, holds, and what a dry run says; nothing is taken back here."""

from dataclasses import replace
from typing import Any

import pytest

from handlers.sharing.model.clock import now
from handlers.sharing.model.errors import InvalidInput, RegisterUnreadable, RevokeIncomplete, TryAgain
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import HistoryEntry
from handlers.sharing.model.request import Source
from handlers.sharing.model.revocation import IN_THE_PORTAL, Revocation, Work
from handlers.sharing.model.share import EndReason, ShareStatus
from handlers.sharing.revoke import MOST_AT_ONCE, Look, Next, Plan, Revoker, plan
from tests.fakes.shares import SINCE, put_share
from tests.fakes.world import CONSUMER, OTHER_OWNER, OWNER, STRANGER, World

BEGAN = "2026-11-25T09:00:00.000Z"


@pytest.fixture
def world() -> World:
    world = World()
    put_share(world, "r1:1", "people")
    put_share(world, "r2:1", "orders")
    put_share(world, "r3:1", "*")
    put_share(world, "r4:1", "*", ["people", "orders"], consumer=STRANGER)
    put_share(world, "r5:1", "visits", status=ShareStatus.GRANTING, consumer=STRANGER)
    put_share(world, "r6:1", "gone", status=ShareStatus.REVOKED, live=False)
    return world


def planned(world: World, look: Look = Look.START, failed: dict[str, str] | None = None, **wish: Any) -> Plan:
    by = Revoker(world.register, world.ledger, world.events)
    return plan(Revocation("an incident", **wish), "run", BEGAN, look, failed or {}, by=by, at=now())


@pytest.mark.parametrize(
    ("wish", "ends"),
    [
        ({"share": "r1:1"}, ["r1:1"]),
        ({"share": "r5:1"}, ["r5:1"]),
        ({"share": "r6:1"}, []),
        ({"consumer": CONSUMER}, ["r1:1", "r2:1", "r3:1"]),
        ({"consumer": "888888888888"}, []),
        ({"owner": OWNER}, ["r1:1", "r2:1", "r3:1", "r4:1", "r5:1"]),
        ({"owner": OTHER_OWNER}, []),
        ({"source": Source("sales", "people")}, ["r1:1", "r3:1", "r4:1"]),
        ({"source": Source("sales", "*")}, ["r1:1", "r2:1", "r3:1", "r4:1", "r5:1"]),
        ({"source": Source("weather", "*")}, []),
    ],
)
def test_which_shares_end(world: World, wish: dict[str, Any], ends: list[str]) -> None:
    before = dict(world.ledger.shares)
    found = planned(world, Look.SETTLED, **wish)
    assert (found.next, [each.share for each in found.work]) == (Next.REVOKE if ends else Next.DONE, ends)
    for share_id, share in world.ledger.shares.items():
        if share_id in ends:
            assert (share.status, share.reason) == (ShareStatus.REVOKING, EndReason.REVOKED)
            assert (share.note, share.ended_by) == ("an incident", None)
        else:
            assert share == before[share_id]
    assert planned(world, Look.REVOKED, **wish).work == found.work, "what is being revoked is worked through again"
    assert not world.ledger.holds


def test_a_wish_that_names_nothing_reaches_nothing(world: World) -> None:
    assert planned(world, Look.SETTLED) == Plan(Next.DONE)


def test_a_share_that_there_is_not(world: World) -> None:
    for share_id in ("r1:2", "r9:1", "nonsense", ""):
        with pytest.raises(InvalidInput) as refused:
            planned(world, share=share_id)
        assert refused.value.field == "share"


def test_what_was_shared_later_is_no_part_of_it_unless_it_is_held(world: World) -> None:
    later = put_share(world, "r7:1", "late", since="2026-11-25T09:00:01.000Z")
    assert later.id not in [each.share for each in planned(world, consumer=CONSUMER).work]
    assert later.id in [each.share for each in planned(world, consumer=CONSUMER, hold=True).work]


def test_lists_are_a_moment_late_so_the_last_look_follows_a_wait(world: World) -> None:
    assert planned(world, Look.REVOKED, owner=OTHER_OWNER).next is Next.SETTLE
    assert planned(world, Look.REVOKED, source=Source("weather", "*")).next is Next.SETTLE
    assert planned(world, Look.SETTLED, owner=OTHER_OWNER).next is Next.DONE
    # What is read consistently needs none.
    assert planned(world, Look.REVOKED, consumer="888888888888").next is Next.DONE
    stale = [replace(world.ledger.shares["r1:1"])]
    world.ledger.shares["r1:1"] = replace(stale[0], status=ShareStatus.REVOKED, live=False)
    assert "r1:1" not in [each.share for each in planned(world, Look.SETTLED, owner=OWNER).work]


def test_many_are_ended_in_turns(world: World) -> None:
    for number in range(MOST_AT_ONCE + 20):
        put_share(world, f"many{number}:1", f"t{number}", consumer=STRANGER)
    first = planned(world, consumer=STRANGER).work
    assert len(first) == MOST_AT_ONCE
    for each in first:
        world.ledger.shares[each.share] = replace(
            world.ledger.shares[each.share], status=ShareStatus.REVOKED, live=False
        )
    assert len(planned(world, Look.REVOKED, consumer=STRANGER).work) == 22


def test_what_failed_is_left_alone_and_told_at_the_end(world: World) -> None:
    failed = {"r1:1": "AccessRefused: no"}
    assert planned(world, Look.REVOKED, failed, consumer=CONSUMER).work == (
        [Work(CONSUMER, "r2:1"), Work(CONSUMER, "r3:1")]
    )
    del world.ledger.shares["r2:1"], world.ledger.shares["r3:1"]
    with pytest.raises(
        RevokeIncomplete, match=r"1 share\(s\) could not be taken back, r1:1 for one \(AccessRefused: no"
    ):
        planned(world, Look.REVOKED, failed, consumer=CONSUMER)


def test_a_hold_is_put_first_once_and_told_last(world: World) -> None:
    hold = Hold("consumer", CONSUMER)
    world.ledger.fail("apply", TryAgain("no answer"))
    with pytest.raises(TryAgain):
        planned(world, consumer=CONSUMER, hold=True)
    assert [entry.detail for entry in world.ledger.holds[hold]] == ["an incident"]
    assert len(planned(world, Look.REVOKED, consumer=CONSUMER, hold=True).work) == 3
    assert {each.reason for each in world.ledger.shares.values() if each.consumer == CONSUMER} >= {EndReason.HELD}
    assert len(world.ledger.holds[hold]) == 1
    assert not world.events.of_holds
    world.ledger.shares.clear()
    world.events.fail("announce_hold", TryAgain("no answer"))
    with pytest.raises(TryAgain):
        planned(world, Look.REVOKED, consumer=CONSUMER, hold=True)
    assert planned(world, Look.REVOKED, consumer=CONSUMER, hold=True).next is Next.DONE
    assert world.events.of_holds == [("HoldPut", hold, "run")]


def test_a_hold_that_the_portal_put_stands_and_says_whose_end_it_is(world: World) -> None:
    hold = Hold("database", "sales", "people")
    world.ledger.put_hold(hold, HistoryEntry(BEGAN, "HoldPut", "jane@owner.example", "an incident"), [OWNER])
    assert in_the_portal(world, hold=True).work
    assert len(world.ledger.holds[hold]) == 1
    ended = world.ledger.shares["r1:1"]
    assert (ended.ended_by, ended.note) == ("jane@owner.example", "an incident")
    # Another incident is another line, and an operator's end is nobody's.
    world.ledger.shares["r1:1"] = replace(world.ledger.shares["r2:1"], id="r1:1", source=Source("sales", "people"))
    by = Revoker(world.register, world.ledger, world.events)
    wish = Revocation("another", source=Source("sales", "people"), hold=True)
    plan(wish, "run", BEGAN, Look.START, {}, by=by, at=now())
    assert [each.detail for each in world.ledger.holds[hold]] == ["an incident", "another"]
    assert (world.ledger.shares["r1:1"].ended_by, world.ledger.shares["r1:1"].note) == (None, "another")


def in_the_portal(world: World, *, hold: bool) -> Plan:
    """What comes of a hold on the people of sales that the portal has put or lifted."""
    wish = Revocation(IN_THE_PORTAL, source=Source("sales", "people"), hold=hold)
    return plan(wish, "run", BEGAN, Look.START, {}, by=Revoker(world.register, world.ledger, world.events), at=now())


def test_a_hold_that_was_lifted_before_its_run_began_ends_nothing(world: World) -> None:
    before = dict(world.ledger.shares)
    assert in_the_portal(world, hold=True) == Plan(Next.DONE)
    assert (world.ledger.shares, world.ledger.holds, world.events.of_holds) == (before, {}, [])


def test_a_hold_that_was_put_again_before_the_old_ones_lifting_was_told_stands(world: World) -> None:
    hold = Hold("database", "sales", "people")
    world.ledger.put_hold(hold, HistoryEntry(BEGAN, "HoldPut", "jane@owner.example", "another incident"), [OWNER])
    assert in_the_portal(world, hold=False) == Plan(Next.DONE)
    assert list(world.ledger.holds) == [hold]
    assert world.events.of_holds == [("HoldLifted", hold, "run")]


def test_whose_data_a_hold_stops_is_written_down_with_it(world: World) -> None:
    put_share(world, "r9:1", "mixed", owner=Owner(OTHER_OWNER))
    for table, owners in (("people", {OWNER}), ("*", {OWNER, OTHER_OWNER}), ("nothing", {OWNER})):
        planned(world, source=Source("sales", table), hold=True)
        put = world.ledger.find_hold(Hold("database", "sales", table))
        assert put is not None
        assert put.owners == owners
    planned(world, owner=OWNER, hold=True)
    put = world.ledger.find_hold(Hold("owner", OWNER))
    assert put is not None
    assert put.owners == frozenset()


@pytest.mark.parametrize(
    ("wish", "hold"),
    [
        ({"consumer": CONSUMER}, Hold("consumer", CONSUMER)),
        ({"owner": OWNER}, Hold("owner", OWNER)),
        ({"source": Source("sales", "people")}, Hold("database", "sales", "people")),
    ],
)
def test_a_hold_is_lifted_and_nothing_else_happens(world: World, wish: dict[str, Any], hold: Hold) -> None:
    before = dict(world.ledger.shares)
    world.ledger.holds[hold] = []
    assert planned(world, **wish, hold=False, dry_run=True) == Plan(Next.DONE)
    assert (list(world.ledger.holds), world.events.of_holds) == ([hold], [])
    assert planned(world, **wish, hold=False) == Plan(Next.DONE)
    assert (world.ledger.holds, world.events.of_holds) == ({}, [("HoldLifted", hold, "run")])
    assert world.ledger.shares == before


def test_a_dry_run_says_what_ends_and_what_stays_and_changes_nothing(world: World) -> None:
    before, grants = dict(world.ledger.shares), set(world.lake.grants)
    (report,) = planned(world, share="r1:1", dry_run=True).reports
    assert str(report) == "Taken back: sales.people. Still readable: sales.people, through r3:1."
    (report,) = planned(world, share="r3:1", dry_run=True).reports
    assert str(report) == "Taken back: sales, sales.*."
    reports = planned(world, consumer=CONSUMER, dry_run=True, hold=True).reports
    assert [each.share for each in reports] == ["r1:1", "r2:1", "r3:1"]
    put_share(world, "r8:1", "people", since=SINCE)
    (report,) = planned(world, share="r8:1", dry_run=True).reports
    assert str(report) == "Other shares cover all of it. Still readable: sales.people, through r1:1, r3:1."
    del world.ledger.shares["r8:1"]
    assert (world.ledger.shares, world.lake.grants, world.ledger.holds) == (before, grants, {})
    assert not world.events.of_holds


@pytest.mark.parametrize(
    "wish",
    [{"consumer": CONSUMER}, {"owner": OWNER}, *({"source": Source("sales", each)} for each in ("people", "*"))],
)
@pytest.mark.parametrize("hold", [True, None])
def test_a_dry_run_counts_on_no_share_that_ends_too(world: World, wish: dict[str, Any], hold: bool | None) -> None:
    put_share(world, "r8:1", "people")
    foreseen = {each.share: each for each in planned(world, dry_run=True, hold=hold, **wish).reports}
    for name in ("r1:1", "r3:1", "r8:1"):
        assert not foreseen[name].stays
    assert str(foreseen["r1:1"]) == str(foreseen["r8:1"]) == "Taken back: sales.people."


def test_names_that_are_not_all_there_are_no_report(world: World) -> None:
    world.ledger.covered["r4:1"] = ("people",)
    with pytest.raises(RegisterUnreadable):
        planned(world, share="r4:1", dry_run=True)
