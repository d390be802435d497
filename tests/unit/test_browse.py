"""Whom what is in the catalogue belongs to, for people who look around in it, and whether anybody there can decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from handlers.sharing.browsable import CountedCatalogue, RememberingBrowser
from handlers.sharing.browse import (
    Access,
    NamedOwner,
    access_of,
    browse_database,
    browse_table,
    browse_tables,
)
from handlers.sharing.model.catalogue import Batch, Column, Counted, Database, Found, Table
from handlers.sharing.model.classification import Rule
from handlers.sharing.model.errors import AccessRefused, DatabaseNotFound, LakeshareError
from handlers.sharing.model.parties import Parties, Producer
from handlers.sharing.model.sensitivity import Flag
from tests.fakes.memory import FlagMemory
from tests.fakes.world import OWNER

PARTIES = Parties({OWNER: Producer(OWNER, databases=("sales",))}, None)
SALES = Database("sales", owner=OWNER, owner_name="Sales")
OTHER = Database("other", owner=OWNER)
ORDERS = Table("orders", (Column("id", "string"),), owner=OWNER)
BARE = Table("bare", (Column("id", "string"),))


class Catalogue(CountedCatalogue):
    """Two databases, each with a table that names its owner, and one that names none. `hidden`: no database shows."""

    def __init__(self, hidden: LakeshareError | None = None, *, database: Database = SALES, bare: Table = BARE) -> None:
        self.hidden, self.sales, self.bare = hidden, database, bare

    def look_at_database(self, name: str) -> Found[Database]:
        if self.hidden is not None:
            raise self.hidden
        return Found({"sales": self.sales, "other": OTHER}[name])

    def look_at_table(self, database: str, name: str) -> Found[Table]:
        assert database in {"sales", "other"}
        return Found({"orders": ORDERS, "bare": self.bare}[name])

    def counted(self, databases: Sequence[str]) -> Mapping[str, Counted]:
        return {"sales": Counted(3, 1)} if "sales" in databases else {}

    def some_databases(self, token: str | None) -> Batch[Found[Database]]:
        raise NotImplementedError

    def some_tables(self, database: str, token: str | None) -> Batch[Found[Table]]:
        return Batch(tuple(self.look_at_table(database, name) for name in ("orders", "bare")), token)


def fault_of(owner: NamedOwner | None) -> str | None:
    assert owner is not None
    return None if owner.fault is None else owner.fault.reason


@pytest.mark.parametrize(
    ("personal", "counted", "access"),
    [
        (Flag.YES, Counted(3, 0), Access.ASKS),
        (Flag.UNREADABLE, None, Access.ASKS),
        (Flag.NO, None, None),
        (Flag.NO, Counted(0, 0), Access.OPEN),
        (Flag.NO, Counted(3, 0), Access.OPEN),
        (Flag.NO, Counted(3, 1), Access.MIXED),
        (Flag.NO, Counted(3, 3), Access.ASKS),
    ],
)
def test_what_becomes_of_requests_for_tables(personal: Flag, counted: Counted | None, access: Access | None) -> None:
    assert access_of(personal, counted) is access


def test_a_database_says_what_was_counted_in_it() -> None:
    views = [browse_database(Catalogue(), PARTIES, name) for name in ("sales", "other")]
    assert [each.access for each in views] == [Access.MIXED, None]


def test_an_owner_can_decide_about_the_databases_that_its_producer_lists() -> None:
    assert browse_database(Catalogue(), PARTIES, "sales").owner == NamedOwner(OWNER, "Sales", None)
    other = browse_database(Catalogue(), PARTIES, "other").owner
    assert other is not None
    assert (other.name, fault_of(other)) == ("", "OwnerNotOfDatabase")
    for database, fault in (("sales", None), ("other", "OwnerNotOfDatabase")):
        orders, _ = browse_tables(Catalogue(), PARTIES, database, None).entries
        assert fault_of(orders.owner) == fault


def test_a_table_that_names_no_owner_shows_its_databases() -> None:
    assert browse_table(Catalogue(), PARTIES, "sales", "bare").view.owner == NamedOwner(OWNER, "Sales", None)
    assert browse_table(Catalogue(), PARTIES, "sales", "orders").view.owner == NamedOwner(OWNER, "", None)
    _, bare = browse_tables(Catalogue(), PARTIES, "sales", None).entries
    assert bare.owner == NamedOwner(OWNER, "Sales", None)


@pytest.mark.parametrize("hidden", [AccessRefused("AWS says no."), DatabaseNotFound("There is none.")])
def test_a_table_of_a_database_that_does_not_show_is_shown_and_nobody_can_tell(hidden: LakeshareError) -> None:
    bare = browse_table(Catalogue(hidden), PARTIES, "sales", "bare").view
    assert (bare.owner, bare.personal) == (None, Flag.UNREADABLE)
    orders = browse_table(Catalogue(hidden), PARTIES, "sales", "orders")
    assert orders.view.owner == NamedOwner(OWNER, "", None)
    assert isinstance(orders.parts.refusal, DatabaseNotFound)
    assert orders.parts.safe_refusal is orders.parts.refusal
    assert str(orders.parts.refusal) == "There is no database 'sales', or it is not shown here."


def test_what_is_remembered_of_an_entry_is_read_by_its_name() -> None:
    memory = FlagMemory()
    memory.known = {("sales", None): frozenset((None,)), ("sales", "orders"): frozenset(("id",))}
    known = RememberingBrowser(Catalogue(), memory)
    assert known.look_at_database("sales") == Found(replace(SALES, once_flagged=frozenset((None,))))
    assert known.look_at_table("sales", "orders") == Found(replace(ORDERS, once_flagged=frozenset(("id",))))
    assert known.look_at_table("other", "orders") == Found(ORDERS)


def test_the_badges_count_the_databases_flag_and_pii_columns() -> None:
    catalogue = Catalogue(database=replace(SALES, flags=("true",)), bare=replace(BARE, pii_columns=("id",)))
    plain, bare = browse_tables(catalogue, PARTIES, "sales", None).entries
    assert (plain.personal, plain.rules, plain.flagged_columns) == (Flag.YES, (Rule.DATABASE_FLAGGED,), 0)
    assert (bare.personal, bare.flagged_columns) == (Flag.YES, 1)
    (column,) = browse_table(catalogue, PARTIES, "sales", "bare").columns
    assert column.personal is Flag.YES
    catalogue = Catalogue(database=replace(SALES, flags=("true",)), bare=replace(BARE, flags=("no",)))
    assert browse_table(catalogue, PARTIES, "sales", "bare").view.personal is Flag.NO
