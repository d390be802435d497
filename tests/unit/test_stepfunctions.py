"""Executions: decisions are passed on once, and a list of executions is read to its end."""

import json
from collections.abc import Iterator

import pytest
from botocore.stub import Stubber

from handlers.aws.stepfunctions import StepFunctions
from handlers.sharing.model.clock import moment
from handlers.sharing.model.errors import AccessRefused, RegisterUnreadable, TryAgain
from tests.unit.stubs import OUTAGES, error, stubbed

MACHINE = "arn:aws:states:us-east-1:123456789012:stateMachine:lakeshare"
EXECUTION = "arn:aws:states:us-east-1:123456789012:execution:lakeshare:r1"
AT = "2026-11-24T09:00:00Z"


@pytest.fixture
def states() -> Iterator[Stubber]:
    with stubbed("stepfunctions") as stub:
        yield stub


def test_only_decision_and_id_go_into_the_history(states: Stubber) -> None:
    output = json.dumps({"decision": "approve", "decision_id": "d1"})
    states.add_response("send_task_success", {}, {"taskToken": "token", "output": output})
    assert StepFunctions().send_decision("token", "approve", "d1")


@pytest.mark.parametrize("code", ["TaskTimedOut", "TaskDoesNotExist", "InvalidToken"])
def test_a_task_that_does_not_wait(states: Stubber, code: str) -> None:
    error(states, "send_task_success", code)
    assert not StepFunctions().send_decision("token", "deny", "d1")


@pytest.mark.parametrize(("code", "status"), OUTAGES)
def test_outages(states: Stubber, code: str, status: int) -> None:
    port = StepFunctions(MACHINE)
    for method, call in (
        ("send_task_success", lambda: port.send_decision("token", "deny", "d1")),
        ("list_executions", port.running),
        ("list_executions", lambda: port.died(moment(AT))),
        ("describe_execution", lambda: port.how_it_ended(EXECUTION)),
    ):
        error(states, method, code, status=status)
        with pytest.raises(TryAgain):
            call()


def test_not_allowed(states: Stubber) -> None:
    error(states, "send_task_success", "AccessDeniedException", "not allowed")
    with pytest.raises(AccessRefused, match="not allowed"):
        StepFunctions().send_decision("token", "deny", "d1")


def execution(name: str) -> dict[str, str]:
    arn = f"{EXECUTION}{name}"
    return {"executionArn": arn, "stateMachineArn": MACHINE, "name": name, "status": "RUNNING", "startDate": AT}


def test_all_running_executions(states: Stubber) -> None:
    asked = {"stateMachineArn": MACHINE, "statusFilter": "RUNNING", "maxResults": 1000}
    states.add_response(
        "list_executions", {"executions": [{**execution("a"), "startDate": moment(AT)}], "nextToken": "more"}, asked
    )
    states.add_response("list_executions", {"executions": []}, {**asked, "nextToken": "more"})
    assert StepFunctions(MACHINE).running() == {f"{EXECUTION}a": moment(AT)}


def test_a_redriven_execution_runs_since_then(states: Stubber) -> None:
    again = {**execution("a"), "redriveDate": moment("2026-11-25T09:00:00Z")}
    states.add_response("list_executions", {"executions": [again]})
    assert StepFunctions(MACHINE).running() == {f"{EXECUTION}a": moment("2026-11-25T09:00:00Z")}


def test_an_execution_is_stopped_unless_it_is_over(states: Stubber) -> None:
    asked = {"executionArn": EXECUTION, "error": "RanTooLong", "cause": "Why."}
    states.add_response("stop_execution", {"stopDate": moment(AT)}, asked)
    StepFunctions(MACHINE).stop(EXECUTION, "RanTooLong", "Why.")
    error(states, "stop_execution", "ExecutionDoesNotExist")
    StepFunctions(MACHINE).stop(EXECUTION, "RanTooLong", "Why.")


def test_executions_that_died_a_short_while_ago(states: Stubber) -> None:
    for status, name, at in (("FAILED", "a", AT), ("ABORTED", "b", "2026-11-24T08:59:59Z"), ("TIMED_OUT", "c", AT)):
        asked = {"stateMachineArn": MACHINE, "statusFilter": status, "maxResults": 1000}
        died = {**execution(name), "status": status, "stopDate": moment(at)}
        states.add_response("list_executions", {"executions": [died], "nextToken": "older ones"}, asked)
    assert StepFunctions(MACHINE).died(moment(AT)) == [f"{EXECUTION}a", f"{EXECUTION}c"]


@pytest.mark.parametrize(
    ("status", "ended"),
    [
        ("RUNNING", None),
        ("PENDING_REDRIVE", None),
        ("FAILED", "FAILED"),
        ("ABORTED", "ABORTED"),
        ("TIMED_OUT", "TIMED_OUT"),
        ("SUCCEEDED", "SUCCEEDED"),
    ],
)
def test_how_an_execution_ended(states: Stubber, status: str, ended: str | None) -> None:
    answer = {"executionArn": EXECUTION, "stateMachineArn": MACHINE, "status": status, "startDate": AT}
    states.add_response("describe_execution", answer, {"executionArn": EXECUTION})
    assert StepFunctions(MACHINE).how_it_ended(EXECUTION) == ended


@pytest.mark.parametrize("code", ["InvalidArn", "ValidationException"])
def test_what_names_no_execution_is_an_entry_that_cannot_be_read(states: Stubber, code: str) -> None:
    error(states, "describe_execution", code)
    with pytest.raises(RegisterUnreadable, match="names as the execution"):
        StepFunctions(MACHINE).how_it_ended(EXECUTION)


def test_an_execution_that_nobody_knows(states: Stubber) -> None:
    error(states, "describe_execution", "ExecutionDoesNotExist")
    assert StepFunctions(MACHINE).how_it_ended(EXECUTION) == "GONE"
