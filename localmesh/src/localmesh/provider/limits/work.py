"""The limits of what works: functions and what they may do, state machines, tables, events, mails, grants."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from localmesh.provider.constraints import Free, Limits, Rule
from localmesh.provider.limits.shared import ARN, SWITCH, WORDS_OF_NAMES, policy

_ACCOUNT: Final = Rule("tf internal/verify/validate.go ValidAccountID", pattern=r"\d{12}")
_JSON: Final = Rule("tf validation.StringIsJSON", json=True)


def _role(longest: int) -> Rule:
    return Rule("tf internal/service/iam validResourceName", pattern=r"[0-9A-Za-z_+=,.@-]+", least=1, most=longest)


_QUOTAS: Final = "api IAM UserGuide/reference_iam-quotas"
_DESCRIPTION: Final = Rule(
    "tf internal/service/iam; botocore iam CreateRole.Description",
    pattern=r"[\u0009\u000A\u000D\u0020-\u007E\u00A1-\u00FF]*",
    most=1000,
)
_PREFIXED: Final = 26
"""Characters that the plug-in adds to a prefix (tf id.UniqueIDSuffixLength)."""


LIMITS: Final[Mapping[str, Limits]] = {
    "aws:cloudwatch/dashboard:Dashboard": Limits(
        "cloudwatch",
        "PutDashboard",
        {
            "dashboardBody": _JSON,
            # AWS takes no other characters either; botocore says nothing of it.
            "dashboardName": Rule(
                "tf internal/service/cloudwatch/validate.go validDashboardName", pattern=WORDS_OF_NAMES, most=255
            ),
        },
    ),
    "aws:cloudwatch/eventRule:EventRule": Limits(
        "events",
        "PutRule",
        {
            "eventPattern": Rule("tf validateEventPatternValue; botocore events PutRule", json=True, most=4096),
            "namePrefix": Rule(
                "tf internal/service/events validateRuleName", pattern=r"[0-9A-Za-z_.-]+", most=64 - _PREFIXED
            ),
            "scheduleExpression": Rule(
                "tf internal/service/events/rule.go; api eb-scheduled-rule-pattern",
                pattern=r"rate\((1 (minute|hour|day)|([2-9]|[1-9]\d+) (minutes|hours|days))\)|cron\(\S+( \S+){5}\)",
                most=256,
            ),
        },
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Limits(
        "events", "PutTargets.Targets", {"arn": ARN, "rule": "PutTargets:Rule", "targetId": "Id"}
    ),
    "aws:cloudwatch/logGroup:LogGroup": Limits(
        "logs",
        "CreateLogGroup",
        {
            "name": "LogGroupName",
            "namePrefix": Rule(
                "tf internal/service/logs validLogGroupNamePrefix", pattern=r"[0-9A-Za-z_./#-]+", most=512 - _PREFIXED
            ),
            # botocore leaves the numbers to AWS.
            "retentionInDays": Rule(
                "tf internal/service/logs/group.go",
                "number",
                one_of=(
                    *(0, 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
                    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
                ),
            ),
        },
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Limits(
        "cloudwatch",
        "PutMetricAlarm",
        {
            "alarmActions": replace(ARN, items=(0, 5)),
            "dimensions.*": "Dimensions.Value",
            "name": "AlarmName",
            "period": Rule(
                "tf internal/service/cloudwatch/metric_alarm.go; api PutMetricAlarm",
                "number",
                one_of=(10, 20, 30, *range(60, 86_401, 60)),
            ),
            "threshold": Free("a metric may have any value"),
            "treatMissingData": Rule(
                "tf internal/service/cloudwatch missingData_Values",
                one_of=("breaching", "ignore", "missing", "notBreaching"),
            ),
        },
    ),
    "aws:dynamodb/table:Table": Limits(
        "dynamodb",
        "CreateTable",
        {
            "attributes.name": "AttributeDefinitions.AttributeName",
            "attributes.type": "AttributeDefinitions.AttributeType",
            "globalSecondaryIndexes.name": "GlobalSecondaryIndexes.IndexName",
            "globalSecondaryIndexes.nonKeyAttributes": "GlobalSecondaryIndexes.Projection.NonKeyAttributes",
            "globalSecondaryIndexes.projectionType": "GlobalSecondaryIndexes.Projection.ProjectionType",
            "hashKey": "AttributeDefinitions.AttributeName",
            "localSecondaryIndexes.name": "LocalSecondaryIndexes.IndexName",
            "localSecondaryIndexes.nonKeyAttributes": "LocalSecondaryIndexes.Projection.NonKeyAttributes",
            "localSecondaryIndexes.projectionType": "LocalSecondaryIndexes.Projection.ProjectionType",
            "localSecondaryIndexes.rangeKey": "AttributeDefinitions.AttributeName",
            # The API takes an ARN here as well.
            "name": Rule("api DynamoDB CreateTable", pattern=r"[0-9A-Za-z_.-]+", least=3, most=255),
            "pointInTimeRecovery.enabled": SWITCH,
            "pointInTimeRecovery.recoveryPeriodInDays": (
                "UpdateContinuousBackups:PointInTimeRecoverySpecification.RecoveryPeriodInDays"
            ),
            "rangeKey": "AttributeDefinitions.AttributeName",
            "ttl": "UpdateTimeToLive:TimeToLiveSpecification",
        },
    ),
    "aws:iam/policy:Policy": Limits(
        "iam",
        "CreatePolicy",
        {
            "description": _DESCRIPTION,
            "name": _role(128),
            "namePrefix": _role(128 - _PREFIXED),
            "policy": policy(6144, _QUOTAS),
        },
    ),
    "aws:iam/role:Role": Limits(
        "iam",
        "CreateRole",
        {
            "assumeRolePolicy": policy(2048, _QUOTAS),
            "description": _DESCRIPTION,
            "forceDetachPolicies": SWITCH,
            "name": _role(64),
            "namePrefix": _role(64 - _PREFIXED),
        },
    ),
    "aws:iam/rolePolicy:RolePolicy": Limits(
        "iam",
        "PutRolePolicy",
        {
            "name": _role(128),
            "namePrefix": _role(128 - _PREFIXED),
            "policy": policy(10_240, _QUOTAS),
            "role": _role(64),
        },
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Limits(
        "iam", "AttachRolePolicy", {"policyArn": ARN, "role": _role(64)}
    ),
    "aws:lakeformation/permissions:Permissions": Limits(
        "lakeformation",
        "GrantPermissions",
        {
            "catalogId": _ACCOUNT,
            "database": "Resource.Database",
            "database.catalogId": _ACCOUNT,
            "lfTag": "Resource.LFTag",
            "lfTag.catalogId": _ACCOUNT,
            "lfTag.key": "Resource.LFTag.TagKey",
            "lfTag.values": "Resource.LFTag.TagValues",
            "permissionsWithGrantOptions": "PermissionsWithGrantOption",
            "principal": "Principal.DataLakePrincipalIdentifier",
            "table": "Resource.Table",
            "table.catalogId": _ACCOUNT,
            "table.wildcard": SWITCH,
        },
    ),
    "aws:lambda/function:Function": Limits(
        "lambda",
        "CreateFunction",
        {
            "code": Free("an archive; Lambda itself weighs it"),
            "environment.variables": Free("Lambda counts all of them together, 4 KB, when it makes the function"),
            "layers": replace(ARN, items=(0, 5)),
            # The API has grown beyond both; the plug-in has not.
            "memorySize": Rule("tf internal/service/lambda/function.go", "number", least=128, most=10_240),
            "name": Rule("tf internal/service/lambda/validate.go", pattern=WORDS_OF_NAMES, least=1, most=64),
            "reservedConcurrentExecutions": Rule("tf internal/service/lambda/function.go", "number", least=-1),
            "timeout": Rule("tf internal/service/lambda/function.go", "number", least=1, most=900),
        },
    ),
    "aws:glue/catalogDatabase:CatalogDatabase": Limits(
        "glue",
        "CreateDatabase",
        {
            "description": "DatabaseInput.Description",
            "name": Rule("tf internal/service/glue/catalog_database.go", pattern=r"[^A-Z]*", least=1, most=255),
        },
    ),
    "aws:lambda/layerVersion:LayerVersion": Limits(
        "lambda",
        "PublishLayerVersion",
        {
            "code": Free("an archive; Lambda itself weighs it"),
            "layerName": Rule("botocore lambda PublishLayerVersion.LayerName", pattern=r"[0-9A-Za-z_-]{1,140}"),
        },
    ),
    "aws:lambda/permission:Permission": Limits(
        "lambda", "AddPermission", {"function": "FunctionName", "sourceArn": ARN}
    ),
    "aws:sfn/stateMachine:StateMachine": Limits(
        "stepfunctions",
        "CreateStateMachine",
        {
            "loggingConfiguration.logDestination": Rule(
                "api stepfunctions CloudWatchLogsLogGroup", pattern=rf"(?={ARN.pattern}).*:\*"
            ),
            "name": Rule("tf internal/service/sfn/state_machine.go", pattern=WORDS_OF_NAMES, least=1, most=80),
            "namePrefix": Rule(
                "tf internal/service/sfn/state_machine.go", pattern=WORDS_OF_NAMES, least=1, most=80 - _PREFIXED
            ),
            "roleArn": ARN,
        },
    ),
    "aws:sns/topic:Topic": Limits(
        "sns",
        "CreateTopic",
        {
            "kmsMasterKeyId": Rule("tf internal/verify ValidKMSKeyID", least=1, most=2048),
            "name": Rule("tf internal/service/sns/topic.go", pattern=r"[0-9A-Za-z_-]{1,256}"),
            "namePrefix": Rule("tf internal/service/sns/topic.go", pattern=WORDS_OF_NAMES, most=256 - _PREFIXED),
            "policy": policy(30_720, "api sns SetTopicAttributes: 30 KB"),
        },
    ),
    "aws:sns/topicSubscription:TopicSubscription": Limits(
        "sns",
        "Subscribe",
        {
            "endpoint": Rule("tf validation.NoZeroValues; api sns Subscribe", least=1, most=2048),
            "protocol": Rule(
                "tf internal/service/sns subscriptionProtocol_Values",
                one_of=(*("application", "email", "email-json", "firehose", "http", "https", "lambda", "sms", "sqs"),),
            ),
            "topic": ARN,
        },
    ),
}
