"""Bad input of executions: refused by name, with what was expected and what came; whoever may start one sends any."""

from __future__ import annotations

import json

from handlers.sharing.model.errors import (
    ConsumerNotAllowed,
    InvalidInput,
    InvalidTarget,
    Refused,
    TargetIsCentral,
    UnknownField,
)
from tests.fakes.world import input_of
from tests.proof.bad_input.case import Case, Door, Execution
from tests.unit.test_request import REFUSED, UNKNOWN
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


def of_source(**changes: object) -> dict[str, object]:
    """A good input, but for its source."""
    return {**GOOD, "source": {**GOOD_SOURCE, **changes}}


VALUES: list[tuple[object, type[Refused], str]] = [
    *REFUSED,
    (input_of(table=True), InvalidInput, "source.table must be a string, got true or false."),
    (input_of(table=1.5), InvalidInput, "source.table must be a string, got a number."),
    (input_of(table={"Name": "a"}), InvalidInput, "source.table must be a string, got an object."),
    (input_of(table="a\x00b"), InvalidInput, f"source.table must {NAME}, got 'a\\x00b'."),
    (input_of(table="a\x1b[2Jb"), InvalidInput, f"{NAME}, got 'a\\x1b[2Jb'."),
    (input_of(table="a\u2003"), InvalidInput, f"{NAME}, got 'a\\u2003'."),
    (input_of(database=" sales "), InvalidInput, f"source.database must {NAME}, got ' sales '."),
    (input_of(database="s\udfff"), InvalidInput, "source.database must be valid Unicode, got 's\\udfff'."),
    (input_of(consumer=""), InvalidTarget, f"{ACCOUNT}, got ''."),
    (input_of(consumer="9999-9999-9999"), InvalidTarget, f"{ACCOUNT}, got '9999-9999-9999'."),
    (input_of(consumer="-99999999999"), InvalidTarget, f"{ACCOUNT}, got '-99999999999'."),
    (input_of(consumer="\u00a0999999999999"), InvalidTarget, f"{ACCOUNT}, got '\\xa0999999999999'."),
    (input_of(consumer="\u202e999999999999"), InvalidTarget, f"{ACCOUNT}, got '\\u202e999999999999'."),
    (input_of(consumer="123456789012"), TargetIsCentral, "The target is the central account"),
    *(
        ({**input_of(), "until": each}, InvalidInput, "until must be a string, got ")
        for each in (7, True, [], {"at": 1})
    ),
    *(
        ({**input_of(), "until": each}, InvalidInput, "until must be a day that there is, as YYYY-MM-DD, got ")
        for each in (
            "",
            "2027-02-29",
            "31.12.2027",
            "2027-12-31T00:00:00Z",
            "\uff12\uff10\uff12\uff17-12-31",
            "x" * 9000,
        )
    ),
    *(
        ({**input_of(), "days": each}, InvalidInput, "days must be a whole number, got ")
        for each in ("7", 7.0, 1e300, False, [7], {"days": 7})
    ),
    *(
        ({**input_of(), "days": each}, InvalidInput, "days must be from 1 to 3,660, got ")
        for each in (0, -7, 3661, 10**300)
    ),
    ({**input_of(), "until": "2027-12-31", "days": 7}, InvalidInput, "until and days must not both be given"),
    (input_of(consumer="777777777777"), ConsumerNotAllowed, "777777777777"),
    *((document, UnknownField, said) for document, _, said in UNKNOWN if "client_token" not in document),
]
"""What the unit tests know, here with all that there is around it, and more. The requests API gets the same."""

KNOWN = tuple(
    started(f"value {number}, {said}", f"REFUSED {error.__name__}", said, document=json.dumps(document))
    for number, (document, error, said) in enumerate(VALUES)
)

NO_SOURCE = f"source {OBJECT} nothing."
NO_FIELD = "must not be given: a request has source.database, source.table, target.account_id"


def unknown(name: str, said: str, document: object) -> Case:
    """An input with a field that no request has."""
    return started(name, "REFUSED UnknownField", f"{said} {NO_FIELD}", document=document)


SHAPES = (
    started(
        "table of 200,000 letters",
        INVALID,
        "source.table must have 1 to 255 characters, got 200000.",
        document=of_source(table="t" * 200_000),
        hidden=("t" * 300,),
    ),
    invalid("fraction", f"the input {OBJECT} a number.", "1.5e300"),
    invalid("source that is a text", f"source {OBJECT} a string.", {**GOOD, "source": "transport.yellow_tripdata"}),
    invalid("target that is a text", f"target {OBJECT} a string.", {**GOOD, "target": "999999999999"}),
    unknown("keys in capitals", "Source, Target", {"Source": GOOD_SOURCE, "Target": GOOD_TARGET}),
    unknown(
        "old system's keys",
        "databaseName, tableName, targetAccountId",
        {"databaseName": "transport", "tableName": "*", "targetAccountId": "9" * 12},
    ),
    unknown("all in one level", "database, table, account_id", {**GOOD_SOURCE, **GOOD_TARGET}),
    invalid("key twice, the last one wrong", f"source {OBJECT} a number.", f'{json.dumps(GOOD)[:-1]}, "source": 7}}'),
    invalid(
        "target twice, the last one empty", f"{NUMBER}, got nothing.", f'{json.dumps(GOOD)[:-1]}, "target": {{}}}}'
    ),
    unknown("names of a prototype", "__proto__, constructor", {"__proto__": GOOD, "constructor": GOOD}),
    invalid(
        "source nested 200 deep", f"source {OBJECT} a list.", {**GOOD, "source": json.loads("[" * 200 + "]" * 200)}
    ),
    unknown(
        "paths of the state language",
        "'target.$'",
        {"source": "$.target", "target.$": "$$.Execution.Id"},
    ),
    unknown(
        "answer instead of a question",
        "outcome, decision_id, round",
        {"outcome": "grant", "decision_id": "x", "round": 1},
    ),
    unknown("fault instead of a question", "fault", {"fault": {"Error": "x", "Cause": "y"}}),
    unknown("decision put in", "decision, outcome", {**GOOD, "decision": "approve", "outcome": "grant"}),
    invalid("only what is ignored", NO_SOURCE, {"reason": "x", "requester": "y"}),
    invalid("purpose that is a number", "purpose must be a string, got a number.", {**GOOD, "purpose": 7}),
    started("end that is past", "REFUSED EndDatePassed", "that day is over", document={**GOOD, "until": "2026-01-01"}),
    invalid("end in 7,973 years", "until must be at most 3,660 days away", {**GOOD, "until": "9999-12-31"}),
    started("end that is too late", "REFUSED EndTooLate", "for 365 days at most", document={**GOOD, "days": 366}),
    invalid("purpose of 1,001", "purpose must have at most 1000 characters", {**GOOD, "purpose": "x" * 1001}),
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

CASES = (*KNOWN, *SHAPES, *NOT_STARTED)
