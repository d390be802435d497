"""One sequence: a database, its consumers, what is done next, and what they can read by then.

It knows what it did and what came of it, and never looks at ledger or lake: these are held to what it knows.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.workflow.accounts import DESCRIBE, SELECT_AND_DESCRIBE, Grants
from tests.workflow.driver import RETAIL, REVIEWS

TABLES = ("bills", "goods", "shops")
PEOPLE = "people"
"""A table with personal data, which comes some time: from then on a request for the whole database asks its owner."""
WHOLE = "*"
DAYS = (5, 20, 40, 90, 150, 250)
_CHANCES = {"ask": 12, "flag": 2, "renew": 6, "give back": 4, "revoke": 5, "look": 1, "hold": 3, "lift": 4, "rest": 1}


@dataclass
class Share:
    """What an account was granted.

    Attributes:
        account: which.
        table: that was asked for.
        covers: the tables, by name; `None`: all of the database, later ones, too.
        over: the day of the year by which it is over; `None`: it has no end.
        user: who asked, through the API.
        ended: why it ended; empty as long as it lives.
    """

    account: str
    table: str
    covers: frozenset[str] | None
    over: int | None
    user: str | None = None
    ended: str = ""


@dataclass(frozen=True)
class Step:
    """What is done: `kind` as in `_CHANCES`, and what it is done with.

    Attributes:
        kind: what.
        account, table, share: to what; of what is asked for, which share it renews.
        days: for how long is asked; `None`: without an end.
        user: who asks or gives back through the API; `None`: whoever starts executions.
        decision: what the owner says if they are asked.
        shorter: the last day that they name, so many days from then.
    """

    kind: str
    account: str = ""
    table: str = ""
    share: str = ""
    days: int | None = None
    user: str | None = None
    decision: str = ""
    shorter: int | None = None

    def __str__(self) -> str:
        said = {name: value for name, value in vars(self).items() if value not in {None, ""} and name != "kind"}
        return " ".join([self.kind, *(f"{name}={value}" for name, value in said.items())])


@dataclass
class Life:
    """A sequence and what it knows.

    Attributes:
        seed: of all that is random in it.
        accounts: its consumers.
        users: who of the portal's people asks in it.
        tables: of its database, by now.
        shares: what was ever granted, by the share's id.
        held: the accounts and tables (`*` for the database) that are held.
        done: the steps so far, each with its day.
    """

    seed: int
    accounts: tuple[str, ...]
    user: str
    tables: set[str] = field(default_factory=lambda: set(TABLES))
    shares: dict[str, Share] = field(default_factory=dict[str, Share])
    held: set[str] = field(default_factory=set[str])
    done: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.random = random.Random(self.seed)

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

    # --- what is done -------------------------------------------------------------------------------------------

    def choose(self) -> Step:
        """What is done next."""
        given_out = [name for name, share in self.live().items() if share.user]
        possible = {
            "flag": PEOPLE not in self.tables,
            "renew": bool(self.shares),
            "give back": bool(given_out),
            "revoke": bool(self.live()),
            "look": bool(self.live()),
            "lift": bool(self.held),
        }
        kinds = [kind for kind in _CHANCES if possible.get(kind, True)]
        (kind,) = self.random.choices(kinds, [_CHANCES[each] for each in kinds])
        match kind:
            case "ask":
                table = self.random.choice((*sorted(self.tables), WHOLE, WHOLE))
                return self._ask(self.random.choice(self.accounts), table, self.random.choice((self.user, None, None)))
            case "renew":
                # For the most part one that lives.
                of = self.live() if self.live() and self.random.random() < 0.8 else self.shares
                name, share = self.random.choice(sorted(of.items(), key=lambda each: each[0]))
                return self._ask(share.account, share.table, share.user, name)
            case "give back":
                share = self.random.choice(given_out)
                return Step(kind, share=share, user=self.user)
            case "revoke" | "look":
                return self._end(kind)
            case "hold":
                return self._place(kind, self.random.choice((*self.accounts, *sorted(self.tables), WHOLE)))
            case "lift":
                return self._place(kind, self.random.choice(sorted(self.held)))
            case _:
                return Step(kind)

    def _ask(self, account: str, table: str, user: str | None, renews: str = "") -> Step:
        pick = self.random.choice
        decision, days = pick(("approve", "approve", "approve", "deny")), pick((None, *DAYS))
        shorter = [each for each in (3, 30) if decision == "approve" and (days is None or each < days)]
        return Step(
            "renew" if renews else "ask",
            account=account,
            table=table,
            share=renews,
            days=days,
            user=user,
            decision=decision,
            shorter=pick((None, *shorter)),
        )

    def _end(self, kind: str) -> Step:
        share, found = self.random.choice(sorted(self.live().items(), key=lambda each: each[0]))
        return self.random.choice(
            (Step(kind, share=share), Step(kind, account=found.account), Step(kind, table=found.table))
        )

    def _place(self, kind: str, place: str) -> Step:
        return Step(kind, account=place) if place in self.accounts else Step(kind, table=place)

    def wish(self, step: Step) -> dict[str, Any]:
        """The input of the state machine that revokes."""
        wish: dict[str, Any] = {"reason": str(step)}
        if step.kind in {"hold", "lift"}:
            wish["hold"] = step.kind == "hold"
        if step.kind == "look":
            wish["dry_run"] = True
        if step.share:
            return {**wish, "share": step.share}
        if step.account:
            return {**wish, "consumer": step.account}
        return {**wish, "source": {"database": self.database, "table": step.table}}

    def asks_owner(self, step: Step) -> bool:
        """Whether somebody has to decide."""
        return (
            step.kind in {"ask", "renew"}
            and not self._is_over(step)
            and not self.is_held(step)
            and self._has_people(step.table)
        )

    def is_held(self, step: Step) -> bool:
        """Whether what is asked for is held."""
        return bool(self.held & {step.account, WHOLE, step.table}) or (
            step.table == WHOLE and bool(self.held & self.tables)
        )

    # --- what comes of it ---------------------------------------------------------------------------------------

    def expected(self, step: Step) -> tuple[str, str | None]:
        """How a request has to end: its status and its reason."""
        if self._is_over(step):
            return "REFUSED", "NotRenewable"
        if self.is_held(step):
            return "REFUSED", "OnHold"
        if self.asks_owner(step) and step.decision == "deny":
            return "DENIED", "Denied"
        return "SHARED", None

    def shared(self, step: Step, share: str, day: int) -> None:
        """A request was granted, as `share` if it is one of its own."""
        approved = self.asks_owner(step)
        if step.share and not approved:
            renewed = self.shares[step.share]
            if renewed.over is not None:
                renewed.over = None if step.days is None else max(renewed.over, day + step.days)
            return
        if step.share:
            self.shares[step.share].ended = "Replaced"
        ends = [step.days] if step.days is not None else []
        if approved and step.shorter is not None:
            # A day that is named is the last one. It is always noon here, so that one is over the day after.
            ends.append(step.shorter + 1)
        covers = {step.table} if step.table != WHOLE else None if approved else self.tables
        over = day + min(ends) if ends else None
        self.shares[share] = Share(
            step.account, step.table, None if covers is None else frozenset(covers), over, step.user
        )

    def settle(self, step: Step) -> None:
        """All other steps."""
        match step.kind:
            case "flag":
                self.tables.add(PEOPLE)
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
        over = [share for share in self.live().values() if share.over is not None and share.over <= day]
        for share in over:
            share.ended = "Expired"
        return len(over)

    def grants(self, account: str) -> Grants:
        """All that Lake Formation has to hold for an account: the union of its live shares, and nothing else."""
        found: Grants = {}
        for share in self.live(account).values():
            if share.table == WHOLE:
                found[self.database] = DESCRIBE
            for table in (WHOLE,) if share.covers is None else share.covers:
                found[f"{self.database}.{table}"] = SELECT_AND_DESCRIBE
        return found

    def _is_over(self, step: Step) -> bool:
        return step.kind == "renew" and bool(self.shares[step.share].ended)

    def _has_people(self, table: str) -> bool:
        return table == PEOPLE or (table == WHOLE and PEOPLE in self.tables)
