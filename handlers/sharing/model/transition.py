"""The life of a request: every step that its record can take, as data, and what it means if a step cannot be taken.

A register applies a transition in one conditional write and reports what became of it (`Applied`, `Rejected`); it has
no rule of its own about states. What a rejection means is said here too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from handlers.sharing.model.announcement import Announcement, approval_requested, request_received
from handlers.sharing.model.classification import Classification, Excerpt
from handlers.sharing.model.errors import DuplicateRequest, RequestClosed
from handlers.sharing.model.record import (
    OPEN,
    VERSION,
    Decision,
    Ending,
    Granted,
    HistoryEntry,
    RequestRecord,
    Status,
    is_known,
    missing,
    unknown_version,
)

LONGEST_DETAIL = 500
"""Characters of a summary or comment in the history, which retries lengthen; both stand in full elsewhere."""


@dataclass(frozen=True, slots=True)
class Transition:
    """A step in the life of a request. Fields are named as in `RequestRecord`.

    Attributes:
        starts_from: the states it can be taken from; `None`: any; `()`: none, so that it can only create.
        started_at: the start times that the record may have, `None` among them for none; `None` itself: any.
        newest_version: the newest version of an item that it may change; `None`: any.
        creates: whether it creates the record where there is none.
        sets: what it sets.
        keeps: what it sets only where nothing stands.
        removes: what it removes.
        entry: the line that it appends to the history.
        first_entry_only: whether it appends the line only to an empty history.
        announces: the event that tells the world of it. An end is announced as it stands: see `request_ended`.
    """

    starts_from: tuple[Status, ...] | None
    started_at: tuple[str | None, ...] | None = None
    newest_version: int | None = VERSION
    creates: bool = False
    sets: Mapping[str, object] = field(default_factory=dict[str, object])
    keeps: Mapping[str, object] = field(default_factory=dict[str, object])
    removes: tuple[str, ...] = ()
    entry: HistoryEntry | None = None
    first_entry_only: bool = False
    announces: Announcement | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """The step was taken; `record` is the request as it now stands."""

    record: RequestRecord


@dataclass(frozen=True, slots=True)
class Rejected:
    """The step of this request was not taken, because of what stands there (`None`: nothing does).

    Of an item that a newer release wrote, `there` holds what lists show, and its version.
    """

    request_id: str
    there: RequestRecord | None


# --- the steps ------------------------------------------------------------------------------------------------------


def submitted(record: RequestRecord) -> Transition:
    """A signed-in person's request, written down before its execution starts; what stands there already stays."""
    requester = record.requester
    fields = ("version", "status", "received_at", "source", "consumer", "requester", "purpose")
    return Transition(
        starts_from=(),
        creates=True,
        sets=_known({name: getattr(record, name) for name in fields}),
        entry=HistoryEntry(record.received_at, "Received", by=requester.email if requester else None),
    )


def received(record: RequestRecord) -> Transition:
    """An execution's request: written down, or taken up if the requests API wrote it down and nobody has started it."""
    return Transition(
        starts_from=(Status.RECEIVED,),
        started_at=(None,),
        creates=True,
        sets=_known(
            {
                "version": VERSION,
                "status": Status.RECEIVED,
                "source": record.source,
                "consumer": record.consumer,
                "execution_arn": record.execution_arn,
                "started_at": record.started_at,
            }
        ),
        # The requests API has noted both when it came.
        keeps={"received_at": record.received_at},
        entry=HistoryEntry(record.received_at, "Received"),
        first_entry_only=True,
        announces=request_received(),
    )


def classified(round_: int, classification: Classification, at: str) -> Transition:
    """The catalogue was read, and what the request covers is settled."""
    return Transition(
        starts_from=OPEN,
        sets={
            "status": Status.RECEIVED,
            "round": round_,
            "classification": classification,
            "owner": classification.owner,
        },
        entry=_entry(at, "Classified", detail=classification.summary),
    )


def waiting(expires_at: str, approvers: int | None, at: str) -> Transition:
    """The mail to the approvers is out; `approvers` of `None`: their number is not known."""
    whom = "to the topic's subscribers" if approvers is None else f"to {approvers} approver(s)"
    return Transition(
        starts_from=(Status.RECEIVED, Status.WAITING),
        sets={"status": Status.WAITING, "expires_at": expires_at},
        entry=_entry(at, "ApprovalRequested", detail=f"A mail went {whom}."),
        announces=approval_requested(approvers, expires_at),
    )


def sharing(decision: Decision | None, at: str) -> Transition:
    """Granting begins, by this decision, or by none where none is needed."""
    status: dict[str, object] = {"status": Status.SHARING}
    if decision is None:
        return Transition(starts_from=OPEN, sets=status, entry=_entry(at, "AutomaticallyApproved"))
    return Transition(
        starts_from=OPEN,
        sets={**status, "decision": decision},
        entry=_entry(at, "Approved", by=decision.approver, detail=decision.comment or None),
    )


def changed(at: str) -> Transition:
    """The catalogue changed since the classification; a decision on what it was before no longer stands."""
    return Transition(
        starts_from=OPEN,
        sets={"status": Status.RECEIVED},
        removes=("decision",),
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
    return Transition(
        starts_from=OPEN,
        # What the requests API wrote has no start time if its execution died before Classify took it up.
        started_at=None if started_at is None else (None, started_at),
        newest_version=None,
        creates=True,
        sets=_known(
            {
                "status": ending.status,
                "reason": ending.reason,
                "message": ending.message,
                "closed_at": at,
                "to_announce": True,
                "decision": decision,
            }
        ),
        keeps=_known({"version": VERSION, "received_at": started_at or at, "started_at": started_at}),
        entry=_entry(
            at,
            ending.status.value.capitalize(),
            by=decision.approver if decision else None,
            detail=(decision.comment or None) if decision else ending.reason,
        ),
    )


def announced(at: str) -> Transition:
    """The closing event is out."""
    return Transition(starts_from=None, newest_version=None, sets={"announced_at": at}, removes=("to_announce",))


# --- what became of them --------------------------------------------------------------------------------------------


def advanced(outcome: Applied | Rejected) -> RequestRecord:
    """The request after a step that only an open one can take.

    Raises:
        RequestClosed: it has ended.
        RegisterUnreadable: it is not there, or a newer release wrote it.
    """
    if isinstance(outcome, Applied):
        return outcome.record
    there = _what_stands(outcome)
    raise RequestClosed(f"Request {outcome.request_id} ended as {there.status} meanwhile; it stays as it is.")


def written(outcome: Applied | Rejected) -> tuple[RequestRecord, bool]:
    """What stands there after `submitted`, and whether this step wrote it.

    Raises:
        RegisterUnreadable: a newer release wrote what stands there.
    """
    if isinstance(outcome, Applied):
        return outcome.record, True
    return _what_stands(outcome), False


def taken_up(mine: RequestRecord, outcome: Applied | Rejected) -> RequestRecord:
    """The request after `received(mine)`; for a retry of the same execution, as it stood already.

    Raises:
        DuplicateRequest: another execution has used the name.
        RegisterUnreadable: a newer release wrote what stands there.
    """
    if isinstance(outcome, Applied):
        return outcome.record
    there = _what_stands(outcome)
    if (there.execution_arn, there.started_at) == (mine.execution_arn, mine.started_at):
        return there
    raise DuplicateRequest(
        f"A request named {mine.id} exists already and stays as it is. Start the execution under a new name."
    )


def mailed(outcome: Applied | Rejected) -> RequestRecord:
    """The request after `waiting`.

    Raises:
        RequestClosed, RegisterUnreadable: as in `advanced`.
    """
    if isinstance(outcome, Rejected):
        there = _what_stands(outcome)
        # Somebody may have decided before this was written: what came of it stands.
        if there.status is Status.SHARING:
            return there
    return advanced(outcome)


def ended(started_at: str | None, outcome: Applied | Rejected) -> RequestRecord | None:
    """The request after `closed`, closed by this step or before; `None` if it belongs to another execution."""
    if isinstance(outcome, Applied):
        return outcome.record
    there = outcome.there
    return there if there is not None and started_at in {None, there.started_at} else None


def _what_stands(rejected: Rejected) -> RequestRecord:
    """What stood in the way of a step, if this release can read it."""
    there = rejected.there
    if there is None:
        raise missing(rejected.request_id)
    if not is_known(there.version):
        raise unknown_version(f"request {rejected.request_id}", there.version)
    return there


def _known(fields: Mapping[str, object]) -> Mapping[str, object]:
    """`fields` without what is not known."""
    return {name: value for name, value in fields.items() if value is not None}


def _entry(at: str, event: str, by: str | None = None, detail: str | None = None) -> HistoryEntry:
    return HistoryEntry(at, event, by, None if detail is None else detail[:LONGEST_DETAIL])
