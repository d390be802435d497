"""The catalogue API: what is there, what is personal by the workflow's rules, what is hidden, and what breaks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.stub import Stubber

from handlers import catalogue_api
from handlers.aws.clients import client
from handlers.aws.glue import GlueCatalogue
from handlers.sharing.examine import examine
from handlers.sharing.model.parties import Parties, Producer, Rules
from handlers.sharing.model.request import ShareRequest, Source
from tests.fakes.world import CENTRAL, OWNER
from tests.unit.requests_api.calls import Caller, call
from tests.unit.requests_api.entries import Ask, column, database, owned, table
from tests.unit.stubs import error

SCHEMA = '{"fields": [{"name": "email"}]}'

# --- what is there ------------------------------------------------------------------------------------------------


def one_table(glue: Stubber, ask: Ask, entry: dict[str, Any], **within: Any) -> dict[str, Any]:
    glue.add_response("get_table", {"Table": entry}, {"DatabaseName": "sales", "Name": "orders"})
    glue.add_response("get_database", {"Database": database(**within)}, {"Name": "sales"})
    return ask("table", database="sales", name="orders").body


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
        "owner": {"account_id": OWNER, "name": "Sales", "fault": None, "contact": None, "contact_fault": None},
        "personal": "no",
        "access": None,
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
    ("entry", "personal", "rules", "columns"),
    [
        (table(), "no", [], 0),
        (table("orders", column("a", "true"), column("b", "what?")), "yes", [], 2),
        (table("orders", column("a", "what?")), "unreadable", [], 1),
        (table("orders", column("a"), Parameters={"pii_columns": "A"}), "yes", [], 1),
        (table(Parameters={"pii_columns": "gone"}), "unreadable", ["PiiColumnsUnreadable"], 0),
        (table(Parameters={"PII_Flag": "yes"}), "yes", ["TableFlagged"], 0),
        (table(Parameters={"pii_flag": "perhaps"}), "unreadable", ["UnreadableFlag"], 0),
        (table(Parameters={"avro.schema.literal": SCHEMA}), "unreadable", ["SchemaElsewhere"], 0),
        (table(TableType="VIRTUAL_VIEW"), "unreadable", ["View"], 0),
        (table(TableType="VIRTUAL_VIEW", Parameters={"pii_flag": "no"}), "no", [], 0),
        (table(StorageDescriptor={}), "unreadable", ["ColumnsUnreadable"], 0),
        (table(StorageDescriptor={}, Parameters={"pii_flag": "1"}), "yes", ["TableFlagged", "ColumnsUnreadable"], 0),
    ],
)
@pytest.mark.parametrize("within", [None, "maybe"])
def test_what_is_personal_is_what_a_request_would_be_asked_about(
    glue: Stubber, ask: Ask, *, entry: dict[str, Any], personal: str, rules: list[str], columns: int, within: str | None
) -> None:
    entry = {**entry, "Parameters": {**owned(), **entry.get("Parameters", {})}}
    holder: dict[str, Any] = {"Parameters": {"pii_flag": within}} if within else {}
    if within and entry["Parameters"].get("pii_flag") != "no":
        # The database's flag binds its tables, but for their own plain no.
        personal, rules = "yes" if personal == "yes" else "unreadable", list(dict.fromkeys(["UnreadableFlag", *rules]))
    found = one_table(glue, ask, entry, **holder)["table"]
    assert (found["personal"], found["rules"], found["flagged_columns"]) == (personal, rules, columns)
    known = entry["StorageDescriptor"].get("Columns")
    assert found["columns_total"] == (len(known) if known else None)
    # The workflow's own classification of the same entry.
    glue.add_response("get_database", {"Database": database(**holder)}, {"Name": "sales"})
    glue.add_response("get_table", {"Table": entry}, {"DatabaseName": "sales", "Name": "orders"})
    request = ShareRequest(Source("sales", "orders"), "999999999999")
    stack = Rules(CENTRAL, Parties({OWNER: Producer(OWNER)}, None), wildcard_on_approval=True)
    classification = examine(request, stack, GlueCatalogue(CENTRAL)).classification
    assert classification.needs_approval == (personal != "no")


def test_a_table_with_its_columns_and_keys(glue: Stubber, ask: Ask) -> None:
    keys = [column("day", Comment="of the sale")]
    entry = table("orders", column("mail", "true"), Parameters=owned(), PartitionKeys=keys, TableType="EXTERNAL_TABLE")
    body = one_table(glue, ask, {**entry, "IsRegisteredWithLakeFormation": False})
    assert body["columns"] == [
        {
            "name": "mail",
            "type": "string",
            "comment": "",
            "partition_key": False,
            "personal": "yes",
            "rules": ["ColumnFlagged"],
        },
        {
            "name": "day",
            "type": "string",
            "comment": "of the sale",
            "partition_key": True,
            "personal": "no",
            "rules": [],
        },
    ]
    assert body["table"]["registered"] is False
    assert (body["table"]["kind"], body["table"]["columns_total"], body["next"]) == ("EXTERNAL_TABLE", 2, None)


@pytest.mark.parametrize(
    "change",
    [
        {"TargetTable": {"CatalogId": "9", "DatabaseName": "x", "Name": "y"}},
        {"DatabaseName": "elsewhere"},
        {"CatalogId": "999999999999"},
        {"Name": "another"},
    ],
)
def test_why_a_table_cannot_be_asked_for(glue: Stubber, ask: Ask, change: dict[str, Any]) -> None:
    found = one_table(glue, ask, {**table(Parameters=owned()), **change})["table"]
    assert (found["name"], found["refusal"]["reason"]) == ("orders", "ResourceLink")


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


CONTACT = "data_owner_contact"


@pytest.mark.parametrize(
    ("own", "of_database", "contact"),
    [
        (
            owned() | {CONTACT: "orders@owner.example"},
            owned() | {CONTACT: "sales@owner.example"},
            "orders@owner.example",
        ),
        (owned(), owned() | {CONTACT: "sales@owner.example"}, "sales@owner.example"),
        ({CONTACT: "orders@owner.example"}, owned(), "orders@owner.example"),
        (owned("222222222222"), owned() | {CONTACT: "sales@owner.example"}, None),
        (owned() | {CONTACT: "ask Jane"}, owned(), None),
    ],
)
def test_an_owner_is_reached_by_the_tables_contact_or_the_databases_if_that_is_theirs(
    glue: Stubber, ask: Ask, own: dict[str, str], of_database: dict[str, str], contact: str | None
) -> None:
    owner = one_table(glue, ask, table(Parameters=own), Parameters=of_database)["table"]["owner"]
    assert owner["contact"] == contact
    assert (owner["contact_fault"] is None) is (own.get(CONTACT) != "ask Jane")


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
    monkeypatch.setattr(client("glue"), "get_database", lambda **_: {"Database": database()})
    (found,) = ask("tables", database="sales").body["tables"]
    shown = (found["personal"], found["owner"], found["refusal"]["reason"])
    assert shown == ("unreadable", None, "CatalogueUnreadable")


@pytest.mark.usefixtures("ask")
def test_only_access_tokens_count() -> None:
    caller = Caller("sub-alex", "alex", more={"token_use": "id"})
    assert call(catalogue_api.handler, "GET /catalogue/databases", caller).status == 401
