"""EventBridge's work: status changes become events, events reach functions, schedules run."""

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from localmesh.aws import moto
from localmesh.aws.lambda_policies import may_invoke
from localmesh.functions.runtime import Functions
from localmesh.metrics import Metrics
from localmesh.schedules import parse

_METRICS = {
    "RUNNING": "ExecutionsStarted",
    "SUCCEEDED": "ExecutionsSucceeded",
    "FAILED": "ExecutionsFailed",
    "TIMED_OUT": "ExecutionsTimedOut",
    "ABORTED": "ExecutionsAborted",
}
_TICK_SECONDS = 1.0


class Events:
    """Delivers events.

    Args:
        functions: runs the targets.
    """

    def __init__(self, functions: Functions) -> None:
        self._functions = functions
        self._lose = 0
        self._lock = threading.Lock()
        self._due: dict[tuple[str, str], datetime | None] = {}
        self._scheduling = threading.RLock()
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begins to run schedules."""
        threading.Thread(target=self._run_schedules, name="schedules", daemon=True).start()

    def stop(self) -> None:
        """Runs no schedule any more."""
        self._stopped.set()

    def lose(self, number: int) -> None:
        """Loses the next status changes of executions: they are best effort on AWS too."""
        with self._lock:
            self._lose = number

    def changed(self, execution: Any) -> None:
        """Tells of an execution whose status has changed: an event and a metric."""
        status = str(execution.status)
        account, region = str(execution.account_id), str(execution.region_name)
        machine = str(execution.state_machine.arn)
        Metrics(account, region, "AWS/States", {"StateMachineArn": machine}).add(_METRICS[status])
        with self._lock:
            if self._lose > 0:
                self._lose -= 1
                return
        detail = {
            "executionArn": execution.exec_arn,
            "stateMachineArn": machine,
            "name": execution.name,
            "status": status,
            "startDate": _milliseconds(execution.start_date),
            "stopDate": _milliseconds(execution.stop_date),
            "input": json.dumps(execution.input_data),
            "inputDetails": {"included": True},
            "output": json.dumps(execution.output) if status == "SUCCEEDED" else None,
            "outputDetails": {"included": True} if status == "SUCCEEDED" else None,
            "error": execution.error,
            "cause": execution.cause,
            "stateMachineVersionArn": None,
            "stateMachineAliasArn": None,
            "redriveCount": 0,
            "redriveDate": None,
        }
        now = time.time()
        event = {
            "version": "0",
            "id": str(uuid4()),
            "detail-type": "Step Functions Execution Status Change",
            "source": "aws.states",
            "account": account,
            "time": now,
            "ingestion-time": now,  # which moto wants of an event that goes into a log group
            "region": region,
            "resources": [execution.exec_arn],
            "detail": detail,
        }
        for rule in _rules(account, region):
            rule.send_to_targets(event)

    def send(self, rule: Any, target: Mapping[str, Any], event: Mapping[str, Any]) -> None:
        """Delivers an event to one target of a rule, a function."""
        function = self._functions.find(str(target["Arn"]))
        metrics = Metrics(rule.account_id, rule.region_name, "AWS/Events", {"RuleName": str(rule.name)})
        if function is None or not may_invoke(function, "events.amazonaws.com", str(rule.arn)):
            metrics.add("FailedInvocations")
            why = "there is no such function" if function is None else "the function's policy does not allow it"
            print(f"event for {target['Arn']} from rule {rule.name} not delivered: {why}", file=sys.stderr)
            return
        metrics.add("Invocations")
        self._functions.invoke_later(function, json.dumps(_input(target, _sent(event))))

    def run_schedules(self, name: str | None = None) -> list[str]:
        """Runs schedules now.

        Args:
            name: part of a rule's name; all schedules unless told.

        Returns:
            The names of the rules that ran.
        """
        ran: list[str] = []
        for rule in _all_rules():
            if rule.scheduled_expression and rule.state != "DISABLED" and (name is None or name in rule.name):
                self._run(rule)
                ran.append(str(rule.name))
        return ran

    def run_due(self) -> list[str]:
        """Runs the schedules that have fallen due, each once, however often it fell due since it was last looked at.

        Returns:
            The names of the rules that ran.
        """
        ran: list[str] = []
        with self._scheduling:
            now = datetime.now(UTC)
            known, self._due = self._due, {}
            for rule in _all_rules():
                if not rule.scheduled_expression or rule.state == "DISABLED":
                    continue
                key = (str(rule.arn), str(rule.scheduled_expression))
                due = known[key] if key in known else parse(key[1]).after(now)
                if due is not None and now >= due:
                    due = parse(key[1]).after(now)
                    self._run(rule)
                    ran.append(str(rule.name))
                self._due[key] = due
        return ran

    def run_due_after(self, move: Callable[[], None]) -> list[str]:
        """Moves the clock, and runs the schedules that the move made due; what was just made counts from before it."""
        with self._scheduling:
            self.run_due()
            move()
            return self.run_due()

    def count_anew(self) -> None:
        """Lets all schedules count from now: the clock was turned back."""
        with self._scheduling:
            self._due.clear()
        self.run_due()

    def _run(self, rule: Any) -> None:
        event: dict[str, Any] = {
            "version": "0",
            "id": str(uuid4()),
            "detail-type": "Scheduled Event",
            "source": "aws.events",
            "account": rule.account_id,
            "time": time.time(),
            "region": rule.region_name,
            "resources": [rule.arn],
            "detail": {},
        }
        for target in list(rule.targets):
            if ":lambda:" in target["Arn"]:
                self.send(rule, target, event)

    def _run_schedules(self) -> None:
        while not self._stopped.wait(_TICK_SECONDS):
            self.run_due()


def _rules(account: str, region: str) -> Iterator[Any]:
    buses: Any = moto.backend("events", account, region).event_buses
    yield from list(buses["default"].rules.values())


def _all_rules() -> Iterator[Any]:
    backends: Any = moto.module("moto.backends").get_backend("events")
    for account in list(backends):
        for region in list(backends[account]):
            yield from _rules(account, region)


def _sent(event: Mapping[str, Any]) -> dict[str, Any]:
    """An event as a target sees it: moto keeps the time as a number and adds a field of its own."""
    moment = event["time"]
    if not isinstance(moment, str):
        moment = datetime.fromtimestamp(float(moment), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return {"version": "0", **{key: each for key, each in event.items() if key != "ingestion-time"}, "time": moment}


def _input(target: Mapping[str, Any], event: Mapping[str, Any]) -> Any:
    if target.get("Input"):
        return json.loads(target["Input"])
    if target.get("InputPath"):
        found: Any = event
        for name in [name for name in str(target["InputPath"]).removeprefix("$").split(".") if name]:
            found = found[name]
        return found
    if target.get("InputTransformer"):
        transformer = target["InputTransformer"]
        template: Any = moto.module("moto.events.utils").EventTemplateParser
        return template.parse(transformer["InputTemplate"], transformer.get("InputPathsMap", {}), dict(event))
    return event


def _milliseconds(moment: datetime | None) -> int | None:
    return int(moment.timestamp() * 1000) if moment is not None else None
