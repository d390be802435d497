"""Parts of tables: what an account can read is just the columns and rows that were granted, from the ask to the end."""

from __future__ import annotations

from typing import Any

import pytest

from localmesh.reading import readable
from tests.workflow.catalogue import column
from tests.workflow.driver import OLGA, RETAIL, Asked, Finished, Mesh, request_id
from tests.workflow.running import WITHOUT_PORTAL, Options
from tests.workflow.test_revoking import revoke

OPTIONS = Options(retry_seconds=0.2, config=WITHOUT_PORTAL)
COLUMNS = (column("id", "bigint"), column("mail", pii_flag="true"), column("city"), column("amount", "int"))
KEYS = (column("day"),)
SAFE = {"id", "city", "amount", "day"}


@pytest.fixture(scope="module", autouse=True)
def _data(mesh: Mesh) -> None:
    mesh.catalogue.add_database("parts", owner=RETAIL)
    for name in ("people", "others", "moving"):
        mesh.catalogue.add_table(
            "parts",
            name,
            COLUMNS,
            PartitionKeys=list(KEYS),
            Parameters={"lakeshare_filter_berlin": "city = 'Berlin'", "Lakeshare_Filter_Odd": "city ="},
        )
    mesh.let_grant("parts")


def start(mesh: Mesh, account: str, table: str = "people", **part: Any) -> str:
    source = {"database": "parts", "table": table}
    return mesh.start_with({"source": source, "target": {"account_id": account}, **part})


def ask(mesh: Mesh, account: str, table: str = "people", **part: Any) -> tuple[str, Finished]:
    arn = start(mesh, account, table, **part)
    return request_id(arn), mesh.finish(arn)


def ask_owner(mesh: Mesh, account: str, table: str = "people", **part: Any) -> Asked:
    arn = start(mesh, account, table, **part)
    mail = mesh.mail_about(arn)
    links = mesh.links(mail)
    return Asked(arn, mail, links.approve, links.deny)


def reads(mesh: Mesh, account: str, table: str = "people") -> set[str]:
    """The columns that an account can read, as the evaluator has it."""
    found = readable(mesh.lake(), account).get(f"parts.{table}")
    return set() if found is None else set(found.columns)


def filters(mesh: Mesh, table: str) -> list[str]:
    lake = mesh.client("lakeformation")
    named = {"CatalogId": "123456789012", "DatabaseName": "parts", "Name": table}
    return [each["Name"] for each in lake.list_data_cells_filter(Table=named)["DataCellsFilters"]]


def test_the_safe_subset_is_shared_at_once_and_ends_with_its_filter(mesh: Mesh, account: str) -> None:
    request, finished = ask(mesh, account, scope="safe")
    assert finished.output.get("status") == "SHARED", finished
    assert finished.output["message"] == (
        f"Part of table parts.people is shared with account {account}. No approval was needed. Nothing in it is "
        "personal data: 5 columns and partition keys in 1 table were read. In it are 4 of 5 columns: id, city, amount, "
        "day. Left out: people.mail."
    )
    assert reads(mesh, account) == SAFE
    (share,) = mesh.shares(account).values()
    assert (share["scope"], share["part"], share["columns"]) == (
        "filtered",
        {"scope": "safe"},
        ["id", "city", "amount", "day"],
    )
    other = mesh.new_account()
    assert ask(mesh, other, scope="safe")[1].output["status"] == "SHARED"
    assert len(filters(mesh, "people")) == 1
    assert revoke(mesh, share=f"{request}:1").status == "SUCCEEDED"
    assert (reads(mesh, account), reads(mesh, other)) == (set(), SAFE)
    assert len(filters(mesh, "people")) == 1
    assert revoke(mesh, consumer=other).status == "SUCCEEDED"
    assert reads(mesh, other) == set()
    assert filters(mesh, "people") == []


def test_flagged_columns_ask_and_a_later_column_is_not_in(mesh: Mesh, account: str) -> None:
    asked = ask_owner(mesh, account, "moving", columns=["MAIL", "id"], filter="Berlin")
    assert "id, mail, day" in asked.mail["body"]
    assert "city = 'Berlin'" in asked.mail["body"]
    assert mesh.decide(asked, "approve", OLGA).output["status"] == "SHARED"
    assert reads(mesh, account, "moving") == {"id", "mail", "day"}
    mesh.catalogue.change_table(
        "parts", "moving", lambda entry: entry["StorageDescriptor"]["Columns"].append(column("iban"))
    )
    assert reads(mesh, account, "moving") == {"id", "mail", "day"}
    assert revoke(mesh, consumer=account).status == "SUCCEEDED"
    assert filters(mesh, "moving") == []


def test_what_is_shared_already_is_not_granted_again(mesh: Mesh, account: str) -> None:
    ask(mesh, account, "others", scope="safe")
    _, again = ask(mesh, account, "others", scope="safe")
    assert "has been shared" in again.output["message"]
    # Columns and rows of one's own: another part, and the two add up.
    assert ask(mesh, account, "others", columns=["id"])[1].output["status"] == "SHARED"
    assert len(mesh.shares(account)) == 2
    assert reads(mesh, account, "others") == SAFE


@pytest.mark.parametrize(
    ("part", "reason"),
    [
        ({"columns": ["nothing"]}, "UnknownColumn"),
        ({"columns": ["id"], "filter": "nothing"}, "UnknownFilter"),
        ({"columns": ["id", "city"], "filter": "odd"}, "FilterRefused"),
        ({"scope": "safe", "columns": ["id"]}, "InvalidInput"),
        ({"scope": "all"}, "InvalidInput"),
    ],
)
def test_refusals(mesh: Mesh, account: str, part: dict[str, Any], reason: str) -> None:
    _, finished = ask(mesh, account, **part)
    assert (finished.output.get("status"), finished.output["reason"]) == ("REFUSED", reason), finished
    assert reads(mesh, account) == set()


def test_who_has_the_whole_table_needs_no_part_of_it(mesh: Mesh, account: str) -> None:
    mesh.catalogue.add_table("parts", "plain")
    mesh.ask("parts", "plain", account)
    _, finished = ask(mesh, account, "plain", columns=["id"])
    assert finished.output["reason"] == "AlreadyWider"
