"""Data cells filters on Lake Formation: the calls to the letter, every shape that a filter has, and every refusal."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from handlers.aws.lakeformation import LakeFormation
from handlers.aws.lf_revokes import LakeFormationGrants
from handlers.aws.lf_state import LakeFormationState
from handlers.sharing.lake import Held
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.errors import (
    AccessRefused,
    CatalogueKeyUnavailable,
    FilterForeign,
    FilterLimitReached,
    FilterRefused,
    GrantRefused,
    LakeshareError,
    OpenToIamPrincipals,
    OrganizationForbids,
    ShareLimitReached,
    TableNotFound,
    TryAgain,
)
from handlers.sharing.model.grants import Resource
from tests.fakes.world import CENTRAL, CONSUMER
from tests.unit.stubs import OUTAGES, error, stubbed

REMOVER = f"arn:aws:iam::{CENTRAL}:role/lakeshare-revoke-role-1a"
ALL_ROWS = CellsFilter("sales", "people", ("id", "day"))
SOME_ROWS = CellsFilter("sales", "people", ("id", "day"), "region = 'EU'")
KEY = "User is not authorized to perform kms:Decrypt"


@pytest.fixture
def lake() -> Iterator[Stubber]:
    with stubbed("lakeformation") as stub:
        yield stub


def named(cells: CellsFilter) -> dict[str, str]:
    return {"TableCatalogId": CENTRAL, "DatabaseName": "sales", "TableName": "people", "Name": cells.name}


def granted(cells: CellsFilter) -> dict[str, Any]:
    return {"DataCellsFilter": {"DatabaseName": "sales", "TableName": "people", "Name": cells.name}}


def body(cells: CellsFilter, **more: Any) -> dict[str, Any]:
    rows = {"AllRowsWildcard": {}} if cells.expression is None else {"FilterExpression": cells.expression}
    return {**named(cells), "ColumnNames": list(cells.columns), "RowFilter": rows, **more}


def grant(cells: CellsFilter) -> None:
    for failure in LakeFormation(CENTRAL, REMOVER).grant_filters([cells], CONSUMER):
        assert failure.table == "people"
        raise failure.error


def refused(at: str, code: str, message: str = "") -> dict[str, Any]:
    """Of a batch: the first entry lets the account read, the second one lets the filter be deleted."""
    return {"Failures": [{"RequestEntry": {"Id": at}, "Error": {"ErrorCode": code, "ErrorMessage": message}}]}


# --- granting -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cells", [ALL_ROWS, SOME_ROWS])
def test_a_filter_is_made_and_granted_and_nothing_else(lake: Stubber, cells: CellsFilter) -> None:
    lake.add_response("create_data_cells_filter", {}, {"TableData": body(cells)})
    to_read = {"Id": "0", "Principal": {"DataLakePrincipalIdentifier": CONSUMER}, "Resource": granted(cells)}
    to_delete = {"Id": "1", "Principal": {"DataLakePrincipalIdentifier": REMOVER}, "Resource": granted(cells)}
    entries = [
        {**to_read, "Permissions": ["SELECT"], "PermissionsWithGrantOption": ["SELECT"]},
        {**to_delete, "Permissions": ["DROP"], "PermissionsWithGrantOption": []},
    ]
    lake.add_response("batch_grant_permissions", {}, {"Entries": entries})
    grant(cells)


@pytest.mark.parametrize(
    "there",
    [
        body(SOME_ROWS),
        body(SOME_ROWS, ColumnNames=["DAY", "Id"], VersionId="7"),
    ],
)
def test_one_that_is_there_is_granted_as_it_is(lake: Stubber, there: dict[str, Any]) -> None:
    error(lake, "create_data_cells_filter", "AlreadyExistsException")
    lake.add_response("get_data_cells_filter", {"DataCellsFilter": there}, named(SOME_ROWS))
    lake.add_response("batch_grant_permissions", {})
    grant(SOME_ROWS)


FOREIGN: dict[str, dict[str, Any]] = {
    "a column more": body(ALL_ROWS, ColumnNames=["id", "day", "mail"]),
    "a column less": body(ALL_ROWS, ColumnNames=["id"]),
    "other rows": body(ALL_ROWS, RowFilter={"FilterExpression": "id > 7"}),
    "all columns": body(ALL_ROWS, ColumnNames=[], ColumnWildcard={"ExcludedColumnNames": ["mail"]}),
    "names and a wildcard": body(ALL_ROWS, ColumnWildcard={"ExcludedColumnNames": ["mail"]}),
    "no columns": named(ALL_ROWS),
    "no rows": {**named(ALL_ROWS), "ColumnNames": ["id", "day"]},
    "rows of a kind that is not known": body(ALL_ROWS, RowFilter={}),
    "all rows, and an expression": body(ALL_ROWS, RowFilter={"AllRowsWildcard": {}, "FilterExpression": "id > 7"}),
}


@pytest.mark.parametrize("there", FOREIGN.values(), ids=FOREIGN)
def test_one_of_another_body_grants_nothing(lake: Stubber, there: dict[str, Any]) -> None:
    error(lake, "create_data_cells_filter", "AlreadyExistsException")
    lake.add_response("get_data_cells_filter", {"DataCellsFilter": there})
    with pytest.raises(FilterForeign, match=ALL_ROWS.name):
        grant(ALL_ROWS)


def test_one_that_is_there_and_gone_again_grants_nothing(lake: Stubber) -> None:
    error(lake, "create_data_cells_filter", "AlreadyExistsException")
    error(lake, "get_data_cells_filter", "EntityNotFoundException")
    with pytest.raises(FilterForeign):
        grant(ALL_ROWS)


MAKING: list[tuple[str, int, str, type[LakeshareError]]] = [
    ("InvalidInputException", 400, "Unsupported filter expression", FilterRefused),
    ("AccessDeniedException", 400, "Insufficient Lake Formation permission(s)", GrantRefused),
    ("AccessDeniedException", 400, KEY, CatalogueKeyUnavailable),
    ("InvalidInputException", 400, "Insufficient encryption key permissions for Glue API", CatalogueKeyUnavailable),
    ("EntityNotFoundException", 400, "Table not found", TableNotFound),
    ("ResourceNumberLimitExceededException", 400, "", ShareLimitReached),
    ("OperationTimeoutException", 400, "", TryAgain),
    ("SomethingNewException", 400, "nobody knows", GrantRefused),
    *((code, status, "", TryAgain) for code, status in OUTAGES),
]
"""The errors of `CreateDataCellsFilter` (its page in AWS's API reference), and others."""


@pytest.mark.parametrize(("code", "status", "message", "kind"), MAKING)
def test_one_that_cannot_be_made(
    lake: Stubber, code: str, status: int, message: str, kind: type[LakeshareError]
) -> None:
    error(lake, "create_data_cells_filter", code, message, status)
    with pytest.raises(kind) as refused:
        grant(SOME_ROWS)
    assert type(refused.value) is kind


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("AccessDeniedException", GrantRefused),
        ("InvalidInputException", FilterRefused),
        ("SomethingNewException", GrantRefused),
        ("ThrottlingException", TryAgain),
    ],
)
def test_one_that_is_there_and_cannot_be_read(lake: Stubber, code: str, kind: type[LakeshareError]) -> None:
    error(lake, "create_data_cells_filter", "AlreadyExistsException")
    error(lake, "get_data_cells_filter", code)
    with pytest.raises(kind):
        grant(ALL_ROWS)


@pytest.mark.parametrize(
    ("code", "message", "kind"),
    [
        ("InvalidInputException", "Principal has more than 100 data cells filters on the table", FilterLimitReached),
        ("InvalidInputException", "Illegal combination", OpenToIamPrincipals),
        ("InvalidInputException", "Grantable permission is required on a filter", GrantRefused),
        ("AccessDeniedException", "You cannot share the resource outside your organization.", OrganizationForbids),
        ("AccessDeniedException", "x is not authorized to perform: ram:CreateResourceShare", AccessRefused),
        ("EntityNotFoundException", "No such filter", TableNotFound),
        ("ConcurrentModificationException", "", TryAgain),
    ],
)
def test_one_that_cannot_be_granted(lake: Stubber, code: str, message: str, kind: type[LakeshareError]) -> None:
    for answer in ("entry", "call"):
        lake.add_response("create_data_cells_filter", {})
        if answer == "entry":
            lake.add_response("batch_grant_permissions", refused("0", code, message))
        else:
            error(lake, "batch_grant_permissions", code, message)
        with pytest.raises(kind):
            grant(ALL_ROWS)


@pytest.mark.parametrize(
    "failure",
    [
        refused("0", "AlreadyExistsException"),
        # Who may not let it be deleted grants it all the same.
        refused("1", "AccessDeniedException"),
        refused("1", "InvalidInputException"),
        refused("1", "AlreadyExistsException"),
    ],
)
def test_what_is_granted_all_the_same(lake: Stubber, failure: dict[str, Any]) -> None:
    lake.add_response("create_data_cells_filter", {})
    lake.add_response("batch_grant_permissions", failure)
    grant(ALL_ROWS)


def test_of_several_those_fail_that_cannot_be_made_or_granted(lake: Stubber) -> None:
    several = [CellsFilter("sales", name, ("id",)) for name in ("a", "b", "c")]
    lake.add_response("create_data_cells_filter", {})
    error(lake, "create_data_cells_filter", "InvalidInputException")
    lake.add_response("create_data_cells_filter", {})
    lake.add_response("batch_grant_permissions", refused("1", "EntityNotFoundException"))
    failures = LakeFormation(CENTRAL, REMOVER).grant_filters(several, CONSUMER)
    assert [(each.table, type(each.error)) for each in failures] == [("b", FilterRefused), ("c", TableNotFound)]


# --- reading ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("there", "found"),
    [
        (body(ALL_ROWS), ALL_ROWS),
        (body(SOME_ROWS), SOME_ROWS),
        (body(ALL_ROWS, ColumnNames=["DAY"]), CellsFilter("sales", "people", ("day",))),
        # Lake Formation may say of all rows in its own words what the wildcard is.
        (body(ALL_ROWS, RowFilter={"AllRowsWildcard": {}, "FilterExpression": "TRUE"}), ALL_ROWS),
        *((FOREIGN[name], None) for name in FOREIGN if name not in {"a column more", "a column less", "other rows"}),
    ],
)
def test_what_a_filter_lets_read(lake: Stubber, there: dict[str, Any], found: CellsFilter | None) -> None:
    lake.add_response("get_data_cells_filter", {"DataCellsFilter": there}, named(ALL_ROWS))
    assert LakeFormationState(CENTRAL).filters({ALL_ROWS.resource}) == {ALL_ROWS.resource: found}


def test_a_filter_that_is_gone_and_one_that_cannot_be_read(lake: Stubber) -> None:
    error(lake, "get_data_cells_filter", "EntityNotFoundException")
    assert LakeFormationState(CENTRAL).filters([ALL_ROWS.resource]) == {ALL_ROWS.resource: None}
    for code, kind in (("AccessDeniedException", AccessRefused), ("ThrottlingException", TryAgain)):
        error(lake, "get_data_cells_filter", code)
        with pytest.raises(kind):
            LakeFormationState(CENTRAL).filters([ALL_ROWS.resource])


def test_of_many_all_that_there_are_are_listed_and_the_others_read(lake: Stubber) -> None:
    many = [CellsFilter("sales", f"t{number:03}", ("id",)) for number in range(101)]
    bodies = [{**body(each), "TableName": each.table} for each in many]
    lake.add_response(
        "list_data_cells_filter", {"DataCellsFilters": bodies[:60], "NextToken": "more"}, {"MaxResults": 100}
    )
    lake.add_response(
        "list_data_cells_filter", {"DataCellsFilters": bodies[60:99]}, {"MaxResults": 100, "NextToken": "more"}
    )
    lake.add_response("get_data_cells_filter", {"DataCellsFilter": bodies[99]})
    error(lake, "get_data_cells_filter", "EntityNotFoundException")
    found = LakeFormationState(CENTRAL).filters([each.resource for each in many])
    assert found == {**{each.resource: each for each in many}, many[100].resource: None}


# --- taking back --------------------------------------------------------------------------------------------------


def entry(may: list[str], may_grant: list[str], who: str = CONSUMER) -> dict[str, Any]:
    return {
        "Principal": {"DataLakePrincipalIdentifier": who},
        "Resource": {"DataCellsFilter": named(ALL_ROWS)},
        "Permissions": may,
        "PermissionsWithGrantOption": may_grant,
    }


def drop(resource: Resource = ALL_ROWS.resource) -> None:
    LakeFormationGrants(CENTRAL).drop_filter(resource)


def test_select_is_revoked_and_found(lake: Stubber) -> None:
    held = Held(ALL_ROWS.resource, ("SELECT",), ("SELECT",))
    revoked = {
        "Id": "0",
        "Principal": {"DataLakePrincipalIdentifier": CONSUMER},
        "Resource": granted(ALL_ROWS),
        "Permissions": ["SELECT"],
        "PermissionsWithGrantOption": ["SELECT"],
    }
    lake.add_response("batch_revoke_permissions", {}, {"Entries": [revoked]})
    assert LakeFormationGrants(CENTRAL).revoke([held], CONSUMER) == []
    for may, may_grant, found in (
        (["SELECT"], ["SELECT"], held),
        (["SELECT"], [], Held(ALL_ROWS.resource, ("SELECT",), ())),
        (["DROP"], [], None),
    ):
        page = {"PrincipalResourcePermissions": [entry(may, may_grant), entry(["SELECT"], [], "888888888888")]}
        lake.add_response("list_permissions", page, {"Resource": granted(ALL_ROWS)})
        assert LakeFormationGrants(CENTRAL).held(ALL_ROWS.resource, CONSUMER) == found


@pytest.mark.parametrize(
    "pages",
    [
        [[]],
        [[entry(["DROP"], [], REMOVER)]],
        [[entry(["DROP"], [], REMOVER)], []],
    ],
)
def test_a_filter_that_nobody_has_is_deleted(lake: Stubber, pages: list[list[dict[str, Any]]]) -> None:
    for at, page in enumerate(pages):
        more = {"NextToken": "more"} if at else {}
        left = {"NextToken": "more"} if at < len(pages) - 1 else {}
        answer = {"PrincipalResourcePermissions": page, **left}
        lake.add_response("list_permissions", answer, {"Resource": granted(ALL_ROWS), **more})
    lake.add_response("delete_data_cells_filter", {}, named(ALL_ROWS))
    drop()


@pytest.mark.parametrize(
    "page", [[entry(["SELECT"], [], "888888888888")], [entry(["DROP"], []), entry([], ["SELECT"])]]
)
def test_a_filter_that_somebody_has_stays(lake: Stubber, page: list[dict[str, Any]]) -> None:
    lake.add_response("list_permissions", {"PrincipalResourcePermissions": page})
    drop()


@pytest.mark.parametrize(
    "code", ["EntityNotFoundException", "AccessDeniedException", "InvalidInputException", "SomethingNewException"]
)
def test_one_that_cannot_be_deleted_stays_and_keeps_nobody_waiting(lake: Stubber, code: str) -> None:
    lake.add_response("list_permissions", {"PrincipalResourcePermissions": []})
    error(lake, "delete_data_cells_filter", code)
    drop()


def test_what_passes_is_tried_again(lake: Stubber) -> None:
    lake.add_response("list_permissions", {"PrincipalResourcePermissions": []})
    error(lake, "delete_data_cells_filter", "ConcurrentModificationException")
    with pytest.raises(TryAgain):
        drop()


@pytest.mark.parametrize(
    ("code", "kind"), [("AccessDeniedException", AccessRefused), ("ThrottlingException", TryAgain)]
)
def test_whom_nobody_can_list_may_have_it(lake: Stubber, code: str, kind: type[LakeshareError]) -> None:
    error(lake, "list_permissions", code)
    with pytest.raises(kind):
        drop()


def test_a_filter_that_is_gone_is_nobodys(lake: Stubber) -> None:
    error(lake, "list_permissions", "EntityNotFoundException")
    error(lake, "delete_data_cells_filter", "EntityNotFoundException")
    drop()
