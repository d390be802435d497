"""The catalogue on Glue: what an entry says, what belongs to somebody else, pages and errors."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.stub import Stubber
from hypothesis import given
from hypothesis import strategies as st
from moto import mock_aws

from handlers.aws.glue import GlueCatalogue
from handlers.sharing.model.catalogue import Column, Database, Table
from handlers.sharing.model.errors import (
    AccessRefused,
    CatalogueKeyUnavailable,
    CatalogueUnreadable,
    DatabaseNotFound,
    InvalidInput,
    LakeshareError,
    ResourceLink,
    TableNotFound,
    TryAgain,
)
from tests.fakes.world import CENTRAL
from tests.unit.stubs import OUTAGES, error, stubbed

DATABASE: dict[str, Any] = {"Name": "sales", "CatalogId": CENTRAL}
TABLE: dict[str, Any] = {
    "Name": "orders",
    "DatabaseName": "sales",
    "CatalogId": CENTRAL,
    "StorageDescriptor": {"Columns": [{"Name": "id", "Type": "int"}]},
}


@pytest.fixture
def glue() -> Iterator[Stubber]:
    with stubbed("glue") as stub:
        yield stub


def changed(entry: dict[str, Any], change: dict[str, Any]) -> dict[str, Any]:
    """An entry with a change; what changes to `...` is left out."""
    return {name: value for name, value in {**entry, **change}.items() if value is not ...}


def table(glue: Stubber, **change: Any) -> Table:
    answer = {"Table": changed(TABLE, change)}
    glue.add_response("get_table", answer, {"DatabaseName": "sales", "Name": "orders"})
    return GlueCatalogue(CENTRAL).table("sales", "orders")


def database(glue: Stubber, **change: Any) -> Database:
    glue.add_response("get_database", {"Database": changed(DATABASE, change)}, {"Name": "sales"})
    return GlueCatalogue(CENTRAL).database("sales")


# --- what an entry says -----------------------------------------------------------------------------------------


def test_a_table(glue: Stubber) -> None:
    found = table(
        glue,
        Description="All orders",
        TableType="EXTERNAL_TABLE",
        Parameters={"PII_Flag": "no", "pii_flag": "maybe", "data_owner": "111111111111", "data_owner_name": "Sales"},
        StorageDescriptor={
            "Location": "s3://lake/orders/",
            "Columns": [{"Name": "id", "Type": "int"}, {"Name": "mail", "Parameters": {"pii_flag": "true", "x": "y"}}],
        },
        PartitionKeys=[{"Name": "day", "Type": "date", "Parameters": {"pii_flag": "1"}}],
        IsRegisteredWithLakeFormation=False,
    )
    assert found == Table(
        name="orders",
        columns=(
            Column("id", "int"),
            Column("mail", "", ("true",)),
            Column("day", "date", ("1",), is_partition_key=True),
        ),
        flags=("no", "maybe"),
        owner="111111111111",
        owner_name="Sales",
        description="All orders",
        kind="EXTERNAL_TABLE",
        location="s3://lake/orders/",
        registered=False,
    )


@pytest.mark.parametrize(
    ("parameters", "found"),
    [
        (None, ()),
        ({"lakeshare_filter_": "a = 1", "lakeshare_filter": "a = 1", "x_lakeshare_filter_eu": "a = 1"}, ()),
        ({" Lakeshare_Filter_EU\n": " a = 1 "}, (("eu", " a = 1 "),)),
        # Both are kept: which of them holds nobody can tell, so that name is refused.
        ({"LAKESHARE_FILTER_eu": "a = 1", "lakeshare_filter_eu": ""}, (("eu", "a = 1"), ("eu", ""))),
        ({"lakeshare_filter_a.b": "a = 1", "lakeshare_filter_eu": 7}, (("a.b", "a = 1"), ("eu", 7))),
    ],
)
def test_row_filters(parameters: dict[str, Any] | None, found: tuple[tuple[str, object], ...]) -> None:
    assert read({"Parameters": ... if parameters is None else parameters}).row_filters == found


def test_a_database(glue: Stubber) -> None:
    parameters = {"pii_flag": "yes", "data_owner": "", "data_owner_name": ""}
    found = database(glue, Name="SALES", Description="d", LocationUri="s3://lake/", Parameters=parameters)
    assert found == Database("sales", ("yes",), "", None, "d", "s3://lake/")
    assert database(glue) == Database("sales")


@pytest.mark.parametrize(
    "change",
    [
        {"StorageDescriptor": "text"},
        {"StorageDescriptor": []},
        {"StorageDescriptor": {"Columns": ""}},
        {"StorageDescriptor": {"Columns": {}}},
        {"StorageDescriptor": {"Columns": [None]}},
        {"StorageDescriptor": {"Columns": [{"Type": "int"}]}},
        {"StorageDescriptor": {"Columns": [{"Name": 7}]}},
        {"StorageDescriptor": {"Columns": [{"Name": "id", "Parameters": ["pii_flag"]}]}},
        {"PartitionKeys": "day"},
        {"PartitionKeys": 0},
        {"PartitionKeys": [None]},
    ],
)
def test_columns_that_cannot_be_read(change: dict[str, Any]) -> None:
    assert read(change).columns is None


@pytest.mark.parametrize(
    "change",
    [
        {"StorageDescriptor": ...},
        {"StorageDescriptor": {}},
        {"StorageDescriptor": {"Columns": []}},
        {"StorageDescriptor": {"Location": "s3://lake/"}},
        # Not what AWS says today; moto says `null` for a view's storage.
        {"StorageDescriptor": None},
        {"StorageDescriptor": {"Columns": None}},
    ],
)
def test_columns_that_are_not_there(change: dict[str, Any]) -> None:
    assert read(change).columns == ()
    keys = [{"Name": "day", "Type": "date"}]
    assert read({**change, "PartitionKeys": keys}).columns == (Column("day", "date", is_partition_key=True),)


def read(change: dict[str, Any]) -> Table:
    """The table of an entry of any shape: a stub takes those only that AWS's own description allows."""

    class Answers:
        def get_table(self, **_arguments: str) -> dict[str, Any]:
            return {"Table": changed(TABLE, change)}

    catalogue = GlueCatalogue(CENTRAL)
    catalogue._glue = Answers()
    return catalogue.table("sales", "orders")


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.sampled_from(["sales", "orders", CENTRAL]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["Columns", "Name", "Type", "Parameters", "pii_flag", "data_owner", "Location", "x"]),
            inner,
            max_size=3,
        )
    ),
    max_leaves=6,
)


@given(
    st.dictionaries(st.sampled_from([*TABLE, "PartitionKeys", "Parameters", "TargetTable", "ViewDefinition"]), ANYTHING)
)
def test_any_entry_is_read_or_refused(change: dict[str, Any]) -> None:
    try:
        found = read(change)
    except (ResourceLink, CatalogueUnreadable):
        return
    assert found.name == "orders"
    hash((found.about, found.elsewhere))


@pytest.mark.parametrize(("says", "registered"), [(..., True), (True, True), (False, False)])
def test_a_location_counts_as_registered_unless_glue_denies_it(
    glue: Stubber, says: object, *, registered: bool
) -> None:
    storage = {**TABLE["StorageDescriptor"], "Location": "s3://lake/orders/"}
    assert table(glue, StorageDescriptor=storage, IsRegisteredWithLakeFormation=says).registered == registered


@pytest.mark.parametrize(
    "given", [{"pii_columns": "id"}, {" PII_Columns": "id"}, {"pii_columns": "id", "Pii_columns": "none"}]
)
def test_pii_columns_however_the_key_is_written(glue: Stubber, given: dict[str, str]) -> None:
    assert set(table(glue, Parameters={**given, "pii_column": "x"}).pii_columns) == set(given.values())


def test_a_flag_in_the_schema_of_spark_is_one_of_the_column(glue: Stubber) -> None:
    fields = [{"name": name, "metadata": {"pii_flag": "true"}} for name in ("ID", "phone")]
    found = table(glue, Parameters={"spark.sql.sources.schema": json.dumps({"fields": fields})})
    assert {column.name: column.flags for column in found.columns or ()}["id"] == ("true",)
    assert found.elsewhere == (Column("phone", "", ("true",)),)


def test_a_real_table_of_spark(glue: Stubber) -> None:
    lake = json.loads((Path(__file__).parents[1] / "fixtures" / "catalogues" / "city_spark.json").read_text())
    found = table(glue, **{**lake["Tables"][0], "Name": "orders"})
    assert (found.schema_readable, found.is_view) == (False, False)
    assert found.elsewhere == (Column("id", ""), Column("email", ""))
    assert "s3://city-lake/spark/riders" in found.about


# --- whose it is ------------------------------------------------------------------------------------------------

ELSEWHERE: dict[str, Any] = {"CatalogId": "999999999999", "DatabaseName": "sales"}


@pytest.mark.parametrize(
    "change",
    [
        {"CatalogId": "999999999999"},
        {"Name": "customers"},
        {"DatabaseName": "other"},
        {"DatabaseName": ...},
        {"TargetTable": {**ELSEWHERE, "Name": "orders"}},
        {"TargetTable": {**ELSEWHERE, "CatalogId": CENTRAL, "Name": "orders"}},
    ],
)
def test_a_table_that_is_not_what_was_asked_for(glue: Stubber, change: dict[str, Any]) -> None:
    with pytest.raises(ResourceLink):
        table(glue, **change)


@pytest.mark.parametrize("change", [{"CatalogId": "999999999999"}, {"Name": "other"}, {"TargetDatabase": ELSEWHERE}])
def test_a_database_that_is_not_what_was_asked_for(glue: Stubber, change: dict[str, Any]) -> None:
    with pytest.raises(ResourceLink):
        database(glue, **change)


def test_an_entry_that_does_not_say_whose_it_is(glue: Stubber) -> None:
    with pytest.raises(CatalogueUnreadable):
        table(glue, CatalogId=...)
    with pytest.raises(CatalogueUnreadable):
        database(glue, CatalogId=...)


def test_one_link_in_a_database_refuses_the_whole(glue: Stubber) -> None:
    link = {**TABLE, "Name": "link", "TargetTable": {**ELSEWHERE, "Name": "x"}}
    glue.add_response("get_tables", {"TableList": [TABLE, link]})
    with pytest.raises(ResourceLink, match="link"):
        list(GlueCatalogue(CENTRAL).pages("sales"))


# --- pages and errors -------------------------------------------------------------------------------------------


def test_all_pages_are_read(glue: Stubber) -> None:
    expected = {"DatabaseName": "sales", "MaxResults": 100}
    for page in range(3):
        tables = [{**TABLE, "Name": f"T{page}{at}"} for at in range(2)]
        token = {"NextToken": f"page{page + 1}"} if page < 2 else {}
        asked = {"NextToken": f"page{page}"} if page else {}
        glue.add_response("get_tables", {"TableList": tables if page != 1 else [], **token}, {**expected, **asked})
    pages = GlueCatalogue(CENTRAL).pages("sales")
    assert [[table.name for table in page] for page in pages] == [["t00", "t01"], [], ["t20", "t21"]]


def test_a_page_without_tables(glue: Stubber) -> None:
    glue.add_response("get_tables", {})
    assert list(GlueCatalogue(CENTRAL).pages("sales")) == [[]]


def test_a_page_that_fails_fails_the_list(glue: Stubber) -> None:
    glue.add_response("get_tables", {"TableList": [TABLE], "NextToken": "x"})
    error(glue, "get_tables", "ThrottlingException")
    with pytest.raises(TryAgain):
        list(GlueCatalogue(CENTRAL).pages("sales"))


KEY = "User is not authorized to perform kms:Decrypt on the resource"
ERRORS: list[tuple[str, int, str, type[LakeshareError] | None]] = [
    ("EntityNotFoundException", 400, "", None),
    ("GlueEncryptionException", 400, "", CatalogueKeyUnavailable),
    ("AccessDeniedException", 400, KEY, CatalogueKeyUnavailable),
    ("AccessDeniedException", 400, "no", AccessRefused),
    ("InvalidInputException", 400, "bad name", InvalidInput),
    ("ValidationException", 400, "bad name", InvalidInput),
    ("OperationTimeoutException", 400, "", TryAgain),
    *((code, status, "", TryAgain) for code, status in OUTAGES),
]
"""Code, status and message, and what they mean; `None`: that what was asked for is not there."""


@pytest.mark.parametrize(("code", "status", "message", "expected"), ERRORS)
def test_errors(glue: Stubber, code: str, status: int, message: str, expected: type[LakeshareError] | None) -> None:
    catalogue = GlueCatalogue(CENTRAL)
    for method, absent, call in (
        ("get_database", DatabaseNotFound, lambda: catalogue.database("sales")),
        ("get_table", TableNotFound, lambda: catalogue.table("sales", "orders")),
        ("get_tables", DatabaseNotFound, lambda: list(catalogue.pages("sales"))),
    ):
        error(glue, method, code, message, status)
        with pytest.raises(expected or absent) as raised:
            call()
        if isinstance(raised.value, InvalidInput):
            assert (message in str(raised.value), raised.value.field) == (True, "")


def test_on_moto() -> None:
    with mock_aws():
        catalogue = GlueCatalogue(CENTRAL)
        glue = catalogue._glue
        glue.create_database(DatabaseInput={"Name": "sales", "Parameters": {"data_owner": "111111111111"}})
        glue.create_table(
            DatabaseName="sales", TableInput={"Name": "orders", "StorageDescriptor": TABLE["StorageDescriptor"]}
        )
        glue.create_table(DatabaseName="sales", TableInput={"Name": "view", "TableType": "VIRTUAL_VIEW"})
        assert catalogue.database("sales").owner == "111111111111"
        assert {table.name: table.columns for page in catalogue.pages("sales") for table in page} == {
            "orders": (Column("id", "int"),),
            "view": (),
        }
        with pytest.raises(TableNotFound):
            catalogue.table("sales", "nothing")
        with pytest.raises(DatabaseNotFound):
            catalogue.database("nothing")
