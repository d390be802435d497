"""What cannot be granted as asked is refused by name, in register and output; nobody is asked, nothing is granted."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.workflow.driver import CENTRAL, RETAIL, REVIEWS, UNREGISTERED, Mesh
from tests.workflow.refusing import refused

GOOD_SOURCE = {"database": "transport", "table": "yellow_tripdata"}
GOOD_TARGET = {"account_id": "999999999999"}
GOOD = {"source": GOOD_SOURCE, "target": GOOD_TARGET}


# --- input ------------------------------------------------------------------------------------------------------

UNREADABLE: dict[str, object] = {
    "null": "null",
    "true": "true",
    "a number": "12",
    "a fraction": "1.5e300",
    "a text": '"transport"',
    "an empty text": '""',
    "a list": "[]",
    "a list of an object": [GOOD],
    "an empty object": "{}",
    "no source": {"target": GOOD_TARGET},
    "no target": {"source": GOOD_SOURCE},
    "a source that is null": {**GOOD, "source": None},
    "a source that is a text": {**GOOD, "source": "transport.yellow_tripdata"},
    "a source that is a list": {**GOOD, "source": ["transport", "yellow_tripdata"]},
    "no database": {**GOOD, "source": {"table": "*"}},
    "no table": {**GOOD, "source": {"database": "transport"}},
    "a table that is a number": {**GOOD, "source": {**GOOD_SOURCE, "table": 7}},
    "a table that is null": {**GOOD, "source": {**GOOD_SOURCE, "table": None}},
    "a database that is an object": {**GOOD, "source": {**GOOD_SOURCE, "database": {}}},
    "an empty database": {**GOOD, "source": {**GOOD_SOURCE, "database": ""}},
    "an empty table": {**GOOD, "source": {**GOOD_SOURCE, "table": ""}},
    "all databases": {**GOOD, "source": {"database": "*", "table": "*"}},
    "spaces around a table": {**GOOD, "source": {**GOOD_SOURCE, "table": " yellow_tripdata"}},
    "a line break": {**GOOD, "source": {**GOOD_SOURCE, "table": "yellow\r\ntripdata"}},
    "a name of 256 characters": {**GOOD, "source": {**GOOD_SOURCE, "table": "x" * 256}},
    "half a character": '{"source": {"database": "\\ud800", "table": "*"}, "target": {"account_id": "999999999999"}}',
    "a target that is a text": {**GOOD, "target": "999999999999"},
    "no account": {**GOOD, "target": {}},
    "an account that is a number": {**GOOD, "target": {"account_id": 999999999999}},
    "an account that is true": {**GOOD, "target": {"account_id": True}},
    "a list of accounts": {**GOOD, "target": {"account_id": ["999999999999"]}},
}


@pytest.mark.parametrize("case", UNREADABLE)
def test_input_that_is_not_what_the_contract_says(mesh: Mesh, case: str) -> None:
    refused(mesh, lambda: mesh.start_with(UNREADABLE[case]), "InvalidInput")


@pytest.mark.parametrize(
    "account", ["", "12", "99999999999", "9999999999990", " 999999999999", "999999999999\n", "99999999999x", "٩" * 12]
)
def test_a_target_that_is_not_twelve_digits(mesh: Mesh, account: str) -> None:
    refused(mesh, lambda: mesh.start("transport", "yellow_tripdata", account), "InvalidTarget")


def test_the_central_account_as_target(mesh: Mesh) -> None:
    item, _ = refused(mesh, lambda: mesh.start("transport", "yellow_tripdata", CENTRAL), "TargetIsCentral")
    assert item["consumer_account"] == CENTRAL


def test_more_fields_than_the_contract_has_are_nobodys_claim(mesh: Mesh) -> None:
    account = mesh.new_account()
    document = {"source": GOOD_SOURCE, "target": {"account_id": account}}
    arn = mesh.start_with({**document, "requester": {"email": "ceo@example.org"}, "reason": "because"})
    assert mesh.finish(arn).output["status"] == "SHARED"
    assert not {"requester_id", "requester_email", "request_reason"} & set(mesh.register_item(arn))


# --- catalogue --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("database", "table", "reason"),
    [
        ("nowhere", "customer", "DatabaseNotFound"),
        ("nowhere", "*", "DatabaseNotFound"),
        ("retail", "nothing", "TableNotFound"),
        ("retail", "ret*", "TableNotFound"),
        ("<script>alert(1)</script>", "'; DROP TABLE", "DatabaseNotFound"),
    ],
)
def test_what_is_not_in_the_catalogue(mesh: Mesh, database: str, table: str, reason: str) -> None:
    refused(mesh, lambda: mesh.start(database, table, "999999999999"), reason)


def test_a_database_without_a_table_that_can_be_seen(mesh: Mesh) -> None:
    mesh.catalogue.add_database("empty", owner=RETAIL)
    refused(mesh, lambda: mesh.start("empty", "*", "999999999999"), "NothingToShare")


@pytest.fixture(scope="module")
def links(mesh: Mesh) -> None:
    """Resource links of every kind, each of which Glue follows when it is read."""
    catalogue = mesh.catalogue
    catalogue.add_database("linking", owner=RETAIL)
    catalogue.add_table("linking", "real")
    for name, target in {
        "to_central": {"CatalogId": CENTRAL, "DatabaseName": "retail", "Name": "store_sales"},
        "yellow_tripdata": {"CatalogId": CENTRAL, "DatabaseName": "transport", "Name": "yellow_tripdata"},
        "to_foreign": {"CatalogId": RETAIL, "DatabaseName": "private", "Name": "salaries"},
    }.items():
        mesh.client("glue").create_table(DatabaseName="linking", TableInput={"Name": name, "TargetTable": target})
    foreign = mesh.client("glue", RETAIL)
    foreign.create_database(DatabaseInput={"Name": "private", "Parameters": {"data_owner": RETAIL}})
    foreign.create_database(DatabaseInput={"Name": "same", "Parameters": {"data_owner": RETAIL}})
    for database in ("private", "same"):
        table = {"Name": "salaries", "StorageDescriptor": {"Columns": [{"Name": "amount", "Type": "int"}]}}
        foreign.create_table(DatabaseName=database, TableInput=table)
    for name, target in {
        "alias": {"CatalogId": CENTRAL, "DatabaseName": "transport"},
        "borrowed": {"CatalogId": RETAIL, "DatabaseName": "private"},
        "same": {"CatalogId": RETAIL, "DatabaseName": "same"},
    }.items():
        mesh.client("glue").create_database(DatabaseInput={"Name": name, "TargetDatabase": target})


@pytest.mark.usefixtures("links")
@pytest.mark.parametrize(
    ("database", "table"),
    [
        ("linking", "to_central"),
        ("linking", "yellow_tripdata"),
        ("linking", "to_foreign"),
        ("linking", "*"),
        ("alias", "*"),
        ("alias", "yellow_tripdata"),
        ("borrowed", "*"),
        ("borrowed", "salaries"),
        ("same", "*"),
        ("same", "salaries"),
    ],
)
def test_a_resource_link_or_what_it_leads_to(mesh: Mesh, database: str, table: str) -> None:
    refused(mesh, lambda: mesh.start(database, table, "999999999999"), "ResourceLink")


# --- owner ------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def owners(mesh: Mesh) -> None:
    """Tables without personal data, and one with, whose owners nobody can ask."""
    catalogue = mesh.catalogue
    catalogue.add_database("unowned", owner=None)
    for name, owner in {
        "missing": None,
        "blank": "",
        "short": "11111111111",
        "spaced": f" {RETAIL}",
        "named": "Store Operations",
        "role": f"arn:aws:iam::{RETAIL}:root",
        "unregistered": UNREGISTERED,
        "central": CENTRAL,
        "unheard_of": "555555555555",
    }.items():
        catalogue.add_table("unowned", name, Parameters={} if owner is None else {"data_owner": owner})
    catalogue.add_table("unowned", "secret", Parameters={"data_owner": UNREGISTERED, "pii_flag": "true"})
    catalogue.add_database("mixed", owner=RETAIL)
    catalogue.add_table("mixed", "ours")
    catalogue.add_table("mixed", "theirs", Parameters={"data_owner": REVIEWS})
    catalogue.add_database("half_owned", owner=None)
    catalogue.add_table("half_owned", "ours", Parameters={"data_owner": RETAIL})
    catalogue.add_table("half_owned", "nobodys")


@pytest.mark.usefixtures("owners")
@pytest.mark.parametrize(
    ("database", "table", "reason"),
    [
        ("unowned", "missing", "OwnerMissing"),
        ("unowned", "blank", "OwnerMalformed"),
        ("unowned", "short", "OwnerMalformed"),
        ("unowned", "spaced", "OwnerMalformed"),
        ("unowned", "named", "OwnerMalformed"),
        ("unowned", "role", "OwnerMalformed"),
        ("unowned", "unregistered", "OwnerNotRegistered"),
        ("unowned", "central", "OwnerNotRegistered"),
        ("unowned", "unheard_of", "OwnerNotRegistered"),
        ("unowned", "secret", "OwnerNotRegistered"),
        ("unowned", "*", "OwnersMixed"),
        ("mixed", "*", "OwnersMixed"),
        ("half_owned", "*", "OwnersMixed"),
    ],
)
def test_data_that_nobody_answers_for(mesh: Mesh, database: str, table: str, reason: str) -> None:
    refused(mesh, lambda: mesh.start(database, table, "999999999999"), reason)


@pytest.mark.usefixtures("owners")
def test_a_tables_own_owner_counts_before_its_databases(mesh: Mesh) -> None:
    request, finished = mesh.ask("mixed", "theirs", mesh.new_account())
    assert finished.output["status"] == "SHARED"
    assert mesh.register_item(request)["owner_account"] == REVIEWS


# --- names ------------------------------------------------------------------------------------------------------


def test_a_name_that_has_ended_cannot_be_used_again(mesh: Mesh) -> None:
    account = mesh.new_account()
    arn = mesh.start("transport", "yellow_tripdata", account, name="only-once")
    mesh.finish(arn)
    before = mesh.register_item("only-once")
    for table in ("yellow_tripdata", "taxi_zone_lookup"):
        with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
            mesh.start("transport", table, account, name="only-once")
    assert mesh.register_item("only-once") == before


def test_a_running_name_is_the_same_request_and_takes_no_other_input(mesh: Mesh) -> None:
    account = mesh.new_account()
    arn = mesh.start("retail", "customer", account, name="still-running")
    mesh.mail_about(arn)
    assert mesh.start("retail", "customer", account, name="still-running") == arn
    with pytest.raises(ClientError, match="ExecutionAlreadyExists"):
        mesh.start("retail", "store", account, name="still-running")
    mesh.only_mail(arn)
    assert mesh.history(arn) == ["Received", "Classified", "ApprovalRequested"]


def test_a_name_that_step_functions_has_forgotten_never_overwrites_the_register(mesh: Mesh) -> None:
    _, finished = mesh.ask("transport", "yellow_tripdata", mesh.new_account())
    old = mesh.raw_item(finished.output["request_id"])
    mesh.put_item({**old, "pk": {"S": "ninety-days-ago"}})
    before = mesh.register_item("ninety-days-ago")
    arn = mesh.start("retail", "customer", mesh.new_account(), name="ninety-days-ago")
    output = mesh.finish(arn).output
    assert (output["status"], output["reason"]) == ("REFUSED", "DuplicateRequest")
    assert mesh.register_item("ninety-days-ago") == before
    assert mesh.mails(about=arn) == []
