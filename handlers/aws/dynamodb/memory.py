"""What was seen flagged, on DynamoDB: an item of the register for each table, and for each database."""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Final, cast

from handlers.aws.dynamodb.changes import Change, Item
from handlers.aws.dynamodb.store import MOST_CHANGES, Table
from handlers.sharing.model.catalogue import Counted, Marked, Place
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.record import VERSION, is_known

_LONGEST_ENTRY: Final = 1_000
"""Characters of a key; DynamoDB takes 2,048 bytes."""
_BOOKMARK: Final = "flags#survey"
"""Key of the item that says how far a survey came. No JSON list reads like it."""
_MOST_TEXT: Final = 1_000_000
"""Characters of names in one transaction."""


class DynamoMemory:
    """`Memory` on DynamoDB. Names are added to and taken from a set, so that writers at one time lose nothing."""

    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def recall(self, places: Sequence[Place]) -> dict[Place, Marked | None]:
        """What is remembered of some entries."""
        keys = {key_of(*place): place for place in places}
        return {keys[item["pk"]]: read_marked(item) for item in self._table.several(keys)}

    def remember(self, database: str, flagged: Mapping[str | None, Marked]) -> None:
        """Add to what is remembered."""
        self._change(database, flagged, lambda entry, marks: _adding(entry, marks, iso(now())))

    def keep_count(self, database: str, counted: Counted) -> None:
        """Note what a survey found in a database."""
        numbers = {"tables": counted.tables, "asking": counted.asking}
        note = {"version": VERSION, "entry": _entry(database, None), "changed_at": iso(now()), "counted": numbers}
        condition = "attribute_not_exists(pk) OR #version <= :version"
        self._table.change_all({key_of(database, None): Change(set=note, condition=condition)})

    def counted(self, databases: Sequence[str]) -> dict[str, Counted]:
        """What the last survey found in these databases."""
        keys = {key_of(name, None): name for name in databases}
        read = ((keys[item["pk"]], read_counted(item)) for item in self._table.several(keys))
        return {name: found for name, found in read if found is not None}

    def forget(self, database: str, withdrawn: Mapping[str | None, Marked]) -> None:
        """Take away from what is remembered."""
        self._change(database, withdrawn, lambda entry, marks: _taking(entry, marks, iso(now())))

    def place(self) -> str | None:
        """The database that a survey is to go on with. What cannot be read is as good as none."""
        item = self._table.get(_BOOKMARK) or {}
        database: object = item.get("database")
        return database if isinstance(database, str) else None

    def put(self, database: str | None) -> None:
        """Note where a survey is to go on."""
        note = {"version": VERSION, "changed_at": iso(now())}
        gone_on = (
            Change(set=note, remove=("database",)) if database is None else Change(set={**note, "database": database})
        )
        self._table.change(_BOOKMARK, gone_on)

    def _change(
        self, database: str, marked: Mapping[str | None, Marked], change: Callable[[str, frozenset[str]], Change]
    ) -> None:
        for batch in _batches(marked):
            self._table.change_all(
                {key_of(database, name): change(_entry(database, name), marks) for name, marks in batch.items()}
            )


def key_of(database: str, name: str | None) -> str:
    """Key of the item of a table, or with `None` of a database. A list in JSON, so that no two names share one."""
    entry = _entry(database, name)
    if len(entry) > _LONGEST_ENTRY:
        entry = hashlib.sha256(entry.encode()).hexdigest()
    return f"flags#{entry}"


def read_marked(item: Item) -> Marked | None:
    """What an item remembers; `None` if a newer release wrote it, or nothing of Lakeshare's."""
    marks: object = item.get("flagged", frozenset())
    if not is_known(item.get("version")) or not isinstance(marks, frozenset | set):
        return None
    try:
        read: list[object] = [json.loads(mark) for mark in cast("Marked", marks) if mark is not None]
    except ValueError:
        return None
    known = [mark for mark in read if mark is None or isinstance(mark, str)]
    return frozenset(known) if len(known) == len(read) else None


def read_counted(item: Item) -> Counted | None:
    """What a survey found; `None` if none has looked, or if that cannot be read."""
    numbers: object = item.get("counted")
    if not is_known(item.get("version")) or not isinstance(numbers, Mapping):
        return None
    tables, asking = (cast("Mapping[str, object]", numbers).get(name) for name in ("tables", "asking"))
    if not isinstance(tables, int | Decimal) or not isinstance(asking, int | Decimal):
        return None
    return Counted(int(tables), int(asking))


def _entry(database: str, name: str | None) -> str:
    return json.dumps([database] if name is None else [database, name])


def _batches(marked: Mapping[str | None, Marked]) -> Iterator[dict[str | None, frozenset[str]]]:
    batch: dict[str | None, frozenset[str]] = {}
    text = 0
    for name, marks in marked.items():
        # As JSON, the whole of an entry is `null`, whatever its columns are called.
        written = frozenset(map(json.dumps, marks))
        size = sum(map(len, written))
        if batch and (len(batch) == MOST_CHANGES or text + size > _MOST_TEXT):
            yield batch
            batch, text = {}, 0
        batch[name] = written
        text += size
    if batch:
        yield batch


def _adding(entry: str, marks: frozenset[str], at: str) -> Change:
    return Change(
        set={"version": VERSION, "entry": entry, "changed_at": at},
        add={"flagged": marks},
        condition="attribute_not_exists(pk) OR #version <= :version",
    )


def _taking(entry: str, marks: frozenset[str], at: str) -> Change:
    return Change(
        set={"entry": entry, "changed_at": at},
        take={"flagged": marks},
        condition="attribute_exists(pk) AND #version <= :newest",
        values={":newest": VERSION},
    )
