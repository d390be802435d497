"""Which permissions the calls of a deployer need, from requests as botocore makes them."""

from __future__ import annotations

import contextlib
import io
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import botocore.session
import pytest
from botocore.awsrequest import AWSResponse

from localmesh.aws import calls, resources
from localmesh.web import Request

SESSION = botocore.session.get_session()
HERE = "us-east-1:111100001111"
ROLE = "arn:aws:iam::111100001111:role/worker"
FUNCTION = f"arn:aws:lambda:{HERE}:function:f"
DISTRIBUTION = "arn:aws:cloudfront::111100001111:distribution/E1"
POOL = f"arn:aws:cognito-idp:{HERE}:userpool/us-east-1_a"

CASES: list[tuple[str, str, dict[str, Any], set[tuple[str, str]]]] = [
    (
        "lambda",
        "create_function",
        {"FunctionName": "f", "Role": ROLE, "Code": {"ZipFile": b""}},
        {("lambda:CreateFunction", FUNCTION), ("iam:PassRole", ROLE)},
    ),
    (
        "lambda",
        "update_function_configuration",
        {"FunctionName": "f"},
        {("lambda:UpdateFunctionConfiguration", FUNCTION)},
    ),
    ("lambda", "list_tags", {"Resource": FUNCTION}, {("lambda:ListTags", FUNCTION)}),
    (
        "lambda",
        "get_layer_version",
        {"LayerName": "l", "VersionNumber": 3},
        {("lambda:GetLayerVersion", f"arn:aws:lambda:{HERE}:layer:l:3")},
    ),
    ("lambda", "remove_permission", {"FunctionName": "f", "StatementId": "s"}, {("lambda:RemovePermission", FUNCTION)}),
    (
        "apigatewayv2",
        "update_route",
        {"ApiId": "a", "RouteId": "r"},
        {("apigateway:PATCH", "arn:aws:apigateway:us-east-1::/apis/a/routes/r")},
    ),
    ("cloudfront", "get_distribution_config", {"Id": "E1"}, {("cloudfront:GetDistributionConfig", DISTRIBUTION)}),
    (
        "cloudfront",
        "untag_resource",
        {"Resource": DISTRIBUTION, "TagKeys": {"Items": ["a"]}},
        {("cloudfront:UntagResource", DISTRIBUTION)},
    ),
    (
        "cloudfront",
        "create_function",
        {"Name": "page", "FunctionConfig": {"Comment": "", "Runtime": "cloudfront-js-2.0"}, "FunctionCode": b"x"},
        {("cloudfront:CreateFunction", "arn:aws:cloudfront::111100001111:function/page")},
    ),
    ("s3", "delete_bucket_tagging", {"Bucket": "b"}, {("s3:PutBucketTagging", "arn:aws:s3:::b")}),
    ("s3", "put_bucket_policy", {"Bucket": "b", "Policy": "{}"}, {("s3:PutBucketPolicy", "arn:aws:s3:::b")}),
    (
        "s3",
        "delete_objects",
        {"Bucket": "b", "Delete": {"Objects": [{"Key": "k"}, {"Key": "l/m"}]}},
        {("s3:DeleteObject", "arn:aws:s3:::b/k"), ("s3:DeleteObject", "arn:aws:s3:::b/l/m")},
    ),
    (
        "iam",
        "put_role_policy",
        {"RoleName": "worker", "PolicyName": "p", "PolicyDocument": "{}"},
        {("iam:PutRolePolicy", ROLE)},
    ),
    (
        "iam",
        "create_role",
        {"RoleName": "worker", "Path": "/jobs/", "AssumeRolePolicyDocument": "{}"},
        {("iam:CreateRole", "arn:aws:iam::111100001111:role/jobs/worker")},
    ),
    (
        "iam",
        "create_policy",
        {"PolicyName": "p", "PolicyDocument": "{}"},
        {("iam:CreatePolicy", "arn:aws:iam::111100001111:policy/p")},
    ),
    (
        "cloudwatch",
        "delete_dashboards",
        {"DashboardNames": ["d"]},
        {("cloudwatch:DeleteDashboards", "arn:aws:cloudwatch::111100001111:dashboard/d")},
    ),
    (
        "cloudwatch",
        "describe_alarms",
        {"AlarmNames": ["a", "b"]},
        {("cloudwatch:DescribeAlarms", f"arn:aws:cloudwatch:{HERE}:alarm:{name}") for name in "ab"},
    ),
    (
        "stepfunctions",
        "create_state_machine",
        {"name": "m", "definition": "{}", "roleArn": ROLE},
        {("states:CreateStateMachine", f"arn:aws:states:{HERE}:stateMachine:m"), ("iam:PassRole", ROLE)},
    ),
    (
        "stepfunctions",
        "validate_state_machine_definition",
        {"definition": "{}"},
        {("states:ValidateStateMachineDefinition", "*")},
    ),
    (
        "cognito-identity",
        "set_identity_pool_roles",
        {"IdentityPoolId": "us-east-1:a", "Roles": {"authenticated": ROLE}},
        {("cognito-identity:SetIdentityPoolRoles", "*"), ("iam:PassRole", ROLE)},
    ),
    ("cognito-idp", "tag_resource", {"ResourceArn": POOL, "Tags": {}}, {("cognito-idp:TagResource", POOL)}),
    ("sns", "create_topic", {"Name": "t"}, {("sns:CreateTopic", f"arn:aws:sns:{HERE}:t")}),
    (
        "events",
        "put_targets",
        {"Rule": "r", "Targets": [{"Id": "1", "Arn": FUNCTION}]},
        {("events:PutTargets", f"arn:aws:events:{HERE}:rule/r")},
    ),
    (
        "logs",
        "list_tags_for_resource",
        {"resourceArn": "arn:aws:logs:x"},
        {("logs:ListTagsForResource", "arn:aws:logs:x")},
    ),
    ("dynamodb", "list_tags_of_resource", {"ResourceArn": "arn:t"}, {("dynamodb:ListTagsOfResource", "arn:t")}),
]


@cache
def client_of(service: str) -> Any:
    return SESSION.create_client(
        service, "us-east-1", aws_access_key_id="a", aws_secret_access_key="s", endpoint_url="http://mesh"
    )


def request_of(service: str, operation: str, given: dict[str, Any]) -> Request:
    """The request that a client makes, which goes nowhere."""
    client = client_of(service)
    made: list[Any] = []

    def take(request: Any, **_: Any) -> AWSResponse:
        made.append(request)
        return AWSResponse(request.url, 418, {}, io.BytesIO())  # pyright: ignore[reportArgumentType]

    client.meta.events.register("before-send", take)
    with contextlib.suppress(Exception):  # whatever botocore makes of such an answer
        getattr(client, operation)(**given)
    client.meta.events.unregister("before-send", take)
    (request, *_) = made
    parts = urlsplit(request.url)
    body: Any = request.body or b""
    sent = body.read() if hasattr(body, "read") else body.encode() if isinstance(body, str) else bytes(body)
    headers = [(name, each if isinstance(each, str) else each.decode()) for name, each in request.headers.items()]
    return Request(request.method, parts.path, parts.query, tuple(headers), sent, "127.0.0.1")


@pytest.mark.parametrize(("service", "operation", "given", "expected"), CASES, ids=[f"{a}-{b}" for a, b, *_ in CASES])
def test_what_a_call_needs(service: str, operation: str, given: dict[str, Any], expected: set[tuple[str, str]]) -> None:
    call = calls.identify(request_of(service, operation, given))
    needs = resources.resources_of(call, "111100001111", lambda _: None)
    assert {(need.action, need.resource) for need in needs} == expected
    assert all(need.context["iam:passedtoservice"] for need in needs if need.action == "iam:PassRole")
