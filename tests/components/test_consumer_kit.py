"""The consumer stack: what its kit may do, who may invoke it, and what it is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.components.conftest import CONSUMER
from tests.components.program import Program, run

OWN, CENTRAL = "arn:aws:glue:eu-central-1:999999999999", "arn:aws:glue:eu-central-1:123456789012"


def statements(program: Program) -> list[dict[str, Any]]:
    return json.loads(program.one("aws:iam/rolePolicy:RolePolicy").inputs["policy"])["Statement"]


def test_the_central_account_may_invoke_it_and_nobody_else(consumer: Program) -> None:
    permission = consumer.one("aws:lambda/permission:Permission").inputs
    assert {key: permission[key] for key in ("action", "principal")} == {
        "action": "lambda:InvokeFunction",
        "principal": "arn:aws:iam::123456789012:root",
    }
    assert consumer.one("aws:lambda/function:Function").inputs["name"] == "LakeshareConsumerKit"


def test_it_is_told_what_its_account_lets_be_done(consumer: Program) -> None:
    told = consumer.one("aws:lambda/function:Function").inputs["environment"]["variables"]
    assert json.loads(told["ALLOWED_DATABASES"]) == ["retail", "sales_*"]
    assert json.loads(told["ALLOWED_ROLES"]) == ["analyst", "teams/reader"]
    assert (told["ACCOUNT_ID"], told["CENTRAL_ACCOUNT_ID"], told["LINK_DATABASE"]) == (
        "999999999999",
        "123456789012",
        "lakeshare",
    )


def test_it_changes_nothing_of_the_catalogue_but_its_links(consumer: Program) -> None:
    changes = {"glue:CreateTable", "glue:DeleteTable", "glue:CreateDatabase", "glue:DeleteDatabase"}
    where = {resource for each in statements(consumer) if changes & {*each["Action"]} for resource in each["Resource"]}
    assert where == {
        f"{OWN}:catalog",
        f"{OWN}:database/lakeshare",
        f"{OWN}:table/lakeshare/*",
        f"{OWN}:database/lakeshare_*",
        f"{OWN}:table/lakeshare_*/*",
        f"{OWN}:userDefinedFunction/lakeshare_*/*",
    }
    everything = {action for each in statements(consumer) for action in each["Action"]}
    assert {each for each in everything if each.startswith("glue:") and not each.startswith("glue:Get")} == changes


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        ([], None),
        (["analyst"], ["arn:aws:iam::999999999999:role/analyst"]),
        (["teams/reader"], ["arn:aws:iam::999999999999:role/teams/reader"]),
    ],
)
def test_it_looks_for_roles_that_may_be_named_only(roles: list[str], expected: list[str] | None) -> None:
    program = run({**CONSUMER, "allowedRoles": roles})
    looked_for = [each["Resource"] for each in statements(program) if "iam:GetRole" in each["Action"]]
    assert looked_for == ([expected] if expected else [])


def test_it_can_neither_administer_nor_share(consumer: Program) -> None:
    actions = {action for each in statements(consumer) for action in each["Action"]}
    assert "lakeformation:PutDataLakeSettings" not in actions
    assert {each for each in actions if each.startswith("ram:")} == {
        "ram:AcceptResourceShareInvitation",
        "ram:GetResourceShareInvitations",
        "ram:ListPendingInvitationResources",
    }
    assert not [each for each in actions if each.endswith("*") or each.startswith("s3:")]


def test_an_administrator_is_told_what_to_do_once(consumer: Program) -> None:
    assert set(consumer.outputs) == {"ConsumerKitFunctionArn", "AdministratorCommands"}
    command = consumer.outputs["AdministratorCommands"]
    assert '.DataLakeAdmins += [{"DataLakePrincipalIdentifier": ' in command
    assert "role/LakeshareConsumerKit" in command


def test_links_have_a_database_of_their_own(consumer: Program) -> None:
    assert consumer.one("aws:glue/catalogDatabase:CatalogDatabase").inputs["name"] == "lakeshare"


def test_it_decrypts_with_the_key_of_the_central_catalogue_alone(consumer: Program) -> None:
    key = "arn:aws:kms:eu-central-1:123456789012:key/0a1b"
    assert not [each for each in statements(consumer) if "kms:Decrypt" in each["Action"]]
    program = run({**CONSUMER, "catalogKmsKeyArn": key})
    (statement,) = [each for each in statements(program) if "kms:Decrypt" in each["Action"]]
    assert statement["Resource"] == [key]


def test_a_database_that_is_there_is_imported_where_the_config_says_so(consumer: Program) -> None:
    assert not [made for made in consumer.resources if made.imported]
    program = run({**CONSUMER, "adopt": True, "linkDatabase": "links"})
    assert {made.name: made.imported for made in program.resources if made.imported} == {
        "lakeshare-links": "999999999999:links"
    }
