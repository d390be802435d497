"""A stack from before shares came becomes today's: nothing that holds data or links is made anew, and all goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from localmesh.provider import Endpoint
from tests.workflow.driver import SELECT_AND_DESCRIBE, Asked, Mesh, request_id, wait_until

from . import before_shares
from .conftest import CENTRAL, PRODUCERS, StackMaker, central_config, producer_config
from .engine import Changes, EngineStack
from .leftovers import left_in
from .requests import mesh_of

ANNA = "anna@example.org"
BEFORE, WAITING, AFTER = (f"88888888880{number}" for number in range(3))
"""Accounts: of a share of before, of a request that waits meanwhile, of what is asked for anew."""
STAYS = {
    "aws:dynamodb/table:Table",
    "aws:apigatewayv2/api:Api",
    "aws:sfn/stateMachine:StateMachine",
    "aws:sns/topic:Topic",
    "aws:sns/topicSubscription:TopicSubscription",
}
"""What holds data, waiting requests, the addresses of mailed links, and who confirmed: never deleted or replaced."""


@pytest.fixture(scope="module")
def stacks(make_stack: StackMaker, tmp_path_factory: pytest.TempPathFactory) -> list[EngineStack]:
    """A central stack and a producer's, deployed by the program of before."""
    accounts = [BEFORE, WAITING, AFTER]
    stacks = [
        make_stack("before", None, CENTRAL, role="central", **central_config(consumerAccounts=accounts)),
        make_stack("before-producer", None, PRODUCERS[0], role="producer", **producer_config()),
    ]
    folder = tmp_path_factory.mktemp("before") / "program"
    before_shares.unpack(folder)
    for stack in stacks:
        with before_shares.deploying(stack, folder):
            stack.up()
    return stacks


@pytest.fixture(scope="module")
def mesh(stacks: list[EngineStack], mesh_json: dict[str, Any]) -> Mesh:
    return mesh_of(mesh_json, stacks[0])


@pytest.fixture(scope="module")
def asked(mesh: Mesh) -> Asked:
    """Before: one request has been shared, and one waits for its owner."""
    for account in (BEFORE, WAITING):
        asked = mesh.ask_owner("retail", "customer", account)
        if account == BEFORE:
            assert mesh.decide(asked, "approve", ANNA).end == ("SHARED", None)
    return asked


@pytest.fixture(scope="module")
def changes(asked: Asked, stacks: list[EngineStack]) -> list[Changes]:
    """Today's program, while that one waits."""
    return [stack.up() for stack in stacks]


def test_what_comes_and_what_stays(changes: list[Changes]) -> None:
    steps = [step for each in changes for step in each.steps]
    gone = {step.type for step in steps if step.op not in {"create", "update", "import"}}
    assert not gone & STAYS
    made = changes[0].named("create")
    assert {"lakeshare-ledger-table", "lakeshare-revoking-machine", "lakeshare-revoke-function"} <= made
    assert not {"lakeshare-register-table", "lakeshare-vault-table", "lakeshare-sharing-machine"} & made


def test_what_waited_is_decided_by_the_link_of_before_and_is_a_share(
    changes: list[Changes], mesh_json: dict[str, Any], stacks: list[EngineStack], asked: Asked
) -> None:
    """An approval covers more now than what was classified before, so its owner is asked once more."""
    mesh = mesh_of(mesh_json, stacks[0])
    assert mesh.post(asked.approve, email=ANNA).status == 200
    again = mesh.links(mesh.mail_about(asked.arn, number=2))
    assert mesh.grants(WAITING) == {}
    assert mesh.post(again.approve, email=ANNA).status == 200
    assert mesh.finish(asked.arn).end == ("SHARED", None)
    ((share, item),) = mesh.shares(WAITING).items()
    assert (share, item["status"]) == (f"{request_id(asked.arn)}:2", "ACTIVE")


def test_what_was_granted_before_stays_until_it_is_asked_for_anew_and_revoked(
    changes: list[Changes], mesh_json: dict[str, Any], stacks: list[EngineStack]
) -> None:
    """Nobody wrote it down, so nothing knows of it; asked for anew it is a share like any other, and ends as one."""
    mesh = mesh_of(mesh_json, stacks[0])
    granted = {"retail.customer": SELECT_AND_DESCRIBE}
    assert (mesh.shares(BEFORE), mesh.grants(BEFORE)) == ({}, granted)
    for account in (BEFORE, AFTER):
        assert mesh.decide(mesh.ask_owner("retail", "customer", account), "approve", ANNA).end == ("SHARED", None)
    states = mesh.client("stepfunctions")
    run = states.start_execution(
        stateMachineArn=stacks[0].outputs()["RevokeStateMachineArn"],
        input=json.dumps({"reason": "a test", "consumer": BEFORE}),
    )["executionArn"]
    end = wait_until(
        lambda: status if (status := states.describe_execution(executionArn=run)["status"]) != "RUNNING" else "",
        30,
        "the end of revoking",
    )
    assert (end, mesh.grants(BEFORE)) == ("SUCCEEDED", {})
    assert mesh.grants(WAITING) == mesh.grants(AFTER) == granted


def test_then_nothing_to_do_and_destroyed_nothing_is_left_but_grants(
    changes: list[Changes],
    mesh_json: dict[str, Any],
    stacks: list[EngineStack],
    endpoint_in: Callable[[str], Endpoint],
) -> None:
    assert [stack.up().counts for stack in stacks] == [{}, {}]
    mesh = mesh_of(mesh_json, stacks[0])
    granted = {account: mesh.grants(account) for account in (WAITING, AFTER)}
    for stack in reversed(stacks):
        stack.destroy()
    for account in (CENTRAL, PRODUCERS[0]):
        assert left_in(endpoint_in(account)) == []
    assert {account: mesh.grants(account) for account in granted} == granted
