"""Tables with data cells filters on a mesh, as tests make and name them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mesh_tests.harness import CENTRAL, RunningMesh

PEOPLE = {"DatabaseName": "cells", "Name": "people"}
ALL_ROWS: dict[str, Any] = {"AllRowsWildcard": {}}
_TYPES = {"id": "bigint", "mail": "string", "country": "string", "place": "struct<zip:string>"}


def named_filter(name: str, table: str = "people") -> dict[str, str]:
    """How operations name a filter."""
    return {"TableCatalogId": CENTRAL, "DatabaseName": "cells", "TableName": table, "Name": name}


def on_filter(name: str, table: str = "people") -> dict[str, Any]:
    """How grants name it."""
    return {"DataCellsFilter": named_filter(name, table)}


def make(lake: Any, name: str, **given: Any) -> None:
    """Makes a filter, of the column id and all rows unless told."""
    columns = {} if "ColumnWildcard" in given else {"ColumnNames": ["id"]}
    lake.create_data_cells_filter(TableData={**named_filter(name), "RowFilter": ALL_ROWS, **columns, **given})


@contextmanager
def people(mesh: RunningMesh) -> Iterator[None]:
    """A database `cells` with the tables `people` and `others`, a link, a view, and a link to it, for a while."""
    glue = mesh.client("glue")
    glue.create_database(DatabaseInput={"Name": "cells"})
    target = {"CatalogId": CENTRAL, "DatabaseName": "cells"}
    glue.create_database(DatabaseInput={"Name": "cells_link", "TargetDatabase": target})
    storage = {"Columns": [{"Name": name, "Type": kind} for name, kind in _TYPES.items()], "Location": "s3://cells/"}
    table = {"StorageDescriptor": storage, "PartitionKeys": [{"Name": "day", "Type": "int"}]}
    for given in (
        {"Name": "people", **table},
        {"Name": "others", **table},
        {"Name": "link", "TargetTable": {**target, "Name": "people"}},
        {"Name": "view", **table, "TableType": "VIRTUAL_VIEW"},
    ):
        glue.create_table(DatabaseName="cells", TableInput=given)
    yield
    for name in ("cells_link", "cells"):
        glue.delete_database(Name=name)
