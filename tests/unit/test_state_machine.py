"""The state machine: sound, every task retried and caught, every way through ends in Close."""

import inspect
import json
import re
from typing import Any

import pytest
from statelint.linter import Linter

from handlers.sharing import request_approval as approval
from handlers.sharing.model.errors import REFUSALS
from tests.asl.definition import WAIT_SECONDS, leads_to, load, reached, template

DEFINITION = load()
TEXT = json.dumps(DEFINITION)
STATES: dict[str, dict[str, Any]] = DEFINITION["States"]
TASKS = [name for name, state in STATES.items() if state["Type"] == "Task"]
RETRIED = {
    "TryAgain",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    "Lambda.Unknown",
    "Sandbox.Timedout",
    "Runtime.ExitError",
}


def nexts(name: str) -> set[str]:
    return leads_to(STATES[name])


def test_it_is_sound() -> None:
    assert Linter.validate(DEFINITION) == []


def test_four_tasks() -> None:
    assert TASKS == ["Classify", "RequestApproval", "Grant", "Close"]
    resources = {name: STATES[name]["Resource"] for name in TASKS}
    assert resources.pop("RequestApproval") == "arn:aws:states:::lambda:invoke.waitForTaskToken"
    assert set(resources.values()) == {"arn:aws:states:::lambda:invoke"}


@pytest.mark.parametrize("name", TASKS)
def test_every_task_is_retried(name: str) -> None:
    retry = STATES[name]["Retry"][0]
    assert set(retry["ErrorEquals"]) == RETRIED
    assert {key: value for key, value in retry.items() if key != "ErrorEquals"} == {
        "IntervalSeconds": 2,
        "BackoffRate": 2.0,
        "MaxAttempts": 6,
        "MaxDelaySeconds": 60,
        "JitterStrategy": "FULL",
    }


@pytest.mark.parametrize("name", TASKS)
def test_nothing_final_is_retried(name: str) -> None:
    """A refusal that came once comes again; only the list of approvers may have failed for a passing cause."""
    named = {error for retry in STATES[name]["Retry"] for error in retry["ErrorEquals"]} - RETRIED
    assert named == ({"CannotListApprovers"} if name == "RequestApproval" else set())


@pytest.mark.parametrize("name", [name for name in TASKS if name != "Close"])
def test_every_fault_leads_to_close(name: str) -> None:
    last = STATES[name]["Catch"][-1]
    assert last == {"ErrorEquals": ["States.ALL"], "ResultPath": "$.fault", "Next": "Close"}


def test_an_input_that_no_task_can_take_is_caught_by_its_name() -> None:
    """`States.ALL` does not catch it: without a name of its own it ends the execution, and nobody is told why."""
    first = STATES["Classify"]["Catch"][0]
    assert first == {"ErrorEquals": ["States.DataLimitExceeded"], "ResultPath": "$.fault", "Next": "Close"}


def test_close_is_told_of_every_fault() -> None:
    """Elsewhere than in `$.fault` Close looks for none, and without a place of its own it replaces the state's data."""
    caught = [catch for state in STATES.values() for catch in state.get("Catch", []) if catch["Next"] == "Close"]
    assert len(caught) == 5
    assert {catch["ResultPath"] for catch in caught} == {"$.fault"}


def test_a_list_of_approvers_that_fails_is_tried_again_a_few_times() -> None:
    retry = STATES["RequestApproval"]["Retry"][1]
    waits = [retry["IntervalSeconds"] * retry["BackoffRate"] ** number for number in range(retry["MaxAttempts"])]
    assert waits == [2, 4, 8]
    assert max(waits) < retry["MaxDelaySeconds"] == 60
    assert retry["JitterStrategy"] == "FULL"


def test_close_fails_the_execution_rather_than_hide_it() -> None:
    assert "Catch" not in STATES["Close"]


def test_the_wait_for_a_person() -> None:
    state = STATES["RequestApproval"]
    assert state["TimeoutSeconds"] == WAIT_SECONDS
    assert "HeartbeatSeconds" not in TEXT
    assert state["Catch"][0] == {"ErrorEquals": ["States.Timeout"], "ResultPath": None, "Next": "Expired"}
    retried = {error for retry in state["Retry"] for error in retry["ErrorEquals"]}
    assert not retried & {"States.ALL", "States.Timeout", "States.TaskFailed"}
    assert template()["States"]["RequestApproval"]["TimeoutSeconds"] == "${ApprovalTimeoutSeconds}"
    # The mail tells what this state waits, whatever release it belongs to.
    assert state["Parameters"]["Payload"]["timeout_seconds"] == state["TimeoutSeconds"]


def test_every_refusal_of_request_approval_is_named() -> None:
    (named,) = (catch["ErrorEquals"] for catch in STATES["RequestApproval"]["Catch"][1:-1])
    assert set(named) <= set(REFUSALS)
    raised = set(re.findall(r"raise (\w+)\(", inspect.getsource(approval.request_approval))) & set(REFUSALS)
    # The register and the producer's account raise these.
    assert set(named) == raised | {"CannotReachProducer", "RequestClosed"}


def test_only_the_token_goes_beyond_the_small_facts() -> None:
    payloads = {name: set(STATES[name]["Parameters"]["Payload"]) for name in TASKS}
    assert payloads == {
        "Classify": {"request_id.$", "execution_arn.$", "started_at.$", "input.$", "round.$"},
        "RequestApproval": {"request_id.$", "token.$", "timeout_seconds"},
        "Grant": {"request_id.$", "round.$", "decision_id.$", "after.$"},
        "Close": {"request_id.$", "started_at.$", "ending.$"},
    }
    assert TEXT.count("$$.Task.Token") == 1


def test_every_state_is_reached_and_every_way_ends_in_close() -> None:
    assert reached(DEFINITION) == set(STATES)
    ends = {name for name, state in STATES.items() if state["Type"] in {"Succeed", "Fail"} or state.get("End")}
    assert ends == {"Done", "Failed"}
    assert not reached(DEFINITION, without="Close") & ends
    assert nexts("Close") == {"Ended"}
    assert nexts("Ended") == ends


def test_choices_know_every_outcome() -> None:
    def equals(name: str) -> dict[str, str]:
        rules = [rule["And"][1] if "And" in rule else rule for rule in STATES[name]["Choices"]]
        return {
            rule["StringEquals"]: next_
            for rule, next_ in zip(rules, (c["Next"] for c in STATES[name]["Choices"]), strict=True)
        }

    assert equals("NeedsApproval") == {"grant": "Grant", "needs_approval": "RequestApproval"}
    assert equals("Decided") == {"approve": "Approved", "deny": "Denied"}
    assert equals("Shared") == {"more": "Grant", "changed": "ClassifyAgain"}
    assert equals("Ended") == {"FAILED": "Failed"}
    assert {STATES[name]["Default"] for name in ("NeedsApproval", "Decided", "Shared")} == {"Close"}


def test_only_a_decision_leads_from_the_wait_to_a_grant() -> None:
    assert nexts("RequestApproval") == {"Decided", "Expired", "Close"}
    assert {name for name in STATES if "Grant" in nexts(name)} == {"NeedsApproval", "Approved", "Shared"}
    assert {name for name in STATES if "Approved" in nexts(name)} == {"Decided"}
    assert STATES["Approved"]["Parameters"]["decision_id.$"] == "$.answer.decision_id"
    assert STATES["ClassifyAgain"]["Parameters"] == {"round.$": "States.MathAdd($.round, 1)"}
