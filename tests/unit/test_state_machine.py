"""The state machine: sound, every task retried and caught, every way through ends in Close."""

import inspect
import json
import re
from typing import Any

import pytest
from statelint.linter import Linter

from handlers.sharing import notify
from handlers.sharing.model.errors import REFUSALS
from tests.asl.definition import WAIT_SECONDS, leads_to, load, reached, template

DEFINITION = load()
TEXT = json.dumps(DEFINITION)
STATES: dict[str, dict[str, Any]] = DEFINITION["States"]
TASKS = [name for name, state in STATES.items() if state["Type"] == "Task"]
OF_REQUESTER = ["RequesterIsApprover", "NoOtherApprover"]
NAMED = [
    "NoApprovers",
    *OF_REQUESTER,
    "CannotListApprovers",
    "CannotReachProducer",
    "OwnerNotRegistered",
    "RequestClosed",
]


def retrier(*errors: str, attempts: int, pause: int = 60) -> dict[str, Any]:
    return {
        "ErrorEquals": list(errors),
        "IntervalSeconds": 2,
        "BackoffRate": 2.0,
        "MaxAttempts": attempts,
        "MaxDelaySeconds": pause,
        "JitterStrategy": "FULL",
    }


def fault(*errors: str) -> dict[str, Any]:
    """Elsewhere than in `$.fault` Close looks for none, and without a place of its own it replaces the state's data."""
    return {"ErrorEquals": list(errors), "ResultPath": "$.fault", "Next": "Close"}


OUTAGE = retrier(
    "TryAgain",
    "Lambda.ClientExecutionTimeoutException",
    "Lambda.ServiceException",
    "Lambda.AWSLambdaException",
    "Lambda.SdkClientException",
    "Lambda.TooManyRequestsException",
    attempts=50,
    pause=600,
)
"""For hours: at most seven, and half of that on average, as the jitter is full."""
CRASH = ("Lambda.Unknown", "Sandbox.Timedout", "Runtime.ExitError")
RETRIED: dict[str, list[dict[str, Any]]] = {
    **{name: [OUTAGE, retrier(*CRASH, "States.Timeout", attempts=6)] for name in ("Classify", "Grant", "Close")},
    # Its time-out is nobody's answer. Only the list of approvers may have failed for a passing cause.
    "RequestApproval": [OUTAGE, retrier(*CRASH, attempts=6), retrier("CannotListApprovers", attempts=3)],
}
CAUGHT: dict[str, list[dict[str, Any]]] = {
    # `States.ALL` does not catch an input that no task can take: without a name of its own it ends the execution, and
    # nobody is told why.
    "Classify": [fault("States.DataLimitExceeded"), fault("States.ALL")],
    "RequestApproval": [
        {"ErrorEquals": ["States.Timeout"], "ResultPath": None, "Next": "Expired"},
        fault(*NAMED),
        fault("States.ALL"),
    ],
    "Grant": [fault("States.ALL")],
    # It fails the execution rather than hide it.
    "Close": [],
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
def test_nothing_final_is_retried(name: str) -> None:
    """A refusal that came once comes again."""
    assert STATES[name]["Retry"] == RETRIED[name]


def test_no_task_lasts_for_ever() -> None:
    """Longer than the function may take, whose own time-out says more."""
    seconds = {name: STATES[name]["TimeoutSeconds"] for name in TASKS}
    assert seconds == {"Classify": 360, "RequestApproval": WAIT_SECONDS, "Grant": 960, "Close": 120}


@pytest.mark.parametrize("name", TASKS)
def test_every_fault_leads_to_close(name: str) -> None:
    assert STATES[name].get("Catch", []) == CAUGHT[name]


def test_the_wait_for_a_person() -> None:
    state = STATES["RequestApproval"]
    assert state["TimeoutSeconds"] == WAIT_SECONDS
    assert "HeartbeatSeconds" not in TEXT
    assert template()["States"]["RequestApproval"]["TimeoutSeconds"] == "${ApprovalTimeoutSeconds}"
    # The mail tells what this state waits, whatever release it belongs to.
    assert state["Parameters"]["Payload"]["timeout_seconds"] == state["TimeoutSeconds"]


def test_every_refusal_that_ends_the_wait_is_named() -> None:
    assert set(NAMED) <= set(REFUSALS)
    raised = set(re.findall(r"raise (\w+)\(", inspect.getsource(notify))) & set(REFUSALS)
    # The register, the producer's account and the check of the requester raise these.
    assert set(NAMED) == raised | {"CannotReachProducer", "RequestClosed", *OF_REQUESTER}


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
        rules = [(rule["And"][1] if "And" in rule else rule, rule["Next"]) for rule in STATES[name]["Choices"]]
        return {comparison["StringEquals"]: leads_on for comparison, leads_on in rules}

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
