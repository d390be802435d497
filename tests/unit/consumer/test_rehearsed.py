"""What is rehearsed changes nothing, and says what would be done: the same as is then done."""

from __future__ import annotations

import copy
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.consumer.order import Deed, Order
from handlers.consumer.ports import Invitation, InvitationStatus
from handlers.consumer.rehearsed import Told
from handlers.consumer.take_up import Done, State, carry_out
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import Source
from tests.fakes.consumer_account import FakeAccount
from tests.unit.consumer.test_order import ANALYST, ORDER, OWN, RULES

READER = f"arn:aws:iam::{OWN}:role/teams/reader"
CUSTOMER, ORDERS = Resource("retail", "customer"), Resource("retail", "orders")
LINK = "lakeshare.retail__customer"


def carried_out(order: Order, account: FakeAccount, *, does: bool) -> tuple[Done, list[str]]:
    said: list[str] = []
    return carry_out(order, RULES, Told(account, said.append, does), lambda _: None), said


def test_all_is_said_and_nothing_done() -> None:
    invitation = Invitation("arn:one", InvitationStatus.PENDING, frozenset({"retail"}))
    account = FakeAccount(waiting={CUSTOMER}, roles={ANALYST}, sent=[invitation])
    done, said = carried_out(ORDER, account, does=False)
    assert done == Done(State.READY, LINK)
    assert said == [
        "accept the invitation arn:one, of retail",
        f"make the link {LINK} to retail.customer",
        f"let {ANALYST} see the link {LINK}",
        f"let {ANALYST} read retail.customer",
    ]
    assert (account.did, account.links, account.granted) == ([], {}, {})
    assert carried_out(ORDER, account, does=True) == (done, said)
    assert carried_out(ORDER, account, does=False) == (done, []), "nothing is left to be done"
    for deed, would in (
        (Deed.WITHDRAW, f"take from {ANALYST} what it was let read of retail.customer"),
        (Deed.HIDE, f"take from {ANALYST} the sight of the link {LINK}"),
        (Deed.UNLINK, f"delete the link {LINK}"),
    ):
        assert carried_out(replace(ORDER, deed=deed), account, does=False) == (Done(State.GONE), [would])
    assert account.granted == {ANALYST: {CUSTOMER}}


ACCOUNTS = st.builds(
    FakeAccount,
    arrived=st.sets(st.sampled_from([CUSTOMER, ORDERS])),
    waiting=st.just({CUSTOMER, ORDERS}),
    sent=st.lists(
        st.builds(
            Invitation,
            st.sampled_from(["arn:one", "arn:two"]),
            st.sampled_from(InvitationStatus),
            st.frozensets(st.sampled_from(["retail", "hr"])),
        ),
        max_size=2,
        unique_by=lambda each: each.arn,
    ),
    links=st.dictionaries(st.just(LINK), st.sampled_from([None, Source("retail", "customer"), Source("retail", "x")])),
    roles=st.sets(st.sampled_from([ANALYST, READER])),
    granted=st.dictionaries(st.sampled_from([ANALYST, READER]), st.sets(st.sampled_from([CUSTOMER, ORDERS]))),
    seen=st.dictionaries(st.sampled_from([ANALYST, READER]), st.sets(st.just(LINK))),
).map(lambda made: made if LINK in made.links else replace(made, seen={}))  # nobody sees a link that is not there


@given(ACCOUNTS, st.lists(st.sampled_from([ANALYST, READER]), unique=True), st.sampled_from(Deed))
def test_whatever_there_is_what_is_said_is_done(account: FakeAccount, roles: list[str], deed: Deed) -> None:
    order = replace(ORDER, deed=deed, roles=tuple(roles))
    before = copy.deepcopy(account)
    rehearsed, would = carried_out(order, account, does=False)
    assert account == before
    done, said = carried_out(order, account, does=True)
    if any(each.status is not InvitationStatus.ACCEPTED for each in account.sent) and "accept" in account.did:
        return  # Another invitation is missing, which is seen only once this one is accepted.
    assert (done, said) == (rehearsed, would)


@pytest.mark.parametrize("many", [1, 3, 45])
def test_long_lists_are_cut(many: int) -> None:
    tables = tuple(Resource("retail", f"t{number}") for number in range(many))
    account = FakeAccount(arrived=set(tables), roles={ANALYST})
    _, said = carried_out(replace(ORDER, source=Source("retail", "*"), resources=tables), account, does=False)
    assert sum("read" in each for each in said) == -(-many // 20)
    assert all(len(each) < 200 for each in said)
