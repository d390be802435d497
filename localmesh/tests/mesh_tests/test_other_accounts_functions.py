"""Functions are invoked from other accounts as far as their own policies let that in."""

from collections.abc import Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError

from mesh_tests.harness import CENTRAL, RunningMesh, allow, answer_of, archive, document

OTHER = "111111111111"
HELLO = "def handler(event, context):\n    return {'hello': event}\n"


@pytest.fixture
def function(mesh: RunningMesh) -> str:
    """A function of another account, which nobody was let in to."""
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
    iam, functions = mesh.client("iam", OTHER), mesh.client("lambda", OTHER)
    name = f"kit-{len(iam.list_roles()['Roles'])}"
    role = iam.create_role(RoleName=name, AssumeRolePolicyDocument=document(trust))["Role"]["Arn"]
    made = functions.create_function(
        FunctionName=name,
        Role=role,
        Handler="kit.handler",
        Runtime="python3.13",
        Code={"ZipFile": archive({"kit.py": HELLO})},
    )
    return str(made["FunctionArn"])


def let_in(mesh: RunningMesh, function: str, principal: str) -> Mapping[str, Any]:
    return mesh.client("lambda", OTHER).add_permission(
        FunctionName=function, StatementId="central", Action="lambda:InvokeFunction", Principal=principal
    )


def invoked(mesh: RunningMesh, function: str, role: str) -> str:
    """What came of it: the answer, or the refusal."""
    client = mesh.client("lambda", **mesh.assume(role))
    try:
        return str(client.invoke(FunctionName=function, Payload=b'"you"')["Payload"].read().decode())
    except ClientError as refused:
        answer = answer_of(refused)
        assert answer["ResponseMetadata"]["HTTPStatusCode"] == 403
        return f"{answer['Error']['Code']}: {answer['Error']['Message']}"


def test_both_sides_have_to_let_it(mesh: RunningMesh, function: str) -> None:
    may, may_not = mesh.role(allow("lambda:InvokeFunction", function)), mesh.role()
    refusal = invoked(mesh, function, may)
    assert refusal.startswith("AccessDeniedException: User: ")
    assert "because no resource-based policy allows" in refusal
    let_in(mesh, function, may)
    assert invoked(mesh, function, may) == '{"hello": "you"}'
    let_in_by_account = mesh.role(allow("lambda:InvokeFunction", function))
    assert "no resource-based policy" in invoked(mesh, function, let_in_by_account)
    assert "no identity-based policy" in invoked(mesh, function, may_not)


def test_an_account_lets_in_all_of_its_roles(mesh: RunningMesh, function: str) -> None:
    let_in(mesh, function, CENTRAL)
    assert invoked(mesh, function, mesh.role(allow("lambda:InvokeFunction", function))) == '{"hello": "you"}'
    assert "no identity-based policy" in invoked(mesh, function, mesh.role())


def test_a_role_that_is_not_there_cannot_be_let_in(mesh: RunningMesh, function: str) -> None:
    with pytest.raises(ClientError, match="The provided principal was invalid"):
        let_in(mesh, function, f"arn:aws:iam::{CENTRAL}:role/nobody")


def test_a_function_that_is_not_there_lets_nobody_in(mesh: RunningMesh, function: str) -> None:
    missing = f"{function}-missing"
    assert "no resource-based policy" in invoked(mesh, missing, mesh.role(allow("lambda:*", "*")))


def test_a_service_is_not_let_in_as_an_account(mesh: RunningMesh, function: str) -> None:
    mesh.client("lambda", OTHER).add_permission(
        FunctionName=function,
        StatementId="events",
        Action="lambda:InvokeFunction",
        Principal="events.amazonaws.com",
    )
    assert "no resource-based policy" in invoked(mesh, function, mesh.role(allow("lambda:*", "*")))
