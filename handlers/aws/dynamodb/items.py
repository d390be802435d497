"""The items of register and vault: each written here, and read here, in every released version."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict
from typing import Any, Final, TypeVar

from handlers.sharing.model.classification import Classification, Ground, Rule, Scope
from handlers.sharing.model.errors import RegisterUnreadable
from handlers.sharing.model.keys import Approval, SentKey
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import (
    VERSION,
    Decision,
    Granted,
    HistoryEntry,
    Requester,
    RequestRecord,
    Status,
    is_known,
    unknown_version,
)
from handlers.sharing.model.request import Source

Item = Mapping[str, Any]
T = TypeVar("T")

_OF_ALL_VERSIONS: Final = frozenset(
    (
        *("pk", "status", "source", "reason", "message", "consumer_account", "requester_id", "requester_email"),
        *("received_at", "started_at", "closed_at", "announced_at", "announcement", "execution_arn", "version"),
    )
)
"""What lists show, and what an end is told by: the same in every version, so that any release can show and close it."""

DUE: Final = "DUE"
"""Value of `announcement` from the moment a request is closed until its event is out: what keeps it in an index."""


def approval_key(request_id: str) -> str:
    """Key of the item that guards the decision on a request. No execution name has a `#`."""
    return f"approval#{request_id}"


def decision_key(decision_id: str) -> str:
    """Key of the item with a decision's particulars."""
    return f"decision#{decision_id}"


def without_none(item: Mapping[str, object]) -> dict[str, object]:
    """`item` without what is not known: an absent attribute keeps an item out of an index."""
    return {name: value for name, value in item.items() if value is not None}


def read_record(item: Item) -> RequestRecord:
    """Read a request's item.

    Raises:
        RegisterUnreadable: written by a newer release, or not written by Lakeshare.
    """
    return _read(item, f"request {item.get('pk')}", lambda: _record(item))


def read_any(item: Item) -> RequestRecord:
    """Read a request's item of any version: of one that a newer release wrote, what lists show and no more."""
    if is_known(item.get("version")):
        return read_record(item)
    shown = {name: value for name, value in item.items() if name in _OF_ALL_VERSIONS}
    return _readable(f"request {item.get('pk')}", lambda: _record(shown))


def read_listed(item: Item) -> RequestRecord:
    """Read what an index carries of a request: only what lists show, the same in any version, and not the version."""
    return read_record({"version": VERSION, **item})


def _read(item: Item, what: str, read: Callable[[], T]) -> T:
    """What `read` makes of an item, if this release can read it."""
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
        consumer=item.get("consumer_account"),
        requester=Requester(requester, item.get("requester_email", "")) if requester else None,
        purpose=item.get("purpose"),
        reason=item.get("reason"),
        message=item.get("message", ""),
        execution_arn=item.get("execution_arn"),
        started_at=item.get("started_at"),
        closed_at=item.get("closed_at"),
        to_announce="announcement" in item,
        announced_at=item.get("announced_at"),
        expires_at=item.get("expires_at"),
        round=item.get("round", 0),
        owner=Owner(owner, item.get("owner_name", "")) if owner else None,
        classification=read_classification(classification) if classification else None,
        decision=Decision(**decision) if decision else None,
        granted=Granted(granted["tables"], tuple(granted["names"]), granted["database"], granted["wildcard"])
        if granted
        else None,
        history=tuple(
            HistoryEntry(each["at"], each["event"], each.get("by"), each.get("detail"))
            for each in item.get("history", ())
        ),
        version=item.get("version", 0),
    )


def attributes_of(fields: Mapping[str, object]) -> dict[str, object]:
    """Fields of a record as an item keeps them."""
    return {
        attribute: value
        for name, field in fields.items()
        for attribute, value in _WRITERS.get(name, lambda value, name=name: {name: value})(field).items()
    }


def names_of(fields: Iterable[str]) -> tuple[str, ...]:
    """The attributes that keep these fields of a record."""
    return tuple("announcement" if name == "to_announce" else name for name in fields)


def write_entry(entry: HistoryEntry) -> dict[str, object]:
    """A line of the history as the register keeps it."""
    return without_none(asdict(entry))


def write_classification(classification: Classification) -> dict[str, object]:
    """A classification as the register keeps it."""
    return {
        "scope": str(classification.scope),
        "needs_approval": classification.needs_approval,
        "summary": classification.summary,
        "owner": {"account_id": classification.owner.account_id, "name": classification.owner.name},
        "fingerprint": classification.fingerprint,
        "grounds": [
            without_none({"rule": str(ground.rule), "table": ground.table, "column": ground.column})
            for ground in classification.grounds
        ],
        "grounds_total": classification.grounds_total,
        "tables": list(classification.tables),
        "tables_total": classification.tables_total,
        "columns_total": classification.columns_total,
        "unregistered": list(classification.unregistered),
        "unregistered_total": classification.unregistered_total,
        "description": classification.description,
    }


def read_classification(value: Item) -> Classification:
    """The inverse of `write_classification`."""
    return Classification(
        scope=Scope(value["scope"]),
        owner=Owner(value["owner"]["account_id"], value["owner"]["name"]),
        fingerprint=value["fingerprint"],
        grounds=tuple(Ground(Rule(each["rule"]), each.get("table"), each.get("column")) for each in value["grounds"]),
        grounds_total=value["grounds_total"],
        tables=tuple(value["tables"]),
        tables_total=value["tables_total"],
        columns_total=value["columns_total"],
        unregistered=tuple(value["unregistered"]),
        unregistered_total=value["unregistered_total"],
        description=value["description"],
    )


def read_decision(item: Item) -> Decision:
    """Read the item with a decision's particulars.

    Raises:
        RegisterUnreadable: written by a newer release, or not written by Lakeshare.
    """
    return _read(item, f"decision {str(item.get('pk', '')).partition('#')[2]}", lambda: Decision(**item["decision"]))


def read_approval(item: Item) -> Approval:
    """Read the item that guards a decision.

    Raises:
        RegisterUnreadable: written by a newer release, or not written by Lakeshare.
    """
    request_id = str(item.get("pk", "")).partition("#")[2]
    return _read(item, f"the approval of request {request_id}", lambda: _approval(item))


def _approval(item: Item) -> Approval:
    approvers = item.get("approvers")
    return Approval(
        token=item.get("token"),
        salt=item["salt"],
        approvers=None if approvers is None else tuple(approvers),
        expires_at=item["expires_at"],
        keys=tuple(SentKey(each["hash"], each["round"], each["fingerprint"]) for each in item["keys"]),
    )


_WRITERS: Final[Mapping[str, Callable[[Any], dict[str, object]]]] = {
    "status": lambda status: {"status": status.value},
    "source": lambda source: {"source": asdict(source)},
    "consumer": lambda consumer: {"target": {"account_id": consumer}, "consumer_account": consumer},
    "requester": lambda requester: {"requester_id": requester.id, "requester_email": requester.email},
    "owner": lambda owner: {"owner_account": owner.account_id, "owner_name": owner.name},
    "classification": lambda classification: {
        "classification": write_classification(classification),
        "fingerprint": classification.fingerprint,
    },
    "decision": lambda decision: {"decision": asdict(decision)},
    "granted": lambda granted: {"granted": {**asdict(granted), "names": list(granted.names)}},
    "to_announce": lambda _: {"announcement": DUE},
}
"""How an item keeps the fields of a record that it does not keep under their own names."""
