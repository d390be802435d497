"""Consumers with a kit and without: from the request to columns that a role can read, and back to nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.components.item_kinds import WITH_KITS
from tests.workflow import consuming
from tests.workflow.catalogue import column
from tests.workflow.consuming import (
    INSIDE,
    OUTSIDE,
    analyst,
    deliver,
    delivered,
    delivery,
    jobs,
    links,
    reads,
    seen_through,
    share,
    shares_of,
    wish,
)
from tests.workflow.driver import OLGA, RETAIL, Asked, Mesh, request_id, wait_until
from tests.workflow.running import Options
from tests.workflow.test_item_kinds import reaches_nothing_else
from tests.workflow.test_revoking import revoke

OPTIONS = Options(retry_seconds=0.2, config=consuming.WITH_KITS)
DATABASE = "campaigns_stories"
PLAIN = (column("id", "bigint"), column("city"), column("amount", "int"))
PEOPLE = (column("id", "bigint"), column("mail", pii_flag="true"), column("city"))
ALL = {"plain": {"id", "city", "amount"}, "others": {"id", "city", "amount"}}


@pytest.fixture(scope="module", autouse=True)
def _data(mesh: Mesh) -> None:
    consuming.organize(mesh)
    mesh.catalogue.add_database(DATABASE, owner=RETAIL)
    mesh.catalogue.add_database("campaigns_whole", owner=RETAIL)
    for table in ("plain", "others"):
        for database in (DATABASE, "campaigns_whole"):
            mesh.catalogue.add_table(database, table, PLAIN)
    mesh.catalogue.add_table(
        DATABASE, "people", PEOPLE, Parameters={"lakeshare_filter_berlin": "city = 'Berlin'"}, PartitionKeys=[]
    )
    mesh.let_grant(DATABASE)
    mesh.let_grant("campaigns_whole")


@pytest.fixture(params=[INSIDE, OUTSIDE])
def consumer(request: pytest.FixtureRequest) -> str:
    """An account with a kit, in the organization and outside."""
    return request.param


def gone(mesh: Mesh, account: str, share_id: str, *roles: str) -> None:
    """Holds that what a share delivered is withdrawn, and nothing of its database left."""
    delivered(mesh, account, share_id, status="WITHDRAWN")
    assert [reads(mesh, role, DATABASE) for role in roles] == [{}] * len(roles)
    assert [each for each in links(mesh, account) if "campaigns" in each] == []


def test_a_table_reaches_the_role_that_was_named_and_no_other(mesh: Mesh, consumer: str) -> None:
    role, other = analyst(consumer), jobs(consumer)
    asked = share(mesh, DATABASE, "plain", consumer, role)
    assert delivery(mesh, consumer, asked)["status"] == "WAITING"
    item = delivered(mesh, consumer, asked)
    assert (item["link"], item["tried_as"]) == (f"lakeshare.{DATABASE}__plain", [role])
    assert reads(mesh, role, DATABASE) == {"plain": ALL["plain"]} == shares_of(mesh, consumer, DATABASE)
    assert reads(mesh, other, DATABASE) == {}
    assert seen_through(mesh, role, item["link"]) == f"{DATABASE}.plain"
    assert seen_through(mesh, other, item["link"]) == "AccessDeniedException"
    assert revoke(mesh, share=asked).status == "SUCCEEDED"
    gone(mesh, consumer, asked, role)
    assert seen_through(mesh, role, item["link"]) in {"EntityNotFoundException", "AccessDeniedException"}
    told = [
        each["detail"]["status"]
        for each in mesh.told()
        if each["detail"].get("share_id") == asked and "status" in each["detail"]
    ]
    assert [told[0], told[-1]] == ["READY", "WITHDRAWN"]


def test_an_account_without_a_kit_gets_what_it_always_got(mesh: Mesh, account: str) -> None:
    asked = share(mesh, DATABASE, "plain", account)
    deliver(mesh)
    assert delivery(mesh, account, asked) == {}
    assert shares_of(mesh, account, DATABASE) == {"plain": ALL["plain"]}
    end = mesh.finish(mesh.start_with(wish(DATABASE, "others", account, analyst(account))))
    assert end.end == ("REFUSED", "RolesWithoutKit")


def test_what_is_asked_for_without_roles_is_linked(mesh: Mesh, consumer: str) -> None:
    asked = share(mesh, DATABASE, "plain", consumer)
    item = delivered(mesh, consumer, asked)
    assert (item["link"], item["tried_as"]) == (f"lakeshare.{DATABASE}__plain", [])
    assert reads(mesh, analyst(consumer), DATABASE) == {}
    assert revoke(mesh, share=asked).status == "SUCCEEDED"
    gone(mesh, consumer, asked, analyst(consumer))


def test_personal_data_reaches_the_roles_that_the_owner_saw(mesh: Mesh, consumer: str) -> None:
    arn = mesh.start_with(wish(DATABASE, "people", consumer, analyst(consumer), jobs(consumer)))
    mail = mesh.mail_about(arn)
    for role in (analyst(consumer), jobs(consumer)):
        assert role in mail["body"]
    urls = mesh.links(mail)
    assert mesh.decide(Asked(arn, mail, urls.approve, urls.deny), "approve", OLGA).end == ("SHARED", None)
    asked = f"{request_id(arn)}:1"
    item = delivered(mesh, consumer, asked)
    assert item["tried_as"] == [analyst(consumer)]
    for role in (analyst(consumer), jobs(consumer)):
        assert reads(mesh, role, DATABASE) == {"people": {"id", "mail", "city"}}
        assert seen_through(mesh, role, item["link"]) == f"{DATABASE}.people"
    assert revoke(mesh, share=asked).status == "SUCCEEDED"
    gone(mesh, consumer, asked, analyst(consumer), jobs(consumer))


@pytest.mark.parametrize(
    ("part", "columns"),
    [
        ({"scope": "safe"}, {"id", "city"}),
        ({"columns": ["id"]}, {"id"}),
        ({"columns": ["id", "city"], "filter": "berlin"}, {"id", "city"}),
    ],
)
def test_of_a_part_roles_get_the_filter(mesh: Mesh, consumer: str, part: dict[str, Any], columns: set[str]) -> None:
    role = analyst(consumer)
    asked = share(mesh, DATABASE, "people", consumer, role, **part)
    item = delivered(mesh, consumer, asked)
    assert item["tried_as"] == [role]
    assert reads(mesh, role, DATABASE) == {"people": columns}
    assert revoke(mesh, share=asked).status == "SUCCEEDED"
    gone(mesh, consumer, asked, role)


def test_a_database_has_one_link(mesh: Mesh, consumer: str) -> None:
    role = analyst(consumer)
    asked = share(mesh, "campaigns_whole", "*", consumer, role)
    item = delivered(mesh, consumer, asked)
    assert (item["link"], item["tried_as"]) == ("lakeshare_campaigns_whole", [role])
    assert reads(mesh, role, "campaigns_whole") == ALL
    assert seen_through(mesh, role, item["link"], "plain") == "campaigns_whole.plain"
    assert revoke(mesh, share=asked).status == "SUCCEEDED"
    gone(mesh, consumer, asked, role)


def test_a_second_share_of_the_same_data_keeps_what_it_needs(mesh: Mesh, consumer: str) -> None:
    both, mine = (analyst(consumer), jobs(consumer)), analyst(consumer)
    first = share(mesh, DATABASE, "plain", consumer, *both)
    second = share(mesh, DATABASE, "plain", consumer, mine)
    for each in (first, second):
        delivered(mesh, consumer, each)
    assert revoke(mesh, share=first).status == "SUCCEEDED"
    delivered(mesh, consumer, first, status="WITHDRAWN")
    link = f"lakeshare.{DATABASE}__plain"
    assert [reads(mesh, role, DATABASE) for role in both] == [{"plain": ALL["plain"]}, {}]
    assert [seen_through(mesh, role, link) for role in both] == [f"{DATABASE}.plain", "AccessDeniedException"]
    assert revoke(mesh, share=second).status == "SUCCEEDED"
    gone(mesh, consumer, second, *both)


@pytest.mark.parametrize("end", ["revoke", "hold", "expiry"])
def test_however_a_share_ends_its_roles_read_nothing_more(mesh: Mesh, consumer: str, end: str) -> None:
    role = analyst(consumer)
    asked = share(mesh, DATABASE, "others", consumer, role, days=2)
    delivered(mesh, consumer, asked)
    source = {"database": DATABASE, "table": "others"}
    if end == "expiry":
        mesh.clock("+3d")
    else:
        wanted = {"share": asked} if end == "revoke" else {"source": source, "hold": True}
        assert revoke(mesh, **wanted).status == "SUCCEEDED"
    wait_until(lambda: mesh.shares(consumer)[asked]["status"] == "REVOKED", 60, "the end")
    gone(mesh, consumer, asked, role)
    if end == "hold":
        assert revoke(mesh, source=source, hold=False).status == "SUCCEEDED"


@pytest.mark.parametrize("lost", ["grant", "sight", "link"])
def test_what_somebody_takes_away_by_hand_is_there_again_by_the_next_night(mesh: Mesh, lost: str) -> None:
    role = jobs(INSIDE)
    asked = share(mesh, DATABASE, "others", INSIDE, role)
    item = delivered(mesh, INSIDE, asked)
    lake, principal = mesh.client("lakeformation", INSIDE), {"DataLakePrincipalIdentifier": role}
    name = f"{DATABASE}__others"
    if lost == "grant":
        there = {"Table": {"CatalogId": consuming.CENTRAL, "DatabaseName": DATABASE, "Name": "others"}}
        lake.revoke_permissions(Principal=principal, Resource=there, Permissions=["SELECT", "DESCRIBE"])
        assert reads(mesh, role, DATABASE) == {}
    elif lost == "sight":
        link = {"Table": {"DatabaseName": "lakeshare", "Name": name}}
        lake.revoke_permissions(Principal=principal, Resource=link, Permissions=["DESCRIBE"])
    else:
        mesh.client("glue", INSIDE).delete_table(DatabaseName="lakeshare", Name=name)
    assert seen_through(mesh, role, item["link"]) != f"{DATABASE}.others"
    assert "deliver" in json.dumps(mesh.clock("+25h"))
    wait_until(lambda: seen_through(mesh, role, item["link"]) == f"{DATABASE}.others", 60, "the nightly look")
    assert reads(mesh, role, DATABASE) == {"others": ALL["others"]}
    assert revoke(mesh, share=asked).status == "SUCCEEDED"
    gone(mesh, INSIDE, asked, role)


@pytest.mark.parametrize("function", ["deliver", "grant"])
def test_a_role_reaches_nothing_else(mesh: Mesh, function: str) -> None:
    reaches_nothing_else(mesh, function, WITH_KITS[function])
