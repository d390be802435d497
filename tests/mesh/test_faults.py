"""The mesh fails as it is told to."""

import time
from typing import Any

import pytest
from botocore.exceptions import ClientError, ConnectionClosedError

from tests.mesh.harness import RunningMesh, fetch


def test_throttled_twice_then_well(mesh: RunningMesh) -> None:
    glue = mesh.client("glue")
    mesh.control(
        "POST", "/faults", {"service": "glue", "operation": "GetTable", "code": "ThrottlingException", "times": 2}
    )
    for _ in range(2):
        with pytest.raises(ClientError, match="ThrottlingException"):
            glue.get_table(DatabaseName="retail", Name="customer")
    assert glue.get_table(DatabaseName="retail", Name="customer")
    assert mesh.control("GET", "/faults")[0]["used"] == 2


def test_only_matching_calls_fail(mesh: RunningMesh) -> None:
    glue = mesh.client("glue")
    fault = {"service": "glue", "operation": "*", "code": "InternalServiceException", "http_status": 500}
    mesh.control("POST", "/faults", {**fault, "match": "customer"})
    with pytest.raises(ClientError) as failed:
        glue.get_table(DatabaseName="retail", Name="customer")
    assert failed.value.response["ResponseMetadata"]["HTTPStatusCode"] == 500
    assert glue.get_table(DatabaseName="retail", Name="store_sales")


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
