"""LF-Tags as Lake Formation tells them, and the catalogue with them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from botocore.stub import Stubber

from handlers.aws import tagged_catalogue
from handlers.aws.glue import GlueCatalogue
from handlers.aws.lf_tags import FRESH_SECONDS, LfTags, TableTags
from handlers.aws.tagged_catalogue import TaggedCatalogue, open_catalogue
from handlers.sharing.model.catalogue import Batch, Column, Database, Found, Table
from handlers.sharing.model.errors import TryAgain
from tests.fakes.world import CENTRAL, plain_table
from tests.unit.stubs import error, stubbed

SENSITIVE = {"pii": None, "class": ["restricted", "secret"]}
SALES = {"Database": {"Name": "sales"}}
ORDERS = {"Table": {"DatabaseName": "sales", "Name": "orders"}}


def pairs(**tags: str) -> list[dict[str, Any]]:
    return [{"CatalogId": CENTRAL, "TagKey": key, "TagValues": [value]} for key, value in tags.items()]


@pytest.fixture
def lake() -> Iterator[Stubber]:
    with stubbed("lakeformation") as stub:
        yield stub


def seen(lake: Stubber, **values: list[str]) -> None:
    """Each key is looked at once."""
    for key, known in {"pii": ["false", "true"], "class": ["open", "restricted", "secret"], **values}.items():
        lake.add_response("get_lf_tag", {"TagKey": key, "TagValues": known}, {"TagKey": key})


def told(lake: Stubber, resource: dict[str, Any], **answer: Any) -> None:
    lake.add_response("get_resource_lf_tags", answer, {"Resource": resource, "ShowAssignedLFTags": False})


def test_of_one_database_and_one_table(lake: Stubber) -> None:
    tags = LfTags(SENSITIVE)
    seen(lake)
    told(lake, SALES, LFTagOnDatabase=pairs(pii="true", team="a"))
    assert tags.of_database("sales") == ("pii=true",)
    on_columns = [
        {"Name": "email", "LFTags": pairs(**{"class": "secret"}, pii="false")},
        {"Name": "day", "LFTags": pairs(**{"class": "open"})},
    ]
    told(lake, ORDERS, LFTagsOnTable=pairs(**{"class": "restricted"}, other="secret"), LFTagsOnColumns=on_columns)
    assert tags.of_table("sales", "orders") == TableTags(
        ("class=restricted",), {"email": ("class=secret", "pii=false")}
    )
    told(lake, ORDERS)
    assert tags.of_table("sales", "orders") == TableTags()


def search(lake: Stubber, key: str, values: list[str], *pages: list[dict[str, Any]], what: str = "tables") -> None:
    listed = "TableList" if what == "tables" else "DatabaseList"
    for number, page in enumerate(pages, start=1):
        asked = {"Expression": [{"TagKey": key, "TagValues": values}], "MaxResults": 100}
        token = {"NextToken": str(number - 1)} if number > 1 else {}
        following = {"NextToken": str(number)} if number < len(pages) else {}
        lake.add_response(f"search_{what}_by_lf_tags", {listed: page, **following}, {**asked, **token})


def found(name: str, database: str = "sales", **answer: Any) -> dict[str, Any]:
    return {"Table": {"CatalogId": CENTRAL, "DatabaseName": database, "Name": name}, **answer}


def test_of_all_tables_by_a_search_for_each_key(lake: Stubber) -> None:
    now = 0.0
    tags = LfTags(SENSITIVE, lambda: now)
    seen(lake)
    search(lake, "pii", ["false", "true"], [found("a", LFTagsOnTable=pairs(pii="true"))], [found("b", "hr")])
    column = {"Name": "x", "LFTags": pairs(**{"class": "secret"})}
    search(lake, "class", ["restricted", "secret"], [found("a", LFTagsOnColumns=[column])])
    expected = {("sales", "a"): TableTags(("pii=true",), {"x": ("class=secret",)}), ("hr", "b"): TableTags()}
    assert tags.of_tables() == expected
    now = FRESH_SECONDS
    assert tags.of_tables() == expected
    now = FRESH_SECONDS + 1
    seen(lake)
    search(lake, "pii", ["false", "true"], [])
    search(lake, "class", ["restricted", "secret"], [])
    assert tags.of_tables() == {}


def test_of_all_databases(lake: Stubber) -> None:
    seen(lake)
    sales = {"Database": {"CatalogId": CENTRAL, "Name": "sales"}, "LFTags": pairs(pii="true")}
    search(lake, "pii", ["false", "true"], [sales], what="databases")
    search(
        lake, "class", ["restricted", "secret"], [{**sales, "LFTags": pairs(**{"class": "secret"})}], what="databases"
    )
    assert LfTags(SENSITIVE).of_databases() == {"sales": ("class=secret", "pii=true")}


def test_more_values_than_a_call_takes_are_searched_for_in_parts(lake: Stubber) -> None:
    values = [f"v{number:02}" for number in range(60)]
    lake.add_response("get_lf_tag", {"TagKey": "k", "TagValues": values[:50]}, {"TagKey": "k"})
    assert LfTags({"k": values}).of_tables() is None, "the last ten are not shown"
    lake.add_response("get_lf_tag", {"TagKey": "k", "TagValues": values[:50]}, {"TagKey": "k"})
    search(lake, "k", values[:30], [])
    assert LfTags({"k": values[:30]}).of_tables() == {}


UNSEEN: dict[str, Any] = {
    "denied": "AccessDeniedException",
    "gone": "EntityNotFoundException",
    "a value is hidden": ["restricted"],
    "no value is shown": None,
}


@pytest.mark.parametrize("why", UNSEEN)
def test_a_tag_that_cannot_be_seen_says_nothing_by_its_absence(lake: Stubber, why: str) -> None:
    tags = LfTags({"class": ["restricted", "secret"]})
    shown = UNSEEN[why]
    if isinstance(shown, str):
        error(lake, "get_lf_tag", shown)
    else:
        lake.add_response("get_lf_tag", {"TagKey": "class", **({"TagValues": shown} if shown else {})})
    assert tags.of_database("sales") is None
    assert tags.of_table("sales", "orders") is None
    assert tags.of_tables() is None
    assert tags.of_databases() is None


def test_any_value_of_a_key_with_more_than_a_call_shows_cannot_be_known(lake: Stubber) -> None:
    lake.add_response("get_lf_tag", {"TagKey": "k", "TagValues": [str(number) for number in range(50)]})
    assert LfTags({"k": None}).of_tables() is None


@pytest.mark.parametrize("code", ["AccessDeniedException", "EntityNotFoundException", "InvalidInputException"])
def test_what_is_refused_for_good_cannot_be_read(lake: Stubber, code: str) -> None:
    seen(lake)
    error(lake, "get_resource_lf_tags", code)
    assert LfTags(SENSITIVE).of_database("sales") is None
    seen(lake)
    error(lake, "search_tables_by_lf_tags", code)
    assert LfTags(SENSITIVE).of_tables() is None


@pytest.mark.parametrize("code", ["ThrottledException", "InternalServiceException", "OperationTimeoutException"])
def test_an_outage_is_one(lake: Stubber, code: str) -> None:
    error(lake, "get_lf_tag", code)
    with pytest.raises(TryAgain):
        LfTags(SENSITIVE).of_database("sales")


# --- the catalogue ------------------------------------------------------------------------------------------------


class Glue:
    """Glue with one database of two tables."""

    def database(self, name: str) -> Database:
        return Database(name)

    def table(self, _database: str, name: str) -> Table:
        return plain_table(name)

    def pages(self, database: str) -> Iterator[list[Table]]:
        yield from ([self.table(database, name)] for name in ("orders", "people"))

    def look_at_database(self, name: str) -> Found[Database]:
        return Found(self.database(name))

    def look_at_table(self, database: str, name: str) -> Found[Table]:
        return Found(self.table(database, name))

    def some_databases(self, _token: str | None) -> Batch[Found[Database]]:
        return Batch((Found(Database("sales")), Found(Database("weather"))), "more")

    def some_tables(self, database: str, _token: str | None) -> Batch[Found[Table]]:
        return Batch(tuple(Found(self.table(database, name)) for name in ("orders", "people")), None)


class Tags:
    """Tags as a test has them."""

    def __init__(self, tags: TableTags | None, database: tuple[str, ...] | None = ("a=b",)) -> None:
        self._tags = tags
        self._database = database

    def of_database(self, _name: str) -> tuple[str, ...] | None:
        return self._database

    def of_table(self, _database: str, _name: str) -> TableTags | None:
        return self._tags

    def of_tables(self) -> dict[tuple[str, str], TableTags] | None:
        return None if self._tags is None else {("sales", "people"): self._tags}

    def of_databases(self) -> dict[str, tuple[str, ...]] | None:
        return None if self._database is None else {"sales": self._database}


def catalogue(tags: TableTags | None, database: tuple[str, ...] | None = ("a=b",)) -> TaggedCatalogue:
    glue: Any = Glue()
    known: Any = Tags(tags, database)
    return TaggedCatalogue(glue, known)


def test_every_entry_comes_with_its_tags() -> None:
    tagged = catalogue(TableTags(("k=t",), {"id": ("k=c",), "not_listed": ("k=x",)}))
    orders = plain_table()
    assert orders.columns is not None
    id_, day = orders.columns
    expected = replace(orders, tags=("k=t", "k=x"), columns=(replace(id_, tags=("k=c",)), day))
    assert tagged.database("sales") == tagged.look_at_database("sales").entry == Database("sales", tags=("a=b",))
    assert tagged.table("sales", "orders") == tagged.look_at_table("sales", "orders").entry == expected
    people = replace(expected, name="people")
    assert list(tagged.pages("sales")) == [[orders], [people]]
    assert [each.entry for each in tagged.some_tables("sales", None).entries] == [orders, people]
    assert [each.entry.tags for each in tagged.some_databases(None).entries] == [("a=b",), ()]
    assert tagged.some_databases(None).token == "more"


def test_what_cannot_be_read_is_said_of_every_entry() -> None:
    tagged = catalogue(None, None)
    assert tagged.database("sales").tags is None
    assert tagged.table("sales", "orders").tags is None
    assert [table.tags for page in tagged.pages("sales") for table in page] == [None, None]
    assert [each.entry.tags for each in tagged.some_tables("sales", None).entries] == [None, None]
    assert [each.entry.tags for each in tagged.some_databases(None).entries] == [None, None]


def test_columns_that_cannot_be_read_stay_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Glue, "table", lambda *_: Table("orders", None))
    table = catalogue(TableTags(("k=t",), {"x": ("k=x",)})).table("sales", "orders")
    assert (table.columns, table.tags) == (None, ("k=t", "k=x"))


def test_names_of_columns_have_no_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Glue, "table", lambda *_: Table("orders", (Column("Email", "string"),)))
    table = catalogue(TableTags((), {"email": ("k=x",)})).table("sales", "orders")
    assert [column.tags for column in table.columns or ()] == [("k=x",)]


def test_nothing_is_asked_where_no_tag_is_a_flag(monkeypatch: pytest.MonkeyPatch) -> None:
    assert isinstance(open_catalogue(CENTRAL, ""), GlueCatalogue)
    given: list[object] = []
    monkeypatch.setattr(tagged_catalogue, "LfTags", given.append)
    assert isinstance(open_catalogue(CENTRAL, json.dumps(SENSITIVE)), TaggedCatalogue)
    assert given == [SENSITIVE]
