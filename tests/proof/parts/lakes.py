"""Small lakes of a few tables, what changes in them, and what is asked of them: all of it at random, from a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

from handlers.sharing.model.catalogue import Column, Database, Table
from handlers.sharing.model.record import Action
from handlers.sharing.model.request import WHOLE_DATABASE
from tests.fakes.world import OWNER

DATABASE: Final = "lake"
ACCOUNTS: Final = ("888888888888", "999999999999")
TABLES: Final = ("people", "orders", "visits")
NAMES: Final = ("id", "Mail", "city", "ssn", "note", "born")
KEYS: Final = ("day", "Region")
FLAGS: Final = ((), (), (), ("true",), ("true",), (" YES ",), ("ja",), ("no",), ("FALSE",), ("",), ("no", "1"))
"""What stands as flags of a thing: often nothing, often a yes; what nobody can read; a plain no; two at once."""
EXPRESSIONS: Final = ("city = 'Berlin'", "id > 7", "note IS NULL")
CHANGES: Final = (
    *("flag", "flag", "flag", "column", "column", "column gone"),
    *("lifted", "lifted", "named", "rows", "table", "database", "new table", "table gone", "hidden"),
)


@dataclass(frozen=True)
class Lake:
    """A database and its tables, by name. `hidden`: columns that the catalogue does not list just now, by table."""

    database: Database
    tables: Mapping[str, Table]
    hidden: Mapping[str, tuple[Column, ...]] = field(default_factory=dict[str, tuple[Column, ...]])

    def with_table(self, table: Table) -> Lake:
        """The same with this table."""
        return replace(self, tables={**self.tables, table.name: table})


def random_column(by: Random, name: str, *, is_key: bool = False) -> Column:
    """A column with a flag of any kind."""
    # Glue refuses parameters on partition keys: only the table's `pii_columns` can name them.
    return Column(name, "string", () if is_key else by.choice(FLAGS), is_key)


def random_lake(by: Random) -> Lake:
    """A database and one to three tables; its flag is rare, as no part of such a database is shared unasked."""
    names = by.sample(TABLES, by.choice((1, 1, 2, 3)))
    database = Database(DATABASE, flags=by.choice(FLAGS) if by.random() < 0.1 else (), owner=OWNER)
    return Lake(database, {name: random_table(by, name) for name in names})


def random_table(by: Random, name: str) -> Table:
    """A table; flags of the whole are rarer, as no part of such a table is shared unasked."""
    names = by.sample(NAMES, by.randint(2, len(NAMES)))
    keys = by.sample(KEYS, by.choice((0, 0, 1, 2)))
    columns = (*(random_column(by, each) for each in names), *(random_column(by, each, is_key=True) for each in keys))
    return Table(
        name,
        columns,
        flags=by.choice(FLAGS) if by.random() < 0.15 else (),
        pii_columns=_named(by, names + keys) if by.random() < 0.3 else (),
        row_filters=tuple((each, by.choice(EXPRESSIONS)) for each in ("eu", "few")),
    )


def _named(by: Random, names: Sequence[str]) -> tuple[str, ...]:
    said = by.sample(names, min(len(names), by.randint(1, 2)))
    return (by.choice((", ".join(said).upper(), ", ".join(said), "none", "no such column")),)


@dataclass(frozen=True)
class Ask:
    """A request: for which account, for what and which part of it (as its fields), and what its owner says if asked.

    Attributes:
        table: `*` for the whole database.
        renews: the share that it renews, and has the same part as.
        narrows: whether the owner gives fewer columns.
    """

    account: str
    table: str
    part: dict[str, Any] = field(default_factory=dict[str, Any])
    answer: Action = "approve"
    renews: str | None = None
    narrows: bool = False

    @property
    def of_database(self) -> bool:
        """Whether it is for the whole database."""
        return self.table == WHOLE_DATABASE


def random_ask(by: Random, lake: Lake) -> Ask:
    """A request for the safe subset, columns, rows or all of a table; or of the database, its safe subset or all."""
    account, answer = by.choice(ACCOUNTS), random_answer(by)
    if by.random() < 0.4:
        return Ask(account, WHOLE_DATABASE, by.choice(({"scope": "safe"}, {"scope": "safe"}, {})), answer)
    table = by.choice(sorted(lake.tables))
    names = [each.name for each in lake.tables[table].columns or ()]
    rows = {"filter": by.choice(("eu", "FEW"))} if by.random() < 0.3 else {}
    some = {"columns": by.sample(names, by.randint(1, len(names)))} if names else {"scope": "safe"}
    part = by.choice(({"scope": "safe"}, {"scope": "safe"}, some, some, {}))
    return Ask(account, table, {**part, **rows}, answer, narrows=by.random() < 0.3)


def random_answer(by: Random) -> Action:
    """What an owner says, who agrees more often than not."""
    return "deny" if by.random() < 0.25 else "approve"


def changed(by: Random, lake: Lake) -> Lake:
    """The same lake after somebody changed it: a flag, a column or table more or less, rows, what is listed."""
    table = lake.tables[by.choice(sorted(lake.tables))]
    absent = [name for name in TABLES if name not in lake.tables]
    what = by.choice(CHANGES)
    if table.name in lake.hidden:
        what = by.choice(("hidden", "hidden", what))
    match what:
        case "new table" if absent:
            return lake.with_table(random_table(by, by.choice(absent)))
        case "table gone" if len(lake.tables) > 1:
            return replace(
                lake,
                tables={name: each for name, each in lake.tables.items() if each is not table},
                hidden={name: each for name, each in lake.hidden.items() if name != table.name},
            )
        case "hidden":
            return _hidden(by, lake, table)
        case "named":
            named = () if by.random() < 0.5 else _named(by, [each.name for each in table.columns or ()] or NAMES)
            return lake.with_table(replace(table, pii_columns=named))
        case "lifted":
            return lake.with_table(_lifted(table))
        case "rows":
            return lake.with_table(replace(table, row_filters=(("eu", by.choice(EXPRESSIONS)), ("few", "id = 1"))))
        case "table":
            return lake.with_table(replace(table, flags=by.choice(FLAGS)))
        case "database":
            return replace(lake, database=replace(lake.database, flags=by.choice(FLAGS)))
        case _:
            return lake.with_table(_other_columns(by, table, what))


def _lifted(table: Table) -> Table:
    """The owner says that nothing of it is personal data."""
    columns = tuple(replace(each, flags=("no",) if each.flags else ()) for each in table.columns or ())
    return replace(table, columns=columns, flags=("no",) if table.flags else (), pii_columns=())


def _hidden(by: Random, lake: Lake, table: Table) -> Lake:
    """The catalogue stops listing a table's columns; or lists them again, with one more at times."""
    others = {name: each for name, each in lake.hidden.items() if name != table.name}
    if table.name not in lake.hidden:
        hidden = {**lake.hidden, table.name: table.columns or ()}
        return replace(lake.with_table(replace(table, columns=())), hidden=hidden)
    shown = replace(table, columns=lake.hidden[table.name])
    shown = _other_columns(by, shown, "column") if by.random() < 0.5 else shown
    return replace(lake.with_table(shown), hidden=others)


def _other_columns(by: Random, table: Table, what: str) -> Table:
    columns = table.columns or ()
    plain = [each for each in columns if not each.is_partition_key]
    missing = [name for name in NAMES if name not in {each.name for each in columns}]
    if not plain:
        return table
    match what:
        case "column" if missing:
            # New columns stand before the partition keys, as Glue lists them.
            keys = tuple(each for each in columns if each.is_partition_key)
            return replace(table, columns=(*plain, random_column(by, by.choice(missing)), *keys))
        case "column gone" if len(plain) > 1:
            gone = by.choice(plain)
            return replace(table, columns=tuple(each for each in columns if each is not gone))
        case _:
            return _with(table, by.choice(plain), lambda each: replace(each, flags=by.choice(FLAGS)))


def _with(table: Table, of: Column, change: Callable[[Column], Column]) -> Table:
    return replace(table, columns=tuple(change(each) if each is of else each for each in table.columns or ()))
