"""RequestApproval: lets a request wait, with a task token, until its owner decides. Notify mails the owner."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.dynamodb.vault import DynamoVault
from handlers.aws.environment import environment
from handlers.aws.log import log
from handlers.aws.notifying import NotifyFunction
from handlers.sharing.model.clock import now
from handlers.sharing.request_approval import request_approval


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function."""

    register_table: str
    vault_table: str
    notify_function: str


def handler(event: dict[str, Any], _context: object) -> None:
    """Let a request wait for its owner. The answer is not read: refusals are raised, and the state machine names them.

    Args:
        event: `{"request_id", "token", "timeout_seconds"}`; the token of the waiting task goes into the vault and
            nowhere else, and the mail tells how long that task waits, which another release may have settled.
    """
    settings = environment(Environment)
    request_approval(
        event["request_id"],
        event["token"],
        register=DynamoRegister(settings.register_table),
        vault=DynamoVault(settings.vault_table),
        notify=NotifyFunction(settings.notify_function),
        timeout=timedelta(seconds=event["timeout_seconds"]),
        now=now(),
    )
    log("approval requested", event["request_id"])
