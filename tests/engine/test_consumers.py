"""The stack of a consumer account on the real engine: one an account, changed, adopted, destroyed, and what stays."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from pulumi import automation as auto

from localmesh.provider import Endpoint

from .conftest import CENTRAL, StackMaker, consumer_config
from .engine import EngineStack
from .leftovers import left_in

CONSUMERS = ("540000000001", "540000000002")
ADOPTING = "540000000003"
KIT = "LakeshareConsumerKit"

Client = Callable[..., Any]


@pytest.fixture(scope="module")
def client(endpoint_in: Callable[[str], Endpoint]) -> Client:
    """Clients of a consumer's administrator."""
    return lambda service, account=CONSUMERS[0]: endpoint_in(account).client(service, "us-east-1")


@pytest.fixture(scope="module")
def stacks(deployed_as_printed: StackMaker) -> list[EngineStack]:
    """One an account, all from the same file."""
    return [deployed_as_printed(f"kit-{one}", "consumer", one, **consumer_config()) for one in CONSUMERS]


def test_nothing_is_made_by_a_preview(stacks: list[EngineStack], endpoint_in: Callable[[str], Endpoint]) -> None:
    assert set(stacks[0].preview().counts) == {"create"}
    assert left_in(endpoint_in(CONSUMERS[0])) == []


def test_each_account_has_its_kit(stacks: list[EngineStack], client: Client) -> None:
    for account, stack in zip(CONSUMERS, stacks, strict=True):
        assert set(stack.up().counts) == {"create"}
        function = f"arn:aws:lambda:us-east-1:{account}:function:{KIT}"
        assert stack.outputs()["ConsumerKitFunctionArn"] == function
        assert f"arn:aws:iam::{account}:role/{KIT}" in stack.outputs()["AdministratorCommands"]
        (statement,) = json.loads(client("lambda", account).get_policy(FunctionName=KIT)["Policy"])["Statement"]
        assert (statement["Action"], statement["Principal"]["AWS"]) == (
            "lambda:InvokeFunction",
            f"arn:aws:iam::{CENTRAL}:root",
        )


def test_then_nothing_to_do_and_nothing_is_drift(stacks: list[EngineStack]) -> None:
    for stack in stacks:
        assert stack.up().steps == ()
        assert stack.refresh().counts == {}


def test_other_roles_change_what_it_is_told_and_what_it_may_look_at(stacks: list[EngineStack]) -> None:
    stacks[0].configure(allowedRoles=["analyst", "teams/reader"], logRetentionDays=30)
    changes = stacks[0].up()
    assert changes.counts == {"update": 3}
    assert {
        step.type.rpartition(":")[2]: {each.partition(".")[0] for each in step.paths} for step in changes.steps
    } == {
        "Function": {"environment"},
        "RolePolicy": {"policy"},
        "LogGroup": {"retentionInDays"},
    }
    assert stacks[1].preview().counts == {}


def test_destroyed_it_leaves_links_that_are_databases_and_nothing_of_its_own(
    stacks: list[EngineStack], client: Client, endpoint_in: Callable[[str], Endpoint]
) -> None:
    target = {"CatalogId": CENTRAL, "DatabaseName": "retail"}
    glue = client("glue")
    glue.create_table(
        DatabaseName="lakeshare", TableInput={"Name": "retail__customer", "TargetTable": {**target, "Name": "customer"}}
    )
    glue.create_database(DatabaseInput={"Name": "lakeshare_retail", "TargetDatabase": target})
    for stack in stacks:
        assert set(stack.destroy().counts) == {"delete"}
    assert left_in(endpoint_in(CONSUMERS[0])) == ["database lakeshare_retail"]
    assert left_in(endpoint_in(CONSUMERS[1])) == []
    glue.delete_database(Name="lakeshare_retail")


def test_a_database_that_is_there_is_adopted_with_its_links(make_stack: StackMaker, client: Client) -> None:
    glue = client("glue", ADOPTING)
    glue.create_database(DatabaseInput={"Name": "shared"})
    glue.create_table(DatabaseName="shared", TableInput={"Name": "mine"})
    stack = make_stack("kit-adopting", "consumer", ADOPTING, **consumer_config(linkDatabase="shared"))
    with pytest.raises(auto.CommandError, match="AlreadyExists"):
        stack.up()
    stack.configure(adopt=True)
    changes = stack.up()
    assert changes.named("import") == {"lakeshare-links"}
    assert not changes.named("replace") | changes.named("delete")
    assert glue.get_table(DatabaseName="shared", Name="mine")["Table"]["Name"] == "mine"
    stack.configure(adopt=None)
    assert stack.up().counts == {}
    stack.destroy()
