"""The index of the catalogue's words: what it finds, in which order, and that it says the same of an entry alone."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers.aws.search_index import packed, unpacked
from handlers.sharing.model.catalogue import Column, Database, Place, Table
from handlers.sharing.model.errors import SearchNotReady
from handlers.sharing.model.search_index import (
    IndexBuilder,
    SearchIndex,
    fits_all,
    words_of_database,
    words_of_table,
)
from handlers.sharing.model.words import words_of

RETAIL = Database("retail", owner="111111111111", owner_name="Shop Floor", description="What we sell in our stores")
SHELVES: Mapping[Database, tuple[Table, ...]] = {
    RETAIL: (
        Table("customer", (Column("customer_id", "int"), Column("email", "string"))),
        Table("orders", (Column("order_id", "int"), Column("customer_id", "int")), description="Sales by customer"),
        Table("store_sales", (Column("tax", "int", comment="VAT of the country"),), owner="222222222222"),
    ),
    Database("transport", description="Taxis and planes"): (
        Table("yellow_tripdata", (Column("tip_amount", "int"), Column("VendorID", "int"))),
        Table("broken", None),
    ),
}


def index_of(shelves: Mapping[Database, tuple[Table, ...]]) -> SearchIndex:
    builder = IndexBuilder("2026-11-29T20:00:00.000Z")
    for database, tables in shelves.items():
        builder.add(
            database.name,
            words_of_database(database),
            [(each.name, words_of_table(each, database)) for each in tables],
        )
    return builder.build(unread=3)


@pytest.fixture
def index() -> SearchIndex:
    return index_of(SHELVES)


def names(places: list[Place]) -> list[str]:
    return [database if table is None else f"{database}.{table}" for database, table in places]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        # By name before anything else; a database before its tables.
        ("customer", ["retail.customer", "retail.orders"]),
        ("retail", ["retail", "retail.orders", "retail.customer", "retail.store_sales"]),
        # By a column, its comment, a description.
        ("email", ["retail.customer"]),
        ("vat", ["retail.store_sales"]),
        ("planes", ["transport"]),
        ("vendor", ["transport.yellow_tripdata"]),
        # By the owner, the database's where a table has none.
        ("floor", ["retail", "retail.orders", "retail.customer"]),
        ("222222222222", ["retail.store_sales"]),
        ("2222", ["retail.store_sales"]),
        # All words, in any order and anywhere.
        ("customer sales", ["retail.orders"]),
        ("yellow transport tip", ["transport.yellow_tripdata"]),
        ("customer planes", []),
        # Begun, mistyped, run together.
        ("trip", ["transport.yellow_tripdata"]),
        ("cusotmer", ["retail.customer", "retail.orders"]),
        ("xustomer", ["retail.customer", "retail.orders"]),
        ("ustomer emial", ["retail.customer"]),
        ("storesales", ["retail.store_sales"]),
        ("yelow trip", ["transport.yellow_tripdata"]),
        ("broken", ["transport.broken"]),
        ("nothing", []),
        ("?", []),
        ("", []),
    ],
)
def test_what_is_found(index: SearchIndex, typed: str, found: list[str]) -> None:
    assert names(index.best(words_of(typed), 10)) == found


def test_the_best_are_kept(index: SearchIndex) -> None:
    assert names(index.best(["retail"], 2)) == ["retail", "retail.orders"]
    assert index_of({}).best(["retail"], 2) == []


def test_words_run_together_count_as_the_weaker_of_both_and_less_than_the_word_itself() -> None:
    shelves: dict[Database, tuple[Table, ...]] = {
        Database("sales", owner_name="customerid", description="customer id"): (),
        Database("customer_id"): (),
        Database("customer", owner_name="id"): (),
        Database("id", description="customer"): (),
    }
    assert names(index_of(shelves).best(["customerid"], 10)) == ["sales", "customer_id", "customer", "id"]


def test_every_word_that_has_it_inside_is_found() -> None:
    shelves = {Database(each): () for each in ("abc", "xabc", "yabcd", "zabc")}
    assert sorted(names(index_of(shelves).best(["abc"], 10))) == ["abc", "xabc", "yabcd", "zabc"]


WORDS = st.lists(st.text("abcs", min_size=1, max_size=7), min_size=1, max_size=5)


@given(holds=st.lists(WORDS, min_size=1, max_size=6), typed=WORDS)
def test_nothing_is_found_that_does_not_fit_by_itself(holds: list[list[str]], typed: list[str]) -> None:
    shelves = {Database(f"d{number}", description=" ".join(words)): () for number, words in enumerate(holds)}
    found = {database for database, _ in index_of(shelves).best(typed, 10)}
    fitting = {each.name: fits_all(typed, words_of_database(each)) for each in shelves}
    assert found <= {name for name, fits in fitting.items() if fits}
    # What has the words as they are is found in any case.
    assert {each.name for each in shelves if set(typed) <= set(words_of(each.description))} <= found


@given(holds=st.text("abcdefgh", min_size=5, max_size=9), at=st.integers(1, 8))
def test_a_typo_is_found_behind_the_first_letter(holds: str, at: int) -> None:
    typed = holds[:at] + "z" + holds[at + 1 :]
    assert names(index_of({Database(holds): (), Database("other"): ()}).best([typed], 10)) == [holds]


def test_it_is_kept_as_it_is(index: SearchIndex) -> None:
    kept = unpacked(packed(index))
    assert (kept.built_at, kept.unread) == ("2026-11-29T20:00:00.000Z", 3)
    for typed in ("customer", "retail", "floor", "222222222222"):
        assert kept.best([typed], 10) == index.best([typed], 10)


@pytest.mark.parametrize("content", [b"", b"index", None])
def test_what_is_no_index_is_not_read(index: SearchIndex, content: bytes | None) -> None:
    content = packed(index)[:-9] if content is None else content
    with pytest.raises(SearchNotReady, match="not of this release"):
        unpacked(content)


def test_an_index_of_another_form_or_of_other_size_is_not_read(
    index: SearchIndex, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("handlers.aws.search_index.FORM", 2)
    later = packed(index)
    monkeypatch.undo()
    cut = packed(SearchIndex("", 0, index.names, index.holders, index.words, index.starts, index.entries[:-1]))
    for content in (later, cut):
        with pytest.raises(SearchNotReady):
            unpacked(content)
