"""Close: every end of every request. Last task of the workflow; the rule on dead executions and Sweep call it too."""

from dataclasses import dataclass
from typing import Any

from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.dynamodb.vault import DynamoVault
from handlers.aws.environment import environment
from handlers.aws.eventbridge import EventBridge
from handlers.aws.log import log
from handlers.sharing.close import close, ending_of, ending_of_execution


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function."""

    register_table: str
    vault_table: str


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Close a request, whoever asks, however often.

    Args:
        event: from the workflow `{"request_id", "started_at", "ending"}`, the ending being the last state's data;
            EventBridge's "Step Functions Execution Status Change"; or from Sweep
            `{"request_id", "started_at", "execution_status"}`.

    Returns:
        The execution's output: `{"status", "request_id", "reason", "message"}`.
    """
    settings = environment(Environment)
    register, vault = DynamoRegister(settings.register_table), DynamoVault(settings.vault_table)
    if "detail" in event:
        request_id, started_at = event["detail"]["name"], None
        ending = ending_of_execution(event["detail"]["status"])
    else:
        request_id, started_at = event["request_id"], event["started_at"]
        if "execution_status" in event:
            ending = ending_of_execution(event["execution_status"])
        else:
            ending = ending_of(request_id, event["ending"], vault)
    record = close(request_id, started_at, ending, register=register, vault=vault, events=EventBridge())
    log("closed", record.id, status=record.status.value, reason=record.reason)
    return {
        "status": record.status.value,
        "request_id": record.id,
        "reason": record.reason,
        "message": record.message,
    }
