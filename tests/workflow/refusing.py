"""What every refusal has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.workflow.driver import Finished, Mesh, request_id


def refused(mesh: Mesh, start: Callable[[], str], reason: str) -> tuple[dict[str, Any], Finished]:
    """Holds a request to being refused for a reason, and to having left no trace but in the register."""
    before = mesh.all_grants()
    with mesh.recorded() as actions:
        arn = start()
        finished = mesh.finish(arn)
        assert actions("AssumeRole") == []
        assert actions("GrantPermissions") == []
    assert finished.status == "SUCCEEDED", finished
    assert set(finished.output) == {"status", "request_id", "reason", "message"}
    assert (finished.output["status"], finished.output["reason"]) == ("REFUSED", reason), finished.output["message"]
    assert finished.output["request_id"] == request_id(arn)
    assert finished.output["message"]
    item = mesh.register_item(arn)
    assert (item["status"], item["reason"], item["message"]) == ("REFUSED", reason, finished.output["message"])
    assert mesh.all_grants() == before
    assert mesh.mails(about=arn) == []
    assert mesh.event_types(arn) == ["RequestReceived", "RequestRefused"]
    assert mesh.events(arn)[-1]["detail"]["reason"] == reason
    return item, finished
