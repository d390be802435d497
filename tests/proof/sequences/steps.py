"""What is done in a sequence, and what an account was granted by it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tests.proof.sequences.tables import ALL, Cells, Part

WHOLE = "*"
"""In place of a table: all of the database."""
Covers = Mapping[str, Cells | None] | None
"""The tables that are granted by name, each with the part of it (`None`: all of it); `None`: all, later ones, too."""


@dataclass
class Share:
    """What an account was granted.

    Attributes:
        account: which.
        table: that was asked for.
        part: of it.
        covers: what is granted.
        data: all that it was granted by, as it was then.
        over: when it is over, in days of the year at noon; `None`: it has no end.
        user: who asked, through the API.
        ended: why it ended; empty as long as it lives.
    """

    account: str
    table: str
    part: Part
    covers: Covers
    data: object
    over: float | None
    user: str | None = None
    ended: str = ""


@dataclass(frozen=True)
class Step:
    """What is done: `kind` as in `choosing`, and what it is done with.

    Attributes:
        kind: what.
        account, table, share: to what; of what is asked for, which share it renews.
        column, value: what is changed in the catalogue.
        part: of the table, that is asked for.
        days: for how long is asked; `None`: without an end.
        user: who asks or gives back through the API; `None`: whoever starts executions.
        decision: what the owner says if they are asked.
        shorter: the last day that they name, so many days from then.
        gives: the columns that they give, of those that are asked for, signed in; none: all of these, by the mail.
    """

    kind: str
    account: str = ""
    table: str = ""
    share: str = ""
    column: str = ""
    value: str = ""
    part: Part = ALL
    days: int | None = None
    user: str | None = None
    decision: str = ""
    shorter: int | None = None
    gives: tuple[str, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether it is a request."""
        return self.kind in {"ask", "rest", "renew"}

    @property
    def given(self) -> Part:
        """Of the table, once it is approved."""
        return Part(columns=self.gives, rows=self.part.rows) if self.gives else self.part

    def wish(self, database: str) -> dict[str, Any]:
        """The input of the state machine that revokes."""
        wish: dict[str, Any] = {"reason": str(self)}
        if self.kind in {"hold", "lift"}:
            wish["hold"] = self.kind == "hold"
        if self.kind == "look":
            wish["dry_run"] = True
        if self.share:
            return {**wish, "share": self.share}
        if self.account:
            return {**wish, "consumer": self.account}
        return {**wish, "source": {"database": database, "table": self.table}}

    def __str__(self) -> str:
        said = {name: value for name, value in vars(self).items() if value not in {None, "", (), ALL}}
        return " ".join([said.pop("kind"), *(f"{name}={value}" for name, value in said.items())])


@dataclass(frozen=True)
class Verdict:
    """How a request has to end.

    Attributes:
        status, reason: as its output has them.
        judged: whether its data were looked at, and what is flagged of them remembered.
        asks: whether somebody has to decide.
        is_there: whether a share gives the account just that already, so that nothing new is granted.
    """

    status: str
    reason: str | None = None
    judged: bool = True
    asks: bool = False
    is_there: bool = False
