"""Changes the catalogue as data owners do: through Glue's API."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

_NO_INPUT = {
    "CatalogId",
    "CreateTime",
    "CreatedBy",
    "DatabaseName",
    "FederatedTable",
    "IsRegisteredWithLakeFormation",
    "IsMultiDialectView",
    "UpdateTime",
    "VersionId",
}

Entry = dict[str, Any]


def column(name: str, kind: str = "string", **parameters: str) -> Entry:
    """A column; parameters such as `pii_flag="true"`."""
    return {"Name": name, "Type": kind, **({"Parameters": parameters} if parameters else {})}


class Catalogue:
    """The central account's catalogue.

    Args:
        glue: a client of that account.
    """

    def __init__(self, glue: Any) -> None:
        self.glue = glue

    def add_database(self, name: str, owner: str | None, **more: Any) -> None:
        """Makes a database; `more`: fields of its `DatabaseInput`."""
        parameters = {**({} if owner is None else {"data_owner": owner}), **more.pop("Parameters", {})}
        entry = {"Name": name, "LocationUri": f"s3://retail-lake/{name}/", "Parameters": parameters, **more}
        self.glue.create_database(DatabaseInput=entry)

    def add_table(self, database: str, name: str, columns: Sequence[Entry] | None = None, **more: Any) -> None:
        """Makes a table of two harmless columns unless told; `more`: fields of its `TableInput`, `None` for none."""
        entry: Entry = {
            "Name": name,
            "TableType": "EXTERNAL_TABLE",
            "Parameters": {},
            "PartitionKeys": [],
            "StorageDescriptor": {
                "Columns": list(columns if columns is not None else (column("id", "bigint"), column("amount", "int"))),
                "Location": f"s3://retail-lake/{database}/{name}/",
            },
        }
        given = {key: value for key, value in {**entry, **more}.items() if value is not None}
        self.glue.create_table(DatabaseName=database, TableInput=given)

    def change_table(self, database: str, name: str, change: Callable[[Entry], object]) -> None:
        """Changes a table in place: `change` gets its `TableInput`."""
        entry = self.glue.get_table(DatabaseName=database, Name=name)["Table"]
        wanted = {key: value for key, value in entry.items() if key not in _NO_INPUT}
        change(wanted)
        self.glue.update_table(DatabaseName=database, TableInput=wanted)

    def flag_column(self, database: str, table: str, name: str, flag: str = "true") -> None:
        """Sets the `pii_flag` of a column."""

        def change(entry: Entry) -> None:
            columns: list[Entry] = [*entry["StorageDescriptor"]["Columns"], *entry.get("PartitionKeys", [])]
            found = next(each for each in columns if each["Name"] == name)
            found["Parameters"] = {**found.get("Parameters", {}), "pii_flag": flag}

        self.change_table(database, table, change)

    def move_table(self, database: str, table: str, location: str) -> None:
        """Points a table at another location."""
        self.change_table(database, table, lambda entry: entry["StorageDescriptor"].update(Location=location))

    def set_table_parameters(self, database: str, table: str, parameters: Mapping[str, str]) -> None:
        """Replaces the parameters of a table."""
        self.change_table(database, table, lambda entry: entry.update(Parameters=dict(parameters)))

    def remove_table(self, database: str, table: str) -> None:
        """Removes a table."""
        self.glue.delete_table(DatabaseName=database, Name=table)
