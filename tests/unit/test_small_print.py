"""Small things on which larger ones rest: how long is waited, how much is kept, whose record an answer carries."""

from __future__ import annotations

from dataclasses import replace

import pytest
from handlers.sharing.intake import TABLES_BY_NAME_BELOW_V5

from handlers.sharing import grant as granting
from handlers.sharing.close import sweep
from handlers.sharing.decide import WRONG_TRIES_AN_HOUR, Outcome, Posted, decide, follow
from handlers.sharing.model.clock import now
from handlers.sharing.model.errors import LakeshareError, TryAgain
from handlers.sharing.model.keys import hash_address, hash_key
from handlers.sharing.model.record import Requester, Status
from handlers.sharing.model.request import parse_request
from handlers.sharing.preview import Prospect, preview
from tests.fakes.world import APPROVER, CENTRAL, World, input_of, plain_table

BUSY = TryAgain("busy")
CUSTOMER = input_of("sales", "people")


# --- granting ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["rain", "*"])
@pytest.mark.parametrize(("at", "share"), [("low", 0.5), ("high", 1.0)])
def test_pauses_are_spread_between_half_and_whole(
    monkeypatch: pytest.MonkeyPatch, world: World, table: str, at: str, share: float
) -> None:
    monkeypatch.setattr(granting.random, "uniform", lambda low, high: {"low": low, "high": high}[at])
    world.take_in(document=input_of("weather", table))
    world.lake.refusals = lambda name: BUSY if name == "rain" else None
    paused: list[float] = []
    with pytest.raises(LakeshareError):
        world.share(pause=paused.append)
    assert paused == [share * seconds for seconds in (0.2, 0.5, 1.0, 2.0, 4.0)]


# --- deciding ---------------------------------------------------------------------------------------------------


@pytest.fixture
def key(world: World) -> str:
    world.take_in(document=CUSTOMER)
    return world.ask()


def test_a_wrong_key_reads_no_request(world: World, key: str) -> None:
    before = world.register.count("find")
    assert follow("r1", key[::-1], world.register, now()).record is None
    assert world.register.count("find") == before


@pytest.mark.parametrize("missing", ["record", "approval", "key"])
def test_a_link_without_one_of_its_parts_decides_nothing(world: World, key: str, missing: str) -> None:
    link = replace(follow("r1", key, world.register, now()), **{missing: None})
    posted = Posted("approve", APPROVER, "", "192.0.2.1", "")
    with pytest.raises(ValueError, match=r"^decide needs a link that leads to a request$"):
        decide(link, posted, register=world.register, workflow=world.workflow, events=world.events, now=now())
    assert world.workflow.sent == {}


def test_every_answer_carries_its_request(world: World, key: str) -> None:
    record = world.register.records["r1"]
    world.register.records["r1"] = replace(record, requester=Requester("sub", APPROVER))
    own = world.post(key)
    assert (own.outcome, own.record.id) == (Outcome.OWN_REQUEST, "r1")
    world.register.records["r1"] = record
    recorded = world.post(key)
    assert (recorded.outcome, recorded.record.id) == (Outcome.RECORDED, "r1")


def test_answers_of_those_who_come_second_carry_it_too(world: World, key: str) -> None:
    first = world.post(key).decision
    world.share(decision_id=first.id if first else None)
    again = world.post(key)
    assert (again.outcome, again.record.id) == (Outcome.DECIDED_BEFORE, "r1")


def test_a_rival_is_waited_for_two_seconds_and_a_half(world: World, key: str) -> None:
    world.workflow.waiting.clear()
    paused: list[float] = []
    assert world.post(key, pause=paused.append).record.id == "r1"
    assert paused == [0.0, 0.1, 0.2, 0.4, 0.8, 1.0]


def test_a_rivals_decision_and_an_end_meanwhile_are_told_with_the_request(world: World, key: str) -> None:
    link = follow("r1", key, world.register, now())
    posted = Posted("approve", APPROVER, "", "192.0.2.1", "x" * 300)
    first = decide(link, posted, register=world.register, workflow=world.workflow, events=world.events, now=now())
    assert first.decision is not None
    assert first.decision.user_agent == "x" * 256
    world.share(decision_id=first.decision.id)
    world.workflow.waiting.clear()
    ports = {"register": world.register, "workflow": world.workflow, "events": world.events}
    second = decide(link, posted, now=now(), pause=lambda _: None, **ports)
    assert (second.outcome, second.record.id, second.decision) == (Outcome.DECIDED_BEFORE, "r1", first.decision)
    world.register.records["r1"] = replace(world.register.records["r1"], status=Status.FAILED, decision=None)
    third = decide(link, posted, now=now(), pause=lambda _: None, **ports)
    assert (third.outcome, third.record.id) == (Outcome.ENDED, "r1")


def test_the_event_of_guessing_names_the_request(world: World, key: str) -> None:
    for _ in range(WRONG_TRIES_AN_HOUR):
        world.post(key, address="mallory@owner.example")
    (event,) = (each for each in world.events.put if each.type == "guessing")
    assert event.record.id == "r1"


def test_half_a_character_is_hashed_too() -> None:
    assert len(hash_address("\ud83d@owner.example", "salt")) == len(hash_key("\ud83d")) == 64


# --- closing ----------------------------------------------------------------------------------------------------


def test_a_sweep_says_how_many_it_closed_and_closes_each_by_its_start(world: World) -> None:
    for name in ("r1", "r2", "r3"):
        world.take_in(name)
        world.workflow.executions.discard(f"arn:{name}")
        world.workflow.ended[f"arn:{name}"] = "ABORTED"
    assert sweep(register=world.register, workflow=world.workflow, events=world.events, at=now()) == 3
    starts = [arguments[1] for name, arguments in world.register.calls if name == "close"]
    assert starts == ["2026-11-24T09:00:00Z"] * 3


# --- previewing -------------------------------------------------------------------------------------------------


def test_a_preview_asks_which_version_of_sharing_there_is(world: World) -> None:
    world.lake.version = 4
    world.catalogue.put(
        world.catalogue.databases["weather"], *(plain_table(f"t{at:05}") for at in range(TABLES_BY_NAME_BELOW_V5))
    )
    told = preview(
        parse_request(input_of("weather", "*")),
        central_account=CENTRAL,
        catalogue=world.catalogue,
        lake=world.lake,
        parties=world.parties,
        wildcard_on_approval=False,
    )
    assert (told.prospect, told.reason) == (Prospect.REFUSED, "TooManyTables")
