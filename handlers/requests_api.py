"""The requests API: takes requests, and shares given back, from people who are signed in; shows them and executions."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from handlers.api.answers import Answer
from handlers.api.calls import Call
from handlers.api.executions import executions_page, one_execution
from handlers.api.lists import cursor, read_query
from handlers.api.me import me
from handlers.api.routes import answer_call
from handlers.api.shapes import detail, row, share
from handlers.aws.dynamodb.claims import DynamoClaims
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.dynamodb.lists import DynamoLists
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.environment import environment
from handlers.aws.log import log
from handlers.aws.parties import load_parties
from handlers.aws.people import standings
from handlers.aws.stepfunctions import RevokeRuns, StepFunctions
from handlers.sharing.approvers import Standings
from handlers.sharing.give_back import give_back
from handlers.sharing.model.clock import now
from handlers.sharing.model.errors import EmailNotVerified
from handlers.sharing.model.new_request import parse_new, parse_reason
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import RequestRecord
from handlers.sharing.own import renewed_share, share_of
from handlers.sharing.submit import list_page, show, submit


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function, beside those of `handlers.aws.people`."""

    register_table: str
    ledger_table: str
    central_account_id: str
    state_machine_arn: str
    revoke_state_machine_arn: str


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one call of the HTTP API."""
    routes = {
        "GET /me": _me,
        "POST /requests": _create,
        "GET /requests": _list,
        "GET /requests/{id}": _show,
        "POST /shares/{id}/give-back": _give_back,
        "GET /executions": _executions,
        "GET /executions/{name}": _execution,
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


def _me(_call: Call, person: Person, _settings: Environment) -> Answer:
    parties = load_parties()
    known = standings(parties)
    email = None
    with suppress(EmailNotVerified):
        email = known.people.email_of(person.id, person.username)
    return Answer(
        200, me(person, email, known.looking(person, parties.producers), parties.producers.values(), parties.kits)
    )


def _create(call: Call, person: Person, settings: Environment) -> Answer:
    new = parse_new(call.document(), settings.central_account_id, load_parties(), now())
    record, made = submit(
        new,
        person,
        register=DynamoRegister(settings.register_table),
        lists=DynamoLists(settings.register_table),
        claims=DynamoClaims(settings.register_table),
        ledger=DynamoLedger(settings.ledger_table),
        standings=_known(),
        workflow=StepFunctions(settings.state_machine_arn),
        at=now(),
    )
    log("request taken", record.id, made=made)
    return _shown(201 if made else 200, record, person, settings)


def _list(call: Call, person: Person, settings: Environment) -> Answer:
    query = read_query(call.query, person)
    lists = DynamoLists(settings.register_table)
    found, position = list_page(
        query.requests,
        query.limit,
        query.after,
        person=person,
        standings=_known(),
        lists=lists,
    )
    parts = lists.parts([each.id for each in found])
    return Answer(
        200, {"requests": [row(each, parts.get(each.id)) for each in found], "next": cursor(query.requests, position)}
    )


def _show(call: Call, person: Person, settings: Environment) -> Answer:
    record = show(call.parameters["id"], person, _known(), DynamoRegister(settings.register_table))
    return _shown(200, record, person, settings)


def _give_back(call: Call, person: Person, settings: Environment) -> Answer:
    after = give_back(
        call.parameters["id"],
        parse_reason(call.document()),
        person,
        register=DynamoRegister(settings.register_table),
        ledger=DynamoLedger(settings.ledger_table),
        standings=_known(),
        revokes=RevokeRuns(settings.revoke_state_machine_arn),
        at=now(),
    )
    log("share given back", after.request_id, share=after.id)
    return Answer(200, share(after))


def _shown(status: int, record: RequestRecord, person: Person, settings: Environment) -> Answer:
    ledger, kits = DynamoLedger(settings.ledger_table), load_parties().kits
    shown = detail(record, share_of(record, ledger), renewed_share(record, ledger), person)
    return Answer(status, {**shown, **({"kit": record.consumer in kits} if kits else {})})


def _executions(call: Call, _person: Person, settings: Environment) -> Answer:
    executions = StepFunctions(settings.state_machine_arn)
    return Answer(200, executions_page(call.query, executions, DynamoLists(settings.register_table)))


def _execution(call: Call, _person: Person, settings: Environment) -> Answer:
    executions = StepFunctions(settings.state_machine_arn)
    return Answer(200, one_execution(call.parameters["name"], executions, DynamoLists(settings.register_table)))
