"""Cases of the resource types that only the portal uses."""

from __future__ import annotations

import json
from typing import Any

from localmesh.provider.archives import ASSET, SIGNATURE

from .cases import Case, Props, World

CACHING_OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
SAML = {"MetadataURL": "https://idp.example.org/metadata"}


def asset(text: str) -> Props:
    return {SIGNATURE: ASSET, "text": text}


class Portal:
    """Makes what a resource of the portal needs beside it."""

    def __init__(self, world: World) -> None:
        self.make = world.make
        self.world = world

    def bucket(self) -> str:
        return self.make("aws:s3/bucket:Bucket", {"forceDestroy": True})[0]

    def access(self) -> str:
        kinds = {"originAccessControlOriginType": "s3", "signingBehavior": "always", "signingProtocol": "sigv4"}
        return self.make("aws:cloudfront/originAccessControl:OriginAccessControl", kinds)[0]

    def function(self) -> Props:
        inputs = {"code": "function handler(event) {}", "runtime": "cloudfront-js-2.0"}
        return self.make("aws:cloudfront/function:Function", inputs)[1]

    def headers(self) -> str:
        return self.make("aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy", headers_policy("'self'"))[0]

    def pool(self) -> str:
        return self.make("aws:cognito/userPool:UserPool", {})[0]

    def client(self, pool: str) -> str:
        return self.make("aws:cognito/userPoolClient:UserPoolClient", {"userPoolId": pool})[0]

    def group(self, pool: str) -> str:
        return self.make("aws:cognito/userGroup:UserGroup", {"userPoolId": pool, "name": "auditors"})[1]["name"]

    def user(self, pool: str) -> str:
        return self.make("aws:cognito/user:User", {"userPoolId": pool, "username": "alex"})[1]["username"]

    def identity_pool(self) -> str:
        return self.make("aws:cognito/identityPool:IdentityPool", {"identityPoolName": "people"})[0]

    def role(self) -> str:
        return self.world.role()["arn"]


def headers_policy(connect: str) -> Props:
    return {
        "comment": "one",
        "customHeadersConfig": {
            "items": [
                {"header": "Permissions-Policy", "value": "camera=()", "override": True},
                {"header": "Cross-Origin-Opener-Policy", "value": "same-origin", "override": True},
            ]
        },
        "securityHeadersConfig": {
            "contentSecurityPolicy": {"contentSecurityPolicy": f"connect-src {connect}", "override": True},
            "contentTypeOptions": {"override": True},
            "frameOptions": {"frameOption": "DENY", "override": True},
            "referrerPolicy": {"referrerPolicy": "no-referrer", "override": True},
            "strictTransportSecurity": {"accessControlMaxAgeSec": 63072000, "override": True},
        },
    }


def behaviour(portal: Portal, origin: str, **more: Any) -> Props:
    return {
        "allowedMethods": ["GET", "HEAD"],
        "cachePolicyId": CACHING_OPTIMIZED,
        "cachedMethods": ["GET", "HEAD"],
        "compress": True,
        "functionAssociations": [{"eventType": "viewer-request", "functionArn": portal.function()["arn"]}],
        "responseHeadersPolicyId": portal.headers(),
        "targetOriginId": origin,
        "viewerProtocolPolicy": "redirect-to-https",
        **more,
    }


def distribution(world: World) -> Props:
    portal = Portal(world)
    return {
        "comment": "one",
        "defaultCacheBehavior": behaviour(portal, "page"),
        "defaultRootObject": "index.html",
        "enabled": True,
        "httpVersion": "http2and3",
        "isIpv6Enabled": True,
        "orderedCacheBehaviors": [
            behaviour(portal, "api", pathPattern="/api/*", viewerProtocolPolicy="https-only"),
            behaviour(portal, "page", pathPattern="/more/*"),
        ],
        "origins": [
            {
                "domainName": "pages.s3.us-east-1.amazonaws.com",
                "originAccessControlId": portal.access(),
                "originId": "page",
            },
            {
                "customOriginConfig": {
                    "httpPort": 80,
                    "httpsPort": 443,
                    "originProtocolPolicy": "https-only",
                    "originSslProtocols": ["TLSv1.2"],
                },
                "domainName": "api.example.org",
                "originId": "api",
                "originPath": "/one",
            },
        ],
        "restrictions": {"geoRestriction": {"restrictionType": "none"}},
        "tags": {"team": "a"},
        "viewerCertificate": {"cloudfrontDefaultCertificate": True},
    }


def distribution_changes(world: World, inputs: Props) -> Props:
    first, second = inputs["orderedCacheBehaviors"]
    return {
        "aliases": ["portal.example.org"],
        "comment": "two",
        "defaultCacheBehavior": {**inputs["defaultCacheBehavior"], "compress": False, "functionAssociations": []},
        "orderedCacheBehaviors": [second, first],
        "origins": [inputs["origins"][0], {**inputs["origins"][1], "originPath": "/two"}],
        "restrictions": {"geoRestriction": {"restrictionType": "whitelist", "locations": ["DE", "AT"]}},
        "tags": {"team": "b"},
        "viewerCertificate": {
            "acmCertificateArn": "arn:aws:acm:us-east-1:123456789012:certificate/x",
            "minimumProtocolVersion": "TLSv1.2_2021",
            "sslSupportMethod": "sni-only",
        },
    }


def bucket_policy(world: World, inputs: Props) -> Props:
    bucket = inputs.get("bucket") or Portal(world).bucket()
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:ListBucket" if inputs else "s3:GetObject",
        "Resource": f"arn:aws:s3:::{bucket}" if inputs else f"arn:aws:s3:::{bucket}/*",
    }
    return {"bucket": bucket, "policy": json.dumps({"Version": "2012-10-17", "Statement": [statement]})}


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
        "callbackUrls": ["https://portal.example.org/callback"],
        "enableTokenRevocation": True,
        "explicitAuthFlows": ["ALLOW_USER_SRP_AUTH"],
        "generateSecret": False,
        "idTokenValidity": 30,
        "logoutUrls": ["https://portal.example.org/"],
        "preventUserExistenceErrors": "ENABLED",
        "refreshTokenRotation": {"feature": "ENABLED", "retryGracePeriodSeconds": 60},
        "refreshTokenValidity": 12,
        "supportedIdentityProviders": ["COGNITO"],
        "tokenValidityUnits": {"accessToken": "minutes", "idToken": "minutes", "refreshToken": "hours"},
        "userPoolId": Portal(world).pool(),
        "writeAttributes": ["name"],
    }


def identity_providers(world: World, *, checked: bool) -> list[Props]:
    pool = Portal(world).pool()
    return [
        {
            "clientId": Portal(world).client(pool),
            "providerName": f"cognito-idp.us-east-1.amazonaws.com/{pool}",
            "serverSideTokenCheck": checked,
        }
    ]


def of_pool(**more: Any) -> Any:
    return lambda world: {"userPoolId": Portal(world).pool(), **more}


def in_group(world: World) -> Props:
    pool = Portal(world).pool()
    return {"groupName": Portal(world).group(pool), "userPoolId": pool, "username": Portal(world).user(pool)}


def branding(world: World) -> Props:
    pool = Portal(world).pool()
    return {"clientId": Portal(world).client(pool), "useCognitoProvidedValues": True, "userPoolId": pool}


PORTAL_CASES: dict[str, Case] = {
    "aws:s3/bucket:Bucket": Case(
        lambda world: {"forceDestroy": True, "tags": {"team": "a"}},
        lambda world, inputs: {"tags": {"team": "b"}},
        ("bucket",),
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": Case(
        lambda world: {"bucket": Portal(world).bucket(), "blockPublicAcls": True, "ignorePublicAcls": True},
        lambda world, inputs: {"blockPublicPolicy": True, "ignorePublicAcls": False},
        ("bucket",),
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": Case(
        lambda world: {"bucket": Portal(world).bucket(), "rule": {"objectOwnership": "BucketOwnerEnforced"}},
        lambda world, inputs: {"rule": {"objectOwnership": "ObjectWriter"}},
        ("bucket",),
    ),
    "aws:s3/bucketPolicy:BucketPolicy": Case(
        lambda world: bucket_policy(world, {}),
        lambda world, inputs: {"policy": bucket_policy(world, inputs)["policy"]},
        ("bucket",),
    ),
    "aws:s3/bucketObjectv2:BucketObjectv2": Case(
        lambda world: {
            "bucket": Portal(world).bucket(),
            "cacheControl": "no-cache",
            "contentType": "text/html; charset=utf-8",
            "key": "folder/index.html",
            "source": asset("one"),
            "tags": {"team": "a"},
        },
        lambda world, inputs: {"cacheControl": "max-age=1", "source": asset("two"), "tags": {"team": "b"}},
        ("bucket", "key"),
        lambda id_, state: f"{state['bucket']}/{id_}",
    ),
    "aws:cloudfront/originAccessControl:OriginAccessControl": Case(
        lambda world: {
            "originAccessControlOriginType": "s3",
            "signingBehavior": "always",
            "signingProtocol": "sigv4",
        },
        lambda world, inputs: {"description": "two", "signingBehavior": "no-override"},
        ("name",),
    ),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": Case(
        lambda world: headers_policy("'self'"),
        lambda world, inputs: {
            "comment": "two",
            "customHeadersConfig": None,
            "securityHeadersConfig": headers_policy("'none'")["securityHeadersConfig"],
        },
    ),
    "aws:cloudfront/function:Function": Case(
        lambda world: {
            "code": "function handler(event) { return event.request }",
            "comment": "one",
            "runtime": "cloudfront-js-2.0",
            "tags": {"team": "a"},
        },
        lambda world, inputs: {"code": "function handler(event) {}", "comment": "two", "tags": {"team": "b"}},
        ("name",),
    ),
    "aws:cloudfront/distribution:Distribution": Case(distribution, distribution_changes),
    "aws:cognito/userPool:UserPool": Case(user_pool, user_pool_changes, ("usernameConfiguration",)),
    "aws:cognito/userPoolDomain:UserPoolDomain": Case(
        of_pool(domain="lakeshare-example", managedLoginVersion=2),
        lambda world, inputs: {"managedLoginVersion": 1},
        ("domain", "userPoolId"),
    ),
    "aws:cognito/userPoolClient:UserPoolClient": Case(
        user_pool_client,
        lambda world, inputs: {
            "accessTokenValidity": 60,
            "callbackUrls": ["https://portal.example.org/callback", "http://localhost:5173/callback"],
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
            attributes={"email": "alex@consumer.example", "email_verified": "true", "name": "Alex"},
            desiredDeliveryMediums=["EMAIL"],
            username="alex",
        ),
        lambda world, inputs: {
            "attributes": {"email": "alex.a@consumer.example", "email_verified": "true"},
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
            "identityPoolName": "lakeshare-test",
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
            "identityPoolId": Portal(world).identity_pool(),
            "roles": {"authenticated": Portal(world).role()},
        },
        lambda world, inputs: {"roles": {"authenticated": Portal(world).role()}},
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
