"""What must hold after every turn, and when all has ended."""

from collections import Counter
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, invariant

from handlers.sharing.model.catalogue import Database
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.clock import iso
from handlers.sharing.model.record import RequestRecord, Status
from handlers.sharing.model.share import EndReason
from tests.asl import definition
from tests.fakes.lake import Grant
from tests.fakes.world import OWNER, plain_table
from tests.proof.model.plant import Plant
from tests.proof.model.wiring import HERE

ENDS = {status.value.capitalize() for status in Status if not status.is_open}
AT_MOST = 400
"""Steps within which an execution must be over once nothing disturbs it: three rounds, with all retries, take 60."""


class Promises(RuleBasedStateMachine):
    """One world of requests, watched. `document`: the workflow's definition; `seen`: what all sequences came to."""

    document: ClassVar[dict[str, Any]] = definition.load()
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

    @invariant()
    def nothing_went_wrong(self) -> None:
        assert not self.plant.truth.wrong, self.plant.truth.wrong

    @invariant()
    def one_decision_a_round(self) -> None:
        assert max(self.plant.step_functions.taken.values(), default=0) <= 1, self.plant.step_functions.taken

    @invariant()
    def who_waits_was_asked_or_a_mail_is_owed(self) -> None:
        for name, record in self.plant.world.register.records.items():
            if record.status is Status.WAITING:
                basis = self.plant.truth.bases[name]
                asked = any(mail.request_id == name and mail.basis is basis for mail in self.plant.truth.mails)
                assert asked or record.mail_due_at, f"{name} waits for somebody who is never asked"
            else:
                assert record.mail_due_at is None, f"{name} is {record.status}, and a mail is owed"

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
                assert {"Approved", "AutomaticallyApproved"} & set(world.register.history(name)), f"{name} never shared"
                # What an earlier round granted is its own share's, and goes.
                mine = [each for each in plant.truth.shares_of(name) if each.reason is not EndReason.CATALOGUE_CHANGED]
                made = made & set[Grant]().union(*map(plant.truth.covered, mine))
                assert made <= noted or name in plant.disturbed, f"{name} does not note {made - noted}"
            if record.status is Status.SHARED and record.shared_by is None:
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
        self._what_is_owed_is_mailed()
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

    def _what_is_owed_is_mailed(self) -> None:
        plant = self.plant
        plant.pass_time(60)
        plant.notify_due()
        # Not those whose wait Notify has ended, because nobody may decide.
        waits = {each.name for each in plant.executions if each.waits}
        for name, record in plant.world.register.records.items():
            late = name not in waits or record.expires_at is None or record.expires_at <= iso(plant.clock)
            assert record.mail_due_at is None or late, f"the mail about {name} is due, and was not sent"

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
            ends = [each for each in plant.world.register.history(name) if each in ENDS]
            assert len(ends) == 1, f"the history of {name} has the ends {ends}"
            lives = {each.id for each in plant.truth.shares_of(name) if each.holds}
            granted = record.status is Status.SHARED and record.shared_by is None
            due = {f"{name}:{record.round}"} if granted else set[str]()
            self.count("shared already", record.status is Status.SHARED and record.shared_by is not None)
            assert lives == due, f"{name} ended as {record.status}, and of its shares these live: {lives}"
            gone = [each for each in plant.truth.shares_of(name) if not each.holds]
            assert all(each.due_at for each in gone), f"of {name} something is to be taken back, and nobody looks at it"
            self.count(f"ended {record.status}")
            self.count("shares to be taken back", len(gone))
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
