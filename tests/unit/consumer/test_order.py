"""What the kit takes for an order, and what its account's own rules let be done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.consumer.order import MOST_RESOURCES, MOST_ROLES, Deed, Order, Rules, parse_order
from handlers.consumer.refusals import DatabaseNotAllowed, OrderMalformed, RoleNotAllowed, StrangeSender
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import Source

CENTRAL, OWN, OTHER = "123456789012", "999999999999", "111111111111"
ANALYST = f"arn:aws:iam::{OWN}:role/analyst"
FILTER = "lakeshare-" + "0a" * 20
GOOD: Mapping[str, Any] = {
    "version": 1,
    "central": CENTRAL,
    "share": "request-1:1",
    "deed": "deliver",
    "source": {"database": "retail", "table": "customer"},
    "resources": [{"table": "customer"}],
    "roles": [ANALYST],
}
RULES = Rules(OWN, CENTRAL, ("retail", "sales_*"), ("analyst", "teams/reader"), "lakeshare")
ORDER = Order(
    CENTRAL, "request-1:1", Deed.DELIVER, Source("retail", "customer"), (Resource("retail", "customer"),), (ANALYST,)
)


def test_an_order_is_read() -> None:
    assert parse_order(GOOD) == ORDER


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ([{"table": ""}, {"table": "*"}], (Resource("retail"), Resource("retail", "*"))),
        ([{"table": "goods", "filter": FILTER}], (Resource("retail", "goods", FILTER),)),
    ],
)
def test_a_database_has_resources_of_each_kind(resources: object, expected: object) -> None:
    given = {**GOOD, "source": {"database": "Retail", "table": "*"}, "resources": resources}
    assert parse_order(given).resources == expected


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"resources": []}, "resources must not be empty where something is to be delivered"),
        ({"version": 2}, "version must be 1, got a number"),
        ({"version": True}, "version must be 1, got true or false"),
        ({"version": None}, "version must be 1, got nothing"),
        ({"central": 123456789012}, "central must be a string, got a number"),
        ({"share": "request-1"}, "share must be the id of a share, got 'request-1'"),
        ({"share": "a#b:1"}, "share must be the id of a share"),
        ({"deed": "destroy"}, "deed must be one of deliver, withdraw, hide, unlink, got 'destroy'"),
        ({"source": "retail"}, "source must be an object, got a string"),
        ({"source": {"database": "retail"}}, "source.table must be a string, got nothing"),
        ({"source": {"database": "retail", "table": "t", "catalog": "x"}}, "source.catalog must not be given"),
        ({"resources": {}}, "resources must be a list, got an object"),
        ({"resources": [{"table": "other"}]}, "resources.table must be 'customer', got 'other'"),
        ({"resources": [{"table": ""}]}, "resources.table must be 'customer', got ''"),
        ({"resources": [{"table": "customer", "filter": "mine"}]}, "resources.filter must be the name of one"),
        ({"resources": [{"table": "customer", "database": "hr"}]}, "resources.database must not be given"),
        ({"resources": [{"table": "customer"}] * (MOST_RESOURCES + 1)}, "at most 500 entries, got 501"),
        ({"roles": [ANALYST] * (MOST_ROLES + 1)}, "at most 10 entries, got 11"),
        ({"roles": ["analyst"]}, "roles must be a list of ARNs of roles"),
        ({"roles": [f"arn:aws:iam::{OWN}:user/analyst"]}, "roles must be a list of ARNs of roles"),
        ({"grant": "everything"}, "grant must not be given"),
    ],
)
def test_what_is_no_order_is_refused_with_what_was_expected(change: Mapping[str, Any], said: str) -> None:
    with pytest.raises(OrderMalformed) as refused:
        parse_order({**GOOD, **change})
    assert said in str(refused.value)


def test_a_filter_is_of_one_table() -> None:
    database = {"database": "retail", "table": "*"}
    for table in ("", "*"):
        with pytest.raises(OrderMalformed, match="of one table"):
            parse_order({**GOOD, "source": database, "resources": [{"table": table, "filter": FILTER}]})


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(JSON | st.builds(lambda key, value: {**GOOD, key: value}, st.sampled_from([*GOOD]) | st.text(), JSON))
def test_whatever_comes_is_an_order_or_refused_by_name(document: Any) -> None:
    try:
        order = parse_order(document)
    except OrderMalformed:
        return
    assert all(each.database == order.source.database for each in order.resources)
    assert order.source.is_database or {each.table for each in order.resources} <= {order.source.table}


@pytest.mark.parametrize("database", ["retail", "sales_2026"])
def test_the_rules_let_their_databases_be_taken_up(database: str) -> None:
    RULES.check(parse_order({**GOOD, "source": {"database": database, "table": "*"}, "resources": [{"table": ""}]}))


def test_the_rules_refuse_others() -> None:
    with pytest.raises(DatabaseNotAllowed, match="allowedDatabases does not name it"):
        RULES.check(parse_order({**GOOD, "source": {"database": "hr", "table": "*"}, "resources": [{"table": ""}]}))
    with pytest.raises(StrangeSender, match=f"from account {CENTRAL}, got one that says '{OTHER}'"):
        RULES.check(parse_order({**GOOD, "central": OTHER}))


@pytest.mark.parametrize("name", ["analyst", "teams/reader"])
def test_a_role_that_the_rules_name_may_read(name: str) -> None:
    RULES.check_role(f"arn:aws:iam::{OWN}:role/{name}")


@pytest.mark.parametrize(
    "arn",
    [
        f"arn:aws:iam::{OWN}:role/admin",
        f"arn:aws:iam::{OWN}:role/reader",
        f"arn:aws:iam::{OWN}:role/teams/analyst",
        f"arn:aws:iam::{OTHER}:role/analyst",
        f"arn:aws:iam::{OWN}:user/analyst",
        "analyst",
    ],
)
def test_all_other_roles_may_not(arn: str) -> None:
    with pytest.raises(RoleNotAllowed, match="allowedRoles does not name it"):
        RULES.check_role(arn)
