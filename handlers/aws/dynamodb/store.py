"""One DynamoDB table: plain items in and out, and conditional changes of one item."""

from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, cast

from handlers.aws.clients import client, translated
from handlers.aws.dynamodb.changes import Change, Check, Item, Key, marshalled, marshalled_key, unmarshalled
from handlers.sharing.model.errors import TryAgain

_BATCH = 100
"""DynamoDB's limit for one `BatchGetItem`."""
MOST_CHANGES = 100
"""DynamoDB's limit for one `TransactWriteItems`, which also takes 4 MB at most."""


class ConditionFailed(Exception):
    """The condition of a change does not hold; `item` is what stands there, `None` if nothing does."""

    def __init__(self, item: Item | None) -> None:
        super().__init__("The condition of a change does not hold.")
        self.item = item


class Table:
    """A table whose key is `pk`, or `pk` and `entry`. `what` it is, for people."""

    def __init__(self, name: str, what: str = "register") -> None:
        self._name = name
        self._what = what
        self._dynamodb = client("dynamodb")

    def get(self, key: Key) -> Item | None:
        """Read an item, consistently."""
        with translated(f"read the {self._what}"):
            answer = self._dynamodb.get_item(TableName=self._name, Key=marshalled_key(key), ConsistentRead=True)
        return unmarshalled(answer["Item"]) if "Item" in answer else None

    def absent(self, keys: Iterable[str]) -> list[str]:
        """Those of these keys that no item has, read consistently."""
        wanted = tuple(keys)
        found = {item["pk"] for item in self.several(wanted, ProjectionExpression="pk")}
        return [key for key in wanted if key not in found]

    def several(self, keys: Iterable[Key], **only: Any) -> Iterator[Item]:
        """Read the items of these keys, consistently, as far as there are any; `only`: of each, see `BatchGetItem`."""
        left = [marshalled_key(key) for key in keys]
        while left:
            batch, left = left[:_BATCH], left[_BATCH:]
            asked = {"Keys": batch, "ConsistentRead": True, **only}
            with translated(f"read the {self._what}"):
                answer = self._dynamodb.batch_get_item(RequestItems={self._name: asked})
            yield from map(unmarshalled, answer["Responses"].get(self._name, ()))
            unread: list[Any] = [*answer.get("UnprocessedKeys", {}).get(self._name, {}).get("Keys", ())]
            if len(unread) == len(batch):
                raise TryAgain(f"The {self._what} was too busy to be read.")
            left += unread

    def put(self, key: Key, item: Item) -> None:
        """Write an item, over whatever stands there."""
        with translated(f"write to the {self._what}"):
            self._dynamodb.put_item(TableName=self._name, Item={**marshalled_key(key), **marshalled(item)})

    def change(self, key: Key, change: Change) -> Item:
        """Change an item, or make it.

        Returns:
            The item as it now stands.

        Raises:
            ConditionFailed: nothing was changed.
        """
        with self._conditionally():
            answer = self._dynamodb.update_item(
                TableName=self._name,
                Key=marshalled_key(key),
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **change.arguments(),
            )
        return unmarshalled(answer["Attributes"])

    def delete(self, check: Check) -> None:
        """Delete the item of a check, if that holds.

        Raises:
            ConditionFailed: nothing was deleted.
        """
        with self._conditionally():
            self._dynamodb.delete_item(TableName=self._name, Key=marshalled_key(check.key), **check.arguments())

    @contextmanager
    def _conditionally(self) -> Generator[None]:
        from botocore.exceptions import ClientError

        try:
            with translated(f"write to the {self._what}"):
                yield
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != "ConditionalCheckFailedException":
                raise
            there = cast("Item | None", error.response.get("Item"))
            raise ConditionFailed(unmarshalled(there) if there else None) from error

    def change_all(self, changes: Mapping[Key, Change] | Mapping[str, Change], checks: Sequence[Check] = ()) -> None:
        """Change at most `MOST_CHANGES` items by key, all of them or none, if these checks hold of other items.

        Raises:
            TryAgain: a condition fails, or an outage.
        """
        entries = [
            *(
                {"Update": {"TableName": self._name, "Key": marshalled_key(key), **change.arguments()}}
                for key, change in changes.items()
            ),
            *(
                {"ConditionCheck": {"TableName": self._name, "Key": marshalled_key(each.key), **each.arguments()}}
                for each in checks
            ),
        ]
        with translated(f"write to the {self._what}", self._cancelled):
            self._dynamodb.transact_write_items(TransactItems=entries)

    def _cancelled(self, code: str, _message: str) -> TryAgain | None:
        # Its message names the reason for each item: busy, or changed by somebody else meanwhile.
        return TryAgain(f"The {self._what} was changed meanwhile.") if code == "TransactionCanceledException" else None

    def by_index(self, index: str, attribute: str, value: str, until: tuple[str, str] | None = None) -> Iterator[Item]:
        """All items of an index with one value of its key, oldest first.

        `until`: the attribute that the index is sorted by, and the last value of it that counts.
        """
        condition, values = "#key = :key", {":key": value}
        names = {"#key": attribute}
        if until is not None:
            condition, names["#sort"], values[":until"] = f"{condition} AND #sort <= :until", *until
        return self._all_pages("list requests", condition, names, values, IndexName=index)

    def keys_in(self, index: str) -> set[str]:
        """The `pk` of every item that a global index has, each once."""
        found: set[str] = set()
        start: dict[str, Any] = {}
        while True:
            with translated(f"go through the {self._what}"):
                page = self._dynamodb.scan(TableName=self._name, IndexName=index, ProjectionExpression="pk", **start)
            found.update(item["pk"]["S"] for item in page["Items"])
            if "LastEvaluatedKey" not in page:
                return found
            start = {"ExclusiveStartKey": page["LastEvaluatedKey"]}

    def backwards(
        self,
        index: str,
        attribute: str,
        value: str,
        *,
        since: tuple[str, str] | None = None,
        after: Mapping[str, str] | None = None,
        batch: int | None = None,
    ) -> Iterator[Item]:
        """The items of an index with one value of its key, newest first, read as they are taken.

        Args:
            index, attribute, value: as in `by_index`.
            since: the attribute that the index is sorted by, and the first value of it that counts.
            after: begin behind this place: all attributes that are keys, of the table or the index.
            batch: how many to read at a time; `None`: as many as DynamoDB gives.
        """
        condition, values, names = "#key = :key", {":key": value}, {"#key": attribute}
        if since is not None:
            condition, names["#sort"], values[":since"] = f"{condition} AND #sort >= :since", *since
        more: dict[str, Any] = {"IndexName": index, "ScanIndexForward": False}
        if batch is not None:
            more["Limit"] = batch
        # The key's value is the one that is asked for, whatever the place was taken from.
        start = {} if after is None else {"ExclusiveStartKey": marshalled({**after, attribute: value})}
        return self._all_pages(f"list what the {self._what} has", condition, names, values, start, **more)

    def under(self, key: str, start: str) -> Iterator[Item]:
        """All items of one `pk` whose `entry` starts so, read consistently."""
        names, values = {"#key": "pk", "#entry": "entry"}, {":key": key, ":start": start}
        condition = "#key = :key AND begins_with(#entry, :start)"
        return self._all_pages(f"read the {self._what}", condition, names, values, ConsistentRead=True)

    def in_local_index(self, index: str, key: str) -> Iterator[Item]:
        """All items of one `pk` that a local index has, read consistently."""
        names, values = {"#key": "pk"}, {":key": key}
        return self._all_pages(
            f"read the {self._what}", "#key = :key", names, values, IndexName=index, ConsistentRead=True
        )

    def _all_pages(
        self,
        doing: str,
        condition: str,
        names: Mapping[str, str],
        values: Mapping[str, object],
        begin: Mapping[str, Any] | None = None,
        **more: Any,
    ) -> Iterator[Item]:
        start: Mapping[str, Any] = begin or {}
        while True:
            with translated(doing):
                page = self._dynamodb.query(
                    TableName=self._name,
                    KeyConditionExpression=condition,
                    ExpressionAttributeNames=dict(names),
                    ExpressionAttributeValues=marshalled(values),
                    **more,
                    **start,
                )
            yield from map(unmarshalled, page["Items"])
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
            start = {"ExclusiveStartKey": marshalled({**after, attribute: value})}
        with translated("list requests"):
            page = self._dynamodb.query(
                TableName=self._name,
                IndexName=index,
                KeyConditionExpression="#key = :key",
                ExpressionAttributeNames={"#key": attribute},
                ExpressionAttributeValues=marshalled({":key": value}),
                ScanIndexForward=False,
                Limit=limit,
                **start,
            )
        return [unmarshalled(item) for item in page["Items"]], "LastEvaluatedKey" in page

    def counted(self, index: str) -> int | None:
        """How many items stand in a global index, as DynamoDB counted them within some six hours; `None`: not yet."""
        with translated(f"describe the {self._what}"):
            table = self._dynamodb.describe_table(TableName=self._name)["Table"]
        indexes: Sequence[Mapping[str, Any]] = table.get("GlobalSecondaryIndexes", ())
        return next((each.get("ItemCount") for each in indexes if each["IndexName"] == index), None)

    def count(self, index: str, attribute: str, value: str, *, since: str, most: int) -> int:
        """How many items of an index with one value of its key were received since then, counted up to `most`."""
        with translated("count requests"):
            answer = self._dynamodb.query(
                TableName=self._name,
                IndexName=index,
                KeyConditionExpression="#key = :key AND received_at >= :since",
                ExpressionAttributeNames={"#key": attribute},
                ExpressionAttributeValues=marshalled({":key": value, ":since": since}),
                Select="COUNT",
                Limit=most,
            )
        return int(answer["Count"])
