"""What is granted is a share from before the first grant on, and is taken back unless the request ends as shared."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing import grant as granting
from handlers.sharing import shares
from handlers.sharing.already_shared import told_already
from handlers.sharing.close import announce_owed
from handlers.sharing.grant import Shared
from handlers.sharing.granter import Progress
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import AccessRefused, GrantRefused, LakeshareError, OnHold, RequestClosed, TryAgain
from handlers.sharing.model.grants import covered
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import Ending, Granted, HistoryEntry, Requester, Status
from handlers.sharing.model.request import Source
from handlers.sharing.model.share import EndReason, Share, ShareStatus
from handlers.sharing.model.share_steps import ending
from handlers.sharing.shares import Granting, begin
from tests.fakes.lake import Grant
from tests.fakes.ledger import MemoryLedger
from tests.fakes.world import APPROVER, CONSUMER, OWNER, SharedAlready, World, input_of, pii_table, plain_table

NOTE = HistoryEntry("2026-11-24T09:00:00.000Z", "Held", "operator", "an incident")
AT = datetime.fromisoformat("2026-11-24T09:00:00+00:00")
DEADLINE = "2026-11-24T09:16:00.000Z"
"""Of an invocation with 15 minutes, and a minute of grace."""
HOLDS = {
    "the consumer": Hold("consumer", CONSUMER),
    "the owner": Hold("owner", OWNER),
    "the database": Hold("database", "weather"),
    "a table": Hold("database", "weather", "t00010"),
}


class Clock:
    """What time it is for Grant."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.at = AT
        for module in (granting, shares):
            monkeypatch.setattr(module, "now", lambda: self.at)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def prepared(tables: int = 50) -> World:
    """A world in which `weather`, of so many tables, was classified as plain."""
    world = World()
    world.catalogue.entries["weather"].clear()
    world.catalogue.put(world.catalogue.databases["weather"], *(plain_table(f"t{at:05}") for at in range(tables)))
    world.classify(document=input_of("weather", "*"))
    return world


def the_share(world: World, share_id: str = "r1:1") -> Share:
    return world.ledger.shares[share_id]


def during(world: World, method: str, then: Callable[[], object], when: str = "after", fake: Any = None) -> None:
    """Do something once, in the first call of a method."""
    fake = fake or world.lake

    def watch(stage: str, name: str, *_: object) -> None:
        if (stage, name) == (when, method):
            fake.watch = lambda *_: None
            then()

    fake.watch = watch


# --- written down -------------------------------------------------------------------------------------------------


def test_a_share_says_what_why_and_by_whose_decision(world: World) -> None:
    world.classify(document=input_of("sales", "people"))
    record = replace(world.register.records["r1"], requester=Requester("p1", "anna@x.example"), purpose="a report")
    world.register.records["r1"] = record
    decision = world.decided(world.request_approval())
    world.grant(decision_id=decision.id)
    share = the_share(world)
    classification = record.classification
    assert classification is not None
    assert (share.status, share.source, share.scope) == (ShareStatus.ACTIVE, record.source, classification.scope)
    assert (share.owner, share.fingerprint, share.tables) == (classification.owner, classification.fingerprint, 1)
    assert (share.parts, world.ledger.covered) == (0, {share.id: ()})
    assert (share.requester, share.purpose, share.approver) == (record.requester, "a report", APPROVER)
    assert (share.busy_until, share.live, world.ledger.history("r1:1")) == (None, True, ["Granting", "Active"])


@pytest.mark.parametrize(
    ("document", "wildcard"),
    [(input_of(), False), (input_of("weather", "*"), False), (input_of("sales", "*"), True)],
    ids=["a table", "by name", "by wildcard"],
)
def test_nothing_is_granted_that_no_share_covers(world: World, document: dict[str, Any], *, wildcard: bool) -> None:
    world.wildcard_on_approval = wildcard
    decision = world.decided(world.request_approval()).id if world.classify(document=document).needs_approval else None

    def is_covered(*_: object) -> None:
        (share,) = world.ledger.shares.values()
        assert share.busy_until is not None or share.status is ShareStatus.ACTIVE
        whole = covered(share.source, share.scope, world.ledger.covered[share.id] if share.parts else ())
        assert {(each.database, each.table or None) for each in whole} >= {each[:2] for each in world.lake.grants}

    world.lake.watch = is_covered
    assert world.grant(decision_id=decision).progress is Progress.SHARED
    (share,) = world.ledger.shares.values()
    whole = covered(share.source, share.scope, world.ledger.names(share))
    assert {Grant(each.database, each.table or None, CONSUMER) for each in whole} == world.lake.grants


@pytest.mark.parametrize("method", ["write_names", "apply_unless_held"])
def test_what_cannot_be_written_down_is_not_granted(method: str) -> None:
    world = prepared()
    world.ledger.fail(method, TryAgain("busy"))
    with pytest.raises(TryAgain):
        world.grant()
    assert world.lake.grants == set()
    assert world.grant().progress is Progress.SHARED


def test_what_is_granted_is_shared_only_once_the_ledger_has_it_so() -> None:
    world = prepared()
    world.ledger.fail("apply_unless_held", None, TryAgain("busy"))
    with pytest.raises(TryAgain):
        world.grant()
    assert the_share(world).status is ShareStatus.GRANTING
    assert world.grant().progress is Progress.SHARED
    assert the_share(world).status is ShareStatus.ACTIVE


def test_a_retry_that_finds_it_shared_grants_nothing_again() -> None:
    world = prepared()
    world.ledger.fail_after("apply_unless_held", None, TryAgain("the answer got lost"))
    with pytest.raises(TryAgain):
        world.grant()
    lines, calls = world.register.history("r1"), list(world.lake.calls)
    shared = world.grant()
    assert (shared.progress, shared.message[:34]) == (Progress.SHARED, "Database weather with 50 tables, b")
    assert (world.register.history("r1"), world.lake.calls) == (lines, calls)


# --- until when somebody may be granting --------------------------------------------------------------------------


def test_a_share_is_busy_until_the_deadline_of_whoever_grants(clock: Clock) -> None:
    world = prepared()
    seen: list[str | None] = []
    world.lake.watch = lambda *_: seen.append(the_share(world).busy_until)
    world.lake.refusals = lambda table: GrantRefused("no") if table == "t00025" else None
    with pytest.raises(GrantRefused):
        world.grant()
    assert set(seen) == {DEADLINE}
    assert (the_share(world).busy_until, the_share(world).due_at) == (None, DEADLINE)
    clock.at += timedelta(minutes=5)
    world.lake.refusals = lambda _table: None
    world.lake.watch = lambda *_: None
    assert world.grant(seconds_left=lambda: 59.0) == Shared(Progress.MORE, "t00019")
    assert (the_share(world).busy_until, the_share(world).due_at) == (None, "2026-11-24T09:06:59.000Z")


def test_one_that_cannot_say_that_it_rests_is_waited_for(clock: Clock) -> None:
    del clock
    world = prepared()
    world.lake.refusals = lambda _table: GrantRefused("no")
    world.ledger.fail("apply", AccessRefused("denied"))
    with pytest.raises(GrantRefused):
        world.grant()
    assert the_share(world).busy_until == DEADLINE


@pytest.mark.parametrize("fails", [True, False])
def test_one_that_goes_on_although_another_took_its_place_is_waited_for(clock: Clock, *, fails: bool) -> None:
    world = prepared()
    left: list[Share] = []

    def another() -> None:
        clock.at -= timedelta(minutes=1)
        if fails:
            world.lake.fail("grant_tables", GrantRefused("no"))
        with pytest.raises(GrantRefused) if fails else nullcontext():
            world.grant()
        left.append(the_share(world))

    during(world, "grant_database", another)
    with nullcontext() if fails else pytest.raises(TryAgain):
        world.grant()
    (share,) = left
    assert (share.status, share.busy_until) == (ShareStatus.GRANTING if fails else ShareStatus.ACTIVE, DEADLINE)
    assert the_share(world).busy_until is None


@given(st.lists(st.tuples(st.booleans(), st.integers(0, 3), st.integers(0, 1200)), max_size=12))
def test_whoever_may_be_granting_is_waited_for(steps: list[tuple[bool, int, int]]) -> None:
    """In whatever order invocations begin and rest, and whichever has the later deadline."""
    ledger, at_it = MemoryLedger(), list[tuple[Granting, str]]()
    share = Share(
        "r1:1", CONSUMER, ShareStatus.GRANTING, Source("a", "b"), Scope.TABLE, Owner(OWNER, ""), "f", iso(AT), tables=1
    )
    for begins, which, seconds in steps:
        deadline = AT + timedelta(seconds=seconds)
        if begins:
            there = ledger.find(CONSUMER, "r1:1")
            at_it.append((begin(share, there, (), deadline, ledger), iso(deadline + shares.GRACE)))
        elif at_it:
            at_it.pop(which % len(at_it))[0].rest()
        if at_it:
            until = ledger.shares["r1:1"].busy_until
            assert until is not None
            assert until >= max(ends for _, ends in at_it)
    while at_it:
        at_it.pop()[0].rest()


def test_a_deadline_is_never_taken_for_another_ones() -> None:
    assert shares.busy_until(AT, None) == iso(AT)
    assert shares.busy_until(AT, iso(AT - timedelta(seconds=1))) == iso(AT)
    for before in (iso(AT), iso(AT + timedelta(seconds=1))):
        assert shares.busy_until(AT, before) > before


# --- what ends otherwise ------------------------------------------------------------------------------------------

FAILED = Ending(Status.FAILED, "Fault", "It failed.")


@pytest.mark.parametrize("status", [each for each in Status if not each.is_open])
def test_what_a_request_granted_that_ends_otherwise_is_taken_back_before_the_world_hears(status: Status) -> None:
    world = prepared()
    world.lake.refusals = lambda table: GrantRefused("no") if table == "t00025" else None
    with pytest.raises(GrantRefused):
        world.grant()

    def told(when: str, _method: str, _arguments: object, _result: object) -> None:
        if when == "before" and status is not Status.SHARED:
            assert the_share(world).status is ShareStatus.REVOKING

    world.events.watch = told
    record = world.close(Ending(status, "Reason", "It ended."))
    share = the_share(world)
    if status is Status.SHARED:
        assert share.holds
        return
    assert (share.status, share.reason, share.due_at) == (ShareStatus.REVOKING, EndReason.NOT_SHARED, share.ended_at)
    message = world.events.put[-1].announcement.facts["message"]
    assert message == (
        "It ended. Granted already: 39 tables of database weather. That is taken back from account 999999999999."
    )
    assert record.granted is not None


@pytest.mark.parametrize("again", ["close", "sweep"])
def test_whoever_finishes_a_close_that_died_has_it_taken_back(again: str) -> None:
    world = prepared()
    world.grant(seconds_left=lambda: 0.0)
    world.ledger.fail("apply", TryAgain("busy"))
    with pytest.raises(TryAgain):
        world.close(FAILED)
    assert the_share(world).holds
    assert "RequestFailed" not in world.events.types()
    if again == "close":
        world.close(FAILED)
    else:
        assert world.sweep().closed == 1
    assert the_share(world).reason is EndReason.NOT_SHARED
    assert world.events.types()[-1] == "RequestFailed"


def test_a_request_whose_consumer_is_not_known_has_none(world: World) -> None:
    with pytest.raises(LakeshareError):
        world.classify(document={})
    assert world.close(FAILED).status is Status.FAILED
    assert world.ledger.calls == []


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_request_that_ends_while_its_share_is_written_down_grants_nothing(when: str) -> None:
    """Either Close finds the share, or Grant finds that the request has ended."""
    world = prepared()
    during(world, "apply_unless_held", lambda: world.close(FAILED), when, world.ledger)
    with pytest.raises(RequestClosed):
        world.grant()
    assert world.lake.grants == set()
    assert (the_share(world).reason, the_share(world).busy_until) == (EndReason.NOT_SHARED, None)


def test_a_request_that_ends_while_it_is_granted_is_not_shared() -> None:
    world = prepared()
    during(world, "grant_database", lambda: world.close(FAILED))
    with pytest.raises(TryAgain):
        world.grant()
    with pytest.raises(RequestClosed):
        world.grant()
    assert (the_share(world).status, the_share(world).busy_until) == (ShareStatus.REVOKING, None)


@pytest.mark.parametrize("status", [ShareStatus.REVOKING, ShareStatus.REVOKED])
def test_a_share_that_is_taken_back_grants_nothing_again(status: ShareStatus) -> None:
    world = prepared()
    world.grant(seconds_left=lambda: 0.0)
    world.ledger.apply(CONSUMER, "r1:1", ending(EndReason.REVOKED, "2026-11-24T09:00:00.000Z"))
    world.ledger.shares["r1:1"] = replace(the_share(world), status=status)
    batches = list(world.lake.batches)
    with pytest.raises(RequestClosed, match="r1:1"):
        world.grant(after="t00019")
    assert world.lake.batches == batches


# --- a catalogue that changes -------------------------------------------------------------------------------------


@pytest.mark.parametrize("lost", [None, "register", "ledger"])
def test_what_was_granted_before_a_change_is_taken_back_and_the_next_round_is_a_share_of_its_own(
    lost: str | None,
) -> None:
    world = prepared()
    first = world.grant(seconds_left=lambda: 0.0)
    world.catalogue.put(world.catalogue.databases["weather"], pii_table("t00030"))
    if lost is not None:
        (world.register if lost == "register" else world.ledger).fail_after("apply", TryAgain("lost"))
        with pytest.raises(TryAgain):
            world.grant(after=first.after)
    assert world.grant(after=first.after).progress is Progress.CHANGED
    share = the_share(world)
    assert (share.status, share.reason) == (ShareStatus.REVOKING, EndReason.CATALOGUE_CHANGED)
    assert world.register.records["r1"].status is Status.RECEIVED

    world.classify(document=input_of("weather", "*"), round_=2)
    decision = world.decided(world.request_approval())
    assert world.grant(decision_id=decision.id).progress is Progress.SHARED
    second = the_share(world, "r1:2")
    assert (second.status, second.approver, share.fingerprint != second.fingerprint) == (
        ShareStatus.ACTIVE,
        APPROVER,
        True,
    )
    assert the_share(world).status is ShareStatus.REVOKING


def test_what_an_earlier_round_granted_counts_for_no_later_one() -> None:
    world = prepared()
    world.grant(seconds_left=lambda: 0.0)
    for name in (f"t{at:05}" for at in range(30)):
        world.catalogue.drop("weather", name)
    assert world.grant(after="t00019").progress is Progress.CHANGED
    world.classify(document=input_of("weather", "*"), round_=2)
    assert world.grant().progress is Progress.SHARED
    found = world.register.records["r1"].granted
    assert found == Granted(20, tuple(f"t{at:05}" for at in range(30, 50)), database=True)


def test_a_request_that_fails_in_its_second_round_has_both_shares_taken_back() -> None:
    world = prepared()
    world.grant(seconds_left=lambda: 0.0)
    world.catalogue.drop("weather", "t00030")
    world.grant(after="t00019")
    world.classify(document=input_of("weather", "*"), round_=2)
    world.grant(seconds_left=lambda: 0.0)
    world.ledger.calls.clear()
    world.close(FAILED)
    reasons = {name: share.reason for name, share in world.ledger.shares.items()}
    assert reasons == {"r1:1": EndReason.CATALOGUE_CHANGED, "r1:2": EndReason.NOT_SHARED}
    assert [given[1] for method, given in world.ledger.calls if method == "apply"] == ["r1:1", "r1:2"]


# --- holds and leases ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("held", HOLDS)
def test_nobody_is_asked_about_what_is_held(held: str) -> None:
    world = prepared()
    world.ledger.put_hold(HOLDS[held], NOTE)
    with pytest.raises(OnHold, match=r"There is a hold on .* until the hold is lifted"):
        world.classify("r2", input_of("weather", "*"))
    world.ledger.lift_hold(HOLDS[held], NOTE)
    world.classify("r3", input_of("weather", "*"))


@pytest.mark.parametrize("held", HOLDS)
@pytest.mark.parametrize("granted", [False, True])
def test_a_hold_that_comes_later_lets_nothing_become_shared(held: str, *, granted: bool) -> None:
    world = prepared()
    hold = lambda: world.ledger.put_hold(HOLDS[held], NOTE)  # noqa: E731 - said twice
    if granted:
        during(world, "grant_database", hold)
    else:
        hold()
    with pytest.raises(OnHold):
        world.grant()
    assert bool(world.lake.grants) == granted
    world.close(Ending(Status.REFUSED, "OnHold", "held"))
    assert [(each.status, each.busy_until) for each in world.ledger.shares.values()] == [
        (ShareStatus.REVOKING, None)
    ] * granted


def test_nothing_is_granted_while_shares_of_the_consumer_are_revoked() -> None:
    world = prepared()
    world.ledger.lease(CONSUMER, "revoker", "2099-01-01T00:00:00.000Z", "2026-11-24T09:00:00.000Z")
    with pytest.raises(TryAgain, match="being revoked"):
        world.grant()
    assert world.lake.grants == set()
    world.ledger.give_back_lease(CONSUMER, "revoker")
    assert world.grant().progress is Progress.SHARED


# --- shared already ---------------------------------------------------------------------------------------------


def shared(world: World, document: dict[str, Any]) -> Share:
    """Share data once, by its owner's approval where it needs one."""
    decision = None
    if world.classify(document=document).needs_approval:
        decision = world.decided(world.request_approval()).id
    world.grant(decision_id=decision)
    world.close(Ending(Status.SHARED, None, "shared"))
    return the_share(world)


def asked_again(world: World, document: dict[str, Any], request_id: str = "r2") -> Share | None:
    """The share that a second request is answered with; `None`: it is classified as any."""
    world.found_shared = None
    with suppress(SharedAlready):
        world.classify(request_id, document)
    return world.found_shared


PEOPLE, SALES, WEATHER = input_of("sales", "people"), input_of("sales", "*"), input_of("weather", "*")


@pytest.mark.parametrize("wildcard", [False, True])
@pytest.mark.parametrize("document", [input_of(), PEOPLE, SALES, WEATHER], ids=["plain", "personal", "database", "two"])
def test_who_asks_again_for_what_is_as_it_was_is_told_so(
    world: World, document: dict[str, Any], *, wildcard: bool
) -> None:
    world.wildcard_on_approval = wildcard
    share = shared(world, document)
    mails, calls = len(world.producers.mails), list(world.lake.calls)
    assert asked_again(world, document) == share
    record = world.register.records["r2"]
    assert (record.shared_by, record.granted, record.status) == ("r1:1", None, Status.RECEIVED)
    line = record.history[-1]
    assert (line.event, line.by, line.detail) == ("AlreadyShared", share.approver, f"Since {share.active_at}.")
    text = told_already(share)
    assert ("The owner of the data approved that." in text) == (share.approver is not None)
    assert not any(private in text for private in (APPROVER, "r1"))
    ended = world.close(Ending(Status.SHARED, None, text), "r2")
    assert (ended.status, ended.message, ended.reason) == (Status.SHARED, text, None)
    assert list(world.ledger.shares) == ["r1:1"]
    assert len(world.producers.mails) == mails
    assert [each for each in world.lake.calls if each not in calls and each[0].startswith("grant_")] == []


def other_data(world: World) -> None:
    world.catalogue.put(world.catalogue.databases["sales"], pii_table("people", location="s3://elsewhere/"))


def one_grant_gone(world: World) -> None:
    world.lake.grants = {each for each in world.lake.grants if each.table not in {"people", "*"}}


def ended_by_somebody(world: World) -> None:
    world.ledger.apply(CONSUMER, "r1:1", ending(EndReason.REVOKED, "2026-11-24T09:00:00.000Z"))


def still_granting(world: World) -> None:
    world.ledger.shares["r1:1"] = replace(the_share(world), status=ShareStatus.GRANTING)


def ends_one_day(world: World) -> None:
    world.ledger.shares["r1:1"] = replace(the_share(world), until="2027-02-22T00:00:00.000Z")


@pytest.mark.parametrize("wildcard", [False, True])
@pytest.mark.parametrize("document", [PEOPLE, SALES], ids=["a table", "a database"])
@pytest.mark.parametrize("change", [other_data, one_grant_gone, ended_by_somebody, still_granting, ends_one_day])
def test_what_is_not_as_it_was_is_asked_about_as_ever(
    world: World, document: dict[str, Any], change: Callable[[World], None], *, wildcard: bool
) -> None:
    world.wildcard_on_approval = wildcard
    shared(world, document)
    change(world)
    assert asked_again(world, document) is None
    assert world.register.records["r2"].shared_by is None


@pytest.mark.parametrize(
    ("asked", "covers"),
    [({}, False), ({"days": 1}, True), ({"days": 3000}, False), ({"until": "2030-01-01"}, True)],
    ids=str,
)
def test_a_share_that_ends_answers_who_wants_it_no_longer(world: World, asked: dict[str, Any], *, covers: bool) -> None:
    share = shared(world, PEOPLE)
    world.ledger.shares["r1:1"] = replace(share, until="2030-01-02T00:00:00.000Z")
    assert (asked_again(world, {**PEOPLE, **asked}) is not None) == covers
    assert asked_again(world, {**PEOPLE, "target": {"account_id": "888888888888"}}, "r3") is None
    assert told_already(the_share(world)).startswith("Table sales.people has been shared with account 999999999999")
    assert " until 2 January 2030, 00:00 UTC. The owner" in told_already(the_share(world))


@pytest.mark.parametrize("tables", [100, 101])
def test_of_very_many_tables_not_all_are_looked_at(tables: int) -> None:
    world = prepared(tables)
    world.grant()
    world.close(Ending(Status.SHARED, None, "shared"))
    assert (asked_again(world, WEATHER) is not None) == (tables == 100)


def test_it_is_shared_with_nobody_else_and_nothing_wider_or_narrower(world: World) -> None:
    shared(world, SALES)
    assert asked_again(world, PEOPLE) is None
    assert asked_again(world, {**SALES, "target": {"account_id": "888888888888"}}, "r3") is None


def test_a_hold_outweighs_what_is_shared_already(world: World) -> None:
    shared(world, PEOPLE)
    world.ledger.put_hold(HOLDS["the consumer"], NOTE)
    with pytest.raises(OnHold):
        world.classify("r2", PEOPLE)


def test_a_retry_that_finds_the_share_gone_forgets_it(world: World) -> None:
    shared(world, PEOPLE)
    assert asked_again(world, PEOPLE) is not None
    ended_by_somebody(world)
    assert asked_again(world, PEOPLE) is None
    assert world.register.records["r2"].shared_by is None


def test_what_is_granted_is_no_other_share_whatever_a_late_call_finds(world: World) -> None:
    """Classify was called, and is once more when another request has got the same; the first answer counts."""
    world.classify("r2")
    found = shared(world, input_of())
    assert asked_again(world, input_of()) == found
    world.grant("r2")
    record = world.close(Ending(Status.SHARED, None, "shared"), "r2")
    assert (record.shared_by, record.granted) == (None, Granted(1, ("orders",)))
    assert set(world.ledger.shares) == {"r1:1", "r2:1"}


def test_owed_events_of_an_open_request_end_no_share() -> None:
    world = prepared()
    world.grant(seconds_left=lambda: 0.0)
    announce_owed("r1", register=world.register, vault=world.vault, ledger=world.ledger, events=world.events)
    assert the_share(world).holds
