"""What every role may do, to the letter."""

from __future__ import annotations

import json
from typing import Any

import parliament
import pytest

from components.wildcards import WILDCARDS
from tests.components.conftest import CONSUMER, PORTAL
from tests.components.program import Made, Program, run

HERE = "eu-central-1:123456789012"
TABLE = f"arn:aws:dynamodb:{HERE}:table/lakeshare-register-table"
VAULT = f"arn:aws:dynamodb:{HERE}:table/lakeshare-vault-table"
LEDGER = f"arn:aws:dynamodb:{HERE}:table/lakeshare-ledger-table"
REVOKING = f"arn:aws:states:{HERE}:stateMachine:lakeshare-revoking-machine"
BUS = f"arn:aws:events:{HERE}:event-bus/default"
MACHINE = f"arn:aws:states:{HERE}:stateMachine:lakeshare-sharing-machine"
EXECUTIONS = f"arn:aws:states:{HERE}:execution:lakeshare-sharing-machine:*"
CATALOGUE = [f"arn:aws:glue:{HERE}:{what}" for what in ("catalog", "database/*", "table/*/*")]
KEY = f"arn:aws:kms:{HERE}:key/0a1b"

HELD = {"dynamodb:GetItem of hold#*": [LEDGER]}
TURNS = {"dynamodb:DeleteItem dynamodb:UpdateItem of turn#*": [LEDGER]}
LOOK_FOR_SHARES = {
    "dynamodb:Query of all but *#*": [LEDGER, f"{LEDGER}/index/live"],
    "lakeformation:ListPermissions": ["*"],
}
CHANGE = {"dynamodb:GetItem dynamodb:UpdateItem of all but *#*": [TABLE]}
RECALL = {"dynamodb:BatchGetItem of flags#*": [TABLE]}
REMEMBER = {"dynamodb:BatchGetItem dynamodb:UpdateItem of flags#*": [TABLE]}
CLAIM = {"dynamodb:UpdateItem of claim#*": [TABLE]}
GLUE = {"glue:GetDatabase": CATALOGUE[:2], "glue:GetTable glue:GetTables": CATALOGUE}
BROWSE = {"glue:GetDatabase glue:GetDatabases": CATALOGUE[:2], "glue:GetTable glue:GetTables": CATALOGUE}
EVENTS = {"events:PutEvents": [BUS]}
CALL_NOTIFY = {"lambda:InvokeFunction": [f"arn:aws:lambda:{HERE}:function:lakeshare-notify-function"]}
KNOW_PEOPLE = {
    **CALL_NOTIFY,
    "cognito-idp:AdminGetUser cognito-idp:AdminListGroupsForUser": [
        f"arn:aws:cognito-idp:{HERE}:userpool/lakeshare-portal-sign-in-users"
    ],
}
LAKE = {"lakeformation:GetDataLakeSettings": ["*"], "lakeformation:ListResources": ["*"]}
DECRYPT = {"kms:Decrypt": [KEY]}

POLICIES: dict[str, dict[str, list[str]]] = {
    "lakeshare-classify": {
        **CHANGE,
        **REMEMBER,
        **CLAIM,
        **HELD,
        **LOOK_FOR_SHARES,
        **GLUE,
        **LAKE,
        **EVENTS,
        **DECRYPT,
    },
    "lakeshare-request-approval": {**CHANGE, "dynamodb:UpdateItem of approval#*": [VAULT], **CALL_NOTIFY},
    "lakeshare-notify": {
        **CHANGE,
        "dynamodb:Query": [f"{TABLE}/index/by_due"],
        "dynamodb:GetItem dynamodb:UpdateItem of approval#*": [VAULT],
        "dynamodb:UpdateItem of pace#*": [VAULT],
        **EVENTS,
    },
    "lakeshare-decide": {
        **CHANGE,
        "dynamodb:GetItem dynamodb:UpdateItem of approval#*": [VAULT],
        "dynamodb:PutItem of decision#*": [VAULT],
        "states:SendTaskSuccess": [MACHINE],
        **CALL_NOTIFY,
        **EVENTS,
    },
    "lakeshare-grant": {
        **CHANGE,
        **REMEMBER,
        "dynamodb:GetItem of decision#*": [VAULT],
        "dynamodb:ConditionCheckItem dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem of all but *#*": [LEDGER],
        "dynamodb:Query of all but *#*": [LEDGER, f"{LEDGER}/index/live"],
        "dynamodb:ConditionCheckItem dynamodb:GetItem of hold#*": [LEDGER],
        **TURNS,
        **GLUE,
        "lakeformation:BatchGrantPermissions lakeformation:CreateDataCellsFilter lakeformation:GetDataCellsFilter "
        "lakeformation:GrantPermissions": ["*"],
        **DECRYPT,
    },
    "lakeshare-close": {
        **CHANGE,
        "dynamodb:UpdateItem of approval#*": [VAULT],
        "dynamodb:GetItem of decision#*": [VAULT],
        "dynamodb:UpdateItem of all but *#*": [LEDGER],
        "dynamodb:Query of all but *#*": [LEDGER, f"{LEDGER}/index/live"],
        **EVENTS,
    },
    "lakeshare-revoke": {
        "dynamodb:GetItem of all but *#*": [TABLE],
        "dynamodb:GetItem dynamodb:UpdateItem of all but *#*": [LEDGER],
        "dynamodb:Query of all but *#*": [LEDGER, f"{LEDGER}/index/live"],
        "dynamodb:GetItem dynamodb:UpdateItem of hold#*": [LEDGER],
        **TURNS,
        "dynamodb:Query": [f"{LEDGER}/index/by_data", f"{LEDGER}/index/by_owner"],
        "lakeformation:BatchRevokePermissions lakeformation:DeleteDataCellsFilter lakeformation:ListPermissions": ["*"],
        **EVENTS,
    },
    "lakeshare-sweep": {
        "dynamodb:BatchGetItem dynamodb:GetItem of all but *#*": [TABLE],
        "dynamodb:UpdateItem of all but *#*": [LEDGER],
        "dynamodb:Query": [
            *(f"{TABLE}/index/by_status", f"{TABLE}/index/by_announcement"),
            f"{LEDGER}/index/by_due",
        ],
        "dynamodb:DescribeTable": [LEDGER],
        "states:StartExecution": [REVOKING],
        **EVENTS,
        "states:ListExecutions": [MACHINE],
        "states:DescribeExecution states:StopExecution": [EXECUTIONS],
        "lambda:InvokeFunction": [f"arn:aws:lambda:{HERE}:function:lakeshare-close-function"],
    },
    "lakeshare-portal-requests-api": {
        "dynamodb:GetItem dynamodb:UpdateItem of all but *#*": [TABLE, LEDGER],
        "dynamodb:BatchGetItem of all but *#*": [TABLE],
        **CLAIM,
        "dynamodb:Query": [
            f"{TABLE}/index/{index}" for index in ("by_requester", "by_consumer", "by_owner", "by_status")
        ],
        "states:ListExecutions states:StartExecution": [MACHINE],
        "states:StartExecution": [REVOKING],
        "states:DescribeExecution": [EXECUTIONS],
        **KNOW_PEOPLE,
    },
    "lakeshare-portal-decide-signed-in": {
        "dynamodb:BatchGetItem dynamodb:GetItem of all but *#*": [TABLE],
        "dynamodb:Query": [f"{TABLE}/index/by_status"],
        "dynamodb:GetItem of approval#*": [VAULT],
        "dynamodb:PutItem of decision#*": [VAULT],
        "dynamodb:Query of all but *#*": [LEDGER, f"{LEDGER}/index/live"],
        "states:SendTaskSuccess": [MACHINE],
        **KNOW_PEOPLE,
    },
    "lakeshare-portal-shares-api": {
        "dynamodb:GetItem of all but *#*": [TABLE],
        "dynamodb:GetItem dynamodb:UpdateItem of all but *#*": [LEDGER],
        "dynamodb:Query of all but *#*": [LEDGER, f"{LEDGER}/index/live"],
        "dynamodb:GetItem dynamodb:UpdateItem of hold#*": [LEDGER],
        "dynamodb:Query": [
            f"{LEDGER}/index/{index}"
            for index in ("by_data", "by_owner", "by_live", "by_consumer", "by_requester", "by_change")
        ],
        "states:StartExecution": [REVOKING],
        **CALL_NOTIFY,
        "cognito-idp:AdminGetUser cognito-idp:AdminListGroupsForUser": [
            f"arn:aws:cognito-idp:{HERE}:userpool/lakeshare-portal-sign-in-users"
        ],
    },
    "lakeshare-survey": {
        "dynamodb:BatchGetItem dynamodb:GetItem dynamodb:UpdateItem of flags#*": [TABLE],
        "glue:GetDatabases": CATALOGUE[:2],
        "glue:GetTables": CATALOGUE,
        **DECRYPT,
    },
    "lakeshare-drift": {
        "dynamodb:GetItem of all but *#*": [TABLE],
        "dynamodb:Scan": [f"{LEDGER}/index/by_owner"],
        "dynamodb:Query of all but *#*": [LEDGER, f"{LEDGER}/index/live"],
        "dynamodb:UpdateItem of all but *#*": [LEDGER],
        "dynamodb:GetItem dynamodb:UpdateItem of finding#*": [LEDGER],
        "dynamodb:Query of finding#*": [f"{LEDGER}/index/live"],
        **GLUE,
        "lakeformation:GetDataCellsFilter lakeformation:GetDataLakeSettings lakeformation:ListDataCellsFilter "
        "lakeformation:ListPermissions": ["*"],
        "ram:GetResourceShareAssociations": ["*"],
        **EVENTS,
        **DECRYPT,
    },
    "lakeshare-portal-findings-api": {
        "dynamodb:GetItem dynamodb:UpdateItem of finding#*": [LEDGER],
        "dynamodb:Query of finding#*": [f"{LEDGER}/index/live"],
        **CHANGE,
        "dynamodb:GetItem dynamodb:PutItem dynamodb:UpdateItem of all but *#*": [LEDGER],
        **HELD,
        "states:StartExecution": [MACHINE, REVOKING],
        **KNOW_PEOPLE,
    },
    "lakeshare-portal-catalogue-api": {
        "s3:GetObject": ["arn:aws:s3:::lakeshare-portal-search-bucket/index"],
        **RECALL,
        "dynamodb:UpdateItem of pace#*": [VAULT],
        **HELD,
        **LOOK_FOR_SHARES,
        "dynamodb:GetItem of all but *#*": [LEDGER],
        **BROWSE,
        **LAKE,
        **DECRYPT,
    },
    "lakeshare-portal-index-catalogue": {
        "s3:PutObject": ["arn:aws:s3:::lakeshare-portal-search-bucket/index"],
        "glue:GetDatabases": CATALOGUE[:2],
        "glue:GetTables": CATALOGUE,
        **DECRYPT,
    },
}
"""By function: actions, then the resources they are allowed on. Logging and tracing come on top."""

WITH_KITS: dict[str, dict[str, list[str]]] = {
    "lakeshare-grant": {**POLICIES["lakeshare-grant"], "dynamodb:UpdateItem of delivery#*": [LEDGER]},
    "lakeshare-portal-shares-api": {
        **POLICIES["lakeshare-portal-shares-api"],
        "dynamodb:BatchGetItem dynamodb:GetItem dynamodb:UpdateItem of delivery#*": [LEDGER],
    },
    "lakeshare-deliver": {
        "dynamodb:GetItem dynamodb:Query of all but *#*": [LEDGER],
        "dynamodb:Query of all but *#*": [f"{LEDGER}/index/live"],
        "dynamodb:GetItem dynamodb:UpdateItem of delivery#*": [LEDGER],
        "dynamodb:Query of delivery#*": [f"{LEDGER}/index/live"],
        "dynamodb:Query": [f"{LEDGER}/index/by_due"],
        "lambda:InvokeFunction": ["arn:aws:lambda:eu-central-1:999999999999:function:LakeshareConsumerKit"],
        **EVENTS,
    },
}
"""The same, of those that are another way where consumers have kits."""

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
    ("RESOURCE_MISMATCH", "states:SendTaskFailure"),
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
            operator = next(iter(statement["Condition"]))
            (kind,) = statement["Condition"][operator]["dynamodb:LeadingKeys"]
            assert statement["Condition"] == {
                operator: {"dynamodb:LeadingKeys": [kind]},
                "Null": {"dynamodb:LeadingKeys": "false"},
            }
            but = {"ForAllValues:StringLike": "", "ForAllValues:StringNotLike": "all but "}[operator]
            actions += f" of {but}{kind}"
        assert actions not in table, f"{made.name} says {actions} twice"
        table[actions] = [resources] if isinstance(resources, str) else resources
    return table


def documents(program: Program) -> dict[str, str]:
    """Every policy that the program renders, trust policies too."""
    found = {made.name: made.inputs["policy"] for made in program.resources if made.type in POLICY_TYPES}
    return found | {made.name: made.inputs["assumeRolePolicy"] for made in program.of("aws:iam/role:Role")}


STACKS = {"portal": POLICIES, "kits": {**POLICIES, **WITH_KITS}}


@pytest.mark.parametrize(("stack", "function"), [(stack, name) for stack, found in STACKS.items() for name in found])
def test_each_function_may_do_this_and_no_more(request: pytest.FixtureRequest, stack: str, function: str) -> None:
    program: Program = request.getfixturevalue(stack)
    logs = f"arn:aws:logs:{HERE}:log-group:{function}-logs:*"
    assert rendered(program.one("aws:iam/rolePolicy:RolePolicy", f"{function}-policy")) == {
        **STACKS[stack][function],
        "logs:CreateLogStream logs:PutLogEvents": [logs],
        "xray:PutTelemetryRecords xray:PutTraceSegments": ["*"],
    }


@pytest.mark.parametrize("function", POLICIES)
def test_tags_are_read_where_they_are_flags_by_those_who_read_the_catalogue(function: str) -> None:
    program = run({**PORTAL, "sensitiveTags": {"pii": ["true"], "class": "any"}})
    policy = rendered(program.one("aws:iam/rolePolicy:RolePolicy", f"{function}-policy"))
    search = "lakeformation:GetLFTag lakeformation:SearchTablesByLFTags"
    one, lists = "lakeformation:GetResourceLFTags", "lakeformation:SearchDatabasesByLFTags"
    expected = {
        "lakeshare-classify": {search, one},
        "lakeshare-grant": {search, one},
        "lakeshare-survey": {search, lists},
        "lakeshare-drift": {search, one},
        "lakeshare-portal-catalogue-api": {search, one, lists},
    }.get(function, set[str]())
    assert {each for each in policy if "Tag" in each} == expected
    variables = program.one("aws:lambda/function:Function", f"{function}-function").inputs["environment"]["variables"]
    told = json.dumps({"pii": ["true"], "class": None}) if expected else None
    assert variables.get("SENSITIVE_TAGS") == told


def test_the_state_machines_may_call_their_functions_log_and_trace(central: Program) -> None:
    assert rendered(central.one("aws:iam/rolePolicy:RolePolicy", "lakeshare-sharing-policy")) == MACHINE_POLICY
    revoke = {"lambda:InvokeFunction": [f"arn:aws:lambda:{HERE}:function:lakeshare-revoke-function"]}
    revoking = rendered(central.one("aws:iam/rolePolicy:RolePolicy", "lakeshare-revoking-policy"))
    assert revoking == {**MACHINE_POLICY, **revoke}


def test_the_notifier_may_end_a_wait(central: Program) -> None:
    assert rendered(central.one("aws:iam/rolePolicy:RolePolicy", "lakeshare-notify-ends-waits")) == {
        "states:SendTaskFailure": [MACHINE]
    }


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
        "lakeshare-revoke-cross-account-attachment": (
            "lakeshare-revoke-role",
            "arn:aws:iam::aws:policy/AWSLakeFormationCrossAccountManager",
        ),
        "lakeshare-notify-assume-1-attachment": (
            "LakeshareNotifier",
            "arn:aws:iam::123456789012:policy/lakeshare-notify-assume-1",
        ),
    }


def test_every_policy_belongs_to_the_role_beside_it(any_program: Program) -> None:
    roles = {
        made.name.replace("-waits-role", "-role"): made.inputs.get("name", made.name)
        for made in any_program.of("aws:iam/role:Role")
    }
    for made in any_program.of("aws:iam/rolePolicy:RolePolicy"):
        whose = made.name.removesuffix("-policy").removesuffix("-ends-waits")
        assert made.inputs["role"] == roles[f"{whose}-role"]
    assert len({made.inputs["role"] for made in any_program.of("aws:iam/rolePolicy:RolePolicy")}) == len(roles)


def test_the_kits_role_may_do_this_and_no_more(consumer: Program) -> None:
    own, shared = (f"arn:aws:glue:eu-central-1:{account}" for account in ("999999999999", "123456789012"))
    links, link_databases = f"{own}:database/lakeshare", f"{own}:database/lakeshare_*"
    made = consumer.one("aws:iam/rolePolicy:RolePolicy")
    assert rendered(made) == {
        "ram:GetResourceShareInvitations": ["*"],
        "ram:AcceptResourceShareInvitation ram:ListPendingInvitationResources": [
            "arn:aws:ram:eu-central-1:123456789012:resource-share-invitation/*"
        ],
        "lakeformation:BatchGrantPermissions lakeformation:BatchRevokePermissions lakeformation:GrantPermissions "
        "lakeformation:ListPermissions lakeformation:RevokePermissions": ["*"],
        "glue:GetDatabase": [f"{shared}:{each}" for each in ("catalog", "database/*")],
        "glue:GetTable": [f"{shared}:{each}" for each in ("catalog", "database/*", "table/*/*")],
        "glue:CreateTable glue:DeleteTable glue:GetTable glue:GetTables": [
            *(f"{own}:catalog", links, f"{own}:table/lakeshare/*")
        ],
        "glue:CreateDatabase glue:GetDatabase": [f"{own}:catalog", link_databases],
        "glue:DeleteDatabase": [
            *(f"{own}:catalog", link_databases, f"{own}:table/lakeshare_*/*"),
            f"{own}:userDefinedFunction/lakeshare_*/*",
        ],
        "iam:GetRole sts:AssumeRole": [
            f"arn:aws:iam::999999999999:role/{name}" for name in ("analyst", "teams/reader")
        ],
        "logs:CreateLogStream logs:PutLogEvents": [
            f"arn:aws:logs:eu-central-1:999999999999:log-group:{made.name.removesuffix('-policy')}-logs:*"
        ],
        "xray:PutTelemetryRecords xray:PutTraceSegments": ["*"],
    }


def test_the_producers_role_may_do_two_things_to_one_topic(producer: Program) -> None:
    assert rendered(producer.one("aws:iam/rolePolicy:RolePolicy")) == {
        "sns:ListSubscriptionsByTopic sns:Publish": ["arn:aws:sns:eu-central-1:111111111111:DataLakeSharingApproval"]
    }


@pytest.mark.parametrize("stack", ["portal", "kits", "consumer"])
def test_who_may_take_the_roles(request: pytest.FixtureRequest, stack: str) -> None:
    program: Program = request.getfixturevalue(stack)
    for role in program.of("aws:iam/role:Role"):
        (statement,) = json.loads(role.inputs["assumeRolePolicy"])["Statement"]
        machine = role.name in {"lakeshare-sharing-role", "lakeshare-revoking-role"}
        assert statement == {
            "Effect": "Allow",
            "Principal": {"Service": "states.amazonaws.com" if machine else "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
            **({"Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}}} if machine else {}),
        }


def test_whoever_reads_the_catalogue_may_decrypt_it_and_nobody_else() -> None:
    reads: dict[str, bool] = {}
    decrypts: dict[str, bool] = {}
    for name, document in documents(run({**PORTAL, "portalIdentityPool": True})).items():
        reads[name] = '"glue:' in document
        decrypts[name] = '"kms:' in document
    assert reads == decrypts
    assert reads["lakeshare-portal-identity-policy"]


def test_no_wildcard_resource_without_a_reason(any_program: Program) -> None:
    for name, document in documents(any_program).items():
        for statement in json.loads(document)["Statement"]:
            resources = statement.get("Resource", [])
            if "*" in ([resources] if isinstance(resources, str) else resources):
                wildcard = WILDCARDS.get(statement.get("Sid", ""))
                assert wildcard, f"{name}: {statement} has no reason in components.wildcards.WILDCARDSS"
                assert statement["Action"] == list(wildcard.actions)


def test_every_reason_is_one_and_is_used() -> None:
    used = {
        statement.get("Sid")
        for program in (run({**PORTAL, "sensitiveTags": {"pii": "any"}}), run(CONSUMER))
        for document in documents(program).values()
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
