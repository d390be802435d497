"""The findings API: shows what drift found to who may see it, and settles it for who may."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from handlers.api.answers import Answer
from handlers.api.calls import Call
from handlers.api.findings import MOST_SHOWN, adopted, finding
from handlers.api.routes import answer_call
from handlers.aws.dynamodb.findings import DynamoFindings
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.environment import environment
from handlers.aws.log import log
from handlers.aws.parties import load_parties
from handlers.aws.people import standings
from handlers.aws.stepfunctions import RevokeRuns, StepFunctions
from handlers.sharing.adopt import Adopter
from handlers.sharing.adopt_many import adopt_many
from handlers.sharing.approvers import Standings
from handlers.sharing.model.clock import now
from handlers.sharing.model.person import Person
from handlers.sharing.model.settlement import parse_adoption, parse_settlement
from handlers.sharing.settle import Settler, findings_for, settle


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function, beside those of `handlers.aws.people`; `adopted_until` is empty where none is set."""

    register_table: str
    ledger_table: str
    state_machine_arn: str
    revoke_state_machine_arn: str
    adopted_until: str = ""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one call of the HTTP API."""
    routes = {"GET /findings": _list, "POST /findings/{id}/settle": _settle, "POST /findings/adopt": _adopt}
    return answer_call(
        event,
        routes,
        standing=lambda person: _known().looking(person),
        settings=lambda: environment(Environment),
        log=log,
    )


def _known() -> Standings:
    """Finds out what people are in this stack."""
    return standings(load_parties())


def _list(_call: Call, person: Person, settings: Environment) -> Answer:
    found = findings_for(person, findings=DynamoFindings(settings.ledger_table), standings=_known())
    return Answer(200, {"findings": [finding(each) for each in found[:MOST_SHOWN]], "total": len(found)})


def _settle(call: Call, person: Person, settings: Environment) -> Answer:
    wish = parse_settlement(call.parameters["id"], call.document())
    after = settle(wish, person, by=_settler(settings), at=now())
    log("finding settled", "-", finding=after.id, action=wish.action.value)
    return Answer(200, finding(after))


def _adopt(call: Call, person: Person, settings: Environment) -> Answer:
    wish = parse_adoption(call.document())
    came = adopt_many(wish, person, by=_settler(settings), now=now)
    if wish.seen is not None:
        log("findings adopted", "-", adopted=len(came.findings), to_do=came.to_do)
    return Answer(200, adopted(came))


def _settler(settings: Environment) -> Settler:
    adopter = Adopter(
        DynamoRegister(settings.register_table),
        DynamoLedger(settings.ledger_table),
        load_parties(),
        date.fromisoformat(settings.adopted_until) if settings.adopted_until else None,
    )
    return Settler(
        findings=DynamoFindings(settings.ledger_table),
        adopter=adopter,
        standings=_known(),
        revokes=RevokeRuns(settings.revoke_state_machine_arn),
        workflow=StepFunctions(settings.state_machine_arn),
    )
