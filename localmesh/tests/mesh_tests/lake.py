"""Lake Formation's grants on a mesh, as tests make, read and undo them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mesh_tests.harness import CENTRAL, RunningMesh

OUTSIDER = "999999999999"
CUSTOMER: dict[str, Any] = {"Table": {"DatabaseName": "shop", "Name": "customer"}}
WILDCARD: dict[str, Any] = {"Table": {"DatabaseName": "shop", "TableWildcard": {}}}
DATABASE: dict[str, Any] = {"Database": {"Name": "shop"}}
BOTH = ["SELECT", "DESCRIBE"]
ON_CUSTOMER = {"CatalogId": CENTRAL, "DatabaseName": "shop", "Name": "customer"}
ON_ALL = {"CatalogId": CENTRAL, "DatabaseName": "shop", "Name": "ALL_TABLES"}


def named(principal: str) -> dict[str, str]:
    return {"DataLakePrincipalIdentifier": principal}


def grant(
    lake: Any, resource: Any, may: list[str], may_grant: list[str] | None = None, principal: str = OUTSIDER
) -> None:
    lake.grant_permissions(
        Principal=named(principal), Resource=resource, Permissions=may, PermissionsWithGrantOption=may_grant or []
    )


def revoke(
    lake: Any, resource: Any, may: list[str], may_grant: list[str] | None = None, principal: str = OUTSIDER
) -> None:
    lake.revoke_permissions(
        Principal=named(principal), Resource=resource, Permissions=may, PermissionsWithGrantOption=may_grant or []
    )


def listed(lake: Any, **wanted: Any) -> list[dict[str, Any]]:
    return list(lake.list_permissions(**wanted)["PrincipalResourcePermissions"])


def brief(entries: list[dict[str, Any]]) -> list[tuple[Any, list[str], list[str]]]:
    """Resource, permissions, and what may be granted, of each entry."""
    return [(entry["Resource"], entry["Permissions"], entry["PermissionsWithGrantOption"]) for entry in entries]


def empty(lake: Any) -> None:
    """Revokes all that there is."""
    for entry in listed(lake):
        ((kind, value),) = entry["Resource"].items()
        resource = {kind: value}
        if value.get("Name") == "ALL_TABLES":
            # Lists name the wildcard, grants must not.
            own = {key: value[key] for key in ("CatalogId", "DatabaseName")}
            resource = {"Table": {**own, "TableWildcard": {}}}
        revoke(
            lake,
            resource,
            entry["Permissions"],
            entry["PermissionsWithGrantOption"],
            entry["Principal"]["DataLakePrincipalIdentifier"],
        )


def invitations(mesh: RunningMesh, consumer: str) -> list[dict[str, Any]]:
    """What an account was invited to, by central alone."""
    found = mesh.client("ram", consumer).get_resource_share_invitations()["resourceShareInvitations"]
    assert {(each["senderAccountId"], each["receiverAccountId"]) for each in found} <= {(CENTRAL, consumer)}
    return list(found)


def accept(mesh: RunningMesh, consumer: str) -> None:
    """Accepts what waits for an account."""
    for each in invitations(mesh, consumer):
        if each["status"] == "PENDING":
            mesh.client("ram", consumer).accept_resource_share_invitation(
                resourceShareInvitationArn=each["resourceShareInvitationArn"]
            )


@contextmanager
def settings(lake: Any, **changed: Any) -> Iterator[None]:
    """Other data lake settings, for a while."""
    before = lake.get_data_lake_settings()["DataLakeSettings"]
    lake.put_data_lake_settings(DataLakeSettings={**before, **changed})
    yield
    lake.put_data_lake_settings(DataLakeSettings=before)


@contextmanager
def table(
    mesh: RunningMesh, database: str, location: str = "s3://elsewhere/", **of_database: Any
) -> Iterator[dict[str, Any]]:
    """A database with one table in it, for a while; gives the table."""
    glue = mesh.client("glue")
    glue.create_database(DatabaseInput={"Name": database, "LocationUri": location, **of_database})
    storage = {"Columns": [{"Name": "id", "Type": "int"}], "Location": location}
    glue.create_table(DatabaseName=database, TableInput={"Name": "short", "StorageDescriptor": storage})
    yield {"Table": {"DatabaseName": database, "Name": "short"}}
    glue.delete_database(Name=database)
