"""An event that cannot be put is owed: it fails nothing, and is put later, in order."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from handlers.sharing.close import announce_owed
from handlers.sharing.decide import Outcome
from handlers.sharing.model.announcement import (
    approval_requested,
    approver_guessing,
    ended_as,
    event_id,
    new_key_needed,
)
from handlers.sharing.model.errors import AccessRefused, CloseFailed, LakeshareError, TryAgain
from handlers.sharing.model.record import Announcement, Ending, Granted, RequestRecord, Status
from handlers.sharing.model.transition import granted
from handlers.sharing.sweep import Left, Swept
from tests.fakes.world import World, input_of

PEOPLE = input_of("sales", "people")
ENDING = Ending(Status.FAILED, "Fault", "x")


def guess(world: World) -> None:
    answers = [world.post(world.keys[-1], address=f"guess{each}@owner.example").outcome for each in range(10)]
    assert answers == [Outcome.WRONG_ADDRESS] * 10


STEPS: dict[str, Callable[[World], object]] = {
    "RequestReceived": lambda world: world.classify(document=PEOPLE),
    "ApprovalRequested": lambda world: world.request_approval(),
    "ApproverGuessing": guess,
    "RequestFailed": lambda world: world.close(ENDING),
}
"""Whatever announces something, in the order of a request's life, by what it announces."""


def owed(world: World) -> list[str]:
    return [each.type for each in world.register.records["r1"].owed_events]


@pytest.mark.parametrize("error", [TryAgain("busy"), AccessRefused("denied")])
@pytest.mark.parametrize("failing", STEPS)
def test_an_event_that_cannot_be_put_fails_no_step_and_is_put_by_the_next(
    world: World, failing: str, error: LakeshareError
) -> None:
    for name, step in STEPS.items():
        if name == failing:
            world.events.fail("announce", error)
        step(world)
        assert owed(world) == ([name] if name == failing else [])
    assert len(world.keys) == 1, "nobody got a second mail"
    if failing == "RequestFailed":
        world.sweep()
    assert world.events.types() == list(STEPS)
    assert world.register.records["r1"].announced_at


def test_during_an_outage_all_is_kept_and_told_in_order(world: World) -> None:
    world.events.fail("announce", *[TryAgain("busy")] * 20)
    for step in STEPS.values():
        step(world)
    assert owed(world) == list(STEPS)
    assert world.sweep().left[0].request_id == "r1"
    world.events.fail("announce", *[])
    while not world.sweep().closed:
        pass
    assert world.events.types() == list(STEPS)
    # What it was when it happened, not what it is now.
    statuses = [each.announcement.facts.get("status") for each in world.events.put]
    assert statuses[:2] == ["RECEIVED", "WAITING"]
    assert world.sweep() == Swept(0)


def test_the_sweep_puts_what_is_owed_of_a_request_that_waits(world: World) -> None:
    world.classify(document=PEOPLE)
    world.events.fail("announce", TryAgain("busy"), TryAgain("busy"))
    world.request_approval()
    error = world.sweep().left
    assert error == (Left("r1", error[0].error),)
    assert str(error[0].error) == "1 event(s) of request r1 could not be put yet."
    assert world.sweep() == Swept(1)
    assert world.events.types() == ["RequestReceived", "ApprovalRequested"]
    assert world.register.records["r1"].status is Status.WAITING
    assert world.vault.approvals["r1"].token == "token-1"


def test_what_comes_after_an_event_that_could_be_put_stays_owed(world: World) -> None:
    world.events.fail("announce", TryAgain("busy"), TryAgain("busy"), None, TryAgain("busy"))
    world.classify(document=PEOPLE)
    world.request_approval()
    world.sweep()
    assert (world.events.types(), owed(world)) == (["RequestReceived"], ["ApprovalRequested"])
    world.sweep()
    assert (world.events.types(), owed(world)) == (["RequestReceived", "ApprovalRequested"], [])


def test_nothing_is_crossed_out_where_nothing_was_put_or_owed(world: World) -> None:
    def crossed_out() -> int:
        steps = [arguments[1] for name, arguments in world.register.calls if name == "apply"]
        return sum("owed_events" in {*step.sets, *step.removes} for step in steps)

    world.events.fail("announce", TryAgain("busy"))
    world.classify()
    assert crossed_out() == 0
    for _ in range(2):
        world.close(ENDING)
        assert crossed_out() == 1


def test_a_closer_that_cannot_be_called_leaves_it_owed(world: World) -> None:
    world.events.fail("announce", TryAgain("busy"))
    world.classify()
    error = CloseFailed("down")
    world.closer.fail("announce", error)
    assert world.sweep() == Swept(0, (Left("r1", error),))
    assert world.sweep() == Swept(1)


def test_what_is_announced_meanwhile_is_not_lost(world: World) -> None:
    """It is told twice rather than not at all."""
    world.events.fail("announce", TryAgain("busy"))
    world.classify(document=PEOPLE)

    def meanwhile(when: str, *_: object) -> None:
        if when == "after":
            world.events.watch = lambda *_: None
            world.request_approval()

    world.events.watch = meanwhile
    announce_owed("r1", register=world.register, vault=world.vault, ledger=world.ledger, events=world.events)
    assert world.events.types() == ["RequestReceived", "RequestReceived", "ApprovalRequested"]
    ids = [event_id(each.announcement, each.record) for each in world.events.put]
    assert (ids[0] == ids[1], ids[1] == ids[2]) == (True, False)
    assert owed(world) == []


def test_a_token_that_could_not_be_forgotten_is_when_the_end_is_told(world: World) -> None:
    world.classify(document=PEOPLE)
    world.request_approval()
    world.vault.fail("forget_token", TryAgain("busy"))
    with pytest.raises(TryAgain):
        world.close(ENDING)
    assert owed(world) == ["RequestFailed"]
    assert world.sweep() == Swept(1)
    assert world.vault.approvals["r1"].token is None


def test_an_id_is_the_same_whenever_an_event_is_told(world: World) -> None:
    for step in STEPS.values():
        step(world)
    ids = [event_id(each.announcement, each.record) for each in world.events.put]
    assert len(set(ids)) == len(STEPS)
    assert all(len(each) == 32 for each in ids)
    late = world.register.apply("r1", granted(Granted(1, ("people",))))
    end = world.events.put[-1]
    assert event_id(end.announcement, late.record) == ids[-1]  # type: ignore[union-attr]
    world.classify("r2", document=PEOPLE)
    assert event_id(world.events.put[-1].announcement, world.events.put[-1].record) != ids[0]


def test_ids_tell_events_apart() -> None:
    record = RequestRecord("r1", Status.WAITING, "2026-11-24T10:00:00.000Z")
    different = [
        *(approver_guessing(number) for number in (10, 20)),
        *(new_key_needed(number) for number in (4, 5)),
        *(approval_requested(1, until) for until in ("2026-12-01", "2026-12-02")),
        ended_as(Status.SHARED),
    ]
    assert len({event_id(each, record) for each in different}) == len(different)
    assert event_id(different[0], replace(record, id="r2")) != event_id(different[0], record)
    assert event_id(different[0], replace(record, received_at="2026-11-25")) != event_id(different[0], record)
    # An end is told as it stands; what is not known is not kept with what is owed.
    assert event_id(Announcement("RequestShared", {"message": "x"}), record) == event_id(different[-1], record)
    kept = Announcement("ApprovalRequested", {"status": "WAITING", "expires_at": "2026-12-01"})
    assert event_id(approval_requested(None, "2026-12-01"), record) == event_id(kept, record)
    assert event_id(different[0], replace(record, id="half a character: \ud800"))
    # Consumers drop what they have seen by it, so it must not change with a release.
    assert event_id(new_key_needed(4), record) == "94d7c52400ce0bb26383e5f25d955bf1"
    assert new_key_needed(4) == Announcement("NewKeyNeeded", {"dead_keys": 4})
