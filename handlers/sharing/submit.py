"""Requests that people make who are signed in: writes them down once, starts them, and shows them to who may see them.

Who asks is what the sign-in verified, never what a request says. The request is in the register before its execution
starts, so whatever starts knows its requester; a call that dies in between is made good by the next one with its token.
"""

import hashlib
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from handlers.sharing.approvers import Standings
from handlers.sharing.claim import take, take_or_find
from handlers.sharing.model.access import Deed, Thing, hidden
from handlers.sharing.model.applied import written
from handlers.sharing.model.claim import MOST_OPEN, Claim, claim_of_place, claim_of_request
from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import (
    TokenReused,
    TooManyOpenRequests,
    TooManyRequests,
)
from handlers.sharing.model.new_request import NewRequest
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import Listed, Requester, RequestRecord, Status
from handlers.sharing.model.request import is_request_id
from handlers.sharing.model.term import NO_END
from handlers.sharing.model.transition import submitted
from handlers.sharing.own import find_share
from handlers.sharing.ports import Workflow
from handlers.sharing.share_stores import Ledger
from handlers.sharing.stores import Claims, Position, Register, RequestList, RequestLists

MOST_AN_HOUR = 100
"""Each request that needs an approval is a mail to every approver; SNS stops mailing who gets too many."""

_ID_LENGTH = 40


def request_id(person_id: str, client_token: str) -> str:
    """The id of a request: the same for the same person and token, and nobody else's."""
    return hashlib.sha256(f"{person_id}|{client_token}".encode()).hexdigest()[:_ID_LENGTH]


def submit(
    new: NewRequest,
    person: Person,
    *,
    register: Register,
    lists: RequestLists,
    claims: Claims,
    ledger: Ledger,
    standings: Standings,
    workflow: Workflow,
    at: datetime,
    pause: Callable[[float], None] = time.sleep,
) -> tuple[RequestRecord, bool]:
    """Make a request, or find the one that asks for the same already; start it if nobody has.

    That is the one that the same call made before, or an open one of the same person for the same data and account.

    Args:
        new: what is asked for.
        person: who asks.
        register, lists, claims, ledger, workflow: ports.
        standings: finds out what they are.
        at: the present.
        pause: waits some seconds while another call writes the same down.

    Returns:
        The request, and whether this call made it.

    Raises:
        SignInEnded, EmailNotVerified: who asks is not verified.
        AccountNotYours: they are bound to other accounts.
        UnknownShare, NotAllowed: it renews a share that is not theirs to renew.
        TokenReused: the token stands for a request with other content.
        TooManyRequests: the person has made as many as one may within the hour.
        TooManyOpenRequests: as many of theirs are open as may be.
        TryAgain: an outage; calling again with the same token is safe.
    """
    email = standings.people.email_of(person.id, person.username)
    standing = standings.acting(person)
    standing.check_asks_for(new.request.consumer)
    mine = RequestRecord(
        id=request_id(person.id, new.client_token),
        status=Status.RECEIVED,
        received_at=iso(at),
        source=new.request.source,
        part=new.request.part,
        consumer=new.request.consumer,
        roles=new.request.roles,
        requester=Requester(person.id, email),
        purpose=new.purpose,
        asked=new.term,
        renews=new.renews,
    )
    record, made = register.find(mine.id), False
    if record is None:
        _check_pace(person, lists, at)
        if new.renews is not None:
            standing.check(Deed.RENEW, Thing.of_share(find_share(new.renews, register, ledger)))
        claim = claim_of_request(person.id, new.request)
        record = take_or_find(claim, mine.id, claims=claims, register=register, at=at, pause=pause)
        if record is None:
            _take_place(person, mine.id, claim, claims=claims, register=register, at=at)
            record, made = written(register.apply(mine.id, submitted(mine)))
    if record.id == mine.id and _content(record) != _content(mine):
        raise TokenReused(
            "This client_token has been used for a request with other content, which stays as it is. Use a new one."
        )
    if record.status is Status.RECEIVED and record.started_at is None:
        # Another call may have made it, for another end: what is written down is what starts.
        workflow.start(record.id, new.request, record.asked or NO_END, record.renews)
    return record, made


def show(name: str, person: Person, standings: Standings, register: Register) -> RequestRecord:
    """One request.

    Raises:
        UnknownRequest: there is none of that name, or it is not theirs to see.
        ApproversUnknown: nobody can say now whether they answer for its data.
    """
    record = register.find(name) if is_request_id(name) else None
    if record is None:
        raise hidden(Deed.SEE_REQUEST)
    standings.check_looking(person, Deed.SEE_REQUEST, Thing.of_request(record))
    return record


def list_page(
    requests: RequestList,
    limit: int,
    after: Position | None,
    *,
    person: Person,
    standings: Standings,
    lists: RequestLists,
) -> tuple[list[Listed], Position | None]:
    """A page of requests, newest first, and where the next one begins.

    Raises:
        AuditorsOnly: the list is neither one's own nor of data that one answers for.
        ApproversUnknown: nobody can say now whether one answers for them.
        TryAgain: an outage.
    """
    if not requests.is_of(person.id):
        owner = requests.value if requests.kind == "owner" else None
        standings.check_list(person, Deed.SEE_REQUEST, Thing(owner=owner))
    return lists.page(requests, limit, after)


def _check_pace(person: Person, lists: RequestLists, at: datetime) -> None:
    made = lists.made_since(person.id, iso(at - timedelta(hours=1)), MOST_AN_HOUR)
    if made >= MOST_AN_HOUR:
        raise TooManyRequests(
            f"You have made {made} requests within the last hour, and no more than {MOST_AN_HOUR} are taken. Ask for a "
            "whole database instead of its tables, or go on later."
        )


def _take_place(
    person: Person, request_id: str, claim: str, *, claims: Claims, register: Register, at: datetime
) -> None:
    """Take one of a person's places for open requests; where there is none, the claim of the request goes back."""
    # From another one each time, so that few are tried that are taken.
    first = int(request_id[:8], 16)
    for number in range(MOST_OPEN):
        place = claim_of_place(person.id, (first + number) % MOST_OPEN)
        held = take(place, request_id, claims=claims, register=register, at=at)
        if isinstance(held, Claim) and held.holder == request_id:
            return
    claims.give_back(claim, request_id)
    raise TooManyOpenRequests(
        f"{MOST_OPEN} of your requests are open, and no more may be at a time. Ask for a whole database instead of its "
        "tables, or wait until some are decided."
    )


def _content(record: RequestRecord) -> tuple[object, ...]:
    """What makes two requests the same one. A person's address may have changed in between."""
    requester = None if record.requester is None else record.requester.id
    asked_for = (record.source, record.part, record.consumer, record.roles)
    return (requester, *asked_for, record.purpose, record.asked, record.renews)
