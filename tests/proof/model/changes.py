"""What can change in the catalogue, or in the stack's settings, while requests are under way."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from handlers.sharing.model.catalogue import Column, Table
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


def _column(name: str, value: object) -> Callable[[World], None]:
    def change(world: World) -> None:
        there = world.catalogue.entries["sales"]["clients"].columns or ()
        flags = () if value is None else (value,)
        _clients(world, columns=tuple(replace(each, flags=flags) if each.name == name else each for each in there))

    return change


def _both(one: Callable[[World], None], other: Callable[[World], None]) -> Callable[[World], None]:
    def change(world: World) -> None:
        one(world)
        other(world)

    return change


def _added(name: str, *flags: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        there = [each for each in world.catalogue.entries["sales"]["clients"].columns or () if each.name != name]
        # New columns stand before the partition keys, as Glue lists them.
        keys = tuple(each for each in there if each.is_partition_key)
        plain = tuple(each for each in there if not each.is_partition_key)
        _clients(world, columns=(*plain, Column(name, "string", flags), *keys))

    return change


def _dropped(name: str) -> Callable[[World], None]:
    def change(world: World) -> None:
        there = world.catalogue.entries["sales"]["clients"].columns or ()
        _clients(world, columns=tuple(each for each in there if each.name != name))

    return change


def _clients(world: World, **changes: Any) -> None:
    _table(world, "sales", "clients", **changes)


def clients() -> Table:
    """A table of which parts are asked for: one column has personal data, and some of its rows have a name."""
    columns = (
        *(Column("id", "int"), Column("mail", "string", ("true",)), Column("city", "string")),
        *(Column("note", "string"), Column("day", "date", is_partition_key=True)),
    )
    return Table("clients", columns, row_filters=(("eu", "city = 'Berlin'"), ("few", "id < 7")))


CHANGES_OF_PARTS: dict[str, Callable[[World], None]] = {
    "city flagged": _column("city", "true"),
    "city odd": _column("city", "ja"),
    "city says no": _column("city", "no"),
    "city not flagged": _column("city", None),
    "mail says no": _column("mail", "no"),
    "mail flagged again": _column("mail", "true"),
    "city flagged, and mail no more": _both(_column("mail", "no"), _column("city", "true")),
    "phone added": _added("phone", "true"),
    "street added": _added("street"),
    "note dropped": _dropped("note"),
    "note again": _added("note"),
    "note named": lambda w: _clients(w, pii_columns=("Note",)),
    "key named": lambda w: _clients(w, pii_columns=("day",)),
    "nobody named": lambda w: _clients(w, pii_columns=()),
    "none named": lambda w: _clients(w, pii_columns=("none",)),
    "other rows": lambda w: _clients(w, row_filters=(("eu", "city = 'Paris'"), ("few", "id < 7"))),
    "rows as they were": lambda w: _clients(w, row_filters=clients().row_filters),
    "clients flagged": lambda w: _clients(w, flags=("yes",)),
    "clients not flagged": lambda w: _clients(w, flags=("no",)),
    "fewer offers": lambda w: _offers(w, safe=False),
    "offers again": lambda w: _offers(w, safe=True),
    **{name: CHANGES[name] for name in ("column added", "table added", "database flagged", "database not flagged")},
}


def _offers(world: World, *, safe: bool) -> None:
    producers = {each.account_id: replace(each, safe_subset=safe) for each in world.parties.producers.values()}
    world.parties = replace(world.parties, producers=producers)
