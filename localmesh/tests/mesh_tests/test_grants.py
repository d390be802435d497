"""Grants: checked, merged, revoked and gone with what they are on, as in Lake Formation."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from mesh_tests.harness import CENTRAL, RunningMesh
from mesh_tests.lake import (
    BOTH,
    CUSTOMER,
    DATABASE,
    ON_CUSTOMER,
    OUTSIDER,
    WILDCARD,
    accept,
    brief,
    empty,
    grant,
    listed,
    named,
    revoke,
    settings,
    table,
)

ROLE = f"arn:aws:iam::{OUTSIDER}:role/Analyst"
EXCLUDED = {"ColumnWildcard": {"ExcludedColumnNames": ["id"]}}


@pytest.fixture
def lake(mesh: RunningMesh) -> Any:
    lake = mesh.client("lakeformation")
    empty(lake)
    return lake


def test_grants_merge_and_are_revoked(lake: Any) -> None:
    grant(lake, CUSTOMER, ["SELECT"])
    grant(lake, CUSTOMER, BOTH, ["SELECT"])
    select = {"TableWithColumns": {**ON_CUSTOMER, "ColumnWildcard": {}}}
    describe = {"Table": ON_CUSTOMER}
    assert brief(listed(lake)) == [(select, ["SELECT"], ["SELECT"]), (describe, ["DESCRIBE"], [])]
    # The option to grant is revoked by itself.
    revoke(lake, CUSTOMER, ["SELECT"])
    assert brief(listed(lake)) == [(select, [], ["SELECT"]), (describe, ["DESCRIBE"], [])]
    revoke(lake, CUSTOMER, [], ["SELECT"])
    revoke(lake, {"Table": ON_CUSTOMER}, ["DESCRIBE"])
    assert listed(lake) == []


@pytest.mark.parametrize(
    ("resource", "may", "may_grant", "text"),
    [
        (WILDCARD, BOTH, [], "No permissions revoked. Grantee has no permissions and no grantable permissions"),
        (DATABASE, ["DESCRIBE"], [], "No permissions revoked. Grantee has no permissions and no grantable permissions"),
        (CUSTOMER, [*BOTH, "DROP"], [], "No permissions revoked. Grantee does not have: DROP"),
        (CUSTOMER, ["DESCRIBE"], ["DESCRIBE"], "No permissions revoked. Grantee does not have: DESCRIBE"),
    ],
    ids=["a wildcard is no table", "a database is no table", "more than there is", "no such option"],
)
def test_what_was_not_granted_is_not_revoked(
    lake: Any, resource: Any, may: list[str], may_grant: list[str], text: str
) -> None:
    grant(lake, CUSTOMER, BOTH, ["SELECT"])
    before = brief(listed(lake))
    with pytest.raises(lake.exceptions.InvalidInputException, match=text):
        revoke(lake, resource, may, may_grant)
    assert brief(listed(lake)) == before


@pytest.mark.parametrize(
    ("principal", "resource", "may", "error"),
    [
        ("99999999999", CUSTOMER, BOTH, "InvalidInputException"),
        ("somebody", CUSTOMER, BOTH, "InvalidInputException"),
        (OUTSIDER, {"Table": {"DatabaseName": "shop", "Name": "nothing"}}, BOTH, "EntityNotFoundException"),
        (OUTSIDER, {"Table": {"DatabaseName": "nowhere", "TableWildcard": {}}}, BOTH, "EntityNotFoundException"),
        (OUTSIDER, {"Database": {"Name": "nowhere"}}, ["DESCRIBE"], "EntityNotFoundException"),
        (OUTSIDER, {"Table": {"DatabaseName": "shop"}}, BOTH, "InvalidInputException"),
        (OUTSIDER, {"Table": {**WILDCARD["Table"], "Name": "ALL_TABLES"}}, BOTH, "InvalidInputException"),
        (OUTSIDER, DATABASE, BOTH, "InvalidInputException"),  # SELECT on a database
        (OUTSIDER, {"TableWithColumns": {**ON_CUSTOMER, "ColumnNames": ["id"]}}, BOTH, "InvalidInputException"),
        (OUTSIDER, {"TableWithColumns": {**ON_CUSTOMER, "ColumnNames": ["no"]}}, ["SELECT"], "InvalidInputException"),
        (OUTSIDER, {"TableWithColumns": ON_CUSTOMER}, ["SELECT"], "InvalidInputException"),
        (OUTSIDER, {"TableWithColumns": {**ON_CUSTOMER, **EXCLUDED}}, ["SELECT"], "InvalidInputException"),
        (OUTSIDER, {"Table": {**ON_CUSTOMER, "CatalogId": "111111111111"}}, BOTH, "EntityNotFoundException"),
    ],
)
def test_what_cannot_be_granted(lake: Any, principal: str, resource: Any, may: list[str], error: str) -> None:
    with pytest.raises(getattr(lake.exceptions, error)):
        grant(lake, resource, may, may, principal)
    assert listed(lake) == []


@pytest.mark.parametrize(
    ("columns", "may", "refused"),
    [
        ({"ColumnNames": ["id"]}, ["DROP"], True),
        (EXCLUDED, ["SELECT", "INSERT"], True),
        ({"ColumnNames": ["id"]}, BOTH, False),
        ({"ColumnWildcard": {}}, ["DROP"], False),
    ],
)
def test_who_sees_some_columns_changes_no_table(lake: Any, columns: Any, may: list[str], *, refused: bool) -> None:
    """https://docs.aws.amazon.com/lake-formation/latest/dg/data-filtering-notes.html."""
    grant(lake, {"TableWithColumns": {**ON_CUSTOMER, **columns}}, ["SELECT"])
    grant(lake, CUSTOMER, may, principal=ROLE)
    grant(lake, {"Table": {"DatabaseName": "shop", "Name": "orders"}}, may)
    if refused:
        with pytest.raises(lake.exceptions.InvalidInputException, match="SELECT on some columns"):
            grant(lake, CUSTOMER, may)
    else:
        grant(lake, CUSTOMER, may)


def test_a_batch_grants_what_it_can(mesh: RunningMesh, lake: Any) -> None:
    def entry(name: str) -> dict[str, Any]:
        resource = {"Table": {"DatabaseName": "shop", "Name": name}}
        both = {"Permissions": BOTH, "PermissionsWithGrantOption": BOTH}
        return {"Id": name, "Principal": named(OUTSIDER), "Resource": resource, **both}

    fault = {"service": "lakeformation", "operation": "BatchGrantPermissions", "entries": True, "times": 1}
    mesh.control("POST", "/faults", {**fault, "match": "orders", "code": "ConcurrentModificationException"})
    entries = [entry("customer"), entry("nothing"), entry("orders")]
    failures = lake.batch_grant_permissions(Entries=entries)["Failures"]
    assert [(each["RequestEntry"]["Id"], each["Error"]["ErrorCode"]) for each in failures] == [
        ("nothing", "EntityNotFoundException"),
        ("orders", "ConcurrentModificationException"),
    ]
    assert lake.batch_grant_permissions(Entries=[entry("orders")])["Failures"] == []
    granted = {
        (name, may, may_grant)
        for resource, (may,), (may_grant,) in brief(listed(lake))
        for name in [next(iter(resource.values()))["Name"]]
    }
    assert granted == {(name, each, each) for name in ("customer", "orders") for each in BOTH}
    (failure,) = lake.batch_revoke_permissions(Entries=[entry("customer"), {**entry("orders"), **_on_nobody()}])[
        "Failures"
    ]
    assert failure["Error"]["ErrorMessage"].startswith("No permissions revoked. Grantee")
    assert {next(iter(resource.values()))["Name"] for resource, _, _ in brief(listed(lake))} == {"orders"}
    with pytest.raises(lake.exceptions.InvalidInputException):
        lake.batch_grant_permissions(Entries=[entry("customer")] * 21)


def _on_nobody() -> dict[str, Any]:
    return {"Principal": named("888888888888")}


def test_grants_go_with_their_table(mesh: RunningMesh, lake: Any) -> None:
    with table(mesh, "short-lived") as short:
        grant(lake, short, BOTH)
        mesh.client("glue").delete_table(DatabaseName="short-lived", Name="short")
        assert listed(lake) == []
    with table(mesh, "short-lived") as short:
        grant(lake, short, BOTH, BOTH)
        accept(mesh, OUTSIDER)
        consumers = mesh.client("lakeformation", OUTSIDER)
        grant(consumers, _of_central(short), ["SELECT"], principal=ROLE)
        assert (len(listed(lake)), len(listed(consumers))) == (2, 1)
    assert (listed(lake), listed(consumers)) == ([], [])


def test_what_an_account_handed_on_ends_with_what_it_was_granted(mesh: RunningMesh, lake: Any) -> None:
    consumers = mesh.client("lakeformation", OUTSIDER)
    with pytest.raises(ClientError, match=r"AccessDenied.*requester is not authorized"):
        grant(consumers, _of_central(CUSTOMER), ["SELECT"], principal=ROLE)
    grant(lake, CUSTOMER, BOTH, BOTH)
    with pytest.raises(ClientError, match="AccessDenied"):
        grant(consumers, _of_central(CUSTOMER), ["SELECT"], principal=ROLE)
    accept(mesh, OUTSIDER)
    with pytest.raises(ClientError, match="AccessDenied"):
        grant(consumers, _of_central(CUSTOMER), ["SELECT"], principal="888888888888")
    grant(consumers, _of_central(CUSTOMER), BOTH, principal=ROLE)
    grant(lake, WILDCARD, ["DESCRIBE"], ["DESCRIBE"])
    accept(mesh, OUTSIDER)
    revoke(lake, CUSTOMER, BOTH, BOTH)
    # The wildcard still lets it hand on DESCRIBE.
    assert brief(listed(consumers)) == [({"Table": ON_CUSTOMER}, ["DESCRIBE"], [])]
    revoke(lake, WILDCARD, ["DESCRIBE"], ["DESCRIBE"])
    assert listed(consumers) == []


def _of_central(resource: Any) -> dict[str, Any]:
    ((kind, value),) = resource.items()
    return {kind: {"CatalogId": CENTRAL, **value}}


def test_the_cross_account_version_is_5_unless_told(lake: Any) -> None:
    before = lake.get_data_lake_settings()["DataLakeSettings"]
    assert before["Parameters"]["CROSS_ACCOUNT_VERSION"] == "5"
    with settings(lake, Parameters={"CROSS_ACCOUNT_VERSION": "4"}):
        assert lake.get_data_lake_settings()["DataLakeSettings"]["Parameters"]["CROSS_ACCOUNT_VERSION"] == "4"


EVERYBODY = [{"Principal": named("IAM_ALLOWED_PRINCIPALS"), "Permissions": ["ALL"]}]


@pytest.mark.parametrize(
    ("hybrid", "version", "of_database", "refused"),
    [
        (False, "5", {}, True),
        (True, "5", {}, False),
        (True, "3", {}, True),
        (False, "5", {"CreateTableDefaultPermissions": []}, False),
    ],
    ids=["Lake Formation mode", "hybrid mode", "hybrid mode, but version 3", "closed by its database"],
)
def test_what_is_open_to_iam_is_shared_in_hybrid_mode_only(
    mesh: RunningMesh, lake: Any, *, hybrid: bool, version: str, of_database: dict[str, Any], refused: bool
) -> None:
    bucket = "arn:aws:s3:::open-to-iam"
    lake.register_resource(ResourceArn=bucket, RoleArn=ROLE, HybridAccessEnabled=hybrid)
    assert lake.describe_resource(ResourceArn=bucket)["ResourceInfo"]["HybridAccessEnabled"] == hybrid
    parameters = {"CROSS_ACCOUNT_VERSION": version}
    with (
        settings(lake, CreateTableDefaultPermissions=EVERYBODY, Parameters=parameters),
        table(mesh, "open", "s3://open-to-iam/t", **of_database) as opened,
    ):
        everything = {"Table": {"DatabaseName": "open", "TableWildcard": {}}}
        grant(lake, opened, BOTH, principal=f"arn:aws:iam::{CENTRAL}:role/Ours")
        for resource in (opened, everything):
            if refused:
                with pytest.raises(lake.exceptions.InvalidInputException, match="Illegal combination"):
                    grant(lake, resource, BOTH)
                revoke(lake, opened, ["ALL"], principal="IAM_ALLOWED_PRINCIPALS")
            grant(lake, resource, BOTH)
            if refused:
                grant(lake, opened, ["ALL"], principal="IAM_ALLOWED_PRINCIPALS")
    lake.deregister_resource(ResourceArn=bucket)
