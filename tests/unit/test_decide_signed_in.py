"""Deciding signed in: who may, what waits for them, what they are shown, and what becomes of their decisions."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

import pytest

from handlers.sharing.decide import LinkState
from handlers.sharing.decide_signed_in import MOST_LISTED, Waiting, decide_signed_in
from handlers.sharing.model.catalogue import Database
from handlers.sharing.model.checks import LONGEST_COMMENT
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import (
    ApproversUnknown,
    DecidedBefore,
    DecisionNotKnown,
    LakeshareError,
    LookAgain,
    NoApprovers,
    NoOtherApprover,
    NotAllowed,
    NotWaiting,
    RegisterUnreadable,
    SignInEnded,
    TryAgain,
    UnknownRequest,
)
from handlers.sharing.model.new_decision import NewDecision, parse_decision
from handlers.sharing.model.new_request import InvalidRequest
from handlers.sharing.model.parties import Parties
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import Ending, Requester, Status
from handlers.sharing.model.share import Share
from handlers.sharing.model.term import Term
from handlers.sharing.model.transition import changed
from tests.fakes.desk import ALEX, AUDRA, BOB, BOBBY, JANE, OPAL, SAM, Desk, at_work, signed_in_only
from tests.fakes.workflow import Sent
from tests.fakes.world import APPROVER, CONSUMER, OTHER_OWNER, OWNER, World, input_of, pii_table

CUSTOMER = input_of("sales", "people")


@pytest.fixture
def desk(world: World) -> Desk:
    return at_work(world)


# --- who may ------------------------------------------------------------------------------------------------------


def _own(desk: Desk) -> None:
    record = desk.world.register.records["r1"]
    desk.world.register.records["r1"] = replace(record, requester=Requester(JANE.id, "other@consumer.example"))


def _own_mailbox(desk: Desk) -> None:
    record = desk.world.register.records["r1"]
    desk.world.register.records["r1"] = replace(record, requester=Requester("sub-2", "Jane+lake@owner.example"))


def _left(desk: Desk) -> None:
    desk.world.producers.subscribers[OWNER] = [BOB]


def _joined_the_operators(desk: Desk) -> None:
    desk.pool.groups[JANE.id] = frozenset({"operators"})


def _silent(desk: Desk) -> None:
    desk.pool.silent.add(OWNER)


def _unverified(desk: Desk) -> None:
    desk.pool.addresses[JANE.id] = ""


def _gone(desk: Desk) -> None:
    del desk.pool.addresses[JANE.id]


def _taken_off(desk: Desk) -> None:
    desk.world.parties = Parties({})


def _nothing(_desk: Desk) -> None:
    return


@pytest.mark.parametrize(
    ("person", "meanwhile", "error"),
    [
        (ALEX, _nothing, NotAllowed),
        (AUDRA, _nothing, NotAllowed),
        (OPAL, _nothing, NotAllowed),
        (SAM, _nothing, UnknownRequest),
        (JANE, _own, NotAllowed),
        (JANE, _own_mailbox, NotAllowed),
        (JANE, _left, UnknownRequest),
        (JANE, _joined_the_operators, NotAllowed),
        (JANE, _silent, ApproversUnknown),
        (JANE, _unverified, UnknownRequest),
        (JANE, _gone, SignInEnded),
        (JANE, _taken_off, UnknownRequest),
    ],
)
def test_who_does_not_decide(
    desk: Desk, person: Person, meanwhile: Callable[[Desk], None], error: type[LakeshareError]
) -> None:
    meanwhile(desk)
    with pytest.raises(error):
        desk.decide(person)
    assert (desk.world.vault.decisions, desk.world.workflow.sent) == ({}, {})


@pytest.mark.parametrize("request_id", ["r2", "", "x#y", "\ud800"])
def test_what_is_not_there_is_unknown_to_everybody(desk: Desk, request_id: str) -> None:
    said = raised_by(UnknownRequest, lambda: desk.look(SAM))
    for step in (desk.look, desk.decide):
        assert str(raised_by(UnknownRequest, partial(step, JANE, request_id=request_id))) == str(said)
    assert ("approval", (request_id,)) not in desk.world.vault.calls or request_id == "r2"


def raised_by(error: type[LakeshareError], step: Callable[[], object]) -> LakeshareError:
    with pytest.raises(error) as raised:
        step()
    return raised.value


def test_members_of_the_owners_group_decide_as_long_as_they_are_in_it(desk: Desk) -> None:
    producers = desk.world.parties.producers
    desk.world.parties = Parties({**producers, OWNER: replace(producers[OWNER], approvers_group="sales-owners")})
    desk.pool.groups[AUDRA.id] = frozenset({"auditors", "sales-owners"})
    assert [record.id for record, _ in desk.waiting(AUDRA).requests] == ["r1"]
    token = desk.person(AUDRA)
    desk.pool.groups[AUDRA.id] = frozenset({"auditors"})
    with pytest.raises(NotAllowed):
        # Their token says it still, for half an hour at most.
        decide_signed_in(
            *("r1", NewDecision("approve", 1), token, desk.standings),
            ip="",
            user_agent="",
            register=desk.world.register,
            vault=desk.world.vault,
            workflow=desk.world.workflow,
            now=now(),
        )
    desk.pool.groups[AUDRA.id] = frozenset({"sales-owners"})
    assert desk.decide(AUDRA).decision is not None


# --- the decision -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signed_in", [True, False])
@pytest.mark.parametrize("new", [NewDecision("approve", 1, None, " why "), NewDecision("deny", 1)])
def test_a_decision_counts_whether_links_decide_too_or_not(desk: Desk, new: NewDecision, *, signed_in: bool) -> None:
    if signed_in:
        signed_in_only(desk.world)
    before = dict(desk.world.register.records)
    at = now()
    settlement = desk.decide(new=new, now=at)
    ((id_, decision),) = desk.world.vault.decisions.items()
    classification = before["r1"].classification
    assert classification is not None
    said = (new.action, APPROVER, "signed-in", new.comment.strip(), iso(at), "192.0.2.1", "x" * 256, None)
    assert (decision.request_id, decision.fingerprint) == ("r1", classification.fingerprint)
    assert tuple(getattr(decision, name) for name in DECIDED) == said
    assert (settlement.decision, settlement.record) == (decision, before["r1"])
    assert desk.world.workflow.sent == {"token-1": Sent(new.action, id_)}
    assert desk.world.register.records == before, "the workflow writes it down, not this"


DECIDED = ("action", "approver", "decided_by", "comment", "at", "ip", "user_agent", "until")


def test_what_is_granted_is_what_was_approved(desk: Desk) -> None:
    decision = desk.decide(new=NewDecision("approve", 1, until=now().date() + timedelta(3))).decision
    assert decision is not None
    desk.world.grant(decision_id=decision.id)
    (share,) = desk.world.ledger.live(CONSUMER)
    assert (share.approver, share.until) == (
        APPROVER,
        f"{date.fromisoformat(decision.until or '') + timedelta(1)}T00:00:00.000Z",
    )


AT = datetime(2026, 12, 1, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("term", "until", "error"),
    [
        (Term(), "2026-12-01", None),
        (Term(), "2026-11-30", "that day is over"),
        (Term(), "2036-12-09", "until 2036-12-08 at most"),
        (Term(date(2026, 12, 24)), "2026-12-24", None),
        (Term(date(2026, 12, 24)), "2026-12-25", "until 2026-12-24 at most"),
        (Term(days=7), "2026-12-08", None),
        (Term(days=7), "2026-12-09", "until 2026-12-08 at most"),
    ],
)
def test_an_approval_may_shorten_and_never_lengthen(desk: Desk, term: Term, until: str, error: str | None) -> None:
    desk.world.vault.approvals["r1"] = replace(desk.world.vault.approvals["r1"], expires_at="2027-01-01T00:00:00.000Z")
    desk.world.register.records["r1"] = replace(desk.world.register.records["r1"], term=term)
    new = NewDecision("approve", 1, date.fromisoformat(until))
    if error is None:
        decision = desk.decide(new=new, now=AT).decision
        assert decision is not None
        assert decision.until == until
        return
    refused = raised_by(InvalidRequest, lambda: desk.decide(new=new, now=AT))
    assert error in str(refused)
    assert desk.world.workflow.sent == {}


def test_the_same_twice_at_once_is_one_decision(desk: Desk) -> None:
    first = desk.decide().decision
    assert first is not None
    # The other call is told so as soon as the workflow has written it down.
    again = desk.decide(pause=lambda _: desk.world.grant(decision_id=first.id))
    assert again.decision == first
    assert list(desk.world.workflow.sent) == ["token-1"]


def test_posting_the_same_again_is_safe_and_anything_else_is_told_what_stands(desk: Desk) -> None:
    first = desk.decide().decision
    assert first is not None
    desk.world.grant(decision_id=first.id)
    again = desk.decide()
    assert (again.decision, again.record) == (first, desk.world.register.records["r1"])
    for person, new in ((JANE, NewDecision("deny", 1)), (BOBBY, NewDecision("approve", 1))):
        error = raised_by(DecidedBefore, lambda person=person, new=new: desk.decide(person, new))
        assert str(error).startswith("This was approved on ")
    assert list(desk.world.vault.decisions.values()) == [first]


@pytest.mark.parametrize("link_first", [True, False])
def test_of_a_link_and_a_signed_in_decision_the_first_counts(desk: Desk, *, link_first: bool) -> None:
    key = desk.world.keys[0]
    link = desk.world.follow(key)
    if link_first:
        first = desk.world.decided(key, "deny", address=BOB)

        def meanwhile(_seconds: float) -> None:
            if desk.world.register.records["r1"].status.is_open:
                desk.world.close(Ending(Status.DENIED, "Denied", "x", first), started_at=None)

        error = raised_by(DecidedBefore, lambda: desk.decide(pause=meanwhile))
        assert str(error).startswith("This was denied on ")
    else:
        first = desk.decide().decision
        assert first is not None
        desk.world.grant(decision_id=first.id)
        answer = desk.world.post(link, "deny", address=BOB)
        assert (answer.outcome.name, answer.decision) == ("DECIDED_BEFORE", first)
    assert len(desk.world.workflow.sent) == 1


def _ended(desk: Desk) -> None:
    desk.world.close(Ending(Status.EXPIRED, "ApprovalTimedOut", "Nobody decided."), started_at=None)


def _changed(desk: Desk) -> None:
    desk.world.register.apply("r1", changed(iso(now())))


def _classified_anew(desk: Desk) -> None:
    desk.world.catalogue.put(desk.world.catalogue.databases["sales"], pii_table(location="s3://elsewhere/"))
    _changed(desk)
    desk.world.classify(document=CUSTOMER, round_=2)
    desk.world.request_approval(token="token-2")


def _forgotten(desk: Desk) -> None:
    desk.world.vault.approvals["r1"] = replace(desk.world.vault.approvals["r1"], token=None)


def _late(desk: Desk) -> None:
    desk.world.vault.approvals["r1"] = replace(desk.world.vault.approvals["r1"], expires_at=iso(now()))


@pytest.mark.parametrize(
    ("meanwhile", "error", "says"),
    [
        (_ended, NotWaiting, "ended as EXPIRED"),
        (_changed, NotWaiting, "being worked on"),
        (_classified_anew, LookAgain, "changed since you looked"),
        (_forgotten, NotWaiting, "time to decide is over"),
        (_late, NotWaiting, "time to decide is over"),
    ],
)
def test_what_waits_no_more(
    desk: Desk, meanwhile: Callable[[Desk], None], error: type[LakeshareError], says: str
) -> None:
    meanwhile(desk)
    assert says in str(raised_by(error, desk.decide))
    assert desk.world.workflow.sent == {}
    if error is LookAgain:
        assert desk.decide(new=NewDecision("approve", 2)).decision is not None
        assert set(desk.world.workflow.sent) == {"token-2"}


def test_a_retried_wait_takes_the_decision_and_a_later_round_does_not(desk: Desk) -> None:
    def renew(when: str, method: str, *_: object) -> None:
        if (when, method) == ("before", "save_decision"):
            desk.world.workflow.waiting.clear()
            desk.world.await_decision(token="token-2")

    desk.world.vault.watch = renew
    assert desk.decide().decision is not None
    assert set(desk.world.workflow.sent) == {"token-2"}


def test_a_decision_never_reaches_a_later_round(desk: Desk) -> None:
    def change(when: str, method: str, *_: object) -> None:
        if (when, method) == ("before", "save_decision"):
            desk.world.vault.watch = lambda *_: None
            desk.world.workflow.waiting.clear()
            _classified_anew(desk)

    desk.world.vault.watch = change
    with pytest.raises(DecisionNotKnown):
        desk.decide()
    assert desk.world.workflow.sent == {}


@pytest.mark.parametrize("lost", [True, False])
def test_an_outage_loses_nothing(desk: Desk, *, lost: bool) -> None:
    (desk.world.workflow.fail_after if lost else desk.world.workflow.fail)("send_decision", TryAgain("busy"))
    with pytest.raises(DecisionNotKnown):
        desk.decide()
    if lost:
        (sent,) = desk.world.workflow.sent.values()
        desk.world.grant(decision_id=sent.decision_id)
        settlement = desk.decide()
        assert settlement.decision == desk.world.vault.decisions[sent.decision_id]
    else:
        assert desk.decide().decision is not None
    assert len(desk.world.workflow.sent) == 1


# --- what a mail and its links are then ---------------------------------------------------------------------------


def test_where_people_decide_signed_in_the_mail_has_no_key_and_links_decide_nothing(desk: Desk) -> None:
    key = desk.world.keys[0]
    assert desk.world.follow(key).state is LinkState.OPEN
    signed_in_only(desk.world)
    assert desk.world.follow(key).state is LinkState.SIGNED_IN
    with pytest.raises(ValueError, match="decide needs"):
        desk.world.post(replace(desk.world.follow(key), key=None))
    desk.world.notify(again=True)
    assert len(desk.world.keys) == 1
    assert desk.world.producers.mails[-1].body == "in the portal"
    assert desk.world.register.records["r1"].history[-1].detail == "A mail went to 2 approver(s)."


@pytest.mark.parametrize("subscribers", [[APPROVER, BOB], [APPROVER]])
def test_who_asks_and_is_an_approver_leaves_it_to_another_who_is_signed_in(desk: Desk, subscribers: list[str]) -> None:
    key = desk.world.keys[0]
    _own(desk)
    record = desk.world.register.records["r1"]
    desk.world.register.records["r1"] = replace(record, requester=Requester(JANE.id, f" {APPROVER.upper()}"))
    desk.world.producers.subscribers[OWNER] = subscribers
    producers = desk.world.parties.producers
    if len(subscribers) == 1:
        desk.world.parties = Parties({**producers, OWNER: replace(producers[OWNER], approvers_group="sales-owners")})
        desk.pool.groups[BOBBY.id] = frozenset({"sales-owners"})
    desk.world.notify(again=True)
    assert desk.world.producers.mails[-1].body == "in the portal"
    # A key that was mailed before they asked, or subscribed, would let them type a colleague's address.
    assert desk.world.follow(key).state is LinkState.SIGNED_IN
    assert desk.waiting(JANE).requests == ()
    with pytest.raises(NotAllowed):
        desk.decide(JANE)
    assert desk.decide(BOBBY).decision is not None


@pytest.mark.parametrize(("group", "portal"), [("sales-owners", False), ("", True), ("", False)])
def test_nobody_would_see_it_unless_a_group_does(group: str, portal: bool) -> None:
    for subscribers, error in (([], NoApprovers), ([APPROVER], NoOtherApprover)):
        world = World(portal=portal)
        world.producers.subscribers[OWNER] = subscribers
        world.parties = Parties({OWNER: replace(world.parties.producers[OWNER], approvers_group=group)})
        world.classify(document=CUSTOMER)
        record = world.register.records["r1"]
        world.register.records["r1"] = replace(record, requester=Requester(JANE.id, APPROVER))
        raised_by(error, world.request_approval)
        assert world.producers.mails == []


def test_what_only_a_group_sees_waits_for_it(desk: Desk) -> None:
    world = desk.world
    producers = world.parties.producers
    world.parties = Parties({**producers, OWNER: replace(producers[OWNER], approvers_group="sales-owners")})
    world.producers.subscribers[OWNER] = []
    world.notify(again=True)
    assert world.register.records["r1"].history[-1].detail == "A mail went to 0 approver(s)."
    desk.pool.groups[SAM.id] = frozenset({"sales-owners"})
    assert desk.decide(SAM).decision is not None


# --- what waits, and what is shown --------------------------------------------------------------------------------


def test_what_waits_for_whom(desk: Desk) -> None:
    world = desk.world
    world.catalogue.put(Database("other", owner=OTHER_OWNER), pii_table())
    another = input_of("sales", "people", "888888888888")
    for name, document in (("r2", another), ("r3", input_of("other", "people")), ("r4", input_of())):
        world.classify(name, document)
        if name != "r4":
            world.request_approval(name, f"token-{name}")
    assert [record.id for record, _ in desk.waiting().requests] == ["r1", "r2"]
    assert [until for _, until in desk.waiting().requests] == [
        world.register.records[each].expires_at for each in ("r1", "r2")
    ]
    for nobody in (ALEX, AUDRA, OPAL):
        assert desk.waiting(nobody) == Waiting((), more=False, unknown=())
    desk.pool.silent.add(OTHER_OWNER)
    assert desk.waiting().unknown == (OTHER_OWNER,)
    desk.decide()
    world.close(Ending(Status.DENIED, "Denied", "x"), started_at=None)
    assert [record.id for record, _ in desk.waiting().requests] == ["r2"]


def test_a_long_list_is_cut(desk: Desk) -> None:
    record = desk.world.register.records["r1"]
    for number in range(MOST_LISTED):
        desk.world.register.records[f"n{number}"] = replace(record, id=f"n{number}")
    waiting = desk.waiting()
    assert (len(waiting.requests), waiting.more) == (MOST_LISTED, True)


def _shared(desk: Desk, document: dict[str, Any], name: str) -> Share:
    desk.world.classify(name, document)
    desk.world.grant(name)
    return next(each for each in desk.world.ledger.live(CONSUMER) if each.request_id == name)


def test_what_the_account_has_already_and_what_it_would_gain(desk: Desk) -> None:
    world = desk.world
    assert (desk.look().has, desk.look().gains, desk.look().names) == ([], 1, ["people"])
    orders = _shared(desk, input_of(), "s1")
    world.classify("r2", input_of("sales", "*"))
    world.request_approval("r2", "token-r2")
    question = desk.look(request_id="r2")
    assert (question.has, question.gains, question.names) == ([orders], 1, ["people"])
    # Not of the table that is asked for.
    assert (desk.look().has, desk.look().gains) == ([], 1)
    decision = desk.decide().decision
    assert decision is not None
    world.grant(decision_id=decision.id)
    question = desk.look(request_id="r2")
    assert question.has is not None
    assert ({each.request_id for each in question.has}, question.gains, question.names) == ({"s1", "r1"}, 0, [])


def test_of_what_is_not_classified_nobody_knows_what_it_gives(desk: Desk) -> None:
    _shared(desk, input_of(), "s1")
    record = desk.world.register.records["r1"]
    for less in ({"classification": None}, {"source": None}):
        desk.world.register.records["r1"] = replace(record, **less)
        assert (desk.look().has, desk.look().gains, desk.look().names) == ([], None, ())


def test_what_is_not_named_may_be_there_already(desk: Desk) -> None:
    world = desk.world
    world.classify("r2", input_of("sales", "*"))
    record = world.register.records["r2"]
    assert record.classification is not None
    cut = replace(record.classification, tables=("people",))
    world.register.records["r2"] = replace(record, classification=cut)
    assert (desk.look(request_id="r2").gains, desk.look(request_id="r2").names) == (None, ["people"])


@pytest.mark.parametrize("error", [RegisterUnreadable("newer"), TryAgain("busy")])
def test_people_decide_although_the_shares_cannot_be_read(desk: Desk, error: LakeshareError) -> None:
    desk.world.ledger.fail("live", error)
    question = desk.look()
    assert (question.record.id, question.has, question.gains, question.names) == ("r1", None, None, ())


# --- what is posted -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("document", "fields"),
    [
        (None, [""]),
        ([], [""]),
        ({}, ["action", "round"]),
        ({"action": "Approve", "round": 1}, ["action"]),
        ({"action": "approve", "round": True}, ["round"]),
        ({"action": "approve", "round": 0}, ["round"]),
        ({"action": "approve", "round": "1"}, ["round"]),
        ({"action": "approve", "round": 1, "until": "tomorrow"}, ["until"]),
        ({"action": "deny", "round": 1, "until": "2027-01-01"}, ["until"]),
        ({"action": "approve", "round": 1, "comment": 7}, ["comment"]),
        ({"action": "approve", "round": 1, "comment": "x" * (LONGEST_COMMENT + 1)}, ["comment"]),
        ({"action": "approve", "round": 1, "comment": "a\x00b"}, ["comment"]),
        ({"action": "approve", "round": 1, "approver": "jane@owner.example"}, ["approver"]),
        ({"action": "approve", "round": 1, "decided_by": "mailbox", "until": 7}, ["decided_by", "until"]),
    ],
)
def test_what_is_no_decision(document: object, fields: list[str]) -> None:
    with pytest.raises(InvalidRequest) as raised:
        parse_decision(document)
    assert [fault.field for fault in raised.value.faults] == fields


def test_what_is_one() -> None:
    document = {"action": "approve", "round": 2, "until": "2027-01-01", "comment": " a\r\nb "}
    assert parse_decision(document) == NewDecision("approve", 2, date(2027, 1, 1), "a\nb")
    assert parse_decision({"action": "deny", "round": 1, "until": None}) == NewDecision("deny", 1)
    whole = "x" * LONGEST_COMMENT
    assert parse_decision({"action": "deny", "round": 1, "comment": whole}).comment == whole
