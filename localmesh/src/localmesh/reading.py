"""Who can read what: the cells of which tables a principal reaches, from Lake Formation's state alone.

An oracle for tests: it judges what a program has granted, so it shares no code with the mesh's Lake Formation and reads
its state as any administrator does, over the API. Each rule names the page that it follows; `test_reading.py` has cases
for each. A grant by LF-Tags or on nested columns is refused as unknown, never passed over. Row filters stay text;
`visible` tells what they let through of sample rows.

https://docs.aws.amazon.com/lake-formation/latest/dg/ is left out of the pages' names below.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from typing import Any

from localmesh import cells
from localmesh.cells import Cells

EVERYBODY_BY_IAM = "IAM_ALLOWED_PRINCIPALS"
_READS = frozenset({"SELECT", "ALL", "SUPER"})
_NOT_DATA = frozenset({"Catalog", "Database", "DataLocation", "LFTag"})
_ALL_TABLES = "ALL_TABLES"

Entry = Mapping[str, Any]
"""A grant, as `ListPermissions` gives it."""


class UnknownGrantError(Exception):
    """A grant of a kind that this evaluator does not know: whatever it said would be a guess."""


@dataclass(frozen=True)
class Table:
    """A table of an account's catalogue: `columns` and partition `keys` in lower case, and where its data lies."""

    database: str
    name: str
    columns: frozenset[str]
    keys: frozenset[str] = frozenset()
    location: str = ""


@dataclass(frozen=True)
class Lake:
    """What an account's Lake Formation and catalogue hold.

    Attributes:
        account: 12 digits.
        tables: of its own catalogue.
        grants: that were made in this account, also those that hand on what is another account's.
        locations: the ARNs that are registered, and whether in hybrid access mode.
        opted_in: in hybrid access mode: principals with the tables, as ``database.table``, that they opted in for.
        unaccepted: the ARNs of resource shares that this account was invited to, and has not accepted.
        filters: the data cells filters on its tables, as `ListDataCellsFilter` gives them.
    """

    account: str
    tables: Sequence[Table] = ()
    grants: Sequence[Entry] = ()
    locations: Mapping[str, bool] = field(default_factory=dict[str, bool])
    opted_in: AbstractSet[tuple[str, str]] = frozenset()
    unaccepted: AbstractSet[str] = frozenset()
    filters: Sequence[Entry] = ()


@dataclass(frozen=True)
class Reading:
    """What of a table can be read.

    Attributes:
        columns: their names, those of partition keys, too.
        if_iam: only if IAM's and the bucket's policies let the principal at the data: Lake Formation does not guard it.
        rows: of columns that can be read in some rows only, the row filters, any one of which lets a row through.
    """

    columns: frozenset[str]
    if_iam: bool = False
    rows: Mapping[str, frozenset[str]] = field(default_factory=dict[str, frozenset[str]])

    def visible(self, rows: Sequence[cells.Row]) -> list[cells.Row]:
        """What of sample rows can be read, see `localmesh.cells.visible`."""
        return list(cells.visible(self.rows, self.columns, rows))


def readable(owner: Lake, principal: str, own: Lake | None = None) -> dict[str, Reading]:
    """What a principal can read of an account's tables, by ``database.table``.

    Args:
        owner: the lake with the tables.
        principal: a role's or user's ARN; or an account, for what its data lake administrator can give to its people.
        own: the principal's own lake, where it is another one; without it, nothing is handed on there.

    Raises:
        UnknownGrantError: it has a grant of which this does not know what it opens.
    """
    account = _account_of(principal)
    concerned = {principal, account, f"{account}:IAMPrincipals", EVERYBODY_BY_IAM}
    owner = replace(owner, grants=[each for each in owner.grants if _principal(each) in concerned])
    found = {
        f"{table.database}.{table.name}": _reading(lake, table, principal, own)
        for lake, table in _table_by_table(owner)
    }
    return {name: reading for name, reading in found.items() if reading is not None}


def _table_by_table(owner: Lake) -> Iterator[tuple[Lake, Table]]:
    """Each table, in a lake of just what can be about it: there may be ten thousand, each with a grant of its own."""
    of = {(table.database, table.name): table for table in owner.tables}
    grants: defaultdict[tuple[str, str] | None, list[Entry]] = defaultdict(list)
    filters: defaultdict[tuple[str, str], list[Entry]] = defaultdict(list)
    for entry in owner.grants:
        value = next(iter(entry["Resource"].values()))
        named = (value.get("DatabaseName"), value.get("TableName") or value.get("Name"))
        # What names none of them may be about all.
        grants[named if named in of else None].append(entry)
    for each in owner.filters:
        filters[each["DatabaseName"], each["TableName"]].append(each)
    for named, table in of.items():
        yield replace(owner, grants=[*grants[None], *grants[named]], filters=filters[named]), table


def _reading(owner: Lake, table: Table, principal: str, own: Lake | None) -> Reading | None:
    name = f"{table.database}.{table.name}"
    hybrid = _hybrid(owner, table.location)
    opted_in = (principal, name) in owner.opted_in or (own is not None and (principal, name) in own.opted_in)
    everybody = bool(_cells(owner, owner, table, {EVERYBODY_BY_IAM}))
    account = _account_of(principal)
    if account == owner.account:
        found = _cells(owner, owner, table, {principal, f"{account}:IAMPrincipals"})
    else:
        found = _shared(owner, table, principal, own)
    # hybrid-access-workflow: with IAMAllowedPrincipals on a table, Lake Formation is asked only for who opted in.
    if everybody and not opted_in and (account == owner.account or (hybrid and found)):
        return Reading(table.columns | table.keys, if_iam=True)
    if not found:
        return None
    # data-filtering-notes: partition keys cannot be filtered. They are read in each row that anything is read in.
    in_any = cells.least(each for some in found.values() for each in some)
    found = cells.either(found, dict.fromkeys(table.keys, in_any))
    # access-control-underlying-data: Lake Formation guards what lies in a registered location, and nothing else.
    return Reading(
        frozenset(found),
        if_iam=hybrid is None,
        rows={
            column: frozenset(cells.text(each) for each in some)
            for column, some in found.items()
            if cells.ALL_ROWS not in some
        },
    )


def _shared(owner: Lake, table: Table, principal: str, own: Lake | None) -> Cells:
    account = _account_of(principal)
    # cross-account-read-data: the share must be accepted; the administrator must grant the permission on.
    unaccepted = own.unaccepted if own is not None else frozenset[str]()
    if principal == account:
        return _cells(owner, owner, table, {account}, unaccepted)
    direct = _cells(owner, owner, table, {principal}, unaccepted)
    if own is None:
        return direct
    # data-filtering-notes: whoever is granted more there sees no more than the account was granted.
    to_hand_on = _cells(owner, owner, table, {account}, unaccepted, listed="PermissionsWithGrantOption")
    handed_on = _cells(own, owner, table, {principal, f"{account}:IAMPrincipals"})
    return cells.either(direct, cells.both(to_hand_on, handed_on))


def _cells(
    lake: Lake,
    owner: Lake,
    table: Table,
    principals: AbstractSet[str],
    unaccepted: AbstractSet[str] = frozenset(),
    *,
    listed: str = "Permissions",
) -> Cells:
    """What a lake's grants to these principals add up to, on a table of its own or of another `owner`.

    data-filtering-overview: cell-level security opens other columns in other rows. No page that was found says in so
    many words that filters of one principal add up; query engines are told the row filters of each column
    (https://docs.aws.amazon.com/glue/latest/webapi/API_GetUnfilteredTableMetadata.html, `CellFilters`).
    """
    found: list[Cells] = []
    for entry in lake.grants:
        if _principal(entry) not in principals:
            continue
        details: Entry = entry.get("AdditionalDetails") or {}
        shares: Sequence[str] = details.get("ResourceShare") or ()
        if shares and set(shares) <= unaccepted:
            continue
        # lf-permissions-reference: SELECT lets read, and so does Super; DESCRIBE, and what is on a database, does not.
        if _READS & set(entry[listed]):
            found.append(_opened(entry["Resource"], table, lake.account, owner))
    return cells.either(*found)


def _opened(resource: Mapping[str, Any], table: Table, account: str, owner: Lake) -> Cells:
    kind, value = next(iter(resource.items()))
    if kind in _NOT_DATA:
        return {}
    if kind == "DataCellsFilter":
        if (value["TableCatalogId"], value["DatabaseName"], value["TableName"]) != _named(owner, table):
            return {}
        return _filtered(value["Name"], table, owner)
    if kind not in {"Table", "TableWithColumns"}:
        raise UnknownGrantError(f"a grant on {kind} is not known here")
    everything = "TableWildcard" in value or value.get("Name") == _ALL_TABLES
    name = table.name if everything else value["Name"]
    if (value.get("CatalogId", account), value["DatabaseName"], name) != _named(owner, table):
        return {}
    return cells.opened(table.columns | table.keys if kind == "Table" else _columns(value, table))


def _filtered(name: str, table: Table, owner: Lake) -> Cells:
    for each in owner.filters:
        if (each["DatabaseName"], each["TableName"], each["Name"]) == (table.database, table.name, name):
            # data-filters-about: all rows are a wildcard; as an expression AWS shows TRUE beside it.
            rows: Entry = each["RowFilter"]
            expressions = cells.ALL_ROWS if "AllRowsWildcard" in rows else frozenset({str(rows["FilterExpression"])})
            return cells.opened(_columns(each, table), expressions)
    raise UnknownGrantError(f"the data cells filter {name} of {table.database}.{table.name} is not there")


def _columns(given: Entry, table: Table) -> frozenset[str]:
    """The columns that a grant or a filter lists, or does not leave out."""
    every = table.columns | table.keys
    wildcard: Entry = given.get("ColumnWildcard") or {}
    listed: Sequence[str] = given.get("ColumnNames") or wildcard.get("ExcludedColumnNames") or ()
    names = {name.lower() for name in listed}
    if nested := {name for name in names - every if name.partition(".")[0].strip('"') in every and "." in name}:
        raise UnknownGrantError(f"nested columns are not known here: {', '.join(sorted(nested))}")
    return every & names if given.get("ColumnNames") else every - names


def _named(owner: Lake, table: Table) -> tuple[str, str, str]:
    return (owner.account, table.database, table.name)


def _hybrid(lake: Lake, location: str) -> bool | None:
    """Whether the location that holds the data is registered in hybrid mode; None: it is not registered."""
    path = re.sub(r"^s3[an]?://", "", location)
    held = [
        hybrid
        for arn, hybrid in lake.locations.items()
        if f"{path}/".startswith(f"{arn.partition(':::')[2].rstrip('/')}/")
    ]
    # No page says which of several counts that hold each other: that which lets more be read.
    return any(held) if held else None


def _principal(entry: Entry) -> str:
    return str(entry["Principal"]["DataLakePrincipalIdentifier"])


def _account_of(principal: str) -> str:
    return principal.split(":")[4] if principal.startswith("arn:") else principal


def lake_of(glue: Any, lake_formation: Any, account: str) -> Lake:
    """Reads an account's lake with clients of an administrator who sees all of it, without opt-ins and invitations."""
    pages = glue.get_paginator("get_databases").paginate()
    databases = [each["Name"] for page in pages for each in page["DatabaseList"]]
    return Lake(
        account,
        tuple(each for name in databases for each in _tables(glue, name)),
        tuple(_all(lake_formation.list_permissions, "PrincipalResourcePermissions")),
        {
            each["ResourceArn"]: bool(each.get("HybridAccessEnabled"))
            for each in _all(lake_formation.list_resources, "ResourceInfoList")
        },
        filters=tuple(_all(lake_formation.list_data_cells_filter, "DataCellsFilters")),
    )


def _tables(glue: Any, database: str) -> Iterator[Table]:
    for page in glue.get_paginator("get_tables").paginate(DatabaseName=database):
        for entry in page["TableList"]:
            storage: Entry = entry.get("StorageDescriptor") or {}
            yield Table(
                database,
                entry["Name"],
                frozenset(each["Name"].lower() for each in storage.get("Columns") or ()),
                frozenset(each["Name"].lower() for each in entry.get("PartitionKeys") or ()),
                storage.get("Location") or "",
            )


def _all(call: Any, name: str) -> Iterator[Any]:
    more: dict[str, str] = {}
    while True:
        page = call(**more)
        yield from page[name]
        if not page.get("NextToken"):
            return
        more = {"NextToken": page["NextToken"]}
