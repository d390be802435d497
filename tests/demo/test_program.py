"""The real program, run in-process on a plain moto: both kinds of stack, more than once, and how faults surface."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockResourceArgs

from localmesh.program import deploy
from localmesh.provider import AwsProvider, Endpoint, ProviderError
from localmesh.provider.mocks import ProviderMocks
from provider_tests.on_moto import API_BASE_URL
from tests.demo.on_moto import APPROVERS, PROGRAM, Keeping, central, producer


def test_central(endpoint: Endpoint, account: str, managed: Callable[[Endpoint], Endpoint]) -> None:
    mocks = Keeping(managed(endpoint), account)
    outputs = deploy(PROGRAM, "central", central(account, deletionProtection=False), mocks=mocks)
    assert outputs["NotifierRoleArn"] == f"arn:aws:iam::{account}:role/LakeshareNotifier"
    assert outputs["ApiUrl"].startswith(f"{API_BASE_URL}/")
    machine = endpoint.client("stepfunctions", "us-east-1").describe_state_machine(
        stateMachineArn=outputs["StateMachineArn"]
    )
    assert machine["name"] == outputs["StateMachineName"]
    table = endpoint.client("dynamodb", "us-east-1").describe_table(TableName=outputs["RegisterTableName"])["Table"]
    assert {index["IndexName"] for index in table["GlobalSecondaryIndexes"]} >= {"by_status", "by_requester"}
    assert len(mocks.names) == len(set(mocks.names)) > 1


def test_producers_one_after_the_other(endpoint_in: Callable[[str], Endpoint]) -> None:
    for account in ("810000000001", "810000000002"):
        endpoint = endpoint_in(account)
        outputs = deploy(PROGRAM, f"producer-{account}", producer(account), mocks=ProviderMocks(endpoint))
        topic = f"arn:aws:sns:us-east-1:{account}:DataLakeSharingApproval"
        assert outputs["ApprovalSnsTopicArn"] == topic
        assert outputs["ProducerWorkflowRoleArn"] == f"arn:aws:iam::{account}:role/ProducerWorkflowRole"
        found = endpoint.client("sns", "us-east-1").list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
        assert sorted(one["Endpoint"] for one in found) == APPROVERS


def test_producers_at_once(endpoint_in: Callable[[str], Endpoint]) -> None:
    accounts = ["820000000001", "820000000002", "820000000003"]
    outputs: dict[str, Any] = {}

    def run(account: str) -> None:
        outputs[account] = deploy(PROGRAM, account, producer(account), mocks=ProviderMocks(endpoint_in(account)))

    threads = [threading.Thread(target=run, args=(account,)) for account in accounts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [outputs[account]["ProducerWorkflowRoleArn"].split(":")[4] for account in accounts] == accounts


def test_wrong_account_makes_nothing(endpoint: Endpoint, account: str) -> None:
    with pytest.raises(ProviderError, match=f"got those of {account}"):
        deploy(PROGRAM, "producer", producer("999999999999"), mocks=ProviderMocks(endpoint))
    assert endpoint.client("iam", "us-east-1").list_roles()["Roles"] == []
    assert endpoint.client("sns", "us-east-1").list_topics()["Topics"] == []


def test_fault_bears_the_name_of_the_resource(endpoint: Endpoint, account: str) -> None:
    deploy(PROGRAM, "producer", producer(account), mocks=ProviderMocks(endpoint))
    with pytest.raises(ProviderError, match=r"\(aws:iam/role:Role\): CreateRole: EntityAlreadyExists"):
        deploy(PROGRAM, "producer", producer(account), mocks=ProviderMocks(endpoint))


def test_unknown_property_stops_the_program(endpoint: Endpoint, account: str) -> None:
    class Stranger(ProviderMocks):
        def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
            if args.typ == "aws:sns/topic:Topic":
                args.inputs["archivePolicy"] = "{}"
            return super().new_resource(args)

    with pytest.raises(ProviderError, match="archivePolicy"):
        deploy(PROGRAM, "producer", producer(account), mocks=Stranger(endpoint))


def test_nothing_stays_set(endpoint: Endpoint, account: str) -> None:
    before = dict(os.environ)
    deploy(PROGRAM, "producer", producer(account), mocks=ProviderMocks(endpoint))
    assert dict(os.environ) == before
    assert pulumi.runtime.get_config("lakeshare:role") is None
    assert pulumi.get_stack() == "stack"


def test_what_the_program_makes_shows_no_difference(endpoint: Endpoint, account: str) -> None:
    """Every resource of a stack, read back, is as it was asked for."""
    mocks = Keeping(endpoint, account)
    deploy(PROGRAM, "producer", producer(account), mocks=mocks)
    provider = AwsProvider.configured(endpoint, {"region": "us-east-1"})
    assert mocks.kept
    for token, id_, state in mocks.kept:
        known = provider.read(token, id_, {}, state)
        assert known is not None, token
        assert known.state == state, token
