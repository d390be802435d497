"""Five hundred registered producers: the central stack keeps AWS's limits, and the last producer decides like any."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from localmesh.stacks import Deployer
from tests.workflow.catalogue import column
from tests.workflow.driver import CENTRAL, SELECT_AND_DESCRIBE, Mesh
from tests.workflow.running import ROOT, WITHOUT_PORTAL, Options

NUMBER = 500
# Limits of AWS: characters of a managed policy, of all inline policies of a role; managed policies a role; bytes of a
# function's environment.
MANAGED, INLINE, ATTACHED, ENVIRONMENT = 6144, 10_240, 10, 4096


def _producer(number: int) -> dict[str, object]:
    name = f"Producer {number} of the group's companies, subsidiaries and affiliates"
    databases = [f"sales_{number}", f"archive_{number}_*"]
    return {
        "accountId": f"{700_000_000_000 + number}",
        "name": name,
        "externalId": f"lakeshare-external-id-{number}",
        "databases": databases,
    }


PRODUCERS = [_producer(number) for number in range(1, NUMBER + 1)]
OPTIONS = Options(config={**WITHOUT_PORTAL, "producers": PRODUCERS})
LAST = str(_producer(NUMBER)["accountId"])
BEFORE_LAST = str(_producer(NUMBER - 1)["accountId"])
APPROVER = "petra.last@example.org"


@pytest.fixture(scope="module")
def last(mesh: Mesh) -> Mapping[str, Any]:
    """The outputs of the last producer's stack, which the program makes on the running mesh."""
    config = {
        "aws:region": mesh.description["region"],
        "role": "producer",
        "accountId": LAST,
        "centralAccountId": CENTRAL,
        "externalId": _producer(NUMBER)["externalId"],
        "approverEmails": [APPROVER],
    }
    names = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN")
    credentials = dict(zip(names, mesh.keys_of(f"arn:aws:iam::{LAST}:role/Administrator"), strict=True))
    order = {
        "endpoint_url": mesh.description["aws_endpoint_url"],
        "api_base_url": mesh.description["api_base_url"],
        "stacks": [{"name": "producer-last", "config": config, "credentials": credentials}],
    }
    with Deployer(ROOT) as deployer:
        return deployer.deploy(order)["producer-last"]


def test_the_last_producer_is_asked_and_decides(mesh: Mesh, last: Mapping[str, Any]) -> None:
    assert last["ProducerWorkflowRoleArn"] == f"arn:aws:iam::{LAST}:role/ProducerWorkflowRole"
    database = f"sales_{NUMBER}"
    mesh.catalogue.add_database(database, LAST)
    mesh.catalogue.add_table(database, "people", [column("id"), column("email", pii_flag="true")])
    account = mesh.new_account()
    with mesh.recorded() as actions:
        asked = mesh.ask_owner(database, "people", account)
        assumed = [each for each in actions("sts:AssumeRole") if each["resource"] == last["ProducerWorkflowRoleArn"]]
    assert [each["allowed"] for each in assumed] == [True]
    assert (asked.mail["to"], asked.mail["account_id"]) == (APPROVER, LAST)
    assert asked.mail["topic_arn"] == last["ApprovalSnsTopicArn"]
    assert mesh.decide(asked, "approve", APPROVER).end == ("SHARED", None)
    assert mesh.grants(account) == {f"{database}.people": SELECT_AND_DESCRIBE}
    decision = mesh.register_item(asked.arn)["decision"]
    assert (decision["approver"], decision["approver_verified"]) == (APPROVER, True)


def test_each_owns_what_the_config_gives_it_and_nothing_else(mesh: Mesh, last: Mapping[str, Any]) -> None:
    assert last
    for database, owner, reason in [
        (f"archive_{NUMBER}_2019", LAST, None),
        (f"sales_{NUMBER - 2}", LAST, "OwnerNotOfDatabase"),
        (f"archive_{NUMBER}", LAST, "OwnerNotOfDatabase"),
        ("sales_501", "700000000501", "OwnerNotRegistered"),
        # Registered, but nobody has deployed its stack.
        (f"sales_{NUMBER - 1}", BEFORE_LAST, "CannotReachProducer"),
    ]:
        mesh.catalogue.add_database(database, owner)
        flag = {"pii_flag": "true"} if owner == BEFORE_LAST else {}
        mesh.catalogue.add_table(database, "people", [column("email", **flag)])
        _, finished = mesh.ask(database, "people", mesh.new_account())
        assert finished.output["reason"] == reason, finished.output
        assert finished.output["status"] == ("SHARED" if reason is None else "REFUSED")


def test_policies_and_environments_keep_awss_limits(mesh: Mesh) -> None:
    roles = list(_roles(mesh))
    assert any(role["name"] == "LakeshareNotifier" for role in roles)
    named: set[str] = set()
    for role in roles:
        assert sum(map(_size, role["inline"])) <= INLINE, role["name"]
        assert len(role["managed"]) <= ATTACHED, role["name"]
        assert all(_size(each) <= MANAGED for each in role["managed"]), role["name"]
        if role["name"] == "LakeshareNotifier":
            named = {arn for each in role["managed"] for arn in _assumable(each)}
    partition = "arn:aws:iam::{}:role/ProducerWorkflowRole"
    assert named == {partition.format(_producer(number)["accountId"]) for number in range(1, NUMBER + 1)}
    for function in mesh.client("lambda").list_functions()["Functions"]:
        variables = function.get("Environment", {}).get("Variables", {})
        assert sum(len(key) + len(value) for key, value in variables.items()) <= ENVIRONMENT, function["FunctionName"]


def _roles(mesh: Mesh) -> Iterator[dict[str, Any]]:
    iam = mesh.client("iam")
    pages = iam.get_paginator("list_roles").paginate()
    for name in [role["RoleName"] for page in pages for role in page["Roles"]]:
        inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
        managed = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        documents = [iam.get_role_policy(RoleName=name, PolicyName=each)["PolicyDocument"] for each in inline]
        own = [each["PolicyArn"] for each in managed if ":aws:policy/" not in each["PolicyArn"]]
        yield {"name": name, "inline": documents, "managed": [_document(iam, arn) for arn in own]}


def _document(iam: Any, arn: str) -> Any:
    version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
    return iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]


def _size(document: Any) -> int:
    """White space does not count."""
    return len(json.dumps(document, separators=(",", ":")))


def _assumable(document: Mapping[str, Any]) -> Iterator[str]:
    for statement in document["Statement"]:
        if "sts:AssumeRole" in statement["Action"]:
            resources = statement["Resource"]
            yield from [resources] if isinstance(resources, str) else resources
