"""Who asks is whom the sign-in verified, and whose address is verified."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from handlers.aws.clients import client
from handlers.sharing import submit as asking
from handlers.sharing.model.clock import iso, now
from tests.fakes.table import all_items, put_item, requests
from tests.unit.requests_api.calls import Caller
from tests.unit.requests_api.world import Api, wish


def pool(method: str, api: Api, **arguments: Any) -> None:
    getattr(client("cognito-idp"), method)(UserPoolId=api.pool, Username="alex", **arguments)


def test_a_disabled_user_asks_for_nothing_whatever_the_token_says(api: Api, alex: Caller) -> None:
    pool("admin_disable_user", api)
    answer = api.create(alex)
    assert (answer.status, answer.reason) == (401, "SignInEnded")
    assert answer.headers["www-authenticate"].startswith("Bearer")
    assert all_items() == []


def test_a_user_that_is_gone_asks_for_nothing(api: Api, alex: Caller) -> None:
    pool("admin_delete_user", api)
    assert (api.create(alex).status, all_items()) == (401, [])


def test_a_name_given_to_somebody_else_is_somebody_else(api: Api, alex: Caller) -> None:
    pool("admin_delete_user", api)
    api.user("alex")
    assert (api.create(alex).status, all_items()) == (401, [])


@pytest.mark.parametrize("verified", ["false", "", "TRUE"])
def test_an_address_that_is_not_verified_does_not_count(api: Api, verified: str) -> None:
    answer = api.create(api.user("kim", verified=verified))
    assert (answer.status, answer.reason) == (403, "EmailNotVerified")
    assert all_items() == []


@pytest.mark.parametrize(("trusted", "status"), [("true", 201), ("false", 403)])
def test_a_federated_address_counts_where_the_provider_is_trusted(
    api: Api, monkeypatch: pytest.MonkeyPatch, trusted: str, status: int
) -> None:
    kim = api.user("kim", verified="false")
    from moto.cognitoidp.models import CognitoIdpUser

    monkeypatch.setenv("TRUST_FEDERATED_EMAIL", trusted)
    plain = CognitoIdpUser.to_json

    def federated(self: Any, *args: Any, **kwargs: Any) -> Any:
        return {**plain(self, *args, **kwargs), "UserStatus": "EXTERNAL_PROVIDER"}

    monkeypatch.setattr(CognitoIdpUser, "to_json", federated)
    assert api.create(kim).status == status


@pytest.mark.parametrize("claims", [{"token_use": "id"}, {"token_use": ""}, {"username": ""}, {"sub": ""}])
def test_only_access_tokens_count(api: Api, alex: Caller, claims: dict[str, str]) -> None:
    other = replace(alex, more=claims)
    made = api.create(alex).body
    for answer in (api.create(other), api.list(other), api.get(other, made["id"])):
        assert (answer.status, answer.reason) == (401, "SignInEnded")


def test_one_person_cannot_flood_the_owners(api: Api, alex: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "MOST_AN_HOUR", 3)
    for number in range(3):
        source = {"database": "sales", "table": f"t{number}"}
        assert api.create(alex, wish(f"token-000{number}", source=source)).status == 201
    answer = api.create(alex, wish("token-0009"))
    assert (answer.status, answer.reason) == (429, "TooManyRequests")
    assert answer.body["detail"] == (
        "You have made 3 requests within the last hour, and no more than 3 are taken. Ask for a whole database instead "
        "of its tables, or go on later."
    )
    made = wish("token-0001", source={"database": "sales", "table": "t1"})
    assert api.create(alex, made).status == 200, "what is made already can be asked for again"
    assert api.create(api.user("kim"), wish("token-0009")).status == 201
    for each in requests():
        put_item({**each, "received_at": iso(now() - timedelta(minutes=61))})
    assert api.create(alex, wish("token-0009")).status == 201, "an hour later it goes on"
