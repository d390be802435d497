"""The demo shares parts of the samples of both its producers, as it is deployed: nobody grants its roles more."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest

from localmesh.reading import Reading, readable
from tests.portal.portal import Portal, User
from tests.workflow.driver import CENTRAL, Mesh, request_id
from tests.workflow.test_revoking import revoke


@dataclass(frozen=True)
class Case:
    """What is asked for of a table, whether its owner is asked, and what can be read then."""

    database: str
    table: str
    part: Mapping[str, Any]
    read: Reading
    asks: bool = False

    @property
    def name(self) -> str:
        """As the evaluator calls the table."""
        return f"{self.database}.{self.table}"


UNFLAGGED = frozenset(
    {
        *("ca_address_sk", "ca_address_id", "ca_street_type", "ca_city", "ca_county", "ca_state"),
        *("ca_country", "ca_gmt_offset", "ca_location_type"),
    }
)
KEYS = frozenset({"year", "month"})
TRIP = ("trip_distance", "total_amount")
CASES = {
    "the safe subset": Case("retail", "customer_address", {"scope": "safe"}, Reading(UNFLAGGED)),
    "flagged columns": Case(
        *("retail", "customer_address", {"columns": ["ca_zip", "ca_city"]}),
        Reading(frozenset({"ca_zip", "ca_city"})),
        asks=True,
    ),
    "rows": Case(
        *("transport", "yellow_tripdata", {"filter": "paid_by_card", "columns": list(TRIP)}),
        Reading(KEYS.union(TRIP), rows=dict.fromkeys(KEYS.union(TRIP), frozenset({"payment_type = 1"}))),
    ),
}


def by_execution(portal: Portal, _: User, account: str, case: Case) -> str:
    source = {"database": case.database, "table": case.table}
    return request_id(portal.mesh.start_with({"source": source, "target": {"account_id": account}, **case.part}))


def by_api(portal: Portal, user: User, account: str, case: Case) -> str:
    return str(portal.ask(user, case.database, case.table, account, **case.part)["id"])


@pytest.mark.parametrize("ask", [by_execution, by_api])
@pytest.mark.parametrize("case", CASES.values(), ids=CASES.keys())
def test_just_that_part_is_read(
    portal: Portal, user: User, ask: Callable[[Portal, User, str, Case], str], case: Case
) -> None:
    mesh, account = portal.mesh, portal.mesh.new_account()
    request = ask(portal, user, account, case)
    if case.asks:
        portal.decide(request, "approve")
    finished = mesh.finish(f"{mesh.machine.replace(':stateMachine:', ':execution:')}:{request}")
    assert finished.end == ("SHARED", None), finished
    assert bool(mesh.mails(about=request)) == case.asks
    assert readable(mesh.lake(), account) == {case.name: case.read}
    assert revoke(mesh, consumer=account).status == "SUCCEEDED"
    assert readable(mesh.lake(), account) == {}
    assert filters(mesh, case) == []


def filters(mesh: Mesh, case: Case) -> list[str]:
    named = {"CatalogId": CENTRAL, "DatabaseName": case.database, "Name": case.table}
    found = mesh.client("lakeformation").list_data_cells_filter(Table=named)["DataCellsFilters"]
    return [each["Name"] for each in found]
