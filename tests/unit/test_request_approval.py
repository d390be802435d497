"""Requesting approval: the key, the approvers, the mail, and what a retried attempt may do."""

import secrets
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing.model.announcement import approval_requested
from handlers.sharing.model.catalogue import Database
from handlers.sharing.model.errors import (
    CannotListApprovers,
    CannotReachProducer,
    LakeshareError,
    NoApprovers,
    OwnerNotRegistered,
    RegisterUnreadable,
    RequestClosed,
    TryAgain,
)
from handlers.sharing.model.keys import Approval, SentKey, hash_address, hash_key
from handlers.sharing.model.parties import Parties
from handlers.sharing.model.record import Ending, RequestRecord, Status
from tests.fakes.world import APPROVER, LEGACY_OWNER, OWNER, World, input_of, pii_table

CUSTOMER = input_of("sales", "people")


@pytest.fixture
def world() -> World:
    world = World()
    world.classify(document=CUSTOMER)
    return world


def legacy(subscribers: list[str] | None) -> World:
    world = World()
    world.catalogue.put(Database("sales", owner=LEGACY_OWNER), pii_table())
    world.producers.subscribers[LEGACY_OWNER] = subscribers
    world.classify(document=CUSTOMER)
    return world


def test_the_owner_is_mailed_and_the_request_waits(world: World) -> None:
    key = world.request_approval(token="secret-token")
    (mail,) = world.producers.mails
    record = world.register.records["r1"]
    assert (record.status, record.expires_at is not None) == (Status.WAITING, True)
    assert (mail.account, mail.body) == (OWNER, f"key={key} until={record.expires_at}")
    assert [arguments[1] for name, arguments in world.producers.calls if name == "reach"] == ["r1"]
    assert record.history[-1].detail == "A mail went to 1 approver(s)."
    event = world.events.put[-1]
    assert event.announcement == approval_requested(1, str(record.expires_at))
    assert event.record == record


def test_what_guards_the_decision(world: World) -> None:
    world.producers.subscribers[OWNER] = [APPROVER, "Jane@Owner.example", "bob@owner.example"]
    key = world.request_approval(token="secret-token")
    approval = world.vault.approvals["r1"]
    assert approval.token == "secret-token"
    assert approval.approvers is not None
    assert len(approval.approvers) == 2
    assert approval.expires_at == world.register.records["r1"].expires_at
    assert len(key) == 43
    classification = world.register.records["r1"].classification
    assert classification is not None
    assert approval.key(key) == SentKey(hash_key(key), 1, classification.fingerprint)
    for secret in (key, APPROVER, "secret-token"):
        assert secret not in repr(world.register.records)
        assert secret not in repr(world.events.put)
    assert key not in repr(approval)
    assert APPROVER not in repr(approval)


def test_keys_and_salts_are_long_whatever_python_thinks_is_enough(
    monkeypatch: pytest.MonkeyPatch, world: World
) -> None:
    monkeypatch.setattr(secrets, "DEFAULT_ENTROPY", 8)
    assert len(world.request_approval()) == 43, "256 bits"
    assert len(world.vault.approvals["r1"].salt) == 32, "128 bits"


def test_each_attempt_mails_a_new_key_and_all_lead_to_the_newest_token(world: World) -> None:
    keys = [world.request_approval(token=token) for token in ("one", "two", "three")]
    approval = world.vault.approvals["r1"]
    assert len(set(keys)) == 3
    assert approval.token == "three"
    assert all(approval.key(key) for key in keys)
    assert [sent.round for sent in approval.keys] == [1, 1, 1]
    salts = {args[1].salt for name, args in world.vault.calls if name == "prepare_approval"}
    assert len(salts) == 3


@pytest.mark.parametrize(
    ("subscribers", "error"),
    [({}, CannotReachProducer), ({OWNER: []}, NoApprovers), ({OWNER: None}, CannotListApprovers)],
)
def test_nobody_would_see_it(
    world: World, subscribers: dict[str, list[str] | None], error: type[LakeshareError]
) -> None:
    world.producers.subscribers = subscribers
    with pytest.raises(error, match=OWNER):
        world.request_approval()
    assert world.producers.mails == []
    assert world.vault.approvals == {}
    assert world.events.types() == ["RequestReceived"]


def test_the_old_kit_may_keep_its_subscribers_to_itself() -> None:
    world = legacy(None)
    world.request_approval()
    assert world.vault.approvals["r1"].approvers is None
    assert world.events.put[-1].announcement.facts["approvers"] is None
    assert world.register.records["r1"].history[-1].detail == "A mail went to the topic's subscribers."
    assert len(world.producers.mails) == 1


def test_an_old_kit_that_lists_them_is_held_to_the_list() -> None:
    world = legacy([APPROVER])
    world.request_approval()
    assert world.vault.approvals["r1"].approvers is not None
    with pytest.raises(NoApprovers):
        legacy([]).request_approval()


def test_a_closed_request_mails_nobody(world: World) -> None:
    world.register.records["r1"] = replace(world.register.records["r1"], status=Status.FAILED)
    with pytest.raises(RequestClosed):
        world.request_approval()
    assert world.producers.calls == []


def test_a_request_that_ends_while_the_mail_goes_out(world: World) -> None:
    def stop(when: str, method: str, *_: object) -> None:
        if (when, method) == ("after", "publish"):
            world.close(Ending(Status.FAILED, "Aborted", "x"), started_at=None)

    world.producers.watch = stop
    with pytest.raises(RequestClosed, match=r"^Request r1 ended as FAILED meanwhile; it stays as it is\.$"):
        world.request_approval()


def test_a_decision_that_is_quicker_than_the_note_stands(world: World) -> None:
    def decide(when: str, method: str, *_: object) -> None:
        if (when, method) == ("after", "publish"):
            world.grant(decision_id=world.decided(world.keys[-1]).id)

    world.producers.watch = decide
    world.request_approval()
    record = world.register.records["r1"]
    assert (record.status, world.register.history("r1")[-1]) == (Status.SHARING, "Approved")
    assert world.events.types() == ["RequestReceived", "ApprovalRequested"]


def test_what_was_never_classified_is_a_fault(world: World) -> None:
    world.register.records["r1"] = RequestRecord("r1", Status.RECEIVED, "x")
    with pytest.raises(RegisterUnreadable):
        world.request_approval()
    with pytest.raises(RegisterUnreadable):
        world.request_approval("unknown")


def test_a_producer_that_was_taken_off_meanwhile_is_not_reached(world: World) -> None:
    world.parties = Parties({})
    with pytest.raises(OwnerNotRegistered):
        world.request_approval()
    assert world.producers.calls == []


@pytest.mark.parametrize("method", ["reach", "approvers", "publish"])
def test_an_outage_is_retried_with_a_new_token(world: World, method: str) -> None:
    world.producers.fail(method, TryAgain("busy"))
    with pytest.raises(TryAgain):
        world.request_approval(token="one")
    assert world.producers.mails == []
    world.request_approval(token="two")
    assert world.vault.approvals["r1"].token == "two"
    assert len(world.producers.mails) == 1


def test_keys_in_an_approval() -> None:
    sent = [SentKey(hash_key(each), 1, "f") for each in ("one", "two")]
    approval = Approval("t", "salt", (hash_address(APPROVER, "salt"),), "x", tuple(sent))
    assert approval.key("two") == sent[1]
    assert approval.key("three") is None
    assert approval.key("") is None
    assert approval.key(sent[0].hash) is None


@pytest.mark.parametrize(
    ("typed", "known"),
    [
        (APPROVER, True),
        ("JANE@owner.EXAMPLE", True),
        (f"  {APPROVER}\t", True),
        ("jane@owner.example.", False),
        ("jane+x@owner.example", False),
        ("ja ne@owner.example", False),
        ("", False),
    ],
)
def test_addresses_are_compared_whatever_their_case(typed: str, *, known: bool) -> None:
    approval = Approval("t", "salt", (hash_address(APPROVER, "salt"),), "x")
    assert approval.knows(typed) == known
    assert not Approval("t", "pepper", (hash_address(APPROVER, "salt"),), "x").knows(typed)
    assert not Approval("t", "salt", None, "x").knows(typed)
    assert not Approval("t", "salt", (), "x").knows(typed)


@given(st.text(st.characters()), st.text(st.characters()))
def test_hashes_of_any_text(one: str, other: str) -> None:
    assert (hash_key(one) == hash_key(other)) == (one == other)
    assert hash_address(one, "a") != hash_address(one, "b")
    assert len(hash_address(f"\ud83d{one}", "salt")) == len(hash_key(f"\ud83d{one}")) == 64
