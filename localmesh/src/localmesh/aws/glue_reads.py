"""How Glue's catalogue is read: in pages, through resource links, and other accounts' catalogues as far as one may.

moto gives all tables on one page, ignores `CatalogId`, does not follow links, and shows everybody everything. What a
caller sees of other accounts' catalogues, and of links, is `lf_visible`'s.
"""

import bisect
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from localmesh.aws import lakeformation, lf_visible, moto
from localmesh.aws.lf_visible import Viewer

_PAGE = 100


def install() -> None:
    """Corrects moto."""
    response = moto.module("moto.glue.responses").GlueResponse
    exceptions = moto.module("moto.glue.exceptions")

    def answering(read: Callable[["_Read"], dict[str, Any]]) -> Any:
        def method(self: Any) -> tuple[int, dict[str, str], str]:
            viewer = lf_visible.viewer(str(self.current_account), str(self.region))
            # Past moto's serializer, which takes 60 ms for a page of tables.
            answer = json.dumps(read(_Read(viewer, self.parameters, exceptions)))
            return 200, {"Content-Type": "application/x-amz-json-1.1"}, answer

        return method

    response.get_database = answering(_database)
    response.get_databases = answering(_databases)
    response.get_table = answering(_table)
    response.get_tables = answering(_tables)


@dataclass(frozen=True)
class _Read:
    """A call: who makes it, what it says, and moto's exceptions."""

    viewer: Viewer
    given: Mapping[str, Any]
    exceptions: Any

    def of(self, account: str) -> Any:
        """The catalogue of an account."""
        return moto.backend("glue", account, self.viewer.region)

    @property
    def catalogue(self) -> Any:
        """The one that the call is about."""
        account = str(self.given.get("CatalogId") or self.viewer.account)
        if not (len(account) == 12 and account.isdigit()):
            raise self.exceptions.EntityNotFoundException(f"Catalog {account} not found.")
        return self.of(account)

    def linked(self, name: Any) -> tuple[Any, Any]:
        """A database, and what it leads to, which is itself if it is no link."""
        database = self.catalogue.get_database(name)
        target = lf_visible.target_of(database.input)
        if not target:
            return database, database
        if database.catalog_id == self.viewer.account and not self.viewer.sees_link(database.name):
            raise self.insufficient(database.name)
        return database, self.of(target["CatalogId"]).get_database(target["DatabaseName"])

    def led_to(self) -> Any:
        """The database whose tables the call is about."""
        _, database = self.linked(self.given.get("DatabaseName"))
        if not self.viewer.sees(database.catalog_id, database.name):
            raise self.insufficient(database.name)
        return database

    def page(self, entries: Mapping[str, Any]) -> tuple[list[str], dict[str, str]]:
        """At most 100 names, in order, after the one that the token names: additions in between do no harm."""
        size = int(self.given.get("MaxResults") or _PAGE)
        if not 1 <= size <= _PAGE:
            text = f"MaxResults must be between 1 and {_PAGE}, got {size}"
            raise self.exceptions.JsonRESTError("InvalidInputException", text)
        names, token = sorted(entries), self.given.get("NextToken")
        start = bisect.bisect_right(names, str(token)) if token else 0
        page = names[start : start + size]
        return page, {"NextToken": page[-1]} if start + size < len(names) else {}

    def insufficient(self, database: str, table: str = "") -> Exception:
        """The refusal of what the caller must not see."""
        # As quoted of a database in ministryofjustice/modernisation-platform-environments pull request 12190.
        where = f"Database name: {database}" + (f", Table Name: {table}" if table else "")
        text = f"Insufficient Lake Formation permission(s) on {table or database} ({where})"
        refusal: Exception = self.exceptions.JsonRESTError("AccessDeniedException", text)
        return refusal


def _database(read: _Read) -> dict[str, Any]:
    named, led_to = read.linked(read.given.get("Name"))
    for database in (led_to, named):
        # Of a link whose target the caller does not see its own properties.
        if read.viewer.sees(database.catalog_id, database.name):
            return {"Database": _plain(database.as_dict())}
    raise read.insufficient(named.name)


def _databases(read: _Read) -> dict[str, Any]:
    account = read.catalogue.account_id
    databases = {name: each for name, each in read.catalogue.databases.items() if read.viewer.sees(account, each.name)}
    page, token = read.page(databases)
    return {"DatabaseList": [_plain(databases[name].as_dict()) for name in page], **token}


def _table(read: _Read) -> dict[str, Any]:
    database = read.led_to()
    table = read.of(database.catalog_id).get_table(database.name, read.given.get("Name"))
    target = lf_visible.target_of(table.versions[str(table._current_version)])
    if target:
        if table.catalog_id == read.viewer.account and not read.viewer.sees_link(database.name, table.name):
            raise read.insufficient(table.database_name, table.name)
        table = read.of(target["CatalogId"]).get_table(target["DatabaseName"], target["Name"])
    if not read.viewer.sees(table.catalog_id, table.database_name, table.name):
        raise read.insufficient(table.database_name, table.name)
    return {"Table": _shown(table, read.viewer.region)}


def _tables(read: _Read) -> dict[str, Any]:
    database = read.led_to()
    tables, expression = database.tables, read.given.get("Expression")
    if expression:
        tables = {each.name: each for each in read.of(database.catalog_id).get_tables(database.name, expression)}
    if database.catalog_id != read.viewer.account:
        sees = read.viewer.sees
        tables = {name: each for name, each in tables.items() if sees(database.catalog_id, database.name, name)}
    page, token = read.page(tables)
    return {"TableList": [_shown(tables[name], read.viewer.region) for name in page], **token}


def _shown(table: Any, region: str) -> dict[str, Any]:
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
