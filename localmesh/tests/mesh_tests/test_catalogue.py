"""The catalogue: pages, names and links as in Glue."""

import json
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mesh_tests.harness import CENTRAL, HERE, RunningMesh, start_mesh, stop_mesh

OTHER = "555555555555"
OWN_MESH = True
"""It lists all databases."""


@pytest.fixture(scope="module")
def glue(mesh: RunningMesh) -> Any:
    return mesh.client("glue")


def test_the_samples_are_there(glue: Any) -> None:
    names = [each["Name"] for each in glue.get_databases()["DatabaseList"]]
    assert names == ["shop", "weather"]
    table = glue.get_table(DatabaseName="weather", Name="readings")["Table"]
    assert table["CatalogId"] == CENTRAL
    assert table["IsRegisteredWithLakeFormation"] is True


def test_tables_come_in_pages(glue: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "paged"})
    for number in range(105):
        glue.create_table(DatabaseName="paged", TableInput={"Name": f"t{number:03d}"})
    pages = list(glue.get_paginator("get_tables").paginate(DatabaseName="paged"))
    assert [len(page["TableList"]) for page in pages] == [100, 5]
    assert len(glue.get_tables(DatabaseName="paged", MaxResults=7)["TableList"]) == 7
    names = [table["Name"] for page in pages for table in page["TableList"]]
    assert names == sorted(set(names))
    with pytest.raises(glue.exceptions.InvalidInputException):
        glue.get_tables(DatabaseName="paged", MaxResults=101)
    found = glue.get_tables(DatabaseName="paged", Expression="t00*")["TableList"]
    assert len(found) == 10


def test_names_are_lower_case_and_at_most_255_long(glue: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "Mixed"})
    glue.create_table(DatabaseName="MIXED", TableInput={"Name": "Some_Table"})
    table = glue.get_table(DatabaseName="mixed", Name="SOME_TABLE")["Table"]
    assert (table["DatabaseName"], table["Name"]) == ("mixed", "some_table")
    glue.update_table(DatabaseName="Mixed", TableInput={"Name": "Some_Table", "Description": "new"})
    assert glue.get_table(DatabaseName="mixed", Name="some_table")["Table"]["Description"] == "new"
    with pytest.raises(glue.exceptions.InvalidInputException):
        glue.create_table(DatabaseName="mixed", TableInput={"Name": "n" * 256})
    glue.create_table(DatabaseName="mixed", TableInput={"Name": "n" * 255})


def test_partition_keys_take_no_parameters(glue: Any) -> None:
    glue.create_database(DatabaseInput={"Name": "keys"})
    day = {"Name": "day", "Type": "date"}
    glue.create_table(DatabaseName="keys", TableInput={"Name": "t", "PartitionKeys": [{**day, "Parameters": {}}]})
    flagged = {"Name": "t", "PartitionKeys": [{**day, "Parameters": {"pii_flag": "true"}}]}
    for call in (glue.update_table, glue.create_table):
        with pytest.raises(glue.exceptions.InvalidInputException, match="partition keys, got some on day"):
            call(DatabaseName="keys", TableInput=flagged)
    assert glue.get_table(DatabaseName="keys", Name="t")["Table"]["PartitionKeys"][0].get("Parameters", {}) == {}


def test_a_catalogue_file_that_glue_would_not_take_is_refused_by_name(tmp_path: Path) -> None:
    key = {"Name": "day", "Type": "date", "Parameters": {"pii_flag": "true"}}
    content = {"DatabaseInput": {"Name": "odd"}, "Tables": [{"Name": "t", "PartitionKeys": [key]}]}
    (tmp_path / "odd.json").write_text(json.dumps(content))
    command = [sys.executable, "-m", "localmesh", "up", "--empty", "--headless", "--catalog", str(tmp_path)]
    refused = subprocess.run(
        [*command, "--state", str(tmp_path / "s")], cwd=HERE, capture_output=True, text=True, timeout=30, check=False
    )
    assert refused.returncode == 1
    assert "odd.json: Glue does not take this: Parameters are not supported on partition keys" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_what_is_missing(glue: Any) -> None:
    for call in (
        lambda: glue.get_database(Name="nowhere"),
        lambda: glue.get_tables(DatabaseName="nowhere"),
        lambda: glue.get_table(DatabaseName="shop", Name="nothing"),
        lambda: glue.get_table(DatabaseName="shop", Name="customer", CatalogId=OTHER),
    ):
        with pytest.raises(glue.exceptions.EntityNotFoundException):
            call()


def test_other_peoples_catalogues_and_large_ones(tmp_path: Path) -> None:
    folder = tmp_path / "catalog"
    folder.mkdir()
    tables = [{"Name": f"t{number}", "StorageDescriptor": {"Columns": [{"Name": "a"}]}} for number in range(10_000)]
    content = {"DatabaseInput": {"Name": "Large"}, "Tables": tables}
    (folder / "large.json").write_text(json.dumps(content))
    process = start_mesh(tmp_path / "state", "--empty", "--catalog", str(folder))
    try:
        mesh = RunningMesh(json.loads((tmp_path / "state" / "mesh.json").read_text()), process)
        started = time.monotonic()
        pages = list(mesh.client("glue").get_paginator("get_tables").paginate(DatabaseName="large"))
        seconds = time.monotonic() - started
    finally:
        stop_mesh(process)
    assert len(pages) == 100
    assert sum(len(page["TableList"]) for page in pages) == 10_000
    assert seconds < 10
