"""What was granted of a request that is not shared is said, and that nothing was only where it is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from handlers.sharing.close import ending_of
from handlers.sharing.granter import Progress
from handlers.sharing.model.catalogue import Database
from handlers.sharing.model.part import Part
from handlers.sharing.model.record import Ending, Granted, HistoryEntry, RequestRecord, Status
from handlers.sharing.model.remains import outcome, remains, told
from handlers.sharing.model.request import Source
from tests.fakes.world import CONSUMER, OWNER, World, input_of, pii_table, plain_table

TAKEN = f"That is taken back from account {CONSUMER}."
DENIED = RequestRecord("r1", Status.DENIED, "then", source=Source("sales", "*"), consumer=CONSUMER, message="No.")
SEA = Database("sea", owner=OWNER)
BEGUN = (HistoryEntry("then", "AutomaticallyApproved"),)


@pytest.mark.parametrize(
    ("table", "granted", "what"),
    [
        ("*", Granted(20, database=True), "20 tables of database sales"),
        ("*", Granted(1, database=True), "one table of database sales"),
        ("*", Granted(1200, database=True), "1,200 tables of database sales"),
        ("*", Granted(3, database=True, wildcard=True), "all tables of database sales, those added later too"),
        ("*", Granted(database=True), "DESCRIBE on database sales, and none of its tables"),
        ("people", Granted(1, ("people",)), "table sales.people"),
    ],
)
@pytest.mark.parametrize("status", [each for each in Status if each not in {Status.SHARED, Status.SHARING}])
def test_what_was_granted_is_said(table: str, granted: Granted, what: str, status: Status) -> None:
    record = replace(DENIED, status=status, source=Source("sales", table), granted=granted, history=BEGUN)
    assert remains(record) == outcome(record) == f"Granted already: {what}. {TAKEN}"
    assert told(record) == f"No. Granted already: {what}. {TAKEN}"
    assert remains(replace(record, status=Status.SHARED)) == ""
    assert remains(replace(record, status=Status.SHARING)) == f"Granted so far: {what}."


@pytest.mark.parametrize("part", [Part(safe=True), Part(columns=("id",)), Part(columns=("id",), filter="eu")])
def test_of_a_part_no_more_than_a_part_is_said(part: Part) -> None:
    granted = Granted(1, ("people",))
    record = replace(DENIED, source=Source("sales", "people"), part=part, granted=granted, history=BEGUN)
    assert told(record) == f"No. Granted already: part of table sales.people. {TAKEN}"
    assert remains(replace(record, status=Status.SHARING)) == "Granted so far: part of table sales.people."
    assert remains(replace(record, granted=Granted())) == ""


def test_of_the_safe_subset_of_a_database_parts_of_tables_are_said() -> None:
    record = replace(DENIED, part=Part(safe=True), granted=Granted(20), history=BEGUN)
    assert remains(record) == f"Granted already: parts of 20 tables of database sales. {TAKEN}"


@pytest.mark.parametrize("granted", [None, Granted()])
@pytest.mark.parametrize("table", ["*", "people"])
def test_nothing(granted: Granted | None, table: str) -> None:
    record = replace(DENIED, source=Source("sales", table), granted=granted)
    assert (remains(record), told(record)) == ("", "No.")
    assert outcome(record) == "Nothing was shared."
    for event in ("Approved", "AutomaticallyApproved"):
        begun = replace(record, history=(HistoryEntry("then", event),))
        assert outcome(begun) == "The register knows of nothing that was shared."
    assert outcome(replace(DENIED, source=None)) == "Nothing was shared."


def half_granted(world: World) -> None:
    """A database without personal data, of which twenty tables are granted when one of the others becomes flagged."""
    names = [f"t{number:02}" for number in range(30)]
    world.catalogue.put(SEA, *map(plain_table, names))
    world.classify("r1", input_of("sea", "*"))
    first = world.grant(seconds_left=lambda: 0.0)
    assert (first.progress, first.after) == (Progress.MORE, "t19")
    world.catalogue.put(SEA, pii_table("t25"))
    assert world.grant(after="t19").progress is Progress.CHANGED
    world.classify("r1", input_of("sea", "*"), round_=2)


WHAT = f"Granted already: 20 tables of database sea. {TAKEN}"


def test_a_denial_after_a_change_says_what_is_taken_back(world: World) -> None:
    half_granted(world)
    key = world.request_approval()
    assert remains(world.register.records["r1"]) == WHAT
    decision = world.decided(key, "deny")
    record = world.close(ending_of("r1", {"outcome": "denied", "decision_id": decision.id}, world.vault))
    assert outcome(record) == WHAT
    assert world.events.put[-1].announcement.facts["message"] == f"The owner of the data denied the request. {WHAT}"


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.REFUSED, Status.FAILED])
def test_so_do_the_other_ends(world: World, status: Status) -> None:
    half_granted(world)
    assert outcome(world.close(Ending(status, "Reason", "It ended."))) == WHAT
    assert world.events.put[-1].announcement.facts["message"] == f"It ended. {WHAT}"
