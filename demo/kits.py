"""What the administrators of consumers' accounts do beside their stacks: roles that read, and the kit's rights."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from demo.people import CONSUMERS, Consumer
from demo.stacks import consumer_stack_name
from localmesh.setup import Clients

_ADDS = re.compile(r"\.(?P<list>\w+) \+= (?P<entries>\[.*?\]) \|")
"""What the printed command has `jq` do; it needs the AWS CLI, which not everybody has who starts the demo."""

Outputs = Mapping[str, Mapping[str, Any]]
"""Of each stack."""


def make_roles(clients: Clients) -> None:
    """Makes the roles that are to read, which are there before any stack."""
    for each in CONSUMERS:
        iam = clients("iam", each.id)
        make_role(iam, each.people, {"AWS": f"arn:aws:iam::{each.id}:root"})
        make_role(iam, each.jobs, {"Service": "glue.amazonaws.com"})


def make_role(iam: Any, role: str, principal: Mapping[str, str]) -> None:
    """Makes a role, by its name with its path, that a principal may take and that reads what it was granted."""
    path, _, name = role.rpartition("/")
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    reads = {"Effect": "Allow", "Action": ["glue:Get*", "lakeformation:GetDataAccess"], "Resource": "*"}
    iam.create_role(RoleName=name, Path=f"/{path}/" if path else "/", AssumeRolePolicyDocument=_document(trust))
    iam.put_role_policy(RoleName=name, PolicyName="Reads", PolicyDocument=_document(reads))


def _document(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def with_kits(outputs: Outputs) -> Iterator[tuple[Consumer, str]]:
    """The consumers that have a stack, each with the command that makes its kit an administrator of its data lake."""
    for each in CONSUMERS:
        made = outputs.get(consumer_stack_name(each))
        if made is not None:
            yield each, str(made["AdministratorCommands"])


def make_administrators(clients: Clients, outputs: Outputs) -> None:
    """Does what each consumer's stack prints for its data lake administrator to do."""
    for each, command in with_kits(outputs):
        do_command(clients("lakeformation", each.id), command)


def do_command(lake_formation: Any, command: str) -> None:
    """Does what a command does that adds an administrator to the settings of a data lake."""
    added = _ADDS.search(command)
    if added is None:
        raise ValueError(f"expected a command that adds an administrator, got {command}")
    settings = lake_formation.get_data_lake_settings()["DataLakeSettings"]
    listed = [*settings.get(added["list"], ()), *json.loads(added["entries"])]
    lake_formation.put_data_lake_settings(DataLakeSettings={**settings, added["list"]: listed})
