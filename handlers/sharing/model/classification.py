"""What a classification says: whether a request needs an approval, on what grounds, and what it covers."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from handlers.sharing.model.parties import Owner

MOST_ITEMS = 200
MOST_BYTES = 40_000

T = TypeVar("T")


class Scope(StrEnum):
    """What a grant would cover. Settled when the request is classified, and part of the fingerprint."""

    TABLE = "table"
    TABLES_BY_NAME = "tables"
    WILDCARD = "wildcard"


class Rule(StrEnum):
    """Why a request needs an approval."""

    DATABASE_FLAGGED = "DatabaseFlagged"
    TABLE_FLAGGED = "TableFlagged"
    COLUMN_FLAGGED = "ColumnFlagged"
    UNREADABLE_FLAG = "UnreadableFlag"
    COLUMNS_UNREADABLE = "ColumnsUnreadable"


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason for an approval: the rule, and the table and column that it found (`None`: the database)."""

    rule: Rule
    table: str | None = None
    column: str | None = None

    def __str__(self) -> str:
        where = "the database" if self.table is None else ".".join(filter(None, (self.table, self.column)))
        match self.rule:
            case Rule.DATABASE_FLAGGED | Rule.TABLE_FLAGGED | Rule.COLUMN_FLAGGED:
                return where
            case Rule.UNREADABLE_FLAG:
                return f"{where} (its flag cannot be read)"
            case Rule.COLUMNS_UNREADABLE:
                return f"{where} (its columns cannot be read)"


@dataclass(frozen=True, slots=True)
class Classification:
    """What was decided about a request.

    `grounds` (empty: no personal data), `tables` and `unregistered` (tables whose location Lake Formation does not
    know: the consumer gets metadata but no data) are cut to what a register item can hold; the `_total`s count all.
    """

    scope: Scope
    owner: Owner
    fingerprint: str
    grounds: tuple[Ground, ...]
    grounds_total: int
    tables: tuple[str, ...]
    tables_total: int
    columns_total: int
    unregistered: tuple[str, ...] = ()
    unregistered_total: int = 0
    description: str = ""

    @property
    def needs_approval(self) -> bool:
        """Whether a person has to approve."""
        return self.grounds_total > 0

    @property
    def summary(self) -> str:
        """The grounds in one sentence, for register, portal and output."""
        if not self.needs_approval:
            return (
                f"Nothing in it is personal data: {self.columns_total:,} columns and partition keys in "
                f"{self.tables_total:,} table{'' if self.tables_total == 1 else 's'} were read."
            )
        named = ", ".join(str(ground) for ground in self.grounds[:3])
        more = self.grounds_total - min(3, len(self.grounds))
        return f"Personal data: {named}{f' and {more} more' if more else ''}."

    @property
    def warning(self) -> str:
        """What will surprise the consumer, or nothing."""
        count = self.unregistered_total
        if not count:
            return ""
        if self.scope is Scope.TABLE:
            what = "The location of the table's data is"
        else:
            what = f"The data locations of {count:,} tables are" if count > 1 else "The data location of one table is"
        return f"{what} not registered with Lake Formation: the account will see the metadata there, but no data."


@dataclass(frozen=True, slots=True)
class Classified:
    """A classification with the names of all tables that it covers, in the order of their names."""

    classification: Classification
    tables: tuple[str, ...]


@dataclass(slots=True)
class Excerpt(Generic[T]):
    """The first items of a list, as many as fit, and how many there are in all.

    A register item holds 400 KB, a mail 256 KB, an event the same.
    """

    items: list[T] = field(default_factory=list[T])
    total: int = 0
    bytes_left: int = MOST_BYTES

    def add(self, item: T) -> None:
        """Add one item; keep it if it fits. Once one did not fit, no later one is kept either."""
        self.total += 1
        size = len(str(item).encode("utf-8", "surrogatepass"))
        if self.total - 1 == len(self.items) < MOST_ITEMS and size <= self.bytes_left:
            self.items.append(item)
            self.bytes_left -= size

    @classmethod
    def of(cls, items: Iterable[T]) -> tuple[T, ...]:
        """The first of `items`, as many as fit."""
        excerpt = cls()
        for item in items:
            excerpt.add(item)
        return tuple(excerpt.items)
