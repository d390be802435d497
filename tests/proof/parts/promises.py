"""What is promised of shares, and held against what the evaluator says is read: in memory, and on the mesh."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from handlers.sharing.model.classification import FILTERED, Scope
from handlers.sharing.model.share import Share
from tests.proof.clean import flag_is_clean, says_no
from tests.proof.parts.lakes import Lake
from tests.proof.parts.of_lake import OF_DATABASE, Cell, Memory, Rows, flagged, listed

Read = Mapping[str, Mapping[str, Rows]]
"""What is read, by table and column."""


@dataclass(frozen=True)
class Opened:
    """A share that was granted. `named`: what the decision on it named; nothing, if nobody was asked.

    `tables`: what it opened; of each table these columns, or all that there are (`None`).
    """

    share: Share
    named: frozenset[Cell]
    tables: Mapping[str, frozenset[str] | None]

    @property
    def rows(self) -> Rows:
        """For which rows."""
        return frozenset() if self.share.row_filter is None else frozenset({self.share.row_filter})

    def without(self, gone: Iterable[str]) -> Opened:
        """The same after tables were dropped, and with them what was granted on them; new ones may bear their names."""
        return replace(self, tables={name: each for name, each in self.tables.items() if name not in gone})

    def lets_read(self, lake: Lake) -> Read:
        """What is read by it, of what there is now."""
        every = self.share.scope is Scope.WILDCARD
        tables = dict.fromkeys(lake.tables) if every else self.tables
        found: dict[str, dict[str, Rows]] = {}
        for name, columns in tables.items():
            there = listed(lake.tables[name]) if name in lake.tables else set[str]()
            if here := (there if columns is None else there & columns):
                found[name] = dict.fromkeys(here, self.rows)
        return found

    def unnamed(self, lake: Lake, memory: Memory) -> set[Cell]:
        """What is read by it and should have been named to somebody, and was not."""
        asks = (self._cells(name, of) & memory.asks(lake, name) for name, of in self.lets_read(lake).items())
        return set[Cell]().union(*asks) - self.named

    def flagged_since(self, lake: Lake) -> set[Cell]:
        """What is read by it and is flagged, and was not when it was granted.

        Who approved a table, or a database, of which all counts as personal data has approved whatever comes into it.
        """
        found = set[Cell]()
        for name, of in self.lets_read(lake).items():
            if {(name, None), OF_DATABASE} & self.named:
                continue
            found |= self._cells(name, of) & flagged(lake.tables[name])
            if not all(map(flag_is_clean, lake.database.flags)) and not says_no(lake.tables[name].flags):
                found.add(OF_DATABASE)
        return found - self.named

    @staticmethod
    def _cells(table: str, columns: Iterable[str]) -> set[Cell]:
        return {OF_DATABASE, (table, None), *((table, each) for each in columns)}


def opened_by(share: Share, named: set[Cell], read: Read, names: Iterable[str]) -> Opened:
    """What a share has opened just now. `read`: by its grants. `names`: the tables that it covers as a whole."""
    if share.scope in FILTERED:
        return Opened(share, frozenset(named), {table: frozenset(columns) for table, columns in read.items()})
    return Opened(share, frozenset(named), dict.fromkeys(names))


def added_up(opened: Iterable[Opened], lake: Lake) -> Read:
    """What an account reads by all of its shares: a column in each row that one of them lets through."""
    found: defaultdict[str, dict[str, Rows]] = defaultdict(dict)
    for each in opened:
        for name, columns in each.lets_read(lake).items():
            for column, rows in columns.items():
                # No expression: in all rows, whatever the others say.
                before = found[name].get(column, rows)
                found[name][column] = before | rows if before and rows else frozenset()
    return dict(found)
