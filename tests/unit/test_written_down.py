"""What becomes of a finding, an end, a hold: all that is written down, started and told, to the letter.

Other tests say what must hold. `__snapshots__/` has each field that none of them looks at, names of runs and ids among
them: a release that names them otherwise begins twice what the one before has begun.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from handlers.sharing import take_back as taking_back
from handlers.sharing.due import Seers, see_to_due
from handlers.sharing.end_shares import Ender, lift_hold, put_hold, revoke_share
from handlers.sharing.give_back import give_back
from handlers.sharing.model.clock import iso, moment
from handlers.sharing.model.finding import Action
from handlers.sharing.model.parties import Parties, Producer
from handlers.sharing.model.request import Source
from handlers.sharing.model.revocation import IN_THE_PORTAL, Revocation
from handlers.sharing.model.share import ShareStatus
from handlers.sharing.model.share_steps import next_due
from handlers.sharing.model.term import Term
from handlers.sharing.revoke import Look, Revoker, plan
from tests.fakes.lake import Grant
from tests.fakes.shares import put_share
from tests.fakes.world import APPROVER, CONSUMER, OTHER_OWNER, OWNER, STRANGER, pii_table
from tests.unit.test_settle import ALEX, AT, HAND, OPAL, Desk
from tests.unit.written import all_written, lines, written


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    monkeypatch.setattr(taking_back, "now", lambda: AT + timedelta(minutes=1))
    desk = Desk()
    desk.people.addresses["jane"] = APPROVER
    desk.until = date(2027, 6, 30)
    desk.world.parties = Parties({OWNER: Producer(OWNER, "Sales"), OTHER_OWNER: Producer(OTHER_OWNER)})
    return desk


# --- Drift, and who settles what it finds -----------------------------------------------------------------------------


def _past_lakeshare(desk: Desk) -> None:
    desk.world.lake.grants |= {HAND, *(HAND._replace(table=each) for each in ("wind", "*", None))}


def _one_past_lakeshare(desk: Desk) -> None:
    desk.world.lake.grants.add(HAND)


def _lost(desk: Desk) -> None:
    record = desk.world.register.records["r1"]
    desk.world.register.records["r1"] = replace(record, asked=Term(days=30))
    desk.world.lake.grants.clear()


@pytest.mark.parametrize(
    ("before", "action"),
    [
        (_past_lakeshare, Action.ADOPT),
        (_past_lakeshare, Action.REVOKE),
        (_one_past_lakeshare, Action.ADOPT),
        (_one_past_lakeshare, Action.ACCEPT),
        (_lost, Action.REVOKE),
        (_lost, Action.ASK_ANEW),
        (_lost, Action.ACCEPT),
    ],
)
def test_settled(desk: Desk, snapshot: SnapshotAssertion, before: Callable[[Desk], None], action: Action) -> None:
    before(desk)
    desk.settle(action)
    desk.take_back()
    assert all_written(desk.world, desk.findings) == snapshot
    # What was settled and is there an hour later is open again.
    before(desk)
    desk.at += timedelta(hours=1)
    desk.look()
    assert lines(desk.findings.findings) == snapshot(name="an hour later")


def test_found(desk: Desk, snapshot: SnapshotAssertion) -> None:
    world = desk.world
    put_share(world, "r2:1", "*", ["orders", "people"], consumer=STRANGER)
    world.lake.grants -= {Grant("sales", "people", STRANGER)}
    world.lake.grants |= {HAND, Grant("sales", "people", CONSUMER), Grant("nowhere", "rain", CONSUMER)}
    world.lake.grants |= {Grant("weather", f"t{number}", STRANGER) for number in range(5)}
    world.catalogue.put(world.catalogue.databases["sales"], pii_table("orders"))
    desk.look()
    assert all_written(world, desk.findings) == snapshot
    world.lake.grants = {Grant("sales", "orders", CONSUMER), HAND._replace(table="wind")}
    desk.at += timedelta(hours=1)
    desk.look()
    assert lines(desk.findings.findings) == snapshot(name="an hour later")


# --- ends and holds in the portal -------------------------------------------------------------------------------------

HOLDS: dict[str, dict[str, Any]] = {
    "consumer": {"consumer": CONSUMER},
    "owner": {"owner": OWNER},
    "database": {"source": Source("sales", "*")},
    "table": {"source": Source("sales", "orders")},
}


def in_the_portal(desk: Desk, do: Callable[..., Any], **wish: Any) -> Any:
    world = desk.world
    by = Ender(world.register, world.ledger, world.revokes, desk.settler.standings)
    return written(do(Revocation("The contract has ended.", **wish), desk.person(OPAL), by=by, at=desk.at))


@pytest.mark.parametrize("dry_run", [True, False])
@pytest.mark.parametrize("wish", [{"share": "r1:1"}, {"share": "r1:1", "hold": True}], ids=["share", "its data, too"])
def test_ended_in_the_portal(desk: Desk, snapshot: SnapshotAssertion, wish: dict[str, Any], dry_run: bool) -> None:
    # Written down since: where its data are held it ends, too.
    put_share(desk.world, "r2:1", "*", consumer=STRANGER, since="2026-11-24T10:00:00.001Z")
    outcome = in_the_portal(desk, revoke_share, **wish, dry_run=dry_run)
    assert [outcome, all_written(desk.world)] == snapshot


def test_given_back(desk: Desk, snapshot: SnapshotAssertion) -> None:
    world, standings = desk.world, desk.settler.standings
    ports = {"register": world.register, "ledger": world.ledger, "revokes": world.revokes, "standings": standings}
    shares = [give_back("r1:1", "No use for it.", ALEX, **ports, at=desk.at) for _ in range(2)]  # type: ignore[arg-type]
    assert [lines(shares), all_written(world)] == snapshot


@pytest.mark.parametrize("on", HOLDS)
def test_held_and_lifted_in_the_portal(desk: Desk, snapshot: SnapshotAssertion, on: str) -> None:
    put_share(desk.world, "r2:1", "*", consumer=STRANGER)
    outcomes = [in_the_portal(desk, put_hold, **HOLDS[on], hold=True, dry_run=dry_run) for dry_run in (True, False)]
    desk.at += timedelta(hours=1)
    outcomes.append(in_the_portal(desk, lift_hold, **HOLDS[on], hold=False))
    assert [outcomes, all_written(desk.world)] == snapshot


# --- the state machine that revokes, and what falls due ---------------------------------------------------------------


@pytest.mark.parametrize("on", HOLDS)
@pytest.mark.parametrize("by", ["an operator", "the portal"])
def test_held(desk: Desk, snapshot: SnapshotAssertion, on: str, by: str) -> None:
    world = desk.world
    put_share(world, "r2:1", "*", consumer=STRANGER)
    reason = IN_THE_PORTAL if by == "the portal" else "incident 7"
    wish = Revocation(reason, **HOLDS[on], hold=True)
    revoker = Revoker(world.register, world.ledger, world.events)
    step = partial(plan, run="run", began=iso(AT), failed={}, by=revoker, at=AT)
    plans = [step(replace(wish, dry_run=True), look=Look.START)]
    if by == "the portal":
        in_the_portal(desk, put_hold, **HOLDS[on], hold=True)
    plans.append(step(wish, look=Look.START))
    desk.take_back()
    plans += [step(wish, look=look) for look in (Look.REVOKED, Look.SETTLED)]
    plans.append(step(replace(wish, hold=False), look=Look.START))
    assert [lines(plans), all_written(world)] == snapshot


def test_due(desk: Desk, snapshot: SnapshotAssertion) -> None:
    until = "2026-12-24T00:00:00.000Z"
    seen = []
    put_share(desk.world, "r2:1", "people", until=until, due_at=next_due(until, None))
    put_share(desk.world, "r3:1", "gone", status=ShareStatus.GRANTING, busy_until=iso(AT), due_at=iso(AT))
    del desk.world.register.records["r3"]
    by = Seers(desk.world.ledger, desk.world.register, desk.world.revokes, desk.world.events)
    for days in (14, 3, 1, 0, -1):
        at = moment(until) - timedelta(days=days)
        seen.append(see_to_due(by=by, every=timedelta(minutes=15), at=at, seconds_left=lambda: 900.0))
    desk.take_back()
    assert [lines(seen), all_written(desk.world)] == snapshot
