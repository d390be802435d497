"""A data cells filter of Lake Formation: columns and rows of one table, under a name that says which."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from handlers.sharing.model.effective import Terms
from handlers.sharing.model.grants import Resource

PREFIX: Final = "lakeshare-"
LONGEST_EXPRESSION: Final = 2_048
"""Lake Formation's own limit, in bytes."""


@dataclass(frozen=True, slots=True)
class CellsFilter:
    """One filter. What it lets read never changes: other columns or rows are another one, with another name.

    Attributes:
        database, table: which table it is of.
        columns: the columns that can be read, in lower case.
        expression: what holds for the rows that can be read; `None`: all rows.
    """

    database: str
    table: str
    columns: tuple[str, ...]
    expression: str | None = None

    @property
    def name(self) -> str:
        """Its name: the same for the same columns, in whatever order, and rows."""
        return filter_name(self.database, self.table, self.columns, self.expression)

    @property
    def terms(self) -> Terms:
        """Which columns and rows it lets read."""
        return self.columns, self.expression

    @property
    def resource(self) -> Resource:
        """As what is granted."""
        return Resource(self.database, self.table, self.name)


Filters = Mapping[Resource, CellsFilter | None]
"""What filters let read; `None`: one is gone, or is on columns that it leaves out."""


def filter_name(database: str, table: str, columns: Iterable[str], expression: str | None) -> str:
    """What a filter of these columns and rows is called."""
    terms = json.dumps([database, table, sorted(set(columns)), expression], separators=(",", ":"))
    return PREFIX + hashlib.sha256(terms.encode()).hexdigest()[:40]
