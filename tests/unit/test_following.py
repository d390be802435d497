"""Following a link: what it leads to, and that a look changes nothing."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from handlers.sharing.close import close
from handlers.sharing.decide import Link, Standing, follow
from handlers.sharing.model.clock import now
from handlers.sharing.model.record import Ending, Status
from tests.fakes.world import APPROVER, World, input_of, pii_table

CUSTOMER = input_of("sales", "people")


@pytest.fixture
def world() -> World:
    world = World()
    world.producers.subscribers["111111111111"] = [APPROVER, "bob@owner.example"]
    world.take_in(document=CUSTOMER)
    return world


@pytest.fixture
def key(world: World) -> str:
    return world.ask()


def standing(world: World, key: str, at: datetime | None = None) -> Standing:
    calls = len(world.register.calls)
    found = follow("r1", key, world.register, at or now())
    assert {name for name, _ in world.register.calls[calls:]} <= {"approval", "find"}
    return found.standing


def end(world: World, status: Status, reason: str = "Aborted") -> None:
    close("r1", None, Ending(status, reason, "x"), register=world.register, events=world.events)


def change(world: World) -> None:
    world.catalogue.put(world.catalogue.databases["sales"], pii_table(location=f"s3://{len(world.keys)}/"))


def approve(world: World, key: str) -> str:
    """Approve, and share; returns the decision's id."""
    answer = world.post(key)
    assert answer.decision is not None
    world.share(decision_id=answer.decision.id)
    return answer.decision.id


def test_an_open_link(world: World, key: str) -> None:
    assert standing(world, key) is Standing.OPEN


@pytest.mark.parametrize("wrong", ["", "x", "K" * 43, "\ud800"])
def test_an_unknown_link(world: World, key: str, wrong: str) -> None:
    assert standing(world, wrong) is Standing.UNKNOWN
    assert standing(world, key[:-1]) is Standing.UNKNOWN
    assert standing(world, key + "A") is Standing.UNKNOWN
    assert follow("r2", key, world.register, now()) == Link(Standing.UNKNOWN)
    del world.register.records["r1"]
    assert standing(world, key) is Standing.UNKNOWN


def test_a_link_expires_to_the_moment(world: World, key: str) -> None:
    expires = world.register.records["r1"].expires_at
    assert expires is not None
    at = datetime.fromisoformat(expires)
    assert standing(world, key, at - timedelta(milliseconds=1)) is Standing.OPEN
    assert standing(world, key, at) is Standing.ENDED


@pytest.mark.parametrize("status", [Status.FAILED, Status.EXPIRED, Status.REFUSED])
def test_a_link_of_a_request_that_ended(world: World, key: str, status: Status) -> None:
    end(world, status)
    assert standing(world, key) is Standing.ENDED


def test_a_link_that_was_decided_on(world: World, key: str) -> None:
    approve(world, key)
    assert standing(world, key) is Standing.DECIDED
    end(world, Status.SHARED)
    assert standing(world, key) is Standing.DECIDED


def test_a_link_of_an_earlier_round_and_one_of_the_present(world: World, key: str) -> None:
    change(world)
    assert approve(world, key)
    assert world.lake.grants == set()
    assert standing(world, key) is Standing.OPEN  # until Classify has run again
    world.take_in(document=CUSTOMER, round_=2)
    assert standing(world, key) is Standing.SUPERSEDED
    second = world.ask(token="token-2")
    assert standing(world, key) is Standing.SUPERSEDED
    assert standing(world, second) is Standing.OPEN
    end(world, Status.FAILED)
    assert standing(world, key) is Standing.ENDED


def test_a_forgotten_token_ends_a_link(world: World, key: str) -> None:
    world.register.approvals["r1"] = replace(world.register.approvals["r1"], token=None)
    assert standing(world, key) is Standing.ENDED
