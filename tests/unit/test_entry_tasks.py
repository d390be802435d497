"""The workflow's tasks, called as Step Functions and EventBridge call them."""

import json
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from moto import mock_aws

from handlers import classify, close, grant, notify, request_approval, revoke, survey, sweep
from handlers.aws.clients import client
from handlers.sharing.model.catalogue import Table
from handlers.sharing.model.clock import now
from handlers.sharing.model.errors import (
    DecisionMismatch,
    InvalidInput,
    NoApprovers,
    SurveyIncomplete,
    SweepIncomplete,
    TryAgain,
)
from handlers.sharing.model.record import Status
from tests.fakes.closer import MemoryCloser
from tests.fakes.desk import signed_in_only
from tests.fakes.grants import MemoryGrants
from tests.fakes.shares import put_share
from tests.fakes.table import LEDGER, TABLE, VAULT, item, make_tables
from tests.fakes.world import APPROVER, CENTRAL, CONSUMER, OWNER, World, input_of

ARN = "arn:aws:states:us-east-1:123456789012:execution:lakeshare:r1"
STARTED = "2026-11-24T09:00:00.000Z"


class Context:
    """Lambda's, with so many seconds left."""

    def __init__(self, seconds: float = 900) -> None:
        self.seconds = seconds

        self.aws_request_id = "invocation"

    def get_remaining_time_in_millis(self) -> int:
        return int(self.seconds * 1000)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, text in {
        "REGISTER_TABLE": TABLE,
        "VAULT_TABLE": VAULT,
        "LEDGER_TABLE": LEDGER,
        "REVOKE_ROLE_ARN": "arn:aws:iam::123456789012:role/revoke",
        "REVOKE_STATE_MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:revoking",
        "SWEEP_EVERY_MINUTES": "15",
        "CLOSE_FUNCTION": "close",
        "LONGEST_RUN_SECONDS": "86400",
        "NOTIFY_FUNCTION": "notify",
        "AWS_REGION": "us-east-1",
        "CENTRAL_ACCOUNT_ID": CENTRAL,
        "WILDCARD_ON_APPROVAL": "false",
        "DIRECT_REQUESTS": "allow",
        "API_URL": "https://api.example.org",
        "PARTITION": "aws",
        "STATE_MACHINE_ARN": "arn:aws:states:us-east-1:123456789012:stateMachine:lakeshare",
    }.items():
        monkeypatch.setenv(name, text)


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    world = World()
    for module in (classify, close, request_approval, notify, grant, revoke, sweep):
        for name, fake in {
            "DynamoRegister": lambda _table: world.register,
            "DynamoLedger": lambda _table: world.ledger,
            "LakeFormationGrants": lambda _account: MemoryGrants(world.lake),
            "RevokeRuns": lambda _arn: world.revokes,
            "DynamoLists": lambda _table: world.register,
            "DynamoVault": lambda _table: world.vault,
            "DynamoClaims": lambda _table: world.claims,
            "DynamoMemory": lambda _table: world.memory,
            "CloseFunction": lambda _name: MemoryCloser(lambda event: close.handler(event, None)),
            "open_catalogue": lambda _account, _tags: world.catalogue,
            "LakeFormation": lambda *_: world.lake,
            "EventBridge": lambda: world.events,
            "AssumedProducers": lambda _partition, _region: world.producers,
            "DynamoPace": lambda _table: world.pace,
            "NotifyFunction": lambda _name: world.notify_caller,
            "StepFunctions": lambda *_arn: world.workflow,
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


def test_classify_says_that_it_is_shared_already(world: World) -> None:
    taken_in(input_of())
    shared()
    ended(outcome="shared", message="is shared")
    answer = classify.handler(
        {"request_id": "r2", "execution_arn": ARN, "started_at": STARTED, "round": 1, "input": input_of()}, None
    )
    assert answer["outcome"] == "shared"
    assert answer["message"].startswith("Table sales.orders has been shared with account 999999999999 since ")
    assert world.register.records["r2"].shared_by == "r1:1"


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


def mailed(**more: object) -> dict[str, Any]:
    return notify.handler({"request_id": "r1", **more}, Context(60))


def test_request_approval_has_notify_called(world: World) -> None:
    taken_in(input_of("sales", "people"))
    assert asked() is None
    assert world.notify_caller.calls_to_come == ["r1"]
    assert world.vault.approvals["r1"].token == "a-task-token"


# --- notify -----------------------------------------------------------------------------------------------------


def test_notify_mails_both_links(world: World, caplog: pytest.LogCaptureFixture) -> None:
    assert taken_in(input_of("sales", "people"))["outcome"] == "needs_approval"
    asked()
    assert mailed() == {"request_id": "r1", "status": "WAITING", "mail_due_at": None}
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


def test_notify_mails_the_portals_address_where_people_decide_signed_in(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORTAL_URL", "https://portal.example.org")
    signed_in_only(world)
    taken_in(input_of("sales", "people"))
    asked()
    mailed()
    (mail,) = world.producers.mails
    assert [line for line in mail.body.splitlines() if "://" in line] == ["https://portal.example.org/decisions/r1"]
    assert world.vault.approvals["r1"].keys == ()


def test_notify_ends_the_wait_by_the_name_of_a_refusal_and_raises_it(world: World) -> None:
    taken_in(input_of("sales", "people"))
    world.producers.subscribers[OWNER] = []
    asked()
    world.workflow.waiting.add("a-task-token")
    with pytest.raises(NoApprovers):
        mailed()
    assert world.workflow.failed["a-task-token"].reason == "NoApprovers"


def test_notify_by_its_schedule_mails_what_is_due_and_for_an_operator_once_more(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken_in(input_of("sales", "people"))
    asked()
    schedule = {"detail-type": "Scheduled Event", "source": "aws.events", "detail": {}}
    assert notify.handler(schedule, Context(60)) == {"mailed": 0}
    later = now() + timedelta(minutes=1)
    monkeypatch.setattr(notify, "now", lambda: later)
    assert notify.handler(schedule, Context(10)) == {"mailed": 0}, "no time is left"
    assert notify.handler(schedule, Context(60)) == {"mailed": 1}
    for more, mails in (({}, 1), ({"again": "yes"}, 1), ({"again": True}, 2)):
        assert mailed(**more)["mail_due_at"] is None
        assert len(world.producers.mails) == mails


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
    assert sweep.handler({"source": "aws.events"}, Context(300)) == {"closed": 0, "due": 0}
    world.workflow.executions.clear()
    assert sweep.handler({}, Context(300)) == {"closed": 1, "due": 0}
    assert world.register.records["r1"].status is Status.FAILED


def test_a_sweep_that_left_a_request_fails_so_that_the_alarm_rings(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("r1", "r2"):
        world.classify(name)
    world.workflow.executions.clear()
    world.register.damaged = {"r2"}
    with pytest.raises(
        SweepIncomplete, match=r"^1 request\(s\) and 0 share\(s\) could not be seen to; the log names each\.$"
    ):
        sweep.handler({}, Context(300))
    assert world.register.records["r1"].status is Status.FAILED
    lines = [(record.message, vars(record)["request_id"]) for record in caplog.records if "swept" in record.message]
    assert lines == [("swept", "-"), ("request not swept", "r2")]


def test_sweep_does_all_else_where_live_shares_are_not_counted(
    world: World, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_share(world, "r1:1", "people", until=STARTED, due_at=STARTED)
    world.ledger.fail("live_at_last_count", TryAgain("no answer"))
    assert sweep.handler({}, Context(300)) == {"closed": 0, "due": 1}
    lines = {record.message: vars(record) for record in caplog.records}
    assert lines["live shares not counted"]["error"] == "TryAgain"
    assert lines["measured"]["SharesOverdue"] == 1
    assert "SharesLive" not in lines["measured"]
    caplog.clear()
    monkeypatch.setattr(world.ledger, "live_at_last_count", lambda: None)
    sweep.handler({}, Context(300))
    assert "SharesLive" not in next(vars(record) for record in caplog.records if record.message == "measured")


def test_sweep_sees_to_shares_whatever_becomes_of_requests_and_the_other_way_round(
    world: World, caplog: pytest.LogCaptureFixture
) -> None:
    put_share(world, "r1:1", "people", until=STARTED, due_at=STARTED)
    put_share(world, "r2:1", "orders", until=STARTED, due_at=STARTED)
    world.revokes.fail("start", TryAgain("no answer"))
    with pytest.raises(SweepIncomplete, match=r"^0 request\(s\) and 1 share\(s\) could not be seen to"):
        sweep.handler({}, Context(300))
    assert list(world.revokes.runs.values()) == [("r2:1", "Expired")]
    lines = {record.message: vars(record) for record in caplog.records}
    assert (lines["share not seen to"]["request_id"], lines["share not seen to"]["error"]) == ("r1:1", "TryAgain")
    counts = [lines["measured"][f"Shares{which}"] for which in ("Due", "Overdue", "Live")]
    assert counts == [2, 2, 2]
    assert "swept" in lines
    world.workflow.fail("running", TryAgain("no answer"))
    with pytest.raises(TryAgain):
        sweep.handler({}, Context(300))
    assert len(world.revokes.runs) == 2
    world.ledger.fail("due", TryAgain("no answer"))
    caplog.clear()
    with pytest.raises(TryAgain):
        sweep.handler({}, Context(300))
    assert [record.message for record in caplog.records] == ["swept"]


# --- revoke -------------------------------------------------------------------------------------------------------


def test_revoke_plans_and_takes_back(world: World) -> None:
    put_share(world, "r1:1", "people")
    put_share(world, "r2:1", "*")
    begin = {"run": "x", "began": now().isoformat(), "look": "start", "failed": {}}
    wish = {"share": "r2:1", "reason": "an incident"}
    shown = revoke.handler({**begin, "input": {**wish, "dry_run": True}}, Context())
    assert (shown["next"], shown["work"], shown["shares_total"]) == ("done", [], 1)
    assert shown["reports"] == [
        {
            "share": "r2:1",
            "consumer": CONSUMER,
            "ends": ["sales", "sales.*"],
            "ends_total": 2,
            "stays": [],
            "stays_total": 0,
            "summary": "Taken back: sales, sales.*.",
        }
    ]
    planned = revoke.handler({**begin, "input": wish}, Context())
    work = [{"consumer": CONSUMER, "share": "r2:1", "after": None}]
    assert (planned["next"], planned["work"], planned["failed"]) == ("revoke", work, {})
    taken = revoke.handler({"run": "x", "work": work, "failed": {"r9:1": "why"}}, Context())
    assert taken == {"next": "plan", "work": [], "failed": {"r9:1": "why"}}
    assert [grant.table for grant in world.lake.grants] == ["people"]
    again = {**begin, "look": "revoked", "input": wish}
    assert revoke.handler(again, Context())["next"] == "done"
    json.dumps([shown, planned, taken])


def test_a_dry_run_shows_no_more_than_step_functions_passes_on(world: World) -> None:
    for number in range(60):
        names = [f"{number:03}{table:03}".ljust(255, "x") for table in range(20)]
        put_share(world, f"r{number}:1", "*", names)
        put_share(world, f"q{number}:1", "*", names)
    wish = {"consumer": CONSUMER, "reason": "an incident", "dry_run": True}
    began = {"run": "x", "began": now().isoformat(), "look": "start", "failed": {}}
    shown = revoke.handler({**began, "input": wish}, Context())
    assert (len(shown["reports"]), shown["shares_total"]) == (revoke.MOST_REPORTED, 100)
    assert len(json.dumps(shown)) < 256_000


def test_revoke_refuses_by_name(world: World) -> None:
    put_share(world, "r1:1", "people")
    with pytest.raises(InvalidInput, match="reason must be a text"):
        revoke.handler(
            {"run": "x", "began": STARTED, "look": "start", "failed": {}, "input": {"share": "r1:1"}}, Context()
        )


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
def test_a_survey_remembers_says_how_much_and_writes_its_metrics(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(survey, "load_parties", lambda: World().parties)
    columns = {"Columns": [{"Name": "id", "Type": "int"}, {"Name": "email", "Type": "string"}]}
    people = {"Name": "people", "StorageDescriptor": columns, "Parameters": {"pii_columns": "email"}}
    glue = client("glue")
    glue.create_table(DatabaseName="sales", TableInput=people)
    first = survey.handler({}, Context())
    assert first == {"databases": 1, "tables": 2, "news": 1, "vanished": 0, "unread": 0}
    assert item('flags#["sales", "people"]')["flagged"] == {'"email"'}
    glue.update_table(DatabaseName="sales", TableInput={**people, "Parameters": {}})
    second = survey.handler({}, Context())
    assert second == {"databases": 1, "tables": 2, "news": 0, "vanished": 1, "unread": 0}
    lines = [json.loads(logging.getLogger(each.name).handlers[0].format(each)) for each in caplog.records]
    assert [line["message"] for line in lines] == ["surveyed a database", "measured"] * 2
    assert [(line["SurveyedTables"], line["VanishedFlags"]) for line in lines if "_aws" in line] == [(2, 0), (2, 1)]
    (made,) = lines[-1]["_aws"]["CloudWatchMetrics"]
    assert made == {
        "Namespace": "Lakeshare",
        "Dimensions": [["service"]],
        "Metrics": [{"Name": "SurveyedTables", "Unit": "Count"}, {"Name": "VanishedFlags", "Unit": "Count"}],
    }
    assert "service" in lines[-1], "the metric's dimension"


@pytest.mark.usefixtures("aws")
def test_a_survey_without_time_to_spare_is_called_again_and_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(survey, "load_parties", lambda: World().parties)
    client("glue").create_database(DatabaseInput={"Name": "weather", "Parameters": {"data_owner": OWNER}})
    context, times = Context(), iter((900_000, 0))
    monkeypatch.setattr(context, "get_remaining_time_in_millis", lambda: next(times))
    with pytest.raises(SurveyIncomplete):
        survey.handler({}, context)
    # On with the second of the two.
    assert survey.handler({}, Context())["databases"] == 1


@pytest.mark.usefixtures("aws")
def test_a_bad_request_on_aws() -> None:
    assert taken_in("nonsense")["reason"] == "InvalidInput"
    assert ended(outcome="refused", reason="InvalidInput", message="x")["status"] == "REFUSED"
    assert item("r1")["reason"] == "InvalidInput"
