"""Nothing is granted without a clean classification, or an approval of just this request and state of the data."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from handlers.sharing.examine import examine
from handlers.sharing.grant import Shared
from handlers.sharing.granter import Progress
from handlers.sharing.model.classification import Classification
from handlers.sharing.model.errors import DecisionMismatch, LakeshareError, RegisterUnreadable, RequestClosed
from handlers.sharing.model.record import Decision, RequestRecord, Status
from handlers.sharing.model.request import ShareRequest, Source
from tests.fakes.world import CONSUMER, SharedAlready, World, input_of, pii_table, plain_table

DECISION = Decision(
    "d1", "r1", "f", "approve", "jane@owner.example", "mailbox", "", "2026-11-24T09:00:00Z", "192.0.2.1", ""
)
REQUESTS = {"r1": ("sales", "people"), "r2": ("sales", "*"), "r3": ("sales", "orders"), "r4": ("weather", "*")}


def asked(table: str = "people") -> World:
    world = World()
    world.classify(document=input_of("sales", table))
    world.request_approval()
    return world


def fingerprint(world: World) -> str:
    classification = world.register.records["r1"].classification
    assert classification is not None
    return classification.fingerprint


def test_a_matching_approval() -> None:
    world = asked()
    world.vault.decisions["d1"] = replace(DECISION, fingerprint=fingerprint(world))
    assert world.grant(decision_id="d1").progress is Progress.SHARED


@pytest.mark.parametrize(
    "wrong",
    [
        None,
        {"fingerprint": "f"},
        {"fingerprint": ""},
        {"request_id": "r2"},
        {"request_id": ""},
        {"action": "deny"},
        {"action": "APPROVE"},
        {"action": ""},
    ],
)
@pytest.mark.parametrize("after", [None, "a"])
def test_a_decision_that_does_not_match(wrong: dict[str, Any] | None, after: str | None) -> None:
    world = asked()
    if wrong is not None:
        world.vault.decisions["d1"] = replace(DECISION, **{"fingerprint": fingerprint(world), **wrong})
    with pytest.raises(DecisionMismatch, match=r"[iI]t grants nothing"):
        world.grant(decision_id="d1", after=after)
    assert world.lake.grants == set()
    assert world.register.records["r1"].decision is None


@pytest.mark.parametrize("after", [None, "a", "zzz"])
def test_no_decision_where_one_is_needed(after: str | None) -> None:
    world = asked()
    with pytest.raises(DecisionMismatch, match="needs an approval"):
        world.grant(after=after)
    assert world.lake.grants == set()


def test_a_register_that_was_tampered_with_shares_no_personal_data() -> None:
    world = asked()
    record = world.register.records["r1"]
    assert record.classification is not None
    clean = replace(record.classification, grounds=(), grounds_total=0)
    world.register.records["r1"] = replace(record, classification=clean)
    assert world.grant().progress is Progress.CHANGED
    assert world.lake.grants == set()


def test_a_plain_request_may_carry_an_approval_too(world: World) -> None:
    world.classify()
    world.vault.decisions["d1"] = replace(DECISION, fingerprint=fingerprint(world))
    assert world.grant(decision_id="d1").progress is Progress.SHARED


def test_a_changed_catalogue_is_not_shared() -> None:
    world = asked()
    decision = world.decided(world.keys[0]).id
    world.catalogue.put(world.catalogue.databases["sales"], plain_table("people", location="s3://elsewhere/"))
    assert world.grant(decision_id=decision) == Shared(Progress.CHANGED)
    assert world.lake.grants == set()
    record = world.register.records["r1"]
    assert (record.status, record.decision) == (Status.RECEIVED, None)
    assert world.register.history("r1")[-1] == "CatalogueChanged"


def test_a_changed_setting_is_a_change() -> None:
    world = asked("*")
    decision = world.decided(world.keys[0]).id
    world.wildcard_on_approval = True
    assert world.grant(decision_id=decision).progress is Progress.CHANGED
    assert world.lake.grants == set()


@pytest.mark.parametrize("status", [status for status in Status if not status.is_open])
def test_closed_requests_are_not_shared(world: World, status: Status) -> None:
    world.classify()
    world.register.records["r1"] = RequestRecord("r1", status, "x")
    with pytest.raises(RequestClosed, match=status.value):
        world.grant()
    assert world.lake.calls == []


def test_unknown_and_unclassified_requests_are_not_shared(world: World) -> None:
    with pytest.raises(RegisterUnreadable):
        world.grant()
    world.register.records["r1"] = RequestRecord("r1", Status.RECEIVED, "x")
    with pytest.raises(RegisterUnreadable):
        world.grant()


DECISIONS = st.builds(
    Decision,
    st.just("d"),
    st.sampled_from(["r1", "r2"]),
    st.sampled_from(["same", "other"]),
    st.sampled_from(["approve", "deny", "Approve"]),
    st.just("jane@owner.example"),
    st.booleans(),
    *[st.just("")] * 4,
)


@given(
    pii=st.booleans(),
    says_pii=st.booleans(),
    decision=st.none() | DECISIONS,
    decision_id=st.sampled_from([None, "d", "unknown", ""]),
    after=st.sampled_from([None, "", "a", "zzz"]),
    status=st.sampled_from(Status),
    changed=st.booleans(),
    whole=st.booleans(),
)
@settings(max_examples=400)
def test_no_input_grants_what_nobody_may_have(
    *,
    pii: bool,
    says_pii: bool,
    decision: Decision | None,
    decision_id: str | None,
    after: str | None,
    status: Status,
    changed: bool,
    whole: bool,
) -> None:
    """Whatever Grant is called with and whatever the register holds: only a clean or an approved request is granted."""
    world = World()
    world.catalogue.entries["sales"].clear()
    world.catalogue.put(world.catalogue.databases["sales"], (pii_table if pii else plain_table)("t"))
    world.classify(document=input_of("sales", "*" if whole else "t"))
    record = world.register.records["r1"]
    assert record.classification is not None
    claimed = record.classification if says_pii else replace(record.classification, grounds=(), grounds_total=0)
    world.register.records["r1"] = replace(record, status=status, classification=claimed)
    if decision is not None:
        print_ = claimed.fingerprint if decision.fingerprint == "same" else "f"
        world.vault.decisions["d"] = replace(decision, fingerprint=print_)
    if changed:
        world.catalogue.put(world.catalogue.databases["sales"], pii_table("t", location="s3://elsewhere/"))
    with_approval = (
        decision_id == "d"
        and decision is not None
        and (decision.request_id, decision.fingerprint, decision.action) == ("r1", "same", "approve")
    )
    try:
        world.grant(decision_id=decision_id, after=after)
    except LakeshareError:
        assert world.lake.grants == set()
    may = status.is_open and not changed and (with_approval or (decision_id is None and not pii))
    assert bool(world.lake.grants) <= may


class Requests(RuleBasedStateMachine):
    """Requests, decisions, changes of the catalogue and shares in any order, as forged as can be."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(wildcard_on_approval=True)
        self.rounds: dict[str, int] = {}
        self.legitimate: set[tuple[str, str | None]] = set()

    @initialize()
    def begin(self) -> None:
        for request_id in REQUESTS:
            self.classify(request_id)

    @rule(request_id=st.sampled_from(sorted(REQUESTS)))
    def classify(self, request_id: str) -> None:
        self.rounds[request_id] = self.rounds.get(request_id, 0) + 1
        asked = input_of(*REQUESTS[request_id])
        with_faults(lambda: self.world.classify(request_id, asked, self.rounds[request_id]), SharedAlready)

    @rule(request_id=st.sampled_from(sorted(REQUESTS)))
    def ask(self, request_id: str) -> None:
        # Nobody is mailed about a request that is being shared already.
        with_faults(lambda: self.world.await_decision(request_id, f"token-{len(self.world.keys)}"))
        with_faults(self.world.notify_called)

    @rule(data=st.data(), request_id=st.sampled_from(sorted(REQUESTS)), action=st.sampled_from(["approve", "deny"]))
    def post(self, data: st.DataObject, request_id: str, action: Any) -> None:
        if self.world.keys:
            key = data.draw(st.sampled_from(self.world.keys))
            # A key of another request leads nowhere, and there is nothing to decide.
            with_faults(lambda: self.world.post(self.world.follow(key, request_id), action), ValueError)

    @rule(
        table=st.sampled_from(["orders", "people", "more"]),
        pii=st.booleans(),
        location=st.sampled_from(["", "s3://elsewhere/"]),
    )
    def change(self, table: str, location: str, *, pii: bool) -> None:
        made = (pii_table if pii else plain_table)(table, location=location)
        self.world.catalogue.put(self.world.catalogue.databases["sales"], made)

    @rule(flag=st.sampled_from([(), ("true",), ("no",)]))
    def flag_database(self, flag: tuple[str, ...]) -> None:
        databases = self.world.catalogue.databases
        self.world.catalogue.put(replace(databases["sales"], flags=flag))

    @rule(data=st.data(), request_id=st.sampled_from(sorted(REQUESTS)), after=st.sampled_from([None, "orders"]))
    def share(self, data: st.DataObject, request_id: str, after: str | None) -> None:
        world = self.world
        decision_id = data.draw(st.sampled_from([None, "unknown", *world.vault.decisions]))
        now = self.now(request_id)
        decision = world.vault.decisions.get(decision_id or "")
        approved = (
            decision is not None
            and decision.request_id == request_id
            and decision.action == "approve"
            and decision.fingerprint == now.fingerprint
        )
        before = set(world.lake.grants)
        with_faults(lambda: world.grant(request_id, decision_id, after))
        if world.lake.grants != before:
            assert approved or (decision_id is None and not now.needs_approval)

    @rule(request_id=st.sampled_from(sorted(REQUESTS)), status=st.sampled_from([Status.FAILED, Status.DENIED]))
    def end(self, request_id: str, status: Status) -> None:
        record: RequestRecord = self.world.register.records[request_id]
        self.world.register.records[request_id] = replace(record, status=status)

    @invariant()
    def nothing_is_granted_to_anybody_else(self) -> None:
        assert {grant.consumer for grant in self.world.lake.grants} <= {CONSUMER}

    def now(self, request_id: str) -> Classification:
        request = ShareRequest(Source(*REQUESTS[request_id]), CONSUMER)
        return examine(request, self.world.rules, self.world.catalogue).classification


def with_faults(step: Callable[[], object], *more: type[Exception]) -> None:
    """A step that may end in any named way."""
    with suppress(LakeshareError, *more):
        step()


TestRequests = Requests.TestCase
TestRequests.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
