"""Deciding: what becomes of a posted decision."""

from dataclasses import replace
from datetime import datetime

import pytest

from handlers.sharing.close import close
from handlers.sharing.decide import LONGEST_COMMENT, Outcome, Posted, decide, follow
from handlers.sharing.model.catalogue import Database
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import TryAgain
from handlers.sharing.model.record import Action, Ending, Requester, Status
from tests.fakes.workflow import Sent
from tests.fakes.world import APPROVER, LEGACY_OWNER, World, input_of, pii_table

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


@pytest.mark.parametrize("action", ["approve", "deny"])
def test_a_decision_is_stored_then_sent(world: World, key: str, action: Action) -> None:
    answer = world.post(key, action, address=f" {APPROVER.upper()} ", comment="  why\nnot  ")
    assert (answer.outcome, answer.reveal) == (Outcome.RECORDED, True)
    decision = answer.decision
    assert decision is not None
    assert world.register.decisions == {decision.id: decision}
    assert world.workflow.sent == {"token-1": Sent(action, decision.id)}
    assert (decision.request_id, decision.action, decision.approver_verified) == ("r1", action, True)
    assert (decision.approver, decision.comment) == (APPROVER.upper(), "why\nnot")
    assert (decision.ip, decision.user_agent) == ("192.0.2.1", "a browser")
    assert decision.fingerprint == world.register.approvals["r1"].keys[0].fingerprint
    assert len(decision.id) == 32
    order = [name for name, _ in world.register.calls]
    assert order.index("save_decision") > order.index("forgive_try")
    # The workflow writes it to the request, not this.
    assert world.register.records["r1"].decision is None


@pytest.mark.parametrize(
    ("address", "comment", "outcome"),
    [
        ("", "", Outcome.NO_ADDRESS),
        ("jane", "", Outcome.NO_ADDRESS),
        ("jane@owner", "", Outcome.NO_ADDRESS),
        ("jane@@owner.example", "", Outcome.NO_ADDRESS),
        ("jane@owner.example\nbob@owner.example", "", Outcome.NO_ADDRESS),
        ("jane@owner..example", "", Outcome.NO_ADDRESS),
        ("j" * 250 + "@a.b", "", Outcome.WRONG_ADDRESS),
        ("j" * 251 + "@a.b", "", Outcome.NO_ADDRESS),
        ("a@" + "." * 200_000, "", Outcome.NO_ADDRESS),
        (APPROVER, "x" * (LONGEST_COMMENT + 1), Outcome.COMMENT_TOO_LONG),
        ("mallory@evil.example", "", Outcome.WRONG_ADDRESS),
    ],
)
def test_what_is_not_taken(world: World, key: str, address: str, comment: str, outcome: Outcome) -> None:
    answer = world.post(key, address=address, comment=comment)
    assert (answer.outcome, answer.decision, answer.reveal) == (outcome, None, False)
    assert world.register.decisions == {}
    assert world.workflow.sent == {}
    assert world.post(key, comment="x" * LONGEST_COMMENT).outcome is Outcome.RECORDED


@pytest.mark.parametrize("action", ["approve", "deny"])
def test_nobody_decides_on_their_own_request(world: World, key: str, action: Action) -> None:
    requester = Requester("sub", APPROVER.upper())
    world.register.records["r1"] = replace(world.register.records["r1"], requester=requester)
    assert world.post(key, action).outcome is Outcome.OWN_REQUEST
    assert world.workflow.sent == {}
    assert world.post(key, action, address="bob@owner.example").outcome is Outcome.RECORDED


def test_of_two_decisions_the_first_counts(world: World, key: str) -> None:
    first = world.post(key, "deny").decision
    assert first is not None
    ending = Ending(Status.DENIED, "Denied", "x", first)
    paused: list[float] = []

    def meanwhile(seconds: float) -> None:
        paused.append(seconds)
        if len(paused) == 3:
            close("r1", None, ending, register=world.register, events=world.events)

    second = world.post(key, "approve", address="bob@owner.example", pause=meanwhile)
    assert (second.outcome, second.decision, second.reveal) == (Outcome.DECIDED_BEFORE, first, True)
    assert paused == [0.0, 0.1, 0.2]
    assert len(world.workflow.sent) == 1


def test_a_rivals_decision_that_is_not_written_down_in_time(world: World, key: str) -> None:
    world.workflow.waiting.clear()
    paused: list[float] = []
    answer = world.post(key, pause=paused.append)
    assert (answer.outcome, answer.decision) == (Outcome.DECIDED_BEFORE, None)
    assert sum(paused) < 5


def test_a_workflow_that_ended_meanwhile(world: World, key: str) -> None:
    link = follow("r1", key, world.register, now())
    world.workflow.waiting.clear()
    end(world, Status.EXPIRED)
    posted = Posted("approve", APPROVER, "", "192.0.2.1", "")
    answer = decide(
        link,
        posted,
        register=world.register,
        workflow=world.workflow,
        events=world.events,
        now=now(),
        pause=lambda _: None,
    )
    assert answer.outcome is Outcome.ENDED


@pytest.mark.parametrize("lost", [True, False])
def test_an_outage_loses_nothing(world: World, key: str, *, lost: bool) -> None:
    (world.workflow.fail_after if lost else world.workflow.fail)("send_decision", TryAgain("busy"))
    with pytest.raises(TryAgain):
        world.post(key)
    if lost:
        # It arrived, and the workflow goes on while the person posts again.
        (sent,) = world.workflow.sent.values()
        world.share(decision_id=sent.decision_id)
        again = world.post(key, "deny")
        assert (again.outcome, again.reveal) == (Outcome.DECIDED_BEFORE, True)
        assert again.decision is not None
        assert again.decision.action == "approve"
    else:
        assert world.post(key).outcome is Outcome.RECORDED
    assert len(world.workflow.sent) == 1


def test_ones_own_decision_may_have_won_unheard(world: World, key: str) -> None:
    world.workflow.waiting.clear()

    def adopt(_seconds: float) -> None:
        (mine,) = world.register.decisions.values()
        world.register.records["r1"] = replace(world.register.records["r1"], decision=mine)

    answer = world.post(key, pause=adopt)
    assert (answer.outcome, answer.reveal) == (Outcome.RECORDED, True)


def test_a_newer_token_of_a_retried_attempt_takes_the_decision(world: World, key: str) -> None:
    link = follow("r1", key, world.register, now())
    world.workflow.waiting.clear()
    world.ask(token="token-2")
    posted = Posted("approve", APPROVER, "", "192.0.2.1", "")
    answer = decide(
        link,
        posted,
        register=world.register,
        workflow=world.workflow,
        events=world.events,
        now=now(),
        pause=lambda _: None,
    )
    assert answer.outcome is Outcome.RECORDED
    assert set(world.workflow.sent) == {"token-2"}


def test_the_token_of_another_round_does_not(world: World, key: str) -> None:
    link = follow("r1", key, world.register, now())
    world.workflow.waiting.clear()
    change(world)
    world.take_in(document=CUSTOMER, round_=2)
    world.ask(token="token-2")
    posted = Posted("approve", APPROVER, "", "192.0.2.1", "")
    answer = decide(
        link,
        posted,
        register=world.register,
        workflow=world.workflow,
        events=world.events,
        now=now(),
        pause=lambda _: None,
    )
    assert answer.outcome is Outcome.DECIDED_BEFORE
    assert world.workflow.sent == {}


@pytest.mark.parametrize(("address", "reveal"), [(APPROVER, True), ("mallory@evil.example", False)])
def test_who_decided_is_told_to_those_who_know_an_address(
    world: World, key: str, address: str, *, reveal: bool
) -> None:
    approve(world, key)
    answer = world.post(key, "deny", address=address)
    assert (answer.outcome, answer.reveal) == (Outcome.DECIDED_BEFORE, reveal)
    assert len(world.workflow.sent) == 1


def test_a_link_to_nothing_is_a_programming_error(world: World) -> None:
    with pytest.raises(ValueError, match="needs a link"):
        world.post("nothing")


# --- the old producer kit ---------------------------------------------------------------------------------------


@pytest.fixture
def old_kit() -> World:
    world = World()
    world.catalogue.put(Database("sales", owner=LEGACY_OWNER), pii_table())
    world.producers.subscribers[LEGACY_OWNER] = None
    world.take_in(document=CUSTOMER)
    return world


def test_the_old_kits_approver_is_not_verified(old_kit: World) -> None:
    key = old_kit.ask()
    assert old_kit.post(key, address="nonsense").outcome is Outcome.NO_ADDRESS
    answer = old_kit.post(key, address="anybody@anywhere.example")
    assert answer.outcome is Outcome.RECORDED
    assert answer.decision is not None
    assert not answer.decision.approver_verified
    assert old_kit.register.tries == {}


def test_nobody_is_told_who_decided_where_no_address_is_known(old_kit: World) -> None:
    key = old_kit.ask()
    approve_as = old_kit.post(key, address="anybody@anywhere.example").decision
    assert approve_as is not None
    old_kit.share(decision_id=approve_as.id)
    answer = old_kit.post(key, "deny", address="mallory@evil.example")
    assert (answer.outcome, answer.reveal) == (Outcome.DECIDED_BEFORE, False)


def test_times_are_those_of_the_register() -> None:
    at = now()
    assert datetime.fromisoformat(iso(at)) == at.replace(microsecond=at.microsecond // 1000 * 1000)
