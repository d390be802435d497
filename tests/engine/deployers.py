"""Roles that may do what the printed policy of a deployer says, and no more."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import yaml

from localmesh.provider import Endpoint
from tools import deployer_policy

from .engine import PROJECT, ROOT

NAME = "deployer"


def printed(sample: str, account: str, config: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The policies that the command prints for a stack file: the sample with `config` put in."""
    content = yaml.safe_load((ROOT / f"Pulumi.{sample}.yaml").read_text())["config"]
    mine = {f"{PROJECT}:{key}": value for key, value in {"accountId": account, **config}.items()}
    return deployer_policy.of_stack(sample, {**content, **mine})


def hold(administrator: Endpoint, account: str, policies: Sequence[Mapping[str, Any]]) -> None:
    """Make the role, if need be, and give it these policies in place of those that it had."""
    iam = administrator.client("iam", "us-east-1")
    if NAME not in [role["RoleName"] for role in iam.list_roles()["Roles"]]:
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": account}}
        iam.create_role(RoleName=NAME, AssumeRolePolicyDocument=json.dumps({"Statement": [trust]}))
    for name in iam.list_role_policies(RoleName=NAME)["PolicyNames"]:
        iam.delete_role_policy(RoleName=NAME, PolicyName=name)
    for number, document in enumerate(policies):
        iam.put_role_policy(RoleName=NAME, PolicyName=f"printed-{number}", PolicyDocument=json.dumps(document))


def administer_the_lake(administrator: Endpoint, account: str, *, on: bool) -> None:
    """Let the role be a data lake administrator, as the documents say of who manages grants, or let nobody be."""
    role = {"DataLakePrincipalIdentifier": f"arn:aws:iam::{account}:role/{NAME}"}
    settings = {"DataLakeAdmins": [role] if on else []}
    administrator.client("lakeformation", "us-east-1").put_data_lake_settings(DataLakeSettings=settings)


def drop(administrator: Endpoint) -> None:
    """Delete the role."""
    iam = administrator.client("iam", "us-east-1")
    for name in iam.list_role_policies(RoleName=NAME)["PolicyNames"]:
        iam.delete_role_policy(RoleName=NAME, PolicyName=name)
    iam.delete_role(RoleName=NAME)
