"""Five hundred registered producers: the last of them decides like any, and each owns what is its own.

That the stack keeps AWS's limits is tests/components/test_scale.py's.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from localmesh.stacks import Deployer
from tests.workflow.catalogue import column
from tests.workflow.driver import CENTRAL, SELECT_AND_DESCRIBE, Mesh
from tests.workflow.running import ROOT, WITHOUT_PORTAL, Options

NUMBER = 500


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
    assert (decision["approver"], decision["decided_by"]) == (APPROVER, "mailbox")


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
