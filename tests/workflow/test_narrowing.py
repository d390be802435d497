"""An approver gives fewer columns than were asked for: what the account can read then is just these, and their rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import pytest

from localmesh.reading import readable
from tests.portal.portal import Portal, User
from tests.workflow.catalogue import column
from tests.workflow.driver import CENTRAL, RETAIL, Mesh
from tests.workflow.http_client import Reply
from tests.workflow.running import Options
from tests.workflow.test_revoking import revoke

OPTIONS = Options(retry_seconds=0.2)
COLUMNS = (column("id", "bigint"), column("mail", pii_flag="true"), column("phone", pii_flag="true"), column("city"))
BERLIN: Final = "city = 'Berlin  Mitte'"
ALL: Final = ["id", "mail", "phone", "city", "day"]


@pytest.fixture(scope="module", autouse=True)
def _data(mesh: Mesh) -> None:
    mesh.catalogue.add_database("narrow", owner=RETAIL)
    for name in ("people", "moving"):
        mesh.catalogue.add_table(
            "narrow",
            name,
            COLUMNS,
            PartitionKeys=[column("day")],
            Parameters={"lakeshare_filter_berlin": BERLIN},
        )
    mesh.let_grant("narrow")


@dataclass(frozen=True)
class Desk:
    """Where requests are made and decided by people who are signed in."""

    portal: Portal
    alex: User
    olga: User
    account: str

    def asked(self, table: str = "people", **part: Any) -> str:
        """A request that waits for its owner."""
        made = self.portal.ask(self.alex, "narrow", table, self.account, **part)["id"]
        self.portal.wait_for(self.alex, made, "WAITING")
        return str(made)

    def approve(self, request: str, columns: object) -> Reply:
        document = {"action": "approve", "round": 1, "columns": columns}
        return self.portal.call("POST", f"/requests/{request}/decision", self.olga, document)

    def given(self, request: str, columns: object) -> dict[str, Any]:
        """An approval of some columns, and what came of it."""
        reply = self.approve(request, columns)
        assert reply.status == 200, reply.body
        return self.portal.wait_for(self.alex, request, "SHARED")

    def reads(self, table: str = "people") -> tuple[set[str], dict[str, set[str]]]:
        """The columns that the account can read, and the rows of those that it cannot read in all, by the evaluator."""
        found = readable(self.portal.mesh.lake(), self.account)
        assert found.keys() <= {f"narrow.{table}"}
        reading = found.get(f"narrow.{table}")
        if reading is None:
            return set(), {}
        return set(reading.columns), {name: set(rows) for name, rows in reading.rows.items()}

    def filters(self, table: str = "people") -> list[str]:
        named = {"CatalogId": CENTRAL, "DatabaseName": "narrow", "Name": table}
        found = self.portal.mesh.client("lakeformation").list_data_cells_filter(Table=named)["DataCellsFilters"]
        return [each["Name"] for each in found]


@pytest.fixture(scope="module")
def people(mesh: Mesh) -> tuple[Portal, User, User]:
    portal = Portal(mesh)
    return portal, portal.new_user(), portal.approver_of(RETAIL)


@pytest.fixture
def desk(people: tuple[Portal, User, User], account: str) -> Desk:
    return Desk(*people, account)


GIVEN: dict[str, tuple[dict[str, Any], list[str], set[str], bool]] = {
    "one of a whole table": ({}, ["mail"], {"mail", "day"}, False),
    "none that is flagged of a whole table": ({}, ["id", "city"], {"id", "city", "day"}, False),
    "all that a whole table has by now": ({}, ALL, set(ALL), False),
    "one of some columns": ({"columns": ["mail", "phone"]}, ["phone"], {"phone", "day"}, False),
    "one, in other letters": ({"columns": ["mail", "phone"]}, ["MAIL"], {"mail", "day"}, False),
    "one of some columns, of some rows": (
        {"columns": ["mail", "id"], "filter": "berlin"},
        ["mail"],
        {"mail", "day"},
        True,
    ),
    "two of all columns, of some rows": ({"filter": "berlin"}, ["mail", "id"], {"mail", "id", "day"}, True),
}
"""What was asked for, what is given of it, what can be read then, and whether only in some rows."""


@pytest.mark.parametrize(("part", "columns", "read", "some_rows"), GIVEN.values(), ids=GIVEN)
def test_what_is_given_is_what_is_read(
    desk: Desk, part: dict[str, Any], columns: list[str], read: set[str], *, some_rows: bool
) -> None:
    request = desk.asked(**part)
    assert desk.reads() == (set(), {})
    ended = desk.given(request, columns)
    assert ended["decision"]["columns"] == sorted(each.lower() for each in columns)
    assert desk.reads() == (read, {name: {BERLIN} for name in read} if some_rows else {})
    (share,) = desk.portal.mesh.shares(desk.account).values()
    assert (share["scope"], set(share["columns"])) == ("filtered", read)
    assert share["part"]["columns"] == sorted(each.lower() for each in columns)
    # It is a share of that part: asked for as such, it is there already, and asks nobody.
    again = desk.portal.ask(desk.alex, "narrow", "people", desk.account, **share["part"])["id"]
    assert "has been shared" in desk.portal.wait_for(desk.alex, again, "SHARED")["message"]
    assert revoke(desk.portal.mesh, share=f"{request}:1").status == "SUCCEEDED"
    assert (desk.reads(), desk.filters()) == ((set(), {}), [])


@pytest.mark.parametrize("columns", [["mail", "id"], ["nothing"], [], ["mail", 7], "mail"], ids=str)
def test_more_than_was_asked_for_is_not_given_and_the_request_waits(desk: Desk, columns: object) -> None:
    request = desk.asked(columns=["mail", "phone"])
    assert desk.approve(request, columns).status == 422
    assert desk.portal.request(desk.alex, request)["status"] == "WAITING"
    assert desk.reads() == (set(), {})
    desk.given(request, ["mail"])
    assert desk.reads() == ({"mail", "day"}, {})


def test_of_a_whole_table_what_it_has_not_is_not_given(desk: Desk) -> None:
    """The register knows no columns of a whole table: it is Grant that looks."""
    request = desk.asked()
    assert desk.approve(request, ["mail", "nothing"]).status == 200
    ended = desk.portal.wait_for(desk.alex, request, "FAILED")
    assert ended["reason"] == "DecisionMismatch"
    assert desk.reads() == (set(), {})
    assert desk.portal.mesh.grants(desk.account) == {}


def test_a_column_that_comes_later_is_in_neither(desk: Desk) -> None:
    request = desk.asked("moving")
    desk.given(request, ["mail", "city"])
    desk.portal.mesh.catalogue.change_table(
        "narrow", "moving", lambda entry: entry["StorageDescriptor"]["Columns"].append(column("iban"))
    )
    assert desk.reads("moving") == ({"mail", "city", "day"}, {})
