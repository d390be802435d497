"""Catalogues of the shapes that real lakes have: where nobody can tell what is in a table, a person is asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.driver import ROHAN, Mesh
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(catalog=Path(__file__).parents[1] / "fixtures" / "catalogues", config=WITHOUT_PORTAL)
UNREADABLE, VIEW, BOUND = ({"rule": rule} for rule in ("ColumnsUnreadable", "View", "DatabaseFlagged"))
ASKS: dict[str, list[dict[str, str]]] = {
    "city_spark.riders": [UNREADABLE],
    "city_spark.riders_bare": [UNREADABLE],
    "city_spark.riders_named": [UNREADABLE, {"rule": "ColumnFlagged", "column": "email"}],
    "city_spark.riders_avro": [{"rule": "SchemaElsewhere"}],
    "city_spark.riders_avro_at_an_address": [UNREADABLE],
    "city_crm.persons": [BOUND],
    "city_crm.streets": [BOUND],
    "city_crm.*": [BOUND],
    "city_views.athena": [VIEW],
    "city_views.many_dialects": [VIEW],
    "city_views.materialised": [VIEW],
}
SHARES = ["city_spark.trips", "city_spark.riders_looked_at", "city_views.athena_that_says_no"]


@pytest.mark.parametrize("name", ASKS)
def test_asks(mesh: Mesh, name: str) -> None:
    database, _, table = name.partition(".")
    account = mesh.new_account()
    asked = mesh.ask_owner(database, table, account)
    of_table = {} if ASKS[name] == [BOUND] else {"table": table}
    assert mesh.register_item(asked.arn)["classification"]["grounds"] == [{**of_table, **each} for each in ASKS[name]]
    assert mesh.grants(account) == {}
    assert mesh.decide(asked, "deny", ROHAN).end == ("DENIED", "Denied")


@pytest.mark.parametrize("name", SHARES)
def test_shares_at_once(mesh: Mesh, name: str) -> None:
    database, _, table = name.partition(".")
    assert mesh.ask(database, table, mesh.new_account())[1].end == ("SHARED", None)


def elsewhere(entry: dict[str, Any]) -> None:
    entry["StorageDescriptor"]["SerdeInfo"]["Parameters"]["path"] = "s3://city-lake/elsewhere"


def widened(entry: dict[str, Any]) -> None:
    part = "spark.sql.sources.schema.part.1"
    entry["Parameters"][part] = entry["Parameters"][part].replace("email", "passport")


def refreshed(entry: dict[str, Any]) -> None:
    entry["Parameters"]["metadata_location"] = "s3://city-lake/materialised/metadata/00008.metadata.json"
    entry["Parameters"]["last_refresh"] = "2026-11-29T09:00:00Z"
    entry["ViewDefinition"].update(
        ViewVersionId=8, ViewVersionToken="t8", LastRefreshType="INCREMENTAL", SubObjectVersionIds=[42]
    )


@pytest.mark.parametrize(
    ("name", "change", "asked_again"),
    [
        ("city_spark.riders", elsewhere, True),
        ("city_spark.riders_named", widened, True),
        ("city_views.materialised", refreshed, False),
    ],
)
def test_what_changes_while_a_mail_waits(
    mesh: Mesh, name: str, change: Callable[[dict[str, Any]], None], *, asked_again: bool
) -> None:
    database, _, table = name.partition(".")
    asked = mesh.ask_owner(database, table, mesh.new_account())
    mesh.catalogue.change_table(database, table, change)
    mesh.post(asked.approve, email=ROHAN)
    if asked_again:
        mesh.post(mesh.links(mesh.mail_about(asked.arn, number=2)).approve, email=ROHAN)
    assert mesh.finish(asked.arn).end == ("SHARED", None)
    assert mesh.register_item(asked.arn)["round"] == (2 if asked_again else 1)
