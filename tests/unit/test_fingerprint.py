"""The fingerprint: whatever an approver saw, or a grant would cover, changes it; nothing else does."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing.examine import examine
from handlers.sharing.model.catalogue import Column, Database
from handlers.sharing.model.request import ShareRequest, Source
from tests.fakes.world import CONSUMER, OTHER_OWNER, OWNER, World, plain_table

BASE = plain_table(columns=(Column("id", "int"), Column("mail", "string", ("true",)), Column("day", "date", (), True)))
Change = Callable[[World], None]
PINNED_TABLE = "d821edc944918444cb47ed3f1c621c38ffca70c76d89a2192caf449f6872e646"
PINNED_ODD = "e21913d979e7a88acf9186656c73af0534678227c762ebf51b9fbcea4ad7c72f"
PINNED_DATABASE = "817adc676cdd7a6b9b296921124e38c5471592d4f3873d6dd7360d4f336e514e"


def fingerprint(world: World, table: str = "*", consumer: str = CONSUMER, *, wildcard: bool = False) -> str:
    request = ShareRequest(Source("sales", table), consumer)
    return examine(
        request, replace(world.rules, wildcard_on_approval=wildcard), world.catalogue
    ).classification.fingerprint


def table(**change: Any) -> Change:
    return lambda world: world.catalogue.put(world.catalogue.databases["sales"], replace(BASE, **change))


def column(at: int, **change: Any) -> Change:
    columns = list(BASE.columns or ())
    columns[at] = replace(columns[at], **change)
    return table(columns=tuple(columns))


def database(**change: Any) -> Change:
    return lambda world: world.catalogue.put(replace(world.catalogue.databases["sales"], **change))


def made() -> World:
    world = World()
    world.catalogue.put(Database("sales", owner=OWNER), BASE)
    return world


CHANGES: dict[str, Change] = {
    "column renamed": column(0, name="ident"),
    "column retyped": column(0, type="bigint"),
    "column flagged": column(0, flags=("true",)),
    "column flagged as no": column(0, flags=("no",)),
    "flag written otherwise": column(1, flags=("TRUE",)),
    "flag gone": column(1, flags=()),
    "flag doubled": column(1, flags=("true", "true")),
    "flag no string": column(1, flags=(True,)),
    "partition key renamed": column(2, name="month"),
    "partition key retyped": column(2, type="string"),
    "partition key flagged": column(2, flags=("true",)),
    "partition key now a column": column(2, is_partition_key=False),
    "columns swapped": table(columns=tuple(reversed(BASE.columns or ()))),
    "column added": table(columns=(*(BASE.columns or ()), Column("more", "int"))),
    "columns gone": table(columns=()),
    "columns unreadable": table(columns=None),
    "table flagged": table(flags=("no",)),
    "own owner named": table(owner=OWNER),
    "location": table(location="s3://elsewhere/"),
    "kind": table(kind="VIRTUAL_VIEW"),
    "further locations, a view's text, a schema kept elsewhere": table(about="select 1"),
    "registration": table(registered=False),
    "tagged": table(tags=("pii=true",)),
    "tagged otherwise": table(tags=("pii=very",)),
    "tags unreadable": table(tags=None),
    "column tagged": column(0, tags=("pii=true",)),
    "database tagged": database(tags=("pii=true",)),
    "tags of the database unreadable": database(tags=None),
    "pii_columns": table(pii_columns=("id",)),
    "what a federated database stands for": database(about="crm"),
    "flag of the database": database(flags=("false",)),
    "location of the database": database(location="s3://elsewhere/"),
}


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("asked", ["*", "orders"])
def test_a_change_changes_it(name: str, asked: str) -> None:
    world = made()
    before = fingerprint(world, asked)
    CHANGES[name](world)
    assert fingerprint(world, asked) != before


def test_all_changes_differ_from_each_other() -> None:
    found: set[str] = set()
    for change in CHANGES.values():
        world = made()
        change(world)
        found.add(fingerprint(world))
    assert len(found) == len(CHANGES)


def test_tables_that_come_and_go_change_a_database_only() -> None:
    world = made()
    before, one = fingerprint(world), fingerprint(world, "orders")
    world.catalogue.put(Database("sales", owner=OWNER), plain_table("more"))
    assert fingerprint(world) != before
    assert fingerprint(world, "orders") == one
    world.catalogue.drop("sales", "more")
    assert fingerprint(world) == before
    database(owner=OTHER_OWNER)(world)
    assert fingerprint(world) != before


def test_scope_source_and_target_change_it() -> None:
    world = made()
    world.catalogue.drop("sales", "people")
    seen = {
        fingerprint(world),
        fingerprint(world, wildcard=True),
        fingerprint(world, "orders"),
        fingerprint(world, consumer="888888888888"),
        fingerprint(world, "orders", "888888888888"),
    }
    assert len(seen) == 5


@pytest.mark.parametrize(
    "change",
    [
        table(description="Another text"),
        table(owner_name="Somebody"),
        database(description="Another text"),
        database(owner_name="Somebody"),
    ],
)
def test_texts_for_people_do_not(change: Change) -> None:
    world = made()
    before = fingerprint(world)
    change(world)
    assert fingerprint(world) == before


@given(st.permutations(["a", "b", "c", "d", "e"]))
def test_the_order_of_tables_does_not(names: list[str]) -> None:
    one, other = made(), made()
    for world, order in ((one, sorted(names)), (other, names)):
        world.catalogue.entries["sales"].clear()
        world.catalogue.put(Database("sales", owner=OWNER), *(plain_table(name) for name in order))
    assert fingerprint(one) == fingerprint(other)


NAMES = st.text(st.characters(), max_size=4)


@given(
    st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=3), st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=3)
)
def test_no_two_lists_of_columns_share_one(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> None:
    first, second = made(), made()
    table(columns=tuple(Column(*each) for each in one))(first)
    table(columns=tuple(Column(*each) for each in other))(second)
    assert (fingerprint(first, "orders") == fingerprint(second, "orders")) == (one == other)


def test_it_stays_the_same_from_release_to_release() -> None:
    """A request that waits while a release is deployed must find what its approver saw."""
    assert fingerprint(made(), "orders") == PINNED_TABLE
    assert fingerprint(made()) == PINNED_DATABASE
    odd = made()
    table(flags=({"of": ["old"]}, b"bytes"), columns=(Column("half \ud83d", "int"),))(odd)
    assert fingerprint(odd, "orders") == PINNED_ODD
