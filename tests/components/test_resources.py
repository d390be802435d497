"""What each kind of stack makes: how much of what, under whose parent, under which name."""

from __future__ import annotations

import json
import re
from collections import Counter

import pytest

from tests.components.conftest import CENTRAL, PORTAL, PRODUCER
from tests.components.program import Program, run
from tests.components.test_tables import GUARD

CENTRAL_COUNTS = {
    "pulumi:providers:aws": 1,
    "aws:apigatewayv2/api:Api": 1,
    "aws:apigatewayv2/integration:Integration": 1,
    "aws:apigatewayv2/route:Route": 3,
    "aws:apigatewayv2/stage:Stage": 1,
    "aws:cloudwatch/dashboard:Dashboard": 1,
    "aws:cloudwatch/eventRule:EventRule": 4,
    "aws:cloudwatch/eventTarget:EventTarget": 4,
    "aws:cloudwatch/logGroup:LogGroup": 12,
    "aws:cloudwatch/metricAlarm:MetricAlarm": 30,
    "aws:dynamodb/table:Table": 3,
    "aws:iam/policy:Policy": 1,
    "aws:iam/role:Role": 11,
    "aws:iam/rolePolicy:RolePolicy": 12,
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": 3,
    "aws:lambda/function:Function": 9,
    "aws:lambda/layerVersion:LayerVersion": 1,
    "aws:lambda/permission:Permission": 5,
    "aws:sfn/stateMachine:StateMachine": 2,
}

PORTAL_COUNTS = {
    "aws:apigatewayv2/authorizer:Authorizer": 1,
    "aws:apigatewayv2/integration:Integration": 23,
    "aws:apigatewayv2/route:Route": 26,
    "aws:cloudfront/distribution:Distribution": 1,
    "aws:cloudfront/function:Function": 2,
    "aws:cloudfront/originAccessControl:OriginAccessControl": 1,
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": 1,
    "aws:cloudwatch/eventRule:EventRule": 3,
    "aws:cloudwatch/eventTarget:EventTarget": 3,
    "aws:cloudwatch/logGroup:LogGroup": 7,
    "aws:cloudwatch/metricAlarm:MetricAlarm": 18,
    "aws:cognito/managedLoginBranding:ManagedLoginBranding": 1,
    "aws:cognito/user:User": 2,
    "aws:cognito/userGroup:UserGroup": 1,
    "aws:cognito/userInGroup:UserInGroup": 1,
    "aws:cognito/userPool:UserPool": 1,
    "aws:cognito/userPoolClient:UserPoolClient": 1,
    "aws:cognito/userPoolDomain:UserPoolDomain": 1,
    "aws:iam/role:Role": 7,
    "aws:iam/rolePolicy:RolePolicy": 7,
    "aws:lambda/function:Function": 7,
    "aws:lambda/permission:Permission": 26,
    "aws:s3/bucket:Bucket": 2,
    "aws:s3/bucketObjectv2:BucketObjectv2": 6,
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": 2,
    "aws:s3/bucketPolicy:BucketPolicy": 2,
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": 2,
}
"""What the portal makes on top, with two users of whom one is an auditor, and a page of five files."""

PRODUCER_COUNTS = {
    "pulumi:providers:aws": 1,
    "aws:iam/role:Role": 1,
    "aws:iam/rolePolicy:RolePolicy": 1,
    "aws:sns/topic:Topic": 1,
    "aws:sns/topicSubscription:TopicSubscription": 2,
}

CONSUMER_COUNTS = {
    "pulumi:providers:aws": 1,
    "aws:cloudwatch/logGroup:LogGroup": 1,
    "aws:glue/catalogDatabase:CatalogDatabase": 1,
    "aws:iam/role:Role": 1,
    "aws:iam/rolePolicy:RolePolicy": 1,
    "aws:lambda/function:Function": 1,
    "aws:lambda/layerVersion:LayerVersion": 1,
    "aws:lambda/permission:Permission": 1,
}

NAME_PROPERTIES = (
    "name",
    "namePrefix",
    "layerName",
    "dashboardName",
    "statementId",
    "targetId",
    "identityPoolName",
    "domain",
)
"""Properties that hold a physical name; elsewhere `name` means something else (an attribute, an index)."""

PHYSICAL_NAMES = {
    "LakeshareNotifier",  # the producers' trust names it
    "ProducerWorkflowRole",  # the contract
    "DataLakeSharingApproval",  # the contract
    "LakeshareConsumerKit",  # the contract; of the role, too: made anew it is the administrator that it was
    "lakeshare",  # config: people see it in their queries
    "/aws/vendedlogs/states/lakeshare-",  # a prefix
    "$default",  # what API Gateway calls the stage without a path
    "lakeshare-test",  # layer, dashboard, identity pool: AWS makes none without a name; it is the stack's
    "example-data",  # config: people see it in the address of the sign-in pages
    "auditors",  # config: an identity provider may have to know it
}


def counts(program: Program) -> Counter[str]:
    return Counter(made.type for made in program.resources if not made.type.startswith("lakeshare:"))


@pytest.mark.parametrize(
    ("stack", "expected"),
    [
        ("central", CENTRAL_COUNTS),
        ("granting", CENTRAL_COUNTS | {"aws:lakeformation/permissions:Permissions": 16}),
        ("portal", Counter(CENTRAL_COUNTS) + Counter(PORTAL_COUNTS)),
        ("producer", PRODUCER_COUNTS),
        ("consumer", CONSUMER_COUNTS),
    ],
)
def test_a_stack_makes_exactly_this(request: pytest.FixtureRequest, stack: str, expected: dict[str, int]) -> None:
    assert counts(request.getfixturevalue(stack)) == expected


def test_the_central_outputs(central: Program) -> None:
    assert set(central.outputs) == {
        "StateMachineArn",
        "StateMachineName",
        "RevokeStateMachineArn",
        "NotifierRoleArn",
        "NotifyFunctionName",
        "ApiUrl",
        "RegisterTableName",
        "VaultTableName",
        "LedgerTableName",
        "LakeFormationGrantCommands",
    }
    assert not central.outputs["ApiUrl"].endswith("/")
    assert central.outputs["NotifierRoleArn"] == "arn:aws:iam::123456789012:role/LakeshareNotifier"


def test_the_producer_outputs(producer: Program) -> None:
    assert producer.outputs == {
        "ApprovalSnsTopicArn": "arn:aws:sns:eu-central-1:111111111111:DataLakeSharingApproval",
        "ProducerWorkflowRoleArn": "arn:aws:iam::111111111111:role/ProducerWorkflowRole",
    }


def test_every_resource_has_a_component_as_its_parent(any_program: Program) -> None:
    components = {made.name for made in any_program.resources if made.type.startswith("lakeshare:index:")}
    for made in any_program.resources:
        outermost = made.name == "lakeshare" or made.type in {"pulumi:providers:aws", GUARD}
        assert made.parent == "lakeshare-test" if outermost else made.parent in components, made


def test_every_resource_is_made_by_the_stacks_own_provider(any_program: Program) -> None:
    for made in any_program.resources:
        if made.type.startswith("aws:"):
            assert made.provider.endswith("::account::account-id"), made


def test_logical_names_are_unique_plain_and_begin_with_their_parents(any_program: Program) -> None:
    names = [(made.type, made.name) for made in any_program.resources]
    assert len(names) == len(set(names))
    for made in any_program.resources:
        # A file of the page keeps its name, and the guard's is to say which key it is about.
        free = made.type == GUARD or made.type.startswith("aws:s3/bucketObject")
        characters = "A-Za-z0-9@._-" if free else "a-z0-9@.-"
        assert re.fullmatch(rf"[a-z][{characters}]*", made.name), made
        if made.type.startswith("aws:"):
            assert made.name.startswith(f"{made.parent}-"), made


def test_logical_names_do_not_depend_on_order_or_on_the_stack() -> None:
    other = {**PRODUCER, "approverEmails": list(reversed(PRODUCER["approverEmails"]))}
    first, second = run(PRODUCER), run(other, stack_name="elsewhere")
    assert {made.name for made in first.resources} == {made.name for made in second.resources}


def test_no_physical_names_but_those_that_others_must_know(any_program: Program) -> None:
    given = {
        made.inputs[key]
        for made in any_program.resources
        if made.type.startswith("aws:")
        for key in NAME_PROPERTIES
        if made.inputs.get(key)
    }
    assert given <= PHYSICAL_NAMES


def test_the_provider_takes_one_account_and_tags_everything(central: Program) -> None:
    provider = central.one("pulumi:providers:aws").inputs
    assert json.loads(provider["allowedAccountIds"]) == ["123456789012"]
    assert json.loads(provider["defaultTags"]) == {"tags": {"application": "lakeshare", "cost-centre": "42"}}
    assert provider["region"] == "eu-central-1"
    assert "profile" not in provider


def test_the_provider_takes_the_profile_of_the_stack() -> None:
    provider = run(PRODUCER, raw={"aws:profile": "data"}).one("pulumi:providers:aws").inputs
    assert provider["profile"] == "data"


def test_no_resource_overrides_the_default_tags(any_program: Program) -> None:
    assert not [made for made in any_program.resources if "tags" in made.inputs]


def test_the_partition_is_the_providers_everywhere() -> None:
    program = run({**PORTAL, "catalogKmsKeyArn": "", "opsTopicArn": ""}, partition="aws-us-gov")
    for portals in (False, True):
        made = [made.inputs for made in program.resources if ("portal" in made.name) is portals]
        text = json.dumps(made, default=str)
        assert "arn:aws-us-gov:" in text
        # Step Functions' own service integrations are named so in every partition's documents but with its partition.
        allowed = () if portals else ("arn:aws:states:::",)
        assert not [arn for arn in re.findall(r"arn:aws:[^\"\\]*", text) if not arn.startswith(allowed)]


@pytest.mark.parametrize(("producers", "warning"), [([], "is empty"), (CENTRAL["producers"], "222222222222 without")])
def test_what_is_seldom_meant_is_said(producers: list[object], warning: str) -> None:
    (said,) = run({**CENTRAL, "producers": producers}).warnings
    assert warning in said
    assert "111111111111" not in said


@pytest.mark.parametrize("account", [f"{number:012d}" for number in (1, 222_222_222_222, 999_999_999_999)])
def test_one_more_producer_is_one_more_stack(account: str) -> None:
    program = run({**PRODUCER, "accountId": account}, stack_name=f"producer-{account}")
    assert counts(program) == PRODUCER_COUNTS
    assert program.outputs["ProducerWorkflowRoleArn"] == f"arn:aws:iam::{account}:role/ProducerWorkflowRole"
