"""Parts of tables from the ask to the end, on the fakes."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from handlers.sharing.drift import Looker, look
from handlers.sharing.filters import MOST_FILTERS
from handlers.sharing.model.catalogue import Column
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import (
    AccessRefused,
    AlreadyWider,
    FilterForeign,
    FilterLimitReached,
    NotRenewable,
    SafeNotOffered,
    TryAgain,
)
from handlers.sharing.model.part import Part
from handlers.sharing.model.parties import Producer
from handlers.sharing.model.revocation import Work
from handlers.sharing.model.share import EndReason, Share, ShareStatus
from handlers.sharing.take_back import Taken, take_back
from tests.fakes.findings import MemoryFindings
from tests.fakes.grants import MemoryGrants
from tests.fakes.lake import Grant
from tests.fakes.lake_state import MemoryLakeState
from tests.fakes.world import CONSUMER, OTHER_OWNER, OWNER, SharedAlready, World, input_of

SAFE = {"scope": "safe"}
ONLY_ID = CellsFilter("sales", "people", ("id",))


@pytest.fixture
def world() -> World:
    world = World()
    producers = {**world.parties.producers, OWNER: Producer(OWNER, safe_subset=True)}
    world.parties = replace(world.parties, producers=producers)
    return world


def of_people(consumer: str = CONSUMER, **part: Any) -> dict[str, Any]:
    return {**input_of("sales", "people", consumer), **part}


def shared(world: World, name: str = "r1", **part: Any) -> Share:
    return ask(world, name, of_people(**part))


def ask(world: World, name: str, document: dict[str, Any]) -> Share:
    found = world.classify(name, document)
    decision = world.decided(world.request_approval(name)).id if found.needs_approval else None
    world.grant(name, decision)
    return world.ledger.shares[f"{name}:1"]


def taken_back(world: World, *shares: Share) -> Taken:
    for each in shares:
        world.ledger.shares[each.id] = replace(
            world.ledger.shares[each.id], status=ShareStatus.REVOKING, reason=EndReason.REVOKED
        )
    return take_back(
        [Work(each.consumer, each.id) for each in shares],
        ledger=world.ledger,
        grants=MemoryGrants(world.lake),
        events=world.events,
        holder="me",
        seconds_left=lambda: 900.0,
        pause=lambda _: None,
    )


def test_the_safe_subset_is_granted_by_a_filter_and_nothing_else(world: World) -> None:
    share = shared(world, **SAFE)
    assert world.lake.grants == {Grant("sales", "people", CONSUMER, ONLY_ID.name)}
    assert world.lake.filters == {ONLY_ID.resource: ONLY_ID}
    assert (share.scope, share.part, share.columns, share.row_filter) == (
        Scope.FILTERED,
        Part(safe=True),
        ("id",),
        None,
    )
    assert share.columns_total == 2
    assert (share.status, share.approver, share.cells) == (ShareStatus.ACTIVE, None, ONLY_ID)
    assert world.register.records["r1"].part == Part(safe=True)


def test_flagged_columns_ask(world: World) -> None:
    found = world.classify(document=of_people(columns=["email"]))
    assert found.needs_approval
    assert found.summary == "Personal data: people.email. In it is 1 of 2 columns: email."


def test_who_does_not_offer_the_safe_subset(world: World) -> None:
    world.parties = World().parties
    with pytest.raises(SafeNotOffered):
        world.classify(document=of_people(**SAFE))


def test_the_fingerprint_says_which_part(world: World) -> None:
    parts: list[dict[str, Any]] = [{}, SAFE, {"columns": ["id"]}, {"columns": ["id", "email"]}]
    prints = {world.classify(f"r{at}", of_people(**part)).fingerprint for at, part in enumerate(parts)}
    assert len(prints) == 4


def test_what_changes_before_the_grant_is_judged_again(world: World) -> None:
    world.classify(document=of_people(**SAFE))
    table = world.catalogue.entries["sales"]["people"]
    world.catalogue.put(
        world.catalogue.databases["sales"], replace(table, columns=(*(table.columns or ()), Column("city", "string")))
    )
    assert world.grant().progress == "changed"
    assert world.lake.grants == set()


def test_who_approves_a_part_confirms_nothing_of_other_columns_or_of_the_table(world: World) -> None:
    """Both were flagged once and say no by now. Nobody was asked about `phone`, nor about the table as a whole."""
    database, table = world.catalogue.databases["sales"], world.catalogue.entries["sales"]["people"]
    world.memory.known["sales", "people"] = frozenset({None, "email", "phone"})
    denied = (Column("id", "int"), Column("email", "string", ("no",)), Column("phone", "string", ("no",)))
    world.catalogue.put(database, replace(table, flags=("no",), columns=denied))
    share = shared(world, columns=["email"])
    assert share.approver is not None
    assert world.memory.known["sales", "people"] == {None, "phone"}


def test_the_text_of_a_row_filter_is_part_of_what_was_approved(world: World) -> None:
    table = world.catalogue.entries["sales"]["people"]
    database = world.catalogue.databases["sales"]
    world.catalogue.put(database, replace(table, row_filters=(("eu", "id > 7"),)))
    found = world.classify(document=of_people(filter="EU"))
    assert (found.columns, found.row_filter) == (("id", "email"), "id > 7")
    decision = world.decided(world.request_approval()).id
    world.catalogue.put(database, replace(table, row_filters=(("eu", "id > 0"),)))
    assert world.grant(decision_id=decision).progress == "changed"


def test_the_same_part_is_shared_already_and_another_is_not(world: World) -> None:
    share = shared(world, **SAFE)
    with pytest.raises(SharedAlready):
        world.classify("r2", of_people(**SAFE))
    assert world.found_shared == share
    assert not world.classify("r3", of_people(columns=["id"])).needs_approval


def test_who_has_all_of_it_needs_no_part(world: World) -> None:
    shared(world, "r1")
    with pytest.raises(AlreadyWider):
        world.classify("r2", of_people(**SAFE))


@pytest.mark.parametrize(
    ("part_days", "whole", "ends"),
    [
        (None, {}, True),
        (7, {}, True),
        (7, {"days": 30}, True),
        (7, {"table": "*"}, True),
        # It would end with the whole table, earlier than was granted.
        (None, {"days": 30}, False),
        (30, {"days": 7}, False),
        # Another table, another account, another part of it.
        (None, {"table": "orders"}, False),
        (None, {"consumer": "888888888888"}, False),
        (None, {"columns": ["email", "id"]}, False),
    ],
)
def test_a_part_ends_with_a_share_of_the_whole_that_lasts_as_long(
    world: World, part_days: int | None, whole: dict[str, Any], ends: bool
) -> None:
    part = shared(world, "r2", days=part_days, **SAFE)
    table, consumer = whole.pop("table", "people"), whole.pop("consumer", CONSUMER)
    ask(world, "r1", {**input_of("sales", table, consumer), **whole})
    now_there = world.ledger.shares[part.id]
    assert (now_there.status, now_there.reason) == (
        (ShareStatus.REVOKING, EndReason.REPLACED) if ends else (ShareStatus.ACTIVE, None)
    )
    others = {each for each in world.lake.grants if each.filter != ONLY_ID.name}
    taken_back(world, *([part] if ends else []))
    assert {each for each in world.lake.grants if each.filter != ONLY_ID.name} == others
    assert (ONLY_ID.resource in world.lake.filters) is not ends


def test_a_filter_goes_with_its_last_share(world: World) -> None:
    one, same = shared(world, "r1", **SAFE), shared(world, "r2", columns=["id"])
    other = shared(world, "r3", consumer="888888888888", **SAFE)
    assert (one.cells, same.cells) == (ONLY_ID, ONLY_ID)
    assert taken_back(world, one) == Taken([], {})
    assert len(world.lake.grants) == 2
    taken_back(world, same)
    assert world.lake.grants == {Grant("sales", "people", "888888888888", ONLY_ID.name)}
    assert world.lake.filters
    taken_back(world, other)
    assert (world.lake.grants, world.lake.filters) == (set(), {})


def test_who_grants_and_who_deletes_take_turns(world: World) -> None:
    share = shared(world, **SAFE)
    world.ledger.leases[f"turn#{ONLY_ID.name}"] = ("somebody", iso(now() + timedelta(minutes=5)))
    with pytest.raises(TryAgain, match="being granted or deleted"):
        taken_back(world, share)
    assert (world.lake.grants, len(world.lake.filters)) == (set(), 1)
    world.classify("r2", of_people("888888888888", **SAFE))
    with pytest.raises(TryAgain, match="being granted or deleted"):
        world.grant("r2")
    del world.ledger.leases[f"turn#{ONLY_ID.name}"]
    taken_back(world, share)
    world.grant("r2")
    assert world.lake.filters == {ONLY_ID.resource: ONLY_ID}
    assert f"turn#{ONLY_ID.name}" not in world.ledger.leases


@pytest.mark.parametrize(("error", "stays"), [(TryAgain("busy"), False), (AccessRefused("no"), True)])
def test_a_turn_is_given_back_as_soon_as_that_can_be(world: World, error: Exception, *, stays: bool) -> None:
    """What was done in it is done, also where it cannot be given back: then it ends by itself."""
    world.ledger.fail("give_back_leases", error)
    share = shared(world, **SAFE)
    assert share.status is ShareStatus.ACTIVE
    assert world.lake.filters == {ONLY_ID.resource: ONLY_ID}
    assert list(world.ledger.leases) == [f"turn#{ONLY_ID.name}"] * stays
    world.ledger.leases.clear()
    world.ledger.fail("give_back_leases", error)
    assert taken_back(world, share) == Taken([], {})
    assert (world.lake.grants, world.lake.filters) == (set(), {})


def test_a_foreign_filter_of_that_name_grants_nothing(world: World) -> None:
    world.lake.filters[ONLY_ID.resource] = replace(ONLY_ID, columns=("id", "email"))
    world.classify(document=of_people(**SAFE))
    with pytest.raises(FilterForeign):
        world.grant()
    assert world.lake.grants == set()


def test_an_account_has_so_many_parts_of_a_table(world: World) -> None:
    share = shared(world, **SAFE)
    for number in range(MOST_FILTERS - 1):
        name = f"x{number}:1"
        world.ledger.shares[name] = replace(share, id=name, fingerprint=name, row_filter=f"id = {number}")
    assert world.classify("r2", of_people(columns=["id"])).columns == ("id",)
    world.ledger.shares["y:1"] = replace(share, id="y:1", fingerprint="y", row_filter="id < 0")
    with pytest.raises(FilterLimitReached):
        world.classify("r3", of_people(columns=["id", "email"]))


def test_a_renewal_is_of_the_same_part(world: World) -> None:
    share = shared(world, days=7, **SAFE)
    with pytest.raises(NotRenewable, match="another part"):
        world.classify("r2", of_people(columns=["id"], renews=share.id))
    world.classify("r3", of_people(renews=share.id, days=30, **SAFE))
    world.grant("r3")
    assert str(world.ledger.shares[share.id].until) > str(share.until)
    assert len(world.lake.grants) == 1


def kinds(world: World) -> dict[str, str]:
    findings = MemoryFindings()
    by = Looker(
        world.rules,
        findings,
        world.ledger,
        world.register,
        world.remembering,
        MemoryLakeState(world.lake),
        world.events,
    )
    look(by=by, at=datetime.now(UTC))
    return {each.kind.value: each.says for each in findings.live()}


def test_drift_knows_filters(world: World) -> None:
    shared(world, **SAFE)
    assert kinds(world) == {}
    world.lake.filters[ONLY_ID.resource] = replace(ONLY_ID, columns=("id", "email"), expression="id > 0")
    (says,) = kinds(world).values()
    assert says.endswith("which now lets read email, too and lets read other rows. Somebody changed it past Lakeshare.")
    world.lake.filters.clear()
    assert set(kinds(world)) == {"FILTER_CHANGED"}
    world.lake.grants = {Grant("sales", "people", CONSUMER, "eu")}
    assert set(kinds(world)) == {"FILTER_CHANGED", "MISSING", "WIDER"}


def test_what_appears_in_other_columns_is_no_news(world: World) -> None:
    shared(world, **SAFE)
    database, table = world.catalogue.databases["sales"], world.catalogue.entries["sales"]["people"]
    further = Column("phone", "string", ("true",))
    world.catalogue.put(database, replace(table, columns=(*(table.columns or ()), further)))
    assert kinds(world) == {}
    world.catalogue.put(database, replace(table, columns=(Column("id", "int", ("true",)), further)))
    assert set(kinds(world)) == {"SOURCE_CHANGED"}
    world.catalogue.put(database, replace(table, owner=OTHER_OWNER, flags=("true",)))
    assert set(kinds(world)) == {"SOURCE_CHANGED"}
