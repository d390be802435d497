"""One case for each resource type that the provider knows: what it is made from, and what is changed in place."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from localmesh.provider import AwsProvider
from localmesh.provider.archives import ARCHIVE, ASSET, SIGNATURE

Props = dict[str, Any]


def archive(**texts: str) -> Props:
    assets = {f"{name}.py": {SIGNATURE: ASSET, "text": text} for name, text in texts.items()}
    return {SIGNATURE: ARCHIVE, "assets": assets}


def policy(action: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]})


def trust(service: str) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


class World:
    """Makes what a resource needs beside it."""

    def __init__(self, provider: AwsProvider) -> None:
        self.provider = provider

    def make(self, token: str, inputs: Props, name: str = "beside") -> tuple[str, Props]:
        return self.provider.create(token, self.provider.check(token, name, inputs))

    def role(self, service: str = "lambda.amazonaws.com") -> Props:
        return self.make("aws:iam/role:Role", {"assumeRolePolicy": trust(service)})[1]

    def function(self) -> Props:
        return self.make(
            "aws:lambda/function:Function",
            {"code": archive(a="pass"), "handler": "a.b", "role": self.role()["arn"], "runtime": "python3.13"},
        )[1]

    def layer(self, name: str) -> str:
        return self.make("aws:lambda/layerVersion:LayerVersion", {"code": archive(a="1"), "layerName": name})[0]

    def log_group(self) -> Props:
        return self.make("aws:cloudwatch/logGroup:LogGroup", {})[1]

    def rule(self) -> Props:
        return self.make("aws:cloudwatch/eventRule:EventRule", {"scheduleExpression": "rate(1 hour)"})[1]

    def topic(self) -> str:
        return self.make("aws:sns/topic:Topic", {})[0]

    def policy(self) -> str:
        return self.make("aws:iam/policy:Policy", {"policy": policy("s3:GetObject")})[0]

    def api(self, *routes: str) -> str:
        id_ = self.make("aws:apigatewayv2/api:Api", {"protocolType": "HTTP"})[0]
        for key in routes:
            self.make("aws:apigatewayv2/route:Route", {"apiId": id_, "routeKey": key, "target": "integrations/x"}, key)
        return id_


@dataclass(frozen=True)
class Case:
    """How one type is tried.

    Attributes:
        inputs: What it is made from.
        changed: Inputs that are put in place of these, in place; none for a type that nothing of changes in place.
        replacing: Inputs whose change makes the engine replace it.
        imported: The id under which it is imported, from its id and state; `None` where it cannot be.
    """

    inputs: Callable[[World], Props]
    changed: Callable[[World, Props], Props] = lambda world, inputs: {}
    replacing: tuple[str, ...] = ()
    imported: Callable[[str, Props], str] | None = field(default=lambda id_, state: id_)


def _index(name: str, key: str, *carried: str) -> Props:
    keys = [{"attributeName": key, "keyType": "HASH"}, {"attributeName": "at", "keyType": "RANGE"}]
    return {"name": name, "keySchemas": keys, "projectionType": "INCLUDE", "nonKeyAttributes": list(carried)}


def _definition(seconds: int) -> str:
    state = {"Type": "Wait", "Seconds": seconds, "End": True}
    return json.dumps({"StartAt": "Wait", "States": {"Wait": state}})


STATES = "states.amazonaws.com"


def _machine_changes(world: World, inputs: Props) -> Props:
    return {
        "definition": _definition(2),
        "roleArn": world.role(STATES)["arn"],
        "loggingConfiguration": {"level": "ERROR", "logDestination": f"{world.log_group()['arn']}:*"},
        "tags": {"team": "b"},
    }


CASES: dict[str, Case] = {
    "aws:dynamodb/table:Table": Case(
        lambda world: {
            "attributes": [{"name": name, "type": "S"} for name in ("pk", "who", "at", "entry", "live")],
            "billingMode": "PAY_PER_REQUEST",
            "deletionProtectionEnabled": True,
            "globalSecondaryIndexes": [_index("by_who", "who", "status", "message")],
            "hashKey": "pk",
            "localSecondaryIndexes": [{"name": "live", "rangeKey": "live", "projectionType": "ALL"}],
            "pointInTimeRecovery": {"enabled": True},
            "rangeKey": "entry",
            "tags": {"team": "a", "gone": "x"},
            "ttl": {"attributeName": "ttl", "enabled": True},
        },
        lambda world, inputs: {
            "attributes": [{"name": name, "type": "S"} for name in ("at", "pk", "who", "whom", "entry", "live")],
            "deletionProtectionEnabled": False,
            "globalSecondaryIndexes": [_index("by_whom", "whom", "status"), _index("by_who", "who", "message")],
            "pointInTimeRecovery": {"enabled": False},
            "tags": {"team": "b"},
        },
        ("name", "hashKey", "rangeKey", "localSecondaryIndexes"),
    ),
    "aws:iam/role:Role": Case(
        lambda world: {"assumeRolePolicy": trust("lambda.amazonaws.com"), "description": "one", "tags": {"team": "a"}},
        lambda world, inputs: {
            "assumeRolePolicy": trust("states.amazonaws.com"),
            "description": "two",
            "tags": {"team": "b"},
        },
        ("name",),
    ),
    "aws:iam/rolePolicy:RolePolicy": Case(
        lambda world: {"role": world.role()["name"], "policy": policy("s3:GetObject")},
        lambda world, inputs: {"policy": policy("s3:PutObject")},
        ("name", "role"),
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": Case(
        lambda world: {"role": world.role()["name"], "policyArn": world.policy()}, replacing=("role", "policyArn")
    ),
    "aws:iam/policy:Policy": Case(
        lambda world: {"policy": policy("s3:GetObject"), "description": "one", "tags": {"team": "a"}},
        lambda world, inputs: {"policy": policy("s3:PutObject"), "tags": {"team": "b", "more": "c"}},
        ("name", "description"),
    ),
    "aws:lambda/function:Function": Case(
        lambda world: {
            "architectures": ["arm64"],
            "code": archive(handler="def handler(*_): pass"),
            "description": "one",
            "environment": {"variables": {"TABLE": "a", "lower_case": "b"}},
            "handler": "handler.handler",
            "layers": [world.layer("first")],
            "loggingConfig": {"logFormat": "Text", "logGroup": world.log_group()["name"]},
            "memorySize": 256,
            "role": world.role()["arn"],
            "runtime": "python3.13",
            "tags": {"team": "a"},
            "timeout": 30,
            "tracingConfig": {"mode": "Active"},
        },
        lambda world, inputs: {
            "code": archive(handler="def handler(*_): return 1"),
            "environment": {"variables": {"TABLE": "b"}},
            "layers": [world.layer("second")],
            "memorySize": 512,
            "role": world.role()["arn"],
            "tags": {"team": "b"},
            "timeout": 60,
        },
        ("name",),
    ),
    "aws:lambda/permission:Permission": Case(
        lambda world: {
            "action": "lambda:InvokeFunction",
            "function": world.function()["name"],
            "principal": "events.amazonaws.com",
            "sourceArn": world.rule()["arn"],
        },
        replacing=("action", "function", "principal", "sourceArn", "statementId"),
        imported=lambda id_, state: f"{state['function']}/{id_}",
    ),
    "aws:glue/catalogDatabase:CatalogDatabase": Case(
        lambda world: {"description": "links", "name": "links", "tags": {"team": "a"}},
        lambda world, inputs: {"description": "links to others", "tags": {"team": "b"}},
        ("name",),
    ),
    "aws:lambda/layerVersion:LayerVersion": Case(
        lambda world: {
            "code": archive(library="x = 1"),
            "compatibleArchitectures": ["arm64"],
            "compatibleRuntimes": ["python3.13"],
            "description": "packages",
            "layerName": "packages",
        },
        replacing=("code", "layerName", "compatibleRuntimes"),
    ),
    "aws:cloudwatch/logGroup:LogGroup": Case(
        lambda world: {"retentionInDays": 30, "tags": {"team": "a"}},
        lambda world, inputs: {"retentionInDays": 90, "tags": {"team": "b"}},
        ("name", "namePrefix"),
    ),
    "aws:cloudwatch/metricAlarm:MetricAlarm": Case(
        lambda world: {
            "alarmActions": [world.topic()],
            "alarmDescription": "one",
            "comparisonOperator": "GreaterThanOrEqualToThreshold",
            "dimensions": {"FunctionName": "x"},
            "evaluationPeriods": 1,
            "metricName": "Errors",
            "namespace": "AWS/Lambda",
            "period": 300,
            "statistic": "Sum",
            "tags": {"team": "a"},
            "threshold": 1,
            "treatMissingData": "notBreaching",
        },
        lambda world, inputs: {"alarmActions": [], "alarmDescription": "two", "threshold": 2, "tags": {"team": "b"}},
        ("name",),
    ),
    "aws:cloudwatch/dashboard:Dashboard": Case(
        lambda world: {"dashboardName": "board", "dashboardBody": json.dumps({"widgets": []})},
        lambda world, inputs: {"dashboardBody": json.dumps({"widgets": [{"type": "text", "properties": {}}]})},
        ("dashboardName",),
    ),
    "aws:cloudwatch/eventRule:EventRule": Case(
        lambda world: {
            "description": "one",
            "eventPattern": json.dumps({"source": ["aws.states"]}),
            "tags": {"team": "a"},
        },
        lambda world, inputs: {
            "description": "two",
            "eventPattern": json.dumps({"source": ["x"]}),
            "tags": {"team": "b"},
        },
        ("name",),
    ),
    "aws:cloudwatch/eventTarget:EventTarget": Case(
        lambda world: {
            "arn": world.function()["arn"],
            "rule": world.rule()["name"],
        },
        lambda world, inputs: {"arn": world.function()["arn"]},
        ("rule", "targetId"),
    ),
    "aws:sfn/stateMachine:StateMachine": Case(
        lambda world: {
            "definition": _definition(1),
            "loggingConfiguration": {
                "includeExecutionData": False,
                "level": "ALL",
                "logDestination": f"{world.log_group()['arn']}:*",
            },
            "roleArn": world.role(STATES)["arn"],
            "tags": {"team": "a"},
            "tracingConfiguration": {"enabled": True},
            "type": "STANDARD",
        },
        _machine_changes,
        ("name", "type"),
    ),
    "aws:apigatewayv2/api:Api": Case(
        lambda world: {"protocolType": "HTTP", "tags": {"team": "a"}},
        lambda world, inputs: {"name": "other", "tags": {"team": "b"}},
        ("protocolType",),
    ),
    "aws:apigatewayv2/integration:Integration": Case(
        lambda world: {
            "apiId": world.api(),
            "integrationType": "AWS_PROXY",
            "integrationUri": world.function()["invokeArn"],
            "payloadFormatVersion": "2.0",
        },
        lambda world, inputs: {"integrationUri": world.function()["invokeArn"]},
        ("apiId", "integrationType"),
        lambda id_, state: f"{state['apiId']}/{id_}",
    ),
    "aws:apigatewayv2/route:Route": Case(
        lambda world: {"apiId": world.api(), "routeKey": "GET /a", "target": "integrations/x"},
        lambda world, inputs: {"routeKey": "POST /a", "target": "integrations/y"},
        ("apiId",),
        lambda id_, state: f"{state['apiId']}/{id_}",
    ),
    "aws:apigatewayv2/stage:Stage": Case(
        lambda world: {
            "accessLogSettings": {"destinationArn": world.log_group()["arn"], "format": "$context.requestId"},
            "apiId": world.api("GET /a", "GET /b"),
            "autoDeploy": True,
            "defaultRouteSettings": {"throttlingBurstLimit": 10, "throttlingRateLimit": 5},
            "name": "$default",
            "routeSettings": [{"routeKey": "GET /a", "throttlingBurstLimit": 2, "throttlingRateLimit": 1}],
            "tags": {"team": "a"},
        },
        lambda world, inputs: {
            "defaultRouteSettings": {"throttlingBurstLimit": 20, "throttlingRateLimit": 5},
            "routeSettings": [
                {"routeKey": "GET /b", "throttlingBurstLimit": 4, "throttlingRateLimit": 2},
                {"routeKey": "GET /a", "throttlingBurstLimit": 3, "throttlingRateLimit": 1},
            ],
            "tags": {"team": "b"},
        },
        ("apiId", "name"),
        lambda id_, state: f"{state['apiId']}/{id_}",
    ),
    "aws:sns/topic:Topic": Case(
        lambda world: {"kmsMasterKeyId": "alias/aws/sns", "tags": {"team": "a"}},
        lambda world, inputs: {"policy": policy("sns:Publish"), "tags": {"team": "b"}},
        ("name",),
    ),
    "aws:sns/topicSubscription:TopicSubscription": Case(
        lambda world: {"endpoint": "a@example.org", "protocol": "email", "topic": world.topic()},
        replacing=("endpoint", "protocol", "topic"),
    ),
    "aws:lakeformation/permissions:Permissions": Case(
        lambda world: {
            "permissions": ["DESCRIBE", "SELECT"],
            "permissionsWithGrantOptions": ["DESCRIBE", "SELECT"],
            "principal": world.role()["arn"],
            "table": {"databaseName": "shop", "wildcard": True},
        },
        replacing=("permissions", "permissionsWithGrantOptions", "principal", "table", "database"),
        imported=None,
    ),
}
