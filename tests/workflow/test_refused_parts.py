"""Every reason for which a part of a table is refused: a request shows it, and opens nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from handlers.sharing.filters import MOST_FILTERS
from handlers.sharing.model.cells import filter_name
from handlers.sharing.model.part import MOST_COLUMNS
from tests.workflow.catalogue import column
from tests.workflow.driver import RETAIL, REVIEWS, Finished, Mesh, request_id
from tests.workflow.refusing import was_refused
from tests.workflow.running import WITHOUT_PORTAL, Options

PRODUCERS = [
    {"accountId": RETAIL, "name": "Retail", "externalId": "lakeshare-store-operations", "safeSubset": True},
    {"accountId": REVIEWS, "name": "Reviews"},
]
OPTIONS = Options(retry_seconds=0.2, config={**WITHOUT_PORTAL, "producers": PRODUCERS})
SAFE = {"scope": "safe"}
ODD_ROWS = {"lakeshare_filter_odd": "city =", "lakeshare_filter_long": "x" * 2_049}


@pytest.fixture(scope="module", autouse=True)
def _data(mesh: Mesh) -> None:
    mesh.catalogue.add_database("parts", owner=RETAIL)
    mesh.catalogue.add_database("flagged_parts", owner=RETAIL, Parameters={"pii_flag": "true"})
    mesh.catalogue.add_database("kept_parts", owner=REVIEWS)
    plain, mail = column("id", "bigint"), column("mail", pii_flag="true")
    mesh.catalogue.add_table("parts", "people", (plain, mail), Parameters=ODD_ROWS)
    mesh.catalogue.add_table("parts", "mails", (mail,))
    mesh.catalogue.add_table("parts", "unlisted", ())
    mesh.catalogue.add_table("parts", "flagged", (plain,), Parameters={"pii_flag": "true"})
    mesh.catalogue.add_table("parts", "view", (plain,), TableType="VIRTUAL_VIEW")
    keyed = {"PartitionKeys": [column("mail")], "Parameters": {"pii_columns": "mail"}}
    mesh.catalogue.add_table("parts", "keyed", (plain,), **keyed)
    wide = tuple(column(f"c{number:04}") for number in range(MOST_COLUMNS + 1))
    mesh.catalogue.add_table("parts", "wide", wide, Parameters={"lakeshare_filter_few": "c0000 = 'a'"})
    mesh.catalogue.add_table("parts", "plain")
    mesh.catalogue.add_table("parts", "many", Parameters={"lakeshare_filter_few": "id = 0"})
    mesh.catalogue.add_table("flagged_parts", "people", (plain,))
    mesh.catalogue.add_table("kept_parts", "people", (plain, mail))
    for database in ("parts", "flagged_parts", "kept_parts"):
        mesh.let_grant(database)


def ask(mesh: Mesh, account: str, source: str, part: dict[str, Any]) -> tuple[str, Finished]:
    database, _, table = source.partition(".")
    document = {"source": {"database": database, "table": table}, "target": {"account_id": account}, **part}
    arn = mesh.start_with(document)
    return request_id(arn), mesh.finish(arn)


CASES: list[tuple[str, dict[str, Any], str]] = [
    ("parts.people", {"scope": "all"}, "InvalidInput"),
    ("parts.people", {"scope": "safe", "columns": ["id"]}, "InvalidInput"),
    ("parts.people", {"columns": []}, "InvalidInput"),
    ("parts.people", {"columns": "id"}, "InvalidInput"),
    ("parts.people", {"columns": [f"c{number}" for number in range(MOST_COLUMNS + 1)]}, "InvalidInput"),
    ("parts.people", {"filter": 7}, "InvalidInput"),
    ("parts.*", {"columns": ["id"]}, "InvalidInput"),
    ("parts.*", {"filter": "odd"}, "InvalidInput"),
    ("parts.people", {"rows": "id = 1"}, "UnknownField"),
    ("parts.people", {"columns": ["id", "nothing"]}, "UnknownColumn"),
    ("parts.people", {"columns": ["id.part"]}, "UnknownColumn"),
    ("parts.unlisted", {"columns": ["id"]}, "UnknownColumn"),
    ("parts.people", {"filter": "nothing"}, "UnknownFilter"),
    ("parts.people", {"columns": ["id"], "filter": "odd"}, "FilterRefused"),
    ("parts.people", {"columns": ["id"], "filter": "long"}, "FilterRefused"),
    ("parts.view", {"columns": ["id"]}, "FilterRefused"),
    ("kept_parts.people", SAFE, "SafeNotOffered"),
    ("parts.mails", SAFE, "NothingSafe"),
    ("parts.flagged", SAFE, "NothingSafe"),
    ("parts.unlisted", SAFE, "NothingSafe"),
    ("parts.view", SAFE, "NothingSafe"),
    ("flagged_parts.people", SAFE, "NothingSafe"),
    ("parts.keyed", SAFE, "PartitionKeyFlagged"),
    ("parts.wide", {"filter": "few"}, "TooManyColumns"),
]


@pytest.mark.parametrize(("source", "part", "reason"), CASES)
def test_what_is_no_part_is_refused_by_name(
    mesh: Mesh, account: str, source: str, part: dict[str, Any], reason: str
) -> None:
    _refused(mesh, account, source, part, reason)


def _refused(mesh: Mesh, account: str, source: str, part: dict[str, Any], reason: str) -> None:
    before, filters = mesh.all_grants(), _filters(mesh)
    _, finished = ask(mesh, account, source, part)
    was_refused(mesh, finished, reason)
    assert (mesh.all_grants(), _filters(mesh)) == (before, filters)


def _filters(mesh: Mesh) -> list[str]:
    return sorted(each["Name"] for each in mesh.client("lakeformation").list_data_cells_filter()["DataCellsFilters"])


def _foreign(mesh: Mesh) -> None:
    """Somebody made a filter of the name that this one will have, with more columns."""
    data = {"TableCatalogId": "123456789012", "DatabaseName": "parts", "TableName": "people"}
    name = filter_name("parts", "people", ("id",), None)
    body = {**data, "Name": name, "ColumnNames": ["id", "mail"], "RowFilter": {"AllRowsWildcard": {}}}
    mesh.client("lakeformation").create_data_cells_filter(TableData=body)


def _wider(mesh: Mesh, account: str) -> None:
    assert mesh.ask("parts", "plain", account)[1].output["status"] == "SHARED"


def _many(mesh: Mesh, account: str) -> None:
    """As many shares of parts stand in the ledger as there may be filters: copies of one, each with rows of its own."""
    request, finished = ask(mesh, account, "parts.many", {"columns": ["id"], "filter": "few"})
    assert finished.output["status"] == "SHARED", finished
    table = mesh.client("dynamodb")
    (item,) = table.query(
        TableName=mesh.ledger,
        KeyConditionExpression="pk = :pk AND entry = :entry",
        ExpressionAttributeValues={":pk": {"S": account}, ":entry": {"S": f"share#{request}:1"}},
    )["Items"]
    for number in range(1, MOST_FILTERS):
        more = {"entry": {"S": f"share#{request}-{number}:1"}, "row_filter": {"S": f"id = {number}"}}
        table.put_item(TableName=mesh.ledger, Item={**item, **more})


@pytest.mark.parametrize(
    ("before", "table", "reason"),
    [
        (_wider, "plain", "AlreadyWider"),
        (_many, "many", "FilterLimitReached"),
    ],
)
def test_what_stands_in_the_way_is_named(
    mesh: Mesh, account: str, before: Callable[[Mesh, str], None], table: str, reason: str
) -> None:
    before(mesh, account)
    _refused(mesh, account, f"parts.{table}", {"columns": ["amount" if table == "many" else "id"]}, reason)


def test_a_filter_that_somebody_else_made_grants_nothing_and_calls_an_operator(mesh: Mesh, account: str) -> None:
    _foreign(mesh)
    before = mesh.all_grants()
    request, finished = ask(mesh, account, "parts.people", {"columns": ["id"]})
    assert (finished.status, finished.error) == ("FAILED", "FilterForeign"), finished
    item = mesh.register_item(request)
    assert (item["status"], item["reason"]) == ("FAILED", "FilterForeign")
    assert mesh.all_grants() == before
