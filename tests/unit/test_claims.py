"""Claims: one open request for one wish, whoever is first; the same on DynamoDB and in memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from moto import mock_aws

from handlers.aws.dynamodb.claims import DynamoClaims
from handlers.sharing.approvers import Standings
from handlers.sharing.claim import take, take_or_find
from handlers.sharing.model.access import Groups
from handlers.sharing.model.claim import MOST_OPEN, WRITTEN_WITHIN, Claim, claim_of_place, claim_of_request
from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import AlreadyAsked, RegisterUnreadable, TokenReused, TooManyOpenRequests, TryAgain
from handlers.sharing.model.new_request import NewRequest
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import Ending, Requester, RequestRecord, Status
from handlers.sharing.model.request import ShareRequest, Source
from handlers.sharing.model.term import NO_END
from handlers.sharing.stores import Claims
from handlers.sharing.submit import submit
from tests.fakes.claims import MemoryClaims
from tests.fakes.people import MemoryApproverFinder, MemoryPeople
from tests.fakes.register import MemoryRegister
from tests.fakes.table import TABLE, make_tables
from tests.fakes.world import CONSUMER, World, input_of

AT = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)
SOON, LATE = AT + WRITTEN_WITHIN, AT + WRITTEN_WITHIN + timedelta(seconds=1)
ORDERS = ShareRequest(Source("sales", "orders"), CONSUMER)
PEOPLE = input_of("sales", "people")


@pytest.fixture(params=["memory", "dynamodb"])
def claims(request: pytest.FixtureRequest) -> Iterator[Claims]:
    if request.param == "memory":
        yield MemoryClaims()
        return
    with mock_aws():
        make_tables()
        yield DynamoClaims(TABLE)


def register_of(**statuses: Status) -> MemoryRegister:
    register = MemoryRegister()
    register.records = {name: RequestRecord(name, status, iso(AT)) for name, status in statuses.items()}
    return register


# --- the claim itself -----------------------------------------------------------------------------------------------


def test_a_claim_is_taken_once_and_by_the_same_again(claims: Claims) -> None:
    mine, other = Claim("r1", iso(AT)), Claim("r2", iso(AT))
    assert claims.take("k", mine, None) == mine
    assert claims.take("k", other, None) == mine
    later = Claim("r1", iso(SOON))
    assert claims.take("k", later, None) == later
    assert claims.take("other", other, None) == other


def test_a_claim_goes_over_only_from_who_holds_it_still(claims: Claims) -> None:
    first, second, third = (Claim(f"r{number}", iso(AT)) for number in (1, 2, 3))
    claims.take("k", first, None)
    assert claims.take("k", second, Claim("r1", iso(SOON))) == first, "it was taken anew meanwhile"
    assert claims.take("k", second, third) == first
    assert claims.take("k", second, first) == second
    assert claims.take("k", third, first) == second


def test_a_claim_is_given_back_by_its_holder_alone(claims: Claims) -> None:
    mine, other = Claim("r1", iso(AT)), Claim("r2", iso(AT))
    claims.give_back("k", "r1")
    claims.take("k", mine, None)
    claims.give_back("k", "r2")
    assert claims.take("k", other, None) == mine
    claims.give_back("k", "r1")
    assert claims.take("k", other, None) == other


def test_claims_differ_by_all_that_they_are_of() -> None:
    wishes = [
        (None, ORDERS),
        ("sub", ORDERS),
        ("sub", replace(ORDERS, source=Source("sales", "*"))),
        ("sub", replace(ORDERS, source=Source("sale", "sorders"))),
        ("sub", replace(ORDERS, consumer="888888888888")),
    ]
    keys = {claim_of_request(person, request) for person, request in wishes}
    places = {claim_of_place(person, number) for person in ("a", "b") for number in range(MOST_OPEN)}
    assert len(keys | places) == len(wishes) + 2 * MOST_OPEN
    assert all("sub" not in key for key in keys)


def test_claims_are_called_the_same_in_every_release() -> None:
    """What one has taken the next finds."""
    assert claim_of_request("sub", ORDERS) == "2b1a2649114a16dee716c4ae657ca01ef290c72f38cd0f2ec26d946184330381"
    assert claim_of_place("sub", 3) == "23e9042017320ca00db675fbe17397df49a48e8985b7dd15023205655d5f8a4d"


# --- who holds it ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", Status)
def test_an_open_request_keeps_its_claim_and_an_ended_one_loses_it(claims: Claims, status: Status) -> None:
    register = register_of(r1=status)
    take("k", "r1", claims=claims, register=register, at=AT)
    held = take("k", "r2", claims=claims, register=register, at=LATE)
    assert held == (register.records["r1"] if status.is_open else Claim("r2", iso(LATE)))


def test_who_never_wrote_its_request_down_loses_the_claim(claims: Claims) -> None:
    register = register_of()
    mine = take("k", "r1", claims=claims, register=register, at=AT)
    assert take("k", "r2", claims=claims, register=register, at=SOON) == mine
    assert take("k", "r2", claims=claims, register=register, at=LATE) == Claim("r2", iso(LATE))


def test_an_item_that_cannot_be_read_keeps_nobody_from_asking(claims: Claims) -> None:
    register = register_of(r1=Status.WAITING)
    take("k", "r1", claims=claims, register=register, at=AT)
    register.fail("find", RegisterUnreadable("The item of request r1 cannot be read."))
    assert take("k", "r2", claims=claims, register=register, at=AT) == Claim("r2", iso(AT))


def test_who_comes_second_waits_until_the_first_is_written_down(claims: Claims) -> None:
    register = register_of()
    take("k", "r1", claims=claims, register=register, at=AT)
    record = RequestRecord("r1", Status.RECEIVED, iso(AT))

    def pause(seconds: float) -> None:
        if seconds > 0.1:
            register.records["r1"] = record

    found = take_or_find("k", "r2", claims=claims, register=register, at=AT, pause=pause)
    assert found == record
    waited: list[float] = []
    with pytest.raises(TryAgain, match="is being written down"):
        take_or_find("k", "r2", claims=claims, register=register_of(), at=AT, pause=waited.append)
    assert (waited[0], sum(waited)) == (0, 2.5)


# --- whom nobody verified -------------------------------------------------------------------------------------------


def test_of_unverified_requests_one_waits(world: World) -> None:
    world.classify("r1", PEOPLE)
    with pytest.raises(AlreadyAsked) as raised:
        world.classify("r2", PEOPLE)
    assert "r1" not in str(raised.value)
    world.classify("r1", PEOPLE)
    world.classify("r1", PEOPLE, round_=2)
    world.classify("r3", input_of("sales", "people", "888888888888"))
    world.classify("r4", input_of("sales", "*"))
    world.close(Ending(Status.EXPIRED, "ApprovalTimedOut", "x"))
    assert world.classify("r5", PEOPLE).needs_approval


def test_what_asks_nobody_is_never_asked_already(world: World) -> None:
    for name in ("r1", "r2", "r3"):
        assert not world.classify(name, input_of()).needs_approval
    assert world.claims.held == {}


def test_who_is_signed_in_is_another(world: World) -> None:
    world.classify("r1", PEOPLE)
    for name in ("r2", "r3"):
        requester = Requester(name, f"{name}@consumer.example")
        asked = RequestRecord(
            name, Status.RECEIVED, iso(AT), Source("sales", "people"), CONSUMER, requester, asked=NO_END
        )
        world.register.records[name] = asked
        assert world.classify(name, PEOPLE).needs_approval


# --- who is signed in -----------------------------------------------------------------------------------------------


def ask(
    world: World, token: str, *, person: str = "anna", table: str = "orders", at: datetime = AT
) -> tuple[str, bool]:
    """Ask as a signed-in person does: the id of the request, and whether it is new."""
    request = replace(ORDERS, source=Source("sales", table))
    record, made = submit(
        NewRequest(token, request, f"purpose of {token}", NO_END),
        Person(person, person),
        register=world.register,
        lists=world.register,
        claims=world.claims,
        ledger=world.ledger,
        standings=Standings(
            Groups(), world.parties, MemoryPeople({person: f"{person}@consumer.example"}), MemoryApproverFinder({})
        ),
        workflow=world.workflow,
        at=at,
        pause=lambda _: None,
    )
    return record.id, made


def test_the_same_person_asking_the_same_gets_the_open_request(world: World) -> None:
    first, made = ask(world, "token-1")
    assert made
    assert ask(world, "token-2") == (first, False)
    assert ask(world, "token-1") == (first, False)
    assert list(world.workflow.started) == list(world.register.records) == [first]
    assert ask(world, "token-2", person="kim")[1]
    assert ask(world, "token-2", table="people")[1]
    world.close(Ending(Status.DENIED, "Denied", "no"), first, None)
    second, made = ask(world, "token-3")
    assert (made, second != first) == (True, True)


def test_what_was_written_down_and_not_started_is_started_by_who_asks_the_same(world: World) -> None:
    world.workflow.fail("start", TryAgain("busy"))
    with pytest.raises(TryAgain):
        ask(world, "token-1")
    (first,) = world.register.records
    assert ask(world, "token-2") == (first, False)
    assert list(world.workflow.started) == [first]


def test_a_claim_of_a_call_that_died_is_its_retrys(world: World) -> None:
    world.register.fail("apply", TryAgain("busy"))
    with pytest.raises(TryAgain):
        ask(world, "token-1")
    with pytest.raises(TryAgain, match="being written down"):
        ask(world, "token-2")
    assert ask(world, "token-1")[1]
    world.register.fail("apply", TryAgain("busy"))
    with pytest.raises(TryAgain):
        ask(world, "token-3", table="people")
    assert ask(world, "token-4", table="people", at=LATE)[1]


@pytest.mark.parametrize("requester", [None, Requester("kim", "anna@consumer.example")])
def test_what_somebody_else_asked_for_under_that_name_is_not_theirs(world: World, requester: Requester | None) -> None:
    name, _ = ask(world, "token-1")
    assert ask(world, "token-1") == (name, False)
    world.register.records[name] = replace(world.register.records[name], requester=requester)
    with pytest.raises(TokenReused):
        ask(world, "token-1")


def test_twenty_requests_of_one_person_are_open_at_most(world: World) -> None:
    made = [ask(world, f"token-{number}", table=f"t{number}")[0] for number in range(MOST_OPEN)]
    for _ in range(2):
        with pytest.raises(TooManyOpenRequests) as refused:
            ask(world, "token-more", table="more")
        assert str(refused.value) == (
            "20 of your requests are open, and no more may be at a time. Ask for a whole database instead of its "
            "tables, or wait until some are decided."
        )
    assert ask(world, "token-again", table="t7") == (made[7], False)
    assert ask(world, "token-0", table="t0") == (made[0], False)
    assert ask(world, "token-more", table="more", person="kim")[1]
    world.close(Ending(Status.DENIED, "Denied", "no"), made[3], None)
    assert ask(world, "token-more", table="more")[1]
    with pytest.raises(TooManyOpenRequests):
        ask(world, "token-yet-more", table="yet-more")
