"""Drift: holds the ledger against the lake by night, and when somebody grants or revokes; notes what differs."""

from dataclasses import asdict, dataclass
from typing import Any

from handlers.aws.dynamodb.findings import DynamoFindings
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.environment import environment
from handlers.aws.eventbridge import EventBridge
from handlers.aws.lf_state import LakeFormationState
from handlers.aws.log import log, measure
from handlers.aws.parties import load_parties
from handlers.aws.tagged_catalogue import open_catalogue
from handlers.sharing.drift import Looker, look_when_wanted
from handlers.sharing.model.clock import now
from handlers.sharing.model.parties import Rules


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function.

    `revoke_new_personal_data`: whether shares end under which personal data appeared; `sensitive_tags` is empty where
    no LF-Tag is a flag.
    """

    register_table: str
    ledger_table: str
    central_account_id: str
    revoke_new_personal_data: bool
    sensitive_tags: str = ""


def handler(_event: dict[str, Any], context: Any) -> dict[str, int]:
    """Look, unless somebody else does, who then looks once more.

    Args:
        context: Lambda's; tells which invocation this is.

    Returns:
        `{"open", "found", "gone", "ended"}`, numbers of `handlers.sharing.drift.Looked`; nothing if another one looks.
    """
    settings = environment(Environment)
    done = look_when_wanted(
        context.aws_request_id,
        by=Looker(
            # What approvals cover is read from shares, and no request is judged.
            rules=Rules(settings.central_account_id, load_parties(), wildcard_on_approval=False),
            findings=DynamoFindings(settings.ledger_table),
            ledger=DynamoLedger(settings.ledger_table),
            register=DynamoRegister(settings.register_table),
            catalogue=open_catalogue(settings.central_account_id, settings.sensitive_tags),
            lake=LakeFormationState(settings.central_account_id),
            events=EventBridge(),
            revokes_new=settings.revoke_new_personal_data,
        ),
        now=now,
    )
    if done is None:
        return {}
    log("looked for drift", "-", **asdict(done))
    measure(FindingsOpen=done.open)
    return asdict(done)
