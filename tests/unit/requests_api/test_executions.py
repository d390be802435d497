"""Executions through the API: lists, one by its name, and never anything of their history."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from botocore.stub import Stubber

from handlers import requests_api
from handlers.api.cursors import Place, write_cursor
from handlers.api.sizes import LARGEST_ANSWER, LONGEST_DOCUMENT, size_of
from handlers.aws.clients import client
from handlers.sharing.model.execution import NO_EXECUTION
from tests.fakes.table import TABLE
from tests.unit.requests_api.calls import Answered, Caller, call
from tests.unit.requests_api.world import AUDITORS, OPERATORS, Api
from tests.unit.stubs import error, stubbed

AT = datetime(2026, 11, 24, 11, 52, 9, tzinfo=UTC)


def listed(caller: Caller, **query: str) -> Answered:
    return call(requests_api.handler, "GET /executions", caller, query=query)


def shown(caller: Caller, name: str) -> Answered:
    return call(requests_api.handler, "GET /executions/{name}", caller, name=name)


def described(stub: Stubber, api: Api, **more: object) -> None:
    arn = f"{api.machine.replace(':stateMachine:', ':execution:')}:r1"
    answer = {
        "executionArn": arn,
        "stateMachineArn": api.machine,
        "name": "r1",
        "status": "SUCCEEDED",
        "startDate": AT,
        **more,
    }
    stub.add_response("describe_execution", answer, {"executionArn": arn})


@pytest.fixture
def auditor(api: Api) -> Caller:
    return api.user("audit", groups=f"[{AUDITORS}]")


@pytest.mark.parametrize(("groups", "status"), [(None, 403), ("[others]", 403), (f"[{OPERATORS}]", 404)])
def test_only_who_watches_sees_any(api: Api, auditor: Caller, groups: str | None, status: int) -> None:
    caller = replace(auditor, groups=groups)
    assert shown(caller, "none").status == status
    assert listed(caller).status == (200 if status == 404 else status)


def test_who_watches_follows_every_execution(api: Api, auditor: Caller) -> None:
    states = client("stepfunctions")
    for name in ("r1", "r2", "r3"):
        states.start_execution(stateMachineArn=api.machine, name=name, input=json.dumps({"source": {"table": name}}))
    first = listed(auditor, limit="2").body
    second = listed(auditor, limit="2", next=first["next"]).body
    assert {each["name"] for each in (*first["executions"], *second["executions"])} == {"r1", "r2", "r3"}
    assert second["next"] is None
    one = shown(auditor, "r2").body
    assert json.loads(one["input"]) == {"source": {"table": "r2"}}
    assert one["arn"] == f"{api.machine.replace(':stateMachine:', ':execution:')}:r2"


def test_each_says_what_became_of_its_request(api: Api, auditor: Caller) -> None:
    made = api.create(auditor).body
    client("stepfunctions").start_execution(stateMachineArn=api.machine, name="elsewhere", input="{}")
    found = {each["name"]: each["request"] for each in listed(auditor).body["executions"]}
    asked = {"status": "RECEIVED", "source": made["source"], "target": made["target"]}
    assert found == {made["id"]: asked, "elsewhere": None}
    assert shown(auditor, made["id"]).body["request"] == asked
    client("dynamodb").update_item(
        TableName=TABLE,
        Key={"pk": {"S": made["id"]}},
        UpdateExpression="SET #source = :odd REMOVE received_at",
        ExpressionAttributeNames={"#source": "source"},
        ExpressionAttributeValues={":odd": {"N": "1"}},
    )
    unreadable = {"status": "UNREADABLE", "source": None, "target": None}
    assert shown(auditor, made["id"]).body["request"] == unreadable


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"status": "DONE"}, "status"),
        ({"limit": "0"}, "limit"),
        ({"next": "x"}, "next"),
        ({"next": write_cursor("executions FAILED", Place("t"))}, "next"),
        ({"next": write_cursor("executions None", Place("t", 1))}, "next"),
    ],
)
def test_what_is_no_such_list(api: Api, auditor: Caller, query: dict[str, str], field: str) -> None:
    answer = listed(auditor, **query)
    assert (answer.status, [each["field"] for each in answer.body["errors"]]) == (422, [field])
    assert field != "status" or answer.body["detail"] == (
        "status must be one of RUNNING, SUCCEEDED, FAILED, TIMED_OUT, ABORTED, got 'DONE'."
    )


@pytest.mark.parametrize("code", ["InvalidToken", "ValidationException"])
def test_a_token_that_aws_does_not_take_is_a_wrong_cursor(api: Api, auditor: Caller, code: str) -> None:
    with stubbed("stepfunctions") as stub:
        # What was asked for reaches it.
        expected = {"stateMachineArn": api.machine, "statusFilter": "FAILED", "maxResults": 25, "nextToken": "made up"}
        stub.add_client_error("list_executions", code, expected_params=expected)
        answer = listed(auditor, status="FAILED", next=write_cursor("executions FAILED", Place("made up")) or "")
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "next")


@pytest.mark.parametrize("token", ["\ud800", "a\x00b", "\n", "é"])
def test_what_no_token_of_aws_looks_like_does_not_reach_it(api: Api, auditor: Caller, token: str) -> None:
    with stubbed("stepfunctions"):
        answer = listed(auditor, next=write_cursor("executions None", Place(token)) or "")
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "next")


@pytest.mark.parametrize("name", ["none", "a:b", "a b", "r*", "../x", "x" * 81, "\x00", "r1/history"])
def test_what_is_not_there(api: Api, auditor: Caller, name: str) -> None:
    answer = shown(auditor, name)
    assert (answer.status, answer.reason) == (404, "UnknownExecution")
    assert answer.body["detail"] == NO_EXECUTION


def test_one_that_failed_says_what_step_functions_says(api: Api, auditor: Caller) -> None:
    with stubbed("stepfunctions") as stub:
        described(stub, api, status="FAILED", stopDate=AT, error="GrantRefused", cause="Lake Formation said no.")
        body = shown(auditor, "r1").body
    assert (body["status"], body["error"], body["cause"]) == ("FAILED", "GrantRefused", "Lake Formation said no.")
    assert (body["started_at"], body["stopped_at"]) == ("2026-11-24T11:52:09.000Z", "2026-11-24T11:52:09.000Z")


def test_the_largest_execution_fits_into_an_answer(api: Api, auditor: Caller) -> None:
    most = 262_144
    with stubbed("stepfunctions") as stub:
        described(stub, api, input='"' * most, output="\\" * most, cause="\x01" * 32_768)
        body = shown(auditor, "r1").body
    assert size_of(body) <= LARGEST_ANSWER
    assert (len(body["input"]), body["input_cut"], body["output_cut"]) == (LONGEST_DOCUMENT, True, True)


def test_outages_and_denials(api: Api, auditor: Caller) -> None:
    with stubbed("stepfunctions") as stub:
        error(stub, "list_executions", "ThrottlingException")
        error(stub, "describe_execution", "AccessDeniedException", "arn:aws:iam::1:role/x")
        assert listed(auditor).status == 503
        denied = shown(auditor, "r1")
    assert (denied.status, "arn:" in str(denied.body)) == (500, False)
