"""Register, vault and ledger: what the tables are, and which function reaches which of their items."""

from __future__ import annotations

import json

import pytest

from tests.components.conftest import PORTAL
from tests.components.item_kinds import COUNTS, IN_LIVE, ITEMS, LISTS, MAY, SCANS, WITH_KITS
from tests.components.program import Program, run
from tests.proof.permissions.evaluator import allows

GUARD = "lakeshare:index:DeletionGuard"
INDEXES = {
    "by_requester": "requester_id",
    "by_consumer": "consumer_account",
    "by_owner": "owner_account",
    "by_status": "status",
    "by_announcement": "announcement",
}
LISTED = {
    *("source", "target", "status", "reason", "message", "closed_at", "requester_id", "requester_email"),
    *("owner_account", "owner_name", "consumer_account", "started_at", "execution_arn"),
}

TABLES = ("register", "vault", "ledger")
LEDGERS = [kind for kind, (table, _) in ITEMS.items() if table == "ledger"]
ON_ITEMS = (
    "BatchGetItem",
    "BatchWriteItem",
    "ConditionCheckItem",
    "DeleteItem",
    "GetItem",
    "PutItem",
    "Query",
    "UpdateItem",
)
ON_TABLES = ("Query", "Scan", "PartiQLSelect", "DescribeTable", "ExportTableToPointInTime", "DeleteTable")


def arn(table: str, index: str = "") -> str:
    return f"arn:aws:dynamodb:eu-central-1:123456789012:table/lakeshare-{table}-table{index and f'/index/{index}'}"


STACKS = {"portal": MAY, "kits": WITH_KITS}


@pytest.mark.parametrize(("stack", "function"), [(stack, name) for stack, may in STACKS.items() for name in may])
def test_who_reaches_what(request: pytest.FixtureRequest, stack: str, function: str) -> None:
    program: Program = request.getfixturevalue(stack)
    role = f"lakeshare-{function}-policy"
    policies = [json.loads(program.one("aws:iam/rolePolicy:RolePolicy", role).inputs["policy"])]
    may = {
        kind: {each for each in ON_ITEMS if allows(policies, f"dynamodb:{each}", arn(table), leading(key))}
        for kind, (table, key) in ITEMS.items()
    }
    assert {kind: actions for kind, actions in may.items() if actions} == STACKS[stack][function]
    live = {
        each for each in LEDGERS if allows(policies, "dynamodb:Query", arn("ledger", "live"), leading(ITEMS[each][1]))
    }
    assert {each for each in live if "Query" not in may[each]} == IN_LIVE.get(function, set())
    for table in TABLES:
        # Where IAM knows no key, a condition on all keys would hold of itself; of several, all have to be right.
        assert not [each for each in ON_ITEMS if allows(policies, f"dynamodb:{each}", arn(table), {})]
        mixed = {"dynamodb:leadingkeys": [key for where, key in ITEMS.values() if where == table]}
        assert not [each for each in ON_ITEMS if allows(policies, f"dynamodb:{each}", arn(table), mixed)]
    places = {
        (table, index)
        for table in TABLES
        for index in ("", *INDEXES, "by_due", "by_data", "by_live", "by_change", "live")
    }
    lists = {
        (each, *place)
        for place in places
        for each in ON_TABLES
        if allows(policies, f"dynamodb:{each}", arn(*place), {})
    }
    queried = {("Query", *place) for place in LISTS.get(function, ())}
    scanned = {("Scan", *place) for place in SCANS.get(function, ())}
    assert lists == queried | scanned | {("DescribeTable", *place) for place in COUNTS.get(function, ())}


def leading(key: str) -> dict[str, list[str]]:
    return {"dynamodb:leadingkeys": [key]}


@pytest.mark.parametrize("stack", STACKS)
def test_nobody_else_reaches_a_table(request: pytest.FixtureRequest, stack: str) -> None:
    program: Program = request.getfixturevalue(stack)
    others = [
        made
        for made in program.resources
        if made.type in {"aws:iam/rolePolicy:RolePolicy", "aws:iam/policy:Policy"}
        and made.name not in {f"lakeshare-{function}-policy" for function in STACKS[stack]}
    ]
    assert others
    assert not [made.name for made in others if "dynamodb" in made.inputs["policy"]]


@pytest.mark.parametrize("stack", STACKS)
def test_only_who_opens_the_vault_is_told_of_it(request: pytest.FixtureRequest, stack: str) -> None:
    program: Program = request.getfixturevalue(stack)
    told = {
        made.name.removeprefix("lakeshare-").removesuffix("-function"): {
            value for value in made.inputs["environment"]["variables"].values() if value.endswith("-table")
        }
        for made in program.of("aws:lambda/function:Function")
    }
    assert told == {
        function: {f"lakeshare-{ITEMS[kind][0]}-table" for kind in kinds} for function, kinds in STACKS[stack].items()
    }


def test_the_register(central: Program) -> None:
    inputs = central.one("aws:dynamodb/table:Table", "lakeshare-register-table").inputs
    indexes = {index["name"]: index for index in inputs.pop("globalSecondaryIndexes")}
    assert {each["name"] for each in inputs.pop("attributes")} == {
        *("pk", *INDEXES.values(), "received_at"),
        *("mail", "mail_due_at"),
    }
    assert inputs == {
        "billingMode": "PAY_PER_REQUEST",
        "deletionProtectionEnabled": True,
        "hashKey": "pk",
        "pointInTimeRecovery": {"enabled": True},
    }
    assert indexes.pop("by_due") == {
        "name": "by_due",
        "keySchemas": [
            {"attributeName": "mail", "keyType": "HASH"},
            {"attributeName": "mail_due_at", "keyType": "RANGE"},
        ],
        "projectionType": "KEYS_ONLY",
    }
    assert set(indexes) == set(INDEXES)
    for name, key in INDEXES.items():
        assert indexes[name]["keySchemas"] == [
            {"attributeName": key, "keyType": "HASH"},
            {"attributeName": "received_at", "keyType": "RANGE"},
        ]
        assert indexes[name]["projectionType"] == "INCLUDE"
        assert set(indexes[name]["nonKeyAttributes"]) == LISTED - {key}


def test_the_vault(central: Program) -> None:
    assert central.one("aws:dynamodb/table:Table", "lakeshare-vault-table").inputs == {
        "attributes": [{"name": "pk", "type": "S"}],
        "billingMode": "PAY_PER_REQUEST",
        "deletionProtectionEnabled": True,
        "hashKey": "pk",
        "pointInTimeRecovery": {"enabled": True},
        "ttl": {"attributeName": "ttl", "enabled": True},
    }


def test_the_ledger(central: Program) -> None:
    inputs = central.one("aws:dynamodb/table:Table", "lakeshare-ledger-table").inputs
    indexes = {
        "by_data": ("live_database", "entry"),
        "by_owner": ("live_owner", "since"),
        "by_due": ("due", "due_at"),
        "by_live": ("live", "since"),
        "by_consumer": ("pk", "since"),
        "by_requester": ("requester_id", "since"),
        "by_change": ("changes", "changed_at"),
    }
    keys = {"pk", "live", *(key for pair in indexes.values() for key in pair)}
    assert sorted(each["name"] for each in inputs.pop("attributes")) == sorted(keys)
    assert inputs == {
        "billingMode": "PAY_PER_REQUEST",
        "deletionProtectionEnabled": True,
        "globalSecondaryIndexes": [
            {
                "name": name,
                "keySchemas": [
                    {"attributeName": key, "keyType": "HASH"},
                    {"attributeName": sort_key, "keyType": "RANGE"},
                ],
                "projectionType": "ALL",
            }
            for name, (key, sort_key) in indexes.items()
        ],
        "hashKey": "pk",
        "localSecondaryIndexes": [{"name": "live", "rangeKey": "live", "projectionType": "ALL"}],
        "pointInTimeRecovery": {"enabled": True},
        "rangeKey": "entry",
    }


@pytest.mark.parametrize("config", [{}, {"deletionProtection": True}, {"deletionProtection": False}])
def test_deletion_protection_stops_pulumi_and_aws(config: dict[str, bool]) -> None:
    program = run({**PORTAL, **config})
    protected = config.get("deletionProtection", True)
    tables, pool = program.of("aws:dynamodb/table:Table"), program.one("aws:cognito/userPool:UserPool")
    assert len(tables) == 3
    assert {made.inputs["deletionProtectionEnabled"] for made in tables} == {protected}
    assert pool.inputs["deletionProtection"] == ("ACTIVE" if protected else "INACTIVE")
    names = {made.name for made in (*tables, pool, program.one(GUARD))}
    assert {made.name for made in program.resources if made.protect} == (names if protected else set())


@pytest.mark.parametrize("stack", ["central", "granting", "portal"])
def test_nothing_is_deleted_before_the_guard(request: pytest.FixtureRequest, stack: str) -> None:
    program: Program = request.getfixturevalue(stack)
    guard = program.one(GUARD)
    made = {each.name for each in program.resources if each.type.startswith("aws:")}
    assert made <= set(guard.dependencies)
    # Pulumi takes a component for its children: one without any would be deleted before the guard is looked at.
    components = {each.name for each in program.resources if each.type.startswith("lakeshare:")} - {guard.name}
    assert components == {each.parent for each in program.resources} & components
