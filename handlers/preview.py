"""Preview: what would become of a request, by the workflow's own rules. Reads the catalogue and nothing else."""

from dataclasses import dataclass
from typing import Any

from handlers.api.answers import Answer, answered
from handlers.api.calls import Call, read_call
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
    """Answer `POST /requests/preview` of the HTTP API (payload format 2.0); its authorizer has verified the token."""
    return answered(lambda: _preview(read_call(event), environment(Environment)), log)


def _preview(call: Call, settings: Environment) -> Answer:
    call.person()
    foreseen = preview(
        parse_question(call.document()),
        rules=Rules(settings.central_account_id, load_parties(), settings.wildcard_on_approval),
        catalogue=GlueCatalogue(settings.central_account_id),
        lake=LakeFormation(),
    )
    return Answer(200, prospect(foreseen))
