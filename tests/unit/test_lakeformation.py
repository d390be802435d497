"""Grants: the calls to the letter, and what every refusal of Lake Formation means."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from handlers.aws.lakeformation import LakeFormation
from handlers.sharing.model.errors import (
    AccessRefused,
    CatalogueKeyUnavailable,
    GrantRefused,
    LakeshareError,
    OpenToIamPrincipals,
    ShareLimitReached,
    TableNotFound,
    TryAgain,
)
from tests.fakes.world import CONSUMER
from tests.unit.stubs import OUTAGES, error, stubbed

BOTH = ["SELECT", "DESCRIBE"]
KEY = "User is not authorized to perform kms:Decrypt"
ERRORS: list[tuple[str, int, str, type[LakeshareError]]] = [
    ("AccessDeniedException", 400, "Insufficient Lake Formation permission(s)", GrantRefused),
    ("AccessDeniedException", 400, KEY, CatalogueKeyUnavailable),
    ("GlueEncryptionException", 400, "", CatalogueKeyUnavailable),
    ("InvalidInputException", 400, "Illegal combination", OpenToIamPrincipals),
    ("InvalidInputException", 400, "Permissions of IAMAllowedPrincipals must be revoked", OpenToIamPrincipals),
    ("InvalidInputException", 400, "Invalid principal", GrantRefused),
    ("ResourceNumberLimitExceededException", 400, "", ShareLimitReached),
    ("ResourceShareLimitExceededException", 400, "", ShareLimitReached),
    ("EntityNotFoundException", 400, "", TableNotFound),
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


def test_settings_out_of_reach(lake: Stubber) -> None:
    error(lake, "get_data_lake_settings", "AccessDeniedException")
    with pytest.raises(AccessRefused):
        LakeFormation().cross_account_version()
