"""Notify: the key, the approvers, the mail; what is owed, and the pace."""

import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.sharing.decide import LinkState, Outcome, wants_new_key
from handlers.sharing.model.announcement import approval_requested, new_key_needed
from handlers.sharing.model.catalogue import Database
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import (
    CannotListApprovers,
    CannotReachProducer,
    LakeshareError,
    NoApprovers,
    NoOtherApprover,
    OwnerNotRegistered,
    RegisterUnreadable,
    RequestClosed,
    RequesterIsApprover,
    TryAgain,
)
from handlers.sharing.model.keys import WRONG_TRIES_A_KEY, SentKey, hash_key
from handlers.sharing.model.parties import Parties
from handlers.sharing.model.record import OVERDUE, Ending, Requester, Status
from handlers.sharing.model.transition import changed
from handlers.sharing.notify import LEASE
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
    assert replace(event.record, owed_events=(), to_announce=False) == record


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
    salts = {args[1] for name, args in world.vault.calls if name == "add_key"}
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
    assert world.vault.approvals["r1"].keys == ()
    assert world.events.types() == ["RequestReceived"]
    # The workflow hears it by the name that its Catch knows.
    assert world.workflow.failed["token-1"].reason == error.__name__
    assert OWNER in world.workflow.failed["token-1"].message


def test_no_mail_leads_to_a_wait_that_is_over_before_the_workflow_waits_anew(world: World) -> None:
    world.producers.subscribers[OWNER] = None
    world.await_decision(at=START)

    def rival(when: str, method: str, *_: object) -> None:
        if (when, method) == ("after", "end_wait"):
            world.producers.subscribers[OWNER] = [APPROVER]
            assert world.notify_due(START) == 0

    world.workflow.watch = rival
    with pytest.raises(CannotListApprovers):
        world.notify(at=START)
    assert world.notify_due(START + timedelta(seconds=50)) == 0
    world.await_decision(token="token-2", at=START + timedelta(seconds=51))
    world.notify(at=START + timedelta(seconds=51))
    assert len(world.producers.mails) == 1
    assert world.notify_due(START + timedelta(minutes=5)) == 0


def asked_by(world: World, address: str) -> None:
    record = world.register.records["r1"]
    world.register.records["r1"] = replace(record, requester=Requester("sub", address))


@pytest.mark.parametrize(
    "address", [APPROVER, f" {APPROVER.upper()} ", "jane+lake@owner.example", "Jane+@OWNER.example"]
)
@pytest.mark.parametrize(
    ("subscribers", "error"),
    [
        ([APPROVER], NoOtherApprover),
        (["jane+requests@owner.example", APPROVER], NoOtherApprover),
        ([APPROVER, "bob@owner.example"], RequesterIsApprover),
        (["bob@owner.example", "JANE@owner.example"], RequesterIsApprover),
    ],
)
def test_who_asks_is_no_approver(
    world: World, address: str, subscribers: list[str], error: type[LakeshareError]
) -> None:
    world.producers.subscribers[OWNER] = subscribers
    asked_by(world, address)
    with pytest.raises(error) as raised:
        world.request_approval()
    assert "@" not in str(raised.value)
    assert world.producers.mails == []
    assert world.vault.approvals["r1"].keys == ()
    assert world.workflow.failed["token-1"].reason == error.__name__
    assert world.events.types() == ["RequestReceived"]


@pytest.mark.parametrize(
    "address",
    [
        "anna@consumer.example",
        "jane@consumer.example",
        "j.ane@owner.example",
        "jane@sub.owner.example",
        "ja+ne@owner.example",
    ],
)
def test_who_asks_and_is_somebody_else_is_mailed_about(world: World, address: str) -> None:
    asked_by(world, address)
    world.request_approval()
    assert len(world.producers.mails) == 1


def test_where_approvers_cannot_be_listed_who_asks_cannot_be_compared() -> None:
    world = legacy(None)
    asked_by(world, APPROVER)
    world.request_approval()
    assert len(world.producers.mails) == 1


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


def test_a_request_that_ends_while_the_mail_goes_out(world: World) -> None:
    def stop(when: str, method: str, *_: object) -> None:
        if (when, method) == ("after", "publish"):
            world.close(Ending(Status.FAILED, "Aborted", "x"), started_at=None)

    world.producers.watch = stop
    world.request_approval()
    record = world.register.records["r1"]
    assert (record.status, record.mail_due_at) == (Status.FAILED, None)
    assert "ApprovalRequested" not in world.events.types()


def test_a_decision_that_is_quicker_than_the_note_stands(world: World) -> None:
    def decide(when: str, method: str, *_: object) -> None:
        if (when, method) == ("after", "publish"):
            world.grant(decision_id=world.decided(world.keys[-1]).id)

    world.producers.watch = decide
    world.request_approval()
    record = world.register.records["r1"]
    assert (record.status, world.register.history("r1")[-1]) == (Status.SHARING, "Approved")
    assert world.events.types() == ["RequestReceived", "ApprovalRequested"]


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


# --- what is owed -------------------------------------------------------------------------------------------------

START = datetime(2026, 11, 24, 10, 0, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("port", "method"),
    [
        ("pace", "step"),
        ("vault", "approval"),
        ("producers", "reach"),
        ("producers", "approvers"),
        ("vault", "add_key"),
        ("producers", "publish"),
    ],
)
@pytest.mark.parametrize("dies", [False, True])
def test_a_mail_whose_sender_fails_anywhere_is_sent_later_and_its_key_stays_good(
    world: World, port: str, method: str, dies: bool
) -> None:
    """What fails gives its lease back; what dies cannot, and its lease ends."""
    world.await_decision(at=START)
    error = SystemExit if dies else TryAgain
    at = START
    for fail in ("fail", "fail_after"):
        getattr(getattr(world, port), fail)(method, error("no answer"))
        with pytest.raises(error):
            world.notify(at=at)
        at += LEASE * dies
    assert world.register.records["r1"].mail_due_at is not None
    assert world.notify_due(START) == 0, "the call that comes at once is not overtaken"
    assert world.notify_due(at + OVERDUE) == 1
    assert world.register.records["r1"].mail_due_at is None
    assert world.register.history("r1").count("ApprovalRequested") == 1
    assert len(world.producers.mails) == (2 if method == "publish" else 1)
    assert {world.follow(key, at=START).state for key in world.keys[-1:]} == {LinkState.OPEN}
    for mail in world.producers.mails:
        assert world.follow(mail.body.split()[0].removeprefix("key="), at=START).state is LinkState.OPEN
    assert world.notify_due(START + timedelta(minutes=5)) == 0


def test_of_those_who_would_mail_at_once_one_does(world: World) -> None:
    def rival(when: str, method: str, *_: object) -> None:
        if (when, method) == ("before", "apply"):
            world.register.watch = lambda *_: None
            assert world.notify_due(START + OVERDUE) == 1

    world.await_decision(at=START)
    world.register.watch = rival
    assert world.notify(at=START + OVERDUE).mail_due_at is None
    assert len(world.producers.mails) == 1
    assert world.events.types().count("ApprovalRequested") == 1


def test_of_those_who_take_the_lease_in_the_same_instant_one_mails(world: World) -> None:
    """Whoever waited for their turn wakes with the second, to the millisecond, and puts the mail off to the same."""

    def rival(when: str, method: str, *_: object) -> None:
        if (when, method) == ("before", "apply"):
            world.register.watch = lambda *_: None
            world.producers.fail("reach", SystemExit("slower than the other"))
            with pytest.raises(SystemExit):
                world.notify_due(START + OVERDUE)

    world.await_decision(at=START)
    world.register.watch = rival
    assert world.notify(at=START + OVERDUE).mail_due_at == iso(START + OVERDUE + LEASE)
    assert world.producers.mails == []


def test_what_another_is_sending_is_left_to_it_until_its_lease_ends(world: World) -> None:
    world.await_decision(at=START)
    world.producers.fail_after("publish", SystemExit("killed"))
    with pytest.raises(SystemExit):
        world.notify(at=START)
    moment_less = timedelta(milliseconds=1)
    assert world.notify(at=START + LEASE - OVERDUE - moment_less).mail_due_at is not None
    assert (world.notify_due(START + LEASE - moment_less), len(world.producers.mails)) == (0, 1)
    assert (world.notify_due(START + LEASE), len(world.producers.mails)) == (1, 2)


def test_an_outage_while_the_lease_is_given_back_keeps_the_mail_owed(world: World) -> None:
    world.await_decision(at=START)
    world.producers.fail("publish", TryAgain("busy"))
    applied = iter([None, TryAgain("no answer")])

    def fail(when: str, method: str, *_: object) -> None:
        if (when, method) == ("before", "apply") and (error := next(applied, None)):
            raise error

    world.register.watch = fail
    with pytest.raises(TryAgain, match="busy"):
        world.notify(at=START)
    assert (world.notify_due(START), world.notify_due(START + LEASE)) == (0, 1)


def test_what_nobody_foresaw_ends_the_wait_by_its_name_alone(world: World) -> None:
    world.producers.fail("publish", ValueError("somebody's address"))
    world.await_decision()
    with pytest.raises(ValueError, match="address"):
        world.notify_called()
    assert world.workflow.failed == {"token-1": ("ValueError", "")}


def test_an_outage_ends_no_wait(world: World) -> None:
    world.producers.fail("publish", TryAgain("busy"))
    world.await_decision()
    with pytest.raises(TryAgain):
        world.notify_called()
    assert world.workflow.waiting == {"token-1"}


@pytest.mark.parametrize(
    "lose",
    [lambda world: world.vault.approvals.pop("r1"), lambda world: world.vault.forget_token("r1")],
    ids=["all of it", "the token"],
)
def test_what_guards_the_decision_and_is_not_there_is_a_fault(world: World, lose: Callable[[World], object]) -> None:
    world.await_decision()
    lose(world)
    with pytest.raises(RegisterUnreadable, match="its task token is not there"):
        world.notify()
    assert world.register.records["r1"].dead_keys == 0
    assert world.producers.mails == []


def test_a_mail_of_an_earlier_round_does_not_settle_the_one_of_this_round(world: World) -> None:
    def change(when: str, method: str, *_: object) -> None:
        if (when, method) == ("after", "publish") and world.register.records["r1"].round == 1:
            world.register.apply("r1", changed(iso(START)))
            world.classify(document=CUSTOMER, round_=2)
            world.await_decision(token="token-2", at=START + timedelta(hours=1))

    world.producers.watch = change
    world.await_decision(at=START)
    world.notify(at=START)
    assert world.register.records["r1"].mail_due_at is not None
    assert world.notify_due(START + timedelta(hours=2)) == 1


def test_nobody_is_mailed_about_what_waits_no_more(world: World) -> None:
    world.await_decision(at=START)
    assert world.notify_due(START + world.timeout) == 0
    assert world.notify(at=START + world.timeout).mail_due_at is not None
    world.close(Ending(Status.EXPIRED, "ApprovalTimedOut", "x"))
    assert world.register.mails_due("9") == []
    assert world.notify().status is Status.EXPIRED
    assert world.producers.mails == []


def test_one_mail_that_fails_keeps_no_other_back(world: World) -> None:
    for number in range(3):
        world.classify(f"q{number}", input_of("sales", "people", f"{number:012d}"))
        world.await_decision(f"q{number}", f"token-{number}", START)
    world.producers.fail("publish", TryAgain("busy"))
    with pytest.raises(TryAgain):
        world.notify_due(START + timedelta(minutes=1))
    assert len(world.producers.mails) == 2
    assert world.notify_due(START + timedelta(minutes=2)) == 1


def test_a_note_whose_answer_is_lost_is_told_all_the_same(world: World) -> None:
    """The client writes once more then, and finds what it wrote itself."""

    def write_twice(when: str, method: str, arguments: tuple[Any, ...], _result: object) -> None:
        if (when, method) == ("before", "apply") and arguments[1].announces:
            world.register.watch = lambda *_: None
            world.register.apply(*arguments)
            world.register.watch = write_twice

    world.register.watch = write_twice
    key = world.request_approval()
    assert world.register.history("r1").count("ApprovalRequested") == 1
    assert world.events.types() == ["RequestReceived", "ApprovalRequested"]
    for tries in range(4):
        world.vault.tries["r1", hash_key(key)] = WRONG_TRIES_A_KEY
        world.notify(at=now() + timedelta(seconds=10 * tries))
        key = world.keys[-1]
    assert world.events.types().count("NewKeyNeeded") == 1


# --- the pace -----------------------------------------------------------------------------------------------------


def many(world: World, number: int, requester: str = "") -> list[str]:
    """Requests that wait, all of one requester or of nobody who is known."""
    names = [f"m{requester}{each}" for each in range(number)]
    for name in names:
        # Each for an account of its own: of those whom nobody verified one waits.
        world.classify(name, input_of("sales", "people", f"{len(world.register.records):012d}"))
        if requester:
            person = Requester(requester, f"{requester}@consumer.example")
            world.register.records[name] = replace(world.register.records[name], requester=person)
        world.await_decision(name, f"token-{name}", START)
    return names


def turns(world: World, start: datetime, seconds: int) -> list[int]:
    """How many mails went out in each second."""
    return [world.pace.steps[f"mails to {OWNER}", int(start.timestamp()) + each] for each in range(seconds)]


def test_ten_mails_a_minute_for_one_requester(world: World) -> None:
    names = many(world, 12, "anna")
    for at, name in enumerate(names):
        world.notify(name, START + timedelta(seconds=at, milliseconds=7))
    assert len(world.producers.mails) == 10
    late = [world.register.records[name].mail_due_at for name in names[10:]]
    assert late == ["2026-11-24T10:01:00.000Z"] * 2, "when they are sent is there to be seen"
    assert world.notify_due(START + timedelta(seconds=29)) == 0
    # Another requester does not wait for that.
    (other,) = many(world, 1, "bert")
    assert world.notify(other, START + timedelta(seconds=20)).mail_due_at is None
    assert world.notify_due(START + timedelta(seconds=30)) == 2
    assert world.producers.mails[-1].body.endswith("until=2026-12-01T10:00:30.000Z"), "waiting spends approval time"


def test_four_mails_a_second_for_one_producer(world: World) -> None:
    names = many(world, 31)
    for name in names:
        world.notify(name, START + timedelta(milliseconds=300))
    # What is to go out at once waits some seconds for its turn; the rest is left to the schedule.
    assert turns(world, START, 8) == [4] * 6 + [0] * 2
    assert [world.register.records[name].mail_due_at is None for name in names] == [True] * 24 + [False] * 7
    later = START + timedelta(minutes=1)
    assert world.notify_due(later) == 7
    assert turns(world, later, 3) == [4, 3, 0]


def test_the_schedule_leaves_to_its_next_call_what_it_has_no_time_for(world: World) -> None:
    many(world, 6)
    left = iter([60.0, 60.0, *[15.0] * 20])
    assert world.notify_due(START + timedelta(minutes=1), lambda: next(left)) == 2
    assert world.notify_due(START + timedelta(minutes=2)) == 4


# --- keys that die ------------------------------------------------------------------------------------------------


def kill(world: World, key: str) -> Outcome:
    """Type wrong addresses until the key is dead."""
    link = world.follow(key)
    answers = [
        world.post(link, address=f"guess{each}@owner.example", ip=f"192.0.2.{each}")
        for each in range(WRONG_TRIES_A_KEY)
    ]
    return answers[-1].outcome


def test_a_key_that_dies_is_replaced_three_times_and_then_by_an_operator(world: World) -> None:
    key = world.request_approval()
    for dead in (1, 2, 3):
        kill(world, key)
        assert world.notify_caller.calls_to_come == ["r1"]
        world.notify_called()
        assert (world.follow(key).state, world.register.records["r1"].dead_keys) == (LinkState.DEAD, dead)
        assert key != world.keys[-1]
        key = world.keys[-1]
        assert world.follow(key).state is LinkState.OPEN
    kill(world, key)
    world.notify_called()
    assert (len(world.keys), world.register.history("r1")[-1]) == (4, "KeyDied")
    assert world.events.put[-1].announcement == new_key_needed(4)
    # Being called again changes nothing.
    assert world.notify().dead_keys == 4
    assert world.events.types().count("NewKeyNeeded") == 1
    assert world.notify(at=now() + timedelta(seconds=5), again=True).mail_due_at is None
    assert world.register.history("r1")[-2:] == ["NewKeyWanted", "ApprovalRequested"]
    assert world.post(world.keys[-1]).outcome is Outcome.RECORDED


def test_notify_is_called_once_more_by_whoever_opens_a_dead_link_until_it_has_heard(world: World) -> None:
    key = world.request_approval()
    kill(world, key)
    world.notify_caller.calls_to_come.clear()
    dead = world.follow(key)
    assert wants_new_key(dead)
    # Only a dead key, of a request that is there, is one to replace.
    for other in (replace(dead, state=LinkState.OPEN), replace(dead, record=None), replace(dead, approval=None)):
        assert not wants_new_key(other)
    world.notify()
    assert not wants_new_key(world.follow(key))
    assert not wants_new_key(world.follow(world.keys[-1]))


def test_an_operator_can_have_another_mail_sent_only_of_what_waits(world: World) -> None:
    with pytest.raises(RequestClosed, match=r"^Request r1 is RECEIVED: it does not wait for a decision\.$"):
        world.notify(again=True)
    first = world.request_approval()
    assert world.notify(again=True).mail_due_at is None
    assert {world.follow(key).state for key in (first, world.keys[-1])} == {LinkState.OPEN}
    world.close(Ending(Status.FAILED, "Aborted", "x"))
    with pytest.raises(RequestClosed):
        world.notify(again=True)
    with pytest.raises(RegisterUnreadable):
        world.notify("nobody", again=True)


def test_another_mail_is_not_owed_of_what_stopped_waiting_meanwhile(world: World) -> None:
    world.request_approval()

    def stop(when: str, method: str, *_: object) -> None:
        if (when, method) == ("after", "load"):
            world.register.watch = lambda *_: None
            world.close(Ending(Status.FAILED, "Aborted", "x"), started_at=None)

    world.register.watch = stop
    assert world.notify(again=True).mail_due_at is None
    assert (len(world.producers.mails), world.register.history("r1")[-1]) == (1, "Failed")
