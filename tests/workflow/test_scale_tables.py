"""Databases of 10,000 tables: classified completely, shared completely, and no mail, item or event too large."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.workflow.conftest import StartMesh
from tests.workflow.driver import DESCRIBE, RETAIL, SELECT_AND_DESCRIBE, Mesh
from tests.workflow.running import WITHOUT_PORTAL, Options

NUMBER = 10_000
LONGEST_NAME = 255
MAIL_BYTES = EVENT_BYTES = 256 * 1024
ITEM_BYTES = 400 * 1024
SECONDS = 300
"""Longer than it ever takes: only what hangs ends by it."""


@pytest.fixture(scope="module")
def mesh(start_mesh: StartMesh, tmp_path_factory: pytest.TempPathFactory) -> Mesh:
    """A mesh with three databases of 10,000 tables, loaded from files: over HTTP that would take half a minute each."""
    folder = tmp_path_factory.mktemp("catalog")
    plain = [_table(f"t{number:05}", ["id", "amount"]) for number in range(NUMBER)]
    for name in ("plain", "flagged_last"):
        _write(folder, name, plain)
    # Names as long as Glue takes them, in a script whose letters take three bytes, and every column is personal data.
    long = [_table(f"{number:05}".ljust(LONGEST_NAME, "名"), ["列" * LONGEST_NAME], "true") for number in range(NUMBER)]
    _write(folder, "personal", long, Description="所" * 2048)
    return start_mesh(Options(catalog=folder, config=WITHOUT_PORTAL))


def test_without_personal_data_all_tables_are_shared_by_name(mesh: Mesh) -> None:
    account = mesh.new_account()
    with mesh.recorded() as actions:
        request, finished = _ask(mesh, "plain", account)
        calls = Counter((_function(each), each["action"]) for each in actions("") if each["resource"] in _COUNTED)
    assert finished["status"] == "SHARED"
    tables = {f"plain.t{number:05}": SELECT_AND_DESCRIBE for number in range(NUMBER)}
    assert mesh.grants(account) == {"plain": DESCRIBE, **tables}
    # A hundred tables a page, twenty a batch; Grant reads all of it first, and each page again before its batches.
    assert calls["classify", "glue:GetTables"] == 100
    assert calls["grant", "glue:GetTables"] == 200
    assert calls["grant", "glue:GetDatabase"] == 101
    assert calls["grant", "lakeformation:BatchGrantPermissions"] == 500

    item = mesh.register_item(request)
    assert item["classification"]["tables_total"] == NUMBER
    assert item["classification"]["columns_total"] == 2 * NUMBER
    assert (item["granted"]["tables"], item["granted"]["wildcard"]) == (NUMBER, False)
    assert len(item["granted"]["names"]) < NUMBER
    _fits(mesh, request)


def test_personal_data_in_the_last_of_them_is_found(mesh: Mesh) -> None:
    last = f"t{NUMBER - 1:05}"
    mesh.catalogue.flag_column("flagged_last", last, "amount")
    arn = mesh.start("flagged_last", "*", mesh.new_account())
    mail = mesh.mail_about(arn, seconds=SECONDS)
    assert f"> {last}: amount" in mail["body"]
    assert mesh.register_item(arn)["classification"]["grounds_total"] == 1
    mesh.client("stepfunctions").stop_execution(executionArn=arn)


def test_with_personal_data_everywhere_mail_item_and_events_keep_their_limits(mesh: Mesh) -> None:
    account = mesh.new_account()
    arn = mesh.start("personal", "*", account)
    mail = mesh.mail_about(arn, seconds=SECONDS)
    assert len(mail["body"].encode()) < MAIL_BYTES
    assert "10,000 tables" in mail["body"]
    assert "including tables added later" in mail["body"]
    shown = mail["body"].count("列") // LONGEST_NAME
    assert shown > 0
    assert f"and {NUMBER - shown:,} more." in mail["body"]
    page = mesh.get(mesh.links(mail).approve)
    assert page.status == 200
    assert len(page.body.encode()) < 6 * 1024 * 1024, "Lambda's limit for an answer"
    _fits(mesh, arn)

    assert mesh.post(mesh.links(mail).approve, email=mail["to"]).status == 200
    assert mesh.finish(arn, SECONDS).output["status"] == "SHARED"
    assert mesh.grants(account) == {"personal": DESCRIBE, "personal.*": SELECT_AND_DESCRIBE}
    item = mesh.register_item(arn)
    classification = item["classification"]
    assert (classification["grounds_total"], classification["tables_total"]) == (NUMBER, NUMBER)
    assert (item["granted"]["tables"], item["granted"]["wildcard"]) == (NUMBER, True)
    _fits(mesh, arn)


def test_below_cross_account_version_5_they_are_too_many(mesh: Mesh) -> None:
    account = mesh.new_account()
    with _cross_account_version(mesh, "4"):
        request, finished = _ask(mesh, "plain", account)
        assert (finished["status"], finished["reason"]) == ("REFUSED", "TooManyTables")
        for told in (f"{NUMBER:,}", "5,000", "version 5"):
            assert told in finished["message"]
        assert mesh.grants(account) == {}
        assert mesh.register_item(request)["reason"] == "TooManyTables"
        # What one asks for by name is not affected.
        assert mesh.ask("plain", "t00001", account)[1].output["status"] == "SHARED"


_COUNTED = {"*", "arn:aws:glue:us-east-1:123456789012:catalog"}
"""A call of Glue is checked on catalogue, database and tables: one of them is enough to count it."""


def _function(record: dict[str, str]) -> str:
    return next((name for name in ("classify", "grant") if f"-{name}-" in record["role"]), "other")


def _ask(mesh: Mesh, database: str, account: str) -> tuple[str, dict[str, Any]]:
    arn = mesh.start(database, "*", account)
    return arn, mesh.finish(arn, SECONDS).output


def _write(folder: Path, name: str, tables: list[dict[str, Any]], **more: str) -> None:
    database = {"Name": name, "LocationUri": f"s3://lake/{name}/", "Parameters": {"data_owner": RETAIL}, **more}
    (folder / f"{name}.json").write_text(json.dumps({"DatabaseInput": database, "Tables": tables}))


def _table(name: str, columns: list[str], flag: str = "no") -> dict[str, Any]:
    return {
        "Name": name,
        "TableType": "EXTERNAL_TABLE",
        "PartitionKeys": [],
        "StorageDescriptor": {
            "Columns": [{"Name": column, "Type": "string", "Parameters": {"pii_flag": flag}} for column in columns],
            "Location": "s3://lake/tables/",
        },
    }


def _fits(mesh: Mesh, key: str) -> None:
    assert len(json.dumps(mesh.raw_item(key), ensure_ascii=False).encode()) < ITEM_BYTES
    events = mesh.events(key)
    assert events
    assert max(len(json.dumps(event, ensure_ascii=False).encode()) for event in events) < EVENT_BYTES


@contextmanager
def _cross_account_version(mesh: Mesh, version: str) -> Iterator[None]:
    lake = mesh.client("lakeformation")
    settings = lake.get_data_lake_settings()["DataLakeSettings"]
    lake.put_data_lake_settings(
        DataLakeSettings={**settings, "Parameters": {**settings["Parameters"], "CROSS_ACCOUNT_VERSION": version}}
    )
    try:
        yield
    finally:
        lake.put_data_lake_settings(DataLakeSettings=settings)
