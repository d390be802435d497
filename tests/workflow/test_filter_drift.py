"""Drift and data cells filters: what is changed by hand in the lake is found, explained, and gone once it is mended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from localmesh.reading import readable
from tests.portal.portal import Portal
from tests.workflow.catalogue import column
from tests.workflow.driver import CENTRAL, REVIEWS, ROHAN, Asked, Mesh, request_id, wait_until
from tests.workflow.running import Options
from tests.workflow.test_drift import by_hand, events, findings, let_drift_see, look
from tests.workflow.test_revoking import revoke

OPTIONS = Options(
    retry_seconds=0.2, config={"drift": True, "onNewPersonalData": "revoke", "portalOperatorsGroup": "operators"}
)
MANY = 101
"""More filters than Drift reads one by one."""
SECONDS = 120
COLUMNS = (column("id", "bigint"), column("mail", pii_flag="true"), column("city"))


@pytest.fixture(scope="module", autouse=True)
def _data(mesh: Mesh) -> None:
    mesh.catalogue.add_database("sifted", owner=REVIEWS)
    for name in ("people", "moving", "held"):
        mesh.catalogue.add_table("sifted", name, COLUMNS)
    mesh.let_grant("sifted")
    let_drift_see(mesh)


def shared(mesh: Mesh, account: str, table: str, *columns: str, approver: str = "") -> str:
    """Shares columns of a table; gives the share's id."""
    source = {"database": "sifted", "table": table}
    arn = mesh.start_with({"source": source, "target": {"account_id": account}, "columns": list(columns)})
    if approver:
        mail = mesh.mail_about(arn)
        links = mesh.links(mail)
        end = mesh.decide(Asked(arn, mail, links.approve, links.deny), "approve", approver)
    else:
        end = mesh.finish(arn)
    assert end.output["status"] == "SHARED", end
    return f"{request_id(arn)}:1"


def reads(mesh: Mesh, account: str, table: str) -> set[str]:
    found = readable(mesh.lake(), account).get(f"sifted.{table}")
    return set() if found is None else set(found.columns)


def filters(mesh: Mesh, table: str) -> list[dict[str, Any]]:
    named = {"CatalogId": CENTRAL, "DatabaseName": "sifted", "Name": table}
    return list(mesh.client("lakeformation").list_data_cells_filter(Table=named)["DataCellsFilters"])


def resource(name: str, table: str = "people") -> dict[str, Any]:
    return {
        "DataCellsFilter": {
            "TableCatalogId": CENTRAL,
            "DatabaseName": "sifted",
            "TableName": table,
            "Name": name,
        }
    }


def test_a_filter_that_somebody_changed(mesh: Mesh, inside: str) -> None:
    share = shared(mesh, inside, "people", "id")
    look(mesh)
    assert findings(mesh, inside) == {}
    (cells,) = filters(mesh, "people")
    body = {**resource(cells["Name"])["DataCellsFilter"], "RowFilter": {"AllRowsWildcard": {}}}
    lake = mesh.client("lakeformation")
    lake.update_data_cells_filter(TableData={**body, "ColumnNames": ["id", "mail"]})
    assert reads(mesh, inside, "people") == {"id", "mail"}
    look(mesh)
    found = findings(mesh, inside)["FILTER_CHANGED"]
    assert (found["share"], found["owner"]) == (share, REVIEWS)
    assert found["says"].endswith("which now lets read mail, too. Somebody changed it past Lakeshare.")
    lake.update_data_cells_filter(
        TableData={**body, "ColumnNames": ["id"], "RowFilter": {"FilterExpression": "id > 7"}}
    )
    look(mesh)
    assert "which lets read other rows." in findings(mesh, inside)["FILTER_CHANGED"]["says"]
    lake.update_data_cells_filter(TableData={**body, "ColumnNames": ["id"]})
    look(mesh)
    assert findings(mesh, inside) == {}
    assert set(events(mesh, inside)) == {("DriftFound", "FILTER_CHANGED"), ("DriftGone", "FILTER_CHANGED")}


def test_a_filter_and_its_grant_that_are_gone(mesh: Mesh, inside: str) -> None:
    share = shared(mesh, inside, "people", "city")
    (name,) = [each["Name"] for each in filters(mesh, "people") if each["ColumnNames"] == ["city"]]
    by_hand(mesh, "revoke", inside, resource(name), ["SELECT"], PermissionsWithGrantOption=["SELECT"])
    look(mesh)
    found = findings(mesh, inside)
    assert (set(found), found["MISSING"]["share"]) == ({"MISSING"}, share)
    mesh.client("lakeformation").delete_data_cells_filter(**resource(name)["DataCellsFilter"])
    look(mesh)
    assert set(findings(mesh, inside)) == {"MISSING", "FILTER_CHANGED"}
    assert "which is gone" in findings(mesh, inside)["FILTER_CHANGED"]["says"]
    assert revoke(mesh, share=share).status == "SUCCEEDED"
    look(mesh)
    assert findings(mesh, inside) == {}


def test_a_grant_on_a_filter_past_lakeshare_can_be_accepted_and_not_adopted(mesh: Mesh, inside: str) -> None:
    rows: dict[str, Any] = {"RowFilter": {"AllRowsWildcard": {}}}
    data = resource("theirs")["DataCellsFilter"]
    mesh.client("lakeformation").create_data_cells_filter(TableData={**data, **rows, "ColumnNames": ["mail"]})
    by_hand(mesh, "grant", inside, resource("theirs"), ["SELECT"], PermissionsWithGrantOption=["SELECT"])
    look(mesh)
    assert findings(mesh, inside)["UNEXPLAINED"]["says"].count("theirs") == 1
    portal = Portal(mesh)
    user = portal.new_user("olaf")
    portal.join(user, "operators")
    token = str(portal.tokens(user)["access_token"])
    shown = json.loads(portal.call("GET", "/findings", token).body)["findings"]
    (finding,) = [each for each in shown if each["principal"] == inside]
    assert "accept" in finding["actions"]
    assert "adopt" not in finding["actions"]
    wish = {"digest": finding["digest"], "reason": "a test"}
    reply = portal.call("POST", f"/findings/{finding['id']}/settle", token, {**wish, "action": "adopt"})
    assert reply.status >= 400, reply.body
    reply = portal.call("POST", f"/findings/{finding['id']}/settle", token, {**wish, "action": "accept"})
    assert reply.status == 200, reply.body
    assert reads(mesh, inside, "people") == {"mail"}


def test_personal_data_that_appears_in_a_part_ends_it_and_in_other_columns_does_not(mesh: Mesh, inside: str) -> None:
    one, other = shared(mesh, inside, "moving", "id"), shared(mesh, inside, "moving", "city")
    approved = shared(mesh, inside, "moving", "mail", approver=ROHAN)
    mesh.catalogue.flag_column("sifted", "moving", "city")
    assert look(mesh)["ended"] == 1
    found = findings(mesh, inside)["SOURCE_CHANGED"]
    assert (found["share"], found["things"]) == (other, ["moving.city"])
    mesh.control("POST", "/schedules/run", rule="sweep")
    wait_until(lambda: mesh.shares(inside)[other]["status"] == "REVOKED", 60, "the end")
    assert reads(mesh, inside, "moving") == {"id", "mail"}
    assert {mesh.shares(inside)[each]["status"] for each in (one, approved)} == {"ACTIVE"}
    look(mesh)
    assert findings(mesh, inside) == {}


@pytest.mark.parametrize("wish", [{"source": {"database": "sifted", "table": "held"}}, {"consumer": None}])
def test_a_hold_takes_filters_too(mesh: Mesh, inside: str, wish: dict[str, Any]) -> None:
    hold = wish if "source" in wish else {"consumer": inside}
    shared(mesh, inside, "held", "id")
    shared(mesh, inside, "held", "id", "city")
    assert reads(mesh, inside, "held") == {"id", "city"}
    assert revoke(mesh, hold=True, **hold).status == "SUCCEEDED"
    assert (reads(mesh, inside, "held"), filters(mesh, "held")) == (set(), [])
    source = {"database": "sifted", "table": "held"}
    arn = mesh.start_with({"source": source, "target": {"account_id": inside}, "columns": ["id"]})
    assert mesh.finish(arn).output["reason"] == "OnHold"
    assert revoke(mesh, hold=False, **hold).status == "SUCCEEDED"


def test_the_filters_of_many_tables_are_listed(mesh: Mesh, inside: str) -> None:
    mesh.catalogue.add_database("many_sifted", owner=REVIEWS)
    for number in range(MANY):
        mesh.catalogue.add_table("many_sifted", f"t{number:03}", COLUMNS)
    mesh.let_grant("many_sifted")
    source = {"database": "many_sifted", "table": "*"}
    wish = {"source": source, "target": {"account_id": inside}, "scope": "safe"}
    assert mesh.finish(mesh.start_with(wish), SECONDS).output["status"] == "SHARED"
    look(mesh)
    assert findings(mesh, inside) == {}
    lake, named = mesh.client("lakeformation"), {"CatalogId": CENTRAL, "DatabaseName": "many_sifted", "Name": "t007"}
    (cells,) = lake.list_data_cells_filter(Table=named)["DataCellsFilters"]
    body = {each: cells[each] for each in ("TableCatalogId", "DatabaseName", "TableName", "Name")}
    rows = {"RowFilter": {"AllRowsWildcard": {}}}
    lake.update_data_cells_filter(TableData={**body, **rows, "ColumnNames": ["id", "mail", "city"]})
    look(mesh)
    (thing,) = findings(mesh, inside)["FILTER_CHANGED"]["things"]
    assert thing == f"a part of many_sifted.t007 ({cells['Name']})"
