"""What a browser has for itself: the tokens of a sign-in, and the role for pages of one's own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.portal.conftest import running, with_page
from tests.portal.portal import PASSWORD, Portal, User
from tests.workflow.running import Options

ORDER = {"source": {"database": "transport", "table": "yellow_tripdata"}, "target": {"account_id": "900000000000"}}


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with_page()
    yield from running(Options(config={"portalIdentityPool": True, "portalDirectStart": True}), tmp_path_factory)


def client(portal: Portal, service: str, **given: Any) -> Any:
    endpoint = portal.mesh.description["aws_endpoint_url"]
    make: Any = boto3.client  # its stubs know literal names only
    return make(service, endpoint_url=endpoint, region_name="us-east-1", **given)


def credentials(portal: Portal, user: User, pool: str) -> dict[str, str]:
    """What a browser gets for its ID token, as arguments of a client."""
    identities = client(portal, "cognito-identity", config=Config(signature_version=UNSIGNED))
    provider = portal.config["issuer"].removeprefix("https://")
    logins = {provider: portal.tokens(user)["id_token"]}
    identity = identities.get_id(IdentityPoolId=pool, Logins=logins)["IdentityId"]
    given = identities.get_credentials_for_identity(IdentityId=identity, Logins=logins)["Credentials"]
    return {
        "aws_access_key_id": given["AccessKeyId"],
        "aws_secret_access_key": given["SecretKey"],
        "aws_session_token": given["SessionToken"],
    }


@pytest.mark.parametrize(
    ("flow", "parameters"),
    [
        ("USER_SRP_AUTH", {"SRP_A": "2"}),
        ("USER_PASSWORD_AUTH", {"PASSWORD": PASSWORD}),
        ("USER_AUTH", {"PREFERRED_CHALLENGE": "PASSWORD", "PASSWORD": PASSWORD}),
        ("CUSTOM_AUTH", {}),
        ("REFRESH_TOKEN_AUTH", {}),
    ],
)
def test_nobody_signs_in_but_on_the_pages(portal: Portal, user: User, flow: str, parameters: dict[str, str]) -> None:
    people = client(portal, "cognito-idp", config=Config(signature_version=UNSIGNED))
    given = {"USERNAME": user.username, "REFRESH_TOKEN": portal.tokens(user)["refresh_token"], **parameters}
    with pytest.raises(ClientError, match=r"not enabled for this client|trigger is not configured"):
        people.initiate_auth(ClientId=portal.config["clientId"], AuthFlow=flow, AuthParameters=given)


def test_nobody_changes_their_address_with_the_pages_tokens(portal: Portal) -> None:
    user = portal.new_user()
    people = client(portal, "cognito-idp", config=Config(signature_version=UNSIGNED))
    tokens = portal.oauth().sign_in(user.username, user.password)
    renewed = people.get_tokens_from_refresh_token(
        ClientId=portal.config["clientId"], RefreshToken=tokens["refresh_token"]
    )["AuthenticationResult"]
    for token in (tokens["access_token"], renewed["AccessToken"]):
        for name in ("email", "email_verified", "locale"):
            with pytest.raises(ClientError, match="required scopes"):
                people.update_user_attributes(AccessToken=token, UserAttributes=[{"Name": name, "Value": "true"}])
    found = portal.cognito.admin_get_user(UserPoolId=portal.config["userPoolId"], Username=user.username)
    assert {"Name": "email", "Value": user.email} in found["UserAttributes"]


def test_where_the_config_says_so_a_browser_may_start_executions_and_follow_them(portal: Portal, user: User) -> None:
    states = client(portal, "stepfunctions", **credentials(portal, user, portal.config["identityPoolId"]))
    machine = portal.config["stateMachineArn"]
    arn = states.start_execution(stateMachineArn=machine, input=json.dumps(ORDER))["executionArn"]
    assert portal.mesh.finish(arn).output["status"] == "SHARED"
    assert states.describe_execution(executionArn=arn)["status"] == "SUCCEEDED"
    assert arn in {each["executionArn"] for each in states.list_executions(stateMachineArn=machine)["executions"]}
    with pytest.raises(ClientError, match="AccessDenied"):
        states.get_execution_history(executionArn=arn)
    with pytest.raises(ClientError, match="AccessDenied"):
        states.stop_execution(executionArn=arn)


def test_a_browser_may_read_the_catalogue_and_change_nothing(portal: Portal, user: User) -> None:
    glue = client(portal, "glue", **credentials(portal, user, portal.config["identityPoolId"]))
    assert "transport" in {each["Name"] for each in glue.get_databases()["DatabaseList"]}
    assert glue.get_database(Name="transport")["Database"]["Name"] == "transport"
    assert glue.get_tables(DatabaseName="transport")["TableList"]
    assert glue.get_table(DatabaseName="transport", Name="yellow_tripdata")["Table"]["Name"] == "yellow_tripdata"
    machine = portal.config["stateMachineArn"]
    for service, operation, given in (
        ("glue", "delete_table", {"DatabaseName": "transport", "Name": "yellow_tripdata"}),
        ("glue", "delete_database", {"Name": "retail"}),
        ("stepfunctions", "delete_state_machine", {"stateMachineArn": machine}),
        ("dynamodb", "scan", {"TableName": portal.mesh.description["register_table"]}),
        ("cognito-idp", "list_users", {"UserPoolId": portal.config["userPoolId"]}),
        ("lakeformation", "list_permissions", {}),
    ):
        other = client(portal, service, **credentials(portal, user, portal.config["identityPoolId"]))
        with pytest.raises(ClientError, match="AccessDenied"):
            getattr(other, operation)(**given)


def test_another_identity_pool_cannot_give_the_role_out(portal: Portal, user: User) -> None:
    administrator = portal.mesh.client("cognito-identity")
    ours = portal.config["identityPoolId"]
    providers = administrator.describe_identity_pool(IdentityPoolId=ours)["CognitoIdentityProviders"]
    theirs = administrator.create_identity_pool(
        IdentityPoolName="theirs", AllowUnauthenticatedIdentities=False, CognitoIdentityProviders=providers
    )["IdentityPoolId"]
    roles = administrator.get_identity_pool_roles(IdentityPoolId=ours)["Roles"]
    administrator.set_identity_pool_roles(IdentityPoolId=theirs, Roles=roles)
    with pytest.raises(ClientError, match="InvalidIdentityPoolConfiguration"):
        credentials(portal, user, theirs)
    assert credentials(portal, user, ours)
