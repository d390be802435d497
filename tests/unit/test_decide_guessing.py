"""How often somebody may guess an approver's address, and what is counted of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from handlers.sharing.decide import WRONG_TRIES_AN_HOUR, LinkState, Outcome
from handlers.sharing.model.keys import WRONG_TRIES_A_KEY
from tests.fakes.world import World, input_of

START = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def key(world: World) -> str:
    world.classify(document=input_of("sales", "people"))
    return world.request_approval()


def guess(world: World, number: int, ip: str = "192.0.2.1", at: datetime = START) -> list[Outcome]:
    return [
        world.post(world.keys[0], address=f"guess{each}@owner.example", ip=ip, at=at).outcome for each in range(number)
    ]


def guesses_told(world: World) -> list[object]:
    told = [each for each in world.events.put if each.type == "ApproverGuessing"]
    assert {each.record.id for each in told} <= {"r1"}
    return [each.announcement.facts["wrong_addresses"] for each in told]


@pytest.mark.usefixtures("key")
def test_ten_an_hour_from_one_place(world: World) -> None:
    assert guess(world, 12) == [Outcome.WRONG_ADDRESS] * WRONG_TRIES_AN_HOUR + [Outcome.TOO_MANY_TRIES] * 2
    assert guesses_told(world) == [10]
    assert guess(world, 1, "192.0.2.2") == [Outcome.WRONG_ADDRESS]
    assert guess(world, 1, at=START + timedelta(minutes=59)) == [Outcome.TOO_MANY_TRIES]
    assert guess(world, 1, at=START + timedelta(hours=1)) == [Outcome.WRONG_ADDRESS]
    # Meanwhile the right address is let through.
    assert world.post(world.keys[0], at=START).outcome is Outcome.RECORDED


@pytest.mark.parametrize(("last", "state"), [(9, LinkState.OPEN), (10, LinkState.DEAD)])
def test_a_hundred_kill_the_key(world: World, key: str, last: int, state: LinkState) -> None:
    for place in range(9):
        guess(world, 10, f"192.0.2.{place}")
    opened = world.follow(key)
    guess(world, last, "192.0.2.99")
    assert guesses_told(world) == [*range(10, 91 + last // 10 * 10, 10)]
    assert world.follow(key).state is state
    # A form that was open before is held to it too.
    expected = Outcome.RECORDED if state is LinkState.OPEN else Outcome.TOO_MANY_TRIES
    assert world.post(opened, ip="198.51.100.1").outcome is expected
    assert bool(world.workflow.sent) == (state is LinkState.OPEN)


@pytest.mark.parametrize("one_place", [True, False])
def test_a_dead_key_leaves_the_request_and_its_other_keys_alone(world: World, key: str, one_place: bool) -> None:
    other = world.request_approval(token="token-2")
    opened = world.follow(key)
    for number in range(WRONG_TRIES_A_KEY + 5):
        place = "192.0.2.1" if one_place else f"192.0.2.{number}"
        world.post(opened, address=f"guess{number}@owner.example", ip=place, at=START)
    assert world.follow(key).state is LinkState.DEAD
    assert world.follow(other).state is LinkState.OPEN
    assert world.post(other, ip="192.0.2.1", at=START).outcome is Outcome.RECORDED
    # What is decided is told with a dead key too, but not by whom.
    world.register.records["r1"] = replace(world.register.records["r1"], decision=world.vault.decisions.popitem()[1])
    assert world.follow(key).state is LinkState.DECIDED
    assert not world.post(key).reveal


def test_a_right_address_that_came_too_late_is_not_counted(world: World, key: str) -> None:
    opened = world.follow(key)
    for number in range(WRONG_TRIES_A_KEY):
        world.post(opened, address=f"guess{number}@owner.example", ip=f"192.0.2.{number}")
    before = dict(world.vault.tries)
    assert world.post(opened, ip="198.51.100.1").outcome is Outcome.TOO_MANY_TRIES
    assert {who: number for who, number in world.vault.tries.items() if number} == before


def test_right_addresses_are_not_counted(world: World, key: str) -> None:
    world.workflow.waiting.clear()
    for _ in range(30):
        world.post(key, "deny", at=START)
    assert set(world.vault.tries.values()) == {0}


def test_a_guess_is_counted_before_it_is_compared(world: World, key: str) -> None:
    guess(world, 1, "203.0.113.77")
    assert [name for name, _ in world.vault.calls][-1] == "count_try"
    assert "203.0.113" not in repr(world.vault.tries), "what is counted names nobody"
    assert key not in repr(world.vault.tries)


def test_malformed_addresses_are_no_guesses(world: World, key: str) -> None:
    for _ in range(20):
        assert world.post(key, address="nonsense").outcome is Outcome.NO_ADDRESS
    assert world.vault.tries == {}


def test_guesses_on_a_decided_request_count_too(world: World, key: str) -> None:
    decision = world.decided(key)
    world.register.records["r1"] = replace(world.register.records["r1"], decision=decision)
    answers = [world.post(key, address=f"guess{number}@owner.example", at=START) for number in range(15)]
    assert {answer.outcome for answer in answers} == {Outcome.DECIDED_BEFORE}
    assert not any(answer.reveal for answer in answers)
    assert guesses_told(world) == [10]
