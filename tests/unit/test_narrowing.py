"""An approval of fewer columns than were asked for: just these are granted, and never one that was not asked for."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from handlers.aws.dynamodb.classification_items import read_in_brief
from handlers.aws.dynamodb.items import read_decision, write_decision
from handlers.sharing.drift import Looker, look
from handlers.sharing.model.catalogue import Column, Database, Table
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.clock import now
from handlers.sharing.model.errors import DecisionMismatch, DriftIncomplete, FilterRefused, RegisterUnreadable
from handlers.sharing.model.new_decision import NewDecision
from handlers.sharing.model.new_request import InvalidRequest
from handlers.sharing.model.part import InBrief, Part
from handlers.sharing.model.record import VERSION, Decision
from handlers.sharing.model.share import Share, ShareStatus
from tests.fakes.desk import Desk, at_work
from tests.fakes.findings import MemoryFindings
from tests.fakes.lake import Grant
from tests.fakes.lake_state import MemoryLakeState
from tests.fakes.world import CONSUMER, OWNER, World, input_of

NAMES = ("id", "mail", "city", "phone", "day")
PEOPLE = Table(
    "people",
    (
        Column("Id", "int"),
        Column("mail", "string", ("true",)),
        Column("city", "string"),
        Column("phone", "string", ("true",)),
        Column("day", "date", (), True),
    ),
    row_filters=(("eu", "id > 7"),),
)


def of_people(**part: Any) -> dict[str, Any]:
    return {**input_of("sales", "people"), **part}


def waiting(table: Table = PEOPLE, **part: Any) -> Desk:
    """A desk with one request that waits."""
    world = World()
    world.catalogue.put(Database("sales", owner=OWNER), table)
    return at_work(world, of_people(**part))


def decided(desk: Desk, *columns: str, comment: str = "") -> Decision:
    """An approval of these columns; of none: of all that was asked for."""
    decision = desk.decide(new=NewDecision("approve", 1, comment=comment, columns=columns)).decision
    assert decision is not None
    return decision


def approved(desk: Desk, *columns: str) -> Share:
    """What comes of an approval of these columns."""
    desk.world.grant(decision_id=decided(desk, *columns).id)
    return desk.world.ledger.shares["r1:1"]


@pytest.mark.parametrize(
    ("part", "columns", "granted", "becomes"),
    [
        ({}, ("id", "mail"), ("id", "mail", "day"), Part(columns=("id", "mail"))),
        ({}, ("city",), ("city", "day"), Part(columns=("city",))),
        ({"columns": ["id", "mail", "phone"]}, ("id", "mail"), ("id", "mail", "day"), Part(columns=("id", "mail"))),
        (
            {"columns": ["mail", "phone"], "filter": "EU"},
            ("day", "phone"),
            ("phone", "day"),
            Part(columns=("day", "phone"), filter="eu"),
        ),
        ({"filter": "eu"}, ("mail",), ("mail", "day"), Part(columns=("mail",), filter="eu")),
    ],
)
def test_what_is_approved_is_granted_and_nothing_else(
    part: dict[str, Any], columns: tuple[str, ...], granted: tuple[str, ...], becomes: Part
) -> None:
    desk = waiting(**part)
    share = approved(desk, *columns)
    assert (share.status, share.scope, share.columns, share.part) == (
        ShareStatus.ACTIVE,
        Scope.FILTERED,
        granted,
        becomes,
    )
    assert share.row_filter == ("id > 7" if "filter" in part else None)
    assert share.cells is not None
    assert desk.world.lake.grants == {Grant("sales", "people", CONSUMER, share.cells.name)}
    record = desk.world.register.records["r1"]
    assert record.in_brief == InBrief(becomes, columns, 5)


def test_who_narrowed_it_and_from_what_is_said() -> None:
    desk = waiting(columns=["id", "mail", "phone"])
    decision = decided(desk, "id", "mail", comment="Not the phones.")
    shared = desk.world.grant(decision_id=decision.id)
    assert "Only 2 of the 4 columns that were asked for: id, mail." in shared.message
    assert "In it are 3 of 5 columns: id, mail, day. Left out: people.phone." in shared.message
    (line,) = [each for each in desk.world.register.records["r1"].history if each.event == "Approved"]
    assert line.by == "jane@owner.example"
    assert line.detail == "Only 2 of the 4 columns that were asked for: id, mail. Not the phones."
    assert desk.world.grant(decision_id=decision.id).message == shared.message


def test_the_same_columns_are_shared_already_and_can_be_renewed() -> None:
    """What was narrowed is as if it had been asked for so: its fingerprint is that of a request for these columns."""
    desk = waiting()
    share = approved(desk, "id", "mail")
    other = waiting(columns=["id", "mail"])
    assert approved(other).fingerprint == share.fingerprint


@pytest.mark.parametrize(
    ("part", "columns"),
    [({"columns": ["id", "mail"]}, ("phone",)), ({"columns": ["mail"]}, ("mail", "gone")), ({"filter": "eu"}, ("x",))],
)
def test_a_column_that_was_not_asked_for_is_refused(part: dict[str, Any], columns: tuple[str, ...]) -> None:
    desk = waiting(**part)
    with pytest.raises(InvalidRequest) as refused:
        decided(desk, *columns)
    assert [fault.field for fault in refused.value.faults] == ["columns"]
    assert desk.world.workflow.waiting == {"token-1"}


def test_of_a_database_nobody_approves_columns() -> None:
    desk = at_work(World(), input_of("sales", "*"))
    with pytest.raises(InvalidRequest):
        decided(desk, "id")


def forged(desk: Desk, *columns: str) -> Decision:
    """A decision that names other columns than its maker could."""
    decision = decided(desk)
    desk.world.vault.decisions[decision.id] = replace(decision, columns=columns)
    return decision


@pytest.mark.parametrize(
    ("part", "columns"),
    [({"columns": ["mail"]}, ("mail", "phone")), ({"columns": ["mail"]}, ("gone",)), ({}, ("gone",))],
)
def test_grant_trusts_no_decision(part: dict[str, Any], columns: tuple[str, ...]) -> None:
    desk = waiting(**part)
    with pytest.raises(DecisionMismatch):
        desk.world.grant(decision_id=forged(desk, *columns).id)
    assert desk.world.lake.grants == set()


def test_a_view_is_given_as_a_whole_or_not_at_all() -> None:
    desk = waiting(replace(PEOPLE, is_view=True))
    with pytest.raises(FilterRefused):
        desk.world.grant(decision_id=forged(desk, "id").id)
    assert desk.world.lake.grants == set()


def test_what_changed_since_it_was_shown_is_asked_again() -> None:
    desk = waiting()
    decision = decided(desk, "id", "iban")
    added = replace(PEOPLE, columns=(*(PEOPLE.columns or ()), Column("iban", "string")))
    desk.world.catalogue.put(desk.world.catalogue.databases["sales"], added)
    assert desk.world.grant(decision_id=decision.id).progress == "changed"
    assert desk.world.lake.grants == set()


@given(
    asked=st.one_of(st.none(), st.lists(st.sampled_from(NAMES), min_size=1, unique=True)),
    given_=st.lists(st.sampled_from((*NAMES, "other")), min_size=1, unique=True),
    flagged=st.sets(st.sampled_from(NAMES)),
)
@settings(max_examples=60, deadline=None)
def test_never_more_than_was_asked_for_and_approved(
    asked: list[str] | None, given_: list[str], flagged: set[str]
) -> None:
    columns = tuple(
        replace(each, flags=("true",) if each.name.lower() in flagged | {"mail"} else ())
        for each in PEOPLE.columns or ()
    )
    may = set(NAMES if asked is None else (*asked, "day"))
    if asked is not None and not may & (flagged | {"mail"}):
        return  # Nobody is asked.
    desk = waiting(replace(PEOPLE, columns=columns), **({} if asked is None else {"columns": asked}))
    try:
        share = approved(desk, *given_)
    except (InvalidRequest, DecisionMismatch):
        assert not set(given_) <= may
        assert desk.world.lake.grants == set()
        return
    assert set(share.columns) == set(given_) | {"day"}
    assert set(share.columns) <= may


def test_register_and_vault_keep_which_columns() -> None:
    desk = waiting()
    decision = decided(desk, "id", "mail")
    kept = {"pk": f"decision#{decision.id}", "version": VERSION, "decision": write_decision(decision)}
    assert read_decision(kept) == decision
    assert "columns" not in write_decision(replace(decision, columns=()))
    brief = read_in_brief({"pk": "r1", "decision": kept["decision"], "classification": {"columns_total": 5}})
    assert brief == InBrief(Part(columns=("id", "mail")), ("id", "mail"), 5)
    for odd in ([], [1], "id", None):
        with pytest.raises(RegisterUnreadable):
            read_decision({**kept, "decision": {**write_decision(decision), "columns": odd}})


def appeared(world: World) -> list[str]:
    """What Drift says of personal data that nobody approved."""
    findings = MemoryFindings()
    lake = MemoryLakeState(world.lake)
    look(by=Looker(world.rules, findings, world.ledger, world.register, world.catalogue, lake, world.events), at=now())
    return [thing for each in findings.live() for thing in each.things]


def test_drift_knows_what_was_approved_of_fewer_columns() -> None:
    desk = waiting()
    approved(desk, "id", "mail")
    assert appeared(desk.world) == []
    flagged = tuple(replace(each, flags=("true",)) for each in PEOPLE.columns or ())
    desk.world.catalogue.put(Database("sales", owner=OWNER), replace(PEOPLE, columns=flagged))
    # The city and the phone were not given; of the mail somebody was told.
    assert appeared(desk.world) == ["people.Id", "people.day"]


def test_drift_takes_no_other_round_s_decision_for_that_of_a_share() -> None:
    desk = waiting()
    approved(desk, "id", "mail")
    desk.world.register.records["r1"] = replace(desk.world.register.records["r1"], round=2)
    with pytest.raises(DriftIncomplete, match="The register does not say what was approved with share r1:1"):
        appeared(desk.world)
