"""Lets an approver decide. Only reads the register: decisions go into the vault, for Grant and Close to find.

Step Functions is the one arbiter: the first decision that it takes is the decision.
"""

import hashlib
import re
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from handlers.sharing.model.announcement import approver_guessing
from handlers.sharing.model.clock import iso, moment
from handlers.sharing.model.keys import Approval, SentKey, normal_address
from handlers.sharing.model.record import Action, Decision, RequestRecord
from handlers.sharing.ports import Events, Register, Vault, Workflow

LONGEST_ADDRESS = 254
LONGEST_COMMENT = 2000
WRONG_TRIES_AN_HOUR = 10
WRONG_TRIES_IN_ALL = 100
_ADDRESS = re.compile(r"[^@\s\x00-\x1f\x7f]+@[^@\s\x00-\x1f\x7f.]+(\.[^@\s\x00-\x1f\x7f.]+)+")


class LinkState(Enum):
    """What a link leads to."""

    OPEN = auto()
    UNKNOWN = auto()
    SUPERSEDED = auto()
    DECIDED = auto()
    ENDED = auto()


class Outcome(Enum):
    """What became of a posted decision."""

    RECORDED = auto()
    DECIDED_BEFORE = auto()
    ENDED = auto()
    NO_ADDRESS = auto()
    WRONG_ADDRESS = auto()
    OWN_REQUEST = auto()
    TOO_MANY_TRIES = auto()
    COMMENT_TOO_LONG = auto()


@dataclass(frozen=True, slots=True)
class Link:
    """A link of a mail, followed. `record` and what follows are there unless the link is unknown."""

    state: LinkState
    record: RequestRecord | None = None
    approval: Approval | None = None
    key: SentKey | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """A decision as it was posted, with where it came from."""

    action: Action
    address: str
    comment: str
    ip: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a posted decision; `decision`: the one that stands, if it is known; `reveal`: to this person."""

    outcome: Outcome
    record: RequestRecord
    decision: Decision | None = None
    reveal: bool = False


def follow(request_id: str, key: str, *, register: Register, vault: Vault, now: datetime) -> Link:
    """Find out what a link leads to. Changes nothing."""
    approval = vault.approval(request_id)
    sent = approval.key(key) if approval else None
    record = register.find(request_id) if sent else None
    if approval is None or sent is None or record is None:
        return Link(LinkState.UNKNOWN)
    return Link(_state(record, approval, sent, now), record, approval, sent)


def _state(record: RequestRecord, approval: Approval, sent: SentKey, now: datetime) -> LinkState:
    if record.decision is not None and record.decision.fingerprint == sent.fingerprint:
        return LinkState.DECIDED
    if not record.status.is_open:
        return LinkState.ENDED
    if sent.round != record.round:
        return LinkState.SUPERSEDED
    return LinkState.ENDED if now >= moment(approval.expires_at) or approval.token is None else LinkState.OPEN


def decide(
    link: Link,
    posted: Posted,
    *,
    register: Register,
    vault: Vault,
    workflow: Workflow,
    events: Events,
    now: datetime,
    pause: Callable[[float], None] = time.sleep,
) -> Answer:
    """Take a posted decision on a link that is `OPEN`, or say to its poster why not.

    Args:
        link: what `follow` found; `OPEN` or `DECIDED`.
        posted: the decision.
        register, vault, workflow, events: ports.
        now: the time of the decision.
        pause: waits some seconds while the workflow writes a rival's decision down.

    Raises:
        TryAgain: nothing is lost; the person can post again.
    """
    record, approval, key = link.record, link.approval, link.key
    if record is None or approval is None or key is None:
        raise ValueError("decide needs a link that leads to a request")
    address = posted.address.strip()
    if len(address) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(address):
        return Answer(Outcome.NO_ADDRESS, record)
    if len(posted.comment) > LONGEST_COMMENT:
        return Answer(Outcome.COMMENT_TOO_LONG, record)
    refusal = _check_address(address, posted.ip, record, approval, vault=vault, events=events, now=now)
    if link.state is LinkState.DECIDED:
        return Answer(
            Outcome.DECIDED_BEFORE, record, record.decision, reveal=refusal is None and approval.approvers is not None
        )
    if refusal is not None:
        return Answer(refusal, record)
    if record.requester is not None and normal_address(record.requester.email) == normal_address(address):
        return Answer(Outcome.OWN_REQUEST, record)
    decision = Decision(
        id=secrets.token_hex(16),
        request_id=record.id,
        fingerprint=key.fingerprint,
        action=posted.action,
        approver=address,
        approver_verified=approval.approvers is not None,
        comment=posted.comment.strip(),
        at=iso(now),
        ip=posted.ip,
        user_agent=posted.user_agent[:256],
    )
    vault.save_decision(decision)
    token = approval.token
    while token is not None:
        if workflow.send_decision(token, posted.action, decision.id):
            return Answer(Outcome.RECORDED, record, decision, reveal=True)
        token = _newer_token(record.id, token, key, vault)
    return _who_was_first(record, decision, register, pause)


def _check_address(
    address: str,
    ip: str,
    record: RequestRecord,
    approval: Approval,
    *,
    vault: Vault,
    events: Events,
    now: datetime,
) -> Outcome | None:
    """`None` if `address` may decide. Counts before it compares, so that guesses made at once are all counted."""
    if approval.approvers is None:
        return None
    who = hashlib.sha256(f"{approval.salt}|{ip}|{now:%Y-%m-%dT%H}".encode()).hexdigest()[:16]
    by_who, in_all = vault.count_try(record.id, who)
    if in_all > WRONG_TRIES_IN_ALL:
        return Outcome.TOO_MANY_TRIES
    if approval.knows(address):
        vault.forgive_try(record.id, who)
        return None
    if by_who == WRONG_TRIES_AN_HOUR or in_all == WRONG_TRIES_IN_ALL:
        events.announce(approver_guessing(in_all), record)
    return Outcome.TOO_MANY_TRIES if by_who > WRONG_TRIES_AN_HOUR else Outcome.WRONG_ADDRESS


def _newer_token(request_id: str, refused: str, key: SentKey, vault: Vault) -> str | None:
    """The token of a retried attempt that has replaced the `refused` one meanwhile, if it waits for the same answer."""
    approval = vault.approval(request_id)
    if approval is None or approval.token == refused or approval.keys[-1].round != key.round:
        return None
    return approval.token


def _who_was_first(record: RequestRecord, mine: Decision, register: Register, pause: Callable[[float], None]) -> Answer:
    """The workflow waits no more: find the decision that it took. It writes it down a moment after it took it."""
    for seconds in (0.0, 0.1, 0.2, 0.4, 0.8, 1.0):
        pause(seconds)
        record = register.load(record.id)
        winner = record.decision
        if winner is not None and winner.fingerprint == mine.fingerprint:
            # Our own decision may have won although the answer to it was lost on the way.
            outcome = Outcome.RECORDED if winner.id == mine.id else Outcome.DECIDED_BEFORE
            return Answer(outcome, record, winner, reveal=True)
        if not record.status.is_open:
            return Answer(Outcome.ENDED, record)
    return Answer(Outcome.DECIDED_BEFORE, record)
