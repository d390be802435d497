"""The tables of register and vault on moto, as the program makes them."""

from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from handlers.aws.clients import client

TABLE = "register"
VAULT = "vault"
INDEXES = {
    "by_requester": "requester_id",
    "by_consumer": "consumer_account",
    "by_owner": "owner_account",
    "by_status": "status",
    "by_announcement": "announcement",
}
LISTED = (
    *("source", "target", "status", "reason", "message", "closed_at", "requester_id", "requester_email"),
    *("owner_account", "owner_name", "consumer_account", "started_at", "execution_arn"),
)


def make_tables() -> None:
    """Make the tables; wants `moto.mock_aws` around it."""
    client("dynamodb").create_table(
        TableName=VAULT,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
    )
    names = ("pk", "received_at", *INDEXES.values())
    client("dynamodb").create_table(
        TableName=TABLE,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": index,
                "KeySchema": [
                    {"AttributeName": key, "KeyType": "HASH"},
                    {"AttributeName": "received_at", "KeyType": "RANGE"},
                ],
                "Projection": {
                    "ProjectionType": "INCLUDE",
                    "NonKeyAttributes": [name for name in LISTED if name != key],
                },
            }
            for index, key in INDEXES.items()
        ],
    )


def put_item(item: dict[str, Any]) -> None:
    """Write an item as it is, over whatever stands there: into the vault if its key has a `#`."""
    written = {name: TypeSerializer().serialize(value) for name, value in item.items()}
    client("dynamodb").put_item(TableName=VAULT if "#" in item["pk"] else TABLE, Item=written)


def all_items(index: str | None = None) -> list[dict[str, Any]]:
    """Every item of both tables, or of what one index shows."""
    places = [{"TableName": TABLE, "IndexName": index}] if index else [{"TableName": TABLE}, {"TableName": VAULT}]
    reader = TypeDeserializer()
    return [
        {name: reader.deserialize(value) for name, value in item.items()}
        for place in places
        for item in client("dynamodb").scan(**place)["Items"]
    ]


def item(key: str) -> dict[str, Any]:
    """One item."""
    return next(each for each in all_items() if each["pk"] == key)
