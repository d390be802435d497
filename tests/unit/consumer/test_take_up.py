"""What the kit makes of an order in its account, and what it does when something stands in the way."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.consumer.order import Deed, Order, Rules
from handlers.consumer.ports import Invitation, InvitationStatus, Link
from handlers.consumer.refusals import DatabaseNotAllowed, LinkNameTooLong, StrangeSender
from handlers.consumer.take_up import Done, State, carry_out, link_of
from handlers.sharing.model.errors import TryAgain
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import Source
from tests.fakes.consumer_account import FakeAccount
from tests.unit.consumer.test_order import ANALYST, CENTRAL, ORDER, OTHER, OWN, RULES

READER = f"arn:aws:iam::{OWN}:role/teams/reader"
CUSTOMER = Resource("retail", "customer")
LINK = "lakeshare.retail__customer"
DATABASE = replace(
    ORDER, source=Source("retail", "*"), resources=(Resource("retail"), Resource("retail", "*")), roles=(ANALYST,)
)
PENDING, ACCEPTED = InvitationStatus.PENDING, InvitationStatus.ACCEPTED
EXPIRED, REJECTED = InvitationStatus.EXPIRED, InvitationStatus.REJECTED


def no_pause(_: float) -> None:
    pass


def done(order: Order, account: FakeAccount, rules: Rules = RULES) -> Done:
    return carry_out(order, rules, account, no_pause)


def account(**more: object) -> FakeAccount:
    """One in which a table has arrived and both roles are."""
    made = FakeAccount(arrived={CUSTOMER}, roles={ANALYST, READER})
    for name, value in more.items():
        setattr(made, name, value)
    return made


def invitation(
    status: InvitationStatus = PENDING, *databases: str, strange: tuple[str, ...] = (), sent: float = 0
) -> Invitation:
    return Invitation(f"arn:{status}:{len(databases)}", status, frozenset(databases), strange, sent)


def test_a_table_is_linked_and_the_role_reads_it() -> None:
    there = account()
    assert done(ORDER, there) == Done(State.READY, LINK)
    assert there.links == {LINK: Source("retail", "customer")}
    assert (there.granted, there.seen) == ({ANALYST: {CUSTOMER}}, {ANALYST: {LINK}})


def test_a_database_has_a_link_of_its_own() -> None:
    there = account(arrived={Resource("retail"), Resource("retail", "*")})
    assert done(DATABASE, there) == Done(State.READY, "lakeshare_retail")
    assert there.links == {"lakeshare_retail": Source("retail", "*")}
    assert there.granted == {ANALYST: set(DATABASE.resources)}


@pytest.mark.parametrize("lets_in", [set[str](), {ANALYST}, {ANALYST, READER}])
def test_it_is_said_as_which_roles_the_kit_looked(lets_in: set[str]) -> None:
    there = account(lets_kit_in=lets_in)
    outcome = done(replace(ORDER, roles=(ANALYST, READER)), there)
    assert (outcome.state, set(outcome.tried_as)) == (State.READY, lets_in)


def test_without_roles_the_link_is_all() -> None:
    there = account()
    assert done(replace(ORDER, roles=()), there) == Done(State.READY, LINK)
    assert there.granted == {}


def test_invitations_are_accepted_first() -> None:
    there = account(arrived=set(), waiting={CUSTOMER}, sent=[invitation(PENDING, "retail")])
    assert done(ORDER, there).state is State.READY
    assert there.did[0] == "accept"


def test_others_invitations_are_left_alone() -> None:
    there = account(sent=[invitation(PENDING, "hr")])
    assert done(ORDER, there).state is State.READY
    assert "accept" not in there.did


@pytest.mark.parametrize(
    ("sent", "reason"),
    [
        ([], "NotArrived"),
        ([invitation(EXPIRED)], "InvitationExpired"),
        ([invitation(REJECTED)], "InvitationRejected"),
        ([invitation(PENDING, "retail", "hr")], "StrangeInvitation"),
        ([invitation(PENDING, "retail", strange=("arn:aws:ec2:::subnet/1",))], "StrangeInvitation"),
        ([invitation(PENDING, "hr")], "NotArrived"),
        # Of a first share two are sent at once; those before were of shares that have ended.
        ([invitation(ACCEPTED, sent=9_000), invitation(EXPIRED, sent=8_990)], "InvitationExpired"),
        ([invitation(REJECTED, sent=9_000), invitation(EXPIRED)], "InvitationRejected"),
        ([invitation(EXPIRED), invitation(REJECTED), invitation(ACCEPTED, sent=9_000)], "NotArrived"),
    ],
)
def test_what_has_not_arrived_is_said_with_why(sent: list[Invitation], reason: str) -> None:
    there = account(arrived=set(), sent=sent)
    outcome = done(ORDER, there)
    assert (outcome.state, outcome.link) == (State.INVITED, "")
    assert [each.reason for each in outcome.failures] == [reason]
    # A script says it, too, where there is no kit.
    assert not re.search("this kit|the kit", outcome.failures[0].message)
    assert there.did == []


def test_what_has_the_links_name_is_left_as_it_is() -> None:
    for foreign in (None, Source("retail", "other")):
        there = account(links={LINK: foreign})
        outcome = done(ORDER, there)
        assert (outcome.state, [each.reason for each in outcome.failures]) == (State.INVITED, ["LinkForeign"])
        assert there.did == []
        for deed in (Deed.HIDE, Deed.UNLINK):
            assert done(replace(ORDER, deed=deed), there) == Done(State.GONE), "there is none of the kit's"
        assert there.links == {LINK: foreign}


def test_whoever_is_quicker_has_the_links_name() -> None:
    there = account(quicker=Source("retail", "other"))
    outcome = done(ORDER, there)
    assert (outcome.state, [each.reason for each in outcome.failures]) == (State.INVITED, ["LinkForeign"])
    assert there.granted == {}


def test_an_invitation_that_is_not_accepted_is_in_nobodys_way() -> None:
    there = account(sent=[invitation(PENDING, "retail", "hr")])
    assert done(ORDER, there) == Done(State.READY, LINK)
    assert "accept" not in there.did


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda there: there.roles.remove(READER), "RoleNotThere"),
        (lambda there: there.refuses.add(CUSTOMER), "NotGranted"),
        (lambda there: there.blind.add(READER), "NotReadable"),
        (lambda there: setattr(there, "administrator", False), "NotAdministrator"),
    ],
)
def test_a_role_that_cannot_read_is_said(change: Callable[[FakeAccount], None], reason: str) -> None:
    there = account()
    change(there)
    outcome = done(replace(ORDER, roles=(READER,)), there)
    assert (outcome.state, outcome.link) == (State.LINKED, LINK)
    assert [(each.role, each.reason) for each in outcome.failures] == [(READER, reason)]


def test_one_role_keeps_no_other_waiting() -> None:
    there = account()
    strangers = (f"arn:aws:iam::{OWN}:role/admin", f"arn:aws:iam::{OTHER}:role/analyst")
    outcome = done(replace(ORDER, roles=(*strangers, ANALYST)), there)
    assert outcome.state is State.LINKED
    assert [(each.role, each.reason) for each in outcome.failures] == [(each, "RoleNotAllowed") for each in strangers]
    assert there.granted == {ANALYST: {CUSTOMER}}


def test_what_must_not_be_done_at_all_changes_nothing() -> None:
    there = account()
    with pytest.raises(StrangeSender):
        done(replace(ORDER, central=OTHER), there)
    with pytest.raises(DatabaseNotAllowed):
        done(ORDER, there, replace(RULES, databases=("sales",)))
    assert (there.did, CENTRAL) == ([], RULES.central)


def test_lake_formation_may_be_busy_for_a_while() -> None:
    there = account(busy=3)
    assert done(ORDER, there).state is State.READY
    with pytest.raises(TryAgain):
        done(ORDER, account(busy=100))


def test_many_tables_are_granted_in_batches() -> None:
    tables = tuple(Resource("retail", f"t{number}") for number in range(45))
    there = account(arrived=set(tables))
    order = replace(DATABASE, resources=tables)
    assert done(order, there).state is State.READY
    assert there.did.count("grant") == 3
    assert there.granted == {ANALYST: set(tables)}


def test_what_a_role_reads_already_is_not_granted_again() -> None:
    """It is looked at every night, and each grant is a line in the account's own log."""
    orders = Resource("retail", "orders")
    there = account(arrived={CUSTOMER, orders})
    order = replace(DATABASE, resources=(CUSTOMER, orders), roles=(ANALYST, READER))
    done(order, there)
    there.did.clear()
    assert (done(order, there).state, there.did) == (State.READY, [])
    there.granted[ANALYST].remove(orders)
    there.seen[READER].clear()
    assert (done(order, there).state, there.did) == (State.READY, ["grant", "grant link"])
    assert there.granted == {ANALYST: {CUSTOMER, orders}, READER: {CUSTOMER, orders}}


@pytest.mark.parametrize("lost", ["granted", "seen"])
def test_what_was_granted_and_cannot_be_seen_afterwards_is_said(lost: str) -> None:
    class Forgetful(FakeAccount):
        def readers(self, resource: Resource) -> set[str]:
            return set() if lost == "granted" else set(super().readers(resource))

        def link_readers(self, link: Link) -> set[str]:
            return set() if lost == "seen" else set(super().link_readers(link))

    outcome = done(ORDER, Forgetful(arrived={CUSTOMER}, roles={ANALYST}))
    assert (outcome.state, [each.reason for each in outcome.failures]) == (State.LINKED, ["NotGranted"])


def test_what_is_withdrawn_is_taken_from_the_roles() -> None:
    there = account()
    other = Resource("retail", "orders")
    done(ORDER, there)
    there.granted[ANALYST].add(other)
    assert done(replace(ORDER, deed=Deed.WITHDRAW), there) == Done(State.GONE)
    assert (there.granted, there.links) == ({ANALYST: {other}}, {LINK: Source("retail", "customer")})
    assert there.seen == {ANALYST: {LINK}}
    assert done(replace(ORDER, deed=Deed.HIDE), there) == Done(State.GONE)
    assert there.seen == {ANALYST: set()}
    assert done(replace(ORDER, deed=Deed.UNLINK), there) == Done(State.GONE)
    assert there.links == {}


def test_a_role_that_the_config_names_no_more_is_still_withdrawn() -> None:
    there = account()
    done(ORDER, there)
    for deed in (Deed.WITHDRAW, Deed.HIDE):
        assert done(replace(ORDER, deed=deed), there, replace(RULES, roles=())) == Done(State.GONE)
    assert (there.granted, there.seen) == ({ANALYST: set()}, {ANALYST: set()})


def test_a_database_that_the_config_names_no_more_is_still_withdrawn() -> None:
    """Another share may let the account read it still."""
    there = account()
    done(ORDER, there)
    for deed in (Deed.WITHDRAW, Deed.HIDE, Deed.UNLINK):
        assert done(replace(ORDER, deed=deed), there, replace(RULES, databases=())) == Done(State.GONE)
    assert (there.granted, there.links) == ({ANALYST: set()}, {})


def test_from_roles_of_other_accounts_nothing_is_taken() -> None:
    stranger = f"arn:aws:iam::{OTHER}:role/analyst"
    there = account(granted={stranger: {CUSTOMER}})
    assert done(replace(ORDER, deed=Deed.WITHDRAW, roles=(stranger,)), there) == Done(State.GONE)
    assert there.granted == {stranger: {CUSTOMER}}


def test_what_cannot_be_withdrawn_is_said() -> None:
    there = account()
    done(ORDER, there)
    there.administrator = False
    outcome = done(replace(ORDER, deed=Deed.WITHDRAW), there)
    assert (outcome.state, [each.reason for each in outcome.failures]) == (State.LINKED, ["NotAdministrator"])
    assert (there.granted, list(there.links)) == ({ANALYST: {CUSTOMER}}, [LINK])


def test_what_is_undone_twice_is_undone() -> None:
    there = account()
    done(ORDER, there)
    for deed in (Deed.WITHDRAW, Deed.HIDE, Deed.UNLINK) * 2:
        assert done(replace(ORDER, deed=deed), there) == Done(State.GONE)


def test_a_name_that_glue_does_not_take_is_said() -> None:
    source = Source("retail", "t" * 255)
    with pytest.raises(LinkNameTooLong, match="263 characters long; Glue takes 255"):
        link_of(replace(ORDER, source=source), RULES)
    resource = Resource("retail", source.table)
    outcome = done(replace(ORDER, source=source, resources=(resource,)), account(arrived={resource}))
    assert [each.reason for each in outcome.failures] == ["LinkNameTooLong"]
    # So there is none that could be deleted.
    assert done(replace(ORDER, source=source, resources=(), deed=Deed.UNLINK), account()) == Done(State.GONE)


@given(
    st.lists(st.sampled_from([Deed.DELIVER, Deed.WITHDRAW]), max_size=6),
    st.sets(st.sampled_from([ANALYST, READER, f"arn:aws:iam::{OWN}:role/admin", f"arn:aws:iam::{OTHER}:role/analyst"])),
)
def test_only_allowed_roles_ever_read_and_only_what_was_shared(deeds: list[Deed], roles: set[str]) -> None:
    there = account()
    for deed in deeds:
        outcome = done(replace(ORDER, deed=deed, roles=tuple(sorted(roles))), there)
        reading = {role: what for role, what in there.granted.items() if what}
        expected = roles & {ANALYST, READER} if deed is Deed.DELIVER else set[str]()
        assert reading == {role: {CUSTOMER} for role in expected}
        assert outcome.state is not State.READY or roles == expected
