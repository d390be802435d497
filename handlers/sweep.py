"""Sweep: runs on a schedule and has requests closed whose execution is gone without having closed them."""

from dataclasses import dataclass
from typing import Any

from handlers.aws.closing import CloseFunction
from handlers.aws.dynamodb.lists import DynamoLists
from handlers.aws.environment import environment
from handlers.aws.log import log
from handlers.aws.stepfunctions import StepFunctions
from handlers.sharing.model.clock import now
from handlers.sharing.sweep import sweep


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function."""

    register_table: str
    state_machine_arn: str
    close_function: str


def handler(_event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Have closed what nobody else closed. Returns `{"closed": how many}`."""
    settings = environment(Environment)
    closed = sweep(
        lists=DynamoLists(settings.register_table),
        workflow=StepFunctions(settings.state_machine_arn),
        closer=CloseFunction(settings.close_function),
        at=now(),
    )
    log("swept", "-", closed=closed)
    return {"closed": closed}
