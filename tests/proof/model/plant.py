"""The workflow in one process: the real definition, the real entry points and rules, on fakes, with a clock of its own.

Everything is one step at a time. A disturbance (`Plan`) strikes within a step, before or after any call of any port.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import AccessRefused, CloseFailed, LakeshareError, TableNotFound, TryAgain
from tests.asl.execution import Execution, TaskFailed
from tests.fakes.grants import MemoryGrants
from tests.fakes.world import World
from tests.proof.model.functions import FUNCTIONS, by_link, revoke_run, signed_in
from tests.proof.model.heard import Invocation, Posting
from tests.proof.model.step_functions import StepFunctions
from tests.proof.model.truth import Truth


class Died(BaseException):
    """The process is gone: nothing of it runs any more, whatever it would still do in a `finally`."""


@dataclass
class Plan:
    """What strikes in a run: at the call `at`, `when` (before or after its effect), and what it is."""

    at: int
    when: str
    what: str | Callable[[], object]
    struck: bool = False


@dataclass
class _Run:
    about: Invocation
    plan: Plan | None
    dead: bool = False


@dataclass
class Plant:
    """Executions, with all that they meet, and the `truth` about it."""

    document: dict[str, Any]
    world: World = field(default_factory=World)
    clock: datetime = datetime(2026, 11, 24, 9, tzinfo=UTC)
    executions: list[Execution] = field(default_factory=list[Execution])
    notices: list[tuple[str, str]] = field(default_factory=list[tuple[str, str]])
    """Status changes on their way to Close: name and status. Each may come, come twice, come late, or get lost."""
    plans: dict[tuple[str, str], list[Plan]] = field(default_factory=dict[tuple[str, str], list[Plan]])
    """What strikes the next runs of an execution's function, by the names of both."""
    done: list[tuple[str, dict[str, Any]]] = field(default_factory=list[tuple[str, dict[str, Any]]])
    """Every call of a task that was ever made: any of them may be delivered again."""
    disturbed: set[str] = field(default_factory=set[str])
    """Requests of which some run was struck, or ran twice: their notes may lag behind, and be told twice."""
    close_struck: set[str] = field(default_factory=set[str])
    """Requests of which a run of Close was struck: their executions may end without it."""
    begun: set[str] = field(default_factory=set[str])
    """Runs of the state machine that revokes, by their names."""
    invocations: int = 0
    tokens: int = 0
    strokes: int = 0
    seconds_left: float = 900.0

    def __post_init__(self) -> None:
        self.truth = Truth(self.world)
        self.stack: list[_Run] = []
        self.busy: list[Execution] = []
        world = self.world
        world.workflow = self.step_functions = StepFunctions(self.executions)
        self.grants = MemoryGrants(world.lake)
        world.lake.refusals = self._refusal
        world.closer.function = self._close
        for fake in (
            *(world.register, world.vault, world.catalogue, world.lake, world.producers, world.events),
            *(world.workflow, world.closer, world.memory, world.notify_caller, world.pace, world.ledger),
            *(world.revokes, self.grants),
        ):
            fake.watch = self._watch

    # --- executions -------------------------------------------------------------------------------------------

    def start(self, name: str, document: Any) -> Execution:
        made = Execution(
            self.document, name, f"arn:{name}", self._tick(), document, partial(self._task, name), self._new_token
        )
        self.executions.append(made)
        self._look()
        return made

    def step(self, execution: Execution) -> None:
        self._tick()
        if execution in self.busy:
            return
        if execution.runs and not execution.waits and execution.path[-1:] == [execution.state]:
            # What is tried again is so after a pause; a lease that somebody died with is over at last.
            self.clock += timedelta(minutes=1)
        self.busy.append(execution)
        execution.step()
        self.busy.remove(execution)
        self._look()
        self.notify_called()

    def stop(self, execution: Execution) -> None:
        execution.stop()
        self.disturbed.add(execution.name)
        self._look()

    def redrive(self, execution: Execution) -> None:
        execution.redrive()
        self.disturbed.add(execution.name)
        self._look()

    def time_out(self, execution: Execution) -> None:
        if execution.waits:
            self.clock += timedelta(days=7)
            execution.time_out()
            if execution.state != "Expired":
                self.truth.wrong.append(f"nobody answered {execution.name}, and it goes on at {execution.state}")
        self._look()

    def deliver(self, notice: tuple[str, str], plan: Plan | None = None) -> None:
        name, status = notice
        self.disturbed.add(name)
        self.run("Close", {"detail": {"name": name, "status": status}, "request_id": name}, plan, quiet=True)

    def notify_called(self) -> None:
        """Calls of Notify come; one that fails is lost, as if Lambda had tried often enough."""
        pending = self.world.notify_caller.calls_to_come
        while pending:
            name = pending.pop(0)
            plans = self.plans.get((name, "Notify"))
            self.run("Notify", {"request_id": name}, plans.pop(0) if plans else None, quiet=True)

    def notify_due(self, plan: Plan | None = None) -> None:
        """The schedule calls Notify."""
        self.run("Notify", {}, plan, quiet=True)

    def pass_time(self, seconds: float) -> None:
        self.clock += timedelta(seconds=seconds)

    def sweep(self, plan: Plan | None = None) -> None:
        self.run("Sweep", {}, plan, quiet=True)

    def post(self, posting: Posting, key: str, plan: Plan | None = None) -> int:
        """Press the button of the decision page; the status of the answer."""
        sent = len(self.truth.decided)
        answer = self.run("Decide", by_link(posting, key), plan, posting=posting, quiet=True)
        status = 0 if answer is None else int(answer["statusCode"])
        if len(self.truth.decided) == sent and status == 200:
            self.truth.wrong.append(f"{posting} was told that it was recorded, and nothing was")
        return status

    def decide_signed_in(self, posting: Posting, round_: int, plan: Plan | None = None) -> str:
        """Decide in the portal, on what was shown of that round; what came of it."""
        approves = "approve" if posting.action == "approve" else "deny"
        event = signed_in(posting.request_id, approves, round_, posting.address, posting.columns)
        try:
            return str(self.run("DecideSignedIn", event, plan, posting=posting))
        except TaskFailed as failed:
            return failed.error

    def meanwhile(self) -> None:
        """While Decide pauses, the workflow goes on."""
        posting = self.stack[-1].about.posting
        for each in self.executions:
            if posting is not None and each.name == posting.request_id:
                self.step(each)

    # --- shares -----------------------------------------------------------------------------------------------

    def revoke(self, wish: dict[str, Any], plan: Plan | None = None) -> bool:
        """A run of the state machine that revokes: whether it came to its end. What it leaves, Sweep begins anew."""
        self._tick()
        done = revoke_run(wish, iso(self.clock), lambda event: self.run("Revoke", event, plan, quiet=True))
        if done is None:
            self.truth.wrong.append(f"{wish} is never done")
        return done is True

    def revoke_started(self, plan: Plan | None = None) -> None:
        """The runs come that Sweep has started."""
        runs = self.world.revokes.runs
        for name in [each for each in runs if each not in self.begun]:
            self.begun.add(name)
            share_id, reason = runs[name]
            self.revoke({"share": share_id, "reason": reason}, plan)

    @property
    def aws_request_id(self) -> str:
        """Lambda's context: another one for each invocation."""
        return f"invocation {self.invocations}"

    # --- runs of functions ------------------------------------------------------------------------------------

    def run(
        self,
        function: str,
        payload: dict[str, Any],
        plan: Plan | None = None,
        *,
        posting: Posting | None = None,
        quiet: bool = False,
    ) -> Any:
        """Run a function; raises `TaskFailed`, or with `quiet` answers nothing, if it fails."""
        if plan is not None:
            # A sweep is about all requests.
            self.disturbed |= {payload["request_id"]} if "request_id" in payload else set(self.world.register.records)
        self.invocations += 1
        run = _Run(Invocation(function, payload, iso(self.clock), posting), plan)
        self.stack.append(run)
        try:
            return FUNCTIONS[function](payload, self)
        except Died:
            failed = TaskFailed(str(plan and plan.what), "RequestId: … Error")
        except Exception as error:
            if not isinstance(error, LakeshareError):
                self.truth.wrong.append(f"{function} raised {error!r}")
            name = type(error).__name__
            failed = TaskFailed(name, json.dumps({"errorType": name, "errorMessage": str(error)}))
        finally:
            self.stack.pop()
        if quiet:
            return None
        raise failed

    def get_remaining_time_in_millis(self) -> float:
        """Lambda's context."""
        return self.seconds_left * 1000

    def _task(self, name: str, function: str, payload: dict[str, Any]) -> Any:
        self.done.append((function, payload))
        plans = self.plans.get((name, function))
        return self.run(function, payload, plans.pop(0) if plans else None)

    def _close(self, event: dict[str, Any]) -> None:
        """Sweep calls Close: a run of its own, which the same thing may strike."""
        try:
            self.run("Close", event, self.stack[-1].plan)
        except TaskFailed as failed:
            raise CloseFailed(str(failed)) from failed

    def _watch(self, when: str, method: str, arguments: tuple[Any, ...], result: Any) -> None:
        run = self.stack[-1]
        if run.dead:
            raise Died
        if when == "before":
            run.about.calls += 1
        else:
            self.truth.after(run.about, method, arguments, result)
            self.truth.opened.look()
        plan = run.plan
        if plan is None or plan.struck or (run.about.calls, when) != (plan.at, plan.when):
            return
        plan.struck = True
        self.strokes += 1
        if run.about.function == "Close":
            self.close_struck.add(run.about.payload["request_id"])
        if not isinstance(plan.what, str):
            plan.what()
        elif plan.what == "TryAgain":
            raise TryAgain("AWS is out of order.")
        elif plan.what == "AccessRefused":
            raise AccessRefused("AWS says no.")
        else:
            run.dead = True
            raise Died

    # --- Step Functions ---------------------------------------------------------------------------------------

    def _new_token(self) -> str:
        self.tokens += 1
        return f"token-{self.tokens}"

    def _tick(self) -> str:
        self.clock += timedelta(seconds=1)
        return iso(self.clock)

    def _look(self) -> None:
        """Let the rest of AWS see what became of the executions."""
        workflow = self.world.workflow
        # An ARN tells executions of one name apart as little as AWS does: the latest counts.
        for each in {each.name: each for each in self.executions}.values():
            if each.runs:
                workflow.executions.add(each.arn)
                workflow.ended.pop(each.arn, None)
            elif each.arn in workflow.executions:
                workflow.executions.discard(each.arn)
                workflow.ended[each.arn] = each.status
                if each.status in {"FAILED", "ABORTED"}:
                    self.notices.append((each.name, each.status))

    def _refusal(self, table: str) -> LakeshareError | None:
        there = table == "*" or any(table in tables for tables in self.world.catalogue.entries.values())
        return None if there else TableNotFound(f"{table} is gone.")
