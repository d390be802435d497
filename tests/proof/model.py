"""The rules by which requests, people, the catalogue and misfortunes take turns, and what must hold after each turn."""

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from handlers.sharing.catalogue import Column, Database
from handlers.sharing.classification import Scope
from handlers.sharing.clock import iso
from handlers.sharing.record import Requester, RequestRecord, Status
from handlers.sharing.request import Source
from tests.fakes.lake import Grant
from tests.fakes.world import APPROVER, CONSUMER, OTHER_OWNER, OWNER, STRANGER, World, input_of, plain_table
from tests.proof import asl
from tests.proof.asl import Execution
from tests.proof.model_plant import HERE, Plan, Plant
from tests.proof.model_truth import Posting

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
ENDS = {status.value.capitalize() for status in Status if not status.is_open}
AT_MOST = 400
"""Steps within which an execution must be over once nothing disturbs it: three rounds, with all retries, take 60."""

which = st.integers(0, 5)
moments = st.tuples(st.integers(1, 8), st.sampled_from(["before", "after"]))
strokes = st.sampled_from(["TryAgain", "AccessRefused", "Runtime.ExitError", "Sandbox.Timedout", "Lambda.Unknown"])
Misfortune = tuple[tuple[int, str], str] | None
misfortunes: st.SearchStrategy[Misfortune] = st.none() | st.none() | st.tuples(moments, strokes)


def _flagged(value: object) -> Callable[[World], None]:
    def change(world: World) -> None:
        _table(world, "sales", "orders", columns=(Column("id", "int", () if value is None else (value,)),))

    return change


def _table(world: World, database: str, name: str, **changes: Any) -> None:
    there = world.catalogue.entries[database].get(name, plain_table(name))
    world.catalogue.put(world.catalogue.databases[database], replace(there, **changes))


def _database(world: World, name: str, **changes: Any) -> None:
    world.catalogue.put(replace(world.catalogue.databases[name], **changes))


CHANGES: dict[str, Callable[[World], None]] = {
    "flag": _flagged("true"),
    "odd flag": _flagged("ja"),
    "flag that says no": _flagged(" NO "),
    "no flag": _flagged(None),
    "column added": lambda w: _table(
        w, "weather", "rain", columns=(Column("id", "int"), Column("who", "string", ("y",)))
    ),
    "columns hidden": lambda w: _table(w, "weather", "wind", columns=None),
    "columns seen": lambda w: _table(w, "weather", "wind", columns=(Column("id", "int"),)),
    "more people": lambda w: _table(w, "sales", "people", columns=(Column("name", "string", ("true",)),)),
    "made anew": lambda w: _table(w, "sales", "people", location="s3://new/"),
    "made anew once more": lambda w: _table(w, "sales", "people", location="s3://newer/"),
    "table added": lambda w: _table(w, "weather", "fog", columns=(Column("id", "int"),)),
    "table with personal data added": lambda w: _table(w, "weather", "fog", flags=("true",)),
    "table dropped": lambda w: w.catalogue.entries["weather"].pop("rain", None) and None,
    "owner changed": lambda w: _table(w, "sales", "people", owner=OTHER_OWNER),
    "owner unknown": lambda w: _table(w, "sales", "people", owner=STRANGER),
    "owner of the database again": lambda w: _table(w, "sales", "people", owner=None),
    "database re-owned": lambda w: _database(w, "sales", owner=OTHER_OWNER),
    "database owned as before": lambda w: _database(w, "sales", owner=OWNER),
    "database flagged": lambda w: _database(w, "weather", flags=("1",)),
    "database not flagged": lambda w: _database(w, "weather", flags=()),
    "wildcards allowed": lambda w: setattr(w, "wildcard_on_approval", True),
    "wildcards not allowed": lambda w: setattr(w, "wildcard_on_approval", False),
}


class Requests(RuleBasedStateMachine):
    """One world of requests. `document`: the workflow's definition; `seen`: what all sequences came to."""

    document: ClassVar[dict[str, Any]] = asl.load()
    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.plant = Plant(self.document)
        self.plant.world.catalogue.put(Database("sea", owner=OWNER), plain_table("tide"))
        self.misfortunes = 0
        self.changes = 0
        HERE[:] = [self.plant]
        self.count("sequences")

    def count(self, what: str, number: int = 1) -> None:
        self.seen[what] += number

    def execution(self, at: int) -> Execution:
        return self.plant.executions[-1 - at % len(self.plant.executions)]

    def some_running(self) -> bool:
        return any(each.runs for each in self.plant.executions)

    def someone_waits(self) -> bool:
        return any(each.waits for each in self.plant.executions)

    def bad_luck(self) -> bool:
        return self.misfortunes > 0 and self.some_running()

    @initialize(misfortunes=st.integers(0, 5))
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
    )
    def request(self, wanted: tuple[str, str], consumer: str, by: str, steps: int) -> None:
        name = f"r{len(self.plant.executions)}"
        if by:
            self._written_down(name, wanted, consumer, by)
        execution = self.plant.start(name, input_of(*wanted, consumer))
        for _ in range(steps):
            self.plant.step(execution)
        self.count("requests")

    def _written_down(self, name: str, wanted: tuple[str, str], consumer: str, by: str) -> None:
        """As the requests API does before it starts the execution."""
        at = iso(self.plant.clock)
        register = self.plant.world.register
        register.records[name] = RequestRecord(
            name, Status.RECEIVED, at, source=Source(*wanted), consumer=consumer, requester=Requester("someone", by)
        )
        register.history[name] = ["Received"]

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
    @rule(
        at=which,
        function=st.sampled_from(["Classify", "RequestApproval", "Share", "Share", "Close"]),
        times=st.sampled_from([1, 1, 2, 8]),
        moment=moments,
        stroke=strokes,
        steps=st.integers(1, 6),
    )
    def strike(  # noqa: PLR0917 - Hypothesis names them
        self, at: int, function: str, times: int, moment: tuple[int, str], stroke: str, steps: int
    ) -> None:
        """The next runs of its function die, or AWS fails them; eight in a row outlast all retries."""
        self.misfortunes -= 1
        execution = self.execution(at)
        plans = self.plant.plans.setdefault((execution.name, function), [])
        plans.extend(Plan(*moment, stroke) for _ in range(times))
        for _ in range(steps):
            self.plant.step(execution)

    @precondition(bad_luck)
    @rule(
        at=which,
        function=st.sampled_from(["Classify", "RequestApproval", "Share", "Close"]),
        moment=moments,
        other=which,
        what=st.sampled_from(["step", "approve", "deny", "stop", "notice", "sweep", "again", "change"]),
    )
    def in_the_middle(self, at: int, function: str, moment: tuple[int, str], other: int, what: str) -> None:
        """Something else happens in the middle of a task."""
        self.misfortunes -= 1
        execution = self.execution(at)
        happens: dict[str, Callable[[], None]] = {
            "step": lambda: self.plant.step(self.execution(other)),
            "approve": lambda: self._post(other, "approve", APPROVER),
            "deny": lambda: self._post(other, "deny", APPROVER),
            "stop": lambda: self.plant.stop(execution),
            "notice": lambda: self._deliver(other, keep=True),
            "sweep": self.plant.sweep,
            "again": lambda: self._again(other),
            "change": lambda: CHANGES["more people" if other % 2 else "column added"](self.plant.world),
        }
        self.plant.plans.setdefault((execution.name, function), []).append(Plan(*moment, happens[what]))
        self.plant.step(execution)

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

    # --- what must hold ---------------------------------------------------------------------------------------

    @invariant()
    def nothing_went_wrong(self) -> None:
        assert not self.plant.truth.wrong, self.plant.truth.wrong

    @invariant()
    def ends_stay(self) -> None:
        ends = self.plant.truth.ends
        for name, record in self.plant.world.register.records.items():
            if not record.status.is_open:
                first = ends.setdefault(name, record)
                now = (record.status, record.reason, record.message, record.closed_at, record.decision)
                then = (first.status, first.reason, first.message, first.closed_at, first.decision)
                assert now == then, f"{name} ended twice: {first}, then {record}"

    @invariant()
    def register_and_lake_agree(self) -> None:
        """Whatever is noted stands in the lake; whatever stands there is noted, or a run was struck before it could."""
        plant, world = self.plant, self.plant.world
        for name, record in world.register.records.items():
            noted = _noted(record)
            made = plant.truth.granted.get(name, set())
            assert noted <= world.lake.grants, f"{name} notes grants that nobody made: {noted - world.lake.grants}"
            assert noted <= made or name in plant.disturbed, f"{name} notes what it did not grant: {noted - made}"
            if made:
                assert {"Approved", "AutomaticallyApproved"} & set(world.register.history[name]), f"{name} never shared"
                assert made <= noted or name in plant.disturbed, f"{name} does not note {made - noted}"
            if record.status is Status.SHARED:
                missing = _promised(self.plant, name) - noted
                assert not missing, f"{name} is SHARED, without {missing}"
        assert set().union(*plant.truth.granted.values(), set()) == world.lake.grants

    def teardown(self) -> None:
        if not self.plant.truth.wrong:
            self._everything_ends()
        HERE.clear()

    def _everything_ends(self) -> None:
        plant = self.plant
        plant.plans.clear()
        plant.seconds_left = 900.0
        for execution in plant.executions:
            for _ in range(AT_MOST):
                if not execution.runs:
                    break
                if execution.waits:
                    plant.time_out(execution)
                plant.step(execution)
            assert not execution.runs, f"{execution.name} does not end: {execution.path[-20:]}"
        plant.clock += timedelta(minutes=20)
        plant.sweep()
        self._one_end_each()
        told = len(plant.truth.announced)
        for notice in list(plant.notices):
            plant.deliver(notice)
        plant.sweep()
        assert len(plant.truth.announced) == told, "late notices told an end once more"
        for check in (self.nothing_went_wrong, self.ends_stay, self.register_and_lake_agree):
            check()

    def _one_end_each(self) -> None:
        plant = self.plant
        records = plant.world.register.records
        started = {execution.name for execution in plant.executions}
        assert started <= set(records), f"nobody knows of {started - set(records)}"
        for each in plant.executions:
            by_itself = each.status == "SUCCEEDED" or (each.status == "FAILED" and each.name not in plant.close_struck)
            assert not by_itself or "Close" in each.path, f"{each.name} ended without Close: {each.path}"
        for name, record in records.items():
            assert not record.status.is_open, f"{name} is still {record.status}"
            told = [each for each in plant.truth.announced if each.id == name]
            mine = [each for each in told if each.started_at == record.started_at]
            assert mine, f"nobody heard of the end of {name}"
            assert {each.status for each in mine} == {record.status}, f"{name} was told to end in several ways"
            assert len(mine) == 1 or name in plant.disturbed, f"the end of {name} was told {len(mine)} times"
            ends = [each for each in plant.world.register.history[name] if each in ENDS]
            assert len(ends) == 1, f"the history of {name} has the ends {ends}"
            self.count(f"ended {record.status}")
        self.count("grants", len(plant.world.lake.grants))
        self.count("decisions", len(plant.truth.decided))
        self.count("strokes", plant.strokes)


def _noted(record: RequestRecord) -> set[Grant]:
    granted = record.granted
    if granted is None or record.source is None or record.consumer is None:
        return set()
    database, consumer = record.source.database, record.consumer
    noted = {Grant(database, None, consumer)} if granted.database else set()
    names = {"*"} if granted.wildcard else set(granted.names)
    return noted | {Grant(database, name, consumer) for name in names}


def _promised(plant: Plant, name: str) -> set[Grant]:
    basis = plant.truth.bases[name]
    database, consumer = basis.source.database, basis.consumer
    if basis.scope is Scope.TABLE:
        return {Grant(database, basis.source.table, consumer)}
    names = {"*"} if basis.scope is Scope.WILDCARD else {table.name for table in basis.tables}
    return {Grant(database, None, consumer)} | {Grant(database, each, consumer) for each in names}
