"""Bad input of executions: refused by name, with what was expected and what came; whoever may start one sends any."""

from __future__ import annotations

import json
from typing import Any

from tests.proof.bad_input.case import Case, Door, Execution
from tests.unit.test_request import REFUSED
from tests.workflow.test_refusals import GOOD, GOOD_SOURCE, GOOD_TARGET

NO_START = "NOT STARTED"
"""Step Functions itself refuses to start it: there is no request then."""

ACCOUNT = "target.account_id must be 12 digits with nothing around them"
NUMBER = "target.account_id must be a string of 12 digits"
NAME = "be a name without control characters or spaces around it"
OBJECT = "must be an object, got"
INVALID = "REFUSED InvalidInput"


def started(
    name: str, expected: str, *words: str, document: object, hidden: tuple[str, ...] = (), as_: str | None = None
) -> Case:
    """An execution's input: a text as it is, everything else as JSON."""
    text = document if isinstance(document, str) else json.dumps(document)
    return Case(f"execution: {name}", Door.EXECUTION, Execution(text, as_), expected, words, hidden)


def invalid(name: str, said: str, document: object) -> Case:
    """An input that is no request."""
    return started(name, INVALID, said, document=document)


def table(name: str, value: object, *words: str, **more: Any) -> Case:
    """A table's name that is none."""
    return started(f"table {name}", INVALID, *words, document=of_source(table=value), **more)


def database(name: str, value: object, *words: str) -> Case:
    """A database's name that is none."""
    return started(f"database {name}", INVALID, *words, document=of_source(database=value))


def account(name: str, value: object, *words: str, reason: str = "InvalidTarget") -> Case:
    """A target that may get nothing."""
    return started(f"account {name}", f"REFUSED {reason}", *words, document={**GOOD, "target": {"account_id": value}})


def of_source(**changes: object) -> dict[str, object]:
    """A good input, but for its source."""
    return {**GOOD, "source": {**GOOD_SOURCE, **changes}}


KNOWN = tuple(
    started(f"unit test {number}, {said}", f"REFUSED {error.__name__}", said, document=json.dumps(document))
    for number, (document, error, said) in enumerate(REFUSED)
)
"""What the unit tests know, here with all that there is around it."""

NAMES = (
    table("that is true", True, "source.table must be a string, got true or false."),
    table("that is a fraction", 1.5, "source.table must be a string, got a number."),
    table("that is an object", {"Name": "a"}, "source.table must be a string, got an object."),
    table("with a null byte", "a\x00b", NAME, "'a\\x00b'"),
    table("with an escape sequence", "a\x1b[2Jb", NAME, "\\x1b"),
    table("with a tab", "a\tb", NAME, "\\t"),
    table("with a wide space before it", "\u3000a", NAME, "\\u3000"),
    table("with a wide space behind it", "a\u2003", NAME, "\\u2003"),
    table("of a space", " ", NAME, "' '"),
    table("that is empty", "", "source.table must have 1 to 255 characters, got 0."),
    table(
        "with two kinds of line break", "yellow\r\ntripdata", f"source.table must {NAME}, got 'yellow\\r\\ntripdata'."
    ),
    table("with half a character at its end", "a\udfff", "valid Unicode", "\\udfff"),
    table("of 200,000 letters", "t" * 200_000, "1 to 255 characters, got 200000", hidden=("t" * 300,)),
    database("of 256 letters", "d" * 256, "source.database must have 1 to 255 characters, got 256."),
    database("that is a list", ["retail"], "source.database must be a string, got a list."),
    database("that is an object", {}, "source.database must be a string, got an object."),
    database("that is false", False, "source.database must be a string, got true or false."),
    database("with half a character", "\ud800", "source.database must be valid Unicode"),
    database("with spaces around it", " retail ", NAME, "' retail '"),
)

ACCOUNTS = (
    account("that is a fraction", 9.9e11, f"{NUMBER}, got a number.", reason="InvalidInput"),
    account("that is true", True, f"{NUMBER}, got true or false.", reason="InvalidInput"),
    account("that is a list", ["999999999999"], f"{NUMBER}, got a list.", reason="InvalidInput"),
    account("that is an object", {"id": "999999999999"}, f"{NUMBER}, got an object.", reason="InvalidInput"),
    account("that is empty", "", f"{ACCOUNT}, got ''."),
    account("with hyphens", "9999-9999-9999", ACCOUNT, "got '9999-9999-9999'"),
    account("with a sign", "-99999999999", ACCOUNT),
    account("with a space that does not break", "\u00a0999999999999", ACCOUNT, "\\xa0"),
    account("that is a pattern", "*", f"{ACCOUNT}, got '*'."),
    account("that turns the writing around", "\u202e999999999999", ACCOUNT, "\\u202e"),
    account("that is the central one", "123456789012", "central account", reason="TargetIsCentral"),
    account("off the list", "777777777777", "777777777777", reason="ConsumerNotAllowed"),
)

NO_SOURCE = f"source {OBJECT} nothing."
SHAPES = (
    invalid("fraction", f"the input {OBJECT} a number.", "1.5e300"),
    invalid("list of an object", f"the input {OBJECT} a list.", [GOOD]),
    invalid("no source", NO_SOURCE, {"target": GOOD_TARGET}),
    invalid("no target", f"target {OBJECT} nothing.", {"source": GOOD_SOURCE}),
    invalid("source that is null", NO_SOURCE, {**GOOD, "source": None}),
    invalid("source that is a text", f"source {OBJECT} a string.", {**GOOD, "source": "transport.yellow_tripdata"}),
    invalid("no table", "source.table must be a string, got nothing.", {**GOOD, "source": {"database": "transport"}}),
    invalid("target that is a text", f"target {OBJECT} a string.", {**GOOD, "target": "999999999999"}),
    invalid("keys in capitals", NO_SOURCE, {"Source": GOOD_SOURCE, "Target": GOOD_TARGET}),
    invalid(
        "old system's keys", NO_SOURCE, {"databaseName": "transport", "tableName": "*", "targetAccountId": "9" * 12}
    ),
    invalid("all in one level", NO_SOURCE, {**GOOD_SOURCE, **GOOD_TARGET}),
    invalid("key twice, the last one wrong", f"source {OBJECT} a number.", f'{json.dumps(GOOD)[:-1]}, "source": 7}}'),
    invalid(
        "target twice, the last one empty", f"{NUMBER}, got nothing.", f'{json.dumps(GOOD)[:-1]}, "target": {{}}}}'
    ),
    invalid("names of a prototype", NO_SOURCE, {"__proto__": GOOD, "constructor": GOOD}),
    invalid(
        "source nested 200 deep", f"source {OBJECT} a list.", {**GOOD, "source": json.loads("[" * 200 + "]" * 200)}
    ),
    invalid(
        "paths of the state language",
        f"source {OBJECT} a string.",
        {"source": "$.target", "target.$": "$$.Execution.Id"},
    ),
    invalid("answer instead of a question", NO_SOURCE, {"outcome": "grant", "decision_id": "x", "round": 1}),
    invalid("fault instead of a question", NO_SOURCE, {"fault": {"Error": "x", "Cause": "y"}}),
    started(
        "decision put in",
        "REFUSED DatabaseNotFound",
        "There is no database 'nowhere'",
        document={**of_source(database="nowhere", table="*"), "decision": "approve", "outcome": "grant"},
    ),
    started(
        "database that is none",
        "REFUSED DatabaseNotFound",
        "There is no database",
        document=of_source(database="{{7*7}}", table="*"),
    ),
    started(
        "table that is none",
        "REFUSED TableNotFound",
        "There is no table",
        document=of_source(table="../../etc/passwd"),
    ),
)

NOT_STARTED = (
    started("number of 5,000 digits", NO_START, "InvalidExecutionInput", document='{"source": ' + "9" * 5000 + "}"),
    started("text that is no JSON", NO_START, "InvalidExecutionInput", document="source=transport"),
    started("empty text", NO_START, "Invalid", document=""),
    started("JSON cut short", NO_START, "InvalidExecutionInput", document='{"source": '),
    started("NaN", NO_START, "InvalidExecutionInput", document='{"source": NaN}'),
    started("Infinity", NO_START, "InvalidExecutionInput", document='{"source": -Infinity}'),
    started("two documents", NO_START, "InvalidExecutionInput", document="{}{}"),
    started("more than 262,144 bytes", NO_START, "InvalidExecutionInput", document={**GOOD, "more": "x" * 262_144}),
    started("name of 81 letters", NO_START, "InvalidName", document=GOOD, as_="n" * 81),
    started("name with a hash", NO_START, "InvalidName", document=GOOD, as_="approval#x"),
    started("name with a slash", NO_START, "InvalidName", document=GOOD, as_="a/b"),
    started("name with a line break", NO_START, "InvalidName", document=GOOD, as_="a\nb"),
    started("empty name", NO_START, "Invalid", document=GOOD, as_=""),
)

CASES = (*KNOWN, *NAMES, *ACCOUNTS, *SHAPES, *NOT_STARTED)
