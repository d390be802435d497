"""Deciding: what a link leads to, and what becomes of a posted decision."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from handlers.sharing.decide import Answer, Link, LinkState, Outcome
from handlers.sharing.model.catalogue import Database
from handlers.sharing.model.checks import LONGEST_COMMENT
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import DecisionNotKnown, LakeshareError, RegisterUnreadable, TryAgain
from handlers.sharing.model.record import Action, Decision, Ending, Requester, Status
from handlers.sharing.model.term import NO_END, Term
from handlers.sharing.model.transition import changed
from tests.fakes.workflow import Sent
from tests.fakes.world import APPROVER, LEGACY_OWNER, World, input_of, pii_table

CUSTOMER = input_of("sales", "people")
BOB = "bob@owner.example"
MALLORY = "mallory@owner.example"
START = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)


@pytest.fixture
def world() -> World:
    world = World()
    world.producers.subscribers["111111111111"] = [APPROVER, BOB]
    world.classify(document=CUSTOMER)
    return world


@pytest.fixture
def key(world: World) -> str:
    return world.request_approval()


def end(world: World, status: Status, decision: Decision | None = None) -> None:
    world.close(Ending(status, "Aborted", "x", decision), started_at=None)


def change(world: World) -> None:
    world.catalogue.put(world.catalogue.databases["sales"], pii_table(location=f"s3://{len(world.keys)}/"))


def approve(world: World, key: str) -> None:
    """Approve, and grant."""
    world.grant(decision_id=world.decided(key).id)


# --- what a link leads to -----------------------------------------------------------------------------------------


def state(world: World, key: str, at: datetime | None = None) -> LinkState:
    """Where a link leads; a look changes nothing."""
    calls, reads = len(world.vault.calls), len(world.register.calls)
    found = world.follow(key, at=at)
    assert {name for name, _ in world.vault.calls[calls:]} <= {"approval"}
    assert {name for name, _ in world.register.calls[reads:]} <= {"find"}
    return found.state


@pytest.mark.parametrize("wrong", ["", "x", "K" * 43, "\ud800"])
def test_an_unknown_link(world: World, key: str, wrong: str) -> None:
    for other in (wrong, key[:-1], key + "A", key[::-1]):
        assert state(world, other) is LinkState.UNKNOWN
        assert world.follow(other) == Link(LinkState.UNKNOWN)
    assert world.register.count("find") == 0, "a wrong key reads no request"
    assert world.follow(key, "r2") == Link(LinkState.UNKNOWN)
    del world.register.records["r1"]
    assert state(world, key) is LinkState.UNKNOWN


def test_a_link_expires_to_the_moment(world: World, key: str) -> None:
    expires = world.register.records["r1"].expires_at
    assert expires is not None
    at = datetime.fromisoformat(expires)
    assert state(world, key, at - timedelta(milliseconds=1)) is LinkState.OPEN
    assert state(world, key, at) is LinkState.ENDED


@pytest.mark.parametrize("status", [Status.FAILED, Status.EXPIRED, Status.REFUSED])
def test_a_link_of_a_request_that_ended(world: World, key: str, status: Status) -> None:
    end(world, status)
    assert state(world, key) is LinkState.ENDED


def test_a_link_that_was_decided_on(world: World, key: str) -> None:
    approve(world, key)
    assert state(world, key) is LinkState.DECIDED
    end(world, Status.SHARED)
    assert state(world, key) is LinkState.DECIDED


def test_a_link_of_an_earlier_round_and_one_of_the_present(world: World, key: str) -> None:
    change(world)
    approve(world, key)
    assert world.lake.grants == set()
    assert state(world, key) is LinkState.OPEN  # until Classify has run again
    world.classify(document=CUSTOMER, round_=2)
    assert state(world, key) is LinkState.SUPERSEDED
    second = world.request_approval(token="token-2")
    assert state(world, key) is LinkState.SUPERSEDED
    assert state(world, second) is LinkState.OPEN
    end(world, Status.FAILED)
    assert state(world, key) is LinkState.ENDED


def test_a_forgotten_token_ends_a_link(world: World, key: str) -> None:
    world.vault.approvals["r1"] = replace(world.vault.approvals["r1"], token=None)
    assert state(world, key) is LinkState.ENDED


@pytest.mark.parametrize("missing", ["record", "approval", "key"])
def test_a_link_without_one_of_its_parts_decides_nothing(world: World, key: str, missing: str) -> None:
    with pytest.raises(ValueError, match=r"^decide needs a link that leads to a request$"):
        world.post(replace(world.follow(key), **{missing: None}))
    assert world.workflow.sent == {}


# --- what becomes of a decision -----------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["approve", "deny"])
def test_a_decision_is_stored_then_sent(world: World, key: str, action: Action) -> None:
    before, seen = dict(world.register.records), world.vault.approvals["r1"].keys[0].fingerprint
    at, address = now(), f" {APPROVER.upper()} "
    answer = world.post(key, action, address=address, comment="  why\nnot  ", user_agent="x" * 300, at=at)
    ((id_, decision),) = world.vault.decisions.items()
    assert len(id_) == 32
    assert decision == Decision(
        *(id_, "r1", seen, action, APPROVER.upper(), "mailbox", "why\nnot", iso(at), "192.0.2.1", "x" * 256)
    )
    assert answer == Answer(Outcome.RECORDED, before["r1"], decision, reveal=True)
    assert world.workflow.sent == {"token-1": Sent(action, id_)}
    order = [name for name, _ in world.vault.calls]
    assert order.index("count_try") < order.index("forgive_try") < order.index("save_decision")
    # The workflow writes it to the request, not this: deciding changes nothing in the register.
    assert world.register.records == before


@pytest.mark.parametrize(
    ("address", "comment", "outcome"),
    [
        *((address, "", Outcome.NO_ADDRESS) for address in ("", "jane", "jane@owner", "jane@@owner.example")),
        (f"{APPROVER}\n{BOB}", "", Outcome.NO_ADDRESS),
        ("jane@owner..example", "", Outcome.NO_ADDRESS),
        ("j" * 250 + "@a.b", "", Outcome.WRONG_ADDRESS),
        ("j" * 251 + "@a.b", "", Outcome.NO_ADDRESS),
        ("a@" + "." * 200_000, "", Outcome.NO_ADDRESS),
        (APPROVER, "x" * (LONGEST_COMMENT + 1), Outcome.COMMENT_TOO_LONG),
        (MALLORY, "", Outcome.WRONG_ADDRESS),
    ],
)
def test_what_is_not_taken(world: World, key: str, address: str, comment: str, outcome: Outcome) -> None:
    answer = world.post(key, address=address, comment=comment)
    assert (answer.outcome, answer.record.id, answer.decision, answer.reveal) == (outcome, "r1", None, False)
    assert world.vault.decisions == {}
    assert world.workflow.sent == {}
    assert world.post(key, comment="x" * LONGEST_COMMENT).outcome is Outcome.RECORDED


AT = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("term", "until", "kept"),
    [
        (NO_END, "", None),
        (NO_END, "  ", None),
        (NO_END, " 2026-12-24 ", "2026-12-24"),
        (NO_END, "2026-12-01", "2026-12-01"),
        (NO_END, "2036-12-08", "2036-12-08"),
        (NO_END, "2036-12-09", Outcome.DAY_TOO_LATE),
        (NO_END, "2026-11-30", Outcome.DAY_PASSED),
        (Term(date(2026, 12, 24)), "2026-12-24", "2026-12-24"),
        (Term(date(2026, 12, 24)), "2026-12-25", Outcome.DAY_TOO_LATE),
        (Term(days=7), "2026-12-02", "2026-12-02"),
        (Term(days=7), "2026-12-08", "2026-12-08"),
        (Term(days=7), "2026-12-09", Outcome.DAY_TOO_LATE),
        *((NO_END, each, Outcome.NO_DAY) for each in ("24.12.2026", "2026-12-32", "tomorrow", "7", "x" * 100_000)),
    ],
)
def test_an_approval_may_shorten_and_never_lengthen(
    world: World, key: str, term: Term, until: str, kept: str | Outcome | None
) -> None:
    world.vault.approvals["r1"] = replace(world.vault.approvals["r1"], expires_at="2027-01-01T00:00:00.000Z")
    world.register.records["r1"] = replace(world.register.records["r1"], term=term)
    tries = dict(world.vault.tries)
    answer = world.post(key, until=until, at=AT)
    if isinstance(kept, Outcome):
        assert (answer.outcome, answer.record.id, answer.decision) == (kept, "r1", None)
        assert (world.vault.decisions, world.workflow.sent, world.vault.tries) == ({}, {}, tries)
        return
    (decision,) = world.vault.decisions.values()
    assert (answer.outcome, decision.until) == (Outcome.RECORDED, kept)


def test_a_denial_has_no_last_day(world: World, key: str) -> None:
    assert world.decided(key, "deny", until="24.12.2026").until is None


def test_who_comes_second_hears_of_the_first_whatever_day_they_name(world: World, key: str) -> None:
    approve(world, key)
    first = list(world.vault.decisions.values())
    assert world.post(key, until="tomorrow").outcome is Outcome.DECIDED_BEFORE
    assert list(world.vault.decisions.values()) == first


@pytest.mark.parametrize("action", ["approve", "deny"])
def test_nobody_decides_on_their_own_request(world: World, key: str, action: Action) -> None:
    requester = Requester("sub", APPROVER.upper())
    world.register.records["r1"] = replace(world.register.records["r1"], requester=requester)
    answer = world.post(key, action)
    assert (answer.outcome, answer.record.id) == (Outcome.OWN_REQUEST, "r1")
    assert world.workflow.sent == {}
    assert world.post(key, action, address=BOB).outcome is Outcome.RECORDED


def test_of_two_decisions_the_first_counts(world: World, key: str) -> None:
    first = world.decided(key, "deny")
    paused: list[float] = []

    def meanwhile(seconds: float) -> None:
        paused.append(seconds)
        if len(paused) == 3:
            end(world, Status.DENIED, first)

    second = world.post(key, "approve", address=BOB, pause=meanwhile)
    assert (second.outcome, second.record.id, second.decision, second.reveal) == (
        *(Outcome.DECIDED_BEFORE, "r1", first, True),
    )
    assert paused == [0.0, 0.1, 0.2]
    assert len(world.workflow.sent) == 1


def test_a_rivals_decision_that_is_not_written_down_in_time(world: World, key: str) -> None:
    world.workflow.waiting.clear()
    paused: list[float] = []
    answer = world.post(key, pause=paused.append)
    assert (answer.outcome, answer.record.id, answer.decision) == (Outcome.NOT_WRITTEN_YET, "r1", None)
    assert paused == [0.0, 0.1, 0.2, 0.4, 0.8, 1.0]


def _ended(world: World) -> None:
    end(world, Status.EXPIRED)


def _retried(world: World) -> None:
    world.request_approval(token="token-2")


def _once_more(world: World) -> None:
    change(world)
    world.register.apply("r1", changed(iso(now())))
    world.classify(document=CUSTOMER, round_=2)
    world.request_approval(token="token-2")


def _approved(world: World) -> None:
    mine = replace(world.decided(world.keys[0], address=BOB), id="d1")
    world.register.records["r1"] = replace(world.register.records["r1"], decision=mine)


@pytest.mark.parametrize(
    ("meanwhile", "outcome", "sent"),
    [
        (_ended, Outcome.ENDED, set[str]()),
        (_retried, Outcome.RECORDED, {"token-2"}),
        (_once_more, Outcome.NOT_WRITTEN_YET, set[str]()),
        (_approved, Outcome.DECIDED_BEFORE, {"token-1"}),
    ],
)
def test_what_happens_between_a_look_and_a_post(
    world: World, key: str, meanwhile: Callable[[World], None], outcome: Outcome, sent: set[str]
) -> None:
    link = world.follow(key)
    if meanwhile is not _approved:
        world.workflow.waiting.clear()
    meanwhile(world)
    answer = world.post(link)
    assert (answer.outcome, answer.record.id) == (outcome, "r1")
    assert set(world.workflow.sent) == sent


@pytest.mark.parametrize("lost", [True, False])
def test_an_outage_loses_nothing(world: World, key: str, *, lost: bool) -> None:
    (world.workflow.fail_after if lost else world.workflow.fail)("send_decision", TryAgain("busy"))
    with pytest.raises(DecisionNotKnown, match=r"^Nothing says whether a decision counts: busy$"):
        world.post(key)
    if lost:
        # It arrived, and the workflow goes on while the person posts again.
        (sent,) = world.workflow.sent.values()
        world.grant(decision_id=sent.decision_id)
        again = world.post(key, "deny")
        assert (again.outcome, again.record.id, again.reveal) == (Outcome.DECIDED_BEFORE, "r1", True)
        assert again.decision == world.vault.decisions[sent.decision_id]
    else:
        assert world.post(key).outcome is Outcome.RECORDED
    assert len(world.workflow.sent) == 1


@pytest.mark.parametrize("error", [TryAgain("busy"), RegisterUnreadable("newer")])
def test_what_came_of_a_decision_is_not_known_if_the_register_does_not_say(
    world: World, key: str, error: LakeshareError
) -> None:
    world.workflow.waiting.clear()
    link = world.follow(key)
    world.register.fail("load", error)
    with pytest.raises(DecisionNotKnown, match=f"^Nothing says whether a decision counts: {error}$"):
        world.post(link)


def test_a_decision_whose_answer_was_lost_counts_once_the_register_says_so(world: World, key: str) -> None:
    world.workflow.fail_after("send_decision", TryAgain("busy"))

    def adopt(_seconds: float) -> None:
        (mine,) = world.vault.decisions.values()
        world.register.records["r1"] = replace(world.register.records["r1"], decision=mine)

    answer = world.post(key, pause=adopt)
    assert (answer.outcome, answer.reveal) == (Outcome.RECORDED, True)


def test_ones_own_decision_may_have_won_unheard(world: World, key: str) -> None:
    world.workflow.waiting.clear()

    def adopt(_seconds: float) -> None:
        (mine,) = world.vault.decisions.values()
        world.register.records["r1"] = replace(world.register.records["r1"], decision=mine)

    answer = world.post(key, pause=adopt)
    assert (answer.outcome, answer.reveal) == (Outcome.RECORDED, True)


@pytest.mark.parametrize(("address", "reveal"), [(APPROVER, True), (MALLORY, False)])
def test_who_decided_is_told_to_those_who_know_an_address(
    world: World, key: str, address: str, *, reveal: bool
) -> None:
    approve(world, key)
    answer = world.post(key, "deny", address=address)
    assert (answer.outcome, answer.record.id, answer.reveal) == (Outcome.DECIDED_BEFORE, "r1", reveal)
    assert len(world.workflow.sent) == 1


# --- the old producer kit -----------------------------------------------------------------------------------------


@pytest.fixture
def old_kit() -> World:
    world = World()
    world.catalogue.put(Database("sales", owner=LEGACY_OWNER), pii_table())
    world.producers.subscribers[LEGACY_OWNER] = None
    world.classify(document=CUSTOMER)
    return world


def test_the_old_kits_approver_is_not_verified(old_kit: World) -> None:
    key = old_kit.request_approval()
    assert old_kit.post(key, address="nonsense").outcome is Outcome.NO_ADDRESS
    assert old_kit.post(key, address="anybody@anywhere.example").outcome is Outcome.RECORDED
    (decision,) = old_kit.vault.decisions.values()
    assert decision.decided_by == "unverified"
    assert old_kit.vault.tries == {}


def test_nobody_is_told_who_decided_where_no_address_is_known(old_kit: World) -> None:
    key = old_kit.request_approval()
    old_kit.grant(decision_id=old_kit.decided(key, address="anybody@anywhere.example").id)
    answer = old_kit.post(key, "deny", address=MALLORY)
    assert (answer.outcome, answer.reveal) == (Outcome.DECIDED_BEFORE, False)
