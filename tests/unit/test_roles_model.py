"""Whatever is asked for, ended and goes wrong: a role reads what live shares name it for, and nothing else."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from handlers.consumer.order import Rules as KitRules
from handlers.sharing.deliver import LEASE, Deliverer, deliver_due, look_again
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.delivery import LOOKED_AT_EVERY, DeliveryStatus
from handlers.sharing.model.errors import KitMayBeAtWork, LakeshareError, TryAgain
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.share import HOLDING, EndReason, Share, ShareStatus
from handlers.sharing.model.share_steps import ending, revoked
from handlers.sharing.model.transition import Announcement
from handlers.sharing.shares import covered_by
from tests.fakes.consumer_account import FakeAccount
from tests.fakes.deliveries import MemoryKits
from tests.fakes.world import CENTRAL, CONSUMER, SharedAlready, World, input_of

ROLES = tuple(f"arn:aws:iam::{CONSUMER}:role/{name}" for name in ("analyst", "reader"))
WISHES = (("sales", "orders"), ("weather", "rain"), ("weather", "rain"), ("weather", "*"))
TROUBLES = ("busy", "lost", "administrator", "roles")
which = st.integers(0, 99)


class Readers(RuleBasedStateMachine):
    """One account with a kit, what is shared with it, and what its roles were let read."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World()
        self.world.parties = replace(self.world.parties, kits=frozenset({CONSUMER}))
        self.account = FakeAccount(roles=set(ROLES))
        self.kits = MemoryKits(CENTRAL)
        self.kits.accounts[CONSUMER] = self.account
        self.kits.rules[CONSUMER] = KitRules(CONSUMER, CENTRAL, ("*",), ("analyst", "reader"), "lakeshare")
        self.at = now() + timedelta(seconds=1)
        self.requests = 0
        self.runs = 0

    @property
    def shares(self) -> list[Share]:
        return list(self.world.ledger.shares.values())

    def reads(self, *statuses: ShareStatus) -> dict[str, set[Resource]]:
        """What each role is to read by the shares in these states."""
        return {
            role: {
                resource
                for share in self.shares
                if share.status in statuses and role in share.roles
                for resource in covered_by(share, self.world.ledger)
            }
            for role in ROLES
        }

    def deliver(self) -> None:
        self.runs += 1
        by = Deliverer(self.world.deliveries, self.world.ledger, self.kits, self.world.events, f"run-{self.runs}")
        deliver_due(by=by, at=self.at, seconds_left=lambda: 900.0)

    @rule(wish=st.sampled_from(WISHES), roles=st.sets(st.sampled_from(ROLES)), cut_off=st.booleans())
    def asks(self, wish: tuple[str, str], roles: set[str], *, cut_off: bool) -> None:
        """`cut_off`: Grant is, between the delivery and the share's becoming active."""
        self.requests += 1
        name, document = f"r{self.requests}", input_of(*wish)
        document["target"]["roles"] = sorted(roles)
        try:
            self.world.classify(name, document)
        except SharedAlready:
            assert self.world.found_shared is not None
            assert set(self.world.found_shared.roles) == roles
            return
        if cut_off:
            self.world.ledger.fail("apply_unless_held", None, TryAgain("busy"))
        with suppress(TryAgain):
            self.world.grant(name)
        self.world.ledger.forget_failures()
        self.account.arrived |= covered_by(self.world.ledger.shares[f"{name}:1"], self.world.ledger)

    @rule(at=which)
    def goes_on(self, at: int) -> None:
        granting = [each for each in self.shares if each.status is ShareStatus.GRANTING]
        if granting:
            self.world.grant(granting[at % len(granting)].request_id)

    @rule(at=which, told=st.booleans(), why=st.sampled_from(EndReason), over=st.booleans())
    def ends(self, at: int, why: EndReason, *, told: bool, over: bool) -> None:
        held = [each for each in self.shares if each.holds]
        if not held:
            return
        share = held[at % len(held)]
        self.world.ledger.apply(CONSUMER, share.id, ending(why, iso(self.at)))
        if over:
            self.world.ledger.apply(CONSUMER, share.id, revoked(iso(self.at), "", Announcement("ShareEnded")))
        if told:
            look_again(CONSUMER, share.id, deliveries=self.world.deliveries, at=self.at)

    @rule(what=st.sampled_from(TROUBLES))
    def something_goes_wrong(self, what: str) -> None:
        match what:
            case "busy":
                self.account.busy += 1
            case "lost":
                self.kits.fail_after("carry_out", KitMayBeAtWork("no answer"))
            case "administrator":
                self.account.administrator = False
            case _:
                self.account.roles.discard(ROLES[0])

    @rule(minutes=st.integers(0, 40))
    def time_passes(self, minutes: int) -> None:
        self.at += timedelta(minutes=minutes)
        with suppress(LakeshareError):
            self.deliver()

    @invariant()
    def nobody_reads_what_no_share_named_them_for(self) -> None:
        ever = self.reads(*ShareStatus)
        assert all(self.account.granted.get(role, set()) <= ever[role] for role in ROLES)

    @invariant()
    def what_is_ready_can_be_read(self) -> None:
        """Also while another share of the same data is withdrawn."""
        for (_, share_id), each in self.world.deliveries.deliveries.items():
            share = self.world.ledger.shares[share_id]
            if share.status is ShareStatus.ACTIVE and each.status is DeliveryStatus.READY:
                covers = covered_by(share, self.world.ledger)
                assert all(covers <= self.account.granted[role] for role in share.roles), share_id

    @rule()
    def all_is_mended(self) -> None:
        self.account.administrator, self.account.busy = True, 0
        self.account.roles |= {*ROLES}
        self.kits.forget_failures()
        for _ in range(2):
            self.at += LOOKED_AT_EVERY + LEASE
            self.deliver()
        self._all_is_as_it_should_be()

    def _all_is_as_it_should_be(self) -> None:
        # What ends takes nothing from what is being granted, which is delivered, or withdrawn, later.
        least, most = self.reads(ShareStatus.ACTIVE), self.reads(*HOLDING)
        assert all(least[role] <= self.account.granted.get(role, set()) <= most[role] for role in ROLES)
        states: dict[Any, DeliveryStatus] = {
            share_id: each.status for (_, share_id), each in self.world.deliveries.deliveries.items()
        }
        assert states == {
            each.id: {ShareStatus.ACTIVE: DeliveryStatus.READY, ShareStatus.GRANTING: DeliveryStatus.WAITING}.get(
                each.status, DeliveryStatus.WITHDRAWN
            )
            for each in self.shares
        }
        live = {each.source for each in self.shares if each.status is ShareStatus.ACTIVE}
        assert live <= set(self.account.links.values()) <= {each.source for each in self.shares if each.holds}

    def teardown(self) -> None:
        for each in self.shares:
            if each.status is ShareStatus.GRANTING:
                self.world.grant(each.request_id)
        self.all_is_mended()


TestReaders = Readers.TestCase
TestReaders.settings = settings(max_examples=120, stateful_step_count=30, deadline=None)
