"""The safe subset of whole databases: an account can read just the safe columns of the tables that have such."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest

from localmesh.reading import readable
from tests.workflow.catalogue import column
from tests.workflow.conftest import StartMesh
from tests.workflow.driver import OLGA, RETAIL, Finished, Mesh
from tests.workflow.running import WITHOUT_PORTAL, Options
from tests.workflow.test_revoking import revoke

SECONDS = 400
MANY = 300
COLUMNS = (column("id", "bigint"), column("mail", pii_flag="true"), column("city"))
SAFE = {"people": {"id", "city", "day"}, "orders": {"id", "amount"}}


@pytest.fixture(scope="module")
def mesh(start_mesh: StartMesh, tmp_path_factory: pytest.TempPathFactory) -> Mesh:
    """A mesh with a database of many tables, every third of which has a column of personal data."""
    folder = tmp_path_factory.mktemp("catalog")
    tables = [
        {
            "Name": f"t{number:05}",
            "TableType": "EXTERNAL_TABLE",
            "StorageDescriptor": {
                "Columns": [column("id"), column("mail", pii_flag="true") if number % 3 == 0 else column("city")],
                "Location": "s3://lake/many/",
            },
        }
        for number in range(MANY)
    ]
    database = {"Name": "many", "LocationUri": "s3://lake/many/", "Parameters": {"data_owner": RETAIL}}
    (folder / "many.json").write_text(json.dumps({"DatabaseInput": database, "Tables": tables}))
    mesh = start_mesh(Options(catalog=folder, config=WITHOUT_PORTAL, retry_seconds=0.2))
    mesh.catalogue.add_database("parts", owner=RETAIL)
    mesh.catalogue.add_table("parts", "people", COLUMNS, PartitionKeys=[column("day")])
    mesh.catalogue.add_table("parts", "orders", (column("id"), column("amount")))
    mesh.catalogue.add_table("parts", "all_flagged", (column("mail", pii_flag="true"),))
    mesh.catalogue.add_table("parts", "by_mail", (column("id"),), PartitionKeys=[column("mail")])
    mesh.catalogue.change_table("parts", "by_mail", lambda entry: entry["Parameters"].update(pii_columns="mail"))
    mesh.catalogue.add_table("parts", "a_view", TableType="VIRTUAL_VIEW", ViewOriginalText="select 1")
    for name in ("parts", "many"):
        mesh.let_grant(name)
    return mesh


def ask(mesh: Mesh, account: str, database: str = "parts", **more: Any) -> Finished:
    document = {"source": {"database": database, "table": "*"}, "target": {"account_id": account}, "scope": "safe"}
    return mesh.finish(mesh.start_with({**document, **more}), SECONDS)


def reads(mesh: Mesh, account: str, database: str = "parts") -> Mapping[str, set[str]]:
    """The columns that an account can read, by table, as the evaluator has it."""
    return {
        name.partition(".")[2]: set(of.columns)
        for name, of in readable(mesh.lake(), account).items()
        if name.partition(".")[0] == database
    }


def filters(mesh: Mesh, database: str) -> int:
    return sum(each["DatabaseName"] == database for each in mesh.lake().filters)


def test_what_is_safe_of_each_table_is_shared_at_once_and_taken_back(mesh: Mesh, account: str) -> None:
    finished = ask(mesh, account)
    assert finished.output.get("status") == "SHARED", finished
    message = finished.output["message"]
    assert "In it are 2 of 5 tables, with 5 of all " in message
    assert "Left out: people.mail. Table 'a_view' is a view" in message
    assert reads(mesh, account) == SAFE
    (share,) = mesh.shares(account).values()
    assert (share["scope"], share["part"], share["tables"]) == ("filtered_tables", {"scope": "safe"}, 2)
    other = mesh.new_account()
    assert ask(mesh, other).output["status"] == "SHARED"
    assert filters(mesh, "parts") == 2
    # What is there already is not granted again, and nobody is asked.
    assert "has been shared" in ask(mesh, account).output["message"]
    assert revoke(mesh, consumer=account).status == "SUCCEEDED"
    assert (reads(mesh, account), reads(mesh, other)) == ({}, SAFE)
    assert revoke(mesh, consumer=other).status == "SUCCEEDED"
    assert (reads(mesh, other), filters(mesh, "parts")) == ({}, 0)


def test_columns_and_tables_that_come_later_are_not_in(mesh: Mesh, account: str) -> None:
    mesh.catalogue.add_database("growing", owner=RETAIL)
    mesh.catalogue.add_table("growing", "people", COLUMNS)
    mesh.let_grant("growing")
    assert ask(mesh, account, "growing").output["status"] == "SHARED"
    mesh.catalogue.change_table(
        "growing", "people", lambda entry: entry["StorageDescriptor"]["Columns"].append(column("street"))
    )
    mesh.catalogue.add_table("growing", "orders", (column("id"),))
    assert reads(mesh, account, "growing") == {"people": {"id", "city"}}


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"filter": "eu"}, "InvalidInput"), ({"columns": ["id"]}, "InvalidInput"), ({}, "NothingSafe")],
)
def test_refusals(mesh: Mesh, account: str, change: dict[str, Any], reason: str) -> None:
    name = f"refused_{'_'.join((*change, reason.lower()))}"
    mesh.catalogue.add_database(name, owner=RETAIL)
    mesh.catalogue.add_table(name, "mails", (column("mail", pii_flag="true"),))
    finished = ask(mesh, account, name, **change)
    assert (finished.output["status"], finished.output["reason"]) == ("REFUSED", reason), finished
    assert reads(mesh, account, name) == {}


def test_the_whole_database_takes_its_place(mesh: Mesh, account: str) -> None:
    ask(mesh, account)
    arn = mesh.start("parts", "*", account)
    mail = mesh.mail_about(arn)
    assert mesh.post(mesh.links(mail).approve, email=OLGA).status == 200
    assert mesh.finish(arn, SECONDS).output["status"] == "SHARED"
    parts = [each for each in mesh.shares(account).values() if each["scope"] == "filtered_tables"]
    assert [(each["status"], each["reason"]) for each in parts] == [("REVOKING", "Replaced")]
    # Sweep is what takes it back; until it comes by, the parts open nothing that is not open already.
    assert set(reads(mesh, account)["people"]) == {"id", "mail", "city", "day"}
    revoke(mesh, consumer=account)
    assert (reads(mesh, account), filters(mesh, "parts")) == ({}, 0)


def test_many_tables_in_batches(mesh: Mesh, account: str) -> None:
    began = time.monotonic()
    finished = ask(mesh, account, "many")
    shared = time.monotonic() - began
    assert finished.output.get("status") == "SHARED", finished
    assert reads(mesh, account, "many") == {
        f"t{number:05}": {"id"} if number % 3 == 0 else {"id", "city"} for number in range(MANY)
    }
    assert revoke(mesh, SECONDS, consumer=account).status == "SUCCEEDED"
    print(f"{MANY} tables shared in {shared:.1f} s, and taken back in {time.monotonic() - began - shared:.1f} s")
    assert (reads(mesh, account, "many"), filters(mesh, "many")) == ({}, 0)
