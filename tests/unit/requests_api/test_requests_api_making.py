"""A request is made once, whatever breaks in between, and taken up by the workflow as it was made."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.stepfunctions import StepFunctions
from handlers.sharing import submit as asking
from handlers.sharing.model.errors import TryAgain
from handlers.sharing.model.record import Ending, Requester, RequestRecord, Status
from handlers.sharing.model.request import Source
from tests.fakes.steps import Steps
from tests.fakes.table import all_items, item, requests
from tests.unit.requests_api.calls import Caller
from tests.unit.requests_api.world import Api, breaking, wish


def test_a_request_is_written_down_and_started(api: Api, alex: Caller) -> None:
    answer = api.create(alex, wish(days=30))
    assert answer.status == 201
    request_id = hashlib.sha256(f"{alex.sub}|token-0001".encode()).hexdigest()[:40]
    assert answer.body == {
        "id": request_id,
        "status": "RECEIVED",
        "reason": None,
        "message": "",
        "source": {"database": "sales", "table": "orders"},
        "target": {"account_id": "999999999999"},
        "requester": {"email": "alex@consumer.example"},
        "owner": None,
        "received_at": answer.body["received_at"],
        "closed_at": None,
        "remains": "",
        "purpose": "Forecast",
        "asked": {"until": None, "days": 30, "text": "for 30 days"},
        "term": None,
        "expires_at": None,
        "mail_due_at": None,
        "classification": None,
        "decision": None,
        "granted": None,
        "history": [{"at": answer.body["received_at"], "event": "Received", "by": "alex@consumer.example"}],
        "execution_arn": None,
        "renews": None,
        "share": None,
        "mine": True,
    }
    source, target = {"database": "sales", "table": "orders"}, {"account_id": "999999999999"}
    assert api.started() == {request_id: {"source": source, "target": target, "days": 30}}
    assert "started_at" not in item(request_id)


def test_who_asks_is_never_a_field_of_the_body(api: Api, alex: Caller) -> None:
    forged = {
        "requester": {"id": "boss", "email": "boss@consumer.example"},
        "requester_id": "boss",
        "requester_email": "boss@consumer.example",
        "sub": "boss",
        "email": "boss@consumer.example",
        "id": "mine",
        "status": "SHARED",
        "message": "forged",
    }
    for name, value in forged.items():
        refused = api.create(alex, wish(**{name: value}))
        assert (refused.status, refused.reason) == (422, "UnknownField")
    assert (all_items(), api.started()) == ([], {})
    written = item(api.create(alex).body["id"])
    assert (written["requester_id"], written["requester_email"]) == (alex.sub, "alex@consumer.example")


def test_a_claim_of_the_token_other_than_its_subject_does_not_count(api: Api, alex: Caller) -> None:
    boastful = replace(alex, more={"email": "boss@consumer.example", "cognito:username": "boss"})
    assert api.create(boastful).body["requester"] == {"email": "alex@consumer.example"}


def test_the_same_call_again_finds_the_same_request(api: Api, alex: Caller) -> None:
    first = api.create(alex)
    again = api.create(alex)
    assert (first.status, again.status) == (201, 200)
    assert again.body == first.body
    assert len(api.started()) == len(requests()) == 1


@pytest.mark.parametrize(
    "other",
    [
        {"source": {"database": "sales", "table": "people"}},
        {"target": {"account_id": "888888888888"}},
        {"purpose": "Something else"},
        {"purpose": None},
        {"days": 7},
        {"until": f"{datetime.now(UTC) + timedelta(days=1):%Y-%m-%d}"},
    ],
)
def test_a_token_stands_for_one_content(api: Api, alex: Caller, other: dict[str, Any]) -> None:
    made = api.create(alex).body
    answer = api.create(alex, wish(**other))
    assert (answer.status, answer.reason) == (409, "TokenReused")
    assert answer.body["detail"] == (
        "This client_token has been used for a request with other content, which stays as it is. Use a new one."
    )
    assert api.get(alex, made["id"]).body == made
    assert len(api.started()) == 1


def test_what_is_the_same_to_people_is_the_same(api: Api, alex: Caller) -> None:
    api.create(alex)
    again = wish(source={"database": "SALES", "table": "Orders"}, purpose=" Forecast\r\n")
    assert api.create(alex, again).status == 200


def test_a_token_of_somebody_else_is_another_token(api: Api, alex: Caller) -> None:
    kim = api.user("kim")
    assert api.create(alex).body["id"] != api.create(kim).body["id"]


def test_what_starts_asks_for_what_is_written_down(api: Api, alex: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks for the same again gets their open request: with the end that it has, whatever the new one says."""
    with monkeypatch.context() as broken:
        breaking(broken, StepFunctions, "start", TryAgain("Step Functions was busy."))
        api.create(alex, wish(days=7))
    again = api.create(alex, wish("token-0002", days=30))
    assert (again.status, again.body["asked"]["days"]) == (200, 7)
    assert [each["days"] for each in api.started().values()] == [7]


def test_a_call_that_broke_before_the_start_is_made_good(
    api: Api, alex: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        breaking(broken, StepFunctions, "start", TryAgain("Step Functions was busy."))
        answer = api.create(alex)
        assert (answer.status, answer.reason) == (503, "TryAgain")
    assert len(requests()) == 1
    assert api.started() == {}
    again = api.create(alex)
    assert again.status == 200
    assert list(api.started()) == [again.body["id"]]


def test_a_call_that_broke_after_the_start_is_made_good(api: Api, alex: Caller) -> None:
    made = api.create(alex).body
    # The answer was lost; what started has not written anything down yet.
    assert api.create(alex).body == made
    assert len(api.started()) == 1


def test_two_calls_at_once_make_one_request(api: Api, alex: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    first = api.create(alex)
    with monkeypatch.context() as rival:
        rival.setattr(DynamoRegister, "find", lambda *_: None)
        again = api.create(alex)
    assert (again.status, again.body) == (200, first.body)


def test_a_request_under_way_or_ended_is_not_started_again(
    api: Api, alex: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = api.create(alex).body
    received(made["id"])
    breaking(monkeypatch, StepFunctions, "start", AssertionError("started again"))
    assert api.create(alex).status == 200
    Steps.on_dynamodb().close(made["id"], None, Ending(Status.REFUSED, "TableNotFound", "There is no such table."))
    ended = api.create(alex)
    assert (ended.status, ended.body["status"], ended.body["reason"]) == (200, "REFUSED", "TableNotFound")


@pytest.mark.parametrize("purpose", ["Forecast", None])
def test_a_name_that_an_execution_took_is_not_taken_over(api: Api, alex: Caller, purpose: str | None) -> None:
    received(asking.request_id(alex.sub, "token-0001"))
    answer = api.create(alex, wish(purpose=purpose))
    assert (answer.status, answer.reason) == (409, "TokenReused")
    assert api.get(alex, asking.request_id(alex.sub, "token-0001")).status == 404


def test_the_workflow_takes_up_what_the_api_wrote(api: Api, alex: Caller) -> None:
    made = api.create(alex).body
    record = received(made["id"])
    assert record.requester == Requester(alex.sub, "alex@consumer.example")
    assert (record.purpose, record.received_at) == ("Forecast", made["received_at"])
    shown = api.get(alex, made["id"]).body
    assert shown["history"] == made["history"], "received once, by whom the API says"
    assert shown["execution_arn"] == f"arn:{made['id']}"


def received(request_id: str) -> RequestRecord:
    """What Classify does first."""
    return Steps.on_dynamodb().receive(
        RequestRecord(
            request_id,
            Status.RECEIVED,
            "2026-11-24T09:00:01.000Z",
            source=Source("sales", "orders"),
            consumer="999999999999",
            execution_arn=f"arn:{request_id}",
            started_at="2026-11-24T09:00:00.000Z",
        )
    )
