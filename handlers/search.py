"""Search: finds databases and tables by words in them; called by the clock, makes the index that it searches."""

from dataclasses import asdict, dataclass
from typing import Any

from handlers.api.access import admit
from handlers.api.answers import Answer, answered
from handlers.api.calls import Call, read_call
from handlers.api.search import findings
from handlers.aws.environment import environment
from handlers.aws.glue import GlueCatalogue
from handlers.aws.log import log, measure
from handlers.aws.search_index import BucketIndexes
from handlers.sharing.index_catalogue import index_catalogue
from handlers.sharing.model.access import Groups
from handlers.sharing.model.clock import now
from handlers.sharing.search import search


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function."""

    central_account_id: str
    index_bucket: str


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Answer a call of the HTTP API, or else index the catalogue.

    Args:
        event: a call (payload format 2.0) whose authorizer has verified the token; anything else is not looked at.
        context: Lambda's; tells how much time is left.

    Returns:
        What API Gateway is told; or `{"databases", "tables", "words", "unread"}`, numbers of
        `handlers.sharing.index_catalogue.Indexed`.
    """
    settings = environment(Environment)
    if "requestContext" in event:
        call = read_call(event)
        return answered(lambda: _search(call.checked(), settings), log)
    done = index_catalogue(
        catalogue=GlueCatalogue(settings.central_account_id),
        indexes=BucketIndexes(settings.index_bucket),
        at=now(),
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
    )
    log("indexed the catalogue", "-", **asdict(done))
    measure(IndexedTables=done.tables)
    return asdict(done)


def _search(call: Call, settings: Environment) -> Answer:
    # Nobody finds more than anybody, so no group is of interest.
    admit(call.route, Groups().standing(call.person()))
    found = findings(
        call.query,
        lambda text: search(
            text,
            indexes=BucketIndexes(settings.index_bucket),
            catalogue=GlueCatalogue(settings.central_account_id),
        ),
    )
    # Everybody who is signed in finds the same: the catalogue as it is shown to this function's role.
    return Answer(200, found, seconds_kept=60)
