"""Bad input of executions: refused by name, with what was expected and what came; whoever may start one sends any."""

from __future__ import annotations

import json
from typing import Any

from tests.proof.bad_input.case import Case, Door, Execution
from tests.workflow import test_refusals
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


def table(name: str, value: object, *words: str, **more: Any) -> Case:
    """A table's name that is none."""
    return started(
        f"table {name}", INVALID, *words, document={**GOOD, "source": {**GOOD_SOURCE, "table": value}}, **more
    )


def database(name: str, value: object, *words: str) -> Case:
    """A database's name that is none."""
    return started(f"database {name}", INVALID, *words, document={**GOOD, "source": {**GOOD_SOURCE, "database": value}})


def account(name: str, value: object, *words: str) -> Case:
    """A target that is no account."""
    reason = "InvalidTarget" if isinstance(value, str) else "InvalidInput"
    return started(f"account {name}", f"REFUSED {reason}", *words, document={**GOOD, "target": {"account_id": value}})


# What the workflow tests send one by one, here with what the refusal has to say.
SAID = {
    "null": f"the input {OBJECT} nothing.",
    "true": f"the input {OBJECT} true or false.",
    "a number": f"the input {OBJECT} a number.",
    "a fraction": f"the input {OBJECT} a number.",
    "a text": f"the input {OBJECT} a string.",
    "an empty text": f"the input {OBJECT} a string.",
    "a list": f"the input {OBJECT} a list.",
    "a list of an object": f"the input {OBJECT} a list.",
    "an empty object": f"source {OBJECT} nothing.",
    "no source": f"source {OBJECT} nothing.",
    "no target": f"target {OBJECT} nothing.",
    "a source that is null": f"source {OBJECT} nothing.",
    "a source that is a text": f"source {OBJECT} a string.",
    "a source that is a list": f"source {OBJECT} a list.",
    "no database": "source.database must be a string, got nothing.",
    "no table": "source.table must be a string, got nothing.",
    "a table that is a number": "source.table must be a string, got a number.",
    "a table that is null": "source.table must be a string, got nothing.",
    "a database that is an object": "source.database must be a string, got an object.",
    "an empty database": "source.database must have 1 to 255 characters, got 0.",
    "an empty table": "source.table must have 1 to 255 characters, got 0.",
    "all databases": "source.database must be the name of one database, got '*'.",
    "spaces around a table": f"source.table must {NAME}, got ' yellow_tripdata'.",
    "a line break": f"source.table must {NAME}, got 'yellow\\r\\ntripdata'.",
    "a name of 256 characters": "source.table must have 1 to 255 characters, got 256.",
    "half a character": "source.database must be valid Unicode",
    "a target that is a text": f"target {OBJECT} a string.",
    "no account": f"{NUMBER}, got nothing.",
    "an account that is a number": f"{NUMBER}, got a number.",
    "an account that is true": f"{NUMBER}, got true or false.",
    "a list of accounts": f"{NUMBER}, got a list.",
}
KNOWN = tuple(
    started(name, INVALID, SAID[name], document=document) for name, document in test_refusals.UNREADABLE.items()
)

NAMES = (
    table("that is true", True, "source.table must be a string, got true or false."),
    table("that is a fraction", 1.5, "source.table must be a string, got a number."),
    table("that is a list of names", ["a", "b"], "source.table must be a string, got a list."),
    table("that is an object", {"Name": "a"}, "source.table must be a string, got an object."),
    table("with a null byte", "a\x00b", NAME, "'a\\x00b'"),
    table("with an escape sequence", "a\x1b[2Jb", NAME, "\\x1b"),
    table("with a tab", "a\tb", NAME, "\\t"),
    table("with a deletion", "a\x7f", NAME, "\\x7f"),
    table("with a wide space before it", "\u3000a", NAME, "\\u3000"),
    table("with a wide space behind it", "a\u2003", NAME, "\\u2003"),
    table("of a space", " ", NAME, "' '"),
    table("with half a character at its end", "a\udfff", "valid Unicode", "\\udfff"),
    table("of 200,000 letters", "t" * 200_000, "1 to 255 characters, got 200000", hidden=("t" * 300,)),
    database("of 256 letters", "d" * 256, "source.database must have 1 to 255 characters, got 256."),
    database("that is a list", ["retail"], "source.database must be a string, got a list."),
    database("that is a number", 0, "source.database must be a string, got a number."),
    database("that is false", False, "source.database must be a string, got true or false."),
    database("with a line break", "retail\n", NAME, "'retail\\n'"),
    database("with spaces around it", " retail ", NAME, "' retail '"),
)

ACCOUNTS = (
    account("that is null", None, f"{NUMBER}, got nothing."),
    account("that is a fraction", 9.9e11, f"{NUMBER}, got a number."),
    account("that is an object", {"id": "999999999999"}, f"{NUMBER}, got an object."),
    account("of 11 digits", "9" * 11, f"{ACCOUNT}, got '{'9' * 11}'."),
    account("of 13 digits", "9" * 13, f"{ACCOUNT}, got '{'9' * 13}'."),
    account("of 10,000 digits", "9" * 10_000, ACCOUNT, "…'"),
    account("that is empty", "", f"{ACCOUNT}, got ''."),
    account("with hyphens", "9999-9999-9999", ACCOUNT, "got '9999-9999-9999'"),
    account("with a sign", "-99999999999", ACCOUNT),
    account("of Arabic digits", "٩" * 12, ACCOUNT),
    account("with a line break", "999999999999\n", ACCOUNT, "\\n"),
    account("with a space that does not break", "\u00a0999999999999", ACCOUNT, "\\xa0"),
    account("that is a pattern", "*", f"{ACCOUNT}, got '*'."),
    account("that is an ARN", "arn:aws:iam::999999999999:root", ACCOUNT),
    account("that turns the writing around", "\u202e999999999999", ACCOUNT, "\\u202e"),
    started(
        "central account",
        "REFUSED TargetIsCentral",
        "central account",
        document={**GOOD, "target": {"account_id": "123456789012"}},
    ),
    started(
        "account off the list",
        "REFUSED ConsumerNotAllowed",
        "777777777777",
        document={**GOOD, "target": {"account_id": "777777777777"}},
    ),
)

SHAPES = (
    started(
        "keys in capitals",
        INVALID,
        f"source {OBJECT} nothing.",
        document={"Source": GOOD_SOURCE, "Target": GOOD_TARGET},
    ),
    started(
        "old system's keys",
        INVALID,
        f"source {OBJECT} nothing.",
        document={"databaseName": "transport", "tableName": "*", "targetAccountId": "9" * 12},
    ),
    started("all in one level", INVALID, f"source {OBJECT} nothing.", document={**GOOD_SOURCE, **GOOD_TARGET}),
    started(
        "key twice, the last one wrong",
        INVALID,
        f"source {OBJECT} a number.",
        document=json.dumps(GOOD)[:-1] + ', "source": 7}',
    ),
    started(
        "target twice, the last one empty",
        INVALID,
        f"{NUMBER}, got nothing.",
        document=json.dumps(GOOD)[:-1] + ', "target": {}}',
    ),
    started(
        "names of a prototype", INVALID, f"source {OBJECT} nothing.", document={"__proto__": GOOD, "constructor": GOOD}
    ),
    started(
        "source nested 200 deep",
        INVALID,
        f"source {OBJECT} a list.",
        document={**GOOD, "source": json.loads("[" * 200 + "]" * 200)},
    ),
    started(
        "paths of the state language",
        INVALID,
        f"source {OBJECT} a string.",
        document={"source": "$.target", "target.$": "$$.Execution.Id"},
    ),
    started(
        "answer instead of a question",
        INVALID,
        f"source {OBJECT} nothing.",
        document={"outcome": "grant", "decision_id": "x", "round": 1},
    ),
    started(
        "fault instead of a question",
        INVALID,
        f"source {OBJECT} nothing.",
        document={"fault": {"Error": "x", "Cause": "y"}},
    ),
    started(
        "decision put in",
        "REFUSED DatabaseNotFound",
        "There is no database 'nowhere'",
        document={**GOOD, "source": {"database": "nowhere", "table": "*"}, "decision": "approve", "outcome": "grant"},
    ),
    started(
        "database that is none",
        "REFUSED DatabaseNotFound",
        "There is no database",
        document={**GOOD, "source": {"database": "{{7*7}}", "table": "*"}},
    ),
    started(
        "table that is none",
        "REFUSED TableNotFound",
        "There is no table",
        document={**GOOD, "source": {**GOOD_SOURCE, "table": "../../etc/passwd"}},
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
