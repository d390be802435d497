"""Flags that vanish from the catalogue, and the survey that remembers them: shapes as a crawler writes them."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.workflow.catalogue import column
from tests.workflow.driver import OLGA, RETAIL, SELECT_AND_DESCRIBE, Mesh, wait_until

CRAWLED: dict[str, Any] = {
    "columns": [column("id", "bigint"), column("email", pii_flag="true")],
    "PartitionKeys": [column("day", "date")],
    "Parameters": {"table_type": "delta", "EXTERNAL": "TRUE", "UPDATED_BY_CRAWLER": "delta-crawler"},
}


@pytest.fixture(scope="module")
def visits(mesh: Mesh) -> str:
    """A database whose tables a crawler writes."""
    mesh.catalogue.add_database("visits", owner=RETAIL)
    for name in ("waiting", "known", "surveyed"):
        mesh.catalogue.add_table("visits", name, **CRAWLED)
    return "visits"


def crawl(mesh: Mesh, database: str, table: str, **email: str) -> None:
    """The crawler's next run: it writes the columns anew, without parameters that it did not set."""
    fresh = [column("id", "bigint"), column("email", **email)]
    mesh.catalogue.change_table(database, table, lambda entry: entry["StorageDescriptor"].update(Columns=fresh))


def grounds_of(mesh: Mesh, arn: str) -> list[dict[str, str]]:
    return mesh.register_item(arn)["classification"]["grounds"]


def test_a_flag_that_vanishes_while_the_request_waits_is_asked_about_again(mesh: Mesh, visits: str) -> None:
    account = mesh.new_account()
    asked = mesh.ask_owner(visits, "waiting", account)
    crawl(mesh, visits, "waiting")
    assert mesh.post(asked.approve, email=OLGA).status == 200
    second = mesh.mail_about(asked.arn, number=2)
    assert mesh.grants(account) == {}
    assert "email (flagged before, and not now)" in second["body"]
    assert grounds_of(mesh, asked.arn) == [{"rule": "FlagVanished", "table": "waiting", "column": "email"}]
    assert mesh.post(mesh.links(second).approve, email=OLGA).status == 200
    assert mesh.finish(asked.arn).output["status"] == "SHARED"
    assert mesh.grants(account) == {f"{visits}.waiting": SELECT_AND_DESCRIBE}


def test_a_flag_that_an_earlier_request_saw_is_missed_until_an_approval_confirms_a_no(mesh: Mesh, visits: str) -> None:
    first = mesh.ask_owner(visits, "known", mesh.new_account())
    assert mesh.post(first.deny, email=OLGA).status == 200
    crawl(mesh, visits, "known")
    assert mesh.post(mesh.ask_owner(visits, "known", mesh.new_account()).approve, email=OLGA).status == 200
    crawl(mesh, visits, "known", pii_flag="false")
    once_more = mesh.ask_owner(visits, "known", mesh.new_account())
    assert grounds_of(mesh, once_more.arn) == [{"rule": "FlagVanished", "table": "known", "column": "email"}]
    assert mesh.post(once_more.approve, email=OLGA).status == 200
    assert mesh.finish(once_more.arn).output["status"] == "SHARED"
    _, settled = mesh.ask(visits, "known", mesh.new_account())
    assert "No approval was needed" in settled.output["message"]


def test_the_survey_remembers_what_nobody_asked_for(mesh: Mesh, visits: str) -> None:
    assert len(mesh.control("POST", "/schedules/run", rule="survey")["ran"]) == 1
    key = json.dumps([visits, "surveyed"])
    wait_until(lambda: mesh.raw_item(f"flags#{key}"), seconds=60, what="the survey")
    crawl(mesh, visits, "surveyed")
    asked = mesh.ask_owner(visits, "surveyed", mesh.new_account())
    assert grounds_of(mesh, asked.arn) == [{"rule": "FlagVanished", "table": "surveyed", "column": "email"}]
    assert mesh.post(asked.deny, email=OLGA).status == 200
