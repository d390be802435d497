"""Glue's catalogue: pages, lower-case names, partition keys, resource links, other accounts' catalogues.

moto gives all tables on one page, keeps the case of names, takes parameters on partition keys, ignores `CatalogId`, and
does not follow links.
"""

import bisect
import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from localmesh.aws import lakeformation, moto

_PAGE = 100
_LONGEST_NAME = 255


def install() -> None:
    """Corrects moto."""
    models = moto.module("moto.glue.models")
    responses = moto.module("moto.glue.responses")
    _names(models)
    _reads(responses)


def _names(models: Any) -> None:
    exceptions = moto.module("moto.glue.exceptions")

    def name_of(value: Any) -> str:
        """Glue lower-cases names and takes 255 characters."""
        name = str(value or "").lower()
        if not 1 <= len(name) <= _LONGEST_NAME or "\n" in name or "\r" in name:
            text = f"Name must be 1 to {_LONGEST_NAME} characters on a single line, got {len(name)}"
            raise exceptions.JsonRESTError("InvalidInputException", text)
        return name

    def named(given: Mapping[str, Any] | None) -> dict[str, Any]:
        copy = dict(given or {})
        copy["Name"] = name_of(copy.get("Name"))
        return copy

    def table_of(given: Mapping[str, Any] | None) -> dict[str, Any]:
        """Glue takes parameters on columns, and none on partition keys."""
        table = named(given)
        for key in table.get("PartitionKeys") or ():
            if key.get("Parameters"):
                text = f"Parameters are not supported on partition keys, got some on {key.get('Name')}"
                raise exceptions.JsonRESTError("InvalidInputException", text)
        return table

    backend = models.GlueBackend

    @moto.correct(backend, "create_database")
    def _create_database(original: Any, self: Any, name: str, database: Any, tags: Any = None) -> Any:
        result = original(self, name_of(name), named(database), tags)
        lakeformation.created(self.account_id, self.region_name, name_of(name))
        return result

    @moto.correct(backend, "update_database")
    def _update_database(original: Any, self: Any, name: str, database: Any) -> Any:
        return original(self, name_of(name), named(database))

    @moto.correct(backend, "create_table")
    def _create_table(original: Any, self: Any, database: str, name: str, table: Any, *rest: Any) -> Any:
        result = original(self, name_of(database), name_of(name), table_of(table), *rest)
        lakeformation.created(self.account_id, self.region_name, name_of(database), name_of(name))
        return result

    @moto.correct(backend, "update_table")
    def _update_table(original: Any, self: Any, database: str, name: str, table: Any) -> Any:
        return original(self, name_of(database), name_of(name), table_of(table))

    @moto.correct(backend, "get_database")
    def _get_database(original: Any, self: Any, name: str) -> Any:
        return original(self, name_of(name))

    @moto.correct(backend, "get_table")
    def _get_table(original: Any, self: Any, database: str, name: str) -> Any:
        return original(self, name_of(database), name_of(name))

    @moto.correct(backend, "delete_table")
    def _delete_table(original: Any, self: Any, database: str, name: str) -> Any:
        result = original(self, name_of(database), name_of(name))
        lakeformation.deleted(self.account_id, self.region_name, name_of(database), name_of(name))
        return result

    @moto.correct(backend, "delete_database")
    def _delete_database(original: Any, self: Any, name: str) -> Any:
        result = original(self, name_of(name))
        lakeformation.deleted(self.account_id, self.region_name, name_of(name))
        return result


def _reads(responses: Any) -> None:
    exceptions = moto.module("moto.glue.exceptions")

    def catalogue(self: Any) -> Any:
        account = str(self.parameters.get("CatalogId") or self.current_account)
        if not (len(account) == 12 and account.isdigit()):
            raise exceptions.EntityNotFoundException(f"Catalog {account} not found.")
        return moto.backend("glue", account, self.region)

    def database_of(backend: Any, name: Any) -> Any:
        """A database, or what a link to one leads to."""
        database = backend.get_database(name)
        target = database.input.get("TargetDatabase")
        if not target:
            return database
        return moto.backend("glue", target["CatalogId"], backend.region_name).get_database(target["DatabaseName"])

    def get_database(self: Any) -> Any:
        return _answer({"Database": _plain(database_of(catalogue(self), self.parameters.get("Name")).as_dict())})

    def get_databases(self: Any) -> Any:
        databases = catalogue(self).databases
        page, token = _page(databases, self.parameters, exceptions)
        return _answer({"DatabaseList": [_plain(databases[name].as_dict()) for name in page], **token})

    def get_table(self: Any) -> Any:
        database = database_of(catalogue(self), self.parameters.get("DatabaseName"))
        own = moto.backend("glue", database.catalog_id, self.region)
        table = own.get_table(database.name, self.parameters.get("Name"))
        target = table.versions[str(table._current_version)].get("TargetTable")
        if target:
            other = moto.backend("glue", target["CatalogId"], self.region)
            table = other.get_table(target["DatabaseName"], target["Name"])
        return _answer({"Table": _table(table, self.region)})

    def get_tables(self: Any) -> Any:
        database = database_of(catalogue(self), self.parameters.get("DatabaseName"))
        tables = database.tables
        expression = self.parameters.get("Expression")
        if expression:
            own = moto.backend("glue", database.catalog_id, self.region)
            tables = {table.name: table for table in own.get_tables(database.name, expression)}
        page, token = _page(tables, self.parameters, exceptions)
        return _answer({"TableList": [_table(tables[name], self.region) for name in page], **token})

    for method in (get_database, get_databases, get_table, get_tables):
        setattr(responses.GlueResponse, method.__name__, method)


def _page(
    entries: Mapping[str, Any], parameters: Mapping[str, Any], exceptions: Any
) -> tuple[list[str], dict[str, str]]:
    """At most 100 names, in order, after the one that the token names: additions between two pages do no harm."""
    size = int(parameters.get("MaxResults") or _PAGE)
    if not 1 <= size <= _PAGE:
        text = f"MaxResults must be between 1 and {_PAGE}, got {size}"
        raise exceptions.JsonRESTError("InvalidInputException", text)
    names = sorted(entries)
    start = bisect.bisect_right(names, str(parameters["NextToken"])) if parameters.get("NextToken") else 0
    page = names[start : start + size]
    return page, {"NextToken": page[-1]} if start + size < len(names) else {}


def _table(table: Any, region: str) -> dict[str, Any]:
    entry = _plain(table.as_dict())
    storage: dict[str, Any] = entry.get("StorageDescriptor") or {}
    location = str(storage.get("Location") or "")
    entry["IsRegisteredWithLakeFormation"] = lakeformation.is_registered(table.catalog_id, region, location)
    return entry


def _plain(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {
        key: value.timestamp() if isinstance(value, datetime) else value
        for key, value in entry.items()
        if value is not None
    }


def _answer(value: object) -> tuple[int, dict[str, str], str]:
    # Past moto's serializer, which takes 60 ms for a page of tables.
    return 200, {"Content-Type": "application/x-amz-json-1.1"}, json.dumps(value)
