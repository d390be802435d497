"""Granting: what is granted, in which calls, and what the register says when it stops half-way."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.sharing import retry
from handlers.sharing.grant import Shared
from handlers.sharing.granter import Progress
from handlers.sharing.lake import GrantFailure
from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.model.errors import (
    AccessRefused,
    GrantRefused,
    LakeshareError,
    OpenToIamPrincipals,
    RequestClosed,
    ResourceLink,
    TryAgain,
)
from handlers.sharing.model.record import Granted, RequestRecord, Status
from tests.fakes.catalogue import MemoryCatalogue
from tests.fakes.lake import Grant
from tests.fakes.world import CONSUMER, OTHER_OWNER, World, input_of, pii_table, plain_table


def prepared(tables: int) -> World:
    """A world in which `weather`, of so many tables, was classified as plain."""
    world = World()
    world.catalogue.entries["weather"].clear()
    names = [f"t{at:05}" for at in range(tables)]
    world.catalogue.put(world.catalogue.databases["weather"], *map(plain_table, names))
    world.classify(document=input_of("weather", "*"))
    return world


def approved(table: str = "*", *, wildcard: bool = False) -> tuple[World, str]:
    """A world in which a request for `sales` was approved, and the decision's id."""
    world = World(wildcard_on_approval=wildcard)
    world.classify(document=input_of("sales", table))
    return world, world.decided(world.request_approval()).id


def granted(world: World) -> Granted:
    found = world.register.records["r1"].granted
    assert found is not None
    return found


def all_granted(tables: int) -> set[Grant]:
    return {Grant("weather", None, CONSUMER)} | {Grant("weather", f"t{at:05}", CONSUMER) for at in range(tables)}


# --- what is granted --------------------------------------------------------------------------------------------


def test_one_table(world: World) -> None:
    world.classify()
    shared = world.grant()
    assert shared.progress is Progress.SHARED
    assert shared.message.startswith("Table sales.orders is shared with account 999999999999. No approval was needed.")
    assert world.lake.grants == {Grant("sales", "orders", CONSUMER)}
    assert granted(world) == Granted(1, ("orders",))
    assert world.register.records["r1"].status is Status.SHARING


def test_a_plain_database_by_name_and_itself() -> None:
    world = prepared(3)
    shared = world.grant()
    assert world.lake.grants == all_granted(3)
    assert granted(world) == Granted(3, ("t00000", "t00001", "t00002"), database=True)
    assert "by name" in shared.message


def test_an_approved_database_by_wildcard() -> None:
    world, decision = approved(wildcard=True)
    shared = world.grant(decision_id=decision)
    assert world.lake.grants == {Grant("sales", None, CONSUMER), Grant("sales", "*", CONSUMER)}
    assert granted(world) == Granted(2, ("orders", "people"), database=True, wildcard=True)
    assert "those added later too" in shared.message
    assert "The owner of the data approved." in shared.message


def test_an_approved_database_by_name_without_the_setting() -> None:
    world, decision = approved()
    world.grant(decision_id=decision)
    assert world.lake.tables_of(CONSUMER) == {"orders", "people"}
    assert not granted(world).wildcard


def test_the_decision_is_adopted() -> None:
    world, decision = approved("people")
    world.grant(decision_id=decision)
    assert world.register.records["r1"].decision == world.vault.decisions[decision]
    assert world.register.history("r1")[-1] == "Approved"


@pytest.mark.parametrize("tables", [1, 19, 20, 21, 40, 41, 1000])
def test_batches_hold_twenty(tables: int) -> None:
    world = prepared(tables)
    assert world.grant().progress is Progress.SHARED
    assert [len(batch) for batch in world.lake.batches] == [20] * (tables // 20) + [tables % 20] * (tables % 20 > 0)
    assert world.lake.grants == all_granted(tables)


# --- failures ---------------------------------------------------------------------------------------------------


def busy(times: dict[str, int]) -> Callable[[str], LakeshareError | None]:
    """Fails for each table so many times, then no more."""
    left = dict(times)

    def refuse(table: str) -> LakeshareError | None:
        left[table] = left.get(table, 0) - 1
        return TryAgain(f"{table} is busy") if left[table] >= 0 else None

    return refuse


@given(st.integers(1, 60), st.dictionaries(st.integers(0, 59), st.integers(0, 5), max_size=30))
def test_entries_that_fail_for_a_while_are_retried_alone(tables: int, failures: dict[int, int]) -> None:
    world = prepared(tables)
    times = {f"t{at:05}": number for at, number in failures.items() if at < tables}
    world.lake.refusals = busy(times)
    assert world.grant().progress is Progress.SHARED
    assert world.lake.grants == all_granted(tables)
    asked = [table for batch in world.lake.batches for table in batch]
    assert all(asked.count(f"t{at:05}") == 1 + times.get(f"t{at:05}", 0) for at in range(tables))


def test_what_stays_busy_is_left_to_the_state_machine_and_completed_by_it() -> None:
    world = prepared(50)
    world.lake.refusals = busy({"t00025": 6})
    with pytest.raises(TryAgain, match="t00025"):
        world.grant()
    assert granted(world).tables == 39
    assert world.lake.tables_of(CONSUMER) == set(granted(world).names)
    assert world.grant().progress is Progress.SHARED
    assert world.lake.grants == all_granted(50)
    assert granted(world).tables == 50


@pytest.mark.parametrize("error", [GrantRefused("no"), OpenToIamPrincipals("open")])
def test_a_final_refusal_of_one_table_ends_it_and_says_how_far_it_came(error: LakeshareError) -> None:
    world = prepared(50)
    world.lake.refusals = lambda table: error if table == "t00025" else None
    with pytest.raises(type(error)):
        world.grant()
    assert granted(world).tables == 39
    assert set(granted(world).names) == world.lake.tables_of(CONSUMER)
    assert granted(world).database
    assert len(world.lake.batches) == 2


def test_a_final_refusal_outweighs_busy_ones() -> None:
    world = prepared(20)
    errors = {"t00001": TryAgain("busy"), "t00002": GrantRefused("no"), "t00003": TryAgain("busy")}
    world.lake.refusals = errors.get
    with pytest.raises(GrantRefused):
        world.grant()
    assert granted(world).tables == 17


@pytest.mark.parametrize("error", [AccessRefused("no"), TryAgain("busy")])
def test_a_call_that_fails_after_a_part_was_granted(error: LakeshareError) -> None:
    world = prepared(20)
    world.lake.refusals = busy({"t00007": 1})
    world.lake.fail("grant_tables", None, *[error] * 6)
    with pytest.raises(type(error)):
        world.grant()
    assert granted(world).tables == 19
    assert world.lake.tables_of(CONSUMER) == set(granted(world).names)


def test_a_failure_of_all_entries_at_once_stays_within_a_batch() -> None:
    world = prepared(20)
    plain = world.lake.grant_tables
    answers = [[GrantFailure(f"t{at:05}", TryAgain("busy")) for at in range(20)] * 2, []]
    world.lake.grant_tables = lambda *arguments: answers.pop(0) or plain(*arguments)  # type: ignore[method-assign]
    assert world.grant().progress is Progress.SHARED


@pytest.mark.parametrize("method", ["grant_table", "grant_database", "grant_all_tables"])
def test_single_grants_are_retried_too(method: str) -> None:
    world, decision = approved("people" if method == "grant_table" else "*", wildcard=True)
    world.lake.fail(method, *[TryAgain("busy")] * 5)
    assert world.grant(decision_id=decision).progress is Progress.SHARED
    assert world.lake.count(method) == 6
    world, decision = approved("people" if method == "grant_table" else "*", wildcard=True)
    world.lake.fail(method, *[TryAgain("busy")] * 6)
    with pytest.raises(TryAgain):
        world.grant(decision_id=decision)
    assert world.grant(decision_id=decision).progress is Progress.SHARED


def test_a_wildcard_that_fails_half_way() -> None:
    world, decision = approved(wildcard=True)
    world.lake.refusals = lambda _table: GrantRefused("no")
    with pytest.raises(GrantRefused):
        world.grant(decision_id=decision)
    assert world.lake.grants == {Grant("sales", None, CONSUMER)}
    assert granted(world) == Granted(database=True)


def test_a_retry_that_comes_less_far_takes_nothing_back() -> None:
    world = prepared(60)
    world.lake.refusals = lambda table: TryAgain("busy") if table == "t00055" else None
    with pytest.raises(TryAgain):
        world.grant()
    assert granted(world).tables == 59
    world.lake.refusals = lambda _table: GrantRefused("no")
    with pytest.raises(GrantRefused):
        world.grant()
    assert granted(world).tables == 59


@pytest.mark.parametrize("table", ["rain", "*"])
@pytest.mark.parametrize(("at", "part"), [("low", 0.5), ("high", 1.0)])
def test_pauses_are_spread_between_half_and_whole(
    monkeypatch: pytest.MonkeyPatch, world: World, table: str, at: str, part: float
) -> None:
    monkeypatch.setattr(retry.random, "uniform", lambda low, high: {"low": low, "high": high}[at])
    world.classify(document=input_of("weather", table))
    world.lake.refusals = lambda name: TryAgain("busy") if name == "rain" else None
    paused: list[float] = []
    with pytest.raises(LakeshareError):
        world.grant(pause=paused.append)
    assert paused == [part * seconds for seconds in (0.2, 0.5, 1.0, 2.0, 4.0)]


# --- large databases --------------------------------------------------------------------------------------------


def in_turns(world: World, seconds: float) -> tuple[int, Shared]:
    """Invocations of Grant, each with so much time that it makes some batches, until it is done."""
    after, invocations = None, 0
    while True:
        start = len(world.lake.batches)
        shared = world.grant(after=after, seconds_left=lambda at=start: seconds - 30 * (len(world.lake.batches) - at))
        invocations += 1
        if shared.progress is not Progress.MORE:
            return invocations, shared
        assert shared.after is not None
        after = shared.after


@pytest.mark.parametrize(("tables", "seconds", "invocations"), [(200, 120.0, 4), (200, 1.0, 10), (41, 900.0, 1)])
def test_goes_on_where_the_last_invocation_stopped(tables: int, seconds: float, invocations: int) -> None:
    world = prepared(tables)
    needed, shared = in_turns(world, seconds)
    assert (needed, shared.progress) == (invocations, Progress.SHARED)
    assert world.lake.grants == all_granted(tables)
    assert len(world.lake.batches) == -(-tables // 20)
    assert world.lake.count("grant_database") == 1
    assert granted(world).tables == tables
    assert world.register.history("r1").count("AutomaticallyApproved") == 1


def test_goes_on_where_it_stopped_in_the_order_of_reading() -> None:
    """Glue does not promise to give tables by their names."""
    world = prepared(50)
    entries = world.catalogue.entries["weather"]
    world.catalogue.entries["weather"] = dict(reversed(entries.items()))
    assert in_turns(world, 1.0)[1].progress is Progress.SHARED
    assert world.lake.grants == all_granted(50)
    assert len(world.lake.batches) == 3


def test_behind_the_last_table_nothing_is_left_to_grant() -> None:
    """As after a retry of an invocation of which the answer got lost."""
    world = prepared(3)
    world.grant()
    batches = list(world.lake.batches)
    assert world.grant(after="t00002").progress is Progress.SHARED
    assert world.lake.batches == batches
    assert granted(world).tables == 3


def test_a_change_between_two_invocations_stops_it() -> None:
    world = prepared(100)
    shared = world.grant(seconds_left=lambda: 0.0)
    assert shared == Shared(Progress.MORE, "t00019")
    world.catalogue.drop("weather", "t00099")
    assert world.grant(after=shared.after).progress is Progress.CHANGED
    assert granted(world).tables == 20
    assert len(world.lake.batches) == 1


def during_batch(world: World, number: int, change: Callable[[], None]) -> None:
    """Make a change of the catalogue while the batch of this number, from 1, is being granted."""

    def watch(when: str, method: str, _arguments: object, _result: object) -> None:
        if (when, method, len(world.lake.batches)) == ("after", "grant_tables", number):
            change()

    world.lake.watch = watch


def putting(table: Table) -> Callable[[MemoryCatalogue, Database], None]:
    return lambda catalogue, database: catalogue.put(database, table)


CHANGES: dict[str, tuple[int, Callable[[MemoryCatalogue, Database], None]]] = {
    "a table is flagged": (100, putting(plain_table("t00150", flags=("true",)))),
    "a column is flagged": (100, putting(pii_table("t00150"))),
    "the first table of the next page is flagged": (100, putting(pii_table("t00100"))),
    "a table of the last page is flagged": (200, putting(pii_table("t00249"))),
    "a table leads elsewhere": (100, putting(plain_table("t00150", location="s3://other/"))),
    "a table is new": (200, putting(plain_table("t99999"))),
    "a table is gone": (249, lambda catalogue, _: catalogue.drop("weather", "t00150")),
    "the database is flagged": (100, lambda catalogue, weather: catalogue.put(replace(weather, flags=("true",)))),
    "the database has another owner": (
        100,
        lambda catalogue, weather: catalogue.put(replace(weather, owner=OTHER_OWNER)),
    ),
}
"""What changes while the first page of 250 tables is granted, and how many tables are granted until that is noticed."""


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("after", [None, "t00019"])
def test_a_change_while_a_long_share_is_granted_stops_it(name: str, after: str | None) -> None:
    expected, change = CHANGES[name]
    world = prepared(250)
    during_batch(world, 3, lambda: change(world.catalogue, world.catalogue.databases["weather"]))
    assert world.grant(after=after) == Shared(Progress.CHANGED)
    record = world.register.records["r1"]
    assert (record.status, granted(world).tables) == (Status.RECEIVED, expected)
    assert len(world.lake.tables_of(CONSUMER)) == expected - (0 if after is None else 20)


def test_a_flag_set_while_a_long_share_is_granted_is_asked_about() -> None:
    world = prepared(250)
    during_batch(world, 1, lambda: world.catalogue.put(world.catalogue.databases["weather"], pii_table("t00249")))
    assert world.grant().progress is Progress.CHANGED
    assert "t00249" not in world.lake.tables_of(CONSUMER)
    again = world.classify(document=input_of("weather", "*"), round_=2)
    assert [str(ground) for ground in again.grounds] == ["t00249.email"]


def test_a_page_that_cannot_be_read_leaves_what_was_granted_noted() -> None:
    world = prepared(250)
    during_batch(world, 5, lambda: world.catalogue.links.add("weather.t00150"))
    with pytest.raises(ResourceLink):
        world.grant()
    assert granted(world).tables == 100
    assert world.lake.tables_of(CONSUMER) == set(granted(world).names)


def test_a_long_share_reads_each_page_twice() -> None:
    world = prepared(1000)
    before = world.catalogue.count("database")
    world.grant()
    assert world.catalogue.count("page") == 3 * 11, "the last of them is empty"
    assert world.catalogue.count("database") - before == 1 + 11


def test_a_request_closed_between_two_invocations_stops_it() -> None:
    world = prepared(100)
    shared = world.grant(seconds_left=lambda: 0.0)
    world.register.records["r1"] = RequestRecord("r1", Status.FAILED, "x")
    with pytest.raises(RequestClosed):
        world.grant(after=shared.after)
    assert len(world.lake.batches) == 1
