"""Asks the owner of the data: the key, the approvers, the mail. The task token stays in the register."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from handlers.sharing.clock import iso
from handlers.sharing.errors import (
    CannotListApprovers,
    NoApprovers,
    OwnerNotRegistered,
    RegisterUnreadable,
    RequestClosed,
)
from handlers.sharing.parties import Parties
from handlers.sharing.ports import Events, Producers, Register
from handlers.sharing.record import RequestRecord

KEY_BYTES = 32


@dataclass(frozen=True, slots=True)
class SentKey:
    """A key that may have been mailed: its hash, and the round and fingerprint that the mail was about."""

    hash: str
    round: int
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Approval:
    """What guards the decision on a request; an item of its own, which no index sees.

    `token`: the task token that the workflow waits with, `None` once the request closed. `approvers`: salted hashes
    of the addresses that may decide; `None`: the producer's role may not list them.
    """

    token: str | None
    salt: str
    approvers: tuple[str, ...] | None
    expires_at: str
    keys: tuple[SentKey, ...] = ()

    def key(self, key: str) -> SentKey | None:
        """The sent key that `key` is, compared in constant time; `None` if it is none."""
        hashed = hash_key(key)
        found = None
        for sent in self.keys:
            if hmac.compare_digest(sent.hash, hashed):
                found = sent
        return found

    def knows(self, address: str) -> bool:
        """Whether `address` is one of the approvers'."""
        hashed = hash_address(address, self.salt)
        # All are compared, so that the time taken tells nothing.
        return any([hmac.compare_digest(known, hashed) for known in self.approvers or ()])  # noqa: C419


Compose = Callable[[RequestRecord, str], tuple[str, str]]
"""Makes subject and body of the mail from a request and the key of its links."""


def request_approval(
    request_id: str,
    token: str,
    *,
    register: Register,
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
        raise RequestClosed(f"Request {request_id} ended as {record.status} meanwhile; nobody is asked any more.")
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
    register.prepare_approval(request_id, approval, SentKey(hash_key(key), record.round, classification.fingerprint))
    subject, body = compose(replace(record, expires_at=expires_at), key)
    account.publish(subject, body)
    asked = None if addresses is None else len(addresses)
    events.approval_requested(register.waiting(record, expires_at, asked), asked)


def hash_key(key: str) -> str:
    """Hash of a link's key. A key has 256 random bits, so it needs neither salt nor a slow hash."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def hash_address(address: str, salt: str) -> str:
    """Salted hash of a mail address, the same however the address is capitalised."""
    return hmac.new(salt.encode(), normal_address(address).encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def normal_address(address: str) -> str:
    """A mail address as it is compared: without spaces around it, in lower case."""
    return address.strip().casefold()
