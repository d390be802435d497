"""The evaluator of access and data cells filters: each case cites the page of AWS that it follows."""

from collections.abc import Sequence
from typing import Any

import pytest

from localmesh.reading import Lake, Reading, Table, readable
from mesh_tests.granted import GUIDE, LOCATION, OTHER, OWNER, ROLE, SHARE, THEIRS, columns, entry, on_filter, table

EUROPE, ADULTS, TRUE = "country = 'EU'", "age >= 18", {"FilterExpression": "TRUE", "AllRowsWildcard": {}}
CUSTOMERS = Table(
    "shop", "people", frozenset({"id", "mail", "country", "age"}), frozenset({"day"}), "s3://lake/shop/people/"
)
FILTERS = {
    "ids": {"ColumnNames": ["ID", "gone"], "RowFilter": TRUE},
    "europe": {"ColumnNames": ["id", "mail"], "RowFilter": {"FilterExpression": EUROPE}},
    "adults": {"ColumnNames": ["mail", "age"], "RowFilter": {"FilterExpression": ADULTS}},
    "all adults": {"ColumnWildcard": {}, "RowFilter": {"FilterExpression": ADULTS}},
    "no mail": {"ColumnWildcard": {"ExcludedColumnNames": ["mail", "day"]}, "RowFilter": TRUE},
    "gone": {"ColumnNames": ["gone"], "RowFilter": TRUE},
}


def filtered(*grants: Any) -> Lake:
    filters = [{**on_filter(name)["DataCellsFilter"], **body} for name, body in FILTERS.items()]
    return Lake(OWNER, (CUSTOMERS,), grants, {LOCATION: False}, filters=filters)


def rows(*expressions: str, **columns: tuple[str, ...]) -> Reading:
    """Of each column the row filters; of the partition key those given by position."""
    found = {**columns, "day": expressions}
    return Reading(frozenset(found), rows={name: frozenset(some) for name, some in found.items() if some})


BOTH_ROWS = (EUROPE, ADULTS)
BY_FILTER: list[tuple[str, str, Sequence[Any], Reading | None]] = [
    ("columns, in all rows", "data-filters-about.html", [entry(ROLE, on_filter("ids"))], rows(id=())),
    ("columns that are gone", "data-filters-about.html", [entry(ROLE, on_filter("gone"))], None),
    ("another table's of that name", "data-filters-about.html", [entry(ROLE, on_filter("ids", "orders"))], None),
    ("DESCRIBE", "granting-filter-perms.html", [entry(ROLE, on_filter("ids"), "DESCRIBE", "DROP")], None),
    (
        "all columns but some; partition keys cannot be filtered", "data-filtering-notes.html",
        [entry(ROLE, on_filter("no mail"))], rows(id=(), country=(), age=()),
    ),
    (
        "cells", "data-filters-about.html", [entry(ROLE, on_filter("europe"))],
        rows(EUROPE, id=(EUROPE,), mail=(EUROPE,)),
    ),
    (
        "rows", "data-filters-about.html", [entry(ROLE, on_filter("all adults"))],
        rows(ADULTS, id=(ADULTS,), mail=(ADULTS,), country=(ADULTS,), age=(ADULTS,)),
    ),
    (
        "other columns in other rows: cells add up", "data-filtering-overview.html",
        [entry(ROLE, on_filter("europe")), entry(ROLE, on_filter("adults"))],
        rows(*BOTH_ROWS, id=(EUROPE,), mail=BOTH_ROWS, age=(ADULTS,)),
    ),
    (
        "a column in all rows, others in some", "data-filtering-overview.html",
        [entry(ROLE, on_filter("europe")), entry(ROLE, on_filter("ids"))], rows(id=(), mail=(EUROPE,)),
    ),
    (
        "some columns by name beside a filter", "data-filtering-overview.html",
        [entry(ROLE, on_filter("europe")), entry(ROLE, columns(ColumnNames=["age"]))],
        rows(id=(EUROPE,), mail=(EUROPE,), age=()),
    ),
    (
        "the whole table beside a filter", "data-filtering-overview.html",
        [entry(ROLE, on_filter("europe")), entry(ROLE, table())], rows(id=(), mail=(), country=(), age=()),
    ),
]  # fmt: skip


@pytest.mark.parametrize("case", BY_FILTER, ids=[case[0] for case in BY_FILTER])
def test_by_data_cells_filters(case: tuple[str, str, Sequence[Any], Reading | None]) -> None:
    why, page, grants, expected = case
    found = readable(filtered(*grants), ROLE)
    assert found == ({} if expected is None else {"shop.people": expected}), f"{why}: {GUIDE}{page}"


THEIR_ROWS = f"({ADULTS}) AND ({EUROPE})"
FILTERS_ACROSS: list[tuple[str, str, Sequence[Any], Sequence[Any], str, Reading | None]] = [
    ("an account", "granting-filter-perms.html", ["europe"], [], OTHER, rows(EUROPE, id=(EUROPE,), mail=(EUROPE,))),
    (
        "the filter handed on", "granting-filter-perms.html", ["europe", "adults"], [on_filter("europe")], THEIRS,
        rows(EUROPE, id=(EUROPE,), mail=(EUROPE,)),
    ),
    (
        "the whole table handed on is what was granted", "data-filtering-notes.html", ["europe"], [table()], THEIRS,
        rows(EUROPE, id=(EUROPE,), mail=(EUROPE,)),
    ),
    (
        "a column of it handed on", "data-filtering-notes.html", ["europe"], [columns(ColumnNames=["mail"])], THEIRS,
        rows(EUROPE, mail=(EUROPE,)),
    ),
    (
        "another filter handed on: what both let through", "data-filtering-notes.html", ["europe"],
        [on_filter("adults")], THEIRS, rows(THEIR_ROWS, mail=(THEIR_ROWS,)),
    ),
    ("nothing that was granted", "data-filtering-notes.html", ["ids"], [on_filter("adults")], THEIRS, None),
]  # fmt: skip


@pytest.mark.parametrize("case", FILTERS_ACROSS, ids=[case[0] for case in FILTERS_ACROSS])
def test_by_data_cells_filters_across_accounts(
    case: tuple[str, str, Sequence[Any], Sequence[Any], str, Reading | None],
) -> None:
    why, page, granted, handed_on, principal, expected = case
    owner = filtered(*(entry(OTHER, on_filter(name), on=True, share=SHARE) for name in granted))
    theirs = [entry(THEIRS, each) for each in handed_on]
    found = readable(owner, principal, Lake(OTHER, (), theirs))
    assert found == ({} if expected is None else {"shop.people": expected}), f"{why}: {GUIDE}{page}"
    assert readable(owner, principal, Lake(OTHER, (), theirs, unaccepted={SHARE})) == {}
