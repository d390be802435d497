"""Search: what the index proposes is shown as the catalogue has it now, and only if it still shows and fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from handlers.sharing.index_catalogue import SECONDS_TO_SPARE, Indexed, index_catalogue
from handlers.sharing.model.catalogue import Column, Database, Table
from handlers.sharing.model.errors import (
    AccessRefused,
    CatalogueKeyUnavailable,
    CatalogueUnreadable,
    DatabaseNotFound,
    IndexIncomplete,
    InvalidInput,
    LakeshareError,
    SearchNotReady,
    TableNotFound,
    TryAgain,
)
from handlers.sharing.search import LOOKED_AT, SHOWN, Found, search
from tests.fakes.search import MemoryIndexes
from tests.fakes.shelf import Shelf
from tests.fakes.world import OWNER

AT = datetime(2026, 11, 29, 20, tzinfo=UTC)
ORDERS = Table(
    "orders", (Column("id", "int"), Column("email", "string"), Column("_", "int")), description="What people buy"
)


@pytest.fixture
def shelf() -> Shelf:
    made = Shelf()
    made.put("sales", ORDERS, Table("staff", (Column("name", "string", comment="of the person"),), owner="2" * 12))
    made.put("weather", Table("rain", ()))
    return made


@pytest.fixture
def indexes() -> MemoryIndexes:
    return MemoryIndexes()


def indexed(shelf: Shelf, indexes: MemoryIndexes, seconds: float = 900) -> Indexed:
    return index_catalogue(catalogue=shelf, indexes=indexes, at=AT, seconds_left=lambda: seconds)


def found(text: str, shelf: Shelf, indexes: MemoryIndexes) -> list[str]:
    return names(search(text, indexes=indexes, catalogue=shelf))


def names(found: Found) -> list[str]:
    return [f"{hit.database}.{hit.entry.name}" if isinstance(hit.entry, Table) else hit.database for hit in found.hits]


def test_an_index_has_all_that_is_shown(shelf: Shelf, indexes: MemoryIndexes) -> None:
    assert indexed(shelf, indexes) == Indexed(databases=2, tables=3, words=len(indexes.index.words), unread=0)  # type: ignore[union-attr]
    found = search("Staff", indexes=indexes, catalogue=shelf)
    assert (found.more, found.indexed_at, found.unread) == (False, "2026-11-29T20:00:00.000Z", 0)
    (hit,) = found.hits
    assert (hit.entry, hit.database, hit.owner, hit.columns) == (shelf.tables["sales"][1], "sales", ("2" * 12, ""), ())


def test_a_result_names_owner_and_columns(shelf: Shelf, indexes: MemoryIndexes) -> None:
    indexed(shelf, indexes)
    (hit,) = search("emial", indexes=indexes, catalogue=shelf).hits
    assert (hit.entry, hit.owner, hit.columns) == (ORDERS, (OWNER, ""), ("email",))
    (hit,) = search("sales person", indexes=indexes, catalogue=shelf).hits
    assert (hit.entry.name, hit.columns) == ("staff", ("name",))
    (hit,) = search("weather", indexes=indexes, catalogue=replace(shelf, links={"weather"})).hits[:1]
    assert (hit.entry, hit.owner) == (shelf.databases["weather"], (OWNER, ""))


@pytest.mark.parametrize(
    ("error", "left"),
    [(DatabaseNotFound("no"), []), (AccessRefused("no"), []), (InvalidInput("no"), [])],
)
def test_what_is_hidden_or_gone_since_is_not_found(
    shelf: Shelf, indexes: MemoryIndexes, error: LakeshareError, left: list[str]
) -> None:
    indexed(shelf, indexes)
    assert found("sales", shelf, indexes) == ["sales", "sales.staff", "sales.orders"]
    shelf.broken["sales"] = error
    # As on its own page, a table is shown without a database that is not, and only as far as it fits by itself.
    assert found("sales", shelf, indexes) == ["sales.staff", "sales.orders"]
    assert found(OWNER, shelf, indexes) == ["weather", "weather.rain"]
    shelf.broken |= {"sales.staff": TableNotFound("no"), "sales.orders": error}
    assert found("sales", shelf, indexes) == left


def test_what_is_shown_is_what_the_catalogue_says_now(shelf: Shelf, indexes: MemoryIndexes) -> None:
    indexed(shelf, indexes)
    shelf.tables["sales"][0] = Table("orders", (Column("id", "int"),), description="New")
    # The column is hidden, or gone; the description is another.
    assert found("email", shelf, indexes) == []
    assert found("people buy", shelf, indexes) == []
    (hit,) = search("orders", indexes=indexes, catalogue=shelf).hits
    assert hit.entry.description == "New"


@pytest.mark.parametrize("error", [TryAgain("busy"), CatalogueKeyUnavailable("key"), CatalogueUnreadable("odd")])
def test_what_cannot_be_looked_at_is_not_left_out_in_silence(
    shelf: Shelf, indexes: MemoryIndexes, error: LakeshareError
) -> None:
    indexed(shelf, indexes)
    shelf.broken["sales.orders"] = error
    with pytest.raises(type(error)):
        found("orders", shelf, indexes)


def test_a_page_of_results_and_whether_there_are_more(shelf: Shelf, indexes: MemoryIndexes) -> None:
    with pytest.raises(SearchNotReady):
        found("x", shelf, indexes)
    shelf.put("many", *(Table(f"part_{number:02d}", ()) for number in range(LOOKED_AT - 1)))
    indexed(shelf, indexes)
    for gone, more in ((0, True), (LOOKED_AT - 1 - SHOWN - 1, True), (LOOKED_AT - 1 - SHOWN, False)):
        shelf.broken = {f"many.part_{number:02d}": TableNotFound("no") for number in range(gone)}
        answer = search("part", indexes=indexes, catalogue=shelf)
        assert (len(answer.hits), answer.more) == (SHOWN, more)
        assert names(answer)[0] == f"many.part_{gone:02d}"


def test_what_cannot_be_read_is_counted_and_hides_nothing_else(shelf: Shelf, indexes: MemoryIndexes) -> None:
    shelf.broken["sales"] = CatalogueUnreadable("a table without a name")
    assert indexed(shelf, indexes).unread == 1
    del shelf.broken["sales"]
    answer = search("orders", indexes=indexes, catalogue=shelf)
    # The page before the one that could not be read.
    assert (names(answer), answer.unread) == (["sales.orders"], 1)
    assert found("staff", shelf, indexes) == []
    assert found("rain", shelf, indexes) == ["weather.rain"]


@pytest.mark.parametrize("error", [DatabaseNotFound("gone"), AccessRefused("hidden")])
def test_what_is_hidden_is_no_fault(shelf: Shelf, indexes: MemoryIndexes, error: LakeshareError) -> None:
    shelf.broken["sales"] = error
    assert indexed(shelf, indexes).unread == 0


def test_links_are_found_and_not_followed(shelf: Shelf, indexes: MemoryIndexes) -> None:
    shelf.links.add("sales")
    assert indexed(shelf, indexes).tables == 1
    assert shelf.looked == ["weather"]
    assert found("sales", shelf, indexes) == ["sales"]


@pytest.mark.parametrize("error", [TryAgain("busy"), CatalogueKeyUnavailable("key")])
def test_an_outage_leaves_the_index_as_it_was(shelf: Shelf, indexes: MemoryIndexes, error: LakeshareError) -> None:
    indexed(shelf, indexes)
    before = indexes.index
    shelf.broken["weather"] = error
    with pytest.raises(type(error)):
        indexed(shelf, indexes)
    with pytest.raises(IndexIncomplete, match="after 0 of 2 databases"):
        indexed(shelf, indexes, seconds=SECONDS_TO_SPARE - 1)
    assert indexes.index is before


def test_an_empty_catalogue(indexes: MemoryIndexes) -> None:
    shelf = Shelf()
    assert indexed(shelf, indexes) == Indexed(0, 0, 0, 0)
    assert search("x", indexes=indexes, catalogue=shelf).hits == ()


def test_a_database_without_an_owner(shelf: Shelf, indexes: MemoryIndexes) -> None:
    shelf.databases["weather"] = Database("weather")
    indexed(shelf, indexes)
    assert [hit.owner for hit in search("weather", indexes=indexes, catalogue=shelf).hits] == [None, None]
