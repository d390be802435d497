"""Walks the workflow's definition state by state, in process. What it does not know of the language, it refuses.

A walk stops before every state, and while a task waits for its token, so that other things can happen in between. Time
is whoever walks' own: pauses before retries are no time at all, and a waiting task times out when it is told to.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.asl.definition import RESOURCES, Unknown

RUNNING = "RUNNING"

_PATH = re.compile(r"\$(\$)?((?:\.\w+)*)")
_ADD = re.compile(r"States\.MathAdd\((\$[.\w]*), (-?\d+)\)")
_ABSENT = object()
# What States.ALL does not stand for.
_NEVER_CAUGHT_BY_ALL = {"States.DataLimitExceeded", "States.Runtime"}


class TaskFailed(Exception):
    """What a task's attempt ended with: Step Functions' name of the error, and its cause."""

    def __init__(self, error: str, cause: str) -> None:
        super().__init__(f"{error}: {cause}")
        self.error = error
        self.cause = cause


Invoke = Callable[[str, dict[str, Any]], Any]
"""Calls a function by name with a payload; raises `TaskFailed`."""


@dataclass
class Execution:
    """One execution. `token`: what its waiting task is answered by; `attempts`: retries used, by state and retrier."""

    document: Mapping[str, Any]
    name: str
    arn: str
    started_at: str
    input: Any
    invoke: Invoke
    new_token: Callable[[], str]
    status: str = RUNNING
    state: str = ""
    data: Any = None
    token: str | None = None
    answer: Any = None
    output: Any = None
    error: str = ""
    cause: str = ""
    redrives: int = 0
    attempts: dict[tuple[str, int], int] = field(default_factory=dict[tuple[str, int], int])
    path: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.state, self.data = self.document["StartAt"], self.input

    @property
    def runs(self) -> bool:
        return self.status == RUNNING

    @property
    def waits(self) -> bool:
        """Whether its task waits for an answer that has not come."""
        return self.runs and self.token is not None and self.answer is None

    def step(self) -> None:
        """Go through one state, or take the answer to the one that waits. Nothing happens while none has come."""
        if not self.runs or self.waits:
            return
        if self.token is not None:
            self._answered()
            return
        state = self.document["States"][self.state]
        self.path.append(self.state)
        match state["Type"]:
            case "Pass":
                self._go(state["Next"], self._resolve(state["Parameters"], None))
            case "Choice":
                chosen = (choice["Next"] for choice in state["Choices"] if self._holds(choice))
                self._go(next(chosen, state["Default"]), self.data)
            case "Succeed":
                self.status, self.output = "SUCCEEDED", self.data
            case "Fail":
                self._fail(str(self._at(state["ErrorPath"])), str(self._at(state["CausePath"])))
            case _:
                self._task(state)

    def succeed(self, token: str, answer: Any) -> bool:
        """`SendTaskSuccess`: `False` if the task does not wait with this token any more."""
        if not self.waits or token != self.token:
            return False
        self.answer = answer
        return True

    def fail(self, token: str, error: str, cause: str) -> bool:
        """`SendTaskFailure`: `False` if the task does not wait with this token any more."""
        return self.succeed(token, TaskFailed(error, cause))

    def time_out(self) -> None:
        """The waiting task has waited for as long as it may."""
        if self.waits:
            self.token = None
            self._failed(self.document["States"][self.state], TaskFailed("States.Timeout", ""))

    def stop(self) -> None:
        """`StopExecution`."""
        if self.runs:
            self.status, self.token, self.answer = "ABORTED", None, None

    def redrive(self) -> None:
        """`RedriveExecution`: goes on at the state where it stopped, with all its retries."""
        if self.status in {"ABORTED", "FAILED"}:
            self.status, self.error, self.cause = RUNNING, "", ""
            self.redrives += 1
            self.attempts.clear()

    # ----------------------------------------------------------------------------------------------------------

    def _task(self, state: Mapping[str, Any]) -> None:
        name = self.state
        waits = RESOURCES[state["Resource"]]
        token = self.new_token() if waits else None
        parameters = self._resolve(state["Parameters"], token)
        self.token, self.answer = token, None
        try:
            result = self.invoke(parameters["FunctionName"], json.loads(json.dumps(parameters["Payload"])))
        except TaskFailed as failed:
            # Whoever was quicker than the function's failure has answered, and the answer stands.
            if self.runs and self.state == name and self.token == token and self.answer is None:
                self.token = None
                self._failed(state, failed)
            return
        if not waits and self.runs:
            self._finish(state, {"Payload": json.loads(json.dumps(result))})

    def _answered(self) -> None:
        answer, self.token, self.answer = self.answer, None, None
        state = self.document["States"][self.state]
        if isinstance(answer, TaskFailed):
            self._failed(state, answer)
        else:
            self._finish(state, json.loads(json.dumps(answer)))

    def _finish(self, state: Mapping[str, Any], result: Any) -> None:
        if "ResultPath" in state:
            result = self._put(state["ResultPath"], result)
        if "OutputPath" in state:
            result = result[state["OutputPath"].removeprefix("$.")]
        self._go(state["Next"], result)

    def _failed(self, state: Mapping[str, Any], failed: TaskFailed) -> None:
        for at, retrier in enumerate(state.get("Retry", [])):
            if _names(retrier["ErrorEquals"], failed.error):
                used = self.attempts.get((self.state, at), 0)
                if used < retrier["MaxAttempts"]:
                    self.attempts[self.state, at] = used + 1
                    return
                break
        for catcher in state.get("Catch", []):
            if _names(catcher["ErrorEquals"], failed.error):
                self._go(
                    catcher["Next"], self._put(catcher["ResultPath"], {"Error": failed.error, "Cause": failed.cause})
                )
                return
        self._fail(failed.error, failed.cause)

    def _go(self, state: str, data: Any) -> None:
        for used in [each for each in self.attempts if each[0] == self.state]:
            del self.attempts[used]
        self.state, self.data = state, data

    def _fail(self, error: str, cause: str) -> None:
        self.status, self.error, self.cause = "FAILED", error, cause

    def _put(self, path: str | None, value: Any) -> Any:
        if path is None:
            return self.data
        return {**(self.data if isinstance(self.data, dict) else {}), path.removeprefix("$."): value}

    def _resolve(self, template: Any, token: str | None) -> Any:
        if not isinstance(template, dict):
            return template
        made: dict[str, Any] = {}
        for key, value in template.items():
            if not key.endswith(".$"):
                made[key] = self._resolve(value, token)
                continue
            added = _ADD.fullmatch(value)
            found = int(self._at(added[1])) + int(added[2]) if added else self._at(value, token)
            made[key.removesuffix(".$")] = found
        return made

    def _at(self, path: str, token: str | None = None) -> Any:
        found = self._look(path, token)
        if found is _ABSENT:
            raise Unknown(f"{self.state}: there is no {path} in {self.data}")
        return found

    def _look(self, path: str, token: str | None = None) -> Any:
        parts = _PATH.fullmatch(path)
        if parts is None:
            raise Unknown(f"the path {path}")
        about = {"Id": self.arn, "Name": self.name, "StartTime": self.started_at, "Input": self.input}
        found: Any = {"Execution": about, "Task": {"Token": token}} if parts[1] else self.data
        for step in parts[2].split(".")[1:]:
            if not isinstance(found, dict) or step not in found:
                return _ABSENT
            found = found[step]
        return found

    def _holds(self, choice: Mapping[str, Any]) -> bool:
        if "And" in choice:
            return all(self._holds(each) for each in choice["And"])
        found = self._look(choice["Variable"])
        if "IsPresent" in choice:
            return (found is not _ABSENT) is choice["IsPresent"]
        return self._at(choice["Variable"]) == choice["StringEquals"]


def _names(errors: list[str], error: str) -> bool:
    return error in errors or ("States.ALL" in errors and error not in _NEVER_CAUGHT_BY_ALL)
