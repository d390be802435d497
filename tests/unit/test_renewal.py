"""Who renews keeps what they have for longer, if it is as it was; otherwise its owner is asked, and nothing waits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from handlers.sharing import already_shared, renewal, shares
from handlers.sharing import classify as classifying
from handlers.sharing import grant as granting
from handlers.sharing.granter import Progress
from handlers.sharing.model.catalogue import Column
from handlers.sharing.model.classification import Ground, Rule
from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import NotRenewable, OnHold, RegisterUnreadable, TryAgain
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.record import Action, Decision, Ending, HistoryEntry, Status
from handlers.sharing.model.share import EndReason, Share, ShareStatus
from handlers.sharing.model.share_events import share_renewed
from handlers.sharing.model.share_steps import ending
from handlers.sharing.share_stores import Deliveries
from handlers.sharing.shares import Granting
from tests.fakes.world import CONSUMER, SharedAlready, World, input_of, pii_table, plain_table

AT = datetime.fromisoformat("2026-11-24T09:00:00+00:00")
ORDERS, PEOPLE, SALES, WEATHER = (
    input_of(),
    input_of("sales", "people"),
    input_of("sales", "*"),
    input_of("weather", "*"),
)
TEN_DAYS = "2026-12-04T09:00:00.000Z"
FIFTEEN_DAYS = "2026-12-09T09:00:00.000Z"
NOTE = HistoryEntry("2026-11-24T09:00:00.000Z", "Held", "operator", "an incident")


class Clock:
    """What time it is for Classify and Grant."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = AT
        for module in (already_shared, classifying, granting, renewal, shares):
            monkeypatch.setattr(module, "now", lambda: self.at)

    def pass_days(self, days: int) -> None:
        self.at += timedelta(days=days)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def share_of(world: World, share_id: str = "r1:1") -> Share:
    return world.ledger.shares[share_id]


def decided(world: World, action: Action = "approve", request_id: str = "r2") -> Decision:
    key = world.request_approval(request_id, f"token-{request_id}")
    decision = world.post(world.follow(key, request_id), action).decision
    assert decision is not None
    return decision


def run(world: World, request_id: str, document: dict[str, Any]) -> str:
    """A request to its end as shared; returns Grant's message."""
    decision = None
    if world.classify(request_id, document).needs_approval:
        decision = decided(world, request_id=request_id).id
    granted = world.grant(request_id, decision)
    assert granted.progress is Progress.SHARED
    world.close(Ending(Status.SHARED, None, granted.message), request_id)
    return granted.message


@pytest.fixture
def world(clock: Clock) -> World:
    return World()


def shared(world: World, document: dict[str, Any], days: int = 10) -> None:
    run(world, "r1", {**document, "days": days})


def renewing(document: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**document, "renews": "r1:1", "days": 30, **more}


@pytest.mark.parametrize("document", [ORDERS, WEATHER], ids=["a table", "a database"])
def test_of_what_is_as_it_was_only_the_end_moves(world: World, clock: Clock, document: dict[str, Any]) -> None:
    shared(world, document)
    granted, calls = set(world.lake.grants), len(world.lake.calls)
    clock.pass_days(5)
    assert world.classify("r2", renewing(document, days=10)).grounds == ()
    message = world.grant("r2").message
    share = share_of(world)
    assert (share.status, share.until, share.renewed_by) == (ShareStatus.ACTIVE, FIFTEEN_DAYS, "r2")
    assert (share.due_at, share.owed_events) == (iso(clock.at), (share_renewed(FIFTEEN_DAYS, "r2"),))
    assert world.ledger.history("r1:1") == ["Granting", "Active", "Renewed"]
    assert share.history[-1].detail == f"Until {FIFTEEN_DAYS}."
    assert list(world.ledger.shares) == ["r1:1"]
    assert (world.lake.grants, [each[0] for each in world.lake.calls[calls:] if "grant" in each[0]]) == (granted, [])
    record = world.register.records["r2"]
    assert (record.shared_by, record.granted, record.history[-1].event) == ("r1:1", None, "Renewed")
    assert "goes on being shared with account 999999999999 until 9 December 2026, 09:00 UTC. No approval" in message
    closed = world.close(Ending(Status.SHARED, None, message), "r2")
    assert (closed.status, share_of(world).status) == (Status.SHARED, ShareStatus.ACTIVE)


def test_a_late_call_of_grant_leaves_the_renewed_share_named(world: World) -> None:
    """Grant is called once more after the data have changed; the first answer counts."""
    shared(world, ORDERS)
    world.classify("r2", renewing(ORDERS))
    world.grant("r2")
    world.catalogue.put(world.catalogue.databases["sales"], pii_table("orders"))
    assert world.grant("r2").progress is Progress.CHANGED
    assert world.register.records["r2"].shared_by == "r1:1"


def test_the_warnings_of_a_share_that_was_renewed_start_over(world: World, clock: Clock) -> None:
    shared(world, ORDERS, days=2)
    assert share_of(world).warned == 3
    run(world, "r2", renewing(ORDERS))
    assert share_of(world).warned is None


def test_renewing_again_after_a_crash_changes_nothing(world: World, clock: Clock) -> None:
    shared(world, ORDERS)
    world.classify("r2", renewing(ORDERS, days=20))
    world.grant("r2")
    share = share_of(world)
    clock.pass_days(1)
    assert world.grant("r2").message.endswith("were read.")
    assert share_of(world) == share


@pytest.mark.parametrize("order", [("r2", "r3"), ("r3", "r2")], ids=" ".join)
def test_of_two_renewals_the_later_end_holds(world: World, order: tuple[str, str]) -> None:
    """Both were classified before either is granted."""
    shared(world, ORDERS)
    world.classify("r2", renewing(ORDERS, days=12))
    world.classify("r3", renewing(ORDERS, days=15))
    for request in order:
        world.grant(request)
    assert (share_of(world).until, share_of(world).renewed_by) == (FIFTEEN_DAYS, "r3")


def test_a_share_may_get_no_end(world: World) -> None:
    shared(world, ORDERS)
    message = run(world, "r2", {**ORDERS, "renews": "r1:1"})
    assert (share_of(world).until, share_of(world).history[-1].detail) == (None, "Without an end.")
    assert f"with account {CONSUMER} without an end. No" in message
    with pytest.raises(SharedAlready, match="r1:1"):
        world.classify("r3", renewing(ORDERS))


def test_what_lasts_as_long_already_is_shared_at_once(world: World) -> None:
    shared(world, PEOPLE)
    with pytest.raises(SharedAlready, match="r1:1"):
        world.classify("r2", renewing(PEOPLE, days=5))
    assert share_of(world).until == TEN_DAYS


# --- the owner is asked ---------------------------------------------------------------------------------------------


def another_column(world: World) -> None:
    world.catalogue.put(world.catalogue.databases["sales"], plain_table(columns=(Column("id", "bigint"),)))


def personal_by_now(world: World) -> None:
    world.catalogue.put(world.catalogue.databases["sales"], pii_table("orders"))


def nothing_changed(world: World) -> None:
    assert world.catalogue.databases


ASKED = {
    "changed": (ORDERS, another_column, {Rule.CHANGED_SINCE_SHARED}),
    "personal by now": (ORDERS, personal_by_now, {Rule.CHANGED_SINCE_SHARED, Rule.COLUMN_FLAGGED}),
    "personal": (PEOPLE, nothing_changed, {Rule.COLUMN_FLAGGED}),
    "a database": (SALES, another_column, {Rule.CHANGED_SINCE_SHARED, Rule.COLUMN_FLAGGED}),
}
of_what_asks = pytest.mark.parametrize(("document", "change", "rules"), ASKED.values(), ids=list(ASKED))


@of_what_asks
def test_what_is_personal_or_has_changed_takes_the_place_of_what_was_shared(
    world: World, document: dict[str, Any], change: Callable[[World], None], rules: set[Rule]
) -> None:
    shared(world, document)
    change(world)
    found = world.classify("r2", renewing(document))
    assert ({each.rule for each in found.grounds}, found.grounds_total) == (rules, len(found.grounds))
    table = None if document is SALES else document["source"]["table"]
    assert {each.table for each in found.grounds if each.rule is Rule.CHANGED_SINCE_SHARED} <= {table}
    assert ("not as it was when it was shared" in found.summary) == (Rule.CHANGED_SINCE_SHARED in rules)
    decision = decided(world)
    assert (share_of(world).status, share_of(world).until) == (ShareStatus.ACTIVE, TEN_DAYS)
    assert world.grant("r2", decision.id).progress is Progress.SHARED
    old, new = share_of(world), share_of(world, "r2:1")
    assert (old.status, old.reason, old.renewed_by) == (ShareStatus.REVOKING, EndReason.REPLACED, "r2")
    assert (old.ended_at, old.due_at) == (iso(AT), iso(AT))
    assert (new.status, new.until, new.approver) == (ShareStatus.ACTIVE, "2026-12-24T09:00:00.000Z", decision.approver)
    assert world.register.records["r2"].shared_by is None


@of_what_asks
def test_a_denial_leaves_what_was_shared_to_its_own_end(
    world: World, document: dict[str, Any], change: Callable[[World], None], rules: set[Rule]
) -> None:
    assert rules
    shared(world, document)
    change(world)
    world.classify("r2", renewing(document))
    before = share_of(world)
    decided(world, "deny")
    world.close(Ending(Status.DENIED, "Denied", "no"), "r2")
    assert (list(world.ledger.shares), share_of(world)) == (["r1:1"], before)


def test_what_has_only_changed_is_not_called_personal_data(world: World) -> None:
    shared(world, ORDERS)
    another_column(world)
    found = world.classify("r2", renewing(ORDERS))
    assert found.only_changed
    assert found.grounds == (Ground(Rule.CHANGED_SINCE_SHARED, "orders"),)
    assert found.summary == (
        "Nothing in it is personal data: 1 columns and partition keys in 1 table were read. But it is not as it was "
        "when it was shared."
    )
    personal_by_now(world)
    assert not world.classify("r2", renewing(ORDERS), round_=2).only_changed


def test_what_changes_before_it_is_granted_goes_to_the_owner(world: World) -> None:
    shared(world, ORDERS)
    assert not world.classify("r2", renewing(ORDERS)).needs_approval
    another_column(world)
    assert world.grant("r2").progress is Progress.CHANGED
    assert share_of(world).until == TEN_DAYS
    assert world.classify("r2", renewing(ORDERS), round_=2).only_changed


def test_a_flag_that_somebody_else_saw_meanwhile_asks_anew(world: World) -> None:
    """The ground that the data have changed must not stand in for one that was not known when the owner was asked."""
    shared(world, ORDERS)
    another_column(world)
    world.classify("r2", renewing(ORDERS))
    decision = decided(world)
    world.memory.remember("sales", {"orders": frozenset({"id"})})
    assert world.grant("r2", decision.id).progress is Progress.CHANGED
    assert share_of(world).status is ShareStatus.ACTIVE


def test_who_dies_before_the_old_share_ended_ends_it_the_next_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared(world, PEOPLE)
    world.classify("r2", renewing(PEOPLE))
    decision = decided(world)
    done = Granting.done

    def dies(granting_: Granting, deliveries: Deliveries | None) -> None:
        done(granting_, deliveries)
        raise TryAgain("gone")

    monkeypatch.setattr(Granting, "done", dies)
    with pytest.raises(TryAgain):
        world.grant("r2", decision.id)
    assert [each.status for each in world.ledger.shares.values()] == [ShareStatus.ACTIVE, ShareStatus.ACTIVE]
    monkeypatch.setattr(Granting, "done", done)
    assert world.grant("r2", decision.id).progress is Progress.SHARED
    assert share_of(world).reason is EndReason.REPLACED


# --- what cannot be renewed -----------------------------------------------------------------------------------------


def ended(world: World) -> None:
    world.ledger.apply(CONSUMER, "r1:1", ending(EndReason.REVOKED, iso(AT)))


def gone(world: World) -> None:
    world.ledger.shares["r1:1"] = replace(share_of(world), status=ShareStatus.REVOKED, live=False)


def being_granted(world: World) -> None:
    world.ledger.shares["r1:1"] = replace(share_of(world), status=ShareStatus.GRANTING)


def over(world: World) -> None:
    world.ledger.shares["r1:1"] = replace(share_of(world), until=iso(AT))


@pytest.mark.parametrize(
    ("document", "change", "said"),
    [
        (renewing(ORDERS), ended, "is REVOKING, so there is nothing to renew"),
        (renewing(ORDERS), gone, "has no share r1:1 that has not ended"),
        (renewing(ORDERS), being_granted, "is GRANTING"),
        (renewing(ORDERS), over, "ended 24 November 2026, 09:00 UTC"),
        (renewing(ORDERS, renews="r1:2"), nothing_changed, "has no share r1:2"),
        (renewing(PEOPLE), nothing_changed, "is one of sales.orders, not of sales.people"),
        (renewing(SALES), nothing_changed, "is one of sales.orders, not of sales.*"),
        (renewing(input_of(consumer="888888888888")), nothing_changed, "Account 888888888888 has no share r1:1"),
    ],
)
def test_what_cannot_be_renewed_is_refused_by_name(
    world: World, document: dict[str, Any], change: Callable[[World], None], said: str
) -> None:
    shared(world, ORDERS)
    change(world)
    with pytest.raises(NotRenewable) as raised:
        world.classify("r2", document)
    assert said in str(raised.value)
    assert str(raised.value).endswith("Ask without renews, as for data that the account does not have.")
    assert (raised.value.reason, raised.value.field) == ("NotRenewable", "renews")


@pytest.mark.parametrize("change", [ended, gone, over])
def test_an_end_waits_for_no_renewal(world: World, change: Callable[[World], None]) -> None:
    shared(world, ORDERS)
    world.classify("r2", renewing(ORDERS, days=20))
    change(world)
    before = share_of(world)
    with pytest.raises(NotRenewable):
        world.grant("r2")
    assert (list(world.ledger.shares), share_of(world)) == (["r1:1"], before)


@pytest.mark.parametrize("change", [ended, gone, over])
def test_what_an_owner_approved_is_granted_whatever_became_of_the_old_share(
    world: World, change: Callable[[World], None]
) -> None:
    shared(world, PEOPLE)
    world.classify("r2", renewing(PEOPLE))
    decision = decided(world)
    change(world)
    assert world.grant("r2", decision.id).progress is Progress.SHARED
    assert share_of(world, "r2:1").status is ShareStatus.ACTIVE
    assert share_of(world).status is not ShareStatus.ACTIVE


def test_a_share_that_the_ledger_lost_renews_nothing(world: World) -> None:
    shared(world, ORDERS)
    world.classify("r2", renewing(ORDERS, days=20))
    del world.ledger.shares["r1:1"]
    with pytest.raises(RegisterUnreadable, match="the ledger has none"):
        world.grant("r2")


def test_a_hold_keeps_an_end_from_moving(world: World) -> None:
    shared(world, ORDERS)
    world.classify("r2", renewing(ORDERS, days=20))
    world.ledger.put_hold(Hold("consumer", CONSUMER), NOTE)
    with pytest.raises(OnHold):
        world.grant("r2")
    assert share_of(world).until == TEN_DAYS


def test_who_revokes_comes_first(world: World) -> None:
    shared(world, ORDERS)
    world.classify("r2", renewing(ORDERS, days=20))
    world.ledger.leases[CONSUMER] = ("somebody", "2026-11-24T10:00:00.000Z")
    with pytest.raises(TryAgain, match="are being revoked"):
        world.grant("r2")
    assert share_of(world).until == TEN_DAYS


def test_a_share_that_is_ended_in_between_is_not_renewed(world: World) -> None:
    shared(world, ORDERS)
    world.classify("r2", renewing(ORDERS, days=20))

    def end_it(stage: str, name: str, *_: object) -> None:
        if (stage, name) == ("before", "apply_unless_held"):
            world.ledger.watch = lambda *_: None
            ended(world)

    world.ledger.watch = end_it
    with pytest.raises(TryAgain, match="was changed meanwhile"):
        world.grant("r2")
    with pytest.raises(NotRenewable):
        world.grant("r2")
    assert (share_of(world).status, share_of(world).until) == (ShareStatus.REVOKING, TEN_DAYS)
