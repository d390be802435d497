"""Grants: the calls to the letter, and what every refusal of Lake Formation means."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from handlers.aws.lakeformation import LakeFormation
from handlers.sharing.model.errors import (
    AccessRefused,
    CatalogueKeyUnavailable,
    GlueAccessMissing,
    GrantRefused,
    LakeshareError,
    OpenToIamPrincipals,
    OrganizationForbids,
    ShareLimitReached,
    TableNotFound,
    TryAgain,
)
from handlers.sharing.model.grants import Resource
from tests.fakes.world import CONSUMER
from tests.unit.stubs import OUTAGES, error, stubbed

BOTH = ["SELECT", "DESCRIBE"]
KEY = "User is not authorized to perform kms:Decrypt"
# Lake Formation's texts stand under "Troubleshooting cross-account access" in its developer guide
# (https://docs.aws.amazon.com/lake-formation/latest/dg/troubleshooting.html), without their codes.
ILLEGAL = "Insufficient Lake Formation permissions: Illegal combination"
NO_KEY = "Insufficient encryption key permissions for Glue API"
NO_ORGANIZATION = "Access denied to retrieve AWS Organization information"
# https://github.com/data-dot-all/dataall/pull/579: the role lacked glue:PutResourcePolicy.
NO_GLUE = "Insufficient Glue permissions to access table orders"
# RAM's own, which Lake Formation passes on:
# https://docs.aws.amazon.com/ram/latest/userguide/tshoot-sharing-outside-org.html
# https://github.com/hashicorp/terraform-provider-aws/issues/7769, issues/15254
OUTSIDE = (
    "The resource you are attempting to share can only be shared within your AWS Organization. This error may also "
    "occur if you have not enabled sharing with your AWS organization, or that onboarding process is still in progress."
)
STRANGER = (
    "Principal 999999999999 is not in your AWS organization. You do not have permission to add external AWS accounts "
    "to a resource share."
)
NOT_OUTSIDE = "You cannot share the resource outside your organization."
NOT_FOUND = "Organization o-upyv668dz5 could not be found."
# https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
USER = "User: arn:aws:sts::123456789012:assumed-role/grant/x is not authorized to perform: ram:CreateResourceShare on "
MISSING = f"{USER}resource: * because no identity-based policy allows the ram:CreateResourceShare action"
FORBIDDEN = f"{USER}resource: * with an explicit deny in a service control policy"
ERRORS: list[tuple[str, int, str, type[LakeshareError]]] = [
    ("AccessDeniedException", 400, "Insufficient Lake Formation permission(s)", GrantRefused),
    ("AccessDeniedException", 400, KEY, CatalogueKeyUnavailable),
    ("AccessDeniedException", 400, NO_KEY, CatalogueKeyUnavailable),
    ("InvalidInputException", 400, NO_KEY, CatalogueKeyUnavailable),
    ("GlueEncryptionException", 400, "", CatalogueKeyUnavailable),
    ("InvalidInputException", 400, "Illegal combination", OpenToIamPrincipals),
    ("AccessDeniedException", 400, ILLEGAL, OpenToIamPrincipals),
    ("InvalidInputException", 400, "Permissions of IAMAllowedPrincipals must be revoked", OpenToIamPrincipals),
    ("InvalidInputException", 400, "Invalid principal", GrantRefused),
    ("AccessDeniedException", 400, NO_GLUE, GlueAccessMissing),
    ("AccessDeniedException", 400, MISSING, AccessRefused),
    ("AccessDeniedException", 400, NO_ORGANIZATION, AccessRefused),
    ("AccessDeniedException", 400, FORBIDDEN, OrganizationForbids),
    ("AccessDeniedException", 400, NOT_OUTSIDE, OrganizationForbids),
    ("OperationNotPermittedException", 400, OUTSIDE, OrganizationForbids),
    ("InvalidParameterException", 400, STRANGER, OrganizationForbids),
    ("InvalidInputException", 400, NOT_FOUND, OrganizationForbids),
    ("ResourceNumberLimitExceededException", 400, "", ShareLimitReached),
    ("ResourceShareLimitExceededException", 400, "", ShareLimitReached),
    ("EntityNotFoundException", 400, "Table kms_keys is not there", TableNotFound),
    ("ConcurrentModificationException", 400, "", TryAgain),
    ("OperationTimeoutException", 400, "", TryAgain),
    ("SomethingNewException", 400, "nobody knows", GrantRefused),
    *((code, status, "", TryAgain) for code, status in OUTAGES),
]
"""Code, status and message, and what they mean."""
OF_ENTRIES = [(code, message, expected) for code, status, message, expected in ERRORS if status < 500]
"""An entry of a batch fails with a code alone."""


@pytest.fixture
def lake() -> Iterator[Stubber]:
    with stubbed("lakeformation") as stub:
        yield stub


def grant(resource: dict[str, Any], permissions: list[str]) -> dict[str, Any]:
    return {
        "Principal": {"DataLakePrincipalIdentifier": CONSUMER},
        "Resource": resource,
        "Permissions": permissions,
        "PermissionsWithGrantOption": permissions,
    }


def of_table(name: str) -> dict[str, Any]:
    return {"Table": {"DatabaseName": "sales", "Name": name}}


def single_grants(port: LakeFormation) -> tuple[Callable[[], None], ...]:
    return (
        lambda: port.grant_database("sales", CONSUMER),
        lambda: port.grant_table("sales", "orders", CONSUMER),
        lambda: port.grant_all_tables("sales", CONSUMER),
    )


def test_single_grants(lake: Stubber) -> None:
    lake.add_response("grant_permissions", {}, grant({"Database": {"Name": "sales"}}, ["DESCRIBE"]))
    lake.add_response("grant_permissions", {}, grant(of_table("orders"), BOTH))
    everything = {"Table": {"DatabaseName": "sales", "TableWildcard": {}}}
    lake.add_response("grant_permissions", {}, grant(everything, BOTH))
    for call in single_grants(LakeFormation()):
        call()


def test_a_batch(lake: Stubber) -> None:
    entries = [{"Id": str(at), **grant(of_table(f"t{at}"), BOTH)} for at in range(20)]
    lake.add_response("batch_grant_permissions", {}, {"Entries": entries})
    assert LakeFormation().grant_tables("sales", [f"t{at}" for at in range(20)], CONSUMER) == []


def listed(resource: dict[str, Any], *permissions: str, option: bool = True, to: str = CONSUMER) -> dict[str, Any]:
    return {
        "Principal": {"DataLakePrincipalIdentifier": to},
        "Resource": resource,
        "Permissions": list(permissions),
        "PermissionsWithGrantOption": list(permissions) if option else [],
    }


ALL = {"Table": {"DatabaseName": "sales", "Name": "ALL_TABLES", "TableWildcard": {}}}
DATABASE = {"Database": {"Name": "sales"}}
COLUMNS = {"TableWithColumns": {"DatabaseName": "sales", "Name": "orders", "ColumnWildcard": {}}}
ORDERS, EVERYTHING = Resource("sales", "orders"), Resource("sales", "*")
LISTED: dict[str, tuple[Resource, list[list[dict[str, Any]]], bool]] = {
    "a table": (ORDERS, [[listed(of_table("orders"), "DESCRIBE")]], True),
    "on the second page": (ORDERS, [[listed(COLUMNS, "SELECT")], [listed(of_table("orders"), "DESCRIBE")]], True),
    "on no page": (ORDERS, [[listed(COLUMNS, "SELECT")], [listed(of_table("orders"), "DROP")]], False),
    "without grant option": (ORDERS, [[listed(of_table("orders"), *BOTH, option=False)]], False),
    "of somebody else": (ORDERS, [[listed(of_table("orders"), *BOTH, to="888888888888")]], False),
    "of all tables": (ORDERS, [[listed(ALL, "DESCRIBE")]], False),
    "all tables": (EVERYTHING, [[listed(ALL, "DESCRIBE")]], True),
    "one of all tables": (EVERYTHING, [[listed(of_table("orders"), *BOTH)]], False),
    "the database": (Resource("sales"), [[listed(DATABASE, "DESCRIBE")]], True),
    "a place": (Resource("sales"), [[listed({"DataLocation": {"ResourceArn": "arn"}}, "DESCRIBE")]], False),
    "nothing": (ORDERS, [[]], False),
}


@pytest.mark.parametrize("case", LISTED)
def test_what_an_account_was_granted(lake: Stubber, case: str) -> None:
    resource, pages, held = LISTED[case]
    asked = {"": DATABASE, "*": {"Table": {"DatabaseName": "sales", "TableWildcard": {}}}}
    ask = {"Resource": asked.get(resource.table, of_table("orders"))}
    for number, page in enumerate(pages):
        more = {"NextToken": str(number + 1)} if number + 1 < len(pages) else {}
        token = {"NextToken": str(number)} if number else {}
        lake.add_response("list_permissions", {"PrincipalResourcePermissions": page, **more}, {**ask, **token})
    assert LakeFormation().holds(resource, CONSUMER) == held


def test_grants_that_may_not_be_seen_are_none(lake: Stubber) -> None:
    error(lake, "list_permissions", "AccessDeniedException", "no", 400)
    assert not LakeFormation().holds(ORDERS, CONSUMER)
    error(lake, "list_permissions", "ThrottlingException", "", 400)
    with pytest.raises(TryAgain):
        LakeFormation().holds(ORDERS, CONSUMER)


@pytest.mark.parametrize(("code", "status", "message", "expected"), ERRORS)
def test_errors_of_single_grants(
    lake: Stubber, code: str, status: int, message: str, expected: type[LakeshareError]
) -> None:
    for call in single_grants(LakeFormation()):
        error(lake, "grant_permissions", code, message, status)
        with pytest.raises(expected) as raised:
            call()
        if status < 500:
            assert "sales" in str(raised.value)
        if not isinstance(raised.value, TryAgain):
            assert message in str(raised.value)


@pytest.mark.parametrize(("code", "message", "expected"), OF_ENTRIES)
def test_errors_of_entries(lake: Stubber, code: str, message: str, expected: type[LakeshareError]) -> None:
    failure = {"RequestEntry": {"Id": "1"}, "Error": {"ErrorCode": code, "ErrorMessage": message}}
    lake.add_response("batch_grant_permissions", {"Failures": [failure]})
    (failed,) = LakeFormation().grant_tables("sales", ["a", "b", "c"], CONSUMER)
    assert failed.table == "b"
    assert type(failed.error) is expected
    assert "sales.b" in str(failed.error)


@pytest.mark.parametrize(("code", "status", "message", "expected"), ERRORS)
def test_errors_of_whole_batches(
    lake: Stubber, code: str, status: int, message: str, expected: type[LakeshareError]
) -> None:
    error(lake, "batch_grant_permissions", code, message, status)
    if expected is TryAgain:
        failed = LakeFormation().grant_tables("sales", ["a", "b"], CONSUMER)
        assert [(each.table, type(each.error)) for each in failed] == [("a", TryAgain), ("b", TryAgain)]
    else:
        with pytest.raises(expected):
            LakeFormation().grant_tables("sales", ["a", "b"], CONSUMER)


def test_what_is_granted_already_is_granted(lake: Stubber) -> None:
    port = LakeFormation()
    for call in single_grants(port):
        error(lake, "grant_permissions", "AlreadyExistsException")
        call()
    there = {"RequestEntry": {"Id": "0"}, "Error": {"ErrorCode": "AlreadyExistsException"}}
    busy = {"RequestEntry": {"Id": "1"}, "Error": {"ErrorCode": "ConcurrentModificationException"}}
    lake.add_response("batch_grant_permissions", {"Failures": [there, busy]})
    assert [failed.table for failed in port.grant_tables("sales", ["a", "b"], CONSUMER)] == ["b"]


@pytest.mark.parametrize("entry", [{}, {"RequestEntry": {"Id": "9"}}])
def test_a_failure_of_no_known_entry_is_one_of_all(lake: Stubber, entry: dict[str, Any]) -> None:
    failure = {**entry, "Error": {"ErrorCode": "ConcurrentModificationException"}}
    lake.add_response("batch_grant_permissions", {"Failures": [failure]})
    assert [each.table for each in LakeFormation().grant_tables("sales", ["a", "b"], CONSUMER)] == ["a", "b"]


def test_a_failure_without_a_cause(lake: Stubber) -> None:
    lake.add_response("batch_grant_permissions", {"Failures": [{"RequestEntry": {"Id": "0"}}]})
    (failed,) = LakeFormation().grant_tables("sales", ["a"], CONSUMER)
    assert isinstance(failed.error, GrantRefused)


@pytest.mark.parametrize(
    ("settings", "version"),
    [
        ({"Parameters": {"CROSS_ACCOUNT_VERSION": "4"}}, 4),
        ({"Parameters": {"CROSS_ACCOUNT_VERSION": "new"}}, 0),
        ({"Parameters": {"CROSS_ACCOUNT_VERSION": ""}}, 0),
        ({"Parameters": {}}, 0),
        ({}, 0),
    ],
)
def test_cross_account_version(lake: Stubber, settings: dict[str, Any], version: int) -> None:
    lake.add_response("get_data_lake_settings", {"DataLakeSettings": settings})
    assert LakeFormation().cross_account_version() == version


def location(arn: str, **more: bool) -> dict[str, Any]:
    return {"ResourceArn": f"arn:aws:s3:::{arn}", **more}


@pytest.mark.parametrize(
    ("where", "hybrid"),
    [
        ("s3://lake/raw/orders/", True),
        ("s3a://lake/raw", True),
        ("s3://lake/raw/strict/orders", False),
        ("s3://lake/rawer", False),
        ("s3://lake", False),
        ("s3://elsewhere/raw", False),
        ("s3://archive/2020/x", True),
    ],
)
def test_the_innermost_registered_location_decides_on_hybrid_mode(lake: Stubber, where: str, hybrid: bool) -> None:
    first = [location("lake/raw", HybridAccessEnabled=True), location("lake/raw/strict", HybridAccessEnabled=False)]
    lake.add_response("list_resources", {"ResourceInfoList": first, "NextToken": "n"}, {})
    rest = [location("plain"), location("archive/", HybridAccessEnabled=True)]
    lake.add_response("list_resources", {"ResourceInfoList": rest}, {"NextToken": "n"})
    port = LakeFormation()
    assert port.in_hybrid_mode(where) is hybrid
    assert port.in_hybrid_mode(where) is hybrid, "listed once"
    lake.assert_no_pending_responses()


def test_where_locations_are_hidden_nothing_is_said_of_hybrid_mode(lake: Stubber) -> None:
    error(lake, "list_resources", "AccessDeniedException")
    port = LakeFormation()
    assert not port.in_hybrid_mode("s3://lake/raw")
    assert not port.in_hybrid_mode("s3://lake/raw")


def test_locations_out_of_order(lake: Stubber) -> None:
    error(lake, "list_resources", "InternalServiceException", status=500)
    with pytest.raises(TryAgain):
        LakeFormation().in_hybrid_mode("s3://lake/raw")


def test_settings_out_of_reach(lake: Stubber) -> None:
    error(lake, "get_data_lake_settings", "AccessDeniedException")
    with pytest.raises(AccessRefused):
        LakeFormation().cross_account_version()
