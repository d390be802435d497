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
_ALL_TABLES = "ALL_TABLES"
_RESOURCES = ("database", "table", "lfTag")


class Permissions(ResourceType):
    """Permissions of one principal on one resource. Nothing of it changes in place."""

    type_name = "aws:lakeformation/permissions:Permissions"
    inputs: ClassVar = {
        "catalogId": Input(replaces=True, readable=False),
        "database": Input(replaces=True, fields=fields("name", "catalogId"), readable=False),
        "lfTag": Input(
            replaces=True, same=same_in_any_order, fields=fields("key", "values", "catalogId"), readable=False
        ),
        # Lists, whose order counts, and the plug-in sorts what it reads.
        "permissions": Input(required=True, replaces=True, told=True),
        "permissionsWithGrantOptions": Input(replaces=True, computed=True, told=True),
        "principal": Input(required=True, replaces=True),
        "table": Input(replaces=True, fields=fields("databaseName", "name", "wildcard", "catalogId"), readable=False),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Grant. The id is a hash of all that was granted, as AWS has no name for it."""
        aws.client("lakeformation").grant_permissions(**_request(inputs))
        return hashlib.sha256(json.dumps(_request(inputs), sort_keys=True).encode()).hexdigest()[:16]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Look through all grants: asked for a principal on a resource, AWS also lists wider ones that reach it."""
        if not state:
            raise ProviderError("Lake Formation's permissions cannot be imported: AWS has no id for them")
        permissions, grantable = self._found(aws, _request(state))
        if not permissions and not grantable:
            return None
        return {
            "permissions": _ordered(permissions, state.get("permissions")),
            "permissionsWithGrantOptions": _ordered(grantable, state.get("permissionsWithGrantOptions")),
            "principal": state["principal"],
        }

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Revoke what was granted and is still there."""
        wanted = _request(state)
        permissions, grantable = self._found(aws, wanted)
        rest: Props = {
            "Permissions": _ordered(permissions, wanted["Permissions"]),
            "PermissionsWithGrantOption": _ordered(grantable, wanted.get("PermissionsWithGrantOption")),
        }
        if rest["Permissions"] or rest["PermissionsWithGrantOption"]:
            or_none(lambda: aws.client("lakeformation").revoke_permissions(**{**wanted, **rest}), _GONE)

    def _found(self, aws: Aws, wanted: Props) -> tuple[set[str], set[str]]:
        """What the principal may do with the resource, and grant: AWS may list it in two entries."""
        catalog = {"CatalogId": wanted["CatalogId"]} if "CatalogId" in wanted else {}
        permissions: set[str] = set()
        grantable: set[str] = set()
        token: Props = {}
        while True:
            answer = aws.client("lakeformation").list_permissions(**catalog, **token)
            for entry in answer.get("PrincipalResourcePermissions", ()):
                if entry["Principal"] == wanted["Principal"] and _as_granted(entry["Resource"]) == _as_granted(
                    wanted["Resource"]
                ):
                    permissions |= set(entry.get("Permissions") or ())
                    grantable |= set(entry.get("PermissionsWithGrantOption") or ())
            if not answer.get("NextToken"):
                return permissions, grantable
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
    if kind == "lfTag":
        return {"LFTag": {**made, "TagKey": wanted["key"], "TagValues": wanted["values"]}}
    which: Props = {"TableWildcard": {}} if wanted.get("wildcard") else {"Name": wanted["name"]}
    return {"Table": {**made, "DatabaseName": wanted["databaseName"], **which}}


def _as_granted(resource: Props) -> Props:
    """A resource as one grants on it: AWS lists SELECT on a table as one on all its columns, and names the wildcard."""
    ((kind, value),) = ((kind, value) for kind, value in resource.items() if value is not None)
    named = {key: item for key, item in value.items() if key != "CatalogId" and item is not None}
    if kind == "TableWithColumns" and named.get("ColumnWildcard") == {}:
        kind = "Table"
        del named["ColumnWildcard"]
    if kind == "Table" and named.get("Name") == _ALL_TABLES:
        del named["Name"]
        named["TableWildcard"] = {}
    return {kind: named}


def _ordered(found: set[str], wanted: Any) -> list[str]:
    """Permissions that others gave on the same resource are in the list, too: leave those out."""
    return sorted(found & set(wanted or ()))
