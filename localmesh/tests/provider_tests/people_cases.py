"""Cases of the resource types that people sign in with: Cognito, authorizers."""

from __future__ import annotations

from typing import Any

from provider_tests.cases import Case, Props, World
from provider_tests.site_world import Site

SAML = {"MetadataURL": "https://idp.example.org/metadata"}


def user_pool(world: World) -> Props:
    return {
        "accountRecoverySetting": {"recoveryMechanisms": [{"name": "verified_email", "priority": 1}]},
        "adminCreateUserConfig": {
            "allowAdminCreateUserOnly": True,
            "inviteMessageTemplate": {
                "emailMessage": "{username} {####}",
                "emailSubject": "one",
                "smsMessage": "{username} {####}",
            },
        },
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
        "tags": {"team": "a", "gone": "x"},
        "userAttributeUpdateSettings": {"attributesRequireVerificationBeforeUpdates": ["email"]},
        "userPoolTier": "ESSENTIALS",
        "usernameConfiguration": {"caseSensitive": False},
    }


def user_pool_changes(world: World, inputs: Props) -> Props:
    return {
        "adminCreateUserConfig": {"allowAdminCreateUserOnly": True},
        "deletionProtection": "INACTIVE",
        "mfaConfiguration": "OFF",
        "passwordPolicy": {**inputs["passwordPolicy"], "minimumLength": 16},
        "softwareTokenMfaConfiguration": None,
        "tags": {"team": "b"},
    }


def user_pool_client(world: World) -> Props:
    return {
        "accessTokenValidity": 30,
        "allowedOauthFlows": ["code"],
        "allowedOauthFlowsUserPoolClient": True,
        "allowedOauthScopes": ["openid", "email"],
        "callbackUrls": ["https://site.example.org/callback"],
        "enableTokenRevocation": True,
        "explicitAuthFlows": ["ALLOW_USER_SRP_AUTH"],
        "generateSecret": False,
        "idTokenValidity": 30,
        "logoutUrls": ["https://site.example.org/"],
        "preventUserExistenceErrors": "ENABLED",
        "readAttributes": ["email", "email_verified"],
        "refreshTokenRotation": {"feature": "ENABLED", "retryGracePeriodSeconds": 60},
        "refreshTokenValidity": 12,
        "supportedIdentityProviders": ["COGNITO"],
        "tokenValidityUnits": {"accessToken": "minutes", "idToken": "minutes", "refreshToken": "hours"},
        "userPoolId": Site(world).pool(),
        "writeAttributes": ["name"],
    }


def identity_providers(world: World, *, checked: bool) -> list[Props]:
    pool = Site(world).pool()
    return [
        {
            "clientId": Site(world).client(pool),
            "providerName": f"cognito-idp.us-east-1.amazonaws.com/{pool}",
            "serverSideTokenCheck": checked,
        }
    ]


def of_pool(**more: Any) -> Any:
    return lambda world: {"userPoolId": Site(world).pool(), **more}


def in_group(world: World) -> Props:
    pool = Site(world).pool()
    return {"groupName": Site(world).group(pool), "userPoolId": pool, "username": Site(world).user(pool)}


def branding(world: World) -> Props:
    pool = Site(world).pool()
    return {"clientId": Site(world).client(pool), "useCognitoProvidedValues": True, "userPoolId": pool}


PEOPLE_CASES: dict[str, Case] = {
    "aws:cognito/userPool:UserPool": Case(user_pool, user_pool_changes, ("usernameConfiguration",)),
    "aws:cognito/userPoolDomain:UserPoolDomain": Case(
        of_pool(domain="people-example", managedLoginVersion=2),
        lambda world, inputs: {"managedLoginVersion": 1},
        ("domain", "userPoolId"),
    ),
    "aws:cognito/userPoolClient:UserPoolClient": Case(
        user_pool_client,
        lambda world, inputs: {
            "accessTokenValidity": 60,
            "callbackUrls": ["https://site.example.org/callback", "http://localhost:5173/callback"],
            "refreshTokenRotation": {"feature": "DISABLED"},
            "writeAttributes": ["name", "email"],
        },
        ("generateSecret", "userPoolId"),
        lambda id_, state: f"{state['userPoolId']}/{id_}",
    ),
    "aws:cognito/managedLoginBranding:ManagedLoginBranding": Case(
        branding, lambda world, inputs: {"useCognitoProvidedValues": False}, ("clientId", "userPoolId")
    ),
    "aws:cognito/userGroup:UserGroup": Case(
        of_pool(name="auditors", description="one"), lambda world, inputs: {"description": "two"}, ("name",)
    ),
    "aws:cognito/user:User": Case(
        of_pool(
            attributes={"email": "alex@people.example", "email_verified": "true", "name": "Alex"},
            desiredDeliveryMediums=["EMAIL"],
            username="alex",
        ),
        lambda world, inputs: {
            "attributes": {"email": "alex.a@people.example", "email_verified": "true"},
            "enabled": False,
        },
        ("userPoolId", "username"),
    ),
    "aws:cognito/userInGroup:UserInGroup": Case(in_group, replacing=("groupName", "userPoolId", "username")),
    "aws:cognito/identityProvider:IdentityProvider": Case(
        of_pool(providerName="corp", providerType="SAML", providerDetails=SAML, attributeMapping={"email": "mail"}),
        lambda world, inputs: {"providerDetails": {"MetadataURL": "https://idp.example.org/other"}},
        ("providerName", "providerType", "userPoolId"),
    ),
    "aws:cognito/identityPool:IdentityPool": Case(
        lambda world: {
            "allowClassicFlow": False,
            "allowUnauthenticatedIdentities": False,
            "cognitoIdentityProviders": identity_providers(world, checked=True),
            "identityPoolName": "people-test",
            "tags": {"team": "a"},
        },
        lambda world, inputs: {
            "allowClassicFlow": True,
            "cognitoIdentityProviders": identity_providers(world, checked=False),
            "tags": {"team": "b"},
        },
        ("identityPoolName",),
    ),
    "aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment": Case(
        lambda world: {
            "identityPoolId": Site(world).identity_pool(),
            "roles": {"authenticated": Site(world).role()},
        },
        lambda world, inputs: {"roles": {"authenticated": Site(world).role()}},
        ("identityPoolId",),
    ),
    "aws:apigatewayv2/authorizer:Authorizer": Case(
        lambda world: {
            "apiId": world.api(),
            "authorizerType": "JWT",
            "identitySources": ["$request.header.Authorization"],
            "jwtConfiguration": {"audiences": ["client"], "issuer": "https://issuer.example.org"},
        },
        lambda world, inputs: {
            "jwtConfiguration": {"audiences": ["client", "other"], "issuer": "https://issuer.example.org"}
        },
        ("apiId",),
        lambda id_, state: f"{state['apiId']}/{id_}",
    ),
}
