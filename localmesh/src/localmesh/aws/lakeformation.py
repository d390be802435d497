"""Lake Formation's permissions: checked before they are granted, merged and revoked properly.

moto grants anything to anybody, drops the grant option of batches, never fails one entry, and stumbles over a revoke
that follows two grants.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from localmesh.aws import calls, moto
from localmesh.aws.faults import Faults

_BATCH = 20
_PAGE = 1000
_PRINCIPAL = re.compile(
    r"^(\d{12}|IAM_ALLOWED_PRINCIPALS|EVERYONE"
    r"|arn:[\w-]+:iam::\d{12}:(role|user|group|saml-provider|root)(/.+)?"
    r"|arn:[\w-]+:organizations::\d{12}:(organization|ou)/.+|arn:[\w-]+:(quicksight|identitystore):.*)$"
)
_PERMISSIONS = {
    "Catalog": {"ALL", "CREATE_DATABASE", "CREATE_LF_TAG", "CREATE_LF_TAG_EXPRESSION", "CREATE_CATALOG", "DESCRIBE"},
    "Database": {"ALL", "SUPER", "ALTER", "CREATE_TABLE", "DESCRIBE", "DROP"},
    "Table": {"ALL", "SUPER", "ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT", "SELECT"},
    "TableWithColumns": {"SELECT", "DESCRIBE"},
    "DataLocation": {"DATA_LOCATION_ACCESS"},
}


Act = Callable[[str, str, Mapping[str, Any], Any], None]
"""Grants or revokes: takes account, region, entry and the error to raise."""


@dataclass
class Grant:
    """What a principal may do with a resource; both lists keep the order in which they were granted."""

    principal: dict[str, str]
    resource: dict[str, Any]
    permissions: list[str] = field(default_factory=list[str])
    grantable: list[str] = field(default_factory=list[str])

    def entry(self) -> dict[str, Any]:
        """As `ListPermissions` shows it."""
        return {
            "Principal": self.principal,
            "Resource": self.resource,
            "Permissions": self.permissions,
            "PermissionsWithGrantOption": self.grantable,
        }


_grants: dict[tuple[str, str], dict[str, Grant]] = {}
"""By account and region, then by principal and resource."""


def forget(account: str, region: str, database: str, table: str | None = None) -> None:
    """Permissions go with the table or database that they are on."""
    held = _grants.get((account, region), {})
    for key, grant in list(held.items()):
        kind = next(iter(grant.resource))
        on = grant.resource[kind]
        in_database = on.get("DatabaseName") == database or (kind == "Database" and on.get("Name") == database)
        if in_database and (table is None or on.get("Name") == table):
            del held[key]


def is_registered(account: str, region: str, location: str) -> bool:
    """Whether an S3 location lies under one that is registered with Lake Formation."""
    path = re.sub(r"^s3[an]?://", f"arn:{moto.PARTITION}:s3:::", location)
    resources = moto.backend("lakeformation", account, region).resources
    return any(path == arn or path.startswith(f"{arn.rstrip('/')}/") for arn in list(resources))


def install(faults: Faults) -> None:
    """Corrects moto.

    Args:
        faults: asked for every entry of a batch.
    """
    response = moto.module("moto.lakeformation.responses").LakeFormationResponse
    error = moto.module("moto.lakeformation.exceptions").JsonRESTError

    def one(act: Act) -> Any:
        def method(self: Any) -> str:
            act(self.current_account, self.region, json.loads(self.body), error)
            return "{}"

        return method

    def batch(act: Act) -> Any:
        def method(self: Any) -> str:
            entries: list[dict[str, Any]] = json.loads(self.body).get("Entries") or []
            if not 1 <= len(entries) <= _BATCH:
                raise error("InvalidInputException", f"Entries must be 1 to {_BATCH}, got {len(entries)}")
            failures: list[dict[str, Any]] = []
            for entry in entries:
                fault = faults.take_entry(calls.current.get(), json.dumps(entry))
                if fault is not None:
                    failures.append(_failure(entry, fault.code or "InternalServiceException", fault.message))
                    continue
                try:
                    act(self.current_account, self.region, entry, error)
                except error as refused:
                    failures.append(_failure(entry, refused.error_type, refused.message))
            return json.dumps({"Failures": failures})

        return method

    def list_permissions(self: Any) -> str:
        return json.dumps(_list(self.current_account, self.region, json.loads(self.body or "{}"), error))

    def get_settings(self: Any) -> str:
        settings: dict[str, Any] = dict(self.lakeformation_backend.get_data_lake_settings(self.current_account))
        # A new account has version 5 today; moto knows of no versions.
        settings["Parameters"] = {"CROSS_ACCOUNT_VERSION": "5", **settings.get("Parameters", {})}
        return json.dumps({"DataLakeSettings": settings})

    response.grant_permissions = one(_grant)
    response.revoke_permissions = one(_revoke)
    response.batch_grant_permissions = batch(_grant)
    response.batch_revoke_permissions = batch(_revoke)
    response.list_permissions = list_permissions
    response.get_data_lake_settings = get_settings


def _grant(account: str, region: str, entry: Mapping[str, Any], error: Any) -> None:
    resource = _checked(account, region, entry, error)
    permissions = list(entry.get("Permissions") or [])
    grantable = list(entry.get("PermissionsWithGrantOption") or [])
    principal = dict(entry["Principal"])
    _check_permissions(resource, [*permissions, *grantable], error)
    held = _grants.setdefault((account, region), {})
    known = held.setdefault(_key(principal, resource), Grant(principal, resource))
    known.permissions += [each for each in permissions if each not in known.permissions]
    known.grantable += [each for each in grantable if each not in known.grantable]


def _revoke(account: str, region: str, entry: Mapping[str, Any], error: Any) -> None:
    resource = normal(entry.get("Resource") or {}, account)
    held = _grants.get((account, region), {})
    key = _key(entry.get("Principal") or {}, resource)
    known = held.get(key)
    permissions = list(entry.get("Permissions") or [])
    grantable = list(entry.get("PermissionsWithGrantOption") or [])
    if known is None or not set(permissions) <= set(known.permissions):
        text = f"No permissions revoked. Grantee does not have: {', '.join(permissions)}"
        raise error("InvalidInputException", text)
    # Without the permission there is no option to grant it either.
    known.grantable = [each for each in known.grantable if each not in {*grantable, *permissions}]
    known.permissions = [each for each in known.permissions if each not in permissions]
    if not known.permissions and not known.grantable:
        del held[key]


def _list(account: str, region: str, wanted: Mapping[str, Any], error: Any) -> dict[str, Any]:
    found = [grant.entry() for grant in _grants.get((account, region), {}).values()]
    if wanted.get("Principal"):
        if not wanted.get("Resource"):
            raise error("InvalidInputException", "Resource is mandatory if Principal is set in the input.")
        found = [entry for entry in found if entry["Principal"] == wanted["Principal"]]
    if wanted.get("Resource"):
        resource = normal(wanted["Resource"], account)
        found = [entry for entry in found if entry["Resource"] == resource]
    if wanted.get("ResourceType"):
        kinds = {"TABLE": {"Table", "TableWithColumns"}, "DATA_LOCATION": {"DataLocation"}}
        kind = kinds.get(wanted["ResourceType"], {str(wanted["ResourceType"]).capitalize()})
        found = [entry for entry in found if kind & set(entry["Resource"])]
    start = int(wanted.get("NextToken") or 0)
    end = start + min(int(wanted.get("MaxResults") or _PAGE), _PAGE)
    more = {"NextToken": str(end)} if end < len(found) else {}
    return {"PrincipalResourcePermissions": found[start:end], **more}


def normal(resource: Mapping[str, Any], account: str) -> dict[str, Any]:
    """A resource as AWS shows it: the catalogue is always named, names are lower case."""
    for kind, value in resource.items():
        if value is None:
            continue
        named: dict[str, Any] = {
            key: each.lower() if key in {"Name", "DatabaseName"} and isinstance(each, str) else each
            for key, each in cast("dict[str, Any]", value).items()
        }
        if kind in {"Database", "Table", "TableWithColumns", "DataLocation"}:
            named = {"CatalogId": account, **named}
        return {kind: named}
    return {"": {}}


def _checked(account: str, region: str, entry: Mapping[str, Any], error: Any) -> dict[str, Any]:
    given: dict[str, str] = entry.get("Principal") or {}
    principal = str(given.get("DataLakePrincipalIdentifier") or "")
    if not _PRINCIPAL.match(principal):
        raise error(
            "InvalidInputException", f"Invalid principal, expected an account of 12 digits or an ARN, got {principal!r}"
        )
    resource = normal(entry.get("Resource") or {}, account)
    kind, value = next(iter(resource.items()))
    if kind not in _PERMISSIONS:
        text = f"Resource must have one of {', '.join(_PERMISSIONS)}, got {kind or 'nothing'}"
        raise error("InvalidInputException", text)
    if kind in {"Table", "TableWithColumns"} and ("Name" in value) == ("TableWildcard" in value):
        raise error("InvalidInputException", "Table name and table wildcard cannot both be empty or both be present.")
    _check_exists(region, kind, value, error)
    return resource


def _check_exists(region: str, kind: str, value: Mapping[str, Any], error: Any) -> None:
    if kind not in {"Database", "Table", "TableWithColumns"}:
        return
    databases = moto.backend("glue", value["CatalogId"], region).databases
    name = value["Name"] if kind == "Database" else value.get("DatabaseName")
    database = databases.get(name)
    if database is None:
        raise error("EntityNotFoundException", f"Database not found: {name}")
    if kind != "Database" and "Name" in value and value["Name"] not in database.tables:
        raise error("EntityNotFoundException", f"Table not found: {name}.{value['Name']}")


def _check_permissions(resource: Mapping[str, Any], permissions: Sequence[str], error: Any) -> None:
    kind = next(iter(resource))
    if not permissions or not set(permissions) <= _PERMISSIONS[kind]:
        raise error(
            "InvalidInputException", f"Permissions modification is invalid. ({', '.join(permissions)} on {kind})"
        )


def _key(principal: Mapping[str, Any], resource: Mapping[str, Any]) -> str:
    return json.dumps([principal, resource], sort_keys=True)


def _failure(entry: Mapping[str, Any], code: str, message: str) -> dict[str, Any]:
    return {"RequestEntry": entry, "Error": {"ErrorCode": code, "ErrorMessage": message}}
