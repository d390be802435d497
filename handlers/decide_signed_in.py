"""The deciding API: shows approvers who are signed in what waits for them, and takes their decisions."""

from dataclasses import dataclass
from typing import Any

from handlers.api.answers import Answer
from handlers.api.calls import Call
from handlers.api.decisions import decided, question, waiting_list
from handlers.api.routes import answer_call
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.dynamodb.lists import DynamoLists
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.dynamodb.vault import DynamoVault
from handlers.aws.environment import environment
from handlers.aws.log import log
from handlers.aws.parties import load_parties
from handlers.aws.people import standings
from handlers.aws.stepfunctions import StepFunctions
from handlers.sharing.approvers import Standings
from handlers.sharing.decide_signed_in import decide_signed_in, look, waiting_for
from handlers.sharing.model.clock import now
from handlers.sharing.model.new_decision import parse_decision
from handlers.sharing.model.person import Person


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function, beside those of `handlers.aws.people`."""

    register_table: str
    vault_table: str
    ledger_table: str


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one call of the HTTP API."""
    routes = {
        "GET /decisions": _list,
        "GET /requests/{id}/decision": _look,
        "POST /requests/{id}/decision": _decide,
    }
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
    waiting = waiting_for(person, _known(), DynamoLists(settings.register_table))
    return Answer(200, waiting_list(waiting))


def _look(call: Call, person: Person, settings: Environment) -> Answer:
    found = look(
        call.parameters["id"],
        person,
        _known(),
        register=DynamoRegister(settings.register_table),
        ledger=DynamoLedger(settings.ledger_table),
    )
    owner = found.record.owner
    producer = load_parties().producers.get(owner.account_id) if owner else None
    return Answer(200, question(found, person, producer.approvers_group if producer else "", now()))


def _decide(call: Call, person: Person, settings: Environment) -> Answer:
    http = call.event["requestContext"]["http"]
    new = parse_decision(call.document())
    ruling = decide_signed_in(
        call.parameters["id"],
        new,
        person,
        _known(),
        ip=http["sourceIp"],
        user_agent=http.get("userAgent", ""),
        register=DynamoRegister(settings.register_table),
        vault=DynamoVault(settings.vault_table),
        workflow=StepFunctions(),
        now=now(),
    )
    log("decision taken", ruling.record.id, action=new.action)
    return Answer(200, decided(ruling.record, ruling.decision, person))
