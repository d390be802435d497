"""Whether a table's list of columns can be its whole schema, or the schema is kept elsewhere.

Spark keeps the schema of a table that Hive cannot read as JSON in the parameters, and puts one placeholder in the list;
Avro's serde takes a schema from a parameter or an address; Glue's registry holds schemas, too. Both let a column carry
attributes of any name, so a `pii_flag` can stand there.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, cast

from handlers.sharing.model.catalogue import Column
from handlers.sharing.model.sensitivity import flags_of

SPARK_SCHEMA = "spark.sql.sources.schema"
AVRO_SCHEMA = "avro.schema"

_SPARK_PARTS = f"{SPARK_SCHEMA}.part."
_SPARK_NUMBER_OF_PARTS = f"{SPARK_SCHEMA}.numparts"
_AVRO_TEXT = f"{AVRO_SCHEMA}.literal"
_AVRO_ADDRESS = f"{AVRO_SCHEMA}.url"

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Schema:
    """What the schemas say that a table keeps beside its list of columns.

    Attributes:
        elsewhere: columns that only such a schema has, with the flags that it gives them.
        readable: whether list and schema can be read.
        flags: the flags that it gives to columns of the list, by their names in lower case.
    """

    elsewhere: tuple[Column, ...] = ()
    readable: bool = True
    flags: Mapping[str, tuple[object, ...]] = field(default_factory=dict[str, tuple[object, ...]])


def schema_of(entry: Entry, storage: Entry, columns: Collection[Column]) -> Schema:
    """Hold a table's list of columns against every schema that the table keeps beside it.

    Args:
        entry: the table; a schema can stand in its parameters, in its storage's and in its serde's.
        storage: its storage descriptor.
        columns: the list, partition keys among it.
    """
    placeholder = _is_placeholder(columns)
    try:
        parameters = _schema_parameters(entry, storage, storage.get("SerdeInfo"))
        # What stands in the registry is not read; an Avro schema at an address is a file.
        if storage.get("SchemaReference") or _AVRO_ADDRESS in parameters:
            return Schema(readable=False)
        found = [*_spark_columns(parameters), *_avro_columns(parameters)]
    except (ValueError, RecursionError):
        return Schema(readable=False)
    known = {column.name.lower() for column in columns if column.is_partition_key or not placeholder}
    flags: dict[str, tuple[object, ...]] = {}
    for column in found:
        if column.flags:
            flags[column.name.lower()] = (*flags.get(column.name.lower(), ()), *column.flags)
    lacking = {column.name: column for column in found if column.name.lower() not in known}
    return Schema(
        tuple(replace(column, flags=flags.get(name.lower(), ())) for name, column in lacking.items()),
        readable=not placeholder,
        flags={name: given for name, given in flags.items() if name in known},
    )


def _schema_parameters(*holders: object) -> dict[str, str]:
    """The parameters that hold schemas, wherever they stand, by their keys in lower case.

    Raises:
        ValueError: one of them is no text, or is there twice and says two things.
    """
    found: dict[str, object] = {}
    for holder in holders:
        parameters: object = cast("Entry", holder).get("Parameters") if isinstance(holder, Mapping) else None
        for key, value in cast("Entry", parameters).items() if isinstance(parameters, Mapping) else ():
            name = key.strip().lower()
            if name.startswith((SPARK_SCHEMA, AVRO_SCHEMA)) and found.setdefault(name, value) != value:
                raise ValueError(f"expected one value of {name}, got two")
    texts = {name: value for name, value in found.items() if isinstance(value, str)}
    if len(texts) != len(found):
        raise ValueError("expected schemas that are texts")
    return texts


def _is_placeholder(columns: Collection[Column]) -> bool:
    """Whether the list is what Spark and Hive put there for a table whose schema they keep elsewhere."""
    listed = [column for column in columns if not column.is_partition_key]
    only = listed[0] if len(listed) == 1 else None
    return only is not None and only.name.lower() == "col" and only.type.replace(" ", "").lower() == "array<string>"


def _spark_columns(parameters: Mapping[str, str]) -> Iterator[Column]:
    """The columns of Spark's schemas: of one text, of one in parts, or of both."""
    if SPARK_SCHEMA in parameters:
        yield from _fields(parameters[SPARK_SCHEMA])
    parts = {key for key in parameters if key.startswith(_SPARK_PARTS)}
    if not parts and _SPARK_NUMBER_OF_PARTS not in parameters:
        return
    numbered = [f"{_SPARK_PARTS}{number}" for number in range(len(parts))]
    if parameters.get(_SPARK_NUMBER_OF_PARTS) != str(len(parts)) or parts != set(numbered):
        raise ValueError("expected as many parts of the schema as numParts says, numbered from 0")
    yield from _fields("".join(parameters[key] for key in numbered))


def _avro_columns(parameters: Mapping[str, str]) -> Iterator[Column]:
    if _AVRO_TEXT in parameters:
        yield from _fields(parameters[_AVRO_TEXT])


def _fields(text: str) -> list[Column]:
    """The fields of a record in JSON, as columns: Spark's and Avro's schemas are alike in that.

    Raises:
        ValueError: it is no JSON, or no record whose fields have names.
        RecursionError: it is nested too deep.
    """
    schema: object = json.loads(text)
    fields: object = cast("Entry", schema).get("fields") if isinstance(schema, Mapping) else None
    found = cast("list[object]", fields) if isinstance(fields, list) else [None]
    columns = [_column(cast("Entry", each)) if isinstance(each, Mapping) else None for each in found]
    known = [column for column in columns if column is not None]
    if len(known) != len(columns):
        raise ValueError("expected fields with names")
    return known


def _column(field: Entry) -> Column | None:
    name: object = field.get("name")
    return Column(name, "", tuple(_flags(field))) if isinstance(name, str) else None


def _flags(value: object) -> Iterator[str]:
    """Every `pii_flag` in a field, at any depth: Spark's metadata hold it, and a struct has fields of its own."""
    inner: Collection[object] = ()
    if isinstance(value, Mapping):
        # JSON has a true and a false of its own.
        yield from (flag if isinstance(flag, str) else json.dumps(flag) for flag in flags_of(cast("Entry", value)))
        inner = cast("Entry", value).values()
    elif isinstance(value, list):
        inner = cast("list[object]", value)
    for each in inner:
        yield from _flags(each)
