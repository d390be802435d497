"""Each function's role is refused all items of register and vault but those that it needs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.components.item_kinds import ITEMS, MAY
from tests.workflow.driver import Mesh

ROLES = {"request-approval": "LakeshareNotifier"}
ABSENT = {"ConditionExpression": "attribute_exists(pk)"}
"""Of an item that is not there: a call that is let through changes nothing."""


def of_key(key: str) -> dict[str, Any]:
    return {"Key": {"pk": {"S": key}}}


CALLS: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "GetItem": of_key,
    "PutItem": lambda key: {"Item": {"pk": {"S": key}}, **ABSENT},
    "UpdateItem": lambda key: {**of_key(key), "UpdateExpression": "REMOVE nothing", **ABSENT},
    "DeleteItem": lambda key: {**of_key(key), **ABSENT},
}


@pytest.fixture(scope="module")
def tables(mesh: Mesh) -> Mapping[str, str]:
    """The names of register and vault."""
    names = mesh.client("dynamodb").list_tables()["TableNames"]
    return {kind: next(name for name in names if f"-{kind}-" in name) for kind in ("register", "vault")}


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


@pytest.mark.parametrize("function", [name for name in MAY if not name.startswith("portal-")])
def test_a_role_reaches_nothing_else(mesh: Mesh, tables: Mapping[str, str], function: str) -> None:
    """What it may do is not tried: on record, it would stand for a call that the function itself needs to make."""
    client = acting_as(mesh, function)
    methods = {
        "GetItem": client.get_item,
        "PutItem": client.put_item,
        "UpdateItem": client.update_item,
        "DeleteItem": client.delete_item,
    }
    for kind, (table, key) in ITEMS.items():
        for name in CALLS.keys() - MAY[function].get(kind, set()):
            call = CALLS[name](f"{key}-nobody")
            assert is_refused(methods[name], TableName=tables[table], **call), (kind, name)
    query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "nobody"}}}
    for table, name in tables.items():
        assert is_refused(client.scan, TableName=name)
        assert is_refused(client.query, TableName=name, **query)
        if (function, table) != ("sweep", "register"):
            assert is_refused(client.batch_get_item, RequestItems={name: {"Keys": [{"pk": {"S": "nobody"}}]}})
    of_index = {**query, "KeyConditionExpression": "owner_account = :pk", "IndexName": "by_owner"}
    assert is_refused(client.query, TableName=tables["register"], **of_index)
