"""Data cells filters of the central account's Lake Formation: made, read, deleted. None is ever updated.

An update would change at once what every account reads that was granted the filter.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final

from handlers.aws.clients import Translate, answer_unless
from handlers.aws.lf_listed import GONE, as_lake_formation, list_permissions, pages
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.errors import AccessRefused, FilterForeign
from handlers.sharing.model.grants import Resource

_A_PAGE: Final = 100
_THERE: Final = frozenset({"AlreadyExistsException"})


def make_filter(lake: Any, account: str, cells: CellsFilter, translate: Translate) -> None:
    """Make a filter, if it is not there.

    Args:
        lake: a client of Lake Formation.
        account: whose catalogue it is.
        cells: the filter.
        translate: what errors mean.

    Raises:
        FilterForeign: one of that name has another body.
    """
    rows: Mapping[str, Any] = (
        {"AllRowsWildcard": {}} if cells.expression is None else {"FilterExpression": cells.expression}
    )
    data: Mapping[str, Any] = {**_named(cells.resource, account), "ColumnNames": list(cells.columns), "RowFilter": rows}
    made = answer_unless(
        _THERE, lambda: lake.create_data_cells_filter(TableData=data), "make a data cells filter", translate
    )
    if made is not None:
        return
    there = read_filter(lake, account, cells.resource, translate)
    if there is None or there.name != cells.name:
        has = "other columns or rows" if there is not None else "columns or rows that cannot be read"
        raise FilterForeign(
            f"Data cells filter {cells.name} of table {cells.database}.{cells.table} has {has}: somebody changed it "
            "past Lakeshare, and nothing is granted by it. An operator has to look into it, and delete it."
        )


def read_filter(
    lake: Any, account: str, resource: Resource, translate: Translate = lambda _code, _message: None
) -> CellsFilter | None:
    """What a filter lets read; `None`: it is gone, or it does not say so by a list of columns and one kind of rows."""
    named = _named(resource, account)
    found = answer_unless(GONE, lambda: lake.get_data_cells_filter(**named), "read a data cells filter", translate)
    return None if found is None else _cells(found["DataCellsFilter"])


def list_filters(lake: Any) -> Iterator[tuple[Resource, CellsFilter | None]]:
    """All filters of this account's catalogue, and what each lets read, as `read_filter` has it."""
    for page in pages(partial(lake.list_data_cells_filter, MaxResults=_A_PAGE), GONE, "list data cells filters"):
        for body in page.get("DataCellsFilters", ()):
            yield Resource(body["DatabaseName"], body["TableName"], body["Name"]), _cells(body)


def _cells(body: Mapping[str, Any]) -> CellsFilter | None:
    rows: Mapping[str, Any] = body.get("RowFilter") or {}
    expression: str | None = rows.get("FilterExpression")
    if "AllRowsWildcard" in rows and (expression or "true").lower() == "true":
        expression = None
    elif "AllRowsWildcard" in rows or not expression:
        return None
    if not body.get("ColumnNames") or "ColumnWildcard" in body:
        return None
    columns = tuple(name.lower() for name in body["ColumnNames"])
    return CellsFilter(body["DatabaseName"], body["TableName"], columns, expression)


def drop_filter(lake: Any, account: str, resource: Resource) -> None:
    """Delete a filter on which nobody has SELECT any more. One that cannot be deleted opens nothing."""
    from botocore.exceptions import ClientError

    for entry in list_permissions(lake, GONE, Resource=as_lake_formation(resource)):
        if "SELECT" in {*entry["Permissions"], *entry["PermissionsWithGrantOption"]}:
            return
    named = _named(resource, account)
    try:
        answer_unless(GONE, lambda: lake.delete_data_cells_filter(**named), "delete a data cells filter")
    except (AccessRefused, ClientError):
        return


def _named(resource: Resource, account: str) -> dict[str, str]:
    return {
        "TableCatalogId": account,
        "DatabaseName": resource.database,
        "TableName": resource.table,
        "Name": resource.filter,
    }
