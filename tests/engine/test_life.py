"""Stacks from the real stack files: preview, up, nothing to do, refresh, destroy, and nothing left in any account."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from localmesh.provider import Endpoint

from .conftest import CENTRAL, PRODUCERS, StackMaker, central_config, producer_config
from .engine import EngineStack
from .leftovers import left_in

# The names of the contract, and those whose making needs one.
NAMED = {"ProducerWorkflowRole", "DataLakeSharingApproval", "LakeshareNotifier"}
UNTAGGED = {
    *("aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"),
    *("aws:lambda/permission:Permission", "aws:lambda/layerVersion:LayerVersion"),
    *("aws:cloudwatch/dashboard:Dashboard", "aws:cloudwatch/eventTarget:EventTarget"),
    *("aws:apigatewayv2/integration:Integration", "aws:apigatewayv2/route:Route"),
    *("aws:sns/topicSubscription:TopicSubscription", "aws:lakeformation/permissions:Permissions"),
}


@pytest.fixture(scope="module")
def central(make_stack: StackMaker) -> EngineStack:
    config = central_config(manageLakeFormationGrants=True, databases=["retail"], tags={"team": "data"})
    return make_stack("central", "central", CENTRAL, **config)


@pytest.fixture(scope="module")
def producers(make_stack: StackMaker) -> list[EngineStack]:
    return [make_stack(f"producer-{one}", "producer", one, **producer_config()) for one in PRODUCERS]


def test_central_previews(central: EngineStack, endpoint_in: Callable[[str], Endpoint]) -> None:
    before = left_in(endpoint_in(CENTRAL))
    changes = central.preview()
    assert set(changes.counts) == {"create"}
    assert changes.counts["create"] > 70
    assert left_in(endpoint_in(CENTRAL)) == before == []


def test_central_is_made(central: EngineStack) -> None:
    changes = central.up()
    assert set(changes.counts) == {"create"}
    assert changes.outputs["NotifierRoleArn"] == f"arn:aws:iam::{CENTRAL}:role/LakeshareNotifier"
    assert changes.outputs["StateMachineArn"].endswith(changes.outputs["StateMachineName"])


def test_producers_are_made(producers: list[EngineStack]) -> None:
    for account, stack in zip(PRODUCERS, producers, strict=True):
        outputs = stack.up().outputs
        assert outputs["ProducerWorkflowRoleArn"] == f"arn:aws:iam::{account}:role/ProducerWorkflowRole"
        assert outputs["ApprovalSnsTopicArn"] == f"arn:aws:sns:us-east-1:{account}:DataLakeSharingApproval"


def test_nothing_to_do(central: EngineStack, producers: list[EngineStack]) -> None:
    for stack in (central, *producers):
        assert stack.up().counts == {}, stack.auto.name
        assert stack.refresh().counts == {}, stack.auto.name


def test_every_resource(central: EngineStack, producers: list[EngineStack]) -> None:
    for stack in (central, *producers):
        resources = stack.resources()
        urns = {resource["urn"] for resource in resources}
        for resource in resources:
            kind, name = resource["type"], resource["urn"].rpartition("::")[2]
            if kind not in {"pulumi:pulumi:Stack", "pulumi:providers:aws"}:
                assert resource["parent"] in urns, name
                assert name.startswith("lakeshare"), name
            if kind.startswith("aws:"):
                _check_aws_resource(kind, name, resource["inputs"], resource["outputs"])


def _check_aws_resource(kind: str, name: str, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
    if kind not in UNTAGGED:
        assert outputs["tagsAll"].get("application") == "lakeshare", name
    physical = inputs.get("name")
    if isinstance(physical, str) and physical not in NAMED | {"$default"}:
        assert physical.startswith(f"{name}-"[:50]), f"{name} is named by hand: {physical}"


def test_all_is_destroyed(
    central: EngineStack, producers: list[EngineStack], endpoint_in: Callable[[str], Endpoint]
) -> None:
    for stack in (*producers, central):
        assert set(stack.destroy().counts) == {"delete"}
    for account in (CENTRAL, *PRODUCERS):
        assert left_in(endpoint_in(account)) == []
