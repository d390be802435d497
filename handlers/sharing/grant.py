"""Grants what was classified: reads the catalogue again first, and grants only if it is still the same.

What is granted is written down before, as the request's share of this round. Once that is `ACTIVE` the request is
shared, and not before.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache

from handlers.sharing.examine import examine
from handlers.sharing.granter import Granter, Progress
from handlers.sharing.lake import Lake
from handlers.sharing.model.applied import advanced
from handlers.sharing.model.classification import Classification, Classified, Scope
from handlers.sharing.model.clock import iso, moment, now
from handlers.sharing.model.errors import (
    DecisionMismatch,
    EndDatePassed,
    RegisterUnreadable,
    RequestClosed,
    UnknownColumn,
)
from handlers.sharing.model.granted_share import new_share
from handlers.sharing.model.narrowing import check_narrowed, given_of, narrowed, narrowing
from handlers.sharing.model.parties import Rules
from handlers.sharing.model.record import Decision, Granted, RequestRecord, Status
from handlers.sharing.model.request import ShareRequest, check_roles
from handlers.sharing.model.share import EndReason, Share, ShareStatus, share_id
from handlers.sharing.model.share_steps import replaced
from handlers.sharing.model.shared_message import renewed_message, shared_message
from handlers.sharing.model.term import ends_at, minute
from handlers.sharing.model.transition import changed, found_renewed, granted, sharing
from handlers.sharing.ports import Catalogue
from handlers.sharing.renewal import as_renewal, move_end
from handlers.sharing.share_stores import Deliveries, Ledger
from handlers.sharing.shares import begin, end, end_parts
from handlers.sharing.stores import Memory, Register, Vault


@dataclass(frozen=True, slots=True)
class Shared:
    """What an invocation did.

    `after`: the last table granted, for the next invocation to go on behind it. `message`: what was shared, for people.
    """

    progress: Progress
    after: str | None = None
    message: str = ""


def grant(
    request_id: str,
    decision_id: str | None,
    after: str | None,
    *,
    rules: Rules,
    register: Register,
    vault: Vault,
    ledger: Ledger,
    deliveries: Deliveries,
    catalogue: Catalogue,
    lake: Lake,
    memory: Memory,
    seconds_left: Callable[[], float],
    pause: Callable[[float], None] = time.sleep,
) -> Shared:
    """Grant what `request_id` asks for.

    Args:
        request_id: the request.
        decision_id: the approval's decision id; `None` where no approval was needed.
        after: where an earlier invocation stopped.
        rules: of the stack; a change of them since the classification is a change.
        register, vault, ledger, deliveries, catalogue, lake, memory: ports; the catalogue with what is remembered.
        seconds_left: of this invocation, which does not outlive them.
        pause: waits some seconds between retries.

    Raises:
        DecisionMismatch: no approval, or one of something else: it grants nothing.
        RequestClosed: the request has ended, or its share.
        OnHold: somebody has put a hold on the consumer, the owner or the data.
        NotRenewable: the share whose end was to move has ended.
        EndDatePassed: what would be granted would have ended by now.
        RolesWithoutKit: roles are named, and their account has no kit any more.
        Refused, GrantRefused: AWS will not grant this; what was granted before stands in the register.
        TryAgain: an outage, or shares of the consumer are being revoked; granting again completes the grants.
    """
    deadline = now() + timedelta(seconds=seconds_left())
    record = register.load(request_id)
    if not record.status.is_open:
        raise RequestClosed(f"Request {request_id} ended as {record.status}; ask again with a new request.")
    decision = _matching_decision(record, decision_id, vault)
    request, before = _classified_request(record)
    check_roles(request, rules.parties.kits)
    there = ledger.find(request.consumer, share_id(request_id, record.round))
    if there is not None and there.status is not ShareStatus.GRANTING:
        return _settled(there, record, register, ledger)
    if after is None:
        begun = record.status is Status.SHARING
        step = sharing(decision, iso(now()), narrowing(decision, before), again=begun)
        record = advanced(register.apply(request_id, step))
    until = there.until if there is not None else _until(end_of(record, before, decision, rules, now()))
    _check_end(until)
    once = catalogue if decision is None or not decision.columns else _ReadOnce(catalogue)
    current = examine(request, rules, once)
    memory.remember(request.source.database, current.news)
    renews = _share_to_renew(record, request, ledger)
    if renews is not None:
        current = as_renewal(current, renews)
    # Of the same data more can be known meanwhile: of a flag that was set and taken away again while it was asked for.
    more_is_known = current.classification.grounds_total > before.grounds_total
    # The last condition holds whatever the register says, and whatever rule an earlier release classified by.
    unapproved = current.classification.needs_approval and decision is None
    if current.classification.fingerprint != before.fingerprint or more_is_known or unapproved:
        return _changed(record, register, ledger)
    if renews is not None and decision is None:
        # As it was when it was shared, or the owner would have been asked.
        return _renewed(renews, record, until, register, ledger)
    if there is None and record.granted is not None:
        # By another round, whose share is taken back.
        record = advanced(register.apply(request_id, granted(Granted())))
    given = before
    if decision is not None and decision.columns:
        request = narrowed(request, decision)
        current = _judged(request, rules, once)
        given = current.classification
        check_narrowed(before, given, decision)
    filters = dict(sorted(current.filters.items()))
    names = sorted(current.tables) if before.scope is Scope.TABLES_BY_NAME else tuple(filters)
    share = new_share(record, request, given, decision, until=until, at=iso(now()))
    granting = begin(share, there, names, deadline, ledger, filters=tuple(filters.values()))
    try:
        _check_open(granting.share, register, ledger)
        granter = Granter(record, request, current, granting, register, catalogue, lake, memory, seconds_left, pause)
        outcome = granter.grant(after)
        if outcome is Progress.CHANGED:
            return _changed(record, register, ledger)
        if outcome is Progress.MORE:
            return Shared(Progress.MORE, granter.last)
        if decision is not None:
            memory.forget(request.source.database, current.withdrawn)
        granting.done(deliveries if request.consumer in rules.parties.kits else None)
    finally:
        granting.rest()
    return _shared_anew(record, until, ledger)


class _ReadOnce:
    """A catalogue of which a database and a table are read once: what was asked for, and what is given of it."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.pages = catalogue.pages
        self.database = cache(catalogue.database)
        self.table = cache(catalogue.table)


def _judged(request: ShareRequest, rules: Rules, catalogue: Catalogue) -> Classified:
    """The columns that an approval names, judged as if they had been asked for."""
    try:
        return examine(request, rules, catalogue)
    except UnknownColumn as unknown:
        raise DecisionMismatch(f"The approval that arrived grants nothing. {unknown}") from unknown


def _until(end: datetime | None) -> str | None:
    return None if end is None else iso(end)


def _check_end(until: str | None) -> None:
    """Check that what is granted now does not end before it begins."""
    if until is not None and until <= iso(now()):
        raise EndDatePassed(f"What was asked for ended {minute(moment(until))}, before it could be shared.")


def end_of(
    record: RequestRecord, before: Classification, decision: Decision | None, rules: Rules, at: datetime
) -> datetime | None:
    """When what is granted at that moment ends; `None`: it has no end.

    Raises:
        RegisterUnreadable: nobody has settled it.
    """
    if record.term is None:
        raise RegisterUnreadable(f"Request {record.id} is to be shared, but its register item lacks its end.")
    shortened = None if decision is None or decision.until is None else date.fromisoformat(decision.until)
    longest = rules.parties.lengths_of(before.owner).longest
    return ends_at(record.term, at, shortened=shortened, longest=longest)


def _settled(there: Share, record: RequestRecord, register: Register, ledger: Ledger) -> Shared:
    """What an earlier invocation, or somebody else, made of this round's share."""
    if there.status is ShareStatus.ACTIVE:
        return _shared_anew(record, there.until, ledger)
    if there.reason is EndReason.CATALOGUE_CHANGED:
        return _changed(record, register, ledger)
    raise _closed(there)


def _shared_anew(record: RequestRecord, until: str | None, ledger: Ledger) -> Shared:
    """All is granted: the share that it renews, if it does, and parts of what is whole now, are of no more use."""
    request, before = _classified_request(record)
    share = ledger.find(request.consumer, share_id(record.id, record.round))
    if share is not None and share.status is ShareStatus.ACTIVE:
        end_parts(share, ledger)
    if record.renews is not None:
        ledger.apply(request.consumer, record.renews, replaced(record.id, iso(now())))
    given = before if share is None else given_of(before, share.columns)
    message = shared_message(request, given, until, narrowing(record.decision, before))
    return Shared(Progress.SHARED, message=message)


def _share_to_renew(record: RequestRecord, request: ShareRequest, ledger: Ledger) -> Share | None:
    """The share that a request renews, whatever became of it since the owner was asked; `None`: it renews none."""
    if record.renews is None:
        return None
    share = ledger.find(request.consumer, record.renews)
    if share is None:
        raise RegisterUnreadable(f"Request {record.id} renews share {record.renews}, and the ledger has none.")
    return share


def _renewed(share: Share, record: RequestRecord, until: str | None, register: Register, ledger: Ledger) -> Shared:
    """The share goes on, to another end, and nothing new is granted."""
    _, classification = _classified_request(record)
    share = move_end(share, record.id, until, ledger)
    advanced(register.apply(record.id, found_renewed(share.id, share.until, iso(now()))))
    return Shared(Progress.SHARED, message=renewed_message(share, classification))


def _check_open(share: Share, register: Register, ledger: Ledger) -> None:
    """The request may have ended before its share was written down, and then Close knew of none to end."""
    if not register.load(share.request_id).status.is_open:
        end(share.id, share.consumer, EndReason.NOT_SHARED, ledger)
        raise _closed(share)


def _closed(share: Share) -> RequestClosed:
    return RequestClosed(f"Share {share.id} is taken back, as its request has ended. Ask again with a new request.")


def _changed(record: RequestRecord, register: Register, ledger: Ledger) -> Shared:
    """What was classified is no more: what was granted of it is taken back, the request goes back to Classify."""
    request, _ = _classified_request(record)
    end(share_id(record.id, record.round), request.consumer, EndReason.CATALOGUE_CHANGED, ledger)
    advanced(register.apply(record.id, changed(iso(now()))))
    return Shared(Progress.CHANGED)


def _classified_request(record: RequestRecord) -> tuple[ShareRequest, Classification]:
    """What a record asks for, and how it was classified."""
    if record.source is None or record.consumer is None or record.classification is None:
        raise RegisterUnreadable(f"Request {record.id} is to be shared, but its register item lacks what is asked for.")
    request = ShareRequest(record.source, record.consumer, record.part, record.roles)
    return request, record.classification


def _matching_decision(record: RequestRecord, decision_id: str | None, vault: Vault) -> Decision | None:
    """The approval of just this request and fingerprint, or `None` where none is needed."""
    _, classification = _classified_request(record)
    if decision_id is None:
        if classification.needs_approval:
            raise DecisionMismatch("This request needs an approval, and none came with it. It grants nothing.")
        return None
    decision = vault.decision(decision_id)
    if decision is None or decision.request_id != record.id or decision.action != "approve":
        raise DecisionMismatch("The decision that arrived is no approval of this request, so it grants nothing.")
    if decision.fingerprint != classification.fingerprint:
        raise DecisionMismatch("The approval that arrived is of another state of the data, so it grants nothing.")
    return decision
