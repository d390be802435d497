"""A call of the HTTP API (payload format 2.0), read: who calls, and what they sent."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self, cast

from handlers.sharing.model.checks import shown
from handlers.sharing.model.errors import Declined, SignInEnded
from handlers.sharing.model.new_request import check_query
from handlers.sharing.model.person import Person

LONGEST_BODY = 256_000
"""Bytes: the longest list of columns, each character of it escaped, with room to spare for a purpose."""


class Unreadable(Declined):
    """What was sent cannot be taken for a request at all. `status`: HTTP's."""

    status = 400


class BodyTooLarge(Unreadable):
    """More was sent than any request takes."""

    status = 413


class NotJson(Unreadable):
    """What was sent says that it is something other than JSON."""

    status = 415


PARAMETERS: Final[Mapping[str, tuple[str, ...]]] = {
    "GET /requests": ("view", "account_id", "owner", "status", "limit", "next"),
    "GET /executions": ("status", "limit", "next"),
    "GET /shares": ("view", "account_id", "owner", "database", "state", "limit", "next"),
    "GET /holds": ("owner",),
    "GET /changes": ("days", "account_id", "owner", "database", "limit", "next"),
    "GET /catalogue/databases": ("next",),
    "GET /catalogue/database": ("name",),
    "GET /catalogue/tables": ("database", "next"),
    "GET /catalogue/table": ("database", "name", "next"),
    "GET /search": ("q",),
}
"""What each route takes in its query; the others take nothing."""


@dataclass(frozen=True, slots=True)
class Call:
    """A call. `route` as the API names it: `GET /requests/{id}`."""

    route: str
    parameters: Mapping[str, str]
    query: Mapping[str, str]
    event: Mapping[str, Any]

    def person(self) -> Person:
        """Who calls, from the claims that the API's authorizer verified.

        Raises:
            SignInEnded: the token is of the right client, but not an access token.
        """
        claims: Mapping[str, Any] = self.event["requestContext"]["authorizer"]["jwt"]["claims"]
        if claims.get("token_use") != "access" or not claims.get("sub") or not claims.get("username"):
            raise SignInEnded("This API takes access tokens, and this is none.")
        return Person(str(claims["sub"]), str(claims["username"]), _groups(claims.get("cognito:groups")))

    def checked(self) -> Self:
        """This call, whose query has nothing but what its route takes.

        Raises:
            InvalidRequest: it has something else.
        """
        check_query(self.query, PARAMETERS.get(self.route, ()))
        return self

    def document(self) -> object:
        """The JSON that was sent.

        Raises:
            Unreadable: it is too much, says that it is no JSON, is none, or has a field twice.
        """
        headers: Mapping[str, str] = self.event.get("headers") or {}
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        body: str = self.event.get("body") or ""
        size = len(body.encode("utf-8", "surrogatepass"))
        if size > LONGEST_BODY:
            raise BodyTooLarge(f"A request has at most {LONGEST_BODY:,} bytes, got {size:,}.")
        if kind != "application/json":
            raise NotJson(f"Send a request as application/json, got {shown(kind) if kind else 'no content type'}.")
        try:
            text = base64.b64decode(body, validate=True).decode() if self.event.get("isBase64Encoded") else body
            return json.loads(text, object_pairs_hook=_once)
        except (ValueError, RecursionError) as error:
            raise Unreadable(f"What was sent cannot be read as JSON: {_why(error)}.") from error


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """An object whose every field stands in it once: of two values, one would be dropped in silence."""
    made = dict(pairs)
    if len(made) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in made if names.count(name) > 1)
        raise Unreadable(f"What was sent has the field {shown(twice)} more than once. Give every field once.")
    return made


def read_call(event: Mapping[str, Any]) -> Call:
    """Read what API Gateway sends."""
    return Call(event["routeKey"], event.get("pathParameters") or {}, event.get("queryStringParameters") or {}, event)


def _why(error: Exception) -> str:
    """What is wrong with a JSON text, without any of it."""
    match error:
        case json.JSONDecodeError():
            return f"{error.msg[:1].lower()}{error.msg[1:]} at character {error.pos}"
        case RecursionError():
            return "it is nested too deeply"
        case _:
            return "it is no UTF-8 text, or holds a number of too many digits"


def _groups(claim: object) -> frozenset[str]:
    """The groups of a token. API Gateway makes one text of the list, `[auditors others]`; no group has a space."""
    if isinstance(claim, list):
        return frozenset(map(str, cast("list[object]", claim)))
    text = str(claim or "")
    return frozenset(text.removeprefix("[").removesuffix("]").split())
