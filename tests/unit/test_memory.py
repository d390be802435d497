"""A flag that was seen is remembered, and one that vanished is no "no": in the rules, and in what keeps them."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from handlers.aws.clients import client
from handlers.aws.dynamodb.memory import DynamoMemory, key_of
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.sharing.classify import judge
from handlers.sharing.granter import Progress
from handlers.sharing.model.catalogue import Column, Counted, Database, Marked, Table
from handlers.sharing.model.classification import Classification, Ground, Rule
from handlers.sharing.model.errors import TryAgain
from handlers.sharing.model.grounds import MOST_REMEMBERED, Marks, grounds_of_table
from handlers.sharing.model.request import ShareRequest, Source
from handlers.sharing.model.term import NO_END
from handlers.sharing.stores import Memory
from tests.fakes.memory import FlagMemory
from tests.fakes.table import TABLE, item, make_tables, put_item
from tests.fakes.world import CONSUMER, OWNER, World, input_of, pii_table, plain_table

WHOLE: Marked = frozenset((None,))
EMAIL: Marked = frozenset(("email",))
SALES = Database("sales", owner=OWNER)


def people(flag: str | None, **more: object) -> Table:
    flags = () if flag is None else (flag,)
    return plain_table("people", **{"columns": (Column("id", "int"), Column("Email", "string", flags)), **more})


def once(table: Table, marks: Marked | None) -> list[str]:
    """The grounds of a table of which this is remembered."""
    found = grounds_of_table(replace(table, once_flagged=marks), SALES)
    return [f"{ground.rule} {ground.column or ''}".strip() for ground in found]


# --- the rule ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("table", "marks", "grounds"),
    [
        (people("true"), EMAIL, ["ColumnFlagged Email"]),
        (people(None), frozenset(), []),
        (people(None), EMAIL, ["FlagVanished Email"]),
        (people(""), EMAIL, ["FlagVanished Email"]),
        (people("no"), EMAIL, ["FlagVanished Email"]),
        (people("what?"), EMAIL, ["UnreadableFlag Email"]),
        (people(None, pii_columns=("email",)), EMAIL, ["ColumnFlagged Email"]),
        (people(None, pii_columns=("none",)), EMAIL, ["FlagVanished Email"]),
        (people(None, flags=("false",)), EMAIL, ["FlagVanished Email"]),
        (people(None, flags=("true",)), WHOLE, ["TableFlagged"]),
        (people(None), WHOLE, ["FlagVanished"]),
        (people(None, flags=("false",)), WHOLE, ["FlagVanished"]),
        (people(None), WHOLE | EMAIL, ["FlagVanished", "FlagVanished Email"]),
        # A column that is gone, or bears another name, is another thing.
        (people(None), frozenset(("mail",)), []),
        (people(None), None, ["MemoryUnreadable"]),
        (people(None, columns=None), EMAIL, ["ColumnsUnreadable"]),
        (
            people(None, columns=(Column("id", "int"),), elsewhere=(Column("EMAIL", ""),)),
            EMAIL,
            ["SchemaElsewhere", "FlagVanished EMAIL"],
        ),
    ],
)
def test_what_asks(table: Table, marks: Marked | None, grounds: list[str]) -> None:
    assert once(table, marks) == grounds


@pytest.mark.parametrize(
    ("flags", "table_flags", "marks", "grounds"),
    [
        ((), (), WHOLE, ["FlagVanished"]),
        (("no",), (), WHOLE, ["FlagVanished"]),
        (("yes",), (), WHOLE, ["DatabaseFlagged"]),
        ((), ("no",), WHOLE, []),
        ((), (), None, ["MemoryUnreadable"]),
    ],
)
def test_a_database_binds_its_tables_by_what_is_remembered_too(
    flags: tuple[str, ...], table_flags: tuple[str, ...], marks: Marked | None, grounds: list[str]
) -> None:
    database = replace(SALES, flags=flags, once_flagged=marks)
    assert [str(each.rule) for each in grounds_of_table(people(None, flags=table_flags), database)] == grounds


@pytest.mark.parametrize("size", [0, 1, 99, 100, 101])
def test_more_names_than_an_item_holds_are_remembered_as_the_whole(size: int) -> None:
    name = "x" * (MOST_REMEMBERED // 100 - 3)
    flagged: Marked = frozenset(f"{name}{number:03}" for number in range(size))
    assert Marks(flagged).news(frozenset()) == (flagged if size <= 100 else WHOLE)
    if size > 1:
        part: Marked = frozenset(sorted(map(str, flagged))[:1])
        assert Marks(flagged).news(part) == (flagged - part if size <= 100 else WHOLE)
    assert Marks(flagged).news(flagged) == frozenset()
    assert Marks(flagged).news(WHOLE) == (flagged if size <= 100 else frozenset())


# --- in the workflow --------------------------------------------------------------------------------------------


def drop_flag(world: World, flag: str | None = None) -> None:
    """As a crawler does with its next run."""
    flags = () if flag is None else (flag,)
    world.catalogue.put(SALES, plain_table("people", columns=(Column("id", "int"), Column("email", "string", flags))))


def rules_of(classification: Classification) -> list[Rule]:
    return [each.rule for each in classification.grounds]


def test_a_flag_that_vanishes_while_a_request_waits_is_asked_about_again() -> None:
    """It ended as `AutomaticallyApproved`."""
    world = World()
    world.classify(document=input_of("sales", "people"))
    decision = world.decided(world.request_approval()).id
    drop_flag(world)
    assert world.grant(decision_id=decision).progress is Progress.CHANGED
    again = world.classify(document=input_of("sales", "people"), round_=2)
    assert again.grounds == (Ground(Rule.FLAG_VANISHED, "people", "email"),)
    second = world.decided(world.request_approval(token="token-2")).id
    assert world.grant(decision_id=second).progress is Progress.SHARED
    # Whoever approved one request did not say that it is no personal data.
    assert rules_of(world.classify("r2", input_of("sales", "people", "888888888888"))) == [Rule.FLAG_VANISHED]


def test_a_flag_that_says_no_now_asks_once_more_and_an_approval_confirms_it() -> None:
    world = World()
    world.classify(document=input_of("sales", "people"))
    drop_flag(world, "false")
    assert rules_of(world.classify("r2", input_of("sales", "people", "888888888882"))) == [Rule.FLAG_VANISHED]
    decision = world.post(world.follow(world.request_approval("r2"), "r2")).decision
    assert decision is not None
    assert rules_of(world.classify("r3", input_of("sales", "people", "888888888883"))) == [Rule.FLAG_VANISHED]
    assert world.grant("r2", decision.id).progress is Progress.SHARED
    assert not world.classify("r4", input_of("sales", "people", "888888888884")).needs_approval
    # Flagged anew, it is known anew.
    world.catalogue.put(SALES, pii_table())
    world.classify("r5", input_of("sales", "people", "888888888885"))
    drop_flag(world)
    assert rules_of(world.classify("r6", input_of("sales", "people", "888888888886"))) == [Rule.FLAG_VANISHED]


def test_what_grants_without_a_decision_or_not_to_its_end_confirms_nothing() -> None:
    world = World()
    world.memory.known["sales", "people"] = EMAIL
    drop_flag(world, "no")
    world.classify(document=input_of("sales", "people"))
    decision = world.decided(world.request_approval()).id
    world.lake.fail("grant_table", *[TryAgain("busy")] * 6)
    with pytest.raises(TryAgain):
        world.grant(decision_id=decision)
    assert world.memory.known["sales", "people"] == EMAIL
    world.grant(decision_id=decision)
    assert world.memory.known["sales", "people"] == frozenset()


@pytest.mark.parametrize(("table", "confirmed"), [("people", False), ("*", True)])
def test_only_who_approves_a_database_confirms_what_it_says_of_itself(table: str, *, confirmed: bool) -> None:
    world = World()
    world.memory.known["sales", None] = WHOLE
    world.catalogue.put(replace(SALES, flags=("no",)))
    world.classify(document=input_of("sales", table))
    world.grant(decision_id=world.decided(world.request_approval()).id)
    assert (world.memory.known["sales", None] == frozenset()) is confirmed


def test_a_database_and_each_of_its_tables_are_remembered() -> None:
    world = World()
    world.catalogue.put(replace(SALES, flags=("true",)), plain_table(), pii_table())
    world.classify(document=input_of("sales", "*"))
    assert world.memory.known == {("sales", None): WHOLE, ("sales", "people"): EMAIL}
    world.catalogue.put(SALES, plain_table(), plain_table("people"))
    found = world.classify("r2", input_of("sales", "*", "888888888882"))
    # The column is gone with its flag; what is left of the database asks.
    assert found.grounds == (Ground(Rule.FLAG_VANISHED),)
    assert world.memory.count("remember") == 2
    world.catalogue.put(SALES, plain_table("people", columns=(Column("email", "string"),)))
    found = world.classify("r3", input_of("sales", "*", "888888888883"))
    assert found.grounds == (Ground(Rule.FLAG_VANISHED), Ground(Rule.FLAG_VANISHED, "people", "email"))


def test_what_was_seen_is_remembered_before_the_request_is_judged() -> None:
    world = World()
    world.memory.fail("remember", TryAgain("busy"))
    with pytest.raises(TryAgain):
        world.classify(document=input_of("sales", "people"))
    assert world.register.records["r1"].classification is None


@pytest.mark.parametrize("step", ["classify", "grant"])
def test_no_memory_no_grant(step: str) -> None:
    world = World()
    if step == "grant":
        world.classify()
    world.memory.fail("recall", TryAgain("busy"))
    with pytest.raises(TryAgain):
        world.grant() if step == "grant" else world.classify()
    assert world.lake.grants == set()


def test_what_became_known_while_a_request_waited_is_asked_about() -> None:
    """The data are as they were, and somebody saw a flag on them meanwhile."""
    world = World()
    world.classify(document=input_of("sales", "people"))
    decision = world.decided(world.request_approval()).id
    world.memory.known["sales", "people"] = EMAIL | {"id"}
    assert world.grant(decision_id=decision).progress is Progress.CHANGED
    assert world.lake.grants == set()


def test_a_flag_that_grant_alone_saw_is_remembered() -> None:
    world = World()
    world.classify(document=input_of("sales", "orders"))
    world.catalogue.put(SALES, plain_table("orders", flags=("true",)))
    assert world.grant().progress is Progress.CHANGED
    world.catalogue.put(SALES, plain_table("orders"))
    assert rules_of(world.classify(document=input_of("sales", "orders"), round_=2)) == [Rule.FLAG_VANISHED]


def test_a_preview_says_the_same_and_remembers_nothing() -> None:
    world = World()
    world.memory.known["sales", "orders"] = WHOLE
    request = ShareRequest(Source("sales", "orders"), CONSUMER)
    found, _ = judge(
        request,
        NO_END,
        None,
        rules=world.rules,
        catalogue=world.remembering,
        ledger=world.ledger,
        lake=world.lake,
        at=datetime.now(UTC),
    )
    assert rules_of(found.classification) == [Rule.FLAG_VANISHED]
    assert {name for name, _ in world.memory.calls} == {"recall"}


# --- what keeps it ----------------------------------------------------------------------------------------------


@pytest.fixture(params=["memory", "dynamodb"])
def memory(request: pytest.FixtureRequest) -> Iterator[Memory]:
    """Once in memory and once on DynamoDB: the same rules hold."""
    if request.param == "memory":
        yield FlagMemory()
        return
    with mock_aws():
        make_tables()
        yield DynamoMemory(TABLE)


def test_what_is_added_and_taken_away(memory: Memory) -> None:
    places = [("sales", "people"), ("sales", None), ("sales", "other")]
    assert memory.recall(places) == {}
    memory.remember("sales", {"people": EMAIL, None: WHOLE})
    memory.remember("sales", {"people": frozenset(("id", None))})
    memory.remember("sales", {})
    everything: Marked = frozenset(("email", "id", None))
    assert memory.recall(places) == {("sales", "people"): everything, ("sales", None): WHOLE}
    assert memory.recall([]) == {}
    memory.forget("sales", {"people": EMAIL | {"never"}})
    assert memory.recall(places[:1]) == {("sales", "people"): everything - EMAIL}
    memory.forget("sales", {"people": everything, None: WHOLE})
    assert not any(memory.recall(places).values())


@given(st.lists(st.text(max_size=3) | st.sampled_from(["null", '"null"', "\ud83d", "none"]), unique=True))
def test_names_of_columns_come_back_as_they_were(names: list[str]) -> None:
    with mock_aws():
        make_tables()
        kept = DynamoMemory(TABLE)
        marks: Marked = frozenset((*names, None))
        kept.remember("sales", {"people": marks})
        assert kept.recall([("sales", "people")]) == {("sales", "people"): marks}


def test_many_tables_take_few_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    with mock_aws():
        make_tables()
        kept = DynamoMemory(TABLE)
        calls: list[str] = []
        send = client("dynamodb")._make_api_call
        monkeypatch.setattr(
            client("dynamodb"), "_make_api_call", lambda name, given: calls.append(name) or send(name, given)
        )
        marked: dict[str | None, Marked] = {f"t{number:03}": EMAIL for number in range(250)}
        kept.remember("sales", marked)
        assert calls == ["TransactWriteItems"] * 3
        assert kept.recall([("sales", name) for name in marked]) == {("sales", name): EMAIL for name in marked}
        assert calls[3:] == ["BatchGetItem"] * 3
        long: Marked = frozenset(f"{number:03}{'x' * 250}" for number in range(90))
        kept.remember("sales", dict.fromkeys(marked, long))
        assert calls[6:] == ["TransactWriteItems"] * 6


NAMES = st.text(max_size=6) | st.sampled_from(["a,b", '"', '","', "x" * 255, "名" * 255, "y" * 254])


@given(st.tuples(NAMES, st.none() | NAMES), st.tuples(NAMES, st.none() | NAMES))
def test_no_two_entries_share_an_item(one: tuple[str, str | None], other: tuple[str, str | None]) -> None:
    assert (key_of(*one) == key_of(*other)) == (one == other)
    assert len(key_of(*one).encode()) <= 2048
    assert key_of(*one) != "flags#survey"


@pytest.mark.parametrize(
    "odd",
    [
        {"version": 2, "flagged": {"null"}},
        {"flagged": {"null"}},
        {"version": 1, "flagged": "null"},
        {"version": 1, "flagged": ["null"]},
        {"version": 1, "flagged": {"email"}},
        {"version": 1, "flagged": {"7"}},
    ],
)
def test_what_cannot_be_read_is_said_to_be_so(odd: dict[str, object]) -> None:
    with mock_aws():
        make_tables()
        put_item({"pk": key_of("sales", "people"), **odd})
        assert DynamoMemory(TABLE).recall([("sales", "people")]) == {("sales", "people"): None}


@pytest.mark.parametrize("change", ["remember", "forget"])
def test_what_a_newer_release_wrote_stays_as_it_is(change: str) -> None:
    with mock_aws():
        make_tables()
        key = key_of("sales", "people")
        put_item({"pk": key, "version": 2, "flagged": {"new"}})
        kept = DynamoMemory(TABLE)
        step: Callable[..., None] = getattr(kept, change)
        with pytest.raises(TryAgain):
            step("sales", {"people": EMAIL})
        assert item(key) == {"pk": key, "version": 2, "flagged": {"new"}}


def test_a_late_run_of_classify_changes_nothing_that_goes_on() -> None:
    """Lambda gave it up and another run was answered; the mail that went out since is about that one."""
    world = World()
    world.classify(document=input_of("sales", "people"))
    decision = world.decided(world.request_approval()).id
    before = world.register.records["r1"]
    world.catalogue.put(replace(SALES, description="changed"), pii_table(location="s3://elsewhere/"))
    world.classify(document=input_of("sales", "people"), started_at=before.started_at or "")
    assert world.register.records["r1"] == before
    assert world.grant(decision_id=decision).progress is Progress.CHANGED


def test_no_memory_is_a_request() -> None:
    with mock_aws():
        make_tables()
        DynamoMemory(TABLE).remember("sales", {None: WHOLE})
        assert DynamoRegister(TABLE).find(key_of("sales", None)) is None


def test_where_a_survey_stopped(memory: FlagMemory | DynamoMemory) -> None:
    assert memory.place() is None
    memory.put("sales")
    assert memory.place() == "sales"
    memory.put(None)
    assert memory.place() is None


def test_what_a_survey_counted_replaces_what_it_counted_before(memory: Memory) -> None:
    memory.remember("sales", {None: WHOLE})
    memory.keep_count("sales", Counted(3, 1))
    memory.keep_count("crm", Counted(1, 0))
    memory.keep_count("sales", Counted(4, 2))
    assert memory.counted(["crm", "new", "sales"]) == {"crm": Counted(1, 0), "sales": Counted(4, 2)}
    # It is no flag, and touches none.
    recalled = memory.recall([("sales", None), ("crm", None)])
    assert (recalled["sales", None], recalled.get(("crm", None), frozenset())) == (WHOLE, frozenset())


@mock_aws
def test_counts_that_cannot_be_read_are_none() -> None:
    make_tables()
    for odd in (
        {},
        {"counted": "3"},
        {"counted": {}},
        {"counted": {"tables": "3", "asking": 1}},
        {"version": 2, "counted": {"tables": 3, "asking": 1}},
    ):
        put_item({"pk": key_of("sales", None), "version": 1, **odd})
        assert DynamoMemory(TABLE).counted(["sales"]) == {}
