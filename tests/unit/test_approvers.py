"""Whose data somebody answers for: by group and by address, now or as of a minute ago."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest

from handlers.sharing import approvers
from handlers.sharing.approvers import Recent, Standings, find_approver
from handlers.sharing.model.access import Deed, Groups, Standing, Thing
from handlers.sharing.model.errors import (
    ApproversUnknown,
    CannotListApprovers,
    NotAllowed,
    SignInEnded,
    TryAgain,
    UnknownShare,
)
from handlers.sharing.model.parties import Parties, Producer
from handlers.sharing.model.person import Person
from handlers.sharing.ports import Found
from tests.fakes.people import MemoryApproverFinder, MemoryPeople
from tests.fakes.producers import MemoryProducers
from tests.fakes.world import LEGACY_OWNER, OTHER_OWNER, OWNER, STRANGER

JANE = "jane@owner.example"
GROUP = "sales-approvers"
PARTIES = Parties(
    {
        each.account_id: each
        for each in (
            Producer(OWNER, approvers_group=GROUP),
            Producer(OTHER_OWNER),
            Producer(LEGACY_OWNER, legacy_kit=True, approvers_group="archive"),
        )
    }
)
EVERY = tuple(PARTIES.producers)
SHARE = Thing("alex-id", "999999999999", OTHER_OWNER)


def person(*groups: str) -> Person:
    """Jane, with a token that says so of her groups."""
    return Person("jane-id", "jane", frozenset(groups))


def standings(
    address: str | None = JANE, in_pool: set[str] | None = None, subscribers: dict[str, set[str]] | None = None
) -> Standings:
    """Jane's stack: her address, the groups that she is in by now, and the subscribers of the topics."""
    finder = MemoryApproverFinder({OWNER: set(), OTHER_OWNER: {JANE}} if subscribers is None else subscribers)
    return Standings(
        Groups("auditors", "operators"), PARTIES, MemoryPeople({"jane": address}, {"jane": in_pool or set()}), finder
    )


def asked(of: Standings) -> list[tuple[str, tuple[str, ...], bool]]:
    assert isinstance(of.approvers, MemoryApproverFinder)
    return of.approvers.asked


def test_who_looks_is_known_by_token_and_topics_of_a_minute_ago() -> None:
    known = standings()
    assert known.looking(person(), EVERY) == Standing("jane-id", None, approves=frozenset({OTHER_OWNER}))
    assert asked(known) == [(JANE, (OWNER, OTHER_OWNER), False)]
    assert known.looking(person(GROUP, "archive"), EVERY).approves == set(EVERY)
    assert known.looking(person("auditors")) == Standing("jane-id", None, auditor=True)
    assert len(asked(known)) == 2, "of nothing in particular, nobody is asked"


def test_who_acts_is_known_by_the_pool_and_the_topics_as_they_are() -> None:
    known = standings(in_pool={"operators"})
    standing = known.acting(person(GROUP, "archive", "auditors"), EVERY)
    assert standing == Standing("jane-id", None, operator=True, approves=frozenset({OTHER_OWNER}))
    assert asked(known) == [(JANE, (OWNER, OTHER_OWNER), True)]
    assert standings(in_pool={GROUP, "archive"}).acting(person(), EVERY).approves == set(EVERY)


def test_without_a_verified_address_only_groups_count() -> None:
    known = standings(None)
    assert known.looking(person(), EVERY).approves == frozenset()
    assert known.looking(person(GROUP), EVERY).approves == {OWNER}
    assert asked(known) == []


def test_the_old_kits_subscribers_do_not_count() -> None:
    known = standings(subscribers={LEGACY_OWNER: {JANE}})
    assert known.looking(person(), [LEGACY_OWNER, STRANGER]) == Standing("jane-id", None)
    assert asked(known) == []


def test_who_is_gone_is_nothing() -> None:
    known = Standings(Groups("auditors"), PARTIES, MemoryPeople({}), MemoryApproverFinder({}))
    for call in (known.acting, lambda who: known.looking(who, EVERY)):
        with pytest.raises(SignInEnded):
            call(person("auditors"))


def test_a_deed_is_checked_with_the_owner_only_where_nothing_else_allows_it() -> None:
    known = standings()
    known.check_acting(person(), Deed.REVOKE, SHARE)
    known.check_looking(person(), Deed.SEE_SHARE, SHARE)
    assert [each[2] for each in asked(known)] == [True, False]
    operator = standings(in_pool={"operators"})
    operator.check_acting(person(), Deed.REVOKE, SHARE)
    operator.check_looking(person("operators"), Deed.SEE_SHARE, SHARE)
    assert asked(operator) == []


def test_a_list_is_checked_with_the_owner_only_where_nothing_else_allows_it() -> None:
    known = standings()
    known.check_list(person("operators"), Deed.SEE_SHARE, Thing(owner=OTHER_OWNER))
    assert asked(known) == []
    known.check_list(person(), Deed.SEE_SHARE, Thing(owner=OTHER_OWNER))
    assert [each[1] for each in asked(known)] == [(OTHER_OWNER,)]


def test_a_token_that_says_more_than_the_pool_does_nothing() -> None:
    known = standings(subscribers={OTHER_OWNER: set()})
    with pytest.raises(UnknownShare):
        known.check_acting(person("operators", GROUP), Deed.REVOKE, SHARE)
    with pytest.raises(NotAllowed):
        standings(in_pool={"auditors"}, subscribers={OTHER_OWNER: set()}).check_acting(person(), Deed.REVOKE, SHARE)


def test_an_owner_that_does_not_say_lets_nobody_in() -> None:
    with pytest.raises(ApproversUnknown):
        standings(subscribers={}).check_acting(person(), Deed.REVOKE, SHARE)


# --- Notify's part ------------------------------------------------------------------------------------------------

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)


def find(
    producers: MemoryProducers,
    email: str = JANE,
    *,
    fresh: bool = True,
    recent: Recent | None = None,
    at: datetime = NOW,
) -> Found:
    return find_approver(
        email,
        [*EVERY, STRANGER],
        fresh=fresh,
        producers=producers,
        parties=PARTIES,
        recent={} if recent is None else recent,
        now=lambda: at,
    )


def topics(**more: list[str] | None) -> MemoryProducers:
    named = {"one": OWNER, "two": OTHER_OWNER, "old": LEGACY_OWNER}
    return MemoryProducers({named[name]: who for name, who in more.items()})


def test_a_subscriber_answers_however_the_address_is_capitalised() -> None:
    producers = topics(one=["bob@owner.example", " JANE@Owner.example "], two=["joe@two.example"], old=[JANE])
    assert find(producers) == Found(frozenset({OWNER}))
    assert {arguments[0].account_id for name, arguments in producers.calls if name == "reach"} == {OWNER, OTHER_OWNER}


@pytest.mark.parametrize("email", ["", "jane+x@owner.example", "jane@owner.example.org", "ane@owner.example"])
def test_no_other_address_does(email: str) -> None:
    assert find(topics(one=[JANE], two=[]), email) == Found()


@pytest.mark.parametrize(
    "error", [TryAgain("busy"), CannotListApprovers("no"), ValueError("what AWS never said before")]
)
def test_who_cannot_be_asked_is_unknown_and_keeps_nobody_waiting(error: Exception) -> None:
    producers = topics(two=[JANE])
    assert find(producers) == Found(frozenset({OTHER_OWNER}), frozenset({OWNER}))
    producers = topics(one=None, two=[JANE])
    assert find(producers).unknown == {OWNER}
    failing = topics(one=[JANE], two=[JANE])
    failing.fail("approvers", error, error)
    assert find(failing) == Found(frozenset(), frozenset({OWNER, OTHER_OWNER}))


def test_who_does_not_answer_in_time_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approvers, "SECONDS_TO_ASK", 0.05)
    over = Event()

    class Slow(MemoryProducers):
        def approvers(self, account: str) -> list[str] | None:
            return [JANE] if account == OTHER_OWNER or over.wait(5) else None

    try:
        assert find(Slow({OWNER: [JANE], OTHER_OWNER: [JANE]})) == Found(frozenset({OTHER_OWNER}), frozenset({OWNER}))
    finally:
        over.set()


def test_whoever_has_not_been_asked_in_time_is_not_asked_later(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(approvers, "SECONDS_TO_ASK", 0.05)
    monkeypatch.setattr(approvers, "AT_ONCE", 1)
    over, calls = Event(), list[str]()

    class Slow(MemoryProducers):
        def approvers(self, account: str) -> list[str] | None:
            calls.append(account)
            over.wait(5)
            return []

    before = set(threading.enumerate())
    try:
        assert find(Slow({OWNER: [JANE], OTHER_OWNER: [JANE]})).unknown == {OWNER, OTHER_OWNER}
    finally:
        over.set()
    for each in set(threading.enumerate()) - before:
        each.join(5)
    assert len(calls) == 1


@pytest.mark.parametrize(("seconds", "again"), [(0, False), (59, False), (60, True), (-1, True)])
def test_a_list_is_good_for_a_minute_where_something_is_only_shown(seconds: int, *, again: bool) -> None:
    recent: Recent = {}
    assert find(topics(one=[JANE], two=[]), recent=recent).approves == {OWNER}
    later = topics(one=[], two=[JANE])
    at = NOW + timedelta(seconds=seconds)
    expected = {OTHER_OWNER} if again else {OWNER}
    assert find(later, fresh=False, recent=recent, at=at).approves == expected
    assert find(later, fresh=True, recent=recent, at=at).approves == {OTHER_OWNER}, "what does something asks now"


def test_what_could_not_be_read_is_not_remembered() -> None:
    recent: Recent = {}
    assert find(topics(two=[]), recent=recent).unknown == {OWNER}
    assert find(topics(one=[JANE], two=[]), fresh=False, recent=recent) == Found(frozenset({OWNER}))
