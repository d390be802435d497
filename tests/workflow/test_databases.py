"""Whole databases, and tables of databases that hold personal data elsewhere."""

from __future__ import annotations

import pytest

from localmesh.reading import readable
from tests.workflow.accounts import columns_of
from tests.workflow.driver import DESCRIBE, OLGA, ROHAN, SELECT_AND_DESCRIBE, Mesh

TRIPS, ZONES = "transport.yellow_tripdata", "transport.taxi_zone_lookup"
AT_ONCE = {
    "a harmless table of a database with personal data": ("retail", "store_sales", ["retail.store_sales"]),
    "a harmless database": ("transport", "*", [ZONES, TRIPS]),
    "names however they are capitalised": ("Transport", "YELLOW_TripData", [TRIPS]),
}


@pytest.mark.parametrize("case", AT_ONCE)
def test_what_is_harmless_is_shared_at_once_by_name(mesh: Mesh, case: str) -> None:
    database, table, tables = AT_ONCE[case]
    account, whole = mesh.new_account(), table == "*"
    request, finished = mesh.ask(database, table, account)
    assert finished.end == ("SHARED", None)
    own = {database: DESCRIBE} if whole else {}
    assert mesh.grants(account) == {**own, **dict.fromkeys(tables, SELECT_AND_DESCRIBE)}
    lake = mesh.lake()
    assert readable(lake, account) == columns_of(lake, *tables)
    item = mesh.register_item(request)
    assert item["source"] == {"database": database.lower(), "table": table.lower()}
    names = [name.partition(".")[2] for name in tables]
    assert item["granted"] == {"tables": len(tables), "names": names, "database": whole, "wildcard": False}


def test_a_database_with_personal_data_asks_and_its_approval_grants_the_wildcard(mesh: Mesh) -> None:
    account = mesh.new_account()
    asked = mesh.ask_owner("retail", "*", account)
    assert asked.mail["subject"] == f"Data access request: retail (whole database) for account {account}"
    assert "added later" in asked.mail["body"]
    assert mesh.decide(asked, "approve", OLGA).end == ("SHARED", None)
    assert mesh.grants(account) == {"retail": DESCRIBE, "retail.*": SELECT_AND_DESCRIBE}
    granted = mesh.register_item(asked.arn)["granted"]
    assert (granted["tables"], granted["database"], granted["wildcard"]) == (25, True, True)
    shared = mesh.events(asked.arn)[-1]["detail"]
    assert (shared["tables_granted"], shared["wildcard"]) == (25, True)
    lake = mesh.lake()
    assert readable(lake, account) == columns_of(lake, "retail.*")


def test_a_table_that_comes_after_an_automatic_share_is_not_shared(mesh: Mesh) -> None:
    account = mesh.new_account()
    mesh.catalogue.add_database("timetables", owner="222222222222")
    mesh.catalogue.add_table("timetables", "stops")
    mesh.ask("timetables", "*", account)
    mesh.catalogue.add_table("timetables", "passengers")
    assert mesh.grants(account) == {"timetables": DESCRIBE, "timetables.stops": SELECT_AND_DESCRIBE}
    lake = mesh.lake()
    assert readable(lake, account) == columns_of(lake, "timetables.stops")


@pytest.mark.parametrize("table", ["*", "productreviews"])
def test_a_flagged_database_asks_as_a_whole_and_for_each_of_its_tables(mesh: Mesh, table: str) -> None:
    asked = mesh.ask_owner("amazon", table, mesh.new_account())
    assert asked.mail["to"] == ROHAN
    assert mesh.register_item(asked.arn)["classification"]["grounds"] == [{"rule": "DatabaseFlagged"}]
    mesh.post(asked.deny, email=ROHAN)


def test_asking_again_for_what_is_shared_is_success(mesh: Mesh) -> None:
    account = mesh.new_account()
    outputs = [mesh.ask("transport", table, account)[1].output["status"] for table in ("*", "yellow_tripdata", "*")]
    assert outputs == ["SHARED"] * 3
