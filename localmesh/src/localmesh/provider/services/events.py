"""EventBridge: rules and their targets."""

from __future__ import annotations

from typing import Any, ClassVar

from localmesh.provider.connection import Aws
from localmesh.provider.errors import ProviderError
from localmesh.provider.resource import AutoName, Change, Input, Output, ResourceType, named
from localmesh.provider.values import (
    Props,
    given,
    or_none,
    same_json,
    tag_changes,
    tag_list,
    tag_map,
)

_GONE = "ResourceNotFoundException"
_DEFAULT_BUS = "default"


class EventRule(ResourceType):
    """A rule of the default bus, on a pattern or a schedule. Its id is its name."""

    type_name = "aws:cloudwatch/eventRule:EventRule"
    tagged = True
    inputs: ClassVar = {
        **named(64),
        "description": Input(),
        "eventPattern": Input(same=same_json),
        "scheduleExpression": Input(),
        "state": Input(default="ENABLED"),
    }
    outputs: ClassVar = {"arn": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the rule."""
        self._put(aws, inputs, Tags=tag_list(inputs.get("tags")))
        return inputs["name"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the rule as it is."""
        client = aws.client("events")
        found = or_none(lambda: client.describe_rule(Name=id_), _GONE)
        return found and {
            "arn": found["Arn"],
            "description": found.get("Description"),
            "eventPattern": found.get("EventPattern"),
            "name": id_,
            "scheduleExpression": found.get("ScheduleExpression"),
            "state": found["State"],
            "tags": tag_map(client.list_tags_for_resource(ResourceARN=found["Arn"]).get("Tags")),
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Put the rule anew; its targets stay."""
        client = aws.client("events")
        if change.names - {"tags"}:
            self._put(aws, change.new)
        if change.touches("tags"):
            arn = client.describe_rule(Name=id_)["Arn"]
            wanted, unwanted = tag_changes(change.old, change.new)
            if unwanted:
                client.untag_resource(ResourceARN=arn, TagKeys=unwanted)
            if wanted:
                client.tag_resource(ResourceARN=arn, Tags=tag_list(wanted))

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the rule; AWS refuses one that still has targets."""
        client = aws.client("events")
        or_none(lambda: client.delete_rule(Name=id_), _GONE)

    def _put(self, aws: Aws, inputs: Props, **more: Any) -> None:
        if bool(inputs.get("eventPattern")) == bool(inputs.get("scheduleExpression")):
            raise ProviderError("PutRule: ValidationException: expected either eventPattern or scheduleExpression")
        aws.client("events").put_rule(
            Name=inputs["name"],
            State=inputs["state"],
            **given(
                inputs,
                description="Description",
                eventPattern="EventPattern",
                scheduleExpression="ScheduleExpression",
            ),
            **more,
        )


class EventTarget(ResourceType):
    """A target of a rule of the default bus. Its id is `default/rule/target id`, as an import wants it."""

    type_name = "aws:cloudwatch/eventTarget:EventTarget"
    inputs: ClassVar = {
        "arn": Input(required=True),
        "rule": Input(required=True, replaces=True),
        "targetId": Input(replaces=True, auto=AutoName(64)),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Put the target on the rule."""
        self._put(aws, inputs)
        return f"{_DEFAULT_BUS}/{inputs['rule']}/{inputs['targetId']}"

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Look for the target among those of the rule."""
        _, rule, target_id = id_.split("/")
        client = aws.client("events")
        answer = or_none(lambda: client.list_targets_by_rule(Rule=rule), _GONE)
        targets: list[Props] = answer["Targets"] if answer else []
        found = next((one for one in targets if one["Id"] == target_id), None)
        return found and {"arn": found["Arn"], "rule": rule, "targetId": target_id}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Put the target anew."""
        self._put(aws, change.new)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Take the target off the rule."""
        _, rule, target_id = id_.split("/")
        client = aws.client("events")
        or_none(lambda: client.remove_targets(Rule=rule, Ids=[target_id]), _GONE)

    def _put(self, aws: Aws, inputs: Props) -> None:
        target = {"Id": inputs["targetId"], "Arn": inputs["arn"]}
        answer = aws.client("events").put_targets(Rule=inputs["rule"], Targets=[target])
        # AWS reports a refused target inside a successful answer.
        for failure in answer.get("FailedEntries", ()):
            raise ProviderError(f"PutTargets: {failure.get('ErrorCode')}: {failure.get('ErrorMessage')}")


TYPES = (EventRule(), EventTarget())
