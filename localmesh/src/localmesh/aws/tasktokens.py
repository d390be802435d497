"""Task tokens: each is good for one answer, in time.

On AWS the first `SendTaskSuccess` or `SendTaskFailure` wins, and every later one gets `TaskTimedOut`: also one that
comes after the task timed out, after a newer attempt took its place, or after the execution ended. moto accepts a
second answer, and one that comes too late. Here a token is claimed under a lock, by an answer or by its end,
whichever is first.
"""

import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from localmesh.aws import moto
from localmesh.clock import clock

_PARSER = "moto.stepfunctions.parser"
_GRACE_SECONDS = 10 * 366 * 86400
"""The task's own wait decides about its time-out, by the mesh's clock; the interpreter's second one, by the machine's,
must not end first, not even when the mesh's clock was turned back."""


@dataclass
class _Task:
    endpoint: Any
    machine_arn: str
    execution_arn: str
    deadline: datetime
    open: bool = True


_tasks: dict[str, _Task] = {}
_of_execution: dict[str, list[_Task]] = {}
_lock = threading.Lock()
_local = threading.local()


def machine_of(token: str) -> str | None:
    """The state machine that a token belongs to; None if it was never given."""
    task = _tasks.get(token)
    return task.machine_arn if task is not None else None


def close_execution(execution_arn: str) -> None:
    """Closes all tokens of an execution that has ended."""
    with _lock:
        for task in _of_execution.pop(execution_arn, []):
            task.open = False


def _open(env: Any, deadline: datetime) -> _Task:
    """Gives the task that is about to begin a token."""
    context = env.states.context_object
    token = context.update_task_token()
    endpoint = env.callback_pool_manager.add(token)
    data = context.context_object_data
    execution = str(data["Execution"]["Id"])
    task = _Task(endpoint, str(data["StateMachine"]["Id"]), execution, deadline)
    endpoint.task = task
    with _lock:
        _tasks[token] = task
        _of_execution.setdefault(execution, []).append(task)
    return task


def install() -> None:
    """Corrects moto."""
    callback = moto.module(f"{_PARSER}.asl.eval.callback.callback")
    service = moto.module(f"{_PARSER}.asl.component.state.exec.state_task.service.state_task_service_callback")
    error = moto.module("moto.core.exceptions").AWSError
    backend = moto.module(f"{_PARSER}.models").StepFunctionsParserBackend
    _clocks(callback, service.StateTaskServiceCallback)

    def answer(token: str, outcome: Any) -> None:
        task = _tasks.get(token)
        if task is None:
            raise error(f"Invalid Token: '{token[:64]}'", "InvalidToken")
        with _lock:
            if not task.open:
                raise error("Task Timed Out: 'Provided task does not exist anymore'", "TaskTimedOut")
            task.open = False
        task.endpoint.notify(outcome)

    def send_task_success(self: Any, task_token: str, outcome: str) -> None:
        del self
        answer(task_token, callback.CallbackOutcomeSuccess(task_token, outcome))

    def send_task_failure(self: Any, task_token: str, error: str | None = None, cause: str | None = None) -> None:
        del self
        answer(task_token, callback.CallbackOutcomeFailure(task_token, error, cause))

    backend.send_task_success = send_task_success
    backend.send_task_failure = send_task_failure

    def failure(self: Any) -> Any:
        # moto drops the cause.
        names = ("taskToken", "error", "cause")
        self.stepfunction_backend.send_task_failure(*(self._get_param(name) for name in names))
        return responses.EmptyResult()

    responses = moto.module("moto.stepfunctions.responses")
    responses.StepFunctionResponse.send_task_failure = failure


def _clocks(callback: Any, task_state: Any) -> None:
    waits = "waitForTaskToken"

    class _WithGrace:
        """A time-out that is a little longer for the interpreter's own clock, and exact for everybody else."""

        def __init__(self, exact: Any) -> None:
            self.exact = exact

        def is_default_value(self) -> bool:
            return bool(self.exact.is_default_value())

        def eval(self, env: Any) -> None:
            self.exact.eval(env)
            if getattr(_local, "lenient", False):
                _local.lenient = False
                env.stack.append(env.stack.pop() + _GRACE_SECONDS)

    @moto.correct(task_state, "from_state_props")
    def _from_state_props(original: Any, self: Any, *args: Any, **kwargs: Any) -> None:
        original(self, *args, **kwargs)
        if self.resource.condition == waits:
            self.timeout = _WithGrace(self.timeout)

    @moto.correct(task_state, "_evaluate_with_timeout")
    def _attempt(original: Any, self: Any, env: Any) -> None:
        if self.resource.condition != waits:
            original(self, env)
            return
        # Each attempt has a token of its own; moto makes one for all of them.
        self.timeout.eval(env)
        task = _open(env, datetime.now(UTC) + timedelta(seconds=env.stack.pop()))
        _local.lenient = True
        try:
            original(self, env)
        finally:
            with _lock:
                task.open = False

    @moto.correct(callback.CallbackEndpoint, "wait")
    def _wait(original: Any, self: Any, timeout: float | None = None) -> Any:
        task: _Task | None = getattr(self, "task", None)
        if task is None:
            return original(self, timeout)
        # The time counts from when the task was scheduled, not from when its function has answered.
        clock.wait(self._notify_event, (task.deadline - datetime.now(UTC)).total_seconds())
        with _lock:
            task.open, won = False, not task.open
        if won and self._outcome is None:
            # Claimed by an answer that is about to be handed over.
            self._notify_event.wait(1.0)
        return self._outcome
