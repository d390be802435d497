"""The rules by which the catalogue and misfortunes take turns, with those of people; what holds: `promises.py`."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from tests.asl.execution import Execution
from tests.fakes.world import APPROVER
from tests.proof.model.changes import CHANGES, CHANGES_OF_PARTS
from tests.proof.model.people import People
from tests.proof.model.plant import Plan
from tests.proof.model.sharing import Sharing
from tests.proof.model.wishes import Misfortune, Trouble, any_of_many, misfortunes, moments, troubles, which

FUNCTIONS = ("Classify", "RequestApproval", "Notify", "Grant", "Close")
MEANWHILE = ("step", "approve", "deny", "stop", "notice", "sweep", "again", "change", "flag", "revoke")
"""What can happen in the middle of a task, beside an end."""
STEPS_TO_A_TASK = 4
"""From its start, an execution that needs no approval is at Grant after three."""


class Requests(Sharing):
    """The turns that can be taken."""

    # --- the world --------------------------------------------------------------------------------------------

    @precondition(lambda self: self.some_running() and self.changes < 8)
    @rule(change=any_of_many)
    def catalogue_changes(self, change: int) -> None:
        self.changes += 1
        self.change(change)
        self.count("catalogue changes")

    @precondition(People.someone_waits)
    @rule(at=which)
    def time_out(self, at: int) -> None:
        self.plant.time_out(self.execution(at))

    @precondition(People.some_running)
    @rule(low=st.booleans())
    def functions_run_short_of_time(self, low: bool) -> None:
        self.plant.seconds_left = 5.0 if low else 900.0

    # --- misfortunes ------------------------------------------------------------------------------------------

    @precondition(People.bad_luck)
    @rule(at=which, trouble=troubles, steps=st.integers(1, 6))
    def strike(self, at: int, trouble: Trouble, steps: int) -> None:
        """The next runs of a function die, or AWS fails them."""
        execution = self.execution(at)
        self.trouble(execution, trouble)
        for _ in range(steps):
            self.plant.step(execution)

    @precondition(People.bad_luck)
    @rule(
        at=which,
        function=st.sampled_from(FUNCTIONS),
        moment=moments,
        other=which,
        what=st.sampled_from(MEANWHILE),
    )
    def in_the_middle(self, at: int, function: str, moment: tuple[int, str], other: int, what: str) -> None:
        """Something else happens in the middle of a task."""
        execution = self.running(at)
        happens: dict[str, Callable[[], object]] = {
            "step": lambda: self.plant.step(self.execution(other)),
            "approve": lambda: self.post(other, "approve", APPROVER),
            "deny": lambda: self.post(other, "deny", APPROVER),
            "stop": lambda: self.plant.stop(execution),
            "notice": lambda: self._deliver(other, keep=True),
            "sweep": self.plant.sweep,
            "again": lambda: self._again(other),
            "change": lambda: CHANGES["more people" if other % 2 else "column added"](self.plant.world),
            "flag": lambda: CHANGES_OF_PARTS["city flagged" if other % 2 else "other rows"](self.plant.world),
            "revoke": lambda: self.revoke(other),
        }
        self._meanwhile(execution, function, Plan(*moment, happens[what]))

    @precondition(People.bad_luck)
    @rule(at=which, function=st.sampled_from(["Grant", *FUNCTIONS]), moment=moments)
    def end_in_the_middle(self, at: int, function: str, moment: tuple[int, str]) -> None:
        """In the middle of a task an operator stops its execution, and Close hears of it at once."""
        execution = self.running(at)

        def end() -> None:
            self.plant.stop(execution)
            self._deliver(0, keep=True)

        self._meanwhile(execution, function, Plan(*moment, end))

    def _meanwhile(self, execution: Execution, function: str, plan: Plan) -> None:
        """Strike the next run of a function, which the execution goes to, if no more than some steps lead there."""
        self.misfortunes -= 1
        self.plant.plans.setdefault((execution.name, function), []).append(plan)
        for _ in range(STEPS_TO_A_TASK):
            reached = execution.state == function
            self.plant.step(execution)
            if reached:
                break

    @precondition(lambda self: self.plant.done and self.misfortunes > 0)
    @rule(at=which)
    def again(self, at: int) -> None:
        """A task's call comes once more, however late."""
        self.misfortunes -= 1
        self._again(at)

    def _again(self, at: int) -> None:
        function, payload = self.plant.done[-1 - at % len(self.plant.done)]
        self.plant.disturbed.add(payload["request_id"])
        self.plant.run(function, payload, quiet=True)
        self.count("calls delivered again")

    @precondition(People.bad_luck)
    @rule(at=which)
    def stop(self, at: int) -> None:
        self.misfortunes -= 1
        self.plant.stop(self.execution(at))
        self.count("executions stopped")

    @precondition(lambda self: any(each.status in {"ABORTED", "FAILED"} for each in self.plant.executions))
    @rule(at=which)
    def redrive(self, at: int) -> None:
        execution = self.execution(at)
        record = self.plant.world.register.records.get(execution.name)
        # What nobody took up has no start time by which its own execution would be known again: see the limits.
        if record is not None and record.started_at == execution.started_at:
            self.plant.redrive(execution)
            self.count("redrives")

    @precondition(lambda self: self.plant.notices)
    @rule(at=which, keep=st.booleans(), misfortune=misfortunes)
    def notice_comes(self, at: int, keep: bool, misfortune: Misfortune) -> None:
        self._deliver(at, keep=keep, plan=self.plan(misfortune))

    def _deliver(self, at: int, *, keep: bool, plan: Plan | None = None) -> None:
        notices = self.plant.notices
        if notices:
            notice = notices[-1 - at % len(notices)]
            if not keep:
                notices.remove(notice)
            self.plant.deliver(notice, plan)

    @precondition(lambda self: self.plant.notices)
    @rule(at=which)
    def notice_gets_lost(self, at: int) -> None:
        del self.plant.notices[-1 - at % len(self.plant.notices)]

    @rule(misfortune=misfortunes, minutes=st.sampled_from([0, 20]))
    def sweep(self, misfortune: Misfortune, minutes: int) -> None:
        self.plant.clock += timedelta(minutes=minutes)
        self.plant.sweep(self.plan(misfortune))
        if minutes:
            self.plant.revoke_started()

    @precondition(lambda self: any(not each.runs for each in self.plant.executions))
    @rule(at=which)
    def name_used_again(self, at: int) -> None:
        """An execution of a name that another one bore: 90 days later, Step Functions allows it."""
        old = self.execution(at)
        if not old.runs and old.name in self.plant.world.register.records:
            before = self.plant.world.register.records[old.name]
            if before.status.is_open or before.started_at is None:
                return
            self.plant.clock += timedelta(days=90)
            self.plant.start(old.name, old.input)
            self.count("names used again")
