"""An item of DynamoDB as plain values, and the conditional change of one."""

import re
from collections.abc import Mapping, Set
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

_NAMED = re.compile(r"#(\w+)")

Item = Mapping[str, Any]

Key = str | tuple[str, str]
"""The key of an item: its `pk`; in a table that has two, with its `entry`."""


@dataclass(frozen=True, slots=True)
class Change:
    """A conditional change of one item, by attribute name.

    `set` writes, `keep` writes only what is absent, `append` adds to lists, `add` to numbers and sets, `take` takes out
    of sets, `remove` removes.
    `condition` is DynamoDB's condition expression: `#name` is the attribute of that name, and `values` holds what it
    compares with (`:name`).
    """

    set: Mapping[str, object] = field(default_factory=dict[str, object])
    keep: Mapping[str, object] = field(default_factory=dict[str, object])
    append: Mapping[str, list[object]] = field(default_factory=dict[str, list[object]])
    add: Mapping[str, int | Set[str]] = field(default_factory=dict[str, int | Set[str]])
    take: Mapping[str, Set[str]] = field(default_factory=dict[str, Set[str]])
    remove: tuple[str, ...] = ()
    condition: str | None = None
    values: Mapping[str, object] = field(default_factory=dict[str, object])

    def arguments(self) -> dict[str, Any]:
        """The arguments of `UpdateItem`."""
        writes = [f"#{name} = :{name}" for name in self.set]
        writes += [f"#{name} = if_not_exists(#{name}, :{name})" for name in self.keep]
        writes += [f"#{name} = list_append(if_not_exists(#{name}, :nothing), :{name})" for name in self.append]
        clauses = {
            "SET": writes,
            "ADD": [f"#{name} :{name}" for name in self.add],
            "DELETE": [f"#{name} :{name}" for name in self.take],
            "REMOVE": [f"#{name}" for name in self.remove],
        }
        given = {**self.set, **self.keep, **self.append, **self.add, **self.take}
        values = {f":{name}": value for name, value in given.items()} | dict(self.values)
        if self.append:
            values[":nothing"] = []
        names = {f"#{name}": name for name in (*given, *self.remove)}
        names |= {f"#{name}": name for name in _NAMED.findall(self.condition or "")}
        arguments: dict[str, Any] = {
            "UpdateExpression": " ".join(f"{verb} {', '.join(parts)}" for verb, parts in clauses.items() if parts),
            "ExpressionAttributeNames": names,
        }
        if values:
            arguments["ExpressionAttributeValues"] = marshalled(values)
        if self.condition:
            arguments["ConditionExpression"] = self.condition
        return arguments


@dataclass(frozen=True, slots=True)
class Check:
    """What must hold of an item that is not changed itself: condition and values as in `Change`."""

    key: Key
    condition: str
    values: Mapping[str, object] = field(default_factory=dict[str, object])

    def arguments(self) -> dict[str, Any]:
        """The arguments of a `ConditionCheck`."""
        arguments: dict[str, Any] = {
            "ConditionExpression": self.condition,
            "ExpressionAttributeNames": {f"#{name}": name for name in _NAMED.findall(self.condition)},
        }
        return {**arguments, "ExpressionAttributeValues": marshalled(self.values)} if self.values else arguments


def marshalled_key(key: Key) -> dict[str, Any]:
    """A key as DynamoDB's API takes it."""
    if isinstance(key, str):
        return {"pk": {"S": key}}
    return {"pk": {"S": key[0]}, "entry": {"S": key[1]}}


def marshalled(item: Mapping[str, object]) -> dict[str, Any]:
    """Plain values as DynamoDB's API takes them."""
    from boto3.dynamodb.types import TypeSerializer

    writer = TypeSerializer()
    return {name: writer.serialize(value) for name, value in item.items()}


def unmarshalled(item: Mapping[str, Any]) -> Item:
    """What DynamoDB's API gives, as plain values."""
    from boto3.dynamodb.types import TypeDeserializer

    reader = TypeDeserializer()
    return {name: _plain(reader.deserialize(value)) for name, value in item.items()}


def _plain(value: object) -> object:
    """`value` with DynamoDB's decimals as `int`: the register holds no fractions."""
    match value:
        case Decimal():
            return int(value)
        case list():
            return [_plain(each) for each in cast("list[object]", value)]
        case dict():
            return {name: _plain(each) for name, each in cast("dict[str, object]", value).items()}
        case _:
            return value
