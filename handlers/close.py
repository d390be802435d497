"""Close: every end of every request. Last task of the workflow; the rule on dead executions and Sweep call it too."""

from dataclasses import dataclass
from typing import Any

from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.dynamodb.vault import DynamoVault
from handlers.aws.environment import environment
from handlers.aws.eventbridge import EventBridge
from handlers.aws.log import log
from handlers.sharing.close import announce_owed, close, ending_of, ending_of_execution
from handlers.sharing.model.remains import told


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function."""

    register_table: str
    vault_table: str
    ledger_table: str


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Close a request, whoever asks, however often.

    Args:
        event: from the workflow `{"request_id", "started_at", "ending"}`, the ending being the last state's data;
            EventBridge's "Step Functions Execution Status Change"; or from Sweep
            `{"request_id", "started_at", "execution_status"}`, or `{"request_id", "owed": true}` for the events that
            are owed of a request.

    Returns:
        The execution's output: `{"status", "request_id", "reason", "message"}`; the message says what is taken back.
        Of owed events `{"announced": the request's id}`.
    """
    settings = environment(Environment)
    register, vault = DynamoRegister(settings.register_table), DynamoVault(settings.vault_table)
    ledger, events = DynamoLedger(settings.ledger_table), EventBridge()
    if "owed" in event:
        record = announce_owed(event["request_id"], register=register, vault=vault, ledger=ledger, events=events)
        log("announced", record.id)
        return {"announced": record.id}
    if "detail" in event:
        request_id, started_at = event["detail"]["name"], None
        ending = ending_of_execution(event["detail"]["status"])
    else:
        request_id, started_at = event["request_id"], event["started_at"]
        if "execution_status" in event:
            ending = ending_of_execution(event["execution_status"])
        else:
            ending = ending_of(request_id, event["ending"], vault)
    record = close(request_id, started_at, ending, register=register, vault=vault, ledger=ledger, events=events)
    log("closed", record.id, status=record.status.value, reason=record.reason)
    return {
        "status": record.status.value,
        "request_id": record.id,
        "reason": record.reason,
        "message": told(record),
    }
