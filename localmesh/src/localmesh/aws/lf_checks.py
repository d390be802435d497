"""What Lake Formation refuses to grant: unknown principals, resources that are not there, permissions that do not fit.

The texts are AWS's where public sources quote them; they are named beside each.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from localmesh.aws import lf_calls, lf_filters, lf_grants, lf_settings, lf_tags, moto
from localmesh.aws.lf_grants import Resource
from localmesh.aws.ram import shares

_PRINCIPAL = re.compile(
    r"^(\d{12}|IAM_ALLOWED_PRINCIPALS|EVERYONE"
    r"|arn:[\w-]+:iam::\d{12}:(role|user|group|saml-provider|root)(/.+)?"
    r"|arn:[\w-]+:organizations::\d{12}:(organization|ou)/.+|arn:[\w-]+:(quicksight|identitystore):.*)$"
)
_PERMISSIONS = {
    "Catalog": {"ALL", "CREATE_DATABASE", "CREATE_LF_TAG", "CREATE_LF_TAG_EXPRESSION", "CREATE_CATALOG", "DESCRIBE"},
    "Database": {"ALL", "SUPER", "ALTER", "CREATE_TABLE", "DESCRIBE", "DROP"},
    "Table": {"ALL", "SUPER", "ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"},
    "TableWithColumns": {"SELECT"},
    # https://docs.aws.amazon.com/lake-formation/latest/dg/granting-filter-perms.html
    "DataCellsFilter": {"SELECT", "DESCRIBE", "DROP"},
    "DataLocation": {"DATA_LOCATION_ACCESS"},
    "LFTag": {"ALTER", "ASSOCIATE", "DESCRIBE", "DROP", "GRANT_WITH_LF_TAG_EXPRESSION"},
}
# Quoted in aws/aws-cdk issue 16477 and by people who share with hybrid mode off.
NOT_AUTHORIZED = "Resource does not exist or requester is not authorized to access requested permissions."
_ILLEGAL = "Illegal combination: Permissions for IAMAllowedPrincipals group prevent cross-account sharing."
_FIRST_WITH_HYBRID = 4
"""Version of sharing across accounts."""
_MOST_FILTERS = 100
_CHANGES = {"ALTER", "DROP", "DELETE", "INSERT"}


def principal_of(entry: Mapping[str, Any], error: Any) -> str:
    """Who is to get or lose something."""
    named: dict[str, Any] = entry.get("Principal") or {}
    principal = str(named.get("DataLakePrincipalIdentifier") or "")
    if not _PRINCIPAL.match(principal):
        text = f"Invalid principal, expected an account of 12 digits or an ARN, got {principal!r}"
        raise error("InvalidInputException", text)
    return principal


def resource_of(given: Mapping[str, Any] | None, catalogue: str, error: Any) -> Resource:
    """A resource in normal form.

    Args:
        given: as it was asked for.
        catalogue: whose it is unless it says so.
        error: makes what is raised.
    """
    resource = lf_grants.normal(given or {}, catalogue)
    kind = next(iter(resource))
    if kind not in _PERMISSIONS:
        text = f"Resource must have one of {', '.join(_PERMISSIONS)}, got {kind or 'nothing'}"
        raise error("InvalidInputException", text)
    value: dict[str, Any] = (given or {})[kind]
    if kind == "Table" and (value.get("Name") is None) == (value.get("TableWildcard") is None):
        raise error("InvalidInputException", "Table name and table wildcard cannot both be empty or both be present.")
    if kind == "TableWithColumns" and (not value.get("ColumnNames")) == (value.get("ColumnWildcard") is None):
        text = "Column names and column wildcard cannot both be empty or both be present."
        raise error("InvalidInputException", text)
    if kind == "DataCellsFilter" and not all(value.get(key) for key in ("DatabaseName", "TableName", "Name")):
        text = "A data cells filter is named by TableCatalogId, DatabaseName, TableName and Name."
        raise error("InvalidInputException", text)
    return resource


def check_exists(resource: Resource, region: str, error: Any) -> None:
    """Refuses what is on nothing."""
    kind, value = next(iter(resource.items()))
    if kind == "LFTag" and not lf_tags.is_defined(value["CatalogId"], region, str(value["TagKey"])):
        raise error("EntityNotFoundException", f"Tag or tag value does not exist: {value['TagKey']}")
    if kind not in {"Database", "Table", "TableWithColumns", "DataCellsFilter"}:
        return
    named = lf_grants.table_of(resource)
    if named is None or "TableWildcard" in value:
        database_of(resource, region, error)
        return
    table = table_of(named, region, error)
    if kind == "DataCellsFilter" and lf_filters.named_by(resource, region) is None:
        raise error("EntityNotFoundException", f"Data cells filter not found: {value['Name']}")
    strangers = set(_columns_named(value)) - set(_columns_of(table))
    if strangers:
        # The text that Terraform's provider takes for "nothing to revoke".
        text = f"cannot grant/revoke permission on non-existent column {', '.join(sorted(strangers))}"
        raise error("InvalidInputException", text)


def database_of(resource: Resource, region: str, error: Any) -> Any:
    """The database that a resource is, or is in."""
    kind, value = next(iter(resource.items()))
    name = value["Name"] if kind == "Database" else value.get("DatabaseName")
    database = moto.backend("glue", lf_grants.catalogue_of(resource) or "", region).databases.get(name)
    if database is None:
        raise error("EntityNotFoundException", f"Database not found: {name}")
    return database


def table_of(named: Mapping[str, str], region: str, error: Any) -> Any:
    """A table, by catalogue, database and name."""
    table = database_of({"Table": named}, region, error).tables.get(named["Name"])
    if table is None:
        raise error("EntityNotFoundException", f"Table not found: {named['DatabaseName']}.{named['Name']}")
    return table


def check_permissions(resource: Resource, permissions: Sequence[str], grantable: Sequence[str], error: Any) -> None:
    """Refuses permissions that the kind of resource does not have.

    Columns that are left out cannot be granted on
    (https://docs.aws.amazon.com/lake-formation/latest/dg/data-filters-about.html: "include columns").
    """
    kind, value = next(iter(resource.items()))
    wanted = [*permissions, *grantable]
    if not wanted or not set(wanted) <= _PERMISSIONS[kind] or (grantable and _excluded(value)):
        text = f"Permissions modification is invalid. ({', '.join(wanted)} on {kind})"
        raise error("InvalidInputException", text)


def check_columns(resource: Resource, place: lf_grants.Place, grant: lf_grants.Grant, error: Any) -> None:
    """Refuses to let somebody change or drop a table of which some columns only are to be seen.

    https://docs.aws.amazon.com/lake-formation/latest/dg/data-filtering-notes.html; the text is the mesh's own.
    """
    some = [
        each
        for each in lf_grants.within(place, grant.principal, resource)
        if "TableWithColumns" in each.resource and _columns_named(each.resource["TableWithColumns"])
    ]
    refused = _CHANGES & {*grant.permissions, *grant.grantable}
    if some and refused:
        text = f"{', '.join(sorted(refused))}, while the principal has SELECT on some columns"
        raise error("InvalidInputException", f"Permissions modification is invalid. ({text})")


def check_filter_grant(resource: Resource, place: lf_grants.Place, grant: lf_grants.Grant, error: Any) -> None:
    """Refuses what cannot be granted on a data cells filter.

    Another account gets SELECT only, and the option to grant it with it (granting-filter-perms.html of the guide). A
    principal has SELECT on at most 100 filters of a table (row-filtering-intro.html). That page's 10 filters in one
    grant cannot be exceeded: a grant of the API names one.
    """
    if "DataCellsFilter" not in resource:
        return
    if outside(grant.principal, place[0]) is not None:
        wanted = [*grant.permissions, *grant.grantable]
        lacking = grant.principal.isdigit() and not grant.grantable
        if set(wanted) != {"SELECT"} or not grant.permissions or lacking:
            text = "Another account gets SELECT on a data cells filter, with grant option"
            raise error("InvalidInputException", f"Permissions modification is invalid. ({text})")
    if "SELECT" in grant.permissions:
        held = [
            each.resource
            for each in lf_grants.parts_of(place, grant.principal, resource)
            if "DataCellsFilter" in each.resource and "SELECT" in each.permissions
        ]
        if resource not in held and len(held) >= _MOST_FILTERS:
            text = f"A principal must not have SELECT on more than {_MOST_FILTERS} data cells filters of a table"
            raise error("InvalidInputException", text)


def outside(principal: str, account: str) -> str | None:
    """The other account that a principal is, or is in; None for this account's own and for all that is no account's."""
    match = re.match(r"^(?:arn:[\w-]+:iam::)?(\d{12})(?::|$)", principal)
    return match[1] if match is not None and match[1] != account else None


def check_not_open_to_iam(resource: Resource, region: str, error: Any) -> None:
    """Refuses to share with another account what everybody reaches by IAM alone.

    https://docs.aws.amazon.com/lake-formation/latest/dg/cross-account-prereqs.html: IAMAllowedPrincipals must be
    revoked on the resource; https://docs.aws.amazon.com/lake-formation/latest/dg/hybrid-access-prerequisites.html: from
    cross-account version 4 on it may stay where the data's location is registered in hybrid access mode.
    """
    account = lf_grants.catalogue_of(resource) or ""
    place = (account, region)
    for each, location in _opened(resource, region):
        if lf_grants.on(place, lf_grants.ANYBODY_BY_IAM, each) is None:
            continue
        version = lf_settings.cross_account_version(account, region)
        if version < _FIRST_WITH_HYBRID or not is_hybrid(account, region, location):
            raise error("InvalidInputException", _ILLEGAL)


def check_may_hand_on(
    resource: Resource, place: lf_grants.Place, principal: str, permissions: Sequence[str], error: Any
) -> None:
    """Refuses what an account would hand on of another one's: without the option to grant it, or to a third account.

    https://docs.aws.amazon.com/lake-formation/latest/dg/cross-account-permissions.html: a data lake administrator of
    the receiving account grants what was shared with it with grant option, in that account.
    """
    account, region = place
    owner = lf_grants.catalogue_of(resource) or account
    if owner == account:
        return
    may = handed_to((owner, region), account, resource) & _own_to_hand_on(place, resource, permissions)
    if outside(principal, account) is not None or not set(permissions) <= may:
        raise error("AccessDeniedException", NOT_AUTHORIZED)


def _own_to_hand_on(place: lf_grants.Place, resource: Resource, permissions: Sequence[str]) -> set[str]:
    """What the caller may hand on of what its account may: an administrator all, others what they got to hand on."""
    role = lf_calls.acting_role()
    if role is None or lf_settings.is_administrator(*place, role, "DataLakeAdmins"):
        return set(permissions)
    held = (*lf_grants.covering(place, role, resource), *lf_grants.within(place, role, resource))
    return {each for grant in held for each in grant.grantable}


def handed_to(place: lf_grants.Place, account: str, resource: Resource) -> set[str]:
    """What an account may hand on of another one's resource: what was granted to it, and has reached it.

    Who was granted some columns of a table may hand on all of it; nobody sees more for that
    (https://docs.aws.amazon.com/lake-formation/latest/dg/data-filtering-notes.html). That this holds for some rows,
    too, is not written.
    """
    held = (*lf_grants.covering(place, account, resource), *lf_grants.within(place, account, resource))
    return {each for grant in held if shares.arrived(grant.shares) for each in grant.grantable}


def registration(account: str, region: str, location: str) -> Any | None:
    """The registration that an S3 location lies under, the nearest one; None if it is not registered."""
    path = re.sub(r"^s3[an]?://", f"arn:{moto.PARTITION}:s3:::", location)
    registered = moto.backend("lakeformation", account, region).resources
    found = [arn for arn in list(registered) if path == arn or path.startswith(f"{arn.rstrip('/')}/")]
    return registered[max(found, key=len)] if found else None


def is_hybrid(account: str, region: str, location: str) -> bool:
    """Whether an S3 location is registered in hybrid access mode."""
    return bool(getattr(registration(account, region, location), "hybrid", False))


def _opened(resource: Resource, region: str) -> Iterator[tuple[Resource, str]]:
    """What a grant reaches that may be open to IAM: the thing itself; of all tables, each. With where the data is."""
    named = lf_grants.table_of(resource)
    if named is None and "Database" not in resource:
        return
    database = database_of(resource, region, LookupError)
    if named is None:
        yield resource, str(database.input.get("LocationUri") or "")
        return
    for name in [named["Name"]] if named["Name"] != lf_grants.ALL_TABLES else list(database.tables):
        storage: dict[str, Any] = database.tables[name].as_dict().get("StorageDescriptor") or {}
        yield {"Table": {**named, "Name": name}}, str(storage.get("Location") or "")


def _columns_named(value: Mapping[str, Any]) -> list[str]:
    named: list[str] = value.get("ColumnNames") or []
    return [name.lower() for name in (*named, *_excluded(value))]


def _excluded(value: Mapping[str, Any]) -> list[str]:
    wildcard: dict[str, list[str]] = value.get("ColumnWildcard") or {}
    return wildcard.get("ExcludedColumnNames") or []


def _columns_of(table: Any) -> Iterator[str]:
    described: dict[str, Any] = table.as_dict()
    storage: dict[str, Any] = described.get("StorageDescriptor") or {}
    for column in (*(storage.get("Columns") or ()), *(described.get("PartitionKeys") or ())):
        yield str(column["Name"]).lower()
