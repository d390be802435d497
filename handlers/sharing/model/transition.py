"""The life of a request: every step that its record can take, as data. That of a share is of the same kind: `share`.

A register applies a transition in one conditional write and has no rule of its own about states; `applied` says what it
means if a step could not be taken.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from handlers.sharing.model.announcement import ended_as, request_received
from handlers.sharing.model.classification import Classification
from handlers.sharing.model.errors import DuplicateRequest
from handlers.sharing.model.excerpt import Excerpt
from handlers.sharing.model.record import (
    OPEN,
    VERSION,
    Announcement,
    Decision,
    Ending,
    Granted,
    HistoryEntry,
    RequestRecord,
    Status,
)
from handlers.sharing.model.term import Term

LONGEST_DETAIL = 500
"""Characters of a summary or comment in the history, which retries lengthen; both stand in full elsewhere."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A step in the life of a request, or of a share. Fields are named as in `RequestRecord` and `Share`.

    Attributes:
        starts_from: the states it can be taken from; `None`: any; `()`: none, so that it can only create.
        started_at: the start times that the record may have, `None` among them for none; `None` itself: any.
        matches: what fields of a record that is there must hold; `None`: nothing known.
        newest_version: the newest version of an item that it may change; `None`: any.
        creates: whether it creates the record where there is none.
        sets: what it sets.
        keeps: what it sets only where nothing stands.
        removes: what it removes.
        entry: the line that it appends to the history.
        first_entry_only: whether it appends the line only to an empty history.
        announces: the event that tells the world of it, which is owed from this step on. An end is announced as it
            stands: see `request_ended`.
    """

    starts_from: tuple[StrEnum, ...] | None
    started_at: tuple[str | None, ...] | None = None
    matches: Mapping[str, object] = field(default_factory=dict[str, object])
    newest_version: int | None = VERSION
    creates: bool = False
    sets: Mapping[str, object] = field(default_factory=dict[str, object])
    keeps: Mapping[str, object] = field(default_factory=dict[str, object])
    removes: tuple[str, ...] = ()
    entry: HistoryEntry | None = None
    first_entry_only: bool = False
    announces: Announcement | None = None


def submitted(record: RequestRecord) -> Transition:
    """A signed-in person's request, written down before its execution starts; what stands there already stays."""
    requester = record.requester
    fields = ("version", "status", "received_at", "source", "part", "consumer", "roles", "purpose", "asked", "renews")
    return Transition(
        starts_from=(),
        creates=True,
        sets=known({**{name: getattr(record, name) for name in fields}, "requester": requester}),
        entry=HistoryEntry(record.received_at, "Received", by=requester.email if requester else None),
    )


def on_record(record: RequestRecord, by: str) -> Transition:
    """What was granted without a request, written down as one that has ended; nobody asked, and nobody is told."""
    fields = ("version", "status", "received_at", "source", "consumer", "message", "closed_at", "round", "owner")
    return Transition(
        starts_from=(),
        creates=True,
        sets=known({name: getattr(record, name) for name in fields}),
        entry=HistoryEntry(record.received_at, "Adopted", by),
    )


def received(record: RequestRecord) -> Transition:
    """An execution's request: written down, or taken up if the requests API wrote it down and nobody has started it.

    Only an execution that asks for the same takes it up: its requester and purpose must never stand on anything else.
    """
    return Transition(
        # What cannot be read asks for nothing that anybody wrote down.
        starts_from=() if record.source is None else (Status.RECEIVED,),
        started_at=(None,),
        # Who gives no purpose takes up what was asked with one; a purpose of its own must be the same.
        matches={
            **known({name: getattr(record, name) for name in ("source", "consumer", "purpose", "asked")}),
            "renews": record.renews,
            "part": None if record.part.is_whole else record.part,
            "roles": record.roles or None,
        },
        creates=True,
        sets=known(
            {
                "version": VERSION,
                "status": Status.RECEIVED,
                "source": record.source,
                "consumer": record.consumer,
                "asked": record.asked,
                "renews": record.renews,
                "part": record.part,
                "roles": record.roles,
                "execution_arn": record.execution_arn,
                "started_at": record.started_at,
            }
        ),
        # The requests API has noted them when it came.
        keeps=known({"received_at": record.received_at, "purpose": record.purpose}),
        entry=HistoryEntry(record.received_at, "Received"),
        first_entry_only=True,
        announces=request_received(),
    )


def classified(round_: int, classification: Classification, term: Term, at: str) -> Transition:
    """The catalogue was read, and what the request covers is settled."""
    return Transition(
        # Not of one that waits already, or is being shared: a run that was given up may end late.
        starts_from=(Status.RECEIVED,),
        sets={
            "status": Status.RECEIVED,
            "round": round_,
            "classification": classification,
            "owner": classification.owner,
            "term": term,
        },
        removes=("mail_due_at", "shared_by"),
        entry=_entry(at, "Classified", detail=classification.summary),
    )


def found_shared(share_id: str, since: str, approver: str | None, at: str) -> Transition:
    """The account has all of it already, by a share that lives since then."""
    return Transition(
        starts_from=(Status.RECEIVED,),
        sets={"shared_by": share_id},
        entry=_entry(at, "AlreadyShared", by=approver, detail=f"Since {since}."),
    )


def found_renewed(share_id: str, until: str | None, at: str) -> Transition:
    """The end of the share that it renews has moved, and nothing new is granted."""
    return Transition(
        starts_from=(Status.SHARING,),
        sets={"shared_by": share_id},
        entry=_entry(at, "Renewed", detail=f"Until {until}." if until else "Without an end."),
    )


def sharing(decision: Decision | None, at: str, narrowed: str = "", *, again: bool = False) -> Transition:
    """Granting begins, by this decision, or by none where none is needed; `narrowed`: what it took away, in words.

    `again`: it had begun before, and then the share that was renewed may be named.
    """
    status: dict[str, object] = {"status": Status.SHARING}
    # A call of Classify that came late may have found a share of another request meanwhile; it is granted all the same.
    removes = ("mail_due_at",) if again else ("mail_due_at", "shared_by")
    if decision is None:
        return Transition(starts_from=OPEN, sets=status, removes=removes, entry=_entry(at, "AutomaticallyApproved"))
    return Transition(
        starts_from=OPEN,
        sets={**status, "decision": decision},
        removes=removes,
        entry=_entry(at, "Approved", by=decision.approver, detail=f"{narrowed} {decision.comment}".strip() or None),
    )


def changed(at: str) -> Transition:
    """The catalogue changed since the classification; a decision on what it was before no longer stands."""
    return Transition(
        starts_from=OPEN,
        sets={"status": Status.RECEIVED},
        removes=("decision", "mail_due_at"),
        entry=_entry(at, "CatalogueChanged"),
    )


def granted(so_far: Granted) -> Transition:
    """What was granted so far: the count in full, the names as many as fit. Noted whatever became of the request."""
    return Transition(
        starts_from=None,
        newest_version=None,
        sets={"granted": replace(so_far, names=Excerpt[str].of(so_far.names))},
    )


def closed(started_at: str | None, ending: Ending, at: str) -> Transition:
    """The end, once, also of what a newer release wrote down, or it would stay open for ever.

    A request that was never written down is written down closed, so that somebody sees it. `started_at` of `None`:
    only the execution's name is known.
    """
    decision = ending.decision
    # What the requests API wrote has no start time if its execution died before Classify took it up. An execution that
    # was kept from taking it up has no part in it, and ends nothing of it.
    mine = (started_at,) if ending.reason == DuplicateRequest.__name__ else (None, started_at)
    return Transition(
        starts_from=OPEN,
        started_at=None if started_at is None else mine,
        newest_version=None,
        creates=True,
        sets=known(
            {
                "status": ending.status,
                "reason": ending.reason,
                "message": ending.message,
                "closed_at": at,
                "decision": decision,
            }
        ),
        keeps=known({"version": VERSION, "received_at": started_at or at, "started_at": started_at}),
        removes=("mail_due_at",),
        entry=_entry(
            at,
            ending.status.value.capitalize(),
            by=decision.approver if decision else None,
            detail=(decision.comment or None) if decision else ending.reason,
        ),
        announces=ended_as(ending.status),
    )


def owes(announcement: Announcement) -> Transition:
    """Something happened to a request that is no step of it, and the world is owed the event."""
    return Transition(starts_from=None, announces=announcement)


def told(record: RequestRecord, put: int, at: str) -> Transition:
    """The first `put` of the events that the record owes are out."""
    left = record.owed_events[put:]
    if left:
        sets: dict[str, object] = {"owed_events": left}
    else:
        sets = {} if record.status.is_open else {"announced_at": at}
    return Transition(
        starts_from=None,
        newest_version=None,
        matches={"owed_events": record.owed_events} if record.owed_events else {},
        sets=sets,
        removes=() if left else ("owed_events", "to_announce"),
    )


def known(fields: Mapping[str, object]) -> dict[str, object]:
    """`fields` without what is not known."""
    return {name: value for name, value in fields.items() if value is not None}


def _entry(at: str, event: str, by: str | None = None, detail: str | None = None) -> HistoryEntry:
    return HistoryEntry(at, event, by, None if detail is None else detail[:LONGEST_DETAIL])
