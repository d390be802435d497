"""Grant: reads the catalogue again and grants, if it is still what was classified and approved."""

from dataclasses import dataclass
from typing import Any

from handlers.aws.dynamodb.deliveries import DynamoDeliveries
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.dynamodb.memory import DynamoMemory
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.dynamodb.vault import DynamoVault
from handlers.aws.environment import environment
from handlers.aws.lakeformation import LakeFormation
from handlers.aws.log import log
from handlers.aws.parties import load_parties
from handlers.aws.tagged_catalogue import open_catalogue
from handlers.sharing.grant import grant
from handlers.sharing.memory import RememberingCatalogue
from handlers.sharing.model.errors import Refused
from handlers.sharing.model.parties import Rules


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function; `sensitive_tags` is empty where no LF-Tag is a flag."""

    register_table: str
    vault_table: str
    ledger_table: str
    central_account_id: str
    wildcard_on_approval: bool
    revoke_role_arn: str
    sensitive_tags: str = ""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Grant, or go on granting.

    Args:
        event: `{"request_id", "round", "decision_id", "after"}`; `decision_id` is null where nobody had to approve,
            `after` where no earlier invocation ran out of time.
        context: Lambda's; tells how much time is left.

    Returns:
        `{"outcome": "shared" | "more" | "changed", "round", "decision_id", "after", "message"}`, or
        `{"outcome": "refused", "reason", "message"}`.
    """
    settings = environment(Environment)
    memory = DynamoMemory(settings.register_table)
    request_id = event["request_id"]
    try:
        shared = grant(
            request_id,
            event["decision_id"],
            event["after"],
            rules=Rules(settings.central_account_id, load_parties(), settings.wildcard_on_approval),
            register=DynamoRegister(settings.register_table),
            vault=DynamoVault(settings.vault_table),
            ledger=DynamoLedger(settings.ledger_table),
            deliveries=DynamoDeliveries(settings.ledger_table),
            catalogue=RememberingCatalogue(
                open_catalogue(settings.central_account_id, settings.sensitive_tags), memory
            ),
            lake=LakeFormation(settings.central_account_id, settings.revoke_role_arn),
            memory=memory,
            seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
        )
    except Refused as refused:
        log("refused", request_id, reason=refused.reason)
        return {"outcome": "refused", "reason": refused.reason, "message": str(refused)}
    log("grant", request_id, outcome=shared.progress.value)
    return {
        "outcome": shared.progress.value,
        "round": event["round"],
        "decision_id": event["decision_id"],
        "after": shared.after,
        "message": shared.message,
    }
