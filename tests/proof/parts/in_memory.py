"""Lakeshare on the fakes, for thousands of lakes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any, Final

from handlers.sharing.drift import Looker, look
from handlers.sharing.grant import Progress
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.classification import Classification, Scope
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import Refused
from handlers.sharing.model.finding import Finding
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.new_decision import NewDecision
from handlers.sharing.model.parties import Producer
from handlers.sharing.model.record import Decision
from handlers.sharing.model.request import WHOLE_DATABASE, Source
from handlers.sharing.model.revocation import Revocation, Work
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.revoke import Look, Revoker, plan
from handlers.sharing.take_back import Taken, take_back
from tests.fakes.desk import JANE, Desk, Pool
from tests.fakes.findings import MemoryFindings
from tests.fakes.grants import MemoryGrants
from tests.fakes.lake import Grant
from tests.fakes.lake_state import MemoryLakeState
from tests.fakes.world import OWNER, SharedAlready, World
from tests.proof.parts.lakes import Ask, Lake
from tests.proof.parts.of_lake import Cell, named_by, reading
from tests.proof.parts.promises import Read
from tests.proof.parts.stage import ALREADY, RENEWED, SHARED, Meanwhile, Outcome
from tests.proof.parts.tampering import tamper

_ROUNDS: Final = 3
_JUDGED: Final = ("AlreadyWider", "AlreadyAsked")
"""Refusals of what was judged, and is remembered."""


class InMemory:
    """A stage on the fakes.

    Args:
        wildcard: whether an approval of a database is one of all of its tables, those added later too.
    """

    turns: Sequence[str] = ("ask", "ask", "ask", "ask", "renew", "change", "change", "end", "hold", "drift")

    def __init__(self, *, wildcard: bool = False) -> None:
        self.world = World()
        self.world.wildcard_on_approval = wildcard
        parties = self.world.parties
        self.world.parties = replace(parties, producers={**parties.producers, OWNER: Producer(OWNER, safe_subset=True)})
        self.world.lake.watch = self._watch_grants
        self.world.catalogue.watch = self._watch_pages
        self.desk = Desk(self.world, Pool(self.world))
        self._lake: Lake | None = None
        self._opened: list[Grant] = []
        self._pages, self._meanwhile = 0, None

    def put(self, lake: Lake) -> None:
        database = lake.database.name
        for name in (self._lake.tables.keys() if self._lake else set[str]()) - lake.tables.keys():
            self.world.catalogue.drop(database, name)
            # What is granted on a table goes with it.
            granted, filters = self.world.lake.grants, self.world.lake.filters
            self.world.lake.grants = {each for each in granted if (each.database, each.table) != (database, name)}
            self.world.lake.filters = {of: each for of, each in filters.items() if of.table != name}
        self.world.catalogue.put(lake.database, *lake.tables.values())
        self._lake = lake

    def ask(self, name: str, document: dict[str, Any], ask: Ask, meanwhile: Meanwhile) -> Outcome:
        for round_ in range(1, _ROUNDS + 1):
            try:
                found = self.world.classify(name, document, round_)
            except SharedAlready:
                meanwhile.judged()
                return Outcome(ALREADY, self.world.found_shared)
            except Refused as refused:
                if refused.reason in _JUDGED:
                    meanwhile.judged()
                return Outcome(f"refused: {refused.reason}")
            meanwhile.judged()
            meanwhile.change(0.15)
            decision = self._decided(name, ask, found, meanwhile, round_) if found.needs_approval else None
            if found.needs_approval and decision is None:
                return Outcome("denied")
            meanwhile.change(0.15)
            outcome = self._granted(name, ask, decision, meanwhile, round_)
            if outcome is not None:
                return outcome
        return Outcome("not granted: CatalogueKeepsChanging")

    def _decided(
        self, name: str, ask: Ask, found: Classification, meanwhile: Meanwhile, round_: int
    ) -> Decision | None:
        key = self.world.request_approval(name, f"token-{name}-{round_}")
        columns = self._narrowed(ask, found, meanwhile)
        if columns:
            new = NewDecision("approve", round_, columns=columns)
            return self.desk.decide(JANE, new, name).decision
        decision = self.world.post(self.world.follow(key, name), ask.answer).decision
        return None if ask.answer == "deny" else decision

    def _narrowed(self, ask: Ask, found: Classification, meanwhile: Meanwhile) -> tuple[str, ...]:
        if not ask.narrows or ask.answer == "deny" or ask.of_database or self._lake is None:
            return ()
        table = self._lake.tables.get(ask.table)
        there = [each.name.lower() for each in (table.columns if table else None) or ()]
        return meanwhile.narrow(found.columns if found.scope is Scope.FILTERED else there)

    def _granted(
        self, name: str, ask: Ask, decision: Decision | None, meanwhile: Meanwhile, round_: int
    ) -> Outcome | None:
        """What came of it; `None`: it is asked anew, as the lake had changed."""
        # What the approver was shown stands in the register.
        shown = self.world.register.records[name].classification
        named = named_by(shown) if decision is not None and shown is not None else set[Cell]()
        self._opened.clear()
        self._pages, self._meanwhile = 0, meanwhile
        before = self._lake
        try:
            progress = self.world.grant(name, decision.id if decision else None).progress
        except Refused as refused:
            self._take_back()
            return Outcome(f"not granted: {refused.reason}")
        finally:
            self._meanwhile = None
        self._take_back()
        if progress is Progress.CHANGED:
            # Tables are compared once more, a page at a time: what was granted before that is taken back.
            assert not self._opened or self._is_as_before(before), f"{name}: granted what had changed"
            return None
        share = self.world.ledger.shares.get(f"{name}:{round_}")
        if share is None:
            # Nobody was asked, and nothing granted: a share has another end.
            assert ask.renews is not None
            return Outcome(RENEWED, self.world.ledger.shares[ask.renews])
        given = frozenset(decision.columns) if decision is not None and decision.columns else None
        read = self._read(share.consumer, self._opened)
        names = [each.table for each in self._opened if each.table not in {None, "*"}]
        return Outcome(SHARED, share, decision is not None, named, given, read, [each for each in names if each])

    def _is_as_before(self, before: Lake | None) -> bool:
        """Whether what was granted is as it was, while something else may have changed."""
        there, names = self._lake, [each.table for each in self._opened if each.table]
        assert before is not None
        assert there is not None
        same = all(before.tables[name] == there.tables.get(name) for name in names)
        return same and before.database == there.database

    def _watch_grants(self, when: str, method: str, arguments: tuple[Any, ...], _result: object) -> None:
        if when != "after":
            return
        match method:
            case "grant_filters":
                cells, consumer = arguments
                self._opened += [Grant(each.database, each.table, consumer, each.name) for each in cells]
            case "grant_tables":
                database, tables, consumer = arguments
                self._opened += [Grant(database, each, consumer) for each in tables]
            case "grant_table":
                self._opened.append(Grant(*arguments))
            case "grant_all_tables":
                database, consumer = arguments
                self._opened.append(Grant(database, "*", consumer))
            case _:
                pass

    def _watch_pages(self, when: str, method: str, _arguments: tuple[Any, ...], _result: object) -> None:
        """Grant reads a database twice: all of it, and then each page again before it grants what is in it."""
        if when == "before" and method == "page" and self._meanwhile is not None:
            self._pages += 1
            if self._pages > 1:
                self._meanwhile.change(0.15)

    def shares(self) -> Sequence[Share]:
        return [each for each in self.world.ledger.shares.values() if each.holds]

    def reads(self, account: str) -> Read:
        return self._read(account, [each for each in self.world.lake.grants if each.consumer == account])

    def _read(self, account: str, grants: Sequence[Grant]) -> Read:
        assert self._lake is not None
        return reading(self._lake, account, grants, self.world.lake.filters)

    def end(self, share: Share) -> None:
        self._plan(Revocation("a proof", share=share.id))

    @contextmanager
    def held(self, account: str, source: Source | None) -> Iterator[None]:
        on: Mapping[str, Any] = {"consumer": account} if source is None else {"source": source}
        self._plan(Revocation("a proof", hold=True, **on))
        yield
        self._plan(Revocation("a proof", hold=False, **on))

    def _plan(self, wish: Revocation) -> None:
        by = Revoker(self.world.register, self.world.ledger, self.world.events)
        plan(wish, "proof", iso(now() + timedelta(seconds=1)), Look.START, {}, by=by, at=now())
        self._take_back()

    def _take_back(self) -> None:
        ending = [each for each in self.world.ledger.shares.values() if each.status is ShareStatus.REVOKING]
        if not ending:
            return
        done = take_back(
            [Work(each.consumer, each.id) for each in ending],
            ledger=self.world.ledger,
            grants=MemoryGrants(self.world.lake),
            events=self.world.events,
            holder="proof",
            seconds_left=lambda: 900.0,
            pause=lambda _: None,
        )
        assert done == Taken([], {}), done

    def findings(self) -> Sequence[Finding]:
        findings = MemoryFindings()
        world = self.world
        state = MemoryLakeState(world.lake)
        by = Looker(world.rules, findings, world.ledger, world.register, world.remembering, state, world.events)
        look(by=by, at=now())
        return list(findings.live())

    @contextmanager
    def tampered(self, by: Random, account: str, lake: Lake) -> Iterator[bool]:
        there = self.world.lake
        grants, filters = set(there.grants), dict(there.filters)
        tamper(by, there, account, lake)
        lost = {each for each in grants - there.grants if not _is_covered(each, there.grants)}
        # The order of its columns makes no other filter.
        yield bool(lost or there.grants - grants) or _terms(there.filters) != _terms(filters)
        there.grants, there.filters = grants, filters


def _is_covered(grant: Grant, by: Set[Grant]) -> bool:
    """Whether a table's grant makes no difference beside one of all tables."""
    return bool(grant.table) and not grant.filter and Grant(grant.database, WHOLE_DATABASE, grant.consumer) in by


def _terms(filters: Mapping[Resource, CellsFilter]) -> dict[Resource, str]:
    return {of: each.name for of, each in filters.items()}
