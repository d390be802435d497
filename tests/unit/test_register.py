"""The life of a request in the register: the same rules on DynamoDB and in memory, where other tests use them."""

import itertools
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from handlers.sharing.model import mail_steps
from handlers.sharing.model import transition as steps_of
from handlers.sharing.model.announcement import approval_requested, request_received
from handlers.sharing.model.applied import Applied, Rejected, advanced
from handlers.sharing.model.errors import DuplicateRequest, RegisterUnreadable, RequestClosed
from handlers.sharing.model.record import OPEN, Announcement, Ending, Granted, RequestRecord, Status
from handlers.sharing.model.request import Source
from handlers.sharing.model.term import NO_END, Term
from handlers.sharing.model.transition import LONGEST_DETAIL, Transition
from tests.fakes.register import taken
from tests.fakes.steps import Steps
from tests.unit.register_items import CLASSIFICATION, DECISION, EXPIRES, RECEIVED, REQUESTED, STARTED

LATER = "2027-01-01T00:00:00Z"
MINE = replace(DECISION, request_id="r1")
ENDING = Ending(Status.SHARED, None, "shared")
FAILED = Ending(Status.FAILED, "Aborted", "stopped")


# --- one step after the other -------------------------------------------------------------------------------------


def test_nothing_there(steps: Steps) -> None:
    assert steps.register.find("r1") is None
    assert steps.vault.approval("r1") is None
    assert steps.vault.decision("d1") is None
    assert list(steps.lists.unfinished()) == []
    for step in (
        lambda: steps.load("r1"),
        lambda: steps.classify("r1", 1, CLASSIFICATION),
        lambda: steps.wait("r1", EXPIRES),
        lambda: steps.share("r1", None),
        lambda: steps.change("r1"),
        lambda: steps.grant("r1", Granted(1, ("people",))),
        lambda: steps.announce("r1"),
    ):
        with pytest.raises(RegisterUnreadable, match=r"^The register has no item for request r1\.$"):
            step()
    assert steps.register.find("r1") is None


@pytest.mark.parametrize("bare", [True, False])
def test_receive(steps: Steps, *, bare: bool) -> None:
    record = replace(RECEIVED, source=None, consumer=None) if bare else RECEIVED
    there = steps.receive(record)
    assert replace(there, history=(), owed_events=(), to_announce=False) == record
    assert (there.owed_events, there.to_announce) == ((request_received(),), True)
    assert [(each.at, each.event) for each in there.history] == [(record.received_at, "Received")]
    assert steps.load("r1") == steps.register.find("r1") == there


def test_receive_again_is_a_retry(steps: Steps) -> None:
    steps.receive(RECEIVED)
    there = steps.classify("r1", 1, CLASSIFICATION)
    assert steps.receive(replace(RECEIVED, received_at=LATER)) == there
    steps.close("r1", STARTED, FAILED)
    assert steps.receive(RECEIVED).status is Status.FAILED


@pytest.mark.parametrize(
    "other", [{"started_at": LATER}, {"execution_arn": "arn:other"}, {"source": None, "started_at": "x"}]
)
@pytest.mark.parametrize("closed", [True, False])
def test_receive_under_a_used_name(steps: Steps, other: dict[str, str], *, closed: bool) -> None:
    steps.receive(RECEIVED)
    if closed:
        steps.close("r1", STARTED, ENDING)
    before = steps.load("r1")
    with pytest.raises(DuplicateRequest, match="named r1 exists already"):
        steps.receive(replace(RECEIVED, **other))
    assert steps.load("r1") == before


def test_what_the_api_wrote_is_taken_up_once(steps: Steps) -> None:
    asked = replace(REQUESTED, id="r1")
    there, made = steps.submit(asked)
    assert (replace(there, history=()), made) == (asked, True)
    assert steps.submit(replace(asked, purpose="other")) == (there, False)
    came = replace(RECEIVED, received_at=LATER)
    taken = replace(there, execution_arn="arn:r1", started_at=STARTED)
    assert steps.receive(came) == replace(taken, owed_events=(request_received(),), to_announce=True)
    assert [(each.at, each.by) for each in steps.load("r1").history] == [(asked.received_at, "anna@consumer.example")]
    with pytest.raises(DuplicateRequest):
        steps.receive(replace(RECEIVED, started_at=LATER))
    steps.submit(replace(asked, id="r2", requester=None))
    assert [(each.event, each.by) for each in steps.load("r2").history] == [("Received", None)]


@pytest.mark.parametrize(
    "other",
    [
        {"consumer": "888888888888"},
        {"source": Source("sales", "orders")},
        {"source": Source("retail", "*")},
        {"source": None, "consumer": None},
        {"purpose": "words of somebody else"},
        {"asked": NO_END},
        {"renews": None},
        {"renews": "another:1"},
        {"asked": Term(days=7)},
        {"asked": Term(date(2027, 1, 1))},
        {"roles": ("arn:aws:iam::999999999999:role/analyst",)},
    ],
    ids=str,
)
def test_what_the_api_wrote_is_not_taken_up_by_what_asks_for_something_else(
    steps: Steps, other: dict[str, Any]
) -> None:
    asked, _ = steps.submit(replace(REQUESTED, id="r1"))
    intruder = replace(RECEIVED, **other)
    with pytest.raises(DuplicateRequest, match="of another execution or for something else"):
        steps.receive(intruder)
    assert steps.load("r1") == asked
    # Nor does the intruder's end end it.
    assert steps.close("r1", STARTED, Ending(Status.REFUSED, "DuplicateRequest", "no")) is None
    assert steps.load("r1") == asked
    own = steps.receive(replace(RECEIVED, purpose=asked.purpose, started_at=LATER))
    assert (own.requester, own.purpose, own.started_at) == (asked.requester, asked.purpose, LATER)


def test_what_the_api_wrote_and_an_execution_took_stays(steps: Steps) -> None:
    there = steps.receive(RECEIVED)
    assert steps.submit(replace(REQUESTED, id="r1")) == (there, False)


def test_the_way_of_a_request(steps: Steps) -> None:
    steps.receive(RECEIVED)
    record = steps.classify("r1", 1, CLASSIFICATION)
    assert (record.status, record.round, record.classification) == (Status.RECEIVED, 1, CLASSIFICATION)
    assert record.owner == CLASSIFICATION.owner
    record = steps.wait("r1", EXPIRES)
    assert (record.status, record.expires_at) == (Status.WAITING, EXPIRES)
    assert record.mail_due_at is not None
    assert steps.mail("r1", EXPIRES, 2).mail_due_at is None
    assert steps.wait("r1", LATER).expires_at == LATER
    assert steps.mail("r1", LATER, None).mail_due_at is None
    steps.wait("r1", LATER)
    record = steps.share("r1", MINE)
    assert (record.status, record.decision) == (Status.SHARING, MINE)
    assert record.mail_due_at is None
    # A late attempt to have the owner asked finds that somebody has decided.
    assert steps.wait("r1", EXPIRES) == record
    steps.grant("r1", Granted(1, ("people",)))
    closed = steps.end("r1", STARTED, ENDING)
    assert (closed.status, closed.reason, closed.message) == (Status.SHARED, None, "shared")
    assert (closed.granted, closed.decision) == (Granted(1, ("people",)), MINE)
    assert (bool(closed.closed_at), closed.to_announce, closed.announced_at) == (True, True, None)
    told = steps.announce("r1")
    assert (bool(told.announced_at), told.to_announce) == (True, False)
    assert told == steps.load("r1")
    assert [(each.event, each.by, each.detail) for each in told.history] == [
        ("Received", None, None),
        ("Classified", None, CLASSIFICATION.summary),
        ("ApprovalRequested", None, "A mail went to 2 approver(s)."),
        ("ApprovalRequested", None, "A mail went to the topic's subscribers."),
        ("Approved", MINE.approver, MINE.comment),
        ("Shared", None, None),
    ]


def test_a_changed_catalogue_takes_the_decision_back(steps: Steps) -> None:
    steps.receive(RECEIVED)
    steps.classify("r1", 1, CLASSIFICATION)
    steps.share("r1", replace(MINE, comment=""))
    record = steps.change("r1")
    assert (record.status, record.decision) == (Status.RECEIVED, None)
    assert steps.share("r1", None).decision is None
    entries = steps.load("r1").history[-3:]
    assert [(each.event, each.detail) for each in entries] == [
        ("Approved", None),
        ("CatalogueChanged", None),
        ("AutomaticallyApproved", None),
    ]


def test_long_lists_and_texts_are_cut(steps: Steps) -> None:
    steps.receive(RECEIVED)
    record = steps.share("r1", replace(MINE, comment="x" * 2000))
    assert record.history[-1].detail == "x" * LONGEST_DETAIL
    assert record.decision is not None
    assert len(record.decision.comment) == 2000
    granted = steps.grant("r1", Granted(1000, tuple(f"t{at:03}" for at in range(1000)))).granted
    assert granted is not None
    assert (granted.tables, granted.names[-1]) == (1000, "t199")


# --- ends ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [FAILED, ENDING], ids=str)
def test_what_is_closed_stays_closed(steps: Steps, ending: Ending) -> None:
    steps.receive(RECEIVED)
    steps.classify("r1", 1, CLASSIFICATION)
    first = steps.close("r1", STARTED, ending)
    for step in (
        lambda: steps.classify("r1", 2, CLASSIFICATION),
        lambda: steps.wait("r1", "x"),
        lambda: steps.share("r1", None),
        lambda: steps.share("r1", MINE),
        lambda: steps.change("r1"),
    ):
        with pytest.raises(RequestClosed, match=rf"^Request r1 ended as {ending.status} meanwhile; it stays as it is"):
            step()
    for started_at in (STARTED, None):
        assert steps.close("r1", started_at, Ending(Status.DENIED, "Denied", "no", MINE)) == first
    record = steps.grant("r1", Granted(1, ("people",)))
    assert (record.status, record.granted) == (ending.status, Granted(1, ("people",)))


def test_close_keeps_the_particulars_of_a_denial(steps: Steps) -> None:
    steps.receive(RECEIVED)
    denial = replace(MINE, action="deny")
    closed = steps.end("r1", STARTED, Ending(Status.DENIED, "Denied", "no", denial))
    assert closed.decision == denial
    assert closed.history[-1] == replace(closed.history[-1], event="Denied", by=MINE.approver, detail=MINE.comment)
    assert steps.load("r1") == closed


@pytest.mark.parametrize("started_at", [STARTED, None])
def test_close_of_what_was_never_written_down(steps: Steps, started_at: str | None) -> None:
    closed = steps.end("r1", started_at, Ending(Status.FAILED, "Fault", "x"))
    (entry,) = closed.history
    assert (closed.status, closed.started_at, entry.event, entry.detail) == (
        Status.FAILED,
        started_at,
        "Failed",
        "Fault",
    )
    assert closed.received_at == (started_at or closed.closed_at)
    assert steps.close("r1", started_at, ENDING) == closed


@pytest.mark.parametrize("closed", [True, False])
def test_close_of_another_execution_of_the_name(steps: Steps, *, closed: bool) -> None:
    steps.receive(RECEIVED)
    if closed:
        steps.close("r1", STARTED, ENDING)
    before = steps.load("r1")
    assert steps.close("r1", LATER, Ending(Status.FAILED, "Fault", "x")) is None
    assert steps.load("r1") == before


def test_what_the_api_wrote_ends_with_an_execution_that_never_got_to_it(steps: Steps) -> None:
    for name in ("r1", "r2"):
        steps.submit(replace(REQUESTED, id=name))
    for _ in range(2):
        closed = steps.end("r1", STARTED, FAILED)
        assert (closed.status, closed.reason, closed.started_at) == (Status.FAILED, "Aborted", STARTED)
    assert steps.close("r1", LATER, ENDING) is None
    # Closed without an execution, it is no execution's any more.
    assert steps.close("r2", None, FAILED)
    with pytest.raises(DuplicateRequest):
        steps.receive(replace(RECEIVED, id="r2"))
    assert steps.close("r2", STARTED, ENDING) is None


# --- what is owed -------------------------------------------------------------------------------------------------


def test_what_a_step_announces_is_owed_until_it_is_told(steps: Steps) -> None:
    received, asked = request_received(), approval_requested(2, EXPIRES)
    assert steps.receive(RECEIVED).owed_events == (received,)
    steps.wait("r1", EXPIRES)
    assert steps.mail("r1", EXPIRES, 2).owed_events == (received, asked)
    seen = steps.owe("r1", GUESSING)
    assert (seen.owed_events, seen.to_announce) == ((received, asked, GUESSING), True)
    part = advanced(steps.register.apply("r1", steps_of.told(seen, 2, LATER)))
    assert (part.owed_events, part.to_announce, part.announced_at) == ((GUESSING,), True, None)
    assert isinstance(steps.register.apply("r1", steps_of.told(seen, 3, LATER)), Rejected)
    assert steps.load("r1") == part
    rest = advanced(steps.register.apply("r1", steps_of.told(part, 1, LATER)))
    assert (rest.owed_events, rest.to_announce, rest.announced_at) == ((), False, None)


def test_an_end_is_told_when_nothing_is_owed_any_more(steps: Steps) -> None:
    steps.receive(RECEIVED)
    ended = steps.end("r1", STARTED, ENDING)
    assert [each.type for each in ended.owed_events] == ["RequestReceived", "RequestShared"]
    part = advanced(steps.register.apply("r1", steps_of.told(ended, 1, LATER)))
    assert (part.to_announce, part.announced_at) == (True, None)
    rest = advanced(steps.register.apply("r1", steps_of.told(part, 1, LATER)))
    assert (rest.to_announce, rest.announced_at) == (False, LATER)


# --- every step from every state ----------------------------------------------------------------------------------

DUE = "2026-11-24T09:30:00.000Z"
GUESSING = Announcement("ApproverGuessing", {"wrong_addresses": 10})
OWING = replace(RECEIVED, owed_events=(GUESSING,), to_announce=True)


def every_step() -> dict[str, Transition]:
    """Made for each test: what is made while this file is read is made by the unchanged product (`make mutation`)."""
    return {
        "submitted": steps_of.submitted(replace(REQUESTED, id="r1")),
        "on record": steps_of.on_record(
            replace(REQUESTED, status=Status.SHARED, closed_at=LATER, message="It was adopted."), "jane@owner.example"
        ),
        "received": steps_of.received(RECEIVED),
        "classified": steps_of.classified(1, CLASSIFICATION, NO_END, LATER),
        "found shared": steps_of.found_shared("r0:1", DUE, "jane@owner.example", LATER),
        "found renewed": steps_of.found_renewed("r0:1", DUE, LATER),
        "waiting": mail_steps.waiting(EXPIRES, LATER),
        "mail put off": mail_steps.mail_put_off(DUE, LATER),
        "mailed": mail_steps.mailed(DUE, 2, EXPIRES, LATER),
        "mailed, of what is due no more": mail_steps.mailed(LATER, 2, EXPIRES, LATER),
        "mail wanted": mail_steps.mail_wanted(LATER),
        "key died": mail_steps.key_died(2, 3, LATER, LATER),
        "key died, unheard of the others": mail_steps.key_died(0, 1, LATER, LATER),
        "last key died": mail_steps.key_died(2, 4, None, LATER),
        "sharing": steps_of.sharing(MINE, LATER),
        "changed": steps_of.changed(LATER),
        "granted": steps_of.granted(Granted(1, ("people",))),
        "closed": steps_of.closed(STARTED, ENDING, LATER),
        "closed by name": steps_of.closed(None, FAILED, LATER),
        "owes": steps_of.owes(GUESSING),
        "told": steps_of.told(OWING, 1, LATER),
        "told in part": steps_of.told(replace(OWING, owed_events=(GUESSING, GUESSING)), 1, LATER),
    }


OF_OPEN = {"sharing", "changed", "closed", "closed by name"}


def may(step: str, status: Status | None, started_at: str | None) -> bool:
    """What the life of a request allows, said once more and otherwise than in the product."""
    match step, status:
        case (("submitted" | "on record" | "received" | "closed" | "closed by name"), None):
            return True
        case _, None:
            return False
        case "told in part", _:
            return False  # something else is owed than was seen
        case (("granted" | "owes" | "told"), _):
            return True
        case "received", Status.RECEIVED:
            return started_at is None
        case (("classified" | "found shared"), _):
            return status is Status.RECEIVED
        case "found renewed", Status.SHARING:
            return True
        case "waiting", (Status.RECEIVED | Status.WAITING):
            return True
        case (("mail put off" | "mailed" | "mail wanted" | "key died" | "last key died"), Status.WAITING):
            return True
        case "closed", _:
            return status in OPEN and started_at in {None, STARTED}
        case _:
            return step in OF_OPEN and status in OPEN


@pytest.mark.parametrize("step", every_step())
def test_every_step_from_every_state(steps: Steps, step: str) -> None:
    """And both registers make the same of it."""
    taking = every_step()[step]
    states = [(None, None), *itertools.product(Status, [None, STARTED, LATER])]
    for number, (status, started_at) in enumerate(states):
        name, there = f"r{number}", None
        if status is not None:
            there = replace(RECEIVED, id=name, status=status, started_at=started_at, decision=MINE)
            there = replace(there, mail_due_at=DUE, dead_keys=2)
            there = replace(there, owed_events=(GUESSING,), to_announce=True)
            sets = {
                each.name: getattr(there, each.name) for each in fields(there) if each.name not in {"id", "history"}
            }
            held = {field: value for field, value in sets.items() if value not in (None, False, "")}
            steps.register.apply(name, Transition(starts_from=(), creates=True, sets=held))
        outcome = steps.register.apply(name, taking)
        assert isinstance(outcome, Applied) == may(step, status, started_at), (status, started_at)
        if isinstance(outcome, Applied):
            assert outcome.record == taken(taking, name, there)
            assert steps.load(name) == outcome.record
        else:
            assert outcome == Rejected(name, there)
            assert steps.register.find(name) == there


@pytest.mark.parametrize("step", every_step())
def test_steps_speak_of_fields_that_there_are(step: str) -> None:
    known = {field.name for field in fields(RequestRecord)} - {"id", "history"}
    taking = every_step()[step]
    assert {*taking.sets, *taking.keeps, *taking.removes, *taking.matches} <= known
