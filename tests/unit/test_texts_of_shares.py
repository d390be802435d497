"""What people read who end, hold, adopt, settle and decide, where it is refused: to the letter, as in `test_texts`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from handlers.sharing.adopt_many import adopt_many
from handlers.sharing.end_shares import Ender, lift_hold, put_hold, revoke_share
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import TryAgain
from handlers.sharing.model.finding import Action
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.new_decision import NewDecision, parse_decision
from handlers.sharing.model.new_end import parse_hold, parse_revoke
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import Ending, HistoryEntry, Requester, Status
from handlers.sharing.model.revocation import Revocation, parse_revocation
from handlers.sharing.model.settlement import Adoption, parse_adoption, parse_settlement
from handlers.sharing.model.share import EndReason, ShareStatus
from handlers.sharing.model.share_steps import ending
from handlers.sharing.revoke import Look, Revoker, plan
from tests.fakes.desk import BOBBY, at_work
from tests.fakes.desk import JANE as APPROVING
from tests.fakes.lake import Grant
from tests.fakes.shares import put_share
from tests.fakes.world import APPROVER, CONSUMER, OTHER_OWNER, OWNER, STRANGER, World
from tests.unit.test_settle import AT, AUDREY, HAND, JANE, OPAL, Desk
from tests.unit.test_texts import said, text_of

WHY = {"reason": "why"}
SOURCE = {"database": "sales", "table": "people"}
REACHED = {"source": SOURCE, **WHY}

# --- what is posted -----------------------------------------------------------------------------------------------

ENDS: tuple[Any, ...] = (
    *([], {}, WHY, {**REACHED, "share": "r1:1"}, {**REACHED, "table": "x"}, {**WHY, "source": {**SOURCE, "rows": 1}}),
    *({**REACHED, "reason": each} for each in (None, 7, " ", "two\nlines", "x" * 1001)),
    *({**WHY, "share": each} for each in (7, "")),
    {**WHY, "share": "r1:1", "hold": True},
    *({**WHY, "consumer": each} for each in (7, "12345")),
    *({**WHY, "owner": each} for each in (7, "12345")),
    *({**REACHED, "dry_run": "false"}, {**REACHED, "hold": 1}, {**WHY, "source": "sales"}),
    *({**WHY, "source": each} for each in ({}, {"table": "x"}, {"database": "sales"}, {"database": "*", "table": "*"})),
)
SETTLEMENT = {"action": "adopt", "digest": "d", **WHY}
POSTED: dict[str, tuple[Callable[[Any], object], tuple[Any, ...]]] = {
    "the input of Revoke": (parse_revocation, ENDS),
    "a revoke": (
        partial(parse_revoke, share_id="r1:1"),
        ([], {}, {**WHY, "hold": 1}, {**WHY, "share": "r1:1"}, {**WHY, "dry_run": 1}),
    ),
    "a hold": (partial(parse_hold, lift=False), ([], WHY, {**REACHED, "hold": True}, {**REACHED, "share": "r1:1"})),
    "lifting one": (partial(parse_hold, lift=True), ([], WHY, {**REACHED, "dry_run": True})),
    "a settlement": (
        partial(parse_settlement, "f1"),
        (
            *([], {}, {**SETTLEMENT, "until": 1}),
            *({**SETTLEMENT, "action": each} for each in (None, 7, "grant")),
            *({**SETTLEMENT, "digest": each} for each in (None, 7, "")),
            *({**SETTLEMENT, "reason": each} for each in (None, 7, " ", "x" * 1001)),
        ),
    ),
    "an adoption": (
        parse_adoption,
        (
            *([], {}, {**WHY, "until": 1}, {**WHY, "owner": 7}, {**WHY, "owner": "1"}),
            *({**WHY, "database": each} for each in (7, "")),
            *({**WHY, "dry_run": each} for each in (None, 0, 1, "yes", False)),
            {**WHY, "dry_run": True, "seen": "s1"},
            *({**WHY, "seen": each} for each in (None, 7, "")),
        ),
    ),
    "a decision": (
        parse_decision,
        (
            *(None, [], {}, {"action": "Approve", "round": 1}, {"action": 7, "round": "1"}),
            *({"action": "approve", "round": each} for each in (True, 0, "1", None)),
            *({"action": "approve", "round": 1, "until": each} for each in (7, "tomorrow")),
            {"action": "deny", "round": 1, "until": "2027-01-01"},
            *({"action": "approve", "round": 1, "comment": each} for each in (7, "x" * 2001, "a\x00b")),
            {"action": "approve", "decided_by": "mailbox", "until": 7},
        ),
    ),
}


@pytest.mark.parametrize("kind", POSTED)
def test_posted(snapshot: SnapshotAssertion, kind: str) -> None:
    parse, documents = POSTED[kind]
    assert {said(each): text_of(partial(parse, each)) for each in documents} == snapshot


# --- findings -----------------------------------------------------------------------------------------------------


@pytest.fixture
def desk() -> Desk:
    desk = Desk()
    desk.people.addresses["jane"] = APPROVER
    return desk


def test_settled(desk: Desk, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    world, lake = desk.world, desk.world.lake
    lake.grants.add(HAND)
    by_hand = desk.one()
    settle = partial(desk.settle, finding=by_hand)
    texts = {
        "none": text_of(lambda: desk.settle(Action.ADOPT, finding=replace(by_hand, id="none"))),
        "not theirs": text_of(lambda: settle(Action.ADOPT, AUDREY)),
        "not of a share": text_of(lambda: settle(Action.ASK_ANEW)),
        "it has changed": text_of(lambda: desk.settle(Action.ADOPT, finding=replace(by_hand, digest="d"))),
    }
    desk.until = date(2026, 11, 24)
    # The end of that day, to the moment.
    desk.at = datetime.fromisoformat("2026-11-25T00:00:00Z")
    texts["over"] = text_of(lambda: settle(Action.ADOPT))
    desk.until, desk.at = None, AT
    world.ledger.put_hold(Hold("database", "weather", "rain"), HistoryEntry(iso(AT), "HoldPut"))
    texts["held"] = text_of(lambda: settle(Action.ADOPT))
    world.ledger.holds.clear()
    with monkeypatch.context() as quicker:
        quicker.setattr(desk.findings, "apply", lambda *_: (by_hand, False))
        texts["somebody was quicker"] = text_of(lambda: settle(Action.ACCEPT))
        quicker.setattr(desk.findings, "apply", lambda *_: (None, False))
        texts["it is gone"] = text_of(lambda: settle(Action.ACCEPT))
    settle(Action.REVOKE)
    texts["settled"] = text_of(lambda: settle(Action.ACCEPT))
    desk.findings.findings.clear()
    lake.grants = {Grant("sales", "orders", CONSUMER), Grant("nowhere", "rain", STRANGER)}
    world.ledger.shares = {"r1:1": world.ledger.shares["r1:1"]}
    texts["nobody's"] = text_of(lambda: desk.settle(Action.ADOPT, OPAL))
    desk.findings.findings.clear()
    lake.grants.clear()
    lost = desk.one()
    world.ledger.apply(CONSUMER, "r1:1", ending(EndReason.EXPIRED, iso(AT)))
    texts["ended"] = text_of(lambda: desk.settle(Action.ASK_ANEW, finding=lost))
    assert texts == snapshot


def test_left_of_many(desk: Desk, snapshot: SnapshotAssertion) -> None:
    world = desk.world
    world.lake.grants |= {HAND, Grant("sales", "people", CONSUMER), Grant("nowhere", "rain", STRANGER)}
    desk.settle(Action.ACCEPT, finding=one_of(desk, "weather"))
    world.lake.grants |= {HAND._replace(consumer=each) for each in (STRANGER, "arn:aws:iam::888888888888:role/a")}
    world.ledger.put_hold(Hold("consumer", STRANGER), HistoryEntry(iso(AT), "HoldPut"))
    desk.look()
    adopt = partial(adopt_many, person=desk.person(OPAL), by=desk.settler, now=lambda: AT)
    came = adopt(Adoption("why"))
    assert (came.findings, came.to_do, came.seen) == ([], 0, None)
    texts = {f"{each.finding.database} {each.finding.principal}": each.why for each in came.left}
    texts["not what was seen"] = text_of(lambda: adopt(Adoption("why", seen="s1")))
    texts["not theirs"] = text_of(lambda: adopt(Adoption("why", OTHER_OWNER), person=JANE))
    assert texts == snapshot


def one_of(desk: Desk, database: str) -> Any:
    desk.look()
    return next(each for each in desk.findings.findings.values() if each.database == database)


# --- ends and holds -----------------------------------------------------------------------------------------------


def test_ends(desk: Desk, snapshot: SnapshotAssertion) -> None:
    world = desk.world
    ender = Ender(world.register, world.ledger, world.revokes, desk.settler.standings)
    revoker = Revoker(world.register, world.ledger, world.events)
    revoke = partial(revoke_share, by=ender, at=AT)

    def planned(**wish: Any) -> object:
        failed = {"r1:1": "AccessRefused: no", "r2:1": "TryAgain: busy"}
        return plan(Revocation("why", **wish), "run", iso(AT), Look.SETTLED, failed, by=revoker, at=AT)

    put_share(world, "r2:1", "mixed", owner=Owner(OTHER_OWNER), consumer=STRANGER)
    texts = {
        "no share": text_of(lambda: revoke(Revocation("why", share="r9:1"), desk.person(OPAL))),
        "no share, in a run": text_of(lambda: planned(share="r9:1")),
        "not theirs": text_of(lambda: revoke(Revocation("why", share="r1:1"), desk.person(AUDREY))),
        "others' data, too": text_of(
            lambda: put_hold(Revocation("why", owner=OTHER_OWNER), desk.person(JANE), by=ender, at=AT)
        ),
        "no hold": text_of(lambda: lift_hold(Revocation("why", owner=OWNER), desk.person(OPAL), by=ender, at=AT)),
        "some failed": text_of(lambda: planned(consumer=CONSUMER)),
    }
    with pytest.raises(ValueError, match="on a share") as misused:
        put_hold(Revocation("why", share="r1:1"), desk.person(OPAL), by=ender, at=AT)
    texts["a hold on a share"] = str(misused.value)
    assert texts == snapshot
    assert {each.status for each in world.ledger.shares.values()} == {ShareStatus.ACTIVE}


# --- decisions signed in ------------------------------------------------------------------------------------------


def test_decisions(world: World, snapshot: SnapshotAssertion, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = at_work(world)
    record, approval = world.register.records["r1"], world.vault.approvals["r1"]
    texts = {
        "no request": text_of(lambda: desk.decide(request_id="r9")),
        "another round": text_of(lambda: desk.decide(new=NewDecision("approve", 2))),
        "a day that is over": text_of(lambda: desk.decide(new=NewDecision("approve", 1, date(2020, 1, 1)))),
    }
    world.register.records["r1"] = replace(record, requester=Requester("sub-2", "Jane+lake@owner.example"))
    texts["their own"] = text_of(desk.decide)
    world.register.records["r1"] = record
    # At that moment it is over.
    texts["late"] = text_of(lambda: desk.decide(now=datetime.fromisoformat(approval.expires_at)))
    world.register.records["r1"] = replace(record, status=Status.SHARING)
    texts["being shared"] = text_of(desk.decide)
    world.register.records["r1"] = record
    world.workflow.fail("send_decision", TryAgain("busy"))
    texts["not known"] = text_of(desk.decide)
    with monkeypatch.context() as rival:
        rival.setattr(world.workflow, "send_decision", lambda *_: False)
        texts["not written yet"] = text_of(desk.decide)
    decided_at = now() + timedelta(minutes=1)
    decision = desk.decide(new=NewDecision("approve", 1, decided_at.date()), now=decided_at).decision
    world.register.records["r1"] = replace(record, decision=replace(decision, at="2026-12-01T09:00:00.000Z"))  # type: ignore[type-var]
    for name, person, new in (
        ("by another", BOBBY, NewDecision("approve", 1, decided_at.date())),
        ("otherwise", APPROVING, NewDecision("deny", 1)),
        ("with another day", APPROVING, NewDecision("approve", 1)),
    ):
        texts[name] = text_of(partial(desk.decide, person, new))
    assert desk.decide(new=NewDecision("approve", 1, decided_at.date())).decision is not None
    world.register.records["r1"] = record
    world.close(Ending(Status.EXPIRED, "ApprovalTimedOut", "Nobody decided."), started_at=None)
    texts["ended"] = text_of(desk.decide)
    assert texts == snapshot
