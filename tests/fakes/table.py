"""The tables of register, vault and ledger on moto, as the program makes them."""

from typing import Any

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer

from handlers.aws.clients import client

TABLE = "register"
VAULT = "vault"
LEDGER = "ledger"
LEDGER_INDEXES = {
    "by_data": ("live_database", "entry"),
    "by_owner": ("live_owner", "since"),
    "by_due": ("due", "due_at"),
    "by_live": ("live", "since"),
    "by_consumer": ("pk", "since"),
    "by_requester": ("requester_id", "since"),
    "by_change": ("changes", "changed_at"),
}
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
    client("dynamodb").create_table(
        TableName=LEDGER,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": name, "AttributeType": "S"}
            for name in dict.fromkeys(
                ("pk", "entry", "live", *(each for keys in LEDGER_INDEXES.values() for each in keys))
            )
        ],
        KeySchema=_keys("pk", "entry"),
        LocalSecondaryIndexes=[
            {"IndexName": "live", "KeySchema": _keys("pk", "live"), "Projection": {"ProjectionType": "ALL"}}
        ],
        GlobalSecondaryIndexes=[
            {"IndexName": index, "KeySchema": _keys(*keys), "Projection": {"ProjectionType": "ALL"}}
            for index, keys in LEDGER_INDEXES.items()
        ],
    )
    names = ("pk", "received_at", "mail", "mail_due_at", *INDEXES.values())
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
        ]
        + [
            {
                "IndexName": "by_due",
                "KeySchema": [
                    {"AttributeName": "mail", "KeyType": "HASH"},
                    {"AttributeName": "mail_due_at", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "KEYS_ONLY"},
            }
        ],
    )


def _keys(hash_key: str, range_key: str) -> Any:
    return [{"AttributeName": hash_key, "KeyType": "HASH"}, {"AttributeName": range_key, "KeyType": "RANGE"}]


def put_item(item: dict[str, Any]) -> None:
    """Write an item as it is, over whatever stands there: into the vault if its key is of a kind that stands there."""
    written = {name: TypeSerializer().serialize(value) for name, value in item.items()}
    client("dynamodb").put_item(
        TableName=VAULT if "#" in item["pk"] and not item["pk"].startswith("flags#") else TABLE, Item=written
    )


def put_ledger_item(item: dict[str, Any]) -> None:
    """Write an item of the ledger as it is, over whatever stands there."""
    written = {name: TypeSerializer().serialize(value) for name, value in item.items()}
    client("dynamodb").put_item(TableName=LEDGER, Item=written)


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


def requests() -> list[dict[str, Any]]:
    """Every request's item."""
    return [each for each in all_items() if "#" not in each["pk"]]
