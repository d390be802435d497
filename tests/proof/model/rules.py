"""The rules by which requests, people, the catalogue and misfortunes take turns; what holds: `promises.py`."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from handlers.sharing.model.clock import iso
from handlers.sharing.model.keys import WRONG_TRIES_A_KEY, hash_key
from handlers.sharing.model.record import Requester, RequestRecord, Status
from handlers.sharing.model.request import Source
from handlers.sharing.model.term import NO_END
from handlers.sharing.model.transition import submitted
from tests.asl.execution import Execution
from tests.fakes.register import taken
from tests.fakes.world import APPROVER, CONSUMER, input_of
from tests.proof.model.changes import CHANGES
from tests.proof.model.plant import Plan
from tests.proof.model.promises import Promises
from tests.proof.model.truth import Posting

CONSUMERS = (CONSUMER, "888888888888")
WANTED = (
    ("sales", "people"),
    ("sales", "people"),
    ("sales", "orders"),
    ("sales", "*"),
    ("weather", "*"),
    ("weather", "rain"),
    ("sea", "*"),
)
ADDRESSES = (APPROVER, "joe@two.example", "mallory@elsewhere.example")

which = st.integers(0, 5)
moments = st.tuples(st.integers(1, 12), st.sampled_from(["before", "after"]))
strokes = st.sampled_from(["TryAgain", "AccessRefused", "Runtime.ExitError", "Sandbox.Timedout", "Lambda.Unknown"])
Misfortune = tuple[tuple[int, str], str] | None
misfortunes: st.SearchStrategy[Misfortune] = st.none() | st.none() | st.tuples(moments, strokes)
Trouble = tuple[str, tuple[int, str], str, int]
troubles: st.SearchStrategy[Trouble] = st.tuples(
    st.sampled_from(["Classify", "RequestApproval", "Notify", "Notify", "Grant", "Grant", "Close"]),
    moments,
    strokes,
    st.sampled_from([1, 1, 2, 8]),
)
"""Which function's next runs are struck, where, by what, and how many: eight in a row outlast all retries."""


class Requests(Promises):
    """The turns that can be taken."""

    def execution(self, at: int) -> Execution:
        return self.plant.executions[-1 - at % len(self.plant.executions)]

    def some_running(self) -> bool:
        return any(each.runs for each in self.plant.executions)

    def someone_waits(self) -> bool:
        return any(each.waits for each in self.plant.executions)

    def bad_luck(self) -> bool:
        return self.misfortunes > 0 and self.some_running()

    @initialize(misfortunes=st.sampled_from([0, 3, 6, 9]))
    def how_bad(self, misfortunes: int) -> None:
        """Where all goes wrong, little is decided: some sequences have much bad luck, some have none."""
        self.misfortunes = misfortunes

    def _plan(self, misfortune: Misfortune) -> Plan | None:
        if misfortune is None or self.misfortunes <= 0:
            return None
        self.misfortunes -= 1
        return Plan(*misfortune[0], misfortune[1])

    # --- people -----------------------------------------------------------------------------------------------

    @precondition(lambda self: len(self.plant.executions) < 5)
    @rule(
        wanted=st.sampled_from(WANTED),
        consumer=st.sampled_from(CONSUMERS),
        by=st.sampled_from(["", "", "", *ADDRESSES]),
        steps=st.sampled_from([0, 2, 4, 4]),
        trouble=st.none() | troubles,
    )
    def request(self, wanted: tuple[str, str], consumer: str, by: str, steps: int, trouble: Trouble | None) -> None:
        name = f"r{len(self.plant.executions)}"
        if by:
            self._written_down(name, wanted, consumer, by)
        execution = self.plant.start(name, input_of(*wanted, consumer))
        self._trouble(execution, trouble)
        for _ in range(steps):
            self.plant.step(execution)
        self.count("requests")

    def _written_down(self, name: str, wanted: tuple[str, str], consumer: str, by: str) -> None:
        """As the requests API does before it starts the execution."""
        at = iso(self.plant.clock)
        record = RequestRecord(
            *(name, Status.RECEIVED, at),
            source=Source(*wanted),
            consumer=consumer,
            requester=Requester("someone", by),
            asked=NO_END,
        )
        self.plant.world.register.records[name] = taken(submitted(record), name, None)

    @precondition(bad_luck)
    @rule(wanted=st.sampled_from(WANTED))
    def request_that_never_starts(self, wanted: tuple[str, str]) -> None:
        self.misfortunes -= 1
        self._written_down(f"never{len(self.plant.world.register.records)}", wanted, CONSUMER, APPROVER)

    @precondition(some_running)
    @rule(at=which, steps=st.integers(1, 6))
    def go_on(self, at: int, steps: int) -> None:
        for _ in range(steps):
            self.plant.step(self.execution(at))

    @precondition(someone_waits)
    @rule(at=which, change=st.sampled_from(["", "", *sorted(CHANGES)]), steps=st.integers(0, 4))
    def approve(self, at: int, change: str, steps: int) -> None:
        """As it should go, but that the catalogue may change just before."""
        if change:
            CHANGES[change](self.plant.world)
        self.decide(at, False, "approve", APPROVER, None, steps)

    @precondition(lambda self: self.plant.truth.mails)
    @rule(
        at=which,
        any_mail=st.booleans(),
        action=st.sampled_from(["approve", "approve", "approve", "deny"]),
        address=st.sampled_from([APPROVER, APPROVER, *ADDRESSES]),
        misfortune=misfortunes,
        steps=st.sampled_from([0, 0, 1, 3]),
    )
    def decide(  # noqa: PLR0917 - Hypothesis names them
        self, at: int, any_mail: bool, action: str, address: str, misfortune: Misfortune, steps: int
    ) -> None:
        request_id = self._post(at, action, address, self._plan(misfortune), any_mail=any_mail)
        for execution in [each for each in self.plant.executions if each.name == request_id]:
            for _ in range(steps):
                self.plant.step(execution)

    def _post(
        self, at: int, action: str, address: str, plan: Plan | None = None, *, any_mail: bool = False
    ) -> str | None:
        waiting = {each.name for each in self.plant.executions if each.waits}
        mails = [mail for mail in self.plant.truth.mails if any_mail or mail.request_id in waiting]
        if mails:
            mail = mails[-1 - at % len(mails)]
            status = self.plant.post(Posting(mail.request_id, mail, action, address), mail.key, plan)
            self.count(f"posts answered {status}")
            return mail.request_id
        return None

    @precondition(lambda self: len({mail.request_id for mail in self.plant.truth.mails}) > 1)
    @rule(at=which, other=which, action=st.sampled_from(["approve", "deny"]))
    def decide_with_anothers_key(self, at: int, other: int, action: str) -> None:
        mails = self.plant.truth.mails
        mail, victim = mails[-1 - at % len(mails)], mails[-1 - other % len(mails)]
        if mail.request_id != victim.request_id:
            status = self.plant.post(Posting(victim.request_id, mail, action, APPROVER), mail.key)
            assert status == 404, f"the key of {mail.request_id} opened {victim.request_id}: {status}"
            self.count("foreign keys tried")

    @precondition(lambda self: self.someone_waits() and self.bad_luck())
    @rule(at=which, misfortune=misfortunes)
    def a_key_dies(self, at: int, misfortune: Misfortune) -> None:
        """The hundredth wrong address is typed with the key of a mail; then the approver uses it."""
        self.misfortunes -= 1
        if not self.plant.truth.mails:
            return
        mail = self.plant.truth.mails[-1 - at % len(self.plant.truth.mails)]
        tries = self.plant.world.vault.tries
        place = mail.request_id, hash_key(mail.key)
        tries[place] = max(tries.get(place, 0), WRONG_TRIES_A_KEY - 1)
        plan = self._plan(misfortune)
        self.plant.post(Posting(mail.request_id, mail, "approve", "mallory@elsewhere.example"), mail.key, plan)
        self.plant.post(Posting(mail.request_id, mail, "approve", APPROVER), mail.key)
        self.plant.notify_called()
        self.count("keys that died")

    @precondition(lambda self: any(each.mail_due_at for each in self.plant.world.register.records.values()))
    @rule(misfortune=misfortunes, seconds=st.sampled_from([1, 60]))
    def mails_are_due(self, misfortune: Misfortune, seconds: int) -> None:
        self.plant.pass_time(seconds)
        self.plant.notify_due(self._plan(misfortune))

    # --- the world --------------------------------------------------------------------------------------------

    @precondition(lambda self: self.some_running() and self.changes < 8)
    @rule(change=st.sampled_from(sorted(CHANGES)))
    def catalogue_changes(self, change: str) -> None:
        self.changes += 1
        CHANGES[change](self.plant.world)
        self.count("catalogue changes")

    @precondition(someone_waits)
    @rule(at=which)
    def time_out(self, at: int) -> None:
        self.plant.time_out(self.execution(at))

    @precondition(some_running)
    @rule(low=st.booleans())
    def functions_run_short_of_time(self, low: bool) -> None:
        self.plant.seconds_left = 5.0 if low else 900.0

    # --- misfortunes ------------------------------------------------------------------------------------------

    @precondition(bad_luck)
    @rule(at=which, trouble=troubles, steps=st.integers(1, 6))
    def strike(self, at: int, trouble: Trouble, steps: int) -> None:
        """The next runs of a function die, or AWS fails them."""
        execution = self.execution(at)
        self._trouble(execution, trouble)
        for _ in range(steps):
            self.plant.step(execution)

    def _trouble(self, execution: Execution, trouble: Trouble | None) -> None:
        if trouble is not None and self.misfortunes > 0:
            self.misfortunes -= 1
            function, moment, stroke, times = trouble
            plans = self.plant.plans.setdefault((execution.name, function), [])
            plans.extend(Plan(*moment, stroke) for _ in range(times))

    @precondition(bad_luck)
    @rule(
        at=which,
        function=st.sampled_from(["Classify", "RequestApproval", "Notify", "Grant", "Close"]),
        moment=moments,
        other=which,
        what=st.sampled_from(["step", "approve", "deny", "stop", "end", "notice", "sweep", "again", "change"]),
    )
    def in_the_middle(self, at: int, function: str, moment: tuple[int, str], other: int, what: str) -> None:
        """Something else happens in the middle of a task."""
        self.misfortunes -= 1
        execution = self.execution(at)
        happens: dict[str, Callable[[], object]] = {
            "step": lambda: self.plant.step(self.execution(other)),
            "approve": lambda: self._post(other, "approve", APPROVER),
            "deny": lambda: self._post(other, "deny", APPROVER),
            "stop": lambda: self.plant.stop(execution),
            "end": lambda: self._end(execution),
            "notice": lambda: self._deliver(other, keep=True),
            "sweep": self.plant.sweep,
            "again": lambda: self._again(other),
            "change": lambda: CHANGES["more people" if other % 2 else "column added"](self.plant.world),
        }
        self.plant.plans.setdefault((execution.name, function), []).append(Plan(*moment, happens[what]))
        self.plant.step(execution)

    def _end(self, execution: Execution) -> None:
        """An operator stops it, and Close hears of it at once."""
        self.plant.stop(execution)
        self._deliver(0, keep=True)

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

    @precondition(bad_luck)
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
        self._deliver(at, keep=keep, plan=self._plan(misfortune))

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
        self.plant.sweep(self._plan(misfortune))

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
