"""The limits of what serves people: APIs, sites and sign-ins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from localmesh.provider.constraints import Free, Limits, Rule
from localmesh.provider.limits.shared import ARN, SWITCH, WORDS_OF_NAMES, policy

_BUCKET: Final = Rule(
    "api AmazonS3 userguide/bucketnamingrules", pattern=r"(?!\d+(\.\d+){3}$)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"
)
_GIVEN: Final = Free("an id that AWS gives out")
_CONTENT: Final = Free("content of the program's own, which nobody looks into")
_WHOLE_SECONDS: Final = Rule("api cloudfront ResponseHeadersPolicyStrictTransportSecurity", "number", least=0)
_THROTTLE: Final = Rule("api apigatewayv2 RouteSettings", "number", least=0)
_NAME_OF_128: Final = Rule("tf internal/service/apigatewayv2 StringLenBetween", least=1, most=128)
_ROUTE_KEY: Final = Rule(
    "api apigateway developerguide/http-api-develop-routes",
    pattern=r"\$default|(ANY|DELETE|GET|HEAD|OPTIONS|PATCH|POST|PUT) /\S*",
)
_OF_CLOUDFRONT: Final = Rule("tf internal/service/cloudfront StringLenBetween", least=0, most=128)
_HEADER: Final = Rule("api RFC 9110 5.1, 5.5", pattern=r"[\x20-\x7E]*")
_BEHAVIOUR: Final[Mapping[str, str | Rule | Free]] = {
    "cachePolicyId": _GIVEN,
    "functionAssociations.functionArn": ARN,
    "originRequestPolicyId": _GIVEN,
    "responseHeadersPolicyId": _GIVEN,
    "targetOriginId": Rule("tf validation.NoZeroValues", least=1),
}


def _behaviour(property_: str, shape: str) -> dict[str, str | Rule | Free]:
    return {
        property_: shape,
        f"{property_}.cachedMethods": f"{shape}.AllowedMethods.CachedMethods",
        **{f"{property_}.{name}": entry for name, entry in _BEHAVIOUR.items()},
    }


LIMITS: Final[Mapping[str, Limits]] = {
    "aws:apigatewayv2/api:Api": Limits("apigatewayv2", "CreateApi", {"name": _NAME_OF_128}),
    "aws:apigatewayv2/authorizer:Authorizer": Limits(
        "apigatewayv2",
        "CreateAuthorizer",
        {
            "apiId": _GIVEN,
            "identitySources": Rule("api apigatewayv2 CreateAuthorizer", pattern=r"\$(request|context)\.\S+"),
            "jwtConfiguration.audiences": Free("whatever the issuer calls its clients"),
            "jwtConfiguration.issuer": Rule("api apigatewayv2 JWTConfiguration", pattern=r"https://\S+"),
            "name": _NAME_OF_128,
        },
    ),
    "aws:apigatewayv2/integration:Integration": Limits(
        "apigatewayv2",
        "CreateIntegration",
        {
            "apiId": _GIVEN,
            "integrationMethod": Rule(
                "tf internal/service/apigatewayv2 validHTTPMethod",
                one_of=("ANY", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"),
            ),
            "integrationUri": Rule("api apigatewayv2 CreateIntegration", pattern=r"(arn:aws|https?://)\S+"),
            "payloadFormatVersion": Rule("tf internal/service/apigatewayv2/integration.go", one_of=("1.0", "2.0")),
        },
    ),
    "aws:apigatewayv2/route:Route": Limits(
        "apigatewayv2",
        "CreateRoute",
        {
            "apiId": _GIVEN,
            "authorizerId": _GIVEN,
            "routeKey": _ROUTE_KEY,
            "target": Rule("tf internal/service/apigatewayv2/route.go", pattern=r"integrations/\S+", least=1, most=128),
        },
    ),
    "aws:apigatewayv2/stage:Stage": Limits(
        "apigatewayv2",
        "CreateStage",
        {
            "accessLogSettings.destinationArn": ARN,
            "accessLogSettings.format": Rule("api apigatewayv2 AccessLogSettings", least=1, most=1024),
            "apiId": _GIVEN,
            "defaultRouteSettings.throttlingBurstLimit": _THROTTLE,
            "defaultRouteSettings.throttlingRateLimit": _THROTTLE,
            "name": Rule(
                "tf internal/service/apigatewayv2/stage.go; api CreateStage",
                pattern=r"\$default|[0-9A-Za-z_-]+",
                least=1,
                most=128,
            ),
            "routeSettings.detailedMetricsEnabled": SWITCH,
            "routeSettings.routeKey": _ROUTE_KEY,
            "routeSettings.throttlingBurstLimit": _THROTTLE,
            "routeSettings.throttlingRateLimit": _THROTTLE,
        },
    ),
    "aws:cloudfront/distribution:Distribution": Limits(
        "cloudfront",
        "CreateDistribution.DistributionConfig",
        {
            **_behaviour("defaultCacheBehavior", "DefaultCacheBehavior"),
            **_behaviour("orderedCacheBehaviors", "CacheBehaviors"),
            "aliases": Rule("api cloudfront Aliases", pattern=r"(\*\.)?[A-Za-z0-9.-]{1,253}"),
            "comment": _OF_CLOUDFRONT,
            "defaultRootObject": Rule("api cloudfront DistributionConfig", pattern=r"[^/].*", most=255),
            "isIpv6Enabled": "IsIPV6Enabled",
            "orderedCacheBehaviors.pathPattern": Rule(
                "api cloudfront CacheBehavior", pattern=r"[A-Za-z0-9_.*$/~\"'@:+&?-]+", least=1, most=255
            ),
            "origins.customOriginConfig.httpPort": Rule(
                "api cloudfront CustomOriginConfig", "number", least=80, most=65_535
            ),
            "origins.customOriginConfig.httpsPort": Rule(
                "api cloudfront CustomOriginConfig", "number", least=80, most=65_535
            ),
            "origins.customOriginConfig.originKeepaliveTimeout": Rule(
                "tf internal/service/cloudfront/distribution.go", "number", least=1
            ),
            "origins.customOriginConfig.originReadTimeout": Rule(
                "tf internal/service/cloudfront/distribution.go", "number", least=1, most=180
            ),
            "origins.domainName": Rule("tf validation.NoZeroValues; api Origin", pattern=r"[A-Za-z0-9.:-]{1,253}"),
            "origins.originAccessControlId": _GIVEN,
            "origins.originId": Rule("tf validation.NoZeroValues", least=1),
            "origins.originPath": Rule("api cloudfront Origin", pattern=r"(/.*[^/])?"),
            "restrictions.geoRestriction.locations": Rule("api cloudfront GeoRestriction", pattern=r"[A-Z]{2}"),
            "restrictions.geoRestriction.restrictionType": "Restrictions.GeoRestriction.RestrictionType",
            "viewerCertificate.acmCertificateArn": ARN,
            "webAclId": Rule(
                "api cloudfront DistributionConfig WebACLId",
                pattern=r"arn:aws[a-z-]*:wafv2:us-east-1:\S+|[0-9a-f-]{36}",
            ),
        },
    ),
    "aws:cloudfront/function:Function": Limits(
        "cloudfront",
        "CreateFunction",
        {
            "code": Rule("api AmazonCloudFront cloudfront-limits: 10 KB", least=1, most=10_240),
            "comment": _OF_CLOUDFRONT,
            "publish": SWITCH,
            "runtime": "FunctionConfig.Runtime",
        },
    ),
    "aws:cloudfront/originAccessControl:OriginAccessControl": Limits(
        "cloudfront",
        "CreateOriginAccessControl.OriginAccessControlConfig",
        {"name": Rule("tf internal/service/cloudfront/origin_access_control.go", least=1, most=64)},
    ),
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": Limits(
        "cloudfront",
        "CreateResponseHeadersPolicy.ResponseHeadersPolicyConfig",
        {
            "comment": _OF_CLOUDFRONT,
            "customHeadersConfig.items.header": Rule("api RFC 9110 5.1", pattern=r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"),
            "customHeadersConfig.items.override": SWITCH,
            "customHeadersConfig.items.value": _HEADER,
            "name": Rule("api cloudfront ResponseHeadersPolicyConfig", pattern=WORDS_OF_NAMES, least=1, most=128),
            "securityHeadersConfig.contentSecurityPolicy.contentSecurityPolicy": _HEADER,
            "securityHeadersConfig.strictTransportSecurity.accessControlMaxAgeSec": _WHOLE_SECONDS,
            "securityHeadersConfig.xssProtection.reportUri": _HEADER,
        },
    ),
    "aws:cognito/identityPool:IdentityPool": Limits(
        "cognito-identity",
        "CreateIdentityPool",
        {"cognitoIdentityProviders.clientId": _GIVEN},
    ),
    "aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment": Limits(
        "cognito-identity", "SetIdentityPoolRoles", {"identityPoolId": _GIVEN, "roles.*": ARN}
    ),
    "aws:cognito/identityProvider:IdentityProvider": Limits(
        "cognito-idp",
        "CreateIdentityProvider",
        {
            "providerDetails.MetadataURL": Rule("api CreateIdentityProvider", pattern=r"https?://\S+"),
            "providerDetails.attributes_request_method": Rule("api CreateIdentityProvider", one_of=("GET", "POST")),
            "providerDetails.oidc_issuer": Rule("api CreateIdentityProvider", pattern=r"https://\S+"),
            "userPoolId": _GIVEN,
        },
    ),
    "aws:cognito/managedLoginBranding:ManagedLoginBranding": Limits(
        "cognito-idp", "CreateManagedLoginBranding", {"clientId": _GIVEN, "userPoolId": _GIVEN}
    ),
    "aws:cognito/user:User": Limits(
        "cognito-idp",
        "AdminCreateUser",
        {"attributes.*": "UserAttributes.Value", "enabled": SWITCH, "userPoolId": _GIVEN},
    ),
    "aws:cognito/userGroup:UserGroup": Limits(
        "cognito-idp", "CreateGroup", {"name": "GroupName", "userPoolId": _GIVEN}
    ),
    "aws:cognito/userInGroup:UserInGroup": Limits("cognito-idp", "AdminAddUserToGroup", {"userPoolId": _GIVEN}),
    "aws:cognito/userPool:UserPool": Limits(
        "cognito-idp",
        "CreateUserPool",
        {
            "adminCreateUserConfig.inviteMessageTemplate.emailMessage": Rule(
                "tf internal/service/cognitoidp/validate.go; api MessageTemplateType",
                pattern=r"(?s)(?=.*\{username\})(?=.*\{####\}).*",
                least=6,
                most=20_000,
            ),
            "adminCreateUserConfig.inviteMessageTemplate.smsMessage": Rule(
                "tf internal/service/cognitoidp/validate.go; api MessageTemplateType",
                pattern=r"(?s)(?=.*\{username\})(?=.*\{####\}).*",
                least=6,
                most=140,
            ),
            "name": "PoolName",
            "passwordPolicy": "Policies.PasswordPolicy",
            "softwareTokenMfaConfiguration.enabled": SWITCH,
            "userAttributeUpdateSettings": "UserAttributeUpdateSettings",
            "userAttributeUpdateSettings.attributesRequireVerificationBeforeUpdates": (
                "UserAttributeUpdateSettings.AttributesRequireVerificationBeforeUpdate"
            ),
        },
    ),
    "aws:cognito/userPoolClient:UserPoolClient": Limits(
        "cognito-idp", "CreateUserPoolClient", {"name": "ClientName", "userPoolId": _GIVEN}
    ),
    "aws:cognito/userPoolDomain:UserPoolDomain": Limits(
        "cognito-idp",
        "CreateUserPoolDomain",
        {
            "domain": Rule(
                "botocore cognito-idp CreateUserPoolDomain.Domain; api cognito-user-pools-assign-domain-prefix",
                pattern=r"(?!.*(aws|amazon|cognito))[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9.-]+)?",
            ),
            "managedLoginVersion": Rule("api CreateUserPoolDomain", "number", one_of=(1, 2)),
            "userPoolId": _GIVEN,
        },
    ),
    "aws:s3/bucket:Bucket": Limits("s3", "CreateBucket", {"bucket": _BUCKET, "forceDestroy": SWITCH}),
    "aws:s3/bucketObjectv2:BucketObjectv2": Limits(
        "s3",
        "PutObject",
        {
            "bucket": _BUCKET,
            "cacheControl": _HEADER,
            "content": _CONTENT,
            "contentType": _HEADER,
            "key": Rule("api AmazonS3 userguide/object-keys", least=1, most=1024),
            "source": _CONTENT,
        },
    ),
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": Limits(
        "s3", "PutBucketOwnershipControls", {"bucket": _BUCKET, "rule": "OwnershipControls.Rules"}
    ),
    "aws:s3/bucketPolicy:BucketPolicy": Limits(
        "s3",
        "PutBucketPolicy",
        {"bucket": _BUCKET, "policy": policy(20_480, "api AmazonS3 userguide/bucket-policies: 20 KB")},
    ),
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": Limits(
        "s3",
        "PutPublicAccessBlock.PublicAccessBlockConfiguration",
        {"bucket": _BUCKET},
    ),
}
