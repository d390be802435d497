"""The catalogue as people see it who look around in it: which part, and who decides about what is there."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from handlers.sharing.browse import (
    BrowsableCatalogue,
    NamedOwner,
    browse_database,
    browse_databases,
    browse_table,
    browse_tables,
)
from handlers.sharing.model.catalogue import Batch, Column, Database, Found, Table
from handlers.sharing.model.errors import InvalidInput
from handlers.sharing.model.new_request import FieldFault, InvalidRequest
from handlers.sharing.model.parties import Parties, Producer
from tests.fakes.world import OWNER

PARTIES = Parties({OWNER: Producer(OWNER, databases=("sales",))}, None)
SALES = Database("sales", owner=OWNER, owner_name="Sales")
OTHER = Database("other", owner=OWNER)
ORDERS = Table("orders", (Column("id", "string"),), owner=OWNER)
BARE = Table("bare", (Column("id", "string"),))


@dataclass
class TwoPages(BrowsableCatalogue):
    """A catalogue whose lists have two pages; `foreign`: it takes no token. `asked`: the tokens that came."""

    foreign: bool = False
    asked: list[str | None] = field(default_factory=list[str | None])

    def look_at_database(self, name: str) -> Found[Database]:
        return Found({"sales": SALES, "other": OTHER}[name])

    def look_at_table(self, database: str, name: str) -> Found[Table]:
        return Found({"sales.orders": ORDERS, "sales.bare": BARE}[f"{database}.{name}"])

    def some_databases(self, token: str | None) -> Batch[Found[Database]]:
        return self._page(Found(SALES), Found(OTHER), token)

    def some_tables(self, database: str, token: str | None) -> Batch[Found[Table]]:
        assert database in {"sales", "other"}
        return self._page(Found(ORDERS), Found(BARE), token)

    def _page(self, first: Found, second: Found, token: str | None) -> Batch:
        self.asked.append(token)
        if self.foreign:
            raise InvalidInput("Glue does not take it.")
        return Batch((first,), "more") if token is None else Batch((second,), None)


def fault_of(owner: NamedOwner | None) -> str | None:
    assert owner is not None
    return None if owner.fault is None else owner.fault.reason


@pytest.mark.parametrize("browse", ["databases", "tables"])
def test_a_list_is_read_part_by_part(browse: str) -> None:
    catalogue = TwoPages()

    def part(token: str | None) -> tuple[list[str], str | None]:
        if browse == "databases":
            databases = browse_databases(catalogue, PARTIES, token)
            return [each.database.name for each in databases.entries], databases.token
        tables = browse_tables(catalogue, PARTIES, "Sales", token)
        return [each.table.name for each in tables.entries], tables.token

    assert part(None) == (["sales" if browse == "databases" else "orders"], "more")
    assert part("more") == (["other" if browse == "databases" else "bare"], None)
    assert catalogue.asked == [None, "more"]


def test_a_token_that_the_catalogue_does_not_take() -> None:
    catalogue = TwoPages(foreign=True)
    wrong = (FieldFault("next", "next must be what the page before it gave, of the same list."),)
    for browse in (
        lambda token: browse_databases(catalogue, PARTIES, token),
        lambda token: browse_tables(catalogue, PARTIES, "sales", token),
    ):
        with pytest.raises(InvalidRequest) as caught:
            browse("foreign")
        assert caught.value.faults == wrong


def test_an_owner_can_decide_about_the_databases_that_its_producer_lists() -> None:
    catalogue = TwoPages()
    assert browse_database(catalogue, PARTIES, "sales").owner == NamedOwner(OWNER, "Sales", None)
    other = browse_database(catalogue, PARTIES, "other").owner
    assert other is not None
    assert (other.name, fault_of(other)) == ("", "OwnerNotOfDatabase")
    for database, fault in (("sales", None), ("other", "OwnerNotOfDatabase")):
        (orders,) = browse_tables(catalogue, PARTIES, database, None).entries
        assert fault_of(orders.owner) == fault


def test_a_table_that_names_no_owner_shows_its_databases_only_by_itself() -> None:
    catalogue = TwoPages()
    assert browse_table(catalogue, PARTIES, "sales", "bare")[0].owner == NamedOwner(OWNER, "Sales", None)
    assert browse_table(catalogue, PARTIES, "sales", "orders")[0].owner == NamedOwner(OWNER, "", None)
    (bare,) = browse_tables(catalogue, PARTIES, "sales", "more").entries
    assert bare.owner is None
