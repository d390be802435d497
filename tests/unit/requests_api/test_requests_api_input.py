"""What is sent is checked as the workflow would, and every fault is told by the name of its field."""

from __future__ import annotations

import json
from typing import Any

import pytest

from handlers import requests_api
from handlers.aws.dynamodb.lists import DynamoLists
from handlers.aws.stepfunctions import StepFunctions
from handlers.sharing.model.errors import AccessRefused, TryAgain
from handlers.sharing.model.parties import Parties
from handlers.sharing.model.term import Lengths
from tests.fakes.table import all_items
from tests.unit.requests_api.calls import Caller
from tests.unit.requests_api.world import CENTRAL, Api, breaking, wish

WRONG: list[tuple[dict[str, Any], str, list[str]]] = [
    ({"client_token": None}, "InvalidInput", ["client_token"]),
    ({"client_token": "short"}, "InvalidInput", ["client_token"]),
    ({"client_token": "x" * 65}, "InvalidInput", ["client_token"]),
    ({"client_token": "token 0001"}, "InvalidInput", ["client_token"]),
    ({"client_token": "tökén-0001"}, "InvalidInput", ["client_token"]),
    ({"client_token": 12345678}, "InvalidInput", ["client_token"]),
    ({"source": None}, "InvalidInput", ["source"]),
    ({"source": {"database": "sales"}}, "InvalidInput", ["source.table"]),
    ({"source": {"database": "*", "table": "*"}}, "InvalidInput", ["source.database"]),
    ({"source": {"database": "", "table": "*"}}, "InvalidInput", ["source.database"]),
    ({"source": {"database": "sales", "table": "a\n"}}, "InvalidInput", ["source.table"]),
    ({"source": {"database": "sales", "table": "\ud800"}}, "InvalidInput", ["source.table"]),
    ({"target": "999999999999"}, "InvalidInput", ["target"]),
    ({"target": {"account_id": 999999999999}}, "InvalidInput", ["target.account_id"]),
    ({"target": {"account_id": "99999999999"}}, "InvalidTarget", ["target.account_id"]),
    ({"target": {"account_id": CENTRAL}}, "TargetIsCentral", ["target.account_id"]),
    ({"target": {"account_id": "777777777777"}}, "ConsumerNotAllowed", ["target.account_id"]),
    ({"purpose": 7}, "InvalidInput", ["purpose"]),
    ({"purpose": "x" * 1001}, "InvalidInput", ["purpose"]),
    ({"purpose": "\x00"}, "InvalidInput", ["purpose"]),
    ({"purpose": "\ud800"}, "InvalidInput", ["purpose"]),
    ({"reason": "Forecast"}, "UnknownField", ["reason"]),
    ({"requester": "me"}, "UnknownField", ["requester"]),
    (
        {"AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID": "arn"},
        "UnknownField",
        ["AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID"],
    ),
    ({"Until": "2027-01-01"}, "UnknownField", ["Until"]),
    ({"until": 7}, "InvalidInput", ["until"]),
    ({"until": "2026-02-29"}, "InvalidInput", ["until"]),
    ({"until": "9999-12-31"}, "InvalidInput", ["until"]),
    ({"until": "2026-01-01"}, "EndDatePassed", ["until"]),
    ({"days": "7"}, "InvalidInput", ["days"]),
    ({"days": 0}, "InvalidInput", ["days"]),
    ({"days": 91}, "EndTooLate", ["days"]),
    ({"until": "2036-01-01"}, "EndTooLate", ["until"]),
    ({"until": "2036-01-01", "days": 7}, "InvalidInput", ["days"]),
    ({"renews": 7}, "InvalidInput", ["renews"]),
    ({"renews": ""}, "InvalidInput", ["renews"]),
    ({"renews": "a" * 40}, "InvalidInput", ["renews"]),
    ({"renews": "a" * 81 + ":1"}, "InvalidInput", ["renews"]),
    ({"source": {"database": "sales", "table": "a", "columns": ["x"]}}, "UnknownField", ["source.columns"]),
    ({"target": {"account_id": "999999999999", "role": "analyst"}}, "UnknownField", ["target.role"]),
    ({"target": {"account_id": "999999999999", "roles": "analyst"}}, "InvalidInput", ["target.roles"]),
    ({"client_token": "", "target": {"account_id": "1"}, "purpose": 7, "days": 0}, "InvalidTarget", []),
]


@pytest.fixture
def _listed_consumers(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    parties = Parties({}, frozenset({"999999999999", CENTRAL}), Lengths(longest=90))
    monkeypatch.setattr(requests_api, "load_parties", lambda: parties)


@pytest.mark.usefixtures("_listed_consumers")
@pytest.mark.parametrize(("wrong", "reason", "fields"), WRONG)
def test_what_is_wrong_is_named(api: Api, alex: Caller, wrong: dict[str, Any], reason: str, fields: list[str]) -> None:
    answer = api.create(alex, wish(**wrong))
    assert (answer.status, answer.reason) == (422, reason)
    named = [error["field"] for error in answer.body["errors"]]
    assert named == (fields or ["target.account_id", "client_token", "purpose", "days"])
    assert all_items() == []


@pytest.mark.parametrize("document", [None, [], "text", 7, True])
def test_what_is_no_object_is_wrong_as_a_whole(api: Api, alex: Caller, document: object) -> None:
    answer = api.create(alex, raw="null" if document is None else None, body=document or [])
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "")


@pytest.mark.parametrize(("purpose", "kept"), [(None, None), ("", None), (" \n ", None), ("x" * 1000, "x" * 1000)])
def test_a_purpose_may_be_left_out(api: Api, alex: Caller, purpose: str | None, kept: str | None) -> None:
    assert api.create(alex, wish(purpose=purpose)).body["purpose"] == kept


@pytest.mark.parametrize(
    "text", ["Zwei\nZeilen\tund \U0001f469\u200d\U0001f467", "<script>alert(1)</script>", "\u202eevil"]
)
def test_a_purpose_is_kept_as_it_was_typed(api: Api, alex: Caller, text: str) -> None:
    assert api.create(alex, wish(purpose=text)).body["purpose"] == text


@pytest.mark.parametrize(
    ("raw", "kind", "problem"),
    [
        ("", "application/json", (400, "Unreadable")),
        ("{", "application/json", (400, "Unreadable")),
        ("[" * 19_000, "application/json", (400, "Unreadable")),
        (json.dumps(wish())[:-1] + ', "purpose": "x"}', "application/json", (400, "Unreadable")),
        (json.dumps(wish()).replace('"database"', '"table"'), "application/json", (400, "Unreadable")),
        ("{}", None, (415, "NotJson")),
        ("{}", "text/plain", (415, "NotJson")),
        ("a=b", "application/x-www-form-urlencoded", (415, "NotJson")),
        ("x" * 256_001, "application/json", (413, "BodyTooLarge")),
        ("ü" * 128_001, "application/json", (413, "BodyTooLarge")),
    ],
)
def test_what_cannot_be_a_request_is_refused_unread(
    api: Api, alex: Caller, raw: str, kind: str | None, problem: tuple[int, str]
) -> None:
    answer = api.create(alex, raw=raw, kind=kind)
    assert (answer.status, answer.reason) == problem
    assert all_items() == []


def test_a_reason_is_told_where_to_go(api: Api, alex: Caller) -> None:
    assert "What a request is for goes into purpose." in api.create(alex, wish(reason="x")).body["detail"]


def test_a_field_that_comes_twice_is_named(api: Api, alex: Caller) -> None:
    answer = api.create(alex, raw=json.dumps(wish())[:-1] + ', "source": {"database": "other", "table": "*"}}')
    assert answer.body["detail"] == "What was sent has the field 'source' more than once. Give every field once."


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "Application/JSON"])
def test_json_is_json_however_it_is_written(api: Api, alex: Caller, kind: str) -> None:
    assert api.create(alex, kind=kind).status == 201


def test_a_fault_says_nothing_of_what_is_inside(api: Api, alex: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    breaking(monkeypatch, StepFunctions, "start", AccessRefused("role arn:aws:iam::123456789012:role/x may not"))
    answer = api.create(alex)
    assert (answer.status, answer.reason) == (500, "AccessRefused")
    assert "arn:" not in str(answer.body)


def test_an_outage_says_try_again(api: Api, alex: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    breaking(monkeypatch, DynamoLists, "page", TryAgain("AWS was busy."))
    answer = api.list(alex)
    assert (answer.status, answer.reason, answer.headers["retry-after"]) == (503, "TryAgain", "5")
