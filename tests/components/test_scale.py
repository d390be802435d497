"""Hundreds of producers: everything stays within what AWS takes, and the last producer is served like the first."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from components.policies import ASSUMED_ROLES_PER_POLICY
from settings.producers import MAX_PRODUCERS
from tests.components.conftest import CENTRAL
from tests.components.program import Made, Program, run

MANAGED_POLICY_CHARACTERS = 6_144
MANAGED_POLICIES_PER_ROLE = 10
INLINE_POLICY_CHARACTERS = 10_240
ENVIRONMENT_BYTES = 4_096


def many(count: int) -> dict[str, object]:
    producers = [
        {
            "accountId": f"{number:012d}",
            "externalId": f"external-id-of-{number}",
            "name": f"Producer number {number}",
            "databases": [f"database_{number}", f"prefix_{number}_*"],
        }
        for number in range(1, count + 1)
    ]
    return {**CENTRAL, "producers": producers}


@pytest.fixture(scope="module")
def crowded() -> Program:
    return run(many(500))


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov"])
def test_policies_stay_within_their_limits(partition: str) -> None:
    config = {**many(MAX_PRODUCERS), "catalogKmsKeyArn": "", "opsTopicArn": ""}
    program = run(config, partition=partition)
    for made in program.of("aws:iam/policy:Policy"):
        assert len(made.inputs["policy"]) <= MANAGED_POLICY_CHARACTERS, made.name
    for made in program.of("aws:iam/rolePolicy:RolePolicy"):
        assert len(made.inputs["policy"]) <= INLINE_POLICY_CHARACTERS, made.name
    attachments = program.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    per_role = Counter(made.inputs["role"] for made in attachments)
    # One is left for what an organization attaches to every role.
    assert max(per_role.values()) < MANAGED_POLICIES_PER_ROLE


def test_every_producer_can_be_reached_once(crowded: Program) -> None:
    policies = sorted(crowded.of("aws:iam/policy:Policy"), key=lambda made: made.name)
    roles = [arn for made in policies for arn in assumed(made)]
    assert roles == [f"arn:aws:iam::{number:012d}:role/ProducerWorkflowRole" for number in range(1, 501)]


def test_the_last_producer_is_known_to_the_functions(crowded: Program) -> None:
    for name in ("classify", "notify", "grant"):
        code = crowded.one("aws:lambda/function:Function", f"lakeshare-{name}-function").inputs["code"]
        parties = json.loads(code.assets["parties.json"].text)
        assert len(parties["producers"]) == 500
        assert parties["producers"][-1]["account_id"] == "000000000500"
        assert parties["producers"][-1]["databases"] == ["database_500", "prefix_500_*"]


def test_environments_stay_small(crowded: Program) -> None:
    for made in crowded.of("aws:lambda/function:Function"):
        variables = made.inputs["environment"]["variables"]
        assert sum(len(key) + len(value) for key, value in variables.items()) < ENVIRONMENT_BYTES / 2


def test_a_producer_added_at_the_end_changes_the_last_policy_only(crowded: Program) -> None:
    before = {made.name: made.inputs["policy"] for made in crowded.of("aws:iam/policy:Policy")}
    after = {made.name: made.inputs["policy"] for made in run(many(501)).of("aws:iam/policy:Policy")}
    assert [name for name in after if after[name] != before.get(name)] == [
        f"lakeshare-notify-assume-{500 // ASSUMED_ROLES_PER_POLICY + 1}"
    ]


def test_without_producers_nobody_can_be_assumed() -> None:
    assert not run({**CENTRAL, "producers": []}).of("aws:iam/policy:Policy")


def assumed(made: Made) -> list[str]:
    (statement,) = json.loads(made.inputs["policy"])["Statement"]
    assert statement["Action"] == ["sts:AssumeRole"]
    return statement["Resource"]
