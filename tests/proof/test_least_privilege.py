"""Every role may do what it does, and does all that it may: by the record of every AWS call of the tests.

The record is that of the last `make test test-long`, if it was of this very code; else the suites run here once more.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.components.program import Program, run
from tests.proof.conftest import Figure
from tests.proof.permissions import privileges
from tests.proof.permissions.evaluator import allows, moto_allows, trusts
from tests.proof.permissions.privileges import Permission, Role
from tests.proof.test_rendered_policies import CONFIGS
from tests.workflow import evidence
from tests.workflow.driver import CENTRAL
from tests.workflow.running import ROOT

KEPT = tuple(ROOT / ".build" / "evidence" / each for each in ("test", "long"))
SUITES = ("tests/workflow", "tests/portal")
SUITES_SECONDS = 1500
LAST_RUN = "that of the last `make test test-long`, which was of this very code"
pytestmark = pytest.mark.timeout(SUITES_SECONDS)

FREE = frozenset({"sts:GetCallerIdentity"})
"""What AWS lets everybody do, whatever the policies say."""
AWS_ITSELF: Mapping[str, str] = {
    "xray:PutTelemetryRecords": "Lambda and Step Functions send their traces in the role; the mesh has no X-Ray.",
    "xray:PutTraceSegments": "The same.",
    "xray:GetSamplingRules": "Step Functions asks which executions to trace; the mesh has no X-Ray.",
    "xray:GetSamplingTargets": "The same.",
    "logs:CreateLogDelivery": "Step Functions sets up the delivery of its log when the state machine is made.",
    "logs:DeleteLogDelivery": "The same, when the state machine is deleted.",
    "logs:DescribeLogGroups": "The same.",
    "logs:DescribeResourcePolicies": "The same: it lets the delivery service into the log group.",
    "logs:GetLogDelivery": "The same.",
    "logs:ListLogDeliveries": "The same.",
    "logs:PutResourcePolicy": "The same.",
    "logs:UpdateLogDelivery": "The same, when the logging is changed.",
    "kms:Decrypt": "Glue decrypts an encrypted catalogue in its caller's name; the mesh encrypts nothing.",
}
"""What AWS's services do in a role, so that no call of ours can show it."""

MANAGED = {
    "arn:aws:iam::aws:policy/AWSLakeFormationCrossAccountManager": "RAM shares what Lake Formation grants to another "
    "account, and Glue's resource policy lets that account in; Lake Formation does both in Grant's role, "
    "and undoes both in Revoke's."
}
"""Policies that AWS keeps, and why a role has them."""

LAKESHARES = tuple(f"arn:aws:iam::{CENTRAL}:role/{name}" for name in ("LakeshareNotifier", "lakeshare-"))
"""How the ARNs of the central account's own roles begin."""

_FUNCTIONS = (
    "LakeshareNotifier",
    *(
        f"lakeshare-{name}-role"
        for name in (
            *(
                "classify",
                "close",
                "decide",
                "deliver",
                "drift",
                "grant",
                "request-approval-waits",
                "revoke",
                "survey",
                "sweep",
            ),
        )
    ),
)
_OF_PORTAL = tuple(
    f"lakeshare-portal-{name}-role"
    for name in ("requests-api", "shares-api", "decide-signed-in", "catalogue-api", "index-catalogue", "findings-api")
)
_TABLE_ACTIONS = (
    "BatchGetItem",
    "ConditionCheckItem",
    "DeleteItem",
    "DescribeTable",
    "GetItem",
    "PutItem",
    "Query",
    "Scan",
    "UpdateItem",
)
_BROWSER_ACTIONS = (
    *("cognito-idp:ListUsers", "dynamodb:Scan", "glue:DeleteDatabase", "glue:DeleteTable"),
    *("lakeformation:ListPermissions", "states:DeleteStateMachine", "states:GetExecutionHistory"),
    "states:StopExecution",
)
PROVOKED: tuple[tuple[str, tuple[str, ...]], ...] = (
    # tests/workflow/test_confused_deputy.py
    ("sts:AssumeRole", (*_FUNCTIONS, "lakeshare-sharing-role", "lakeshare-revoking-role")),
    # tests/workflow/test_delivery_hostile.py
    ("lambda:InvokeFunction", tuple(f"lakeshare-{each}-role" for each in ("grant", "revoke", "sweep"))),
    ("ram:AcceptResourceShareInvitation", ("LakeshareConsumerKit",)),
    # tests/portal/test_kits.py: of a role that is not there nobody knows the path
    ("iam:GetRole", ("LakeshareConsumerKit",)),
    # tests/workflow/test_item_kinds.py, tests/workflow/test_delivering.py, tests/portal/test_item_kinds.py
    *((f"dynamodb:{action}", (*_FUNCTIONS, *_OF_PORTAL)) for action in _TABLE_ACTIONS),
    # tests/portal/test_browser_role.py
    *((action, ("lakeshare-portal-identity-role",)) for action in _BROWSER_ACTIONS),
)
"""Refusals that tests provoke: which actions, of which roles."""

UNPROVOKED = {
    "cognito-identity.amazonaws.com:amr": "Cognito gives guests of an identity pool nothing where guests are switched "
    "off, as here; the mesh knows no guests who could try."
}
"""Conditions of which no test can show that somebody fails them, and why."""


@pytest.fixture(scope="module")
def source() -> str:
    """Where the record comes from."""
    if all(map(evidence.is_of_this_code, KEPT)):
        return LAST_RUN
    return "made now, by running the suites: `make test test-long` left none of this very code"


@pytest.fixture(scope="module")
def recorded(source: str) -> Iterator[list[evidence.Evidence]]:
    """The evidence of all meshes of the suites."""
    if source == LAST_RUN:
        yield [each for folder in KEPT for each in evidence.read(folder)]
        return
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist", "loadfile", *SUITES]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        suites = subprocess.run(
            command, cwd=ROOT, env={**environment, evidence.FOLDER: folder}, capture_output=True, text=True, check=False
        )
        assert suites.returncode == 0, suites.stdout[-4000:]
        yield evidence.read(Path(folder))


@pytest.fixture(scope="module")
def roles(recorded: list[evidence.Evidence]) -> list[Role]:
    """All roles of all meshes."""
    assert recorded, "no mesh left evidence"
    return [role for mesh in recorded for role in privileges.roles_of(mesh)]


@pytest.fixture(scope="module")
def ours(roles: list[Role]) -> list[Role]:
    """Those that the program made."""
    return [role for role in roles if role.ours]


def named(roles: list[Role], name: str) -> Iterator[Role]:
    """The roles that are called so, one of each mesh."""
    return (role for role in roles if role.name == name)


def test_the_record_is_of_every_role(
    source: str, recorded: list[evidence.Evidence], ours: list[Role], figure: Figure
) -> None:
    figure("the record", source)
    names = {
        "classify",
        "request-approval-waits",
        "decide",
        "deliver",
        "grant",
        "close",
        "revoke",
        "sweep",
        "survey",
        "drift",
        "sharing",
        "revoking",
    }
    if (ROOT / "portal" / "dist" / "index.html").is_file():
        names |= {
            "portal-requests-api",
            "portal-shares-api",
            "portal-decide-signed-in",
            "portal-catalogue-api",
            "portal-index-catalogue",
            "portal-findings-api",
            "portal-identity",
        }
    expected = {f"lakeshare-{name}-role" for name in names} | {"LakeshareNotifier", "ProducerWorkflowRole"}
    expected.add("LakeshareConsumerKit")
    assert {role.name for role in ours} == {role.name for role in ours if role.calls} == expected
    assert [name for mesh in recorded for name in privileges.recorded_without_policies(mesh)] == []
    figure("meshes on record", len(recorded))
    figure("roles of the program", len(expected))
    figure("roles of all meshes", len(ours))


def test_every_call_is_allowed_by_the_rendered_policies(roles: list[Role], figure: Figure) -> None:
    wrong, calls = [], 0
    for role in roles:
        documents = list(role.policies.values())
        for call in role.calls:
            calls += call.count
            context = {**role.context, **call.context}
            mine = call.action in FREE or allows(documents, call.action, call.resource, context)
            motos = call.action in FREE or moto_allows(documents, call.action, call.resource, context)
            if not (mine == motos == call.allowed):
                wrong.append(f"{role.arn} {call}: evaluated {mine}, by moto {motos}")
    assert wrong == []
    figure("calls, each evaluated twice more", calls)
    figure("different calls", sum(len(role.calls) for role in roles))


def test_nothing_was_refused_but_what_tests_provoke(ours: list[Role], figure: Figure) -> None:
    refused = {(role.name, call.action) for role in ours for call in role.calls if not call.allowed}
    assert refused <= {(role, action) for action, names in PROVOKED for role in names}
    figure("kinds of calls refused, all provoked by tests", len(refused))


def test_every_permission_is_needed(ours: list[Role], figure: Figure) -> None:
    """Take any single one out, and a recorded call is refused.

    One is an action, one of the resources that it is on, and there one of the kinds of items.
    """
    allowed: dict[Permission, list[Role]] = {}
    for role in ours:
        for permission in set(privileges.permissions(role)):
            allowed.setdefault(permission, []).append(role)
    not_ours = {permission for permission in allowed if permission.action in AWS_ITSELF}
    idle = [
        permission
        for permission, several in sorted(allowed.items())
        if permission not in not_ours and not any(privileges.is_missed(role, permission) for role in several)
    ]
    assert idle == [], "allowed, and no test would miss it"
    actions = {(permission.role, permission.action) for permission in allowed if permission not in not_ours}
    for name, action in sorted(actions):
        whole = Permission(name, action, "")
        assert any(privileges.is_missed(role, whole, everywhere=True) for role in named(ours, name)), whole
    used_by_aws = {(permission.role, permission.action) for permission in not_ours}
    figure("actions taken out one by one (role and action), each missed", len(actions))
    figure("resources taken out one by one (role, action and pattern), each missed", len(allowed) - len(not_ours))
    figure("of these kinds of items in a table", sum(permission.keys != "" for permission in allowed))
    figure("actions that AWS itself uses, listed with a reason", len(used_by_aws))


def test_every_permission_for_a_kind_of_items_is_for_no_other(ours: list[Role], figure: Figure) -> None:
    """Without the kind, a call that was refused would be allowed."""
    narrowed = {permission for role in ours for permission in privileges.permissions(role) if permission.keys}
    assert narrowed
    for permission in sorted(narrowed):
        assert any(privileges.keeps_out(role, permission) for role in named(ours, permission.role)), permission
    figure("permissions for a kind of items opened to all, each with a call that then gets through", len(narrowed))


def test_policies_that_aws_keeps_are_explained(ours: list[Role]) -> None:
    attached = {(role.name, name) for role in ours for name in set(role.policies) - set(role.own)}
    assert attached == {(role, name) for name in MANAGED for role in ("lakeshare-grant-role", "lakeshare-revoke-role")}


def test_what_other_configs_allow_is_on_record_too(ours: list[Role], figure: Figure) -> None:
    """The meshes ran with some configs only: of all that change policies, none allows what none of them did."""
    recorded = {(each.role, each.action) for role in ours for each in privileges.permissions(role)}
    names = {role.name for role in ours}
    configs = (config for name, config in CONFIGS.items() if "500" not in name)
    rendered = {pair for config in configs for pair in allowed_by(run(config), names)}
    more = {(role, action) for role, action in rendered - recorded if action not in AWS_ITSELF}
    assert more == set()
    assert {action for _, action in rendered} >= set(AWS_ITSELF), "what is not allowed any more needs no reason"
    figure("actions (role and action) in all configs that change policies", len(rendered))


def allowed_by(program: Program, names: set[str]) -> Iterator[tuple[str, str]]:
    """The roles and actions that the program renders; of roles that ran on no mesh, as no page was built, none."""
    attached = {
        made.inputs["policyArn"].rpartition("/")[2]: made.inputs["role"]
        for made in program.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    }
    for made in (*program.of("aws:iam/rolePolicy:RolePolicy"), *program.of("aws:iam/policy:Policy")):
        role = made.inputs.get("role") or attached[made.name]
        if role in names:
            for statement in json.loads(made.inputs["policy"])["Statement"]:
                yield from ((role, action) for action in statement["Action"])


def test_roles_let_in_whom_they_are_for_and_nobody_else(roles: list[Role], figure: Figure) -> None:
    wrong, takings = [], 0
    for role in roles:
        for taking in role.takings:
            takings += taking.count
            if trusts(role.trust, taking.principals, taking.action, taking.context) != taking.trusted:
                wrong.append(f"{role.arn}: {taking}")
    assert wrong == []
    figure("attempts to take a role, each evaluated once more", takings)


def test_every_condition_of_a_trust_policy_is_needed(ours: list[Role], figure: Figure) -> None:
    """Without it, somebody who was turned away gets in; with another value, whoever was let in does not."""
    wanted = {condition for role in ours for condition in privileges.conditions(role)}
    for condition in sorted(wanted):
        its = list(named(ours, condition.role))
        assert any(privileges.locks_everybody_out(role, condition) for role in its), condition
        missed = any(privileges.lets_strangers_in(role, condition) for role in its)
        assert missed != (condition.key in UNPROVOKED), condition
    figure("conditions of trust policies changed one by one, each missed", len(wanted))
    figure("of these taken out, and a stranger gets in", len(wanted) - len(UNPROVOKED))


def test_no_role_of_an_unregistered_owner_was_taken(recorded: list[evidence.Evidence], figure: Figure) -> None:
    """By the record of all tests: where a role was assumed, its ARN stands in the notifier's policies."""
    assumed = 0
    for mesh in recorded:
        registered = {
            resource
            for role in privileges.roles_of(mesh)
            if role.name == "LakeshareNotifier" and role.ours
            for document in role.own.values()
            for statement in document["Statement"]
            if "sts:AssumeRole" in statement["Action"]
            for resource in statement["Resource"]
        }
        by_us = [
            each
            for each in mesh["checks"]
            if each["action"] == "sts:AssumeRole" and each["allowed"] and each["role"].startswith(LAKESHARES)
        ]
        assert {each["resource"] for each in by_us} <= registered
        assumed += sum(each["count"] for each in by_us)
    figure("times that Lakeshare took a producer's role, always a registered one's", assumed)
