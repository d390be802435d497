"""The stand-in for Cognito's sign-in pages: the code flow with PKCE, really checked."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from mesh_tests.harness import RunningMesh, start_mesh, stop_mesh
from tests.portal.oauth import OAuthClient, answer_of, claims_of, step_of
from tests.workflow.http_client import form, send

CALLBACK = "https://portal.example/callback"
HOME = "https://portal.example/"
FIRST = "First-Password-1"
OWN = "Correct-Horse-Battery-9"


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMesh]:
    state = tmp_path_factory.mktemp("mesh")
    process = start_mesh(state, "--empty")
    yield RunningMesh(json.loads((state / "mesh.json").read_text()), process)
    assert stop_mesh(process) == ""


@pytest.fixture(scope="module")
def pool(mesh: RunningMesh) -> str:
    policy = {"MinimumLength": 12, "RequireLowercase": True, "RequireUppercase": True, "RequireNumbers": True}
    cognito = mesh.client("cognito-idp")
    created = cognito.create_user_pool(PoolName="toy", Policies={"PasswordPolicy": policy}, MfaConfiguration="OFF")
    return str(created["UserPool"]["Id"])


@pytest.fixture(scope="module")
def client_id(mesh: RunningMesh, pool: str) -> str:
    return make_client(mesh, pool)


@pytest.fixture
def browser(mesh: RunningMesh, client_id: str) -> OAuthClient:
    """A browser that has never been there."""
    return OAuthClient(mesh.description["sign_in_url"], client_id, CALLBACK)


@pytest.fixture
def user(mesh: RunningMesh, pool: str) -> str:
    """A user with a password of their own."""
    name = new_user(mesh, pool)
    mesh.client("cognito-idp").admin_set_user_password(UserPoolId=pool, Username=name, Password=OWN, Permanent=True)
    return name


def make_client(mesh: RunningMesh, pool: str, **changes: Any) -> str:
    settings: dict[str, Any] = {
        "ClientName": f"client-{secrets.token_hex(4)}",
        "GenerateSecret": False,
        "AllowedOAuthFlowsUserPoolClient": True,
        "AllowedOAuthFlows": ["code"],
        "AllowedOAuthScopes": ["openid", "email"],
        "CallbackURLs": [CALLBACK],
        "LogoutURLs": [HOME],
        "SupportedIdentityProviders": ["COGNITO"],
        "ExplicitAuthFlows": ["ALLOW_CUSTOM_AUTH"],
        "RefreshTokenRotation": {"Feature": "ENABLED", "RetryGracePeriodSeconds": 1},
        **changes,
    }
    created = mesh.client("cognito-idp").create_user_pool_client(UserPoolId=pool, **settings)
    return str(created["UserPoolClient"]["ClientId"])


def new_user(mesh: RunningMesh, pool: str) -> str:
    name = f"user-{secrets.token_hex(4)}"
    attributes = [{"Name": "email", "Value": f"{name}@consumer.example"}, {"Name": "email_verified", "Value": "true"}]
    mesh.client("cognito-idp").admin_create_user(
        UserPoolId=pool, Username=name, UserAttributes=attributes, TemporaryPassword=FIRST, MessageAction="SUPPRESS"
    )
    return name


def test_a_sign_in_gives_tokens(browser: OAuthClient, user: str) -> None:
    began = browser.authorize()
    assert began.status == 303
    assert began.headers["location"].startswith("/login?")
    page = browser.get(began.headers["location"])
    assert (page.status, page.title) == (200, "Sign in")
    assert "Cognito" in page.text
    query = began.headers["location"].partition("?")[2]
    reply = browser.post(query, username=user, password=OWN)
    answer = answer_of(reply)
    assert reply.headers["location"].startswith(f"{CALLBACK}?")
    assert answer["state"] == "a state"
    status, tokens = browser.tokens(answer["code"])
    assert status == 200, tokens
    assert tokens["token_type"] == "Bearer"
    identity, access = claims_of(tokens["id_token"]), claims_of(tokens["access_token"])
    assert identity["nonce"] == "a-nonce"
    assert identity["email"] == f"{user}@consumer.example"
    assert (identity["aud"], access["client_id"]) == (browser.client_id, browser.client_id)
    assert identity["sub"] == access["sub"]
    assert access["scope"] == "openid email"


def test_a_wrong_password_is_refused(browser: OAuthClient, user: str) -> None:
    for name, password in ((user, "wrong"), ("nobody", OWN), (user, ""), ("", "")):
        reply = browser.post(browser.query(), username=name, password=password)
        assert reply.status == 400
        assert "Incorrect username or password." in reply.text
    assert browser.cookies == {}


def test_what_was_typed_is_escaped(browser: OAuthClient) -> None:
    reply = browser.post(browser.query(), username='"><script>alert(1)</script>', password="x")
    assert "<script>" not in reply.body
    assert "default-src 'none'" in reply.headers["content-security-policy"]


def test_the_first_password_is_changed(mesh: RunningMesh, pool: str, browser: OAuthClient) -> None:
    name = new_user(mesh, pool)
    query = browser.query()
    asked = browser.post(query, username=name, password=FIRST)
    assert asked.title == "Choose a password"
    short = browser.post(query, step=step_of(asked), new_password="Short-1", repeated="Short-1")
    assert "Password not long enough" in short.text
    other = browser.post(query, step=step_of(short), new_password=OWN, repeated=OWN + "x")
    assert "not the same" in other.text
    done = browser.post(query, step=step_of(other), new_password=OWN, repeated=OWN)
    assert "code" in answer_of(done)
    # A step is good for one answer.
    assert "too long" in browser.post(query, step=step_of(other), new_password=OWN, repeated=OWN).text
    assert browser.post(browser.query(), username=name, password=FIRST).status == 400
    assert browser.sign_in(name, OWN)["access_token"]


def test_a_disabled_user_is_refused_also_with_a_session(
    mesh: RunningMesh, pool: str, browser: OAuthClient, user: str
) -> None:
    browser.code(user, OWN)
    assert "code" in answer_of(browser.authorize())
    mesh.client("cognito-idp").admin_disable_user(UserPoolId=pool, Username=user)
    assert browser.authorize().headers["location"].startswith("/login?")
    assert browser.post(browser.query(), username=user, password=OWN).status == 400


def test_who_is_signed_in_is_not_asked_again_until_the_sign_out(browser: OAuthClient, user: str) -> None:
    browser.code(user, OWN)
    assert browser.authorize().headers["location"].startswith(f"{CALLBACK}?code=")
    left = browser.get(f"/logout?client_id={browser.client_id}&logout_uri={HOME}")
    assert (left.status, left.headers["location"]) == (303, HOME)
    assert browser.authorize().headers["location"].startswith("/login?")


@pytest.mark.parametrize("target", ["https://evil.example/", "https://portal.example", HOME + "x", ""])
def test_a_sign_out_leads_nowhere_else(browser: OAuthClient, target: str) -> None:
    assert browser.get(f"/logout?client_id={browser.client_id}&logout_uri={target}").status == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "unknown"},
        {"client_id": None},
        {"redirect_uri": "https://evil.example/callback"},
        {"redirect_uri": CALLBACK + "/"},
        {"redirect_uri": CALLBACK + "?x=1"},
        {"redirect_uri": CALLBACK + "&redirect_uri=https://evil.example"},
        {"redirect_uri": None},
    ],
)
def test_nobody_is_sent_to_an_address_that_is_not_the_clients(
    browser: OAuthClient, changes: dict[str, str | None]
) -> None:
    reply = browser.authorize(**changes)
    assert reply.status == 400
    assert "location" not in reply.headers


def test_a_parameter_that_comes_twice_counts_for_nothing(browser: OAuthClient) -> None:
    query = browser.query()
    assert browser.get(f"/oauth2/authorize?{query}&redirect_uri=https://evil.example").status == 400


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"response_type": "token"}, "unauthorized_client"),
        ({"code_challenge": None}, "invalid_request"),
        ({"code_challenge": "short"}, "invalid_request"),
        ({"code_challenge_method": "plain"}, "invalid_request"),
        ({"code_challenge_method": None}, "invalid_request"),
        ({"scope": "openid aws.cognito.signin.user.admin"}, "invalid_scope"),
    ],
)
def test_the_client_is_told_what_it_cannot_have(
    browser: OAuthClient, changes: dict[str, str | None], error: str
) -> None:
    reply = browser.authorize(**changes)
    assert reply.headers["location"].startswith(CALLBACK)
    assert answer_of(reply)["error"] == error
    assert answer_of(reply)["state"] == "a state"


def test_a_code_is_good_once(browser: OAuthClient, user: str) -> None:
    code = browser.code(user, OWN)
    assert browser.tokens(code)[0] == 200
    assert browser.tokens(code) == (400, {"error": "invalid_grant"})


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"code_verifier": "x" * 43}, "invalid_grant"),
        ({"code_verifier": ""}, "invalid_grant"),
        ({"redirect_uri": HOME}, "invalid_grant"),
        ({"code": "made-up"}, "invalid_grant"),
        ({"client_id": "unknown"}, "invalid_client"),
        ({"grant_type": "password"}, "unsupported_grant_type"),
        ({"grant_type": ""}, "unsupported_grant_type"),
    ],
)
def test_a_code_without_its_proof_is_worth_nothing(
    browser: OAuthClient, user: str, changes: dict[str, str], error: str
) -> None:
    code = browser.code(user, OWN)
    assert browser.tokens(code, **changes) == (400, {"error": error})
    if "code_verifier" in changes or "redirect_uri" in changes:
        # Whoever tried it has used it up.
        assert browser.tokens(code)[0] == 400


def test_a_code_is_for_the_client_that_asked(mesh: RunningMesh, pool: str, browser: OAuthClient, user: str) -> None:
    code = browser.code(user, OWN)
    assert browser.tokens(code, client_id=make_client(mesh, pool)) == (400, {"error": "invalid_grant"})


def test_a_client_with_a_secret_must_not_go_without(mesh: RunningMesh, pool: str, browser: OAuthClient) -> None:
    browser.client_id = make_client(mesh, pool, GenerateSecret=True)
    assert browser.exchange(grant_type="refresh_token", refresh_token="x") == (400, {"error": "invalid_client"})


def test_a_refresh_gives_a_new_refresh_token_and_ends_the_old(browser: OAuthClient, user: str) -> None:
    first = browser.sign_in(user, OWN)
    status, second = browser.exchange(grant_type="refresh_token", refresh_token=first["refresh_token"])
    assert status == 200
    assert second["refresh_token"] != first["refresh_token"]
    assert claims_of(second["access_token"])["sub"] == claims_of(first["access_token"])["sub"]
    assert claims_of(second["id_token"])["aud"] == browser.client_id
    assert browser.exchange(grant_type="refresh_token", refresh_token="made-up")[1] == {"error": "invalid_grant"}


def test_a_sign_out_everywhere_ends_refreshing(mesh: RunningMesh, pool: str, browser: OAuthClient, user: str) -> None:
    tokens = browser.sign_in(user, OWN)
    mesh.client("cognito-idp").admin_user_global_sign_out(UserPoolId=pool, Username=user)
    answer = browser.exchange(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert answer == (400, {"error": "invalid_grant"})


def test_a_sign_out_of_the_page_ends_its_refresh_token(browser: OAuthClient, user: str) -> None:
    tokens = browser.sign_in(user, OWN)
    for token in (tokens["refresh_token"], "never-given-out"):
        body, headers = form({"client_id": browser.client_id, "token": token})
        assert send("POST", f"{browser.url}/oauth2/revoke", body=body, headers=headers).status == 200
    answer = browser.exchange(grant_type="refresh_token", refresh_token=tokens["refresh_token"])
    assert answer == (400, {"error": "invalid_grant"})
    body, headers = form({"client_id": browser.client_id})
    assert send("POST", f"{browser.url}/oauth2/revoke", body=body, headers=headers).status == 400


def test_a_form_of_another_page_is_refused(browser: OAuthClient, user: str) -> None:
    for origin in ("https://evil.example", "null"):
        assert browser.post(browser.query(), origin, username=user, password=OWN).status == 403


def test_pages_elsewhere_may_call_the_token_endpoint_and_nothing_else(mesh: RunningMesh) -> None:
    url = mesh.description["sign_in_url"]
    asked = send("OPTIONS", f"{url}/oauth2/token", headers={"Origin": "https://portal.example"})
    assert (asked.status, asked.headers["access-control-allow-origin"]) == (200, "*")
    body, headers = form({"grant_type": "refresh_token"})
    refused = send("POST", f"{url}/oauth2/token", body=body, headers=headers)
    assert (refused.status, refused.headers["access-control-allow-origin"]) == (400, "*")
    assert refused.headers["cache-control"] == "no-store"
    assert "access-control-allow-origin" not in send("GET", f"{url}/login").headers
    plain = send("POST", f"{url}/oauth2/token", body=body, headers={"Content-Type": "application/json"})
    assert json.loads(plain.body) == {"error": "invalid_request"}
