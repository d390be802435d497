"""LF-Tags: one value a key and resource, inherited, found by searches, hidden from roles that may not see them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from mesh_tests.harness import RunningMesh, allow
from mesh_tests.lake import grant, listed

ACCOUNT = "123456789012"
SHOP: dict[str, Any] = {"Database": {"Name": "shop"}}
CUSTOMER: dict[str, Any] = {"Table": {"DatabaseName": "shop", "Name": "customer"}}


def column(*names: str) -> dict[str, Any]:
    return {"TableWithColumns": {"DatabaseName": "shop", "Name": "customer", "ColumnNames": list(names)}}


def tag(key: str, *values: str) -> dict[str, Any]:
    return {"TagKey": key, "TagValues": list(values)}


@pytest.fixture
def lake(mesh: RunningMesh) -> Iterator[Any]:
    lake = mesh.client("lakeformation")
    lake.create_lf_tag(TagKey="PII", TagValues=["True", "false"])
    lake.create_lf_tag(TagKey="team", TagValues=["a"])
    yield lake
    for key in ("pii", "team"):
        lake.delete_lf_tag(TagKey=key)


def give(lake: Any, resource: dict[str, Any], *tags: dict[str, Any]) -> list[dict[str, Any]]:
    return lake.add_lf_tags_to_resource(Resource=resource, LFTags=list(tags))["Failures"]


def told(lake: Any, resource: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Tags by level; those of columns by name."""
    answer = lake.get_resource_lf_tags(Resource=resource, **more)
    short: dict[str, Any] = {
        level: plain(answer[level]) for level in ("LFTagOnDatabase", "LFTagsOnTable") if level in answer
    }
    return {**short, **{each["Name"]: plain(each["LFTags"]) for each in answer.get("LFTagsOnColumns", ())}}


def plain(pairs: list[dict[str, Any]]) -> dict[str, str]:
    assert {pair["CatalogId"] for pair in pairs} == {ACCOUNT}
    return {pair["TagKey"]: pair["TagValues"][0] for pair in pairs}


def columns_of(mesh: RunningMesh) -> list[str]:
    table = mesh.client("glue").get_table(DatabaseName="shop", Name="customer")["Table"]
    return [each["Name"] for each in (*table["StorageDescriptor"]["Columns"], *table.get("PartitionKeys", ()))]


def test_names_and_values_are_in_lower_case_and_have_to_be_there(lake: Any) -> None:
    assert lake.get_lf_tag(TagKey="pii")["TagValues"] == ["true", "false"]
    with pytest.raises(lake.exceptions.EntityNotFoundException):
        lake.get_lf_tag(TagKey="nothing")
    for wrong in (tag("nothing", "x"), tag("pii", "maybe")):
        assert [each["Error"]["ErrorCode"] for each in give(lake, SHOP, wrong)] == ["EntityNotFoundException"]
    with pytest.raises(lake.exceptions.InvalidInputException):
        give(lake, SHOP, tag("pii", "true", "false"))
    with pytest.raises(lake.exceptions.EntityNotFoundException):
        give(lake, {"Table": {"DatabaseName": "shop", "Name": "nothing"}}, tag("pii", "true"))
    assert told(lake, SHOP) == {}


def test_a_resource_has_one_value_of_a_key_and_what_it_is_in_hands_on_the_rest(mesh: RunningMesh, lake: Any) -> None:
    first, *others = columns_of(mesh)
    give(lake, SHOP, tag("PII", "FALSE"))
    give(lake, SHOP, tag("pii", "true"), tag("team", "a"))
    everywhere = {"pii": "true", "team": "a"}
    assert told(lake, SHOP) == {"LFTagOnDatabase": everywhere}
    levels = {"LFTagOnDatabase": everywhere, "LFTagsOnTable": everywhere}
    assert told(lake, CUSTOMER) == {**levels, **dict.fromkeys((first, *others), everywhere)}
    give(lake, column(first), tag("pii", "false"))
    assert told(lake, CUSTOMER)[first] == {"pii": "false", "team": "a"}
    assigned = told(lake, CUSTOMER, ShowAssignedLFTags=True)
    assert assigned == {"LFTagOnDatabase": everywhere, first: {"pii": "false"}}
    lake.remove_lf_tags_from_resource(Resource=SHOP, LFTags=[tag("pii", "true"), tag("team", "a")])
    assert told(lake, CUSTOMER) == {first: {"pii": "false"}}


def test_searches_find_what_fits_and_tables_of_which_a_column_does(mesh: RunningMesh, lake: Any) -> None:
    first = columns_of(mesh)[0]

    def tables(*expression: dict[str, Any], **more: Any) -> list[str]:
        return [
            each["Table"]["Name"] for each in lake.search_tables_by_lf_tags(Expression=expression, **more)["TableList"]
        ]

    assert tables(tag("pii", "true", "false")) == []
    give(lake, column(first), tag("pii", "true"))
    (found,) = lake.search_tables_by_lf_tags(Expression=[tag("pii", "true")])["TableList"]
    assert found["Table"] == {"CatalogId": ACCOUNT, "DatabaseName": "shop", "Name": "customer"}
    assert [each["Name"] for each in found["LFTagsOnColumns"]] == [first]
    assert tables(tag("pii", "false")) == tables(tag("pii", "true"), tag("team", "a")) == []
    give(lake, SHOP, tag("pii", "true"), tag("team", "a"))
    everything = tables(tag("team", "a"))
    assert len(everything) > 1
    first_page = lake.search_tables_by_lf_tags(Expression=[tag("team", "a")], MaxResults=1)
    assert tables(tag("team", "a"), NextToken=first_page["NextToken"]) == everything[1:]
    (database,) = lake.search_databases_by_lf_tags(Expression=[tag("pii", "true")])["DatabaseList"]
    assert (database["Database"]["Name"], plain(database["LFTags"])) == ("shop", {"pii": "true", "team": "a"})


def test_a_role_sees_the_tags_that_it_was_granted(mesh: RunningMesh, lake: Any) -> None:
    give(lake, SHOP, tag("pii", "true"), tag("team", "a"))
    arn = mesh.role(allow("lakeformation:*", "*"))
    reader = mesh.client("lakeformation", **mesh.assume(arn))
    assert told(reader, SHOP) == {}
    assert reader.search_tables_by_lf_tags(Expression=[tag("pii", "true")])["TableList"] == []
    with pytest.raises(reader.exceptions.AccessDeniedException):
        reader.get_lf_tag(TagKey="pii")
    granted = {"LFTag": tag("pii", "false")}
    for values, seen, shown in ((["false"], ["false"], {}), (["*"], ["true", "false"], {"pii": "true"})):
        granted["LFTag"]["TagValues"] = values
        lake.grant_permissions(
            Principal={"DataLakePrincipalIdentifier": arn}, Resource=granted, Permissions=["DESCRIBE"]
        )
        assert reader.get_lf_tag(TagKey="pii")["TagValues"] == seen
        assert told(reader, SHOP) == ({"LFTagOnDatabase": shown} if shown else {})
    with pytest.raises(lake.exceptions.EntityNotFoundException):
        lake.grant_permissions(
            Principal={"DataLakePrincipalIdentifier": arn},
            Resource={"LFTag": tag("nothing", "*")},
            Permissions=["DESCRIBE"],
        )


def test_grants_on_a_tag_go_with_it(lake: Any) -> None:
    def granted() -> list[str]:
        return [each["Resource"]["LFTag"]["TagKey"] for each in listed(lake, ResourceType="LF_TAG")]

    before = granted()
    lake.create_lf_tag(TagKey="brief", TagValues=["x"])
    grant(lake, {"LFTag": tag("brief", "x")}, ["DESCRIBE"])
    assert granted() == [*before, "brief"]
    lake.delete_lf_tag(TagKey="Brief")
    assert granted() == before
