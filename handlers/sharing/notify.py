"""Mails the owners of data what is owed to them: what may be mailed now, to whom, and with which key, if with any.

A mail is owed from the moment a request waits until it is noted that it went out; whatever goes wrong in between, it is
owed on. So a mail may come twice, each with a key of its own, and earlier keys stay good. Of those who would send it at
once, the function that was called and the schedule, one does: a lease puts it off for the other.
"""

import secrets
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from handlers.sharing.announce import announce
from handlers.sharing.model.applied import Rejected, as_it_stands
from handlers.sharing.model.clock import iso, moment
from handlers.sharing.model.errors import (
    CannotListApprovers,
    LakeshareError,
    NoApprovers,
    OwnerNotRegistered,
    RegisterUnreadable,
    RequestClosed,
    TryAgain,
)
from handlers.sharing.model.keys import Approval, SentKey, hash_address, hash_key, may_use_links
from handlers.sharing.model.mail_steps import key_died, mail_put_off, mail_wanted, mailed
from handlers.sharing.model.parties import Parties, Producer
from handlers.sharing.model.record import OVERDUE, RequestRecord, Status
from handlers.sharing.model.transition import Transition, owes
from handlers.sharing.ports import Events, Producers, Workflow
from handlers.sharing.stores import Pace, Register, RequestLists, Vault

KEY_BYTES: Final = 32
MAILS_A_MINUTE: Final = 10
"""So many mails go out for one signed-in requester; SNS switches off an address that gets too many at once."""
MAILS_A_SECOND: Final = 4
"""So many go to one producer's approvers: SNS switches an address off above ten."""
NEW_KEYS: Final = 3
"""So often a new key is mailed by itself, each in place of one that died."""
PATIENCE: Final = 5
"""So often a mail that is to go out at once waits for the next second; then it is left to the schedule."""
SECONDS_A_MAIL: Final = 15.0
"""Seconds that must be left to begin another mail."""
LEASE: Final = OVERDUE + timedelta(seconds=SECONDS_A_MAIL)
"""So long whoever begins to send a mail puts it off: at least for the time that it takes, as calls send early."""
AFTER_A_WAIT: Final = timedelta(minutes=1)
"""So long none is sent after a wait has ended: the workflow may wait anew, with a mail of its own."""

Compose = Callable[[RequestRecord, str | None], tuple[str, str]]
"""Makes subject and body of the mail from a request and the key of its links; `None`: it leads to the portal."""


@dataclass(frozen=True, slots=True)
class Notifier:
    """What it takes to mail: the ports, who may be mailed, how a mail is written, and whether people can sign in."""

    register: Register
    vault: Vault
    pace: Pace
    producers: Producers
    parties: Parties
    workflow: Workflow
    events: Events
    compose: Compose
    portal: bool = False


def notify(
    request_id: str,
    *,
    again: bool,
    by: Notifier,
    now: Callable[[], datetime],
    pause: Callable[[float], None] = time.sleep,
) -> RequestRecord:
    """Mail what is owed about one request, unless too many others come first; then it stays owed.

    Args:
        request_id: which.
        again: an operator wants another mail with a new key, whatever went out before.
        by: what it takes.
        now: tells the time.
        pause: waits some seconds for its turn.

    Returns:
        The request as it now stands; with a `mail_due_at`, a mail is owed still.

    Raises:
        RequestClosed: another mail is wanted of a request that does not wait for a decision.
        LakeshareError: as in `notify_due`.
    """
    record = by.register.load(request_id)
    if record.status is not Status.WAITING:
        if again:
            raise RequestClosed(f"Request {request_id} is {record.status}: it does not wait for a decision.")
        return record
    patience = iter(range(PATIENCE))
    return _mail(
        _with_what_is_owed(record, again, by, now()),
        by,
        soon=OVERDUE,
        now=now,
        pause=pause,
        is_patient=lambda: next(patience, None) is not None,
    )


def notify_due(
    *,
    lists: RequestLists,
    by: Notifier,
    now: Callable[[], datetime],
    seconds_left: Callable[[], float],
    pause: Callable[[float], None] = time.sleep,
) -> int:
    """Mail all that is due, the longest owed first, at the pace that the producers' approvers can take.

    Returns:
        How many mails went out.

    Raises:
        TryAgain: an outage; what could not be mailed stays owed.
        LakeshareError: nobody would see one of these requests, and its wait was ended by that name.
    """

    def is_patient() -> bool:
        return seconds_left() > SECONDS_A_MAIL

    sent = 0
    failed: Exception | None = None
    for request_id in lists.mails_due(iso(now())):
        if not is_patient():
            break
        try:
            record = by.register.load(request_id)
            after = _mail(record, by, soon=timedelta(), now=now, pause=pause, is_patient=is_patient)
            sent += record.mail_due_at is not None and after.mail_due_at is None
        except Exception as error:
            failed = error
    if failed is not None:
        raise failed
    return sent


def _with_what_is_owed(record: RequestRecord, again: bool, by: Notifier, now: datetime) -> RequestRecord:
    """The request, with a mail owed too if somebody wants another one or a key has died."""
    if again:
        return as_it_stands(by.register.apply(record.id, mail_wanted(iso(now))))
    approval = by.vault.approval(record.id)
    dead = 0 if approval is None else approval.dead_keys
    if dead <= record.dead_keys:
        return record
    step = key_died(record.dead_keys, dead, iso(now) if dead <= NEW_KEYS else None, iso(now))
    return announce(as_it_stands(by.register.apply(record.id, step)), register=by.register, events=by.events)


def _mail(
    record: RequestRecord,
    by: Notifier,
    *,
    soon: timedelta,
    now: Callable[[], datetime],
    pause: Callable[[float], None],
    is_patient: Callable[[], bool],
) -> RequestRecord:
    """Send the mail that a request is owed, if one is due or will be `soon`, when it is its turn."""
    while _is_owed(record, now(), soon):
        at = now()
        after = _mail_now(record, by, at)
        if after.mail_due_at != record.mail_due_at or not is_patient():
            return after
        pause(1 - at.microsecond / 1e6)
        record = by.register.load(record.id)
    return record


def _is_owed(record: RequestRecord, now: datetime, soon: timedelta) -> bool:
    """Whether a mail is due by then, put off by nobody, that could still be answered."""
    if record.status is not Status.WAITING or record.mail_due_at is None or record.expires_at is None:
        return False
    return moment(record.mail_due_at) - soon <= now < moment(record.expires_at)


def _mail_now(record: RequestRecord, by: Notifier, now: datetime) -> RequestRecord:
    """Send the mail that a request is owed, if it is its turn; put it off if its requester has had all turns."""
    requester = record.requester
    if requester is not None and not by.pace.step(f"mails of {requester.id}", MAILS_A_MINUTE, now):
        return _put_off(record, now.replace(second=0, microsecond=0) + timedelta(minutes=1), by)
    approval = by.vault.approval(record.id)
    token = None if approval is None else approval.token
    try:
        return _send(record, approval, by, now)
    except TryAgain:
        raise
    except Exception as error:
        # The wait ends by the error's name. What an unforeseen one says may hold anything.
        if token is not None:
            # First: no mail may lead to the wait that is over.
            _put_off(by.register.load(record.id), now + AFTER_A_WAIT, by)
            by.workflow.end_wait(token, type(error).__name__, str(error) if isinstance(error, LakeshareError) else "")
        raise


def _put_off(record: RequestRecord, until: datetime, by: Notifier) -> RequestRecord:
    """Have the mail that is owed go out later, unless another one is owed by now."""
    return as_it_stands(by.register.apply(record.id, mail_put_off(record.mail_due_at, iso(until))))


def _send(record: RequestRecord, approval: Approval | None, by: Notifier, now: datetime) -> RequestRecord:
    """Mail what is owed, under a lease; if it is not the producer's turn, or somebody else is at it, nothing.

    Raises:
        NoApprovers, CannotListApprovers, CannotReachProducer, OwnerNotRegistered: nobody would see the request.
        RequesterIsApprover, NoOtherApprover: who asks would see it.
        RegisterUnreadable: what the mail is about, or what guards the decision, is not there.
        TryAgain: an outage.
    """
    classification, due, expires_at = record.classification, record.mail_due_at, record.expires_at
    if classification is None or approval is None or approval.token is None or due is None or expires_at is None:
        raise RegisterUnreadable(
            f"A mail is owed about request {record.id}, but its classification or its task token is not there."
        )
    owner = classification.owner.account_id
    producer = by.parties.producers.get(owner)
    if producer is None:
        raise OwnerNotRegistered(
            f"The data owner, account {owner}, was taken off the config key producers since the request was classified."
        )
    if not by.pace.step(f"mails to {owner}", MAILS_A_SECOND, now, seconds=1):
        return record
    until = iso(now + LEASE)
    # Only who put it off has the lease: another one may have put it off to the same millisecond.
    leased = by.register.apply(record.id, mail_put_off(due, until))
    if isinstance(leased, Rejected):
        return as_it_stands(leased)
    try:
        approvers = _mail_approvers(record, classification.fingerprint, producer, by)
        return _note_mail(record, mailed(until, approvers, expires_at, iso(now)), by)
    except TryAgain:
        # Whoever comes next need not wait for the lease to end.
        with suppress(TryAgain):
            by.register.apply(record.id, mail_put_off(until, due))
        raise


def _mail_approvers(record: RequestRecord, fingerprint: str, producer: Producer, by: Notifier) -> int | None:
    """Mail whoever may decide, with a key where links do; returns how many they are, `None` if that is not known."""
    account = by.producers.reach(producer, record.id)
    addresses = account.approvers()
    if addresses is None and not producer.legacy_kit:
        raise CannotListApprovers(
            f"Lakeshare may not list the subscribers of the approval topic in account {producer.account_id}. "
            "The producer's stack must be deployed there, or the producer be marked legacyKit."
        )
    group = by.portal and bool(producer.approvers_group)
    if addresses is not None and not addresses and not group:
        raise NoApprovers(
            "Nobody has confirmed an email subscription to the approval topic in account "
            f"{producer.account_id}, so nobody would ever see this request. The producer must subscribe an "
            "approver and confirm the subscription."
        )
    requester = None if record.requester is None else record.requester.email
    by_links = may_use_links(requester, addresses, portal=by.portal, group=group)
    if not by_links:
        by.vault.close_links(record.id)
    if not by_links or by.parties.decides_signed_in(producer.account_id):
        account.publish(*by.compose(record, None))
        return None if addresses is None else len(addresses)
    key, salt = secrets.token_urlsafe(KEY_BYTES), secrets.token_hex(16)
    approvers = None if addresses is None else tuple(sorted({hash_address(each, salt) for each in addresses}))
    by.vault.add_key(record.id, salt, approvers, SentKey(hash_key(key), record.round, fingerprint))
    account.publish(*by.compose(record, key))
    return None if addresses is None else len(addresses)


def _note_mail(record: RequestRecord, step: Transition, by: Notifier) -> RequestRecord:
    """Note that a mail is out and tell the world of it, if none is owed any more; the request as it then is.

    Where the answer to a write is lost, the client writes once more, and what it wrote itself is in the way: so what
    stands there counts, not whether this write was the one.
    """
    outcome = by.register.apply(record.id, step)
    after, event = as_it_stands(outcome), step.announces
    settled = after.status.is_open and after.mail_due_at is None
    if event is not None and isinstance(outcome, Rejected) and settled and event not in after.owed_events:
        after = as_it_stands(by.register.apply(record.id, owes(event)))
    return announce(after, register=by.register, events=by.events)
