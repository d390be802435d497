"""Which part of a table is asked for, and what of the table is in then."""

from typing import Any

import pytest

from handlers.sharing.model.catalogue import Column, Database, Table
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.classification import Rule
from handlers.sharing.model.errors import (
    FilterRefused,
    InvalidInput,
    NothingSafe,
    PartitionKeyFlagged,
    Refused,
    TooManyColumns,
    UnknownColumn,
    UnknownFilter,
)
from handlers.sharing.model.part import WHOLE, Part
from handlers.sharing.model.request import parse_request
from handlers.sharing.model.selection import select
from tests.fakes.world import input_of

DATABASE = Database("sales", owner="111111111111")
FLAGGED, PLAIN, KEY = Column("Mail", "string", ("true",)), Column("id", "int"), Column("day", "date", (), True)
ROWS = (
    ("eu", "region = 'EU'"),
    ("empty", " "),
    ("twice", "a = 1"),
    ("twice", "b = 2"),
    ("odd", 7),
    ("long", "x" * 2049),
)


def table(*columns: Column, **more: Any) -> Table:
    return Table("people", **{"columns": columns or (PLAIN, FLAGGED, KEY), "row_filters": ROWS, **more})


@pytest.mark.parametrize(
    ("given", "part"),
    [
        ({}, WHOLE),
        ({"scope": None, "columns": None, "filter": None}, WHOLE),
        ({"scope": "safe"}, Part(safe=True)),
        ({"scope": "safe", "filter": "EU"}, Part(safe=True, filter="eu")),
        ({"columns": ["b", "A", "a"]}, Part(columns=("a", "b"))),
        ({"columns": ["a"], "filter": "eu"}, Part(columns=("a",), filter="eu")),
        ({"filter": "eu"}, Part(filter="eu")),
    ],
)
def test_what_is_asked_for(given: dict[str, Any], part: Part) -> None:
    assert parse_request({**input_of(), **given}).part == part
    assert parse_request({**input_of(), **part.fields}).part == part
    assert part.is_whole == (part == WHOLE)


@pytest.mark.parametrize(
    ("given", "kind", "field"),
    [
        ({"scope": "all"}, InvalidInput, "scope"),
        ({"scope": True}, InvalidInput, "scope"),
        ({"scope": "safe", "columns": ["a"]}, InvalidInput, "columns"),
        ({"columns": []}, InvalidInput, "columns"),
        ({"columns": "a"}, InvalidInput, "columns"),
        ({"columns": ["a", 1]}, InvalidInput, "columns[1]"),
        ({"columns": ["a", " b"]}, InvalidInput, "columns[1]"),
        ({"columns": [f"c{number}" for number in range(2001)]}, InvalidInput, "columns"),
        ({"columns": [f"{number:0200}" for number in range(500)]}, InvalidInput, "columns"),
        ({"filter": ""}, InvalidInput, "filter"),
        ({"filter": ["eu"]}, InvalidInput, "filter"),
    ],
)
def test_what_is_no_part(given: dict[str, Any], kind: type[Refused], field: str) -> None:
    with pytest.raises(kind) as refused:
        parse_request({**input_of(), **given})
    assert refused.value.field == field


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"columns": ["a"]}, InvalidInput),
        ({"filter": "eu"}, InvalidInput),
        ({"scope": "safe", "filter": "eu"}, InvalidInput),
    ],
)
def test_databases_have_no_parts_but_their_safe_subset(given: dict[str, Any], kind: type[Refused]) -> None:
    assert parse_request({**input_of(table="*"), "scope": "safe"}).part == Part(safe=True)
    with pytest.raises(kind):
        parse_request({**input_of(table="*"), **given})


def test_the_safe_subset_leaves_out_what_is_flagged() -> None:
    found = select(Part(safe=True), table(), DATABASE)
    assert found.columns == ("id", "day")
    assert (found.grounds, found.row_filter) == ((), None)
    assert [(each.rule, each.column) for each in found.left_out] == [(Rule.COLUMN_FLAGGED, "Mail")]


def test_partition_keys_are_always_in_and_grounds_count_for_what_is_in() -> None:
    found = select(Part(columns=("mail",), filter="eu"), table(), DATABASE)
    assert found.columns == ("mail", "day")
    assert [each.column for each in found.grounds] == ["Mail"]
    assert (found.left_out, found.row_filter) == ((), "region = 'EU'")
    assert select(Part(columns=("id",)), table(), DATABASE).grounds == ()


def test_what_is_flagged_as_a_whole_counts_for_any_part() -> None:
    found = select(Part(columns=("id",)), table(flags=("true",)), DATABASE)
    assert [each.rule for each in found.grounds] == [Rule.TABLE_FLAGGED]


def test_rows_alone_list_all_columns_that_are_there() -> None:
    found = select(Part(filter="eu"), table(), DATABASE)
    assert found.columns == ("id", "mail", "day")
    assert len(found.grounds) == 1


@pytest.mark.parametrize(
    ("there", "within"),
    [
        (table(flags=("true",)), DATABASE),
        (table(), Database("sales", flags=("true",))),
        (table(), Database("sales", tags=None)),
        (table(is_view=True), DATABASE),
        (table(is_view=True, flags=("false",)), DATABASE),
        (table(columns=None), DATABASE),
        (table(columns=()), DATABASE),
        (table(schema_readable=False), DATABASE),
        (table(PLAIN, KEY, schema_readable=False, pii_columns=("none",)), DATABASE),
        (table(PLAIN, KEY, elsewhere=(PLAIN,), pii_columns=("none",)), DATABASE),
        (table(elsewhere=(FLAGGED,)), DATABASE),
        (table(pii_columns=("nobody",)), DATABASE),
        (table(once_flagged=None), DATABASE),
        (table(FLAGGED, KEY), DATABASE),
        (table(KEY), DATABASE),
    ],
)
def test_nothing_is_safe(there: Table, within: Database) -> None:
    with pytest.raises(NothingSafe):
        select(Part(safe=True), there, within)


def test_a_flagged_partition_key_cannot_be_left_out() -> None:
    with pytest.raises(PartitionKeyFlagged, match="'region'"):
        select(Part(safe=True), table(PLAIN, Column("region", "string", ("true",), True)), DATABASE)
    key, column = Column("region", "string", (), True), Column("Region", "string", ("true",))
    for twice in ((key, column), (column, key)):
        with pytest.raises(PartitionKeyFlagged, match="'region'"):
            select(Part(safe=True), table(PLAIN, *twice), DATABASE)


def test_two_columns_of_one_name_are_one_and_the_stricter_counts() -> None:
    there = table(Column("Mail", "string"), FLAGGED, PLAIN)
    assert select(Part(safe=True), there, DATABASE).columns == ("id",)
    found = select(Part(columns=("mail",)), there, DATABASE)
    assert (found.columns, len(found.grounds)) == (("mail",), 1)


@pytest.mark.parametrize(
    ("part", "there", "kind"),
    [
        (Part(columns=("id", "phone")), table(), UnknownColumn),
        (Part(columns=("id.part",)), table(), UnknownColumn),
        (Part(columns=("id",)), table(columns=None), UnknownColumn),
        (Part(filter="eu"), table(columns=()), UnknownColumn),
        (Part(columns=("id",)), table(is_view=True), FilterRefused),
        (Part(filter="us"), table(), UnknownFilter),
        (Part(filter="empty"), table(), UnknownFilter),
        (Part(filter="twice"), table(), UnknownFilter),
        (Part(filter="odd"), table(), UnknownFilter),
        (Part(filter="long"), table(), FilterRefused),
        (Part(filter="eu"), table(*(Column(f"c{number}", "int") for number in range(2001))), TooManyColumns),
    ],
)
def test_refusals(part: Part, there: Table, kind: type[Refused]) -> None:
    with pytest.raises(kind):
        select(part, there, DATABASE)


def test_the_name_of_a_filter_says_what_it_lets_read() -> None:
    one = CellsFilter("sales", "people", ("id", "day"), "region = 'EU'")
    assert one.name == CellsFilter("sales", "people", ("day", "id"), "region = 'EU'").name
    others = {
        CellsFilter("sales", "people", ("id",), "region = 'EU'").name,
        CellsFilter("sales", "people", ("id", "day"), "region = 'US'").name,
        CellsFilter("sales", "people", ("id", "day")).name,
        CellsFilter("sales", "others", ("id", "day"), "region = 'EU'").name,
    }
    assert len({one.name, *others}) == 5
    assert one.name.startswith("lakeshare-")
    assert len(one.name) < 100
