"""The catalogue API: what there is to ask for, and what would become of a request. Only looks, and counts how often."""

from dataclasses import dataclass
from typing import Any, Final

from handlers.api.answers import Answer
from handlers.api.calls import Call
from handlers.api.catalogue import databases_page, one_database, one_table, tables_page
from handlers.api.routes import answer_call
from handlers.api.shapes import prospect
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.dynamodb.memory import DynamoMemory
from handlers.aws.dynamodb.pace import DynamoPace
from handlers.aws.environment import environment
from handlers.aws.lakeformation import LakeFormation
from handlers.aws.log import log
from handlers.aws.parties import load_parties
from handlers.aws.tagged_catalogue import open_catalogue
from handlers.sharing.browsable import RememberingBrowser
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


_PAGES: Final = {
    "GET /catalogue/databases": databases_page,
    "GET /catalogue/database": one_database,
    "GET /catalogue/tables": tables_page,
    "GET /catalogue/table": one_table,
}


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one call of the HTTP API."""
    routes = {"POST /requests/preview": _preview, "GET /search": _search, **dict.fromkeys(_PAGES, _browse)}
    return answer_call(event, routes, standing=_standing, settings=lambda: environment(Environment), log=log)


def _standing(person: Person) -> Standing:
    # Whoever watches sees no more here than anybody, so no other group is of interest.
    return Groups(binds_accounts=environment(Environment).binds_accounts).standing(person)


def _preview(call: Call, person: Person, settings: Environment) -> Answer:
    request, asked, renews = parse_question(call.document())
    foreseen = preview(
        request,
        asked,
        renews,
        _standing(person),
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


def _search(call: Call, _person: Person, settings: Environment) -> Answer:
    # What only a search takes, no other call waits for.
    from handlers.api.search import findings
    from handlers.aws.glue import GlueCatalogue
    from handlers.aws.search_index import BucketIndexes
    from handlers.sharing.search import search

    indexes, catalogue = BucketIndexes(settings.index_bucket), GlueCatalogue(settings.central_account_id)
    found = findings(call.query, lambda text: search(text, indexes=indexes, catalogue=catalogue))
    return Answer(200, found, seconds_kept=60)


def _browse(call: Call, _person: Person, settings: Environment) -> Answer:
    catalogue = RememberingBrowser(
        open_catalogue(settings.central_account_id, settings.sensitive_tags), DynamoMemory(settings.register_table)
    )
    shown = _PAGES[call.route](call.query, catalogue, load_parties())
    # Everybody who is signed in sees the same: the catalogue as it is shown to this function's role.
    return Answer(200, shown, seconds_kept=60)
