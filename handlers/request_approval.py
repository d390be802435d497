"""RequestApproval: mails the owner of the data. The workflow waits, with a task token, until somebody decides."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.dynamodb.vault import DynamoVault
from handlers.aws.environment import environment
from handlers.aws.eventbridge import EventBridge
from handlers.aws.log import log
from handlers.aws.parties import load_parties
from handlers.aws.producers import AssumedProducers
from handlers.pages.mail import approval_mail
from handlers.sharing.model.clock import now
from handlers.sharing.model.record import RequestRecord
from handlers.sharing.request_approval import request_approval


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function."""

    register_table: str
    vault_table: str
    api_url: str
    partition: str
    aws_region: str


def handler(event: dict[str, Any], _context: object) -> None:
    """Mail the owner. The answer is not read: refusals are raised, and the state machine names them.

    Args:
        event: `{"request_id", "token", "timeout_seconds"}`; the token of the waiting task goes into the vault and
            nowhere else, and the mail tells how long that task waits, which another release may have settled.
    """
    settings = environment(Environment)

    def compose(record: RequestRecord, key: str) -> tuple[str, str]:
        approve, deny = (
            f"{settings.api_url}/workflow/update-state?"
            + urlencode({"action": action, "request": record.id, "key": key})
            for action in ("approve", "deny")
        )
        mail = approval_mail(record, approve_url=approve, deny_url=deny)
        return mail.subject, mail.body

    request_approval(
        event["request_id"],
        event["token"],
        register=DynamoRegister(settings.register_table),
        vault=DynamoVault(settings.vault_table),
        producers=AssumedProducers(settings.partition, settings.aws_region),
        parties=load_parties(),
        events=EventBridge(),
        compose=compose,
        timeout=timedelta(seconds=event["timeout_seconds"]),
        now=now(),
    )
    log("approval requested", event["request_id"])
