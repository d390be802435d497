"""Data without personal data is shared at once, and nobody is asked."""

from __future__ import annotations

from tests.workflow.driver import REVIEWS, SELECT_AND_DESCRIBE, Mesh


def test_a_table_without_personal_data_is_shared_at_once_and_nobody_is_mailed(mesh: Mesh) -> None:
    account = mesh.new_account()
    request, finished = mesh.ask("transport", "yellow_tripdata", account)
    assert finished.status == "SUCCEEDED"
    assert finished.output.pop("message").startswith(
        f"Table transport.yellow_tripdata is shared with account {account}. No approval was needed."
    )
    assert finished.output == {"status": "SHARED", "request_id": request, "reason": None}
    assert mesh.grants(account) == {"transport.yellow_tripdata": SELECT_AND_DESCRIBE}
    assert mesh.mails(about=request) == []
    item = mesh.register_item(request)
    assert item["status"] == "SHARED"
    assert item["owner_account"] == REVIEWS
    assert mesh.history(request) == ["Received", "Classified", "AutomaticallyApproved", "Shared"]
    assert mesh.event_types(request) == ["RequestReceived", "RequestShared"]


def test_the_grounds_stand_in_the_register_and_in_the_output(mesh: Mesh) -> None:
    request, finished = mesh.ask("transport", "yellow_tripdata", mesh.new_account())
    classification = mesh.register_item(request)["classification"]
    assert (classification["needs_approval"], classification["grounds"]) == (False, [])
    assert classification["columns_total"] > 2
    assert classification["summary"] in finished.output["message"]


def test_data_that_lake_formation_does_not_know_is_shared_with_a_warning(mesh: Mesh) -> None:
    mesh.catalogue.add_database("elsewhere", owner=REVIEWS)
    mesh.catalogue.add_table("elsewhere", "bikes")
    mesh.catalogue.move_table("elsewhere", "bikes", "s3://not-registered/bikes/")
    request, finished = mesh.ask("elsewhere", "bikes", mesh.new_account())
    assert finished.output["status"] == "SHARED"
    assert mesh.register_item(request)["classification"]["unregistered"] == ["bikes"]
    assert "not registered with Lake Formation" in finished.output["message"]


def test_the_largest_input_that_step_functions_takes_is_read_too(mesh: Mesh) -> None:
    account = mesh.new_account()
    document = {"source": {"database": "transport", "table": "yellow_tripdata"}, "target": {"account_id": account}}
    arn = mesh.start_with({**document, "padding": "x" * 261_000})
    assert mesh.finish(arn).output["status"] == "SHARED"
