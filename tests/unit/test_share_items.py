"""Items of shares of parts of tables, to the letter, and those of which more would be granted than was asked for."""

from dataclasses import fields, replace
from typing import Any

import pytest

from handlers.aws.dynamodb.share_items import attributes_of, read_listed_share, read_share, share_entry
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.errors import RegisterUnreadable
from handlers.sharing.model.listed_shares import UnreadableShare
from handlers.sharing.model.part import WHOLE, Part
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import Requester
from handlers.sharing.model.request import Source
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.model.transition import known

TABLE = Share(
    "r1:1",
    "999999999999",
    ShareStatus.ACTIVE,
    Source("sales", "people"),
    Scope.TABLE,
    Owner("111111111111", "Sales"),
    "f" * 64,
    "2026-11-24T09:00:00.000Z",
    tables=1,
    requester=Requester("p1", "anna@consumer.example"),
)
SAFE = replace(TABLE, scope=Scope.FILTERED, part=Part(safe=True), columns=("id", "day"), columns_total=3)
COLUMNS = replace(SAFE, part=Part(columns=("id",)), columns=("id", "day"))
SAFE_DATABASE = replace(
    SAFE, source=Source("sales", "*"), scope=Scope.FILTERED_TABLES, columns=(), columns_in=21, columns_total=40
)
ROWS = replace(SAFE, part=Part(columns=("id",), filter="eu"), row_filter="region = 'EU'")
KEPT: dict[str, tuple[Share, dict[str, Any]]] = {
    "all of it": (TABLE, {"scope": "table"}),
    "the safe subset": (
        SAFE,
        {"scope": "filtered", "part": {"scope": "safe"}, "columns": ["id", "day"], "columns_total": 3},
    ),
    "columns": (
        COLUMNS,
        {"scope": "filtered", "part": {"columns": ["id"]}, "columns": ["id", "day"], "columns_total": 3},
    ),
    "rows": (
        ROWS,
        {
            "scope": "filtered",
            "part": {"columns": ["id"], "filter": "eu"},
            "columns": ["id", "day"],
            "columns_total": 3,
            "row_filter": "region = 'EU'",
        },
    ),
    "the safe subset of a database": (
        SAFE_DATABASE,
        {"scope": "filtered_tables", "part": {"scope": "safe"}, "columns_in": 21, "columns_total": 40},
    ),
}
OF_PARTS = ("scope", "part", "columns", "columns_in", "columns_total", "row_filter")


def item_of(share: Share) -> dict[str, Any]:
    """A share as the ledger keeps it."""
    key = {"pk": share.consumer, "entry": share_entry(share.id), "history": []}
    given = known({each.name: getattr(share, each.name) for each in fields(Share)})
    return {**key, **attributes_of({name: given[name] for name in given if name not in {"id", "consumer", "live"}})}


@pytest.mark.parametrize(("share", "kept"), KEPT.values(), ids=KEPT)
def test_what_is_kept_of_a_part(share: Share, kept: dict[str, Any]) -> None:
    item = item_of(share)
    assert {name: item[name] for name in OF_PARTS if name in item and item[name] != 0} == kept
    assert read_share(item) == share


def test_what_was_written_before_there_were_parts_is_all_of_it() -> None:
    early = {name: value for name, value in item_of(TABLE).items() if name not in {*OF_PARTS[1:]}}
    assert read_share(early) == TABLE
    assert read_share(early).part == WHOLE


LACKING: dict[str, dict[str, Any]] = {
    "no part": {"part": ...},
    "a part of nothing": {"part": {}},
    "a null": {"part": None},
    "text": {"part": "safe"},
    "a scope that is not known": {"part": {"scope": "most", "columns": ["id"], "filter": "eu"}},
    "a field that is not known": {"part": {"columns": ["id"], "filter": "eu", "cells": "x"}},
    "safe, and columns": {"part": {"scope": "safe", "columns": ["id"], "filter": "eu"}},
    "no filter's name": {"part": {"columns": ["id"]}},
    "no columns": {"columns": ...},
    "empty columns": {"columns": []},
    "columns of another kind": {"columns": ["id", 7]},
    "text for columns": {"columns": "id"},
    "no rows": {"row_filter": ...},
    "empty rows": {"row_filter": ""},
    "rows of another kind": {"row_filter": {"AllRowsWildcard": {}}},
    "all of the table": {"scope": "table"},
    "all tables": {"scope": "wildcard"},
    "a scope that is not known to shares": {"scope": "cells"},
}


@pytest.mark.parametrize("change", LACKING.values(), ids=LACKING)
def test_what_is_not_all_there_covers_nothing(change: dict[str, Any]) -> None:
    item = {name: value for name, value in {**item_of(ROWS), **change}.items() if value is not ...}
    with pytest.raises(RegisterUnreadable, match=r"share r1:1"):
        read_share(item)
    assert read_listed_share(item) == UnreadableShare("r1:1", "999999999999", "2026-11-24T09:00:00.000Z")


@pytest.mark.parametrize(
    "change", [{"part": {"scope": "safe"}}, {"columns": ["id"]}, {"row_filter": "id > 7"}], ids=str
)
def test_all_of_a_table_has_nothing_of_a_part(change: dict[str, Any]) -> None:
    with pytest.raises(RegisterUnreadable):
        read_share({**item_of(TABLE), **change})
