"""Close: every ending has a status and a reason, and is told once."""

import json
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

import pytest

from handlers.sharing import close as closing
from handlers.sharing.close import ending_of, ending_of_execution
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.clock import moment
from handlers.sharing.model.errors import (
    FAULTS,
    REFUSALS,
    AccessRefused,
    LakeshareError,
    RegisterUnreadable,
    TryAgain,
)
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import Decision, Ending, RequestRecord, Status
from handlers.sharing.model.request import Source
from handlers.sharing.model.share import Share, ShareStatus
from tests.fakes.world import CONSUMER, OWNER, World, input_of, pii_table, plain_table

DECISION = Decision(
    "d1", "r1", "f", "deny", "jane@owner.example", "mailbox", "no", "2026-11-24T09:00:00Z", "192.0.2.1", ""
)
ENDING = Ending(Status.SHARED, None, "shared")
STARTED = "2026-11-24T09:00:00Z"


def cause(message: str) -> str:
    return json.dumps({"errorMessage": message, "errorType": "X", "stackTrace": ["secret"]})


def the_ending(world: World, **document: object) -> tuple[Status, str | None, str]:
    ending = ending_of("r1", document, world.vault)
    return ending.status, ending.reason, ending.message


# --- what the last state says -----------------------------------------------------------------------------------


def test_planned_endings(world: World) -> None:
    world.vault.decisions["d1"] = DECISION
    assert the_ending(world, outcome="shared", message="is shared") == (Status.SHARED, None, "is shared")
    assert the_ending(world, outcome="expired")[:2] == (Status.EXPIRED, "ApprovalTimedOut")
    assert the_ending(world, outcome="denied", decision_id="d1")[:2] == (Status.DENIED, "Denied")
    world.vault.decisions["d3"] = replace(DECISION, action="approve")
    assert ending_of("r1", {"outcome": "denied", "decision_id": "d1"}, world.vault).decision == DECISION
    for unknown in ("d2", "d3", None, 7):
        assert ending_of("r1", {"outcome": "denied", "decision_id": unknown}, world.vault).decision is None
    assert all(isinstance(asked, str) for name, (asked,) in world.vault.calls if name == "decision")
    assert ending_of("r2", {"outcome": "denied", "decision_id": "d1"}, world.vault).decision is None
    refused = the_ending(world, outcome="refused", reason="TableNotFound", message="no such table")
    assert refused == (Status.REFUSED, "TableNotFound", "no such table")


@pytest.mark.parametrize("outcome", [None, "needs_approval", "more", 7, {}, ["shared"]])
def test_endings_that_nobody_planned(world: World, outcome: object) -> None:
    assert the_ending(world, outcome=outcome)[:2] == (Status.FAILED, "UnknownOutcome")
    assert the_ending(world)[:2] == (Status.FAILED, "UnknownOutcome")


RAISED = {**dict.fromkeys(REFUSALS, Status.REFUSED), **dict.fromkeys(FAULTS, Status.FAILED)}


@pytest.mark.parametrize("name", RAISED)
def test_raised_refusals_and_faults(world: World, name: str) -> None:
    fault = {"Error": name, "Cause": cause("because")}
    assert the_ending(world, outcome="needs_approval", fault=fault) == (RAISED[name], name, "because")


def test_every_error_is_a_refusal_or_a_fault_by_its_own_name() -> None:
    assert not set(REFUSALS) & set(FAULTS)
    assert all(kind("x").reason == name for name, kind in (REFUSALS | FAULTS).items())
    assert {kind("x").field for kind in REFUSALS.values()} == {
        *("", "target.account_id", "target.roles", "until", "renews"),
        *("scope", "columns", "filter"),
    }


def test_an_outage_that_outlasted_the_retries(world: World) -> None:
    status, reason, message = the_ending(world, fault={"Error": "TryAgain", "Cause": cause("Glue was busy.")})
    assert (status, reason) == (Status.FAILED, "AwsUnavailable")
    assert message.startswith("Glue was busy.")


@pytest.mark.parametrize("error", ["States.DataLimitExceeded", "Runtime.UnmarshalError"])
def test_an_input_that_no_task_can_take(world: World, error: str) -> None:
    fault = {"Error": error, "Cause": "token=abc"}
    status, reason, message = the_ending(world, fault=fault)
    assert (status, reason) == (Status.REFUSED, "InvalidInput")
    assert "abc" not in message


@pytest.mark.parametrize("name", ["KeyError", "Lambda.Unknown", "States.Runtime", "Refused", "Fault", ""])
def test_what_nobody_foresaw_says_its_name_and_nothing_else(world: World, name: str) -> None:
    status, reason, message = the_ending(world, fault={"Error": name, "Cause": cause("token=abc")})
    assert (status, reason) == (Status.FAILED, "Fault")
    assert f"({name})" in message
    assert "abc" not in message


@pytest.mark.parametrize(
    ("raw", "message"),
    [("plain text", "plain text"), (None, "None"), ("[1]", "[1]"), ('{"x": 1}', ""), ('"text"', '"text"'), ("", "")],
)
def test_causes_of_other_shapes(world: World, raw: object, message: str) -> None:
    assert the_ending(world, fault={"Error": "NoApprovers", "Cause": raw}) == (Status.REFUSED, "NoApprovers", message)
    assert the_ending(world, fault={})[:2] == (Status.FAILED, "Fault")


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("ABORTED", "Aborted"),
        ("TIMED_OUT", "TimedOut"),
        ("NEVER_STARTED", "NeverStarted"),
        ("FAILED", "Crashed"),
        ("SUCCEEDED", "Crashed"),
        ("GONE", "Crashed"),
    ],
)
def test_executions_that_closed_nothing(status: str, reason: str) -> None:
    ending = ending_of_execution(status)
    assert (ending.status, ending.reason) == (Status.FAILED, reason)


# --- closing ----------------------------------------------------------------------------------------------------


def closed(world: World, ending: Ending = ENDING, started_at: str | None = STARTED) -> RequestRecord:
    return world.close(ending, started_at=started_at)


def test_a_request_is_closed_and_announced_once(world: World) -> None:
    world.classify()
    first = closed(world)
    assert (first.status, first.reason, first.message) == (Status.SHARED, None, "shared")
    assert world.register.records["r1"].announced_at
    again = closed(world, Ending(Status.FAILED, "Aborted", "x"))
    assert again.status is Status.SHARED
    assert closed(world, Ending(Status.FAILED, "Crashed", "x"), None).status is Status.SHARED
    assert world.events.types() == ["RequestReceived", "RequestShared"]


def test_the_token_is_forgotten(world: World) -> None:
    world.classify(document=input_of("sales", "people"))
    world.request_approval()
    closed(world)
    assert world.vault.approvals["r1"].token is None
    assert world.vault.approvals["r1"].keys


@pytest.mark.parametrize(("writes", "lost", "times"), [(0, True, 1), (1, False, 2), (1, True, 1)])
def test_a_retry_finishes_what_was_left(world: World, writes: int, times: int, *, lost: bool) -> None:
    """Its first write notes the end, without which it fails; its second that it was announced."""
    world.classify()
    failing = world.register.fail_after if lost else world.register.fail
    failing("apply", *[None] * writes, TryAgain("busy"))
    with pytest.raises(TryAgain) if writes == 0 else nullcontext():
        closed(world)
    assert closed(world).status is Status.SHARED
    assert world.events.types().count("RequestShared") == times


def test_an_event_that_was_not_taken_is_put_again(world: World) -> None:
    world.classify()
    world.events.fail("announce", TryAgain("busy"))
    closed(world)
    assert world.vault.count("forget_token") == 1
    closed(world, Ending(Status.FAILED, "Crashed", "x"), None)
    assert world.events.types() == ["RequestReceived", "RequestShared"]


def test_an_execution_of_a_used_name_closes_itself_and_not_the_other(world: World) -> None:
    """Of its own end it says all, whether the other one has ended or not."""
    world.classify()
    used, started_at = Ending(Status.REFUSED, "DuplicateRequest", "used"), "2027-01-01T00:00:00.000Z"
    record = closed(world, used, started_at)
    assert record.closed_at is not None
    assert moment(record.closed_at)
    assert record == RequestRecord(
        "r1", Status.REFUSED, started_at, reason="DuplicateRequest", message="used", closed_at=record.closed_at
    )
    assert world.events.put[-1].record == record
    assert world.events.types() == ["RequestReceived", "RequestRefused"]
    assert world.register.records["r1"].status is Status.RECEIVED
    closed(world)
    assert closed(world, used, started_at).reason == "DuplicateRequest"
    assert world.register.records["r1"].status is Status.SHARED


# --- what a denial does not end ---------------------------------------------------------------------------------

SOON, LATER = "2030-01-02T00:00:00.000Z", "2031-01-02T00:00:00.000Z"
PEOPLE, ALL = Source("sales", "people"), Source("sales", "*")


def had(source: Source, scope: Scope = Scope.TABLE, until: str | None = SOON, **more: Any) -> Share:
    """What the account was granted before; by name those are `orders` and `people`."""
    by_name = {"tables": 2, "parts": 1} if scope is Scope.TABLES_BY_NAME else {}
    share = Share(
        "r0:1", CONSUMER, ShareStatus.ACTIVE, source, scope, Owner(OWNER), "f", STARTED, until=until, live=True
    )
    return replace(share, **by_name, **more)


STAYS = f"Access that account {CONSUMER} had to it before stays, until 2 January 2030, 00:00 UTC."


@pytest.mark.parametrize(
    ("asked", "before", "told"),
    [
        (PEOPLE, [], ""),
        (PEOPLE, [had(PEOPLE)], STAYS),
        (PEOPLE, [had(ALL, Scope.WILDCARD)], STAYS),
        (PEOPLE, [had(ALL, Scope.TABLES_BY_NAME)], STAYS),
        (PEOPLE, [had(PEOPLE, until=None)], STAYS.replace(", until 2 January 2030, 00:00 UTC", "")),
        (ALL, [had(PEOPLE)], STAYS.replace("to it", "to some or all of it")),
        (
            PEOPLE,
            [had(PEOPLE), had(ALL, Scope.WILDCARD, LATER, id="r00:1")],
            STAYS.replace("2030, 00:00 UTC", "2031, 00:00 UTC at the latest"),
        ),
        (
            PEOPLE,
            [had(PEOPLE), had(ALL, Scope.WILDCARD, None, id="r00:1")],
            STAYS.replace(", until 2 January 2030, 00:00 UTC", ""),
        ),
        # What is no longer, of others, or of something else.
        (PEOPLE, [had(PEOPLE, until="2020-01-02T00:00:00.000Z")], ""),
        (PEOPLE, [had(PEOPLE, status=ShareStatus.REVOKING)], ""),
        (PEOPLE, [had(PEOPLE, status=ShareStatus.GRANTING)], ""),
        (PEOPLE, [had(PEOPLE, consumer="888888888888")], ""),
        (PEOPLE, [had(Source("sales", "orders"))], ""),
        (PEOPLE, [had(Source("crm", "people"))], ""),
        (Source("sales", "later"), [had(ALL, Scope.TABLES_BY_NAME)], ""),
    ],
)
def test_a_denial_says_what_access_stays(world: World, asked: Source, before: list[Share], told: str) -> None:
    world.catalogue.put(world.catalogue.databases["sales"], plain_table(), pii_table(), pii_table("later"))
    for share in before:
        world.ledger.shares[share.id] = share
        world.ledger.covered[share.id] = ("orders", "people")
    world.classify(document=input_of(asked.database, asked.table))
    denied = closed(world, Ending(Status.DENIED, "Denied", "The owner denied it.", DECISION))
    assert denied.message == f"The owner denied it. {told}".strip()
    assert world.events.put[-1].announcement.facts["message"] == denied.message
    assert [world.ledger.shares[each.id] for each in before] == before


def test_what_ends_at_that_moment_stays_no_more(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "now", lambda: moment(SOON))
    world.ledger.shares["r0:1"] = had(PEOPLE)
    world.classify(document=input_of("sales", "people"))
    assert closed(world, Ending(Status.DENIED, "Denied", "The owner denied it.")).message == "The owner denied it."


@pytest.mark.parametrize("error", [TryAgain("busy"), AccessRefused("no right"), RegisterUnreadable("broken")])
@pytest.mark.parametrize("method", ["live", "names"])
def test_a_denial_waits_for_nothing_that_cannot_be_read(world: World, method: str, error: LakeshareError) -> None:
    world.ledger.shares["r0:1"] = had(PEOPLE)
    world.classify(document=input_of("sales", "people"))
    world.ledger.fail(method, error)
    denied = closed(world, Ending(Status.DENIED, "Denied", "The owner denied it.", DECISION))
    assert (denied.status, denied.decision) == (Status.DENIED, DECISION)
    assert denied.message.endswith(" had access before, which would stay, could not be read.")


def test_only_of_a_denial_it_is_said_and_only_where_it_is_known_what_was_asked_for(world: World) -> None:
    world.ledger.shares["r0:1"] = had(PEOPLE)
    denied = Ending(Status.DENIED, "Denied", "The owner denied it.", DECISION)
    assert closed(world, denied).message == "The owner denied it."
    world.classify("r2", input_of("sales", "people"))
    assert world.close(Ending(Status.EXPIRED, "ApprovalTimedOut", "In vain."), "r2").message == "In vain."
    assert world.ledger.count("live") == 1
