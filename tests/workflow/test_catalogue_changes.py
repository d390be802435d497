"""The catalogue changes while a request is under way: a decision never covers what the approver did not see."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

import pytest

from tests.workflow.catalogue import column
from tests.workflow.driver import DESCRIBE, OLGA, RETAIL, SELECT_AND_DESCRIBE, Mesh, request_id, wait_until

_numbers = count()


@pytest.fixture
def database(mesh: Mesh) -> str:
    """A database of its own for each test, with one harmless table and one with personal data."""
    name = f"changing_{next(_numbers)}"
    mesh.catalogue.add_database(name, owner=RETAIL)
    mesh.catalogue.add_table(name, "sales")
    mesh.catalogue.add_table(name, "people", [column("id"), column("mail", pii_flag="true"), column("phone")])
    return name


CHANGES: dict[str, tuple[str, Callable[[Mesh, str], object]]] = {
    "a column becomes personal data": ("people", lambda m, d: m.catalogue.flag_column(d, "people", "phone")),
    "a column is added": (
        "people",
        lambda m, d: m.catalogue.change_table(
            d, "people", lambda entry: entry["StorageDescriptor"]["Columns"].append(column("iban"))
        ),
    ),
    "a column changes its type": (
        "people",
        lambda m, d: m.catalogue.change_table(
            d, "people", lambda entry: entry["StorageDescriptor"]["Columns"][0].update(Type="binary")
        ),
    ),
    "the location is pointed elsewhere": (
        "people",
        lambda m, d: m.catalogue.move_table(d, "people", "s3://retail-lake/payroll/"),
    ),
    "the owner changes": (
        "people",
        lambda m, d: m.catalogue.set_table_parameters(d, "people", {"data_owner": "222222222222"}),
    ),
    "a table is added": ("*", lambda m, d: m.catalogue.add_table(d, "payroll")),
    "a table is removed": ("*", lambda m, d: m.catalogue.remove_table(d, "sales")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_approving_what_has_changed_leads_to_a_new_mail_and_no_grant(mesh: Mesh, database: str, change: str) -> None:
    table, make_change = CHANGES[change]
    account = mesh.new_account()
    asked = mesh.ask_owner(database, table, account)
    make_change(mesh, database)
    assert mesh.post(asked.approve, email=OLGA).status == 200
    second = mesh.mail_about(asked.arn, number=2)
    assert second["subject"].startswith("Data access request, changed: ")
    assert "CHANGED" in second["body"]
    assert mesh.grants(account) == {}
    item = mesh.register_item(asked.arn)
    assert item["round"] == 2
    assert "decision" not in item
    for reply in (mesh.get(asked.approve), mesh.get(asked.deny), mesh.post(asked.approve, email=OLGA)):
        assert (reply.status, reply.title) == (410, "This link has been replaced.")
    assert mesh.post(mesh.links(second).approve, email=second["to"]).status == 200
    assert mesh.finish(asked.arn).output["status"] == "SHARED"
    wanted = {f"{database}.people": SELECT_AND_DESCRIBE}
    assert mesh.grants(account) == (
        wanted if table == "people" else {database: DESCRIBE, f"{database}.*": SELECT_AND_DESCRIBE}
    )
    assert mesh.history(asked.arn) == [
        *("Received", "Classified", "ApprovalRequested", "Approved", "CatalogueChanged"),
        *("Classified", "ApprovalRequested", "Approved", "Shared"),
    ]


def test_the_new_mail_names_the_column_that_became_personal_data(mesh: Mesh, database: str) -> None:
    asked = mesh.ask_owner(database, "people", mesh.new_account())
    assert "phone" not in asked.mail["body"]
    mesh.catalogue.flag_column(database, "people", "phone")
    mesh.post(asked.approve, email=OLGA)
    assert "phone" in mesh.mail_about(asked.arn, number=2)["body"]


def test_a_denial_stands_whatever_has_changed(mesh: Mesh, database: str) -> None:
    asked = mesh.ask_owner(database, "people", mesh.new_account())
    mesh.catalogue.flag_column(database, "people", "phone")
    mesh.post(asked.deny, email=OLGA)
    assert mesh.finish(asked.arn).output["status"] == "DENIED"


def test_three_changes_in_a_row_end_the_request_by_name(mesh: Mesh, database: str) -> None:
    account = mesh.new_account()
    arn = mesh.start(database, "people", account)
    for round_ in (1, 2, 3):
        mail = mesh.mail_about(arn, number=round_)
        mesh.catalogue.move_table(database, "people", f"s3://retail-lake/moved/{round_}/")
        assert mesh.post(mesh.links(mail).approve, email=OLGA).status == 200
    finished = mesh.finish(arn)
    assert finished.status == "SUCCEEDED"
    assert finished.end == ("REFUSED", "CatalogueKeepsChanging")
    assert mesh.register_item(arn)["reason"] == "CatalogueKeepsChanging"
    assert len(mesh.mails(about=arn)) == 3
    assert mesh.grants(account) == {}
    assert {mesh.get(mesh.links(mail).approve).status for mail in mesh.mails(about=arn)} == {410}


def test_data_that_goes_while_its_approval_waits_is_refused(mesh: Mesh, database: str) -> None:
    asked = mesh.ask_owner(database, "people", mesh.new_account())
    mesh.catalogue.remove_table(database, "people")
    mesh.post(asked.approve, email=OLGA)
    output = mesh.finish(asked.arn).output
    assert (output["status"], output["reason"]) == ("REFUSED", "TableNotFound")


def test_personal_data_that_comes_while_a_long_share_is_granted_is_asked_about(mesh: Mesh, database: str) -> None:
    mesh.catalogue.remove_table(database, "people")
    for number in range(100):
        mesh.catalogue.add_table(database, f"t{number:02}")
    account = mesh.new_account()
    # The second page comes late, and with it the flag that was set while the first page's tables were granted.
    with mesh.fault("glue", "GetTables", match=database, skip=5, times=1, delay_seconds=3.0):
        arn = mesh.start(database, "*", account)
        wait_until(lambda: mesh.faults_used() == [1], what="Grant's look at the second page")
        mesh.catalogue.flag_column(database, "t99", "amount")
        mail = mesh.mail_about(arn)
    assert f"{database}.t99" not in mesh.grants(account)
    assert f"{database}.sales" in mesh.grants(account)
    assert "> t99: amount" in mail["body"]
    assert mesh.history(arn)[:5] == [
        *("Received", "Classified", "AutomaticallyApproved", "CatalogueChanged", "Classified"),
    ]


def test_personal_data_that_comes_between_classifying_and_sharing_is_noticed(mesh: Mesh, database: str) -> None:
    account = mesh.new_account()
    with mesh.fault("glue", "GetDatabase", match=database, skip=1, times=1, delay_seconds=2.0):
        arn = mesh.start(database, "sales", account)
        wait_until(lambda: mesh.faults_used() == [1], what="Grant's look at the catalogue")
        mesh.catalogue.flag_column(database, "sales", "amount")
        mail = mesh.mail_about(arn)
    assert mesh.grants(account) == {}
    assert request_id(arn) in mail["body"]
    assert mesh.history(arn)[:5] == [
        *("Received", "Classified", "AutomaticallyApproved", "CatalogueChanged", "Classified"),
    ]
