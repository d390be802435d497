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
from handlers.sharing.intake import take_in
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import Refused
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
        `{"outcome": "share" | "ask", "round", "decision_id": null, "after": null}`, or
        `{"outcome": "refused", "reason", "message"}`.
    """
    settings = environment(Environment)
    received = RequestRecord(
        id=event["request_id"],
        status=Status.RECEIVED,
        received_at=iso(now()),
        execution_arn=event["execution_arn"],
        started_at=event["started_at"],
    )
    try:
        classification = take_in(
            received,
            event["input"],
            event["round"],
            central_account=settings.central_account_id,
            register=DynamoRegister(settings.register_table),
            catalogue=GlueCatalogue(settings.central_account_id),
            lake=LakeFormation(),
            parties=load_parties(),
            events=EventBridge(),
            wildcard_on_approval=settings.wildcard_on_approval,
        )
    except Refused as refused:
        log("refused", received.id, reason=refused.reason)
        return {"outcome": "refused", "reason": refused.reason, "message": str(refused)}
    outcome = "ask" if classification.needs_approval else "share"
    log("classified", received.id, outcome=outcome, grounds=classification.grounds_total)
    return {"outcome": outcome, "round": event["round"], "decision_id": None, "after": None}
