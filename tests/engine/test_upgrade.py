"""Requests that wait for a person while `pulumi up` deploys another release: each ends as its owner decides.

The other release has a changed line in every function, and a state machine whose states have other names, with one more
among them. An execution keeps the definition that it began with; the functions that it calls are the new ones.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from localmesh.provider import Endpoint
from tests.workflow.catalogue import column
from tests.workflow.driver import SELECT_AND_DESCRIBE, Asked, Mesh

from .conftest import CENTRAL, PRODUCERS, StackMaker, central_config, producer_config
from .engine import EngineStack
from .leftovers import left_in
from .requests import mesh_of

ANNA = "anna@example.org"
BRIEF_SECONDS = 20
FUNCTIONS = ("classify", "request_approval", "notify", "decide", "grant", "close", "revoke", "sweep", "survey")
DATABASE = "upgrading"
MARK = "This is another release."
OLD, NEW = {"RequestApproval", "Grant"}, {"AskOwner", "Granting", "OneStateMore"}


@pytest.fixture(scope="module", autouse=True)
def _always(from_the_copy: None) -> None:
    """Before anything is deployed: a mark would come after what tests ask for themselves."""


@pytest.fixture(scope="module")
def central(make_stack: StackMaker) -> EngineStack:
    return make_stack("upgrade", "central", CENTRAL, **central_config(**_parties()))


@pytest.fixture(scope="module")
def producers(make_stack: StackMaker) -> list[EngineStack]:
    return [make_stack(f"upgrade-{one}", "producer", one, **producer_config()) for one in PRODUCERS]


@pytest.fixture(scope="module")
def mesh(central: EngineStack, producers: list[EngineStack], mesh_json: dict[str, Any]) -> Mesh:
    central.up()
    for producer in producers:
        producer.up()
    mesh = mesh_of(mesh_json, central)
    mesh.catalogue.add_database(DATABASE, PRODUCERS[1])
    for table in ("left", "moved"):
        mesh.catalogue.add_table(DATABASE, table, [column("name", pii_flag="true")])
    return mesh


Waiting = dict[str, Asked]


@pytest.fixture(scope="module")
def waiting(mesh: Mesh) -> Waiting:
    """Requests that wait for days."""
    tables = {"approve": ("retail", "customer"), "deny": ("retail", "customer"), "whole": ("retail", "*")}
    tables |= {"left": (DATABASE, "left"), "moved": (DATABASE, "moved")}
    return {name: mesh.ask_owner(*what, _account(n)) for n, (name, what) in enumerate(tables.items(), 1)}


@pytest.fixture(scope="module")
def brief(waiting: Waiting, central: EngineStack, mesh: Mesh) -> Asked:
    """A request that waits for less than a minute, after those."""
    central.configure(approvalTimeout=f"{BRIEF_SECONDS}s")
    assert central.up().named("update") == {"lakeshare-sharing-machine", "lakeshare-sweep-function"}
    return mesh.ask_owner("retail", "customer", _account(0))


@pytest.fixture(scope="module")
def upgraded(waiting: Waiting, brief: Asked, central: EngineStack, sources: Path, mesh: Mesh) -> None:
    """The other release, deployed while all of them wait."""
    assert mesh.register_item(brief.arn)["status"] == "WAITING"
    for name in FUNCTIONS:
        path = sources / "handlers" / f"{name}.py"
        path.write_text(f'{path.read_text()}\nprint("{MARK}")\n')
    machine = sources / "sharing_workflow.asl.json"
    machine.write_text(json.dumps(_another(json.loads(machine.read_text()))))
    central.configure(approvalTimeout="3d")
    changes = central.up()
    functions = {f"lakeshare-{name.replace('_', '-')}-function" for name in FUNCTIONS}
    assert changes.named("update") == {"lakeshare-sharing-machine", *functions}
    assert set(changes.counts) == {"update"}
    assert {mesh.register_item(each.arn)["status"] for each in (*waiting.values(), brief)} == {"WAITING"}


@pytest.mark.usefixtures("upgraded")
def test_a_waiting_request_is_approved(mesh: Mesh, waiting: Waiting) -> None:
    asked = waiting["approve"]
    assert mesh.get(asked.approve).status == 200
    assert mesh.decide(asked, "approve", ANNA, comment="As before.").end == ("SHARED", None)
    assert mesh.grants(_account(1)) == {"retail.customer": SELECT_AND_DESCRIBE}
    decision = mesh.register_item(asked.arn)["decision"]
    assert (decision["action"], decision["approver"], decision["comment"]) == ("approve", ANNA, "As before.")
    assert mesh.post(asked.deny, email=ANNA).status == 409


@pytest.mark.usefixtures("upgraded")
def test_a_waiting_request_is_denied(mesh: Mesh, waiting: Waiting) -> None:
    assert mesh.decide(waiting["deny"], "deny", ANNA).end == ("DENIED", "Denied")
    assert mesh.grants(_account(2)) == {}


@pytest.mark.usefixtures("upgraded")
def test_a_waiting_request_for_a_database_is_approved(mesh: Mesh, waiting: Waiting) -> None:
    asked = waiting["whole"]
    assert mesh.post(asked.approve, email=ANNA).status == 200
    assert mesh.finish(asked.arn, 60).output["status"] == "SHARED"
    assert len(mesh.grants(_account(3))) == 26


@pytest.mark.usefixtures("upgraded")
def test_executions_keep_their_definition_and_call_the_new_functions(mesh: Mesh, waiting: Waiting) -> None:
    """As on AWS: the old state names to the end, and every function that ran since is the other release's."""
    for name in ("approve", "deny", "whole"):
        assert _states(mesh, waiting[name].arn) & (OLD | NEW) <= OLD
    asked = mesh.ask_owner("retail", "customer", _account(8))
    assert mesh.decide(asked, "approve", ANNA).end == ("SHARED", None)
    assert _states(mesh, asked.arn) & (OLD | NEW) == NEW
    said = [entry["function"] for entry in mesh.control("GET", "/functions/log") if MARK in str(entry["lines"])]
    for part in ("classify", "request-approval", "notify", "decide", "grant", "close"):
        assert [name for name in said if f"lakeshare-{part}" in name], part


@pytest.mark.usefixtures("upgraded")
def test_a_catalogue_that_changes_meanwhile_asks_again(mesh: Mesh, waiting: Waiting) -> None:
    """A second round of an old execution: classified, mailed and decided by the new functions."""
    asked = waiting["moved"]
    mesh.catalogue.move_table(DATABASE, "moved", "s3://retail-lake/elsewhere/")
    assert mesh.post(asked.approve, email=ANNA).status == 200
    again = mesh.mail_about(asked.arn, number=2)
    item = mesh.register_item(asked.arn)
    assert (item["status"], item["round"]) == ("WAITING", 2)
    # The state that it waits in is the old machine's, whose seven days the mail must tell, not the new one's three.
    assert _days_from_now(item["expires_at"]) == 7
    assert mesh.post(asked.approve, email=ANNA).status == 410
    assert mesh.post(mesh.links(again).approve, email=ANNA).status == 200
    assert mesh.finish(asked.arn).output["status"] == "SHARED"
    assert mesh.grants(_account(5)) == {f"{DATABASE}.moved": SELECT_AND_DESCRIBE}


@pytest.mark.usefixtures("upgraded")
def test_a_producer_that_is_gone_is_not_believed(mesh: Mesh, waiting: Waiting, central: EngineStack) -> None:
    asked = waiting["left"]
    central.configure(**_parties(PRODUCERS[0]))
    central.up()
    assert mesh.register_item(asked.arn)["status"] == "WAITING"
    assert mesh.decide(asked, "approve", ANNA).end == ("REFUSED", "OwnerNotRegistered")
    assert mesh.grants(_account(4)) == {}


@pytest.mark.usefixtures("upgraded")
def test_a_waiting_request_expires_when_its_mail_said(mesh: Mesh, brief: Asked) -> None:
    assert mesh.finish(brief.arn, BRIEF_SECONDS + 30).output["status"] == "EXPIRED"
    item = mesh.register_item(brief.arn)
    waited = datetime.fromisoformat(item["closed_at"]) - datetime.fromisoformat(item["received_at"])
    assert timedelta(seconds=BRIEF_SECONDS) <= waited < timedelta(seconds=BRIEF_SECONDS + 30)
    assert mesh.post(brief.approve, email=ANNA).status == 410
    assert mesh.grants(_account(0)) == {}


def test_nothing_is_left(
    mesh: Mesh, central: EngineStack, producers: list[EngineStack], endpoint_in: Callable[[str], Endpoint]
) -> None:
    for table in ("left", "moved"):
        mesh.catalogue.remove_table(DATABASE, table)
    mesh.client("glue").delete_database(Name=DATABASE)
    for stack in (*producers, central):
        stack.destroy()
    for account in (CENTRAL, *PRODUCERS):
        assert left_in(endpoint_in(account)) == []


def _parties(*accounts: str) -> dict[str, Any]:
    owned = {PRODUCERS[0]: ["retail"], PRODUCERS[1]: [DATABASE]}
    return {"producers": [{"accountId": one, "databases": owned[one]} for one in accounts or PRODUCERS]}


def _account(number: int) -> str:
    return f"77777777770{number}"


def _another(machine: dict[str, Any]) -> dict[str, Any]:
    """The state machine of another release: two states bear other names, one is new, a retry is slower."""
    text = json.dumps(machine).replace('"RequestApproval"', '"AskOwner"').replace('"Grant"', '"Granting"')
    another: dict[str, Any] = json.loads(text)
    another["Comment"] = "Another release."
    another["States"]["Approved"]["Next"] = "OneStateMore"
    another["States"]["OneStateMore"] = {"Type": "Pass", "Next": "Granting"}
    another["States"]["Granting"]["Retry"][0]["IntervalSeconds"] = 3
    return another


def _states(mesh: Mesh, arn: str) -> set[str]:
    """The names of the states that an execution has been in."""
    pages = mesh.client("stepfunctions").get_paginator("get_execution_history").paginate(executionArn=arn)
    events = [event for page in pages for event in page["events"]]
    return {event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event}


def _days_from_now(moment: str) -> int:
    return round((datetime.fromisoformat(moment) - datetime.now().astimezone()) / timedelta(days=1))
