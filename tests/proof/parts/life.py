"""One lake through requests, decisions, changes, ends, holds and drift: every cell that is opened has been named."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from random import Random

from handlers.sharing.model.classification import FILTERED
from handlers.sharing.model.drift import Kind
from handlers.sharing.model.request import WHOLE_DATABASE, Source
from handlers.sharing.model.share import Share, ShareStatus
from tests.fakes.world import input_of
from tests.proof.parts.lakes import ACCOUNTS, Ask, changed, random_answer, random_ask, random_lake
from tests.proof.parts.of_lake import Memory
from tests.proof.parts.promises import Opened, added_up, opened_by
from tests.proof.parts.stage import ALREADY, RENEWED, SHARED, Meanwhile, Outcome, Stage

TURNS = 10
"""Of each lake: a request, a change, or a share's end."""


@dataclass
class Life:
    """A lake, and what is known of it without asking the product.

    Attributes:
        seed: what it is made of.
        stage: where it lives.
        did: what came of all that was done.
        database: what its database is called.
        accounts: whom it is shared with.
    """

    seed: int
    stage: Stage
    did: Counter[str] = field(default_factory=Counter[str])
    database: str = ""
    accounts: tuple[str, ...] = ACCOUNTS

    def __post_init__(self) -> None:
        self.by = Random(self.seed)
        made = random_lake(self.by)
        self.lake = replace(made, database=replace(made.database, name=self.database or made.database.name))
        self.stage.put(self.lake)
        self.memory = Memory()
        self.opened: dict[str, Opened] = {}
        """What shares have opened, by their ids."""

    def take_turns(self) -> None:
        """Take all turns; every promise is looked at after each."""
        for turn in range(TURNS):
            match self.by.choice(self.stage.turns):
                case "ask":
                    self._ask(f"r{turn}", random_ask(self.by, self.lake))
                case "renew":
                    self._renew(f"r{turn}")
                case "change":
                    self._change(1)
                case "end":
                    self._end()
                case "hold":
                    self._hold(f"r{turn}")
                case _:
                    self._drift()
            self._what_is_read_is_what_is_shared()

    def end(self) -> None:
        """A column that came to be flagged after it was granted is still read, and drift says so of its share."""
        told = {each.share for each in self.stage.findings() if each.kind is Kind.SOURCE_CHANGED}
        for share in self.stage.shares():
            if since := self.opened[share.id].flagged_since(self.lake):
                assert share.id in told, (
                    f"{self}: {share.id} lets read {_told(since)}, flagged since, and nobody is told"
                )
                self.did["shares with columns that were flagged since, found by drift"] += 1

    # --- turns ------------------------------------------------------------------------------------------------

    def _change(self, chance: float) -> None:
        if self.by.random() >= chance:
            return
        before, self.lake = self.lake, changed(self.by, self.lake)
        if gone := before.tables.keys() - self.lake.tables.keys():
            self.opened = {id_: each.without(gone) for id_, each in self.opened.items()}
        self.stage.put(self.lake)
        self.did["changes"] += 1

    def _ask(self, name: str, ask: Ask) -> Outcome:
        ask = replace(ask, account=self._account(ask.account))
        more = {"renews": ask.renews, "days": 60} if ask.renews else {"days": 30}
        document = {**input_of(self.lake.database.name, ask.table, ask.account), **ask.part, **more}
        meanwhile = Meanwhile(lambda: self._judged(ask), self._change, self._narrow)
        outcome = self.stage.ask(name, document, ask, meanwhile)
        self.did[f"{outcome.what}{' after a decision' if outcome.decided else ''}"] += 1
        match outcome.what:
            case "shared already" | "renewed":
                # Nobody was asked, so what it covers must have been named when it was granted.
                share = outcome.share
                assert share is not None
                unnamed = self.opened[share.id].unnamed(self.lake, self.memory)
                assert not unnamed, f"{self}: {outcome.what} by {share.id}, and nobody named {_told(unnamed)}"
            case "shared":
                self._each_cell_was_named(outcome, ask)
            case _:
                pass
        return outcome

    def _account(self, drawn: str) -> str:
        return self.accounts[ACCOUNTS.index(drawn)] if drawn in ACCOUNTS else drawn

    def _judged(self, ask: Ask) -> None:
        self.memory.see(self.lake, self.lake.tables if ask.of_database else [ask.table])

    def _narrow(self, columns: Iterable[str]) -> tuple[str, ...]:
        names = sorted(columns)
        return tuple(sorted(self.by.sample(names, self.by.randint(1, len(names))))) if names else ()

    def _end(self) -> None:
        if live := self._live():
            self.stage.end(self.by.choice(live))
            self.did["ended"] += 1

    def _hold(self, name: str) -> None:
        """A table, all of them, or an account is held: what this reaches ends, and nothing is shared until then."""
        account, table = self._account(self.by.choice(ACCOUNTS)), self.by.choice((*sorted(self.lake.tables), "*"))
        of_data = self.by.random() < 0.5
        with self.stage.held(account, Source(self.lake.database.name, table) if of_data else None):
            asked = Ask(account, self.by.choice((table, WHOLE_DATABASE)), self.by.choice(({}, {"scope": "safe"})))
            outcome = self._ask(name, asked)
            assert outcome.what not in {SHARED, RENEWED, ALREADY}, f"{self}: {outcome.what} past a hold"
            self._what_is_read_is_what_is_shared()
        self.did["held"] += 1

    def _renew(self, name: str) -> None:
        """Somebody asks once more for what one of the shares is of: to have it longer, or as if there were none."""
        if live := self._live():
            share, renews = self.by.choice(live), self.by.random() < 0.7
            part, answer = dict(share.part.fields), random_answer(self.by)
            self._ask(name, Ask(share.consumer, share.source.table, part, answer, share.id if renews else None))

    def _drift(self) -> None:
        """Somebody opens something past Lakeshare. Drift says so of the account, and what is mended is as it was."""
        account = self._account(self.by.choice(ACCOUNTS))
        before = self._found_of(account)
        with self.stage.tampered(self.by, account, self.lake) as differs:
            told = self._found_of(account) != before
            assert told is differs, f"{self}: drift says nothing of {account}, or of nothing"
        self.did["changed past Lakeshare, and found by drift"] += differs

    def _found_of(self, account: str) -> set[str]:
        found = (each for each in self.stage.findings() if each.kind is not Kind.SOURCE_CHANGED)
        return {each.digest for each in found if each.principal == account}

    def _live(self) -> list[Share]:
        live = [each for each in self.stage.shares() if each.status is ShareStatus.ACTIVE]
        return sorted(live, key=lambda each: (each.since, each.id))

    # --- promises ---------------------------------------------------------------------------------------------

    def _each_cell_was_named(self, outcome: Outcome, ask: Ask) -> None:
        share = outcome.share
        assert share is not None
        assert outcome.read or share.scope not in FILTERED, f"{self}: {share.id} is shared, and nothing is read"
        opened = opened_by(share, outcome.named, outcome.read, outcome.names)
        self.did["cells opened: columns"] += sum(map(len, outcome.read.values()))
        assert {*opened.tables} <= ({*self.lake.tables} if ask.of_database else {ask.table}), f"{self}: other tables"
        unnamed = opened.unnamed(self.lake, self.memory)
        assert not unnamed, f"{self}: {share.id} opens {_told(unnamed)}, and nobody named that"
        for table, columns in outcome.read.items():
            assert {*columns.values()} == {opened.rows}, f"{self}: {share.id} opens other rows of {table}"
            if share.part.safe:
                left = columns.keys() - self.memory.safe(self.lake, table)
                assert not left, f"{self}: {share.id} opens {sorted(left)} of {table}, which are not safe"
            if outcome.given is not None:
                keys = {each.name.lower() for each in self.lake.tables[table].columns or () if each.is_partition_key}
                more = columns.keys() - outcome.given - keys
                assert not more, f"{self}: {share.id} opens {sorted(more)} of {table}, which were not given"
        self.opened[share.id] = opened
        self.did[f"shared as {share.scope.value}"] += 1
        if ask.of_database and share.part.safe:
            self.did["tables left out of a database's safe subset"] += len(self.lake.tables) - len(opened.tables)
        if outcome.decided and ask.of_database and not share.part.safe:
            self.memory.approved_database(self.lake)
        elif outcome.decided and not ask.of_database:
            self.memory.approved(self.lake.tables[ask.table], share.columns if share.scope in FILTERED else None)
        self.did["given fewer columns than were asked for"] += outcome.given is not None

    def _what_is_read_is_what_is_shared(self) -> None:
        holding = self.stage.shares()
        for account in self.accounts:
            mine = [self.opened[each.id] for each in holding if each.consumer == account]
            read, shared = self.stage.reads(account), added_up(mine, self.lake)
            assert read == shared, f"{self}: {account} reads otherwise: {read}, and is shared {shared}"
            self.did["times what an account reads was compared"] += 1

    def __str__(self) -> str:
        return f"lake {self.seed}"


def _told(cells: Iterable[tuple[str | None, str | None]]) -> str:
    return ", ".join(sorted(".".join(part or "*" for part in cell) for cell in cells))


def live(lakes: Iterable[int], stage: Callable[[int], Stage]) -> Counter[str]:
    """Let lakes of these seeds live, one after the other; counts what was done."""
    did = Counter[str]()
    for seed in lakes:
        life = Life(seed, stage(seed), did)
        life.take_turns()
        life.end()
    return did
