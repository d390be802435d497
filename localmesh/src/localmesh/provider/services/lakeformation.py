"""Lake Formation: permissions."""

from __future__ import annotations

import hashlib
import json
from typing import Any, ClassVar

from localmesh.provider.connection import Aws
from localmesh.provider.errors import ProviderError
from localmesh.provider.resource import Input, ResourceType, fields
from localmesh.provider.values import Props, or_none, same_in_any_order

_GONE = "EntityNotFoundException"
_RESOURCES = ("database", "table")


class Permissions(ResourceType):
    """Permissions of one principal on one resource. Nothing of it changes in place."""

    type_name = "aws:lakeformation/permissions:Permissions"
    inputs: ClassVar = {
        "catalogId": Input(replaces=True, readable=False),
        "database": Input(replaces=True, fields=fields("name", "catalogId"), readable=False),
        "permissions": Input(required=True, replaces=True, same=same_in_any_order),
        "permissionsWithGrantOptions": Input(replaces=True, same=same_in_any_order),
        "principal": Input(required=True, replaces=True),
        "table": Input(replaces=True, fields=fields("databaseName", "name", "wildcard", "catalogId"), readable=False),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Grant. The id is a hash of all that was granted, as AWS has no name for it."""
        aws.client("lakeformation").grant_permissions(**_request(inputs))
        return hashlib.sha256(json.dumps(_request(inputs), sort_keys=True).encode()).hexdigest()[:16]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Look through all grants: filters of `ListPermissions` miss some, and break where wildcards are granted."""
        if not state:
            raise ProviderError("Lake Formation's permissions cannot be imported: AWS has no id for them")
        wanted = _request(state)
        found = self._found(aws, wanted)
        return found and {
            "permissions": _ordered(found.get("Permissions"), state.get("permissions")),
            "permissionsWithGrantOptions": _ordered(
                found.get("PermissionsWithGrantOption"), state.get("permissionsWithGrantOptions")
            ),
            "principal": found["Principal"]["DataLakePrincipalIdentifier"],
        }

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Revoke what was granted and is still there."""
        client = aws.client("lakeformation")
        wanted = _request(state)
        found = self._found(aws, wanted)
        if found:
            # The resource exactly as it is listed: a revoke that differs in a key does nothing and says nothing.
            or_none(lambda: client.revoke_permissions(**{**wanted, "Resource": found["Resource"]}), _GONE)

    def _found(self, aws: Aws, wanted: Props) -> Props | None:
        catalog = {"CatalogId": wanted["CatalogId"]} if "CatalogId" in wanted else {}
        token: Props = {}
        while True:
            answer = aws.client("lakeformation").list_permissions(**catalog, **token)
            for entry in answer.get("PrincipalResourcePermissions", ()):
                if entry["Principal"] == wanted["Principal"] and _same_resource(entry["Resource"], wanted["Resource"]):
                    return entry
            if not answer.get("NextToken"):
                return None
            token = {"NextToken": answer["NextToken"]}


TYPES = (Permissions(),)


def _request(inputs: Props) -> Props:
    request: Props = {
        "Principal": {"DataLakePrincipalIdentifier": inputs["principal"]},
        "Resource": _resource(inputs),
        "Permissions": inputs["permissions"],
    }
    if inputs.get("permissionsWithGrantOptions"):
        request["PermissionsWithGrantOption"] = inputs["permissionsWithGrantOptions"]
    if inputs.get("catalogId"):
        request["CatalogId"] = inputs["catalogId"]
    return request


def _resource(inputs: Props) -> Props:
    kinds = [kind for kind in _RESOURCES if inputs.get(kind)]
    if len(kinds) != 1:
        raise ProviderError(f"expected exactly one of {', '.join(_RESOURCES)}, got {', '.join(kinds) or 'none'}")
    kind = kinds[0]
    wanted: Props = inputs[kind]
    made: Props = {"CatalogId": wanted["catalogId"]} if wanted.get("catalogId") else {}
    if kind == "database":
        return {"Database": {**made, "Name": wanted["name"]}}
    which: Props = {"TableWildcard": {}} if wanted.get("wildcard") else {"Name": wanted["name"]}
    return {"Table": {**made, "DatabaseName": wanted["databaseName"], **which}}


def _same_resource(left: Props, right: Props) -> bool:
    """AWS fills in the catalogue where the grant named none."""
    return {kind: _without_catalog(value) for kind, value in left.items() if value is not None} == {
        kind: _without_catalog(value) for kind, value in right.items()
    }


def _without_catalog(value: Props) -> Props:
    return {key: item for key, item in value.items() if key != "CatalogId" and item is not None}


def _ordered(found: list[str] | None, wanted: Any) -> list[str]:
    """Permissions of others on the same resource are merged into the list: leave those out, keep the order."""
    there = set(found or ())
    return [one for one in wanted or () if one in there]
