"""The safe subset of a database of 10,000 tables: a filter for each that has one, the others told; then all is revoked.

Each table that is in takes eight calls, one after the other: two for its turn and one to make its filter, with a tenth
of a grant; then two looks, two for the turn and one to delete it, with a twentieth of a revocation. The mesh answers
some 200 a second on two cores, so one table in ten has a safe subset here. All 10,000 are in `bench/long_share.py`.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import pytest

from tests.workflow.catalogue import column
from tests.workflow.conftest import StartMesh
from tests.workflow.driver import RETAIL, Mesh
from tests.workflow.running import WITHOUT_PORTAL, Options
from tests.workflow.test_revoking import revoke
from tests.workflow.test_safe_databases import SECONDS, ask, filters, reads
from tests.workflow.test_scale_tables import ITEM_BYTES

NUMBER = 10_000
ONE_IN = 10
"""Of so many tables one has a safe subset."""
IN = NUMBER // ONE_IN

pytestmark = pytest.mark.timeout(3 * SECONDS)


@pytest.fixture(scope="module")
def mesh(start_mesh: StartMesh, tmp_path_factory: pytest.TempPathFactory) -> Mesh:
    """A mesh with a database of 10,000 tables, loaded from a file: over HTTP that would take half a minute."""
    folder = tmp_path_factory.mktemp("catalog")
    database = {"Name": "large", "LocationUri": "s3://lake/large/", "Parameters": {"data_owner": RETAIL}}
    entry = {"DatabaseInput": database, "Tables": [_table(number) for number in range(NUMBER)]}
    (folder / "large.json").write_text(json.dumps(entry))
    mesh = start_mesh(Options(catalog=folder, config=WITHOUT_PORTAL))
    mesh.let_grant("large")
    return mesh


def test_each_table_gets_its_filter_or_is_left_out_and_all_is_revoked(mesh: Mesh, account: str) -> None:
    with mesh.recorded() as actions:
        finished = ask(mesh, account, "large")
        calls = Counter(each["action"] for each in actions("lakeformation:") if "-grant-" in each["role"])
    assert finished.output.get("status") == "SHARED", finished
    message = finished.output["message"]
    assert f"In it are {IN:,} of {NUMBER:,} tables, with {IN:,} of all {NUMBER + IN:,} columns." in message
    assert message.endswith(f"{NUMBER - IN - 3:,} more tables are left out.")
    assert reads(mesh, account, "large") == {f"t{number:05}": {"id"} for number in range(0, NUMBER, ONE_IN)}
    assert filters(mesh, "large") == IN
    # Ten grants a batch; each filter is made by itself.
    assert calls["lakeformation:BatchGrantPermissions"] == IN // 10
    assert calls["lakeformation:CreateDataCellsFilter"] == IN

    request = finished.output["request_id"]
    classification = mesh.register_item(request)["classification"]
    assert (classification["tables_total"], classification["omitted_total"]) == (IN, NUMBER - IN)
    assert {each["reason"] for each in classification["omitted"]} == {"NothingSafe"}
    assert len(json.dumps(mesh.raw_item(request)).encode()) < ITEM_BYTES

    assert revoke(mesh, SECONDS, consumer=account).status == "SUCCEEDED"
    assert (reads(mesh, account, "large"), filters(mesh, "large")) == ({}, 0)


def _table(number: int) -> dict[str, Any]:
    """A table with a safe column of two; one with none; or a view, of which nothing is remembered as flagged."""
    mail = column("mail", pii_flag="true")
    columns = {0: [column("id"), mail], 1: [mail]}.get(number % ONE_IN, [column("id")])
    kind = "EXTERNAL_TABLE" if number % ONE_IN < 2 else "VIRTUAL_VIEW"
    storage = {"Columns": columns, "Location": "s3://lake/large/"}
    return {"Name": f"t{number:05}", "TableType": kind, "StorageDescriptor": storage}
