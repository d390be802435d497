"""Classify: writes a request down and decides whether a person must approve it. First task of the workflow."""

from dataclasses import dataclass
from typing import Any

from handlers.aws.dynamodb.claims import DynamoClaims
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.dynamodb.memory import DynamoMemory
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.environment import environment
from handlers.aws.eventbridge import EventBridge
from handlers.aws.lakeformation import LakeFormation
from handlers.aws.log import log
from handlers.aws.parties import load_parties
from handlers.aws.tagged_catalogue import open_catalogue
from handlers.sharing.already_shared import told_already
from handlers.sharing.classify import classify
from handlers.sharing.memory import RememberingCatalogue
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import Refused
from handlers.sharing.model.parties import DirectRequests, Rules
from handlers.sharing.model.record import RequestRecord, Status
from handlers.sharing.model.share import Share


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function; `sensitive_tags` is empty where no LF-Tag is a flag."""

    register_table: str
    ledger_table: str
    central_account_id: str
    wildcard_on_approval: bool
    direct_requests: str
    sensitive_tags: str = ""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Classify a request.

    Args:
        event: `{"request_id", "execution_arn", "started_at", "round", "input"}`, the input as the execution got it.

    Returns:
        `{"outcome": "grant" | "needs_approval", "round", "decision_id": null, "after": null}`,
        `{"outcome": "shared", "message"}` where the account has it already, or
        `{"outcome": "refused", "reason", "message"}`.
    """
    settings = environment(Environment)
    memory = DynamoMemory(settings.register_table)
    came = RequestRecord(
        id=event["request_id"],
        status=Status.RECEIVED,
        received_at=iso(now()),
        execution_arn=event["execution_arn"],
        started_at=event["started_at"],
    )
    try:
        found = classify(
            came,
            event["input"],
            event["round"],
            rules=Rules(settings.central_account_id, load_parties(), settings.wildcard_on_approval),
            direct=DirectRequests(settings.direct_requests),
            register=DynamoRegister(settings.register_table),
            claims=DynamoClaims(settings.register_table),
            ledger=DynamoLedger(settings.ledger_table),
            catalogue=RememberingCatalogue(
                open_catalogue(settings.central_account_id, settings.sensitive_tags), memory
            ),
            lake=LakeFormation(),
            memory=memory,
            events=EventBridge(),
        )
    except Refused as refused:
        log("refused", came.id, reason=refused.reason)
        return {"outcome": "refused", "reason": refused.reason, "message": str(refused)}
    if isinstance(found, Share):
        log("shared already", came.id, share=found.id)
        return {"outcome": "shared", "message": told_already(found)}
    outcome = "needs_approval" if found.needs_approval else "grant"
    log("classified", came.id, outcome=outcome, grounds=found.grounds_total)
    return {"outcome": outcome, "round": event["round"], "decision_id": None, "after": None}
