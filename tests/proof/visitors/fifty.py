"""Fifty decisions on one request: as forms behind the mailed links, or signed in, as the functions are handed them."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from handlers import decide, decide_signed_in
from tests.workflow.driver import Links
from tests.workflow.http_client import Reply, form


@dataclass(frozen=True)
class Try:
    """One of fifty decisions."""

    action: str
    email: str
    comment: str
    source: str
    signed_in: bool = False


@dataclass(frozen=True)
class Round:
    """A request that waits, and who will decide it."""

    name: str
    account: str
    links: Links
    tries: Sequence[Try]

    def link(self, action: str) -> str:
        return self.links.approve if action == "approve" else self.links.deny


def half_signed_in(round_: Round, people: Mapping[str, str]) -> Round:
    """The same round, in which every second one is signed in, each as somebody else."""
    tries = [
        replace(each, signed_in=True, email=email) if number % 2 else each
        for number, (each, email) in enumerate(zip(round_.tries, people.values(), strict=True))
    ]
    return replace(round_, tries=tries)


def decide_one(round_: Round, number: int) -> Reply:
    each = round_.tries[number]
    if each.signed_in:
        answer = decide_signed_in.handler(_posted(round_.name, f"owner-{number:02}", each), None)
    else:
        answer = decide.handler(_event(round_.link(each.action), each), None)
    return Reply(answer["statusCode"], answer["headers"], answer["body"])


def _posted(request: str, username: str, each: Try) -> dict[str, Any]:
    """What is posted, as API Gateway hands it to the function after it has verified the token."""
    claims = {"token_use": "access", "sub": f"id-{username}", "username": username}
    return {
        "routeKey": "POST /requests/{id}/decision",
        "pathParameters": {"id": request},
        "headers": {"content-type": "application/json"},
        "requestContext": {
            "http": {"method": "POST", "sourceIp": each.source, "userAgent": "one of fifty"},
            "authorizer": {"jwt": {"claims": claims}},
        },
        "body": json.dumps({"action": each.action, "round": 1, "comment": each.comment}),
    }


def _event(url: str, each: Try) -> dict[str, Any]:
    """The form as API Gateway hands it to Decide."""
    body, headers = form({"email": each.email, "comment": each.comment})
    return {
        "queryStringParameters": dict(parse_qsl(urlsplit(url).query)),
        "headers": headers,
        "requestContext": {"http": {"method": "POST", "sourceIp": each.source, "userAgent": "one of fifty"}},
        "body": base64.b64encode(body).decode(),
        "isBase64Encoded": True,
    }
