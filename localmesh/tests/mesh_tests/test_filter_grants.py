"""Grants on data cells filters: checked, listed, shared with other accounts and handed on there."""

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest

from mesh_tests.filters import PEOPLE, make, named_filter, on_filter, people
from mesh_tests.harness import CENTRAL, REGION, RunningMesh
from mesh_tests.lake import OUTSIDER, accept, brief, empty, grant, invitations, listed, named, revoke, settings

OURS = f"arn:aws:iam::{CENTRAL}:role/Ours"
THEIRS = f"arn:aws:iam::{OUTSIDER}:role/Analyst"
TABLE: dict[str, Any] = {"Table": {"CatalogId": CENTRAL, **PEOPLE}}
ALL_TABLES: dict[str, Any] = {"Table": {"CatalogId": CENTRAL, "DatabaseName": "cells", "TableWildcard": {}}}
SELECT = ["SELECT"]


def columns(*names: str, **more: Any) -> dict[str, Any]:
    which = {"ColumnNames": list(names)} if names else more
    return {"TableWithColumns": {"CatalogId": CENTRAL, **PEOPLE, **which}}


@pytest.fixture
def lake(mesh: RunningMesh) -> Iterator[Any]:
    lake = mesh.client("lakeformation")
    empty(lake)
    with people(mesh):
        for name in ("some", "more"):
            make(lake, name)
        make(lake, "some", TableName="others")
        yield lake


@pytest.mark.parametrize(
    ("principal", "may", "option"),
    [
        (OURS, SELECT, []),
        (OURS, ["SELECT", "DESCRIBE", "DROP"], ["DESCRIBE"]),
        (OUTSIDER, SELECT, SELECT),
        (THEIRS, SELECT, []),
        (THEIRS, SELECT, SELECT),
    ],
)
def test_what_is_granted_is_listed_and_revoked(lake: Any, principal: str, may: list[str], option: list[str]) -> None:
    grant(lake, {"DataCellsFilter": {**named_filter("some"), "TableName": "People"}}, may, option, principal)
    assert brief(listed(lake)) == [(on_filter("some"), may, option)]
    revoke(lake, on_filter("some"), may, option, principal)
    assert listed(lake) == []
    with pytest.raises(lake.exceptions.InvalidInputException, match="No permissions revoked"):
        revoke(lake, on_filter("some"), may, option, principal)


@pytest.mark.parametrize(
    ("principal", "resource", "asked", "error"),
    [
        (OURS, on_filter("some"), (["INSERT"], []), "InvalidInputException"),
        (OURS, on_filter("some"), (["ALL"], []), "InvalidInputException"),
        (OURS, on_filter("nothing"), (SELECT, []), "EntityNotFoundException"),
        (OURS, on_filter("more", "others"), (SELECT, []), "EntityNotFoundException"),
        (OURS, on_filter("some", "nobody"), (SELECT, []), "EntityNotFoundException"),
        (OURS, {"DataCellsFilter": {**PEOPLE}}, (SELECT, []), "InvalidInputException"),
        (OUTSIDER, on_filter("some"), (SELECT, []), "InvalidInputException"),
        (OUTSIDER, on_filter("some"), ([], SELECT), "InvalidInputException"),
        (OUTSIDER, on_filter("some"), (["DESCRIBE"], ["DESCRIBE"]), "InvalidInputException"),
        (OUTSIDER, on_filter("some"), (["SELECT", "DROP"], SELECT), "InvalidInputException"),
        (THEIRS, on_filter("some"), (["DESCRIBE"], []), "InvalidInputException"),
    ],
)
def test_what_cannot_be_granted(lake: Any, principal: str, resource: Any, asked: tuple[Any, Any], error: str) -> None:
    entry = {
        "Id": "one",
        "Principal": named(principal),
        "Resource": resource,
        "Permissions": asked[0],
        "PermissionsWithGrantOption": asked[1],
    }
    (failure,) = lake.batch_grant_permissions(Entries=[entry])["Failures"]
    assert failure["Error"]["ErrorCode"] == error
    with pytest.raises(getattr(lake.exceptions, error)):
        grant(lake, resource, *asked, principal)
    assert listed(lake) == []


def test_a_principal_has_select_on_at_most_100_filters_of_a_table(lake: Any) -> None:
    for number in range(101):
        make(lake, f"f{number}")
        if number < 100:
            grant(lake, on_filter(f"f{number}"), SELECT, SELECT)
    with pytest.raises(lake.exceptions.InvalidInputException, match="more than 100"):
        grant(lake, on_filter("f100"), SELECT, SELECT)
    # What it has can be granted again; another table's and another principal's are other ones; DESCRIBE does not count.
    grant(lake, on_filter("f0"), SELECT, SELECT)
    grant(lake, on_filter("some", "others"), SELECT, SELECT)
    grant(lake, on_filter("f100"), SELECT, principal=OURS)
    revoke(lake, on_filter("f0"), SELECT, SELECT)
    grant(lake, on_filter("f100"), SELECT, SELECT)


SOME = (on_filter("some"), SELECT, SELECT)
OTHERS = (on_filter("some", "others"), SELECT, SELECT)
DESCRIBED = (TABLE, ["DESCRIBE"], [])


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ({}, [SOME, SOME, DESCRIBED, OTHERS]),
        ({"Resource": on_filter("some")}, [SOME, SOME]),
        ({"Resource": on_filter("more")}, []),
        ({"Resource": TABLE}, [DESCRIBED]),
        ({"Resource": TABLE, "IncludeRelated": "FALSE"}, [DESCRIBED]),
        ({"Resource": TABLE, "IncludeRelated": "TRUE"}, [SOME, SOME, DESCRIBED]),
        ({"Resource": ALL_TABLES, "IncludeRelated": "TRUE"}, [SOME, SOME, OTHERS]),
        ({"Resource": TABLE, "Principal": named(OUTSIDER)}, [DESCRIBED]),
        ({"Resource": on_filter("some"), "Principal": named(OUTSIDER)}, [SOME]),
        # Issue 48360 of Terraform's AWS provider: the grant is there, and is not told.
        ({"Resource": on_filter("some"), "Principal": named(THEIRS)}, []),
        ({"ResourceType": "TABLE"}, [DESCRIBED]),
    ],
)
def test_lists(lake: Any, wanted: dict[str, Any], expected: list[Any]) -> None:
    for principal in (OUTSIDER, THEIRS):
        grant(lake, on_filter("some"), SELECT, SELECT, principal)
    grant(lake, TABLE, ["DESCRIBE"])
    grant(lake, on_filter("some", "others"), SELECT, SELECT)
    assert brief(listed(lake, **wanted)) == expected


def test_related_grants_are_not_a_principals(lake: Any) -> None:
    with pytest.raises(lake.exceptions.InvalidInputException, match="IncludeRelated"):
        listed(lake, Resource=TABLE, Principal=named(OUTSIDER), IncludeRelated="TRUE")


def test_administrators_need_no_grants(lake: Any) -> None:
    with settings(lake, DataLakeAdmins=[named(OURS)]):
        everything = ["DESCRIBE", "DROP", "SELECT"]
        expected = [(on_filter("some"), everything, everything)]
        assert brief(listed(lake, Resource=on_filter("some"), Principal=named(OURS))) == expected


def test_a_filter_joins_the_shares_that_its_table_would(mesh: RunningMesh, lake: Any) -> None:
    consumer = str(uuid4().int)[:12]
    grant(lake, on_filter("some"), SELECT, SELECT, consumer)
    assert len(invitations(mesh, consumer)) == 2
    grant(lake, TABLE, ["DESCRIBE"], principal=consumer)
    grant(lake, on_filter("more"), SELECT, SELECT, consumer)
    assert len(invitations(mesh, consumer)) == 2
    accept(mesh, consumer)
    on_table = f"arn:aws:glue:{REGION}:{CENTRAL}:table/cells/people"
    ram = mesh.client("ram", consumer)

    def shared() -> set[str]:
        return {each["arn"] for each in ram.list_resources(resourceOwner="OTHER-ACCOUNTS")["resources"]}

    assert on_table in shared()
    (carried,) = {
        tuple(each["AdditionalDetails"]["ResourceShare"]) for each in listed(lake, Resource=on_filter("some"))
    }
    assert carried in {tuple(each["AdditionalDetails"]["ResourceShare"]) for each in listed(lake, Resource=TABLE)}
    revoke(lake, TABLE, ["DESCRIBE"], principal=consumer)
    revoke(lake, on_filter("some"), SELECT, SELECT, consumer)
    assert on_table in shared()
    lake.delete_data_cells_filter(**named_filter("more"))
    assert on_table not in shared()


@pytest.mark.parametrize(
    ("granted", "handed_on", "allowed"),
    [
        # data-filtering-notes.html: all columns of some; nobody sees more for that.
        (columns("id", "mail"), TABLE, True),
        (columns("id", "mail"), columns("id"), True),
        (columns("id"), columns(ColumnWildcard={"ExcludedColumnNames": ["mail"]}), True),
        (columns("id"), on_filter("some"), False),
        (columns("id"), ALL_TABLES, False),
        (on_filter("some"), on_filter("some"), True),
        (on_filter("some"), on_filter("more"), False),
        (on_filter("some"), TABLE, True),
        (on_filter("some", "others"), TABLE, False),
        (TABLE, on_filter("some"), True),
        (ALL_TABLES, on_filter("some"), True),
    ],
)
def test_what_an_account_hands_on(
    mesh: RunningMesh, lake: Any, granted: dict[str, Any], handed_on: dict[str, Any], *, allowed: bool
) -> None:
    consumers = mesh.client("lakeformation", OUTSIDER)
    grant(lake, granted, SELECT, SELECT)
    with pytest.raises(consumers.exceptions.ClientError, match="AccessDenied"):
        grant(consumers, handed_on, SELECT, principal=THEIRS)
    accept(mesh, OUTSIDER)
    if not allowed:
        with pytest.raises(consumers.exceptions.ClientError, match="AccessDenied"):
            grant(consumers, handed_on, SELECT, principal=THEIRS)
        return
    grant(consumers, handed_on, SELECT, principal=THEIRS)
    assert len(listed(consumers)) == 1
    with pytest.raises(consumers.exceptions.ClientError, match="AccessDenied"):
        grant(consumers, handed_on, SELECT, principal="888888888888")
    revoke(lake, granted, SELECT, SELECT)
    assert listed(consumers) == []


def test_another_account_sees_what_was_shared_with_it(mesh: RunningMesh, lake: Any) -> None:
    consumers = mesh.client("lakeformation", OUTSIDER)
    wanted = {"Table": {"CatalogId": CENTRAL, **PEOPLE}}
    grant(lake, on_filter("some"), SELECT, SELECT)
    assert consumers.list_data_cells_filter(**wanted)["DataCellsFilters"] == []
    accept(mesh, OUTSIDER)
    assert [each["Name"] for each in consumers.list_data_cells_filter(**wanted)["DataCellsFilters"]] == ["some"]
    assert consumers.get_data_cells_filter(**named_filter("some"))["DataCellsFilter"]["ColumnNames"] == ["id"]
    for name in ("some", "more"):
        with pytest.raises(consumers.exceptions.AccessDeniedException):
            consumers.delete_data_cells_filter(**named_filter(name))


def test_what_is_open_to_iam_is_not_shared_in_part(lake: Any) -> None:
    grant(lake, TABLE, ["ALL"], principal="IAM_ALLOWED_PRINCIPALS")
    with pytest.raises(lake.exceptions.InvalidInputException, match="Illegal combination"):
        grant(lake, on_filter("some"), SELECT, SELECT)
    grant(lake, on_filter("some"), SELECT, principal=OURS)
