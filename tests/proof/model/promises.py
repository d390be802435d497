"""What must hold after every turn, and when all has ended."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, ClassVar

from hypothesis.stateful import RuleBasedStateMachine, invariant

from handlers.sharing.model.catalogue import Database
from handlers.sharing.model.classification import FILTERED, Scope
from handlers.sharing.model.clock import iso
from handlers.sharing.model.record import RequestRecord, Status
from handlers.sharing.model.share import EndReason, Share, ShareStatus
from tests.asl import definition
from tests.fakes.lake import Grant
from tests.fakes.world import OWNER, plain_table
from tests.proof.model.cells import covered_by
from tests.proof.model.changes import clients
from tests.proof.model.plant import Plant
from tests.proof.model.reads import check_filters, check_reads
from tests.proof.model.wiring import HERE
from tests.proof.model.wishes import FLAVOURS, Flavour

ENDS = {status.value.capitalize() for status in Status if not status.is_open}
ENDED_LATER = (EndReason.EXPIRED, EndReason.REVOKED, EndReason.HELD, EndReason.REPLACED)
"""Why a share ends that its request was shared by."""
AT_MOST = 400
"""Steps within which an execution must be over once nothing disturbs it: three rounds, with all retries, take 60."""


class Promises(RuleBasedStateMachine):
    """One world of requests, watched.

    `document`: the workflow's definition; `flavours`: what is asked for; `seen`: what all sequences came to.
    """

    document: ClassVar[dict[str, Any]] = definition.load()
    flavours: ClassVar[Sequence[Flavour]] = FLAVOURS
    seen: ClassVar[Counter[str]] = Counter()

    def __init__(self) -> None:
        super().__init__()
        self.plant = Plant(self.document)
        world = self.plant.world
        world.catalogue.put(Database("sea", owner=OWNER), plain_table("tide"))
        world.catalogue.put(world.catalogue.databases["sales"], clients())
        producers = {each.account_id: replace(each, safe_subset=True) for each in world.parties.producers.values()}
        world.parties = replace(world.parties, producers=producers)
        self.looked_at: object = None
        self.misfortunes = 0
        self.changes = 0
        self.ends = 0
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
            share = world.ledger.shares.get(f"{name}:{record.round}")
            begun = [each.id for each in plant.truth.shares_of(name) if each.status is ShareStatus.GRANTING]
            assert not {*begun} - {f"{name}:{record.round}"}, f"{name} is in round {record.round}, with {begun}"
            if share is None or not share.holds:
                # What is noted is on its way back, or of an earlier round.
                continue
            noted = _noted(record, share, plant)
            made = plant.truth.granted.get(name, set())
            assert noted <= world.lake.grants, f"{name} notes grants that nobody made: {noted - world.lake.grants}"
            assert noted <= made or name in plant.disturbed, f"{name} notes what it did not grant: {noted - made}"
            if made:
                assert {"Approved", "AutomaticallyApproved"} & set(world.register.history(name)), f"{name} never shared"
                mine = made & covered_by(share, world.ledger)
                assert mine <= noted or name in plant.disturbed, f"{name} does not note {mine - noted}"
            if record.status is Status.SHARED and record.shared_by is None:
                missing = _promised(plant, name, share) - noted
                assert not missing, f"{name} is SHARED, without {missing}"
        assert plant.truth.opened.stands == world.lake.grants

    @invariant()
    def accounts_read_what_is_shared_with_them(self) -> None:
        world = self.plant.world
        shares = tuple((each.id, each.status) for each in world.ledger.shares.values())
        tables = tuple(table.columns for each in world.catalogue.entries.values() for table in each.values())
        seen = shares, tables, frozenset(world.lake.grants), frozenset(world.lake.filters)
        if seen != self.looked_at:
            self.looked_at = seen
            self.count("tables of which an account reads what is shared", check_reads(self.plant))
            check_filters(self.plant)

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
        self._all_is_taken_back()
        for check in (self.nothing_went_wrong, self.ends_stay, self.register_and_lake_agree):
            check()
        self.accounts_read_what_is_shared_with_them()

    def _all_is_taken_back(self) -> None:
        """What has ended is taken back within some hours, whatever struck whoever began to."""
        plant = self.plant
        for _ in range(4):
            plant.clock += timedelta(minutes=61)
            plant.sweep()
            plant.revoke_started()
        ledger = plant.world.ledger
        ended = (ShareStatus.GRANTING, ShareStatus.REVOKING)
        left = [each.id for each in ledger.shares.values() if each.status in ended]
        assert not left, f"nobody takes back {left}"
        due = set[Grant]().union(*(covered_by(each, ledger) for each in ledger.shares.values() if each.holds))
        assert plant.world.lake.grants == due, f"granted is {plant.world.lake.grants}, and shared is {due}"

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
            shares = plant.truth.shares_of(name)
            granted = record.status is Status.SHARED and record.shared_by is None
            # A call of Classify that comes late, once the share that was found has ended, leaves no share named.
            found_before = "AlreadyShared" in plant.world.register.history(name) and name in plant.disturbed
            due = {f"{name}:{record.round}"} if granted and (shares or not found_before) else set[str]()
            lives = {each.id for each in shares if each.holds}
            lives |= {each.id for each in shares if each.reason in ENDED_LATER and each.id in due}
            self.count("shared already", record.status is Status.SHARED and record.shared_by is not None)
            assert lives == due, f"{name} ended as {record.status}, and of its shares these live: {lives}"
            gone = [each for each in shares if each.status is ShareStatus.REVOKING]
            assert all(each.due_at for each in gone), f"of {name} something is to be taken back, and nobody looks at it"
            self.count(f"ended {record.status}")
            self.count("shares that ended", sum(not each.holds for each in shares))
        self.count("grants", len(plant.world.lake.grants))
        self.count("decisions", len(plant.truth.decided))
        self.count("strokes", plant.strokes)


def _noted(record: RequestRecord, share: Share, plant: Plant) -> set[Grant]:
    granted = record.granted
    if granted is None or record.source is None or record.consumer is None:
        return set()
    if share.scope in FILTERED:
        return {each for each in covered_by(share, plant.world.ledger) if each.table in granted.names}
    database, consumer = record.source.database, record.consumer
    noted = {Grant(database, None, consumer)} if granted.database else set()
    names = {"*"} if granted.wildcard else set(granted.names)
    return noted | {Grant(database, name, consumer) for name in names}


def _promised(plant: Plant, name: str, share: Share) -> set[Grant]:
    basis = plant.truth.bases[name]
    database, consumer = basis.source.database, basis.consumer
    if share.scope in FILTERED:
        # What each filter opens was looked at when it was granted.
        return covered_by(share, plant.world.ledger)
    if basis.scope is Scope.TABLE:
        return {Grant(database, basis.source.table, consumer)}
    names = {"*"} if basis.scope is Scope.WILDCARD else {table.name for table in basis.tables}
    return {Grant(database, None, consumer)} | {Grant(database, each, consumer) for each in names}
