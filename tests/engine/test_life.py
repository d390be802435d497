"""Stacks from the real stack files: preview, up, requests, nothing to do, refresh, destroy, nothing left anywhere.

The central stack has a portal, where the page is built.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from components.built_page import DIST, INDEX
from localmesh.aws.policy import Policy, Verdict, parse, verdict
from localmesh.provider import Endpoint
from tests.demo.on_moto import PORTAL
from tests.missing import PAGE
from tests.workflow.driver import SELECT_AND_DESCRIBE

from .conftest import CENTRAL, PRODUCERS, StackMaker, central_config, producer_config
from .deployers import NAME, printed
from .engine import EngineStack
from .leftovers import left_in
from .requests import mesh_of

NAMES = (
    "name",
    "namePrefix",
    "layerName",
    "dashboardName",
    "statementId",
    "targetId",
    "policyName",
    "identityPoolName",
)
"""The properties that hold a physical name; of a bucket, `bucket` is another, elsewhere it says which one is meant."""
NAMED = {
    *("ProducerWorkflowRole", "DataLakeSharingApproval", "LakeshareNotifier"),  # the contract's
    "$default",  # what API Gateway calls the stage without a path
    "/aws/vendedlogs/states/lakeshare-",  # a prefix
    "lakeshare-life",  # layer, dashboard, identity pool: AWS makes none without a name; it is the stack's
    "auditors",  # config
}
UNTAGGED = {
    *("aws:iam/rolePolicy:RolePolicy", "aws:iam/rolePolicyAttachment:RolePolicyAttachment"),
    *("aws:lambda/permission:Permission", "aws:lambda/layerVersion:LayerVersion"),
    *("aws:cloudwatch/dashboard:Dashboard", "aws:cloudwatch/eventTarget:EventTarget"),
    *("aws:apigatewayv2/integration:Integration", "aws:apigatewayv2/route:Route"),
    *("aws:sns/topicSubscription:TopicSubscription", "aws:lakeformation/permissions:Permissions"),
    # The portal's.
    *("aws:apigatewayv2/authorizer:Authorizer", "aws:cloudfront/originAccessControl:OriginAccessControl"),
    *("aws:cloudfront/function:Function", "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy"),
    *("aws:cognito/user:User", "aws:cognito/userGroup:UserGroup", "aws:cognito/userInGroup:UserInGroup"),
    *("aws:cognito/userPoolClient:UserPoolClient", "aws:cognito/userPoolDomain:UserPoolDomain"),
    *("aws:cognito/managedLoginBranding:ManagedLoginBranding", "aws:cognito/identityProvider:IdentityProvider"),
    "aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment",
    *("aws:s3/bucketPolicy:BucketPolicy", "aws:s3/bucketOwnershipControls:BucketOwnershipControls"),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock",
}


@pytest.fixture(scope="module")
def central(deployed_as_printed: StackMaker) -> EngineStack:
    config = central_config(manageLakeFormationGrants=True, databases=["retail"], tags={"team": "data"})
    portal = PORTAL if (DIST / INDEX).exists() else {}
    return deployed_as_printed("life", "central", CENTRAL, **config, **portal)


@pytest.fixture
def with_portal() -> None:
    if not (DIST / INDEX).exists():
        PAGE.skip("the page is not built: `make portal` builds it where there is Node")


@pytest.fixture(scope="module")
def producers(deployed_as_printed: StackMaker) -> list[EngineStack]:
    return [deployed_as_printed(f"life-{one}", "producer", one, **producer_config()) for one in PRODUCERS]


def test_central_previews(central: EngineStack, endpoint_in: Callable[[str], Endpoint]) -> None:
    before = left_in(endpoint_in(CENTRAL))
    changes = central.preview()
    assert set(changes.counts) == {"create"}
    assert changes.counts["create"] > 70
    assert left_in(endpoint_in(CENTRAL)) == before == []


def test_central_is_made(central: EngineStack) -> None:
    assert set(central.up().counts) == {"create"}
    outputs = central.outputs()
    assert outputs["NotifierRoleArn"] == f"arn:aws:iam::{CENTRAL}:role/LakeshareNotifier"
    assert outputs["StateMachineArn"].endswith(outputs["StateMachineName"])


def test_producers_are_made(producers: list[EngineStack]) -> None:
    for account, stack in zip(PRODUCERS, producers, strict=True):
        stack.up()
        outputs = stack.outputs()
        assert outputs["ProducerWorkflowRoleArn"] == f"arn:aws:iam::{account}:role/ProducerWorkflowRole"
        assert outputs["ApprovalSnsTopicArn"] == f"arn:aws:sns:us-east-1:{account}:DataLakeSharingApproval"


def test_nothing_to_do(central: EngineStack, producers: list[EngineStack]) -> None:
    for stack in (central, *producers):
        assert stack.up().counts == {}, stack.auto.name


def test_a_table_without_personal_data_is_shared(central: EngineStack, mesh_json: dict[str, Any]) -> None:
    mesh = mesh_of(mesh_json, central)
    _, done = mesh.ask("transport", "yellow_tripdata", "999999999991")
    assert done.output["status"] == "SHARED"
    assert mesh.grants("999999999991") == {"transport.yellow_tripdata": SELECT_AND_DESCRIBE}


def test_the_owner_decides_on_personal_data(central: EngineStack, mesh_json: dict[str, Any]) -> None:
    mesh = mesh_of(mesh_json, central)
    asked = mesh.ask_owner("retail", "customer", "999999999992")
    assert asked.mail["to"] == "anna@example.org"
    assert asked.mail["account_id"] == PRODUCERS[0]
    assert mesh.get(asked.approve).status == 200
    assert mesh.grants("999999999992") == {}
    assert mesh.decide(asked, "approve", "anna@example.org").end == ("SHARED", None)
    assert mesh.grants("999999999992") == {"retail.customer": SELECT_AND_DESCRIBE}


def test_nothing_is_drift_nor_are_requests(central: EngineStack, producers: list[EngineStack]) -> None:
    for stack in (central, *producers):
        assert stack.refresh().counts == {}, stack.auto.name


def test_every_resource(central: EngineStack, producers: list[EngineStack]) -> None:
    for stack in (central, *producers):
        resources = stack.resources()
        kinds = {resource["urn"]: resource["type"] for resource in resources}
        assert len(kinds) == len(resources), "logical names are unique"
        for resource in resources:
            kind, name = resource["type"], resource["urn"].rpartition("::")[2]
            if kind.startswith("aws:"):
                assert kinds[resource["parent"]].startswith("lakeshare:index:"), name
                assert name.startswith(resource["parent"].rpartition("::")[2] + "-"), name
                own = {"team": "data"} if stack is central else {}
                _check_aws_resource(kind, name, resource, {"application": "lakeshare", **own})
            elif kind != "pulumi:pulumi:Stack":
                assert resource["parent"] in kinds, name


def _check_aws_resource(kind: str, name: str, resource: dict[str, Any], tags: dict[str, str]) -> None:
    if kind not in UNTAGGED:
        assert resource["outputs"]["tagsAll"] == tags, name
    names = (*NAMES, "bucket") if kind == "aws:s3/bucket:Bucket" else NAMES
    given = [resource["inputs"].get(key) for key in names]
    for physical in (each for each in given if isinstance(each, str) and each not in NAMED):
        automatic = re.fullmatch(rf"{re.escape(name[:50])}.*-?[0-9a-f]{{7,}}", physical)
        assert automatic, f"{name} is named by hand: {physical}"


@pytest.mark.usefixtures("with_portal")
def test_the_portal_changes_as_it_should(central: EngineStack) -> None:
    assert "s3cret" not in central.state_as_kept()
    central.configure(portalUsers=PORTAL["portalUsers"][:1], portalDirectStart=True)
    changes = central.up().counts
    # The user and the membership go; what the signed-in may do grows by one action.
    assert (changes["delete"], changes["update"]) >= (2, 1)
    assert "create" not in changes
    assert central.up().counts == {}


@pytest.mark.usefixtures("with_portal")
def test_another_issuer_replaces_the_provider(central: EngineStack, endpoint_in: Callable[[str], Endpoint]) -> None:
    """Cognito tells the addresses that it found out, and the next preview shows no difference all the same."""
    issuer = "https://other.example.org"
    central.configure(portalIdentityProvider={**PORTAL["portalIdentityProvider"], "oidcIssuer": issuer})
    changes = central.up()
    assert changes.named("replace") == {"lakeshare-portal-sign-in-provider"}
    assert {step.name for step in changes.steps} == {"lakeshare-portal-sign-in-provider"}
    users = endpoint_in(CENTRAL).client("cognito-idp", "us-east-1")
    told = users.describe_identity_provider(
        UserPoolId=central.outputs()["PortalUserPoolId"],
        ProviderName=PORTAL["portalIdentityProvider"]["name"],
    )["IdentityProvider"]["ProviderDetails"]
    assert {told[key].startswith(issuer) for key in ("authorize_url", "jwks_uri", "oidc_issuer", "token_url")} == {True}
    assert central.preview().counts == {}


@pytest.mark.usefixtures("with_portal")
def test_the_deployer_needed_every_statement(central: EngineStack, mesh_json: dict[str, Any]) -> None:
    """What it did is on the mesh's record: nothing was refused, and something would be without any one statement."""
    iam, checks = f"arn:aws:iam::{CENTRAL}:role/{NAME}", mesh_of(mesh_json, central).control("GET", "/access/counted")
    asked = [check for check in checks["checks"] if check["role"] == iam]
    assert not [check for check in asked if not check["allowed"]]
    config = central_config(manageLakeFormationGrants=True, databases=["retail"], **PORTAL)
    statements = [one for policy in printed("central", CENTRAL, config) for one in policy["Statement"]]
    for missing in statements:
        if missing["Action"] == ["glue:GetDatabase", "glue:GetTable"]:
            continue  # Lake Formation's look-ups, which the mesh's does without
        rest = parse(json.dumps({"Statement": [one for one in statements if one is not missing]}))
        assert any(_refused(rest, check) for check in asked), missing


def _refused(policy: Policy, check: dict[str, Any]) -> bool:
    context = {key: value if isinstance(value, str) else tuple(value) for key, value in check["context"]}
    return verdict([policy], check["action"], check["resource"], context) is not Verdict.ALLOWED


def test_all_is_destroyed(
    central: EngineStack, producers: list[EngineStack], endpoint_in: Callable[[str], Endpoint]
) -> None:
    for stack in (*producers, central):
        assert set(stack.destroy().counts) == {"delete"}
    for account in (CENTRAL, *PRODUCERS):
        assert left_in(endpoint_in(account)) == []
