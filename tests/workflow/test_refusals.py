"""What cannot be granted as asked is refused by name, in register and output; nobody is asked, nothing is granted."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError

from tests.workflow.catalogue import Catalogue
from tests.workflow.driver import CENTRAL, RETAIL, REVIEWS, UNREGISTERED, Mesh
from tests.workflow.refusing import refused

GOOD_SOURCE = {"database": "transport", "table": "yellow_tripdata"}
ACCOUNT = "999999999999"
GOOD_TARGET = {"account_id": ACCOUNT}
GOOD = {"source": GOOD_SOURCE, "target": GOOD_TARGET}


# --- input ------------------------------------------------------------------------------------------------------

UNREADABLE: dict[str, object] = {
    "null": "null",
    "true": "true",
    "a number": "12",
    "a fraction": "1.5e300",
    "a text": '"transport"',
    "an empty text": '""',
    "a list of an object": [GOOD],
    "an empty object": "{}",
    "a source that is null": {**GOOD, "source": None},
    "a table that is a number": {**GOOD, "source": {**GOOD_SOURCE, "table": 7}},
    "half a character": '{"source": {"database": "\\ud800", "table": "*"}, "target": {"account_id": "999999999999"}}',
    "no target": {"source": GOOD_SOURCE},
    "an account that is a number": {**GOOD, "target": {"account_id": 999999999999}},
}
"""What Step Functions takes in one way or another; the rest of what can be wrong is tests/unit/test_request.py's."""


@pytest.mark.parametrize("case", UNREADABLE)
def test_input_that_is_not_what_the_contract_says(mesh: Mesh, case: str) -> None:
    refused(mesh, lambda: mesh.start_with(UNREADABLE[case]), "InvalidInput")


@pytest.mark.parametrize("account", ["", "999999999999\n", "٩" * 12])
def test_a_target_that_is_not_twelve_digits(mesh: Mesh, account: str) -> None:
    refused(mesh, lambda: mesh.start("transport", "yellow_tripdata", account), "InvalidTarget")


def test_the_central_account_as_target(mesh: Mesh) -> None:
    item, _ = refused(mesh, lambda: mesh.start("transport", "yellow_tripdata", CENTRAL), "TargetIsCentral")
    assert item["consumer_account"] == CENTRAL


@pytest.mark.parametrize(
    ("field", "document"),
    {
        "source.columns": {**GOOD, "source": {**GOOD_SOURCE, "columns": ["vendorid"]}},
        "source.catalog_id": {**GOOD, "source": {**GOOD_SOURCE, "catalog_id": RETAIL}},
        "target.role_arn": {**GOOD, "target": {**GOOD_TARGET, "role_arn": f"arn:aws:iam::{ACCOUNT}:role/x"}},
        "permissions": {**GOOD, "permissions": ["DESCRIBE"]},
        "from": {**GOOD, "from": "2027-01-01"},
    }.items(),
)
def test_a_field_that_no_request_has(mesh: Mesh, field: str, document: object) -> None:
    _, finished = refused(mesh, lambda: mesh.start_with(document), "UnknownField")
    assert finished.output["message"].startswith(f"{field} must not be given")


def test_a_purpose_is_written_down(mesh: Mesh) -> None:
    arn = mesh.start_with(
        {"source": GOOD_SOURCE, "target": {"account_id": mesh.new_account()}, "purpose": "A forecast."}
    )
    assert mesh.finish(arn).output["status"] == "SHARED"
    assert mesh.register_item(arn)["purpose"] == "A forecast."


def test_claims_of_who_asks_are_nobodys(mesh: Mesh) -> None:
    account = mesh.new_account()
    document = {"source": GOOD_SOURCE, "target": {"account_id": account}}
    arn = mesh.start_with({**document, "requester": {"email": "ceo@example.org"}, "reason": "because"})
    assert mesh.finish(arn).output["status"] == "SHARED"
    assert not {"requester_id", "requester_email", "purpose"} & set(mesh.register_item(arn))


# --- catalogue and owners ---------------------------------------------------------------------------------------

MALFORMED = {"blank": "", "short": "11111111111", "spaced": f" {RETAIL}", "named": "Store Operations"}
MALFORMED["role"] = f"arn:aws:iam::{RETAIL}:root"
UNASKED = {"unregistered": UNREGISTERED, "central": CENTRAL, "unheard_of": "555555555555"}
LINKS = ("to_central", "yellow_tripdata", "to_foreign")
REASONS = {
    "DatabaseNotFound": [("nowhere", "customer"), ("nowhere", "*"), ("<script>alert(1)</script>", "'; DROP TABLE")],
    "TableNotFound": [("retail", "nothing"), ("retail", "ret*")],
    "NothingToShare": [("empty", "*")],
    "ResourceLink": [
        *(("linking", table) for table in (*LINKS, "*")),
        *(("alias", table) for table in ("*", "yellow_tripdata")),
        *((database, table) for database in ("borrowed", "same") for table in ("*", "salaries")),
    ],
    "OwnerMissing": [("unowned", "missing")],
    "OwnerMalformed": [("unowned", table) for table in MALFORMED],
    "OwnerNotRegistered": [("unowned", table) for table in (*UNASKED, "secret")],
    "OwnersMixed": [(database, "*") for database in ("unowned", "mixed", "half_owned")],
}


@pytest.fixture(scope="module")
def catalogue(mesh: Mesh) -> None:
    """Resource links of every kind, each of which Glue follows when it is read, and owners whom nobody can ask."""
    catalogue, glue = mesh.catalogue, mesh.client("glue")
    catalogue.add_database("empty", owner=RETAIL)
    catalogue.add_database("linking", owner=RETAIL)
    catalogue.add_table("linking", "real")
    targets = ((CENTRAL, "retail", "store_sales"), (CENTRAL, *GOOD_SOURCE.values()), (RETAIL, "private", "salaries"))
    for name, (account, database, table) in zip(LINKS, targets, strict=True):
        target = {"CatalogId": account, "DatabaseName": database, "Name": table}
        glue.create_table(DatabaseName="linking", TableInput={"Name": name, "TargetTable": target})
    foreign = Catalogue(mesh.client("glue", RETAIL))
    for database in ("private", "same"):
        foreign.add_database(database, owner=RETAIL)
        foreign.add_table(database, "salaries")
    # Who sees what a link leads to is told whose it is; all others see nothing of it.
    mesh.share_in(RETAIL, "private", "salaries", "classify")
    for name, account, database in (
        ("alias", CENTRAL, "transport"),
        ("borrowed", RETAIL, "private"),
        ("same", RETAIL, "same"),
    ):
        target = {"CatalogId": account, "DatabaseName": database}
        glue.create_database(DatabaseInput={"Name": name, "TargetDatabase": target})

    catalogue.add_database("unowned", owner=None)
    catalogue.add_table("unowned", "missing")
    for name, owner in {**MALFORMED, **UNASKED}.items():
        catalogue.add_table("unowned", name, Parameters={"data_owner": owner})
    catalogue.add_table("unowned", "secret", Parameters={"data_owner": UNREGISTERED, "pii_flag": "true"})
    for database, owner, theirs in (("mixed", RETAIL, REVIEWS), ("half_owned", None, RETAIL)):
        catalogue.add_database(database, owner=owner)
        catalogue.add_table(database, "ours")
        catalogue.add_table(database, "theirs", Parameters={"data_owner": theirs})


@pytest.mark.usefixtures("catalogue")
@pytest.mark.parametrize(
    ("reason", "database", "table"), [(reason, *what) for reason, cases in REASONS.items() for what in cases]
)
def test_what_the_catalogue_does_not_let_anybody_share(mesh: Mesh, reason: str, database: str, table: str) -> None:
    refused(mesh, lambda: mesh.start(database, table, ACCOUNT), reason)


@pytest.mark.usefixtures("catalogue")
def test_a_tables_own_owner_counts_before_its_databases(mesh: Mesh) -> None:
    request, finished = mesh.ask("mixed", "theirs", mesh.new_account())
    assert finished.end == ("SHARED", None)
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
    assert mesh.finish(arn).end == ("REFUSED", "DuplicateRequest")
    assert mesh.register_item("ninety-days-ago") == before
    assert mesh.mails(about=arn) == []


def test_a_request_of_the_api_is_taken_up_only_by_what_asks_for_the_same(mesh: Mesh) -> None:
    _, finished = mesh.ask("transport", "yellow_tripdata", mesh.new_account())
    wrote = ("version", "asked", "source", "target", "consumer_account", "received_at", "history")
    old = mesh.raw_item(finished.output["request_id"])
    asked = {name: old[name] for name in wrote}
    asked |= {name: {"S": f"anna@{name}.example"} for name in ("requester_id", "requester_email", "purpose")}
    mesh.put_item({**asked, "pk": {"S": "of-anna"}, "status": {"S": "RECEIVED"}})
    before = mesh.register_item("of-anna")
    arn = mesh.start("retail", "customer", mesh.new_account(), name="of-anna")
    assert mesh.finish(arn).end == ("REFUSED", "DuplicateRequest")
    assert mesh.register_item("of-anna") == before
    assert mesh.mails(about=arn) == []
