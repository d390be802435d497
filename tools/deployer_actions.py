"""What is done with each type of resource that the program makes: actions, and the resources that they are on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Row:
    """What is done with one type of resource.

    Attributes:
        service: The prefix of its actions.
        actions: Their names, with blanks between them.
        on: A key of `deployer_resources.RESOURCES`.
        passed_to: For `iam:PassRole`: the service that may get the role.
    """

    service: str
    actions: str
    on: str
    passed_to: str = ""


_LOG_DELIVERY: Final = Row(
    "logs",
    "CreateLogDelivery GetLogDelivery UpdateLogDelivery DeleteLogDelivery ListLogDeliveries PutResourcePolicy "
    "DescribeResourcePolicies DescribeLogGroups",
    "any",
)
_ROLES: Final = (
    "CreateRole GetRole UpdateRole UpdateRoleDescription UpdateAssumeRolePolicy DeleteRole TagRole UntagRole "
    "ListRolePolicies ListAttachedRolePolicies ListInstanceProfilesForRole"
)

# Creating, reading, changing, deleting, tags: as the plug-in calls AWS, which is the code of terraform-provider-aws
# (`internal/service/…`, a file a type); for actions and resource levels, AWS's service authorization reference; for
# what a service asks beside its own actions (log deliveries, roles that are passed on), the permissions of
# CloudFormation's handlers for the same type.
TABLE: Final[Mapping[str, Sequence[Row]]] = {
    "aws:iam/role:Role": [Row("iam", f"{_ROLES} DetachRolePolicy DeleteRolePolicy", "roles")],
    "aws:iam/rolePolicy:RolePolicy": [Row("iam", "PutRolePolicy GetRolePolicy DeleteRolePolicy", "roles")],
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": [
        Row("iam", "AttachRolePolicy DetachRolePolicy ListAttachedRolePolicies", "roles")
    ],
    "aws:iam/policy:Policy": [
        Row(
            "iam",
            "CreatePolicy GetPolicy GetPolicyVersion ListPolicyVersions CreatePolicyVersion DeletePolicyVersion "
            "DeletePolicy ListEntitiesForPolicy TagPolicy UntagPolicy",
            "policies",
        )
    ],
    "aws:sns/topic:Topic": [
        Row(
            "sns",
            "CreateTopic GetTopicAttributes SetTopicAttributes DeleteTopic TagResource UntagResource "
            "ListTagsForResource",
            "topic",
        )
    ],
    "aws:sns/topicSubscription:TopicSubscription": [
        Row("sns", "Subscribe ListSubscriptionsByTopic", "topic"),
        Row("sns", "GetSubscriptionAttributes Unsubscribe", "any"),
    ],
    "aws:dynamodb/table:Table": [
        Row(
            "dynamodb",
            "CreateTable DescribeTable UpdateTable DeleteTable DescribeContinuousBackups UpdateContinuousBackups "
            "DescribeTimeToLive UpdateTimeToLive TagResource UntagResource ListTagsOfResource",
            "tables",
        )
    ],
    "aws:lambda/function:Function": [
        Row(
            "lambda",
            "CreateFunction GetFunction GetFunctionConfiguration GetFunctionCodeSigningConfig ListVersionsByFunction "
            "UpdateFunctionCode UpdateFunctionConfiguration DeleteFunction PutFunctionConcurrency "
            "DeleteFunctionConcurrency GetFunctionConcurrency TagResource UntagResource ListTags",
            "functions",
        ),
        # A function takes a layer only from who may read it.
        Row("lambda", "GetLayerVersion", "layers"),
        Row("iam", "PassRole", "roles", passed_to="lambda.amazonaws.com"),
    ],
    "aws:lambda/layerVersion:LayerVersion": [
        Row("lambda", "PublishLayerVersion GetLayerVersion DeleteLayerVersion", "layers")
    ],
    "aws:lambda/permission:Permission": [Row("lambda", "AddPermission GetPolicy RemovePermission", "functions")],
    "aws:glue/catalogDatabase:CatalogDatabase": [
        Row(
            "glue",
            "CreateDatabase GetDatabase UpdateDatabase DeleteDatabase TagResource UntagResource GetTags",
            "links",
        )
    ],
    "aws:sfn/stateMachine:StateMachine": [
        Row(
            "states",
            "CreateStateMachine DescribeStateMachine UpdateStateMachine DeleteStateMachine ListStateMachineVersions "
            "TagResource UntagResource ListTagsForResource",
            "machines",
        ),
        # At each preview that changes the definition; it has no resource level.
        Row("states", "ValidateStateMachineDefinition", "any"),
        Row("iam", "PassRole", "roles", passed_to="states.amazonaws.com"),
    ],
    "aws:cloudwatch/logGroup:LogGroup": [
        Row(
            "logs",
            "CreateLogGroup DeleteLogGroup PutRetentionPolicy DeleteRetentionPolicy TagResource UntagResource "
            "ListTagsForResource",
            "log groups",
        ),
        Row("logs", "DescribeLogGroups", "any"),
    ],
    "aws:cloudwatch/eventRule:EventRule": [
        Row("events", "PutRule DescribeRule DeleteRule TagResource UntagResource ListTagsForResource", "rules")
    ],
    "aws:cloudwatch/eventTarget:EventTarget": [Row("events", "PutTargets ListTargetsByRule RemoveTargets", "rules")],
    "aws:cloudwatch/metricAlarm:MetricAlarm": [
        Row(
            "cloudwatch",
            "PutMetricAlarm DescribeAlarms DeleteAlarms TagResource UntagResource ListTagsForResource",
            "alarms",
        )
    ],
    "aws:cloudwatch/dashboard:Dashboard": [
        Row("cloudwatch", "PutDashboard GetDashboard DeleteDashboards", "dashboards")
    ],
    "aws:lakeformation/permissions:Permissions": [
        Row("lakeformation", "GrantPermissions RevokePermissions ListPermissions", "any"),
        # To be safe: no public source says whether Lake Formation looks databases up in the caller's name. Only reads.
        Row("glue", "GetDatabase GetTable", "catalogue"),
    ],
    # API Gateway's actions are HTTP's methods, on the paths of its API.
    "aws:apigatewayv2/api:Api": [
        Row("apigateway", "POST GET PATCH DELETE", "apis"),
        Row("apigateway", "GET POST PUT DELETE", "api tags"),
    ],
    "aws:apigatewayv2/integration:Integration": [Row("apigateway", "POST GET PATCH DELETE", "apis")],
    "aws:apigatewayv2/route:Route": [Row("apigateway", "POST GET PATCH DELETE", "apis")],
    "aws:apigatewayv2/authorizer:Authorizer": [Row("apigateway", "POST GET PATCH DELETE", "apis")],
    "aws:apigatewayv2/stage:Stage": [Row("apigateway", "POST GET PATCH DELETE", "apis"), _LOG_DELIVERY],
    "aws:s3/bucket:Bucket": [
        Row(
            "s3",
            "CreateBucket DeleteBucket ListBucket ListBucketVersions GetBucketLocation GetAccelerateConfiguration "
            "GetBucketAcl GetBucketCORS GetBucketLogging GetBucketObjectLockConfiguration GetBucketPolicy "
            "GetBucketRequestPayment GetBucketTagging GetBucketVersioning GetBucketWebsite GetEncryptionConfiguration "
            "GetLifecycleConfiguration GetReplicationConfiguration PutBucketTagging",
            "buckets",
        ),
        # Emptied before it is deleted.
        Row("s3", "DeleteObject DeleteObjectVersion", "objects"),
        # Tags of general purpose buckets by S3's newer calls, which a plug-in may choose.
        Row("s3", "ListTagsForResource TagResource UntagResource", "any"),
    ],
    "aws:s3/bucketObjectv2:BucketObjectv2": [
        Row(
            "s3",
            "PutObject GetObject DeleteObject DeleteObjectVersion GetObjectTagging PutObjectTagging "
            "DeleteObjectTagging",
            "objects",
        )
    ],
    "aws:s3/bucketOwnershipControls:BucketOwnershipControls": [
        Row("s3", "GetBucketOwnershipControls PutBucketOwnershipControls", "buckets")
    ],
    "aws:s3/bucketPolicy:BucketPolicy": [Row("s3", "GetBucketPolicy PutBucketPolicy DeleteBucketPolicy", "buckets")],
    "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": [
        Row("s3", "GetBucketPublicAccessBlock PutBucketPublicAccessBlock", "buckets")
    ],
    "aws:cloudfront/distribution:Distribution": [
        Row(
            "cloudfront",
            "CreateDistribution GetDistribution GetDistributionConfig UpdateDistribution DeleteDistribution "
            "TagResource UntagResource ListTagsForResource",
            "distributions",
        )
    ],
    "aws:cloudfront/function:Function": [
        Row(
            "cloudfront",
            "CreateFunction DescribeFunction GetFunction PublishFunction UpdateFunction DeleteFunction TagResource "
            "UntagResource ListTagsForResource",
            "page functions",
        )
    ],
    "aws:cloudfront/originAccessControl:OriginAccessControl": [
        Row("cloudfront", "CreateOriginAccessControl", "any"),
        Row(
            "cloudfront",
            "GetOriginAccessControl UpdateOriginAccessControl DeleteOriginAccessControl",
            "access controls",
        ),
    ],
    "aws:cloudfront/responseHeadersPolicy:ResponseHeadersPolicy": [
        Row(
            "cloudfront",
            "CreateResponseHeadersPolicy GetResponseHeadersPolicy UpdateResponseHeadersPolicy "
            "DeleteResponseHeadersPolicy",
            "headers policies",
        )
    ],
    "aws:cognito/userPool:UserPool": [
        Row("cognito-idp", "CreateUserPool", "any"),
        Row(
            "cognito-idp",
            "DescribeUserPool UpdateUserPool DeleteUserPool GetUserPoolMfaConfig SetUserPoolMfaConfig TagResource "
            "UntagResource ListTagsForResource",
            "user pools",
        ),
    ],
    "aws:cognito/userPoolClient:UserPoolClient": [
        Row(
            "cognito-idp",
            "CreateUserPoolClient DescribeUserPoolClient UpdateUserPoolClient DeleteUserPoolClient",
            "user pools",
        )
    ],
    "aws:cognito/userPoolDomain:UserPoolDomain": [
        Row("cognito-idp", "CreateUserPoolDomain UpdateUserPoolDomain DeleteUserPoolDomain", "user pools"),
        Row("cognito-idp", "DescribeUserPoolDomain", "any"),
    ],
    "aws:cognito/managedLoginBranding:ManagedLoginBranding": [
        Row(
            "cognito-idp",
            "CreateManagedLoginBranding DescribeManagedLoginBranding DescribeManagedLoginBrandingByClient "
            "UpdateManagedLoginBranding DeleteManagedLoginBranding",
            "user pools",
        )
    ],
    "aws:cognito/identityProvider:IdentityProvider": [
        Row(
            "cognito-idp",
            "CreateIdentityProvider DescribeIdentityProvider UpdateIdentityProvider DeleteIdentityProvider",
            "user pools",
        )
    ],
    "aws:cognito/user:User": [
        Row(
            "cognito-idp",
            "AdminCreateUser AdminGetUser AdminUpdateUserAttributes AdminDeleteUserAttributes AdminEnableUser "
            "AdminDisableUser AdminDeleteUser AdminSetUserPassword",
            "user pools",
        )
    ],
    "aws:cognito/userGroup:UserGroup": [
        Row("cognito-idp", "CreateGroup GetGroup UpdateGroup DeleteGroup", "user pools")
    ],
    "aws:cognito/userInGroup:UserInGroup": [
        Row("cognito-idp", "AdminAddUserToGroup AdminListGroupsForUser AdminRemoveUserFromGroup", "user pools")
    ],
    "aws:cognito/identityPool:IdentityPool": [
        Row("cognito-identity", "CreateIdentityPool", "any"),
        Row(
            "cognito-identity",
            "DescribeIdentityPool UpdateIdentityPool DeleteIdentityPool TagResource UntagResource ListTagsForResource",
            "identity pools",
        ),
    ],
    "aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment": [
        Row("cognito-identity", "GetIdentityPoolRoles", "identity pools"),
        Row("cognito-identity", "SetIdentityPoolRoles", "any"),
        Row("iam", "PassRole", "roles", passed_to="cognito-identity.amazonaws.com"),
    ],
}
