"""One lake through requests, decisions, changes, ends, holds and drift: every cell that is opened has been named."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from typing import Any

from handlers.sharing.drift import Looker, look
from handlers.sharing.grant import Progress
from handlers.sharing.model.classification import Classification
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.drift import Kind
from handlers.sharing.model.errors import Refused
from handlers.sharing.model.finding import Finding
from handlers.sharing.model.parties import Producer
from handlers.sharing.model.request import Source
from handlers.sharing.model.revocation import Revocation, Work
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.revoke import Look, Revoker, plan
from handlers.sharing.take_back import Taken, take_back
from tests.fakes.findings import MemoryFindings
from tests.fakes.grants import MemoryGrants
from tests.fakes.lake import Grant
from tests.fakes.lake_state import MemoryLakeState
from tests.fakes.world import OWNER, SharedAlready, World, input_of
from tests.proof.parts.lakes import ACCOUNTS, DATABASE, TABLE, Ask, changed, random_answer, random_ask, random_lake
from tests.proof.parts.opinion import WHOLE, Memory, flagged, named_by, reading
from tests.proof.parts.tampering import tamper

TURNS = 8
"""Of each lake: a request, a change, or a share's end."""
ROUNDS = 3


@dataclass
class Life:
    """A lake, and what is known of it without asking the product. `did`: what came of all that was done."""

    seed: int
    did: Counter[str] = field(default_factory=Counter[str])

    def __post_init__(self) -> None:
        self.by = Random(self.seed)
        self.world = World()
        parties = self.world.parties
        producers = {**parties.producers, OWNER: Producer(OWNER, safe_subset=True)}
        self.world.parties = replace(parties, producers=producers)
        self.database, self.table = random_lake(self.by)
        self.world.catalogue.put(self.database, self.table)
        self.memory = Memory()
        self.named: dict[str, set[str | None]] = {}
        """What the decision on a share named, by the share's id."""
        self.opened: list[Grant] = []
        self.world.lake.watch = self._watch

    def live(self) -> None:
        """Take all turns; every promise is looked at after each."""
        for turn in range(TURNS):
            match self.by.choice(("ask", "ask", "ask", "ask", "renew", "change", "change", "end", "hold", "drift")):
                case "ask":
                    self._ask(f"r{turn}", random_ask(self.by, self.table))
                case "renew":
                    self._renew(f"r{turn}")
                case "change":
                    self._change()
                case "end":
                    self._end()
                case "hold":
                    self._hold()
                case _:
                    self._drift()
            self._what_is_read_is_what_is_shared()
        self._what_was_flagged_since_is_found()

    # --- turns ------------------------------------------------------------------------------------------------

    def _change(self, chance: float = 1.0) -> None:
        if self.by.random() < chance:
            self.database, self.table = changed(self.by, self.database, self.table)
            self.world.catalogue.put(self.database, self.table)
            self.did["changes"] += 1

    def _ask(self, name: str, ask: Ask) -> None:
        more = {"renews": ask.renews, "days": 60} if ask.renews else {"days": 30}
        document = {**input_of(DATABASE, TABLE, ask.account), **ask.part, **more}
        for round_ in range(1, ROUNDS + 1):
            try:
                found = self.world.classify(name, document, round_)
            except SharedAlready:
                self.memory.see(self.database, self.table)
                self._shared_already(self.world.found_shared)
                return
            except Refused as refused:
                if refused.reason in {"AlreadyWider", "AlreadyAsked"}:
                    self.memory.see(self.database, self.table)
                self.did[f"refused: {refused.reason}"] += 1
                return
            self.memory.see(self.database, self.table)
            if self._decided_and_granted(name, found, ask, round_) is not Progress.CHANGED:
                return
            self.did["asked anew, as the lake had changed"] += 1

    def _decided_and_granted(self, name: str, found: Classification, ask: Ask, round_: int) -> Progress | None:
        self._change(0.15)
        decision, named = None, set[str | None]()
        if found.needs_approval:
            key = self.world.request_approval(name, f"token-{name}-{round_}")
            # What the approver is shown stands in the register.
            record = self.world.register.records[name]
            assert record.classification is not None
            decision = self.world.post(self.world.follow(key, name), ask.answer).decision
            if decision is None or ask.answer == "deny":
                self.did["denied"] += 1
                return None
            named = named_by(record.classification)
        self._change(0.15)
        self.opened.clear()
        try:
            progress = self.world.grant(name, decision.id if decision else None).progress
        except Refused as refused:
            self.did[f"not granted: {refused.reason}"] += 1
            return None
        if progress is Progress.CHANGED:
            assert not self.opened, f"{self}: granted what had changed"
            return progress
        share = self.world.ledger.shares.get(f"{name}:{round_}")
        if share is None:
            # Nobody was asked, and nothing granted: a share has another end.
            assert ask.renews is not None
            self._still_named(self.world.ledger.shares[ask.renews], "renewed")
            return progress
        self.named[share.id] = named
        self._each_cell_was_named(share, named)
        if decision is not None:
            self.memory.approved(self.table, share.columns if share.cells else None)
        self.did["shared after a decision" if decision else "shared at once"] += 1
        self._take_back()
        return progress

    def _shared_already(self, share: Share | None) -> None:
        assert share is not None
        self._still_named(share, "shared already")

    def _still_named(self, share: Share, how: str) -> None:
        """Nobody was asked, so what it covers must have been named when it was granted."""
        self.did[how] += 1
        unnamed = self._unnamed(share, self.named[share.id])
        assert not unnamed, f"{self}: {how} by {share.id}, and nobody named {unnamed}"

    def _end(self) -> None:
        live = [each for each in self.world.ledger.shares.values() if each.status is ShareStatus.ACTIVE]
        if not live:
            return
        self._plan(Revocation("a proof", share=self.by.choice(live).id))
        self.did["ended"] += 1

    def _hold(self) -> None:
        """The table or an account is held: all that this reaches ends, and nothing is shared until it is lifted."""
        source = Source(DATABASE, self.by.choice((TABLE, "*")))
        account = self.by.choice(ACCOUNTS)
        on: dict[str, Any] = self.by.choice(({"source": source}, {"consumer": account}))
        self._plan(Revocation("a proof", hold=True, **on))
        before = len(self.world.ledger.shares)
        ask = Ask(account, {"columns": [each.name for each in self.table.columns or ()]})
        self._ask(f"held-{len(self.world.register.records)}", ask)
        assert len(self.world.ledger.shares) == before, f"{self}: shared past a hold"
        self._what_is_read_is_what_is_shared()
        self._plan(Revocation("a proof", hold=False, **on))
        self.did["held"] += 1

    def _plan(self, wish: Revocation) -> None:
        by = Revoker(self.world.register, self.world.ledger, self.world.events)
        plan(wish, "proof", iso(now() + timedelta(seconds=1)), Look.START, {}, by=by, at=now())
        self._take_back()

    def _renew(self, name: str) -> None:
        """Somebody asks to have one of the shares longer."""
        live = [each for each in self.world.ledger.shares.values() if each.status is ShareStatus.ACTIVE]
        if live:
            share = self.by.choice(live)
            self._ask(name, Ask(share.consumer, dict(share.part.fields), random_answer(self.by), share.id))

    def _drift(self) -> None:
        """Somebody opens something past Lakeshare. Drift says so of the account, and what is mended is as it was."""
        lake, account = self.world.lake, self.by.choice(ACCOUNTS)
        grants, filters = set(lake.grants), dict(lake.filters)
        tamper(self.by, lake, account, tuple(each.name.lower() for each in self.table.columns or ()))
        same = (lake.grants, lake.filters) == (grants, filters)
        told = {each.principal for each in self._findings() if each.kind is not Kind.SOURCE_CHANGED}
        assert (account in told) is not same, f"{self}: drift says nothing of {account}, or of nothing"
        self.did["changed past Lakeshare, and found by drift"] += not same
        lake.grants, lake.filters = grants, filters

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
        assert done == Taken([], {}), f"{self}: {done}"

    # --- promises ---------------------------------------------------------------------------------------------

    def _watch(self, when: str, method: str, arguments: tuple[Any, ...], _result: object) -> None:
        if when == "after" and method == "grant_filters":
            cells, consumer = arguments
            self.opened += [Grant(each.database, each.table, consumer, each.name) for each in cells]
        elif when == "after" and method == "grant_table":
            self.opened.append(Grant(*arguments))

    def _read(self, account: str, grants: list[Grant]) -> dict[str, frozenset[str]]:
        """The columns that are read by grants, each with the expressions for its rows."""
        found = reading(self.table, DATABASE, account, grants, self.world.lake.filters)
        return {column: found.rows.get(column, frozenset()) for column in found.columns}

    def _each_cell_was_named(self, share: Share, named: set[str | None]) -> None:
        read = self._read(share.consumer, self.opened)
        assert read, f"{self}: {share.id} is shared, and nothing was granted"
        self.did["cells opened: columns"] += len(read)
        unnamed = self._unnamed(share, named)
        assert not unnamed, f"{self}: {share.id} opens {sorted(map(str, unnamed))}, and nobody named that"
        rows = {frozenset() if share.row_filter is None else frozenset({share.row_filter})}
        assert set(read.values()) <= rows, f"{self}: {share.id} opens other rows"

    def _unnamed(self, share: Share, named: set[str | None]) -> set[str | None]:
        asks = self.memory.asks(self.database, self.table)
        grant = Grant(DATABASE, TABLE, share.consumer, share.cells.name if share.cells else "")
        return ({*self._read(share.consumer, [grant]), WHOLE} & asks) - named

    def _what_is_read_is_what_is_shared(self) -> None:
        there = {each.name.lower() for each in self.table.columns or ()}
        for account in ACCOUNTS:
            wanted: dict[str, set[str | None]] = {}
            for share in self.world.ledger.shares.values():
                if share.consumer == account and share.holds:
                    for column in there & set(share.columns) if share.cells else there:
                        wanted.setdefault(column, set()).add(share.row_filter)
            rows = {
                column: frozenset() if None in some else frozenset(filter(None, some))
                for column, some in wanted.items()
            }
            mine = [each for each in self.world.lake.grants if each.consumer == account]
            # Partition keys are read in each row that anything is read in; every part has all that there were.
            assert self._read(account, mine) == rows, f"{self}: {account} reads otherwise"
            self.did["times what an account reads was compared"] += 1

    def _what_was_flagged_since_is_found(self) -> None:
        """A column that came to be flagged after it was granted is still read, and drift says so of its share."""
        told = {each.share for each in self._findings()}
        there = flagged(self.database, self.table)
        for share in self.world.ledger.shares.values():
            if not share.holds:
                continue
            grant = Grant(DATABASE, TABLE, share.consumer, share.cells.name if share.cells else "")
            since = ({*self._read(share.consumer, [grant]), WHOLE} & there) - self.named[share.id]
            # Who approved a table of which all counts as personal data has approved whatever comes to be in it.
            if since and WHOLE not in self.named[share.id]:
                assert share.id in told, f"{self}: {share.id} lets read {since}, flagged since, and nobody is told"
                self.did["shares with columns that were flagged since, found by drift"] += 1

    def _findings(self) -> list[Finding]:
        findings = MemoryFindings()
        world = self.world
        state = MemoryLakeState(world.lake)
        by = Looker(world.rules, findings, world.ledger, world.register, world.remembering, state, world.events)
        look(by=by, at=now())
        return list(findings.live())

    def __str__(self) -> str:
        return f"lake {self.seed}"
