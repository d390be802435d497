"""Executions of state machines: how they start, stop, end and are listed.

moto calls executions that have no name `None`, leaves one that was stopped running, and tells nobody how one ended.
"""

import json
import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from localmesh.aws import moto, tasktokens

_PARSER = "moto.stepfunctions.parser"
_LARGEST_INPUT = 262_144
_LONGEST_NAME = 80
_FORBIDDEN = re.compile(r'[\s<>{}\[\]?*"#%\\^|~`$&,;:/\x00-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]')
_PAGES = {"executions": (100, 1000), "events": (100, 1000)}

Changed = Callable[[Any], None]
"""Takes an execution whose status has just changed."""

_changing = threading.Lock()
_starting = threading.Lock()


def install(changed: Changed) -> None:
    """Corrects moto.

    Args:
        changed: told of every execution that starts and of every one that ends, once each.
    """
    api = moto.module(f"{_PARSER}.api")
    for error in api.ServiceException.__subclasses__():
        if error.__module__ == api.__name__:
            error.TYPE = error.__name__  # the interpreter's errors have lost their names
    execution = moto.module(f"{_PARSER}.backend.execution")
    responses = moto.module("moto.stepfunctions.responses")
    _start(moto.module(f"{_PARSER}.models").StepFunctionsParserBackend, execution.Execution)
    _end(execution, changed)
    _stop(responses.StepFunctionResponse, responses.ActionResult)
    _show(responses.StepFunctionResponse, responses.ActionResult, execution.Execution)


def _start(backend: Any, execution: Any) -> None:
    api = moto.module(f"{_PARSER}.api")

    @moto.correct(backend, "start_execution")
    def _start_execution(original: Any, self: Any, arn: str, name: str | None = None, data: str | None = None) -> Any:
        name = str(uuid4()) if name is None else name
        if not 1 <= len(name) <= _LONGEST_NAME or _FORBIDDEN.search(name):
            raise api.InvalidName(f"Invalid Name: '{name}'")
        if len((data or "").encode()) > _LARGEST_INPUT:
            raise api.InvalidExecutionInput(
                f"Invalid State Machine Execution Input: longer than {_LARGEST_INPUT} bytes"
            )
        try:
            # Python takes NaN and Infinity for JSON, AWS does not.
            json.loads(data or "{}", parse_constant=_no_constant)
        except ValueError as error:
            raise api.InvalidExecutionInput(f"Invalid State Machine Execution Input: '{error}'") from error
        with _starting:  # the search for a namesake and the start are one
            return original(self, arn, name, data)

    @moto.correct(execution, "get_start_execution_details")
    def _details(original: Any, self: Any) -> Any:
        # A text, as on AWS: a date in an output would break DescribeExecution.
        details = original(self)
        details.start_time = self.start_date.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return details


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _end(execution: Any, changed: Changed) -> None:
    environment = moto.module(f"{_PARSER}.asl.eval.environment").Environment
    stopped = moto.module(f"{_PARSER}.asl.eval.program_state").ProgramStopped
    aborted = moto.module(f"{_PARSER}.api").ExecutionStatus.ABORTED

    @moto.correct(execution.Execution, "start")
    def _started(original: Any, self: Any) -> None:
        self.ended = False
        self.exec_status = moto.module(f"{_PARSER}.api").ExecutionStatus.RUNNING
        changed(self)  # first, so that the end cannot be told before the start
        original(self)

    @moto.correct(execution.BaseExecutionWorkerCommunication, "terminated")
    def _terminated(original: Any, self: Any) -> None:
        with _changing:
            if self.execution.ended:
                return
            self.execution.ended = True
            original(self)
        tasktokens.close_execution(self.execution.exec_arn)
        changed(self.execution)

    @moto.correct(environment, "set_error")
    def _set_error(original: Any, self: Any, error: Any) -> None:
        # What a stopped program stumbles over on its way out does not make it a failed one.
        if not isinstance(self._program_state, stopped):
            original(self, error)

    @moto.correct(execution.Execution, "stop")
    def _stop(original: Any, self: Any, stop_date: Any, error: str | None, cause: str | None) -> None:
        while self.exec_worker.env is None:  # its thread has not begun
            time.sleep(0.005)
        with _changing:
            if self.ended:
                return
            self.ended = True
            original(self, stop_date, error, cause)
            self.exec_status = aborted
            self.stop_date = stop_date
            self.error = error or None
            self.cause = cause or None
        tasktokens.close_execution(self.exec_arn)
        for endpoint in list(self.exec_worker.env.callback_pool_manager._pool.values()):
            endpoint.interrupt_all()
        changed(self)


def _stop(response: Any, result: Any) -> None:
    def stop_execution(self: Any) -> Any:
        # moto drops error and cause.
        arn, error, cause = (self._get_param(name) for name in ("executionArn", "error", "cause"))
        execution = self.stepfunction_backend.describe_execution(arn)
        execution.stop(datetime.now(UTC), error, cause)
        return result({"stopDate": execution.stop_date})

    response.stop_execution = stop_execution


def _show(response: Any, result: Any, execution: Any) -> None:
    exceptions = moto.module("moto.stepfunctions.exceptions")

    def page(self: Any, name: str, entries: list[Any]) -> Any:
        usual, most = _PAGES[name]
        size = int(self._get_param("maxResults") or usual)
        token = self._get_param("nextToken") or "0"
        if not token.isdigit():
            raise exceptions.ValidationException(f"Invalid Token: '{token}'")
        start = int(token)
        end = start + min(size, most)
        return {name: entries[start:end], **({"nextToken": str(end)} if end < len(entries) else {})}

    def list_executions(self: Any) -> Any:
        arn = self._get_param("stateMachineArn")
        status = self._get_param("statusFilter")
        machine = self.stepfunction_backend.describe_state_machine(arn)
        newest = sorted(machine.executions, key=lambda each: each.start_date, reverse=True)
        listed = page(self, "executions", [each for each in newest if status in {None, _status(each)}])
        listed["executions"] = [
            {
                "executionArn": each.exec_arn,
                "name": each.name,
                "startDate": each.start_date,
                "stateMachineArn": machine.arn,
                "status": _status(each),
                **({"stopDate": each.stop_date} if each.stop_date else {}),
            }
            for each in listed["executions"]
        ]
        return result(listed)

    @moto.correct(response, "describe_execution")
    def _describe(original: Any, self: Any) -> Any:
        described = original(self)
        shown = self.stepfunction_backend.describe_execution(self._get_param("executionArn"))
        if shown.stop_date is not None and _status(shown) != "RUNNING":
            described.result["stopDate"] = shown.stop_date  # moto leaves it out after a time-out
        if _status(shown) == "SUCCEEDED":
            described.result["output"] = json.dumps(shown.output, separators=(",", ":"))  # also if it is a text
        described.result["inputDetails"] = {"included": True}
        described.result["redriveCount"] = 0
        return described

    def get_execution_history(self: Any) -> Any:
        arn = self._get_param("executionArn")
        events = list(self.stepfunction_backend.get_execution_history(arn)["events"])
        newest_first = str(self._get_param("reverseOrder")).lower() == "true"
        return result(page(self, "events", sorted(events, key=lambda event: event["id"], reverse=newest_first)))

    response.list_executions = list_executions
    response.get_execution_history = get_execution_history
    execution.status = property(_status)


def _status(execution: Any) -> str:
    return str(execution.exec_status.value) if execution.exec_status else "RUNNING"
