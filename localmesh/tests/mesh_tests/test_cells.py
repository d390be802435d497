"""Which cells of sample rows row filters let see."""

from typing import Any

import pytest

from localmesh.cells import both, either, least, opened, text, visible
from localmesh.reading import Reading

ROWS: list[dict[str, Any]] = [
    {"id": 1, "country": "EU", "age": 17, "active": True, "name": "Ann"},
    {"id": 2, "country": "eu", "age": 30, "active": False, "name": None},
    {"id": 3, "country": "US", "age": 30.5, "active": True, "name": "O'Hara"},
]


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("country = 'EU'", [1]),
        ("country LIKE 'E%'", [1]),
        ("country NOT LIKE '_u'", [1, 3]),
        ("COUNTRY != 'US' AND \"id\" > 1", [2]),
        ("age BETWEEN 30 AND 30.5", [2, 3]),
        ("id IN (1, 3) AND NOT age < 18", [3]),
        ("active = TRUE", [1, 3]),
        ("name IS NULL", [2]),
        # What is unknown is not let through, nor is its opposite.
        ("name = 'Ann'", [1]),
        ("NOT name = 'Ann'", [3]),
        ("name = 'O''Hara' OR id = 2", [2, 3]),
        ("id = 4", []),
    ],
)
def test_rows(expression: str, expected: list[int]) -> None:
    assert [row["id"] for row in visible({"id": [expression]}, {"id"}, ROWS)] == expected


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (Reading(frozenset({"id", "gone"})), [{"id": 1}, {"id": 2}, {"id": 3}]),
        (
            Reading(frozenset({"id", "age"}), rows={"age": frozenset({"id = 1", "country = 'US'"})}),
            [{"id": 1, "age": 17}, {"id": 2}, {"id": 3, "age": 30.5}],
        ),
        # A column of which nothing may be read still decides on rows.
        (Reading(frozenset({"id"}), rows={"id": frozenset({"country = 'EU'"})}), [{"id": 1}]),
        (Reading(frozenset({"id"}), rows={"id": frozenset()}), []),
        (Reading(frozenset()), []),
    ],
)
def test_cells(reading: Reading, expected: list[dict[str, Any]]) -> None:
    assert reading.visible(ROWS) == expected
    assert reading.visible([]) == []


A, B, ALL = frozenset({"a"}), frozenset({"b"}), frozenset[str]()


def test_what_is_opened_adds_up_and_overlaps() -> None:
    assert either() == {}
    assert either(opened({"x"}, A), opened({"x", "y"}, B)) == {"x": {A, B}, "y": {B}}
    assert either(opened({"x"}, A), opened({"x"})) == {"x": {ALL}}
    assert both(opened({"x", "y"}, A), opened({"x", "z"}, B)) == {"x": {A | B}}
    assert both(either(opened({"x"}, A), opened({"x"}, B)), opened({"x"}, A)) == {"x": {A}}
    assert least([A, A | B, B]) == {A, B}
    assert (text(A), text(A | B)) == ("a", "(a) AND (b)")
