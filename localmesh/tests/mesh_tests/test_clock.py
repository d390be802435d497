"""The mesh's clock moves everything that has a time."""

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localmesh.__main__ import main
from mesh_tests.harness import TELL, RunningMesh, answer_of, eventually, fetch

OWN_MESH = True
DAY = 86400
LOOK = """
import datetime, json, time, boto3
at_start = time.time()
def handler(event, context):
    got = boto3.client("sts").get_caller_identity()["Account"]
    return {
        "now": datetime.datetime.now(datetime.UTC).timestamp(), "time": time.time(), "at_start": at_start,
        "today": datetime.date.today().isoformat(), "left": context.get_remaining_time_in_millis(), "account": got,
    }
"""
FAIL = "def handler(event, context):\n    raise ValueError('always')\n"


@pytest.fixture(autouse=True)
def in_the_present(mesh: RunningMesh) -> Iterator[None]:
    """Each test begins and ends with the clock at this machine's time."""
    yield
    mesh.control("DELETE", "/clock")


def forward(mesh: RunningMesh, text: str) -> Any:
    return mesh.control("POST", "/clock", {"forward": text})


def entered(mesh: RunningMesh, execution: str) -> None:
    """Waits until an execution waits for something."""
    waits = {"WaitStateEntered", "TaskSubmitted", "LambdaFunctionFailed"}
    states = mesh.client("stepfunctions")
    eventually(
        lambda: waits & {each["type"] for each in states.get_execution_history(executionArn=execution)["events"]}
    )


def days_ahead(seconds: float) -> float:
    return round((seconds - time.time()) / DAY, 2)


def test_functions_are_told_the_time_of_the_mesh(mesh: RunningMesh) -> None:
    function = mesh.function(LOOK)
    for step, ahead in ((None, 0), ("+8d", 8), ("+12h", 8.5)):
        if step is not None:
            forward(mesh, step)
        seen, error = mesh.invoke(function)
        assert error is None, seen
        assert [days_ahead(seen[name]) for name in ("now", "time", "at_start")] == [ahead] * 3
        assert seen["today"] == f"{datetime.now(UTC) + timedelta(days=ahead):%Y-%m-%d}"
        assert 0 < seen["left"] <= 60_000
        assert len(mesh.control("GET", "/functions")[function]) == 1, "instances of before the move are gone"


@pytest.mark.parametrize(
    ("state", "timeout", "status"),
    [
        ({"Type": "Wait", "Seconds": 7 * DAY, "End": True}, None, "SUCCEEDED"),
        ({"Type": "Wait", "SecondsPath": "$.seconds", "End": True}, None, "SUCCEEDED"),
        ({"Type": "Wait", "TimestampPath": "$.until", "End": True}, None, "SUCCEEDED"),
        ({"Type": "Wait", "Seconds": 30 * DAY, "End": True}, 7 * DAY, "TIMED_OUT"),
        (
            {
                "Type": "Task", "Resource": "arn:aws:states:::sns:publish.waitForTaskToken", "TimeoutSeconds": 7 * DAY,
                "Parameters": {"TopicArn": "", "Message.$": "$$.Task.Token"}, "End": True,
            },
            None, "FAILED",
        ),
        (
            {
                "Type": "Task", "Resource": "", "End": True,
                "Retry": [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 7 * DAY, "MaxAttempts": 1}],
            },
            None, "FAILED",
        ),
    ],
    ids=["seconds", "seconds path", "timestamp", "execution", "token", "retry"],
)  # fmt: skip
def test_what_waits_in_an_execution(mesh: RunningMesh, state: dict[str, Any], timeout: int | None, status: str) -> None:
    if "Parameters" in state:
        state["Parameters"]["TopicArn"] = mesh.client("sns").create_topic(Name="clock")["TopicArn"]
    elif state["Type"] == "Task":
        state["Resource"] = mesh.function(FAIL)
    machine = mesh.machine({"Only": state}, "Only", **({} if timeout is None else {"TimeoutSeconds": timeout}))
    until = f"{datetime.now(UTC) + timedelta(days=7):%Y-%m-%dT%H:%M:%SZ}"
    execution = mesh.run(machine, {"seconds": 7 * DAY, "until": until})
    states = mesh.client("stepfunctions")
    entered(mesh, execution)
    forward(mesh, "+6d")
    time.sleep(0.1)
    assert states.describe_execution(executionArn=execution)["status"] == "RUNNING"
    forward(mesh, "+26h")
    ended = mesh.ended(execution)
    assert ended["status"] == status
    assert 7 <= (ended["stopDate"] - ended["startDate"]) / timedelta(days=1) < 7.1


def test_a_stopped_wait_ends_at_once_and_a_token_waits_on_after_a_reset(mesh: RunningMesh) -> None:
    states = mesh.client("stepfunctions")
    waits = mesh.run(mesh.machine({"Only": {"Type": "Wait", "Seconds": DAY, "End": True}}, "Only"))
    states.stop_execution(executionArn=waits)
    assert mesh.ended(waits)["status"] == "ABORTED"
    forward(mesh, "+8d")
    later = mesh.run(mesh.machine({"Only": {"Type": "Wait", "Seconds": DAY, "End": True}}, "Only"))
    entered(mesh, later)
    mesh.control("DELETE", "/clock")
    forward(mesh, "+2d")
    time.sleep(0.1)
    assert states.describe_execution(executionArn=later)["status"] == "RUNNING", "it began in eight days, for a day"
    forward(mesh, "+8d")
    assert mesh.ended(later)["status"] == "SUCCEEDED"


def test_schedules_that_fell_due_run_once(mesh: RunningMesh, told: Any) -> None:
    function, events = told
    client = mesh.client("events")
    for rule, schedule in (
        ("hourly", "rate(1 hour)"),
        ("nightly", "cron(0 1 * * ? *)"),
        ("yearly", "rate(365 days)"),
        ("past", "cron(0 1 * * ? 2020)"),
    ):
        client.put_rule(Name=rule, ScheduleExpression=schedule)
        client.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": function}])
    client.put_rule(Name="switched-off", ScheduleExpression="rate(1 hour)", State="DISABLED")
    assert forward(mesh, "+32d")["ran"] == ["hourly", "nightly"]
    came = eventually(lambda: len(events()) == 2 and events())
    assert [days_ahead(datetime.fromisoformat(event["time"]).timestamp()) for event in came] == [32, 32]
    assert forward(mesh, "+59m")["ran"] in ([], ["nightly"])  # one o'clock may lie in between
    assert "hourly" in forward(mesh, "+1m")["ran"]
    mesh.control("DELETE", "/clock")
    assert "hourly" in forward(mesh, "+61m")["ran"], "they count anew after a reset"
    with pytest.raises(ClientError) as refused:
        client.put_rule(Name="odd", ScheduleExpression="cron(0 1 L * ? *)")
    assert answer_of(refused.value)["Error"]["Code"] == "ValidationException"


def test_items_credentials_mails_and_logs(mesh: RunningMesh) -> None:
    table = mesh.client("dynamodb")
    table.create_table(
        TableName="kept",
        KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}, {"AttributeName": "part", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": each, "AttributeType": "S"} for each in ("id", "part")],
        BillingMode="PAY_PER_REQUEST",
    )
    table.update_time_to_live(TableName="kept", TimeToLiveSpecification={"AttributeName": "ttl", "Enabled": True})
    now = int(time.time())
    for part, ttl in (("day", {"N": str(now + DAY)}), ("text", {"S": str(now)}), ("old", {"N": str(now - 2000 * DAY)})):
        table.put_item(TableName="kept", Item={"id": {"S": "a"}, "part": {"S": part}, "ttl": ttl})
    table.put_item(TableName="kept", Item={"id": {"S": "a"}, "part": {"S": "none"}})

    def parts() -> list[str]:
        return [item["part"]["S"] for item in table.scan(TableName="kept")["Items"]]

    session = mesh.client("sts", **mesh.assume(mesh.role()))
    assert session.get_caller_identity()["Account"]

    forward(mesh, "+2d")
    assert sorted(parts()) == ["day", "none", "old", "text"], "AWS shows expired items for a while"
    forward(mesh, "+25h")
    assert sorted(parts()) == ["none", "old", "text"]
    with pytest.raises(ClientError) as refused:
        session.get_caller_identity()
    assert answer_of(refused.value)["Error"]["Code"] == "ExpiredToken"

    topic = mesh.client("sns").create_topic(Name="dated")["TopicArn"]
    mesh.client("sns").subscribe(TopicArn=topic, Protocol="email", Endpoint="dated@example.org")
    mesh.client("sns").publish(TopicArn=topic, Message="hello")
    (mail,) = [each for each in mesh.mails() if each["to"] == "dated@example.org" and each["body"] == "hello"]
    assert days_ahead(datetime.fromisoformat(mail["sent_at"]).timestamp()) == 3.04
    function = mesh.function(TELL)
    mesh.invoke(function)
    group = f"/aws/lambda/{function.rpartition(':')[2]}"
    logged = mesh.client("logs").filter_log_events(logGroupName=group)["events"]
    assert {days_ahead(each["timestamp"] / 1000) for each in logged} == {3.04}


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ({}, "expected forward or at, got nothing"),
        ({"back": "1d"}, "expected forward or at, got back"),
        ({"forward": "-3d"}, "expected a step forward"),
        ({"forward": "+9999d"}, "the clock goes 3660 days ahead"),
        ({"at": "2020-01-01"}, "the clock goes forward only, and --reset"),
    ],
)
def test_the_door_refuses_what_makes_no_sense(mesh: RunningMesh, body: Any, message: str) -> None:
    status, text, _ = fetch(mesh.description["control_url"] + "/clock", "POST", body)
    assert (status, message in text) == (400, True), text
    assert mesh.control("GET", "/clock")["ahead_seconds"] == 0


def test_the_command(mesh: RunningMesh, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mesh.json").write_text(json.dumps({**mesh.description, "pid": mesh.process.pid}))

    def said(*arguments: str, status: int = 0) -> str:
        assert main(["clock", *arguments, "--state", str(tmp_path)]) == status
        told = capsys.readouterr()
        return told.out if status == 0 else told.err

    assert said().endswith("on the mesh, as on this machine.\n")
    assert said("+32d").splitlines()[0].endswith("on the mesh, 32 days, 0:00:00 ahead of this machine.")
    tomorrow = datetime.now(UTC) + timedelta(days=40)
    assert said("--at", tomorrow.isoformat()).startswith(f"It is {tomorrow:%Y-%m-%dT%H:%M}")
    assert said("--at", "2020-01-01", status=1).startswith("localmesh: it is already")
    assert said("soon", status=1).startswith("localmesh: expected a step forward")
    assert said("--reset").endswith("as on this machine.\n")
    (tmp_path / "mesh.json").unlink()
    assert said("+1d", status=1).startswith("localmesh: no mesh runs with the state folder")


def test_tokens_of_a_user_pool_run_out(mesh: RunningMesh) -> None:
    pools = mesh.client("cognito-idp")
    pool = pools.create_user_pool(PoolName="clock")["UserPool"]["Id"]
    client = pools.create_user_pool_client(
        UserPoolId=pool,
        ClientName="app",
        ExplicitAuthFlows=["ALLOW_ADMIN_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"],
    )["UserPoolClient"]["ClientId"]
    pools.admin_create_user(UserPoolId=pool, Username="ann", MessageAction="SUPPRESS")
    pools.admin_set_user_password(UserPoolId=pool, Username="ann", Password="Clock-work-8", Permanent=True)
    given = pools.admin_initiate_auth(
        UserPoolId=pool, ClientId=client, AuthFlow="ADMIN_USER_PASSWORD_AUTH",
        AuthParameters={"USERNAME": "ann", "PASSWORD": "Clock-work-8"},
    )["AuthenticationResult"]  # fmt: skip
    refresh = {"AuthFlow": "REFRESH_TOKEN_AUTH", "AuthParameters": {"REFRESH_TOKEN": given["RefreshToken"]}}

    assert pools.get_user(AccessToken=given["AccessToken"])["Username"] == "ann"
    forward(mesh, "+61m")
    with pytest.raises(ClientError) as refused:
        pools.get_user(AccessToken=given["AccessToken"])
    assert "expired" in answer_of(refused.value)["Error"]["Message"]
    fresh = pools.admin_initiate_auth(UserPoolId=pool, ClientId=client, **refresh)["AuthenticationResult"]
    assert pools.get_user(AccessToken=fresh["AccessToken"])["Username"] == "ann"
    forward(mesh, "+30d")
    with pytest.raises(ClientError) as refused:
        pools.admin_initiate_auth(UserPoolId=pool, ClientId=client, **refresh)
    assert "expired" in answer_of(refused.value)["Error"]["Message"]
