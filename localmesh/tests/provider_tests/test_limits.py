"""What the values of properties may be: for every property of every type, and told all at once where they are not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
import regex

from localmesh.provider import AwsProvider, CheckFailedError
from localmesh.provider.constraints import Free, Rule, rule_for
from localmesh.provider.limits import COMMON, LIMITS
from localmesh.provider.resource import Fields
from localmesh.provider.services import TYPES
from localmesh.provider.values import UNKNOWN
from provider_tests.cases import archive, trust

FUNCTION = "aws:lambda/function:Function"
ROLE_ARN = "arn:aws:iam::123456789012:role/r"
LAMBDA = {"code": archive(a="1"), "handler": "a.b", "role": ROLE_ARN, "runtime": "python3.13"}


def _leaves(names: Fields, prefix: str) -> Iterator[str]:
    for name, inside in names.items():
        yield from _leaves(inside, f"{prefix}{name}.") if inside else (f"{prefix}{name}",)


def _properties(token: str) -> Iterator[str]:
    for name, what in TYPES[token].inputs.items():
        yield from _leaves(what.fields, f"{name}.") if what.fields else (name,)


def test_every_type_has_its_limits() -> None:
    assert LIMITS.keys() == TYPES.keys()


@pytest.mark.parametrize("token", sorted(TYPES))
def test_every_property_is_constrained_or_free_for_a_reason(token: str) -> None:
    for path in _properties(token):
        # Of a map whose keys are the program's, the values are.
        found = rule_for(LIMITS[token], path) or rule_for(LIMITS[token], f"{path}.anything")
        assert found is not None, f"{path}: no constraint, nor a reason why there is none"
        if isinstance(found, Free):
            assert found.reason
        else:
            assert found.constrains, f"{path}: {found.source} says nothing of it: write a rule, or why it is free"
            regex.compile(found.pattern)


@pytest.mark.parametrize("token", sorted(LIMITS))
def test_no_limit_is_of_a_property_that_there_is_not(token: str) -> None:
    known = [f"{path}." for path in _properties(token)]
    for own in LIMITS[token].own:
        way = own.removesuffix("*").rstrip(".") + "."
        assert any(path.startswith(way) or way.startswith(path) for path in known), own


def test_what_all_types_take() -> None:
    for name in ("tags.anything", "region"):
        assert isinstance(rule_for(COMMON, name), Rule)


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    (
        "aws:cloudwatch/dashboard:Dashboard",
        {"dashboardName": "shop-prod.eu", "dashboardBody": "{}"},
        "expected value of dashboardName to match regular expression [0-9A-Za-z_-]+, got shop-prod.eu",
    ),
    (
        "aws:cloudwatch/dashboard:Dashboard",
        {"dashboardName": "a", "dashboardBody": "widgets"},
        "expected dashboardBody to be a JSON object, got widgets",
    ),
    (
        "aws:lambda/layerVersion:LayerVersion",
        {"code": archive(a="1"), "layerName": "prod.eu"},
        "expected value of layerName to match regular expression [0-9A-Za-z_-]{1,140}, got prod.eu",
    ),
    (FUNCTION, {**LAMBDA, "timeout": 901}, "expected timeout to be in the range (1 - 900), got 901"),
    (FUNCTION, {**LAMBDA, "memorySize": 64}, "expected memorySize to be in the range (128 - 10240), got 64"),
    (FUNCTION, {**LAMBDA, "memorySize": "256"}, "expected type of memorySize to be number, got 256"),
    (FUNCTION, {**LAMBDA, "runtime": "python2.6"}, "expected runtime to be one of"),
    (FUNCTION, {**LAMBDA, "name": "a b"}, "expected value of name to match"),
    (FUNCTION, {**LAMBDA, "name": "a" * 65}, "expected length of name to be in the range (1 - 64), got aaa"),
    (FUNCTION, {**LAMBDA, "description": "d" * 257}, "expected length of description to be in the range (0 - 256)"),
    (
        FUNCTION,
        {**LAMBDA, "layers": ["arn:aws:lambda:us-east-1:123456789012:layer:a:1"] * 6},
        "expected number of items of layers to be in the range (0 - 5), got 6",
    ),
    (FUNCTION, {**LAMBDA, "tracingConfig": {"mode": "On"}}, "expected tracingConfig.mode to be one of"),
    (FUNCTION, {**LAMBDA, "layers": ["layer"]}, "expected value of layers[0] to match"),
    (FUNCTION, {**LAMBDA, "tags": {"team": "a;b"}}, "expected value of tags.team to match"),
    ("aws:cloudwatch/logGroup:LogGroup", {"retentionInDays": 42}, "expected retentionInDays to be one of [0 1 3 5 7"),
    (
        "aws:cloudwatch/eventRule:EventRule",
        {"scheduleExpression": "rate(1 minutes)"},
        "expected value of scheduleExpression to match",
    ),
    ("aws:sns/topic:Topic", {"name": "a.b"}, "expected value of name to match"),
    (
        "aws:iam/role:Role",
        {"assumeRolePolicy": trust("x" * 2048)},
        "expected length of assumeRolePolicy to be at most (2048), got ",
    ),
    (
        "aws:iam/role:Role",
        {"assumeRolePolicy": trust("a"), "name": "r" * 65},
        "expected length of name to be in the range (1 - 64)",
    ),
    ("aws:s3/bucket:Bucket", {"bucket": "Prod.EU"}, "expected value of bucket to match"),
    (
        "aws:lakeformation/permissions:Permissions",
        {"permissions": ["READ"], "principal": ROLE_ARN, "database": {"name": "shop"}},
        "expected permissions[0] to be one of [ALL SELECT",
    ),
    (
        "aws:cognito/userPool:UserPool",
        {"adminCreateUserConfig": {"inviteMessageTemplate": {"smsMessage": "Come in: {####}"}}},
        "expected value of adminCreateUserConfig.inviteMessageTemplate.smsMessage to match",
    ),
    (
        "aws:sfn/stateMachine:StateMachine",
        {"definition": "{}", "roleArn": ROLE_ARN, "name": "prod.eu"},
        "expected value of name to match",
    ),
    (
        "aws:dynamodb/table:Table",
        {"attributes": [{"name": "pk", "type": "String"}], "hashKey": "pk"},
        "expected attributes[0].type to be one of [S N B], got String",
    ),
]


@pytest.mark.parametrize(("token", "given", "reason"), REFUSED)
def test_what_the_plug_in_refuses(token: str, given: dict[str, Any], reason: str, provider: AwsProvider) -> None:
    with pytest.raises(CheckFailedError) as refusal:
        provider.check(token, "thing", given, seed=b"seed")
    (found,) = refusal.value.failures
    assert found[0] in given
    assert found[1].startswith(reason)


def test_all_of_it_at_once(provider: AwsProvider) -> None:
    given = {**LAMBDA, "timeout": 0, "memorySize": 1, "tracingConfig": {"mode": "On", "bogus": 1}}
    with pytest.raises(CheckFailedError) as refusal:
        provider.check(FUNCTION, "thing", {key: value for key, value in given.items() if key != "handler"})
    assert [name for name, _ in refusal.value.failures] == [
        *("tracingConfig", "handler"),  # what there is not, and what is missing
        *("memorySize", "timeout", "tracingConfig"),
    ]


def test_what_a_preview_does_not_know_yet_is_taken(provider: AwsProvider) -> None:
    given = {**LAMBDA, "role": UNKNOWN, "layers": [UNKNOWN], "environment": {"variables": {"A": UNKNOWN}}}
    assert provider.check(FUNCTION, "thing", given)["role"] == UNKNOWN


def test_a_policy_is_measured_without_spaces(provider: AwsProvider) -> None:
    spaced = json.dumps(json.loads(trust("lambda.amazonaws.com")), indent=400)
    assert len(spaced) > 2048
    provider.check("aws:iam/role:Role", "r", {"assumeRolePolicy": spaced})
