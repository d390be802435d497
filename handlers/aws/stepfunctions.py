"""The executions of the state machine."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from handlers.aws.clients import answer_unless, client, translated
from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import InvalidInput, LakeshareError, RegisterUnreadable, UnknownExecution
from handlers.sharing.model.execution import NO_EXECUTION, Execution
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.record import Action
from handlers.sharing.model.request import ShareRequest
from handlers.sharing.model.revocation import IN_THE_PORTAL
from handlers.sharing.model.term import Term, fields_of

_STARTED = frozenset({"ExecutionAlreadyExists"})
_GONE = frozenset({"ExecutionDoesNotExist"})
# What Step Functions says once a task does not wait any more, for whatever cause.
_NOT_WAITING = frozenset({"TaskTimedOut", "TaskDoesNotExist", "InvalidToken"})

_LONGEST_CAUSE = 32_768


class StepFunctions:
    """`Workflow` on Step Functions; `start` and `running` need the state machine's ARN."""

    def __init__(self, state_machine_arn: str | None = None) -> None:
        self._machine = state_machine_arn
        self._states = client("stepfunctions")

    def start(self, request_id: str, request: ShareRequest, term: Term, renews: str | None) -> None:
        """Start the execution of this name; one that has been started is success, whatever became of it."""
        source = request.source
        document = {
            "source": {"database": source.database, "table": source.table},
            "target": request.target,
            **request.part.fields,
            **fields_of(term),
            **({} if renews is None else {"renews": renews}),
        }
        text = json.dumps(document)
        answer_unless(
            _STARTED,
            lambda: self._states.start_execution(stateMachineArn=self._machine, name=request_id, input=text),
            "start the workflow",
        )

    def send_decision(self, token: str, action: Action, decision_id: str) -> bool:
        """Complete the waiting task with the decision; `False` if it does not wait any more."""
        output = json.dumps({"decision": action, "decision_id": decision_id})
        taken = answer_unless(
            _NOT_WAITING,
            lambda: self._states.send_task_success(taskToken=token, output=output),
            "pass the decision on",
        )
        return taken is not None

    def end_wait(self, token: str, reason: str, message: str) -> bool:
        """End the waiting task with an error, told as a function tells its own; `False` if it waits no more."""
        cause = json.dumps({"errorType": reason, "errorMessage": message})[:_LONGEST_CAUSE]
        taken = answer_unless(
            _NOT_WAITING,
            lambda: self._states.send_task_failure(taskToken=token, error=reason, cause=cause),
            "end the wait for a decision",
        )
        return taken is not None

    def running(self) -> Mapping[str, datetime]:
        """The executions that run: since when, by ARN."""
        since: dict[str, datetime] = {}
        token: dict[str, str] = {}
        while True:
            with translated("list the running executions"):
                page = self._states.list_executions(
                    stateMachineArn=self._machine, statusFilter="RUNNING", maxResults=1000, **token
                )
            since |= {each["executionArn"]: each.get("redriveDate", each["startDate"]) for each in page["executions"]}
            if not page.get("nextToken"):
                return since
            token = {"nextToken": page["nextToken"]}

    def stop(self, execution_arn: str, error: str, cause: str) -> None:
        """Stop an execution; one that is over stays as it is."""
        answer_unless(
            _GONE,
            lambda: self._states.stop_execution(executionArn=execution_arn, error=error, cause=cause),
            "stop an execution",
        )

    def died(self, since: datetime) -> list[str]:
        """ARNs of the executions that ended without success since then; one page of each kind, newest first."""
        arns: list[str] = []
        for status in ("FAILED", "ABORTED", "TIMED_OUT"):
            with translated("list the executions that failed"):
                page = self._states.list_executions(stateMachineArn=self._machine, statusFilter=status, maxResults=1000)
            arns += [each["executionArn"] for each in page["executions"] if each["stopDate"] >= since]
        return arns

    def some_executions(self, status: str | None, limit: int, token: str | None) -> tuple[list[Execution], str | None]:
        """Part of the list of executions, newest first, and the token of the next part.

        Raises:
            InvalidInput: the token is not of this list.
        """
        more = {"statusFilter": status, "nextToken": token}
        given = {name: value for name, value in more.items() if value is not None}
        with translated("list the executions", _foreign_token):
            page = self._states.list_executions(stateMachineArn=self._machine, maxResults=limit, **given)
        return [_execution(each) for each in page["executions"]], page.get("nextToken")

    def look_at_execution(self, name: str) -> Execution:
        """One execution of this state machine, with its documents; raises `UnknownExecution`."""
        arn = f"{(self._machine or '').replace(':stateMachine:', ':execution:')}:{name}"
        with translated("look at an execution", _unknown):
            return _execution(self._states.describe_execution(executionArn=arn))

    def how_it_ended(self, execution_arn: str) -> str | None:
        """Status of an execution that is over; `None` while it runs."""
        execution = answer_unless(
            _GONE,
            lambda: self._states.describe_execution(executionArn=execution_arn),
            "look at an execution",
            _no_arn,
        )
        if execution is None:
            return "GONE"
        return None if execution["status"] in {"RUNNING", "PENDING_REDRIVE"} else str(execution["status"])


class RevokeRuns:
    """`Revokes` on Step Functions."""

    def __init__(self, state_machine_arn: str) -> None:
        self._machine = state_machine_arn
        self._states = client("stepfunctions")

    def start(self, name: str, share_id: str, reason: str) -> None:
        """Start the run of this name for a share; one that has been started is success, whatever became of it."""
        self._start(name, {"share": share_id, "reason": reason})

    def hold(self, name: str, hold: Hold, *, stands: bool) -> None:
        """Start the run of this name for a hold that the ledger has: it ends what is held, or tells of a lifting."""
        on = (
            {"source": {"database": hold.name, "table": hold.table}}
            if hold.kind == "database"
            else {hold.kind: hold.name}
        )
        self._start(name, {**on, "reason": IN_THE_PORTAL, "hold": stands})

    def _start(self, name: str, document: Mapping[str, object]) -> None:
        text = json.dumps(document)
        answer_unless(
            _STARTED,
            lambda: self._states.start_execution(stateMachineArn=self._machine, name=name, input=text),
            "have shares taken back",
        )


def _execution(entry: Mapping[str, Any]) -> Execution:
    stopped = entry.get("stopDate")
    return Execution(
        name=entry["name"],
        arn=entry["executionArn"],
        status=entry["status"],
        started_at=iso(entry["startDate"]),
        stopped_at=None if stopped is None else iso(stopped),
        input=entry.get("input"),
        output=entry.get("output"),
        error=entry.get("error"),
        cause=entry.get("cause"),
    )


def _unknown(code: str, _message: str) -> LakeshareError | None:
    if code in {"ExecutionDoesNotExist", "InvalidArn"}:
        return UnknownExecution(NO_EXECUTION)
    return None


def _no_arn(code: str, _message: str) -> LakeshareError | None:
    if code in {"InvalidArn", "ValidationException"}:
        return RegisterUnreadable("What the register names as the execution of a request is none.")
    return None


def _foreign_token(code: str, _message: str) -> LakeshareError | None:
    # Too long a token is no valid one, before it is anything else; all else in the call was checked.
    if code in {"InvalidToken", "ValidationException"}:
        return InvalidInput("This token is not of this list.")
    return None
