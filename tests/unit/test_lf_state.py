"""All that is granted, as Lake Formation and RAM list it: every shape that AWS gives, and who sees all of it."""

from collections.abc import Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from handlers.aws.lf_state import LakeFormationState
from handlers.sharing.model.errors import AccessRefused, LakeshareError, NotReadOnlyAdministrator, TryAgain
from handlers.sharing.model.granted import Granted, Trouble
from handlers.sharing.model.grants import Resource
from tests.fakes.world import CENTRAL, CONSUMER
from tests.unit.stubs import error, stubbed

RAM = "arn:aws:ram:us-east-1:123456789012:resource-share/1"
ROLE = f"arn:aws:iam::{CENTRAL}:role/lakeshare-drift-role-1a"
SESSION = {"Arn": f"arn:aws:sts::{CENTRAL}:assumed-role/lakeshare-drift-role-1a/session"}
EUROPE = {"TableCatalogId": CENTRAL, "DatabaseName": "sales", "TableName": "people", "Name": "eu"}
PEOPLE = {"CatalogId": CENTRAL, "DatabaseName": "sales", "Name": "people"}


@pytest.fixture
def lake() -> Iterator[Stubber]:
    with stubbed("lakeformation") as stub:
        yield stub


def entry(resource: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "Principal": {"DataLakePrincipalIdentifier": CONSUMER},
        "Resource": resource,
        "Permissions": ["SELECT"],
        "PermissionsWithGrantOption": [],
        **more,
    }


@pytest.mark.parametrize(
    ("listed", "what", "database", "resource"),
    [
        ({"Database": {"CatalogId": CENTRAL, "Name": "sales"}}, "database sales", "sales", Resource("sales")),
        ({"Table": PEOPLE}, "sales.people", "sales", Resource("sales", "people")),
        ({"TableWithColumns": {**PEOPLE, "ColumnWildcard": {}}}, "sales.people", "sales", Resource("sales", "people")),
        (
            {"Table": {**PEOPLE, "Name": "ALL_TABLES", "TableWildcard": {}}},
            "all tables of sales",
            "sales",
            Resource("sales", "*"),
        ),
        (
            {"TableWithColumns": {**PEOPLE, "Name": "ALL_TABLES", "ColumnWildcard": {}}},
            "all tables of sales",
            "sales",
            Resource("sales", "*"),
        ),
        (
            {"TableWithColumns": {**PEOPLE, "ColumnNames": ["id", "day"]}},
            "columns id, day of sales.people",
            "sales",
            None,
        ),
        (
            {"TableWithColumns": {**PEOPLE, "ColumnWildcard": {"ExcludedColumnNames": ["email"]}}},
            "all columns but email of sales.people",
            "sales",
            None,
        ),
        (
            {"DataCellsFilter": EUROPE},
            "the filter eu of sales.people",
            "sales",
            Resource("sales", "people", "eu"),
        ),
        (
            {"Database": {"CatalogId": "999999999998", "Name": "sales"}},
            'Database {"CatalogId": "999999999998", "Name": "sales"}',
            "",
            None,
        ),
        ({"LFTag": {"TagKey": "pii", "TagValues": ["*"]}}, 'LFTag {"TagKey": "pii", "TagValues": ["*"]}', "", None),
        ({"DataLocation": {"ResourceArn": "arn:x"}}, 'DataLocation {"ResourceArn": "arn:x"}', "", None),
        ({"Catalog": {}}, "Catalog {}", "", None),
        ({}, "nothing that is known {}", "", None),
    ],
)
def test_what_a_grant_is_on(
    lake: Stubber, listed: dict[str, Any], what: str, database: str, resource: Resource | None
) -> None:
    lake.add_response("list_permissions", {"PrincipalResourcePermissions": [entry(listed)]}, {})
    assert list(LakeFormationState(CENTRAL).everything()) == [
        Granted(CONSUMER, what, database, resource, frozenset({"SELECT"}))
    ]


def test_page_by_page_with_what_ram_carries(lake: Stubber) -> None:
    shared = entry({"Table": PEOPLE}, AdditionalDetails={"ResourceShare": [RAM]}, PermissionsWithGrantOption=["SELECT"])
    lake.add_response("list_permissions", {"PrincipalResourcePermissions": [shared], "NextToken": "more"}, {})
    lake.add_response("list_permissions", {"PrincipalResourcePermissions": [shared]}, {"NextToken": "more"})
    found = list(LakeFormationState(CENTRAL).everything())
    assert [(each.ram, each.grantable) for each in found] == [(frozenset({RAM}), frozenset({"SELECT"}))] * 2


@pytest.mark.parametrize(("code", "kind"), [("Throttling", TryAgain), ("AccessDenied", AccessRefused)])
def test_what_fails_is_no_empty_list(lake: Stubber, code: str, kind: type[LakeshareError]) -> None:
    error(lake, "list_permissions", code)
    with pytest.raises(kind):
        list(LakeFormationState(CENTRAL).everything())


@pytest.mark.parametrize(
    ("settings", "sees_all"),
    [
        ({"ReadOnlyAdmins": [{"DataLakePrincipalIdentifier": ROLE}]}, True),
        ({"DataLakeAdmins": [{"DataLakePrincipalIdentifier": ROLE}]}, True),
        ({"ReadOnlyAdmins": [{"DataLakePrincipalIdentifier": f"{ROLE}b"}]}, False),
        ({}, False),
    ],
)
def test_who_sees_all(lake: Stubber, settings: dict[str, Any], sees_all: bool) -> None:
    lake.add_response("get_data_lake_settings", {"DataLakeSettings": settings}, {})
    with stubbed("sts") as sts:
        sts.add_response("get_caller_identity", SESSION, {})
        if sees_all:
            LakeFormationState(CENTRAL).check_sees_all()
            return
        with pytest.raises(NotReadOnlyAdministrator, match=ROLE):
            LakeFormationState(CENTRAL).check_sees_all()


def association(entity: str, status: str, message: str | None = None, kind: str = "RESOURCE") -> dict[str, Any]:
    told = {} if message is None else {"statusMessage": message}
    return {"associatedEntity": entity, "associationType": kind, "status": status, **told}


def test_what_ram_says(lake: Stubber) -> None:
    glue = f"arn:aws:glue:us-east-1:{CENTRAL}"
    resources = [
        association(f"{glue}:catalog", "FAILED", "No room."),
        association(f"{glue}:database/sales", "ASSOCIATED"),
        association(f"{glue}:table/sales/people", "FAILED", "Not found."),
        association(f"{glue}:table/sales/*", "DISASSOCIATED"),
    ]
    with stubbed("ram") as ram:
        asked = {"resourceShareArns": [RAM]}
        waiting = association(CONSUMER, "ASSOCIATING", kind="PRINCIPAL")
        ram.add_response(
            "get_resource_share_associations",
            {"resourceShareAssociations": [waiting]},
            {"associationType": "PRINCIPAL", **asked},
        )
        for page, given in ((resources[:2], {}), (resources[2:], {"nextToken": "more"})):
            more = {} if given else {"nextToken": "more"}
            ram.add_response(
                "get_resource_share_associations",
                {"resourceShareAssociations": page, **more},
                {"associationType": "RESOURCE", **asked, **given},
            )
        ram.add_client_error("get_resource_share_associations", "UnknownResourceException")
        troubles = LakeFormationState(CENTRAL).troubles({RAM, f"{RAM}9"})
    failed = "The resource's association is FAILED: "
    assert troubles == {
        RAM: [
            Trouble(None, f"{failed}No room."),
            Trouble(Resource("sales", "people"), f"{failed}Not found."),
            Trouble(Resource("sales", "*"), "The resource's association is DISASSOCIATED: RAM does not say why."),
        ],
        f"{RAM}9": [Trouble(None, "There is no such resource share any more.")],
    }
