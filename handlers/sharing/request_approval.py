"""Requests the approval of the data's owner: the key, the approvers, the mail. The task token stays in the vault."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import (
    CannotListApprovers,
    NoApprovers,
    OwnerNotRegistered,
    RegisterUnreadable,
    RequestClosed,
)
from handlers.sharing.model.keys import Approval, SentKey, hash_address, hash_key
from handlers.sharing.model.parties import Parties
from handlers.sharing.model.record import RequestRecord
from handlers.sharing.model.transition import mailed, waiting
from handlers.sharing.ports import Events, Producers, Register, Vault

KEY_BYTES = 32


Compose = Callable[[RequestRecord, str], tuple[str, str]]
"""Makes subject and body of the mail from a request and the key of its links."""


def request_approval(
    request_id: str,
    token: str,
    *,
    register: Register,
    vault: Vault,
    producers: Producers,
    parties: Parties,
    events: Events,
    compose: Compose,
    timeout: timedelta,
    now: datetime,
) -> None:
    """Mail the owner of what `request_id` asks for. Repeatable: each time a new key leads to the newest token.

    Raises:
        NoApprovers, CannotListApprovers, CannotReachProducer, OwnerNotRegistered: nobody would see the request.
        RequestClosed: the request ended meanwhile.
        TryAgain: an outage.
    """
    record = register.load(request_id)
    if not record.status.is_open:
        raise RequestClosed(f"Request {request_id} ended as {record.status} meanwhile; nobody has to decide any more.")
    classification = record.classification
    if classification is None:
        raise RegisterUnreadable(
            f"Request {request_id} is to be approved, but its register item has no classification."
        )
    owner = classification.owner.account_id
    producer = parties.producers.get(owner)
    if producer is None:
        raise OwnerNotRegistered(
            f"The data owner, account {owner}, was taken off the config key producers since the request was classified."
        )
    account = producers.reach(producer, request_id)
    addresses = account.approvers()
    if addresses is None and not producer.legacy_kit:
        raise CannotListApprovers(
            f"Lakeshare may not list the subscribers of the approval topic in account {producer.account_id}. "
            "The producer's stack must be deployed there, or the producer be marked legacyKit."
        )
    if addresses is not None and not addresses:
        raise NoApprovers(
            f"Nobody has confirmed an email subscription to the approval topic in account {producer.account_id}, so "
            "nobody would ever see this request. The producer must subscribe an approver and confirm the subscription."
        )
    key = secrets.token_urlsafe(KEY_BYTES)
    expires_at = iso(now + timeout)
    salt = secrets.token_hex(16)
    approval = Approval(
        token=token,
        salt=salt,
        approvers=None if addresses is None else tuple(sorted({hash_address(each, salt) for each in addresses})),
        expires_at=expires_at,
    )
    vault.prepare_approval(request_id, approval, SentKey(hash_key(key), record.round, classification.fingerprint))
    subject, body = compose(replace(record, expires_at=expires_at), key)
    account.publish(subject, body)
    step = waiting(expires_at, None if addresses is None else len(addresses), iso(now))
    record = mailed(register.apply(request_id, step))
    if step.announces is not None:
        events.announce(step.announces, record)
