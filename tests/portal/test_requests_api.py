"""The requests API over HTTP, as the page and everybody else reaches it: who is let in, and who sees what."""

from __future__ import annotations

import base64
import json
import re
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from joserfc import jwt
from joserfc.jwk import RSAKey

from handlers.api.access import DEEDS
from tests.portal.oauth import claims_of
from tests.portal.portal import Portal, User, new_request
from tests.workflow.driver import wait_until
from tests.workflow.http_client import Reply, send

QUERIES = {
    "GET /catalogue/database": "?name=retail",
    "GET /catalogue/tables": "?database=retail",
    "GET /catalogue/table": "?database=retail&name=customer",
    "GET /search": "?q=retail",
}
ROUTES = [
    (route.partition(" ")[0], re.sub(r"\{\w+\}", "some-request", route.partition(" ")[2]) + QUERIES.get(route, ""))
    for route in DEEDS
    # Only a stack with drift has the first (tests/proof/test_forgery_signed_in.py), one with kits the second.
    if "/findings" not in route and not route.endswith("/deliver")
]
"""All that the API has."""


@pytest.fixture(scope="module")
def alice(portal: Portal) -> User:
    return portal.new_user()


@pytest.fixture(scope="module")
def bob(portal: Portal) -> User:
    return portal.new_user()


def is_unauthorized(reply: Reply) -> bool:
    """Whether API Gateway refused it, before any function saw it."""
    return (reply.status, json.loads(reply.body)) == (401, {"message": "Unauthorized"}) and reply.headers[
        "www-authenticate"
    ].startswith("Bearer")


def body_of(method: str, portal: Portal) -> object:
    return new_request("retail", "customer", portal.mesh.new_account()) if method == "POST" else None


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_nobody_gets_in_without_a_token(portal: Portal, method: str, path: str) -> None:
    assert is_unauthorized(portal.call(method, path, None, body_of(method, portal)))
    # Nor on the way around the page's address.
    assert is_unauthorized(send(method, portal.mesh.description["api_url"] + path, body=b"{}"))


@pytest.mark.parametrize(("method", "path"), ROUTES)
def test_a_token_of_ones_own_making_counts_for_nothing(portal: Portal, alice: User, method: str, path: str) -> None:
    good = portal.tokens(alice)["access_token"]
    claims = claims_of(good)
    header = json.loads(base64.urlsafe_b64decode(good.split(".")[0] + "=="))
    foreign = RSAKey.generate_key(2048, {"kid": header["kid"]})
    parts = good.split(".")
    other = _part({**claims, "username": "somebody"})
    for token in (
        jwt.encode({"alg": "RS256", "kid": header["kid"]}, claims, foreign),
        f"{parts[0]}.{other}.{parts[2]}",
        f"{_part({'alg': 'none'})}.{parts[1]}.",
        f"{_part({'alg': 'HS256', 'kid': header['kid']})}.{parts[1]}.{parts[2]}",
        f"{parts[0]}.{parts[1]}.",
        good[:-4],
        "made-up",
        "",
    ):
        assert is_unauthorized(portal.call(method, path, token, body_of(method, portal))), token


def test_a_token_that_has_expired_is_refused(portal: Portal, brief_client: str, alice: User) -> None:
    oauth = portal.oauth(brief_client)
    token = oauth.sign_in(alice.username, alice.password)["access_token"]
    assert portal.call("GET", "/requests", token).status == 200
    wait_until(lambda: claims_of(token)["exp"] < time.time(), what="the end of the token")
    reply = portal.call("GET", "/requests", token)
    assert is_unauthorized(reply)
    assert "expired" in reply.headers["www-authenticate"]


@pytest.fixture
def brief_client(portal: Portal) -> Iterator[str]:
    """The page's client, while its tokens live for seconds."""
    cognito, config = portal.cognito, portal.config
    known = {"UserPoolId": config["userPoolId"], "ClientId": config["clientId"]}
    before = cognito.describe_user_pool_client(**known)["UserPoolClient"]
    kept = {name: value for name, value in before.items() if name not in {"CreationDate", "LastModifiedDate"}}
    units = {**before["TokenValidityUnits"], "AccessToken": "seconds"}
    cognito.update_user_pool_client(**{**kept, "AccessTokenValidity": 3, "TokenValidityUnits": units})
    yield config["clientId"]
    cognito.update_user_pool_client(**kept)


def test_a_token_of_another_client_is_refused(portal: Portal, alice: User) -> None:
    made = portal.cognito.create_user_pool_client(
        UserPoolId=portal.config["userPoolId"],
        ClientName=f"other-{secrets.token_hex(4)}",
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid"],
        CallbackURLs=["http://localhost/callback"],
        SupportedIdentityProviders=["COGNITO"],
    )["UserPoolClient"]["ClientId"]
    oauth = portal.oauth(made)
    oauth.redirect_uri = "http://localhost/callback"
    code = oauth.code(alice.username, alice.password, scope="openid")
    status, tokens = oauth.tokens(code)
    assert status == 200, tokens
    reply = portal.call("GET", "/requests", tokens["access_token"])
    assert is_unauthorized(reply)
    assert "audience" in reply.headers["www-authenticate"]


def test_an_id_token_is_no_access_token(portal: Portal, alice: User) -> None:
    token = portal.tokens(alice)["id_token"]
    for method, path in ROUTES:
        reply = portal.call(method, path, token, body_of(method, portal))
        assert (reply.status, json.loads(reply.body)["reason"]) == (401, "SignInEnded")


def test_who_asks_is_what_the_sign_in_says(portal: Portal, alice: User, bob: User) -> None:
    forged = {
        "requester": {"email": bob.email, "id": claims_of(portal.tokens(bob)["access_token"])["sub"]},
        "requester_email": bob.email,
        "email": bob.email,
        "sub": claims_of(portal.tokens(bob)["access_token"])["sub"],
    }
    asked = new_request("transport", "yellow_tripdata", portal.mesh.new_account())
    for body in ({**asked, **forged}, {**asked, "source": {**asked["source"], **forged}}):
        refused = portal.call("POST", "/requests", alice, body)
        assert (refused.status, json.loads(refused.body)["reason"]) == (422, "UnknownField")
    reply = portal.call("POST", "/requests", alice, asked)
    assert reply.status == 201
    made = json.loads(reply.body)
    assert made["requester"] == {"email": alice.email}
    assert portal.wait_for(alice, made["id"], "SHARED")["requester"] == {"email": alice.email}
    assert portal.call("GET", f"/requests/{made['id']}", bob).status == 404


def test_headers_do_not_make_anybody_somebody_else(portal: Portal, alice: User, bob: User) -> None:
    made = portal.ask(bob, "transport", "taxi_zone_lookup", portal.mesh.new_account())
    for headers in (
        {"X-Amzn-Oidc-Identity": bob.username},
        {"Cookie": f"localmesh-sign-in={portal.oauth().verifier}"},
        {"X-Forwarded-User": bob.username},
    ):
        assert portal.call("GET", f"/requests/{made['id']}", alice, headers=headers).status == 404


def test_somebody_elses_request_looks_like_none(portal: Portal, alice: User, bob: User) -> None:
    made = portal.ask(bob, "transport", "taxi_zone_lookup", portal.mesh.new_account())
    theirs = portal.call("GET", f"/requests/{made['id']}", alice)
    none = portal.call("GET", f"/requests/{'0' * 40}", alice)
    assert (theirs.status, none.status) == (404, 404)
    assert json.loads(theirs.body) == json.loads(none.body)
    portal.wait_for(bob, made["id"], "SHARED")
    for name in (f"approval%23{made['id']}", f"{made['id']}%23", "a%2Fb", "%00", "x" * 200, "..%2F..%2Frequests"):
        assert portal.call("GET", f"/requests/{name}", alice).status == 404, name
        assert portal.call("GET", f"/requests/{name}", bob).status == 404, name


def test_lists_over_everybody_are_for_auditors(portal: Portal, alice: User) -> None:
    account = portal.mesh.new_account()
    made = portal.ask(alice, "transport", "taxi_zone_lookup", account)
    portal.wait_for(alice, made["id"], "SHARED")
    auditor = portal.new_user(auditor=True)
    for query in (f"account_id={account}", "status=SHARED"):
        refused = portal.call("GET", f"/requests?{query}", alice)
        assert (refused.status, json.loads(refused.body)["reason"]) == (403, "AuditorsOnly")
        found = json.loads(portal.call("GET", f"/requests?{query}", auditor).body)["requests"]
        assert made["id"] in [each["id"] for each in found]
    assert portal.call("GET", f"/requests/{made['id']}", auditor).status == 200


def test_a_cursor_leads_into_ones_own_list_only(portal: Portal, alice: User, bob: User) -> None:
    own = [portal.ask(alice, "transport", "taxi_zone_lookup", portal.mesh.new_account())["id"] for _ in range(2)]
    for _ in range(2):
        portal.ask(bob, "transport", "taxi_zone_lookup", portal.mesh.new_account())
    page = json.loads(portal.call("GET", "/requests?limit=1", alice).body)
    assert [each["id"] for each in page["requests"]] == own[-1:]
    following = json.loads(portal.call("GET", f"/requests?limit=1&next={page['next']}", alice).body)
    assert [each["id"] for each in following["requests"]] == own[:1]
    theirs = json.loads(portal.call("GET", "/requests?limit=1", bob).body)["next"]
    for cursor in (theirs, page["next"][:-2], "x", "bnVsbA", page["next"] + "A", "W10", "%00"):
        reply = portal.call("GET", f"/requests?limit=1&next={cursor}", alice)
        assert (reply.status, json.loads(reply.body)["errors"][0]["field"]) == (422, "next"), cursor
    # One that is put together to look right still leads nowhere but into one's own list.
    mark, at, _ = json.loads(base64.urlsafe_b64decode(page["next"] + "=="))
    theirs_id = json.loads(base64.urlsafe_b64decode(theirs + "=="))[2]
    crafted = _part([mark, at, theirs_id])
    found = json.loads(portal.call("GET", f"/requests?next={crafted}", alice).body)["requests"]
    assert {each["requester"]["email"] for each in found} <= {alice.email}


def test_asking_twice_with_one_token_makes_one_request(portal: Portal, alice: User, bob: User) -> None:
    asked = new_request("transport", "yellow_tripdata", portal.mesh.new_account())
    first, second = (portal.call("POST", "/requests", alice, asked) for _ in range(2))
    assert (first.status, second.status) == (201, 200)
    assert json.loads(first.body)["id"] == json.loads(second.body)["id"]
    other = portal.call("POST", "/requests", alice, {**asked, "purpose": "Another."})
    assert (other.status, json.loads(other.body)["reason"]) == (409, "TokenReused")
    # Another person's token of the same letters is another token.
    assert portal.call("POST", "/requests", bob, asked).status == 201


def test_when_it_ends_is_asked_previewed_and_shown(portal: Portal, alice: User) -> None:
    asked = {**new_request("retail", "customer", portal.mesh.new_account()), "days": 30}
    foreseen = json.loads(portal.call("POST", "/requests/preview", alice, asked).body)
    assert (foreseen["outcome"], foreseen["latest_day"]) == ("needs_approval", None)
    assert foreseen["term"] == {"until": None, "days": 30, "text": "for 30 days"}
    made = json.loads(portal.call("POST", "/requests", alice, asked).body)
    assert (made["asked"], made["term"]) == (foreseen["term"], None)
    other = portal.call("POST", "/requests", alice, {**asked, "days": 31})
    assert (other.status, json.loads(other.body)["reason"]) == (409, "TokenReused")
    assert portal.wait_for(alice, made["id"], "WAITING")["term"] == foreseen["term"]
    day = (datetime.now(UTC) + timedelta(days=7)).date().isoformat()
    portal.decide(made["id"], "approve", until=day)
    shown = portal.wait_for(alice, made["id"], "SHARED")
    assert (shown["term"], shown["decision"]["until"]) == (foreseen["term"], day)


def test_a_user_who_was_disabled_asks_for_nothing_more(portal: Portal) -> None:
    user = portal.new_user()
    token = portal.tokens(user)["access_token"]
    portal.cognito.admin_disable_user(UserPoolId=portal.config["userPoolId"], Username=user.username)
    asked = new_request("transport", "yellow_tripdata", portal.mesh.new_account())
    assert portal.call("POST", "/requests", token, asked).status == 401


def test_the_answers_of_the_api_are_kept_by_nobody(portal: Portal, alice: User) -> None:
    for path, status, kind in (
        ("/requests", 200, "application/json"),
        ("/requests/none", 404, "application/problem+json"),
        ("/requests?limit=x", 422, "application/problem+json"),
        ("/executions", 403, "application/problem+json"),
        ("/me", 200, "application/json"),
        ("/catalogue/database?name=none", 404, "application/problem+json"),
    ):
        reply = portal.call("GET", path, alice)
        assert (reply.status, reply.headers["content-type"]) == (status, kind)
        assert reply.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in reply.headers["content-security-policy"]


def test_the_catalogue_is_kept_for_a_minute_by_the_one_who_asked(portal: Portal, alice: User) -> None:
    for path in ("databases", "database?name=retail", "tables?database=retail", "table?database=retail&name=customer"):
        reply = portal.call("GET", f"/catalogue/{path}", alice)
        assert (reply.status, reply.headers["cache-control"]) == (200, "private, max-age=60"), path
        assert "authorization" in reply.headers["vary"]


def test_everybody_finds_everything_that_lakeshare_sees(portal: Portal, alice: User) -> None:
    def get(path: str) -> dict[str, Any]:
        return json.loads(portal.call("GET", f"/catalogue/{path}", alice).body)

    name = "odd / name %2f ?&#+ ü"
    portal.mesh.catalogue.add_database(name, None)
    portal.mesh.catalogue.add_table(name, "..")
    assert {"retail", "transport", name} <= {each["name"] for each in get("databases")["databases"]}
    quoted = quote(name, safe="")
    assert get(f"database?name={quoted}")["name"] == name
    assert [each["name"] for each in get(f"tables?database={quoted}")["tables"]] == [".."]
    assert get(f"table?database={quoted}&name=..")["table"]["name"] == ".."
    customer = get("table?database=retail&name=CUSTOMER")
    assert customer["table"]["personal"] == "yes"
    mail = next(each for each in customer["columns"] if each["name"] == "c_email_address")
    assert mail["personal"] == "yes"


def test_who_watches_follows_every_execution_but_not_its_history(portal: Portal, alice: User, bob: User) -> None:
    auditor = portal.new_user(auditor=True)
    account = portal.mesh.new_account()
    made = portal.ask(bob, "transport", "taxi_zone_lookup", account)
    portal.wait_for(bob, made["id"], "SHARED")

    def listed() -> bool:
        found = json.loads(portal.call("GET", "/executions?status=SUCCEEDED&limit=100", auditor).body)["executions"]
        return made["id"] in {each["name"] for each in found}

    # The register knows the end a moment before the execution has come to its own.
    wait_until(listed, what="the execution's end")
    shown = json.loads(portal.call("GET", f"/executions/{made['id']}", auditor).body)
    assert json.loads(shown["input"])["target"] == {"account_id": account}
    assert bob.email not in json.dumps(shown)
    assert portal.call("GET", f"/executions/{made['id']}/history", auditor).status == 404
    for user in (alice, bob):
        refused = json.loads(portal.call("GET", f"/executions/{made['id']}", user).body)
        assert (refused["status"], refused["reason"]) == (403, "NotAllowed")


def test_an_outage_says_so_and_passes(portal: Portal, alice: User) -> None:
    asked = new_request("transport", "yellow_tripdata", portal.mesh.new_account())
    with portal.mesh.fault("states", "StartExecution", "ServiceUnavailable"):
        reply = portal.call("POST", "/requests", alice, asked)
    assert (reply.status, reply.headers["content-type"]) == (503, "application/problem+json")
    again = portal.call("POST", "/requests", alice, asked)
    assert again.status == 200
    assert portal.wait_for(alice, json.loads(again.body)["id"], "SHARED")


def _part(document: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


# --- who somebody is ----------------------------------------------------------------------------------------------


def test_everybody_hears_what_they_are(portal: Portal, alice: User) -> None:
    nothing = {"accounts": None, "auditor": False, "operator": False, "owner_of": []}
    assert json.loads(portal.call("GET", "/me", alice).body) == {
        "username": alice.username,
        "email": alice.email,
        **nothing,
    }
    assert json.loads(portal.call("GET", "/me", portal.new_user(auditor=True)).body)["auditor"] is True


def test_who_subscribes_to_a_topic_answers_for_its_data_until_they_leave(portal: Portal) -> None:
    mesh, address = portal.mesh, f"new+{secrets.token_hex(4)}@example.org"
    registered, unknown, legacy = "222222222222", "333333333333", "444444444444"
    functions = mesh.client("lambda")
    notify = next(
        each["FunctionName"] for each in functions.list_functions()["Functions"] if "notify" in each["FunctionName"]
    )

    def asked() -> dict[str, Any]:
        question = {"email": address.upper(), "producers": [registered, unknown, legacy], "fresh": True}
        answer = functions.invoke(FunctionName=notify, Payload=json.dumps({"approves": question}).encode())
        return dict(json.loads(answer["Payload"].read()))

    sns = mesh.client("sns", registered)
    topic = f"arn:aws:sns:us-east-1:{registered}:DataLakeSharingApproval"
    assert asked() == {"approves": [], "unknown": []}
    made = sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=address)["SubscriptionArn"]
    try:
        assert asked() == {"approves": [registered], "unknown": []}
        with mesh.fault("sns", "ListSubscriptionsByTopic", "AuthorizationError"):
            assert asked() == {"approves": [], "unknown": [registered]}
    finally:
        sns.unsubscribe(SubscriptionArn=made)
    assert asked() == {"approves": [], "unknown": []}
