"""What makes a table a view, and what else of an entry decides about which data is read."""

import json
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest

from handlers.aws.glue_facts import about_database, about_table, is_view

LAKES = Path(__file__).parents[1] / "fixtures" / "catalogues"


def tables(name: str) -> dict[str, dict[str, Any]]:
    return {each["Name"]: each for each in json.loads((LAKES / f"{name}.json").read_text())["Tables"]}


MATERIALISED = tables("city_views")["materialised"]
DELTA = tables("city_spark")["riders"]
PLAIN = tables("city_spark")["trips"]


@pytest.mark.parametrize("name", tables("city_views"))
def test_views(name: str) -> None:
    assert is_view(tables("city_views")[name])


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ({"TableType": "VIRTUAL_VIEW"}, True),
        ({"TableType": "materialized_view"}, True),
        ({"TableType": "EXTERNAL_TABLE"}, False),
        ({"TableType": None}, False),
        ({"TableType": 7}, False),
        ({"ViewOriginalText": "select 1"}, True),
        ({"ViewExpandedText": "select 1"}, True),
        ({"ViewOriginalText": "", "ViewExpandedText": None}, False),
        ({"ViewDefinition": {"SubObjects": []}}, True),
        ({"ViewDefinition": {}}, False),
        ({"IsMultiDialectView": True}, True),
        ({"IsMultiDialectView": False}, False),
        ({"Parameters": {"presto_view": "true"}}, True),
        ({"Parameters": {"Presto_View ": "TRUE"}}, True),
        ({"Parameters": {"presto_view": "False"}}, False),
        ({"Parameters": {"presto_view": ["odd"]}}, True),
        ({"Parameters": "odd"}, False),
    ],
)
def test_what_makes_a_view(entry: dict[str, Any], *, expected: bool) -> None:
    assert is_view(entry) == expected


def about(entry: dict[str, Any]) -> str:
    return about_table(entry, entry.get("StorageDescriptor") or {})


def changed(entry: dict[str, Any], path: str, value: object) -> dict[str, Any]:
    """The entry with another value at a path, such as `StorageDescriptor/Location`."""
    copy = deepcopy(entry)
    *way, last = path.split("/")
    at: Any = copy
    for step in way:
        at = at[int(step)] if isinstance(at, list) else at.setdefault(step, {})
    at[last] = value
    return copy


REDIRECTS: list[tuple[dict[str, Any], str, object]] = [
    (PLAIN, "StorageDescriptor/AdditionalLocations", ["s3://city-lake/more"]),
    (PLAIN, "StorageDescriptor/InputFormat", "org.apache.hadoop.hive.ql.io.SymlinkTextInputFormat"),
    (PLAIN, "StorageDescriptor/SerdeInfo/SerializationLibrary", "another"),
    (PLAIN, "StorageDescriptor/SchemaReference", {"SchemaVersionId": "0a1b2c3d"}),
    (PLAIN, "FederatedTable", {"Identifier": "crm.persons"}),
    (PLAIN, "Parameters/table_type", "ICEBERG"),
    (PLAIN, "Parameters/storage_handler", "another"),
    (PLAIN, "Parameters/storage.location.template", "s3://elsewhere/${day}"),
    (PLAIN, "Parameters/projection.enabled", "true"),
    (PLAIN, "Parameters/spark.sql.sources.schema", "{}"),
    (PLAIN, "Parameters/avro.schema.url", "s3://elsewhere/x.avsc"),
    (PLAIN, "StorageDescriptor/Parameters/streamARN", "arn:aws:kinesis:eu-central-1:1:stream/x"),
    (PLAIN, "StorageDescriptor/SerdeInfo/Parameters/avro.schema.literal", "{}"),
    (PLAIN, "Parameters/metadata_location", "s3://city-lake/trips2/metadata/1.json"),
    (PLAIN, "Parameters/metadata_location", "s3://city-lake/trips/../people/metadata/1.json"),
    (PLAIN, "Parameters/metadata_location", ["s3://city-lake/trips/metadata/1.json"]),
    (DELTA, "StorageDescriptor/SerdeInfo/Parameters/path", "s3://elsewhere/riders"),
    (DELTA, "Parameters/spark.sql.sources.schema.part.1", "}"),
    (MATERIALISED, "ViewDefinition/Definer", "arn:aws:iam::123456789012:role/other"),
    (MATERIALISED, "ViewDefinition/SubObjects", ["arn:aws:glue:eu-central-1:123456789012:table/retail/store"]),
    (MATERIALISED, "ViewDefinition/Representations/0/ViewOriginalText", "select 1"),
    (MATERIALISED, "ViewDefinition/Representations/0/ViewExpandedText", "select 1"),
    (MATERIALISED, "ViewDefinition/Representations/0/Dialect", "SPARK"),
    (MATERIALISED, "ViewDefinition/Representations", ["odd"]),
    (MATERIALISED, "ViewDefinition/Representations", "odd"),
    (MATERIALISED, "ViewDefinition", "odd"),
    (MATERIALISED, "ViewOriginalText", "select 1"),
    (MATERIALISED, "ViewExpandedText", "select 1"),
]
REFRESHES: list[tuple[dict[str, Any], str, object]] = [
    (MATERIALISED, "ViewDefinition/ViewVersionId", 8),
    (MATERIALISED, "ViewDefinition/ViewVersionToken", "t8"),
    (MATERIALISED, "ViewDefinition/LastRefreshType", "INCREMENTAL"),
    (MATERIALISED, "ViewDefinition/SubObjectVersionIds", [42]),
    (MATERIALISED, "ViewDefinition/Representations/0/IsStale", True),
    (MATERIALISED, "ViewDefinition/Representations/0/DialectVersion", "4"),
    (MATERIALISED, "Parameters/metadata_location", "s3://city-lake/materialised/metadata/00008.metadata.json"),
    (MATERIALISED, "Parameters/metadata_location", "s3a://city-lake/materialised/metadata/00008.metadata.json"),
    (MATERIALISED, "Parameters/previous_metadata_location", "s3://city-lake/materialised/metadata/7.json"),
    (MATERIALISED, "Parameters/lastRefreshTime", "2026-11-29T09:00:00Z"),
    (PLAIN, "Parameters/transient_lastDdlTime", "1704790001"),
    (PLAIN, "Parameters/UPDATED_BY_CRAWLER", "nightly"),
    (PLAIN, "VersionId", "8"),
    (PLAIN, "UpdateTime", "2026-11-29T09:00:00Z"),
    (PLAIN, "StorageDescriptor/Parameters/recordCount", "8"),
]


@pytest.mark.parametrize(("entry", "path", "value"), REDIRECTS)
def test_what_redirects_what_is_read_counts(entry: dict[str, Any], path: str, value: object) -> None:
    assert about(changed(entry, path, value)) != about(entry)


def test_each_redirection_is_another() -> None:
    texts = [about(changed(*each)) for each in REDIRECTS]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(("entry", "path", "value"), REFRESHES)
def test_refreshes_and_commits_do_not(entry: dict[str, Any], path: str, value: object) -> None:
    assert about(changed(entry, path, value)) == about(entry)


def test_the_order_of_a_views_dialects_does_not() -> None:
    (one,) = MATERIALISED["ViewDefinition"]["Representations"]
    both = [one, {**one, "Dialect": "SPARK"}]
    path = "ViewDefinition/Representations"
    assert about(changed(MATERIALISED, path, both)) == about(changed(MATERIALISED, path, both[::-1]))


def test_a_table_without_a_location_has_its_metadata_elsewhere() -> None:
    bare = changed(PLAIN, "StorageDescriptor/Location", None)
    assert about(changed(bare, "Parameters/metadata_location", "s3://a/b")) != about(bare)


def test_what_a_federated_database_stands_for() -> None:
    assert about_database({"Name": "x"}) == ""
    one, other = ({"FederatedDatabase": {"Identifier": name}} for name in ("crm", "erp"))
    assert about_database(one) != about_database(other) != ""
