"""Lake Formation's permissions: checked before they are granted, merged, revoked, and gone with what they are on.

moto grants anything to anybody, drops the grant option of batches, never fails one entry, and stumbles over a revoke
that follows two grants. What `ListPermissions` shows is in `lf_listing`, what is refused in `lf_checks`.
"""

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from localmesh.aws import (
    calls,
    lf_checks,
    lf_filter_api,
    lf_filters,
    lf_grants,
    lf_listing,
    lf_settings,
    lf_tags,
    moto,
    principals,
)
from localmesh.aws.faults import Faults
from localmesh.aws.lf_grants import Grant, Place, Resource
from localmesh.aws.ram import shares

_BATCH = 20
_SHARED_BY_RAM = frozenset({"Database", "Table", "TableWithColumns", "DataCellsFilter"})
# The text that people quote: tokern/lakecli issue 10, aws-samples/aws-glue-samples pull request 78.
_NOTHING_THERE = "No permissions revoked. Grantee has no permissions and no grantable permissions on resource."

Act = Callable[[str, str, Mapping[str, Any], Any], None]
"""Grants or revokes: takes account, region, entry and the error to raise."""


def is_registered(account: str, region: str, location: str) -> bool:
    """Whether an S3 location lies under one that is registered with Lake Formation."""
    return lf_checks.registration(account, region, location) is not None


def created(account: str, region: str, database: str, table: str | None = None) -> None:
    """A new database or table is open to whom the data lake settings, or its database, say.

    https://docs.aws.amazon.com/lake-formation/latest/dg/change-settings.html
    """
    settings: dict[str, Any] = moto.backend("lakeformation", account, region).get_data_lake_settings(account)
    held = moto.backend("glue", account, region).databases[database]
    if table is None:
        held.input.setdefault("CreateTableDefaultPermissions", settings.get("CreateTableDefaultPermissions") or [])
        opened: Sequence[Mapping[str, Any]] = settings.get("CreateDatabaseDefaultPermissions") or []
        resource: Resource = {"Database": {"CatalogId": account, "Name": database}}
    else:
        opened = held.input.get("CreateTableDefaultPermissions") or []
        resource = {"Table": {"CatalogId": account, "DatabaseName": database, "Name": table}}
    for each in opened:
        principal = str(each["Principal"]["DataLakePrincipalIdentifier"])
        _add((account, region), Grant(principal, resource, list(each["Permissions"])))


def deleted(account: str, region: str, database: str, table: str | None = None) -> None:
    """Permissions and data cells filters go with the table or database that they are on."""
    lf_filters.forget((account, region), database, table)
    for grant in lf_grants.forget((account, region), database, table):
        shares.leave(grant.shares, lf_grants.key_of(grant.principal, grant.resource))


def install(faults: Faults) -> None:
    """Corrects moto.

    Args:
        faults: asked for every entry of a batch.
    """
    models = moto.module("moto.lakeformation.models")
    response = moto.module("moto.lakeformation.responses").LakeFormationResponse
    error = moto.module("moto.lakeformation.exceptions").JsonRESTError

    def one(act: Act) -> Any:
        def method(self: Any) -> str:
            act(self.current_account, self.region, json.loads(self.body), error)
            return "{}"

        return method

    def batch(act: Act) -> Any:
        def method(self: Any) -> str:
            request: dict[str, Any] = json.loads(self.body)
            entries: list[dict[str, Any]] = request.get("Entries") or []
            catalogue = {"CatalogId": request["CatalogId"]} if request.get("CatalogId") else {}
            if not 1 <= len(entries) <= _BATCH:
                raise error("InvalidInputException", f"Entries must be 1 to {_BATCH}, got {len(entries)}")
            failures: list[dict[str, Any]] = []
            for entry in entries:
                fault = faults.take_entry(calls.current.get(), json.dumps(entry))
                if fault is not None:
                    failures.append(_failure(entry, fault.code or "InternalServiceException", fault.message))
                    continue
                try:
                    act(self.current_account, self.region, {**catalogue, **entry}, error)
                except error as refused:
                    failures.append(_failure(entry, refused.error_type, refused.message))
            return json.dumps({"Failures": failures})

        return method

    def list_permissions(self: Any) -> str:
        return json.dumps(lf_listing.listing(self.current_account, self.region, json.loads(self.body or "{}"), error))

    def get_settings(self: Any) -> str:
        settings: dict[str, Any] = dict(self.lakeformation_backend.get_data_lake_settings(self.current_account))
        # A new account has version 5 today; moto knows of no versions.
        settings["Parameters"] = {"CROSS_ACCOUNT_VERSION": "5", **settings.get("Parameters", {})}
        return json.dumps({"DataLakeSettings": settings})

    @moto.correct(response, "register_resource")
    def _register(original: Any, self: Any) -> Any:
        answer = original(self)
        request: dict[str, Any] = json.loads(self.body)
        found = self.lakeformation_backend.resources[request["ResourceArn"]]
        found.hybrid = bool(request.get("HybridAccessEnabled"))
        return answer

    @moto.correct(models.Resource, "to_dict")
    def _described(original: Any, self: Any) -> Any:
        return {**original(self), "HybridAccessEnabled": getattr(self, "hybrid", False)}

    @moto.correct(models, "default_settings")
    def _settings(original: Any) -> dict[str, Any]:
        """A lake that Lake Formation guards, as its guide has it set up; a new account's is open to IAM as a whole."""
        return {**original(), "CreateDatabaseDefaultPermissions": [], "CreateTableDefaultPermissions": []}

    response.grant_permissions = one(_grant)
    response.revoke_permissions = one(_revoke)
    response.batch_grant_permissions = batch(_grant)
    response.batch_revoke_permissions = batch(_revoke)
    response.list_permissions = list_permissions
    response.get_data_lake_settings = get_settings
    lf_tags.install(_may_see)
    lf_filter_api.install()


def _may_see(account: str, region: str, principal: str, key: str, value: str | None) -> bool:
    """Whether a principal was granted anything on a tag's key, or on this value of it."""
    for grant in lf_grants.of((account, region)).values():
        on = grant.resource.get("LFTag")
        if on and grant.principal == principal and on.get("TagKey") == key:
            values: list[str] = on.get("TagValues") or []
            if value is None or "*" in values or value in values:
                return True
    return False


def _grant(account: str, region: str, entry: Mapping[str, Any], error: Any) -> None:
    principal = lf_checks.principal_of(entry, error)
    resource = lf_checks.resource_of(entry.get("Resource"), str(entry.get("CatalogId") or account), error)
    permissions, grantable = _asked(entry)
    lf_checks.check_permissions(resource, permissions, grantable, error)
    lf_checks.check_exists(resource, region, error)
    lf_checks.check_may_hand_on(resource, (account, region), principal, [*permissions, *grantable], error)
    asked = Grant(principal, resource, permissions, grantable)
    lf_checks.check_columns(resource, (account, region), asked, error)
    lf_checks.check_filter_grant(resource, (account, region), asked, error)
    receiver = lf_checks.outside(principal, account)
    if receiver is not None:
        lf_checks.check_not_open_to_iam(resource, region, error)
    for where, may, may_grant in lf_grants.parts(resource, permissions, grantable):
        made = _add((account, region), Grant(principal, where, may, may_grant))
        if receiver is not None and next(iter(where)) in _SHARED_BY_RAM:
            version = lf_settings.cross_account_version(account, region)
            key = lf_grants.key_of(principal, where)
            # RAM knows of tables: a part of one joins the shares that the whole would.
            shared = {"Table": lf_grants.table_of(where)} if "DataCellsFilter" in where else where
            made.shares = shares.join((account, region), (principal, receiver), shared, key, version)


def _add(place: Place, wanted: Grant) -> Grant:
    known = lf_grants.keep(place, Grant(wanted.principal, wanted.resource))
    known.permissions += [each for each in wanted.permissions if each not in known.permissions]
    known.grantable += [each for each in wanted.grantable if each not in known.grantable]
    known.updated, known.by = time.time(), _caller(place[0])
    return known


def _revoke(account: str, region: str, entry: Mapping[str, Any], error: Any) -> None:
    principal = lf_checks.principal_of(entry, error)
    resource = lf_checks.resource_of(entry.get("Resource"), str(entry.get("CatalogId") or account), error)
    permissions, grantable = _asked(entry)
    lf_checks.check_permissions(resource, permissions, grantable, error)
    lf_checks.check_exists(resource, region, error)
    place = (account, region)
    wanted = lf_grants.parts(resource, permissions, grantable)
    held = [(lf_grants.on(place, principal, where), may, may_grant) for where, may, may_grant in wanted]
    if all(known is None for known, _, _ in held):
        raise error("InvalidInputException", _NOTHING_THERE)
    lacking = [
        each
        for known, may, may_grant in held
        for has, asked in (
            (known.permissions if known else [], may),
            (known.grantable if known else [], may_grant),
        )
        for each in asked
        if each not in has
    ]
    if lacking:
        raise error("InvalidInputException", f"No permissions revoked. Grantee does not have: {', '.join(lacking)}")
    for known, may, may_grant in held:
        if known is not None:
            _take(place, known, may, may_grant)
    receiver = lf_checks.outside(principal, account)
    if receiver is not None:
        for known in _handed_on(place, receiver):
            may_still = lf_checks.handed_to(place, receiver, known.resource)
            _take(
                (receiver, region),
                known,
                [each for each in known.permissions if each not in may_still],
                [each for each in known.grantable if each not in may_still],
            )


def _handed_on(owner: Place, receiver: str) -> Iterator[Grant]:
    """What an account granted of another one's catalogue; it ends with what that one granted.

    https://docs.aws.amazon.com/lake-formation/latest/dg/cross-account-permissions.html
    """
    for grant in list(lf_grants.of((receiver, owner[1])).values()):
        if lf_grants.catalogue_of(grant.resource) == owner[0]:
            yield grant


def _take(place: Place, known: Grant, permissions: Sequence[str], grantable: Sequence[str]) -> None:
    known.permissions = [each for each in known.permissions if each not in permissions]
    known.grantable = [each for each in known.grantable if each not in grantable]
    known.updated, known.by = time.time(), _caller(place[0])
    if lf_grants.drop_empty(place, known):
        shares.leave(known.shares, lf_grants.key_of(known.principal, known.resource))


def _asked(entry: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    return list(entry.get("Permissions") or []), list(entry.get("PermissionsWithGrantOption") or [])


def _caller(account: str) -> str:
    """Who is acting, as `LastUpdatedBy` names it: a role, else the account's administrator."""
    call = calls.current.get()
    session = principals.session_of(call.access_key) if call is not None else None
    return session.role_arn if session is not None else f"arn:{moto.PARTITION}:iam::{account}:root"


def _failure(entry: Mapping[str, Any], code: str, message: str) -> dict[str, Any]:
    return {"RequestEntry": entry, "Error": {"ErrorCode": code, "ErrorMessage": message}}
