"""A look at the lake: what it reads, what it notes, and what it leaves alone where something cannot be read."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from handlers.sharing.drift import MOST_LOOKS, Looked, Looker, look, look_when_wanted
from handlers.sharing.model.catalogue import Column, Database
from handlers.sharing.model.classification import Classification, Ground, Rule, Scope
from handlers.sharing.model.clock import iso, moment
from handlers.sharing.model.drift import Kind
from handlers.sharing.model.errors import (
    AccessRefused,
    DriftIncomplete,
    LakeshareError,
    NotReadOnlyAdministrator,
    RegisterUnreadable,
    TryAgain,
)
from handlers.sharing.model.finding import Action, Finding, FindingStatus
from handlers.sharing.model.granted import Granted, Trouble
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.share import ADOPTED, EndReason, ShareStatus
from handlers.sharing.model.share_steps import ending
from tests.fakes.findings import MemoryFindings
from tests.fakes.lake import Grant
from tests.fakes.lake_state import RAM, MemoryLakeState
from tests.fakes.shares import put_share
from tests.fakes.world import CENTRAL, CONSUMER, OTHER_OWNER, OWNER, STRANGER, World, pii_table, plain_table

AT = moment("2026-11-24T10:00:00.000Z")
HAND = Grant("weather", "rain", CONSUMER)


class Night:
    """A world, and looks at it, an hour after each other."""

    def __init__(self) -> None:
        self.world = World()
        self.world.catalogue.put(Database("crm", owner=OWNER), plain_table("leads"), plain_table("deals"))
        self.findings = MemoryFindings()
        self.lake = MemoryLakeState(self.world.lake)
        self.at = AT
        self.revokes_new = False

    @property
    def looker(self) -> Looker:
        world = self.world
        return Looker(
            rules=world.rules,
            findings=self.findings,
            ledger=world.ledger,
            register=world.register,
            catalogue=world.catalogue,
            lake=self.lake,
            events=world.events,
            revokes_new=self.revokes_new,
        )

    def look(self) -> Looked:
        self.at += timedelta(hours=1)
        return look(by=self.looker, at=self.at)

    def now(self) -> datetime:
        self.at += timedelta(seconds=1)
        return self.at

    def open(self) -> list[tuple[Kind, str]]:
        live = [each for each in self.findings.findings.values() if each.status is FindingStatus.OPEN]
        return sorted((each.kind, each.database) for each in live)

    def one(self) -> Finding:
        (finding,) = self.findings.findings.values()
        return finding

    def told(self) -> list[str]:
        return [event for event, _ in self.world.events.of_findings]


@pytest.fixture
def night() -> Night:
    night = Night()
    put_share(night.world, "r1:1", "orders")
    return night


def test_a_lake_as_it_should_be(night: Night) -> None:
    put_share(night.world, "r2:1", "*", ["orders", "people"], approver="jane@owner.example")
    night.world.register.records["r2"] = replace(night.world.register.records["r2"], classification=approved())
    put_share(night.world, "r3:1", "orders", consumer=STRANGER)
    assert night.look() == Looked()
    assert night.findings.findings == {}


def approved(*grounds: Ground, total: int | None = None) -> Classification:
    """What an approver was told, by default that a column of `people` is flagged."""
    told = grounds or (Ground(Rule.COLUMN_FLAGGED, "people", "email"),)
    owner = Owner(OWNER)
    return Classification(Scope.TABLES_BY_NAME, owner, "f" * 64, told, total or len(told), (), 2, 4)


def test_what_is_found_is_told_noted_and_gone_again(night: Night) -> None:
    night.world.lake.grants.add(HAND)
    assert night.look() == Looked(open=1, found=1)
    assert night.look() == Looked(open=1)
    finding = night.one()
    assert (finding.kind, finding.principal, finding.tables) == (Kind.UNEXPLAINED, CONSUMER, ("rain",))
    night.world.lake.grants.discard(HAND)
    assert night.look() == Looked(gone=1)
    assert night.look() == Looked()
    assert night.told() == ["DriftFound", "DriftGone"]
    assert (night.one().status, night.one().live, night.one().owed_events) == (FindingStatus.CLOSED, False, ())


def test_several_are_counted(night: Night) -> None:
    night.world.lake.grants |= {HAND, HAND._replace(consumer=STRANGER)}
    assert night.look() == Looked(open=2, found=2)
    # The one that is found last was there before.
    night.world.lake.grants |= {Grant("crm", "leads", CONSUMER)}
    assert night.look() == Looked(open=3, found=1)
    night.world.lake.grants -= {HAND, HAND._replace(consumer=STRANGER)}
    assert night.look() == Looked(open=1, gone=2)


def test_the_ledger_is_asked_for_accounts_outside_alone(night: Night) -> None:
    night.world.lake.grants |= {HAND._replace(consumer=each) for each in (CENTRAL, STRANGER)}
    night.look()
    asked = {given[0] for method, given in night.world.ledger.calls if method == "live"}
    assert asked == {CONSUMER, STRANGER}


def test_an_event_that_cannot_be_put_is_owed(night: Night) -> None:
    night.world.lake.grants.add(HAND)
    night.world.events.fail("announce_finding", TryAgain("busy"))
    assert night.look() == Looked(open=1, found=1)
    assert night.told() == []
    night.world.lake.grants.discard(HAND)
    assert night.look() == Looked(gone=1)
    assert night.told() == ["DriftFound", "DriftGone"]


@pytest.mark.parametrize(
    ("grants", "owner"),
    [
        ([HAND], OWNER),
        ([HAND._replace(table="wind")], OTHER_OWNER),
        ([HAND, HAND._replace(table="wind")], None),
        ([HAND._replace(table="*")], None),
        ([HAND._replace(table=None)], OWNER),
        ([Grant("sales", "*", STRANGER)], OWNER),
        ([Grant("sales", f"t{at}", STRANGER) for at in range(30)], OWNER),
        ([HAND._replace(table=each) for each in ("wind", *map(str, range(30)))], OTHER_OWNER),
        ([HAND._replace(table="gone")], None),
        ([Grant("nowhere", "rain", CONSUMER)], None),
    ],
)
def test_whose_data_it_is_a_request_would_have_to_ask(night: Night, grants: list[Grant], owner: str | None) -> None:
    night.world.catalogue.put(Database("weather", owner=OWNER), plain_table("wind", owner=OTHER_OWNER))
    night.world.lake.grants |= set(grants)
    night.look()
    assert night.one().owner == owner


def test_what_is_missing_of_a_share_is_its_owners(night: Night) -> None:
    put_share(night.world, "r2:1", "people", owner=Owner(OTHER_OWNER), approver="jane@owner.example")
    night.world.register.records["r2"] = replace(night.world.register.records["r2"], classification=approved())
    night.world.lake.grants.discard(Grant("sales", "people", CONSUMER))
    night.look()
    assert (night.one().share, night.one().owner) == ("r2:1", OTHER_OWNER)


def test_what_is_in_no_database_is_nobodys(night: Night) -> None:
    night.lake.more = [Granted(STRANGER, "LFTag pii", "", None, frozenset({"DESCRIBE"}))]
    night.look()
    assert (night.one().owner, night.one().actions) == (None, (Action.ACCEPT,))


def test_ram(night: Night) -> None:
    night.lake.troubled = {RAM: [Trouble(None, "The invitation expired.")], "another": [Trouble(None, "No.")]}
    night.look()
    assert (night.one().kind, night.one().share) == (Kind.RAM_BROKEN, "r1:1")


# --- the data of shares ---------------------------------------------------------------------------------------------


def flag(night: Night, table: str = "orders") -> None:
    night.world.catalogue.put(night.world.catalogue.databases["sales"], pii_table(table))


def test_personal_data_appears_under_what_nobody_was_asked_about(night: Night) -> None:
    flag(night)
    assert night.look() == Looked(open=1, found=1)
    assert (night.one().kind, night.one().things) == (Kind.SOURCE_CHANGED, ("orders.email",))
    assert night.world.ledger.shares["r1:1"].status is ShareStatus.ACTIVE, "it is reported"


def test_it_ends_where_the_stack_says_so(night: Night) -> None:
    night.revokes_new = True
    flag(night)
    assert night.look() == Looked(open=1, found=1, ended=1)
    share = night.world.ledger.shares["r1:1"]
    assert (share.status, share.reason, share.due_at) == (
        ShareStatus.REVOKING,
        EndReason.NEW_PERSONAL_DATA,
        iso(night.at),
    )
    assert share.note == night.one().says
    night.world.lake.grants.clear()
    assert night.look() == Looked(gone=1)


@pytest.mark.parametrize(
    "table",
    [
        plain_table("orders", columns=(Column("id", "int", ("perhaps",)),)),
        plain_table("orders", columns=None),
        plain_table("orders", tags=None),
    ],
)
def test_what_cannot_be_read_ends_nothing(night: Night, table: object) -> None:
    night.revokes_new = True
    night.world.catalogue.put(night.world.catalogue.databases["sales"], table)  # type: ignore[arg-type]
    assert night.look() == Looked(open=1, found=1)
    assert night.one().kind is Kind.SOURCE_CHANGED


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (approved(), []),
        (approved(Ground(Rule.TABLE_FLAGGED, "orders")), ["people.email"]),
        (approved(Ground(Rule.TABLE_FLAGGED, "orders"), total=900), []),
    ],
)
def test_what_the_approver_knew_is_nothing_new(night: Night, told: Classification, found: list[str]) -> None:
    put_share(night.world, "r2:1", "*", ["orders", "people"], approver="jane@owner.example")
    night.world.register.records["r2"] = replace(night.world.register.records["r2"], classification=told)
    night.look()
    assert [thing for each in night.findings.findings.values() for thing in each.things] == found


def test_tables_that_are_not_shared_may_hold_what_they_like(night: Night) -> None:
    put_share(night.world, "r2:1", "*", ["orders"])
    flag(night, "another")
    assert night.look() == Looked()
    put_share(night.world, "r3:1", "*", consumer=STRANGER)
    assert night.look() == Looked(open=1, found=1), "with all tables, later ones too, it is another matter"


def test_nobody_ever_looked_at_what_was_adopted(night: Night) -> None:
    put_share(night.world, "r2:1", "people", fingerprint=ADOPTED)
    assert night.look() == Looked()


def test_what_was_dropped(night: Night) -> None:
    put_share(night.world, "r2:1", "*", ["orders", "people"], approver="jane@owner.example")
    night.world.register.records["r2"] = replace(night.world.register.records["r2"], classification=approved())
    night.world.catalogue.drop("sales", "people")
    night.world.lake.grants.discard(Grant("sales", "people", CONSUMER))
    assert night.look() == Looked()
    del night.world.catalogue.databases["sales"]
    night.world.lake.grants.clear()
    night.look()
    assert night.open() == [(Kind.MISSING, "sales")] * 2


# --- what cannot be read, or changes meanwhile ----------------------------------------------------------------------


def test_who_does_not_see_all_sees_nothing(night: Night) -> None:
    night.world.lake.grants.clear()
    night.lake.sees_all = False
    with pytest.raises(NotReadOnlyAdministrator):
        night.look()
    assert night.findings.findings == {}


def test_an_account_that_cannot_be_read_is_left_as_it_is(night: Night) -> None:
    put_share(night.world, "r2:1", "orders", consumer=STRANGER)
    night.world.lake.grants.clear()
    night.look()
    night.world.lake.grants = {Grant("sales", "orders", CONSUMER), Grant("sales", "orders", STRANGER), HAND}
    night.world.ledger.fail("live", RegisterUnreadable("odd"))
    with pytest.raises(DriftIncomplete, match=rf"^1 account.+{STRANGER} for one"):
        night.look()
    left = {(each.principal, each.kind) for each in night.findings.findings.values() if each.live}
    assert left == {(STRANGER, Kind.MISSING), (CONSUMER, Kind.UNEXPLAINED)}, "of the other one something new is found"


@pytest.mark.parametrize("error", [AccessRefused("no"), TryAgain("busy")])
def test_a_database_that_cannot_be_read_hides_no_other(night: Night, error: LakeshareError) -> None:
    put_share(night.world, "r2:1", "*", ["leads"], consumer=STRANGER)
    night.world.lake.grants.add(HAND)
    night.world.catalogue.fail("database", error)
    with pytest.raises(DriftIncomplete, match="sales"):
        night.look()
    assert night.open() == [(Kind.UNEXPLAINED, "weather")]


def test_what_is_missing_in_a_database_that_cannot_be_read_stays_missing(night: Night) -> None:
    night.world.lake.grants.clear()
    night.look()
    night.world.lake.grants = {Grant("sales", "orders", CONSUMER)}
    night.world.catalogue.fail("database", TryAgain("busy"))
    with pytest.raises(DriftIncomplete, match="sales"):
        night.look()
    assert night.open() == [(Kind.MISSING, "sales")]


def test_an_approval_that_is_not_on_record_is_no_approval_and_no_finding(night: Night) -> None:
    put_share(night.world, "r2:1", "people", approver="jane@owner.example")
    night.revokes_new = True
    with pytest.raises(DriftIncomplete, match="r2:1"):
        night.look()
    assert night.world.ledger.shares["r2:1"].status is ShareStatus.ACTIVE


def test_what_changes_while_it_is_looked_at(night: Night) -> None:
    def meanwhile() -> None:
        there = night.world.ledger.shares["r1:1"]
        night.world.ledger.apply(there.consumer, there.id, ending(EndReason.REVOKED, iso(AT)))
        put_share(night.world, "r2:1", "people", consumer=STRANGER)

    night.lake.meanwhile = meanwhile
    assert night.look().open == 0, "the one is being taken back, and the other's grant came after the list was read"


# --- who looks ------------------------------------------------------------------------------------------------------


def test_one_looks_and_looks_again_for_the_others(night: Night) -> None:
    looks: list[str] = []

    def meanwhile() -> None:
        looks.append("look")
        if len(looks) == 1:
            night.world.lake.grants.add(HAND)
            assert look_when_wanted("another", by=night.looker, now=night.now) is None

    night.lake.meanwhile = meanwhile
    began = night.at + timedelta(seconds=2)
    assert look_when_wanted("one", by=night.looker, now=night.now) == Looked(open=1, found=1)
    assert looks == ["look", "look"]
    assert night.findings.calls[1] == ("begin_look", ("one", iso(began + timedelta(minutes=16)), iso(began)))
    assert night.findings.looking is None


def test_who_fails_lets_others_look(night: Night) -> None:
    night.lake.fail("everything", TryAgain("busy"))
    with pytest.raises(TryAgain):
        look_when_wanted("one", by=night.looker, now=night.now)
    assert look_when_wanted("another", by=night.looker, now=night.now) == Looked()


def test_where_changes_keep_coming_it_is_called_again(night: Night) -> None:
    night.lake.meanwhile = lambda: night.findings.want_look(iso(night.now()))
    with pytest.raises(TryAgain, match="keep changing"):
        look_when_wanted("one", by=night.looker, now=night.now)
    assert night.lake.count("everything") == MOST_LOOKS
