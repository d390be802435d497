"""What people read about an ending, a share and a fault, to the letter: they are sent nothing else."""

from __future__ import annotations

import pytest

from handlers.sharing.close import close, ending_of, ending_of_execution
from handlers.sharing.model.clock import moment
from handlers.sharing.model.errors import InvalidInput, InvalidTarget, Refused, RegisterUnreadable, RequestClosed
from handlers.sharing.model.new_request import FieldFault, InvalidRequest, parse_question
from handlers.sharing.model.parties import Parties
from handlers.sharing.model.record import Ending, RequestRecord, Status
from handlers.sharing.model.request import kind_of, shown
from tests.fakes.world import CONSUMER, OWNER, World, input_of, plain_table

CAUSE = {"Error": "States.DataLimitExceeded", "Cause": "x"}
UNREADABLE = {"Error": "Runtime.UnmarshalError", "Cause": "x"}


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ({"outcome": "expired"}, "Nobody approved or denied the request in time."),
        ({"outcome": "denied"}, "The owner of the data denied the request."),
        ({"outcome": "odd"}, "The workflow ended in a way that nobody planned (odd)."),
        ({"fault": CAUSE}, "The input is longer than the workflow can take."),
        ({"fault": UNREADABLE}, "The input holds a value that the workflow cannot read."),
        ({"fault": {}}, "An unexpected error ended the workflow (). The logs say more."),
    ],
)
def test_endings(world: World, document: dict[str, object], message: str) -> None:
    assert ending_of("r1", document, world.register).message == message


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ("ABORTED", "An operator stopped the execution of this request."),
        ("TIMED_OUT", "The execution of this request ran out of time."),
        ("NEVER_STARTED", "The execution of this request was never started. Ask again."),
        ("FAILED", "The execution of this request ended without closing it."),
    ],
)
def test_executions_that_closed_nothing(status: str, message: str) -> None:
    assert ending_of_execution(status).message == message


@pytest.mark.parametrize("started_at", ["2027-01-01T00:00:00.000Z"])
def test_an_execution_of_a_used_name_says_all_about_its_own_end(world: World, started_at: str) -> None:
    world.take_in()
    record = close(
        "r1",
        started_at,
        Ending(Status.REFUSED, "DuplicateRequest", "used"),
        register=world.register,
        events=world.events,
    )
    assert record.closed_at is not None
    assert moment(record.closed_at)
    assert record == RequestRecord(
        "r1", Status.REFUSED, started_at, reason="DuplicateRequest", message="used", closed_at=record.closed_at
    )


def test_a_share_of_a_table(world: World) -> None:
    world.take_in(document=input_of("sales", "people"))
    decision = world.post(world.ask()).decision
    assert decision is not None
    message = world.share(decision_id=decision.id).message
    assert message.startswith(
        f"Table sales.people is shared with account {CONSUMER}. The owner of the data approved. Personal data: "
    )
    assert message == message.strip()


@pytest.mark.parametrize(("number", "tables"), [(1, "one table"), (2, "2 tables"), (1000, "1,000 tables")])
def test_a_share_of_a_database(world: World, number: int, tables: str) -> None:
    world.catalogue.entries["weather"].clear()
    world.catalogue.put(world.catalogue.databases["weather"], *(plain_table(f"t{at}") for at in range(number)))
    world.take_in(document=input_of("weather", "*"))
    message = world.share().message
    assert message.startswith(
        f"Database weather with {tables}, by name, is shared with account {CONSUMER}. No approval was needed. "
    )
    assert message == message.strip()


def test_requests_that_cannot_be_asked_about(world: World) -> None:
    world.take_in(document=input_of("sales", "people"))
    close("r1", None, Ending(Status.FAILED, "Aborted", "x"), register=world.register, events=world.events)
    with pytest.raises(RequestClosed, match=r"^Request r1 ended as FAILED meanwhile; nobody is asked any more\.$"):
        world.ask()
    world.register.records["r2"] = RequestRecord("r2", Status.RECEIVED, "2026-11-24T09:00:00.000Z")
    with pytest.raises(RegisterUnreadable, match=r"^Request r2 is to be approved, but its register item has no classi"):
        world.ask("r2")


@pytest.mark.parametrize(
    ("subscribers", "message"),
    [
        (
            None,
            f"Lakeshare may not list the subscribers of the approval topic in account {OWNER}. The producer's stack "
            "must be deployed there, or the producer be marked legacyKit.",
        ),
        (
            [],
            f"Nobody has confirmed an email subscription to the approval topic in account {OWNER}, so nobody would "
            "ever see this request. The producer must subscribe an approver and confirm the subscription.",
        ),
    ],
)
def test_requests_that_nobody_would_see(world: World, subscribers: list[str] | None, message: str) -> None:
    world.take_in(document=input_of("sales", "people"))
    world.producers.subscribers[OWNER] = subscribers
    with pytest.raises(Refused) as raised:
        world.ask()
    assert str(raised.value) == message


def test_an_owner_who_was_taken_off(world: World) -> None:
    world.take_in(document=input_of("sales", "people"))
    world.parties = Parties({})
    with pytest.raises(Refused) as raised:
        world.ask()
    assert str(raised.value) == (
        f"The data owner, account {OWNER}, was taken off the config key producers since the request was classified."
    )


def test_a_value_is_shown_up_to_eighty_characters() -> None:
    assert shown("x" * 80) == f"'{'x' * 80}'"
    assert shown("x" * 81) == f"'{'x' * 80}…'"


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (None, "nothing"),
        (True, "true or false"),
        (1, "a number"),
        (1.5, "a number"),
        ("", "a string"),
        ([], "a list"),
        ({}, "an object"),
    ],
)
def test_what_kind_of_value_came(value: object, kind: str) -> None:
    assert kind_of(value) == kind


def test_a_question_of_the_wrong_kind_says_which_field_and_why() -> None:
    with pytest.raises(InvalidRequest) as raised:
        parse_question({"source": [], "target": {"account_id": CONSUMER}})
    (fault,) = raised.value.faults
    assert (fault.field, fault.message) == ("source", "source must be an object, got a list.")
    assert str(raised.value) == "source must be an object, got a list."
    assert raised.value.reason == InvalidInput.__name__
    with pytest.raises(InvalidRequest) as raised:
        parse_question({"source": {"database": "sales", "table": "orders"}, "target": {"account_id": "1"}})
    assert raised.value.reason == InvalidTarget.__name__


def test_all_faults_of_a_new_request_are_one_text() -> None:
    faults = (FieldFault("source", "source must be an object."), FieldFault("reason", "reason must be a string."))
    assert str(InvalidRequest(faults)) == "source must be an object. reason must be a string."
