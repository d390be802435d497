"""What can be asked for of a table, as people who look at it are told: the same as a request for it would be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.sharing.model.catalogue import Column, Database, Found, Table
from handlers.sharing.model.errors import DatabaseNotFound, Refused, ResourceLink
from handlers.sharing.model.parties import Parties, Producer
from handlers.sharing.offered import offered_parts
from tests.fakes.world import OWNER

DATABASE = Database("sales", owner=OWNER)
FLAGGED, PLAIN, KEY = Column("Mail", "string", ("true",)), Column("id", "int"), Column("day", "date", (), True)
TABLE = Table("people", (PLAIN, FLAGGED, KEY))
OFFERS = Parties({OWNER: Producer(OWNER, safe_subset=True)}, None)
MANY = tuple(Column(f"c{at}", "int") for at in range(2_001))


def reason(refused: Refused | None) -> str | None:
    return None if refused is None else refused.reason


@pytest.mark.parametrize(
    ("change", "parties", "refusal", "safe"),
    [
        ({}, OFFERS, None, 2),
        ({"columns": (PLAIN,)}, OFFERS, None, 1),
        ({}, Parties({OWNER: Producer(OWNER)}, None), None, "SafeNotOffered"),
        ({}, Parties({}, None), None, "OwnerNotRegistered"),
        ({"owner": "12"}, OFFERS, None, "OwnerMalformed"),
        ({"flags": ("true",)}, OFFERS, None, "NothingSafe"),
        ({"columns": (FLAGGED, KEY)}, OFFERS, None, "NothingSafe"),
        ({"columns": (PLAIN, replace(KEY, flags=("true",)))}, OFFERS, None, "PartitionKeyFlagged"),
        ({"elsewhere": (PLAIN,)}, OFFERS, None, "NothingSafe"),
        ({"is_view": True}, OFFERS, "FilterRefused", "NothingSafe"),
        ({"columns": None}, OFFERS, "UnknownColumn", "NothingSafe"),
        ({"columns": MANY}, OFFERS, None, "TooManyColumns"),
    ],
)
def test_which_parts_there_are(
    change: dict[str, Any], parties: Parties, refusal: str | None, safe: int | str | None
) -> None:
    found = offered_parts(replace(TABLE, **change), Found(DATABASE), parties)
    assert reason(found.refusal) == refusal
    assert (found.safe, reason(found.safe_refusal)) == ((None, safe) if isinstance(safe, str) else (safe, None))


def test_the_databases_flag_leaves_nothing_safe() -> None:
    found = offered_parts(TABLE, Found(replace(DATABASE, flags=("true",))), OFFERS)
    assert (found.refusal, found.safe, reason(found.safe_refusal)) == (None, None, "NothingSafe")


def test_row_filters_by_name_with_what_stands_there() -> None:
    rows = (("eu", " region = 'EU' "), ("empty", " "), ("twice", "a = 1"), ("twice", "b = 2"), ("long", "x" * 2049))
    found = offered_parts(replace(TABLE, row_filters=rows), Found(DATABASE), OFFERS).rows
    assert [(each.name, each.expression, reason(each.refusal)) for each in found] == [
        ("eu", "region = 'EU'", None),
        ("long", None, "FilterRefused"),
        ("twice", None, "UnknownFilter"),
    ]
    (of_a_view,) = offered_parts(replace(TABLE, is_view=True, row_filters=rows[:1]), Found(DATABASE), OFFERS).rows
    assert (of_a_view.expression, reason(of_a_view.refusal)) == (None, "FilterRefused")


@pytest.mark.parametrize("refusal", [DatabaseNotFound("It is not shown here."), ResourceLink("It is a link.")])
def test_of_a_database_that_refuses_there_are_no_parts_whatever_the_table_says(refusal: Refused) -> None:
    table = replace(TABLE, owner="12", row_filters=(("eu", "region = 'EU'"),))
    found = offered_parts(table, Found(Database("sales", flags=(False,)), refusal), OFFERS)
    assert (found.refusal, found.safe, found.safe_refusal) == (refusal, None, refusal)
    assert [(each.expression, each.refusal) for each in found.rows] == [(None, refusal)]
