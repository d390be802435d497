"""What can change in the catalogue, or in the stack's settings, while requests are under way."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from handlers.sharing.model.catalogue import Column
from tests.fakes.world import OTHER_OWNER, OWNER, STRANGER, World, plain_table


def _flagged(value: object) -> Callable[[World], None]:
    def change(world: World) -> None:
        _table(world, "sales", "orders", columns=(Column("id", "int", () if value is None else (value,)),))

    return change


def _table(world: World, database: str, name: str, **changes: Any) -> None:
    there = world.catalogue.entries[database].get(name, plain_table(name))
    world.catalogue.put(world.catalogue.databases[database], replace(there, **changes))


def _database(world: World, name: str, **changes: Any) -> None:
    world.catalogue.put(replace(world.catalogue.databases[name], **changes))


CHANGES: dict[str, Callable[[World], None]] = {
    "flag": _flagged("true"),
    "odd flag": _flagged("ja"),
    "flag that says no": _flagged(" NO "),
    "no flag": _flagged(None),
    "column added": lambda w: _table(
        w, "weather", "rain", columns=(Column("id", "int"), Column("who", "string")), pii_columns=("who",)
    ),
    "columns hidden": lambda w: _table(w, "weather", "wind", columns=None),
    "columns seen": lambda w: _table(w, "weather", "wind", columns=(Column("id", "int"),)),
    "more people": lambda w: _table(w, "sales", "people", columns=(Column("name", "string", ("true",)),)),
    "made anew": lambda w: _table(w, "sales", "people", location="s3://new/"),
    "read from elsewhere": lambda w: _table(w, "sales", "people", about="s3://newer/"),
    "table added": lambda w: _table(w, "weather", "fog", columns=(Column("id", "int"),)),
    "view added": lambda w: _table(w, "weather", "fog", is_view=True),
    "table dropped": lambda w: w.catalogue.entries["weather"].pop("rain", None) and None,
    "owner changed": lambda w: _table(w, "sales", "people", owner=OTHER_OWNER),
    "owner unknown": lambda w: _table(w, "sales", "people", owner=STRANGER),
    "owner of the database again": lambda w: _table(w, "sales", "people", owner=None),
    "database re-owned": lambda w: _database(w, "sales", owner=OTHER_OWNER),
    "database owned as before": lambda w: _database(w, "sales", owner=OWNER),
    "database flagged": lambda w: _database(w, "weather", flags=("1",)),
    "database not flagged": lambda w: _database(w, "weather", flags=()),
    "wildcards allowed": lambda w: setattr(w, "wildcard_on_approval", True),
    "wildcards not allowed": lambda w: setattr(w, "wildcard_on_approval", False),
}
