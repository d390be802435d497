"""The real program, run in-process on a plain moto: both kinds of stack, more than once, and how faults surface."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pulumi
import pytest
from pulumi.runtime import MockResourceArgs

from localmesh.program import Program, deploy
from localmesh.provider import AwsProvider, Endpoint, ProviderError
from localmesh.provider.mocks import ProviderMocks
from provider_tests.cases import policy
from provider_tests.on_moto import API_BASE_URL

PROGRAM = Program.at(Path(__file__).resolve().parents[2])


def central(account: str, **more: object) -> dict[str, Any]:
    producers = [{"accountId": "111111111111", "databases": ["retail"]}, {"accountId": "222222222222"}]
    return {"aws:region": "us-east-1", "role": "central", "accountId": account, "producers": producers, **more}


def producer(account: str, **more: object) -> dict[str, Any]:
    return {
        "aws:region": "us-east-1",
        "role": "producer",
        "accountId": account,
        "centralAccountId": "123456789012",
        "approverEmails": ["anna@example.org", "ben@example.org"],
        **more,
    }


@pytest.fixture(scope="module")
def managed(moto_url: str) -> Callable[[Endpoint], Endpoint]:
    """Makes AWS's managed policy that the program attaches, which this moto does not bring."""

    def make(endpoint: Endpoint) -> Endpoint:
        endpoint.client("iam", "us-east-1").create_policy(
            PolicyName="AWSLakeFormationCrossAccountManager", PolicyDocument=policy("ram:CreateResourceShare")
        )
        return endpoint

    return make


class ManagedPolicies(ProviderMocks):
    """Points the attachment of AWS's own policy at the one of this account."""

    def __init__(self, endpoint: Endpoint, account: str) -> None:
        super().__init__(endpoint)
        self._managed = f"arn:aws:iam::{account}:policy/AWSLakeFormationCrossAccountManager"
        self.names: list[str] = []

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        arn = args.inputs.get("policyArn", "")
        if arn.endswith("/AWSLakeFormationCrossAccountManager"):
            args.inputs["policyArn"] = self._managed
        self.names.append(args.name)
        return super().new_resource(args)


def test_central(endpoint: Endpoint, account: str, managed: Callable[[Endpoint], Endpoint]) -> None:
    mocks = ManagedPolicies(managed(endpoint), account)
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
        assert sorted(one["Endpoint"] for one in found) == ["anna@example.org", "ben@example.org"]


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
    kept: list[tuple[str, str, dict[str, Any], dict[str, Any]]] = []

    class Keeping(ManagedPolicies):
        def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
            id_, state = super().new_resource(args)
            if args.typ.startswith("aws:") and id_ is not None:
                kept.append((args.typ, id_, dict(args.inputs), state))
            return id_, state

    deploy(PROGRAM, "producer", producer(account), mocks=Keeping(endpoint, account))
    provider = AwsProvider.configured(endpoint, {"region": "us-east-1"})
    assert kept
    for token, id_, _, state in kept:
        known = provider.read(token, id_, {}, state)
        assert known is not None, token
        assert known.state == state, token
