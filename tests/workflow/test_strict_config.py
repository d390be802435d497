"""A stack whose config says more than the demo's: who owns which database, who may get data, how long to decide."""

from __future__ import annotations

import time

import pytest

from tests.workflow.catalogue import column
from tests.workflow.driver import DESCRIBE, RETAIL, REVIEWS, ROHAN, SELECT_AND_DESCRIBE, UNREGISTERED, Asked, Mesh
from tests.workflow.refusing import refused, was_refused
from tests.workflow.running import Options

NO_KIT = "666666666666"
CONSUMERS = [str(900_000_000_000 + number) for number in range(50)]
SECONDS_TO_DECIDE = 8
OPTIONS = Options(
    approval_timeout=SECONDS_TO_DECIDE,
    config={
        "producers": [
            {"accountId": RETAIL, "externalId": "not-what-its-role-asks-for", "databases": ["retail", "sales_*"]},
            {"accountId": REVIEWS},
            {"accountId": UNREGISTERED, "databases": ["weather"]},
            {"accountId": NO_KIT, "databases": ["kitless"]},
        ],
        "consumerAccounts": CONSUMERS,
        "wildcardOnApproval": False,
    },
)


@pytest.fixture(scope="module", autouse=True)
def catalogue(mesh: Mesh) -> None:
    for database, owner in {
        "retail_copy": RETAIL,
        "sales_2026": RETAIL,
        "sales_stolen": REVIEWS,
        "weather": UNREGISTERED,
        "weather_copy": UNREGISTERED,
        "kitless": NO_KIT,
        "unlisted": REVIEWS,
    }.items():
        mesh.catalogue.add_database(database, owner=owner)
        mesh.catalogue.add_table(database, "plain")
        mesh.catalogue.add_table(database, "personal", [column("mail", pii_flag="true")])


@pytest.fixture(scope="module")
def forgotten(mesh: Mesh, catalogue: None) -> tuple[Asked, float]:
    """A request that nobody decides, and when it was asked."""
    return mesh.ask_owner("unlisted", "personal", mesh.new_account()), time.monotonic()


# --- owners -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("table", ["plain", "personal", "*"])
@pytest.mark.parametrize("database", ["retail_copy", "sales_stolen", "weather_copy"])
@pytest.mark.usefixtures("forgotten")
def test_who_is_not_the_owner_of_that_database_by_config_is_not_asked(mesh: Mesh, database: str, table: str) -> None:
    refused(mesh, lambda: mesh.start(database, table, mesh.new_account()), "OwnerNotOfDatabase")


@pytest.mark.parametrize("database", ["sales_2026", "weather", "unlisted"])
def test_the_owner_of_that_database_by_config_is(mesh: Mesh, database: str) -> None:
    account = mesh.new_account()
    assert mesh.ask(database, "plain", account)[1].output["status"] == "SHARED"
    assert mesh.grants(account) == {f"{database}.plain": SELECT_AND_DESCRIBE}


def test_a_table_that_names_a_registered_account_which_does_not_own_the_database(mesh: Mesh) -> None:
    mesh.catalogue.add_table("sales_2026", "claimed", Parameters={"data_owner": REVIEWS})
    refused(mesh, lambda: mesh.start("sales_2026", "claimed", mesh.new_account()), "OwnerNotOfDatabase")


@pytest.mark.parametrize("database", ["kitless", "sales_2026"])
def test_a_role_that_is_missing_or_asks_for_another_external_id_is_a_refusal_by_name(mesh: Mesh, database: str) -> None:
    account = mesh.new_account()
    with mesh.recorded() as actions:
        request, finished = mesh.ask(database, "personal", account)
        assert actions("AssumeRole")
    was_refused(mesh, finished, "CannotReachProducer")
    assert mesh.mails(about=request) == []
    assert mesh.grants(account) == {}


# --- consumers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("database", "table"), [("transport", "yellow_tripdata"), ("amazon", "*")])
def test_an_account_that_is_no_consumer_of_this_data_lake(mesh: Mesh, database: str, table: str) -> None:
    refused(mesh, lambda: mesh.start(database, table, "999999999999"), "ConsumerNotAllowed")


# --- what an approval of a database covers ----------------------------------------------------------------------


def test_without_wildcards_an_approved_database_is_granted_by_name(mesh: Mesh) -> None:
    account = mesh.new_account()
    asked = mesh.ask_owner("unlisted", "*", account)
    assert mesh.decide(asked, "approve", ROHAN).end == ("SHARED", None)
    assert mesh.grants(account) == {
        "unlisted": DESCRIBE,
        "unlisted.personal": SELECT_AND_DESCRIBE,
        "unlisted.plain": SELECT_AND_DESCRIBE,
    }


# --- time -------------------------------------------------------------------------------------------------------


def test_a_request_that_nobody_decides_expires(mesh: Mesh, forgotten: tuple[Asked, float]) -> None:
    asked, asked_at = forgotten
    finished = mesh.finish(asked.arn, SECONDS_TO_DECIDE + 20)
    assert time.monotonic() - asked_at > SECONDS_TO_DECIDE - 2
    assert finished.status == "SUCCEEDED"
    assert finished.end == ("EXPIRED", "ApprovalTimedOut")
    item = mesh.register_item(asked.arn)
    assert (item["status"], item["reason"]) == ("EXPIRED", "ApprovalTimedOut")
    assert mesh.grants(item["consumer_account"]) == {}
    assert mesh.event_types(asked.arn) == ["RequestReceived", "ApprovalRequested", "RequestExpired"]
    assert "token" not in mesh.approval_item(asked.arn)
    for link in (asked.approve, asked.deny):
        for reply in (mesh.get(link), mesh.post(link, email=ROHAN)):
            assert (reply.status, reply.title) == (410, "This request has expired.")
        assert mesh.head(link).status == 410
