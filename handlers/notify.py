"""Notify: mails the owners of data what is owed to them. The only function that enters producers' accounts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from handlers.aws.dynamodb.lists import DynamoLists
from handlers.aws.dynamodb.pace import DynamoPace
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.dynamodb.vault import DynamoVault
from handlers.aws.environment import environment
from handlers.aws.eventbridge import EventBridge
from handlers.aws.log import log
from handlers.aws.parties import load_parties
from handlers.aws.producers import AssumedProducers
from handlers.aws.stepfunctions import StepFunctions
from handlers.pages.addresses import by_link, in_portal
from handlers.pages.mail import approval_mail, portal_mail
from handlers.sharing.approvers import Recent, find_approver
from handlers.sharing.model.clock import now
from handlers.sharing.model.record import RequestRecord
from handlers.sharing.notify import Notifier, notify, notify_due


@dataclass(frozen=True, slots=True)
class Environment:
    """Settings of this function; `portal_url` is empty where there is no portal."""

    register_table: str
    vault_table: str
    api_url: str
    partition: str
    aws_region: str
    portal_url: str = ""


_RECENT: Recent = {}
"""Lasts as long as this instance of the function."""


def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
    """Mail what is owed: about one request, or with a schedule's event all that is due. Or say who answers for what.

    Args:
        event: `{"request_id"}`; from an operator `{"request_id", "again": true}`, who wants another mail with a new
            key; EventBridge's "Scheduled Event"; or `{"approves": {"email", "producers", "fresh"}}`, the question which
            of these accounts' approvers somebody is among.
        context: Lambda's; tells how much time is left.

    Returns:
        `{"request_id", "status", "mail_due_at"}`, the last being null if nothing is owed any more; or `{"mailed"}`; or
        `{"approves", "unknown"}`, accounts each.
    """
    settings = environment(Environment)
    if "approves" in event:
        return _find(event["approves"], settings)
    by = Notifier(
        register=DynamoRegister(settings.register_table),
        vault=DynamoVault(settings.vault_table),
        pace=DynamoPace(settings.vault_table),
        producers=AssumedProducers(settings.partition, settings.aws_region),
        parties=load_parties(),
        workflow=StepFunctions(),
        events=EventBridge(),
        compose=lambda record, key: _mail(settings, record, key),
        portal=bool(settings.portal_url),
    )
    if "request_id" not in event:
        mailed = notify_due(
            lists=DynamoLists(settings.register_table),
            by=by,
            now=now,
            seconds_left=lambda: context.get_remaining_time_in_millis() / 1000,
        )
        log("mailed what was due", "-", mails=mailed)
        return {"mailed": mailed}
    record = notify(event["request_id"], again=event.get("again") is True, by=by, now=now)
    log("notified", record.id, status=record.status.value, owed=record.mail_due_at is not None)
    return {"request_id": record.id, "status": record.status.value, "mail_due_at": record.mail_due_at}


def _find(question: Mapping[str, Any], settings: Environment) -> dict[str, Any]:
    """Which of these producers somebody is an approver of."""
    found = find_approver(
        question["email"],
        question["producers"],
        fresh=question["fresh"],
        producers=AssumedProducers(settings.partition, settings.aws_region),
        parties=load_parties(),
        recent=_RECENT,
        now=now,
    )
    log("asked who approves", "-", asked=len(question["producers"]), unknown=sorted(found.unknown))
    return {"approves": sorted(found.approves), "unknown": sorted(found.unknown)}


def _mail(settings: Environment, record: RequestRecord, key: str | None) -> tuple[str, str]:
    """Subject and body of the mail about a request."""
    if key is None:
        mail = portal_mail(record, portal_url=in_portal(settings.portal_url, record.id))
    else:
        approve, deny = (by_link(settings.api_url, action, record.id, key) for action in ("approve", "deny"))
        mail = approval_mail(record, approve_url=approve, deny_url=deny)
    return mail.subject, mail.body
