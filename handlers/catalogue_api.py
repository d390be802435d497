"""The catalogue API: what there is to ask for, and what would become of a request. Only looks; changes nothing."""

from dataclasses import dataclass
from typing import Any

from handlers.api.answers import Answer, answered
from handlers.api.calls import Call, read_call
from handlers.api.catalogue import databases_page, one_database, one_table, tables_page
from handlers.api.shapes import prospect
from handlers.aws.environment import environment
from handlers.aws.glue import GlueCatalogue
from handlers.aws.lakeformation import LakeFormation
from handlers.aws.log import log
from handlers.aws.parties import load_parties
from handlers.sharing.model.new_request import parse_question
from handlers.sharing.model.parties import Rules
from handlers.sharing.preview import preview


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function."""

    central_account_id: str
    wildcard_on_approval: bool


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one call of the HTTP API (payload format 2.0), whose authorizer has verified the token."""
    call = read_call(event)
    if call.route == "POST /requests/preview":
        return answered(lambda: _preview(call, environment(Environment)), log)
    return answered(lambda: _browse(call, environment(Environment)), log)


def _preview(call: Call, settings: Environment) -> Answer:
    call.person()
    foreseen = preview(
        parse_question(call.document()),
        rules=Rules(settings.central_account_id, load_parties(), settings.wildcard_on_approval),
        catalogue=GlueCatalogue(settings.central_account_id),
        lake=LakeFormation(),
    )
    return Answer(200, prospect(foreseen))


def _browse(call: Call, settings: Environment) -> Answer:
    call.person()
    routes = {
        "GET /catalogue/databases": databases_page,
        "GET /catalogue/database": one_database,
        "GET /catalogue/tables": tables_page,
        "GET /catalogue/table": one_table,
    }
    shown = routes[call.route](call.query, GlueCatalogue(settings.central_account_id), load_parties())
    # Everybody who is signed in sees the same: the catalogue as it is shown to this function's role.
    return Answer(200, shown, seconds_kept=60)
