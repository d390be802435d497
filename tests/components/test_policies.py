"""What every role may do, to the letter."""

from __future__ import annotations

import json
from typing import Any

import parliament
import pytest

from components.policies import WILDCARDS
from tests.components.program import Made, Program

HERE = "eu-central-1:123456789012"
TABLE = f"arn:aws:dynamodb:{HERE}:table/lakeshare-register-table"
VAULT = f"arn:aws:dynamodb:{HERE}:table/lakeshare-vault-table"
BUS = f"arn:aws:events:{HERE}:event-bus/default"
MACHINE = f"arn:aws:states:{HERE}:stateMachine:lakeshare-sharing-machine"
EXECUTIONS = f"arn:aws:states:{HERE}:execution:lakeshare-sharing-machine:*"
CATALOGUE = [f"arn:aws:glue:{HERE}:{what}" for what in ("catalog", "database/*", "table/*/*")]
KEY = f"arn:aws:kms:{HERE}:key/0a1b"

CHANGE = {"dynamodb:GetItem dynamodb:UpdateItem": [TABLE]}
GLUE = {"glue:GetDatabase": CATALOGUE[:2], "glue:GetTable glue:GetTables": CATALOGUE}
BROWSE = {"glue:GetDatabase glue:GetDatabases": CATALOGUE[:2], "glue:GetTable glue:GetTables": CATALOGUE}
EVENTS = {"events:PutEvents": [BUS]}
DECRYPT = {"kms:Decrypt": [KEY]}

POLICIES: dict[str, dict[str, list[str]]] = {
    "lakeshare-classify": {**CHANGE, **GLUE, "lakeformation:GetDataLakeSettings": ["*"], **EVENTS, **DECRYPT},
    "lakeshare-request-approval": {**CHANGE, "dynamodb:UpdateItem of approval#*": [VAULT], **EVENTS},
    "lakeshare-decide": {
        "dynamodb:GetItem": [TABLE],
        "dynamodb:GetItem dynamodb:UpdateItem of approval#*": [VAULT],
        "dynamodb:PutItem of decision#*": [VAULT],
        "states:SendTaskSuccess": [MACHINE],
        **EVENTS,
    },
    "lakeshare-grant": {
        **CHANGE,
        "dynamodb:GetItem of decision#*": [VAULT],
        **GLUE,
        "lakeformation:BatchGrantPermissions lakeformation:GrantPermissions": ["*"],
        **DECRYPT,
    },
    "lakeshare-close": {
        "dynamodb:UpdateItem": [TABLE],
        "dynamodb:UpdateItem of approval#*": [VAULT],
        "dynamodb:GetItem of decision#*": [VAULT],
        **EVENTS,
    },
    "lakeshare-sweep": {
        "dynamodb:BatchGetItem": [TABLE],
        "dynamodb:Query": [f"{TABLE}/index/by_status", f"{TABLE}/index/by_announcement"],
        "states:ListExecutions": [MACHINE],
        "states:DescribeExecution": [EXECUTIONS],
        "lambda:InvokeFunction": [f"arn:aws:lambda:{HERE}:function:lakeshare-close-function"],
    },
    "lakeshare-portal-requests-api": {
        **CHANGE,
        "dynamodb:Query": [f"{TABLE}/index/{index}" for index in ("by_requester", "by_consumer", "by_status")],
        "states:ListExecutions states:StartExecution": [MACHINE],
        "states:DescribeExecution": [EXECUTIONS],
        "cognito-idp:AdminGetUser": [f"arn:aws:cognito-idp:{HERE}:userpool/lakeshare-portal-sign-in-users"],
    },
    "lakeshare-portal-catalogue-api": {**BROWSE, "lakeformation:GetDataLakeSettings": ["*"], **DECRYPT},
}
"""By function: actions, then the resources they are allowed on. Logging and tracing come on top."""

MACHINE_POLICY = {
    "lambda:InvokeFunction": [
        f"arn:aws:lambda:{HERE}:function:lakeshare-{name}-function"
        for name in ("classify", "request-approval", "grant", "close")
    ],
    "logs:CreateLogDelivery logs:DeleteLogDelivery logs:DescribeLogGroups logs:DescribeResourcePolicies "
    "logs:GetLogDelivery logs:ListLogDeliveries logs:PutResourcePolicy logs:UpdateLogDelivery": ["*"],
    "xray:GetSamplingRules xray:GetSamplingTargets xray:PutTelemetryRecords xray:PutTraceSegments": ["*"],
}

POLICY_TYPES = ("aws:iam/policy:Policy", "aws:iam/rolePolicy:RolePolicy")

EXPLAINED = {
    # The service evaluates it against the state machine's ARN (AWS's own documentation of task tokens), whatever the
    # table of actions says, from which the linter's data come.
    ("RESOURCE_MISMATCH", "states:SendTaskSuccess"),
    # It takes a state machine or a map run; the linter knows the latter only.
    ("RESOURCE_MISMATCH", "states:ListExecutions"),
    # It takes executions of Standard and of Express workflows; the linter knows the latter only.
    ("RESOURCE_MISMATCH", "states:DescribeExecution"),
}
"""The linter's findings that are wrong or known, each with its reason."""


def statements(made: Made) -> list[dict[str, Any]]:
    return json.loads(made.inputs["policy"])["Statement"]


def rendered(made: Made) -> dict[str, list[str]]:
    """A policy as a table: actions, in one text, with the kind of items if they are for one; and their resources."""
    table: dict[str, list[str]] = {}
    for statement in statements(made):
        assert statement["Effect"] == "Allow"
        assert set(statement) <= {"Sid", "Effect", "Action", "Resource", "Condition"}
        resources = statement["Resource"]
        actions = " ".join(statement["Action"])
        if "Condition" in statement:
            (kind,) = statement["Condition"]["ForAllValues:StringLike"]["dynamodb:LeadingKeys"]
            assert statement["Condition"] == {
                "ForAllValues:StringLike": {"dynamodb:LeadingKeys": [kind]},
                "Null": {"dynamodb:LeadingKeys": "false"},
            }
            actions += f" of {kind}"
        assert actions not in table, f"{made.name} says {actions} twice"
        table[actions] = [resources] if isinstance(resources, str) else resources
    return table


def documents(program: Program) -> dict[str, str]:
    """Every policy that the program renders, trust policies too."""
    found = {made.name: made.inputs["policy"] for made in program.resources if made.type in POLICY_TYPES}
    return found | {made.name: made.inputs["assumeRolePolicy"] for made in program.of("aws:iam/role:Role")}


@pytest.mark.parametrize("function", POLICIES)
def test_each_function_may_do_this_and_no_more(portal: Program, function: str) -> None:
    logs = f"arn:aws:logs:{HERE}:log-group:{function}-logs:*"
    assert rendered(portal.one("aws:iam/rolePolicy:RolePolicy", f"{function}-policy")) == {
        **POLICIES[function],
        "logs:CreateLogStream logs:PutLogEvents": [logs],
        "xray:PutTelemetryRecords xray:PutTraceSegments": ["*"],
    }


def test_the_state_machine_may_call_its_functions_log_and_trace(central: Program) -> None:
    assert rendered(central.one("aws:iam/rolePolicy:RolePolicy", "lakeshare-sharing-policy")) == MACHINE_POLICY


def test_the_notifier_assumes_registered_roles_by_name(central: Program) -> None:
    assert rendered(central.one("aws:iam/policy:Policy")) == {
        "sts:AssumeRole": [f"arn:aws:iam::{account}:role/ProducerWorkflowRole" for account in ("1" * 12, "2" * 12)]
    }


def test_managed_policies_are_attached_to_whom_they_are_for(central: Program) -> None:
    attached = {
        made.name: (made.inputs["role"], made.inputs["policyArn"])
        for made in central.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    }
    assert attached == {
        "lakeshare-grant-cross-account-attachment": (
            "lakeshare-grant-role",
            "arn:aws:iam::aws:policy/AWSLakeFormationCrossAccountManager",
        ),
        "lakeshare-request-approval-assume-1-attachment": (
            "LakeshareNotifier",
            "arn:aws:iam::123456789012:policy/lakeshare-request-approval-assume-1",
        ),
    }


def test_every_policy_belongs_to_the_role_beside_it(any_program: Program) -> None:
    roles = {made.name: made.inputs.get("name", made.name) for made in any_program.of("aws:iam/role:Role")}
    for made in any_program.of("aws:iam/rolePolicy:RolePolicy"):
        assert made.inputs["role"] == roles[made.name.removesuffix("-policy") + "-role"]
    assert len({made.inputs["role"] for made in any_program.of("aws:iam/rolePolicy:RolePolicy")}) == len(roles)


def test_the_producers_role_may_do_two_things_to_one_topic(producer: Program) -> None:
    assert rendered(producer.one("aws:iam/rolePolicy:RolePolicy")) == {
        "sns:ListSubscriptionsByTopic sns:Publish": ["arn:aws:sns:eu-central-1:111111111111:DataLakeSharingApproval"]
    }


def test_who_may_take_the_roles(portal: Program) -> None:
    for role in portal.of("aws:iam/role:Role"):
        (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        machine = role.name == "lakeshare-sharing-role"
        assert statement == {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com" if machine else "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
            **({"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}} if machine else {}),
        }


def test_no_wildcard_resource_without_a_reason(any_program: Program) -> None:
    for name, document in documents(any_program).items():
        for statement in json.loads(document)["Statement"]:
            resources = statement.get("Resource", [])
            if "*" in ([resources] if isinstance(resources, str) else resources):
                wildcard = WILDCARDS.get(statement.get("Sid", ""))
                assert wildcard, f"{name}: {statement} has no reason in components.policies.WILDCARDS"
                assert statement["Action"] == list(wildcard.actions)


def test_every_reason_is_one_and_is_used(central: Program) -> None:
    used = {
        statement.get("Sid")
        for document in documents(central).values()
        for statement in json.loads(document)["Statement"]
    }
    assert set(WILDCARDS) <= used
    assert all(len(wildcard.reason.split()) >= 8 for wildcard in WILDCARDS.values())


def test_the_linter_finds_nothing_that_is_not_explained(any_program: Program) -> None:
    for made in any_program.resources:
        if made.type not in POLICY_TYPES:
            continue
        for finding in parliament.analyze_policy_string(made.inputs["policy"]).findings:
            detail = json.dumps(finding.detail)
            explained = any(issue == finding.issue and f'"{action}"' in detail for issue, action in EXPLAINED)
            assert explained, (made.name, finding.issue, finding.title, finding.detail, finding.location)
