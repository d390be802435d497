"""Who may sign in, and what a browser may then do in AWS: to the letter."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.portal_functions import trusts_federated_email
from settings.portal import OidcProvider, PortalSettings, SamlProvider
from tests.components.conftest import PORTAL
from tests.components.program import Program, run
from tests.components.test_lake_formation import options
from tests.components.test_policies import BROWSE, DECRYPT, EXECUTIONS, MACHINE, rendered

POOL = "lakeshare-portal-sign-in-users-id"
BROWSER = "lakeshare-portal-identity-role"


def one(program: Program, short: str) -> dict[str, Any]:
    return program.one(f"aws:cognito/{short[0].lower()}{short[1:]}:{short}").inputs


# --- the role of other pages --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stack", "on_the_machine"),
    [("pool", "states:ListExecutions"), ("direct", "states:ListExecutions states:StartExecution")],
)
def test_a_browser_may_do_this_and_no_more(request: pytest.FixtureRequest, stack: str, on_the_machine: str) -> None:
    program: Program = request.getfixturevalue(stack)
    assert rendered(program.one("aws:iam/rolePolicy:RolePolicy", "lakeshare-portal-identity-policy")) == {
        **BROWSE,
        **DECRYPT,
        on_the_machine: [MACHINE],
        "states:DescribeExecution": [EXECUTIONS],
    }


def test_nobody_reads_histories(portal: Program, pool: Program, direct: Program) -> None:
    for program in (portal, pool, direct):
        assert "GetExecutionHistory" not in json.dumps([made.inputs for made in program.resources], default=str)


def test_only_those_who_are_signed_in_get_the_role(pool: Program) -> None:
    assert one(pool, "IdentityPool") == {
        "allowClassicFlow": False,
        "allowUnauthenticatedIdentities": False,
        "cognitoIdentityProviders": [
            {
                "clientId": "lakeshare-portal-sign-in-page-id",
                "providerName": f"cognito-idp.eu-central-1.amazonaws.com/{POOL}",
                "serverSideTokenCheck": True,
            }
        ],
        "identityPoolName": "lakeshare-test",
    }
    attachment = one(pool, "IdentityPoolRoleAttachment")
    assert attachment["roles"] == {"authenticated": f"arn:aws:iam::123456789012:role/{BROWSER}"}
    trust = pool.one("aws:iam/role:Role", BROWSER).inputs["assumeRolePolicy"]
    assert json.loads(trust)["Statement"] == [
        {
            "Effect": "Allow",
            "Principal": {"Federated": "cognito-identity.amazonaws.com"},
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Condition": {
                "StringEquals": {"cognito-identity.amazonaws.com:aud": "lakeshare-portal-identity-pool-id"},
                "ForAnyValue:StringLike": {"cognito-identity.amazonaws.com:amr": "authenticated"},
            },
        }
    ]


def test_lake_formation_lets_those_describe_who_browse(pool: Program) -> None:
    readers = {BROWSER, "lakeshare-portal-catalogue-api-role"}
    printed = [options(command) for command in pool.outputs["LakeFormationGrantCommands"].splitlines()]
    made = run({**PORTAL, "portalIdentityPool": True, "manageLakeFormationGrants": True}).of(
        "aws:lakeformation/permissions:Permissions"
    )
    for reader in readers:
        arn = f"arn:aws:iam::123456789012:role/{reader}"
        commands = [each for each in printed if each["--principal"] == [f"DataLakePrincipalIdentifier={arn}"]]
        assert [each["--permissions"] for each in commands] == [["DESCRIBE"], ["DESCRIBE"]]
        assert not any("--permissions-with-grant-option" in each for each in commands)
        grants = [each.inputs for each in made if each.inputs["principal"] == arn]
        assert [each["permissions"] for each in grants] == [["DESCRIBE"], ["DESCRIBE"]]
        assert sorted(key for each in grants for key in each if key in {"database", "table"}) == ["database", "table"]


# --- the user pool ------------------------------------------------------------------------------------------------


def test_only_the_platform_team_makes_users(portal: Program) -> None:
    pool = one(portal, "UserPool")
    message = pool["adminCreateUserConfig"].pop("inviteMessageTemplate")
    assert pool == {
        "accountRecoverySetting": {"recoveryMechanisms": [{"name": "verified_email", "priority": 1}]},
        "adminCreateUserConfig": {"allowAdminCreateUserOnly": True},
        "autoVerifiedAttributes": ["email"],
        "deletionProtection": "ACTIVE",
        "mfaConfiguration": "OPTIONAL",
        "passwordPolicy": {
            "minimumLength": 12,
            "requireLowercase": True,
            "requireNumbers": True,
            "requireSymbols": False,
            "requireUppercase": True,
            "temporaryPasswordValidityDays": 7,
        },
        "softwareTokenMfaConfiguration": {"enabled": True},
        "userAttributeUpdateSettings": {"attributesRequireVerificationBeforeUpdates": ["email"]},
        "userPoolTier": "ESSENTIALS",
        "usernameConfiguration": {"caseSensitive": False},
    }
    for text in (message["emailMessage"], message["smsMessage"]):
        assert all(text.count(placeholder) == 1 for placeholder in ("{username}", "{####}"))
    assert "https://d111111abcdef8.cloudfront.net" in message["emailMessage"]


def test_a_second_factor_can_be_left_out() -> None:
    pool = one(run({**PORTAL, "portalMfa": "off"}), "UserPool")
    assert pool["mfaConfiguration"] == "OFF"
    assert "softwareTokenMfaConfiguration" not in pool


def test_the_page_signs_in_with_a_code_and_no_secret(portal: Program) -> None:
    client = one(portal, "UserPoolClient")
    assert client == {
        "accessTokenValidity": 30,
        "allowedOauthFlows": ["code"],
        "allowedOauthFlowsUserPoolClient": True,
        "allowedOauthScopes": ["openid", "email"],
        "callbackUrls": ["https://d111111abcdef8.cloudfront.net/callback"],
        "enableTokenRevocation": True,
        "explicitAuthFlows": ["ALLOW_CUSTOM_AUTH"],
        "generateSecret": False,
        "idTokenValidity": 30,
        "logoutUrls": ["https://d111111abcdef8.cloudfront.net/"],
        "preventUserExistenceErrors": "ENABLED",
        "readAttributes": ["email", "email_verified"],
        "refreshTokenRotation": {"feature": "ENABLED", "retryGracePeriodSeconds": 60},
        "refreshTokenValidity": 12,
        "supportedIdentityProviders": ["COGNITO"],
        "tokenValidityUnits": {"accessToken": "minutes", "idToken": "minutes", "refreshToken": "hours"},
        "userPoolId": POOL,
        "writeAttributes": ["locale"],
    }


@pytest.mark.parametrize("provider", [None, {"name": "Corp", "samlMetadataUrl": "https://id.example.org/metadata.xml"}])
def test_nobody_gets_a_token_that_can_change_its_own_user(provider: dict[str, str] | None) -> None:
    program = run({**PORTAL, "portalIdentityPool": True, **({"portalIdentityProvider": provider} if provider else {})})
    client = one(program, "UserPoolClient")
    assert client["explicitAuthFlows"] == ["ALLOW_CUSTOM_AUTH"], "an empty list would mean Cognito's defaults"
    assert "lambdaConfig" not in one(program, "UserPool"), "a trigger would let people in by the flow that is left"
    assert "aws.cognito.signin.user.admin" not in client["allowedOauthScopes"]
    assert client["writeAttributes"], "an empty list would mean every attribute"


def test_the_sign_in_pages_are_cognitos_newer_ones(portal: Program) -> None:
    assert one(portal, "UserPoolDomain") == {
        "domain": "example-data",
        "managedLoginVersion": 2,
        "userPoolId": POOL,
    }
    assert one(portal, "ManagedLoginBranding") == {
        "clientId": "lakeshare-portal-sign-in-page-id",
        "useCognitoProvidedValues": True,
        "userPoolId": POOL,
    }


def test_users_are_invited_once_there_is_something_to_sign_in_to(portal: Program) -> None:
    user = portal.one("aws:cognito/user:User", "lakeshare-portal-sign-in-user-alex")
    assert user.inputs == {
        "attributes": {"email": "alex@consumer.example", "email_verified": "true"},
        "desiredDeliveryMediums": ["EMAIL"],
        "userPoolId": POOL,
        "username": "alex",
    }
    assert {"lakeshare-portal-sign-in-domain", "lakeshare-portal-sign-in-branding"} <= set(user.dependencies)


def test_auditors_are_a_group(portal: Program) -> None:
    assert one(portal, "UserGroup")["name"] == "auditors"
    assert one(portal, "UserInGroup") == {"groupName": "auditors", "userPoolId": POOL, "username": "audit"}


def test_whatever_people_are_comes_of_groups() -> None:
    users = [
        {"username": "alex", "email": "alex@consumer.example", "accounts": ["999999999999", "888888888888"]},
        {"username": "kim", "email": "kim@consumer.example", "accounts": ["888888888888"], "operator": True},
    ]
    producers = [{"accountId": account, "approversGroup": "sales"} for account in ("111111111111", "222222222222")]
    program = run(
        {
            **PORTAL,
            "portalUsers": users,
            "portalOperatorsGroup": "ops",
            "producers": producers,
            "consumerAccounts": "any",
            "decisions": "signed-in",
        }
    )
    groups = {each.inputs["name"] for each in program.of("aws:cognito/userGroup:UserGroup")}
    assert groups == {"auditors", "ops", "account-888888888888", "account-999999999999", "sales"}
    members = [each.inputs for each in program.of("aws:cognito/userInGroup:UserInGroup")]
    assert {(each["groupName"], each["username"]) for each in members} == {
        ("account-888888888888", "alex"),
        ("account-888888888888", "kim"),
        ("account-999999999999", "alex"),
        ("ops", "kim"),
    }
    for name in ("requests-api", "catalogue-api"):
        function = program.one("aws:lambda/function:Function", f"lakeshare-portal-{name}-function").inputs
        assert function["environment"]["variables"]["BINDS_ACCOUNTS"] == "true"
        parties = json.loads(function["code"].assets["parties.json"].text)["producers"]
        assert {(each["approvers_group"], each["decisions"]) for each in parties} == {("sales", "signed-in")}


# --- federation ---------------------------------------------------------------------------------------------------

OIDC = {"name": "Corp", "oidcIssuer": "https://id.example.org", "clientId": "abc", "clientSecret": "very-secret-one"}
SAML = "https://id.example.org/metadata.xml"


def test_an_oidc_provider_signs_people_in() -> None:
    program = run({**PORTAL, "portalIdentityProvider": OIDC})
    made = program.one("aws:cognito/identityProvider:IdentityProvider")
    assert made.inputs == {
        "attributeMapping": {"email": "email", "email_verified": "email_verified", "username": "sub"},
        "providerDetails": {
            "attributes_request_method": "GET",
            "authorize_scopes": "openid email profile",
            "client_id": "abc",
            "client_secret": "very-secret-one",
            "oidc_issuer": "https://id.example.org",
        },
        "providerName": "Corp",
        "providerType": "OIDC",
        "userPoolId": POOL,
    }
    assert "providerDetails" in made.secrets
    others = [each.inputs for each in program.resources if each != made]
    assert "very-secret-one" not in json.dumps(others, default=str)
    client = program.one("aws:cognito/userPoolClient:UserPoolClient")
    assert client.inputs["supportedIdentityProviders"] == ["COGNITO", "Corp"]
    assert client.inputs["writeAttributes"] == ["email"], "what a provider says goes through the client"
    assert "lakeshare-portal-sign-in-provider" in client.dependencies


def test_a_saml_provider_signs_people_in_and_its_addresses_count() -> None:
    program = run({**PORTAL, "portalIdentityProvider": {"name": "Corp", "samlMetadataUrl": SAML}})
    assert one(program, "IdentityProvider") == {
        "attributeMapping": {"email": "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress"},
        "providerDetails": {"MetadataURL": SAML},
        "providerName": "Corp",
        "providerType": "SAML",
        "userPoolId": POOL,
    }
    function = program.one("aws:lambda/function:Function", "lakeshare-portal-requests-api-function")
    assert function.inputs["environment"]["variables"]["TRUST_FEDERATED_EMAIL"] == "true"


@pytest.mark.parametrize(
    ("provider", "trusted"),
    [
        (None, False),
        (OidcProvider(name="Corp", issuer="https://x", client_id="c", client_secret="s"), False),
        (OidcProvider(name="Corp", issuer="https://x", client_id="c", client_secret="s", trust_email=True), True),
        (SamlProvider(name="Corp", metadata_url="https://x"), True),
    ],
)
def test_whose_addresses_count_unverified(provider: OidcProvider | SamlProvider | None, trusted: bool) -> None:
    assert trusts_federated_email(PortalSettings(domain_prefix="x", identity_provider=provider)) is trusted
