"""What was shared ends: by an operator, by a hold, by its date; with the real state machines, and nothing else goes."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from localmesh.reading import readable
from tests.workflow.driver import REVIEWS, SELECT_AND_DESCRIBE, Finished, Mesh, request_id, wait_until
from tests.workflow.register import plain
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(retry_seconds=0.2, config=WITHOUT_PORTAL)
TABLES = ("ending_a", "ending_b", "ending_c")


@pytest.fixture(scope="module", autouse=True)
def _data(mesh: Mesh) -> None:
    mesh.catalogue.add_database("ending", owner=REVIEWS)
    for name in TABLES:
        mesh.catalogue.add_table("ending", name)
    mesh.catalogue.add_database("lasting", owner=REVIEWS)
    mesh.catalogue.add_table("lasting", "kept")


def revoke(mesh: Mesh, seconds: float = 60, /, **wish: Any) -> Finished:
    """Runs the state machine that revokes to its end, within so many seconds."""
    states = mesh.client("stepfunctions")
    run = states.start_execution(stateMachineArn=mesh.revoking_machine, input=json.dumps({"reason": "a test", **wish}))
    return finished(mesh, run["executionArn"], seconds)


def finished(mesh: Mesh, run: str, seconds: float = 60) -> Finished:
    def over() -> Any:
        described = mesh.client("stepfunctions").describe_execution(executionArn=run)
        return described if described["status"] != "RUNNING" else None

    ended = wait_until(over, seconds, "the end of revoking")
    return Finished(ended["status"], json.loads(ended.get("output") or "{}"), ended.get("error"), ended.get("cause"))


def shared(mesh: Mesh, table: str, account: str, database: str = "ending") -> str:
    request, end = mesh.ask(database, table, account)
    assert end.output["status"] == "SHARED", end
    return f"{request}:1"


def reads(mesh: Mesh, account: str) -> set[str]:
    """The tables that an account can read, as the evaluator has it."""
    return set(readable(mesh.lake(), account))


def events(mesh: Mesh, share: str) -> list[Mapping[str, Any]]:
    return [each for each in mesh.told() if each["detail"].get("share_id") == share]


def test_a_share_is_revoked_and_what_others_cover_stays(mesh: Mesh) -> None:
    account, other = mesh.new_account(), mesh.new_account()
    one, whole = shared(mesh, "ending_a", account), shared(mesh, "*", account)
    shared(mesh, "ending_a", other)
    shared(mesh, "kept", account, "lasting")
    everything = {*(f"ending.{name}" for name in TABLES), "lasting.kept"}
    assert reads(mesh, account) == everything
    before = mesh.all_grants()

    shown = revoke(mesh, share=whole, dry_run=True)
    assert shown.status == "SUCCEEDED"
    (report,) = shown.output["reports"]
    assert (report["share"], report["ends"]) == (whole, ["ending", "ending.ending_b", "ending.ending_c"])
    assert (mesh.all_grants(), {each["status"] for each in mesh.shares(account).values()}) == (before, {"ACTIVE"})

    assert revoke(mesh, share=whole).status == "SUCCEEDED"
    assert reads(mesh, account) == {"ending.ending_a", "lasting.kept"}
    assert mesh.all_grants() == {
        **before,
        account: {"ending.ending_a": SELECT_AND_DESCRIBE, "lasting.kept": SELECT_AND_DESCRIBE},
    }
    share = mesh.shares(account)[whole]
    assert (share["status"], share["reason"], share["note"], "live" in share) == ("REVOKED", "Revoked", "a test", False)
    assert [each["event"] for each in share["history"]] == ["Granting", "Active", "Revoked", "Ended"]
    (told,) = events(mesh, whole)
    assert (told["detail-type"], told["detail"]["reason"]) == ("ShareEnded", "Revoked")

    assert revoke(mesh, share=whole).status == "SUCCEEDED", "once more changes nothing"
    assert revoke(mesh, consumer=account).status == "SUCCEEDED"
    assert (reads(mesh, account), mesh.grants(account)) == (set(), {})
    assert mesh.shares(account)[one]["status"] == "REVOKED"
    assert mesh.grants(other) == {"ending.ending_a": SELECT_AND_DESCRIBE}


def test_all_that_reaches_a_table_is_held_and_nobody_gets_it_until_that_is_lifted(mesh: Mesh) -> None:
    accounts = [mesh.new_account(), mesh.new_account()]
    shared(mesh, "ending_b", accounts[0])
    shared(mesh, "*", accounts[1])
    kept = shared(mesh, "ending_c", accounts[0])
    source = {"database": "ending", "table": "ending_b"}
    assert revoke(mesh, source=source, hold=True).status == "SUCCEEDED"
    assert [reads(mesh, each) for each in accounts] == [{"ending.ending_c"}, set()]
    assert mesh.shares(accounts[0])[kept]["status"] == "ACTIVE"
    for table in ("ending_b", "*"):
        assert mesh.ask("ending", table, accounts[0])[1].end == ("REFUSED", "OnHold")
    assert revoke(mesh, source=source, hold=False).status == "SUCCEEDED"
    assert reads(mesh, accounts[1]) == set(), "lifting grants nothing"
    shared(mesh, "ending_b", accounts[1])
    holds = [each for each in mesh.told() if each["detail-type"] in {"HoldPut", "HoldLifted"}]
    assert [(each["detail-type"], each["detail"]["source"]) for each in holds] == [
        ("HoldPut", source),
        ("HoldLifted", source),
    ]


def test_all_of_an_owner(mesh: Mesh) -> None:
    mesh.catalogue.add_database("owned_ending", owner="111111111111")
    mesh.catalogue.add_table("owned_ending", "one")
    account = mesh.new_account()
    shared(mesh, "ending_a", account)
    assert mesh.ask("owned_ending", "one", account)[1].end[0] in {"SHARED", "REFUSED"}
    assert revoke(mesh, owner=REVIEWS).status == "SUCCEEDED"
    assert "ending.ending_a" not in reads(mesh, account)


def test_what_cannot_be_read_fails_by_name_and_ends_nothing(mesh: Mesh) -> None:
    account = mesh.new_account()
    shared(mesh, "ending_a", account)
    before = mesh.metric("AWS/States", "ExecutionsFailed", StateMachineArn=mesh.revoking_machine)
    for wish, reason in (
        ({"consumer": account, "table": "x"}, "UnknownField"),
        ({"consumer": account, "hold": "yes"}, "InvalidInput"),
        ({"share": "nobody:1"}, "InvalidInput"),
    ):
        end = revoke(mesh, **wish)
        assert (end.status, end.error) == ("FAILED", reason)
    assert mesh.grants(account) == {"ending.ending_a": SELECT_AND_DESCRIBE}
    assert mesh.metric("AWS/States", "ExecutionsFailed", StateMachineArn=mesh.revoking_machine) == before + 3


def test_a_revoke_that_aws_disturbs_comes_to_its_end(mesh: Mesh) -> None:
    account = mesh.new_account()
    share = shared(mesh, "ending_a", account)
    for operation, code, times in (
        ("BatchRevokePermissions", "ConcurrentModificationException", 2),
        ("ListPermissions", "ThrottlingException", 8),
    ):
        with mesh.fault("lakeformation", operation, code, times=times):
            assert revoke(mesh, share=share).status == "SUCCEEDED"
        assert mesh.shares(account)[share]["status"] == "REVOKED"
        assert mesh.grants(account) == {}
        share = shared(mesh, "ending_a", account)


def test_a_revoke_that_aws_denies_fails_by_name_and_sweep_has_it_tried_again(mesh: Mesh) -> None:
    account = mesh.new_account()
    share = shared(mesh, "ending_a", account)
    with mesh.fault("lakeformation", "BatchRevokePermissions", "AccessDeniedException"):
        end = revoke(mesh, share=share)
    assert (end.status, end.error) == ("FAILED", "RevokeIncomplete")
    assert end.cause is not None
    assert "AccessRefused" in end.cause
    assert mesh.shares(account)[share]["status"] == "REVOKING"
    mesh.clock("+2h")
    wait_until(lambda: mesh.shares(account)[share]["status"] == "REVOKED", 60, "another try")
    assert mesh.grants(account) == {}


def test_a_share_is_warned_of_and_ends_with_its_date(mesh: Mesh) -> None:
    account = mesh.new_account()
    wish = {"source": {"database": "ending", "table": "ending_a"}, "target": {"account_id": account}, "days": 20}
    arn = mesh.start_with(wish)
    assert mesh.finish(arn).output["status"] == "SHARED"
    share, other = f"{request_id(arn)}:1", shared(mesh, "ending_c", account)
    for step, days in (("+7d", 14), ("+11d", 3), ("+1d", 1)):
        mesh.clock(step)
        wait_until(
            lambda days=days: mesh.shares(account)[share].get("warned") == days, what=f"the warning {days} before"
        )
    assert reads(mesh, account) == {"ending.ending_a", "ending.ending_c"}
    mesh.clock("+1d")
    wait_until(lambda: mesh.shares(account)[share]["status"] == "REVOKED", 60, "the end")
    found = mesh.shares(account)[share]
    assert (found["reason"], reads(mesh, account)) == ("Expired", {"ending.ending_c"})
    told = wait_until(lambda: of if len(of := events(mesh, share)) == 4 else None, what="all events")
    assert [(each["detail-type"], each["detail"].get("days")) for each in told] == [
        *(("ShareEnds", days) for days in (14, 3, 1)),
        ("ShareEnded", None),
    ]
    assert mesh.shares(account)[other]["status"] == "ACTIVE"
    assert events(mesh, other) == []


def test_what_nobody_grants_any_more_is_taken_back(mesh: Mesh) -> None:
    account = mesh.new_account()
    share = shared(mesh, "ending_a", account)
    # As a Grant that died leaves it, whose request was closed without it.
    mesh.client("dynamodb").update_item(
        TableName=mesh.ledger,
        Key={"pk": {"S": account}, "entry": {"S": f"share#{share}"}},
        UpdateExpression="SET #status = :granting, busy_until = :past, due_at = :past, due = :yes",
        ExpressionAttributeNames={"#status": "status"},
        ExpressionAttributeValues={
            ":granting": {"S": "GRANTING"},
            ":past": {"S": "2026-01-01T00:00:00.000Z"},
            ":yes": {"S": "DUE"},
        },
    )
    mesh.control("POST", "/schedules/run")
    wait_until(lambda: mesh.shares(account)[share]["status"] == "REVOKED", 60, "the sweep")
    assert (mesh.shares(account)[share]["reason"], mesh.grants(account)) == ("NotShared", {})
    # What Sweep says of the ledger as a whole.
    groups = [each["logGroupName"] for each in mesh.client("logs").describe_log_groups()["logGroups"]]
    (group,) = [each for each in groups if "-sweep-" in each]
    measured = [json.loads(line) for line in mesh.log_lines(group) if "SharesOverdue" in line]
    assert measured[-1]["SharesLive"] >= 1


def test_who_can_read_a_table_is_one_query(mesh: Mesh) -> None:
    account = mesh.new_account()
    share = shared(mesh, "ending_c", account)
    answer = mesh.client("dynamodb").query(
        TableName=mesh.ledger,
        IndexName="by_data",
        KeyConditionExpression="live_database = :d",
        FilterExpression="#t IN (:t, :all)",
        ExpressionAttributeNames={"#t": "table"},
        ExpressionAttributeValues={":d": {"S": "ending"}, ":t": {"S": "ending_c"}, ":all": {"S": "*"}},
    )
    found = {item["entry"]: item for item in map(plain, answer["Items"])}
    assert found[f"share#{share}"]["pk"] == account
    assert {item["table"] for item in found.values()} <= {"ending_c", "*"}
    assert not {item["status"] for item in found.values()} & {"REVOKED"}
