"""What the ledger says against what is granted: every difference by hand, and no false one whatever the shares are."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing.model.classification import Ground, Rule, Scope
from handlers.sharing.model.drift import Difference, Kind, Picture, Standing, appeared, compare
from handlers.sharing.model.granted import Granted, Trouble, is_outside, merged
from handlers.sharing.model.grants import Resource, covered
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.request import WHOLE_DATABASE, Source
from handlers.sharing.model.share import ADOPTED, Share, ShareStatus
from tests.fakes.world import CENTRAL, CONSUMER, OWNER, STRANGER

RAM = "arn:aws:ram:eu-central-1:123456789012:resource-share/1"
Found = tuple[Kind, tuple[str, ...]]
ROLE = "arn:aws:iam::999999999999:role/analyst"
PEOPLE, ORDERS, ALL, DATABASE = (Resource("sales", each) for each in ("people", "orders", WHOLE_DATABASE, ""))


def standing(id_: str = "r1:1", table: str = "people", *names: str, **more: object) -> Standing:
    scope = Scope.TABLE if table != WHOLE_DATABASE else Scope.TABLES_BY_NAME if names else Scope.WILDCARD
    share = Share(
        id_,
        CONSUMER,
        ShareStatus.ACTIVE,
        Source("sales", table),
        scope,
        Owner(OWNER),
        "f" * 64,
        "2026-11-24",
        live=True,
    )
    share = replace(share, **more)
    return Standing(share, covered(share.source, scope, names))


def grant(resource: Resource, who: str = CONSUMER, **more: object) -> Granted:
    whole = frozenset(resource.permissions)
    return replace(Granted(who, str(resource), resource.database, resource, whole, whole, frozenset({RAM})), **more)


def odd(what: str, who: str = CONSUMER, database: str = "sales") -> Granted:
    """A grant that no share could cover."""
    return Granted(who, what, database, None, frozenset({"SELECT"}))


def differences(shares: Sequence[Standing], granted: Sequence[Granted], **more: object) -> list[Difference]:
    there = {each.share.id: each for each in shares}
    return compare(replace(Picture(CENTRAL, granted, there, there), **more))


def found(shares: Sequence[Standing], granted: Sequence[Granted], **more: object) -> list[Found]:
    return [(each.kind, each.things) for each in differences(shares, granted, **more)]


BOTH = "DESCRIBE, SELECT on "


def missing(*things: str) -> Found:
    return (Kind.MISSING, things)


def wider(*things: str) -> Found:
    return (Kind.WIDER, things)


def unexplained(*things: str) -> Found:
    return (Kind.UNEXPLAINED, things)


DROP = frozenset({"SELECT", "DESCRIBE", "DROP"})


@pytest.mark.parametrize(
    ("shares", "granted", "expected"),
    [
        ([standing()], [grant(PEOPLE)], []),
        ([standing()], [], [missing("sales.people")]),
        ([standing()], [grant(PEOPLE, grantable=frozenset())], [missing("sales.people")]),
        ([standing()], [grant(PEOPLE, permissions=frozenset({"DESCRIBE"}))], [missing("sales.people")]),
        (
            [standing()],
            [grant(PEOPLE, STRANGER)],
            [missing("sales.people"), unexplained(f"{BOTH}sales.people")],
        ),
        # All tables instead of one can be read all the same, and more.
        ([standing()], [grant(ALL)], [wider(f"{BOTH}sales.*")]),
        (
            [standing()],
            [grant(PEOPLE), grant(ORDERS), grant(DATABASE)],
            [wider("DESCRIBE on sales", f"{BOTH}sales.orders")],
        ),
        (
            [standing()],
            [grant(PEOPLE, permissions=DROP)],
            [wider("DESCRIBE, DROP, SELECT on sales.people")],
        ),
        (
            [standing()],
            [grant(PEOPLE), odd("column id of sales.orders")],
            [wider("SELECT on column id of sales.orders")],
        ),
        (
            [standing("r1:1", "*", "people", "orders")],
            [grant(DATABASE), grant(PEOPLE)],
            [missing("sales.orders")],
        ),
        ([standing("r1:1", "*")], [grant(DATABASE), grant(ALL)], []),
        ([], [grant(PEOPLE)], [unexplained(f"{BOTH}sales.people")]),
        ([], [grant(PEOPLE, ROLE)], [unexplained(f"{BOTH}sales.people")]),
        ([], [odd("LFTag pii", database="")], [unexplained("SELECT on LFTag pii")]),
        ([], [grant(PEOPLE, CENTRAL), grant(PEOPLE, "IAM_ALLOWED_PRINCIPALS")], []),
        # What is being granted, or taken back, explains itself, and is missed by nobody.
        ([standing(status=ShareStatus.GRANTING)], [grant(PEOPLE)], []),
        ([standing(status=ShareStatus.REVOKING)], [grant(PEOPLE)], []),
        ([standing(status=ShareStatus.GRANTING)], [], []),
        ([standing(status=ShareStatus.REVOKING)], [], []),
        # What somebody else granted is adopted as it is.
        ([standing(fingerprint=ADOPTED)], [grant(PEOPLE, grantable=frozenset())], []),
        ([standing(fingerprint=ADOPTED)], [], [missing("sales.people")]),
    ],
)
def test_each_difference(shares: list[Standing], granted: list[Granted], expected: list[Found]) -> None:
    assert found(shares, granted) == expected


def test_what_was_taken_back_or_shared_while_it_was_looked_at_is_no_difference() -> None:
    there = {"r1:1": standing()}
    ending = {"r1:1": standing(status=ShareStatus.REVOKING)}
    assert compare(Picture(CENTRAL, [grant(PEOPLE)], there, {})) == []
    assert compare(Picture(CENTRAL, [grant(PEOPLE)], {}, there)) == []
    assert compare(Picture(CENTRAL, [], {}, there)) == []
    assert compare(Picture(CENTRAL, [], there, ending)) == []
    assert compare(Picture(CENTRAL, [], ending, there)) == []


def test_whom_it_concerns_and_what_can_be_done() -> None:
    wide, role, tag = grant(ALL), grant(PEOPLE, ROLE), odd("LFTag pii", STRANGER, "")
    shares, granted = [standing()], [wide, role, tag]
    by_who = {each.principal: each for each in differences(shares, granted)}
    assert by_who[CONSUMER].resources == (ALL,)
    assert by_who[CONSUMER].says == (
        f"Account {CONSUMER} was granted {BOTH}sales.*. Its shares of sales do not cover that."
    )
    assert (by_who[ROLE].resources, by_who[STRANGER].resources) == ((), ())
    assert by_who[ROLE].says == (
        f"{ROLE}, outside of this account, was granted {BOTH}sales.people. No share of Lakeshare's explains that. "
        "Lakeshare cannot take it back or adopt it: a data lake administrator can (docs/operations.md)."
    )
    (missing,) = differences(shares, [])
    assert (missing.share, missing.owner, missing.resources) == ("r1:1", OWNER, ())


def test_a_dropped_table_takes_its_grant_along() -> None:
    named = standing("r1:1", "*", "people", "orders")
    held = [grant(DATABASE), grant(PEOPLE)]
    assert found([named], held, gone=frozenset({ORDERS})) == []
    assert found([named], [grant(DATABASE)], gone=frozenset({ORDERS})) == [missing("sales.people")]
    # Nothing is left of it: somebody ought to know.
    assert found([standing()], [], gone=frozenset({PEOPLE})) == [missing("sales.people")]


@pytest.mark.parametrize(
    ("trouble", "is_found"),
    [(Trouble(None, "It expired."), True), (Trouble(PEOPLE, "No."), True), (Trouble(ORDERS, "No."), False)],
)
def test_what_ram_does_not_carry_over(trouble: Trouble, is_found: bool) -> None:
    broken = differences([standing()], [grant(PEOPLE)], troubles={RAM: [trouble]})
    assert [each.kind for each in broken] == ([Kind.RAM_BROKEN] if is_found else [])
    assert all(trouble.says in each.says for each in broken)


def test_personal_data_that_appeared() -> None:
    ground = Ground(Rule.COLUMN_FLAGGED, "people", "email")
    (changed,) = differences([standing()], [grant(PEOPLE)], appeared={"r1:1": [ground]})
    assert (changed.kind, changed.things, changed.share) == (Kind.SOURCE_CHANGED, ("people.email",), "r1:1")
    assert "people.email" in changed.says


@pytest.mark.parametrize(
    ("principal", "outside"),
    [
        (CENTRAL, False),
        (CONSUMER, True),
        (f"arn:aws:iam::{CENTRAL}:role/etl", False),
        (f"arn:aws-cn:iam::{CENTRAL}:user/ann", False),
        (ROLE, True),
        (f"arn:aws:organizations::{CENTRAL}:organization/o-1", True),
        (f"arn:aws:organizations::{CENTRAL}:ou/o-1/ou-2", True),
        ("arn:aws:identitystore:::user/1", False),
        ("IAM_ALLOWED_PRINCIPALS", False),
        (f"{CENTRAL}:IAMPrincipals", False),
        (f"{CONSUMER}:IAMPrincipals", True),
        ("whatever comes next", True),
        ("", True),
    ],
)
def test_who_is_outside(principal: str, outside: bool) -> None:
    assert is_outside(principal, CENTRAL) is outside


def test_select_is_listed_apart() -> None:
    describe = grant(PEOPLE, permissions=frozenset({"DESCRIBE"}), grantable=frozenset({"DESCRIBE"}))
    select = grant(PEOPLE, permissions=frozenset({"SELECT"}), grantable=frozenset({"SELECT"}), ram=frozenset({"other"}))
    assert merged([describe, select, grant(PEOPLE, STRANGER)]) == [
        grant(PEOPLE, ram=frozenset({RAM, "other"})),
        grant(PEOPLE, STRANGER),
    ]


# --- whatever the shares are ----------------------------------------------------------------------------------------

NAMES = ("a", "b", "c")
STATES = st.sampled_from([ShareStatus.GRANTING, ShareStatus.ACTIVE, ShareStatus.REVOKING])


@st.composite
def some_shares(draw: st.DrawFn) -> list[Standing]:
    drawn = draw(
        st.lists(
            st.tuples(
                STATES,
                st.sampled_from([*NAMES, "*"]),
                st.sets(st.sampled_from(NAMES)),
                st.sampled_from([CONSUMER, STRANGER]),
            ),
            max_size=4,
        )
    )
    return [
        standing(f"r{at}:1", table, *(some if table == "*" else ()), status=status, consumer=who)
        for at, (status, table, some, who) in enumerate(drawn)
    ]


RESOURCES = st.sampled_from([Resource("sales", each) for each in ("", "*", *NAMES)])


def union(shares: Sequence[Standing], *states: ShareStatus) -> set[tuple[str, Resource]]:
    return {
        (each.share.consumer, resource) for each in shares if each.share.status in states for resource in each.covers
    }


@given(some_shares(), st.data())
def test_a_lake_as_lakeshare_leaves_it_has_no_difference(shares: list[Standing], data: st.DataObject) -> None:
    must = union(shares, ShareStatus.ACTIVE)
    under_way = sorted(union(shares, *ShareStatus) - must)
    also = data.draw(st.sets(st.sampled_from(under_way))) if under_way else set()
    assert differences(shares, [grant(resource, who) for who, resource in sorted(must | also)]) == []


@given(some_shares(), st.sets(st.tuples(st.sampled_from([CONSUMER, STRANGER]), RESOURCES)))
def test_every_difference_is_found_and_none_is_made_up(
    shares: list[Standing], granted: set[tuple[str, Resource]]
) -> None:
    came = differences(shares, [grant(resource, who) for who, resource in sorted(granted)])
    beyond = {(each.principal, resource) for each in came for resource in each.resources}
    assert beyond == granted - union(shares, *ShareStatus)
    assert {each.kind for each in came} <= {Kind.MISSING, Kind.WIDER, Kind.UNEXPLAINED}
    lost = {
        each.share.id
        for each in shares
        if each.share.status is ShareStatus.ACTIVE
        and any(
            (each.share.consumer, resource) not in granted
            and not (resource.table and (each.share.consumer, ALL) in granted)
            for resource in each.covers
        )
    }
    assert {each.share for each in came if each.kind is Kind.MISSING} == lost


# --- what appeared --------------------------------------------------------------------------------------------------

GROUNDS = st.builds(
    Ground,
    st.sampled_from([Rule.TABLE_FLAGGED, Rule.COLUMN_FLAGGED, Rule.VIEW, Rule.TAGGED]),
    st.sampled_from([None, "a", "b"]),
    st.sampled_from([None, "x", "y"]),
)


@given(st.lists(GROUNDS), st.lists(GROUNDS))
def test_what_was_told_never_appears_and_all_else_does(now: list[Ground], then: list[Ground]) -> None:
    came = appeared(now, then, all_of_them=True)
    assert appeared(then, then, all_of_them=True) == []
    assert appeared(now, [], all_of_them=True) == now
    told = {(each.table, each.column) for each in then}
    for ground in now:
        is_told = bool({(ground.table, ground.column), (ground.table, None), (None, None)} & told)
        assert (ground in came) is not is_told
    assert set(appeared(now, then, all_of_them=False)) <= set(came)


EMAIL, PHONE = Ground(Rule.COLUMN_FLAGGED, "people", "email"), Ground(Rule.COLUMN_FLAGGED, "people", "phone")
WHOLE = Ground(Rule.TABLE_FLAGGED, "people")


@pytest.mark.parametrize(
    ("now", "then", "all_of_them", "expected"),
    [
        ([EMAIL, PHONE], [EMAIL], True, [PHONE]),
        ([EMAIL, PHONE], [WHOLE], True, []),
        ([WHOLE], [EMAIL], True, [WHOLE]),
        ([PHONE], [Ground(Rule.DATABASE_FLAGGED)], True, []),
        # That something changed is no word about the data.
        ([PHONE], [Ground(Rule.CHANGED_SINCE_SHARED), EMAIL], True, [PHONE]),
        ([Ground(Rule.FLAG_VANISHED, "people", "email"), Ground(Rule.MEMORY_UNREADABLE)], [], True, []),
        ([EMAIL], [Ground(Rule.FLAG_VANISHED, "people", "email")], True, []),
        # Of a list that was cut nobody knows the rest: of its last table, and of tables behind it.
        ([PHONE], [EMAIL], False, []),
        ([PHONE], [EMAIL, Ground(Rule.VIEW, "staff")], False, [PHONE]),
        ([Ground(Rule.VIEW, "zoo")], [EMAIL, Ground(Rule.VIEW, "staff")], False, []),
    ],
)
def test_what_appeared(now: list[Ground], then: list[Ground], all_of_them: bool, expected: list[Ground]) -> None:
    assert appeared(now, then, all_of_them=all_of_them) == expected
