"""Wherever a flag stands: what does not plainly say no asks a person. How it may be written is the unit tests'."""

from __future__ import annotations

from typing import Any

import pytest

from tests.workflow.catalogue import column
from tests.workflow.driver import RETAIL, Mesh

EMAIL = '{"type": "struct", "fields": [{"name": "id", "type": "long"}, {"name": "email", "type": "string"}]}'
ASKS: dict[str, tuple[dict[str, Any], list[dict[str, str]]]] = {
    "a_view_without_columns": (
        {"TableType": "VIRTUAL_VIEW", "StorageDescriptor": None, "ViewOriginalText": "SELECT 1"},
        [{"rule": "View"}, {"rule": "ColumnsUnreadable"}],
    ),
    "a_view_with_columns": ({"TableType": "VIRTUAL_VIEW", "ViewOriginalText": "SELECT 1"}, [{"rule": "View"}]),
    "a_schema_in_parameters": ({"Parameters": {"spark.sql.sources.schema": EMAIL}}, [{"rule": "SchemaElsewhere"}]),
    "a_schema_at_an_address": (
        {"Parameters": {"avro.schema.url": "s3://retail-lake/x.avsc"}},
        [{"rule": "ColumnsUnreadable"}],
    ),
    "a_table_with_no_columns": ({"columns": []}, [{"rule": "ColumnsUnreadable"}]),
    "a_partition_key": (
        {"PartitionKeys": [column("day")], "Parameters": {"pii_columns": "day"}},
        [{"rule": "ColumnFlagged", "column": "day"}],
    ),
    "of_a_column_that_is_not_there": (
        {"Parameters": {"pii_columns": "amount, email"}},
        [{"rule": "PiiColumnsUnreadable"}, {"rule": "ColumnFlagged", "column": "amount"}],
    ),
    "the_table_itself": ({"Parameters": {"pii_flag": "true"}}, [{"rule": "TableFlagged"}]),
    "not_readable": ({"columns": [column("a", pii_flag="maybe")]}, [{"rule": "UnreadableFlag", "column": "a"}]),
    "of_another_name": ({"columns": [column("a", PII_Flag="true")]}, [{"rule": "ColumnFlagged", "column": "a"}]),
    "of_two_minds": (
        {"columns": [column("a", pii_flag="false", PII_FLAG="yes")]},
        [{"rule": "ColumnFlagged", "column": "a"}],
    ),
}
SHARES: dict[str, dict[str, Any]] = {
    "plainly_no": {"columns": [column(f"c{n}", pii_flag=no) for n, no in enumerate(["false", " No ", "0", "N", ""])]},
    "no_everywhere": {"Parameters": {"pii_flag": "False", "pii_columns": "none"}, "PartitionKeys": [column("day")]},
    "a_view_that_says_no": {
        "TableType": "VIRTUAL_VIEW",
        "ViewOriginalText": "SELECT 1",
        "Parameters": {"pii_flag": "no"},
    },
    "all_columns_looked_at": {"Parameters": {"spark.sql.sources.schema": EMAIL, "pii_columns": "none"}},
}


@pytest.fixture(scope="module")
def tables(mesh: Mesh) -> None:
    mesh.catalogue.add_database("flags", owner=RETAIL)
    for name, (entry, _) in ASKS.items():
        mesh.catalogue.add_table("flags", name, **entry)
    for name, entry in SHARES.items():
        mesh.catalogue.add_table("flags", name, **entry)


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("name", ASKS)
def test_asks(mesh: Mesh, name: str) -> None:
    account = mesh.new_account()
    asked = mesh.ask_owner("flags", name, account)
    grounds = mesh.register_item(asked.arn)["classification"]["grounds"]
    assert grounds == [{"table": name, **ground} for ground in ASKS[name][1]]
    assert name in asked.mail["body"]
    assert mesh.grants(account) == {}
    assert mesh.get(asked.approve).status == 200


@pytest.mark.usefixtures("tables")
@pytest.mark.parametrize("name", SHARES)
def test_shares_at_once(mesh: Mesh, name: str) -> None:
    assert mesh.ask("flags", name, mesh.new_account())[1].output["status"] == "SHARED"


def test_a_flagged_database_binds_its_tables_but_for_their_own_plain_no(mesh: Mesh) -> None:
    mesh.catalogue.add_database("bound", owner=RETAIL, Parameters={"pii_flag": "true"})
    mesh.catalogue.add_table("bound", "free", Parameters={"pii_flag": "no"})
    for name, said in (("silent", {}), ("empty", {"pii_flag": ""})):
        mesh.catalogue.add_table("bound", name, Parameters=said)
        asked = mesh.ask_owner("bound", name, mesh.new_account())
        assert mesh.register_item(asked.arn)["classification"]["grounds"] == [{"rule": "DatabaseFlagged"}]
    assert mesh.ask("bound", "free", mesh.new_account())[1].output["status"] == "SHARED"


def test_a_database_asks_for_the_one_flagged_column_on_its_second_page_of_tables(mesh: Mesh) -> None:
    mesh.catalogue.add_database("pages", owner=RETAIL)
    for number in range(120):
        mesh.catalogue.add_table("pages", f"t{number:03}")
    mesh.catalogue.flag_column("pages", "t119", "amount")
    asked = mesh.ask_owner("pages", "*", mesh.new_account())
    classification = mesh.register_item(asked.arn)["classification"]
    assert classification["grounds"] == [{"rule": "ColumnFlagged", "table": "t119", "column": "amount"}]
    assert classification["tables_total"] == 120
