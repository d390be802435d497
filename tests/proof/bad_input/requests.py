"""Bad calls of the requests API: nothing is written down, and whoever called reads which field was wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from handlers.api.calls import LONGEST_BODY
from tests.proof.bad_input.case import Case, Door, Http
from tests.proof.bad_input.execution import ACCOUNT, VALUES

JSON = (("Content-Type", "application/json"),)
CENTRAL = "123456789012"
SOURCE = {"database": "transport", "table": "yellow_tripdata"}
GOOD: dict[str, Any] = {"client_token": "bad-input-0001", "source": SOURCE, "target": {"account_id": "999999999999"}}

NO_SHARE = f"{'0' * 40}:1"
TWICE = json.dumps(GOOD)[:-1].encode() + b', "source": {"database": "retail", "table": "*"}}'

TOKEN = "client_token must be 8 to 64 letters, digits or characters of _-"
TABLE = "source.table must"
NOT_JSON = "Send a request as application/json"
NO_JSON = "What was sent cannot be read as JSON"


def call(name: str, expected: str, *words: str, hidden: tuple[str, ...] = (), **http: object) -> Case:
    """A call."""
    return Case(f"API: {name}", Door.REQUESTS, Http(**{"path": "/requests", **http}), expected, words, hidden)  # type: ignore[arg-type]


def sent(name: str, expected: str, *words: str, body: object, hidden: tuple[str, ...] = (), **http: object) -> Case:
    """Something that is posted: bytes as they are, everything else as JSON."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return call(name, expected, *words, hidden=hidden, **{"method": "POST", "body": raw, "headers": JSON, **http})


def wrong(name: str, *words: str, reason: str = "InvalidInput", hidden: tuple[str, ...] = (), **fields: object) -> Case:
    """A request with wrong fields, a `_` behind a name that is taken; `...` takes a field away."""
    document: Mapping[str, object] = {**GOOD, **{key.removesuffix("_"): value for key, value in fields.items()}}
    body = {key: value for key, value in document.items() if value is not ...}
    return sent(name, f"422 {reason}", *words, body=body, hidden=hidden)


def previewed(name: str, expected: str, *words: str, body: object, **http: object) -> Case:
    """A question about a request that nobody has made."""
    return sent(f"preview: {name}", expected, *words, body=body, **{"path": "/requests/preview", **http})


def unreadable(name: str, body: bytes, *words: str, **http: Any) -> Case:
    """Bytes that are no JSON."""
    return sent(name, "400 Unreadable", NO_JSON, *words, body=body, **http)


def typed(name: str, type_: str, *words: str, hidden: tuple[str, ...] = ()) -> Case:
    """Something that does not say that it is JSON."""
    return sent(name, "415 NotJson", NOT_JSON, *words, body=GOOD, hidden=hidden, headers=(("Content-Type", type_),))


ROLES, ROLE = "target.roles", "arn:aws:iam::999999999999:role/analyst"


def with_roles(roles: object) -> dict[str, Any]:
    """Who gets it, with roles that are to read it."""
    return {**GOOD["target"], "roles": roles}


BODIES = (
    unreadable("empty body", b"", "expecting value at character 0"),
    unreadable("body that is no JSON", b"source=transport", "at character 0"),
    unreadable("body cut short", b'{"source": {"database": "transport"'),
    unreadable("body in single quotes", b"{'source': 1}", "property name"),
    unreadable("body with a comma too many", b'{"source": {},}'),
    unreadable("body with a comment", b'{} // "x"'),
    unreadable("two documents", b"{}{}", "extra data"),
    unreadable("body with control characters in a text", b'{"purpose": "\x01"}', "control character"),
    unreadable("body of UTF-16", json.dumps(GOOD).encode("utf-16")),
    unreadable("body in no Unicode", b"\xff\xfe\x00"),
    unreadable("body nested 9,000 deep", b"[" * 9000 + b"]" * 9000, "nested too deeply"),
    unreadable("number of 5,000 digits", b'{"purpose": ' + b"9" * 5000 + b"}", "too many digits"),
    unreadable("body that is packed", b"\x1f\x8b\x08\x00", headers=(*JSON, ("Content-Encoding", "gzip"))),
    sent("body of 256,001 bytes", "413 BodyTooLarge", "at most 256,000 bytes, got 256,001", body=b" " * 256_001),
    sent("body of a megabyte", "413 BodyTooLarge", "at most 256,000 bytes, got 1,000,000", body=b"[" * 1_000_000),
    sent("body without a type", "415 NotJson", NOT_JSON, body=GOOD, headers=()),
    typed("form", "application/x-www-form-urlencoded", "got 'application/x-www-form-urlencoded'"),
    typed("text", "text/plain", "got 'text/plain'"),
    typed("type of something like JSON", "application/jsonp"),
    typed("type of 2,000 letters", "x" * 2000, "…'", hidden=("x" * 100,)),
    sent("field twice", "400 Unreadable", "has the field 'source' more than once", body=TWICE),
    sent("NaN instead of an object", "422 InvalidInput", "the input must be an object, got a number.", body=b"NaN"),
)

FIELDS = (
    *(
        sent(
            f"value {number}, {said}",
            f"422 {error.__name__}",
            said,
            body={"client_token": GOOD["client_token"], **document} if isinstance(document, dict) else document,
        )
        for number, (document, error, said) in enumerate(VALUES)
        if len(str(document)) < LONGEST_BODY
    ),
    wrong("empty object", "source must be an object, got nothing.", TOKEN, source=..., target=..., client_token=...),
    wrong("no client token", f"{TOKEN}, the same for a retry, got nothing.", client_token=...),
    wrong("client token that is a number", TOKEN, "got a number", client_token=12345678),
    wrong("client token of 7", TOKEN, "got '1234567'", client_token="1234567"),
    wrong("client token of 65", TOKEN, client_token="x" * 65),
    wrong("client token with a space", TOKEN, "got 'token 0001'", client_token="token 0001"),
    wrong("client token with a line break", TOKEN, "\\n", client_token="token-0001\n"),
    wrong("client token of 10,000", TOKEN, "…'", hidden=("x" * 100,), client_token="x" * 10_000),
    wrong("client token that is a path", TOKEN, "got '../../etc/passwd'", client_token="../../etc/passwd"),
    wrong("source that is a text", "source must be an object, got a string.", source="transport.yellow_tripdata"),
    wrong("target that is a text", "target must be an object, got a string.", target="999999999999"),
    *(
        wrong(f"roles: {name}", *words, target=with_roles(roles))
        for name, roles, words in (
            ("a text", ROLE, (f"{ROLES} must be a list of ARNs of roles, got a string.",)),
            ("a number", [7], (f"{ROLES}[0] must be the ARN of a role", "got a number")),
            ("a name", [ROLE, "analyst"], (f"{ROLES}[1] must be the ARN of a role", "got 'analyst'")),
            ("a user", [ROLE.replace(":role/", ":user/")], (f"{ROLES}[0] must be the ARN of a role",)),
            ("all of them", [f"{ROLE[:-7]}*"], (f"{ROLES}[0] must be the ARN of a role",)),
            ("two lines", [f"{ROLE}\n"], (f"{ROLES}[0] must be the ARN of a role",)),
            ("another account's", [ROLE.replace("9" * 12, "5" * 12)], ("must be a role of the target",)),
            ("eleven", [f"{ROLE}{number}" for number in range(11)], ("at most 10 roles, got 11",)),
        )
    ),
    wrong(
        "roles: without a kit", "has no kit (config consumerKits)", reason="RolesWithoutKit", target=with_roles([ROLE])
    ),
    wrong("reason instead of a purpose", "goes into purpose", reason="UnknownField", reason_="Forecast"),
    wrong("requester", "requester must not be given", reason="UnknownField", requester="boss@consumer.example"),
    wrong("end that is past", "that day is over", reason="EndDatePassed", until="2026-01-01"),
    wrong("end in 7,973 years", "until must be at most 3,660 days away", until="9999-12-31"),
    wrong("end that is too late", "for 365 days at most", reason="EndTooLate", days=366),
    wrong("share to renew that is a number", "renews must be the id of a share, got a number.", renews=7),
    wrong(
        "share to renew without a round",
        "renews must be the id of a share",
        f"got '{NO_SHARE[:-2]}'",
        renews=NO_SHARE[:-2],
    ),
    wrong("share to renew that is a pattern", "renews must be the id of a share", "got '*:*'", renews="*:*"),
    wrong("share to renew of 10,000", "renews must be", "…'", hidden=("x" * 100,), renews="x" * 10_000 + ":1"),
    wrong("shares to renew", "renews must be the id of a share, got a list.", renews=[NO_SHARE]),
    sent("share that nobody has", "404 UnknownShare", "or it is somebody else's", body={**GOOD, "renews": NO_SHARE}),
    wrong("purpose that is a number", "purpose must be a string, got a number.", purpose=7),
    wrong("purpose that is an object", "purpose must be a string, got an object.", purpose={"text": "x"}),
    wrong("purpose of 1,001", "purpose must have at most 1000 characters, got 1001.", purpose="x" * 1001),
    wrong("purpose with a null byte", "purpose must be text without control characters", purpose="a\x00b"),
    wrong("purpose with half a character", "purpose must be text without control characters", purpose="\ud800"),
    wrong(
        "three fields at once",
        *(TOKEN, ACCOUNT, "purpose must be a string"),
        reason="InvalidTarget",
        client_token=1,
        target={"account_id": "1"},
        purpose=[],
    ),
)

NOWHERE = {"database": "nowhere", "table": "*"}
PREVIEWS = (
    previewed("empty body", "400 Unreadable", NO_JSON, body=b""),
    previewed("form", "415 NotJson", NOT_JSON, body=b"a=b", headers=()),
    previewed("a list", "422 InvalidInput", "the input must be an object, got a list.", body=[]),
    previewed("no source", "422 InvalidInput", "source must be an object", body={"target": GOOD["target"]}),
    previewed(
        "no table", "422 InvalidInput", TABLE, "got nothing.", body={**GOOD, "source": {**SOURCE, "table": None}}
    ),
    previewed(
        "account of letters", "422 InvalidTarget", ACCOUNT, body={**GOOD, "target": {"account_id": "account-abcd"}}
    ),
    previewed("columns", "422 UnknownField", "source.columns", body={**GOOD, "source": {**SOURCE, "columns": ["id"]}}),
    previewed("both ends", "422 InvalidInput", "both", body={**GOOD, "until": "2027-12-31", "days": 7}),
    previewed("end that is past", "200 EndDatePassed", "is over", body={**GOOD, "until": "2026-01-01"}),
    previewed("end that is too late", "200 EndTooLate", "at most", body={**GOOD, "days": 366}),
    previewed(
        "share that is an object", "422 InvalidInput", "renews must be", body={**GOOD, "renews": {"id": NO_SHARE}}
    ),
    previewed("share that nobody has", "404 UnknownShare", "somebody else's", body={**GOOD, "renews": NO_SHARE}),
    previewed("reason", "422 UnknownField", "goes into purpose", body={**GOOD, "reason": "x"}),
    previewed("too much", "413 BodyTooLarge", "at most 256,000 bytes", body=b" " * 300_000),
    previewed(
        "no database", "200 DatabaseNotFound", "There is no database 'nowhere'", body={**GOOD, "source": NOWHERE}
    ),
    previewed(
        "a pattern", "200 TableNotFound", "There is no table 'y*'", body={**GOOD, "source": {**SOURCE, "table": "y*"}}
    ),
    previewed(
        "central account", "200 TargetIsCentral", "is the central", body={**GOOD, "target": {"account_id": CENTRAL}}
    ),
    previewed("a role's name", "422 InvalidInput", f"{ROLES}[0] must be", body={**GOOD, "target": with_roles(["x"])}),
    previewed("no kit", "200 RolesWithoutKit", "has no kit", body={**GOOD, "target": with_roles([ROLE])}),
    previewed("nobody asks", "401", "Unauthorized", caller="nobody", body=GOOD),
)

CASES = (*BODIES, *FIELDS, *PREVIEWS)
