"""Two at the shares of one account at the same instant: whoever is first, it can read in the end what lives."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers.sharing.model.clock import iso
from tests.workflow.driver import DESCRIBE, REVIEWS, SELECT_AND_DESCRIBE, Grants, Mesh, request_id, wait_until
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(retry_seconds=0.2, retries=50, config=WITHOUT_PORTAL)
TABLES = ("racing_a", "racing_b")
ROUNDS = 6


@pytest.fixture(scope="module", autouse=True)
def _data(mesh: Mesh) -> None:
    mesh.catalogue.add_database("racing", owner=REVIEWS)
    for name in TABLES:
        mesh.catalogue.add_table("racing", name)


def ask(mesh: Mesh, account: str, table: str = "*", **more: object) -> str:
    source = {"database": "racing", "table": table}
    return mesh.start_with({"source": source, "target": {"account_id": account}, **more})


def shared(mesh: Mesh, account: str, table: str = "*", **more: object) -> str:
    arn = ask(mesh, account, table, **more)
    assert mesh.finish(arn).end == ("SHARED", None)
    return f"{request_id(arn)}:1"


def revoke(mesh: Mesh, **wish: object) -> str:
    """Starts the state machine that revokes."""
    states = mesh.client("stepfunctions")
    machines = states.list_state_machines()["stateMachines"]
    (machine,) = [each["stateMachineArn"] for each in machines if "revoking" in each["name"]]
    return str(
        states.start_execution(stateMachineArn=machine, input=json.dumps({"reason": "a test", **wish}))["executionArn"]
    )


def over(mesh: Mesh, *runs: str) -> None:
    """Waits until these have revoked what they were to."""
    states = mesh.client("stepfunctions")
    for run in runs:
        status = wait_until(
            lambda run=run: (
                found if (found := states.describe_execution(executionArn=run)["status"]) != "RUNNING" else ""
            ),
            60,
            "the end of revoking",
        )
        assert status == "SUCCEEDED"


def settled(mesh: Mesh, account: str) -> Mapping[str, Any]:
    """The shares once none is on its way, after holding what is granted to being their union."""
    wait_until(
        lambda: {each["status"] for each in mesh.shares(account).values()} <= {"ACTIVE", "REVOKED"}, 60, "all at rest"
    )
    shares = mesh.shares(account)
    expected: Grants = {}
    for share in (each for each in shares.values() if each["status"] == "ACTIVE"):
        names = share.get("names", [share["table"]])
        expected |= {f"racing.{name}": SELECT_AND_DESCRIBE for name in names}
        expected |= {"racing": DESCRIBE} if share["table"] == "*" else {}
    assert mesh.grants(account) == expected
    return shares


def test_a_revoke_and_a_new_grant_of_the_same_tables(mesh: Mesh) -> None:
    """What was asked for after the revoke began stays; it waits for the lease, and is granted behind it."""
    for round_ in range(ROUNDS):
        account = mesh.new_account()
        old = shared(mesh, account)
        if round_ % 2:
            run, arn = revoke(mesh, consumer=account), ask(mesh, account, "racing_a")
        else:
            arn, run = ask(mesh, account, "racing_a"), revoke(mesh, consumer=account)
        assert mesh.finish(arn, 60).end == ("SHARED", None)
        over(mesh, run)
        assert settled(mesh, account)[old]["status"] == "REVOKED"
        if round_ % 2:
            assert mesh.grants(account) == {"racing.racing_a": SELECT_AND_DESCRIBE}


def test_two_revokes_of_shares_that_overlap(mesh: Mesh) -> None:
    for _ in range(ROUNDS):
        account = mesh.new_account()
        shares = [shared(mesh, account), shared(mesh, account, "racing_a")]
        over(mesh, *[revoke(mesh, share=each) for each in (*shares, *shares)])
        assert {each["status"] for each in settled(mesh, account).values()} == {"REVOKED"}
        assert mesh.grants(account) == {}
        told = [each["detail"]["share_id"] for each in mesh.told() if each["detail-type"] == "ShareEnded"]
        assert [each for each in told if each in shares] in (shares, shares[::-1])


def test_a_revoke_and_a_renewal(mesh: Mesh) -> None:
    """Moved or not, the end comes now; who is too late is told so by name."""
    for round_ in range(ROUNDS):
        account = mesh.new_account()
        share = shared(mesh, account, days=20)
        if round_ % 2:
            run, arn = revoke(mesh, share=share), ask(mesh, account, days=40, renews=share)
        else:
            arn, run = ask(mesh, account, days=40, renews=share), revoke(mesh, share=share)
        assert mesh.finish(arn, 60).end in {("SHARED", None), ("REFUSED", "NotRenewable")}
        over(mesh, run)
        assert settled(mesh, account)[share]["status"] == "REVOKED"
        assert mesh.grants(account) == {}


@pytest.mark.parametrize("_", range(2))
def test_an_end_that_comes_while_it_is_renewed(mesh: Mesh, account: str, _: int) -> None:
    """Either the end has moved and it goes on, or it has come; never both."""
    share = shared(mesh, account, days=1)
    arn = ask(mesh, account, days=40, renews=share)
    mesh.clock("+1d")
    end = mesh.finish(arn, 60).end
    mesh.control("POST", "/schedules/run", rule="sweep")
    ends_as = {("SHARED", None): "ACTIVE", ("REFUSED", "NotRenewable"): "REVOKED"}[end]
    wait_until(lambda: mesh.shares(account)[share]["status"] == ends_as, 60, ends_as)
    settled(mesh, account)


def test_a_lease_whose_holder_died_keeps_others_waiting_until_it_ends(mesh: Mesh) -> None:
    account = mesh.new_account()
    share = shared(mesh, account)
    until = datetime.fromisoformat(mesh.control("GET", "/clock")["now"]) + timedelta(seconds=4)
    lease = {"version": {"N": "1"}, "until": {"S": iso(until)}, "holder": {"S": "who died"}}
    mesh.client("dynamodb").put_item(
        TableName=mesh.ledger, Item={"pk": {"S": account}, "entry": {"S": "lease"}, **lease}
    )
    arn = ask(mesh, account, "racing_a")
    over(mesh, revoke(mesh, share=share))
    assert mesh.finish(arn, 60).end == ("SHARED", None)
    shares = settled(mesh, account)
    assert shares[share]["status"] == "REVOKED"
    # Neither went on before the lease was over.
    assert min(shares[f"{request_id(arn)}:1"]["active_at"], shares[share]["history"][-1]["at"]) > iso(until)
