"""Classification: what needs an approval, on which grounds, and what is refused."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing.classify import examine
from handlers.sharing.model.catalogue import Column, Database, Table
from handlers.sharing.model.classification import Classified, Ground, Rule, Scope
from handlers.sharing.model.errors import (
    DatabaseNotFound,
    NothingToShare,
    OwnerMalformed,
    OwnerMissing,
    OwnersMixed,
    Refused,
    ResourceLink,
    TableNotFound,
)
from handlers.sharing.model.request import ShareRequest, Source
from handlers.sharing.model.sensitivity import Flag, strictest
from tests.fakes.world import CONSUMER, OTHER_OWNER, OWNER, World, pii_table, plain_table

FLAGS = st.lists(st.sampled_from(["true", "no", "", "maybe", None, 7]), max_size=2).map(tuple)
COLUMNS = st.lists(st.builds(Column, st.sampled_from("abc"), st.just("int"), FLAGS, st.booleans()), max_size=3)
TABLES = st.lists(
    st.builds(
        Table,
        st.sampled_from(["t1", "t2", "t3", "t4"]),
        st.none() | COLUMNS.map(tuple),
        FLAGS,
        registered=st.booleans(),
    ),
    unique_by=lambda table: table.name,
    max_size=4,
)


def run(world: World, database: str = "sales", table: str = "*", *, wildcard: bool = False) -> Classified:
    request = ShareRequest(Source(database, table), CONSUMER)
    return examine(request, replace(world.rules, wildcard_on_approval=wildcard), world.catalogue)


def grounds(world: World, table: str = "orders") -> tuple[Ground, ...]:
    return run(world, table=table).classification.grounds


def test_a_table_without_personal_data_needs_no_approval(world: World) -> None:
    found = run(world, table="orders").classification
    assert not found.needs_approval
    assert (found.scope, found.tables, found.tables_total, found.columns_total) == (Scope.TABLE, ("orders",), 1, 2)
    assert found.owner.account_id == OWNER
    assert "2 columns" in found.summary


@pytest.mark.parametrize(
    ("change", "ground"),
    [
        ({"columns": (Column("a", "int"), Column("b", "int", ("true",)))}, Ground(Rule.COLUMN_FLAGGED, "orders", "b")),
        (
            {"columns": (Column("a", "int"), Column("day", "date", ("Yes",), is_partition_key=True))},
            Ground(Rule.COLUMN_FLAGGED, "orders", "day"),
        ),
        ({"columns": (Column("a", "int", ("no", "TRUE")),)}, Ground(Rule.COLUMN_FLAGGED, "orders", "a")),
        ({"columns": (Column("a", "int", ("maybe",)),)}, Ground(Rule.UNREADABLE_FLAG, "orders", "a")),
        ({"flags": ("1",)}, Ground(Rule.TABLE_FLAGGED, "orders")),
        ({"flags": (["true"],)}, Ground(Rule.UNREADABLE_FLAG, "orders")),
        ({"columns": None, "kind": "VIRTUAL_VIEW"}, Ground(Rule.COLUMNS_UNREADABLE, "orders")),
        ({"columns": ()}, Ground(Rule.COLUMNS_UNREADABLE, "orders")),
    ],
)
def test_what_makes_a_table_need_an_approval(world: World, change: dict[str, Any], ground: Ground) -> None:
    world.catalogue.put(Database("sales", owner=OWNER), replace(plain_table(), **change))
    assert grounds(world) == (ground,)
    assert (ground.table or "") in str(ground)
    assert run(world).classification.needs_approval


def test_the_flag_of_the_database_speaks_of_the_whole_only(world: World) -> None:
    world.catalogue.put(Database("weather", flags=("true",), owner=OWNER))
    whole = run(world, "weather").classification
    assert whole.grounds == (Ground(Rule.DATABASE_FLAGGED),)
    assert "the database" in whole.summary
    assert not run(world, "weather", "rain").classification.needs_approval
    world.catalogue.put(Database("weather", flags=("perhaps",), owner=OWNER))
    assert run(world, "weather").classification.grounds == (Ground(Rule.UNREADABLE_FLAG),)


def test_one_table_with_personal_data_is_enough_for_a_database(world: World) -> None:
    found = run(world).classification
    assert found.grounds == (Ground(Rule.COLUMN_FLAGGED, "people", "email"),)
    assert found.scope is Scope.TABLES_BY_NAME
    assert found.tables == ("orders", "people")
    assert found.columns_total == 4


def test_people_read_the_description_of_what_is_asked_for(world: World) -> None:
    world.catalogue.put(
        Database("sales", owner=OWNER, description="All of sales"), plain_table(description="What was ordered")
    )
    assert run(world, table="orders").classification.description == "What was ordered"
    assert run(world).classification.description == "All of sales"


@pytest.mark.parametrize(
    ("database", "table", "wildcard", "scope"),
    [
        ("sales", "people", True, Scope.TABLE),
        ("sales", "*", True, Scope.WILDCARD),
        ("sales", "*", False, Scope.TABLES_BY_NAME),
        ("weather", "*", True, Scope.TABLES_BY_NAME),
    ],
)
def test_scope(world: World, database: str, table: str, scope: Scope, *, wildcard: bool) -> None:
    assert run(world, database, table, wildcard=wildcard).classification.scope is scope


@given(TABLES, FLAGS)
def test_fails_closed(tables: list[Table], flags: tuple[object, ...]) -> None:
    world = World()
    world.catalogue.put(Database("new", flags, owner=OWNER), *tables)
    for table in tables:
        plain = all(strictest(each.flags) is Flag.NO for each in (table, *(table.columns or ())))
        assert run(world, "new", table.name).classification.needs_approval == (not plain or not table.columns)
    if not tables:
        with pytest.raises(NothingToShare):
            run(world, "new")
        return
    found = run(world, "new").classification
    any_table = any(run(world, "new", table.name).classification.needs_approval for table in tables)
    assert found.needs_approval == (any_table or strictest(flags) is not Flag.NO)
    assert found.unregistered_total == sum(not table.registered for table in tables)
    assert run(world, "new").tables == tuple(sorted(table.name for table in tables))


@pytest.mark.parametrize(
    ("asked", "database_owner", "table_owner", "expected"),
    [
        ("t", OWNER, None, OWNER),
        ("t", OWNER, OTHER_OWNER, OTHER_OWNER),
        ("t", None, OTHER_OWNER, OTHER_OWNER),
        ("t", "nonsense", OTHER_OWNER, OTHER_OWNER),
        ("t", None, None, OwnerMissing),
        ("t", OWNER, "", OwnerMalformed),
        ("t", OWNER, "nonsense", OwnerMalformed),
        ("*", None, OTHER_OWNER, OwnersMixed),
        ("*", OWNER, OTHER_OWNER, OwnersMixed),
        ("*", OTHER_OWNER, OTHER_OWNER, OTHER_OWNER),
    ],
)
def test_owner_of_the_table_else_of_the_database(
    asked: str, database_owner: str | None, table_owner: str | None, expected: str | type[Refused]
) -> None:
    world = World()
    world.catalogue.put(Database("d", owner=database_owner), plain_table("t", owner=table_owner), plain_table("u"))
    if isinstance(expected, str):
        assert run(world, "d", asked).classification.owner.account_id == expected
    else:
        with pytest.raises(expected):
            run(world, "d", asked)


def test_what_is_not_there(world: World) -> None:
    world.catalogue.links |= {"linked", "sales.linked"}
    world.catalogue.put(Database("sales", owner=OWNER), plain_table("linked"))
    for database, table, error in [
        ("nothing", "*", DatabaseNotFound),
        ("nothing", "orders", DatabaseNotFound),
        ("sales", "nothing", TableNotFound),
        ("linked", "*", ResourceLink),
        ("sales", "linked", ResourceLink),
        ("sales", "*", ResourceLink),
    ]:
        with pytest.raises(error):
            run(world, database, table)


def test_locations_that_lake_formation_does_not_know_are_a_warning(world: World) -> None:
    world.catalogue.put(Database("weather", owner=OWNER), plain_table("rain", registered=False))
    found = run(world, "weather").classification
    assert not found.needs_approval
    assert (found.unregistered, found.unregistered_total) == (("rain",), 1)


@pytest.mark.parametrize("size", [10_000])
def test_a_huge_database_is_counted_in_full_and_listed_in_part(world: World, size: int) -> None:
    names = ["\U0001f600" * 248 + f"{at:07}" for at in range(size)]
    world.catalogue.put(Database("huge", owner=OWNER, description="d" * 90_000), *map(pii_table, names))
    found = run(world, "huge")
    classification = found.classification
    assert (classification.tables_total, classification.grounds_total) == (size, size)
    assert 0 < len(classification.tables) < 200
    assert 0 < len(classification.grounds) < 200
    assert classification.tables == tuple(sorted(names))[: len(classification.tables)]
    assert len(found.tables) == size
    assert len(classification.description) == 2048
    assert "more" in classification.summary
    assert len(classification.summary.encode()) < 8_000


def test_names_too_long_to_be_listed_are_still_grounds(world: World) -> None:
    world.catalogue.put(Database("odd", owner=OWNER, owner_name="n" * 500_000), pii_table("t" * 50_000))
    found = run(world, "odd").classification
    assert found.needs_approval
    assert (found.grounds, found.grounds_total) == ((), 1)
    assert found.summary
    assert found.owner.name == "n" * 255
