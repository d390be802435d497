"""The mesh fails as it is told to."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from mesh_tests.harness import RunningMesh, answer_of, fetch


def test_throttled_twice_then_well(mesh: RunningMesh) -> None:
    glue = mesh.client("glue")
    mesh.control(
        "POST", "/faults", {"service": "glue", "operation": "GetTable", "code": "ThrottlingException", "times": 2}
    )
    for _ in range(2):
        with pytest.raises(ClientError, match="ThrottlingException"):
            glue.get_table(DatabaseName="shop", Name="customer")
    assert glue.get_table(DatabaseName="shop", Name="customer")
    assert mesh.control("GET", "/faults")[0]["used"] == 2


def test_only_matching_calls_fail(mesh: RunningMesh) -> None:
    glue = mesh.client("glue")
    fault = {"service": "glue", "operation": "*", "code": "InternalServiceException", "http_status": 500}
    mesh.control("POST", "/faults", {**fault, "match": "customer"})
    with pytest.raises(ClientError) as failed:
        glue.get_table(DatabaseName="shop", Name="customer")
    assert answer_of(failed.value)["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert glue.get_table(DatabaseName="shop", Name="orders")


def test_the_second_call_fails(mesh: RunningMesh) -> None:
    mesh.control("POST", "/faults", {"service": "sns", "operation": "ListTopics", "code": "Throttled", "skip": 1})
    sns = mesh.client("sns")
    sns.list_topics()
    with pytest.raises(ClientError, match="Throttled"):
        sns.list_topics()


@pytest.mark.parametrize("after", [False, True])
def test_a_broken_connection_before_or_after_the_effect(mesh: RunningMesh, after: bool) -> None:
    sns = mesh.client("sns")
    fault = {"service": "sns", "operation": "CreateTopic", "drop": True, "after": after, "times": 1}
    mesh.control("POST", "/faults", fault)
    name = f"dropped-{after}"
    with pytest.raises(ConnectionClosedError):
        sns.create_topic(Name=name)
    assert any(each["TopicArn"].endswith(name) for each in sns.list_topics()["Topics"]) is after


def test_a_delay_is_only_a_delay(mesh: RunningMesh) -> None:
    mesh.control("POST", "/faults", {"service": "sns", "operation": "ListTopics", "delay_seconds": 0.5, "times": 1})
    started = time.monotonic()
    mesh.client("sns").list_topics()
    assert 0.5 <= time.monotonic() - started < 2


def test_unknown_fields_are_refused(mesh: RunningMesh) -> None:
    status, text, _ = fetch(mesh.description["control_url"] + "/faults", "POST", {"service": "sns", "oops": 1})
    assert status == 400
    assert "oops" in text
    assert mesh.control("GET", "/faults") == []


def test_faults_in_lambda_reach_step_functions_with_its_names(mesh: RunningMesh) -> None:
    task: dict[str, Any] = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": mesh.function("def handler(event, context):\n    return 1\n")},
        "End": True,
    }
    machine = mesh.machine({"Task": task}, "Task")
    for fault, error in (
        ({"code": "TooManyRequestsException", "http_status": 429}, "Lambda.TooManyRequestsException"),
        ({"code": "ServiceException", "http_status": 500}, "Lambda.ServiceException"),
        ({"drop": True}, "Lambda.SdkClientException"),
    ):
        mesh.control("POST", "/faults", {"service": "lambda", "operation": "Invoke", "times": 1, **fault})
        assert mesh.ended(mesh.run(machine))["error"] == error
    assert mesh.ended(mesh.run(machine))["status"] == "SUCCEEDED"


CALLER = """
import boto3

def handler(event, context):
    sns = boto3.client("sns")
    return [len(sns.list_topics()["Topics"]) >= 0 for _ in range(event["calls"])]
"""


def test_a_fault_is_bound_to_one_call_of_one_event_and_meets_all_its_tries(mesh: RunningMesh) -> None:
    function = mesh.function(CALLER)
    fault = {"service": "sns", "operation": "ListTopics", "code": "Throttling", "event": "mine", "nth": 1}
    mesh.control("POST", "/faults", fault)
    assert mesh.invoke(function, {"calls": 2, "whose": "other"}) == ([True, True], None)
    assert mesh.invoke(function, {"calls": 1, "whose": "mine"}) == ([True], None)
    assert mesh.control("GET", "/faults")[0]["used"] == 0
    mesh.control("DELETE", "/faults", {"event": "somebody else's"})
    assert mesh.invoke(function, {"calls": 3, "whose": "mine"})[1] == "Unhandled"
    tries = mesh.control("GET", "/faults")[0]["used"]
    assert tries > 1, "the SDK tries again, and it is the same call"
    made = mesh.control("GET", "/calls", {"event": '"calls": 3'})
    assert [each["answer"] for each in made] == ["200", *["400"] * tries]
    assert len({each["call"] for each in made}) == 2
    assert {(each["service"], each["operation"]) for each in made} == {("sns", "ListTopics")}


def test_a_fault_from_the_second_invocation_on(mesh: RunningMesh) -> None:
    function = mesh.function(CALLER)
    name = function.rpartition(":")[2]
    fault = {"service": "sns", "operation": "*", "code": "Unheard", "function": name, "invocation": 1, "times": 1}
    mesh.control("POST", "/faults", fault)
    assert [mesh.invoke(function, {"calls": 2})[1] for _ in range(3)] == [None, "Unhandled", None]


@pytest.mark.parametrize("after", [False, True])
def test_a_process_is_killed_at_a_call_before_or_after_its_effect(mesh: RunningMesh, after: bool) -> None:
    name = f"killed-{after}"
    source = f"import boto3\n\ndef handler(event, context):\n    boto3.client('sns').create_topic(Name='{name}')\n"
    function = mesh.function(source)
    fault = {"service": "sns", "operation": "CreateTopic", "function": "toy", "kill": True, "after": after, "times": 1}
    mesh.control("POST", "/faults", fault)
    answer, error = mesh.invoke(function)
    assert (answer["errorType"], error) == ("Runtime.ExitError", "Unhandled")
    assert "SIGKILL" in answer["errorMessage"]
    topics = mesh.client("sns").list_topics()["Topics"]
    assert any(each["TopicArn"].endswith(name) for each in topics) is after
    assert mesh.invoke(function) == (None, None), "a new process takes over"
