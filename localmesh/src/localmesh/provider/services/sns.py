"""SNS: topics and subscriptions."""

from __future__ import annotations

from typing import Any, ClassVar

from localmesh.provider.connection import Aws
from localmesh.provider.resource import Change, Input, Output, ResourceType, named
from localmesh.provider.values import Props, or_none, same_policy, tag_changes, tag_list, tag_map

_GONE = ("NotFound", "NotFoundException")
_TOPIC = {
    "kmsMasterKeyId": "KmsMasterKeyId",
    "policy": "Policy",
}


class Topic(ResourceType):
    """A standard topic. Its id is its ARN."""

    type_name = "aws:sns/topic:Topic"
    tagged = True
    inputs: ClassVar = {
        **named(256),
        "kmsMasterKeyId": Input(),
        "policy": Input(same=same_policy, computed=True),
    }
    outputs: ClassVar = {"arn": Output(), "owner": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the topic."""
        answer = aws.client("sns").create_topic(
            Name=inputs["name"],
            Attributes={key: str(inputs[name]) for name, key in _TOPIC.items() if inputs.get(name) is not None},
            Tags=tag_list(inputs.get("tags")),
        )
        return answer["TopicArn"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the topic as it is."""
        client = aws.client("sns")
        answer = or_none(lambda: client.get_topic_attributes(TopicArn=id_), *_GONE)
        if answer is None:
            return None
        found: dict[str, str] = answer["Attributes"]
        return {
            **{name: found[key] for name, key in _TOPIC.items() if found.get(key)},
            "arn": id_,
            "name": id_.rpartition(":")[2],
            "owner": found.get("Owner") or id_.split(":")[4],
            "tags": tag_map(client.list_tags_for_resource(ResourceArn=id_).get("Tags")),
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Set the attributes that differ."""
        client = aws.client("sns")
        for name, key in _TOPIC.items():
            if change.touches(name):
                value = change.new.get(name)
                client.set_topic_attributes(
                    TopicArn=id_, AttributeName=key, AttributeValue="" if value is None else str(value)
                )
        if change.touches("tags"):
            wanted, unwanted = tag_changes(change.old, change.new)
            if unwanted:
                client.untag_resource(ResourceArn=id_, TagKeys=unwanted)
            if wanted:
                client.tag_resource(ResourceArn=id_, Tags=tag_list(wanted))

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the topic."""
        client = aws.client("sns")
        or_none(lambda: client.delete_topic(TopicArn=id_), *_GONE)


class TopicSubscription(ResourceType):
    """A subscription to a topic. Its id is its ARN; one that waits for its confirmation has none of its own yet."""

    type_name = "aws:sns/topicSubscription:TopicSubscription"
    inputs: ClassVar = {
        "endpoint": Input(required=True, replaces=True),
        "protocol": Input(required=True, replaces=True),
        "topic": Input(required=True, replaces=True),
    }
    outputs: ClassVar = {"arn": Output(), "ownerId": Output(), "pendingConfirmation": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Subscribe."""
        answer = aws.client("sns").subscribe(
            TopicArn=inputs["topic"],
            Protocol=inputs["protocol"],
            Endpoint=inputs["endpoint"],
            ReturnSubscriptionArn=True,
        )
        return answer["SubscriptionArn"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the subscription as it is."""
        client = aws.client("sns")
        answer = or_none(lambda: client.get_subscription_attributes(SubscriptionArn=id_), *_GONE)
        if answer is None:
            return None
        found: dict[str, Any] = answer["Attributes"]
        return {
            "arn": id_,
            "endpoint": found["Endpoint"],
            "ownerId": found.get("Owner") or id_.split(":")[4],
            "pendingConfirmation": found.get("PendingConfirmation") == "true",
            "protocol": found["Protocol"],
            "topic": found["TopicArn"],
        }

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Unsubscribe."""
        client = aws.client("sns")
        or_none(lambda: client.unsubscribe(SubscriptionArn=id_), *_GONE)


TYPES = (Topic(), TopicSubscription())
