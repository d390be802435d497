"""The findings of drift on DynamoDB: items of the ledger, all under one key, and who looks for them under another."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from handlers.aws.dynamodb.changes import Change, Item, Key
from handlers.aws.dynamodb.items import read_announcements, read_entries, read_item, write_announcement
from handlers.aws.dynamodb.leases import give_lease_back, take_lease
from handlers.aws.dynamodb.steps import change_of
from handlers.aws.dynamodb.store import ConditionFailed, Table
from handlers.sharing.model.clock import moment
from handlers.sharing.model.drift import Kind
from handlers.sharing.model.finding import Action, Finding, FindingStatus
from handlers.sharing.model.record import VERSION
from handlers.sharing.model.transition import Transition

_ALL: Final = "finding#all"
"""Key of all findings: those that are live stand in the table's local index too, which is read consistently."""
_LOOK: Final[Key] = ("finding#look", "look")
_LIVE: Final = "FINDING"
"""Another word than shares have there: the index of all live shares goes by it, and holds shares only."""
_TIMES: Final = ("since", "settled_at", "closed_at")
_OPTIONAL: Final = ("share", "owner", "settled_at", "settled_by", "note", "closed_at")


class DynamoFindings:
    """`Findings` on DynamoDB."""

    def __init__(self, table: str) -> None:
        self._table = Table(table, "ledger")

    def find(self, finding_id: str) -> Finding | None:
        """Read a finding."""
        item = self._table.get((_ALL, finding_id))
        return None if item is None else read_finding(item)

    def live(self) -> Sequence[Finding]:
        """All findings that are not closed, and those of whose end the world has not been told."""
        return [read_finding(item) for item in self._table.in_local_index("live", _ALL)]

    def apply(self, finding_id: str, step: Transition) -> tuple[Finding | None, bool]:
        """Take a finding one step on."""
        try:
            item = self._table.change((_ALL, finding_id), change_of(step, _attributes_of, _names_of))
        except ConditionFailed as failed:
            return None if failed.item is None else read_finding(failed.item), False
        return read_finding(item), True

    def want_look(self, at: str) -> None:
        """Note that somebody has to look."""
        self._table.change(_LOOK, Change(set={"version": VERSION, "wanted": at}))

    def look_wanted(self) -> str | None:
        """When it was noted last."""
        return (self._table.get(_LOOK) or {}).get("wanted")

    def begin_look(self, holder: str, until: str, at: str) -> bool:
        """Become the one who looks."""
        return take_lease(self._table, _LOOK, holder, until, at)

    def end_look(self, holder: str) -> None:
        """Let others look."""
        give_lease_back(self._table, _LOOK, holder)


def read_finding(item: Item) -> Finding:
    """Read a finding's item.

    Raises:
        RegisterUnreadable: written by a newer release, or not written by Lakeshare.
    """
    return read_item(item, f"finding {item.get('entry')}", lambda: _finding(item))


def _finding(item: Item) -> Finding:
    for name in _TIMES:
        if name in item:
            moment(item[name])
    if not isinstance(item["things_total"], int):
        raise TypeError
    return Finding(
        id=item["entry"],
        status=FindingStatus(item["status"]),
        kind=Kind(item["kind"]),
        principal=item["principal"],
        database=item["database"],
        says=item["says"],
        things=tuple(item["things"]),
        things_total=item["things_total"],
        digest=item["digest"],
        since=item["since"],
        tables=tuple(item["tables"]),
        action=Action(item["action"]) if "action" in item else None,
        live="live" in item,
        owed_events=read_announcements(item),
        history=read_entries(item["history"]),
        version=item["version"],
        **{name: item.get(name) for name in _OPTIONAL},
    )


def _attributes_of(fields: Mapping[str, object]) -> dict[str, object]:
    return {
        name: value
        for field, held in fields.items()
        for name, value in _WRITERS.get(field, lambda value, field=field: {field: value})(held).items()
    }


def _names_of(fields: Iterable[str]) -> tuple[str, ...]:
    return tuple(fields)


def _word(name: str) -> Callable[[Any], dict[str, object]]:
    return lambda word: {name: word.value}


_WRITERS: Final[Mapping[str, Callable[[Any], dict[str, object]]]] = {
    **{name: _word(name) for name in ("status", "kind", "action")},
    **{name: (lambda texts, name=name: {name: list(texts)}) for name in ("things", "tables")},
    "live": lambda _: {"live": _LIVE},
    # What is owed keeps a finding among the live ones.
    "to_announce": lambda _: {},
    "owed_events": lambda events: {"owed_events": [write_announcement(each) for each in events]},
}
"""How an item keeps the fields of a finding that it does not keep as they are."""
