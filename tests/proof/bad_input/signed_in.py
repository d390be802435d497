"""Bad wishes of people who are signed in: decisions, revokes, holds, settlings, and the lists of shares and changes."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from tests.proof.bad_input.case import Case
from tests.proof.bad_input.ending import NOT_THEIRS, ONE, OTHERS, SHARE, WIDE_DIGITS
from tests.proof.bad_input.reading import LIMIT, NEXT, NOBODY_SAYS, cursor
from tests.proof.bad_input.requests import NO_JSON, NOT_JSON, call, sent

WAITING = "{waiting}"
"""A request that waits for retail's owner, whom `owner` calls as; it must wait on."""
INVALID, UNKNOWN = "422 InvalidInput", "422 UnknownField"
APPROVE = {"action": "approve", "round": 1}
WHY = {"reason": "A test."}
ACTION = "action must be 'approve' or 'deny', got"
ROUND = "round must be that of the request as it was shown, got"


def decided(name: str, expected: str, *words: str, body: object = None, of: str = WAITING, **http: Any) -> Case:
    """A decision that is posted."""
    http = {"path": f"/requests/{of}/decision", "caller": "owner", **http}
    return sent(f"decision: {name}", expected, *words, body=APPROVE if body is None else body, **http)


def wrong(name: str, *words: str, expected: str = INVALID, **fields: object) -> Case:
    """A decision with a wrong field."""
    return decided(name, expected, *words, body={**APPROVE, **fields})


DECISIONS = (
    decided("empty body", "400 Unreadable", NO_JSON, body=b""),
    decided("field twice", "400 Unreadable", "more than once", body=b'{"action": "deny", "action": "approve"}'),
    decided("too much", "413 BodyTooLarge", "at most 256,000 bytes", body=b" " * 256_001),
    decided("form", "415 NotJson", NOT_JSON, headers=()),
    decided("a list", INVALID, "the input must be an object, got a list.", body=[APPROVE]),
    decided("nothing", INVALID, f"{ACTION} nothing.", f"{ROUND} nothing.", body={}),
    *(wrong(f"action {said}", f"{ACTION} '{said}'.", action=said) for said in ("Approve", "approved", "deny ", "")),
    *(
        wrong(f"action that is {kind}", f"{ACTION} {kind}.", action=value)
        for kind, value in (("a number", 1), ("true or false", True), ("a list", ["approve"]), ("an object", {}))
    ),
    *(wrong(f"round {value}", ROUND, round=value) for value in (0, -1, 1.5, True, "1", None)),
    *(wrong(f"round {value}", "The data changed", expected="409 LookAgain", round=value) for value in (2, 10**30)),
    *(wrong(f"until {value}", "until must be", until=value) for value in (7, "tomorrow", "2026-02-30", "", [])),
    wrong("until yesterday", "2020-01-01", expected="422 EndDatePassed", until="2020-01-01"),
    wrong("until too late", "asks for the data until", expected="422 EndTooLate", until="2099-01-01"),
    wrong("denied until", "until must not be given with a denial", action="deny", until="2026-12-24"),
    *(
        wrong(f"comment that is {kind}", "comment must be", comment=value)
        for kind, value in (("7", 7), ("a list", [1]))
    ),
    wrong("comment of 2,001", "comment must have at most 2000 characters", comment="x" * 2001),
    wrong("comment with a null byte", "control characters", comment="a\x00"),
    *(
        wrong(f"field {name}", name, expected=UNKNOWN, **{name: "olga"})
        for name in ("approver", "email", "decided_by", "groups", "key", "request", "token", "__proto__")
    ),
    *(
        decided(f"id {name}", "404 UnknownRequest", NOBODY_SAYS, of=quote(of, safe=""))
        for name, of in (
            ("that is unknown", "0" * 40),
            ("of the guarding item", "approval#x"),
            ("of a decision", "decision#x"),
            ("with a null byte", "\x00"),
            ("of 2,000 letters", "x" * 2000),
        )
    ),
    decided("by nobody", "401", "Unauthorized", caller="nobody"),
    decided("by somebody", "404 UnknownRequest", NOBODY_SAYS, caller="user"),
    decided("by an auditor", "403 NotAllowed", "is for the approvers of the data's owner", caller="auditor"),
    decided("by an operator", "403 NotAllowed", "never for", caller="operator"),
    decided("in another way", "404", method="PUT"),
    call("decision: looked at by somebody", "404 UnknownRequest", NOBODY_SAYS, path=f"/requests/{WAITING}/decision"),
    call("decisions: with a parameter", UNKNOWN, "owner must not be given", path="/decisions", query="owner=x"),
)


def revoked(name: str, expected: str, *words: str, body: object = None, share: str = SHARE, **http: Any) -> Case:
    """What is posted to revoke a share."""
    http = {"path": f"/shares/{share}/revoke", "caller": "operator", **http}
    return sent(f"revoke: {name}", expected, *words, body=WHY if body is None else body, **http)


def held(name: str, expected: str, *words: str, path: str = "/holds", **fields: Any) -> Case:
    """What is posted to put a hold, or to lift one; a `caller` is no field."""
    caller = fields.pop("caller", "operator")
    return sent(f"{path[1:]}: {name}", expected, *words, body={**WHY, **fields}, path=path, caller=caller)


ENDS = (
    revoked("empty body", "400 Unreadable", NO_JSON, body=b""),
    revoked("form", "415 NotJson", NOT_JSON, headers=()),
    revoked("a list", INVALID, "the input must be an object, got a list.", body=[]),
    revoked("no reason", INVALID, "reason must be", body={}),
    revoked("reason of two lines", INVALID, "reason must be one line", body={"reason": "a\nb"}),
    revoked("reason of 1,001", INVALID, "at most 1000 characters", body={"reason": "x" * 1001}),
    *(
        revoked(
            f"{name} that is {kind}", INVALID, f"{name} must be true or false, got {kind}.", body={**WHY, name: value}
        )
        for name in ("dry_run", "hold")
        for kind, value in (("a string", "true"), ("a number", 1), ("a list", []))
    ),
    *(revoked(f"field {name}", UNKNOWN, name, body={**WHY, name: "x"}) for name in ("share", "consumer", "until")),
    *(
        revoked(f"share {how}", "404 UnknownShare", NOT_THEIRS, share=quote(share, safe="{}"))
        for how, share in (("of nobody", "nobody:1"), ("of another round", f"{SHARE}2"), ("that is a pattern", "*"))
    ),
    revoked("by nobody", "401", "Unauthorized", caller="nobody"),
    revoked("by another owner", "404 UnknownShare", NOT_THEIRS, caller="owner"),
    revoked("by somebody else", "404 UnknownShare", NOT_THEIRS, share=OTHERS, caller="user"),
    revoked("by an auditor", "403 NotAllowed", "is for", caller="auditor"),
    *(
        case
        for path in ("/holds", "/holds/lift")
        for case in (
            held("nothing", INVALID, f"{ONE} none of them.", path=path),
            held("two", INVALID, f"{ONE} consumer and owner.", path=path, consumer="5" * 12, owner="5" * 12),
            held("a share", UNKNOWN, "share must not be given", path=path, share=SHARE),
            held("a hold", UNKNOWN, "hold must not be given", path=path, hold=True),
            held("no reason", INVALID, "reason must be", path=path, consumer="5" * 12, reason=None),
            held("wide digits", INVALID, "consumer must be", path=path, consumer=WIDE_DIGITS),
            held("all databases", INVALID, "one database", path=path, source={"database": "*", "table": "*"}),
            held("no table", INVALID, "source.table must be", path=path, source={"database": "transport"}),
            held("by nobody", "401", "Unauthorized", path=path, consumer="5" * 12, caller="nobody"),
            held("by somebody", "403 NotAllowed", "is for", path=path, consumer="6" * 12, caller="user"),
            held("by an auditor", "403 NotAllowed", "is for", path=path, owner="2" * 12, caller="auditor"),
            held("by another owner", "403 NotAllowed", "is for", path=path, owner="2" * 12, caller="owner"),
        )
    ),
    held("dry run that is text", INVALID, "dry_run must be true or false", consumer="5" * 12, dry_run="no"),
    held("dry run", UNKNOWN, "dry_run must not be given", path="/holds/lift", consumer="5" * 12, dry_run=True),
    held("there is none", "404 UnknownHold", "There is no hold on", path="/holds/lift", consumer="5" * 12),
)


def settled(name: str, expected: str, *words: str, **fields: Any) -> Case:
    """What is posted to settle a finding; a `caller` is no field."""
    caller = fields.pop("caller", "operator")
    body = {"action": "accept", "digest": "0" * 32, **WHY, **fields}
    return sent(f"settling: {name}", expected, *words, body=body, path="/findings/none/settle", caller=caller)


SETTLINGS = (
    settled("there is none", "404 UnknownFinding", "There is no such finding"),
    settled("there is none, by somebody", "404 UnknownFinding", "There is no such finding", caller="user"),
    settled("by nobody", "401", "Unauthorized", caller="nobody"),
    *(settled(f"action {value}", INVALID, "action must be one of", action=value) for value in ("grant", 7, None, [])),
    *(settled(f"digest {value}", INVALID, "digest must be", digest=value) for value in ("", 7, None)),
    settled("no reason", INVALID, "reason must", reason=None),
    *(settled(f"field {name}", UNKNOWN, name, **{name: "x"}) for name in ("owner", "principal", "finding")),
    call("findings: with a parameter", UNKNOWN, "owner must not be given", path="/findings", query="owner=x"),
)


def listed(path: str, query: str, *words: str, expected: str = INVALID, caller: str = "auditor") -> Case:
    """A list that is asked for in a wrong way."""
    return call(f"{path[1:]}: {query[:40]}", expected, *words, path=path, query=query, caller=caller)


LISTS = (
    listed("/shares", "view=everybody", "view must be one of mine, account, owner, all, got 'everybody'."),
    listed("/shares", "view=account", "account_id must be given with view account."),
    listed("/shares", "view=owner", "owner must be given with view owner."),
    listed("/shares", "view=all&state=ended", "state must be live here"),
    listed("/shares", "state=over", "state must be one of live, ended, got 'over'."),
    listed("/shares", "view=account&account_id=123", "account_id must be 12 digits, got '123'."),
    listed("/shares", "view=all&database=%00", "database must be"),
    listed("/shares", "limit=0", f"{LIMIT}, got '0'."),
    listed("/shares", f"next={cursor(7)}", NEXT),
    listed("/shares", "view=all&next=abc", NEXT),
    listed("/shares", "consumer=x", "consumer must not be given", expected=UNKNOWN),
    listed("/shares", "view=all", "is for", expected="403 AuditorsOnly", caller="user"),
    listed("/shares", f"view=owner&owner={'2' * 12}", "is for", expected="403 AuditorsOnly", caller="owner"),
    listed("/holds", "owner=x", "owner must be 12 digits, got 'x'."),
    listed("/holds", "", "is for", expected="403 AuditorsOnly", caller="user"),
    *(
        listed("/changes", f"days={days}", "days must be a whole number from 1 to 90")
        for days in ("0", "91", "x", "1e1")
    ),
    listed("/changes", f"next={cursor([1, 2])}", NEXT),
    listed("/changes", "", "is for", expected="403 AuditorsOnly", caller="owner"),
    *(listed("/search", f"q={q}", "q must be 1 to 200 characters, got") for q in ("", "%20", "x" * 201)),
    listed("/search", "", "q must be 1 to 200 characters, got nothing."),
    listed("/search", "q=x&limit=1", "limit must not be given", expected=UNKNOWN),
)

CASES = (*DECISIONS, *ENDS, *SETTLINGS, *LISTS)
