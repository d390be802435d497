"""The producer stack: whom it trusts, and who gets its mail."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.components.conftest import PRODUCER
from tests.components.program import Program, run


def trust(program: Program) -> dict[str, Any]:
    role = program.one("aws:iam/role:Role")
    assert role.inputs["name"] == "ProducerWorkflowRole"
    (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
    return statement


def test_the_role_trusts_one_role_of_the_central_account(producer: Program) -> None:
    assert trust(producer) == {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::123456789012:root"},
        "Action": "sts:AssumeRole",
        "Condition": {
            "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/LakeshareNotifier"},
            "StringEquals": {"sts:ExternalId": "one-secret"},
        },
    }


@pytest.mark.parametrize("without", [{"externalId": ""}, None])
def test_without_an_external_id_the_role_is_still_narrowed(without: dict[str, str] | None) -> None:
    config = {key: value for key, value in PRODUCER.items() if key != "externalId"}
    assert trust(run({**config, **(without or {})}))["Condition"] == {
        "ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/LakeshareNotifier"}
    }


def test_an_encrypted_external_id_stays_secret(producer: Program) -> None:
    assert "assumeRolePolicy" not in producer.one("aws:iam/role:Role").secrets
    program = run(PRODUCER, secret=("externalId",))
    assert program.one("aws:iam/role:Role").secrets == {"assumeRolePolicy"}
    assert trust(program) == trust(producer)


def test_the_topic_is_encrypted_with_the_key_that_needs_no_permission(producer: Program) -> None:
    assert producer.one("aws:sns/topic:Topic").inputs == {
        "kmsMasterKeyId": "alias/aws/sns",
        "name": "DataLakeSharingApproval",
    }


def test_every_approver_is_subscribed_under_a_name_of_their_own(producer: Program) -> None:
    subscriptions = {made.name: made.inputs for made in producer.of("aws:sns/topicSubscription:TopicSubscription")}
    topic = producer.outputs["ApprovalSnsTopicArn"]
    assert subscriptions == {
        "lakeshare-approver-jane@example.org": {"topic": topic, "protocol": "email", "endpoint": "jane@example.org"},
        "lakeshare-approver-joe@example.org": {"topic": topic, "protocol": "email", "endpoint": "Joe@example.org"},
    }


def test_an_approver_less_changes_nobody_else() -> None:
    program = run({**PRODUCER, "approverEmails": ["Joe@example.org"]})
    assert program.one("aws:sns/topicSubscription:TopicSubscription").name == "lakeshare-approver-joe@example.org"


@pytest.mark.parametrize(
    ("region", "partition"),
    [
        *(("eu-central-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")),
        *(("eusc-de-east-1", "aws-eusc"), ("us-iso-east-1", "aws-iso"), ("us-isob-east-1", "aws-iso-b")),
        *(("eu-isoe-west-1", "aws-iso-e"), ("us-isof-south-1", "aws-iso-f")),
    ],
)
def test_what_is_adopted_is_imported(region: str, partition: str) -> None:
    program = run({**PRODUCER, "adopt": True}, partition=partition, raw={"aws:region": region})
    assert {made.name: made.imported for made in program.resources if made.imported} == {
        "lakeshare-topic": f"arn:{partition}:sns:{region}:111111111111:DataLakeSharingApproval",
        "lakeshare-role": "ProducerWorkflowRole",
    }
    assert program.outputs["ApprovalSnsTopicArn"].startswith(f"arn:{partition}:sns:")


def test_nothing_is_imported_otherwise(producer: Program) -> None:
    assert not [made for made in producer.resources if made.imported]
