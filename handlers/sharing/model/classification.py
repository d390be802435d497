"""What a classification says: whether a request needs an approval, on what grounds, and what it covers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from handlers.sharing.model.catalogue import Marked
from handlers.sharing.model.checks import unquoted
from handlers.sharing.model.effective import Effective
from handlers.sharing.model.parties import Owner

MOST_NAMED = 5
"""So many columns a sentence names."""


class Scope(StrEnum):
    """What a grant would cover. Settled when the request is classified, and part of the fingerprint."""

    TABLE = "table"
    TABLES_BY_NAME = "tables"
    WILDCARD = "wildcard"
    FILTERED = "filtered"
    FILTERED_TABLES = "filtered_tables"


FILTERED: Final = (Scope.FILTERED, Scope.FILTERED_TABLES)
"""What is granted by data cells filters."""


class Rule(StrEnum):
    """Why a request needs an approval."""

    DATABASE_FLAGGED = "DatabaseFlagged"
    TABLE_FLAGGED = "TableFlagged"
    COLUMN_FLAGGED = "ColumnFlagged"
    UNREADABLE_FLAG = "UnreadableFlag"
    COLUMNS_UNREADABLE = "ColumnsUnreadable"
    SCHEMA_ELSEWHERE = "SchemaElsewhere"
    PII_COLUMNS_UNREADABLE = "PiiColumnsUnreadable"
    VIEW = "View"
    FLAG_VANISHED = "FlagVanished"
    MEMORY_UNREADABLE = "MemoryUnreadable"
    TAGGED = "Tagged"
    TAGS_UNREADABLE = "TagsUnreadable"
    CHANGED_SINCE_SHARED = "ChangedSinceShared"


@dataclass(frozen=True, slots=True)
class Ground:
    """One reason for an approval: the rule, and the table and column that it found (`None`: the database).

    `tag`: the LF-Tag that it is about, as `key=value`.
    """

    rule: Rule
    table: str | None = None
    column: str | None = None
    tag: str | None = None

    def __str__(self) -> str:
        where = "the database" if self.table is None else ".".join(filter(None, (self.table, self.column)))
        match self.rule:
            case Rule.DATABASE_FLAGGED | Rule.TABLE_FLAGGED | Rule.COLUMN_FLAGGED:
                return where
            case Rule.UNREADABLE_FLAG:
                return f"{where} (its flag cannot be read)"
            case Rule.COLUMNS_UNREADABLE:
                return f"{where} (its columns cannot be read)"
            case Rule.SCHEMA_ELSEWHERE:
                return f"{where} (it has columns that the catalogue does not list)"
            case Rule.PII_COLUMNS_UNREADABLE:
                return f"{where} (its pii_columns cannot be read)"
            case Rule.VIEW:
                return f"{where} (a view of data whose flags are elsewhere)"
            case Rule.FLAG_VANISHED:
                return f"{where} (flagged before, and not now)"
            case Rule.MEMORY_UNREADABLE:
                return f"{where} (what was flagged before cannot be read)"
            case Rule.TAGGED:
                return f"{where} (tagged {self.tag})"
            case Rule.TAGS_UNREADABLE:
                return f"{where} (its LF-Tags cannot be read)"
            case Rule.CHANGED_SINCE_SHARED:
                return f"{where} (not as it was when it was shared)"


@dataclass(frozen=True, slots=True)
class Omitted:
    """A table that is in no share of its database's safe subset: it has none of its own.

    Attributes:
        table: its name.
        reason: as a request for its safe subset would be refused.
        says: why, in a sentence.
    """

    table: str
    reason: str
    says: str

    def __str__(self) -> str:
        return f"{self.table}: {self.says}"


@dataclass(frozen=True, slots=True)
class Classification:
    """What was decided about a request.

    `grounds` (empty: no personal data), `tables` and `unregistered` (tables whose location Lake Formation does not
    know: the consumer gets metadata but no data) are cut to what a register item can hold; the `_total`s count all.
    `hybrid_total` counts tables whose location is in hybrid access mode.

    Of a part of a table, `columns` are those that are in, in lower case and the catalogue's order (empty: the whole
    table), `left_out` is what is flagged of the others, cut and counted as `grounds` are, and `row_filter` the
    expression that holds for the rows (`None`: all rows).

    Of a database's safe subset, `tables` are those that are in, `columns_in` says how many of their columns are, and
    `omitted` are the other tables, cut and counted likewise. `columns_total` counts those of all tables.
    Of a part of a table, `effective` is what the account can read with its other parts of it (`None`: it has none).
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
    hybrid_total: int = 0
    description: str = ""
    columns: tuple[str, ...] = ()
    left_out: tuple[Ground, ...] = ()
    left_out_total: int = 0
    row_filter: str | None = None
    effective: Effective | None = None
    omitted: tuple[Omitted, ...] = ()
    omitted_total: int = 0
    columns_in: int = 0

    @property
    def needs_approval(self) -> bool:
        """Whether a person has to approve."""
        return self.grounds_total > 0

    @property
    def only_changed(self) -> bool:
        """Whether a person has to approve for no other reason than that the data are not as they were."""
        return self.grounds_total == 1 and any(each.rule is Rule.CHANGED_SINCE_SHARED for each in self.grounds)

    @property
    def summary(self) -> str:
        """The grounds in one sentence, and what is in of a part, for register, portal and output."""
        return f"{self._found} {self.extent}".rstrip()

    @property
    def extent(self) -> str:
        """What is in: which columns and rows, of a database how much; empty where all of the data are."""
        match self.scope:
            case Scope.FILTERED:
                count, total = len(self.columns), self.columns_total
                more = f" and {count - MOST_NAMED:,} more" if count > MOST_NAMED else ""
                said = f"In it {'is' if count == 1 else 'are'} {count:,} of {total:,} columns: "
                said += f"{', '.join(self.columns[:MOST_NAMED])}{more}.{self._left_out}"
                return said if self.row_filter is None else f"{said} Only rows where {unquoted(self.row_filter, 200)}."
            case Scope.FILTERED_TABLES:
                tables = f"{self.tables_total:,} of {self.tables_read:,} tables"
                said = f"In it are {tables}, with {self.columns_in:,} of all {self.columns_total:,} columns."
                return f"{said}{self._left_out}{self._omitted}"
            case Scope.TABLE | Scope.TABLES_BY_NAME | Scope.WILDCARD:
                return ""

    @property
    def tables_read(self) -> int:
        """How many tables were read: those that are left out, too."""
        return self.tables_total + self.omitted_total

    @property
    def _left_out(self) -> str:
        if not self.left_out:
            return ""
        left = self.left_out_total - min(3, len(self.left_out))
        return f" Left out: {', '.join(map(str, self.left_out[:3]))}{f' and {left:,} more' if left else ''}."

    @property
    def _omitted(self) -> str:
        told = "".join(f" {each.says}" for each in self.omitted[:3])
        more = self.omitted_total - min(3, len(self.omitted))
        return f"{told} {more:,} more tables are left out." if more else told

    @property
    def _found(self) -> str:
        if self.only_changed or not self.needs_approval:
            nothing = (
                f"Nothing in it is personal data: {self.columns_total:,} columns and partition keys in "
                f"{self.tables_read:,} table{'' if self.tables_read == 1 else 's'} were read."
            )
            return f"{nothing} But it is not as it was when it was shared." if self.only_changed else nothing
        named = ", ".join(str(ground) for ground in self.grounds[:3])
        more = self.grounds_total - min(3, len(self.grounds))
        return f"Personal data: {named}{f' and {more} more' if more else ''}."

    @property
    def warnings(self) -> list[str]:
        """What will surprise the consumer."""
        said = (
            (
                self.unregistered_total,
                "not registered with Lake Formation: the account will see the metadata there, but no data.",
            ),
            (
                self.hybrid_total,
                "in hybrid access mode: what is granted counts there only for readers who are opted in as well.",
            ),
        )
        return [f"{self._locations_of(count)} {what}" for count, what in said if count]

    @property
    def warning(self) -> str:
        """The same in one text."""
        return " ".join(self.warnings)

    def _locations_of(self, count: int) -> str:
        if self.scope in {Scope.TABLE, Scope.FILTERED}:
            return "The location of the table's data is"
        return f"The data locations of {count:,} tables are" if count > 1 else "The data location of one table is"


@dataclass(frozen=True, slots=True)
class Classified:
    """A classification with a digest of all that it rests on.

    `database`: of what the database itself says. `tables`: of each table that was read, by name, in the catalogue's
    own order. `news` and `withdrawn` are by table (`None`: the database). `news`: what is flagged and not remembered
    yet. `withdrawn`: what is remembered as flagged and now plainly says no, which an approval confirms. `filters`: of a
    database's safe subset the tables that are in, each with the name of its filter.
    """

    classification: Classification
    database: bytes
    tables: Mapping[str, bytes]
    news: Mapping[str | None, Marked]
    withdrawn: Mapping[str | None, Marked]
    filters: Mapping[str, str] = field(default_factory=dict[str, str])
