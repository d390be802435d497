"""What a deployer must be allowed: a row for each type that the program registers, within IAM's limits, and real."""

from __future__ import annotations

import json
import re

import parliament
import pytest

from localmesh.aws.policy import Verdict, parse, verdict
from tests.components.conftest import CENTRAL, PORTAL
from tests.components.program import Program, run
from tools import deployer_policy
from tools.deployer_actions import TABLE
from tools.deployer_policy import LIMIT, Place, policies, printed, size

HERE = Place("aws", "eu-central-1", "123456789012", "lakeshare")
ROLES = {"producer": "producer", "consumer": "consumer"}


@pytest.fixture(scope="module")
def everything() -> Program:
    """All types that a central stack can have."""
    provider = {"name": "Corp", "oidcIssuer": "https://id.example.org", "clientId": "a", "clientSecret": "b"}
    more = {"manageLakeFormationGrants": True, "portalIdentityPool": True, "portalIdentityProvider": provider}
    return run({**PORTAL, **more})


def types_of(program: Program) -> set[str]:
    return {made.type for made in program.resources}


def test_each_type_has_a_row_and_each_row_a_type(everything: Program, producer: Program, consumer: Program) -> None:
    registered = types_of(everything) | types_of(producer) | types_of(consumer)
    assert {one for one in registered if one.startswith("aws:")} == set(TABLE)


def test_a_type_without_a_row_is_an_error() -> None:
    with pytest.raises(LookupError, match="aws:sqs/queue:Queue"):
        policies({"aws:sqs/queue:Queue"}, HERE, "central")


@pytest.mark.parametrize("kind", ["central", "granting", "portal", "everything", "producer", "consumer"])
def test_they_are_such_as_iam_takes(kind: str, request: pytest.FixtureRequest) -> None:
    types = types_of(request.getfixturevalue(kind))
    made = policies(types, HERE, ROLES.get(kind, "central"))
    assert len(made) == (1 if kind in {"central", "producer", "consumer", "granting"} else 2)
    for document in made:
        assert size(document) <= LIMIT
        # Names of actions, and whether they are on resources of that kind. What the linter does not know yet: newer
        # actions than its list.
        found = {
            (one.issue, str(one.detail)) for one in parliament.analyze_policy_string(json.dumps(document)).findings
        }
        assert not found


@pytest.mark.parametrize("kind", ["everything", "producer", "consumer"])
def test_the_documents_show_them(kind: str, request: pytest.FixtureRequest) -> None:
    made = policies(types_of(request.getfixturevalue(kind)), HERE, ROLES.get(kind, "central"))
    shown = (deployer_policy.ROOT / "docs" / "deployer.md").read_text(encoding="utf-8")
    wanted = "\n".join(f"```json\n{printed(document)}\n```" for document in made)
    assert wanted in re.sub(r"\n\n(?=```json)", "\n", shown), wanted


def test_passing_roles_and_widest_resources(everything: Program) -> None:
    statements = [one for policy in policies(types_of(everything), HERE, "central") for one in policy["Statement"]]
    passing = [one for one in statements if "iam:PassRole" in one["Action"]]
    assert {one["Condition"]["StringEquals"]["iam:PassedToService"].partition(".")[0] for one in passing} == {
        *("lambda", "states", "cognito-identity")
    }
    for one in statements:
        if one["Resource"] == ["*"]:
            assert not [action for action in one["Action"] if re.match(r"(iam|dynamodb|events):", action)]
    documents = [parse(json.dumps({"Statement": statements}))]
    for action, resource in (
        ("iam:PassRole", "arn:aws:iam::123456789012:role/lakeshare-x"),  # to no service that is not named
        ("iam:CreateRole", "arn:aws:iam::123456789012:role/Admin"),
        ("dynamodb:DeleteTable", "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"),
        ("iam:CreateUser", "arn:aws:iam::123456789012:user/x"),
    ):
        assert verdict(documents, action, resource, {}) is not Verdict.ALLOWED


def test_of_a_consumers_catalogue_only_the_database_of_links(consumer: Program) -> None:
    (policy,) = policies(types_of(consumer), HERE, "consumer")
    catalogue = "arn:aws:glue:eu-central-1:123456789012"
    for named, allowed in (("lakeshare", True), ("sales", False)):
        found = verdict([parse(json.dumps(policy))], "glue:DeleteDatabase", f"{catalogue}:database/{named}", {})
        assert (found is Verdict.ALLOWED) == allowed


def test_the_command_knows_the_types_of_a_stack_file(central: Program) -> None:
    config = {"aws:region": "eu-central-1", **{f"lakeshare:{key}": value for key, value in CENTRAL.items()}}
    assert deployer_policy.of_stack("test", config) == policies(types_of(central), HERE, "central")
    elsewhere = re.sub(r"[a-z]{2}-[a-z]+-1", "eusc-de-east-1", json.dumps(config)).replace("arn:aws:", "arn:aws-eusc:")
    made = deployer_policy.of_stack("test", json.loads(elsewhere))
    assert "arn:aws-eusc:iam::123456789012:role/lakeshare-*" in json.dumps(made)
