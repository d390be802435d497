"""The ways of requests that end without their workflow: stopped, never written down, forgotten; and the sweep's own."""

from __future__ import annotations

import json
from typing import Any

from tests.proof.matrix.paths import Case, Path, arn_of, be_asked, share_table, wait
from tests.workflow.driver import Mesh


def stop(mesh: Mesh, case: Case) -> None:
    """Stops the execution, as operators do."""
    mesh.client("stepfunctions").stop_execution(executionArn=arn_of(mesh, case))


def fail(mesh: Mesh, case: Case, function: str, call: str, code: str, **more: object) -> None:
    """Makes all of a function's calls of one kind fail on behalf of a request."""
    service, operation = call.split()
    called = {"service": service, "operation": operation, "function": f"{function}-function", "event": case.id}
    mesh.control("POST", "/faults", **called, code=code, **more)


def cannot_close(mesh: Mesh, case: Case) -> None:
    """Close cannot write the end of a request down."""
    fail(mesh, case, "close", "dynamodb UpdateItem", "AccessDeniedException")


def _asked_in_vain(mesh: Mesh, case: Case) -> None:
    case.usual = "FAILED"
    be_asked(mesh, case)
    case.granted = {}


STOPPED = Path(
    "a request whose execution is stopped", stop, before=_asked_in_vain, functions=("close",), entry="EventBridge"
)


def _not_written_down(mesh: Mesh, case: Case) -> None:
    case.usual = "FAILED"
    fail(mesh, case, "classify", "dynamodb UpdateItem", "AccessDeniedException")


UNWRITTEN = Path("a request that was never written down", share_table, before=_not_written_down, functions=("close",))


def _give_up(mesh: Mesh, case: Case, attempts: int) -> None:
    """Waits until Close has been tried so often, and lets it work again."""

    def tried() -> bool:
        calls = mesh.control("GET", "/calls", event=case.id)
        return len({each["invocation"] for each in calls if "close-function" in each["function"]}) >= attempts

    wait(tried, case, "last attempt to close")
    mesh.control("DELETE", "/faults", event=case.id)


def _lost(mesh: Mesh, case: Case) -> None:
    """It is stopped, and nobody closes it: as if EventBridge had lost the event."""
    if not case.account:
        be_asked(mesh, case)
    case.usual, case.granted = "FAILED", {}
    cannot_close(mesh, case)
    stop(mesh, case)
    _give_up(mesh, case, 3)  # Lambda's own attempts


def _silent(mesh: Mesh, case: Case) -> None:
    """It is shared, and its end stays owed: the event bus is out of reach for as long as it runs."""
    fail(mesh, case, "close", "events PutEvents", "InternalException", http_status=500)
    share_table(mesh, case)
    mesh.control("DELETE", "/faults", event=case.id)


def _sweep_again(mesh: Mesh, case: Case) -> None:
    if not mesh.register_item(case.id).get("announced_at"):
        case.swept = True
        sweep(mesh, case)


def sweep(mesh: Mesh, case: Case) -> Any:
    """Calls the sweep, as its schedule does, under a name of its own."""
    pages = mesh.client("lambda").get_paginator("list_functions").paginate()
    names = (each["FunctionName"] for page in pages for each in page["Functions"])
    name = next(name for name in names if "sweep-function" in name)
    answer = mesh.client("lambda").invoke(FunctionName=name, Payload=json.dumps({"case": case.id}).encode())
    return json.loads(answer["Payload"].read())


SWEPT = (
    Path("a stopped request whose end went unnoticed", sweep, _lost, _sweep_again, ("sweep",)),
    Path("a shared request that nobody announced", sweep, _silent, _sweep_again, ("sweep",)),
)
