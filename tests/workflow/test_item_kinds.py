"""Each function's role is refused all items of the tables but those that it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.components.item_kinds import IN_LIVE, ITEMS, LISTS, MAY
from tests.workflow.driver import Mesh

ROLES = {"notify": "LakeshareNotifier", "request-approval": "lakeshare-request-approval-waits-role-"}
ABSENT = {"ConditionExpression": "attribute_exists(pk)"}
"""Of an item that is not there: a call that is let through changes nothing."""


def key_of(table: str, key: str) -> dict[str, Any]:
    return {"pk": {"S": key}, **({"entry": {"S": "nothing"}} if table == "ledger" else {})}


CALLS: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "GetItem": lambda key: {"Key": key},
    "PutItem": lambda key: {"Item": key, **ABSENT},
    "UpdateItem": lambda key: {"Key": key, "UpdateExpression": "REMOVE nothing", **ABSENT},
    "DeleteItem": lambda key: {"Key": key, **ABSENT},
    "Query": lambda key: {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": key["pk"]}},
}


def tables_of(mesh: Mesh) -> Mapping[str, str]:
    """The names of register, vault and ledger."""
    names = mesh.client("dynamodb").list_tables()["TableNames"]
    return {kind: next(name for name in names if f"-{kind}-" in name) for kind in ("register", "vault", "ledger")}


def acting_as(mesh: Mesh, function: str) -> Any:
    """A client of DynamoDB in a function's role; the caller is an administrator, who may take any."""
    wanted = ROLES.get(function, f"lakeshare-{function}-role-")
    roles = mesh.client("iam").list_roles()["Roles"]
    (arn,) = [each["Arn"] for each in roles if each["RoleName"].startswith(wanted)]
    return mesh.acting("dynamodb", *mesh.keys_of(arn))


def is_refused(call: Callable[..., Any], **arguments: Any) -> bool:
    """Whether a role may not make a call; of an item that is not there, so that nothing comes of it otherwise."""
    try:
        call(**arguments)
    except ClientError as error:
        return error.response.get("Error", {}).get("Code") == "AccessDeniedException"
    return False


@pytest.mark.parametrize("function", [name for name in MAY if not name.startswith(("portal-", "drift"))])
def test_a_role_reaches_nothing_else(mesh: Mesh, function: str) -> None:
    reaches_nothing_else(mesh, function)


def reaches_nothing_else(mesh: Mesh, function: str, may: Mapping[str, set[str]] | None = None) -> None:
    """What a role may do is not tried: on record, it would stand for a call that the function itself needs to make."""
    client, tables = acting_as(mesh, function), tables_of(mesh)
    may = MAY[function] if may is None else may
    methods = {
        "GetItem": client.get_item,
        "PutItem": client.put_item,
        "UpdateItem": client.update_item,
        "DeleteItem": client.delete_item,
        "Query": client.query,
    }
    for kind, (table, key) in ITEMS.items():
        for name in CALLS.keys() - may.get(kind, set()):
            call = CALLS[name](key_of(table, f"{key}-nobody"))
            assert is_refused(methods[name], TableName=tables[table], **call), (kind, name)
        listed = "Query" in may.get(kind, set()) or kind in IN_LIVE.get(function, set())
        if table == "ledger" and not listed:
            of_key = CALLS["Query"](key_of(table, f"{key}-nobody"))
            assert is_refused(client.query, TableName=tables[table], IndexName="live", **of_key), kind
        if "ConditionCheckItem" not in may.get(kind, set()):
            check = {"TableName": tables[table], "Key": key_of(table, f"{key}-nobody"), **ABSENT}
            assert is_refused(client.transact_write_items, TransactItems=[{"ConditionCheck": check}]), kind
        if "BatchGetItem" not in may.get(kind, set()):
            keys = [key_of(table, f"{key}-nobody")]
            assert is_refused(client.batch_get_item, RequestItems={tables[table]: {"Keys": keys}}), kind
    for table, name in tables.items():
        assert is_refused(client.scan, TableName=name)
        if (function, table) != ("sweep", "ledger"):
            assert is_refused(client.describe_table, TableName=name)
    for table, attribute in (("register", "owner_account"), ("ledger", "live_owner")):
        of_index = {
            "KeyConditionExpression": f"{attribute} = :who",
            "ExpressionAttributeValues": {":who": {"S": "nobody"}},
        }
        if (table, "by_owner") not in LISTS.get(function, ()):
            assert is_refused(client.query, TableName=tables[table], IndexName="by_owner", **of_index)
