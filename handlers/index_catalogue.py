"""IndexCatalogue: called by the clock, makes the index of the catalogue that the catalogue API searches."""

from dataclasses import asdict, dataclass
from typing import Any

from handlers.aws.environment import environment
from handlers.aws.glue import GlueCatalogue
from handlers.aws.log import log, measure
from handlers.aws.search_index import BucketIndexes
from handlers.sharing.index_catalogue import index_catalogue
from handlers.sharing.model.clock import now


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function."""

    central_account_id: str
    index_bucket: str


def handler(_event: dict[str, Any], context: Any) -> dict[str, int]:
    """Index the catalogue.

    Args:
        context: Lambda's; tells how much time is left.

    Returns:
        `{"databases", "tables", "words", "unread"}`, numbers of `handlers.sharing.index_catalogue.Indexed`.
    """
    settings = environment(Environment)
    done = index_catalogue(
        catalogue=GlueCatalogue(settings.central_account_id),
        indexes=BucketIndexes(settings.index_bucket),
        at=now(),
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
    )
    log("indexed the catalogue", "-", **asdict(done))
    measure(IndexedTables=done.tables)
    return asdict(done)
