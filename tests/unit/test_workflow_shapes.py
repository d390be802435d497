"""Today's functions take what released state machines hand them, and answer what those read."""

import json
from typing import Any
from urllib.parse import parse_qsl

import boto3
import pytest
from botocore.stub import ANY, Stubber

from handlers import classify, close, decide, grant, notify, request_approval
from handlers.aws import stepfunctions
from handlers.sharing.close import ending_of
from handlers.sharing.model.errors import REFUSALS
from handlers.sharing.model.record import Ending, Status
from tests.asl.definition import crossing, template
from tests.fakes.vault import MemoryVault
from tests.fakes.world import APPROVER, World
from tests.unit.route import event, route
from tests.unit.test_entry_tasks import Context, environment, world
from tests.unit.workflow_shapes import RELEASED, released

__all__ = ["environment", "world"]

VERSIONS = sorted(RELEASED)
ENDINGS = [(version, each) for version in VERSIONS for each in released(version, "endings")]


@pytest.fixture(params=VERSIONS)
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


def asked(version: int, **change: object) -> dict[str, Any]:
    payload = released(version, "payloads")["classify"]
    return classify.handler({**payload, **change}, None)


def mailed(version: int, world: World) -> str:
    """The key of the links that are mailed for a released payload."""
    request_approval.handler(released(version, "payloads")["request_approval"], None)
    notify.handler({"request_id": world.notify_caller.calls_to_come.pop()}, None)
    world.workflow.waiting.add("a-task-token")
    body = world.producers.mails[-1].body
    return body.partition("key=")[2].split()[0]


def shaped_as(answer: object, shapes: list[dict[str, Any]]) -> bool:
    """Whether an answer has all that one of the released answers has, each of the same type."""
    (shape,) = [each for each in shapes if isinstance(answer, dict) and each["outcome"] == answer["outcome"]]
    return isinstance(answer, dict) and all(type(answer[name]) is type(value) for name, value in shape.items())


def test_the_newest_released_shape_is_todays() -> None:
    """Something that crosses was changed: keep it in a new folder, and let today's functions take the old ones too."""
    newest = released(VERSIONS[-1], "definition")
    assert crossing(template()) == crossing(newest)
    assert list(range(1, len(VERSIONS) + 1)) == VERSIONS


def test_its_payloads_are_those_of_its_definition(version: int) -> None:
    states, payloads = released(version, "definition")["States"], released(version, "payloads")
    for name, state in (
        ("classify", "Classify"),
        ("request_approval", "RequestApproval"),
        ("grant", "Grant"),
        ("close", "Close"),
    ):
        fields = {field.removesuffix(".$") for field in states[state]["Parameters"]["Payload"]}
        assert fields == set(payloads[name])


def test_classify(world: World, version: int) -> None:
    answers = released(version, "answers")["classify"]
    ask, refuse = asked(version), asked(version, request_id="r2", input=[])
    orders = {"source": {"database": "sales", "table": "orders"}, "target": {"account_id": "999999999999"}}
    automatic = asked(version, request_id="r3", input=orders)
    assert [each["outcome"] for each in (ask, refuse, automatic)] == ["needs_approval", "refused", "grant"]
    assert shaped_as(ask, answers)
    assert shaped_as(automatic, [{**each, "decision_id": None} for each in answers])
    assert shaped_as(refuse, answers)


def test_the_links_of_mails_that_were_sent(world: World, version: int, monkeypatch: pytest.MonkeyPatch) -> None:
    route(world, monkeypatch)
    asked(version)
    key = mailed(version, world)
    query: dict[str, str] = {}
    for link in released(version, "links"):
        query = dict(parse_qsl(link.replace("{key}", key)))
        assert decide.handler(event("GET", query), None)["statusCode"] == 200
    assert decide.handler(event("POST", query, f"email={APPROVER}"), None)["statusCode"] == 200
    ((token, sent),) = world.workflow.sent.items()
    assert (token, sent.action) == ("a-task-token", query["action"])


@pytest.mark.parametrize("action", ["approve", "deny"])
def test_the_answer_to_the_waiting_task(version: int, action: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    client = boto3.client("stepfunctions", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    monkeypatch.setattr(stepfunctions, "client", lambda _: client)
    (expected,) = [each for each in released(version, "answers")["decision"] if each["decision"] == action]
    sent: list[dict[str, Any]] = []
    client.meta.events.register("before-parameter-build.sfn.SendTaskSuccess", lambda params, **_: sent.append(params))
    with Stubber(client) as stub:
        stub.add_response("send_task_success", {}, {"taskToken": "t", "output": ANY})
        assert stepfunctions.StepFunctions().send_decision("t", action, "d0")
    answer = json.loads(sent[0]["output"])
    assert {name: answer[name] for name in expected} == expected


def test_the_end_of_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told as a function's own error is, so that Catch and Close read it as ever."""
    client = boto3.client("stepfunctions", "us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    monkeypatch.setattr(stepfunctions, "client", lambda _: client)
    cause = '{"errorType": "NoApprovers", "errorMessage": "Nobody."}'
    with Stubber(client) as stub:
        stub.add_response("send_task_failure", {}, {"taskToken": "t", "error": "NoApprovers", "cause": cause})
        assert stepfunctions.StepFunctions().end_wait("t", "NoApprovers", "Nobody.")
        stub.add_client_error("send_task_failure", "TaskTimedOut")
        assert not stepfunctions.StepFunctions().end_wait("t", "NoApprovers", "Nobody.")
    assert ending_of("r1", {"fault": {"Error": "NoApprovers", "Cause": cause}}, MemoryVault()) == Ending(
        Status.REFUSED, "NoApprovers", "Nobody."
    )


@pytest.mark.parametrize("approved", [True, False])
def test_grant(world: World, version: int, *, approved: bool) -> None:
    table = "people" if approved else "orders"
    wish = {"source": {"database": "sales", "table": table}, "target": {"account_id": "999999999999"}}
    asked(version, input=wish)
    decision_id = world.decided(mailed(version, world)).id if approved else None
    payload = {**released(version, "payloads")["grant"], "decision_id": decision_id}
    answer = grant.handler(payload, Context())
    shapes = released(version, "answers")["grant"]
    assert answer["outcome"] == "shared"
    assert shaped_as(answer, shapes if approved else [{**each, "decision_id": None} for each in shapes])
    assert grant.handler(payload, Context())["outcome"] == "shared", "granting again is success"
    world.ledger.shares.clear()
    world.catalogue.drop("sales", table)
    assert shaped_as(grant.handler(payload, Context()), shapes)


@pytest.mark.parametrize(
    ("version", "case"), ENDINGS, ids=[f"v{version} {each['becomes'][1]}" for version, each in ENDINGS]
)
def test_close(world: World, version: int, case: dict[str, Any]) -> None:
    asked(version)
    payload = released(version, "payloads")["close"]
    output = close.handler({**payload, "ending": case["ending"]}, None)
    assert [output["status"], output["reason"], output["message"]] == case["becomes"]
    (shape,) = released(version, "answers")["close"]
    assert set(shape) <= set(output)


def test_its_catches_name_errors_that_there_still_are(version: int) -> None:
    states = released(version, "definition")["States"]
    caught = {error for state in states.values() for catch in state.get("Catch", []) for error in catch["ErrorEquals"]}
    assert {error for error in caught if not error.startswith("States.")} <= set(REFUSALS)
