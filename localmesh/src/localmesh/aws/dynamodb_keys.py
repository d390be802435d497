"""The condition key `dynamodb:LeadingKeys`: the values of the partition key that a call of DynamoDB names.

It is what tells in a policy which of a table's items a role may reach. A `Scan` names none.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from localmesh.aws import moto

LEADING_KEYS = "dynamodb:leadingkeys"

Attributes = Mapping[str, Any]
"""An item or a key as calls have it: attributes by name, each a value by its type."""

_TABLE = re.compile(r"^arn:[\w-]+:dynamodb:([\w-]+):(\d{12}):table/([^/]+)")
_EQUALITY = re.compile(r"(#?[\w.-]+)\s*=\s*(:\w+)")


def context(arn: str, items: Iterable[Attributes]) -> Mapping[str, tuple[str, ...]]:
    """The key and its values, of a call on a table.

    Args:
        arn: the table's; of one that is not there no item has a key, and the call will fail for that.
        items: whole items, or their keys alone.
    """
    name = _partition_key(arn, None)
    return _known(item[name] for item in items if name in item)


def context_of_query(arn: str, parameters: Mapping[str, Any]) -> Mapping[str, tuple[str, ...]]:
    """The same of a query: of an index, its own partition key counts."""
    name = _partition_key(arn, parameters.get("IndexName"))
    if older := parameters.get("KeyConditions"):
        return _known(older.get(name, {}).get("AttributeValueList", ()))
    names: Mapping[str, str] = parameters.get("ExpressionAttributeNames") or {}
    values: Attributes = parameters.get("ExpressionAttributeValues") or {}
    # DynamoDB takes nothing but an equality for this key.
    found = _EQUALITY.findall(str(parameters.get("KeyConditionExpression", "")))
    return _known(values[value] for each, value in found if names.get(each, each) == name and value in values)


def of_item(parameters: Mapping[str, Any]) -> Iterator[Attributes]:
    """The item of a call on one, or of a part of a transaction: its key, or all of it where it is put."""
    for field in ("Key", "Item"):
        if field in parameters:
            yield parameters[field]


def of_batch(asked: Mapping[str, Any] | list[Mapping[str, Any]]) -> Iterator[Attributes]:
    """The items that a batch reads from one table, or the requests to write to it."""
    if isinstance(asked, list):
        for request in asked:
            for part in request.values():
                yield from of_item(part)
    else:
        yield from asked.get("Keys", ())


def _known(values: Iterable[Attributes]) -> Mapping[str, tuple[str, ...]]:
    texts = sorted({str(text) for value in values for text in value.values()})
    return {LEADING_KEYS: tuple(texts)} if texts else {}


def _partition_key(arn: str, index: object) -> str:
    match = _TABLE.match(arn)
    table = moto.backend("dynamodb", match[2], match[1]).tables.get(match[3]) if match else None
    if table is None:
        return ""
    indexes = (each for each in (*table.indexes, *table.global_indexes) if each.name == index)
    schema: Any = next(indexes, table).schema
    return str(next(key["AttributeName"] for key in schema if key["KeyType"] == "HASH"))
