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
