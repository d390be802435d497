"""Requests that people make who are signed in: writes them down once, starts them, and shows them to who may see them.

Who asks is what the sign-in verified, never what a request says. The request is in the register before its execution
starts, so whatever starts knows its requester; a call that dies in between is made good by the next one with its token.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import AuditorsOnly, TokenReused, TooManyRequests, UnknownRequest
from handlers.sharing.model.new_request import NewRequest
from handlers.sharing.model.record import Requester, RequestRecord, Status
from handlers.sharing.model.transition import submitted, written
from handlers.sharing.ports import People, Position, Register, RequestList, RequestLists, Workflow

MOST_AN_HOUR = 100
"""Each request that needs an approval is a mail to every approver; SNS stops mailing who gets too many."""

_ID_LENGTH = 40
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who is signed in, as their token says. `id` never changes hands; `username` may, over the years."""

    id: str
    username: str
    groups: frozenset[str] = frozenset()

    def audits(self, auditors_group: str) -> bool:
        """Whether they may see everybody's requests; `auditors_group` is empty where nobody may."""
        return bool(auditors_group) and auditors_group in self.groups


def request_id(person_id: str, client_token: str) -> str:
    """The id of a request: the same for the same person and token, and nobody else's."""
    return hashlib.sha256(f"{person_id}|{client_token}".encode()).hexdigest()[:_ID_LENGTH]


def is_name(text: str) -> bool:
    """Whether a request can be called so. Items of other kinds have a `#` in their names."""
    return 0 < len(text) <= _LONGEST_NAME and text.isprintable() and "#" not in text


def submit(
    new: NewRequest,
    person: Person,
    *,
    register: Register,
    lists: RequestLists,
    people: People,
    workflow: Workflow,
    at: datetime,
) -> tuple[RequestRecord, bool]:
    """Make a request, or find the one that the same call made before; start it if nobody has.

    Args:
        new: what is asked for.
        person: who asks.
        register, lists, people, workflow: ports.
        at: the present.

    Returns:
        The request, and whether this call made it.

    Raises:
        SignInEnded, EmailNotVerified: who asks is not verified.
        TokenReused: the token stands for a request with other content.
        TooManyRequests: the person has made as many as one may within the hour.
        TryAgain: an outage; calling again with the same token is safe.
    """
    email = people.email_of(person.id, person.username)
    mine = RequestRecord(
        id=request_id(person.id, new.client_token),
        status=Status.RECEIVED,
        received_at=iso(at),
        source=new.request.source,
        consumer=new.request.consumer,
        requester=Requester(person.id, email),
        purpose=new.purpose,
    )
    record, made = register.find(mine.id), False
    if record is None:
        _check_pace(person, lists, at)
        record, made = written(register.apply(mine.id, submitted(mine)))
    if _content(record) != _content(mine):
        raise TokenReused(
            "This client_token has been used for a request with other content, which stays as it is. Use a new one."
        )
    if record.status is Status.RECEIVED and record.started_at is None:
        workflow.start(record.id, new.request)
    return record, made


def show(name: str, person: Person, auditors_group: str, register: Register) -> RequestRecord:
    """One request.

    Raises:
        UnknownRequest: there is none of that name, or it is not theirs to see.
    """
    record = register.find(name) if is_name(name) else None
    theirs = record is not None and record.requester is not None and record.requester.id == person.id
    if record is None or not (theirs or person.audits(auditors_group)):
        raise UnknownRequest("There is no such request, or it is somebody else's.")
    return record


def list_page(
    requests: RequestList,
    limit: int,
    after: Position | None,
    *,
    person: Person,
    auditors_group: str,
    lists: RequestLists,
) -> tuple[list[RequestRecord], Position | None]:
    """A page of requests, newest first, and where the next one begins.

    Raises:
        AuditorsOnly: the list is not one's own.
        TryAgain: an outage.
    """
    if not requests.is_of(person.id) and not person.audits(auditors_group):
        raise AuditorsOnly("Lists over everybody's requests are for auditors.")
    return lists.page(requests, limit, after)


def _check_pace(person: Person, lists: RequestLists, at: datetime) -> None:
    made = lists.made_since(person.id, iso(at - timedelta(hours=1)), MOST_AN_HOUR)
    if made >= MOST_AN_HOUR:
        raise TooManyRequests(
            f"You have made {made} requests within the last hour, and no more than {MOST_AN_HOUR} are taken. Ask for a "
            "whole database instead of its tables, or go on later."
        )


def _content(record: RequestRecord) -> tuple[object, ...]:
    """What makes two requests the same one. A person's address may have changed in between."""
    requester = None if record.requester is None else record.requester.id
    return (requester, record.source, record.consumer, record.purpose)
