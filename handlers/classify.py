"""Classify: writes a request down and decides whether a person must approve it. First task of the workflow."""

from dataclasses import dataclass
from typing import Any

from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.environment import environment
from handlers.aws.eventbridge import EventBridge
from handlers.aws.glue import GlueCatalogue
from handlers.aws.lakeformation import LakeFormation
from handlers.aws.log import log
from handlers.aws.parties import load_parties
from handlers.sharing.classify import classify
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import Refused
from handlers.sharing.model.parties import Rules
from handlers.sharing.model.record import RequestRecord, Status


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function."""

    register_table: str
    central_account_id: str
    wildcard_on_approval: bool


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Classify a request.

    Args:
        event: `{"request_id", "execution_arn", "started_at", "round", "input"}`, the input as the execution got it.

    Returns:
        `{"outcome": "grant" | "needs_approval", "round", "decision_id": null, "after": null}`, or
        `{"outcome": "refused", "reason", "message"}`.
    """
    settings = environment(Environment)
    came = RequestRecord(
        id=event["request_id"],
        status=Status.RECEIVED,
        received_at=iso(now()),
        execution_arn=event["execution_arn"],
        started_at=event["started_at"],
    )
    try:
        classification = classify(
            came,
            event["input"],
            event["round"],
            rules=Rules(settings.central_account_id, load_parties(), settings.wildcard_on_approval),
            register=DynamoRegister(settings.register_table),
            catalogue=GlueCatalogue(settings.central_account_id),
            lake=LakeFormation(),
            events=EventBridge(),
        )
    except Refused as refused:
        log("refused", came.id, reason=refused.reason)
        return {"outcome": "refused", "reason": refused.reason, "message": str(refused)}
    outcome = "needs_approval" if classification.needs_approval else "grant"
    log("classified", came.id, outcome=outcome, grounds=classification.grounds_total)
    return {"outcome": outcome, "round": event["round"], "decision_id": None, "after": None}
