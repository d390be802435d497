"""Roles are held to their policies; administrators are not."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError, ParamValidationError

from mesh_tests.harness import CENTRAL, RunningMesh, allow, answer_of, document

OTHER = "111111111111"


def code_of(call: Any) -> str:
    try:
        call()
    except ClientError as error:
        return str(answer_of(error)["Error"]["Code"])
    return "allowed"


@pytest.fixture(scope="module")
def table(mesh: RunningMesh) -> str:
    client = mesh.client("dynamodb")
    description = client.create_table(
        TableName="things",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return str(description["TableDescription"]["TableArn"])


def acting(mesh: RunningMesh, role: str, service: str) -> Any:
    return mesh.client(service, **mesh.assume(role))


def test_actions_and_resources(mesh: RunningMesh, table: str) -> None:
    role = mesh.role(allow(["dynamodb:GetItem", "dynamodb:Query"], [table, f"{table}/index/by_x"]))
    client = acting(mesh, role, "dynamodb")
    key = {"pk": {"S": "a"}}
    assert code_of(lambda: client.get_item(TableName="things", Key=key)) == "allowed"
    assert code_of(lambda: client.put_item(TableName="things", Item=key)) == "AccessDeniedException"
    assert code_of(lambda: client.get_item(TableName="others", Key=key)) == "AccessDeniedException"
    transaction = [{"Put": {"TableName": "things", "Item": key}}]
    assert code_of(lambda: client.transact_write_items(TransactItems=transaction)) == "AccessDeniedException"
    admin = mesh.client("dynamodb")
    assert code_of(lambda: admin.put_item(TableName="things", Item=key)) == "allowed"


def test_glues_resources_are_a_hierarchy(mesh: RunningMesh) -> None:
    base = f"arn:aws:glue:us-east-1:{CENTRAL}"
    full = [f"{base}:catalog", f"{base}:database/*", f"{base}:table/*/*"]
    for missing in range(4):
        resources = [arn for number, arn in enumerate(full) if number != missing]
        client = acting(mesh, mesh.role(allow("glue:Get*", resources)), "glue")
        expected = "allowed" if missing == 3 else "AccessDeniedException"
        assert code_of(lambda client=client: client.get_tables(DatabaseName="shop")) == expected
        assert code_of(lambda client=client: client.get_table(DatabaseName="shop", Name="customer")) == expected


def test_a_denial_wins(mesh: RunningMesh) -> None:
    deny = {"Effect": "Deny", "Action": "glue:GetTable", "Resource": "*"}
    client = acting(mesh, mesh.role(allow("glue:*", "*"), deny), "glue")
    assert code_of(lambda: client.get_table(DatabaseName="shop", Name="customer")) == "AccessDeniedException"
    assert code_of(lambda: client.get_database(Name="shop")) == "allowed"


def test_attached_policies_count_aws_own_too(mesh: RunningMesh) -> None:
    iam = mesh.client("iam")
    role = mesh.role()
    name = role.rpartition("/")[2]
    client = acting(mesh, role, "lakeformation")
    assert code_of(client.get_data_lake_settings) == "AccessDeniedException"
    policy = iam.create_policy(PolicyName="lake", PolicyDocument=document(allow("lakeformation:Get*", "*")))["Policy"]
    iam.attach_role_policy(RoleName=name, PolicyArn=policy["Arn"])
    assert code_of(client.get_data_lake_settings) == "allowed"
    manager = "arn:aws:iam::aws:policy/AWSLakeFormationCrossAccountManager"
    iam.attach_role_policy(RoleName=name, PolicyArn=manager)
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    assert manager in [each["PolicyArn"] for each in attached]
    with pytest.raises(iam.exceptions.DeleteConflictException):
        iam.delete_policy(PolicyArn=policy["Arn"])


def test_errors_speak_the_callers_protocol(mesh: RunningMesh) -> None:
    role = mesh.role()
    topic = mesh.client("sns").create_topic(Name="closed")["TopicArn"]
    assert code_of(lambda: acting(mesh, role, "sns").publish(TopicArn=topic, Message="x")) == "AuthorizationError"
    assert code_of(lambda: acting(mesh, role, "iam").list_roles()) == "AccessDenied"
    assert code_of(lambda: acting(mesh, role, "lambda").invoke(FunctionName="x")) == "AccessDeniedException"
    assert code_of(lambda: acting(mesh, role, "sts").get_caller_identity()) == "allowed"


def test_a_functions_role_is_enforced(mesh: RunningMesh, table: str) -> None:
    source = (
        "import boto3\ndef handler(event, context):\n"
        "    return boto3.client('dynamodb').get_item(TableName='things', Key={'pk': {'S': 'a'}})['ResponseMetadata']\n"
    )
    answer, error = mesh.invoke(mesh.function(source, role=mesh.role()))
    assert error == "Unhandled"
    assert "not authorized to perform: dynamodb:GetItem" in answer["errorMessage"]
    assert mesh.invoke(mesh.function(source, role=mesh.role(allow("dynamodb:GetItem", table))))[1] is None


def test_the_state_machines_role_is_enforced(mesh: RunningMesh) -> None:
    function = mesh.function("def handler(event, context):\n    return 1\n")
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": function},
        "End": True,
    }
    definition = json.dumps({"StartAt": "T", "States": {"T": task}})
    client = mesh.client("stepfunctions")
    for name, statements, status in (
        ("may-not", [], "FAILED"),
        ("may", [allow("lambda:InvokeFunction", function)], "SUCCEEDED"),
    ):
        role = mesh.role(*statements, service="states.amazonaws.com")
        machine = client.create_state_machine(name=name, definition=definition, roleArn=role)["stateMachineArn"]
        ended = mesh.ended(mesh.run(machine))
        assert ended["status"] == status
    assert mesh.ended(mesh.run(machine))["output"]


def trusting(mesh: RunningMesh, name: str, principal: Any, **conditions: Any) -> str:
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    if conditions:
        trust["Condition"] = conditions
    made = mesh.client("iam", OTHER).create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))
    return str(made["Role"]["Arn"])


def test_who_may_assume_a_role(mesh: RunningMesh) -> None:
    root = {"AWS": f"arn:aws:iam::{CENTRAL}:root"}
    mine = mesh.role(allow("sts:AssumeRole", f"arn:aws:iam::{OTHER}:role/*"))
    stranger = mesh.role(allow("sts:AssumeRole", f"arn:aws:iam::{OTHER}:role/*"))
    powerless = mesh.role()
    arn_equals = {"aws:PrincipalArn": mine}
    plain = trusting(mesh, "plain", root)
    strict = trusting(mesh, "strict", root, ArnEquals=arn_equals, StringEquals={"sts:ExternalId": "secret"})
    closed = trusting(mesh, "closed", {"AWS": "arn:aws:iam::777777777777:root"})

    def assumes(caller: str, target: str, **options: Any) -> str:
        client = acting(mesh, caller, "sts")
        return code_of(lambda: client.assume_role(RoleArn=target, RoleSessionName="s-1", **options))

    assert assumes(mine, plain) == "allowed"
    assert assumes(powerless, plain) == "AccessDenied"
    assert assumes(mine, strict) == "AccessDenied"
    assert assumes(mine, strict, ExternalId="wrong") == "AccessDenied"
    assert assumes(stranger, strict, ExternalId="secret") == "AccessDenied"
    assert assumes(mine, strict, ExternalId="secret") == "allowed"
    assert assumes(mine, closed) == "AccessDenied"
    assert assumes(mine, f"arn:aws:iam::{OTHER}:role/nobody") == "AccessDenied"
    assert assumes(mine, plain, DurationSeconds=900) == "allowed"
    assert assumes(mine, plain, DurationSeconds=3601) == "ValidationError"
    assert mesh.assume(f"arn:aws:iam::{OTHER}:role/anything-goes-for-administrators")


def test_a_role_that_does_not_trust_the_service_is_refused_when_something_is_made_with_it(mesh: RunningMesh) -> None:
    role = mesh.role(allow("*", "*"), service="ec2.amazonaws.com")
    assert code_of(lambda: mesh.function("", role=role)) == "InvalidParameterValueException"
    machine = json.dumps({"StartAt": "End", "States": {"End": {"Type": "Succeed"}}})
    states = mesh.client("stepfunctions")
    made = {"name": "not-trusted", "definition": machine, "roleArn": role}
    assert code_of(lambda: states.create_state_machine(**made)) == "AccessDeniedException"


def test_what_is_counted_outlasts_the_record(mesh: RunningMesh, table: str) -> None:
    role = mesh.role(allow("dynamodb:GetItem", table))
    client = acting(mesh, role, "dynamodb")
    for _ in range(3):
        client.get_item(TableName="things", Key={"pk": {"S": "a"}})
        mesh.control("DELETE", "/access")
    check = {"role": role, "action": "dynamodb:GetItem", "resource": table, "allowed": True, "context": []}
    assert {**check, "count": 3} in mesh.control("GET", "/access/counted")["checks"]


def test_whoever_takes_a_role_is_on_record(mesh: RunningMesh) -> None:
    caller = mesh.role(allow("sts:AssumeRole", f"arn:aws:iam::{OTHER}:role/*"))
    target = trusting(mesh, "recorded", {"AWS": caller}, StringEquals={"sts:ExternalId": "right"})
    client = acting(mesh, caller, "sts")
    for external_id in ("wrong", "right"):
        code_of(lambda given=external_id: client.assume_role(RoleArn=target, RoleSessionName="s-1", ExternalId=given))
    takings = [each for each in mesh.control("GET", "/access/counted")["takings"] if each["role"] == target]
    assert [(dict(each["context"])["sts:externalid"], each["may"], each["trusted"]) for each in takings] == [
        ("wrong", True, False),
        ("right", True, True),
    ]
    assert all(caller in each["principals"] for each in takings)
    assert target in {each["role"] for each in mesh.control("GET", "/credentials")}


def test_the_record_tells_who_did_what(mesh: RunningMesh, table: str) -> None:
    mesh.control("DELETE", "/access")
    role = mesh.role(allow("dynamodb:GetItem", table))
    acting(mesh, role, "dynamodb").get_item(TableName="things", Key={"pk": {"S": "a"}})
    record = {"role": role, "action": "dynamodb:GetItem", "resource": table, "allowed": True, "context": []}
    assert mesh.control("GET", "/access") == [record]


def test_names_of_sessions(mesh: RunningMesh) -> None:
    sts = mesh.client("sts")
    for name in ("x", "a b", "ü-ü", "a" * 65):
        with pytest.raises((ClientError, ParamValidationError)):
            sts.assume_role(RoleArn=f"arn:aws:iam::{OTHER}:role/any", RoleSessionName=name)


def test_objects_take_permissions_of_their_own(mesh: RunningMesh) -> None:
    mesh.client("s3").create_bucket(Bucket="kept")
    mesh.client("s3").put_object(Bucket="kept", Key="in/a b.txt", Body=b"x")
    role = mesh.role(
        allow(["s3:GetObject", "s3:PutObject"], "arn:aws:s3:::kept/in/*"), allow("s3:ListBucket", "arn:aws:s3:::kept")
    )
    s3 = mesh.client("s3", **mesh.assume(role))
    assert s3.get_object(Bucket="kept", Key="in/a b.txt")["Body"].read() == b"x"
    assert [each["Key"] for each in s3.list_objects_v2(Bucket="kept", Prefix="in/")["Contents"]] == ["in/a b.txt"]
    assert code_of(lambda: s3.put_object(Bucket="kept", Key="in/b", Body=b"y")) == "allowed"
    assert code_of(lambda: s3.put_object(Bucket="kept", Key="out/b", Body=b"y")) == "AccessDenied"
    assert code_of(lambda: s3.delete_object(Bucket="kept", Key="in/b")) == "AccessDenied"
    assert code_of(lambda: s3.get_bucket_policy(Bucket="kept")) == "AccessDenied"
