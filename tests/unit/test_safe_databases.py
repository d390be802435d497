"""The safe subset of a whole database, from the ask to the end, on the fakes."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.sharing.drift import Looker, look
from handlers.sharing.filters import MOST_FILTERS
from handlers.sharing.granter import Progress
from handlers.sharing.model.catalogue import Column, Database, Table
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.classification import Classification, Scope
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import (
    AlreadyWider,
    FilterForeign,
    FilterLimitReached,
    LakeshareError,
    NothingSafe,
    NothingToShare,
    OnHold,
    Refused,
    SafeNotOffered,
    TableNotFound,
    TooManyTables,
    TryAgain,
)
from handlers.sharing.model.hold import holds_on
from handlers.sharing.model.part import Part
from handlers.sharing.model.parties import Producer
from handlers.sharing.model.request import Source
from handlers.sharing.model.revocation import Work
from handlers.sharing.model.selection import select
from handlers.sharing.model.share import EndReason, Share, ShareStatus
from handlers.sharing.shares import covered_by
from handlers.sharing.take_back import Taken, take_back
from tests.fakes.findings import MemoryFindings
from tests.fakes.grants import MemoryGrants
from tests.fakes.lake import Grant
from tests.fakes.lake_state import MemoryLakeState
from tests.fakes.world import CONSUMER, OTHER_OWNER, OWNER, SharedAlready, World, input_of, plain_table

OTHER = "888888888888"
SAFE = Part(safe=True)
FLAGGED, PLAIN, KEY = Column("Mail", "string", ("true",)), Column("id", "int"), Column("day", "date", (), True)
LEFT_OUT = {
    "a_view": (plain_table("a_view", is_view=True), "NothingSafe", "is a view"),
    "all_flagged": (plain_table("all_flagged", columns=(FLAGGED,)), "NothingSafe", "every column"),
    "by_itself": (plain_table("by_itself", flags=("true",)), "NothingSafe", "all of it asks"),
    "elsewhere": (plain_table("elsewhere", elsewhere=(PLAIN,)), "NothingSafe", "all of it asks"),
    "key": (
        plain_table("key", columns=(PLAIN, Column("mail", "string", ("true",), True))),
        "PartitionKeyFlagged",
        "Partition key 'mail'",
    ),
    "unreadable": (plain_table("unreadable", columns=None), "NothingSafe", "all of it asks"),
    "wide": (
        plain_table("wide", columns=tuple(Column(f"c{number}", "int") for number in range(2001))),
        "TooManyColumns",
        "2,001 columns",
    ),
}


@pytest.fixture
def world() -> World:
    return offering()


def offering() -> World:
    world = World()
    offers = Producer(OWNER, safe_subset=True)
    world.parties = replace(world.parties, producers={**world.parties.producers, OWNER: offers})
    return world


def of_sales(consumer: str = CONSUMER, **more: Any) -> dict[str, Any]:
    return {**input_of("sales", "*", consumer), "scope": "safe", **more}


def put(world: World, *tables: Table) -> None:
    world.catalogue.put(world.catalogue.databases["sales"], *tables)


def put_only(world: World, database: Database, *tables: Table) -> None:
    world.catalogue.entries["sales"].clear()
    world.catalogue.put(database, *tables)


def shared(world: World, name: str = "r1", consumer: str = CONSUMER, **more: Any) -> Share:
    found = world.classify(name, of_sales(consumer, **more))
    assert not found.needs_approval
    assert world.grant(name).progress is Progress.SHARED
    return world.ledger.shares[f"{name}:1"]


def share_whole(world: World, name: str, table: str) -> None:
    found = world.classify(name, input_of("sales", table))
    key = world.request_approval(name) if found.needs_approval else None
    world.grant(name, None if key is None else world.decided(world.follow(key, name)).id)


def taken_back(world: World, *shares: Share, seconds_left: list[float] | None = None) -> Taken:
    for each in shares:
        there = world.ledger.shares[each.id]
        world.ledger.shares[each.id] = replace(there, status=ShareStatus.REVOKING, reason=EndReason.REVOKED)
    return go_on([Work(each.consumer, each.id) for each in shares], world, seconds_left)


def go_on(work: list[Work], world: World, seconds_left: list[float] | None = None) -> Taken:
    left = [*(seconds_left or [])]
    return take_back(
        work,
        ledger=world.ledger,
        grants=MemoryGrants(world.lake),
        events=world.events,
        holder="me",
        seconds_left=lambda: left.pop(0) if left else 900.0,
        pause=lambda _: None,
    )


def cells(table: str, *columns: str) -> CellsFilter:
    return CellsFilter("sales", table, columns)


ORDERS, PEOPLE = cells("orders", "id", "day"), cells("people", "id")


def test_each_table_gets_a_filter_of_what_is_safe_in_it_and_nothing_else(world: World) -> None:
    share = shared(world)
    assert world.lake.grants == {Grant("sales", each.table, CONSUMER, each.name) for each in (ORDERS, PEOPLE)}
    assert world.lake.filters == {each.resource: each for each in (ORDERS, PEOPLE)}
    assert (share.scope, share.status, share.part) == (Scope.FILTERED_TABLES, ShareStatus.ACTIVE, SAFE)
    assert (share.tables, share.approver, share.cells) == (2, None, None)
    assert covered_by(share, world.ledger) == {ORDERS.resource, PEOPLE.resource}
    granted = world.register.records["r1"].granted
    assert granted is not None
    assert (granted.tables, granted.database, granted.wildcard) == (2, False, False)


def test_what_is_left_out_is_said_with_its_reason(world: World) -> None:
    put(world, *(table for table, _, _ in LEFT_OUT.values()))
    found = world.classify(document=of_sales())
    assert not found.needs_approval
    assert (found.tables, found.tables_total, found.columns_in) == (("orders", "people"), 2, 3)
    assert [str(each) for each in found.left_out] == ["people.email"]
    assert found.omitted_total == len(LEFT_OUT)
    said = {each.table: (each.reason, each.says) for each in found.omitted}
    assert said.keys() == LEFT_OUT.keys()
    for name, (_, reason, says) in LEFT_OUT.items():
        assert said[name][0] == reason
        assert says in said[name][1]


def test_texts(world: World) -> None:
    put(world, LEFT_OUT["a_view"][0], LEFT_OUT["key"][0])
    found = world.classify(document=of_sales())
    assert found.summary == (
        "Nothing in it is personal data: 8 columns and partition keys in 4 tables were read. In it are 2 of 4 tables, "
        "with 3 of all 8 columns. Left out: people.email. Table 'a_view' is a view: what it shows is flagged "
        "elsewhere, if at all. Partition key 'mail' of table 'key' is personal data, and Lake Formation cannot leave "
        "partition keys out. Ask for the table, or for columns of it: its owner decides."
    )
    assert world.grant().message == (
        "The safe subset of database sales, of 2 tables, is shared with account 999999999999. No approval was needed. "
        f"{found.summary}"
    )
    share = world.ledger.shares["r1:1"]
    assert share.in_words == "Safe subset of database sales"


def test_many_that_are_left_out_are_counted(world: World) -> None:
    put(world, *(plain_table(f"view{number:03}", is_view=True) for number in range(300)))
    found = world.classify(document=of_sales())
    assert (found.omitted_total, found.tables_read) == (300, 302)
    assert 0 < len(found.omitted) < 300
    assert found.extent.endswith(" 297 more tables are left out.")


@pytest.mark.parametrize(
    "database",
    [
        Database("sales", owner=OWNER, flags=("true",)),
        Database("sales", owner=OWNER, flags=("what",)),
        Database("sales", owner=OWNER, tags=None),
    ],
)
def test_of_a_flagged_database_nothing_is_safe(world: World, database: Database) -> None:
    world.catalogue.put(database, plain_table(), plain_table("says_no", flags=("false",)))
    with pytest.raises(NothingSafe, match="all of it asks"):
        world.classify(document=of_sales())


@pytest.mark.parametrize(
    ("tables", "kind"),
    [
        ([LEFT_OUT["a_view"][0], LEFT_OUT["key"][0]], NothingSafe),
        ([plain_table(columns=(FLAGGED, KEY))], NothingSafe),
        ([], NothingToShare),
    ],
)
def test_no_table_has_anything_safe(world: World, tables: list[Table], kind: type[Refused]) -> None:
    put_only(world, world.catalogue.databases["sales"], *tables)
    with pytest.raises(kind):
        world.classify(document=of_sales())


def test_who_does_not_offer_it(world: World) -> None:
    world.parties = World().parties
    with pytest.raises(SafeNotOffered):
        world.classify(document=of_sales())


def test_tables_are_shared_by_name_and_below_version_5_there_are_only_so_many(world: World) -> None:
    world.lake.version = 4
    put(world, *(plain_table(f"t{number:04}") for number in range(4_998)))
    assert world.classify(document=of_sales()).tables_total == 5_000
    put(world, plain_table("one_more"))
    with pytest.raises(TooManyTables, match="5,001 tables"):
        world.classify("r2", of_sales())
    # What is left out is not shared, so it does not count.
    put(world, plain_table("one_more", is_view=True))
    assert world.classify("r3", of_sales()).tables_total == 5_000


def change_column(world: World) -> None:
    put(world, plain_table("people", columns=(PLAIN, Column("city", "string"))))


def flag_column(world: World) -> None:
    put(world, plain_table("orders", columns=(Column("id", "int", ("true",)), PLAIN)))


def add_table(world: World) -> None:
    put(world, plain_table("later"))


def add_view(world: World) -> None:
    put(world, plain_table("a_view", is_view=True))


def flag_database(world: World) -> None:
    world.catalogue.databases["sales"] = replace(world.catalogue.databases["sales"], flags=("true",))


@pytest.mark.parametrize("change", [change_column, flag_column, add_table, add_view])
def test_what_changes_before_the_grant_is_judged_again(world: World, change: Any) -> None:
    world.classify(document=of_sales())
    change(world)
    assert world.grant().progress is Progress.CHANGED
    assert world.lake.grants == set()


def test_a_flag_on_the_database_before_the_grant_ends_the_request(world: World) -> None:
    world.classify(document=of_sales())
    flag_database(world)
    with pytest.raises(NothingSafe):
        world.grant()
    assert world.lake.grants == set()


def test_what_changes_between_two_batches_is_seen(world: World) -> None:
    put(world, *(plain_table(f"t{number:03}") for number in range(120)))
    world.classify(document=of_sales())
    seen: list[str] = []

    def refusals(table: str) -> None:
        seen.append(table)
        if len(seen) == 5:
            put(world, plain_table("t115", columns=(Column("id", "int", ("true",)), PLAIN)))

    world.lake.refusals = refusals
    assert world.grant().progress is Progress.CHANGED
    assert "t115" not in {each.table for each in world.lake.grants}
    assert world.ledger.shares["r1:1"].status is ShareStatus.REVOKING
    # The other round grants what is safe now, and what was granted before is taken back.
    taken_back(world, world.ledger.shares["r1:1"])
    assert (world.lake.grants, world.lake.filters) == (set(), {})


def test_batches_go_on_where_an_earlier_invocation_stopped(world: World) -> None:
    put(world, *(plain_table(f"t{number:02}") for number in range(30)))
    world.classify(document=of_sales())
    first = world.grant(seconds_left=lambda: 10.0)
    assert (first.progress, first.after, len(world.lake.grants)) == (Progress.MORE, "t07", 10)
    assert not world.ledger.leases
    after = first.after
    while True:
        done = world.grant(after=after, seconds_left=lambda: 10.0)
        if done.progress is Progress.SHARED:
            break
        after = done.after
    assert len(world.lake.grants) == len(world.lake.filters) == 32
    assert world.ledger.shares["r1:1"].status is ShareStatus.ACTIVE
    share = world.ledger.shares["r1:1"]
    # Taken back in batches as well; each filter goes when its grant has gone.
    taken = taken_back(world, share, seconds_left=[900.0, 900.0, 10.0, 10.0, 10.0, 10.0])
    (left,) = taken.left
    assert (left.after, len(world.lake.grants), len(world.lake.filters)) == ("t17", 12, 12)
    assert go_on([left], world) == Taken([], {})
    assert (world.lake.grants, world.lake.filters) == (set(), {})
    assert world.ledger.shares[share.id].status is ShareStatus.REVOKED


@pytest.mark.parametrize("error", [FilterForeign("changed"), TableNotFound("gone"), TryAgain("busy")])
def test_a_table_that_cannot_be_granted_ends_in_its_reason(world: World, error: LakeshareError) -> None:
    world.lake.refusals = lambda table: error if table == "people" else None
    world.classify(document=of_sales())
    with pytest.raises(type(error)):
        world.grant()
    assert {each.table for each in world.lake.grants} == {"orders"}
    granted = world.register.records["r1"].granted
    assert granted is not None
    assert granted.names == ("orders",)
    assert world.ledger.shares["r1:1"].status is ShareStatus.GRANTING
    world.close(*ended_as_failed())
    taken_back(world, world.ledger.shares["r1:1"])
    assert (world.lake.grants, world.lake.filters) == (set(), {})


def ended_as_failed() -> tuple[Any, ...]:
    from handlers.sharing.close import ending_of_execution

    return (ending_of_execution("ABORTED"),)


def test_filters_are_granted_and_deleted_in_turns(world: World) -> None:
    one = shared(world)
    world.classify("r2", of_sales(OTHER))
    world.ledger.leases[f"turn#{PEOPLE.name}"] = ("somebody", iso(now().replace(year=now().year + 1)))
    with pytest.raises(TryAgain, match="being granted or deleted"):
        world.grant("r2")
    with pytest.raises(TryAgain, match="being granted or deleted"):
        taken_back(world, one)
    assert set(world.ledger.leases) == {f"turn#{PEOPLE.name}"}
    assert world.lake.filters.keys() == {ORDERS.resource, PEOPLE.resource}
    del world.ledger.leases[f"turn#{PEOPLE.name}"]
    world.grant("r2")
    assert taken_back(world, one) == Taken([], {})
    assert {each.consumer for each in world.lake.grants} == {OTHER}
    assert world.lake.filters.keys() == {ORDERS.resource, PEOPLE.resource}


def test_filters_that_another_share_has_stay(world: World) -> None:
    document = {**input_of("sales", "people"), "scope": "safe"}
    world.classify("r0", document)
    world.grant("r0")
    whole = shared(world)
    taken_back(world, whole)
    assert world.lake.grants == {Grant("sales", "people", CONSUMER, PEOPLE.name)}
    assert world.lake.filters == {PEOPLE.resource: PEOPLE}


def test_it_is_shared_already_while_nothing_has_changed(world: World) -> None:
    share = shared(world)
    with pytest.raises(SharedAlready):
        world.classify("r2", of_sales())
    assert world.found_shared == share
    add_table(world)
    assert world.classify("r3", of_sales()).tables_total == 3


def test_a_renewal_moves_its_end_while_nothing_has_changed(world: World) -> None:
    share = shared(world, days=7)
    assert not world.classify("r2", of_sales(renews=share.id, days=30)).needs_approval
    world.grant("r2")
    assert str(world.ledger.shares[share.id].until) > str(share.until)
    assert len(world.lake.grants) == 2
    add_table(world)
    assert world.classify("r3", of_sales(renews=share.id, days=60)).only_changed


@pytest.mark.parametrize(
    ("others", "wider"),
    [(["*"], True), (["orders", "people"], True), (["orders"], False), ([], False)],
)
def test_who_has_all_of_the_tables_needs_no_part_of_them(world: World, others: list[str], wider: bool) -> None:
    for table in others:
        share_whole(world, table, table)
    if not wider:
        assert shared(world).status is ShareStatus.ACTIVE
        return
    with pytest.raises(AlreadyWider, match="what is safe of database sales"):
        world.classify("r1", of_sales())


def test_it_ends_with_a_share_of_all_of_its_tables(world: World) -> None:
    share = shared(world)
    share_whole(world, "r2", "people")
    assert world.ledger.shares[share.id].status is ShareStatus.ACTIVE
    share_whole(world, "r3", "*")
    there = world.ledger.shares[share.id]
    assert (there.status, there.reason, there.renewed_by) == (ShareStatus.REVOKING, EndReason.REPLACED, "r3")
    taken_back(world, share)
    assert not any(each.filter for each in world.lake.grants)
    assert world.lake.filters == {}


def test_an_account_has_so_many_parts_of_a_table(world: World) -> None:
    world.classify("r0", {**input_of("sales", "people"), "scope": "safe"})
    world.grant("r0")
    one = world.ledger.shares["r0:1"]
    for number in range(MOST_FILTERS - 1):
        name = f"x{number}:1"
        world.ledger.shares[name] = replace(one, id=name, fingerprint=name, row_filter=f"id = {number}")
    assert world.classify("r1", of_sales()).tables_total == 2
    world.ledger.shares["y:1"] = replace(one, id="y:1", fingerprint="y", row_filter="id < 0")
    with pytest.raises(FilterLimitReached, match=r"sales\.people"):
        world.classify("r2", of_sales())


def kinds(world: World) -> dict[str, str]:
    findings = MemoryFindings()
    state = MemoryLakeState(world.lake)
    by = Looker(world.rules, findings, world.ledger, world.register, world.remembering, state, world.events)
    look(by=by, at=datetime.now(UTC))
    return {each.kind.value: each.says for each in findings.live()}


def test_drift_sees_what_becomes_of_its_filters_and_tables(world: World) -> None:
    shared(world)
    assert kinds(world) == {}
    # What is added later is in no filter.
    add_table(world)
    put(world, plain_table("people", columns=(PLAIN, FLAGGED, Column("phone", "string", ("true",)))))
    assert kinds(world) == {}
    world.lake.filters[PEOPLE.resource] = replace(PEOPLE, columns=("id", "email"))
    assert kinds(world) == {
        "FILTER_CHANGED": (
            f"Account 999999999999 was granted columns and rows of sales.* by data cells filter {PEOPLE.name} of "
            "sales.people, which is gone, or lets read other columns or rows. Somebody deleted or changed that past "
            "Lakeshare."
        )
    }
    world.lake.filters.clear()
    assert "filters " in kinds(world)["FILTER_CHANGED"]
    world.lake.filters = {each.resource: each for each in (ORDERS, PEOPLE)}
    flag_column(world)
    assert kinds(world) == {
        "SOURCE_CHANGED": "Personal data appeared that nobody approved for account 999999999999: orders.id."
    }
    world.catalogue.entries["sales"].pop("orders")
    assert kinds(world) == {}
    world.lake.grants = {each for each in world.lake.grants if each.table != "people"}
    assert set(kinds(world)) == {"MISSING"}
    flag_database(world)
    assert set(kinds(world)) == {"MISSING", "SOURCE_CHANGED"}


def test_a_vanished_flag_is_left_out_and_stays_remembered(world: World) -> None:
    shared(world)
    put(world, plain_table("people", columns=(PLAIN, Column("email", "string", ("false",)))))
    found = world.classify("r2", of_sales(OTHER))
    assert [str(each) for each in found.left_out] == ["people.email (flagged before, and not now)"]
    world.grant("r2")
    assert {each.name for each in world.lake.filters.values()} == {ORDERS.name, PEOPLE.name}
    assert world.classify("r3", of_sales("777777777777")).left_out == found.left_out


def test_one_owner_answers_for_all_tables(world: World) -> None:
    put(world, plain_table("theirs", owner=OTHER_OWNER))
    with pytest.raises(Refused):
        world.classify(document=of_sales())


FLAGS = st.sampled_from(((), ("true",), ("false",), ("what",)))
COLUMNS = st.lists(st.builds(Column, st.sampled_from("abcdAB"), st.just("int"), FLAGS, st.booleans()), max_size=4).map(
    tuple
)
TABLES = st.dictionaries(
    st.sampled_from(("t1", "t2", "t3", "t4", "t5")),
    st.fixed_dictionaries(
        {
            "columns": st.one_of(COLUMNS, COLUMNS, st.none()),
            "flags": st.sampled_from(((), (), ("true",), ("false",))),
            "is_view": st.sampled_from((False, False, True)),
            "schema_readable": st.sampled_from((True, True, False)),
        }
    ),
    min_size=1,
)


@settings(deadline=None)
@given(TABLES, FLAGS)
def test_what_is_in_is_what_each_table_s_safe_subset_is(tables: dict[str, dict[str, Any]], flags: Any) -> None:
    world = offering()
    there = {name: Table(name, **more) for name, more in tables.items()}
    database = Database("sales", owner=OWNER, flags=flags)
    put_only(world, database, *there.values())
    expected: dict[str, set[str]] = {}
    for name, table in there.items():
        try:
            expected[name] = set(select(SAFE, table, database).columns)
        except Refused:
            continue
    try:
        found: Classification | None = world.classify(document=of_sales())
    except NothingSafe:
        found = None
    if found is None:
        assert not expected or flags in {("true",), ("what",)}
        assert world.lake.grants == set()
        return
    world.grant()
    assert {each.table: set(each.columns) for each in world.lake.filters.values()} == expected
    assert {(each.table, each.filter) for each in world.lake.grants} == {
        (each.table, each.name) for each in world.lake.filters.values()
    }
    flagged = {
        (name, column.name.lower())
        for name, table in there.items()
        for column in table.columns or ()
        if column.flags in {("true",), ("what",)}
    }
    assert not flagged & {(each.table, column) for each in world.lake.filters.values() for column in each.columns}
    assert found.tables_total + found.omitted_total == len(there)
    assert set(found.tables) == expected.keys()
    taken_back(world, world.ledger.shares["r1:1"])
    assert (world.lake.grants, world.lake.filters) == (set(), {})


def test_holds_keep_it_from_being_shared(world: World) -> None:
    hold = holds_on(Source("sales", "people"), CONSUMER, world.classify("r0", of_sales()).owner)[0]
    world.ledger.holds[hold] = []
    with pytest.raises(OnHold):
        world.grant("r0")
    assert world.lake.grants == set()
