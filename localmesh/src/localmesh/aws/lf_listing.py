"""Lake Formation's `ListPermissions`: by resource and principal, in pages, and of it what the caller may see.

https://docs.aws.amazon.com/lake-formation/latest/APIReference/API_ListPermissions.html says of it: explicit grants
only; effective permissions where principal and resource are given; filtered by the caller's permissions; no table with
columns as the resource: "call this operation on the table"; data cells filters of a table only if `IncludeRelated` is
TRUE, and then for no principal.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from localmesh.aws import lf_calls, lf_checks, lf_grants, lf_settings
from localmesh.aws.lf_grants import Grant, Place, Resource

_PAGE = 1000
_KINDS = {
    "CATALOG": {"Catalog"},
    "DATABASE": {"Database"},
    "TABLE": {"Table", "TableWithColumns"},
    "DATA_LOCATION": {"DataLocation"},
    "LF_TAG": {"LFTag"},
}
_EVERYTHING = {
    "Database": ["ALL", "ALTER", "CREATE_TABLE", "DESCRIBE", "DROP"],
    "Table": ["ALL", "ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT"],
    "TableWithColumns": ["SELECT"],
    "DataCellsFilter": ["DESCRIBE", "DROP", "SELECT"],
}
"""What a data lake administrator has without a grant; Terraform's provider warns of it under
``aws_lakeformation_permissions``, "If the principal is also a data lake administrator"."""


def listing(account: str, region: str, wanted: Mapping[str, Any], error: Any) -> dict[str, Any]:
    """Answers `ListPermissions`."""
    place = (str(wanted.get("CatalogId") or account), region)
    size = int(wanted.get("MaxResults") or _PAGE)
    if not 1 <= size <= _PAGE:
        raise error("InvalidInputException", f"MaxResults must be between 1 and {_PAGE}, got {size}")
    named: dict[str, str] = wanted.get("Principal") or {}
    principal = named.get("DataLakePrincipalIdentifier")
    if principal and not wanted.get("Resource"):
        raise error("InvalidInputException", "Resource is mandatory if Principal is set in the input.")
    related = str(wanted.get("IncludeRelated") or "").upper() == "TRUE"
    if principal and related:
        text = "Principal must not be set in the input if IncludeRelated is TRUE."
        raise error("InvalidInputException", text)
    kind = wanted.get("ResourceType")
    if kind and kind not in _KINDS:
        raise error("InvalidInputException", f"ResourceType must be one of {', '.join(_KINDS)}, got {kind}")
    found = [
        entry
        for grant in _found(place, principal, wanted.get("Resource"), error, related=related)
        if not kind or next(iter(grant.resource)) in _KINDS[kind]
        if (entry := _seen(place, grant)) is not None
    ]
    start = int(wanted.get("NextToken") or 0)
    more = {"NextToken": str(start + size)} if start + size < len(found) else {}
    return {"PrincipalResourcePermissions": found[start : start + size], **more}


def _found(
    place: Place, principal: str | None, asked: Mapping[str, Any] | None, error: Any, *, related: bool
) -> Iterator[Grant]:
    if not asked:
        yield from lf_grants.of(place).values()
        return
    if asked.get("TableWithColumns"):
        raise error("InvalidInputException", "Resource must not be a table with columns; ask for the table.")
    resource = lf_checks.resource_of(asked, place[0], error)
    if principal:
        yield from _effective(place, principal, resource)
        return
    named = lf_grants.table_of(resource) or {}
    # Filters of all tables are on none that the resource names.
    every = related and named.get("Name") == lf_grants.ALL_TABLES
    for grant in lf_grants.of(place).values() if every else lf_grants.about(place, resource):
        if _same(grant.resource, resource) or (related and _is_filter_of(grant.resource, resource)):
            yield grant


def _effective(place: Place, principal: str, resource: Resource) -> Iterator[Grant]:
    """What a principal may do with a resource: by its own grants, by wider ones, and without any.

    Of a data cells filter AWS tells nothing for a role of another account (issue 48360 of Terraform's AWS provider).
    """
    if "DataCellsFilter" in resource and not principal.isdigit() and lf_checks.outside(principal, place[0]) is not None:
        return
    if lf_settings.is_administrator(*place, principal, "DataLakeAdmins"):
        for where in (resource, *([lf_grants.all_columns(resource)] if "Table" in resource else ())):
            everything = _EVERYTHING.get(next(iter(where)), [])
            yield Grant(principal, where, [*everything], [*everything], by=principal)
        return
    over = lf_grants.wildcard_over(resource)
    described = False
    for grant in lf_grants.of(place).values():
        if grant.principal != principal:
            continue
        if _same(grant.resource, resource) or (over is not None and _same(grant.resource, over)):
            described = True
            yield grant
    # Whoever may do anything with a table may describe its database, inside of one account:
    # https://docs.aws.amazon.com/lake-formation/latest/dg/lf-permissions-reference.html, "DESCRIBE".
    own = lf_checks.outside(principal, place[0]) is None
    if "Database" in resource and own and not described and _has_tables_in(place, principal, resource):
        yield Grant(principal, resource, ["DESCRIBE"], by=principal)


def _has_tables_in(place: Place, principal: str, database: Resource) -> bool:
    name = database["Database"]["Name"]
    return any(
        grant.principal == principal and next(iter(grant.resource.values())).get("DatabaseName") == name
        for grant in lf_grants.of(place).values()
    )


def _same(held: Resource, asked: Resource) -> bool:
    """Whether a grant is on what was asked for; of a table its columns count, too."""
    if held == asked:
        return True
    if "Table" not in asked or "TableWithColumns" not in held:
        return False
    table, columns = asked["Table"], held["TableWithColumns"]
    return all(columns[key] == table[key] for key in ("CatalogId", "DatabaseName", "Name"))


def _is_filter_of(held: Resource, asked: Resource) -> bool:
    """Whether a grant is on a data cells filter of the table, or of a table of the database, that was asked for."""
    table = asked.get("Table")
    if "DataCellsFilter" not in held or table is None:
        return False
    named = lf_grants.table_of(held) or {}
    keys = ("CatalogId", "DatabaseName", *(() if table["Name"] == lf_grants.ALL_TABLES else ("Name",)))
    return all(named[key] == table[key] for key in keys)


def _seen(place: Place, grant: Grant) -> dict[str, Any] | None:
    """A grant as the caller sees it: its own whole, of others' those permissions that it has itself.

    "For example, if you are granted an ALTER permission, you are able to see only the principal permissions for ALTER."
    """
    entry = grant.entry()
    caller = lf_calls.acting_role()
    if caller is None or caller == grant.principal:
        return entry
    if lf_settings.is_administrator(*place, caller, "DataLakeAdmins", "ReadOnlyAdmins"):
        return entry
    own = {each for one in lf_grants.covering(place, caller, grant.resource) for each in one.permissions}
    for listed in ("Permissions", "PermissionsWithGrantOption"):
        entry[listed] = [each for each in entry[listed] if each in own]
    return entry if entry["Permissions"] or entry["PermissionsWithGrantOption"] else None
