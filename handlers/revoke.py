"""Revoke: ends shares, holds what must not be shared, and takes back what ended shares were granted."""

from dataclasses import asdict, dataclass
from typing import Any

from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.environment import environment
from handlers.aws.eventbridge import EventBridge
from handlers.aws.lf_revokes import LakeFormationGrants
from handlers.aws.log import log
from handlers.sharing.model.clock import now
from handlers.sharing.model.revocation import MOST_NAMED, Report, Work, parse_revocation
from handlers.sharing.revoke import Look, Revoker, plan
from handlers.sharing.take_back import take_back

MOST_REPORTED = 20
"""So many shares a dry run shows: Step Functions passes 256 KB on."""


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function."""

    register_table: str
    ledger_table: str
    central_account_id: str


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Plan what is to be ended, or take back.

    Args:
        event: `{"run", "began", "input", "look", "failed"}` to plan: the execution, its start, its input, what came
            before this (see `Look`), and which shares could not be taken back and why; or `{"run", "work", "failed"}`
            to take back.
        context: Lambda's; tells how much time is left, and which invocation this is.

    Returns:
        `{"next": "revoke" | "settle" | "done", "work", "failed", "reports", "shares_total"}`; of what was taken back
        `{"next": "more" | "plan", "work", "failed"}`.
    """
    settings = environment(Environment)
    ledger, events, run = DynamoLedger(settings.ledger_table), EventBridge(), event["run"]
    if "work" in event:
        taken = take_back(
            [Work(**each) for each in event["work"]],
            ledger=ledger,
            grants=LakeFormationGrants(settings.central_account_id),
            events=events,
            holder=context.aws_request_id,
            seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
        )
        log("taken back", run, left=len(taken.left), failed=sorted(taken.failed), of=len(event["work"]))
        return {
            "next": "more" if taken.left else "plan",
            "work": [asdict(each) for each in taken.left],
            "failed": {**event["failed"], **taken.failed},
        }
    planned = plan(
        parse_revocation(event["input"]),
        run,
        event["began"],
        Look(event["look"]),
        event["failed"],
        by=Revoker(DynamoRegister(settings.register_table), ledger, events),
        at=now(),
    )
    log("planned", run, next=planned.next.value, work=len(planned.work), ended=planned.ended)
    return {
        "next": planned.next.value,
        "work": [asdict(each) for each in planned.work],
        "failed": event["failed"],
        "reports": [_shown(each) for each in planned.reports[:MOST_REPORTED]],
        "shares_total": len(planned.reports),
    }


def _shown(report: Report) -> dict[str, Any]:
    """What a dry run says of a share: the first of its resources by name."""
    return {
        "share": report.share,
        "consumer": report.consumer,
        "ends": [str(each) for each in report.ends[:MOST_NAMED]],
        "ends_total": len(report.ends),
        "stays": [{"what": str(each), "through": by} for each, by in list(report.stays.items())[:MOST_NAMED]],
        "stays_total": len(report.stays),
        "summary": str(report),
    }
