"""What goes wrong, and how it looks: half-made stacks, wrong accounts, drift, secrets."""

from __future__ import annotations

import json
from collections.abc import Callable

import pulumi
import pulumi_aws as aws
import pytest
from pulumi import automation as auto

from localmesh.provider import Endpoint

from .conftest import OLD_TRUST, StackMaker, producer_config
from .leftovers import left_in

EndpointIn = Callable[[str], Endpoint]


def test_a_create_that_fails_half_way(make_stack: StackMaker, endpoint_in: EndpointIn) -> None:
    account = "500000000001"
    iam = endpoint_in(account).client("iam", "us-east-1")
    iam.create_role(RoleName="ProducerWorkflowRole", AssumeRolePolicyDocument=OLD_TRUST)
    stack = make_stack("half", "producer", account, **producer_config())
    with pytest.raises(auto.CommandError) as fault:
        stack.up()
    assert "lakeshare-role" in str(fault.value)
    assert "CreateRole: EntityAlreadyExists: Role with name ProducerWorkflowRole already exists" in str(fault.value)
    iam.delete_role(RoleName="ProducerWorkflowRole")
    assert set(stack.up().counts) == {"create"}
    assert stack.up().counts == {}
    stack.destroy()
    assert left_in(endpoint_in(account)) == []


UNLAWFUL = "500000000007"


def _unlawful() -> None:
    provider = aws.Provider("account", allowed_account_ids=[UNLAWFUL], region="us-east-1")
    opts = pulumi.ResourceOptions(provider=provider)
    aws.cloudwatch.LogGroup("logs", name="not a name", retention_in_days=42, opts=opts)


def test_values_that_the_plug_in_refuses(make_stack: StackMaker, endpoint_in: EndpointIn) -> None:
    stack = make_stack("unlawful", "producer", UNLAWFUL, **producer_config())
    stack.auto.workspace.program = _unlawful
    for command in (stack.preview, stack.up):
        with pytest.raises(auto.CommandError) as fault:
            command()
        assert "expected value of name to match regular expression" in str(fault.value)
        assert "got not a name" in str(fault.value)
        assert "expected retentionInDays to be one of [0 1 3 5 7 14 30" in str(fault.value)
    assert left_in(endpoint_in(UNLAWFUL)) == []


def test_the_wrong_account(make_stack: StackMaker, endpoint_in: EndpointIn) -> None:
    stack = make_stack("wrong", "producer", "500000000003", acting_in="500000000004", **producer_config())
    with pytest.raises(auto.CommandError, match=r"expected credentials of .*500000000003, got those of 500000000004"):
        stack.up()
    for account in ("500000000003", "500000000004"):
        assert left_in(endpoint_in(account)) == []


def test_drift(make_stack: StackMaker, endpoint_in: EndpointIn) -> None:
    account = "500000000005"
    stack = make_stack("drift", "producer", account, **producer_config())
    stack.up()
    topic = stack.outputs()["ApprovalSnsTopicArn"]
    sns, iam = (endpoint_in(account).client(service, "us-east-1") for service in ("sns", "iam"))
    (subscription,) = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    sns.unsubscribe(SubscriptionArn=subscription["SubscriptionArn"])
    sns.subscribe(TopicArn=topic, Protocol="email", Endpoint="by.hand@example.org")
    (policy,) = iam.list_role_policies(RoleName="ProducerWorkflowRole")["PolicyNames"]
    wider = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sns:*", "Resource": "*"}]}
    iam.put_role_policy(RoleName="ProducerWorkflowRole", PolicyName=policy, PolicyDocument=json.dumps(wider))

    assert stack.refresh().counts == {"delete": 1, "update": 1}
    assert stack.up().counts == {"create": 1, "update": 1}
    assert stack.up().counts == {}
    kept = iam.get_role_policy(RoleName="ProducerWorkflowRole", PolicyName=policy)["PolicyDocument"]
    assert kept != wider
    addresses = {one["Endpoint"] for one in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]}
    assert addresses == {"anna@example.org", "by.hand@example.org"}, "what people subscribed by hand stays"


def test_secrets_stay_secret(make_stack: StackMaker, endpoint_in: EndpointIn) -> None:
    account = "500000000007"
    stack = make_stack("secret", "producer", account, **producer_config())
    stack.auto.set_config("lakeshare:externalId", auto.ConfigValue("a-very-secret-external-id", secret=True))
    stack.up()
    assert "a-very-secret" not in stack.state_as_kept()
    assert any(
        "a-very-secret" in str(role) for role in endpoint_in(account).client("iam", "us-east-1").list_roles()["Roles"]
    )
    assert stack.up().counts == {}
    assert stack.refresh().counts == {}
    assert "a-very-secret" not in stack.state_as_kept()
