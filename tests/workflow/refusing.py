"""What every refusal has in common."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from handlers.aws.dynamodb.items import read_record
from handlers.sharing.model import remains
from tests.workflow.driver import Finished, Mesh, request_id


def refused(mesh: Mesh, start: Callable[[], str], reason: str) -> tuple[dict[str, Any], Finished]:
    """Holds a request to being refused for a reason, and to having left no trace but in the register."""
    before = mesh.all_grants()
    with mesh.recorded() as actions:
        arn = start()
        finished = mesh.finish(arn)
        assert actions("AssumeRole") == []
        assert actions("GrantPermissions") == []
    assert set(finished.output) == {"status", "request_id", "reason", "message"}
    assert finished.output["request_id"] == request_id(arn)
    item = was_refused(mesh, finished, reason)
    # Of what other tests have left Sweep may take something back meanwhile.
    assert all(grants.items() <= before.get(account, {}).items() for account, grants in mesh.all_grants().items())
    assert mesh.mails(about=arn) == []
    assert mesh.event_types(arn) == ["RequestReceived", "RequestRefused"]
    assert mesh.events(arn)[-1]["detail"]["reason"] == reason
    return item, finished


def told(item: dict[str, Any]) -> str:
    """What an ended request's output says by its item: the message, and what stays granted."""
    return remains.told(read_record(item))


def was_refused(mesh: Mesh, finished: Finished, reason: str) -> dict[str, Any]:
    """Holds an output and the register to telling the same refusal; gives the register's item."""
    assert finished.status == "SUCCEEDED", finished
    assert finished.end == ("REFUSED", reason), finished.output["message"]
    assert finished.output["message"]
    item = mesh.register_item(finished.output["request_id"])
    assert (item["status"], item["reason"], told(item)) == ("REFUSED", reason, finished.output["message"])
    assert mesh.event_types(item["pk"])[-1] == "RequestRefused"
    return item
