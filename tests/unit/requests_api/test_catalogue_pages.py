"""The catalogue API: pages that fit, and their cursors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from handlers.api.cursors import Place, write_cursor
from handlers.api.sizes import LARGEST_ANSWER, size_of
from tests.unit.requests_api.entries import Ask, column, database, owned, table
from tests.unit.stubs import error


def pages(
    ask: Ask, short: str, query: dict[str, str], before: Callable[[], object] = lambda: None
) -> Iterator[dict[str, Any]]:
    """Every page of a list, each small enough; `before`: called before each."""
    following: dict[str, str] = {}
    for _ in range(50):
        before()
        body = ask(short, **query, **following).body
        assert size_of(body) <= LARGEST_ANSWER
        yield body
        if body["next"] is None:
            return
        following = {"next": body["next"]}
    raise AssertionError("the list has no end")


@pytest.mark.parametrize(
    ("short", "query", "expected", "entry"),
    [("databases", {}, {}, database), ("tables", {"database": "Sales"}, {"DatabaseName": "sales"}, table)],
)
def test_a_page_is_one_page_of_glues_and_its_cursor_leads_to_the_next(
    glue: Stubber, ask: Ask, *, short: str, query: dict[str, str], expected: dict[str, str], entry: Callable[..., Any]
) -> None:
    listed, expected = f"{short.removesuffix('s').capitalize()}List", {**expected, "MaxResults": 100}
    for page, token in (
        ({listed: [entry("a")], "NextToken": "more"}, {}),
        ({listed: [entry("b")]}, {"NextToken": "more"}),
    ):
        glue.add_response(f"get_{short}", page, {**expected, **token})
        if short == "tables":
            glue.add_response("get_database", {"Database": database()}, {"Name": "sales"})
    assert [[each["name"] for each in page[short]] for page in pages(ask, short, query)] == [["a"], ["b"]]


def test_no_answer_is_larger_than_a_megabyte_and_nothing_is_left_out(glue: Stubber, ask: Ask) -> None:
    entries = [table(f"t{at:03}", Description="ü" * 2048, Parameters=owned("z" * 300_000)) for at in range(100)]
    for each in entries:
        each["StorageDescriptor"]["Location"] = "s3://" + "\U0001f600" * 2050

    def answer() -> None:
        glue.add_response("get_tables", {"TableList": entries}, {"DatabaseName": "sales", "MaxResults": 100})
        glue.add_response("get_database", {"Database": database()}, {"Name": "sales"})

    names = [each["name"] for page in pages(ask, "tables", {"database": "sales"}, answer) for each in page["tables"]]
    assert names == [each["Name"] for each in entries]


def test_thousands_of_columns_come_in_pages(glue: Stubber, ask: Ask) -> None:
    columns = [column(f"c{at}", "true" if at % 2 else None, Comment="x" * 255) for at in range(9_000)]
    columns[4]["Type"] = "struct<" + "ü" * 131_000 + ">"
    entry = table("orders", *columns, Parameters=owned())

    def answer() -> None:
        glue.add_response("get_table", {"Table": entry}, {"DatabaseName": "sales", "Name": "orders"})
        glue.add_response("get_database", {"Database": database()}, {"Name": "sales"})

    found = list(pages(ask, "table", {"database": "sales", "name": "orders"}, answer))
    assert len(found) < 10
    assert {(page["table"]["columns_total"], page["table"]["flagged_columns"]) for page in found} == {(9_000, 4_500)}
    assert [each["name"] for page in found for each in page["columns"]] == [each["Name"] for each in columns]


NOT_THIS_LISTS = [{"field": "next", "message": "next must be what the page before it gave, of the same list."}]


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "bnVsbA",
        write_cursor("databases", Place("more")),
        write_cursor("tables of other", Place("more")),
        write_cursor("tables of sales", Place("x" * 5001)),
        write_cursor("tables of sales", Place("more", -1)),
    ],
)
def test_a_cursor_of_another_list_is_refused(ask: Ask, cursor: str) -> None:
    answer = ask("tables", database="sales", next=cursor)
    assert (answer.status, answer.body["errors"]) == (422, NOT_THIS_LISTS)


@pytest.mark.parametrize(
    ("short", "query", "listing"),
    [("databases", {}, "databases"), ("tables", {"database": "sales"}, "tables of sales")],
)
def test_a_token_that_glue_does_not_take_is_a_wrong_cursor(
    glue: Stubber, ask: Ask, short: str, query: dict[str, str], listing: str
) -> None:
    error(glue, f"get_{short}", "InvalidInputException")
    answer = ask(short, **query, next=write_cursor(listing, Place("made up")) or "")
    assert (answer.status, answer.body["errors"]) == (422, NOT_THIS_LISTS)


def test_columns_have_no_token_of_glue(ask: Ask) -> None:
    answer = ask("table", database="a", name="b", next=write_cursor("columns of a b", Place("more")) or "")
    assert (answer.status, answer.body["errors"]) == (422, NOT_THIS_LISTS)
