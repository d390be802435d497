"""What shares cover, and what goes when one ends."""

from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing.model.classification import Scope
from handlers.sharing.model.grants import Resource, are_covered, covered, ended_by, gives, stays
from handlers.sharing.model.request import Source

TABLES = ("orders", "people", "visits")
SHARES = st.builds(
    lambda database, scope, names: covered(
        Source(database, names[0] if scope in {Scope.TABLE, Scope.FILTERED} else "*"),
        scope,
        names,
        {name: f"lakeshare-{len(names)}" for name in (names[:1] if scope is Scope.FILTERED else names)},
    ),
    st.sampled_from(("sales", "web")),
    st.sampled_from(Scope),
    st.lists(st.sampled_from(TABLES), min_size=1, unique=True),
)
"""What a share covers."""


@given(st.dictionaries(st.integers(0, 9), SHARES, max_size=6), st.data())
def test_the_lake_holds_what_live_shares_cover_whatever_ends_first(
    live: dict[int, frozenset[Resource]], data: st.DataObject
) -> None:
    lake = frozenset[Resource]().union(*live.values())
    while live:
        mine = live.pop(data.draw(st.sampled_from(sorted(live))))
        lake -= ended_by(mine, live.values())
        assert lake == frozenset[Resource]().union(*live.values())
    assert lake == frozenset()


@given(SHARES, st.lists(SHARES, max_size=4))
def test_what_a_share_ends_and_what_stays_readable(
    mine: frozenset[Resource], others: list[frozenset[Resource]]
) -> None:
    ends, left = ended_by(mine, others), frozenset[Resource]().union(*others)
    assert ends <= mine
    assert not ends & left
    for table in TABLES:
        for database in {each.database for each in mine}:
            readable = any(each.database == database and each.covers(table) for each in left)
            asked = Resource(database, table)
            assert (asked in stays(mine, others)) == (asked in mine and readable)
            parts = {each for each in left if each.filter and (each.database, each.table) == (database, table)}
            has = any(each.database == database and each.table in {table, "*"} for each in mine)
            assert parts & stays(mine, others) == (parts if has else set())


@given(SHARES, st.sampled_from(("sales", "web")), st.sampled_from((*TABLES, "*")))
def test_what_is_asked_for_and_what_can_be_read_meet(mine: frozenset[Resource], database: str, table: str) -> None:
    of_it = [each for each in TABLES if table in {each, "*"}]
    readable = any(
        each.covers(name) or (each.filter and each.table == name)
        for each in mine
        if each.database == database
        for name in of_it
    )
    assert gives(mine, Source(database, table)) == readable


@given(SHARES, st.lists(SHARES, max_size=4))
def test_a_part_is_covered_by_whole_tables_alone(mine: frozenset[Resource], others: list[frozenset[Resource]]) -> None:
    parts, all_of_them = [each for each in mine if each.filter], [each for of in others for each in of]
    whole = [any(by.database == each.database and by.covers(each.table) for by in all_of_them) for each in parts]
    assert are_covered(parts, all_of_them) == all(whole)


def test_a_part_of_a_table_is_granted_and_ends_by_itself() -> None:
    part, other, whole = (
        Resource("sales", "people", "lakeshare-1"),
        Resource("sales", "people", "lakeshare-2"),
        Resource("sales", "people"),
    )
    assert part.permissions == ("SELECT",)
    assert not part.covers("people")
    assert part.carrier == whole.carrier == whole
    assert ended_by({part}, [{whole}, {other}]) == {part}
    assert stays({part}, [{whole}]) == {part}
    assert stays({part}, [{other}]) == {other}
    assert stays({part}, [{Resource("sales", "orders", "lakeshare-2"), Resource("sales")}]) == frozenset()
    assert stays({whole}, [{part}]) == {part}
    assert str(part) == "a part of sales.people (lakeshare-1)"


def test_permissions() -> None:
    assert Resource("sales").permissions == ("DESCRIBE",)
    for table in ("*", "orders"):
        assert Resource("sales", table).permissions == ("SELECT", "DESCRIBE")
