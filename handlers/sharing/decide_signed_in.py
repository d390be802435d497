"""Lets an approver decide who is signed in: what waits for them, what a decision would mean, and the decision itself.

Who may decide is asked at that time: what a mail or a list said before counts for nothing.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from handlers.sharing.approvers import Standings
from handlers.sharing.arbiter import Approver, Ruling, Verdict, arbitrate, decision_of
from handlers.sharing.model.access import Deed, Thing, hidden
from handlers.sharing.model.clock import moment
from handlers.sharing.model.errors import (
    DecidedBefore,
    DecisionNotKnown,
    EndDatePassed,
    EndTooLate,
    InvalidInput,
    LakeshareError,
    LookAgain,
    NotAllowed,
    NotWaiting,
)
from handlers.sharing.model.grants import Resource, gives
from handlers.sharing.model.keys import same_mailbox
from handlers.sharing.model.narrowing import check_narrows
from handlers.sharing.model.new_decision import NewDecision
from handlers.sharing.model.new_request import InvalidRequest, fault_of
from handlers.sharing.model.part import InBrief
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import Decision, RequestRecord, Status, UnreadableRecord
from handlers.sharing.model.request import is_request_id
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.model.term import NO_END, minute, shortened_to
from handlers.sharing.ports import Workflow
from handlers.sharing.share_stores import Ledger
from handlers.sharing.shares import covered_by
from handlers.sharing.stores import Register, RequestLists, Vault

MOST_LISTED: Final = 200
"""So many requests are listed at a time, those that wait the longest."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """Requests that wait for somebody, oldest first, each with until when; `parts`: of those that are for a part.

    `more`: there are others. `unknown`: owners that did not say whether the person answers for their data.
    """

    requests: Sequence[tuple[RequestRecord, str | None]]
    more: bool
    unknown: Sequence[str]
    parts: Mapping[str, InBrief] = field(default_factory=dict[str, InBrief])


@dataclass(frozen=True, slots=True)
class Question:
    """What a decision is about.

    Attributes:
        record: the request.
        has: the shares by which its account can read some of it already; `None`: that could not be read.
        gains: how many more tables it could read than now; `None`: not known.
        names: of these, as far as the register names them.
    """

    record: RequestRecord
    has: Sequence[Share] | None
    gains: int | None
    names: Sequence[str]


def waiting_for(person: Person, standings: Standings, lists: RequestLists) -> Waiting:
    """What waits for somebody's decision. Of requests that cannot be read nobody knows whose data they are for.

    Raises:
        SignInEnded: there is no such user any more.
        TryAgain: an outage.
    """
    owned = [
        (record, record.owner.account_id)
        for record in lists.waiting()
        if not isinstance(record, UnreadableRecord) and record.owner is not None
    ]
    owners = {owner for _, owner in owned}
    standing = standings.looking(person, sorted(owners))
    mine = [record for record, _ in owned if standing.may(Deed.DECIDE, Thing.of_request(record))]
    listed = mine[:MOST_LISTED]
    ids = [record.id for record in listed]
    until = lists.waits_until(ids)
    return Waiting(
        tuple((record, until.get(record.id)) for record in listed),
        more=len(mine) > len(listed),
        unknown=tuple(sorted(standing.unknown)),
        parts=lists.parts(ids),
    )


def look(request_id: str, person: Person, standings: Standings, *, register: Register, ledger: Ledger) -> Question:
    """What is asked, what the account has already, and what a decision would add to it.

    Raises:
        UnknownRequest, NotAllowed, ApproversUnknown: they do not decide on it.
        SignInEnded, TryAgain: as above.
    """
    record = _found(request_id, register)
    standings.check_looking(person, Deed.DECIDE, Thing.of_request(record))
    try:
        live = {share.id: (share, covered_by(share, ledger)) for share in _live(record, ledger)}
    except LakeshareError:
        # People decide all the same, and are told what is not known.
        return Question(record, None, None, ())
    has = frozenset[Resource]().union(*(covers for _, covers in live.values()))
    shares = [share for share, covers in live.values() if record.source and gives(covers, record.source)]
    return Question(record, shares, *_gains(record, has))


def _found(request_id: str, register: Register) -> RequestRecord:
    record = register.find(request_id) if is_request_id(request_id) else None
    if record is None:
        raise hidden(Deed.DECIDE)
    return record


def _live(record: RequestRecord, ledger: Ledger) -> Sequence[Share]:
    source = record.source
    if source is None or record.consumer is None:
        return ()
    return [
        share
        for share in ledger.live(record.consumer)
        if share.status is ShareStatus.ACTIVE and share.source.database == source.database
    ]


def _gains(record: RequestRecord, has: frozenset[Resource]) -> tuple[int | None, Sequence[str]]:
    """How many tables an account gains, and the names of those that the register knows."""
    classification, source = record.classification, record.source
    if classification is None or source is None:
        return None, ()
    names = classification.tables if source.is_database else (source.table,)
    new = [name for name in names if not any(each.covers(name) for each in has)]
    # What is not named may be among what the account has.
    return (len(new) if len(names) == classification.tables_total else None), new


def decide_signed_in(
    request_id: str,
    new: NewDecision,
    person: Person,
    standings: Standings,
    *,
    ip: str,
    user_agent: str,
    register: Register,
    vault: Vault,
    workflow: Workflow,
    now: datetime,
    pause: Callable[[float], None] = time.sleep,
) -> Ruling:
    """Take a decision of somebody who is signed in. Posting the same again is safe.

    Args:
        request_id: which request.
        new: the decision.
        person: whose it is.
        standings: says whether they may.
        ip, user_agent: where it comes from.
        register, vault, workflow: ports.
        now: the time of the decision.
        pause: waits some seconds while the workflow writes a rival's decision down.

    Returns:
        The request, with the decision that stands: this one, or the same of the same person.

    Raises:
        UnknownRequest, NotAllowed, ApproversUnknown: they do not decide on it.
        SignInEnded, EmailNotVerified: who decides is not verified.
        DecidedBefore: somebody else has, or they have otherwise.
        NotWaiting: it does not wait for a decision.
        LookAgain: the data changed since they looked.
        InvalidRequest: the last day that they give is over, or later than was asked for; or a column was not.
        DecisionNotKnown: it may have been taken; deciding again is safe.
        TryAgain: it was not taken; likewise.
    """
    # The token before the record, as `arbitrate` wants it.
    approval = vault.approval(request_id) if is_request_id(request_id) else None
    record = _found(request_id, register)
    standings.check_acting(person, Deed.DECIDE, Thing.of_request(record))
    email = standings.people.email_of(person.id, person.username)
    if record.requester is not None and same_mailbox(record.requester.email, email):
        raise NotAllowed("You asked for this data yourself. Another approver of the data's owner has to decide.")
    fingerprint = record.classification.fingerprint if record.classification else None
    if record.decision is not None and record.decision.fingerprint == fingerprint:
        return _stands(Ruling(Verdict.DECIDED_BEFORE, record, record.decision), new, email)
    if new.round != record.round:
        raise LookAgain("The data changed since you looked, so what you decided on is not what would be shared.")
    open_until = None if approval is None or approval.token is None else moment(approval.expires_at)
    if record.status is not Status.WAITING or fingerprint is None or open_until is None or now >= open_until:
        raise _not_waiting(record)
    if new.until is not None:
        try:
            shortened_to(new.until, record.term or NO_END, now)
        except (EndDatePassed, EndTooLate) as refused:
            raise InvalidRequest((fault_of(refused),), refused.reason) from refused
    try:
        check_narrows(new.columns, record)
    except InvalidInput as refused:
        raise InvalidRequest((fault_of(refused),)) from refused
    approver = Approver(email, "signed-in", ip, user_agent)
    return _stands(
        arbitrate(
            decision_of(
                approver,
                new.action,
                new.comment,
                new.until,
                new.columns,
                request_id=record.id,
                fingerprint=fingerprint,
                now=now,
            ),
            record,
            approval.token if approval else None,
            register=register,
            vault=vault,
            workflow=workflow,
            pause=pause,
        ),
        new,
        email,
    )


def _stands(ruling: Ruling, new: NewDecision, email: str) -> Ruling:
    """The same, if the decision that stands is what this person wants, or the error that says what came of it."""
    match ruling.outcome:
        case Verdict.RECORDED:
            return ruling
        case Verdict.NOT_WRITTEN_YET:
            raise DecisionNotKnown(
                "A decision was taken a moment ago, yours or another, and is being written down. Look again soon."
            )
        case Verdict.DECIDED_BEFORE if ruling.decision is not None:
            if _is_mine(ruling.decision, new, email):
                return ruling
            raise _decided_before(ruling.decision)
        case _:
            raise _not_waiting(ruling.record)


def _is_mine(decision: Decision, new: NewDecision, email: str) -> bool:
    until = None if new.until is None else new.until.isoformat()
    mine = ("signed-in", email, new.action, until, new.columns)
    return (decision.decided_by, decision.approver, decision.action, decision.until, decision.columns) == mine


def _decided_before(decision: Decision) -> DecidedBefore:
    did = "approved" if decision.action == "approve" else "denied"
    at = minute(moment(decision.at))
    return DecidedBefore(f"This was {did} on {at}. The first decision counts; yours changed nothing.")


def _not_waiting(record: RequestRecord) -> NotWaiting:
    if record.status is Status.WAITING:
        return NotWaiting("The time to decide is over. What becomes of the request is being written down.")
    if record.status.is_open:
        return NotWaiting("The request is being worked on just now. If it needs a decision after that, it waits again.")
    return NotWaiting(f"The request has ended as {record.status}, and waits for no decision. {record.message}".strip())
