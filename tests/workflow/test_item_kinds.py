"""Each function's role reaches the items of register and vault that it needs, and is refused all others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.components.item_kinds import ITEMS, LISTS, MAY
from tests.workflow.driver import Mesh

ROLES = {"request-approval": "LakeshareNotifier"}
ABSENT = {"ConditionExpression": "attribute_exists(pk)"}
"""Of an item that is not there: the call is let through and changes nothing."""


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
    given = mesh.client("sts").assume_role(RoleArn=arn, RoleSessionName="itself")["Credentials"]
    return boto3.client(
        "dynamodb",
        endpoint_url=mesh.description["aws_endpoint_url"],
        region_name=mesh.description["region"],
        aws_access_key_id=given["AccessKeyId"],
        aws_secret_access_key=given["SecretAccessKey"],
        aws_session_token=given["SessionToken"],
    )


def may(call: Callable[..., Any], **arguments: Any) -> bool:
    """Whether a call is let through, whatever becomes of it then."""
    try:
        call(**arguments)
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code")
        assert code in {"AccessDeniedException", "ConditionalCheckFailedException"}
        return code != "AccessDeniedException"
    return True


@pytest.mark.parametrize("function", [name for name in MAY if not name.startswith("portal-")])
def test_who_reaches_what(mesh: Mesh, tables: Mapping[str, str], function: str) -> None:
    client = acting_as(mesh, function)
    methods = {"GetItem": client.get_item, "PutItem": client.put_item}
    methods |= {"UpdateItem": client.update_item, "DeleteItem": client.delete_item}
    for kind, (table, key) in ITEMS.items():
        found = {
            name for name, call in CALLS.items() if may(methods[name], TableName=tables[table], **call(f"{key}-nobody"))
        }
        assert found == MAY[function].get(kind, set()) - {"BatchGetItem"}, kind
    for name in tables.values():
        assert not may(client.scan, TableName=name)
        query = {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "nobody"}}}
        assert not may(client.query, TableName=name, **query)
    asked = {tables["register"]: {"Keys": [{"pk": {"S": "nobody"}}]}}
    assert may(client.batch_get_item, RequestItems=asked) == (function == "sweep")


def test_who_lists_requests(mesh: Mesh, tables: Mapping[str, str]) -> None:
    client = acting_as(mesh, "sweep")
    for index, attribute in (
        ("by_status", "status"),
        ("by_announcement", "announcement"),
        ("by_owner", "owner_account"),
    ):
        query = {
            "IndexName": index,
            "KeyConditionExpression": "#key = :key",
            "ExpressionAttributeNames": {"#key": attribute},
            "ExpressionAttributeValues": {":key": {"S": "nobody"}},
        }
        assert may(client.query, TableName=tables["register"], **query) == (index in LISTS["sweep"])
