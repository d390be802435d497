"""Schemas that are kept beside the list of columns: found wherever they stand, and unreadable where they are broken."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.aws.glue_schema import Schema, schema_of
from handlers.sharing.model.catalogue import Column

LISTED = (Column("id", "bigint"), Column("Mail", "string"), Column("day", "date", is_partition_key=True))
PLACEHOLDER = (Column("col", "array<string>", comment="from deserializer"),)
UNREADABLE = Schema(readable=False)


def schema(*names: str, **flagged: Any) -> str:
    """A schema with these columns, and with those that have more to say than their name."""
    fields = [{"name": name, "type": "string"} for name in names]
    more = [{"name": name, "type": "string", **given} for name, given in flagged.items()]
    return json.dumps({"type": "struct", "fields": [*fields, *more]})


def lacking(*names: str, **schema: Any) -> Schema:
    return Schema(tuple(Column(name, "") for name in names), **schema)


def parts(text: str, cut: int, numbered: str | None = None) -> dict[str, str]:
    """A schema as Spark cuts it in two."""
    key = "spark.sql.sources.schema"
    return {f"{key}.numParts": numbered or "2", f"{key}.part.0": text[:cut], f"{key}.part.1": text[cut:]}


def found(parameters: Any, storage: dict[str, Any] | None = None, columns: tuple[Column, ...] = LISTED) -> Schema:
    return schema_of({"Parameters": parameters}, storage or {}, columns)


@pytest.mark.parametrize(
    ("parameters", "elsewhere"),
    [
        ({}, ()),
        (None, ()),
        ("odd", ()),
        ({"classification": "parquet", "pii_flag": "no"}, ()),
        ({"spark.sql.sources.schema": schema("id", "mail", "Day")}, ()),
        ({"spark.sql.sources.schema": schema()}, ()),
        ({"spark.sql.sources.schema": schema("id", "phone", "phone", "Name")}, ("phone", "Name")),
        (parts(schema("id", "phone"), 40), ("phone",)),
        ({**parts(schema("phone"), 9), "spark.sql.sources.schema": schema("name")}, ("name", "phone")),
        ({"spark.sql.sources.schema.numPartCols": "1", "spark.sql.sources.schema.partCol.0": "day"}, ()),
        ({"avro.schema.literal": schema("id", "phone")}, ("phone",)),
        ({" AVRO.Schema.Literal": schema("id", "phone")}, ("phone",)),
    ],
)
def test_columns_that_the_list_lacks(parameters: Any, elsewhere: tuple[str, ...]) -> None:
    assert found(parameters) == lacking(*elsewhere)
    serde = {"SerdeInfo": {"Parameters": parameters}}
    assert found({}, {"Parameters": parameters}) == found({}, serde) == found(parameters, serde) == lacking(*elsewhere)


@pytest.mark.parametrize(
    ("given", "flags"),
    [
        ({"metadata": {"pii_flag": "true"}}, ("true",)),
        ({"metadata": {" PII_Flag": "no"}}, ("no",)),
        ({"metadata": {"pii_flag": True, "comment": "pii_flag"}}, ("true",)),
        ({"metadata": {"pii_flag": False}}, ("false",)),
        ({"metadata": {"pii_flag": None}}, ("null",)),
        ({"pii_flag": "yes", "metadata": {"pii_flag": "no"}}, ("yes", "no")),
        ({"type": {"type": "struct", "fields": [{"name": "x", "metadata": {"pii_flag": "true"}}]}}, ("true",)),
    ],
)
def test_flags_of_columns_in_a_schema(given: dict[str, Any], flags: tuple[object, ...]) -> None:
    both = {"spark.sql.sources.schema": schema("id", mail=given, phone=given)}
    assert found(both) == Schema((Column("phone", "", flags),), flags={"mail": flags})


def test_flags_of_two_schemas_count_both() -> None:
    spark, avro = ({"metadata": {"pii_flag": flag}} for flag in ("no", "true"))
    parameters = {"spark.sql.sources.schema": schema(mail=spark), "avro.schema.literal": schema(Mail=avro)}
    assert found(parameters) == Schema(flags={"mail": ("no", "true")})


@pytest.mark.parametrize(
    "parameters",
    [
        {"avro.schema.url": "s3://lake/x.avsc"},
        {"avro.schema.url": ""},
        {"avro.schema.literal": schema("id"), "avro.schema.url": "s3://lake/x.avsc"},
        {"avro.schema.literal": ""},
        {"avro.schema.literal": '"string"'},
        {"avro.schema.literal": '{"type": "array", "items": "string"}'},
        {"spark.sql.sources.schema": "{"},
        {"spark.sql.sources.schema": "[" * 100_000},
        {"spark.sql.sources.schema": "[]"},
        {"spark.sql.sources.schema": '{"fields": {"name": "id"}}'},
        {"spark.sql.sources.schema": '{"fields": [{"type": "string"}]}'},
        {"spark.sql.sources.schema": '{"fields": ["id"]}'},
        {"spark.sql.sources.schema": None},
        {"spark.sql.sources.schema": {"fields": []}},
        {"spark.sql.sources.schema": schema("id"), "Spark.SQL.sources.schema": schema("phone")},
        parts(schema("id"), 9, "1"),
        parts(schema("id"), 9, "3"),
        parts(schema("id"), 9, "two"),
        {**parts(schema("id"), 9), "spark.sql.sources.schema.part.01": ""},
        {"spark.sql.sources.schema.numParts": "1"},
        {"spark.sql.sources.schema.part.0": schema("id")},
    ],
)
def test_schemas_that_cannot_be_read(parameters: dict[str, Any]) -> None:
    assert found(parameters) == found({}, {"SerdeInfo": {"Parameters": parameters}}) == UNREADABLE


def test_a_schema_in_the_registry_is_not_read() -> None:
    reference = {"SchemaVersionId": "0a1b2c3d"}
    assert found({}, {"SchemaReference": reference}) == UNREADABLE


def test_two_places_that_say_two_things_cannot_be_read() -> None:
    one, other = ({"avro.schema.literal": schema(name)} for name in ("id", "phone"))
    assert found(one, {"SerdeInfo": {"Parameters": other}}) == UNREADABLE


@pytest.mark.parametrize("kind", ["array<string>", "ARRAY< STRING >"])
@pytest.mark.parametrize("name", ["col", "Col"])
def test_a_placeholder_is_no_list_of_columns(name: str, kind: str) -> None:
    columns = (Column(name, kind), Column("day", "date", is_partition_key=True))
    assert found({}, columns=columns) == UNREADABLE
    assert found(parts(schema("id", "col", "day"), 40), columns=columns) == lacking("id", "col", readable=False)


@pytest.mark.parametrize(
    "columns", [(Column("col", "string"),), (Column("cols", "array<string>"),), (*PLACEHOLDER, Column("id", "int"))]
)
def test_what_is_no_placeholder(columns: tuple[Column, ...]) -> None:
    assert found({}, columns=columns) == Schema()


@given(
    st.recursive(
        st.none() | st.booleans() | st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)
    )
)
def test_any_schema_is_read_or_unreadable(value: object) -> None:
    for key in ("spark.sql.sources.schema", "avro.schema.literal", "spark.sql.sources.schema.numParts"):
        for text in (value, json.dumps(value), json.dumps({"fields": value})):
            read = found({key: text})
            assert isinstance(read.readable, bool)
            assert read.readable or not read.elsewhere
