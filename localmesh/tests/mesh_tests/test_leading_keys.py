"""`dynamodb:LeadingKeys`: a role reaches those items of a table whose keys its policies name, and no others."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localmesh.aws.policy import Verdict, parse, verdict
from mesh_tests.harness import RunningMesh, allow

TABLE = "kinds"
ONLY_A = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["a#*"]}}


def key(text: str) -> dict[str, Any]:
    return {"pk": {"S": text}, "sk": {"S": "1"}}


def read(*texts: str) -> dict[str, Any]:
    return {"RequestItems": {TABLE: {"Keys": [key(text) for text in texts]}}}


def written(*texts: str) -> dict[str, Any]:
    return {"RequestItems": {TABLE: [{"PutRequest": {"Item": key(text)}} for text in texts]}}


def erased(*texts: str) -> dict[str, Any]:
    return {"RequestItems": {TABLE: [{"DeleteRequest": {"Key": key(text)}} for text in texts]}}


def put_at_once(*texts: str) -> dict[str, Any]:
    return {"TransactItems": [{"Put": {"TableName": TABLE, "Item": key(text)}} for text in texts]}


def changed(text: str) -> dict[str, Any]:
    change = {"UpdateExpression": "SET n = :n", "ExpressionAttributeValues": {":n": {"N": "1"}}}
    return {"TableName": TABLE, "Key": key(text), **change}


def changed_at_once(*texts: str) -> dict[str, Any]:
    return {"TransactItems": [{"Update": changed(text)} for text in texts]}


def queried(attribute: str, text: str, **more: Any) -> dict[str, Any]:
    return {
        "TableName": TABLE,
        "KeyConditionExpression": "sk >= :from AND #key=:key" if attribute == "pk" else "#key = :key",
        "ExpressionAttributeNames": {"#key": attribute},
        "ExpressionAttributeValues": {":key": {"S": text}, **({":from": {"S": "0"}} if attribute == "pk" else {})},
        **more,
    }


ONE: Mapping[str, Callable[[str], dict[str, Any]]] = {
    "get_item": lambda text: {"TableName": TABLE, "Key": key(text)},
    "put_item": lambda text: {"TableName": TABLE, "Item": key(text)},
    "update_item": changed,
    "delete_item": lambda text: {"TableName": TABLE, "Key": key(text)},
    "query": lambda text: queried("pk", text),
}
SEVERAL: Mapping[str, tuple[str, Callable[..., dict[str, Any]]]] = {
    "read": ("batch_get_item", read),
    "written": ("batch_write_item", written),
    "erased": ("batch_write_item", erased),
    "put at once": ("transact_write_items", put_at_once),
    "changed at once": ("transact_write_items", changed_at_once),
}


@pytest.fixture(scope="module")
def arn(mesh: RunningMesh) -> str:
    made = mesh.client("dynamodb").create_table(
        TableName=TABLE,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "other")],
        GlobalSecondaryIndexes=[
            {
                "IndexName": "by_other",
                "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}],
                "Projection": {"ProjectionType": "ALL"},
            }
        ],
        BillingMode="PAY_PER_REQUEST",
    )
    return str(made["TableDescription"]["TableArn"])


@pytest.fixture(scope="module")
def role(mesh: RunningMesh, arn: str) -> str:
    return mesh.role({**allow("dynamodb:*", [arn, f"{arn}/index/*"]), "Condition": ONLY_A})


@pytest.fixture(scope="module")
def narrow(mesh: RunningMesh, role: str) -> Any:
    return mesh.client("dynamodb", **mesh.assume(role))


def outcome(client: Any, operation: str, arguments: Mapping[str, Any]) -> str:
    try:
        getattr(client, operation)(**arguments)
    except ClientError as error:
        return str(error.response.get("Error", {}).get("Code"))
    return "allowed"


@pytest.mark.parametrize("operation", ONE)
def test_one_item(narrow: Any, operation: str) -> None:
    assert outcome(narrow, operation, ONE[operation]("a#1")) == "allowed"
    for other in ("b#1", "a", "A#1", "b#a#1"):
        assert outcome(narrow, operation, ONE[operation](other)) == "AccessDeniedException", other


@pytest.mark.parametrize("name", SEVERAL)
def test_of_several_items_all_must_be_of_the_kind(narrow: Any, name: str) -> None:
    operation, arguments = SEVERAL[name]
    assert outcome(narrow, operation, arguments("a#1", "a#2")) == "allowed"
    assert outcome(narrow, operation, arguments("a#1", "b#2")) == "AccessDeniedException"
    assert outcome(narrow, operation, arguments("b#1")) == "AccessDeniedException"


def test_of_an_index_its_own_key_counts(narrow: Any) -> None:
    for text, expected in (("a#1", "allowed"), ("b#1", "AccessDeniedException")):
        assert outcome(narrow, "query", queried("other", text, IndexName="by_other")) == expected


def test_a_query_in_the_older_form(narrow: Any) -> None:
    for text, expected in (("a#1", "allowed"), ("b#1", "AccessDeniedException")):
        conditions = {"pk": {"ComparisonOperator": "EQ", "AttributeValueList": [{"S": text}]}}
        assert outcome(narrow, "query", {"TableName": TABLE, "KeyConditions": conditions}) == expected


def test_a_scan_names_no_key_so_all_of_none_are_as_wanted(narrow: Any) -> None:
    assert outcome(narrow, "scan", {"TableName": TABLE}) == "allowed"


def test_two_permissions_for_two_kinds(mesh: RunningMesh, arn: str) -> None:
    only_b = {"ForAllValues:StringLike": {"dynamodb:LeadingKeys": ["b#*", "c#*"]}}
    reads = {**allow("dynamodb:GetItem", arn), "Condition": ONLY_A}
    writes = {**allow("dynamodb:PutItem", arn), "Condition": only_b}
    client = mesh.client("dynamodb", **mesh.assume(mesh.role(reads, writes)))
    may = {
        (operation, text): outcome(client, operation, ONE[operation](text)) == "allowed"
        for operation in ("get_item", "put_item", "update_item")
        for text in ("a#1", "b#1", "c#1")
    }
    assert {each for each, allowed in may.items() if allowed} == {
        ("get_item", "a#1"),
        ("put_item", "b#1"),
        ("put_item", "c#1"),
    }


def test_the_record_has_the_keys_that_a_policy_looked_at(mesh: RunningMesh, role: str, narrow: Any, arn: str) -> None:
    plain = mesh.role(allow("dynamodb:GetItem", arn))
    mesh.control("DELETE", "/access")
    outcome(narrow, "get_item", ONE["get_item"]("b#7"))
    outcome(mesh.client("dynamodb", **mesh.assume(plain)), "get_item", ONE["get_item"]("b#7"))
    checked = [each for each in mesh.control("GET", "/access") if each["action"] == "dynamodb:GetItem"]
    same = {"action": "dynamodb:GetItem", "resource": arn}
    assert checked == [
        {**same, "role": role, "allowed": False, "context": [["dynamodb:leadingkeys", ["b#7"]]]},
        {**same, "role": plain, "allowed": True, "context": []},
    ]


CASES = [
    ("ForAllValues:StringLike", ("a#1", "a#2"), True),
    ("ForAllValues:StringLike", ("a#1", "b"), False),
    ("ForAllValues:StringLike", (), True),
    ("ForAllValues:StringLike", None, True),
    ("ForAllValues:StringNotLike", ("b", "c"), True),
    ("ForAllValues:StringNotLike", ("b", "a#1"), False),
    ("ForAnyValue:StringLike", ("a#1", "b"), True),
    ("ForAnyValue:StringLike", ("b",), False),
    ("ForAnyValue:StringLike", (), False),
    ("ForAnyValue:StringNotLike", ("a#1", "b"), True),
    ("ForAnyValue:StringNotLike", ("a#1",), False),
    ("ForAnyValue:StringNotLike", None, False),
    ("ForAnyValue:StringLikeIfExists", None, True),
    ("StringNotLike", None, True),
    ("StringLike", "a#1", True),
]


@pytest.mark.parametrize(("operator", "values", "expected"), CASES)
def test_operators_on_keys_with_several_values(operator: str, values: tuple[str, ...] | None, expected: bool) -> None:
    context = {} if values is None else {"dynamodb:leadingkeys": values}
    assert verdict([policy(operator)], "x:Do", "*", context) is (Verdict.ALLOWED if expected else Verdict.SILENT)


def test_which_of_several_is_not_guessed() -> None:
    with pytest.raises(NotImplementedError, match=r"StringLike: expected ForAllValues: or ForAnyValue:"):
        verdict([policy("StringLike")], "x:Do", "*", {"dynamodb:leadingkeys": ("a#1",)})


def policy(operator: str) -> Any:
    statement = {**allow("x:Do", "*"), "Condition": {operator: {"dynamodb:LeadingKeys": "a#*"}}}
    return parse(json.dumps({"Statement": [statement]}))
