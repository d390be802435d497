"""Another release comes while requests wait: what began under a released state machine ends well under today's code.

The same over the real engine, with changed functions and settings: tests/engine/test_upgrade.py.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from components.state_machine import substitute
from handlers.sharing.model.record import VERSION
from tests.asl.definition import template
from tests.proof.conftest import Figure
from tests.unit.register_items import released_shapes, shapes
from tests.unit.workflow_shapes import RELEASED, released
from tests.workflow.driver import OLGA, UNREGISTERED, Asked, Mesh, request_id, wait_until
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(config=WITHOUT_PORTAL)
DAYS, BRIEF = 604_800, 15
NEW_STATE = "ANewState"
TASKS = ("Classify", "RequestApproval", "Grant", "Close")
ENDS = {"approved": "SHARED", "denied": "DENIED", "expired": "EXPIRED", "moved": "SHARED", "lost": "REFUSED"}


class Machine:
    """The state machine of a mesh, to be given other definitions."""

    def __init__(self, mesh: Mesh) -> None:
        self.mesh = mesh
        self.states = mesh.client("stepfunctions")
        self.today = self.states.describe_state_machine(stateMachineArn=mesh.machine)["definition"]
        tasks = {name: json.loads(self.today)["States"][name] for name in TASKS}
        self.arns = {f"{name}Arn": task["Parameters"]["FunctionName"] for name, task in tasks.items()}

    def become(self, template: dict[str, Any], seconds: int = DAYS) -> None:
        """Deploys a definition."""
        known = {"Partition": "aws", **self.arns, "ApprovalTimeoutSeconds": seconds}
        text = json.dumps(substitute(template, known))
        self.states.update_state_machine(stateMachineArn=self.mesh.machine, definition=text)

    def states_of(self, arn: str) -> set[str]:
        """The names of the states that an execution has been in."""
        pages = self.states.get_paginator("get_execution_history").paginate(executionArn=arn)
        events = [event for page in pages for event in page["events"]]
        return {event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event}


@pytest.fixture(scope="module")
def machine(mesh: Mesh) -> Iterator[Machine]:
    machine = Machine(mesh)
    yield machine
    machine.states.update_state_machine(stateMachineArn=mesh.machine, definition=machine.today)


def next_release() -> dict[str, Any]:
    """Today's state machine with one state more on every way: before whatever ends a request."""
    text = json.dumps(template()).replace('"Next": "Close"', f'"Next": "{NEW_STATE}"')
    changed: dict[str, Any] = json.loads(text.replace('"Default": "Close"', f'"Default": "{NEW_STATE}"'))
    changed["States"][NEW_STATE] = {"Type": "Pass", "Next": "Close"}
    return changed


@pytest.mark.parametrize("version", sorted(RELEASED))
def test_requests_of_a_released_workflow_end_well(mesh: Mesh, machine: Machine, version: int, figure: Figure) -> None:
    old = released(version, "definition")
    machine.become(old, BRIEF)
    waiting = {"expired": mesh.ask_owner("retail", "customer", mesh.new_account())}
    machine.become(old)
    for table in ("moved", "lost"):
        mesh.catalogue.add_table("retail", f"{table}_{version}", [_PII])
    accounts = {name: mesh.new_account() for name in ENDS if name != "expired"}
    for name, account in accounts.items():
        table = f"{name}_{version}" if name in {"moved", "lost"} else "customer"
        waiting[name] = mesh.ask_owner("retail", table, account)

    machine.become(next_release(), BRIEF)
    mesh.catalogue.move_table("retail", f"moved_{version}", "s3://retail-lake/elsewhere/")
    mesh.catalogue.set_table_parameters("retail", f"lost_{version}", {"data_owner": UNREGISTERED})
    for name in accounts:
        link = waiting[name].deny if name == "denied" else waiting[name].approve
        assert mesh.post(link, email=OLGA).status == 200
    again = mesh.links(mesh.mail_about(waiting["moved"].arn, number=2))
    assert mesh.post(again.approve, email=OLGA).status == 200

    ended = {name: mesh.finish(asked.arn, BRIEF + 30) for name, asked in waiting.items()}
    assert {name: each.output.get("status", each) for name, each in ended.items()} == ENDS
    assert ended["lost"].output["reason"] == "OwnerNotRegistered"
    for name, asked in waiting.items():
        item = mesh.register_item(asked.arn)
        assert (item["status"], "announced_at" in item) == (ENDS[name], True)
        assert NEW_STATE not in machine.states_of(asked.arn)
        if name != "expired":
            assert bool(mesh.grants(accounts[name])) == (ENDS[name] == "SHARED")
    figure(f"requests of released workflow {version} that waited and ended as they should", len(waiting))


def test_what_starts_afterwards_takes_the_new_way(mesh: Mesh, machine: Machine) -> None:
    machine.become(next_release())
    request, finished = mesh.ask("transport", "yellow_tripdata", mesh.new_account())
    assert finished.output["status"] == "SHARED"
    arn = f"{mesh.machine.replace(':stateMachine:', ':execution:')}:{request}"
    assert NEW_STATE in machine.states_of(arn)


@pytest.fixture
def held(mesh: Mesh, machine: Machine) -> Iterator[Asked]:
    """A request that waits, whose items a newer release has rewritten."""
    machine.become(template())
    asked = mesh.ask_owner("retail", "customer", mesh.new_account())
    set_version(mesh, asked, VERSION + 1)
    yield asked
    set_version(mesh, asked, VERSION)


def set_version(mesh: Mesh, asked: Asked, version: int) -> None:
    """Changes the version of a request's items."""
    for key in (request_id(asked.arn), f"approval#{request_id(asked.arn)}"):
        mesh.change_item(key, version={"N": str(version)})


def test_items_of_a_newer_release_are_not_guessed_at(mesh: Mesh, held: Asked, figure: Figure) -> None:
    """An older release after a newer one: it decides nothing, says so, loses nothing; the newer one goes on."""
    before = mesh.register_item(held.arn)
    for reply in (mesh.get(held.approve), mesh.post(held.approve, email=OLGA), mesh.post(held.deny, email=OLGA)):
        assert reply.status == 503
    assert mesh.register_item(held.arn) == before
    said = [line for entry in mesh.control("GET", "/functions/log") for line in entry["lines"]]
    assert [line for line in said if "RegisterUnreadable" in line and request_id(held.arn) in line]
    set_version(mesh, held, VERSION)
    assert mesh.post(held.approve, email=OLGA).status == 200
    assert mesh.finish(held.arn).output["status"] == "SHARED"
    figure("items of version", f"{VERSION} are written and read; of {VERSION + 1} refused as RegisterUnreadable, 503")


def test_an_approval_that_meets_a_newer_item_grants_nothing(mesh: Mesh, machine: Machine) -> None:
    """The decision is taken, and Grant finds the newer item: the request ends with that reason, for all to see."""
    held_back = next_release()
    held_back["States"]["Approved"]["Next"] = "Later"
    held_back["States"]["Later"] = {"Type": "Wait", "Seconds": 3, "Next": "Grant"}
    machine.become(held_back)
    account = mesh.new_account()
    asked = mesh.ask_owner("retail", "customer", account)
    assert mesh.post(asked.approve, email=OLGA).status == 200
    set_version(mesh, asked, VERSION + 1)
    finished = mesh.finish(asked.arn)
    assert (finished.status, finished.error) == ("FAILED", "RegisterUnreadable")
    assert finished.cause is not None
    assert f"has version {VERSION + 1}; this release reads 1 to {VERSION}" in finished.cause
    assert mesh.grants(account) == {}
    item = mesh.register_item(asked.arn)
    assert (item["status"], item["reason"]) == ("FAILED", "RegisterUnreadable")
    assert mesh.event_types(asked.arn)[-1] == "RequestFailed"


def test_an_end_is_written_all_the_same(mesh: Mesh, held: Asked) -> None:
    """Somebody stops such an execution: its request ends, with its event, and stands in every list."""
    mesh.client("stepfunctions").stop_execution(executionArn=held.arn)
    item = wait_until(lambda: found if "announced_at" in (found := mesh.register_item(held.arn)) else None)
    assert (item["status"], item["reason"], item["version"]) == ("FAILED", "Aborted", VERSION + 1)
    assert mesh.event_types(held.arn)[-1] == "RequestFailed"
    listed = mesh.client("dynamodb").query(
        TableName=mesh.table,
        IndexName="by_status",
        KeyConditionExpression="#status = :failed",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":failed": {"S": "FAILED"}},
    )["Items"]
    assert request_id(held.arn) in [each["pk"]["S"] for each in listed]


def test_a_part_of_a_table_is_kept_as_such(mesh: Mesh, machine: Machine) -> None:
    """What the register has of it is among the released shapes, as the next test finds of all that it has."""
    machine.become(template())
    other = {"Name": "phone", "Type": "string", "Parameters": {"pii_flag": "true"}}
    mesh.catalogue.add_table(
        "retail", "in_part", [_PII, other, {"Name": "id", "Type": "int"}], Parameters={"lakeshare_filter_eu": "id > 7"}
    )
    source, target = {"database": "retail", "table": "in_part"}, {"account_id": mesh.new_account()}
    arn = mesh.start_with({"source": source, "target": target, "columns": ["id", "name"], "filter": "eu"})
    links = mesh.links(mesh.mail_about(arn))
    item = mesh.register_item(arn)
    assert item["part"] == {"columns": ["id", "name"], "filter": "eu"}
    found = item["classification"]
    assert (found["columns"], found["row_filter"], found["left_out_total"]) == (["name", "id"], "id > 7", 1)
    assert mesh.post(links.deny, email=OLGA).status == 200
    assert mesh.finish(arn).output["status"] == "DENIED"


def test_everything_in_the_register_has_a_released_shape(mesh: Mesh, figure: Figure) -> None:
    found: Counter[str] = Counter()
    for item in mesh.items().values():
        found.update(shapes({name: value for name, value in item.items() if value is not None}))
    assert set(found) - released_shapes() == set()
    figure("attributes in the register, all of them in the fixtures", f"{len(found)} of {len(released_shapes())}")


_PII: dict[str, Any] = {"Name": "name", "Type": "string", "Parameters": {"pii_flag": "true"}}
