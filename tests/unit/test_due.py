"""What is due of shares: warnings, ends, what came to nothing; nothing is granted or revoked here."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers.sharing.due import Due, Seers, see_to_due
from handlers.sharing.model.clock import iso, moment
from handlers.sharing.model.errors import RegisterUnreadable, TryAgain
from handlers.sharing.model.record import Status
from handlers.sharing.model.share import EndReason, Share, ShareStatus
from handlers.sharing.model.share_steps import ending, next_due
from tests.fakes.revokes import MemoryRevokes
from tests.fakes.shares import put_share
from tests.fakes.world import CONSUMER, World

UNTIL = "2027-02-22T00:00:00.000Z"
END = moment(UNTIL)
EVERY = timedelta(minutes=15)


class Clock:
    """A world, and the runs that are started in it."""

    def __init__(self) -> None:
        self.world = World()
        self.revokes = MemoryRevokes()

    def put(self, share_id: str = "r1:1", **more: Any) -> Share:
        return put_share(self.world, share_id, "people", **{"until": UNTIL, "due_at": next_due(UNTIL, None), **more})

    def look(self, at: datetime, seconds_left: float = 300.0) -> Due:
        by = Seers(self.world.ledger, self.world.register, self.revokes, self.world.events)
        return see_to_due(by=by, every=EVERY, at=at, seconds_left=lambda: seconds_left)

    def share(self, share_id: str = "r1:1") -> Share:
        return self.world.ledger.shares[share_id]

    def told(self) -> list[tuple[str, object]]:
        return [(each.type, each.facts.get("days")) for each, _ in self.world.events.of_shares]


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    yield clock
    assert clock.world.lake.calls == [], "it neither grants nor revokes"


def test_warnings_in_turn_and_then_the_end(clock: Clock) -> None:
    clock.put()
    seen: list[tuple[str, object]] = []
    for days, events in ((15, []), (14, [14]), (13, []), (3, [3]), (2, []), (1, [1]), (0.5, [])):
        assert clock.look(END - timedelta(days=days)).left == ()
        seen += [("ShareEnds", each) for each in events]
        assert clock.told() == seen
        assert (clock.share().status, clock.revokes.runs) == (ShareStatus.ACTIVE, {})
    assert clock.share().due_at == UNTIL
    assert clock.look(END) == Due(1, 0)
    share = clock.share()
    assert (share.status, share.reason, share.ended_at) == (ShareStatus.REVOKING, EndReason.EXPIRED, UNTIL)
    assert list(clock.revokes.runs.values()) == [("r1:1", "Expired")]
    assert share.due_at == iso(END + timedelta(hours=1))


def test_a_clock_that_stood_still_warns_once_of_the_nearest(clock: Clock) -> None:
    clock.put()
    clock.look(END - timedelta(hours=30))
    assert clock.told() == [("ShareEnds", 3)]
    clock.put("r2:1")
    clock.look(END + timedelta(days=2))
    assert clock.told() == [("ShareEnds", 3)]
    assert {each.status for each in clock.world.ledger.shares.values()} == {ShareStatus.REVOKING}


def test_what_comes_to_nothing_is_begun_anew_under_another_name_and_is_overdue(clock: Clock) -> None:
    clock.put()
    assert clock.look(END).overdue == 0
    assert clock.look(END + EVERY).overdue == 0
    assert clock.look(END + timedelta(minutes=16)) == Due(0, 1)
    assert len(clock.revokes.runs) == 1
    assert clock.look(END + timedelta(minutes=61)) == Due(1, 1)
    assert len(clock.revokes.runs) == 2
    clock.world.ledger.shares["r1:1"] = replace(clock.share(), status=ShareStatus.REVOKED, live=False, due_at=None)
    assert clock.look(END + timedelta(days=1)) == Due(0, 0)


def test_without_time_to_spare_shares_are_counted_and_stay_due(clock: Clock) -> None:
    clock.put()
    clock.put("r2:1")
    assert clock.look(END + timedelta(hours=2), 100.0) == Due(0, 2)
    assert clock.revokes.runs == {}
    assert clock.look(END + timedelta(hours=2)) == Due(2, 2)


def test_a_run_is_started_once_if_its_start_is_not_noted(clock: Clock) -> None:
    clock.put()
    clock.world.ledger.fail("apply", None, TryAgain("no answer"))
    assert [each.share for each in clock.look(END).left] == ["r1:1"]
    assert clock.look(END).left == ()
    assert len(clock.revokes.runs) == 1


def test_what_cannot_be_read_or_done_keeps_no_other_waiting(clock: Clock) -> None:
    for number in (1, 2, 3):
        clock.put(f"r{number}:1", due_at=UNTIL)
    clock.revokes.fail("start", None, TryAgain("no answer"))
    left = clock.look(END).left
    assert [(each.share, each.error.reason) for each in left] == [("r2:1", "TryAgain")]
    assert [share for share, _ in clock.revokes.runs.values()] == ["r1:1", "r3:1"]


def test_an_item_that_cannot_be_read_is_named_and_the_list_goes_on(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock.put(due_at=UNTIL)
    clock.put("r2:1", due_at=UNTIL)

    def read(share: Share) -> Share:
        if share.id == "r1:1":
            raise RegisterUnreadable("The item of share r1:1 cannot be read.")
        return share

    found = list(clock.world.ledger.due(UNTIL))
    monkeypatch.setattr(clock.world.ledger, "due", lambda _at: map(read, found))
    due = clock.look(END)
    assert due.shares == 1
    assert [(each.share, str(each.error)) for each in due.left] == [("?", "The item of share r1:1 cannot be read.")]
    assert [share for share, _ in clock.revokes.runs.values()] == ["r2:1"]


@pytest.mark.parametrize(
    ("status", "round_", "busy", "reason"),
    [
        (Status.FAILED, 1, False, EndReason.NOT_SHARED),
        (None, 1, False, EndReason.NOT_SHARED),
        (Status.WAITING, 2, False, EndReason.CATALOGUE_CHANGED),
        (Status.SHARING, 1, False, None),
        (Status.FAILED, 1, True, None),
    ],
)
def test_what_nobody_grants_any_more_is_taken_back(
    clock: Clock, status: Status | None, round_: int, busy: bool, reason: EndReason | None
) -> None:
    at = END - timedelta(days=50)
    busy_until = iso(at + timedelta(minutes=1) if busy else at - timedelta(minutes=1))
    clock.put(status=ShareStatus.GRANTING, busy_until=busy_until, due_at=iso(at))
    records = clock.world.register.records
    if status is None:
        del records["r1"]
    else:
        records["r1"] = replace(records["r1"], status=status, round=round_)
    assert clock.look(at).left == ()
    assert (clock.share().reason, len(clock.revokes.runs)) == (reason, 0 if reason is None else 1)


def test_what_is_owed_is_put_and_is_due_until_it_is_out(clock: Clock) -> None:
    clock.put()
    clock.world.events.fail("announce_share", TryAgain("no answer"))
    at = END - timedelta(days=14)
    assert [(each.share, str(each.error)) for each in clock.look(at).left] == [
        ("r1:1", "1 event(s) of share r1:1 could not be put yet.")
    ]
    assert clock.told() == []
    assert clock.look(at).left == ()
    assert clock.told() == [("ShareEnds", 14)]
    assert clock.share().due_at == iso(END - timedelta(days=3))


def test_it_may_die_anywhere_and_is_followed(clock: Clock) -> None:
    class Death(Exception):
        pass

    at = END + timedelta(hours=2)
    for dies_at in range(20):
        share_id = f"r{dies_at}:1"
        clock.put(share_id, due_at=UNTIL)
        steps = 0

        def step(when: str, *_: Any, dies_at: int = dies_at) -> None:
            nonlocal steps
            steps += 1
            if steps > dies_at:
                raise Death(when)

        for fake in (clock.world.ledger, clock.revokes, clock.world.events):
            fake.watch = step
        with suppress(Death):
            clock.look(at)
        for fake in (clock.world.ledger, clock.revokes, clock.world.events):
            fake.watch = lambda *_: None
        assert clock.look(at).left == ()
        assert clock.share(share_id).status is ShareStatus.REVOKING
        assert [share for share, _ in clock.revokes.runs.values()].count(share_id) == 1


def test_what_was_ended_before_is_started(clock: Clock) -> None:
    clock.put()
    clock.world.ledger.apply(CONSUMER, "r1:1", ending(EndReason.GIVEN_BACK, iso(END - timedelta(days=60)), "anna"))
    assert clock.look(END - timedelta(days=60)) == Due(1, 0)
    assert list(clock.revokes.runs.values()) == [("r1:1", "GivenBack")]
