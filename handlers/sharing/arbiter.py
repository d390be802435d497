"""Passes a person's decision on, however they came to it. It goes into the vault, for Grant and Close to find.

Step Functions is the one arbiter: the first decision that it takes is the decision.
"""

import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum, auto

from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import DecisionNotKnown, RegisterUnreadable, TryAgain
from handlers.sharing.model.record import Action, DecidedBy, Decision, RequestRecord
from handlers.sharing.ports import Workflow
from handlers.sharing.stores import Register, Vault

LONGEST_USER_AGENT = 256


class Verdict(Enum):
    """What became of a decision."""

    RECORDED = auto()
    DECIDED_BEFORE = auto()
    NOT_WRITTEN_YET = auto()
    ENDED = auto()


@dataclass(frozen=True, slots=True)
class Ruling:
    """What became of a decision, the request as it then was, and the decision that stands, if it is known."""

    outcome: Verdict
    record: RequestRecord
    decision: Decision | None = None


@dataclass(frozen=True, slots=True)
class Approver:
    """Who decides, what stands behind their address, and where they are."""

    address: str
    decided_by: DecidedBy
    ip: str
    user_agent: str


def decision_of(
    by: Approver,
    action: Action,
    comment: str,
    until: date | None,
    columns: tuple[str, ...] = (),
    *,
    request_id: str,
    fingerprint: str,
    now: datetime,
) -> Decision:
    """A decision on what has this fingerprint, under an id that nobody can guess."""
    return Decision(
        id=secrets.token_hex(16),
        request_id=request_id,
        fingerprint=fingerprint,
        action=action,
        approver=by.address,
        decided_by=by.decided_by,
        comment=comment.strip(),
        at=iso(now),
        ip=by.ip,
        user_agent=by.user_agent[:LONGEST_USER_AGENT],
        until=None if until is None else until.isoformat(),
        columns=columns,
    )


def arbitrate(
    decision: Decision,
    record: RequestRecord,
    token: str | None,
    *,
    register: Register,
    vault: Vault,
    workflow: Workflow,
    pause: Callable[[float], None],
) -> Ruling:
    """Pass a decision on to the workflow, and find out whether it counts.

    Args:
        decision: what somebody decided who may.
        record: the request, in the round that the decision is about.
        token: the task token, read before `record` was: it never leads to a later round then.
        register, vault, workflow: ports.
        pause: waits some seconds while the workflow writes a rival's decision down.

    Raises:
        DecisionNotKnown: it may have been taken; nothing is lost, and the person can decide again.
        TryAgain: it was not taken; likewise.
    """
    vault.save_decision(decision)
    lost: TryAgain | None = None
    try:
        while token is not None:
            if workflow.send_decision(token, decision.action, decision.id):
                return Ruling(Verdict.RECORDED, record, decision)
            token = _newer_token(record, token, register, vault)
    except TryAgain as error:
        # It may have arrived all the same: what is read from here on tells, or nothing does.
        lost = error
    try:
        ruling = _who_was_first(record, decision, register, pause)
    except (TryAgain, RegisterUnreadable) as error:
        raise DecisionNotKnown(f"Nothing says whether a decision counts: {error}") from error
    if lost is not None and ruling.outcome is Verdict.NOT_WRITTEN_YET:
        raise DecisionNotKnown(f"Nothing says whether a decision counts: {lost}") from lost
    return ruling


def _newer_token(record: RequestRecord, refused: str, register: Register, vault: Vault) -> str | None:
    """The token of a retried attempt that has replaced the `refused` one meanwhile, if it waits for the same answer."""
    approval = vault.approval(record.id)
    if approval is None or approval.token is None or approval.token == refused:
        return None
    # After the token: that of a later round is put away once the register knows of that round. One that cannot be read
    # says nothing, now or when it is asked who was first.
    with suppress(RegisterUnreadable):
        if register.load(record.id).round == record.round:
            return approval.token
    return None


def _who_was_first(record: RequestRecord, mine: Decision, register: Register, pause: Callable[[float], None]) -> Ruling:
    """The workflow waits no more: find the decision that it took. It writes it down a moment after it took it."""
    for seconds in (0.0, 0.1, 0.2, 0.4, 0.8, 1.0):
        pause(seconds)
        record = register.load(record.id)
        winner = record.decision
        if winner is not None and winner.fingerprint == mine.fingerprint:
            # Our own decision may have won although the answer to it was lost on the way.
            outcome = Verdict.RECORDED if winner.id == mine.id else Verdict.DECIDED_BEFORE
            return Ruling(outcome, record, winner)
        if not record.status.is_open:
            return Ruling(Verdict.ENDED, record)
    return Ruling(Verdict.NOT_WRITTEN_YET, record)
