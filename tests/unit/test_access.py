"""Who may do what: the table, to the letter, and the one check that goes by it."""

from __future__ import annotations

from itertools import combinations

import pytest

from handlers.sharing.model.access import (
    ACCOUNT_GROUP,
    MAY,
    NEVER,
    NOTHING,
    Deed,
    Groups,
    Role,
    Standing,
    Thing,
    _who_may,
    check,
)
from handlers.sharing.model.errors import (
    AccountNotYours,
    ApproversUnknown,
    AuditorsOnly,
    Declined,
    NotAllowed,
    UnknownRequest,
    UnknownShare,
)
from handlers.sharing.model.person import Person
from settings import portal

CONSUMER, OTHER, OWNER = "999999999999", "888888888888", "111111111111"
THING = Thing("alex-id", CONSUMER, OWNER)
S, Q, B, P, A, O = Role.SIGNED_IN, Role.REQUESTER, Role.BOUND, Role.APPROVER, Role.AUDITOR, Role.OPERATOR  # noqa: E741


def test_the_table() -> None:
    assert {deed: set(roles) for deed, roles in MAY.items()} == {
        Deed.BROWSE: {S},
        Deed.ASK: {B},
        Deed.SEE_REQUEST: {Q, P, A, O},
        Deed.SEE_SHARE: {Q, B, P, A, O},
        Deed.RENEW: {Q, B},
        Deed.GIVE_BACK: {Q, B},
        Deed.DELIVER: {Q, B},
        Deed.DECIDE: {P},
        Deed.REVOKE: {P, O},
        Deed.HOLD: {P, O},
        Deed.AUDIT: {A, O},
        Deed.SEE_EXECUTIONS: {A, O},
        Deed.SETTLE_DRIFT: {P, O},
    }
    assert set(MAY) == set(Deed)
    assert {deed: set(roles) for deed, roles in NEVER.items()} == {Deed.DECIDE: {Q, O}}


ALL_ROLES = [frozenset({S, *others}) for n in range(6) for others in combinations((Q, B, P, A, O), n)]


@pytest.mark.parametrize("deed", Deed)
def test_every_kind_of_person_and_every_deed(deed: Deed) -> None:
    """Of all mixtures of roles: who may not see it hears that there is none, and who sees it, who may."""
    sees, unknown = {
        **dict.fromkeys((Deed.SEE_REQUEST, Deed.DECIDE), ({Q, P, A, O}, UnknownRequest)),
        **dict.fromkeys(
            (Deed.SEE_SHARE, Deed.RENEW, Deed.GIVE_BACK, Deed.DELIVER, Deed.REVOKE), ({Q, B, P, A, O}, UnknownShare)
        ),
    }.get(deed, (set(Role), None))
    refused = AuditorsOnly if deed is Deed.AUDIT else NotAllowed
    for roles in ALL_ROLES:
        if roles & MAY[deed] and not roles & NEVER.get(deed, frozenset()):
            check(deed, roles)
            continue
        with pytest.raises(Declined) as raised:
            check(deed, roles)
        assert type(raised.value) is (refused if roles & sees else unknown), roles


@pytest.mark.parametrize(
    ("deed", "said"),
    [
        (Deed.ASK, "Asking for an account is for people bound to the account."),
        (Deed.REVOKE, "Revoking a share is for the approvers of the data's owner and the operators' group."),
        (
            Deed.SEE_REQUEST,
            "Seeing a request is for the approvers of the data's owner, the auditors' group, the operators' group and "
            "whoever asked for it.",
        ),
        (
            Deed.DECIDE,
            "Deciding on a request is for the approvers of the data's owner, and never for the operators' group or "
            "whoever asked for it.",
        ),
    ],
)
def test_who_may_not_is_told_who_may(deed: Deed, said: str) -> None:
    assert _who_may(deed) == f"{said} The platform team knows who they are."


@pytest.mark.parametrize(
    ("standing", "roles"),
    [
        (Standing("kim-id", None), {S}),
        (Standing("alex-id", None), {S, Q}),
        (Standing("kim-id", frozenset({CONSUMER})), {S, B}),
        (Standing("kim-id", frozenset({OTHER})), {S}),
        (Standing("kim-id", None, approves=frozenset({OWNER})), {S, P}),
        (Standing("kim-id", None, approves=frozenset({OTHER}), unknown=frozenset({OWNER})), {S}),
        (Standing("alex-id", frozenset({CONSUMER}), True, True, frozenset({OWNER})), set(Role)),
    ],
)
def test_what_somebody_is_towards_a_thing(standing: Standing, roles: set[Role]) -> None:
    assert standing.roles(THING) == roles
    assert standing.roles(NOTHING) == roles & {S, A, O}


GROUPS = Groups("auditors", "operators", binds_accounts=True)


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ({"auditors"}, Standing("id", frozenset(), auditor=True)),
        ({"operators", "x"}, Standing("id", frozenset(), operator=True)),
        ({f"account-{CONSUMER}", f"account-{OTHER}"}, Standing("id", frozenset({CONSUMER, OTHER}))),
        # What only looks like a group of this stack's.
        (
            {"Auditors", "auditors ", "", CONSUMER, "account-", "account-99999999999", "account-99999999999x"},
            Standing("id", frozenset()),
        ),
        ({f"Account-{CONSUMER}", f"account-{CONSUMER} ", f"x-account-{CONSUMER}"}, Standing("id", frozenset())),
        ({f"account-account-{CONSUMER}", "account-" + "\u0661" * 12}, Standing("id", frozenset())),
    ],
)
def test_what_groups_make_of_somebody(names: set[str], expected: Standing) -> None:
    assert GROUPS.standing(Person("id", "kim", frozenset(names))) == expected


def test_where_nobody_is_bound_groups_bind_nobody() -> None:
    person = Person("id", "kim", frozenset({f"account-{CONSUMER}", ""}))
    standing = Groups().standing(person)
    assert standing == Standing("id", None)
    standing.check_asks_for(OTHER)
    assert Role.BOUND not in standing.roles(THING), "asking for any account does not show what all accounts have"


def test_whoever_is_bound_asks_for_those_accounts_only() -> None:
    Standing("id", frozenset({CONSUMER})).check_asks_for(CONSUMER)
    for accounts, own in ((frozenset({OTHER}), f"to {OTHER}"), (frozenset[str](), "to none")):
        with pytest.raises(AccountNotYours, match=f"account {CONSUMER} is none of yours. You are bound {own}"):
            Standing("id", accounts).check_asks_for(CONSUMER)


def test_where_nobody_can_say_who_approves_that_is_what_is_said() -> None:
    unknown = Standing("kim-id", None, unknown=frozenset({OWNER}))
    with pytest.raises(ApproversUnknown, match=OWNER):
        unknown.check(Deed.REVOKE, THING)
    with pytest.raises(UnknownShare):
        unknown.check(Deed.GIVE_BACK, THING)
    # Those who may anyway are not held up.
    Standing("kim-id", None, operator=True, unknown=frozenset({OWNER})).check(Deed.REVOKE, THING)
    with pytest.raises(NotAllowed):
        Standing("kim-id", None, operator=True, unknown=frozenset({OWNER})).check(Deed.DECIDE, THING)


def test_the_words_of_config_are_the_handlers_own() -> None:
    assert portal.ACCOUNT_GROUP == ACCOUNT_GROUP
