"""The demo: what `make demo` starts, told apart from the workflow's own tests."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mesh_tests.harness import CENTRAL, RunningMesh, eventually, fetch, start_mesh, stop_mesh

ROOT = Path(__file__).resolve().parents[2]
PII = {"source": {"database": "retail", "table": "customer"}, "target": {"account_id": "999999999999"}}
PLAIN = {"source": {"database": "transport", "table": "yellow_tripdata"}, "target": {"account_id": "999999999999"}}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMesh]:
    state = tmp_path_factory.mktemp("demo")
    process = start_mesh(state, folder=ROOT)
    yield RunningMesh(json.loads((state / "mesh.json").read_text()), process)
    assert stop_mesh(process) == ""


def test_the_file_says_where_everything_is(demo: RunningMesh, tmp_path: Path) -> None:
    mesh = demo.description
    assert mesh["central_account"] == CENTRAL
    assert mesh["pid"] == demo.process.pid
    assert [(each["id"], each["registered"], each["legacy_kit"]) for each in mesh["producer_accounts"]] == [
        ("111111111111", True, False),
        ("222222222222", True, False),
        ("333333333333", False, False),
        ("444444444444", True, True),
    ]
    assert demo.client("stepfunctions").describe_state_machine(stateMachineArn=mesh["state_machine_arn"])
    assert demo.client("dynamodb").describe_table(TableName=mesh["register_table"])
    assert fetch(mesh["api_url"] + "/workflow/update-state")[0] == 400
    assert fetch(mesh["mailbox_url"])[0] == 200
    assert demo.control("GET", "/ready") == {"ready": True}


def test_its_databases_say_from_the_start_whether_they_ask(demo: RunningMesh) -> None:
    register = demo.client("dynamodb")

    def counted() -> dict[str, dict[str, int]]:
        items = register.scan(TableName=demo.description["register_table"])["Items"]
        found = {item["entry"]["S"]: item["counted"]["M"] for item in items if "counted" in item}
        return {name: {key: int(value["N"]) for key, value in found[name].items()} for name in found}

    found = eventually(lambda: len(counted()) == 3 and counted(), seconds=60)
    assert found['["transport"]']["asking"] == 0 < found['["transport"]']["tables"]
    assert 0 < found['["retail"]']["asking"] < found['["retail"]']["tables"]


def test_every_producer_has_its_topic_and_one_approver(demo: RunningMesh) -> None:
    for producer in demo.description["producer_accounts"]:
        topic = f"arn:aws:sns:us-east-1:{producer['id']}:DataLakeSharingApproval"
        sns = demo.client("sns", producer["id"])
        subscriptions = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        assert [each["Endpoint"] for each in subscriptions] == [producer["approver"]]


def test_the_old_kit_is_as_it_was(demo: RunningMesh) -> None:
    iam = demo.client("iam", "444444444444")
    trust = iam.get_role(RoleName="ProducerWorkflowRole")["Role"]["AssumeRolePolicyDocument"]
    assert "Condition" not in trust["Statement"][0]
    workflow = demo.assume("arn:aws:iam::444444444444:role/ProducerWorkflowRole")
    topic = "arn:aws:sns:us-east-1:444444444444:DataLakeSharingApproval"
    with pytest.raises(ClientError, match="AuthorizationError"):
        demo.client("sns", **workflow).list_subscriptions_by_topic(TopicArn=topic)
    assert demo.client("sns", **workflow).publish(TopicArn=topic, Message="x")


def test_a_kit_becomes_an_administrator_once_by_the_command_that_its_stack_prints(demo: RunningMesh) -> None:
    (consumer,) = demo.description["consumer_accounts"]
    lake = demo.client("lakeformation", consumer["id"])
    before = lake.get_data_lake_settings()["DataLakeSettings"]
    kit = f"arn:aws:iam::{consumer['id']}:role/LakeshareConsumerKit"
    assert before["DataLakeAdmins"] == [{"DataLakePrincipalIdentifier": kit}]
    if not (shutil.which("jq") and shutil.which("aws")):
        pytest.skip("the command needs the AWS CLI and jq")
    people = [{"DataLakePrincipalIdentifier": f"arn:aws:iam::{consumer['id']}:role/People"}]
    lake.put_data_lake_settings(DataLakeSettings={**before, "DataLakeAdmins": people})
    given = demo.assume(f"arn:aws:iam::{consumer['id']}:role/Administrator")
    credentials = {name.upper(): str(value) for name, value in given.items()}
    environment = {**os.environ, "AWS_ENDPOINT_URL": demo.description["aws_endpoint_url"], **credentials}
    for _ in range(2):
        subprocess.run(
            ["/bin/sh", "-c", consumer["administrator_command"]], env=environment, check=True, capture_output=True
        )
        after = lake.get_data_lake_settings()["DataLakeSettings"]
        assert {each["DataLakePrincipalIdentifier"] for each in after.pop("DataLakeAdmins")} == {
            kit,
            people[0]["DataLakePrincipalIdentifier"],
        }
        assert after == {name: value for name, value in before.items() if name != "DataLakeAdmins"}
    lake.put_data_lake_settings(DataLakeSettings=before)


def test_a_request_needs_nothing_that_its_roles_may_not(demo: RunningMesh) -> None:
    demo.control("DELETE", "/access")
    assert status(demo, PLAIN) == "SHARED"
    execution = demo.run(demo.description["state_machine_arn"], PII)
    eventually(lambda: any("retail.customer" in mail["subject"] for mail in demo.mails()))
    demo.client("stepfunctions").stop_execution(executionArn=execution)
    eventually(lambda: register(demo, execution).get("status") == "FAILED")
    assert register(demo, execution)["reason"] == "Aborted"
    checked = demo.control("GET", "/access")
    assert {"lakeformation:GrantPermissions", "sts:AssumeRole", "sns:Publish"} <= {each["action"] for each in checked}
    assert [each for each in checked if not each["allowed"]] == []


@pytest.mark.parametrize("option", [["--approval-timeout", "0"], ["--config", "portal"]])
def test_wrong_options(tmp_path: Path, option: list[str]) -> None:
    command = [sys.executable, "-m", "localmesh", "up", "--empty", "--headless", "--state", str(tmp_path / "s")]
    refused = subprocess.run([*command, *option], cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)
    assert refused.returncode == 2
    assert {"0": "expected whole seconds", "portal": "expected KEY=JSON"}[option[1]] in refused.stderr
    assert "Traceback" not in refused.stderr


def test_the_samples_are_there_with_nothing_deployed(tmp_path: Path) -> None:
    state = tmp_path / "state"
    process = start_mesh(state, "--empty", folder=ROOT)
    try:
        mesh = RunningMesh(json.loads((state / "mesh.json").read_text()), process)
        names = [each["Name"] for each in mesh.client("glue").get_databases()["DatabaseList"]]
    finally:
        stop_mesh(process)
    assert names == ["amazon", "retail", "transport"]
    assert mesh.description["producer_accounts"] == []
    assert mesh.description["state_machine_arn"] is None


def test_the_user_sees_commands_that_work(tmp_path: Path) -> None:
    environment: dict[str, Any] = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    environment["PATH"] = str(tmp_path)  # no AWS CLI
    command = [sys.executable, "-m", "localmesh", "up", "--state", str(tmp_path / "s")]
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said: list[str] = []
    while "Ctrl-C" not in (line := process.stdout.readline()):
        said.append(line.strip())
        assert line, said
    try:
        assert any(line.startswith("Ready after") for line in said)
        export = next(line for line in said if line.startswith("export AWS_ENDPOINT_URL=http://127.0.0.1:"))
        commands = [line for line in said if line.startswith(sys.executable)]
        assert len(commands) == 6
        answers = [
            subprocess.run(
                ["/bin/sh", "-c", f"{export}\n{each}"], capture_output=True, text=True, check=True, timeout=30
            )
            for each in commands
        ]
        assert all("'HTTPStatusCode': 200" in answer.stdout for answer in answers)
        mailbox = next(line.split()[1] for line in said if line.startswith("Mailbox"))
        eventually(lambda: "retail.customer" in fetch(mailbox)[1], 20)
    finally:
        process.terminate()
        process.communicate(timeout=15)


def status(demo: RunningMesh, wanted: dict[str, Any]) -> str:
    ended = demo.ended(demo.run(demo.description["state_machine_arn"], wanted))
    return str(json.loads(ended["output"])["status"])


def register(demo: RunningMesh, execution: str) -> dict[str, str]:
    key = {"pk": {"S": execution.rpartition(":")[2]}}
    item = demo.client("dynamodb").get_item(TableName=demo.description["register_table"], Key=key).get("Item", {})
    return {name: value["S"] for name, value in item.items() if "S" in value}
