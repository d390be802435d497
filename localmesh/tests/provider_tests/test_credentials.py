"""Identity pools: who is signed in gets credentials of the pool's role, and nobody else gets any."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localmesh.provider import Endpoint
from provider_tests.people import People, claims, unsigned


@dataclass
class Site:
    """People, and an identity pool that trusts their pool."""

    endpoint: Endpoint
    account: str
    checked: bool = True

    def __post_init__(self) -> None:
        self.people = People(self.endpoint)
        self.people.settle()
        self.admin = self.endpoint.client("cognito-identity", "us-east-1")
        self.browser = unsigned(self.endpoint, "cognito-identity")
        self.pool: str = self.admin.create_identity_pool(
            IdentityPoolName="people",
            AllowUnauthenticatedIdentities=False,
            CognitoIdentityProviders=[
                {
                    "ClientId": self.people.client,
                    "ProviderName": self.people.provider,
                    "ServerSideTokenCheck": self.checked,
                }
            ],
        )["IdentityPoolId"]
        self.role = self.make_role(self.pool)
        self.admin.set_identity_pool_roles(IdentityPoolId=self.pool, Roles={"authenticated": self.role})

    def make_role(self, audience: str) -> str:
        statement = {
            "Effect": "Allow",
            "Principal": {"Federated": "cognito-identity.amazonaws.com"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {"cognito-identity.amazonaws.com:aud": audience},
                "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"},
            },
        }
        document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
        name = f"browser-{abs(hash(audience)) % 10**6}"
        return self.endpoint.client("iam", "us-east-1").create_role(RoleName=name, AssumeRolePolicyDocument=document)[
            "Role"
        ]["Arn"]

    def logins(self, token: str = "") -> dict[str, str]:
        return {self.people.provider: token or self.people.tokens()["IdToken"]}

    def identity(self, token: str = "") -> str:
        return self.browser.get_id(IdentityPoolId=self.pool, Logins=self.logins(token))["IdentityId"]

    def credentials(self, token: str = "", identity: str = "") -> dict[str, Any]:
        token = token or self.people.tokens()["IdToken"]
        return self.browser.get_credentials_for_identity(
            IdentityId=identity or self.identity(token), Logins=self.logins(token)
        )["Credentials"]


@pytest.fixture
def site(endpoint: Endpoint, account: str) -> Site:
    return Site(endpoint, account)


def refused(call: Callable[[], Any]) -> tuple[str, str]:
    with pytest.raises(ClientError) as refusal:
        call()
    response: Any = refusal.value.response
    return response["Error"]["Code"], response["Error"]["Message"]


def test_credentials_of_the_role_for_an_hour(site: Site) -> None:
    given = site.credentials()
    assert timedelta(minutes=59) < given["Expiration"] - datetime.now(UTC) <= timedelta(hours=1)
    caller = Endpoint(site.endpoint.url, given["AccessKeyId"], given["SecretKey"], given["SessionToken"])
    who = caller.client("sts", "us-east-1").get_caller_identity()
    assert who["Account"] == site.account
    assert who["Arn"].endswith(f":assumed-role/{site.role.rpartition('/')[2]}/CognitoIdentityCredentials")


def test_one_identity_for_one_person(site: Site) -> None:
    assert site.identity() == site.identity()
    site.people.admin.admin_create_user(UserPoolId=site.people.pool, Username="ben")
    site.people.admin.admin_set_user_password(
        UserPoolId=site.people.pool, Username="ben", Password="Something else 1", Permanent=True
    )
    other = site.people.tokens(password="Something else 1", username="ben")["IdToken"]
    assert site.identity(other) != site.identity()
    assert refused(lambda: site.credentials(other, identity=site.identity()))[0] == "NotAuthorizedException"


def test_guests_get_nothing(site: Site) -> None:
    identity = site.identity()
    for call in (
        lambda: site.browser.get_id(IdentityPoolId=site.pool),
        lambda: site.browser.get_credentials_for_identity(IdentityId=identity),
    ):
        assert refused(call) == (
            "NotAuthorizedException",
            "Unauthenticated access is not supported for this identity pool.",
        )


def test_tokens_that_do_not_count(site: Site, endpoint: Endpoint) -> None:
    tokens = site.people.tokens()
    other_client = site.people.start(client=site.people.new_client())["AuthenticationResult"]["IdToken"]
    foreign = People(endpoint)
    foreign.settle()
    head, body, signature = tokens["IdToken"].split(".")
    forged = {**claims(tokens["IdToken"]), "sub": "somebody else"}
    forged_body = base64.urlsafe_b64encode(json.dumps(forged).encode()).decode().rstrip("=")
    for token, why in (
        (tokens["AccessToken"], "Not an id token"),
        (other_client, "Incorrect token audience"),
        (foreign.tokens()["IdToken"], "Not a valid token"),
        (f"{head}.{forged_body}.{signature}", "Not a valid token"),
        (f"{head}.{body}.", "Not a valid token"),
        ("nonsense", "Not a valid token"),
    ):
        code, message = refused(lambda: site.identity(token))  # noqa: B023
        assert code == "NotAuthorizedException"
        assert why in message


def test_foreign_provider(site: Site, endpoint: Endpoint) -> None:
    foreign = People(endpoint)
    foreign.settle()
    logins = {foreign.provider: foreign.tokens()["IdToken"]}
    code, message = refused(lambda: site.browser.get_id(IdentityPoolId=site.pool, Logins=logins))
    assert code == "NotAuthorizedException"
    assert "supported provider" in message


@pytest.mark.parametrize("how", ["disable", "sign out", "delete"])
@pytest.mark.parametrize("checked", [True, False])
def test_who_is_gone_gets_nothing_if_the_pool_is_asked(
    how: str, checked: bool, endpoint: Endpoint, account: str
) -> None:
    site = Site(endpoint, account, checked)
    token = site.people.tokens()["IdToken"]
    who = {"UserPoolId": site.people.pool, "Username": "alex"}
    match how:
        case "disable":
            site.people.admin.admin_disable_user(**who)
        case "sign out":
            site.people.admin.admin_user_global_sign_out(**who)
        case _:
            site.people.admin.admin_delete_user(**who)
    if checked:
        assert refused(lambda: site.credentials(token))[0] == "NotAuthorizedException"
    else:
        assert site.credentials(token)["AccessKeyId"]


def test_expired_token(endpoint: Endpoint, account: str) -> None:
    site = Site(endpoint, account)
    site.people.admin.update_user_pool_client(
        UserPoolId=site.people.pool,
        ClientId=site.people.client,
        ExplicitAuthFlows=list(site.people.flows),
        IdTokenValidity=1,
        TokenValidityUnits={"IdToken": "seconds", "AccessToken": "hours", "RefreshToken": "days"},
    )
    token = site.people.tokens()["IdToken"]
    time.sleep(1.1)
    assert "Token expired" in refused(lambda: site.identity(token))[1]


def test_role_that_does_not_trust_the_pool(site: Site) -> None:
    stranger = site.make_role("us-east-1:somebody-elses-pool")
    site.admin.set_identity_pool_roles(IdentityPoolId=site.pool, Roles={"authenticated": stranger})
    assert refused(site.credentials)[0] == "InvalidIdentityPoolConfigurationException"


def test_pool_without_roles(site: Site) -> None:
    site.admin.set_identity_pool_roles(IdentityPoolId=site.pool, Roles={})
    assert refused(site.credentials)[0] == "InvalidIdentityPoolConfigurationException"
