"""Data cells filters: made, seen, changed and ended as in Lake Formation. Grants on them: `test_filter_grants`."""

from collections.abc import Iterator
from typing import Any

import pytest

from mesh_tests.filters import ALL_ROWS, PEOPLE, make, named_filter, on_filter, people
from mesh_tests.harness import CENTRAL, RunningMesh, allow
from mesh_tests.lake import OUTSIDER, brief, empty, grant, listed, named, settings

SHOWN = {"FilterExpression": "TRUE", "AllRowsWildcard": {}}
EUROPE = {"FilterExpression": "country = 'EU' AND day >= 20200101"}


@pytest.fixture
def lake(mesh: RunningMesh) -> Iterator[Any]:
    lake = mesh.client("lakeformation")
    empty(lake)
    with people(mesh):
        yield lake


def found(lake: Any, **wanted: Any) -> list[str]:
    return [each["Name"] for each in lake.list_data_cells_filter(**wanted)["DataCellsFilters"]]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ({"ColumnNames": ["ID", "day"], "RowFilter": EUROPE}, {"ColumnNames": ["id", "day"], "RowFilter": EUROPE}),
        ({"ColumnNames": ["id"], "RowFilter": ALL_ROWS}, {"ColumnNames": ["id"], "RowFilter": SHOWN}),
        ({"ColumnWildcard": {}, "RowFilter": EUROPE}, {"ColumnWildcard": {}, "RowFilter": EUROPE}),
        (
            {"ColumnWildcard": {"ExcludedColumnNames": ["Mail"]}, "RowFilter": ALL_ROWS},
            {"ColumnWildcard": {"ExcludedColumnNames": ["mail"]}, "RowFilter": SHOWN},
        ),
    ],
)
def test_a_filter_is_shown_as_it_was_made(lake: Any, given: dict[str, Any], shown: dict[str, Any]) -> None:
    make(lake, "Some", DatabaseName="Cells", TableName="People", **given)
    entry = lake.get_data_cells_filter(**named_filter("Some"))["DataCellsFilter"]
    assert len(entry.pop("VersionId")) > 0
    assert entry == {**named_filter("Some"), **shown}
    (in_list,) = lake.list_data_cells_filter(Table=PEOPLE)["DataCellsFilters"]
    assert {key: value for key, value in in_list.items() if key != "VersionId"} == entry


@pytest.mark.parametrize(
    ("given", "error", "text"),
    [
        ({"ColumnNames": ["id"], "ColumnWildcard": {}}, "InvalidInputException", "cannot have both column wildcard"),
        ({"ColumnNames": []}, "InvalidInputException", "must have column names or a column wildcard"),
        ({"ColumnNames": ["nowhere"]}, "InvalidInputException", "no column nowhere"),
        ({"ColumnNames": ["place.zip"]}, "InvalidInputException", "Nested columns"),
        ({"ColumnNames": ["no.zip"]}, "InvalidInputException", "no column no.zip"),
        ({"ColumnWildcard": {"ExcludedColumnNames": ["nowhere"]}}, "InvalidInputException", "no column nowhere"),
        ({"RowFilter": {}}, "InvalidInputException", "RowFilter must have one of"),
        ({"RowFilter": {**EUROPE, **ALL_ROWS}}, "InvalidInputException", "RowFilter must have one of"),
        ({"RowFilter": {"FilterExpression": "nowhere = 1"}}, "InvalidInputException", "no column nowhere"),
        ({"RowFilter": {"FilterExpression": "day IS NULL"}}, "InvalidInputException", "partition keys"),
        ({"Name": "x" * 256}, "InvalidInputException", "Name must be 1 to 255"),
        ({"Name": "a\nb"}, "InvalidInputException", "Name must be 1 to 255"),
        ({"TableName": "nobody"}, "EntityNotFoundException", "Table not found: cells.nobody"),
        ({"DatabaseName": "nowhere"}, "EntityNotFoundException", "Database not found: nowhere"),
        ({"TableName": "link"}, "InvalidInputException", "resource link"),
        ({"DatabaseName": "cells_link"}, "InvalidInputException", "resource link"),
        ({"TableName": "view"}, "InvalidInputException", "view"),
        ({"TableCatalogId": OUTSIDER}, "AccessDeniedException", "not authorized"),
        ({"Name": "taken"}, "AlreadyExistsException", "taken"),
    ],
)
def test_what_cannot_be_made(lake: Any, given: dict[str, Any], error: str, text: str) -> None:
    make(lake, "taken")
    columns = {} if {"ColumnNames", "ColumnWildcard"} & set(given) else {"ColumnNames": ["id"]}
    with pytest.raises(getattr(lake.exceptions, error), match=text):
        lake.create_data_cells_filter(
            TableData={**named_filter("new"), "RowFilter": ALL_ROWS, **columns, **given},
        )
    assert found(lake) == ["taken"]


def test_a_filter_is_changed_under_its_grants(lake: Any) -> None:
    make(lake, "some")
    grant(lake, on_filter("some"), ["SELECT"], ["SELECT"])
    before = lake.get_data_cells_filter(**named_filter("some"))["DataCellsFilter"]
    body = {**named_filter("some"), "ColumnNames": ["mail"], "RowFilter": EUROPE}
    lake.update_data_cells_filter(TableData={**body, "VersionId": before["VersionId"]})
    after = lake.get_data_cells_filter(**named_filter("some"))["DataCellsFilter"]
    assert (after["ColumnNames"], after["RowFilter"]) == (["mail"], EUROPE)
    assert len(listed(lake, Resource=on_filter("some"))) == 1
    with pytest.raises(lake.exceptions.ConcurrentModificationException):
        lake.update_data_cells_filter(TableData={**body, "VersionId": before["VersionId"]})
    with pytest.raises(lake.exceptions.EntityNotFoundException):
        lake.update_data_cells_filter(TableData={**body, "Name": "other"})
    with pytest.raises(lake.exceptions.InvalidInputException):
        lake.update_data_cells_filter(TableData={**body, "ColumnNames": ["nowhere"]})


def test_what_is_not_there(lake: Any) -> None:
    for call in (lake.get_data_cells_filter, lake.delete_data_cells_filter):
        with pytest.raises(lake.exceptions.EntityNotFoundException, match="Data cells filter not found: some"):
            call(**named_filter("some"))
    with pytest.raises(lake.exceptions.InvalidInputException):
        lake.delete_data_cells_filter()
    assert found(lake, Table={**PEOPLE, "Name": "nobody"}) == []


def test_lists_have_pages(lake: Any) -> None:
    names = ["a", "b", "c"]
    for name in reversed(names):
        make(lake, name)
    make(lake, "other", TableName="others")
    pages: list[list[str]] = []
    token: dict[str, str] = {}
    while True:
        page = lake.list_data_cells_filter(Table=PEOPLE, MaxResults=2, **token)
        pages.append([each["Name"] for each in page["DataCellsFilters"]])
        if "NextToken" not in page:
            break
        token = {"NextToken": page["NextToken"]}
    assert pages == [["a", "b"], ["c"]]
    assert found(lake) == ["other", *names]
    assert found(lake, Table={"DatabaseName": "cells", "TableWildcard": {}}) == ["other", *names]
    with pytest.raises(lake.exceptions.InvalidInputException, match="MaxResults"):
        lake.list_data_cells_filter(MaxResults=1001)


def code(lake: Any, call: str, **given: Any) -> str:
    try:
        getattr(lake, call)(**given)
    except lake.exceptions.AccessDeniedException:
        return "denied"
    return "done"


TABLE = {"Table": {"DatabaseName": "cells", "Name": "people"}}
ALL_TABLES = {"Table": {"DatabaseName": "cells", "TableWildcard": {}}}
ON_ONE_COLUMN = {"TableWithColumns": {"DatabaseName": "cells", "Name": "people", "ColumnNames": ["id"]}}


@pytest.mark.parametrize(
    ("granted", "allowed"),
    [
        ((), set()),
        ((TABLE, ["SELECT"]), set()),
        ((TABLE, ["SELECT"], ["SELECT"]), {"see", "make", "change"}),
        ((ALL_TABLES, ["SELECT"], ["SELECT"]), {"see", "make", "change"}),
        ((ON_ONE_COLUMN, ["SELECT"], ["SELECT"]), set()),
        ((on_filter("some"), ["DESCRIBE"]), {"see"}),
        ((on_filter("some"), ["SELECT"]), {"see"}),
        ((on_filter("some"), ["DROP"]), {"see", "end"}),
    ],
)
def test_what_a_role_may_do(mesh: RunningMesh, lake: Any, granted: tuple[Any, ...], allowed: set[str]) -> None:
    make(lake, "some")
    role = mesh.role(allow("lakeformation:*", "*"))
    theirs = mesh.client("lakeformation", **mesh.assume(role))
    if granted:
        grant(lake, *granted, principal=role)
    body = {"ColumnNames": ["id"], "RowFilter": ALL_ROWS}
    calls = {
        "see": code(theirs, "get_data_cells_filter", **named_filter("some")),
        "make": code(theirs, "create_data_cells_filter", TableData={**named_filter("own"), **body}),
        "change": code(theirs, "update_data_cells_filter", TableData={**named_filter("some"), **body}),
        "end": code(theirs, "delete_data_cells_filter", **named_filter("some")),
    }
    assert {name for name, answer in calls.items() if answer == "done"} == allowed
    assert ("some" in found(theirs)) == (allowed & {"see", "end"} == {"see"})


def test_who_made_a_filter_sees_and_ends_it(mesh: RunningMesh, lake: Any) -> None:
    role = mesh.role(allow("lakeformation:*", "*"))
    theirs = mesh.client("lakeformation", **mesh.assume(role))
    grant(lake, TABLE, ["SELECT"], ["SELECT"], role)
    make(theirs, "own")
    lake.revoke_permissions(
        Principal=named(role), Resource=TABLE, PermissionsWithGrantOption=["SELECT"], Permissions=[]
    )
    assert found(theirs) == ["own"]
    theirs.delete_data_cells_filter(**named_filter("own"))
    assert found(lake) == []


@pytest.mark.parametrize(
    ("administrators", "allowed"), [("DataLakeAdmins", ["done"] * 3), ("ReadOnlyAdmins", ["done", "denied", "denied"])]
)
def test_administrators(mesh: RunningMesh, lake: Any, administrators: str, allowed: list[str]) -> None:
    make(lake, "some")
    role = mesh.role(allow("lakeformation:*", "*"))
    theirs = mesh.client("lakeformation", **mesh.assume(role))
    body = {**named_filter("new"), "ColumnNames": ["id"], "RowFilter": ALL_ROWS}
    with settings(lake, **{administrators: [named(role)]}):
        assert [
            code(theirs, "get_data_cells_filter", **named_filter("some")),
            code(theirs, "create_data_cells_filter", TableData=body),
            code(theirs, "delete_data_cells_filter", **named_filter("some")),
        ] == allowed


@pytest.mark.parametrize("operation", ["Create", "Get", "List", "Update", "Delete"])
def test_each_operation_is_an_action_of_its_own(mesh: RunningMesh, lake: Any, operation: str) -> None:
    """With no resource: https://docs.aws.amazon.com/service-authorization/latest/reference/list_lakeformation.html."""
    make(lake, "some")
    data = {**named_filter("some"), "ColumnNames": ["id"], "RowFilter": ALL_ROWS}
    given = {"Create": {"TableData": {**data, "Name": "new"}}, "Update": {"TableData": data}, "List": {}}
    call, arguments = f"{operation.lower()}_data_cells_filter", given.get(operation, named_filter("some"))
    actions = [f"lakeformation:{each}DataCellsFilter" for each in ("Create", "Get", "List", "Update", "Delete")]
    others = [each for each in actions if operation not in each]
    for wanted, resource, answer in (
        (others, "*", "denied"),
        ([f"lakeformation:{operation}DataCellsFilter"], f"arn:aws:glue:us-east-1:{CENTRAL}:catalog", "denied"),
        ([f"lakeformation:{operation}DataCellsFilter"], "*", "done"),
    ):
        role = mesh.role(allow(wanted, resource))
        grant(lake, TABLE, ["SELECT"], ["SELECT"], role)
        grant(lake, on_filter("some"), ["DROP"], principal=role)
        assert code(mesh.client("lakeformation", **mesh.assume(role)), call, **arguments) == answer


@pytest.mark.parametrize("what", ["filter", "table", "database"])
def test_filters_and_grants_on_them_end_with_what_they_are_on(mesh: RunningMesh, lake: Any, what: str) -> None:
    make(lake, "some")
    make(lake, "kept", TableName="others")
    for name, table in (("some", "people"), ("kept", "others")):
        grant(lake, on_filter(name, table), ["SELECT"], ["SELECT"])
    glue = mesh.client("glue")
    if what == "filter":
        lake.delete_data_cells_filter(**named_filter("some"))
    elif what == "table":
        glue.delete_table(DatabaseName="cells", Name="people")
    else:
        glue.delete_database(Name="cells")
    left = [] if what == "database" else ["kept"]
    assert found(lake) == left
    assert brief(listed(lake)) == [(on_filter(each, "others"), ["SELECT"], ["SELECT"]) for each in left]
    if what == "database":
        glue.create_database(DatabaseInput={"Name": "cells"})
