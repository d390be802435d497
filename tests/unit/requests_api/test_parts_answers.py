"""What the API answers of parts of tables, to the letter: of requests, shares, decisions and previews.

The answers stand in `__snapshots__/test_parts_answers.ambr`; `--snapshot-update` writes it anew.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from handlers.api.decisions import question
from handlers.api.shapes import detail, prospect, row
from handlers.api.share_shapes import listed_share, one_share
from handlers.sharing.decide_signed_in import Question
from handlers.sharing.model.classification import Classification, Scope
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import RequestRecord
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.model.term import NO_END
from handlers.sharing.preview import Preview, Prospect
from tests.unit.pages_samples import AT, COLUMNS, ID, RECORD, ROWS, SAFE, SAFE_DATABASE
from tests.unit.requests_api.calls import validator

NOBODY = Person("nobody", "nobody")
SHORT = replace(
    ROWS, classification=replace(ROWS.classification, columns=("c_name", "c_email")) if ROWS.classification else None
)
PARTS = {"the safe subset": SAFE, "columns": COLUMNS, "rows": SHORT, "a safe database": SAFE_DATABASE}


def found(record: RequestRecord) -> Classification:
    assert record.classification is not None
    return record.classification


def share_of(record: RequestRecord) -> Share:
    assert record.source is not None
    assert record.consumer is not None
    return Share(
        f"{ID}:1",
        record.consumer,
        ShareStatus.ACTIVE,
        record.source,
        found(record).scope,
        Owner("111111111111", "Retail"),
        "f" * 64,
        "2025-05-02T07:12:00.000Z",
        tables=1,
        part=record.part,
        columns=found(record).columns,
        columns_total=found(record).columns_total,
        row_filter=found(record).row_filter,
    )


def asked_of(record: RequestRecord) -> dict[str, Any]:
    return question(Question(record, (share_of(record),), 1, ("customer",)), NOBODY, "retail-owners", AT)


def foreseen(record: RequestRecord) -> dict[str, Any]:
    asks = Preview(Prospect.NEEDS_APPROVAL, "Somebody has to approve.", classification=found(record), term=NO_END)
    return prospect(asks)


ANSWERS: Mapping[str, tuple[str, Callable[[RequestRecord], dict[str, Any]]]] = {
    "in a list": ("Summary", row),
    "in full": ("Detail", lambda record: detail(record, None, None, NOBODY)),
    "to decide": ("DecisionQuestion", asked_of),
    "beforehand": ("Preview", foreseen),
    "a share in a list": ("ListedShare", lambda record: listed_share(share_of(record))),
    "a share": ("OneShare", lambda record: one_share(share_of(record), ())),
}
OF_PARTS = ("in_brief", "part", "extent", "safe_tables", "classification", "scope", "remains", "has", "gains")


@pytest.mark.parametrize("answer", ANSWERS)
@pytest.mark.parametrize("part", PARTS)
def test_of_a_part(snapshot: SnapshotAssertion, part: str, answer: str) -> None:
    schema, make = ANSWERS[answer]
    shown = make(PARTS[part])
    assert not list(validator({"$ref": f"#/components/schemas/{schema}"}).iter_errors(shown))
    assert {name: shown[name] for name in OF_PARTS if name in shown} == snapshot


@pytest.mark.parametrize("answer", ANSWERS)
def test_of_all_of_a_table(answer: str) -> None:
    shown = ANSWERS[answer][1](RECORD)
    assert {"in_brief", "part", "extent"}.isdisjoint({*shown, *(shown.get("classification") or {})})
    assert found(RECORD).scope is Scope.TABLE
