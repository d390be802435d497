"""What a browser does with AWS: preflights, no signature at first, then the credentials of an identity pool's role."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from localmesh.provider import Endpoint
from mesh_tests.harness import CENTRAL, REGION, RunningMesh, allow, answer_of, document, eventually, fetch
from provider_tests.people import FIRST, People, unsigned

ORIGIN = {"Origin": "http://127.0.0.1:5173"}
CATALOG = f"arn:aws:glue:{REGION}:{CENTRAL}:catalog"


def code_of(call: Any) -> str:
    try:
        call()
    except ClientError as error:
        answer = answer_of(error)
        return f"{answer['ResponseMetadata']['HTTPStatusCode']} {answer['Error']['Code']}"
    return "allowed"


@pytest.fixture(scope="module")
def people(mesh: RunningMesh) -> People:
    return People(Endpoint(mesh.description["aws_endpoint_url"], "test", "test"))


def test_invitation_comes_by_mail(mesh: RunningMesh, people: People) -> None:
    mail = eventually(lambda: next((mail for mail in mesh.mails() if mail["to"] == "alex@people.example"), None))
    assert FIRST in mail["body"]
    assert "alex" in mail["body"]
    assert people.start(FIRST)["ChallengeName"] == "NEW_PASSWORD_REQUIRED"


@pytest.mark.parametrize("target", ["AWSGlue.GetDatabases", "AWSStepFunctions.ListStateMachines"])
def test_preflight_and_answer(target: str, mesh: RunningMesh) -> None:
    url = mesh.description["aws_endpoint_url"] + "/"
    wanted = "authorization,content-type,x-amz-date,x-amz-security-token,x-amz-target"
    asked = {**ORIGIN, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": wanted}
    status, _, headers = fetch(url, "OPTIONS", None, asked)
    assert status == 200
    assert headers.get_all("Access-Control-Allow-Origin") == ["*"]
    assert "POST" in headers["Access-Control-Allow-Methods"]
    assert headers["Access-Control-Allow-Headers"] == wanted
    service = {"AWSGlue": "glue", "AWSStepFunctions": "states"}[target.split(".", maxsplit=1)[0]]
    signed = (
        f"AWS4-HMAC-SHA256 Credential=test/20260101/{REGION}/{service}/aws4_request, SignedHeaders=host, Signature=x"
    )
    sent = {**ORIGIN, "X-Amz-Target": target, "Content-Type": "application/x-amz-json-1.1", "Authorization": signed}
    status, _, headers = fetch(url, "POST", {}, sent)
    assert status == 200
    assert headers.get_all("Access-Control-Allow-Origin") == ["*"]


def test_refusals_can_be_read_by_the_page(mesh: RunningMesh) -> None:
    sent = {**ORIGIN, "X-Amz-Target": "AWSCognitoIdentityService.GetId", "Content-Type": "application/x-amz-json-1.1"}
    pool = f"{REGION}:00000000-0000-0000-0000-000000000000"
    status, body, headers = fetch(mesh.description["aws_endpoint_url"] + "/", "POST", {"IdentityPoolId": pool}, sent)
    assert status == 400
    assert "ResourceNotFoundException" in body
    assert headers.get_all("Access-Control-Allow-Origin") == ["*"]


def test_credentials_are_held_to_the_role(mesh: RunningMesh, people: People) -> None:
    people.settle()
    role = mesh.role(allow("glue:GetDatabases", [CATALOG, CATALOG.replace(":catalog", ":database/*")]))
    identities = mesh.client("cognito-identity")
    pool = identities.create_identity_pool(
        IdentityPoolName="people",
        AllowUnauthenticatedIdentities=False,
        CognitoIdentityProviders=[{"ClientId": people.client, "ProviderName": people.provider}],
    )["IdentityPoolId"]
    trust = {
        "Effect": "Allow",
        "Principal": {"Federated": "cognito-identity.amazonaws.com"},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringEquals": {"cognito-identity.amazonaws.com:aud": pool}},
    }
    mesh.client("iam").update_assume_role_policy(RoleName=role.rpartition("/")[2], PolicyDocument=document(trust))
    identities.set_identity_pool_roles(IdentityPoolId=pool, Roles={"authenticated": role})
    browser = unsigned(people.endpoint, "cognito-identity")
    logins = {people.provider: people.tokens()["IdToken"]}
    identity = browser.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
    given = browser.get_credentials_for_identity(IdentityId=identity, Logins=logins)["Credentials"]
    keys = {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretKey"],
        "aws_session_token": given["SessionToken"],
    }

    def client(service: str) -> Any:
        return mesh.client(service, **keys)

    assert code_of(lambda: client("glue").get_databases()) == "allowed"
    assert code_of(lambda: client("glue").get_database(Name="shop")) == "400 AccessDeniedException"
    assert code_of(lambda: client("s3").list_buckets()) == "403 AccessDenied"
    assert code_of(lambda: client("cloudfront").list_distributions()) == "403 AccessDenied"
    users = client("cognito-idp")
    assert code_of(lambda: users.list_users(UserPoolId=people.pool)) == "400 AccessDeniedException"


def test_bucket_that_denies_the_clear_is_read_all_the_same(mesh: RunningMesh) -> None:
    objects = mesh.client("s3")
    objects.create_bucket(Bucket="pages")
    statement = {"Effect": "Deny", "Principal": "*", "Action": "s3:*", "Resource": "arn:aws:s3:::pages/*"}
    statement["Condition"] = {"Bool": {"aws:SecureTransport": "false"}}  # type: ignore[assignment]
    objects.put_bucket_policy(Bucket="pages", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    objects.put_object(Bucket="pages", Key="index.html", Body=b"x")
    assert objects.get_object(Bucket="pages", Key="index.html")["Body"].read() == b"x"
    del statement["Condition"]
    objects.put_bucket_policy(Bucket="pages", Policy=json.dumps({"Version": "2012-10-17", "Statement": [statement]}))
    assert code_of(lambda: objects.put_object(Bucket="pages", Key="more", Body=b"x")).startswith("403")
