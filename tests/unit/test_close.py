"""Close and Sweep: every ending has a status and a reason, once, and nothing stays open for ever."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from handlers.sharing.close import ending_of, ending_of_execution
from handlers.sharing.model.clock import iso, moment, now
from handlers.sharing.model.errors import FAULTS, REFUSALS, CloseFailed, LakeshareError, TryAgain
from handlers.sharing.model.record import Decision, Ending, RequestRecord, Status
from tests.fakes.world import World, input_of

DECISION = Decision("d1", "r1", "f", "deny", "jane@owner.example", True, "no", "2026-11-24T09:00:00Z", "192.0.2.1", "")
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


@pytest.mark.parametrize("name", REFUSALS)
def test_raised_refusals(world: World, name: str) -> None:
    fault = {"Error": name, "Cause": cause("because")}
    assert the_ending(world, outcome="needs_approval", fault=fault) == (Status.REFUSED, name, "because")


@pytest.mark.parametrize("name", FAULTS)
def test_raised_faults(world: World, name: str) -> None:
    assert the_ending(world, fault={"Error": name, "Cause": cause("because")}) == (Status.FAILED, name, "because")


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


def test_a_denial_keeps_its_particulars(world: World) -> None:
    world.classify()
    assert closed(world, Ending(Status.DENIED, "Denied", "x", DECISION)).decision == DECISION


def test_the_token_is_forgotten(world: World) -> None:
    world.classify(document=input_of("sales", "people"))
    world.request_approval()
    closed(world)
    assert world.vault.approvals["r1"].token is None
    assert world.vault.approvals["r1"].keys


@pytest.mark.parametrize(("writes", "lost", "times"), [(0, True, 1), (1, False, 2), (1, True, 1)])
def test_a_retry_finishes_what_was_left(world: World, writes: int, times: int, *, lost: bool) -> None:
    """Its first write notes the end, its second that it was announced."""
    world.classify()
    failing = world.register.fail_after if lost else world.register.fail
    failing("apply", *[None] * writes, TryAgain("busy"))
    with pytest.raises(TryAgain):
        closed(world)
    assert closed(world).status is Status.SHARED
    assert world.events.types().count("RequestShared") == times


def test_an_event_that_was_not_taken_is_put_again(world: World) -> None:
    world.classify()
    world.events.fail("announce", TryAgain("busy"))
    with pytest.raises(TryAgain):
        closed(world)
    closed(world, Ending(Status.FAILED, "Crashed", "x"), None)
    assert world.events.types() == ["RequestReceived", "RequestShared"]


def test_a_request_that_was_never_written_down_is_closed_all_the_same(world: World) -> None:
    record = closed(world, Ending(Status.FAILED, "Fault", "x"))
    assert (record.status, record.started_at) == (Status.FAILED, STARTED)
    assert world.events.types() == ["RequestFailed"]
    assert closed(world).status is Status.FAILED


def test_an_execution_of_a_used_name_closes_itself_and_not_the_other(world: World) -> None:
    world.classify()
    record = closed(world, Ending(Status.REFUSED, "DuplicateRequest", "x"), "2027-01-01T00:00:00Z")
    assert (record.status, record.reason) == (Status.REFUSED, "DuplicateRequest")
    assert world.register.records["r1"].status is Status.RECEIVED
    assert world.events.types() == ["RequestReceived", "RequestRefused"]
    closed(world)
    assert closed(world, Ending(Status.REFUSED, "DuplicateRequest", "x"), "2027-01-01T00:00:00Z").reason
    assert world.register.records["r1"].status is Status.SHARED


def test_an_execution_of_a_used_name_says_all_about_its_own_end(world: World) -> None:
    world.classify()
    started_at = "2027-01-01T00:00:00.000Z"
    record = closed(world, Ending(Status.REFUSED, "DuplicateRequest", "used"), started_at)
    assert record.closed_at is not None
    assert moment(record.closed_at)
    assert record == RequestRecord(
        "r1", Status.REFUSED, started_at, reason="DuplicateRequest", message="used", closed_at=record.closed_at
    )
    assert world.events.put[-1].record == record


def test_what_the_requests_api_wrote_ends_with_its_execution(world: World) -> None:
    world.register.records["r1"] = RequestRecord("r1", Status.RECEIVED, "2026-11-24T08:59:59Z")
    record = closed(world, Ending(Status.FAILED, "AccessRefused", "x"))
    assert (record.status, record.reason, record.started_at) == (Status.FAILED, "AccessRefused", STARTED)
    assert world.register.records["r1"].status is Status.FAILED


# --- the sweep --------------------------------------------------------------------------------------------------


def test_the_sweep_closes_what_is_gone_and_nothing_else(world: World) -> None:
    for name, document in (("runs", None), ("dead", None), ("waits", input_of("sales", "people")), ("done", None)):
        world.classify(name, document)
    world.request_approval("waits")
    world.close(ENDING, "done", None)
    world.workflow.executions -= {"arn:dead", "arn:done"}
    world.workflow.ended["arn:dead"] = "ABORTED"
    assert world.sweep() == 1
    statuses = {name: record.status for name, record in world.register.records.items()}
    assert statuses == {
        "runs": Status.RECEIVED,
        "dead": Status.FAILED,
        "waits": Status.WAITING,
        "done": Status.SHARED,
    }
    assert world.register.records["dead"].reason == "Aborted"
    assert world.sweep() == 0
    assert world.events.types().count("RequestFailed") == 1


def test_a_list_of_executions_that_lags_behind_closes_nothing(world: World) -> None:
    world.classify()
    running = world.workflow.running
    world.workflow.running = frozenset  # type: ignore[method-assign,assignment]
    assert world.sweep() == 0
    world.workflow.running = running  # type: ignore[method-assign]
    assert world.register.records["r1"].status is Status.RECEIVED


def test_the_sweep_announces_what_was_closed_in_silence(world: World) -> None:
    world.classify()
    world.events.fail("announce", TryAgain("busy"))
    with pytest.raises(TryAgain):
        closed(world)
    assert world.sweep() == 0, "its execution runs, and may still announce it"
    world.workflow.executions.clear()
    assert world.sweep() == 1
    assert world.events.types() == ["RequestReceived", "RequestShared"]
    assert world.sweep() == 0


def test_the_sweep_writes_down_what_the_register_never_heard_of(world: World) -> None:
    world.classify("known")
    world.close(Ending(Status.FAILED, "Fault", "x"), "known", None)
    world.workflow.executions.clear()
    machine = "arn:aws:states:eu-west-1:123456789012:execution:lakeshare"
    world.workflow.ended = {f"{machine}:known": "FAILED", f"{machine}:unheard": "FAILED"}
    at = now()
    assert world.sweep(at) == 1
    assert ("died", (at - timedelta(days=1),)) in world.workflow.calls
    assert world.register.records["known"].reason == "Fault"
    unheard = world.register.records["unheard"]
    assert (unheard.status, unheard.reason) == (Status.FAILED, "Crashed")
    assert world.events.types() == ["RequestReceived", "RequestFailed", "RequestFailed"]
    assert world.sweep() == 0


def test_a_request_without_an_execution_is_announced_at_once(world: World) -> None:
    world.events.fail("announce", TryAgain("busy"))
    with pytest.raises(TryAgain):
        closed(world, Ending(Status.FAILED, "Fault", "x"))
    assert world.sweep() == 1
    assert world.events.types() == ["RequestFailed"]


def test_with_nothing_open_nobody_asks_what_runs(world: World) -> None:
    assert world.sweep() == 0
    assert [name for name, *_ in world.workflow.calls] == ["died"]


@pytest.mark.parametrize(("minutes", "number"), [(14, 0), (15, 0), (16, 1)])
def test_what_was_never_started(world: World, minutes: int, number: int) -> None:
    at = moment(iso(now()))
    world.register.records["r1"] = RequestRecord("r1", Status.RECEIVED, iso(at - timedelta(minutes=minutes)))
    assert world.sweep(at) == number
    assert (world.register.records["r1"].reason == "NeverStarted") == (number == 1)


@pytest.mark.parametrize("error", [TryAgain("busy"), CloseFailed("newer")])
def test_one_request_that_cannot_be_closed_keeps_no_other_open(world: World, error: LakeshareError) -> None:
    for name in ("one", "two", "three"):
        world.classify(name)
    world.workflow.executions.clear()
    world.closer.fail("close", None, error)
    with pytest.raises(type(error)):
        world.sweep()
    assert [record.status.is_open for record in world.register.records.values()].count(True) == 1
    assert world.sweep() == 1


def test_every_error_is_a_refusal_or_a_fault_by_its_own_name() -> None:
    assert not set(REFUSALS) & set(FAULTS)
    assert all(kind("x").reason == name for name, kind in (REFUSALS | FAULTS).items())


def test_what_is_started_and_not_yet_taken_up_goes_on(world: World) -> None:
    """Its requests API wrote it down long ago, and its Classify has not come through to the register since."""
    record = RequestRecord("r1", Status.RECEIVED, iso(now() - timedelta(hours=1)))
    world.register.records["r1"] = record
    world.workflow.executions.add("arn:r1")
    assert world.sweep() == 0
    assert world.register.records["r1"] is record


def test_a_sweep_writes_nothing_itself_and_closes_each_by_its_start(world: World) -> None:
    for name in ("r1", "r2", "r3"):
        world.classify(name)
        world.workflow.executions.discard(f"arn:{name}")
        world.workflow.ended[f"arn:{name}"] = "ABORTED"
    world.closer.function = lambda _event: None
    before = dict(world.register.records)
    assert world.sweep() == 3
    assert world.register.records == before
    assert [arguments for name, arguments in world.closer.calls if name == "close"] == [
        (name, "2026-11-24T09:00:00Z", "ABORTED") for name in ("r1", "r2", "r3")
    ]
