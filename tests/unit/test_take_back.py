"""Taking back what ended shares were granted: exactly that, whoever fails or dies, however many are at it."""

import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.sharing.model.clock import moment, now
from handlers.sharing.model.errors import AccessRefused, LakeshareError, NotRenewable, RegisterUnreadable, TryAgain
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.revocation import Work
from handlers.sharing.model.share import HOLDING, EndReason, Share, ShareStatus
from handlers.sharing.model.share_steps import active, ending, replaced
from handlers.sharing.renewal import move_end
from handlers.sharing.take_back import Taken, take_back
from tests.fakes.grants import MemoryGrants, grant_of
from tests.fakes.lake import Grant
from tests.fakes.shares import put_share, resources
from tests.fakes.world import CONSUMER, STRANGER, World

AT = "2026-11-24T10:00:00.000Z"
FAR = "2999-01-01T00:00:00.000Z"


class Death(Exception):
    """A function dies."""


class Scene:
    """A world with its grants."""

    def __init__(self) -> None:
        self.world = World()
        self.grants = MemoryGrants(self.world.lake)
        self.runs = 0

    def end(self, *shares: str, reason: EndReason = EndReason.REVOKED) -> list[Work]:
        for share in shares:
            there = self.world.ledger.shares[share]
            self.world.ledger.apply(there.consumer, share, ending(reason, AT, note="why"))
        return [Work(self.world.ledger.shares[share].consumer, share) for share in shares]

    def take_back(self, work: Sequence[Work], seconds_left: Callable[[], float] = lambda: 900.0) -> Taken:
        self.runs += 1
        return take_back(
            work,
            ledger=self.world.ledger,
            grants=self.grants,
            events=self.world.events,
            holder=f"run{self.runs}",
            seconds_left=seconds_left,
            pause=lambda _: None,
        )

    def take_all_back(self, *shares: str) -> None:
        assert self.take_back(self.end(*shares)) == Taken([], {})

    def share(self, share: str) -> Share:
        return self.world.ledger.shares[share]

    def union(self) -> set[Grant]:
        """What all live shares cover together."""
        shares = [each for each in self.world.ledger.shares.values() if each.holds]
        return {grant_of(what, each.consumer) for each in shares for what in resources(self.world, each)}


@pytest.fixture
def scene() -> Scene:
    scene = Scene()
    put_share(scene.world, "r1:1", "people")
    put_share(scene.world, "r2:1", "*", ["people", "orders"])
    put_share(scene.world, "r3:1", "*")
    put_share(scene.world, "r4:1", "people", consumer=STRANGER)
    return scene


def test_a_share_ends(scene: Scene) -> None:
    put_share(scene.world, "r5:1", "visits")
    scene.take_all_back("r5:1")
    share = scene.share("r5:1")
    assert (share.status, share.live, share.busy_until, share.due_at) == (ShareStatus.REVOKED, False, None, None)
    assert share.history[-1].event == "Ended"
    assert share.history[-1].detail == "Taken back: sales.visits. Still readable: sales.visits, through r3:1."
    assert scene.world.lake.grants == scene.union()
    ((announcement, told_of),) = scene.world.events.of_shares
    assert (announcement.type, told_of) == ("ShareEnded", "r5:1")
    assert announcement.facts == {"reason": "Revoked", "ended_at": AT, "grants_revoked": 1, "still_readable": 1}
    assert scene.world.ledger.leases == {}


def test_what_others_cover_stays(scene: Scene) -> None:
    scene.take_all_back("r2:1")
    assert [set(batch) for batch in scene.grants.batches] == [{Resource("sales", "orders")}]
    assert scene.world.lake.grants == scene.union()
    scene.take_all_back("r3:1")
    assert (
        scene.world.lake.grants
        == scene.union()
        == {
            Grant("sales", "people", CONSUMER),
            Grant("sales", "people", STRANGER),
        }
    )


def test_two_that_end_at_once_take_both_what_they_share(scene: Scene) -> None:
    scene.take_all_back("r2:1", "r1:1", "r3:1")
    assert scene.world.lake.grants == {Grant("sales", "people", STRANGER)}


def test_what_is_still_granted_for_waits(scene: Scene) -> None:
    put_share(scene.world, "r5:1", "visits", status=ShareStatus.GRANTING, busy_until=FAR)
    work = scene.end("r5:1", "r1:1")
    assert scene.take_back(work).left == work[:1]
    with pytest.raises(TryAgain, match="is being granted until"):
        scene.take_back(work[:1])
    scene.world.ledger.shares["r5:1"] = replace(scene.share("r5:1"), busy_until=AT)
    assert scene.take_back(work[:1]) == Taken([], {})


def test_a_share_that_nobody_ended_is_left_alone(scene: Scene) -> None:
    before = set(scene.world.lake.grants)
    assert scene.take_back([Work(CONSUMER, "r1:1"), Work(CONSUMER, "r9:1")]) == Taken([], {})
    assert (scene.world.lake.grants, scene.grants.batches) == (before, [])


def test_somebody_elses_lease_is_waited_for_unless_its_holder_died(scene: Scene) -> None:
    work = scene.end("r1:1")
    scene.world.ledger.leases[CONSUMER] = ("other", FAR)
    with pytest.raises(TryAgain, match="Somebody else is revoking"):
        scene.take_back(work)
    assert (scene.world.ledger.leases[CONSUMER], scene.grants.batches) == (("other", FAR), [])
    # Another account's shares are not kept waiting by it.
    assert scene.take_back([*work, *scene.end("r4:1")]).left == work
    scene.world.ledger.leases[CONSUMER] = ("other", AT)
    assert scene.take_back(work) == Taken([], {})


def test_a_lease_outlasts_the_invocation(scene: Scene) -> None:
    until: set[str] = set()
    scene.grants.watch = lambda *_: until.add(scene.world.ledger.leases[STRANGER][1])
    deadline = now() + timedelta(seconds=900)
    scene.take_back(scene.end("r4:1"), lambda: 900.0)
    (end,) = until
    assert deadline < moment(end) < deadline + timedelta(minutes=2)


@pytest.mark.parametrize("error", [AccessRefused("no"), RegisterUnreadable("what is it")])
def test_what_fails_keeps_no_other_waiting(scene: Scene, error: LakeshareError) -> None:
    put_share(scene.world, "r5:1", "visits")
    scene.grants.refusals = lambda resource: error if resource.table == "visits" else None
    taken = scene.take_back(scene.end("r5:1", "r1:1", "r4:1"))
    assert taken == Taken([], {"r5:1": f"{error.reason}: {error}"})
    assert [scene.share(each).status.value for each in ("r5:1", "r1:1", "r4:1")] == ["REVOKING", "REVOKED", "REVOKED"]
    due = scene.share("r5:1").due_at
    assert due is not None
    assert due > AT, "Sweep begins it anew"


def test_shares_of_an_account_of_which_one_cannot_be_read_are_told_and_others_are_not_kept_waiting(
    scene: Scene,
) -> None:
    scene.world.ledger.fail("live", RegisterUnreadable("what is it"))
    taken = scene.take_back(scene.end("r4:1", "r1:1"))
    assert taken == Taken([], {"r4:1": "RegisterUnreadable: what is it"})
    assert scene.share("r1:1").status is ShareStatus.REVOKED


def test_what_is_busy_is_tried_again_and_what_stays_is_never_called_revoked(scene: Scene) -> None:
    busy = [TryAgain("busy")] * 3
    scene.grants.refusals = lambda _: busy.pop() if busy else None
    scene.take_all_back("r4:1")
    assert len(scene.grants.batches) == 4
    scene.grants.stuck = {Resource("sales", "orders")}
    with pytest.raises(TryAgain, match=r"sales\.orders was revoked, and account 999999999999 has it still"):
        scene.take_back(scene.end("r2:1"))
    assert scene.share("r2:1").status is ShareStatus.REVOKING


def test_long_lists_go_in_batches_and_on_where_an_invocation_stopped(scene: Scene) -> None:
    names = [f"t{number:04}" for number in range(100)]
    put_share(scene.world, "r5:1", "*", names)
    left = iter([900.0, 900.0, 900.0, 80.0])
    (going_on,) = scene.take_back(scene.end("r5:1"), lambda: next(left, 80.0)).left
    assert (going_on.share, going_on.after) == ("r5:1", "t0059")
    assert scene.take_back([going_on]) == Taken([], {})
    assert [len(batch) for batch in scene.grants.batches] == [20] * 5
    assert scene.world.lake.grants == scene.union()


def test_ten_thousand_names_take_calls_and_time_in_proportion(scene: Scene) -> None:
    names = [f"t{number:05}" for number in range(10_000)]
    put_share(scene.world, "r5:1", "*", names)
    put_share(scene.world, "r6:1", "*", names[5_000:])
    began = time.process_time()
    scene.take_all_back("r5:1")
    assert time.process_time() - began < 10
    assert len(scene.grants.batches) == scene.grants.count("revoke") == 250
    assert scene.grants.count("held") == 5_000
    assert scene.world.lake.grants == scene.union()
    assert scene.share("r5:1").history[-1].detail == (
        "Taken back: sales.t00000, sales.t00001, sales.t00002, sales.t00003, sales.t00004 and 4,995 more. "
        "Still readable: sales, sales.t00000, sales.t00001, sales.t00002, sales.t00003 and 9,996 more, through r2:1, "
        "r3:1, r6:1."
    )


def test_no_time_to_spare_leaves_other_accounts_to_the_next_invocation(scene: Scene) -> None:
    third = "888888888888"
    put_share(scene.world, "r5:1", "people", consumer=third)
    work = scene.end("r1:1", "r4:1", "r5:1")
    assert [each.share for each in scene.take_back(work, lambda: 30.0).left] == ["r5:1", "r1:1"]


def test_each_account_that_cannot_be_read_is_told(scene: Scene) -> None:
    scene.world.ledger.fail("live", RegisterUnreadable("odd"), RegisterUnreadable("odder"))
    assert scene.take_back(scene.end("r1:1", "r4:1")) == Taken(
        [], {"r4:1": "RegisterUnreadable: odd", "r1:1": "RegisterUnreadable: odder"}
    )


def test_what_stays_busy_is_given_up_when_time_runs_short(scene: Scene) -> None:
    scene.grants.refusals = lambda _: TryAgain("busy")
    with pytest.raises(TryAgain, match="busy"):
        scene.take_back(scene.end("r4:1"), lambda: 30.0)
    assert len(scene.grants.batches) == 1


# --- whatever happens ---------------------------------------------------------------------------------------------

TABLES = ("orders", "people", "visits")
SHARES = st.tuples(
    st.sampled_from([CONSUMER, STRANGER]),
    st.sampled_from([(table, ()) for table in TABLES] + [("*", ()), ("*", TABLES[:2]), ("*", TABLES[1:])]),
)
PLANNED = st.lists(
    st.tuples(
        st.sampled_from(["apply", "live", "lease", "names", "revoke", "held", "give_back_lease", "announce_share"]),
        st.booleans(),
        st.sampled_from([TryAgain("no answer"), Death(), AccessRefused("no")]),
    ),
    max_size=4,
)
ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("grant"), SHARES, st.booleans()),
        st.tuples(st.just("end"), st.integers(0, 20), PLANNED),
        st.tuples(st.just("finish"), st.integers(0, 20), st.none()),
        st.tuples(st.just("renew"), st.integers(0, 20), st.booleans()),
        st.tuples(st.just("hold"), st.sampled_from([CONSUMER, STRANGER]), PLANNED),
    ),
    min_size=3,
    max_size=14,
)
FOREIGN = {Grant("sales", "people", "777777777777"), Grant("other", "*", CONSUMER), Grant("other", None, CONSUMER)}


@settings(max_examples=150, deadline=None)
@given(ACTS)
def test_the_lake_is_always_the_union_of_what_lives(acts: list[Any]) -> None:
    """Of shares that are granted, half granted, renewed, ended, held, in any order; calls fail and functions die.

    Whatever lives is granted at any time; what is granted beyond that belongs to a share that is being taken back, and
    is gone once that has come to its end; what others were granted is not touched.
    """
    scene = Scene()
    scene.world.lake.grants |= FOREIGN
    for number, (act, what, how) in enumerate(acts):
        shares = list(scene.world.ledger.shares.values())
        if act == "grant":
            consumer, (table, names) = what
            status = ShareStatus.ACTIVE if how else ShareStatus.GRANTING
            put_share(scene.world, f"r{number}:1", table, names, consumer=consumer, status=status, until=FAR)
        elif act == "hold":
            mine = [each for each in shares if each.consumer == what and each.holds]
            _end_with_failures(scene, [each.id for each in mine], how, EndReason.HELD)
        elif shares and act == "finish":
            share = shares[what % len(shares)]
            scene.world.ledger.apply(share.consumer, share.id, active(share, AT))
        elif shares and act == "renew":
            _renew(scene, shares[what % len(shares)], f"r{number}", replaces=how)
        elif shares:
            _end_with_failures(scene, [shares[what % len(shares)].id], how)
        _holds_all_that_lives(scene)
    _no_failures(scene)
    _after_all_leases(scene)
    while work := [Work(each.consumer, each.id) for each in scene.world.ledger.shares.values() if _is_ending(each)]:
        scene.take_back(work)
    assert scene.world.lake.grants == scene.union() | FOREIGN
    ended = {each.id for each in scene.world.ledger.shares.values() if each.status is ShareStatus.REVOKED}
    owed = {
        each.id
        for each in scene.world.ledger.shares.values()
        if any(event.type == "ShareEnded" for event in each.owed_events)
    }
    assert ended == {share for _, share in scene.world.events.of_shares} | owed


def _is_ending(share: Share) -> bool:
    return share.status is ShareStatus.REVOKING


def _renew(scene: Scene, share: Share, by: str, *, replaces: bool) -> None:
    """Its end moves, or a share of the same takes its place, if it has not ended."""
    ledger = scene.world.ledger
    if share.status is ShareStatus.ACTIVE and replaces:
        names = ledger.covered[share.id]
        put_share(scene.world, f"{by}:1", share.source.table, names, consumer=share.consumer, until=FAR)
        ledger.apply(share.consumer, share.id, replaced(by, AT))
    elif share.status is ShareStatus.ACTIVE:
        assert move_end(share, by, None, ledger).until is None
    else:
        with pytest.raises(NotRenewable):
            move_end(share, by, None, ledger)


def _end_with_failures(
    scene: Scene, shares: Sequence[str], planned: Sequence[Any], reason: EndReason = EndReason.REVOKED
) -> None:
    work = scene.end(*shares, reason=reason)
    fakes = (scene.world.ledger, scene.grants, scene.world.events)
    for method, after, error in planned:
        for fake in fakes:
            if hasattr(fake, method):
                (fake.fail_after if after else fake.fail)(method, error)
    with suppress(Death, LakeshareError):
        scene.take_back(work)
    _no_failures(scene)
    _after_all_leases(scene)


def _no_failures(scene: Scene) -> None:
    for fake in (scene.world.ledger, scene.grants, scene.world.events):
        fake.forget_failures()


def _after_all_leases(scene: Scene) -> None:
    """Time passes, until what a function had that died is free again."""
    scene.world.ledger.leases.clear()


def _holds_all_that_lives(scene: Scene) -> None:
    being_taken = {
        grant_of(what, each.consumer)
        for each in scene.world.ledger.shares.values()
        if _is_ending(each)
        for what in resources(scene.world, each)
    }
    lives = scene.union() | FOREIGN
    assert lives <= scene.world.lake.grants
    assert scene.world.lake.grants <= lives | being_taken
    assert all(each.status in HOLDING for each in scene.world.ledger.shares.values() if each.holds)
