"""The portal's part of the central stack: the whole of it made, read back without a difference, and removed again."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from components.built_page import DIST, INDEX
from localmesh.program import deploy
from localmesh.provider import AwsProvider, Endpoint
from tests.demo.on_moto import PORTAL, PROGRAM, Keeping, central
from tests.engine.leftovers import left_in

needs_page = pytest.mark.skipif(not (DIST / INDEX).is_file(), reason="no built page; `make portal` builds it")


@needs_page
def test_whole_stack_comes_and_goes(endpoint: Endpoint, account: str, managed: Callable[[Endpoint], Endpoint]) -> None:
    mocks = Keeping(managed(endpoint), account)
    outputs = deploy(PROGRAM, "central", central(account, deletionProtection=False, **PORTAL), mocks=mocks)
    assert outputs["PortalUrl"].startswith("https://")
    provider = AwsProvider.configured(endpoint, {"region": "us-east-1"})
    for token, id_, state in mocks.kept:
        known = provider.read(token, id_, {}, state)
        assert known is not None, token
        if token != "aws:lambda/function:Function":  # moto by itself forgets where a function logs
            assert known.state == state, token
    _what_is_there(endpoint, outputs)
    for token, id_, state in reversed(mocks.kept):
        provider.delete(token, id_, state)
    # And the policy that AWS would bring.
    assert left_in(endpoint) == [f"policy arn:aws:iam::{account}:policy/AWSLakeFormationCrossAccountManager"]


def _what_is_there(endpoint: Endpoint, outputs: dict[str, Any]) -> None:
    users = endpoint.client("cognito-idp", "us-east-1")
    pool = outputs["PortalUserPoolId"]
    found = users.admin_get_user(UserPoolId=pool, Username="ALEX")
    attributes = {one["Name"]: one["Value"] for one in found["UserAttributes"]}
    assert found["UserStatus"] == "FORCE_CHANGE_PASSWORD"
    assert (attributes["email"], attributes["email_verified"]) == ("alex@consumer.example", "true")
    members = users.list_users_in_group(UserPoolId=pool, GroupName="auditors")["Users"]
    assert [user["Username"] for user in members] == ["audit"]
    provider = users.describe_identity_provider(UserPoolId=pool, ProviderName="corp")["IdentityProvider"]
    assert provider["ProviderDetails"]["client_secret"] == "s3cret"
    objects = endpoint.client("s3", "us-east-1")
    (bucket,) = [each for each in objects.list_buckets()["Buckets"] if "search" not in each["Name"]]
    config = json.loads(objects.get_object(Bucket=bucket["Name"], Key="config.json")["Body"].read())
    assert config["userPoolId"] == pool
    page = objects.get_object(Bucket=bucket["Name"], Key=INDEX)
    assert page["Body"].read() == (DIST / INDEX).read_bytes()
    assert (page["ContentType"], page["CacheControl"]) == ("text/html; charset=utf-8", "no-cache")
    (listed,) = endpoint.client("cloudfront", "us-east-1").list_distributions()["DistributionList"]["Items"]
    first = next(origin for origin in listed["Origins"]["Items"] if origin["Id"] == "page")
    assert first["OriginAccessControlId"]
    assert listed["DefaultCacheBehavior"]["FunctionAssociations"]["Quantity"] == 1
    (api,) = endpoint.client("apigatewayv2", "us-east-1").get_apis()["Items"]
    routes = endpoint.client("apigatewayv2", "us-east-1").get_routes(ApiId=api["ApiId"])["Items"]
    kinds = {route["RouteKey"].rpartition("/workflow")[1] or "requests": route["AuthorizationType"] for route in routes}
    assert kinds == {"/workflow": "NONE", "requests": "JWT"}
