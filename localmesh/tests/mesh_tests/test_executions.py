"""Executions: names, ends, lists and histories as on AWS."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from mesh_tests.harness import RunningMesh

PASS = {"Done": {"Type": "Pass", "End": True}}
WAITING: dict[str, Any] = {
    "Wait": {"Type": "Wait", "Seconds": 30, "Next": "Done"},
    **PASS,
}


def test_an_execution_without_a_name_gets_one(mesh: RunningMesh) -> None:
    machine = mesh.machine(PASS, "Done")
    first, second = mesh.run(machine, {"a": 1}), mesh.run(machine, {"a": 1})
    assert first != second
    assert len(first.rpartition(":")[2]) == 36
    assert mesh.ended(first)["output"] == '{"a":1}'


@pytest.mark.parametrize("name", ["", "a" * 81, "with space", "a/b", "ü?", 'q"', "a\tb", "a:b", "a#b"])
def test_names_that_aws_refuses(mesh: RunningMesh, name: str) -> None:
    with pytest.raises((ClientError, ParamValidationError), match=r"InvalidName|Invalid length"):
        mesh.run(mesh.machine(PASS, "Done"), name=name)


@pytest.mark.parametrize("text", ["{", "NaN", '{"a": -Infinity}', "{}{}"])
def test_input_that_is_no_json(mesh: RunningMesh, text: str) -> None:
    client = mesh.client("stepfunctions")
    with pytest.raises(client.exceptions.InvalidExecutionInput):
        client.start_execution(stateMachineArn=mesh.machine(PASS, "Done"), input=text)


def test_the_name_makes_a_start_idempotent(mesh: RunningMesh) -> None:
    client = mesh.client("stepfunctions")
    machine = mesh.machine(WAITING, "Wait")
    with ThreadPoolExecutor(8) as pool:
        arns = set(pool.map(lambda _: mesh.run(machine, {"a": 1}, name="same"), range(8)))
    assert len(arns) == 1
    with pytest.raises(client.exceptions.ExecutionAlreadyExists):
        mesh.run(machine, {"a": 2}, name="same")
    client.stop_execution(executionArn=arns.pop())
    with pytest.raises(client.exceptions.ExecutionAlreadyExists):
        mesh.run(machine, {"a": 1}, name="same")


def test_a_stopped_execution_is_aborted_at_once(mesh: RunningMesh) -> None:
    client = mesh.client("stepfunctions")
    execution = mesh.run(mesh.machine(WAITING, "Wait"))
    client.stop_execution(executionArn=execution, error="Enough", cause="somebody said so")
    described = client.describe_execution(executionArn=execution)
    assert (described["status"], described["error"], described["cause"]) == ("ABORTED", "Enough", "somebody said so")
    again = client.stop_execution(executionArn=execution, error="Other")
    assert abs(again["stopDate"].timestamp() - described["stopDate"].timestamp()) < 0.1
    assert client.describe_execution(executionArn=execution)["error"] == "Enough"


def test_an_execution_may_time_out_as_a_whole(mesh: RunningMesh) -> None:
    ended = mesh.ended(mesh.run(mesh.machine(WAITING, "Wait", TimeoutSeconds=1)))
    assert ended["status"] == "TIMED_OUT"
    assert ended["stopDate"] > ended["startDate"]


def test_the_start_time_is_a_text(mesh: RunningMesh) -> None:
    states = {"Done": {"Type": "Pass", "Parameters": {"at.$": "$$.Execution.StartTime"}, "End": True}}
    output = json.loads(mesh.ended(mesh.run(mesh.machine(states, "Done")))["output"])
    assert time.strptime(output["at"][:19], "%Y-%m-%dT%H:%M:%S")
    assert output["at"].endswith("Z")


def test_lists_have_pages_and_filters(mesh: RunningMesh) -> None:
    client = mesh.client("stepfunctions")
    machine = mesh.machine(PASS, "Done")
    for number in range(7):
        mesh.ended(mesh.run(machine, name=f"n{number}"))
    pages = list(
        client.get_paginator("list_executions").paginate(stateMachineArn=machine, PaginationConfig={"PageSize": 3})
    )
    assert [len(page["executions"]) for page in pages] == [3, 3, 1]
    names = [each["name"] for page in pages for each in page["executions"]]
    assert names == [f"n{number}" for number in reversed(range(7))]
    assert not client.list_executions(stateMachineArn=machine, statusFilter="FAILED")["executions"]
    assert len(client.list_executions(stateMachineArn=machine, statusFilter="SUCCEEDED")["executions"]) == 7


def test_history_comes_in_either_order_and_in_pages(mesh: RunningMesh) -> None:
    client = mesh.client("stepfunctions")
    execution = mesh.run(mesh.machine(PASS, "Done"))
    mesh.ended(execution)
    forth = client.get_execution_history(executionArn=execution)["events"]
    back = client.get_execution_history(executionArn=execution, reverseOrder=True)["events"]
    assert [event["id"] for event in forth] == sorted(event["id"] for event in forth)
    assert [event["id"] for event in back] == [event["id"] for event in reversed(forth)]
    assert back[0]["type"] == "ExecutionSucceeded"
    first = client.get_execution_history(executionArn=execution, maxResults=2)
    assert len(first["events"]) == 2
    assert first["nextToken"]


def test_a_transition_must_lead_somewhere(mesh: RunningMesh) -> None:
    with pytest.raises(ClientError, match=r"InvalidDefinition.*nowhere"):
        mesh.machine({"First": {"Type": "Pass", "Next": "nowhere"}}, "First")


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        (json.dumps({"StartAt": "Done", "States": PASS}), None),
        (json.dumps({"StartAt": "nowhere", "States": PASS}), "nowhere"),
        ("{not JSON", ""),
    ],
)
def test_a_definition_is_validated_before_there_is_a_machine(
    mesh: RunningMesh, definition: str, said: str | None
) -> None:
    answer = mesh.client("stepfunctions").validate_state_machine_definition(definition=definition)
    assert (answer["result"], answer["truncated"]) == ("OK" if said is None else "FAIL", False)
    assert [each["severity"] for each in answer["diagnostics"]] == ([] if said is None else ["ERROR"])
    assert all((said or "") in each["message"] for each in answer["diagnostics"])


def test_versions_are_listed_newest_first(mesh: RunningMesh) -> None:
    client = mesh.client("stepfunctions")
    machine = mesh.machine(PASS, "Done")
    assert client.list_state_machine_versions(stateMachineArn=machine)["stateMachineVersions"] == []
    made = [
        client.update_state_machine(
            stateMachineArn=machine,
            definition=json.dumps({"Comment": comment, "StartAt": "Done", "States": PASS}),
            publish=True,
        )["stateMachineVersionArn"]
        for comment in ("one", "two")
    ]
    found = client.list_state_machine_versions(stateMachineArn=machine)["stateMachineVersions"]
    assert [each["stateMachineVersionArn"] for each in found] == made[::-1]


def test_failures_are_counted(mesh: RunningMesh) -> None:
    machine = mesh.machine({"Stop": {"Type": "Fail", "Error": "Bad", "Cause": "luck"}}, "Stop")
    mesh.ended(mesh.run(machine))
    now = datetime.now(UTC)
    found = mesh.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/States",
        MetricName="ExecutionsFailed",
        Dimensions=[{"Name": "StateMachineArn", "Value": machine}],
        StartTime=now - timedelta(minutes=10),
        EndTime=now + timedelta(minutes=10),
        Period=3600,
        Statistics=["Sum"],
    )["Datapoints"]
    assert sum(each["Sum"] for each in found) == 1
