"""The items of register and vault: each written here, and read here, in every released version."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from datetime import date
from typing import Any, Final, TypeVar

from handlers.aws.dynamodb.classification_items import (
    Item,
    read_classification,
    read_part,
    read_roles,
    write_classification,
    write_part,
    write_roles,
)
from handlers.sharing.model.checks import is_list
from handlers.sharing.model.claim import Claim
from handlers.sharing.model.clock import moment
from handlers.sharing.model.errors import RegisterUnreadable
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import (
    VERSION,
    Announcement,
    Decision,
    Granted,
    HistoryEntry,
    Listed,
    Requester,
    RequestRecord,
    Status,
    UnreadableRecord,
    is_known,
    unknown_version,
)
from handlers.sharing.model.request import Source
from handlers.sharing.model.term import Term, fields_of
from handlers.sharing.model.transition import known

T = TypeVar("T")

_OF_ALL_VERSIONS: Final = frozenset(
    (
        *("pk", "status", "source", "reason", "message", "consumer_account", "requester_id", "requester_email"),
        *("received_at", "started_at", "closed_at", "announced_at", "announcement", "owed_events", "execution_arn"),
        "version",
    )
)
"""What lists show, and what an end is told by: the same in every version, so that any release can show and close it."""

DUE: Final = "DUE"
"""Value of `announcement` while an event of the request is owed, of `mail` while a mail is: it keeps it in an index."""


def claim_key(key: str) -> str:
    """Key of the item that says which request holds a claim."""
    return f"claim#{key}"


def read_record(item: Item) -> RequestRecord:
    """Read a request's item.

    Raises:
        RegisterUnreadable: written by a newer release, or not written by Lakeshare.
    """
    return read_item(item, f"request {item.get('pk')}", lambda: _record(item))


def read_any(item: Item) -> RequestRecord:
    """Read a request's item of any version: of one that a newer release wrote, what lists show and no more."""
    if is_known(item.get("version")):
        return read_record(item)
    shown = {name: value for name, value in item.items() if name in _OF_ALL_VERSIONS}
    return _readable(f"request {item.get('pk')}", lambda: _record(shown))


def read_listed(item: Item) -> Listed:
    """Read what an index carries of a request: only what lists show, the same in any version, and not the version."""
    try:
        return _readable(f"request {item['pk']}", lambda: _listed(item))
    except RegisterUnreadable:
        # An index holds only items that have both, as texts: they are its keys. One read by its own key may lack one.
        return UnreadableRecord(item["pk"], str(item.get("received_at", "")))


def _listed(item: Item) -> RequestRecord:
    record = _record({**item, "version": VERSION})
    moment(record.received_at)
    texts = (item[name] for name in _OF_ALL_VERSIONS - {"source", "owed_events", "version"} if name in item)
    source = () if record.source is None else (record.source.database, record.source.table)
    if not all(isinstance(text, str) for text in (*texts, *source)):
        raise TypeError
    return record


def read_item(item: Item, what: str, read: Callable[[], T]) -> T:
    """What `read` makes of an item; `what` it is, for people.

    Raises:
        RegisterUnreadable: written by a newer release, or not written by Lakeshare.
    """
    if not is_known(item.get("version")):
        raise unknown_version(what, item.get("version"))
    return _readable(what, read)


def _readable(what: str, read: Callable[[], T]) -> T:
    try:
        return read()
    except (KeyError, TypeError, ValueError) as error:
        raise RegisterUnreadable(f"The item of {what} cannot be read ({type(error).__name__}).") from error


def _record(item: Item) -> RequestRecord:
    source, requester, owner = item.get("source"), item.get("requester_id"), item.get("owner_account")
    classification, decision, granted = item.get("classification"), item.get("decision"), item.get("granted")
    return RequestRecord(
        id=item["pk"],
        status=Status(item["status"]),
        received_at=item["received_at"],
        source=Source(source["database"], source["table"]) if source else None,
        part=read_part(item),
        consumer=item.get("consumer_account"),
        roles=read_roles(item, item.get("consumer_account")),
        requester=Requester(requester, item.get("requester_email", "")) if requester else None,
        purpose=item.get("purpose"),
        asked=_term(item.get("asked")),
        renews=item.get("renews"),
        # An early release classified without one. What it lets wait is shared within `longestShare` all the same.
        term=_term(item.get("term", {} if classification else None)),
        reason=item.get("reason"),
        message=item.get("message", ""),
        execution_arn=item.get("execution_arn"),
        started_at=item.get("started_at"),
        closed_at=item.get("closed_at"),
        to_announce="announcement" in item,
        owed_events=read_announcements(item),
        announced_at=item.get("announced_at"),
        expires_at=item.get("expires_at"),
        mail_due_at=item.get("mail_due_at"),
        dead_keys=item.get("dead_keys", 0),
        round=item.get("round", 0),
        owner=Owner(owner, item.get("owner_name", "")) if owner else None,
        classification=read_classification(classification) if classification else None,
        decision=_decision(decision) if decision else None,
        granted=Granted(granted["tables"], tuple(granted["names"]), granted["database"], granted["wildcard"])
        if granted
        else None,
        shared_by=item.get("shared_by"),
        history=read_entries(item.get("history", ())),
        version=item.get("version", 0),
    )


def _term(value: Item | None) -> Term | None:
    if value is None:
        return None
    until = value.get("until")
    return Term(None if until is None else date.fromisoformat(until), value.get("days"))


def attributes_of(fields: Mapping[str, object]) -> dict[str, object]:
    """Fields of a record as an item keeps them."""
    return {
        attribute: value
        for name, field in fields.items()
        for attribute, value in _WRITERS.get(name, lambda value, name=name: {name: value})(field).items()
    }


def names_of(fields: Iterable[str]) -> tuple[str, ...]:
    """The attributes that keep these fields of a record."""
    return tuple(attribute for name in fields for attribute in _ATTRIBUTES.get(name, (name,)))


def write_entry(entry: HistoryEntry) -> dict[str, object]:
    """A line of the history as the register keeps it."""
    return known(asdict(entry))


def read_entries(lines: Iterable[Item]) -> tuple[HistoryEntry, ...]:
    """The inverse of `write_entry`, of all lines of a history."""
    return tuple(HistoryEntry(each["at"], each["event"], each.get("by"), each.get("detail")) for each in lines)


def write_announcement(announcement: Announcement) -> dict[str, object]:
    """An event that is owed, as the register keeps it."""
    return {"type": announcement.type, "facts": known(announcement.facts)}


def read_announcements(item: Item) -> tuple[Announcement, ...]:
    """The events that are owed, of a request's item or a share's: the inverse of `write_announcement`."""
    return tuple(Announcement(each["type"], each["facts"]) for each in item.get("owed_events", ()))


def write_decision(decision: Decision) -> dict[str, object]:
    """A decision as register and vault keep it."""
    return known({**asdict(decision), "columns": list(decision.columns) or None})


def _decision(value: Item) -> Decision:
    kept: object = value.get("columns", [])
    columns = tuple(each for each in kept if isinstance(each, str)) if is_list(kept) else ()
    if list(columns) != kept or ("columns" in value and not columns):
        # Of an approval that names none, all of it would be granted.
        raise ValueError("Its columns cannot be read.")
    given: dict[str, Any] = {**value, "columns": columns}
    return Decision(**given)


def read_decision(item: Item) -> Decision:
    """Read the item with a decision's particulars.

    Raises:
        RegisterUnreadable: written by a newer release, or not written by Lakeshare.
    """
    return read_item(item, f"decision {str(item.get('pk', '')).partition('#')[2]}", lambda: _decision(item["decision"]))


def read_claim(item: Item) -> Claim:
    """Read who holds a claim.

    Raises:
        RegisterUnreadable: written by a newer release, or not written by Lakeshare.
    """
    return read_item(
        item, f"claim {str(item.get('pk', '')).partition('#')[2]}", lambda: Claim(item["holder"], item["at"])
    )


_ATTRIBUTES: Final[Mapping[str, tuple[str, ...]]] = {
    "to_announce": ("announcement",),
    "mail_due_at": ("mail_due_at", "mail"),
}
"""The attributes of the fields that are not kept under their own names alone."""

_WRITERS: Final[Mapping[str, Callable[[Any], dict[str, object]]]] = {
    "status": lambda status: {"status": status.value},
    "source": lambda source: {"source": asdict(source)},
    "part": write_part,
    "roles": write_roles,
    "consumer": lambda consumer: {"target": {"account_id": consumer}, "consumer_account": consumer},
    "requester": lambda requester: {"requester_id": requester.id, "requester_email": requester.email},
    "owner": lambda owner: {"owner_account": owner.account_id, "owner_name": owner.name},
    "classification": lambda classification: {
        "classification": write_classification(classification),
        "fingerprint": classification.fingerprint,
    },
    "asked": lambda term: {"asked": fields_of(term)},
    "term": lambda term: {"term": fields_of(term)},
    "decision": lambda decision: {"decision": write_decision(decision)},
    "granted": lambda granted: {"granted": {**asdict(granted), "names": list(granted.names)}},
    "to_announce": lambda _: {"announcement": DUE},
    "mail_due_at": lambda due: {"mail_due_at": due, "mail": DUE},
    "owed_events": lambda events: {"owed_events": [write_announcement(each) for each in events]},
}
"""How an item keeps the fields of a record that it does not keep under their own names."""
