"""Which list of requests a call asks for, and where in it: the query, checked, and the cursor."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from handlers.api.cursors import decoded, encoded
from handlers.sharing.model.checks import shown
from handlers.sharing.model.new_request import FieldFault, InvalidRequest, foreign_next
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import Status
from handlers.sharing.model.request import is_account_id, is_request_id
from handlers.sharing.stores import Position, RequestList

USUAL_LIMIT = 25
LARGEST_LIMIT = 100
_LIMIT = re.compile(r"[1-9][0-9]{0,2}")
_TIME = re.compile(r"[0-9TZ:.+-]{1,40}")
_SELECTORS = ("view", "account_id", "owner", "status")
_ACCOUNTS: Final[Mapping[str, Literal["consumer", "owner"]]] = {"account_id": "consumer", "owner": "owner"}


@dataclass(frozen=True, slots=True)
class ListQuery:
    """A page of a list."""

    requests: RequestList
    limit: int
    after: Position | None


def read_query(query: Mapping[str, str], person: Person) -> ListQuery:
    """Check the query of `GET /requests`.

    Raises:
        InvalidRequest: a parameter is not what the API takes, or the cursor is not of this list.
    """
    given = [name for name in _SELECTORS if name in query]
    if len(given) > 1:
        raise _fault(given[-1], f"at most one of {', '.join(_SELECTORS)} can be given, got {' and '.join(given)}.")
    requests = _requests(query, person)
    limit = read_limit(query)
    after = _position(query["next"], requests) if "next" in query else None
    return ListQuery(requests, limit, after)


def read_limit(query: Mapping[str, str]) -> int:
    """How many entries of a list are wanted at most.

    Raises:
        InvalidRequest: it is no whole number within the limits.
    """
    limit = query.get("limit", str(USUAL_LIMIT))
    if not _LIMIT.fullmatch(limit) or int(limit) > LARGEST_LIMIT:
        raise _fault("limit", f"limit must be a whole number from 1 to {LARGEST_LIMIT}, got {shown(limit)}.")
    return int(limit)


def cursor(requests: RequestList, position: Position | None) -> str | None:
    """The cursor of a place in a list.

    It holds nothing but the place: whose list is read is settled by who calls, so a cursor that somebody alters, or
    that comes from somebody else's list, leads to another place in one's own at most. The mark tells such ones early.
    """
    if position is None:
        return None
    return encoded(_name(requests), position.received_at, position.request_id)


def _requests(query: Mapping[str, str], person: Person) -> RequestList:
    for name, kind in _ACCOUNTS.items():
        if name in query:
            if not is_account_id(query[name]):
                raise _fault(name, f"{name} must be 12 digits, got {shown(query[name])}.")
            return RequestList(kind, query[name])
    if "status" in query:
        if query["status"] not in set(Status):
            raise _fault("status", f"status must be one of {', '.join(Status)}, got {shown(query['status'])}.")
        return RequestList("status", query["status"])
    if query.get("view", "mine") != "mine":
        raise _fault("view", f"view must be mine, got {shown(query['view'])}.")
    return RequestList("requester", person.id)


def _position(text: str, requests: RequestList) -> Position:
    match decoded(_name(requests), text):
        case [str(received_at), str(request_id)] if _TIME.fullmatch(received_at) and is_request_id(request_id):
            return Position(received_at, request_id)
        case _:
            raise foreign_next()


def _name(requests: RequestList) -> str:
    return f"{requests.kind}|{requests.value}"


def _fault(field: str, message: str) -> InvalidRequest:
    return InvalidRequest((FieldFault(field, message),))
