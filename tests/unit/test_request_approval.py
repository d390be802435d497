"""Requesting approval: the request waits, and a mail is owed whatever becomes of the call of Notify."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from handlers.sharing.model.errors import AccessRefused, RegisterUnreadable, RequestClosed, TryAgain
from handlers.sharing.model.keys import Approval
from handlers.sharing.model.record import RequestRecord, Status
from tests.fakes.world import World, input_of


@pytest.fixture
def world() -> World:
    world = World()
    world.classify(document=input_of("sales", "people"))
    return world


def test_the_request_waits_and_a_mail_is_owed(world: World) -> None:
    at = datetime(2026, 11, 24, 10, tzinfo=UTC)
    world.await_decision(token="secret-token", at=at)
    record = world.register.records["r1"]
    assert (record.status, record.expires_at) == (Status.WAITING, "2026-12-01T10:00:00.000Z")
    assert record.mail_due_at == "2026-11-24T10:00:10.000Z"
    assert world.vault.approvals == {"r1": Approval("secret-token", "", (), "2026-12-01T10:00:00.000Z")}
    assert world.notify_caller.calls_to_come == ["r1"]
    assert (world.producers.calls, world.events.types()) == ([], ["RequestReceived"])
    assert "secret-token" not in repr(world.register.records)


def test_a_mail_is_owed_before_notify_is_called_and_whatever_comes_of_it(world: World) -> None:
    world.notify_caller.fail("notify", TryAgain("busy"))
    world.await_decision()
    assert world.register.records["r1"].mail_due_at is not None
    world.notify_caller.fail("notify", AccessRefused("no"))
    with pytest.raises(AccessRefused):
        world.await_decision()


@pytest.mark.parametrize("port", ["vault", "register"])
def test_an_outage_is_passed_on_and_calls_nobody(world: World, port: str) -> None:
    getattr(world, port).fail({"vault": "await_decision", "register": "apply"}[port], TryAgain("busy"))
    with pytest.raises(TryAgain):
        world.await_decision()
    assert world.notify_caller.calls == []


def test_a_closed_request_mails_nobody(world: World) -> None:
    world.register.records["r1"] = replace(world.register.records["r1"], status=Status.FAILED)
    with pytest.raises(RequestClosed):
        world.request_approval()
    assert world.producers.calls == []


def test_what_was_never_classified_is_a_fault(world: World) -> None:
    world.register.records["r1"] = RequestRecord("r1", Status.RECEIVED, "x")
    with pytest.raises(RegisterUnreadable):
        world.request_approval()
    with pytest.raises(RegisterUnreadable):
        world.request_approval("unknown")
