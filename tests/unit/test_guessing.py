"""Guesses of an approver's address: counted before they are compared, ten an hour from one place, a hundred in all."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handlers.sharing.decide import Answer, Outcome, Posted, decide, follow
from tests.fakes.world import APPROVER, World, input_of

START = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def world() -> Iterator[World]:
    world = World()
    world.take_in(document=input_of("sales", "people"))
    world.ask()
    yield world
    # Right addresses leave no trace: what is counted is what was wrong.
    assert world.register.tries.get(("r1", "total"), 0) >= 0


def post(world: World, address: str, ip: str = "192.0.2.1", at: datetime = START) -> Answer:
    link = follow("r1", world.keys[0], world.register, at)
    posted = Posted("deny", address, "", ip, "")
    return decide(link, posted, register=world.register, workflow=world.workflow, events=world.events, now=at)


def guess(world: World, times: int, ip: str = "192.0.2.1", at: datetime = START) -> list[Outcome]:
    return [post(world, f"guess{number}@owner.example", ip, at).outcome for number in range(times)]


def guesses_told(world: World) -> list[int | None]:
    return [event.number for event in world.events.put if event.type == "guessing"]


def test_ten_an_hour_from_one_place(world: World) -> None:
    assert guess(world, 12) == [Outcome.WRONG_ADDRESS] * 10 + [Outcome.TOO_MANY_TRIES] * 2
    assert guesses_told(world) == [10]
    assert guess(world, 1, "192.0.2.2") == [Outcome.WRONG_ADDRESS]
    assert guess(world, 1, at=START + timedelta(minutes=59)) == [Outcome.TOO_MANY_TRIES]
    assert guess(world, 1, at=START + timedelta(hours=1)) == [Outcome.WRONG_ADDRESS]


def test_the_right_address_is_let_through_meanwhile(world: World) -> None:
    guess(world, 50)
    assert post(world, APPROVER).outcome is Outcome.RECORDED


def test_a_hundred_in_all_end_it_for_everybody(world: World) -> None:
    for place in range(10):
        guess(world, 10, f"192.0.2.{place}")
    assert guesses_told(world) == [*range(10, 101, 10)]
    assert post(world, APPROVER, "198.51.100.1").outcome is Outcome.TOO_MANY_TRIES
    assert world.workflow.sent == {}


def test_the_last_before_that_still_gets_through(world: World) -> None:
    for place in range(9):
        guess(world, 10, f"192.0.2.{place}")
    guess(world, 9, "192.0.2.99")
    assert post(world, APPROVER).outcome is Outcome.RECORDED


def test_right_addresses_are_not_counted(world: World) -> None:
    world.workflow.waiting.clear()
    for _ in range(30):
        link = follow("r1", world.keys[0], world.register, START)
        posted = Posted("deny", APPROVER, "", "192.0.2.1", "")
        decide(
            link,
            posted,
            register=world.register,
            workflow=world.workflow,
            events=world.events,
            now=START,
            pause=lambda _seconds: None,
        )
    assert set(world.register.tries.values()) == {0}


def test_a_guess_is_counted_before_it_is_compared(world: World) -> None:
    guess(world, 1)
    order = [name for name, _ in world.register.calls]
    assert order[-1] == "count_try"
    world.register.calls.clear()
    post(world, APPROVER)
    names = [name for name, _ in world.register.calls]
    assert names.index("count_try") < names.index("forgive_try") < names.index("save_decision")


def test_malformed_addresses_are_no_guesses(world: World) -> None:
    for _ in range(20):
        assert post(world, "nonsense").outcome is Outcome.NO_ADDRESS
    assert world.register.tries == {}


def test_what_is_counted_names_nobody(world: World) -> None:
    guess(world, 1, "203.0.113.77")
    assert "203.0.113" not in repr(world.register.tries)


def test_guesses_on_a_decided_request_count_too(world: World) -> None:
    decision = post(world, APPROVER).decision
    assert decision is not None
    world.register.records["r1"] = replace(world.register.records["r1"], decision=decision)
    answers = [post(world, f"guess{number}@owner.example") for number in range(15)]
    assert {answer.outcome for answer in answers} == {Outcome.DECIDED_BEFORE}
    assert not any(answer.reveal for answer in answers)
    assert guesses_told(world) == [10]
