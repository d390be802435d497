"""The items of the ledger: each written here, and read here, in every released version."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from handlers.aws.dynamodb.changes import Change, Item
from handlers.aws.dynamodb.classification_items import (
    read_columns,
    read_part,
    read_roles,
    read_rows,
    write_part,
    write_roles,
)
from handlers.aws.dynamodb.items import DUE, read_announcements, read_entries, read_item, write_announcement
from handlers.aws.dynamodb.steps import change_of
from handlers.sharing.model.classification import FILTERED, Scope
from handlers.sharing.model.clock import moment
from handlers.sharing.model.errors import RegisterUnreadable
from handlers.sharing.model.listed_shares import ListedShare, UnreadableShare
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import Requester
from handlers.sharing.model.request import Source
from handlers.sharing.model.share import EndReason, Share, ShareStatus
from handlers.sharing.model.transition import Transition

LIVE: Final = "LIVE"
"""Value of `live` while a share may be readable: it keeps it in the index of its consumer's live shares."""
CHANGES: Final = "share"
"""Value of `changes` in a share: the index of what has changed knows shares by it."""
_SHARE: Final = "share#"
_TIMES: Final = ("until", "active_at", "busy_until", "due_at", "ended_at")


def share_entry(share_id: str) -> str:
    """`entry` of a share's item."""
    return f"{_SHARE}{share_id}"


def names_entry(share_id: str, part: int | None = None) -> str:
    """`entry` of one part of a share's names; without `part`, how the entries of all of them start."""
    return f"names#{share_id}#{'' if part is None else f'{part:04d}'}"


def read_share(item: Item) -> Share:
    """Read a share's item.

    Raises:
        RegisterUnreadable: written by a newer release, or not written by Lakeshare.
    """
    return read_item(item, f"share {str(item.get('entry', '')).removeprefix(_SHARE)}", lambda: _share(item))


def read_listed_share(item: Item) -> ListedShare:
    """Read what an index has of a share; one that cannot be read is that."""
    try:
        return read_share(item)
    except RegisterUnreadable:
        # An index holds only items that have all of these, as texts: they are its keys.
        return UnreadableShare(str(item["entry"]).removeprefix(_SHARE), item["pk"], str(item.get("since", "")))


def change_of_share(step: Transition) -> Change:
    """A transition as a change of a share's item, which also says when something last happened to it."""
    change = change_of(step, attributes_of, names_of)
    if step.entry is None:
        return change
    changed = {"changes": CHANGES, "changed_at": step.entry.at}
    if step.first_entry_only:
        return replace(change, keep={**change.keep, **changed})
    return replace(change, set={**change.set, **changed})


def read_names(item: Item) -> Sequence[tuple[str, str]]:
    """One part of the names that a share covers, each with its filter or without (`""`); raises as `read_share`."""

    def read() -> Sequence[tuple[str, str]]:
        names = item["names"]
        found = list(zip(names, item.get("filters", [""] * len(names)), strict=True))
        if not all(isinstance(each, str) for pair in found for each in pair):
            raise TypeError
        return found

    return read_item(item, f"the names {str(item.get('entry', '')).partition('#')[2]}", read)


def write_names(names: Sequence[tuple[str, str]]) -> dict[str, object]:
    """The inverse of `read_names`."""
    filters = [name for _, name in names if name]
    return {"names": [name for name, _ in names], **({"filters": filters} if filters else {})}


def _share(item: Item) -> Share:
    requester, reason = item.get("requester_id"), item.get("reason")
    for at in (item["since"], *(item[name] for name in _TIMES if name in item)):
        moment(at)
    if not all(isinstance(item.get(name, 0), int) for name in ("tables", "parts", "columns_total", "columns_in")):
        raise TypeError
    part, rows = read_part(item), read_rows(item)
    if part.is_whole != (item["scope"] not in FILTERED) or (part.filter is None) != (rows is None):
        # Of a part that lacks what it was asked for, more would be granted.
        raise ValueError("Its part does not go with its scope.")
    return Share(
        id=item["entry"].removeprefix(_SHARE),
        consumer=item["pk"],
        status=ShareStatus(item["status"]),
        source=Source(item["database"], item["table"]),
        scope=Scope(item["scope"]),
        owner=Owner(item["owner_account"], item.get("owner_name", "")),
        fingerprint=item["fingerprint"],
        since=item["since"],
        tables=item["tables"],
        parts=item["parts"],
        part=part,
        roles=read_roles(item, item["pk"]),
        columns=read_columns(item),
        columns_total=item.get("columns_total", 0),
        columns_in=item.get("columns_in", 0),
        row_filter=rows,
        until=item.get("until"),
        requester=Requester(requester, item.get("requester_email", "")) if requester else None,
        purpose=item.get("purpose"),
        approver=item.get("approver"),
        active_at=item.get("active_at"),
        busy_until=item.get("busy_until"),
        warned=item.get("warned"),
        renewed_by=item.get("renewed_by"),
        due_at=item.get("due_at"),
        ended_at=item.get("ended_at"),
        reason=EndReason(reason) if reason else None,
        ended_by=item.get("ended_by"),
        note=item.get("note"),
        live="live" in item,
        owed_events=read_announcements(item),
        history=read_entries(item["history"]),
        version=item["version"],
    )


def attributes_of(fields: Mapping[str, object]) -> dict[str, object]:
    """Fields of a share as an item keeps them."""
    written = {
        attribute: value
        for name, field in fields.items()
        for attribute, value in _WRITERS.get(name, lambda value, name=name: {name: value})(field).items()
    }
    if "live" in fields:
        # What an index is of stands in live shares only, so that it holds no others.
        written |= {"live": LIVE, "live_database": written["database"], "live_owner": written["owner_account"]}
    return written


def names_of(fields: Iterable[str]) -> tuple[str, ...]:
    """The attributes that keep these fields of a share."""
    return tuple(attribute for name in fields for attribute in _ATTRIBUTES.get(name, (name,)))


_ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "live": ("live", "live_database", "live_owner"),
    "due_at": ("due_at", "due"),
}
"""The attributes of the fields that are not kept under their own names alone."""

_WRITERS: Final[Mapping[str, Callable[[Any], dict[str, object]]]] = {
    "status": lambda status: {"status": status.value},
    "source": asdict,
    "part": write_part,
    "roles": write_roles,
    "columns": lambda columns: {"columns": list(columns)} if columns else {},
    "columns_in": lambda count: {"columns_in": count} if count else {},
    "scope": lambda scope: {"scope": scope.value},
    "owner": lambda owner: {"owner_account": owner.account_id, "owner_name": owner.name},
    "requester": lambda requester: {"requester_id": requester.id, "requester_email": requester.email},
    "reason": lambda reason: {"reason": reason.value},
    "due_at": lambda due: {"due_at": due, "due": DUE},
    # What is owed is due.
    "to_announce": lambda _: {},
    "owed_events": lambda events: {"owed_events": [write_announcement(each) for each in events]},
}
"""How an item keeps the fields of a share that it does not keep under their own names."""
