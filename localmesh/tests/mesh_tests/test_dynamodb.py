"""DynamoDB: quicker than moto's, and with the same outcome."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from mesh_tests.harness import RunningMesh, answer_of

ITEM: dict[str, Any] = {
    "pk": {"S": "a"},
    "status": {"S": "OPEN"},
    "moment": {"S": "2026-11-24"},
    "tries": {"N": "1"},
    "entries": {"L": [{"S": "x"}, {"M": {"deep": {"L": [{"N": "1"}, {"B": b"\x00\xff"}, {"SS": ["p", "q"]}]}}}]},
    "agreed": {"BOOL": True},
    "nobody": {"NULL": True},
    "raw": {"B": b"\x01"},
}


@pytest.fixture(scope="module")
def table(mesh: RunningMesh) -> Any:
    """Calls of DynamoDB, on a table with an index that carries a part."""
    client = mesh.client("dynamodb")
    client.create_table(
        TableName="quick",
        BillingMode="PAY_PER_REQUEST",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "status", "moment")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_status",
                "KeySchema": [
                    {"AttributeName": "status", "KeyType": "HASH"},
                    {"AttributeName": "moment", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "INCLUDE", "NonKeyAttributes": ["entries", "absent"]},
            }
        ],
    )
    return client


@pytest.fixture(autouse=True)
def item(table: Any) -> None:
    """The item as it was."""
    table.put_item(TableName="quick", Item=ITEM)


def _update(table: Any, expression: str, values: dict[str, Any], **more: Any) -> Any:
    given = {f":{name}": value for name, value in values.items()}
    arguments = {"ExpressionAttributeValues": given, **more} if given else more
    return table.update_item(
        TableName="quick",
        Key={"pk": {"S": "a"}},
        UpdateExpression=expression,
        ExpressionAttributeNames={"#status": "status"},
        ReturnValues="ALL_NEW",
        **arguments,
    )["Attributes"]


def _read(table: Any) -> Any:
    return table.get_item(TableName="quick", Key={"pk": {"S": "a"}})["Item"]


def test_what_was_written_comes_back(table: Any) -> None:
    assert _read(table) == ITEM


def test_a_change_of_everything_at_once(table: Any) -> None:
    expression = (
        "SET #status = :new, kept = if_not_exists(moment, :new), made = if_not_exists(made, :new), "
        "entries = list_append(entries, :more), fresh = list_append(if_not_exists(fresh, :none), :more) "
        "ADD tries :one, counted :one REMOVE agreed, absent"
    )
    values = {"new": {"S": "NEW"}, "more": {"L": [{"M": {"k": {"S": "v"}}}]}, "none": {"L": []}, "one": {"N": "2"}}
    expected = {
        **{name: value for name, value in ITEM.items() if name != "agreed"},
        "status": {"S": "NEW"},
        "kept": {"S": "2026-11-24"},
        "made": {"S": "NEW"},
        "entries": {"L": [*ITEM["entries"]["L"], *values["more"]["L"]]},
        "fresh": values["more"],
        "tries": {"N": "3"},
        "counted": {"N": "2"},
    }
    assert _update(table, expression, values) == expected
    assert _read(table) == expected


def test_the_same_expression_with_other_values(table: Any) -> None:
    for number in range(3):
        changed = _update(table, "SET #status = :new, entries[0] = :new", {"new": {"S": str(number)}})
        assert (changed["status"], changed["entries"]["L"][0]) == ({"S": str(number)}, {"S": str(number)})
        assert changed["entries"]["L"][1:] == ITEM["entries"]["L"][1:]


def test_a_condition_that_fails_changes_nothing_and_shows_what_there_is(table: Any) -> None:
    with pytest.raises(ClientError) as refused:
        _update(
            table,
            "SET #status = :new",
            {"new": {"S": "NEW"}, "old": {"S": "OTHER"}},
            ConditionExpression="#status = :old",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
        )
    assert answer_of(refused.value)["Error"]["Code"] == "ConditionalCheckFailedException"
    assert answer_of(refused.value)["Item"] == ITEM
    assert _read(table) == ITEM


@pytest.mark.parametrize(
    ("expression", "complaint"),
    [
        ("SET #status = :v SET made = :v", 'The "SET" section can only be used once'),
        ("SET #status = :v, made = :v, made = :v", "Two document paths overlap"),
        ("SET #status = :v, pk = :v", "Cannot update attribute pk"),
        ("SET #status = absent, made = :v", "does not exist in the item"),
        ("SET #status = :v, made = :other", ":other"),
        ("SET #status = :v +", "Syntax error"),
    ],
)
def test_a_wrong_expression_is_refused(table: Any, expression: str, complaint: str) -> None:
    for _ in range(2):
        with pytest.raises(ClientError, match="ValidationException") as refused:
            _update(table, expression, {"v": {"S": "NEW"}})
        assert complaint in str(refused.value)
    assert _read(table) == ITEM


def test_an_item_holds_400_kilobytes(table: Any) -> None:
    parts = {"L": [{"M": {"text": {"S": "ü" * 25_000}}}] * 7}
    _update(table, "SET #status = :v, much = :large", {"v": {"S": "OPEN"}, "large": parts})
    with pytest.raises(ClientError, match="Item size"):
        _update(table, "SET #status = :v, more = :large", {"v": {"S": "OPEN"}, "large": {"L": parts["L"][:2]}})


def test_an_index_carries_its_part(table: Any) -> None:
    found = table.query(
        TableName="quick",
        IndexName="by_status",
        KeyConditionExpression="#status = :open",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={":open": {"S": "OPEN"}},
    )["Items"]
    assert found == [{name: ITEM[name] for name in ("pk", "status", "moment", "entries")}]
    part = table.get_item(TableName="quick", Key={"pk": {"S": "a"}}, ProjectionExpression="moment, entries[1].deep[0]")[
        "Item"
    ]
    assert part == {"moment": ITEM["moment"], "entries": {"L": [{"M": {"deep": {"L": [{"N": "1"}]}}}]}}


@pytest.mark.parametrize("condition", ["attribute_exists(pk)", "attribute_not_exists(pk)"])
def test_a_transaction_changes_all_of_its_items_or_none(table: Any, condition: str) -> None:
    def of(key: str) -> dict[str, Any]:
        return {"TableName": "quick", "Key": {"pk": {"S": key}}}

    added = {"UpdateExpression": "ADD tries :one, marks :marks"}
    values = {"ExpressionAttributeValues": {":one": {"N": "1"}, ":marks": {"SS": ["x"]}}}
    entries: list[dict[str, Any]] = [
        {"Update": {**of("new"), **added, **values}},
        {"Put": {"TableName": "quick", "Item": {"pk": {"S": "other"}}}},
        {"Update": {**of("a"), **added, **values, "ConditionExpression": condition}},
        {"Delete": of("never")},
    ]
    if condition == "attribute_exists(pk)":
        table.transact_write_items(TransactItems=entries)
        tries, there = "2", {"new", "other"}
    else:
        with pytest.raises(ClientError, match="TransactionCanceledException"):
            table.transact_write_items(TransactItems=entries)
        tries, there = "1", set[str]()
    assert table.get_item(**of("a"))["Item"]["tries"] == {"N": tries}
    assert {key for key in ("new", "other", "never") if "Item" in table.get_item(**of(key))} == there
    for key in there:
        table.delete_item(**of(key))


def test_an_index_says_how_many_items_stand_in_it(table: Any) -> None:
    def counted() -> int:
        (index,) = table.describe_table(TableName="quick")["Table"]["GlobalSecondaryIndexes"]
        return index["ItemCount"]

    before = counted()
    table.put_item(TableName="quick", Item={"pk": {"S": "in"}, "status": {"S": "OPEN"}, "moment": {"S": "2026"}})
    # Without what it is sorted by, an item stands in none.
    table.put_item(TableName="quick", Item={"pk": {"S": "out"}, "status": {"S": "OPEN"}})
    assert counted() == before + 1
