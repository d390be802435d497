"""A task token takes one answer, in time; everybody else is told that they are late."""

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from mesh_tests.harness import RunningMesh, eventually

KEEP = """
import json, os, boto3
def handler(event, context):
    boto3.client("sns").publish(TopicArn=os.environ["TOPIC"], Subject="token", Message=json.dumps(event))
    if event.get("fail"):
        raise ValueError("first attempt")
"""


@pytest.fixture(scope="module")
def waiting(mesh: RunningMesh) -> Any:
    """Starts an execution that waits for a token; gives the execution and its newest token."""
    topic = mesh.client("sns").create_topic(Name="tokens")["TopicArn"]
    mesh.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="tokens@example.org")
    function = mesh.function(KEEP, Environment={"Variables": {"TOPIC": topic}})
    machines: dict[tuple[int, bool], str] = {}

    def start(timeout: int = 60, *, retry: bool = False) -> tuple[str, str]:
        if (timeout, retry) not in machines:
            wait: dict[str, Any] = {
                "Type": "Task",
                "Resource": "arn:aws:states:::lambda:invoke.waitForTaskToken",
                "TimeoutSeconds": timeout,
                "Parameters": {
                    "FunctionName": function,
                    "Payload": {"token.$": "$$.Task.Token", "id.$": "$$.Execution.Name"},
                },
                "Catch": [{"ErrorEquals": ["States.Timeout"], "Next": "Late"}],
                "End": True,
            }
            if retry:
                wait["Retry"] = [{"ErrorEquals": ["States.Timeout"], "MaxAttempts": 1, "IntervalSeconds": 1}]
            states = {"Wait": wait, "Late": {"Type": "Pass", "Result": {"late": True}, "End": True}}
            machines[timeout, retry] = mesh.machine(states, "Wait")
        execution = mesh.run(machines[timeout, retry])
        return execution, tokens(mesh, execution, 1)[0]

    return start


def tokens(mesh: RunningMesh, execution: str, number: int) -> list[str]:
    """The tokens of an execution, newest first, as soon as there are that many."""
    name = execution.rpartition(":")[2]

    def found() -> list[str] | None:
        bodies = [json.loads(mail["body"]) for mail in mesh.mails() if mail["to"] == "tokens@example.org"]
        mine = [body["token"] for body in bodies if body["id"] == name]
        return mine if len(mine) >= number else None

    return list(eventually(found, 20))


def test_one_of_many_answers_wins(mesh: RunningMesh, waiting: Any) -> None:
    client = mesh.client("stepfunctions")

    def answer(number: int, token: str) -> str:
        try:
            if number % 5 == 4:
                client.send_task_failure(taskToken=token, error="Denied", cause=str(number))
            else:
                client.send_task_success(taskToken=token, output=json.dumps({"by": number}))
        except client.exceptions.TaskTimedOut:
            return "late"
        return str(number)

    for _ in range(5):
        execution, token = waiting()
        with ThreadPoolExecutor(20) as pool:
            results = list(pool.map(lambda number, token=token: answer(number, token), range(20)))
        winners = [result for result in results if result != "late"]
        assert len(winners) == 1
        ended = mesh.ended(execution)
        assert str(json.loads(ended["output"])["by"] if "output" in ended else ended["cause"]) == winners[0]


def test_a_failure_keeps_its_cause(mesh: RunningMesh, waiting: Any) -> None:
    execution, token = waiting()
    mesh.client("stepfunctions").send_task_failure(taskToken=token, error="Denied", cause="for a reason")
    ended = mesh.ended(execution)
    assert (ended["status"], ended["error"], ended["cause"]) == ("FAILED", "Denied", "for a reason")


def test_after_the_time_out_it_is_too_late(mesh: RunningMesh, waiting: Any) -> None:
    client = mesh.client("stepfunctions")
    execution, token = waiting(timeout=2)
    ended = mesh.ended(execution)
    assert json.loads(ended["output"]) == {"late": True}
    assert 1.9 <= (ended["stopDate"] - ended["startDate"]).total_seconds() < 4
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_success(taskToken=token, output="{}")


def test_a_newer_attempt_closes_the_older_token(mesh: RunningMesh, waiting: Any) -> None:
    client = mesh.client("stepfunctions")
    execution, old = waiting(timeout=2, retry=True)
    new = tokens(mesh, execution, 2)[0]
    assert new != old
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_success(taskToken=old, output="{}")
    client.send_task_success(taskToken=new, output='{"by": "new"}')
    assert json.loads(mesh.ended(execution)["output"]) == {"by": "new"}


def test_a_stopped_execution_takes_no_answer(mesh: RunningMesh, waiting: Any) -> None:
    client = mesh.client("stepfunctions")
    execution, token = waiting()
    client.stop_execution(executionArn=execution)
    assert client.describe_execution(executionArn=execution)["status"] == "ABORTED"
    with pytest.raises(client.exceptions.TaskTimedOut):
        client.send_task_success(taskToken=token, output="{}")
    history = client.get_execution_history(executionArn=execution, reverseOrder=True)["events"]
    assert history[0]["type"] in {"ExecutionAborted", "TaskTimedOut", "TaskSubmitted"}


def test_a_made_up_token_is_invalid(mesh: RunningMesh) -> None:
    client = mesh.client("stepfunctions")
    with pytest.raises(client.exceptions.InvalidToken):
        client.send_task_success(taskToken="made-up", output="{}")


def test_hundreds_may_wait(mesh: RunningMesh, waiting: Any) -> None:
    with ThreadPoolExecutor(16) as pool:
        started = list(pool.map(lambda _: waiting(), range(60)))
    client = mesh.client("stepfunctions")
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(lambda each: client.send_task_success(taskToken=each[1], output='"ok"'), started))
    assert {mesh.ended(execution)["output"] for execution, _ in started} == {'"ok"'}
