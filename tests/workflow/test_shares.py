"""What is granted is a share in the ledger, and what becomes of it where the request does not end as shared."""

from __future__ import annotations

from itertools import count
from typing import Any

import pytest

from tests.workflow.catalogue import column
from tests.workflow.driver import OLGA, RETAIL, SELECT_AND_DESCRIBE, Mesh, request_id, wait_until
from tests.workflow.refusing import was_refused

_numbers = count()
GOING = {"REVOKING", "REVOKED"}


@pytest.fixture
def database(mesh: Mesh) -> str:
    """A database of its own, of 30 tables without personal data."""
    name = f"sharing_{next(_numbers)}"
    mesh.catalogue.add_database(name, owner=RETAIL)
    for number in range(30):
        mesh.catalogue.add_table(name, f"t{number:02}")
    return name


def history(share: dict[str, Any]) -> list[str]:
    return [each["event"] for each in share["history"]]


def test_a_request_that_nobody_had_to_approve(mesh: Mesh, account: str, database: str) -> None:
    request, finished = mesh.ask(database, "*", account)
    assert finished.output["status"] == "SHARED"
    (share,) = mesh.shares(account).values()
    assert share["entry"] == f"share#{request}:1"
    assert (share["status"], share["database"], share["table"], share["scope"]) == (
        "ACTIVE",
        database,
        "*",
        "tables",
    )
    assert share["names"] == sorted(share["names"]) == [f"t{number:02}" for number in range(30)]
    assert (share["tables"], share["owner_account"], share["live"]) == (30, RETAIL, "LIVE")
    assert not {"approver", "busy_until", "due", "until"} & set(share)
    assert history(share) == ["Granting", "Active"]
    item = mesh.register_item(request)
    assert share["fingerprint"] == item["classification"]["fingerprint"]
    assert share["since"] <= share["active_at"] <= item["closed_at"]


def test_a_request_that_its_owner_approved(mesh: Mesh, account: str) -> None:
    asked = mesh.ask_owner("retail", "customer", account)
    assert mesh.shares(account) == {}
    mesh.decide(asked, "approve", OLGA)
    (share,) = mesh.shares(account).values()
    assert (share["status"], share["table"], share["scope"]) == ("ACTIVE", "customer", "table")
    assert share["approver"] == OLGA


def test_a_request_that_was_denied_has_none(mesh: Mesh, account: str) -> None:
    finished = mesh.decide(mesh.ask_owner("retail", "customer", account), "deny", OLGA)
    assert mesh.shares(account) == {}
    assert finished.output["message"] == "The owner of the data denied the request."


def test_a_denial_says_what_access_stays(mesh: Mesh, account: str, database: str) -> None:
    mesh.ask(database, "*", account)
    shares, grants = mesh.shares(account), mesh.grants(account)
    mesh.catalogue.flag_column(database, "t00", "amount")
    mesh.catalogue.add_table(database, "later", [column("mail", pii_flag="true")])
    told = {"t00": "it", "later": None, "*": "some or all of it"}
    for table, what in told.items():
        asked = mesh.ask_owner(database, table, account)
        finished = mesh.decide(asked, "deny", OLGA)
        stays = f" Access that account {account} had to {what} before stays." if what else ""
        assert finished.output["message"] == f"The owner of the data denied the request.{stays}"
        assert mesh.register_item(request_id(asked.arn))["message"] == finished.output["message"]
        assert mesh.events(request_id(asked.arn))[-1]["detail"]["message"] == finished.output["message"]
    assert (mesh.shares(account), mesh.grants(account)) == (shares, grants)


def test_a_catalogue_that_changes_while_it_is_granted_makes_a_share_of_each_round(
    mesh: Mesh, account: str, database: str
) -> None:
    with mesh.fault("lakeformation", "GrantPermissions", delay_seconds=1.5, times=1):
        arn = mesh.start(database, "*", account)
        wait_until(lambda: mesh.faults_used() == [1], what="the grant on the database")
        mesh.catalogue.add_table(database, "people", [column("mail", pii_flag="true")])
    mail = mesh.mail_about(arn)
    first = mesh.shares(account)[f"{request_id(arn)}:1"]
    assert (first["status"] in GOING, first["reason"]) == (True, "CatalogueChanged")
    assert "people" not in first["names"]
    mesh.post(mesh.links(mail).approve, email=OLGA)
    assert mesh.finish(arn).output["status"] == "SHARED"
    shares = mesh.shares(account)
    second = shares.pop(f"{request_id(arn)}:2")
    assert (second["status"], second["scope"], second["approver"]) == ("ACTIVE", "wildcard", OLGA)
    assert [each["status"] in GOING for each in shares.values()] == [True]


def test_an_execution_that_is_stopped_while_it_grants_leaves_nothing_that_stays(
    mesh: Mesh, account: str, database: str
) -> None:
    with mesh.fault("lakeformation", "BatchGrantPermissions", delay_seconds=1.5, times=1):
        arn = mesh.start(database, "*", account)
        wait_until(lambda: mesh.faults_used() == [1], what="the first batch")
        assert [each["status"] for each in mesh.shares(account).values()] == ["GRANTING"]
        mesh.client("stepfunctions").stop_execution(executionArn=arn)
        wait_until(lambda: mesh.register_item(arn).get("announced_at"), what="the closing")

    def over() -> dict[str, Any] | None:
        (share,) = mesh.shares(account).values()
        return None if "busy_until" in share else share

    share = wait_until(over, what="the end of the invocation that granted")
    assert (share["status"] in GOING, share["reason"]) == (True, "NotShared")
    assert "Active" not in history(share)


def test_an_execution_that_is_stopped_before_it_grants_grants_nothing(mesh: Mesh, account: str, database: str) -> None:
    with mesh.fault("dynamodb", "TransactWriteItems", role="grant", delay_seconds=1.5, times=1):
        arn = mesh.start(database, "*", account)
        wait_until(lambda: mesh.faults_used() == [1], what="the share")
        mesh.client("stepfunctions").stop_execution(executionArn=arn)
        wait_until(lambda: mesh.register_item(arn).get("announced_at"), what="the closing")
    share = wait_until(lambda: [each for each in mesh.shares(account).values() if each["status"] in GOING], what="it")[
        0
    ]
    assert share["reason"] == "NotShared"
    assert mesh.grants(account) == {}


@pytest.mark.parametrize("kind", ["consumer", "database", "table"])
def test_what_is_held_is_refused_and_nobody_is_asked(mesh: Mesh, account: str, database: str, kind: str) -> None:
    mesh.catalogue.add_table(database, "people", [column("mail", pii_flag="true")])
    place = {"consumer": (f"consumer#{account}", "*"), "database": (f"database#{database}", "*")}
    mesh.hold(*place.get(kind, (f"database#{database}", "people")))
    request, finished = mesh.ask(database, "people", account)
    assert "There is a hold on" in was_refused(mesh, finished, "OnHold")["message"]
    assert mesh.mails(about=request) == []
    free = mesh.ask(database, "t00", account)[1].output["status"]
    assert free == ("SHARED" if kind == "table" else "REFUSED")
    assert len(mesh.shares(account)) == (1 if kind == "table" else 0)


def test_a_hold_that_comes_while_it_waits_outweighs_the_approval(mesh: Mesh, account: str, database: str) -> None:
    mesh.catalogue.add_table(database, "people", [column("mail", pii_flag="true")])
    asked = mesh.ask_owner(database, "people", account)
    mesh.hold(f"database#{database}")
    was_refused(mesh, mesh.decide(asked, "approve", OLGA), "OnHold")
    assert (mesh.grants(account), mesh.shares(account)) == ({}, {})


@pytest.fixture
def seen(mesh: Mesh, database: str) -> str:
    """A database on which the role that classifies has what the stack grants it, so that it sees others' grants."""
    pages = mesh.client("lambda").get_paginator("list_functions").paginate()
    (role,) = [each["Role"] for page in pages for each in page["Functions"] if "-classify-" in each["FunctionName"]]
    for resource in ({"Database": {"Name": database}}, {"Table": {"DatabaseName": database, "TableWildcard": {}}}):
        mesh.client("lakeformation").grant_permissions(
            Principal={"DataLakePrincipalIdentifier": role}, Resource=resource, Permissions=["DESCRIBE"]
        )
    return database


@pytest.mark.parametrize("table", ["*", "people", "t00"])
def test_who_asks_again_for_what_is_as_it_was_is_told_so(mesh: Mesh, account: str, seen: str, table: str) -> None:
    database = seen
    mesh.catalogue.add_table(database, "people", [column("mail", pii_flag="true")])
    if table == "t00":
        mesh.ask(database, table, account)
    else:
        mesh.decide(mesh.ask_owner(database, table, account), "approve", OLGA)
    grants, shares = mesh.grants(account), mesh.shares(account)
    with mesh.recorded() as actions:
        request, finished = mesh.ask(database, table, account)
        assert actions("GrantPermissions") == actions("AssumeRole") == []
    assert finished.end == ("SHARED", None), finished
    assert f"has been shared with account {account} since" in finished.output["message"]
    assert [mesh.register_item(request)["shared_by"]] == list(shares)
    assert mesh.history(request) == ["Received", "Classified", "AlreadyShared", "Shared"]
    assert (mesh.grants(account), mesh.shares(account)) == (grants, shares)
    assert mesh.events(request)[-1]["detail"]["message"] == finished.output["message"]


def test_who_asks_again_is_granted_anew_what_is_granted_no_more(mesh: Mesh, account: str, seen: str) -> None:
    mesh.ask(seen, "t00", account)
    both = ["SELECT", "DESCRIBE"]
    mesh.client("lakeformation").revoke_permissions(
        Principal={"DataLakePrincipalIdentifier": account},
        Resource={"Table": {"DatabaseName": seen, "Name": "t00"}},
        Permissions=both,
        PermissionsWithGrantOption=both,
    )
    request, finished = mesh.ask(seen, "t00", account)
    assert finished.end == ("SHARED", None)
    assert f"{request}:1" in mesh.shares(account)
    assert mesh.grants(account) == {f"{seen}.t00": SELECT_AND_DESCRIBE}
