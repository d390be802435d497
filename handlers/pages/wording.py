"""What mail and page say of a request in the same words: what it asks for, on what grounds, what approving grants."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from handlers.pages.text import clean, counted, exact, that_fit
from handlers.sharing.model.cells import LONGEST_EXPRESSION
from handlers.sharing.model.checks import LONGEST_NAME
from handlers.sharing.model.classification import Classification, Ground, Rule, Scope
from handlers.sharing.model.effective import Effective
from handlers.sharing.model.excerpt import MOST_BYTES
from handlers.sharing.model.part import Part
from handlers.sharing.model.record import Decision, RequestRecord
from handlers.sharing.model.request import Source
from handlers.sharing.model.term import Term, day

NOT_VERIFIED = "Started directly in the central account; nobody's identity was verified."
NO_PURPOSE = "No purpose was given."
LONGEST_TAG = 385
"""Lake Formation's limits: 128 characters of a key, 256 of a value."""
LONGEST_REACH = 40_000
"""A line of what can be read with other parts is cut by `Excerpt` already."""
MOST_SHOWN = 100
"""So many columns of a part are named."""
VERIFIED = "Email address verified at sign-in."


@dataclass(frozen=True, slots=True)
class Finding:
    """The grounds found in one table. `table` of `None`: the database as a whole, which `whole` then speaks of.

    `whole` holds notes on all of it; `columns` the names of flagged columns, each with a note where there is one.
    """

    table: str | None
    whole: tuple[str, ...]
    columns: tuple[str, ...]


_ON_COLUMNS = {
    Rule.UNREADABLE_FLAG: " (flag cannot be read)",
    Rule.FLAG_VANISHED: " (flagged before, and not now)",
}


def findings(grounds: Iterable[Ground]) -> tuple[Finding, ...]:
    """The grounds by table, in the order in which the tables were found. Names are clean."""
    whole: dict[str | None, list[str]] = {}
    columns: dict[str | None, list[str]] = {}
    for ground in grounds:
        whole.setdefault(ground.table, [])
        names = columns.setdefault(ground.table, [])
        if ground.column is None:
            whole[ground.table].append(_note(ground))
        else:
            names.append(clean(ground.column, LONGEST_NAME) + _note_on_column(ground))
    return tuple(
        Finding(None if table is None else clean(table, LONGEST_NAME), tuple(notes), tuple(columns[table]))
        for table, notes in whole.items()
    )


def name_of(source: Source | None) -> str:
    """What is asked for, in a name: `retail.customer`, or the database's name alone."""
    if source is None:
        return "unreadable input"
    # Two names of Glue's greatest length and a dot fit; only what no catalogue holds is cut.
    return clean(source.database if source.is_database else str(source), 2 * LONGEST_NAME + 1)


def scale_of(source: Source | None, part: Part) -> str:
    """What stands in brackets behind a name, unless it is one whole table that is asked for."""
    if source is not None and source.is_database:
        return " (whole database)" if part.is_whole else " (safe subset)"
    return "" if part.is_whole else " (part of it)"


def size_of(source: Source, classification: Classification) -> str:
    """What is asked for, counted."""
    columns = counted(classification.columns_total, "column")
    if classification.scope is Scope.FILTERED:
        rows = "all rows" if classification.row_filter is None else "only some rows"
        return f"A part of one table: {len(classification.columns):,} of its {columns}, {rows}."
    if classification.scope is Scope.FILTERED_TABLES:
        tables = f"{classification.tables_total:,} of its {counted(classification.tables_read, 'table')}"
        return f"The safe subset of the database: {tables}, with {classification.columns_in:,} of {columns}."
    if source.is_database:
        return f"The whole database: {counted(classification.tables_total, 'table')} with {columns}."
    return f"One table with {columns}."


@dataclass(frozen=True, slots=True)
class WithOthers:
    """What can be read with the other parts of a table that an account has: a line for each group of columns."""

    head: str
    lines: tuple[str, ...]
    foot: str


@dataclass(frozen=True, slots=True)
class Extent:
    """What is in of a part of a table. Texts are clean, and expressions exact.

    `columns`: the first of them; `more`: how many others; `left_out`: what is flagged of the rest, with `left_more`
    others; `rows`: what holds for the rows, empty: all of them. `with_others`: what can be read with the other parts of
    the table that the account has; `None`: it has none.
    """

    columns: tuple[str, ...]
    more: int
    left_out: tuple[str, ...]
    left_more: int
    rows: str
    with_others: WithOthers | None


def extent_of(classification: Classification) -> Extent | None:
    """What is in of a part; `None`: all of it is asked for."""
    if classification.scope is not Scope.FILTERED:
        return None
    left = tuple(
        clean(each.column or "", LONGEST_NAME) + _note_on_column(each) for each in classification.left_out[:MOST_SHOWN]
    )
    return Extent(
        tuple(clean(each, LONGEST_NAME) for each in classification.columns[:MOST_SHOWN]),
        max(0, len(classification.columns) - MOST_SHOWN),
        left,
        classification.left_out_total - len(left),
        exact(classification.row_filter or "", LONGEST_EXPRESSION),
        _with_others(classification.effective),
    )


@dataclass(frozen=True, slots=True)
class LeftOut:
    """The tables of which a safe share of a database has nothing: why, a sentence for each of the first; `more`."""

    says: tuple[str, ...]
    more: int


def omitted_of(classification: Classification, room: int = MOST_BYTES) -> LeftOut:
    """The tables that are left out, as many as have `room`, in characters. Texts are clean."""
    says = tuple(clean(each.says) for each in classification.omitted)
    shown = says[: that_fit(map(len, says), room)]
    return LeftOut(shown, classification.omitted_total - len(shown))


def _with_others(effective: Effective | None) -> WithOthers | None:
    if effective is None:
        return None
    return WithOthers(effective.head, tuple(exact(each, LONGEST_REACH) for each in effective.lines), effective.foot)


def grants(scope: Scope, tables_total: int) -> tuple[str, ...]:
    """What an approval grants: a sentence each, and each short enough for one line of a mail."""
    match scope:
        case Scope.TABLE:
            return ("SELECT and DESCRIBE on the table, including columns added later.", GRANT_OPTION)
        case Scope.FILTERED:
            return ("SELECT on these columns and rows, and on no column that is added later.", GRANT_OPTION)
        case Scope.FILTERED_TABLES:
            tables = "the one table" if tables_total == 1 else f"each of the {tables_total:,} tables"
            return (
                f"SELECT on the safe columns of {tables} that have such.",
                "No column, and no table, that is added later.",
                GRANT_OPTION,
            )
        case Scope.TABLES_BY_NAME:
            tables = "the one table" if tables_total == 1 else f"the {tables_total:,} tables"
            return (
                f"SELECT and DESCRIBE on {tables} that the database holds now.",
                "Tables added later are not covered.",
                "DESCRIBE on the database itself.",
                GRANT_OPTION,
            )
        case Scope.WILDCARD:
            return (
                "SELECT and DESCRIBE on all tables, including tables added later.",
                "DESCRIBE on the database itself.",
                GRANT_OPTION,
            )


RENEWS = (
    "This renews access that the account has already. If you deny it, that goes on to its own end; if you approve, "
    "this takes its place."
)
GRANT_OPTION = "With grant option: the account can pass this on to its own users."
"""It goes to the account, so its administrator has to be able to hand it on."""


def classification_of(record: RequestRecord) -> Classification:
    """The record's classification.

    Raises:
        ValueError: the request was never classified, so nobody can decide on it.
    """
    if record.classification is None:
        raise ValueError(f"Request {record.id} must be classified before anybody can decide; it has no classification.")
    return record.classification


def term_of(record: RequestRecord) -> Term:
    """The record's term.

    Raises:
        ValueError: the request was never classified, so nobody can decide on it.
    """
    if record.term is None:
        raise ValueError(f"Request {record.id} must be classified before anybody can decide; it has no term.")
    return record.term


def lasts(term: Term, decision: Decision | None = None) -> str:
    """How long the account has access, in a sentence."""
    if decision is not None and decision.until is not None:
        return f"Until the end of {day(date.fromisoformat(decision.until))} (UTC) at the latest."
    said = str(term)
    return f"{said[:1].upper()}{said[1:]}."


def source_of(record: RequestRecord) -> Source:
    """The record's source.

    Raises:
        ValueError: the request's input was unreadable, so nobody can decide on it.
    """
    if record.source is None:
        raise ValueError(f"Request {record.id} must name what it asks for before anybody can decide; it has no source.")
    return record.source


def _note_on_column(ground: Ground) -> str:
    if ground.rule is Rule.TAGGED:
        return f" (tagged {clean(ground.tag or '', LONGEST_TAG)})"
    return _ON_COLUMNS.get(ground.rule, "")


def _note(ground: Ground) -> str:
    thing = "database" if ground.table is None else "table"
    match ground.rule:
        case Rule.UNREADABLE_FLAG:
            return f"the flag of the whole {thing} cannot be read"
        case Rule.COLUMNS_UNREADABLE:
            return "its columns cannot be read"
        case Rule.SCHEMA_ELSEWHERE:
            return "it has columns that the catalogue does not list"
        case Rule.PII_COLUMNS_UNREADABLE:
            return "its pii_columns cannot be read"
        case Rule.VIEW:
            return "it is a view of data whose flags are elsewhere"
        case Rule.FLAG_VANISHED:
            return f"the whole {thing} was flagged before, and is not now"
        case Rule.MEMORY_UNREADABLE:
            return f"what was flagged before in the {thing} cannot be read"
        case Rule.TAGGED:
            return f"the whole {thing} is tagged {clean(ground.tag or '', LONGEST_TAG)}"
        case Rule.CHANGED_SINCE_SHARED:
            return f"the {thing} is not as it was when it was shared"
        case Rule.TAGS_UNREADABLE:
            return "its LF-Tags cannot be read"
        case _:
            return f"the whole {thing} is flagged"
