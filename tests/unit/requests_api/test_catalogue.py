"""The catalogue API: what is there, what is personal by the workflow's rules, pages that fit, and what is hidden."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from botocore.stub import Stubber

from handlers import catalogue_api
from handlers.api.cursors import Place, write_cursor
from handlers.api.sizes import LARGEST_ANSWER, size_of
from handlers.aws.clients import client
from handlers.sharing.model.classification import Classification
from handlers.sharing.model.parties import Parties, Producer, Rules
from tests.fakes.world import CENTRAL, OWNER
from tests.unit.requests_api.calls import Answered, Caller, call
from tests.unit.stubs import error, stubbed

ALEX = Caller("sub-alex", "alex")
Ask = Callable[..., Answered]


@pytest.fixture
def glue() -> Iterator[Stubber]:
    with stubbed("glue") as stub:
        yield stub


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Ask:
    monkeypatch.setenv("CENTRAL_ACCOUNT_ID", CENTRAL)
    monkeypatch.setenv("WILDCARD_ON_APPROVAL", "true")
    producers = {OWNER: Producer(OWNER, databases=("sales",))}
    monkeypatch.setattr(catalogue_api, "load_parties", lambda: Parties(producers, None))

    def get(short: str, **query: str) -> Answered:
        return call(catalogue_api.handler, f"GET /catalogue/{short}", ALEX, query=query)

    return get


def database(name: str = "sales", **more: Any) -> dict[str, Any]:
    return {"Name": name, "CatalogId": CENTRAL, **more}


def table(name: str = "orders", *columns: dict[str, Any], **more: Any) -> dict[str, Any]:
    storage = {"Columns": list(columns) or [column("id")], "Location": "s3://lake/x/"}
    return {"Name": name, "DatabaseName": "sales", "CatalogId": CENTRAL, "StorageDescriptor": storage, **more}


def column(name: str, flag: str | None = None, **more: Any) -> dict[str, Any]:
    return {"Name": name, "Type": "string", **({"Parameters": {"pii_flag": flag}} if flag is not None else {}), **more}


def owned(account: str = OWNER, **more: str) -> dict[str, str]:
    return {"data_owner": account, "data_owner_name": "Sales", **more}


def one_table(glue: Stubber, ask: Ask, entry: dict[str, Any]) -> dict[str, Any]:
    glue.add_response("get_table", {"Table": entry}, {"DatabaseName": "sales", "Name": "orders"})
    return ask("table", database="sales", name="orders").body


# --- what is there ------------------------------------------------------------------------------------------------


def test_databases_and_what_stands_in_the_way_of_them(glue: Stubber, ask: Ask) -> None:
    given = [
        database(Parameters=owned(), Description="What we sell", LocationUri="s3://lake/"),
        database("LINK", TargetDatabase={"CatalogId": "9", "DatabaseName": "x"}),
        database("theirs", CatalogId="999999999999", Parameters={"pii_flag": "maybe"}),
    ]
    glue.add_response("get_databases", {"DatabaseList": given}, {"MaxResults": 100})
    answer = ask("databases")
    assert answer.headers["vary"] == "authorization"
    first, link, theirs = answer.body["databases"]
    assert first == {
        "name": "sales",
        "description": "What we sell",
        "location": "s3://lake/",
        "owner": {"account_id": OWNER, "name": "Sales", "fault": None},
        "personal": "no",
        "refusal": None,
    }
    assert (link["name"], link["owner"], link["refusal"]["reason"]) == ("link", None, "ResourceLink")
    assert (theirs["personal"], theirs["refusal"]["reason"]) == ("unreadable", "ResourceLink")
    assert answer.body["next"] is None


def test_one_database_by_any_name(glue: Stubber, ask: Ask) -> None:
    name = "a/b %2f..?#&+ü"
    glue.add_response("get_database", {"Database": database(name)}, {"Name": name})
    assert ask("database", name=name.upper().replace("Ü", "ü")).body["name"] == name


@pytest.mark.parametrize(
    ("entry", "personal", "flagged", "columns"),
    [
        (table(), "no", "no", 0),
        (table("orders", column("a", "true"), column("b", "what?")), "yes", "no", 2),
        (table("orders", column("a", "what?")), "unreadable", "no", 1),
        (table(Parameters={"PII_Flag": "yes"}), "yes", "yes", 0),
        (table(Parameters={"pii_flag": "perhaps"}), "unreadable", "unreadable", 0),
        (table(StorageDescriptor={}), "unreadable", "no", 0),
        (table(StorageDescriptor={}, Parameters={"pii_flag": "1"}), "yes", "yes", 0),
    ],
)
def test_what_is_personal_is_what_a_request_would_be_asked_about(
    glue: Stubber, ask: Ask, *, entry: dict[str, Any], personal: str, flagged: str, columns: int
) -> None:
    entry = {**entry, "Parameters": {**owned(), **entry.get("Parameters", {})}}
    found = one_table(glue, ask, entry)["table"]
    assert (found["personal"], found["flagged"], found["flagged_columns"]) == (personal, flagged, columns)
    known = entry["StorageDescriptor"].get("Columns")
    assert found["columns_total"] == (len(known) if known else None)
    # The workflow's own classification of the same entry.
    glue.add_response("get_database", {"Database": database()}, {"Name": "sales"})
    glue.add_response("get_table", {"Table": entry}, {"DatabaseName": "sales", "Name": "orders"})
    assert _classified().needs_approval == (personal != "no")


def _classified() -> Classification:
    from handlers.aws.glue import GlueCatalogue
    from handlers.sharing.classify import examine
    from handlers.sharing.model.request import ShareRequest, Source

    request = ShareRequest(Source("sales", "orders"), "999999999999")
    parties = Parties({OWNER: Producer(OWNER)}, None)
    return examine(request, Rules(CENTRAL, parties, wildcard_on_approval=True), GlueCatalogue(CENTRAL)).classification


def test_a_table_with_its_columns_and_keys(glue: Stubber, ask: Ask) -> None:
    keys = [column("day", Comment="of the sale")]
    entry = table("orders", column("mail", "true"), Parameters=owned(), PartitionKeys=keys, TableType="EXTERNAL_TABLE")
    body = one_table(glue, ask, {**entry, "IsRegisteredWithLakeFormation": False})
    assert body["columns"] == [
        {"name": "mail", "type": "string", "comment": "", "partition_key": False, "personal": "yes"},
        {"name": "day", "type": "string", "comment": "of the sale", "partition_key": True, "personal": "no"},
    ]
    assert body["table"]["registered"] is False
    assert (body["table"]["kind"], body["table"]["columns_total"], body["next"]) == ("EXTERNAL_TABLE", 2, None)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"TargetTable": {"CatalogId": "9", "DatabaseName": "x", "Name": "y"}}, "ResourceLink"),
        ({"DatabaseName": "elsewhere"}, "ResourceLink"),
        ({"CatalogId": "999999999999"}, "ResourceLink"),
        ({"Name": "another"}, "ResourceLink"),
    ],
)
def test_why_a_table_cannot_be_asked_for(glue: Stubber, ask: Ask, change: dict[str, Any], reason: str) -> None:
    found = one_table(glue, ask, {**table(Parameters=owned()), **change})["table"]
    assert (found["name"], found["refusal"]["reason"]) == ("orders", reason)


@pytest.mark.parametrize(
    ("account", "fault"),
    [
        (OWNER, None),
        ("12", "OwnerMalformed"),
        ("", "OwnerMalformed"),
        ("222222222222", "OwnerNotRegistered"),
        ("x" * 500_000, "OwnerMalformed"),
    ],
)
def test_an_owner_is_shown_as_it_stands_with_what_is_wrong(
    glue: Stubber, ask: Ask, account: str, fault: str | None
) -> None:
    owner = one_table(glue, ask, table(Parameters=owned(account)))["table"]["owner"]
    assert owner["account_id"] == account[:255]
    assert (owner["fault"] and owner["fault"]["reason"]) == fault


def test_a_table_without_an_owner_takes_its_databases(glue: Stubber, ask: Ask) -> None:
    glue.add_response("get_table", {"Table": table()}, {"DatabaseName": "sales", "Name": "orders"})
    glue.add_response("get_database", {"Database": database(Parameters=owned())}, {"Name": "sales"})
    assert ask("table", database="sales", name="orders").body["table"]["owner"]["account_id"] == OWNER
    glue.add_response("get_table", {"Table": table()}, {"DatabaseName": "sales", "Name": "orders"})
    error(glue, "get_database", "AccessDeniedException")
    assert ask("table", database="sales", name="orders").body["table"]["owner"] is None


# --- pages --------------------------------------------------------------------------------------------------------


def test_a_page_is_one_call_and_its_cursor_leads_to_the_next(glue: Stubber, ask: Ask) -> None:
    expected = {"DatabaseName": "sales", "MaxResults": 100}
    glue.add_response("get_tables", {"TableList": [table("a")], "NextToken": "more"}, expected)
    first = ask("tables", database="Sales").body
    glue.add_response("get_tables", {"TableList": [table("b")]}, {**expected, "NextToken": "more"})
    second = ask("tables", database="Sales", next=first["next"]).body
    assert [each["name"] for each in (*first["tables"], *second["tables"])] == ["a", "b"]
    assert second["next"] is None


def test_no_answer_is_larger_than_a_megabyte_and_nothing_is_left_out(glue: Stubber, ask: Ask) -> None:
    entries = [table(f"t{at:03}", Description="ü" * 2048, Parameters=owned("z" * 300_000)) for at in range(100)]
    for each in entries:
        each["StorageDescriptor"]["Location"] = "s3://" + "\U0001f600" * 2050
    names: list[str] = []
    following: dict[str, str] = {}
    while True:
        glue.add_response("get_tables", {"TableList": entries}, {"DatabaseName": "sales", "MaxResults": 100})
        body = ask("tables", database="sales", **following).body
        assert size_of(body) <= LARGEST_ANSWER
        names += [each["name"] for each in body["tables"]]
        if body["next"] is None:
            break
        following = {"next": body["next"]}
    assert names == [each["Name"] for each in entries]


def test_thousands_of_columns_come_in_pages(glue: Stubber, ask: Ask) -> None:
    columns = [column(f"c{at}", "true" if at % 2 else None, Comment="x" * 255) for at in range(9_000)]
    columns[4]["Type"] = "struct<" + "ü" * 131_000 + ">"
    entry = table("orders", *columns, Parameters=owned())
    names: list[str] = []
    following: dict[str, str] = {}
    pages = 0
    while True:
        glue.add_response("get_table", {"Table": entry}, {"DatabaseName": "sales", "Name": "orders"})
        body = ask("table", database="sales", name="orders", **following).body
        assert size_of(body) <= LARGEST_ANSWER
        assert (body["table"]["columns_total"], body["table"]["flagged_columns"]) == (9_000, 4_500)
        names += [each["name"] for each in body["columns"]]
        pages += 1
        if body["next"] is None:
            break
        following = {"next": body["next"]}
    assert (len(names), len(set(names))) == (9_000, 9_000)
    assert pages < 10


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "bnVsbA",
        write_cursor("databases", Place("more")),
        write_cursor("tables of other", Place("more")),
        write_cursor("tables of sales", Place("x" * 5001)),
        write_cursor("tables of sales", Place("more", -1)),
    ],
)
def test_a_cursor_of_another_list_is_refused(ask: Ask, cursor: str) -> None:
    answer = ask("tables", database="sales", next=cursor)
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "next")


def test_a_token_that_glue_does_not_take_is_a_wrong_cursor(glue: Stubber, ask: Ask) -> None:
    error(glue, "get_databases", "InvalidInputException")
    answer = ask("databases", next=write_cursor("databases", Place("made up")) or "")
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, "next")


def test_columns_have_no_token_of_glue(ask: Ask) -> None:
    answer = ask("table", database="a", name="b", next=write_cursor("columns of a b", Place("more")) or "")
    assert answer.status == 422


# --- what is not there, and what breaks ---------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["EntityNotFoundException", "AccessDeniedException", "InvalidInputException"])
@pytest.mark.parametrize(
    ("short", "query", "method", "reason"),
    [
        ("database", {"name": "sales"}, "get_database", "DatabaseNotFound"),
        ("tables", {"database": "sales"}, "get_tables", "DatabaseNotFound"),
        ("table", {"database": "sales", "name": "orders"}, "get_table", "TableNotFound"),
    ],
)
def test_what_is_hidden_looks_like_what_is_not_there(
    glue: Stubber, ask: Ask, *, code: str, short: str, query: dict[str, str], method: str, reason: str
) -> None:
    error(glue, method, code, "User: arn:aws:iam::123456789012:role/x has no permission")
    answer = ask(short, **query)
    assert (answer.status, answer.reason) == (404, reason)
    assert answer.body["detail"].endswith("or it is not shown here.")
    assert "arn:" not in json.dumps(answer.body)


@pytest.mark.parametrize("name", ["x" * 256, "a\nb", " a", "\ud800"])
def test_a_name_that_nothing_can_bear_is_not_there(ask: Ask, name: str) -> None:
    assert ask("database", name=name).reason == "DatabaseNotFound"
    assert ask("tables", database=name).reason == "DatabaseNotFound"
    assert ask("table", database="sales", name=name).reason == "TableNotFound"


@pytest.mark.parametrize(("short", "field"), [("database", "name"), ("tables", "database"), ("table", "database")])
def test_a_name_that_is_left_out_is_asked_for(ask: Ask, short: str, field: str) -> None:
    for query in ({}, {field: ""}):
        answer = ask(short, **query)
        assert (answer.status, answer.body["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize(
    ("code", "message", "status", "reason"),
    [
        ("AccessDeniedException", "no", 500, "AccessRefused"),
        ("GlueEncryptionException", "kms", 500, "CatalogueKeyUnavailable"),
        ("AccessDeniedException", "kms:Decrypt", 500, "CatalogueKeyUnavailable"),
        ("ThrottlingException", "slow", 503, "TryAgain"),
    ],
)
def test_what_breaks_is_a_problem_by_name(
    glue: Stubber, ask: Ask, *, code: str, message: str, status: int, reason: str
) -> None:
    error(glue, "get_databases", code, message)
    answer = ask("databases")
    assert (answer.status, answer.reason) == (status, reason)


def test_an_entry_without_a_name_makes_the_list_unreadable(monkeypatch: pytest.MonkeyPatch, ask: Ask) -> None:
    monkeypatch.setattr(client("glue"), "get_tables", lambda **_: {"TableList": [table("")]})
    answer = ask("tables", database="sales")
    assert (answer.status, answer.reason) == (500, "CatalogueUnreadable")


def test_parameters_that_cannot_be_read_are_shown_as_such(monkeypatch: pytest.MonkeyPatch, ask: Ask) -> None:
    monkeypatch.setattr(client("glue"), "get_tables", lambda **_: {"TableList": [table(Parameters=["odd"])]})
    (found,) = ask("tables", database="sales").body["tables"]
    assert (found["personal"], found["owner"], found["refusal"]["reason"]) == (
        "unreadable",
        None,
        "CatalogueUnreadable",
    )


def test_only_access_tokens_count(monkeypatch: pytest.MonkeyPatch, ask: Ask) -> None:
    caller = Caller("sub-alex", "alex", more={"token_use": "id"})
    assert call(catalogue_api.handler, "GET /catalogue/databases", caller).status == 401
