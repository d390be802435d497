"""The five operations on data cells filters. moto has one of them, whose list is always empty.

Shapes and lengths are those of https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_DataCellsFilter.html.
The rules are in the guide, https://docs.aws.amazon.com/lake-formation/latest/dg/:

- managing-filters.html: who makes or sees a filter has SELECT on the table with grant option;
  creating-data-filters.html: or is a data lake administrator.
- granting-filter-perms.html: who made a filter sees it, and so does whoever was granted something on it; DROP is a
  permission on it.
- row-filtering-intro.html (the China Regions' site has it by itself, the other one in data-filtering-notes.html): none
  on views and resource links; with a row filter, none on nested columns.
- partiql-support.html: see `lf_rows`.

Not written anywhere, and so taken as likely: who may update a filter (here, who may make one), that a version which is
not the latest is a `ConcurrentModificationException`, that grants on a filter end with it, and all texts but one.

Stricter here than AWS: nested columns are refused without a row filter, too; and another account that was granted
SELECT makes no filters of its own on the table (granting-data-perms-for-filters.html).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from localmesh.aws import lf_calls, lf_checks, lf_filters, lf_grants, lf_rows, lf_settings, moto
from localmesh.aws.lf_calls import Maker
from localmesh.aws.lf_filters import Filter, Key
from localmesh.aws.lf_grants import Place, Resource
from localmesh.aws.ram import shares

_PAGE = 1000
_NAMED_BY = ("TableCatalogId", "DatabaseName", "TableName", "Name")
_NAME = re.compile(r"[\t\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]{1,255}")
# Quoted in dbt-labs/dbt-adapters issue 937.
_BOTH_COLUMNS = "Data cells filter cannot have both column wildcard expression and column names."
# As AWS's CLI shows it: examples/lakeformation/list-data-cells-filter.rst.
_ALL_ROWS: Mapping[str, Any] = {"FilterExpression": "TRUE", "AllRowsWildcard": {}}


def install() -> None:
    """Corrects moto."""
    response = moto.module("moto.lakeformation.responses").LakeFormationResponse
    urls = moto.module("moto.lakeformation.urls")

    def answering(act: Callable[["_Call"], dict[str, Any]]) -> Any:
        return lf_calls.answering(
            act, lambda account, region, wanted, error: _Call(account, region, wanted, error, lf_calls.acting_role())
        )

    response.create_data_cells_filter = answering(_create)
    response.get_data_cells_filter = answering(_get)
    response.list_data_cells_filter = answering(_list)
    response.update_data_cells_filter = answering(_update)
    response.delete_data_cells_filter = answering(_delete)
    for operation in ("Create", "Get", "Update", "Delete"):
        urls.url_paths[f"{{0}}/{operation}DataCellsFilter$"] = urls.response.dispatch


@dataclass(frozen=True)
class _Call:
    """A call; `role` is who makes it, None for an administrator of the account."""

    account: str
    region: str
    wanted: Mapping[str, Any]
    error: Maker
    role: str | None

    @property
    def place(self) -> Place:
        return (self.account, self.region)

    def invalid(self, text: str) -> Exception:
        return self.error("InvalidInputException", text)

    def is_administrator(self, *lists: str) -> bool:
        return self.role is None or lf_settings.is_administrator(*self.place, self.role, *lists)

    def may_grant_select(self, table: Mapping[str, str]) -> bool:
        """Whether the caller may grant SELECT on all of a table of its own account."""
        all_of_it = lf_grants.all_columns({"Table": dict(table)})
        held = lf_grants.covering(self.place, self.role or "", all_of_it)
        return self.is_administrator("DataLakeAdmins") or any("SELECT" in each.grantable for each in held)

    def sees(self, found: Filter) -> bool:
        """Whether the caller may see a filter."""
        if found.owner[0] != self.account:
            return any(_reach(found, each) for each in (self.account, self.role) if each is not None)
        if self.is_administrator("DataLakeAdmins", "ReadOnlyAdmins") or found.by == self.role:
            return True
        on_it = lf_grants.on(self.place, self.role or "", found.resource)
        return on_it is not None or self.may_grant_select(lf_grants.table_of(found.resource) or {})

    def found(self) -> Filter:
        """The filter that is named, if there is one, and the caller may see it."""
        owner, key = self.named(self.wanted)
        found = lf_filters.find(owner, key)
        if found is None:
            raise self.error("EntityNotFoundException", f"Data cells filter not found: {key[2]}")
        if not self.sees(found):
            raise self.error("AccessDeniedException", lf_checks.NOT_AUTHORIZED)
        return found

    def named(self, given: Mapping[str, Any]) -> tuple[Place, Key]:
        for each in _NAMED_BY:
            if not _NAME.fullmatch(str(given.get(each) or "")):
                raise self.invalid(f"{each} must be 1 to 255 characters on a single line, got {given.get(each)!r}")
        database, table = (str(given[each]).lower() for each in ("DatabaseName", "TableName"))
        return (str(given["TableCatalogId"]), self.region), (database, table, str(given["Name"]))


def _reach(found: Filter, principal: str) -> bool:
    """Whether a filter of another account was shared with a principal, and has reached it."""
    held = lf_grants.on(found.owner, principal, found.resource)
    return held is not None and shares.arrived(held.shares)


def _create(call: _Call) -> dict[str, Any]:
    given: Mapping[str, Any] = call.wanted.get("TableData") or {}
    owner, key = call.named(given)
    body = _body(call, given, owner, key)
    if lf_filters.find(owner, key) is not None:
        raise call.error("AlreadyExistsException", f"Data cells filter already exists: {key[2]}")
    lf_filters.keep(owner, key, body, call.role)
    return {}


def _update(call: _Call) -> dict[str, Any]:
    given: Mapping[str, Any] = call.wanted.get("TableData") or {}
    owner, key = call.named(given)
    body = _body(call, given, owner, key)
    known = lf_filters.find(owner, key)
    if known is None:
        raise call.error("EntityNotFoundException", f"Data cells filter not found: {key[2]}")
    if given.get("VersionId") not in {None, known.version}:
        text = f"VersionId must be the latest, {known.version}, got {given['VersionId']}"
        raise call.error("ConcurrentModificationException", text)
    lf_filters.keep(owner, key, body, known.by)
    return {}


def _get(call: _Call) -> dict[str, Any]:
    return {"DataCellsFilter": call.found().entry()}


def _delete(call: _Call) -> dict[str, Any]:
    found = call.found()
    held = lf_grants.on(call.place, call.role or "", found.resource)
    may_drop = held is not None and "DROP" in held.permissions
    if found.owner != call.place or not (call.is_administrator("DataLakeAdmins") or found.by == call.role or may_drop):
        raise call.error("AccessDeniedException", lf_checks.NOT_AUTHORIZED)
    lf_filters.forget(found.owner, found.database, found.table, found.name)
    for grant in lf_grants.forget_filter(found.owner, found.resource):
        shares.leave(grant.shares, lf_grants.key_of(grant.principal, grant.resource))
    return {}


def _list(call: _Call) -> dict[str, Any]:
    """Filters of a table, of a database's tables, or of all; no page says what is listed without a table."""
    table: Mapping[str, Any] = call.wanted.get("Table") or {}
    size = int(call.wanted.get("MaxResults") or _PAGE)
    if not 1 <= size <= _PAGE:
        raise call.invalid(f"MaxResults must be between 1 and {_PAGE}, got {size}")
    owner = (str(table.get("CatalogId") or call.account), call.region)
    names = (str(table[each]).lower() if table.get(each) else None for each in ("DatabaseName", "Name"))
    seen = [each.entry() for each in lf_filters.of(owner, *names) if call.sees(each)]
    start = int(call.wanted.get("NextToken") or 0)
    more = {"NextToken": str(start + size)} if start + size < len(seen) else {}
    return {"DataCellsFilters": seen[start : start + size], **more}


def _body(call: _Call, given: Mapping[str, Any], owner: Place, key: Key) -> dict[str, Any]:
    """Columns and rows of a filter, checked, as they are shown from now on."""
    named = {"CatalogId": owner[0], "DatabaseName": key[0], "Name": key[1]}
    if owner != call.place:
        raise call.error("AccessDeniedException", lf_checks.NOT_AUTHORIZED)
    resource: Resource = {"Table": named}
    if lf_checks.database_of(resource, call.region, call.error).input.get("TargetDatabase"):
        raise call.invalid("A data cells filter must not be on a resource link")
    table: Mapping[str, Any] = lf_checks.table_of(named, call.region, call.error).as_dict()
    if table.get("TargetTable"):
        raise call.invalid("A data cells filter must not be on a resource link")
    if table.get("TableType") == "VIRTUAL_VIEW" or table.get("ViewOriginalText") or table.get("ViewDefinition"):
        raise call.invalid("A data cells filter must not be on a view")
    if not call.may_grant_select(named):
        text = f"Insufficient Lake Formation permission(s): Required SELECT with grant option on {key[1]}"
        raise call.error("AccessDeniedException", text)
    storage: Mapping[str, Any] = table.get("StorageDescriptor") or {}
    keys = _types(table.get("PartitionKeys"))
    columns = lf_rows.Columns({**_types(storage.get("Columns")), **keys}, frozenset(keys))
    return {"RowFilter": _rows(call, given.get("RowFilter") or {}, columns), **_columns(call, given, columns)}


def _rows(call: _Call, given: Mapping[str, Any], columns: lf_rows.Columns) -> dict[str, Any]:
    expression = given.get("FilterExpression")
    if (expression is None) == (given.get("AllRowsWildcard") is None):
        raise call.invalid("RowFilter must have one of FilterExpression and AllRowsWildcard")
    if expression is None:
        return dict(_ALL_ROWS)
    try:
        lf_rows.check(str(expression), columns)
    except lf_rows.ExpressionError as refused:
        raise call.invalid(f"FilterExpression is not valid: {refused}") from refused
    return {"FilterExpression": expression}


def _columns(call: _Call, given: Mapping[str, Any], columns: lf_rows.Columns) -> dict[str, Any]:
    names: list[str] = given.get("ColumnNames") or []
    wildcard: Mapping[str, list[str]] | None = given.get("ColumnWildcard")
    if names and wildcard is not None:
        raise call.invalid(_BOTH_COLUMNS)
    if not names and wildcard is None:
        raise call.invalid("Data cells filter must have column names or a column wildcard")
    listed = [name.lower() for name in names or (wildcard or {}).get("ExcludedColumnNames") or ()]
    known = {name.lower() for name in columns.types}
    for name in listed:
        if "." in name and name.partition(".")[0].strip('"') in known:
            raise call.invalid(f"Nested columns are not known here, got {name}")
        if name not in known:
            raise call.invalid(f"The table has no column {name}")
    if names:
        return {"ColumnNames": listed}
    return {"ColumnWildcard": {"ExcludedColumnNames": listed} if "ExcludedColumnNames" in (wildcard or {}) else {}}


def _types(columns: list[dict[str, str]] | None) -> dict[str, str]:
    return {column["Name"]: column.get("Type", "") for column in columns or ()}
