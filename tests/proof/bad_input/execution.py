"""Bad input of executions: refused by name, with what was expected and what came; whoever may start one sends any."""

from __future__ import annotations

import json

from handlers.sharing.model.errors import ConsumerNotAllowed, InvalidInput, InvalidTarget, Refused, TargetIsCentral
from tests.fakes.world import input_of
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
    (input_of(consumer="777777777777"), ConsumerNotAllowed, "777777777777"),
]
"""What the unit tests know, here with all that there is around it, and more. The requests API gets the same."""

KNOWN = tuple(
    started(f"value {number}, {said}", f"REFUSED {error.__name__}", said, document=json.dumps(document))
    for number, (document, error, said) in enumerate(VALUES)
)

NO_SOURCE = f"source {OBJECT} nothing."
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

CASES = (*KNOWN, *SHAPES, *NOT_STARTED)
