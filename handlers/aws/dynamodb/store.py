"""One DynamoDB table: plain items in and out, and conditional changes of one item."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, cast

from handlers.aws.clients import client, translated
from handlers.sharing.model.errors import TryAgain

_BATCH = 100
"""DynamoDB's limit for one `BatchGetItem`."""
_NAMED = re.compile(r"#(\w+)")

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """A conditional change of one item, by attribute name.

    `set` writes, `keep` writes only what is absent, `append` adds to lists, `add` to numbers, `remove` removes.
    `condition` is DynamoDB's condition expression: `#name` is the attribute of that name, and `values` holds what it
    compares with (`:name`).
    """

    set: Mapping[str, object] = field(default_factory=dict[str, object])
    keep: Mapping[str, object] = field(default_factory=dict[str, object])
    append: Mapping[str, list[object]] = field(default_factory=dict[str, list[object]])
    add: Mapping[str, int] = field(default_factory=dict[str, int])
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
            "REMOVE": [f"#{name}" for name in self.remove],
        }
        given = {**self.set, **self.keep, **self.append, **self.add}
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
            arguments["ExpressionAttributeValues"] = _marshal(values)
        if self.condition:
            arguments["ConditionExpression"] = self.condition
        return arguments


class ConditionFailed(Exception):
    """The condition of a change does not hold; `item` is what stands there, `None` if nothing does."""

    def __init__(self, item: Item | None) -> None:
        super().__init__("The condition of a change does not hold.")
        self.item = item


class Table:
    """A table whose only key is `pk`. `what` it is, for people."""

    def __init__(self, name: str, what: str = "register") -> None:
        self._name = name
        self._what = what
        self._dynamodb = client("dynamodb")

    def get(self, key: str) -> Item | None:
        """Read an item, consistently."""
        with translated(f"read the {self._what}"):
            answer = self._dynamodb.get_item(TableName=self._name, Key={"pk": {"S": key}}, ConsistentRead=True)
        return _unmarshal(answer["Item"]) if "Item" in answer else None

    def absent(self, keys: Iterable[str]) -> list[str]:
        """Those of these keys that no item has, read consistently."""
        left, found = list(keys), set[str]()
        wanted = tuple(left)
        while left:
            batch, left = left[:_BATCH], left[_BATCH:]
            asked = {
                "Keys": [{"pk": {"S": key}} for key in batch],
                "ProjectionExpression": "pk",
                "ConsistentRead": True,
            }
            with translated(f"read the {self._what}"):
                answer = self._dynamodb.batch_get_item(RequestItems={self._name: asked})
            found.update(item["pk"]["S"] for item in answer["Responses"].get(self._name, ()))
            unread = [key["pk"]["S"] for key in answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", ())]
            if len(unread) == len(batch):
                raise TryAgain(f"The {self._what} was too busy to be read.")
            left += unread
        return [key for key in wanted if key not in found]

    def put(self, key: str, item: Item) -> None:
        """Write an item, over whatever stands there."""
        with translated(f"write to the {self._what}"):
            self._dynamodb.put_item(TableName=self._name, Item=_marshal({"pk": key, **item}))

    def change(self, key: str, change: Change) -> Item:
        """Change an item, or make it.

        Returns:
            The item as it now stands.

        Raises:
            ConditionFailed: nothing was changed.
        """
        from botocore.exceptions import ClientError

        try:
            with translated(f"write to the {self._what}"):
                answer = self._dynamodb.update_item(
                    TableName=self._name,
                    Key={"pk": {"S": key}},
                    ReturnValues="ALL_NEW",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                    **change.arguments(),
                )
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
                raise
            there = cast("Item | None", error.response.get("Item"))
            raise ConditionFailed(_unmarshal(there) if there else None) from error
        return _unmarshal(answer["Attributes"])

    def by_index(self, index: str, attribute: str, value: str) -> Iterator[Item]:
        """All items of an index with one value of its key, oldest first."""
        start: dict[str, Any] = {}
        while True:
            with translated("list requests"):
                page = self._dynamodb.query(
                    TableName=self._name,
                    IndexName=index,
                    KeyConditionExpression="#key = :key",
                    ExpressionAttributeNames={"#key": attribute},
                    ExpressionAttributeValues=_marshal({":key": value}),
                    **start,
                )
            yield from map(_unmarshal, page["Items"])
            if "LastEvaluatedKey" not in page:
                return
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def page(
        self, index: str, attribute: str, value: str, *, limit: int, after: Mapping[str, str] | None
    ) -> tuple[list[Item], bool]:
        """A page of the items of an index with one value of its key, newest first.

        Args:
            index, attribute, value: as in `by_index`.
            limit: how many at most.
            after: the page begins behind this place: `pk` and `received_at` of the last item before it.

        Returns:
            The items, and whether there may be more.
        """
        start: dict[str, Any] = {}
        if after is not None:
            # The key's value is the one that is asked for, whatever the place was taken from.
            start = {"ExclusiveStartKey": _marshal({**after, attribute: value})}
        with translated("list requests"):
            page = self._dynamodb.query(
                TableName=self._name,
                IndexName=index,
                KeyConditionExpression="#key = :key",
                ExpressionAttributeNames={"#key": attribute},
                ExpressionAttributeValues=_marshal({":key": value}),
                ScanIndexForward=False,
                Limit=limit,
                **start,
            )
        return [_unmarshal(item) for item in page["Items"]], "LastEvaluatedKey" in page

    def count(self, index: str, attribute: str, value: str, *, since: str, most: int) -> int:
        """How many items of an index with one value of its key were received since then, counted up to `most`."""
        with translated("count requests"):
            answer = self._dynamodb.query(
                TableName=self._name,
                IndexName=index,
                KeyConditionExpression="#key = :key AND received_at >= :since",
                ExpressionAttributeNames={"#key": attribute},
                ExpressionAttributeValues=_marshal({":key": value, ":since": since}),
                Select="COUNT",
                Limit=most,
            )
        return int(answer["Count"])


def _marshal(item: Mapping[str, object]) -> dict[str, Any]:
    from boto3.dynamodb.types import TypeSerializer

    writer = TypeSerializer()
    return {name: writer.serialize(value) for name, value in item.items()}


def _unmarshal(item: Mapping[str, Any]) -> Item:
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
