"""Classification: what needs an approval, on which grounds, and what is refused."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing.examine import examine
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
from handlers.sharing.model.grounds import Marks, marks_of_database, marks_of_table
from handlers.sharing.model.request import ShareRequest, Source
from handlers.sharing.model.sensitivity import Flag, plainly_no, strictest
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


def grounds(world: World, table: str = "orders", database: str = "sales") -> tuple[Ground, ...]:
    return run(world, database, table).classification.grounds


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
        ({"schema_readable": False}, Ground(Rule.COLUMNS_UNREADABLE, "orders")),
        ({"elsewhere": (Column("email", ""),)}, Ground(Rule.SCHEMA_ELSEWHERE, "orders")),
        ({"is_view": True}, Ground(Rule.VIEW, "orders")),
        ({"pii_columns": ("day",)}, Ground(Rule.COLUMN_FLAGGED, "orders", "day")),
        ({"pii_columns": ("nothing",)}, Ground(Rule.PII_COLUMNS_UNREADABLE, "orders")),
    ],
)
def test_what_makes_a_table_need_an_approval(world: World, change: dict[str, Any], ground: Ground) -> None:
    world.catalogue.put(Database("sales", owner=OWNER), replace(plain_table(), **change))
    assert grounds(world) == (ground,)
    assert (ground.table or "") in str(ground)
    assert run(world).classification.needs_approval


def test_the_flag_of_the_database_binds_its_tables(world: World) -> None:
    for flag, rule in (("true", Rule.DATABASE_FLAGGED), ("perhaps", Rule.UNREADABLE_FLAG)):
        world.catalogue.put(Database("weather", flags=(flag,), owner=OWNER))
        # Once, however many tables it binds.
        whole = run(world, "weather").classification
        assert (whole.grounds, whole.grounds_total) == ((Ground(rule),), 1)
        assert "the database" in whole.summary
        assert grounds(world, "rain", "weather") == (Ground(rule),)


@pytest.mark.parametrize(
    ("flags", "lifts"),
    [
        (("false",), True),
        ((" NO\t",), True),
        (("n", "", None, "0"), True),
        ((), False),
        (("",), False),
        ((None,), False),
        (("none",), False),
        ((False,), False),
        (("no", "maybe"), False),
        (("no", "true"), False),
    ],
)
def test_only_a_plain_no_lifts_what_the_database_and_a_view_say(
    world: World, flags: tuple[object, ...], *, lifts: bool
) -> None:
    world.catalogue.put(Database("d", flags=("true",), owner=OWNER), plain_table("t", flags=flags))
    assert (Ground(Rule.DATABASE_FLAGGED) not in grounds(world, "t", "d")) == lifts
    assert Ground(Rule.DATABASE_FLAGGED) in grounds(world, "*", "d")
    world.catalogue.put(Database("e", owner=OWNER), plain_table("t", flags=flags, is_view=True))
    for asked in ("t", "*"):
        assert (Ground(Rule.VIEW, "t") not in grounds(world, asked, "e")) == lifts


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (("mail",), ["mail"]),
        ((" Mail , DAY ",), ["mail", "day"]),
        (("id,id",), ["id"]),
        (("gone",), [Rule.PII_COLUMNS_UNREADABLE]),
        (("mail,gone",), [Rule.PII_COLUMNS_UNREADABLE, "mail"]),
        (("mail,",), [Rule.PII_COLUMNS_UNREADABLE, "mail"]),
        (("mail;day",), [Rule.PII_COLUMNS_UNREADABLE]),
        (("none,mail",), [Rule.PII_COLUMNS_UNREADABLE, "mail"]),
        (("none", "none"), [Rule.PII_COLUMNS_UNREADABLE]),
        (("mail", "id"), [Rule.PII_COLUMNS_UNREADABLE, "id", "mail"]),
        ((["mail"],), [Rule.PII_COLUMNS_UNREADABLE]),
        ((False,), [Rule.PII_COLUMNS_UNREADABLE]),
        (("no",), [Rule.PII_COLUMNS_UNREADABLE]),
        (("none",), []),
        ((" NONE\n",), []),
        (("",), []),
        ((" ", "mail"), ["mail"]),
        ((), []),
    ],
)
def test_pii_columns(world: World, value: tuple[object, ...], expected: list[Rule | str]) -> None:
    columns = (Column("id", "int"), Column("mail", "string"), Column("Day", "date", is_partition_key=True))
    # A plain no of the table does not lift what is said of its columns.
    for flags in ((), ("no",)):
        world.catalogue.put(Database("d", owner=OWNER), Table("t", columns, flags, pii_columns=value))
        found = [each.rule if each.column is None else each.column.lower() for each in grounds(world, "t", "d")]
        assert found == expected


def test_a_column_called_none_makes_none_unreadable(world: World) -> None:
    world.catalogue.put(Database("d", owner=OWNER), Table("t", (Column("None", "int"),), pii_columns=("none",)))
    assert grounds(world, "t", "d") == (
        Ground(Rule.PII_COLUMNS_UNREADABLE, "t"),
        Ground(Rule.COLUMN_FLAGGED, "t", "None"),
    )


@pytest.mark.parametrize(
    ("change", "rule", "answered"),
    [
        ({"columns": ()}, Rule.COLUMNS_UNREADABLE, True),
        ({"columns": (Column("day", "date", is_partition_key=True),)}, Rule.COLUMNS_UNREADABLE, True),
        ({"schema_readable": False}, Rule.COLUMNS_UNREADABLE, True),
        ({"elsewhere": (Column("email", ""),)}, Rule.SCHEMA_ELSEWHERE, True),
        # What is there and broken may hold flags.
        ({"columns": None}, Rule.COLUMNS_UNREADABLE, False),
        ({"flags": ("true",)}, Rule.TABLE_FLAGGED, False),
        ({"is_view": True}, Rule.VIEW, False),
    ],
)
def test_none_answers_for_a_schema_that_is_not_in_the_list(
    world: World, change: dict[str, Any], rule: Rule, *, answered: bool
) -> None:
    for said, asks in (((), True), (("none",), not answered)):
        # A plain no of the table does not speak of columns that nobody saw.
        for flags in ((), ("no",)) if "flags" not in change and "is_view" not in change else ((),):
            entry = plain_table("t", **{"pii_columns": said, "flags": flags, **change})
            world.catalogue.put(Database("d", owner=OWNER), entry)
            assert grounds(world, "t", "d") == ((Ground(rule, "t"),) if asks else ())


@pytest.mark.parametrize("listed", [0, 1, 2])
def test_flags_of_columns_win_over_none_wherever_they_stand(world: World, listed: int) -> None:
    columns = (Column("id", "int", ("true",)), Column("day", "int", ("maybe",)))
    entry = Table("t", columns[:listed], pii_columns=("none",), elsewhere=columns[listed:])
    world.catalogue.put(Database("d", owner=OWNER), entry)
    assert [each.rule for each in grounds(world, "t", "d")] == [Rule.COLUMN_FLAGGED, Rule.UNREADABLE_FLAG]


def test_a_column_that_only_the_schema_elsewhere_has_can_be_named(world: World) -> None:
    entry = plain_table("t", elsewhere=(Column("Email", ""), Column("x", "")), pii_columns=("email",))
    world.catalogue.put(Database("d", owner=OWNER), entry)
    assert grounds(world, "t", "d") == (
        Ground(Rule.SCHEMA_ELSEWHERE, "t"),
        Ground(Rule.COLUMN_FLAGGED, "t", "Email"),
    )


TAGGED = ("pii=true",)


@pytest.mark.parametrize(
    ("database", "table", "column", "flags", "expected"),
    [
        ((), (), (), (), []),
        ((), ("pii=true",), (), (), [Ground(Rule.TAGGED, "t", tag="pii=true")]),
        ((), (), ("pii=true",), (), [Ground(Rule.TAGGED, "t", "id", "pii=true")]),
        (TAGGED, (), (), (), [Ground(Rule.TAGGED, tag="pii=true")]),
        # What is inherited is told once; a value of its own is another tag.
        (TAGGED, TAGGED, TAGGED, (), [Ground(Rule.TAGGED, tag="pii=true")]),
        ((), TAGGED, TAGGED, (), [Ground(Rule.TAGGED, "t", tag="pii=true")]),
        (
            TAGGED,
            ("pii=very",),
            TAGGED,
            (),
            [Ground(Rule.TAGGED, tag="pii=true"), Ground(Rule.TAGGED, "t", tag="pii=very")],
        ),
        # A plain no speaks of flags: it lifts the database's word, but no tag that the table has.
        (TAGGED, TAGGED, TAGGED, ("no",), [Ground(Rule.TAGGED, "t", tag="pii=true")]),
        (TAGGED, (), (), ("no",), []),
        (TAGGED, (), TAGGED, ("no",), [Ground(Rule.TAGGED, "t", "id", "pii=true")]),
        (None, None, (), (), [Ground(Rule.TAGS_UNREADABLE)]),
        (None, (), (), (), [Ground(Rule.TAGS_UNREADABLE)]),
        ((), None, (), (), [Ground(Rule.TAGS_UNREADABLE, "t")]),
        (None, None, (), ("no",), [Ground(Rule.TAGS_UNREADABLE, "t")]),
        (TAGGED, None, (), (), [Ground(Rule.TAGGED, tag="pii=true"), Ground(Rule.TAGS_UNREADABLE, "t")]),
    ],
)
def test_tags_are_flags(  # noqa: PLR0917 - a table of cases
    world: World,
    database: tuple[str, ...] | None,
    table: tuple[str, ...] | None,
    column: tuple[str, ...],
    flags: tuple[object, ...],
    expected: list[Ground],
) -> None:
    entry = Table("t", (Column("id", "int", tags=column),), flags, tags=table, pii_columns=("none",))
    world.catalogue.put(Database("d", owner=OWNER, tags=database), entry)
    assert list(grounds(world, "t", "d")) == expected
    if not flags:
        assert list(grounds(world, "*", "d")) == expected


def test_a_tagged_database_is_told_once_for_all_its_tables(world: World) -> None:
    for database, ground in ((TAGGED, Ground(Rule.TAGGED, tag="pii=true")), (None, Ground(Rule.TAGS_UNREADABLE))):
        tables = [plain_table(name, tags=database) for name in ("a", "b")]
        world.catalogue.put(Database("d", owner=OWNER, tags=database), *tables)
        assert grounds(world, "*", "d") == (ground,)


def test_a_tag_is_a_mark_that_is_remembered() -> None:
    columns = (Column("A", "int", tags=TAGGED), Column("b", "int"))
    assert marks_of_table(Table("t", columns)) == Marks(frozenset({"a"}))
    # What a column has of its table is no mark of its own.
    assert marks_of_table(Table("t", columns, ("no",), tags=TAGGED)) == Marks(frozenset({None}))
    assert marks_of_table(Table("t", columns, tags=None)) == Marks(frozenset({"a"}))
    assert marks_of_database(Database("d", tags=TAGGED)) == Marks(frozenset({None}))
    assert marks_of_database(Database("d", tags=None)) == Marks()


def test_marks_say_what_is_flagged_and_what_plainly_is_not() -> None:
    columns = (Column("A", "int", ("true",)), Column("b", "int", ("",)), Column("c", "int", ("no",)))
    assert marks_of_table(Table("t", columns)) == Marks(frozenset({"a"}), frozenset({"c"}))
    assert marks_of_table(Table("t", columns, ("maybe",))) == Marks(frozenset({None, "a"}), frozenset({"c"}))
    assert marks_of_table(Table("t", columns, ("0",), pii_columns=("b,c",))) == Marks(
        frozenset({"a", "b", "c"}), frozenset({None})
    )
    assert marks_of_table(Table("t", columns, pii_columns=("none",))) == Marks(frozenset({"a"}), frozenset({"b", "c"}))
    assert marks_of_table(Table("t", None, pii_columns=("none",))) == Marks()
    assert marks_of_database(Database("d", ("true",))) == Marks(frozenset({None}))
    assert marks_of_database(Database("d", ("no",))) == Marks(denied=frozenset({None}))
    assert marks_of_database(Database("d", ("",))) == Marks()


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
        listed = any(not column.is_partition_key for column in table.columns or ())
        bound = strictest(flags) is not Flag.NO and not plainly_no(table.flags)
        assert run(world, "new", table.name).classification.needs_approval == (not plain or not listed or bound)
    if not tables:
        with pytest.raises(NothingToShare):
            run(world, "new")
        return
    found = run(world, "new").classification
    world.catalogue.put(Database("new", owner=OWNER))
    any_table = any(run(world, "new", table.name).classification.needs_approval for table in tables)
    assert found.needs_approval == (any_table or strictest(flags) is not Flag.NO)
    assert found.unregistered_total == sum(not table.registered for table in tables)
    assert list(run(world, "new").tables) == [table.name for table in tables]


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


def test_hybrid_access_mode_is_a_warning_and_no_part_of_the_fingerprint(world: World) -> None:
    tables = [plain_table(name, location=f"s3://lake/{name}") for name in ("mixed", "strict")]
    unknown = plain_table("unknown", location="s3://lake/unknown", registered=False)
    world.catalogue.put(Database("weather", owner=OWNER), *tables, unknown)
    request = ShareRequest(Source("weather", "*"), CONSUMER)
    modes: tuple[set[str], ...] = (set(), {"s3://lake/mixed", "s3://lake/unknown"})
    before, found = (
        examine(request, world.rules, world.catalogue, modes[at].__contains__).classification for at in (0, 1)
    )
    assert (before.hybrid_total, found.hybrid_total, found.unregistered_total) == (0, 1, 1)
    assert found.fingerprint == before.fingerprint
    assert len(found.warnings) == 2


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
