"""Survey: runs by night, and remembers what is flagged in the catalogue, so that a flag that vanishes is missed."""

from dataclasses import asdict, dataclass
from typing import Any

from handlers.aws.dynamodb.memory import DynamoMemory
from handlers.aws.environment import environment
from handlers.aws.log import log, measure
from handlers.aws.parties import load_parties
from handlers.aws.tagged_catalogue import open_catalogue
from handlers.sharing.survey import survey


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function; `sensitive_tags` is empty where no LF-Tag is a flag."""

    register_table: str
    central_account_id: str
    sensitive_tags: str = ""


def handler(_event: dict[str, Any], context: Any) -> dict[str, int]:
    """Go through the catalogue, from where the last call stopped.

    Args:
        context: Lambda's; tells how much time is left.

    Returns:
        `{"databases", "tables", "news", "vanished", "unread"}`, numbers of `handlers.sharing.survey.Surveyed`.
    """
    settings = environment(Environment)
    memory = DynamoMemory(settings.register_table)
    done = survey(
        parties=load_parties(),
        catalogue=open_catalogue(settings.central_account_id, settings.sensitive_tags),
        memory=memory,
        bookmark=memory,
        seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
        report=lambda so_far: log("surveyed a database", "-", **asdict(so_far)),
    )
    measure(SurveyedTables=done.tables, VanishedFlags=done.vanished)
    return asdict(done)
