"""A table of a sequence: its columns, what is flagged of them, and what is in of a part of it, read from the design."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

FILTER = "few"
"""The name of the row filter that each table has."""

Cells = tuple[tuple[str, ...], str]
"""Columns, sorted, and what holds for their rows (empty: all rows)."""


@dataclass(frozen=True)
class Part:
    """What of a table is asked for; nothing said: all of it. `rows`: the name of a row filter."""

    safe: bool = False
    columns: tuple[str, ...] = ()
    rows: str = ""

    @property
    def is_whole(self) -> bool:
        return self == ALL

    @property
    def fields(self) -> dict[str, Any]:
        """As a request has it."""
        said = {"scope": "safe" if self.safe else None, "columns": list(self.columns), "filter": self.rows}
        return {name: value for name, value in said.items() if value}

    def __str__(self) -> str:
        return str(self.fields)


ALL = Part()


@dataclass
class Table:
    """A table.

    Attributes:
        flags: of each column, in the catalogue's order: `true`, `no` or empty; partition keys have none.
        keys: the partition keys.
        rows: the expression that stands under `FILTER`.
        once: the columns that were flagged when somebody asked, and that nobody has cleared since.
    """

    flags: dict[str, str]
    keys: tuple[str, ...] = ()
    rows: str = "id > 7"
    once: set[str] = field(default_factory=set[str])

    @property
    def columns(self) -> list[str]:
        """Those that are no keys."""
        return [name for name in self.flags if name not in self.keys]

    @property
    def asks(self) -> set[str]:
        """The columns that need an approval: a flag that has gone is no "no"."""
        return self.once | {name for name, flag in self.flags.items() if flag == "true"}

    def cells(self, part: Part) -> Cells | None:
        """What is in of a part; `None`: nothing is safe. Keys cannot be left out."""
        columns = set(part.columns or self.flags)
        if part.safe:
            columns -= self.asks
            if columns <= set(self.keys):
                return None
        return tuple(sorted({*columns, *self.keys})), self.rows if part.rows else ""

    def seen(self) -> None:
        """A request was judged by it: what is flagged is remembered."""
        self.once |= self.asks

    def approved(self, columns: Iterable[str]) -> None:
        """A person has approved these columns: what of them says no in so many words is clean."""
        self.once -= {name for name in columns if self.flags[name] == "no"}
