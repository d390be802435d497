"""What AWS refuses, keeps and leaves alone about a site's resources."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localmesh.provider import AwsProvider, CheckFailedError, ProviderError
from provider_tests.cases import World
from provider_tests.people_cases import user_pool_client
from provider_tests.site_cases import asset, distribution
from provider_tests.site_world import Site

BUCKET = "aws:s3/bucket:Bucket"
OBJECT = "aws:s3/bucketObjectv2:BucketObjectv2"
POOL = "aws:cognito/userPool:UserPool"


def test_full_bucket_stays_unless_it_is_to_be_emptied(provider: AwsProvider) -> None:
    world = World(provider)
    bucket, state = world.make(BUCKET, {})
    world.make(OBJECT, {"bucket": bucket, "key": "a", "content": "x"})
    with pytest.raises(ProviderError, match=r"BucketNotEmpty.*forceDestroy"):
        provider.delete(BUCKET, bucket, state)
    provider.delete(BUCKET, bucket, {**state, "forceDestroy": True})
    assert provider.read(BUCKET, bucket, {}, state) is None


def test_taken_bucket_is_not_taken_over(provider: AwsProvider) -> None:
    world = World(provider)
    bucket, _ = world.make(BUCKET, {})
    with pytest.raises(ProviderError, match="BucketAlreadyOwnedByYou"):
        world.make(BUCKET, {"bucket": bucket})


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ({"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::other/*"}, "MalformedPolicy"),
        ({"Effect": "Allow", "Action": "s3:GetObject"}, "MalformedPolicy"),
        (
            {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::B/*"},
            "AccessDenied",
        ),
    ],
)
def test_bad_bucket_policies(statement: dict[str, Any], code: str, provider: AwsProvider) -> None:
    world = World(provider)
    bucket = Site(world).bucket()
    world.make("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", {"bucket": bucket, "blockPublicPolicy": True})
    document = json.dumps({"Version": "2012-10-17", "Statement": [{"Principal": {"AWS": "1" * 12}, **statement}]})
    with pytest.raises(ProviderError, match=code):
        world.make(
            "aws:s3/bucketPolicy:BucketPolicy", {"bucket": bucket, "policy": document.replace(":::B/", f":::{bucket}/")}
        )


@pytest.mark.parametrize("given", [{"source": asset("one")}, {"content": "one"}])
def test_an_object_is_not_read_back(given: dict[str, Any], provider: AwsProvider) -> None:
    """The plug-in asks for an object's head: what somebody put into it is no drift, nor is it mended."""
    inputs = provider.check(OBJECT, "o", {"bucket": Site(World(provider)).bucket(), "key": "a/b.txt", **given})
    id_, state = provider.create(OBJECT, inputs)
    by_hand = {"Bucket": inputs["bucket"], "Key": "a/b.txt", "Body": b"two", "Tagging": "application=x"}
    provider.aws.client("s3").put_object(**by_hand)
    known = provider.read(OBJECT, id_, inputs, state)
    assert known is not None
    assert known.inputs == inputs
    assert known.state["etag"] != state["etag"]


def test_same_content_elsewhere_is_no_change(provider: AwsProvider) -> None:
    engine = {**asset("one"), "hash": "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"}
    old = provider.check(OBJECT, "o", {"bucket": "bucket", "key": "k", "source": asset("one")})
    assert provider.diff(OBJECT, old, {**old, "source": engine}).names == ()
    diff = provider.diff(OBJECT, old, {**old, "source": asset("two")})
    assert [place.path for place in diff.details] == ["source"]


def test_protected_pool_stays(provider: AwsProvider) -> None:
    id_, state = World(provider).make(POOL, {"deletionProtection": "ACTIVE"})
    with pytest.raises(ProviderError, match="deletion protection is activated"):
        provider.delete(POOL, id_, state)
    assert provider.read(POOL, id_, {}, state)


def test_pool_keeps_what_an_update_does_not_touch(provider: AwsProvider) -> None:
    asked = {"passwordPolicy": {"minimumLength": 12}, "tags": {"team": "a"}, "mfaConfiguration": "OPTIONAL"}
    asked["softwareTokenMfaConfiguration"] = {"enabled": True}
    inputs = provider.check(POOL, "p", asked)
    id_, state = provider.create(POOL, inputs)
    wanted = {**inputs, "autoVerifiedAttributes": ["email"]}
    after = provider.update(POOL, id_, inputs, wanted, state)
    assert after == {**state, "autoVerifiedAttributes": ["email"]}


@pytest.mark.parametrize("domain", ["my-cognito", "UPPER", "-dash", "aws-people"])
def test_domains_that_aws_does_not_take(domain: str, provider: AwsProvider) -> None:
    world = World(provider)
    with pytest.raises(CheckFailedError, match=f"expected value of domain to match .*, got {domain}"):
        world.make("aws:cognito/userPoolDomain:UserPoolDomain", {"domain": domain, "userPoolId": Site(world).pool()})
    client = provider.aws.client("cognito-idp")
    with pytest.raises(client.exceptions.InvalidParameterException):
        client.create_user_pool_domain(Domain=domain, UserPoolId=Site(world).pool())


def test_what_a_distribution_uses_stays(provider: AwsProvider) -> None:
    world = World(provider)
    asked = distribution(world)
    id_, state = world.make("aws:cloudfront/distribution:Distribution", asked)
    behaviour = asked["defaultCacheBehavior"]
    function = behaviour["functionAssociations"][0]["functionArn"].rpartition("/")[2]
    used = [
        ("aws:cloudfront/function:Function", function, "FunctionInUse"),
        (
            "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy",
            behaviour["responseHeadersPolicyId"],
            "ResponseHeadersPolicyInUse",
        ),
        (
            "aws:cloudfront/originAccessControl:OriginAccessControl",
            asked["origins"][0]["originAccessControlId"],
            "OriginAccessControlInUse",
        ),
    ]
    for token, used_id, code in used:
        with pytest.raises(ProviderError, match=code):
            provider.delete(token, used_id, {})
    provider.delete("aws:cloudfront/distribution:Distribution", id_, state)
    for token, used_id, _ in used:
        provider.delete(token, used_id, {})


def test_function_that_is_not_live_is_refused(provider: AwsProvider) -> None:
    world = World(provider)
    asked = distribution(world)
    inputs = {"code": "function handler(event) {}", "runtime": "cloudfront-js-2.0", "publish": False}
    unpublished = world.make("aws:cloudfront/function:Function", inputs)[1]
    asked["defaultCacheBehavior"]["functionAssociations"][0]["functionArn"] = unpublished["arn"]
    with pytest.raises(ProviderError, match="no live function"):
        world.make("aws:cloudfront/distribution:Distribution", asked)


def test_route_with_and_without_authorizer(provider: AwsProvider) -> None:
    world, token = World(provider), "aws:apigatewayv2/route:Route"
    api = world.api()
    authorizer = world.make(
        "aws:apigatewayv2/authorizer:Authorizer",
        {
            "apiId": api,
            "authorizerType": "JWT",
            "identitySources": ["$request.header.Authorization"],
            "jwtConfiguration": {"audiences": ["client"], "issuer": "https://issuer.example.org"},
        },
    )[0]
    plain_route = {"apiId": api, "routeKey": "GET /requests"}
    guarded = provider.check(token, "r", {**plain_route, "authorizationType": "JWT", "authorizerId": authorizer})
    id_, state = provider.create(token, guarded)
    assert (state["authorizationType"], state["authorizerId"]) == ("JWT", authorizer)
    open_ = provider.check(token, "r", plain_route)
    assert set(provider.diff(token, guarded, open_).names) == {"authorizationType", "authorizerId"}
    after = provider.update(token, id_, guarded, open_, state)
    assert after["authorizationType"] == "NONE"
    assert not after.get("authorizerId")
    with pytest.raises(ProviderError, match="BadRequestException"):
        world.make(token, {"apiId": api, "routeKey": "GET /x", "authorizationType": "JWT", "authorizerId": "nobody"})


@pytest.mark.parametrize(
    ("settings", "why"),
    [
        ({"supportedIdentityProviders": ["COGNITO", "corp"]}, "corp does not exist"),
        (
            {"refreshTokenRotation": {"feature": "ENABLED"}, "explicitAuthFlows": ["ALLOW_REFRESH_TOKEN_AUTH"]},
            "rotation",
        ),
        ({"callbackUrls": ["http://site.example.org/callback"]}, "HTTP protocol"),
        ({"callbackUrls": []}, "CallbackURLs are required"),
        ({"allowedOauthScopes": ["everything"]}, "ScopeDoesNotExist"),
    ],
)
def test_clients_that_aws_does_not_make(settings: dict[str, Any], why: str, provider: AwsProvider) -> None:
    world = World(provider)
    with pytest.raises(ProviderError, match=f"InvalidParameterException.*{why}"):
        world.make("aws:cognito/userPoolClient:UserPoolClient", {**user_pool_client(world), **settings})


DETAILS = {"client_id": "a", "client_secret": "s3cret", "oidc_issuer": "https://idp.example.org"}
FOUND_OUT = {
    "attributes_url": "https://idp.example.org/userinfo",
    "attributes_url_add_attributes": "false",
    "authorize_url": "https://idp.example.org/authorize",
    "jwks_uri": "https://idp.example.org/.well-known/jwks.json",
    "token_url": "https://idp.example.org/token",
}


def test_what_cognito_finds_out_about_a_provider(provider: AwsProvider) -> None:
    """Cognito tells more than it was given: a difference, until the program ignores it, and then it is sent along."""
    token, pool = "aws:cognito/identityProvider:IdentityProvider", Site(World(provider)).pool()
    asked = {"userPoolId": pool, "providerName": "corp", "providerType": "OIDC", "providerDetails": DETAILS}
    inputs = provider.check(token, "p", asked)
    id_, state = provider.create(token, inputs)
    assert state["providerDetails"] == DETAILS | FOUND_OUT
    known = provider.read(token, id_, inputs, state)
    assert known is not None
    assert known.inputs == inputs
    diff = provider.diff(token, inputs, inputs, state=state)
    places = {f"providerDetails.{key}" for key in FOUND_OUT}
    assert {(place.path, place.kind) for place in diff.details} == {(place, "delete") for place in places}
    assert provider.diff(token, inputs, inputs, state=state, ignored=places).names == ()
    other = {**inputs, "providerDetails": {**DETAILS, "oidc_issuer": "https://other.example.org"}}
    assert provider.diff(token, inputs, other, state=state, ignored=places).names == ("providerDetails",)
    # In place, the addresses of the old issuer would stay.
    after = provider.update(token, id_, inputs, other, state, ignored=places)
    assert after["providerDetails"] == other["providerDetails"] | FOUND_OUT


def test_a_provider_changed_by_hand(provider: AwsProvider) -> None:
    token, pool = "aws:cognito/identityProvider:IdentityProvider", Site(World(provider)).pool()
    asked = {"userPoolId": pool, "providerName": "corp", "providerType": "OIDC", "providerDetails": DETAILS}
    inputs = provider.check(token, "p", asked)
    id_, state = provider.create(token, inputs)
    users = provider.aws.client("cognito-idp")
    users.update_identity_provider(
        UserPoolId=pool, ProviderName="corp", ProviderDetails={**DETAILS, "client_id": "by-hand"}
    )
    known = provider.read(token, id_, inputs, state)
    assert known is not None
    assert known.inputs["providerDetails"] == {**DETAILS, "client_id": "by-hand"}
    with pytest.raises(users.exceptions.DuplicateProviderException):
        users.create_identity_provider(
            UserPoolId=pool, ProviderName="corp", ProviderType="OIDC", ProviderDetails=DETAILS
        )
