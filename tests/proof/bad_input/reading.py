"""Bad questions to the requests API: lists, ids, callers. Nobody sees what is not theirs."""

from __future__ import annotations

import base64
import json
from typing import Any
from urllib.parse import quote

from tests.proof.bad_input.case import Case
from tests.proof.bad_input.requests import GOOD, call, sent

LIMIT = "limit must be a whole number from 1 to 100"
NEXT = "next must be what the page before it gave, of the same list."
STATUS = "status must be one of RECEIVED, WAITING"
NOBODY_SAYS = "There is no such request, or it is somebody else's."


def listed(name: str, query: str, *words: str, **http: Any) -> Case:
    """A list that is asked for in a wrong way."""
    return call(name, "422 InvalidInput", *words, query=query, **http)


def cursor(document: object) -> str:
    """A cursor that somebody made up."""
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


LISTS = (
    listed("limit of 0", "limit=0", f"{LIMIT}, got '0'."),
    listed("limit of 101", "limit=101", f"{LIMIT}, got '101'."),
    listed("limit below 0", "limit=-1", f"{LIMIT}, got '-1'."),
    listed("limit that is no number", "limit=ten", f"{LIMIT}, got 'ten'."),
    listed("limit that is a fraction", "limit=1.5", LIMIT),
    listed("limit that is empty", "limit=", f"{LIMIT}, got ''."),
    listed("limit twice", "limit=1&limit=2", f"{LIMIT}, got '1,2'."),
    listed("limit of 1,000 digits", f"limit={'9' * 1000}", LIMIT, "…'"),
    listed("limit in wide digits", f"limit={quote('１')}", LIMIT),  # noqa: RUF001
    call("list by an unknown parameter", "422 UnknownField", "requester_id must not be given", query="requester_id=x"),
    listed("another view", "view=all", "view must be mine, got 'all'."),
    listed("status that is none", "status=PAUSED", f"{STATUS}", "got 'PAUSED'."),
    listed("status in small letters", "status=shared", STATUS, "got 'shared'."),
    listed("account of 3 digits", "account_id=123", "account_id must be 12 digits, got '123'."),
    listed("account with a quote", "account_id=%27%20OR%201=1", "account_id must be 12 digits"),
    listed(
        "two lists at once", "status=SHARED&account_id=999999999999", "at most one of view, account_id, owner, status"
    ),
    listed("cursor of letters", "next=abc", NEXT),
    listed("cursor that is empty", "next=", NEXT),
    listed("cursor that is no Base64", "next=%25%25%25", NEXT),
    listed("cursor that is a number", f"next={cursor(7)}", NEXT),
    listed("cursor that is an object", f"next={cursor({'pk': 'approval#x'})}", NEXT),
    listed("cursor of another list", f"next={cursor(['0' * 16, '2026-11-24T09:00:00.000Z', 'x'])}", NEXT),
    listed("cursor nested 2,000 deep", f"next={base64.urlsafe_b64encode(b'[' * 2000).decode()}", NEXT),
    call("list of everybody's by a user", "403 AuditorsOnly", "is for the auditors' group", query="status=SHARED"),
    call(
        "list of an account by a user",
        "403 AuditorsOnly",
        "is for the auditors' group",
        query="account_id=999999999999",
    ),
    listed("status that is none, by an auditor", "status=*", STATUS, caller="auditor"),
)

IDS = (
    *(
        call(f"id {name}", "404 UnknownRequest", NOBODY_SAYS, path=f"/requests/{path}")
        for name, path in (
            ("that is unknown", "0" * 40),
            ("with markup", quote("<script>alert(1)</script>", safe="")),
            ("of the guarding item", "approval%23x"),
            ("of a decision", "decision%23x"),
            ("upwards", "..%2F..%2Fx"),
            ("with a null byte", "%00"),
            ("in no Unicode", "%FF%FE"),
            ("of 2,000 letters", "x" * 2000),
            ("with an expression", quote("{{7*7}}${x}", safe="")),
            ("that is a pattern", "*"),
        )
    ),
    call("id of nothing", "404", path="/requests/"),
    call("id below an id", "404", path="/requests/a/b"),
)

CALLERS = (
    call("nobody asks for a list", "401", "Unauthorized", caller="nobody"),
    sent("nobody asks for data", "401", "Unauthorized", caller="nobody", body=GOOD),
    call("token that is none", "401", "Unauthorized", caller="nobody", headers=(("Authorization", "Bearer x.y.z"),)),
    call(
        "token that nobody signed",
        "401",
        "Unauthorized",
        caller="nobody",
        headers=(("Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."),),
    ),
    call(
        "password instead of a token",
        "401",
        "Unauthorized",
        caller="nobody",
        headers=(("Authorization", "Basic YWxleDpzZWNyZXQ="),),
    ),
    call("empty token", "401", "Unauthorized", caller="nobody", headers=(("Authorization", "Bearer "),)),
    *(call(f"method {method}", "404", method=method) for method in ("PUT", "PATCH", "DELETE")),
    call("headers longer than HTTP takes", "431", headers=(("X-Long", "h" * 11_000),)),
)

CASES = (*LISTS, *IDS, *CALLERS)
