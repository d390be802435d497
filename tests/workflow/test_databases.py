"""Whole databases, and tables of databases that hold personal data elsewhere."""

from __future__ import annotations

from tests.workflow.driver import DESCRIBE, OLGA, ROHAN, SELECT_AND_DESCRIBE, Mesh


def test_a_harmless_table_of_a_database_with_personal_data_is_shared_at_once(mesh: Mesh) -> None:
    account = mesh.new_account()
    _, finished = mesh.ask("retail", "store_sales", account)
    assert finished.output["status"] == "SHARED"
    assert mesh.grants(account) == {"retail.store_sales": SELECT_AND_DESCRIBE}


def test_a_database_with_personal_data_asks_and_its_approval_grants_the_wildcard(mesh: Mesh) -> None:
    account = mesh.new_account()
    asked = mesh.ask_owner("retail", "*", account)
    assert asked.mail["subject"] == f"Data access request: retail (whole database) for account {account}"
    assert "added later" in asked.mail["body"]
    mesh.post(asked.approve, email=OLGA)
    assert mesh.finish(asked.arn).output["status"] == "SHARED"
    assert mesh.grants(account) == {"retail": DESCRIBE, "retail.*": SELECT_AND_DESCRIBE}
    granted = mesh.register_item(asked.arn)["granted"]
    assert (granted["tables"], granted["database"], granted["wildcard"]) == (25, True, True)
    shared = mesh.events(asked.arn)[-1]["detail"]
    assert (shared["tables_granted"], shared["wildcard"]) == (25, True)


def test_a_harmless_database_is_shared_at_once_with_its_tables_by_name(mesh: Mesh) -> None:
    account = mesh.new_account()
    request, finished = mesh.ask("transport", "*", account)
    assert finished.output["status"] == "SHARED"
    assert mesh.grants(account) == {
        "transport": DESCRIBE,
        "transport.taxi_zone_lookup": SELECT_AND_DESCRIBE,
        "transport.yellow_tripdata": SELECT_AND_DESCRIBE,
    }
    granted = mesh.register_item(request)["granted"]
    assert granted == {
        "tables": 2,
        "names": ["taxi_zone_lookup", "yellow_tripdata"],
        "database": True,
        "wildcard": False,
    }


def test_a_table_that_comes_after_an_automatic_share_is_not_shared(mesh: Mesh) -> None:
    account = mesh.new_account()
    mesh.catalogue.add_database("timetables", owner="222222222222")
    mesh.catalogue.add_table("timetables", "stops")
    mesh.ask("timetables", "*", account)
    mesh.catalogue.add_table("timetables", "passengers")
    assert mesh.grants(account) == {"timetables": DESCRIBE, "timetables.stops": SELECT_AND_DESCRIBE}


def test_a_flagged_database_asks_as_a_whole(mesh: Mesh) -> None:
    asked = mesh.ask_owner("amazon", "*", mesh.new_account())
    assert asked.mail["to"] == ROHAN
    assert mesh.register_item(asked.arn)["classification"]["grounds"] == [{"rule": "DatabaseFlagged"}]
    mesh.post(asked.deny, email=ROHAN)


def test_a_harmless_table_of_a_flagged_database_is_shared_at_once(mesh: Mesh) -> None:
    account = mesh.new_account()
    _, finished = mesh.ask("amazon", "productreviews", account)
    assert finished.output["status"] == "SHARED"
    assert mesh.grants(account) == {"amazon.productreviews": SELECT_AND_DESCRIBE}


def test_names_are_found_however_they_are_capitalised(mesh: Mesh) -> None:
    account = mesh.new_account()
    request, finished = mesh.ask("Transport", "YELLOW_TripData", account)
    assert finished.output["status"] == "SHARED"
    assert mesh.grants(account) == {"transport.yellow_tripdata": SELECT_AND_DESCRIBE}
    assert mesh.register_item(request)["source"] == {"database": "transport", "table": "yellow_tripdata"}


def test_asking_again_for_what_is_shared_is_success(mesh: Mesh) -> None:
    account = mesh.new_account()
    outputs = [mesh.ask("transport", table, account)[1].output["status"] for table in ("*", "yellow_tripdata", "*")]
    assert outputs == ["SHARED"] * 3
