"""What an account can read of a table through several parts of it at once.

Lake Formation adds the filters of one account up, cell by cell: a column is read in each row that some filter with that
column lets through. So two filters can show columns side by side, in rows that both let through, that neither shows.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from handlers.sharing.model.excerpt import Excerpt

MOST_COLUMNS: Final = 100
MOST_BYTES_OF_COLUMNS: Final = 20_000
MOST_ROWS: Final = 5
"""So many columns and expressions are told of what is read in the same rows: no reach is longer than an `Excerpt`."""


_SIDE_BY_SIDE: Final = (
    "In a row that several parts let through, their columns can be read side by side: no part alone does that."
)
_UNTOLD: Final = "It also reads columns that are not told here, by the safe subset of the whole database."

Terms = tuple[tuple[str, ...], str | None]
"""The columns of a part, and the expression that holds for its rows (`None`: all rows)."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Columns that are read in the same rows, cut to what can be told.

    Attributes:
        columns: in lower case, and `more_columns` others.
        rows: expressions, any one of which lets a row through, and `more_rows` others; empty: all rows.
    """

    columns: tuple[str, ...]
    rows: tuple[str, ...] = ()
    more_columns: int = 0
    more_rows: int = 0

    def __str__(self) -> str:
        names = ", ".join(self.columns) + (f" and {self.more_columns:,} more" if self.more_columns else "")
        if not self.rows:
            return f"{names}: in all rows"
        rows = " or ".join(self.rows if len(self.rows) == 1 else (f"({each})" for each in self.rows))
        return f"{names}: in rows where {rows}" + (f" or {self.more_rows:,} other filters" if self.more_rows else "")


@dataclass(frozen=True, slots=True)
class Effective:
    """What an account can read through one part and what it has besides.

    Attributes:
        others: how many other parts it has, also those whose columns are not told here.
        untold: whether there are such: parts of the safe subset of the whole database.
        whole: whether it can read all of the table through something else; then `reaches` says nothing.
        reaches: what is read in which rows, cut as `Excerpt`s are; `reaches_total` counts all.
        side_by_side: whether a row that all parts let through shows more columns than any one part does.
    """

    others: int
    whole: bool = False
    reaches: tuple[Reach, ...] = ()
    reaches_total: int = 0
    side_by_side: bool = False
    untold: bool = False

    @property
    def head(self) -> str:
        """What follows, in a sentence."""
        if self.whole:
            return "The account can read all of the table through another share, columns added later too."
        has = "another part" if self.others == 1 else f"{self.others:,} other parts"
        return f"The account has {has} of this table. With this one, it can read:"

    @property
    def lines(self) -> tuple[str, ...]:
        """A line for each group of columns."""
        left = self.reaches_total - len(self.reaches)
        return (*map(str, self.reaches), *((f"and {left:,} more groups of columns, in other rows",) if left else ()))

    @property
    def foot(self) -> str:
        """What the parts reveal together that none does alone; empty: nothing."""
        said = {_UNTOLD: self.untold, _SIDE_BY_SIDE: self.side_by_side}
        return " ".join(text for text, holds in said.items() if holds)

    def __str__(self) -> str:
        lines = "; ".join(self.lines)
        return " ".join(each for each in (self.head, f"{lines}." if lines else "", self.foot) if each)


def effective(mine: Terms, others: Iterable[Terms], *, untold: int = 0, whole: bool = False) -> Effective | None:
    """What an account can read with `mine` and the other parts of the same table; `None`: it has no other.

    Args:
        mine: what it is about.
        others: the other parts; the same one as `mine` may be among them, and is no other.
        untold: how many other parts there are of which nobody can say here what is in them.
        whole: whether the account can read all of the table through something else.
    """
    parts = {(frozenset(columns), expression): columns for columns, expression in (mine, *others)}
    count = len(parts) - 1 + untold
    if whole:
        return Effective(count, whole=True)
    if not count:
        return None
    rows: dict[str, set[str | None]] = {}
    for (_, expression), columns in parts.items():
        for column in columns:
            rows.setdefault(column, set()).add(expression)
    groups: dict[frozenset[str], list[str]] = {}
    for column, expressions in rows.items():
        through = frozenset(each for each in expressions if each is not None)
        groups.setdefault(frozenset() if None in expressions else through, []).append(column)
    reaches = Excerpt[Reach].counted(_reach(columns, sorted(through)) for through, columns in groups.items())
    alone = any(columns == rows.keys() for columns, _ in parts)
    side_by_side = untold > 0 or not alone
    return Effective(count, False, tuple(reaches.items), reaches.total, side_by_side, untold > 0)


def _reach(columns: Iterable[str], rows: Iterable[str]) -> Reach:
    told = Excerpt[str](bytes_left=MOST_BYTES_OF_COLUMNS, most_items=MOST_COLUMNS)
    let = Excerpt[str](most_items=MOST_ROWS)
    for column in columns:
        told.add(column)
    for expression in rows:
        let.add(expression)
    return Reach(tuple(told.items), tuple(let.items), told.total - len(told.items), let.total - len(let.items))
