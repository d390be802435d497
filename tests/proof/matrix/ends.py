"""The ways of requests that end without their workflow: stopped, never written down, forgotten; and the sweep's own."""

from __future__ import annotations

import json
from typing import Any

from tests.proof.matrix.paths import Case, Path, be_asked, share_table, wait
from tests.workflow.driver import Mesh


def stop(mesh: Mesh, case: Case) -> None:
    """Stops the execution, as operators do."""
    arn = f"{mesh.machine.replace(':stateMachine:', ':execution:')}:{case.id}"
    mesh.client("stepfunctions").stop_execution(executionArn=arn)


def _asked_in_vain(mesh: Mesh, case: Case) -> None:
    case.usual = "FAILED"
    be_asked(mesh, case)
    case.granted = {}


STOPPED = Path(
    "a request whose execution is stopped", stop, before=_asked_in_vain, functions=("close",), entry="EventBridge"
)


def _not_written_down(mesh: Mesh, case: Case) -> None:
    case.usual = "FAILED"
    refused = {"service": "dynamodb", "operation": "UpdateItem", "function": "classify-function", "event": case.id}
    mesh.control("POST", "/faults", **refused, code="AccessDeniedException")


UNWRITTEN = Path("a request that was never written down", share_table, before=_not_written_down, functions=("close",))


def lose(mesh: Mesh, case: Case) -> None:
    """Stops the execution, and nobody closes its request: as if EventBridge had lost the event."""
    lost = {"service": "dynamodb", "operation": "UpdateItem", "function": "close-function", "event": case.id}
    mesh.control("POST", "/faults", **lost, code="AccessDeniedException")
    stop(mesh, case)
    wait(lambda: _attempts(mesh, case) >= 3, case, "third attempt to close")  # Lambda's own
    mesh.control("DELETE", "/faults", event=case.id)


def _attempts(mesh: Mesh, case: Case) -> int:
    calls = mesh.control("GET", "/calls", event=case.id)
    return len({each["invocation"] for each in calls if "close-function" in each["function"]})


def _lost(mesh: Mesh, case: Case) -> None:
    if not case.account:
        be_asked(mesh, case)
    case.usual, case.granted = "FAILED", {}
    lose(mesh, case)


def _silent(mesh: Mesh, case: Case) -> None:
    """It is shared, but the event bus is out of reach until everybody has given up."""
    lost = {"service": "events", "operation": "PutEvents", "function": "close-function", "event": case.id}
    mesh.control("POST", "/faults", **lost, code="InternalException", http_status=500)
    share_table(mesh, case)
    wait(lambda: _attempts(mesh, case) >= 7 + 3, case, "third attempt to close")  # six retries, then Lambda's own
    mesh.control("DELETE", "/faults", event=case.id)


def _sweep_again(mesh: Mesh, case: Case) -> None:
    if not mesh.register_item(case.id).get("announced_at"):
        case.swept = True
        sweep(mesh, case)


def _functions(mesh: Mesh) -> list[str]:
    """All functions; there are more than one page shows."""
    pages = mesh.client("lambda").get_paginator("list_functions").paginate()
    return [each["FunctionArn"] for page in pages for each in page["Functions"]]


def sweep(mesh: Mesh, case: Case) -> Any:
    """Calls the sweep, as its schedule does, under a name of its own."""
    name = next(name.rpartition(":")[2] for name in _functions(mesh) if "sweep-function" in name)
    answer = mesh.client("lambda").invoke(FunctionName=name, Payload=json.dumps({"case": case.id}).encode())
    return json.loads(answer["Payload"].read())


SWEPT = (
    Path("a stopped request whose end went unnoticed", sweep, _lost, _sweep_again, ("sweep",)),
    Path("a shared request that nobody announced", sweep, _silent, _sweep_again, ("sweep",)),
)
