"""Bad calls of the requests API: nothing is written down, and whoever called reads which field was wrong."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from tests.proof.bad_input.case import Case, Door, Http

JSON = (("Content-Type", "application/json"),)
CENTRAL = "123456789012"
SOURCE = {"database": "transport", "table": "yellow_tripdata"}
GOOD: dict[str, Any] = {"client_token": "bad-input-0001", "source": SOURCE, "target": {"account_id": "999999999999"}}

TOKEN = "client_token must be 8 to 64 letters, digits or characters of _-"
DATABASE = "source.database must"
TABLE = "source.table must"
ACCOUNT = "target.account_id must be 12 digits with nothing around them"
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


BODIES = (
    sent("empty body", "400 Unreadable", NO_JSON, "expecting value at character 0", body=b""),
    sent("body that is no JSON", "400 Unreadable", NO_JSON, "at character 0", body=b"source=transport"),
    sent("body cut short", "400 Unreadable", NO_JSON, body=b'{"source": {"database": "transport"'),
    sent("body in single quotes", "400 Unreadable", NO_JSON, "property name", body=b"{'source': 1}"),
    sent("body with a comma too many", "400 Unreadable", NO_JSON, body=b'{"source": {},}'),
    sent("body with a comment", "400 Unreadable", NO_JSON, body=b'{} // "x"'),
    sent("two documents", "400 Unreadable", NO_JSON, "extra data", body=b"{}{}"),
    sent(
        "body with control characters in a text",
        "400 Unreadable",
        NO_JSON,
        "control character",
        body=b'{"purpose": "\x01"}',
    ),
    sent("body of UTF-16", "400 Unreadable", NO_JSON, body=json.dumps(GOOD).encode("utf-16")),
    sent("body in no Unicode", "400 Unreadable", NO_JSON, body=b"\xff\xfe\x00"),
    sent("body nested 9,000 deep", "400 Unreadable", NO_JSON, "nested too deeply", body=b"[" * 9000 + b"]" * 9000),
    sent(
        "number of 5,000 digits",
        "400 Unreadable",
        NO_JSON,
        "too many digits",
        body=b'{"purpose": ' + b"9" * 5000 + b"}",
    ),
    sent("body of 20,001 bytes", "413 BodyTooLarge", "at most 20000 bytes, got 20001", body=b" " * 20_001),
    sent("body of a megabyte", "413 BodyTooLarge", "at most 20000 bytes, got 1000000", body=b"[" * 1_000_000),
    sent("body without a type", "415 NotJson", NOT_JSON, body=GOOD, headers=()),
    sent(
        "form",
        "415 NotJson",
        NOT_JSON,
        "got 'application/x-www-form-urlencoded'",
        body=b"a=b",
        headers=(("Content-Type", "application/x-www-form-urlencoded"),),
    ),
    sent("text", "415 NotJson", NOT_JSON, "got 'text/plain'", body=GOOD, headers=(("Content-Type", "text/plain"),)),
    sent(
        "type of something like JSON",
        "415 NotJson",
        NOT_JSON,
        body=GOOD,
        headers=(("Content-Type", "application/jsonp"),),
    ),
    sent(
        "type of 2,000 letters",
        "415 NotJson",
        NOT_JSON,
        "…'",
        body=GOOD,
        hidden=("x" * 100,),
        headers=(("Content-Type", "x" * 2000),),
    ),
    sent(
        "body that is packed",
        "400 Unreadable",
        NO_JSON,
        body=b"\x1f\x8b\x08\x00",
        headers=(*JSON, ("Content-Encoding", "gzip")),
    ),
    *(
        sent(f"{name} instead of an object", "422 InvalidInput", f"the input must be an object, got {came}.", body=body)
        for name, body, came in (
            ("null", b"null", "nothing"),
            ("a list", [GOOD], "a list"),
            ("a text", "transport", "a string"),
            ("a number", 7, "a number"),
            ("NaN", b"NaN", "a number"),
            ("true", True, "true or false"),
        )
    ),
)

FIELDS = (
    wrong("empty object", "source must be an object, got nothing.", TOKEN, source=..., target=..., client_token=...),
    wrong("no client token", f"{TOKEN}, the same for a retry, got nothing.", client_token=...),
    wrong("client token that is a number", TOKEN, "got a number", client_token=12345678),
    wrong("client token of 7", TOKEN, "got '1234567'", client_token="1234567"),
    wrong("client token of 65", TOKEN, client_token="x" * 65),
    wrong("client token with a space", TOKEN, "got 'token 0001'", client_token="token 0001"),
    wrong("client token with a line break", TOKEN, "\\n", client_token="token-0001\n"),
    wrong("client token of 10,000", TOKEN, "…'", hidden=("x" * 100,), client_token="x" * 10_000),
    wrong("client token that is a path", TOKEN, "got '../../etc/passwd'", client_token="../../etc/passwd"),
    wrong("no source", "source must be an object, got nothing.", source=...),
    wrong("source that is a text", "source must be an object, got a string.", source="transport.yellow_tripdata"),
    wrong("source that is a list", "source must be an object, got a list.", source=["transport"]),
    wrong("no database", f"{DATABASE} be a string, got nothing.", source={"table": "*"}),
    wrong("no table", f"{TABLE} be a string, got nothing.", source={"database": "transport"}),
    wrong(
        "database that is an object",
        f"{DATABASE} be a string, got an object.",
        source={**SOURCE, "database": {"$ne": 1}},
    ),
    wrong("database that is true", f"{DATABASE} be a string, got true or false.", source={**SOURCE, "database": True}),
    wrong("empty database", f"{DATABASE} have 1 to 255 characters, got 0.", source={**SOURCE, "database": ""}),
    wrong("all databases", f"{DATABASE} be the name of one database, got '*'.", source={"database": "*", "table": "*"}),
    wrong("table of 256", f"{TABLE} have 1 to 255 characters, got 256.", source={**SOURCE, "table": "t" * 256}),
    wrong(
        "table with a line break",
        f"{TABLE} be a name without control characters",
        "\\r\\n",
        source={**SOURCE, "table": "a\r\nb"},
    ),
    wrong(
        "table with a null byte", f"{TABLE} be a name without control characters", source={**SOURCE, "table": "a\x00"}
    ),
    wrong(
        "table with spaces around it",
        f"{TABLE} be a name without control characters or spaces around it",
        source={**SOURCE, "table": " a"},
    ),
    wrong("table with half a character", f"{TABLE} be valid Unicode", source={**SOURCE, "table": "\ud800"}),
    wrong("no target", "target must be an object, got nothing.", target=...),
    wrong("target that is a text", "target must be an object, got a string.", target="999999999999"),
    wrong(
        "account that is a number",
        "target.account_id must be a string of 12 digits, got a number.",
        target={"account_id": 999999999999},
    ),
    wrong("account that is missing", "target.account_id must be a string of 12 digits, got nothing.", target={}),
    wrong(
        "account of 11 digits",
        f"{ACCOUNT}, got '99999999999'.",
        reason="InvalidTarget",
        target={"account_id": "99999999999"},
    ),
    wrong("account of wide digits", ACCOUNT, reason="InvalidTarget", target={"account_id": "９" * 12}),  # noqa: RUF001
    wrong(
        "account that is an ARN",
        ACCOUNT,
        reason="InvalidTarget",
        target={"account_id": "arn:aws:iam::999999999999:root"},
    ),
    wrong(
        "central account", "The target is the central account", reason="TargetIsCentral", target={"account_id": CENTRAL}
    ),
    wrong(
        "account that is not on the list",
        "not among the consumer accounts",
        reason="ConsumerNotAllowed",
        target={"account_id": "777777777777"},
    ),
    wrong("purpose that is a number", "purpose must be a string, got a number.", purpose=7),
    wrong("purpose that is an object", "purpose must be a string, got an object.", purpose={"text": "x"}),
    wrong("purpose of 1,001", "purpose must have at most 1000 characters, got 1001.", purpose="x" * 1001),
    wrong("purpose with a null byte", "purpose must be text without control characters", purpose="a\x00b"),
    wrong("purpose with half a character", "purpose must be text without control characters", purpose="\ud800"),
    wrong(
        "three fields at once",
        TOKEN,
        ACCOUNT,
        "purpose must be a string",
        reason="InvalidTarget",
        client_token=1,
        target={"account_id": "1"},
        purpose=[],
    ),
)

PREVIEWS = (
    previewed("empty body", "400 Unreadable", NO_JSON, body=b""),
    previewed("form", "415 NotJson", NOT_JSON, body=b"a=b", headers=()),
    previewed("a list", "422 InvalidInput", "the input must be an object, got a list.", body=[]),
    previewed("no source", "422 InvalidInput", "source must be an object", body={"target": GOOD["target"]}),
    previewed(
        "table that is null",
        "422 InvalidInput",
        f"{TABLE} be a string, got nothing.",
        body={**GOOD, "source": {**SOURCE, "table": None}},
    ),
    previewed(
        "account of letters", "422 InvalidTarget", ACCOUNT, body={**GOOD, "target": {"account_id": "account-abcd"}}
    ),
    previewed("too much", "413 BodyTooLarge", "at most 20000 bytes", body=b" " * 30_000),
    previewed(
        "database that is none",
        "200 DatabaseNotFound",
        "There is no database 'nowhere'",
        body={**GOOD, "source": {"database": "nowhere", "table": "*"}},
    ),
    previewed(
        "table that is a pattern",
        "200 TableNotFound",
        "There is no table 'y*'",
        body={**GOOD, "source": {**SOURCE, "table": "y*"}},
    ),
    previewed(
        "central account",
        "200 TargetIsCentral",
        "The target is the central account",
        body={**GOOD, "target": {"account_id": CENTRAL}},
    ),
    previewed("nobody asks", "401", "Unauthorized", caller="nobody", body=GOOD),
)

CASES = (*BODIES, *FIELDS, *PREVIEWS)
