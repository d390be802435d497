"""What people read of parts of tables, to the letter: what is refused, granted, there already, and taken back.

The texts stand in `__snapshots__/test_part_texts.ambr`; `pytest tests/unit/test_part_texts.py --snapshot-update` writes
it anew.
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from handlers.sharing.already_shared import told_already, told_before
from handlers.sharing.filters import MOST_FILTERS
from handlers.sharing.model.catalogue import Column, Database, Table
from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.errors import LakeshareError, Refused
from handlers.sharing.model.part import MOST_COLUMNS
from handlers.sharing.model.parties import Producer
from handlers.sharing.model.request import parse_request
from handlers.sharing.model.revocation import report_of
from handlers.sharing.model.share import Share
from handlers.sharing.shares import covered_by
from tests.fakes.world import CONSUMER, OWNER, SharedAlready, World, input_of

SALES = Database("sales", owner=OWNER)
COLUMNS = (
    *(Column("id", "int"), Column("city", "string"), Column("email", "string", ("true",))),
    *(Column("phone", "string", ("maybe",)), Column("day", "date", is_partition_key=True)),
)
PEOPLE = Table("people", COLUMNS, row_filters=(("eu", "region = 'EU'"), ("long", "x" * 2_049), ("odd", 7)))
SAFE: dict[str, Any] = {"scope": "safe"}
ROWS: dict[str, Any] = {"columns": ["email", "id"], "filter": "EU"}
TABLES = (
    PEOPLE,
    replace(PEOPLE, name="flagged", flags=("true",)),
    replace(PEOPLE, name="a_view", is_view=True),
    replace(PEOPLE, name="elsewhere", schema_readable=False),
    replace(PEOPLE, name="unreadable", columns=None),
    replace(PEOPLE, name="by_mail", columns=(COLUMNS[0], replace(COLUMNS[2], is_partition_key=True))),
    replace(PEOPLE, name="all_flagged", columns=COLUMNS[2:4]),
    replace(PEOPLE, name="wide", columns=tuple(Column(f"c{at:04}", "int") for at in range(MOST_COLUMNS + 1))),
)


@pytest.fixture
def world() -> World:
    world = World()
    producers = {**world.parties.producers, OWNER: Producer(OWNER, safe_subset=True)}
    world.parties = replace(world.parties, producers=producers)
    world.catalogue.put(SALES, *TABLES)
    return world


def of(table: str = "people", **part: Any) -> dict[str, Any]:
    return {**input_of("sales", table), **part}


def text_of(refused: Callable[[], object]) -> str:
    with pytest.raises(LakeshareError) as raised:
        refused()
    error = raised.value
    field = f" [{error.field}]" if isinstance(error, Refused) and error.field else ""
    return f"{error.reason}{field}: {error}"


def approved(world: World, name: str) -> str:
    decision = world.post(world.follow(world.request_approval(name), name)).decision
    assert decision is not None
    return decision.id


def shared(world: World, name: str, document: dict[str, Any]) -> tuple[str, Share]:
    """What is said of a grant, and the share that it made."""
    found = world.classify(name, document)
    decision = approved(world, name) if found.needs_approval else None
    return world.grant(name, decision).message, world.ledger.shares[f"{name}:1"]


def test_inputs(snapshot: SnapshotAssertion) -> None:
    parts: tuple[dict[str, Any], ...] = (
        *({"scope": each} for each in ("all", True, 7, [])),
        *({"columns": each} for each in ([], "id", {}, ["id", 7], [" id"], [""])),
        *({"filter": each} for each in ("", 7, ["eu"], "a\x1f")),
        {**SAFE, "columns": ["id"]},
        {"columns": ["n" * 200 + f"{at:04}" for at in range(MOST_COLUMNS)]},
        {"columns": [f"{at}" for at in range(MOST_COLUMNS + 1)]},
    )
    texts = {ascii(part)[:60]: text_of(lambda part=part: parse_request(of(**part))) for part in parts}
    wholes: tuple[dict[str, Any], ...] = ({**SAFE, "filter": "eu"}, {"columns": ["id"]}, {"filter": "eu"})
    assert texts | {f"*, {part}": text_of(lambda part=part: parse_request(of("*", **part))) for part in wholes} == (
        snapshot
    )


def test_refusals(snapshot: SnapshotAssertion, world: World) -> None:
    asked: dict[str, dict[str, Any]] = {
        **{f"safe of {table.name}": of(table.name, **SAFE) for table in TABLES[1:]},
        "columns of a view": of("a_view", columns=["id"]),
        "columns that cannot be read": of("unreadable", columns=["id"]),
        "a column that is not there": of(columns=["id", "name"]),
        "six that are not there": of(columns=[f"x{at}" for at in range(6)]),
        "a part of a column": of(columns=["address.street"]),
        "too many": of("wide", filter="eu"),
        **{f"filter {name}": of(filter=name) for name in ("us", "odd", "long")},
    }
    texts = {name: text_of(lambda name=name: world.classify(name, asked[name])) for name in asked}
    world.parties = World().parties
    texts["not offered"] = text_of(lambda: world.classify("not offered", of(**SAFE)))
    assert texts == snapshot
    assert world.lake.grants == set()


def test_grants(snapshot: SnapshotAssertion, world: World) -> None:
    asked = {"safe": of(**SAFE), "columns": of(columns=["id"]), "rows": of(**ROWS), "wide": of("wide", filter="eu")}
    wide = next(table for table in TABLES if table.name == "wide")
    world.catalogue.put(SALES, replace(wide, columns=(wide.columns or ())[:MOST_COLUMNS]))
    assert {name: shared(world, name, asked[name])[0] for name in asked} == snapshot


def test_what_is_there_already(snapshot: SnapshotAssertion, world: World) -> None:
    _, safe = shared(world, "r1", of(days=30, **SAFE))
    with pytest.raises(SharedAlready):
        world.classify("r2", of(days=7, **SAFE))
    then = replace(safe, active_at="2026-11-24T09:00:00.000Z", until="2026-12-24T09:00:00.000Z")
    texts = {"shared already": told_already(then), "shared before it is asked for": told_before(then)}
    for number in range(MOST_FILTERS):
        name = f"x{number}:1"
        world.ledger.shares[name] = replace(safe, id=name, fingerprint=name, row_filter=f"id = {number}")
    texts["as many as there may be"] = text_of(lambda: world.classify("r3", of(**ROWS)))
    world.ledger.shares = {safe.id: safe}
    texts["another part to renew"] = text_of(lambda: world.classify("r4", of(columns=["id"], renews=safe.id)))
    world.classify("r5", of(days=90, renews=safe.id, **SAFE))
    texts["renewed"] = re.sub(r"until .*? UTC", "until <then> UTC", world.grant("r5").message)
    ours = CellsFilter("sales", "people", ("id", "email", "day"), "region = 'EU'")
    world.lake.filters[ours.resource] = replace(ours, columns=("id",))
    world.classify("r6", of(**ROWS))
    decision = approved(world, "r6")
    texts["a foreign filter"] = text_of(lambda: world.grant("r6", decision))
    shared(world, "r7", of("wide"))
    texts["wider already"] = text_of(lambda: world.classify("r8", of("wide", columns=["c0000"])))
    assert texts == snapshot


def test_what_is_taken_back(snapshot: SnapshotAssertion, world: World) -> None:
    (_, safe), (_, rows) = shared(world, "r1", of(**SAFE)), shared(world, "r2", of(**ROWS))
    (_, same), (_, whole) = shared(world, "r3", of(columns=["id", "city"])), shared(world, "r4", of())
    covers = {each.id: covered_by(each, world.ledger) for each in (safe, rows, same, whole)}
    texts = {
        f"{mine.id}, with {', '.join(others) or 'nothing'}": str(
            report_of(mine, covers[mine.id], {each: covers[each] for each in others})
        )
        for mine, *others in ((safe,), (safe, rows.id), (safe, same.id), (whole, safe.id), (rows, whole.id))
    }
    assert texts == snapshot
    assert world.ledger.shares[safe.id].consumer == CONSUMER
