"""Loads databases and tables into the default account's catalogue.

A file holds one database: ``{"DatabaseInput": {…}, "Tables": [{…}, …]}``, in the shapes of Glue's `CreateDatabase` and
`CreateTable`. Their S3 locations are registered with Lake Formation, as a data lake's are.
"""

import json
from pathlib import Path
from typing import Any

from localmesh.aws import moto


class CatalogError(Exception):
    """A catalogue file is not of the shape that is expected."""


def load(folder: Path, account: str, region: str) -> list[str]:
    """Loads every ``*.json`` of a folder.

    Args:
        folder: where the files are.
        account: whose catalogue.
        region: where it is.

    Returns:
        The names of the databases.

    Raises:
        CatalogError: the folder has no such file, one has another shape, or one holds what Glue would not take.
    """
    files = sorted(folder.glob("*.json"))
    if not files:
        raise CatalogError(f"expected *.json files in {folder}, found none")
    glue: Any = moto.backend("glue", account, region)
    names: list[str] = []
    for file in files:
        names.append(_load(file, glue))
    _register(names, glue, moto.backend("lakeformation", account, region))
    return names


def _load(file: Path, glue: Any) -> str:
    refusal: Any = moto.module("moto.core.exceptions").JsonRESTError
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        database, tables = content["DatabaseInput"], content["Tables"]
        glue.create_database(database["Name"], database)
        for table in tables:
            glue.create_table(database["Name"], table["Name"], table)
    except (ValueError, KeyError, TypeError) as wrong:
        shape = '{"DatabaseInput": {"Name": …}, "Tables": [{"Name": …}, …]}'
        raise CatalogError(f"{file}: expected {shape}, got {type(wrong).__name__}: {wrong}") from wrong
    except refusal as refused:
        raise CatalogError(f"{file}: Glue does not take this: {refused.message}") from refused
    return str(database["Name"]).lower()


def _register(names: list[str], glue: Any, lake_formation: Any) -> None:
    buckets: set[str] = set()
    for name in names:
        database = glue.databases[name]
        locations: list[Any] = [database.input.get("LocationUri")]
        for table in database.tables.values():
            storage: dict[str, Any] = table.as_dict().get("StorageDescriptor") or {}
            locations.append(storage.get("Location"))
        buckets |= {str(location).split("/")[2] for location in locations if str(location).startswith("s3://")}
    for bucket in sorted(buckets):
        role = f"arn:{moto.PARTITION}:iam::{glue.account_id}:role/aws-service-role/lakeformation.amazonaws.com/data"
        lake_formation.register_resource(f"arn:{moto.PARTITION}:s3:::{bucket}", role)
