"""The catalogue as the API shows it: pages that fit, and their cursors. Schemas, with examples: docs/openapi.yaml."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from handlers.api.cursors import Place, read_cursor, write_cursor
from handlers.api.sizes import how_many_fit
from handlers.sharing.browsable import BrowsableCatalogue, CountedCatalogue
from handlers.sharing.browse import (
    ColumnView,
    DatabaseView,
    NamedOwner,
    TableView,
    browse_database,
    browse_databases,
    browse_table,
    browse_tables,
)
from handlers.sharing.model.catalogue import Batch
from handlers.sharing.model.checks import shown
from handlers.sharing.model.errors import Refused
from handlers.sharing.model.new_request import FieldFault, InvalidRequest, foreign_next
from handlers.sharing.model.parties import Parties
from handlers.sharing.offered import OfferedParts

LONGEST_TEXT = 2056
"""Glue's own limit for locations; descriptions have 2,048 characters."""
MOST_FILTERS = 50
"""So many row filters of a table are listed: an expression may have 2,048 bytes."""
LONGEST_OWNER = 255
"""A parameter may hold half a megabyte; what is longer than this is no owner that anybody could read."""

Query = Mapping[str, str]
Row = Mapping[str, Any]
View = TypeVar("View")


def databases_page(query: Query, catalogue: CountedCatalogue, parties: Parties) -> Row:
    """A page of databases."""
    listing = "databases"
    place = read_cursor(listing, query.get("next"))
    rows, following = _page(browse_databases(catalogue, parties, place.token), place, _database)
    return {"databases": rows, "next": write_cursor(listing, following)}


def one_database(query: Query, catalogue: CountedCatalogue, parties: Parties) -> Row:
    """One database."""
    return _database(browse_database(catalogue, parties, _given(query, "name")))


def tables_page(query: Query, catalogue: BrowsableCatalogue, parties: Parties) -> Row:
    """A page of a database's tables."""
    database = _given(query, "database")
    listing = f"tables of {database}"
    place = read_cursor(listing, query.get("next"))
    rows, following = _page(browse_tables(catalogue, parties, database, place.token), place, _table)
    return {"tables": rows, "next": write_cursor(listing, following)}


def one_table(query: Query, catalogue: BrowsableCatalogue, parties: Parties) -> Row:
    """One table, with a page of its columns."""
    database, name = _given(query, "database"), _given(query, "name")
    listing = f"columns of {database} {name}"
    place = read_cursor(listing, query.get("next"))
    if place.token is not None:
        raise foreign_next()
    found = browse_table(catalogue, parties, database, name)
    rows, following = _page(Batch(found.columns, None), place, _column)
    return {
        "table": _table(found.view),
        "parts": _parts(found.parts),
        "columns": rows,
        "next": write_cursor(listing, following),
    }


def _page(batch: Batch[View], place: Place, show: Callable[[View], Row]) -> tuple[list[Row], Place | None]:
    """As many of a batch's entries as fit, and where to go on: further within the batch, or with the next one."""
    rows = [show(each) for each in batch.entries[place.offset :]]
    count = how_many_fit(rows)
    if count < len(rows):
        return rows[:count], Place(place.token, place.offset + count)
    return rows, None if batch.token is None else Place(batch.token)


def _database(view: DatabaseView) -> Row:
    return {
        "name": view.database.name,
        "description": view.database.description[:LONGEST_TEXT],
        "location": view.database.location[:LONGEST_TEXT],
        "owner": _owner(view.owner),
        "personal": view.personal.value,
        "access": view.access.value if view.access else None,
        "refusal": _refusal(view.refusal),
    }


def _table(view: TableView) -> Row:
    table = view.table
    return {
        "name": table.name,
        "description": table.description[:LONGEST_TEXT],
        "kind": table.kind,
        "location": table.location[:LONGEST_TEXT],
        "owner": _owner(view.owner),
        "registered": table.registered,
        "personal": view.personal.value,
        "rules": [rule.value for rule in view.rules],
        "flagged_columns": view.flagged_columns,
        "columns_total": len(table.columns) if table.columns else None,
        "refusal": _refusal(view.refusal),
    }


def _column(view: ColumnView) -> Row:
    column = view.column
    return {
        "name": column.name,
        "type": column.type,
        "comment": column.comment,
        "partition_key": column.is_partition_key,
        "personal": view.personal.value,
        "rules": [rule.value for rule in view.rules],
    }


def _parts(parts: OfferedParts) -> Row:
    return {
        "refusal": _refusal(parts.refusal),
        "safe": {"columns": parts.safe, "refusal": _refusal(parts.safe_refusal)},
        "filters": [
            {"name": each.name, "expression": each.expression, "refusal": _refusal(each.refusal)}
            for each in parts.rows[:MOST_FILTERS]
        ],
        "filters_total": len(parts.rows),
    }


def _owner(owner: NamedOwner | None) -> Row | None:
    if owner is None:
        return None
    return {
        "account_id": owner.account_id[:LONGEST_OWNER],
        "name": owner.name[:LONGEST_OWNER] or None,
        "fault": _refusal(owner.fault),
        "contact": owner.contact,
        "contact_fault": owner.contact_fault,
    }


def _refusal(refused: Refused | None) -> Row | None:
    return {"reason": refused.reason, "message": str(refused)} if refused else None


def _given(query: Query, name: str) -> str:
    text = query.get(name, "")
    if not text:
        came = shown(text) if name in query else "nothing"
        raise InvalidRequest((FieldFault(name, f"{name} must be a name, got {came}."),))
    return text
