"""What lists say of a part of a table: what was asked for, how much of the table is in, and the first columns."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.api.shapes import MOST_COLUMNS, row
from handlers.api.share_shapes import listed_share
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.part import InBrief, Part
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import RequestRecord, UnreadableRecord
from handlers.sharing.model.share import Share, ShareStatus
from tests.unit.pages_samples import CLASSIFICATION, RECORD, SAFE_DATABASE
from tests.unit.requests_api.calls import validator

FILTERED = replace(CLASSIFICATION, scope=Scope.FILTERED, columns=("id", "day"), columns_total=3)
MANY = tuple(f"c{at:04}" for at in range(2_000))


def brief(
    *,
    scope: str | None = None,
    name: str | None = None,
    columns: Any = (),
    total: int | None = None,
    unnamed: int | None = None,
) -> Any:
    shown = list(columns[:MOST_COLUMNS])
    counts = {"columns_in": len(columns) or unnamed, "columns_total": total}
    return {"scope": scope, "filter": name, "columns": shown, **counts}


@pytest.mark.parametrize(
    ("record", "expected"),
    [
        (replace(RECORD, classification=None), None),
        (RECORD, None),
        (replace(RECORD, classification=None, part=Part(safe=True)), brief(scope="safe")),
        (replace(RECORD, classification=None, part=Part(columns=("id",))), brief(columns=("id",))),
        (
            replace(RECORD, classification=FILTERED, part=Part(safe=True, filter="eu")),
            brief(scope="safe", name="eu", columns=("id", "day"), total=3),
        ),
        (
            replace(
                RECORD, classification=replace(FILTERED, columns=MANY, columns_total=2_001), part=Part(filter="eu")
            ),
            brief(name="eu", columns=MANY, total=2_001),
        ),
        (SAFE_DATABASE, brief(scope="safe", unnamed=21, total=40)),
    ],
)
def test_of_a_request(record: RequestRecord, expected: dict[str, Any] | None) -> None:
    shown = row(record)
    assert shown.get("in_brief") == expected
    assert not list(validator({"$ref": "#/components/schemas/Summary"}).iter_errors(shown))


def test_what_an_index_does_not_carry_comes_beside_it() -> None:
    listed = replace(RECORD, classification=None)
    assert row(listed, InBrief(Part(safe=True), ("id",), 2))["in_brief"] == brief(
        scope="safe", columns=("id",), total=2
    )
    assert "in_brief" not in row(UnreadableRecord("r1", "2026-11-24T09:00:00.000Z"), InBrief(Part(safe=True)))


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ({"scope": Scope.TABLE}, None),
        (
            {"scope": Scope.FILTERED, "part": Part(safe=True), "columns": ("id",), "columns_total": 2},
            brief(scope="safe", columns=("id",), total=2),
        ),
        (
            {"scope": Scope.FILTERED_TABLES, "part": Part(safe=True), "columns_in": 21, "columns_total": 40},
            brief(scope="safe", unnamed=21, total=40),
        ),
        ({"scope": Scope.FILTERED_TABLES, "part": Part(safe=True)}, brief(scope="safe")),
        # Of an early share nobody noted how many columns there were.
        (
            {"scope": Scope.FILTERED, "part": Part(columns=("id",)), "columns": ("id",)},
            brief(columns=("id",)),
        ),
    ],
)
def test_of_a_share(more: dict[str, Any], expected: dict[str, Any] | None) -> None:
    assert RECORD.source is not None
    share = Share(
        "r1:1",
        "999999999999",
        ShareStatus.ACTIVE,
        RECORD.source,
        owner=Owner("111111111111", "Sales"),
        fingerprint="f" * 64,
        since="2026-11-24T09:00:00.000Z",
        **more,
    )
    shown = listed_share(share)
    assert shown.get("in_brief") == expected
    assert not list(validator({"$ref": "#/components/schemas/ListedShare"}).iter_errors(shown))
