"""No policy that the program can render reaches into everybody's account, or lets another's service act in ours.

Every config that changes policies is rendered, in two partitions: what the meshes ran with is a part of it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.components.conftest import CENTRAL, CONSUMER, PORTAL, PRODUCER
from tests.components.program import CENTRAL_ACCOUNT, Made, Program, run
from tests.proof.conftest import Figure

_PRODUCERS = [{"accountId": f"{number:012d}", "externalId": f"secret-{number}"} for number in range(1, 501)]
_DIRECTORY = {"name": "Directory", "samlMetadataUrl": "https://id.example.org/metadata.xml"}
_USERS = [{"username": "alex", "email": "alex@consumer.example"}]

CONFIGS: Mapping[str, Mapping[str, object]] = {
    "central": CENTRAL,
    "central, bare": {"role": "central", "accountId": CENTRAL_ACCOUNT, "consumerAccounts": "any"},
    "central, without producers": {**CENTRAL, "producers": []},
    "central, 500 producers": {**CENTRAL, "producers": _PRODUCERS},
    "central, wildcards": {**CENTRAL, "wildcardOnApproval": True},
    "central, grants": {**CENTRAL, "manageLakeFormationGrants": True, "databases": ["retail", "amazon"]},
    "central, kits": {**CENTRAL, "consumerKits": ["999999999999"]},
    "portal": PORTAL,
    "portal, kits": {**PORTAL, "consumerKits": ["999999999999"]},
    "portal, grants": {**PORTAL, "manageLakeFormationGrants": True},
    "portal, identity pool": {**PORTAL, "portalIdentityPool": True},
    "portal, direct start": {**PORTAL, "portalIdentityPool": True, "portalDirectStart": True},
    "portal, without auditors": {**PORTAL, "portalAuditorsGroup": "", "portalUsers": _USERS},
    "portal, a directory": {**PORTAL, "portalIdentityProvider": _DIRECTORY, "portalMfa": "off"},
    "consumer": CONSUMER,
    "consumer, without roles": {**CONSUMER, "allowedRoles": []},
    "producer": PRODUCER,
    "producer, without external id": {name: value for name, value in PRODUCER.items() if name != "externalId"},
    "producer, adopting": {**PRODUCER, "adopt": True},
}
SERVICES_WITH_SOURCE = {"states.amazonaws.com"}
"""Services that say on whose behalf they act when they take a role.

Lambda is not among them: its documentation does not say so, and a role can be passed to a function of its own account
only."""

_ARN = re.compile(r"^arn:(?P<partition>[^:]*):(?P<service>[^:]*):(?P<region>[^:]*):(?P<account>[^:]*):(?P<rest>.+)$")
_NO_ACCOUNT = {"s3"}
"""Services whose ARNs have none: a bucket's name is one of a kind."""


@pytest.fixture(scope="module", params=["aws", "aws-us-gov"])
def programs(request: pytest.FixtureRequest) -> dict[str, Program]:
    partition = request.param
    more = {} if partition == "aws" else {"catalogKmsKeyArn": "", "opsTopicArn": ""}
    return {
        name: run({**config, **(more if config["role"] == "central" else {})}, partition=partition)
        for name, config in CONFIGS.items()
    }


def documents(program: Program) -> Iterator[tuple[Made, dict[str, Any]]]:
    """Every policy: of roles, their trust, of buckets, topics, whatever has one."""
    for made in program.resources:
        for field in ("policy", "assumeRolePolicy"):
            if isinstance(made.inputs.get(field), str):
                yield made, json.loads(made.inputs[field])


def permissions(programs: dict[str, Program]) -> Iterator[tuple[str, Made, dict[str, Any]]]:
    """Every statement that allows something, with the config and the resource that it comes from."""
    for config, program in programs.items():
        for made, document in documents(program):
            yield from ((config, made, each) for each in document["Statement"] if each["Effect"] == "Allow")


def arns(value: Any) -> Iterator[str]:
    """All ARNs in a value, however deep, those in texts of JSON too."""
    match value:
        case str():
            yield from (found for found in re.findall(r'arn:[\w-]*:[^\s"\']+', value) if found)
        case dict():
            yield from (arn for each in value.values() for arn in arns(each))
        case list():
            yield from (arn for each in value for arn in arns(each))


def test_no_arn_of_any_policy_leaves_its_account_open(programs: dict[str, Program], figure: Figure) -> None:
    seen: set[str] = set()
    policies = 0
    for config, program in programs.items():
        for made, document in documents(program):
            policies += 1
            for arn in arns(document):
                parts = _ARN.match(arn)
                assert parts, (config, made.name, arn)
                assert "*" not in parts["partition"] + parts["service"] + parts["region"], (config, made.name, arn)
                open_ = parts["account"] not in {"aws"} and not re.fullmatch(r"\d{12}", parts["account"])
                assert not open_ or parts["service"] in _NO_ACCOUNT, (config, made.name, arn)
                seen.add(arn)
    figure(f"policies rendered of {len(programs)} configs", policies)
    figure(f"different ARNs in these {policies}, none of an open account", len(seen))


def test_no_permission_is_of_every_action_or_for_everybody(programs: dict[str, Program]) -> None:
    for config, made, statement in permissions(programs):
        assert "*" not in json.dumps(statement["Action"]), (config, made.name)
        assert not {"NotAction", "NotResource", "NotPrincipal"} & set(statement), (config, made.name)
        assert "*" not in json.dumps(statement.get("Principal", {})), (config, made.name)


def test_who_may_take_a_role_is_narrowed_down(programs: dict[str, Program], figure: Figure) -> None:
    trusts = 0
    for config, program in programs.items():
        account = str(CONFIGS[config]["accountId"])
        for role in program.of("aws:iam/role:Role"):
            trusts += 1
            (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
            conditions = statement.get("Condition", {})
            ((kind, who),) = statement["Principal"].items()
            match kind:
                case "Service" if who in SERVICES_WITH_SOURCE:
                    assert conditions == {"StringEquals": {"aws:SourceAccount": account}}
                case "Service":
                    assert (who, conditions) == ("lambda.amazonaws.com", {})
                case "Federated":
                    assert conditions["StringEquals"]["cognito-identity.amazonaws.com:aud"]
                    assert conditions["ForAnyValue:StringLike"] == {
                        "cognito-identity.amazonaws.com:amr": "authenticated"
                    }
                case _:
                    central = CONFIGS[config]["centralAccountId"]
                    assert re.fullmatch(rf"arn:[\w-]+:iam::{central}:root", who)
                    notifier = conditions["ArnEquals"]["aws:PrincipalArn"]
                    assert re.fullmatch(rf"arn:[\w-]+:iam::{central}:role/LakeshareNotifier", notifier)
                    wanted = CONFIGS[config].get("externalId")
                    assert conditions.get("StringEquals", {}).get("sts:ExternalId") == wanted
    figure(f"trust policies of {len(programs)} configs, each narrowed down", trusts)


def test_services_may_call_functions_for_one_thing_of_this_account_only(
    programs: dict[str, Program], figure: Figure
) -> None:
    calls = 0
    for config, program in programs.items():
        for made in program.of("aws:lambda/permission:Permission"):
            calls += 1
            if config.startswith("consumer"):
                # The one account that a kit takes orders from.
                assert made.inputs["principal"].split(":")[4:] == [CONFIGS[config]["centralAccountId"], "root"]
                continue
            assert made.inputs["principal"].endswith(".amazonaws.com"), (config, made.name)
            assert is_one_of(CONFIGS[config]["accountId"], made.inputs["sourceArn"]), (config, made.name)
    figure(f"permissions to call a function in {len(programs)} configs, each for one source", calls)


def test_buckets_and_topics_let_a_service_in_for_one_source_only(programs: dict[str, Program], figure: Figure) -> None:
    let_in = 0
    for config, made, statement in permissions(programs):
        if made.type != "aws:iam/role:Role" and "Service" in statement.get("Principal", {}):
            let_in += 1
            source = statement["Condition"]["StringEquals"]["AWS:SourceArn"]
            assert is_one_of(CONFIGS[config]["accountId"], source), (config, made.name)
    assert let_in
    figure(f"services let into buckets in {len(programs)} configs, each for one source", let_in)


def is_one_of(account: object, arn: str) -> bool:
    """Whether an ARN is that of one thing, or of what belongs to one thing, in an account."""
    parts = _ARN.match(arn)
    return parts is not None and parts["account"] == account and parts["rest"].split("/")[0].strip("*") != ""
