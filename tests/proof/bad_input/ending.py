"""Bad wishes that a share be ended: of operators, as input of the state machine that revokes; of people, by the API."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from tests.proof.bad_input.case import Case, Door, Execution
from tests.proof.bad_input.execution import NO_START
from tests.proof.bad_input.requests import NO_JSON, NOT_JSON, call, sent

SHARE, OTHERS = "{share}", "{others}"
"""A live share of who calls, and one that somebody else made; both must live on."""
INVALID, UNKNOWN = "FAILED InvalidInput", "FAILED UnknownField"
NO_SHARE = "There is no share of this id: it is the request's id, ':' and a number."
ONE = "one of share, consumer, owner, source must be given, and only one; got"
OF_ACCOUNT = "a string of 12 digits, got"
A_TABLE = {"database": "transport", "table": "yellow_tripdata"}
WIDE_DIGITS = "\uff19" * 12


def wished(name: str, expected: str, *words: str, document: object, hidden: tuple[str, ...] = ()) -> Case:
    """An input of the state machine: a text as it is, everything else as JSON."""
    text = document if isinstance(document, str) else json.dumps(document)
    return Case(f"revoking: {name}", Door.REVOKING, Execution(text), expected, words, hidden)


def wrong(name: str, *words: str, reason: object = "A test.", expected: str = INVALID, **fields: Any) -> Case:
    """Something that cannot be ended, for a reason; `...`: for none."""
    document = {**fields, **({} if reason is ... else {"reason": reason})}
    return wished(name, expected, *words, document=document)


def _set(field: str, value: Any) -> Any:
    return {field: value}


def _nested(depth: int) -> Any:
    return json.loads("[" * depth + "]" * depth)


SHAPES = (
    *(
        wished(f"input that is {kind}", INVALID, f"the input must be an object, got {kind}.", document=document)
        for kind, document in (("a list", []), ("a string", '"share"'), ("a number", 7), ("true or false", True))
    ),
    wished("input of nothing", INVALID, "the input must be an object, got nothing.", document=None),
    wrong("nothing to end", f"{ONE} none of them."),
    wrong("only nothings", f"{ONE} none of them.", share=None, consumer=None, owner=None, source=None),
    wrong("a share and its account", f"{ONE} share and consumer.", share=SHARE, consumer="666666666666"),
    wrong("everything", f"{ONE} share and consumer and owner and source.", share=SHARE, consumer=1, owner=1, source=1),
    *(
        wrong(f"field {name}", name, "must not be given", expected=UNKNOWN, **{name: SHARE}, consumer="666666666666")
        for name in ("table", "shares", "Share", "share.$", "__proto__", "look", "failed", "work", "until")
    ),
    wrong("source with columns", "source.column", expected=UNKNOWN, source={**A_TABLE, "column": "id"}),
    wished(
        "field twice, the last one wrong",
        INVALID,
        "share must be a text",
        document='{"share": "x:1", "share": 7, "reason": "x"}',
    ),
    wished(
        "input of 250,000 letters",
        INVALID,
        "one line of at most 1000",
        document={"share": SHARE, "reason": "x" * 250_000},
        hidden=("x" * 300,),
    ),
    *(
        wished(name, NO_START, "Invalid", document=document)
        for name, document in (
            ("text that is no JSON", "share=x"),
            ("empty text", ""),
            ("JSON cut short", '{"share": '),
            ("NaN", '{"share": NaN}'),
            ("two documents", "{}{}"),
            ("more than 262,144 bytes", json.dumps({"share": SHARE, "reason": "x" * 262_144})),
        )
    ),
)

VALUES = (
    *(
        wrong(f"reason that is {kind}", f"reason must be a text, got {kind}.", share=SHARE, reason=reason)
        for kind, reason in (("nothing", ...), ("an empty one", " "), ("a number", 7), ("a list", ["x"]))
    ),
    *(
        wrong(f"reason {how}", "reason must be one line of at most 1000 characters.", share=SHARE, reason=reason)
        for how, reason in (("of two lines", "a\nb"), ("of 1,001", "x" * 1001), ("with a null byte", "a\x00"))
    ),
    *(
        wrong(f"share that is {kind}", f"share must be a text, got {kind}.", share=share)
        for kind, share in (("a number", 7), ("a list", [SHARE]), ("an object", {}), ("an empty one", "  "))
    ),
    *(
        wrong(f"share {how}", NO_SHARE, share=share)
        for how, share in (
            ("of nobody", "nobody:1"),
            ("that is a request", "nobody"),
            ("without a request", ":1"),
            ("of another round", f"{SHARE}2"),
            ("that is a pattern", "*"),
            ("of what is beside requests", "approval#x:1"),
            ("of a hold", "hold#consumer#666666666666:1"),
            ("upwards", "../../x:1"),
            ("with an expression", "{{7*7}}:1"),
            ("of 1,000 wide letters", "\U0001f600" * 998 + ":1"),
            ("with another's digits", f"nobody:{WIDE_DIGITS}"),
        )
    ),
    wrong("share of two lines", "share must be one line", share=f"{SHARE}\n{OTHERS}"),
    wrong("share that is held", "hold must not be given with a share", share=SHARE, hold=True),
    *(
        wrong(f"{field} {how}", f"{field} must be {OF_ACCOUNT}", **_set(field, account))
        for field in ("consumer", "owner")
        for how, account in (
            ("of 3 digits", "123"),
            ("that is a number", 666666666666),
            ("in wide digits", WIDE_DIGITS),
            ("with a space", " 666666666666"),
            ("that is a pattern", "*"),
            ("in a list", ["666666666666"]),
        )
    ),
    *(
        wrong(f"source that is {kind}", f"source must be an object, got {kind}.", source=source)
        for kind, source in (("a string", "transport.yellow_tripdata"), ("a list", _nested(200)), ("a number", 7))
    ),
    wrong("source without a table", "source.table must be a string, got nothing.", source={"database": "transport"}),
    wrong("source without a database", "source.database must be a string, got nothing.", source={"table": "*"}),
    wrong(
        "all databases",
        "source.database must be the name of one database, got '*'.",
        source={"database": "*", "table": "*"},
    ),
    wrong("database of 300", "source.database must have 1 to 255", source={"database": "d" * 300, "table": "*"}),
    wrong("table with a line break", "source.table must be a name", source={**A_TABLE, "table": "a\n"}),
    *(
        wrong(
            f"{field} that is {kind}",
            f"{field} must be true or false, got {kind}.",
            consumer="666666666666",
            **_set(field, value),
        )
        for field in ("dry_run", "hold")
        for kind, value in (("a string", "false"), ("a number", 0), ("a list", []))
    ),
    wished("an account that has nothing", "SUCCEEDED None", document={"consumer": "5" * 12, "reason": "A test."}),
    wished(
        "a dry run of a table", "SUCCEEDED None", document={"source": A_TABLE, "reason": "A test.", "dry_run": True}
    ),
)


def given_back(name: str, expected: str, *words: str, body: object = None, share: str = SHARE, **http: Any) -> Case:
    """Something that is posted to give a share back."""
    document = {"reason": "No use for it."} if body is None else body
    return sent(f"give back: {name}", expected, *words, body=document, **{"path": f"/shares/{share}/give-back", **http})


def delivered(name: str, expected: str, *words: str, body: object = None, share: str = SHARE, **http: Any) -> Case:
    """Something that is posted to have a share delivered again."""
    document = {} if body is None else body
    return sent(f"deliver: {name}", expected, *words, body=document, **{"path": f"/shares/{share}/deliver", **http})


NOT_THEIRS = "There is no such share, or it is somebody else's."
GIVEN_BACK = (
    given_back("empty body", "400 Unreadable", NO_JSON, body=b""),
    given_back("field twice", "400 Unreadable", "more than once", body=b'{"reason": "a", "reason": "b"}'),
    given_back("too much", "413 BodyTooLarge", "at most 256,000 bytes", body=b" " * 256_001),
    given_back("form", "415 NotJson", NOT_JSON, headers=()),
    given_back("a list", "422 InvalidInput", "the input must be an object, got a list.", body=[]),
    given_back("no reason", "422 InvalidInput", "reason must be a string, got nothing.", body={}),
    given_back("blank reason", "422 InvalidInput", "reason must say why, got nothing.", body={"reason": " \n"}),
    given_back("reason of 1,001", "422 InvalidInput", "at most 1000 characters", body={"reason": "x" * 1001}),
    given_back("reason with a null byte", "422 InvalidInput", "control characters", body={"reason": "a\x00"}),
    given_back("reason that is a number", "422 InvalidInput", "must be a string, got a number", body={"reason": 7}),
    *(
        given_back(f"field {field}", "422 UnknownField", field, body={"reason": "x", field: "x"})
        for field in ("hold", "share", "consumer", "dry_run")
    ),
    given_back("nobody asks", "401", "Unauthorized", caller="nobody"),
    given_back("somebody else's", "404 UnknownShare", NOT_THEIRS, share=OTHERS),
    given_back("by an auditor", "403 NotAllowed", "is for people bound to the account", caller="auditor"),
    *(
        given_back(f"share {how}", "404 UnknownShare", NOT_THEIRS, share=quote(share, safe="{}"))
        for how, share in (
            ("of nobody", "nobody:1"),
            ("of another round", f"{SHARE}2"),
            ("that is a request", "nobody"),
            ("without a request", ":1"),
            ("without a round", "nobody:"),
            ("of what is beside requests", "approval#x:1"),
            ("with markup", "<script>alert(1)</script>:1"),
            ("with a null byte", "\x00:1"),
            ("of 2,000 letters", "x" * 2000 + ":1"),
            ("that is a pattern", "*"),
        )
    ),
    given_back("no share", "404", share=""),
    *(
        delivered(name, expected, *words, body=body)
        for name, expected, words, body in (
            ("empty body", "400 Unreadable", (NO_JSON,), b""),
            ("a list", "422 InvalidInput", ("the input must be an object, got a list.",), []),
            ("roles", "422 UnknownField", ("roles",), {"roles": []}),
            ("without a kit", "409 NothingToDeliver", ("has no kit that takes up what is shared",), {}),
        )
    ),
    delivered("form", "415 NotJson", NOT_JSON, headers=()),
    delivered("nobody asks", "401", "Unauthorized", caller="nobody"),
    delivered("somebody else's", "404 UnknownShare", NOT_THEIRS, share=OTHERS),
    delivered("of nobody", "404 UnknownShare", NOT_THEIRS, share="nobody:1"),
    delivered("by an auditor", "403 NotAllowed", "is for people bound to the account", caller="auditor"),
    delivered("by an operator", "403 NotAllowed", "is for people bound to the account", caller="operator"),
    call("deliver: asked for", "404", method="GET", path=f"/shares/{SHARE}/deliver"),
    call("give back: asked for", "404", method="GET", path=f"/shares/{SHARE}/give-back"),
    sent("give back: something else", "404", body={"reason": "x"}, path=f"/shares/{SHARE}/lend"),
    sent("revoke: by its requester", "403 NotAllowed", body={"reason": "x"}, path=f"/shares/{SHARE}/revoke"),
)

CASES = (*SHAPES, *VALUES, *GIVEN_BACK)
