"""`ListPermissions`: in AWS's shapes, by resource and principal, in pages, and of it what the caller may see."""

import time
from typing import Any

import pytest

from mesh_tests.harness import CENTRAL, RunningMesh, allow
from mesh_tests.lake import (
    BOTH,
    CUSTOMER,
    DATABASE,
    ON_ALL,
    ON_CUSTOMER,
    OUTSIDER,
    WILDCARD,
    brief,
    empty,
    grant,
    listed,
    named,
    settings,
)

ALL_COLUMNS: dict[str, Any] = {"ColumnWildcard": {}}
OURS = f"arn:aws:iam::{CENTRAL}:role/Ours"
SELECT_ONE = ({"TableWithColumns": {**ON_CUSTOMER, **ALL_COLUMNS}}, ["SELECT"], ["SELECT"])
DESCRIBE_ONE = ({"Table": ON_CUSTOMER}, ["DESCRIBE"], ["DESCRIBE"])
SELECT_ALL = ({"TableWithColumns": {**ON_ALL, **ALL_COLUMNS}}, ["SELECT"], [])
DESCRIBE_ALL = ({"Table": {**ON_ALL, "TableWildcard": {}}}, ["DESCRIBE"], [])
SOME = ({"TableWithColumns": {**ON_CUSTOMER, "ColumnNames": ["id"]}}, ["SELECT"], ["SELECT"])
ON_DATABASE = ({"Database": {"CatalogId": CENTRAL, "Name": "shop"}}, ["DESCRIBE"], [])
EVERYTHING = ["ALL", "ALTER", "DELETE", "DESCRIBE", "DROP", "INSERT"]
IMPLIED = [
    ({"Table": ON_CUSTOMER}, EVERYTHING, EVERYTHING),
    ({"TableWithColumns": {**ON_CUSTOMER, **ALL_COLUMNS}}, ["SELECT"], ["SELECT"]),
]


@pytest.fixture
def lake(mesh: RunningMesh) -> Any:
    lake = mesh.client("lakeformation")
    empty(lake)
    for principal in (OUTSIDER, OURS):
        grant(lake, CUSTOMER, BOTH, BOTH, principal)
        grant(lake, WILDCARD, BOTH, principal=principal)
    grant(lake, DATABASE, ["DESCRIBE"])
    columns = {"DatabaseName": "shop", "Name": "Customer", "ColumnNames": ["ID"]}
    grant(lake, {"TableWithColumns": columns}, ["SELECT"], ["SELECT"])
    return lake


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"ResourceType": "DATABASE"}, [ON_DATABASE]),
        ({"ResourceType": "DATA_LOCATION"}, []),
        ({"Resource": DATABASE}, [ON_DATABASE]),
        ({"Resource": WILDCARD}, [DESCRIBE_ALL, SELECT_ALL] * 2),
        ({"Resource": CUSTOMER}, [DESCRIBE_ONE, SELECT_ONE, DESCRIBE_ONE, SELECT_ONE, SOME]),
        # Principal and resource: what is effective.
        ({"Resource": WILDCARD, "Principal": named(OUTSIDER)}, [DESCRIBE_ALL, SELECT_ALL]),
        (
            {"Resource": CUSTOMER, "Principal": named(OUTSIDER)},
            [DESCRIBE_ONE, SELECT_ONE, DESCRIBE_ALL, SELECT_ALL, SOME],
        ),
        (
            {"Resource": {"Table": {"DatabaseName": "shop", "Name": "orders"}}, "Principal": named(OURS)},
            [DESCRIBE_ALL, SELECT_ALL],
        ),
        ({"Resource": DATABASE, "Principal": named(OUTSIDER)}, [ON_DATABASE]),
        ({"Resource": DATABASE, "Principal": named(OURS)}, [ON_DATABASE]),
        ({"Resource": CUSTOMER, "Principal": named("888888888888")}, []),
    ],
)
def test_lists_are_filtered(lake: Any, wanted: Any, found: Any) -> None:
    assert brief(listed(lake, **wanted)) == found


def test_a_table_of_another_account_does_not_imply_its_database(lake: Any) -> None:
    lake.revoke_permissions(Principal=named(OUTSIDER), Resource=DATABASE, Permissions=["DESCRIBE"])
    assert listed(lake, Resource=DATABASE, Principal=named(OUTSIDER)) == []


def test_administrators_need_no_grants(lake: Any) -> None:
    with settings(lake, DataLakeAdmins=[named(f"{OURS}Too")]):
        assert brief(listed(lake, Resource=CUSTOMER, Principal=named(f"{OURS}Too"))) == IMPLIED


def test_an_entry_says_who_changed_it_last_and_when(mesh: RunningMesh, lake: Any) -> None:
    (entry,) = listed(lake, Resource=DATABASE)
    assert entry["LastUpdatedBy"] == f"arn:aws:iam::{CENTRAL}:root"
    assert abs(entry["LastUpdated"].timestamp() - time.time()) < 60
    role = mesh.role(allow("lakeformation:*", "*"))
    grant(mesh.client("lakeformation", **mesh.assume(role)), DATABASE, ["DROP"])
    (entry,) = listed(lake, Resource=DATABASE)
    assert (entry["Permissions"], entry["LastUpdatedBy"]) == (["DESCRIBE", "DROP"], role)


def test_pages(lake: Any) -> None:
    found: list[Any] = []
    token: dict[str, str] = {}
    while True:
        page = lake.list_permissions(MaxResults=4, **token)
        assert len(page["PrincipalResourcePermissions"]) <= 4
        found += page["PrincipalResourcePermissions"]
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert brief(found) == brief(listed(lake))
    assert len(found) == 10


@pytest.mark.parametrize(
    ("wanted", "text"),
    [
        ({"Principal": named(OUTSIDER)}, "Resource is mandatory"),
        ({"Resource": {"TableWithColumns": {**ON_CUSTOMER, "ColumnNames": ["id"]}}}, "ask for the table"),
        ({"MaxResults": 1001}, "MaxResults"),
    ],
)
def test_what_cannot_be_asked(lake: Any, wanted: Any, text: str) -> None:
    with pytest.raises(lake.exceptions.InvalidInputException, match=text):
        lake.list_permissions(**wanted)


def test_a_role_sees_what_it_has_itself(mesh: RunningMesh, lake: Any) -> None:
    role = mesh.role(allow("lakeformation:*", "*"))
    theirs = mesh.client("lakeformation", **mesh.assume(role))
    assert listed(theirs) == []
    grant(lake, CUSTOMER, ["DESCRIBE"], principal=role)
    seen = listed(theirs)
    assert {tuple(entry["Permissions"]) for entry in seen} == {("DESCRIBE",)}
    assert {entry["Principal"]["DataLakePrincipalIdentifier"] for entry in seen} == {OUTSIDER, OURS, role}
    for administrators in ("DataLakeAdmins", "ReadOnlyAdmins"):
        with settings(lake, **{administrators: [named(role)]}):
            assert brief(listed(theirs)) == brief(listed(lake))
