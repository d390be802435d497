"""Sweep: runs on a schedule and closes requests whose execution is gone without having closed them."""

from dataclasses import dataclass
from typing import Any

from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.environment import environment
from handlers.aws.eventbridge import EventBridge
from handlers.aws.log import log
from handlers.aws.stepfunctions import StepFunctions
from handlers.sharing.close import sweep
from handlers.sharing.model.clock import now


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function."""

    register_table: str
    state_machine_arn: str


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Close what nobody else closed. Returns `{"closed": how many}`."""
    settings = environment(Environment)
    closed = sweep(
        register=DynamoRegister(settings.register_table),
        workflow=StepFunctions(settings.state_machine_arn),
        events=EventBridge(),
        at=now(),
    )
    log("swept", "-", closed=closed)
    return {"closed": closed}
