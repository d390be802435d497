"""What is over and not taken back in time is alarmed, whatever keeps it: RAM, Sweep, or a schedule that is lost."""

from __future__ import annotations

import json
import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from localmesh.reading import readable
from tests.workflow.driver import Mesh, request_id, wait_until
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(retry_seconds=0.01, retries=1, config=WITHOUT_PORTAL)
TABLE = "transport.yellow_tripdata"
COMPARED = {"GreaterThanOrEqualToThreshold": operator.ge, "LessThanThreshold": operator.lt}

# What whoever revokes is told where RAM does not follow: single entries fail, or the call.
RAM = "User is not authorized to perform: ram:DisassociateResourceShare on resource"
WAYS = {
    "an entry is denied": ({"code": "AccessDeniedException", "message": RAM, "entries": True}, "AccessRefused"),
    "RAM does not know": ({"code": "OperationNotPermittedException", "message": "Resource share"}, "RevokeRefused"),
}


def share_of_a_day(mesh: Mesh) -> tuple[str, str]:
    """A share that ends in a day; gives its consumer and its id."""
    database, table = TABLE.split(".")
    account = mesh.new_account()
    wish = {"source": {"database": database, "table": table}, "target": {"account_id": account}, "days": 1}
    arn = mesh.start_with(wish)
    assert mesh.finish(arn).end == ("SHARED", None)
    return account, f"{request_id(arn)}:1"


def status_of(mesh: Mesh, account: str) -> str:
    (share,) = mesh.shares(account).values()
    return str(share["status"])


def reads(mesh: Mesh, account: str) -> set[str]:
    return set(readable(mesh.lake(), account))


def counts(mesh: Mesh) -> list[int]:
    """How many shares were overdue, each time that Sweep counted, as CloudWatch reads it from the log."""
    groups = mesh.client("logs").describe_log_groups()["logGroups"]
    lines = [
        line for each in groups if "sweep" in each["logGroupName"] for line in mesh.log_lines(each["logGroupName"])
    ]
    measured = [json.loads(line) for line in lines if '"SharesOverdue"' in line]
    watched = {each["Name"]: each["Value"] for each in alarm(mesh, "expiry-overdue")["Dimensions"]}
    assert {each["service"] for each in measured} <= {watched["service"]}
    return [each["SharesOverdue"] for each in measured]


def alarm(mesh: Mesh, name: str) -> Mapping[str, Any]:
    alarms = mesh.client("cloudwatch").describe_alarms()["MetricAlarms"]
    (found,) = [each for each in alarms if f"-{name}-" in each["AlarmName"]]
    return dict(found)


def rings(mesh: Mesh, name: str, counted: Sequence[float]) -> bool:
    """Whether an alarm rings for what was counted in its period."""
    watching = alarm(mesh, name)
    if not counted:
        return watching["TreatMissingData"] == "breaching"
    return bool(COMPARED[watching["ComparisonOperator"]](sum(counted), watching["Threshold"]))


def failed_runs(mesh: Mesh) -> list[str]:
    """Why runs that revoke failed, the latest first."""
    states = mesh.client("stepfunctions")
    runs = states.list_executions(stateMachineArn=mesh.revoking_machine, statusFilter="FAILED")["executions"]
    ends = [states.describe_execution(executionArn=each["executionArn"]) for each in runs]
    return [f"{each.get('error')} {each.get('cause')}" for each in ends]


def swept(mesh: Mesh, step: str) -> int:
    """Moves the clock until Sweep has run; gives what it counted."""
    before = len(counts(mesh))
    mesh.clock(step)
    return wait_until(lambda: counts(mesh)[before:], what="a count")[0]


@pytest.mark.parametrize("way", WAYS)
def test_what_ram_keeps_from_being_revoked_is_alarmed_until_it_is(mesh: Mesh, way: str) -> None:
    account, share = share_of_a_day(mesh)
    fault, reason = WAYS[way]
    failures = len(failed_runs(mesh))
    with mesh.fault("lakeformation", "BatchRevokePermissions", **fault):
        for number, step in enumerate(("+25h", "+23h"), start=1):
            assert rings(mesh, "expiry-overdue", [swept(mesh, step)])
            wait_until(lambda number=number: len(failed_runs(mesh)) >= failures + number, what="a run that fails")
        assert rings(mesh, "revoke-failed", [1])
        assert status_of(mesh, account) == "REVOKING"
        assert all("RevokeIncomplete" in each and reason in each for each in failed_runs(mesh)[:2])
        assert reads(mesh, account) == {TABLE}, "it is said to live on, and does"
    assert rings(mesh, "expiry-overdue", [swept(mesh, "+2h")])
    wait_until(lambda: status_of(mesh, account) == "REVOKED", what="the end")
    assert reads(mesh, account) == set()
    assert not rings(mesh, "expiry-overdue", [swept(mesh, "+1h")])
    ended = [
        each for each in mesh.told() if each["detail"].get("share_id") == share and each["detail-type"] == "ShareEnded"
    ]
    assert len(ended) == 1


@contextmanager
def sweep_fails(mesh: Mesh) -> Iterator[str]:
    with mesh.fault("dynamodb", "Query", "AccessDeniedException", role="lakeshare-sweep"):
        yield "sweep-errors"


@contextmanager
def schedule_is_lost(mesh: Mesh) -> Iterator[str]:
    events = mesh.client("events")
    (rule,) = [each["Name"] for each in events.list_rules()["Rules"] if "sweep" in each["Name"]]
    events.disable_rule(Name=rule)
    yield "sweep-idle"
    events.enable_rule(Name=rule)


@pytest.mark.parametrize("without", [sweep_fails, schedule_is_lost])
def test_a_day_without_sweep_is_alarmed_and_made_good(mesh: Mesh, without: Callable[[Mesh], Any]) -> None:
    account, _ = share_of_a_day(mesh)
    before = counts(mesh)
    with without(mesh) as other:
        errors = sweep_errors(mesh)
        ran = any("sweep" in rule for step in ("+25h", "+23h") for rule in mesh.clock(step))
        assert ran == (other == "sweep-errors")
        if ran:
            wait_until(lambda: sweep_errors(mesh) >= errors + 2, what="sweeps that fail")
        assert counts(mesh) == before
        assert rings(mesh, "expiry-overdue", []), "no count is as bad as a bad one"
        assert rings(mesh, other, [1] if ran else [])
        assert status_of(mesh, account) == "ACTIVE"
    assert rings(mesh, "expiry-overdue", [swept(mesh, "+1h")])
    wait_until(lambda: status_of(mesh, account) == "REVOKED", what="the end")
    assert reads(mesh, account) == set()
    assert not rings(mesh, "expiry-overdue", [swept(mesh, "+1h")])


def sweep_errors(mesh: Mesh) -> int:
    log = mesh.control("GET", "/functions/log")
    return sum(bool(each["error"]) for each in log if "-sweep-" in each["function"])
