"""`GET /search`, and the call by the clock that makes its index, with Glue and a bucket behind it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from handlers import catalogue_api, index_catalogue
from handlers.api.search import LONGEST_DESCRIPTION, LONGEST_QUERY
from handlers.aws import search_index
from handlers.aws.clients import client
from handlers.sharing.search import MOST_COLUMNS, SHOWN
from tests.fakes.world import OWNER
from tests.unit.requests_api.calls import Answered, Caller, call
from tests.unit.requests_api.entries import owned
from tests.unit.requests_api.test_openapi import operations, schema


class Clock:
    """Lambda's context, with time to spare."""

    def get_remaining_time_in_millis(self) -> int:
        return 900_000


@pytest.fixture(autouse=True)
def lake(monkeypatch: pytest.MonkeyPatch, ask: object) -> Iterator[None]:
    del ask  # for its environment
    monkeypatch.setattr(search_index, "_kept", {})
    with mock_aws():
        client("s3").create_bucket(Bucket="index", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
        glue = client("glue")
        glue.create_database(DatabaseInput={"Name": "sales", "Description": "x" * 400, "Parameters": owned()})
        columns = [{"Name": name, "Type": "string"} for name in ("id", "email", "e_mail", "mail", "mails")]
        for name in ("orders", "returns"):
            table = {"Name": name, "StorageDescriptor": {"Columns": columns}}
            glue.create_table(DatabaseName="sales", TableInput=table)
        yield


def find(more: dict[str, str] | None = None, **query: str) -> Answered:
    return call(catalogue_api.handler, "GET /search", Caller("sub-alex", "alex", more=more or {}), query=query)


def by_the_clock(**event: Any) -> dict[str, Any]:
    return index_catalogue.handler({"source": "aws.events", **event}, Clock())


def test_the_clock_makes_the_index_and_people_search_it() -> None:
    assert (find(q="orders").status, find(q="orders").reason) == (503, "SearchNotReady")
    done = by_the_clock()
    assert (done["databases"], done["tables"], done["unread"]) == (1, 2, 0)
    answer = find(q="SALES")
    assert (answer.status, answer.headers["vary"]) == (200, "authorization")
    database, *tables = answer.body["results"]
    assert database == {
        "database": "sales",
        "table": None,
        "description": "x" * LONGEST_DESCRIPTION,
        "owner": {"account_id": OWNER, "name": "Sales"},
        "columns": [],
    }
    assert [each["table"] for each in tables] == ["orders", "returns"]
    assert (answer.body["more"], answer.body["unread_databases"]) == (False, 0)
    (order,) = find(q="ordrs mail").body["results"]
    assert order["columns"] == ["e_mail", "mail", "mails"]


@pytest.mark.parametrize("text", ["", "  ", "x" * (LONGEST_QUERY + 1)])
def test_too_little_and_too_much(text: str) -> None:
    answer = find(q=text)
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "q")
    assert answer.body["detail"].startswith("q must be 1 to 200 characters, got ")


def test_what_it_does_not_take_is_refused() -> None:
    assert (find().status, find(q="x", limit="9").reason) == (422, "UnknownField")
    assert find(q="x", more={"token_use": "id"}).status == 401


def test_the_document_has_the_codes_own_numbers() -> None:
    (parameter,) = next(each for _, path, each in operations() if path == "/search")["parameters"]
    assert parameter["schema"]["maxLength"] == LONGEST_QUERY
    assert schema("Findings")["properties"]["results"]["maxItems"] == SHOWN
    assert schema("Finding")["properties"]["columns"]["maxItems"] == MOST_COLUMNS
