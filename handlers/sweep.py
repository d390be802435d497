"""Sweep: runs on a schedule, has requests closed whose execution is gone, and sees to what is due of shares."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handlers.aws.closing import CloseFunction
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.dynamodb.lists import DynamoLists
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.environment import environment
from handlers.aws.eventbridge import EventBridge
from handlers.aws.log import log, measure
from handlers.aws.stepfunctions import RevokeRuns, StepFunctions
from handlers.sharing.due import Due, Seers, see_to_due
from handlers.sharing.model.clock import now
from handlers.sharing.model.errors import LakeshareError, SweepIncomplete
from handlers.sharing.share_stores import Ledger
from handlers.sharing.sweep import Swept, sweep


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function."""

    register_table: str
    state_machine_arn: str
    close_function: str
    longest_run_seconds: int
    ledger_table: str
    revoke_state_machine_arn: str
    sweep_every_minutes: int


def handler(_event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Have closed what nobody else closed, and see to what is due of shares; if one fails, the other is done.

    Args:
        context: Lambda's; tells how much time is left.

    Returns:
        `{"closed": how many requests, "due": how many shares}`.

    Raises:
        SweepIncomplete: some requests or shares could not be seen to, which the alarm `sweep-errors` tells; the log
            names each.
    """
    settings = environment(Environment)
    try:
        # The more pressing of the two.
        due = _see_to_shares(settings, lambda: context.get_remaining_time_in_millis() / 1000)
    finally:
        swept = _close_requests(settings)
    if swept.left or due.left:
        raise SweepIncomplete(
            f"{len(swept.left)} request(s) and {len(due.left)} share(s) could not be seen to; the log names each."
        )
    return {"closed": swept.closed, "due": due.shares}


def _see_to_shares(settings: Environment, seconds_left: Callable[[], float]) -> Due:
    ledger = DynamoLedger(settings.ledger_table)
    due = see_to_due(
        by=Seers(
            ledger,
            DynamoRegister(settings.register_table),
            RevokeRuns(settings.revoke_state_machine_arn),
            EventBridge(),
        ),
        every=timedelta(minutes=settings.sweep_every_minutes),
        at=now(),
        seconds_left=seconds_left,
    )
    measure(SharesDue=due.shares, SharesOverdue=due.overdue, **_live(ledger))
    for each in due.left:
        log("share not seen to", each.share, error=each.error.reason, cause=str(each.error))
    return due


def _live(ledger: Ledger) -> dict[str, int]:
    """How many shares are live, for the dashboard; nothing that Sweep does fails for it."""
    try:
        live = ledger.live_at_last_count()
    except LakeshareError as error:
        log("live shares not counted", "-", error=error.reason, cause=str(error))
        return {}
    return {} if live is None else {"SharesLive": live}


def _close_requests(settings: Environment) -> Swept:
    swept = sweep(
        lists=DynamoLists(settings.register_table),
        workflow=StepFunctions(settings.state_machine_arn),
        closer=CloseFunction(settings.close_function),
        longest_run=timedelta(seconds=settings.longest_run_seconds),
        at=now(),
    )
    log("swept", "-", closed=swept.closed, left=len(swept.left))
    for each in swept.left:
        log("request not swept", each.request_id, error=each.error.reason, cause=str(each.error))
    return swept
