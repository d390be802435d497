"""The old system's topic and role become a producer stack's: subscribers and trust survive."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pulumi import automation as auto

from localmesh.provider import Endpoint

from .conftest import CENTRAL, OLD_TRUST, StackMaker, producer_config
from .engine import EngineStack
from .leftovers import left_in

ACCOUNT = "510000000001"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:DataLakeSharingApproval"
PUBLISH = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": TOPIC}]}

Client = Callable[[str], Any]


@pytest.fixture(scope="module")
def client(endpoint_in: Callable[[str], Endpoint]) -> Client:
    """Clients of the producer's administrator, where the old kit is."""
    endpoint = endpoint_in(ACCOUNT)

    def make(service: str) -> Any:
        return endpoint.client(service, "us-east-1")

    assert make("sns").create_topic(Name="DataLakeSharingApproval")["TopicArn"] == TOPIC
    for address in ("by.hand@example.org", "anna@example.org"):
        make("sns").subscribe(TopicArn=TOPIC, Protocol="email", Endpoint=address)
    make("iam").create_role(RoleName="ProducerWorkflowRole", AssumeRolePolicyDocument=OLD_TRUST)
    make("iam").put_role_policy(
        RoleName="ProducerWorkflowRole", PolicyName="InlinePolicy", PolicyDocument=json.dumps(PUBLISH)
    )
    return make


@pytest.fixture(scope="module")
def stack(make_stack: StackMaker, client: Client) -> EngineStack:
    return make_stack("adopted", "producer", ACCOUNT, **producer_config(adopt=True))


def test_role_and_topic_stay_what_they_were(stack: EngineStack, client: Client) -> None:
    role, subscribed = _role(client), _subscriptions(client)
    assert set(subscribed) == {"by.hand@example.org", "anna@example.org"}
    changes = stack.up()
    assert changes.named("import") == {"lakeshare-topic", "lakeshare-role"}
    assert not changes.named("replace") | changes.named("delete")
    assert stack.outputs() == {
        "ApprovalSnsTopicArn": TOPIC,
        "ProducerWorkflowRoleArn": f"arn:aws:iam::{ACCOUNT}:role/ProducerWorkflowRole",
    }
    assert _subscriptions(client) == subscribed, "nobody confirms again"
    assert _role(client)["RoleId"] == role["RoleId"]


def test_what_is_to_differ_differs(client: Client) -> None:
    (trust,) = _role(client)["AssumeRolePolicyDocument"]["Statement"]
    assert trust["Condition"]["ArnEquals"]["aws:PrincipalArn"] == f"arn:aws:iam::{CENTRAL}:role/LakeshareNotifier"
    assert {tag["Key"] for tag in _role(client)["Tags"]} == {"application"}
    assert client("sns").get_topic_attributes(TopicArn=TOPIC)["Attributes"]["KmsMasterKeyId"] == "alias/aws/sns"


def test_then_nothing_to_do_with_the_key_or_without(stack: EngineStack) -> None:
    assert stack.up().counts == {}
    assert stack.refresh().counts == {}
    stack.configure(adopt=None)
    assert stack.up().counts == {}


def test_all_is_destroyed(stack: EngineStack, client: Client, endpoint_in: Callable[[str], Endpoint]) -> None:
    stack.destroy()
    assert [one for one in left_in(endpoint_in(ACCOUNT)) if not one.startswith("subscription")] == []


def test_where_there_is_nothing_to_adopt(make_stack: StackMaker, endpoint_in: Callable[[str], Endpoint]) -> None:
    stack = make_stack("nothing", "producer", "510000000002", **producer_config(adopt=True))
    with pytest.raises(auto.CommandError, match=r"resource '.*' does not exist"):
        stack.up()
    assert left_in(endpoint_in("510000000002")) == []


def _role(client: Client) -> dict[str, Any]:
    return client("iam").get_role(RoleName="ProducerWorkflowRole")["Role"]


def _subscriptions(client: Client) -> dict[str, str]:
    found = client("sns").list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]
    return {one["Endpoint"]: one["SubscriptionArn"] for one in found}
