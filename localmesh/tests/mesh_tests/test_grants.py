"""Grants: checked, merged, revoked and listed as Lake Formation does."""

from typing import Any

import pytest

from mesh_tests.harness import RunningMesh

OUTSIDER = {"DataLakePrincipalIdentifier": "999999999999"}
CUSTOMER = {"Table": {"DatabaseName": "shop", "Name": "customer"}}
WILDCARD: dict[str, Any] = {"Table": {"DatabaseName": "shop", "TableWildcard": {}}}
BOTH = ["SELECT", "DESCRIBE"]


@pytest.fixture
def lake(mesh: RunningMesh) -> Any:
    lake = mesh.client("lakeformation")
    for entry in lake.list_permissions()["PrincipalResourcePermissions"]:
        lake.revoke_permissions(
            Principal=entry["Principal"], Resource=entry["Resource"], Permissions=entry["Permissions"]
        )
    return lake


def listed(lake: Any, **wanted: Any) -> list[dict[str, Any]]:
    return list(lake.list_permissions(**wanted)["PrincipalResourcePermissions"])


def test_grants_merge_and_are_revoked(lake: Any) -> None:
    lake.grant_permissions(Principal=OUTSIDER, Resource=CUSTOMER, Permissions=["SELECT"])
    lake.grant_permissions(
        Principal=OUTSIDER, Resource=CUSTOMER, Permissions=BOTH, PermissionsWithGrantOption=["SELECT"]
    )
    (entry,) = listed(lake)
    assert sorted(entry["Permissions"]) == sorted(BOTH)
    assert entry["PermissionsWithGrantOption"] == ["SELECT"]
    assert entry["Resource"]["Table"]["CatalogId"] == "123456789012"
    lake.revoke_permissions(Principal=OUTSIDER, Resource=CUSTOMER, Permissions=["SELECT"])
    (entry,) = listed(lake)
    assert (entry["Permissions"], entry["PermissionsWithGrantOption"]) == (["DESCRIBE"], [])
    own = {"Table": {**CUSTOMER["Table"], "CatalogId": "123456789012"}}
    lake.revoke_permissions(Principal=OUTSIDER, Resource=own, Permissions=["DESCRIBE"])
    assert listed(lake) == []
    with pytest.raises(lake.exceptions.InvalidInputException):
        lake.revoke_permissions(Principal=OUTSIDER, Resource=CUSTOMER, Permissions=["DESCRIBE"])


def test_lists_are_filtered(lake: Any) -> None:
    lake.grant_permissions(Principal=OUTSIDER, Resource=WILDCARD, Permissions=BOTH)
    lake.grant_permissions(Principal=OUTSIDER, Resource=CUSTOMER, Permissions=BOTH)
    lake.grant_permissions(Principal=OUTSIDER, Resource={"Database": {"Name": "shop"}}, Permissions=["DESCRIBE"])
    assert len(listed(lake)) == 3
    assert len(listed(lake, ResourceType="TABLE")) == 2
    assert len(listed(lake, ResourceType="DATABASE")) == 1
    (entry,) = listed(lake, Principal=OUTSIDER, Resource=CUSTOMER)
    assert entry["Resource"]["Table"]["Name"] == "customer"
    (entry,) = listed(lake, Resource=WILDCARD)
    assert entry["Resource"]["Table"]["TableWildcard"] == {}
    assert listed(lake, Principal={"DataLakePrincipalIdentifier": "888888888888"}, Resource=CUSTOMER) == []
    first = lake.list_permissions(MaxResults=2)
    assert len(first["PrincipalResourcePermissions"]) == 2
    assert len(listed(lake, NextToken=first["NextToken"])) == 1


@pytest.mark.parametrize(
    ("principal", "resource", "error"),
    [
        ("99999999999", CUSTOMER, "InvalidInputException"),
        ("somebody", CUSTOMER, "InvalidInputException"),
        ("999999999999", {"Table": {"DatabaseName": "shop", "Name": "nothing"}}, "EntityNotFoundException"),
        ("999999999999", {"Table": {"DatabaseName": "nowhere", "TableWildcard": {}}}, "EntityNotFoundException"),
        ("999999999999", {"Database": {"Name": "nowhere"}}, "EntityNotFoundException"),
        ("999999999999", {"Table": {"DatabaseName": "shop"}}, "InvalidInputException"),
        ("999999999999", {"Database": {"Name": "shop"}}, "InvalidInputException"),  # SELECT on a database
    ],
)
def test_what_cannot_be_granted(lake: Any, principal: str, resource: Any, error: str) -> None:
    who = {"DataLakePrincipalIdentifier": principal}
    with pytest.raises(getattr(lake.exceptions, error)):
        lake.grant_permissions(Principal=who, Resource=resource, Permissions=BOTH)
    assert listed(lake) == []


def test_a_batch_grants_what_it_can(mesh: RunningMesh, lake: Any) -> None:
    def entry(table: str) -> dict[str, Any]:
        resource = {"Table": {"DatabaseName": "shop", "Name": table}}
        return {
            "Id": table,
            "Principal": OUTSIDER,
            "Resource": resource,
            "Permissions": BOTH,
            "PermissionsWithGrantOption": BOTH,
        }

    fault = {"service": "lakeformation", "operation": "BatchGrantPermissions", "entries": True, "times": 1}
    mesh.control("POST", "/faults", {**fault, "match": "orders", "code": "ConcurrentModificationException"})
    entries = [entry("customer"), entry("nothing"), entry("orders")]
    failures = lake.batch_grant_permissions(Entries=entries)["Failures"]
    assert [(each["RequestEntry"]["Id"], each["Error"]["ErrorCode"]) for each in failures] == [
        ("nothing", "EntityNotFoundException"),
        ("orders", "ConcurrentModificationException"),
    ]
    assert lake.batch_grant_permissions(Entries=[entry("orders")])["Failures"] == []
    granted = listed(lake)
    assert sorted(each["Resource"]["Table"]["Name"] for each in granted) == ["customer", "orders"]
    assert all(sorted(each["PermissionsWithGrantOption"]) == sorted(BOTH) for each in granted)
    with pytest.raises(lake.exceptions.InvalidInputException):
        lake.batch_grant_permissions(Entries=[entry("customer")] * 21)


def test_grants_go_with_their_table(mesh: RunningMesh, lake: Any) -> None:
    glue = mesh.client("glue")
    glue.create_database(DatabaseInput={"Name": "short"})
    glue.create_table(DatabaseName="short", TableInput={"Name": "lived"})
    lake.grant_permissions(
        Principal=OUTSIDER, Resource={"Table": {"DatabaseName": "short", "Name": "lived"}}, Permissions=BOTH
    )
    glue.delete_table(DatabaseName="short", Name="lived")
    assert listed(lake) == []


def test_the_cross_account_version_is_5_unless_told(lake: Any) -> None:
    settings = lake.get_data_lake_settings()["DataLakeSettings"]
    assert settings["Parameters"]["CROSS_ACCOUNT_VERSION"] == "5"
    lake.put_data_lake_settings(DataLakeSettings={**settings, "Parameters": {"CROSS_ACCOUNT_VERSION": "4"}})
    assert lake.get_data_lake_settings()["DataLakeSettings"]["Parameters"]["CROSS_ACCOUNT_VERSION"] == "4"
    lake.put_data_lake_settings(DataLakeSettings=settings)
