"""One sequence: a database, its consumers, what was done, and what they can read by then.

It knows what it did and what came of it, and never looks at ledger or lake: these are held to what it knows. Nothing of
the product is asked: how requests end, and what is in of a part, is worked out anew.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from localmesh.reading import Reading
from tests.proof.sequences.choosing import PEOPLE
from tests.proof.sequences.steps import WHOLE, Covers, Share, Step, Verdict
from tests.proof.sequences.tables import Cells, Part, Table
from tests.workflow.accounts import DESCRIBE, SELECT, SELECT_AND_DESCRIBE, Grants
from tests.workflow.driver import RETAIL, REVIEWS


def people() -> Table:
    return Table({"id": "", "city": "", "mail": "true"})


@dataclass
class Life:
    """A sequence and what it knows.

    Attributes:
        seed: of all that is random in it.
        accounts: its consumers.
        user: who of the portal's people asks in it.
        tables: of its database, by now.
        shares: what was ever granted, by the share's id.
        held: the accounts and tables (`*` for the database) that are held.
        day: of the year.
        done: the steps so far, each with its day.
    """

    seed: int
    accounts: tuple[str, ...]
    user: str
    tables: dict[str, Table] = field(default_factory=dict[str, Table])
    shares: dict[str, Share] = field(default_factory=dict[str, Share])
    held: set[str] = field(default_factory=set[str])
    day: int = 0
    done: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)
        for name in ("bills", "goods"):
            self.tables[name] = Table({"id": "", "amount": ""})
        self.tables["shops"] = Table({"id": "", "city": "", "day": ""}, keys=("day",))
        if self.random.random() < 0.4:
            self.tables[PEOPLE] = people()

    @property
    def database(self) -> str:
        return f"year_{self.seed:03}"

    @property
    def owner(self) -> str:
        """Of two, since mails to the approvers of one are paced."""
        return (RETAIL, REVIEWS)[self.seed % 2]

    def live(self, account: str = "") -> Mapping[str, Share]:
        return {
            name: share for name, share in self.shares.items() if not share.ended and account in {"", share.account}
        }

    # --- how a request ends -------------------------------------------------------------------------------------

    def verdict(self, step: Step) -> Verdict:
        """How a request has to end."""
        renewed = self.shares[step.share] if step.share else None
        if renewed is not None and renewed.ended:
            return Verdict("REFUSED", "NotRenewable", judged=False)
        covers, data = self._covers(step.table, step.part), self._data(step.table, step.part)
        if covers == {}:
            return Verdict("REFUSED", "NothingSafe", judged=False)
        if self._is_held(step):
            return Verdict("REFUSED", "OnHold", judged=False)
        # What is granted of whole tables Classify cannot see in these databases, so it is granted again.
        if not step.part.is_whole:
            live = self.live(step.account).values()
            if any(each.data == data and self._lasts(step, each) for each in live):
                return Verdict("SHARED", is_there=True)
            if covers is not None and all(any(_all_of(name, each) for each in live) for name in covers):
                return Verdict("REFUSED", "AlreadyWider")
        is_new = renewed is not None and renewed.data != data
        if not is_new and not self._asking(step.table, step.part):
            return Verdict("SHARED")
        if step.decision == "deny":
            return Verdict("DENIED", "Denied", asks=True)
        return Verdict("SHARED", asks=True)

    def _lasts(self, step: Step, share: Share) -> bool:
        """Whether a share lasts as long as what is asked for: it was granted earlier in a day."""
        return share.over is None or (step.days is not None and self.day + step.days < share.over)

    def _is_held(self, step: Step) -> bool:
        return bool(self.held & {step.account, WHOLE, step.table}) or (
            step.table == WHOLE and bool(self.held & self.tables.keys())
        )

    def _names(self, table: str) -> list[str]:
        return sorted(self.tables) if table == WHOLE else [table]

    def _asking(self, table: str, part: Part) -> bool:
        """Whether something in it is flagged. Of a table that is left out nothing is."""
        cells = {name: self.tables[name].cells(part) for name in self._names(table)}
        return any(self.tables[name].asks & set(in_it[0]) for name, in_it in cells.items() if in_it is not None)

    def _covers(self, table: str, part: Part) -> Covers:
        names = self._names(table)
        if part.is_whole:
            return None if table == WHOLE and self._asking(table, part) else dict.fromkeys(names)
        found = {name: self.tables[name].cells(part) for name in names}
        return {name: cells for name, cells in found.items() if cells is not None}

    def _data(self, table: str, part: Part) -> object:
        """All that has to be the same for a renewal to need nobody."""
        return (
            table,
            part,
            self._covers(table, part),
            {name: {**self.tables[name].flags} for name in self._names(table)},
        )

    # --- what comes of it ---------------------------------------------------------------------------------------

    def came(self, step: Step, share: str) -> None:
        """A request ended as it has to; what it was granted, if anything, is `share`."""
        verdict = self.verdict(step)
        tables = [self.tables[name] for name in self._names(step.table)]
        for table in tables if verdict.judged else ():
            table.seen()
        if verdict.status != "SHARED" or verdict.is_there:
            return
        if step.share and not verdict.asks:
            renewed = self.shares[step.share]
            if renewed.over is not None:
                renewed.over = None if step.days is None else max(renewed.over, self.day + step.days)
            return
        ends: list[float] = [] if step.days is None else [self.day + step.days]
        if verdict.asks and step.shorter is not None:
            # A day that is named is the last one: it is over at midnight, and it is always noon here.
            ends.append(self.day + step.shorter + 0.5)
        part = step.given if verdict.asks else step.part
        covers = self._covers(step.table, part)
        new = Share(
            step.account, step.table, part, covers, self._data(step.table, part), min(ends, default=None), step.user
        )
        if verdict.asks and (part.is_whole or step.table != WHOLE):
            for table in tables:
                cells = table.cells(part)
                table.approved(cells[0] if cells is not None else ())
        self._replaced(new, step.share)
        self.shares[share] = new

    def _replaced(self, new: Share, renewed: str) -> None:
        """A new share takes the place of the one that it renews, and of the parts that it covers for as long."""
        if renewed:
            self.shares[renewed].ended = "Replaced"
        parts = [each for each in self.live(new.account).values() if new.part.is_whole and not each.part.is_whole]
        for each in parts:
            lasts = new.over is None or (each.over is not None and each.over <= new.over)
            if lasts and all(_all_of(name, new) for name in each.covers or ()):
                each.ended = "Replaced"

    def settle(self, step: Step) -> None:
        """All other steps."""
        match step.kind:
            case "people":
                self.tables[PEOPLE] = people()
            case "flag" | "column":
                self.tables[step.table].flags[step.column] = step.value
            case "rows":
                self.tables[step.table].rows = step.value
            case "give back":
                self.shares[step.share].ended = "GivenBack"
            case "lift":
                self.held.discard(step.account or step.table)
            case "revoke" | "hold":
                for share in self._reached(step):
                    share.ended = "Held" if step.kind == "hold" else "Revoked"
                if step.kind == "hold":
                    self.held.add(step.account or step.table)
            case _:
                pass

    def _reached(self, step: Step) -> Iterator[Share]:
        for name, share in self.live().items():
            if step.share:
                reached = name == step.share
            elif step.account:
                reached = share.account == step.account
            else:
                reached = WHOLE in {step.table, share.table} or share.table == step.table
            if reached:
                yield share

    def pass_to(self, day: int) -> int:
        """That day comes; gives how many shares it ends."""
        self.day = day
        over = [share for share in self.live().values() if share.over is not None and share.over <= day]
        for share in over:
            share.ended = "Expired"
        return len(over)

    def is_news(self, step: Step) -> bool:
        """Whether a column is being flagged that somebody reads by a part that has it."""
        return (
            step.kind == "flag"
            and step.value == "true"
            and any(
                step.column in cells[0]
                for share in self.live().values()
                for table, cells in (share.covers or {}).items()
                if table == step.table and cells is not None
            )
        )

    # --- what everybody has -------------------------------------------------------------------------------------

    def grants(self, account: str) -> Grants:
        """All that Lake Formation has to hold for an account: the union of its live shares, and nothing else."""
        found: Grants = {}
        for share in self.live(account).values():
            if share.table == WHOLE and share.part.is_whole:
                found[self.database] = DESCRIBE
            for table, cells in ({WHOLE: None} if share.covers is None else share.covers).items():
                name = f"{self.database}.{table}"
                found[name if cells is None else in_words(name, cells)] = (
                    SELECT_AND_DESCRIBE if cells is None else SELECT
                )
        return found

    def reads(self, account: str) -> dict[str, Reading]:
        """What an account has to be able to read: each column in the rows of any of its live shares."""
        found: dict[str, Reading] = {}
        live = self.live(account).values()
        for name, table in self.tables.items():
            rows: dict[str, set[str]] = {}
            for share in live:
                if share.covers is None or name in share.covers:
                    of = None if share.covers is None else share.covers[name]
                    columns, expression = of or (tuple(table.flags), "")
                    for column in columns:
                        rows.setdefault(column, set()).add(expression)
            some = {column: frozenset(each) for column, each in rows.items() if "" not in each}
            if rows:
                found[f"{self.database}.{name}"] = Reading(frozenset(rows), rows=some)
        return found


def in_words(table: str, cells: Cells) -> str:
    """A data cells filter by what it lets read: of the same columns and rows there is one."""
    columns, rows = cells
    return f"{table} ({', '.join(columns)}{' where ' if rows else ''}{rows})"


def _all_of(table: str, share: Share) -> bool:
    """Whether a share gives all of a table."""
    return share.covers is None or (table in share.covers and share.covers[table] is None)
