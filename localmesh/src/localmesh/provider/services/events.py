"""EventBridge: rules and their targets."""

from __future__ import annotations

from typing import Any, ClassVar

from localmesh.provider.connection import Aws
from localmesh.provider.errors import ProviderError
from localmesh.provider.resource import AutoName, Change, Input, Output, ResourceType, fields, named
from localmesh.provider.values import (
    Props,
    camel,
    given,
    or_none,
    pascal,
    same_document,
    tag_changes,
    tag_list,
    tag_map,
)

_GONE = "ResourceNotFoundException"
_DEFAULT_BUS = "default"


class EventRule(ResourceType):
    """A rule on a pattern or a schedule. Its id is its name, after `bus/` where the bus is not the default one."""

    token = "aws:cloudwatch/eventRule:EventRule"  # noqa: S105 (a type's name)
    tagged = True
    inputs: ClassVar = {
        **named(64),
        "description": Input(),
        "eventBusName": Input(replaces=True, default=_DEFAULT_BUS),
        "eventPattern": Input(same=same_document),
        "forceDestroy": Input(default=False, readable=False),
        "roleArn": Input(),
        "scheduleExpression": Input(),
        "state": Input(default="ENABLED"),
    }
    outputs: ClassVar = {"arn": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the rule."""
        self._put(aws, inputs, Tags=tag_list(inputs.get("tags")))
        bus = inputs["eventBusName"]
        return inputs["name"] if bus == _DEFAULT_BUS else f"{bus}/{inputs['name']}"

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the rule as it is."""
        bus, name = _bus_and_name(id_)
        client = aws.client("events")
        found = or_none(lambda: client.describe_rule(Name=name, EventBusName=bus), _GONE)
        return found and {
            "arn": found["Arn"],
            "description": found.get("Description"),
            "eventBusName": found.get("EventBusName") or bus,
            "eventPattern": found.get("EventPattern"),
            "name": name,
            "roleArn": found.get("RoleArn"),
            "scheduleExpression": found.get("ScheduleExpression"),
            "state": found["State"],
            "tags": tag_map(client.list_tags_for_resource(ResourceARN=found["Arn"]).get("Tags")),
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Put the rule anew; its targets stay."""
        client = aws.client("events")
        if change.names - {"tags", "forceDestroy"}:
            self._put(aws, change.new)
        if change.touches("tags"):
            bus, name = _bus_and_name(id_)
            arn = client.describe_rule(Name=name, EventBusName=bus)["Arn"]
            wanted, unwanted = tag_changes(change.old, change.new)
            if unwanted:
                client.untag_resource(ResourceARN=arn, TagKeys=unwanted)
            if wanted:
                client.tag_resource(ResourceARN=arn, Tags=tag_list(wanted))

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the rule; AWS refuses one that still has targets."""
        bus, name = _bus_and_name(id_)
        client = aws.client("events")
        or_none(lambda: client.delete_rule(Name=name, EventBusName=bus), _GONE)

    def _put(self, aws: Aws, inputs: Props, **more: Any) -> None:
        if bool(inputs.get("eventPattern")) == bool(inputs.get("scheduleExpression")):
            raise ProviderError("PutRule: ValidationException: expected either eventPattern or scheduleExpression")
        aws.client("events").put_rule(
            Name=inputs["name"],
            EventBusName=inputs["eventBusName"],
            State=inputs["state"],
            **given(
                inputs,
                description="Description",
                eventPattern="EventPattern",
                roleArn="RoleArn",
                scheduleExpression="ScheduleExpression",
            ),
            **more,
        )


class EventTarget(ResourceType):
    """A target of a rule. Its id is `bus/rule/target id`, as an import wants it."""

    token = "aws:cloudwatch/eventTarget:EventTarget"  # noqa: S105 (a type's name)
    inputs: ClassVar = {
        "arn": Input(required=True),
        "deadLetterConfig": Input(fields=fields("arn")),
        "eventBusName": Input(replaces=True, default=_DEFAULT_BUS),
        "input": Input(same=same_document),
        "inputPath": Input(),
        "inputTransformer": Input(fields=fields("inputTemplate", inputPaths={})),
        "retryPolicy": Input(fields=fields("maximumEventAgeInSeconds", "maximumRetryAttempts")),
        "roleArn": Input(),
        "rule": Input(required=True, replaces=True),
        "targetId": Input(replaces=True, auto=AutoName(64)),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put the target on the rule."""
        self._put(aws, inputs)
        return f"{inputs['eventBusName']}/{inputs['rule']}/{inputs['targetId']}"

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Look for the target among those of the rule."""
        bus, rule, target_id = id_.split("/")
        client = aws.client("events")
        answer = or_none(lambda: client.list_targets_by_rule(Rule=rule, EventBusName=bus), _GONE)
        targets: list[Props] = answer["Targets"] if answer else []
        found = next((one for one in targets if one["Id"] == target_id), None)
        if found is None:
            return None
        transformer = found.get("InputTransformer")
        return {
            "arn": found["Arn"],
            "deadLetterConfig": camel(found.get("DeadLetterConfig")),
            "eventBusName": bus,
            "input": found.get("Input"),
            "inputPath": found.get("InputPath"),
            "inputTransformer": transformer
            and {
                "inputTemplate": transformer["InputTemplate"],
                "inputPaths": transformer.get("InputPathsMap") or {},
            },
            "retryPolicy": camel(found.get("RetryPolicy")),
            "roleArn": found.get("RoleArn"),
            "rule": rule,
            "targetId": target_id,
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Put the target anew."""
        self._put(aws, change.new)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Take the target off the rule."""
        bus, rule, target_id = id_.split("/")
        client = aws.client("events")
        or_none(lambda: client.remove_targets(Rule=rule, EventBusName=bus, Ids=[target_id]), _GONE)

    def _put(self, aws: Aws, inputs: Props) -> None:
        target: Props = {
            "Id": inputs["targetId"],
            "Arn": inputs["arn"],
            **given(inputs, input="Input", inputPath="InputPath", roleArn="RoleArn"),
        }
        if transformer := inputs.get("inputTransformer"):
            target["InputTransformer"] = given(transformer, inputTemplate="InputTemplate", inputPaths="InputPathsMap")
        for name, key in (("retryPolicy", "RetryPolicy"), ("deadLetterConfig", "DeadLetterConfig")):
            if inputs.get(name):
                target[key] = pascal(inputs[name])
        answer = aws.client("events").put_targets(
            Rule=inputs["rule"], EventBusName=inputs["eventBusName"], Targets=[target]
        )
        # AWS reports a refused target inside a successful answer.
        for failure in answer.get("FailedEntries", ()):
            raise ProviderError(f"PutTargets: {failure.get('ErrorCode')}: {failure.get('ErrorMessage')}")


TYPES = (EventRule(), EventTarget())


def _bus_and_name(id_: str) -> tuple[str, str]:
    bus, _, name = id_.rpartition("/")
    return bus or _DEFAULT_BUS, name
