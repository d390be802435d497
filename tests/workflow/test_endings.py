"""Requests that nobody decides: stopped by an operator, or forgotten by AWS; each still ends, once."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.workflow.driver import OLGA, SELECT_AND_DESCRIBE, Asked, Mesh, wait_until


@pytest.fixture
def asked(mesh: Mesh) -> Asked:
    return mesh.ask_owner("retail", "store", mesh.new_account())


def stop(mesh: Mesh, asked: Asked) -> None:
    mesh.client("stepfunctions").stop_execution(executionArn=asked.arn, error="Ops", cause="No longer wanted")


def test_an_execution_that_is_stopped_closes_its_request_as_aborted(mesh: Mesh, asked: Asked) -> None:
    stop(mesh, asked)
    assert mesh.finish(asked.arn).status == "ABORTED"
    wait_until(lambda: mesh.register_item(asked.arn).get("announced_at"), what="the closing event")
    item = mesh.register_item(asked.arn)
    assert (item["status"], item["reason"]) == ("FAILED", "Aborted")
    assert mesh.history(asked.arn)[-1] == "Failed"
    assert mesh.event_types(asked.arn) == ["RequestReceived", "ApprovalRequested", "RequestFailed"]
    assert "token" not in mesh.approval_item(asked.arn)


def test_the_links_of_a_stopped_request_say_so(mesh: Mesh, asked: Asked) -> None:
    stop(mesh, asked)
    wait_until(lambda: mesh.register_item(asked.arn)["status"] == "FAILED", what="the closing")
    for reply in (mesh.get(asked.approve), mesh.get(asked.deny), mesh.post(asked.approve, email=OLGA)):
        assert (reply.status, reply.title) == (410, "This request was stopped.")


def test_a_lost_status_event_is_made_up_for_by_the_schedule(mesh: Mesh, asked: Asked) -> None:
    mesh.control("POST", "/events/drop", count=1)
    stop(mesh, asked)
    assert mesh.finish(asked.arn).status == "ABORTED"
    assert mesh.register_item(asked.arn)["status"] == "WAITING"
    # Until then nobody knows; a decision is not taken, and its page promises nothing.
    assert mesh.post(asked.approve, email=OLGA).status in {409, 410}
    assert mesh.control("POST", "/schedules/run")["ran"]
    wait_until(lambda: mesh.register_item(asked.arn).get("announced_at"), what="the sweep")
    item = mesh.register_item(asked.arn)
    assert (item["status"], item["reason"]) == ("FAILED", "Aborted")
    assert mesh.event_types(asked.arn) == ["RequestReceived", "ApprovalRequested", "RequestFailed"]
    assert mesh.get(asked.approve).title == "This request was stopped."


def test_the_schedule_leaves_requests_alone_that_still_wait(mesh: Mesh, asked: Asked) -> None:
    mesh.control("POST", "/schedules/run")
    stopped = mesh.ask_owner("retail", "store", mesh.new_account())
    mesh.control("POST", "/events/drop", count=1)
    stop(mesh, stopped)
    mesh.control("POST", "/schedules/run")
    wait_until(lambda: mesh.register_item(stopped.arn)["status"] == "FAILED", what="the sweep")
    assert mesh.register_item(asked.arn)["status"] == "WAITING"
    assert mesh.post(asked.deny, email=OLGA).status == 200
    assert mesh.finish(asked.arn).output["status"] == "DENIED"


def test_a_request_stopped_before_it_was_written_down_still_ends_in_the_register(mesh: Mesh) -> None:
    with mesh.fault("dynamodb", "UpdateItem", role="classify", delay_seconds=3.0, times=1, drop=True):
        arn = mesh.start("retail", "store", mesh.new_account())
        wait_until(lambda: mesh.faults_used() == [1], what="the first write")
        mesh.client("stepfunctions").stop_execution(executionArn=arn)
        wait_until(lambda: mesh.register_item(arn), what="the closing")
    item = mesh.register_item(arn)
    assert (item["status"], item["reason"]) == ("FAILED", "Aborted")


def test_a_request_stopped_while_it_is_shared_says_what_was_granted(mesh: Mesh) -> None:
    account = mesh.new_account()
    with mesh.fault("lakeformation", "GrantPermissions", delay_seconds=1.5, times=1):
        arn = mesh.start("transport", "yellow_tripdata", account)
        wait_until(lambda: mesh.faults_used() == [1], what="the grant")
        mesh.client("stepfunctions").stop_execution(executionArn=arn)
        wait_until(lambda: mesh.register_item(arn).get("announced_at"), what="the closing")
        granted = wait_until(lambda: mesh.register_item(arn).get("granted"), what="the grant's record")
    assert granted["names"] == ["yellow_tripdata"]
    assert mesh.register_item(arn)["reason"] == "Aborted"
    assert mesh.grants(account) == {"transport.yellow_tripdata": SELECT_AND_DESCRIBE}


def test_an_execution_that_dies_before_it_could_close_its_request_is_closed_all_the_same(mesh: Mesh) -> None:
    with mesh.fault("dynamodb", "UpdateItem", "AccessDeniedException", role="close", times=1):
        request, finished = mesh.ask("nowhere", "nothing", mesh.new_account())
        assert (finished.status, finished.error) == ("FAILED", "AccessRefused")
        wait_until(lambda: mesh.register_item(request).get("announced_at"), what="the closing")
    item = mesh.register_item(request)
    assert (item["status"], item["reason"]) == ("FAILED", "Crashed")
    assert mesh.event_types(request) == ["RequestReceived", "RequestFailed"]


# --- what Sweep sees to besides ----------------------------------------------------------------------------------


def test_an_event_that_could_not_be_put_is_put_with_the_next_sweep(mesh: Mesh, asked: Asked) -> None:
    with mesh.fault("events", "PutEvents", "InternalFailure", http_status=500):
        assert mesh.decide(asked, "deny", OLGA).end == ("DENIED", "Denied")
    assert mesh.register_item(asked.arn)["owed_events"]
    assert mesh.event_types(asked.arn)[-1] != "RequestDenied"
    mesh.control("POST", "/schedules/run")
    wait_until(lambda: mesh.register_item(asked.arn).get("announced_at"), what="the sweep")
    assert "owed_events" not in mesh.register_item(asked.arn)
    assert mesh.event_types(asked.arn)[-1] == "RequestDenied"


def test_an_execution_that_runs_without_end_is_stopped_and_its_request_closed(mesh: Mesh, asked: Asked) -> None:
    with _longest_run(mesh, seconds=1):
        time.sleep(1)
        mesh.control("POST", "/schedules/run")
        assert mesh.finish(asked.arn).status == "ABORTED"
    item = mesh.register_item(asked.arn)
    assert (item["status"], item["reason"]) == ("FAILED", "RanTooLong")
    assert mesh.event_types(asked.arn)[-1] == "RequestFailed"
    assert mesh.post(asked.approve, email=OLGA).status == 410
    assert mesh.grants(item["consumer_account"]) == {}


@contextmanager
def _longest_run(mesh: Mesh, seconds: int) -> Iterator[None]:
    """Sweep takes an execution for endless after so long, for a while."""
    functions = mesh.client("lambda")
    (sweep,) = (
        each for each in functions.list_functions()["Functions"] if each["Handler"].startswith("handlers.sweep")
    )
    before = sweep["Environment"]["Variables"]
    name = sweep["FunctionName"]
    changed = {**before, "LONGEST_RUN_SECONDS": str(seconds)}
    functions.update_function_configuration(FunctionName=name, Environment={"Variables": changed})
    try:
        yield
    finally:
        functions.update_function_configuration(FunctionName=name, Environment={"Variables": before})
