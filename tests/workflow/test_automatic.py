"""Data without personal data is shared at once, and nobody is asked."""

from __future__ import annotations

from localmesh.reading import readable
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
    account = mesh.new_account()
    request, finished = mesh.ask("elsewhere", "bikes", account)
    assert finished.output["status"] == "SHARED"
    assert mesh.register_item(request)["classification"]["unregistered"] == ["bikes"]
    assert readable(mesh.lake(), account)["elsewhere.bikes"].if_iam, "the warning is true"
    assert "not registered with Lake Formation" in finished.output["message"]


def test_data_in_hybrid_access_mode_are_shared_with_a_warning(mesh: Mesh) -> None:
    role = "arn:aws:iam::123456789012:role/aws-service-role/lakeformation.amazonaws.com/lake"
    registered = {"RoleArn": role, "HybridAccessEnabled": True}
    mesh.client("lakeformation").register_resource(ResourceArn="arn:aws:s3:::mixed-lake", **registered)
    mesh.catalogue.add_database("hybrid", owner=REVIEWS)
    mesh.catalogue.add_table("hybrid", "trams")
    mesh.catalogue.move_table("hybrid", "trams", "s3://mixed-lake/trams/")
    request, finished = mesh.ask("hybrid", "trams", mesh.new_account())
    assert finished.output["status"] == "SHARED"
    assert mesh.register_item(request)["classification"]["hybrid_total"] == 1
    assert "hybrid access mode" in finished.output["message"]


def test_the_largest_input_that_step_functions_takes_is_read_too(mesh: Mesh) -> None:
    account = mesh.new_account()
    document = {"source": {"database": "transport", "table": "yellow_tripdata"}, "target": {"account_id": account}}
    # One of the fields that nobody reads.
    arn = mesh.start_with({**document, "reason": "x" * 261_000})
    assert mesh.finish(arn).output["status"] == "SHARED"
