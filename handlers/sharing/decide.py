"""Lets an approver decide by a link of the mail and an address that they type."""

import hashlib
import re
import time
from collections.abc import Callable, Set
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto

from handlers.sharing.announce import announce
from handlers.sharing.arbiter import Approver, arbitrate, decision_of
from handlers.sharing.model.announcement import approver_guessing
from handlers.sharing.model.applied import advanced
from handlers.sharing.model.checks import LONGEST_COMMENT
from handlers.sharing.model.clock import moment
from handlers.sharing.model.errors import EndDatePassed, EndTooLate, InvalidInput
from handlers.sharing.model.keys import WRONG_TRIES_A_KEY, Approval, SentKey, same_mailbox
from handlers.sharing.model.record import Action, Decision, RequestRecord
from handlers.sharing.model.term import NO_END, parse_day, shortened_to
from handlers.sharing.model.transition import owes
from handlers.sharing.ports import Events, NotifyCaller, Workflow
from handlers.sharing.stores import Register, Vault

LONGEST_ADDRESS = 254
WRONG_TRIES_AN_HOUR = 10
_ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f.]+(\.[^@\s\x00-\x1f\x7f.]+)+")


class LinkState(Enum):
    """What a link leads to."""

    OPEN = auto()
    UNKNOWN = auto()
    SUPERSEDED = auto()
    DEAD = auto()
    SIGNED_IN = auto()
    DECIDED = auto()
    ENDED = auto()


class Outcome(Enum):
    """What became of a posted decision."""

    RECORDED = auto()
    DECIDED_BEFORE = auto()
    NOT_WRITTEN_YET = auto()
    ENDED = auto()
    NO_ADDRESS = auto()
    WRONG_ADDRESS = auto()
    OWN_REQUEST = auto()
    TOO_MANY_TRIES = auto()
    COMMENT_TOO_LONG = auto()
    NO_DAY = auto()
    DAY_PASSED = auto()
    DAY_TOO_LATE = auto()


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a mail, followed. `record` and what follows are there unless the link is unknown."""

    state: LinkState
    record: RequestRecord | None = None
    approval: Approval | None = None
    key: SentKey | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """A decision as it was posted, with where it came from. `until`: the last day of the access, as it was typed."""

    action: Action
    address: str
    comment: str
    ip: str
    user_agent: str
    until: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a posted decision; `decision`: the one that stands, if it is known; `reveal`: to this person."""

    outcome: Outcome
    record: RequestRecord
    decision: Decision | None = None
    reveal: bool = False


def follow(request_id: str, key: str, *, signed_in: Set[str], register: Register, vault: Vault, now: datetime) -> Link:
    """Find out what a link leads to, by what the config says now of who decides how. Changes nothing."""
    approval = vault.approval(request_id)
    sent = approval.key(key) if approval else None
    record = register.find(request_id) if sent else None
    if approval is None or sent is None or record is None:
        return Link(LinkState.UNKNOWN)
    return Link(_state(record, approval, sent, signed_in, now), record, approval, sent)


def _state(record: RequestRecord, approval: Approval, sent: SentKey, signed_in: Set[str], now: datetime) -> LinkState:
    if record.decision is not None and record.decision.fingerprint == sent.fingerprint:
        return LinkState.DECIDED
    if not record.status.is_open:
        return LinkState.ENDED
    if sent.round != record.round:
        return LinkState.SUPERSEDED
    if now >= moment(approval.expires_at) or approval.token is None:
        return LinkState.ENDED
    if approval.approvers == () or (record.owner and record.owner.account_id in signed_in):
        return LinkState.SIGNED_IN
    return LinkState.DEAD if sent.is_dead else LinkState.OPEN


def wants_new_key(link: Link) -> bool:
    """Whether Notify has not heard yet that the key of this link is dead."""
    if link.state is not LinkState.DEAD or link.record is None or link.approval is None:
        return False
    return link.approval.dead_keys > link.record.dead_keys


def decide(
    link: Link,
    posted: Posted,
    *,
    register: Register,
    vault: Vault,
    workflow: Workflow,
    events: Events,
    notify: NotifyCaller,
    now: datetime,
    pause: Callable[[float], None] = time.sleep,
) -> Answer:
    """Take a posted decision on a link that is `OPEN`, or say to its poster why not.

    Args:
        link: what `follow` found; `OPEN` or `DECIDED`.
        posted: the decision.
        register, vault, workflow, events, notify: ports.
        now: the time of the decision.
        pause: waits some seconds while the workflow writes a rival's decision down.

    Raises:
        DecisionNotKnown: it may have been taken; nothing is lost, and the person can post again.
        TryAgain: it was not taken; likewise.
    """
    record, approval, key = link.record, link.approval, link.key
    if record is None or approval is None or key is None:
        raise ValueError("decide needs a link that leads to a request")
    address = posted.address.strip()
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        return Answer(Outcome.NO_ADDRESS, record)
    if len(posted.comment) > LONGEST_COMMENT:
        return Answer(Outcome.COMMENT_TOO_LONG, record)
    until = _until_of(link, posted, record, now)
    if isinstance(until, Outcome):
        return Answer(until, record)
    refusal = _check_address(
        address, posted.ip, record, approval, key, register=register, vault=vault, events=events, notify=notify, now=now
    )
    if link.state is LinkState.DECIDED:
        return Answer(
            Outcome.DECIDED_BEFORE, record, record.decision, reveal=refusal is None and approval.approvers is not None
        )
    if refusal is not None:
        return Answer(refusal, record)
    if record.requester is not None and same_mailbox(record.requester.email, address):
        return Answer(Outcome.OWN_REQUEST, record)
    by = Approver(address, "unverified" if approval.approvers is None else "mailbox", posted.ip, posted.user_agent)
    ruling = arbitrate(
        decision_of(
            by, posted.action, posted.comment, until, request_id=record.id, fingerprint=key.fingerprint, now=now
        ),
        record,
        approval.token,
        register=register,
        vault=vault,
        workflow=workflow,
        pause=pause,
    )
    decision = ruling.decision
    return Answer(Outcome[ruling.outcome.name], ruling.record, decision, reveal=decision is not None)


def _until_of(link: Link, posted: Posted, record: RequestRecord, now: datetime) -> date | Outcome | None:
    """The last day that an approval gives, if it names one, or what is wrong with it."""
    if link.state is not LinkState.OPEN or posted.action == "deny" or not posted.until.strip():
        return None
    try:
        return shortened_to(parse_day(posted.until.strip(), "until"), record.term or NO_END, now)
    except InvalidInput:
        return Outcome.NO_DAY
    except EndDatePassed:
        return Outcome.DAY_PASSED
    except EndTooLate:
        return Outcome.DAY_TOO_LATE


def _check_address(
    address: str,
    ip: str,
    record: RequestRecord,
    approval: Approval,
    key: SentKey,
    *,
    register: Register,
    vault: Vault,
    events: Events,
    notify: NotifyCaller,
    now: datetime,
) -> Outcome | None:
    """`None` if `address` may decide. Counts before it compares, so that guesses made at once are all counted."""
    if approval.approvers is None:
        return None
    who = hashlib.sha256(f"{approval.salt}|{ip}|{now:%Y-%m-%dT%H}".encode()).hexdigest()[:16]
    by_who, by_key = vault.count_try(record.id, key, who)
    dead = by_key > WRONG_TRIES_A_KEY
    if approval.knows(address):
        vault.forgive_try(record.id, key, who)
        return Outcome.TOO_MANY_TRIES if dead else None
    if not dead and (by_who == WRONG_TRIES_AN_HOUR or by_key == WRONG_TRIES_A_KEY):
        owed = advanced(register.apply(record.id, owes(approver_guessing(by_key))))
        announce(owed, register=register, events=events)
    if by_key == WRONG_TRIES_A_KEY:
        notify.notify(record.id)
    return Outcome.TOO_MANY_TRIES if dead or by_who > WRONG_TRIES_AN_HOUR else Outcome.WRONG_ADDRESS
