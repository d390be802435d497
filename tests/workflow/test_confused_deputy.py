"""Nobody but the notifier gets into a producer's account, the notifier into no account that is not registered."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.workflow.catalogue import column
from tests.workflow.driver import CENTRAL, RETAIL, REVIEWS, UNREGISTERED, Mesh
from tests.workflow.refusing import refused

STRANGER = "888888888888"
RIGHT = "lakeshare-store-operations"
FUNCTIONS = ("classify", "decide", "grant", "close", "sweep", "survey", "sharing")


def role_of(account: str, name: str = "ProducerWorkflowRole") -> str:
    return f"arn:aws:iam::{account}:role/{name}"


def document(statement: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def assuming(mesh: Mesh, role: str) -> Any:
    """A client of STS that acts in a role as its function does, or the state machine."""
    found = [each for each in mesh.control("GET", "/credentials") if role in each["role"].rpartition("/")[2]]
    assert found, f"nothing acted as {role} yet"
    return mesh.acting("sts", *(found[0][name] for name in ("access_key", "secret_key", "session_token")))


def outcome(sts: Any, role_arn: str, **more: str) -> str:
    try:
        sts.assume_role(RoleArn=role_arn, RoleSessionName="somebody", **more)
    except ClientError as error:
        return str(error.response.get("Error", {}).get("Code"))
    return "in"


@pytest.fixture(scope="module", autouse=True)
def everything_ran(mesh: Mesh) -> None:
    asked = mesh.ask_owner("retail", "customer", mesh.new_account())
    mesh.post(asked.approve, email=asked.mail["to"])
    mesh.finish(asked.arn)
    mesh.control("POST", "/schedules/run")


def deceiver(mesh: Mesh, account: str, name: str) -> Any:
    """A client of STS in a role that may assume every role, as far as its own account is concerned."""
    iam = mesh.client("iam", account)
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{account}:root"}}
    may = {"Effect": "Allow", "Action": "sts:AssumeRole", "Resource": "*"}
    if name not in {each["RoleName"] for each in iam.list_roles()["Roles"]}:
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=document(may))
    return mesh.acting("sts", *mesh.keys_of(role_of(account, name), account))


@pytest.mark.parametrize("role", FUNCTIONS)
def test_no_other_role_of_lakeshare_gets_into_a_producers_account(mesh: Mesh, role: str) -> None:
    sts = assuming(mesh, f"lakeshare-{role}-role")
    assert outcome(sts, role_of(RETAIL), ExternalId=RIGHT) == "AccessDenied"
    assert outcome(sts, role_of(REVIEWS)) == "AccessDenied"


def test_the_notifier_gets_in_with_the_external_id_only(mesh: Mesh) -> None:
    sts = assuming(mesh, "LakeshareNotifier")
    assert outcome(sts, role_of(RETAIL)) == "AccessDenied"
    assert outcome(sts, role_of(RETAIL), ExternalId=RIGHT.upper()) == "AccessDenied"
    assert outcome(sts, role_of(RETAIL), ExternalId=RIGHT) == "in"
    assert outcome(sts, role_of(REVIEWS)) == "in"


def test_the_notifier_may_not_enter_an_account_that_is_not_registered_although_that_account_trusts_it(
    mesh: Mesh,
) -> None:
    assert outcome(assuming(mesh, "LakeshareNotifier"), role_of(UNREGISTERED)) == "AccessDenied"


def test_nor_another_role_of_a_registered_account(mesh: Mesh) -> None:
    assert outcome(assuming(mesh, "LakeshareNotifier"), role_of(RETAIL, "Administrator")) == "AccessDenied"


@pytest.mark.parametrize(("account", "name"), [(CENTRAL, "Deceiver"), (STRANGER, "LakeshareNotifier")])
def test_who_may_assume_every_role_is_not_trusted(mesh: Mesh, account: str, name: str) -> None:
    sts = deceiver(mesh, account, name)
    assert outcome(sts, role_of(RETAIL), ExternalId=RIGHT) == "AccessDenied"
    assert outcome(sts, role_of(REVIEWS)) == "AccessDenied"


def test_another_accounts_state_machine_cannot_act_in_ours(mesh: Mesh) -> None:
    states = mesh.client("stepfunctions")
    machines = [each["stateMachineArn"] for each in states.list_state_machines()["stateMachines"]]
    assert mesh.machine in machines
    assert len(machines) == 2
    definition = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    for machine in machines:
        role = states.describe_state_machine(stateMachineArn=machine)["roleArn"]
        with pytest.raises(ClientError, match="AccessDenied"):
            mesh.client("stepfunctions", STRANGER).create_state_machine(
                name="mine", definition=definition, roleArn=role
            )


def test_whoever_writes_an_unregistered_owner_into_the_catalogue_has_nobody_asked(mesh: Mesh) -> None:
    for owner in (UNREGISTERED, STRANGER, CENTRAL, "999999999999"):
        database = f"claimed_{owner}"
        mesh.catalogue.add_database(database, owner=owner)
        mesh.catalogue.add_table(database, "letters", [column("writer", pii_flag="true")])
        refused(mesh, lambda of=database: mesh.start(of, "letters", mesh.new_account()), "OwnerNotRegistered")
