"""Small lakes of one table, what changes in them, and what is asked of them: all of it at random, from a seed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any, Final

from handlers.sharing.model.catalogue import Column, Database, Table
from handlers.sharing.model.record import Action
from tests.fakes.world import OWNER

DATABASE: Final = "lake"
TABLE: Final = "people"
ACCOUNTS: Final = ("888888888888", "999999999999")
NAMES: Final = ("id", "Mail", "city", "ssn", "note", "born")
KEYS: Final = ("day", "Region")
FLAGS: Final = ((), (), (), ("true",), ("true",), (" YES ",), ("ja",), ("no",), ("FALSE",), ("",), ("no", "1"))
"""What stands as flags of a thing: often nothing, often a yes; what nobody can read; a plain no; two at once."""
EXPRESSIONS: Final = ("city = 'Berlin'", "id > 7", "note IS NULL")


def random_column(by: Random, name: str, *, is_key: bool = False) -> Column:
    """A column with a flag of any kind."""
    # Glue refuses parameters on partition keys: only the table's `pii_columns` can name them.
    return Column(name, "string", () if is_key else by.choice(FLAGS), is_key)


def random_lake(by: Random) -> tuple[Database, Table]:
    """A database and its table; flags of the whole are rarer, as no part of such a table is shared unasked."""
    names = by.sample(NAMES, by.randint(2, len(NAMES)))
    keys = by.sample(KEYS, by.choice((0, 0, 1, 2)))
    columns = (*(random_column(by, name) for name in names), *(random_column(by, name, is_key=True) for name in keys))
    database = Database(DATABASE, flags=by.choice(FLAGS) if by.random() < 0.1 else (), owner=OWNER)
    table = Table(
        TABLE,
        columns,
        flags=by.choice(FLAGS) if by.random() < 0.15 else (),
        pii_columns=_named(by, names + keys) if by.random() < 0.3 else (),
        row_filters=tuple((name, by.choice(EXPRESSIONS)) for name in ("eu", "few")),
    )
    return database, table


def _named(by: Random, names: Sequence[str]) -> tuple[str, ...]:
    said = by.sample(names, min(len(names), by.randint(1, 2)))
    return (by.choice((", ".join(said).upper(), ", ".join(said), "none", "no such column")),)


@dataclass(frozen=True)
class Ask:
    """A request: for which account, for which part (as its fields), and what its owner says if they are asked.

    `renews`: the share that it renews, and has the same part as.
    """

    account: str
    part: dict[str, Any] = field(default_factory=dict[str, Any])
    answer: Action = "approve"
    renews: str | None = None


def random_ask(by: Random, table: Table) -> Ask:
    """A request for the safe subset, for columns, for rows, or for all of the table."""
    names = [each.name for each in table.columns or ()]
    rows = {"filter": by.choice(("eu", "FEW"))} if by.random() < 0.3 else {}
    part = by.choice(
        (
            {"scope": "safe", **rows},
            {"scope": "safe", **rows},
            {"columns": by.sample(names, by.randint(1, len(names))), **rows},
            {"columns": by.sample(names, by.randint(1, len(names))), **rows},
            rows,
        )
    )
    return Ask(by.choice(ACCOUNTS), part, random_answer(by))


def random_answer(by: Random) -> Action:
    """What an owner says, who agrees more often than not."""
    return "deny" if by.random() < 0.25 else "approve"


def _column_changed(by: Random, table: Table, change: Callable[[Column], Column]) -> Table:
    of = by.choice([each for each in table.columns or () if not each.is_partition_key])
    return replace(table, columns=tuple(change(each) if each is of else each for each in table.columns or ()))


def changed(by: Random, database: Database, table: Table) -> tuple[Database, Table]:
    """The same lake after somebody changed it: a flag, a column more or less, a row filter, a flag of the whole."""
    columns = table.columns or ()
    plain = [each for each in columns if not each.is_partition_key]
    missing = [name for name in NAMES if name not in {each.name for each in columns}]
    match by.choice(("flag", "flag", "flag", "add", "add", "drop", "named", "rows", "table", "database")):
        case "add" if missing:
            # New columns stand before the partition keys, as Glue lists them.
            added = random_column(by, by.choice(missing))
            keys = tuple(each for each in columns if each.is_partition_key)
            return database, replace(table, columns=(*plain, added, *keys))
        case "drop" if len(plain) > 1:
            gone = by.choice(plain)
            return database, replace(table, columns=tuple(each for each in columns if each is not gone))
        case "named":
            named = () if by.random() < 0.5 else _named(by, [each.name for each in columns])
            return database, replace(table, pii_columns=named)
        case "rows":
            return database, replace(table, row_filters=(("eu", by.choice(EXPRESSIONS)), ("few", "id = 1")))
        case "table":
            return database, replace(table, flags=by.choice(FLAGS))
        case "database":
            return replace(database, flags=by.choice(FLAGS)), table
        case _:
            return database, _column_changed(by, table, lambda each: replace(each, flags=by.choice(FLAGS)))
