"""The catalogue API: what there is to ask for, and what would become of a request. Only looks, and counts how often."""

from dataclasses import dataclass
from typing import Any

from handlers.api.access import admit
from handlers.api.answers import Answer, answered
from handlers.api.calls import Call, read_call
from handlers.api.catalogue import databases_page, one_database, one_table, tables_page
from handlers.api.shapes import prospect
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.dynamodb.memory import DynamoMemory
from handlers.aws.dynamodb.pace import DynamoPace
from handlers.aws.environment import environment
from handlers.aws.lakeformation import LakeFormation
from handlers.aws.log import log
from handlers.aws.parties import load_parties
from handlers.aws.tagged_catalogue import open_catalogue
from handlers.sharing.browse import RememberingBrowser
from handlers.sharing.memory import RememberingCatalogue
from handlers.sharing.model.access import Groups, Standing
from handlers.sharing.model.clock import now
from handlers.sharing.model.new_request import parse_question
from handlers.sharing.model.parties import Rules
from handlers.sharing.model.person import Person
from handlers.sharing.preview import preview


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function; `sensitive_tags` is empty where no LF-Tag is a flag."""

    register_table: str
    central_account_id: str
    wildcard_on_approval: bool
    vault_table: str
    ledger_table: str
    binds_accounts: bool
    index_bucket: str
    sensitive_tags: str = ""


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one call of the HTTP API (payload format 2.0), whose authorizer has verified the token."""
    call = read_call(event)
    return answered(lambda: _answer(call.checked(), call.person()), log)


def _answer(call: Call, person: Person) -> Answer:
    settings = environment(Environment)
    # Whoever watches sees no more here than anybody, so no other group is of interest.
    standing = Groups(binds_accounts=settings.binds_accounts).standing(person)
    admit(call.route, standing)
    if call.route == "POST /requests/preview":
        return _preview(call, standing, settings)
    if call.route == "GET /search":
        return _search(call, settings)
    return _browse(call, settings)


def _preview(call: Call, standing: Standing, settings: Environment) -> Answer:
    request, asked, renews = parse_question(call.document())
    foreseen = preview(
        request,
        asked,
        renews,
        standing,
        rules=Rules(settings.central_account_id, load_parties(), settings.wildcard_on_approval),
        catalogue=RememberingCatalogue(
            open_catalogue(settings.central_account_id, settings.sensitive_tags), DynamoMemory(settings.register_table)
        ),
        ledger=DynamoLedger(settings.ledger_table),
        lake=LakeFormation(),
        pace=DynamoPace(settings.vault_table),
        at=now(),
    )
    return Answer(200, prospect(foreseen))


def _search(call: Call, settings: Environment) -> Answer:
    # What only a search takes, no other call waits for.
    from handlers.api.search import findings
    from handlers.aws.glue import GlueCatalogue
    from handlers.aws.search_index import BucketIndexes
    from handlers.sharing.search import search

    indexes, catalogue = BucketIndexes(settings.index_bucket), GlueCatalogue(settings.central_account_id)
    found = findings(call.query, lambda text: search(text, indexes=indexes, catalogue=catalogue))
    return Answer(200, found, seconds_kept=60)


def _browse(call: Call, settings: Environment) -> Answer:
    routes = {
        "GET /catalogue/databases": databases_page,
        "GET /catalogue/database": one_database,
        "GET /catalogue/tables": tables_page,
        "GET /catalogue/table": one_table,
    }
    catalogue = RememberingBrowser(
        open_catalogue(settings.central_account_id, settings.sensitive_tags), DynamoMemory(settings.register_table)
    )
    shown = routes[call.route](call.query, catalogue, load_parties())
    # Everybody who is signed in sees the same: the catalogue as it is shown to this function's role.
    return Answer(200, shown, seconds_kept=60)
