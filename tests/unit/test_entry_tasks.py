"""The workflow's tasks, called as Step Functions and EventBridge call them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from moto import mock_aws

from handlers import classify, close, grant, request_approval, sweep
from handlers.aws.clients import client
from handlers.sharing.model.catalogue import Table
from handlers.sharing.model.errors import DecisionMismatch, NoApprovers, TryAgain
from handlers.sharing.model.record import Status
from tests.fakes.closer import MemoryCloser
from tests.fakes.table import TABLE, VAULT, item, make_tables
from tests.fakes.world import APPROVER, CENTRAL, CONSUMER, OWNER, World, input_of

ARN = "arn:aws:states:us-east-1:123456789012:execution:lakeshare:r1"
STARTED = "2026-11-24T09:00:00.000Z"


class Context:
    """Lambda's, with so many seconds left."""

    def __init__(self, seconds: float = 900) -> None:
        self.seconds = seconds

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {
        "REGISTER_TABLE": TABLE,
        "VAULT_TABLE": VAULT,
        "CLOSE_FUNCTION": "close",
        "CENTRAL_ACCOUNT_ID": CENTRAL,
        "WILDCARD_ON_APPROVAL": "false",
        "API_URL": "https://api.example.org",
        "PARTITION": "aws",
        "STATE_MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:lakeshare",
    }.items():
        monkeypatch.setenv(name, text)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    for module in (classify, close, request_approval, grant, sweep):
        for name, fake in {
            "DynamoRegister": lambda _table: world.register,
            "DynamoLists": lambda _table: world.register,
            "DynamoVault": lambda _table: world.vault,
            "CloseFunction": lambda _name: MemoryCloser(lambda event: close.handler(event, None)),
            "GlueCatalogue": lambda _account: world.catalogue,
            "LakeFormation": lambda: world.lake,
            "EventBridge": lambda: world.events,
            "AssumedProducers": lambda _partition, _region: world.producers,
            "StepFunctions": lambda _arn: world.workflow,
            "load_parties": lambda: world.parties,
        }.items():
            if hasattr(module, name):
                monkeypatch.setattr(module, name, fake)
    return world


def taken_in(document: object, round_: int = 1) -> dict[str, Any]:
    event = {"request_id": "r1", "execution_arn": ARN, "started_at": STARTED, "round": round_, "input": document}
    return classify.handler(event, None)


def ended(**document: Any) -> dict[str, Any]:
    return close.handler({"request_id": "r1", "started_at": STARTED, "ending": document}, None)


def changed(status: str, name: str = "r1") -> dict[str, Any]:
    """EventBridge's event of an execution's end."""
    return {
        "version": "0",
        "detail-type": "Step Functions Execution Status Change",
        "source": "aws.states",
        "detail": {"executionArn": ARN, "name": name, "status": status, "startDate": 1795510800000},
    }


# --- classify ---------------------------------------------------------------------------------------------------


def test_classify(world: World) -> None:
    assert taken_in(input_of()) == {"outcome": "grant", "round": 1, "decision_id": None, "after": None}
    record = world.register.records["r1"]
    assert (record.execution_arn, record.started_at) == (ARN, STARTED)
    assert taken_in(input_of(), 2)["round"] == 2


@pytest.mark.parametrize(
    ("document", "reason"),
    [
        (None, "InvalidInput"),
        ([], "InvalidInput"),
        ({}, "InvalidInput"),
        (input_of(consumer="1"), "InvalidTarget"),
        (input_of(consumer=CENTRAL), "TargetIsCentral"),
        (input_of("nothing"), "DatabaseNotFound"),
    ],
)
def test_classify_refuses(world: World, document: object, reason: str) -> None:
    answer = taken_in(document)
    assert (answer["outcome"], answer["reason"], set(answer)) == ("refused", reason, {"outcome", "reason", "message"})
    assert answer["message"]


def test_classify_passes_outages_on(world: World) -> None:
    world.catalogue.fail("table", TryAgain("busy"))
    with pytest.raises(TryAgain):
        taken_in(input_of())


# --- request approval -------------------------------------------------------------------------------------------


def asked() -> None:
    return request_approval.handler({"request_id": "r1", "token": "a-task-token", "timeout_seconds": 604800}, None)


def test_request_approval_mails_both_links(world: World, caplog: pytest.LogCaptureFixture) -> None:
    assert taken_in(input_of("sales", "people"))["outcome"] == "needs_approval"
    assert asked() is None
    (mail,) = world.producers.mails
    start = "https://api.example.org/workflow/update-state?action="
    approve, deny = (line for line in mail.body.splitlines() if line.startswith("https://"))
    assert approve.startswith(f"{start}approve&request=r1&key=")
    assert deny == approve.replace("approve&", "deny&")
    key = approve.split("key=")[1]
    approval = world.vault.approvals["r1"]
    assert approval.key(key)
    text = mail.subject + mail.body.replace(key, "") + repr([vars(record) for record in caplog.records])
    for private in ("a-task-token", key, APPROVER):
        assert private not in text


def test_request_approval_raises_its_refusals(world: World) -> None:
    taken_in(input_of("sales", "people"))
    world.producers.subscribers[OWNER] = []
    with pytest.raises(NoApprovers):
        asked()


# --- grant ------------------------------------------------------------------------------------------------------


def shared(decision_id: str | None = None, after: str | None = None, seconds: float = 900) -> dict[str, Any]:
    event = {"request_id": "r1", "round": 1, "decision_id": decision_id, "after": after}
    return grant.handler(event, Context(seconds))


def test_grant(world: World) -> None:
    taken_in(input_of())
    answer = shared()
    assert "sales.orders" in answer.pop("message")
    assert answer == {"outcome": "shared", "round": 1, "decision_id": None, "after": None}


def test_grant_goes_on_later(world: World) -> None:
    weather = world.catalogue.databases["weather"]
    world.catalogue.put(weather, *(Table(f"t{at:02}", None) for at in range(30)))
    taken_in(input_of("weather", "*"))
    decision = world.post(world.request_approval()).decision
    assert decision is not None
    first = shared(decision.id, seconds=10)
    assert (first["outcome"], first["decision_id"]) == ("more", decision.id)
    assert first["after"]
    second = shared(decision.id, first["after"])
    assert second["outcome"] == "shared"
    assert len(world.lake.tables_of(CONSUMER)) == 32


def test_grant_sees_changes(world: World) -> None:
    taken_in(input_of())
    world.catalogue.put(world.catalogue.databases["sales"], world.catalogue.entries["sales"]["people"])
    world.catalogue.drop("sales", "orders")
    answer = shared()
    assert (answer["outcome"], answer["reason"]) == ("refused", "TableNotFound")
    assert world.lake.grants == set()


def test_grant_raises_faults(world: World) -> None:
    taken_in(input_of("sales", "people"))
    with pytest.raises(DecisionMismatch):
        shared()


# --- close and sweep --------------------------------------------------------------------------------------------


def test_close(world: World) -> None:
    taken_in(input_of())
    answer = ended(outcome="shared", message="is shared", round=1)
    assert answer == {"status": "SHARED", "request_id": "r1", "reason": None, "message": "is shared"}
    assert ended(outcome="expired") == answer
    assert close.handler(changed("FAILED"), None) == answer
    json.dumps(answer)


def test_close_after_a_fault(world: World) -> None:
    taken_in(input_of())
    cause = json.dumps({"errorMessage": "no grant option", "errorType": "GrantRefused", "stackTrace": []})
    answer = ended(outcome="grant", fault={"Error": "GrantRefused", "Cause": cause})
    assert answer == {"status": "FAILED", "request_id": "r1", "reason": "GrantRefused", "message": "no grant option"}


@pytest.mark.parametrize(
    ("status", "reason"), [("ABORTED", "Aborted"), ("TIMED_OUT", "TimedOut"), ("FAILED", "Crashed")]
)
def test_close_on_a_status_change(world: World, status: str, reason: str) -> None:
    taken_in(input_of())
    answer = close.handler(changed(status), None)
    assert (answer["status"], answer["reason"]) == ("FAILED", reason)
    assert world.events.types() == ["RequestReceived", "RequestFailed"]


def test_close_passes_outages_on(world: World) -> None:
    world.register.fail("apply", TryAgain("busy"))
    with pytest.raises(TryAgain):
        ended(outcome="expired")


def test_sweep(world: World) -> None:
    taken_in(input_of())
    world.workflow.executions.add(ARN)
    assert sweep.handler({"source": "aws.events"}, None) == {"closed": 0}
    world.workflow.executions.clear()
    assert sweep.handler({}, None) == {"closed": 1}
    assert world.register.records["r1"].status is Status.FAILED


# --- over moto --------------------------------------------------------------------------------------------------


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    parties = World().parties
    for module in (classify, grant):
        monkeypatch.setattr(module, "load_parties", lambda: parties)
    with mock_aws():
        make_tables()
        glue = client("glue")
        glue.create_database(DatabaseInput={"Name": "sales", "Parameters": {"data_owner": OWNER}})
        columns = {"Columns": [{"Name": "id", "Type": "int"}]}
        glue.create_table(DatabaseName="sales", TableInput={"Name": "orders", "StorageDescriptor": columns})
        yield


@pytest.mark.usefixtures("aws")
def test_a_request_from_start_to_end_on_aws() -> None:
    assert taken_in(input_of())["outcome"] == "grant"
    message = shared()["message"]
    assert ended(outcome="shared", message=message)["status"] == "SHARED"
    found = item("r1")
    assert (found["status"], found["granted"]["names"]) == ("SHARED", ["orders"])
    assert found["announced_at"]
    grants = client("lakeformation").list_permissions()["PrincipalResourcePermissions"]
    assert [each["Principal"]["DataLakePrincipalIdentifier"] for each in grants] == [CONSUMER]


@pytest.mark.usefixtures("aws")
def test_a_bad_request_on_aws() -> None:
    assert taken_in("nonsense")["reason"] == "InvalidInput"
    assert ended(outcome="refused", reason="InvalidInput", message="x")["status"] == "REFUSED"
    assert item("r1")["reason"] == "InvalidInput"
