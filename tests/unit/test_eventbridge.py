"""Events: their schema, and that they carry nobody's address, comment, reason or secret."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handlers.aws.clients import client
from handlers.aws.eventbridge import EventBridge
from handlers.sharing.model.errors import AccessRefused, TryAgain
from handlers.sharing.model.record import Granted, Requester, RequestRecord, Status
from handlers.sharing.model.request import Source
from tests.unit.register_items import CLASSIFICATION, DECISION
from tests.unit.stubs import OUTAGES, error, stubbed

RECORD = RequestRecord(
    id="r1",
    status=Status.SHARED,
    received_at="2026-11-24T09:00:00.000Z",
    source=Source("sales", "*"),
    consumer="999999999999",
    requester=Requester("a-sub", "anna@consumer.example"),
    purpose="A churn model",
    message="Database sales is shared.",
    execution_arn="arn:r1",
    started_at="2026-11-24T09:00:00.000Z",
    closed_at="2026-11-24T10:00:00.000Z",
    expires_at="2026-12-01T09:00:00.000Z",
    round=1,
    classification=CLASSIFICATION,
    decision=DECISION,
    granted=Granted(2, ("a_view", "people"), database=True, wildcard=True),
)
BARE = RequestRecord("r1", Status.FAILED, "2026-11-24T09:00:00.000Z", reason="Fault", closed_at="x")
Put = Callable[[EventBridge], None]
ENDS = {
    Status.SHARED: "RequestShared",
    Status.DENIED: "RequestDenied",
    Status.EXPIRED: "RequestExpired",
    Status.REFUSED: "RequestRefused",
    Status.FAILED: "RequestFailed",
}
ALL: dict[str, Put] = {
    "RequestReceived": lambda port: port.received(replace(RECORD, status=Status.RECEIVED)),
    "ApprovalRequested": lambda port: port.approval_requested(replace(RECORD, status=Status.WAITING), 2),
    "ApproverGuessing": lambda port: port.guessing(RECORD, 10),
    **{name: lambda port, s=status: port.closed(replace(RECORD, status=s)) for status, name in ENDS.items()},
}


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = []

    def put_events(*, Entries: list[dict[str, Any]]) -> dict[str, Any]:  # noqa: N803 - boto3's name
        entries.extend(Entries)
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}

    monkeypatch.setattr(client("events"), "put_events", put_events)
    return entries


def detail(put: list[dict[str, Any]]) -> dict[str, Any]:
    return json.loads(put[-1]["Detail"])


@pytest.mark.parametrize("name", ALL)
def test_every_event(put: list[dict[str, Any]], name: str) -> None:
    ALL[name](EventBridge())
    (entry,) = put
    assert (entry["Source"], entry["DetailType"], set(entry)) == ("lakeshare", name, {"Source", "DetailType", "Detail"})
    found = detail(put)
    common = {"version": "1", "request_id": "r1", "received_at": RECORD.received_at, "owner_account": "111111111111"}
    assert {key: found[key] for key in common} == common
    assert found["source"] == {"database": "sales", "table": "*"}
    assert found["target"] == {"account_id": "999999999999"}
    for private in ("@", "anna", "jane", "churn", "192.0.2.1", "a browser", "a-sub", DECISION.id, "f" * 64, "Sales"):
        assert private not in entry["Detail"]


@pytest.mark.parametrize("name", ALL)
def test_every_event_and_field_is_documented(put: list[dict[str, Any]], name: str) -> None:
    text = (Path(__file__).parents[2] / "docs" / "events.md").read_text()
    ALL[name](EventBridge())
    (row,) = re.findall(rf"^\| `{name}` \|.*$", text, re.M)
    common = set(re.findall(r"^\| `(\w+)` \| (?:string|object|boolean)", text, re.M))
    named = set(re.findall(r"`(\w+)`", row)) | (
        {"reason", "message", "closed_at"} if "as `RequestRefused`" in row else set()
    )
    assert set(detail(put)) - common <= named | {"tables_granted", "wildcard", "reason", "message"}


def test_what_is_not_known_is_absent(put: list[dict[str, Any]]) -> None:
    EventBridge().closed(BARE)
    assert set(detail(put)) == {"version", "request_id", "status", "received_at", "reason", "message", "closed_at"}
    EventBridge().approval_requested(RECORD, None)
    assert "approvers" not in detail(put)


def test_a_bus_that_does_not_take_it() -> None:
    with stubbed("events") as stub:
        failed = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure", "ErrorMessage": "x"}]}
        stub.add_response("put_events", failed)
        with pytest.raises(TryAgain, match="InternalFailure"):
            EventBridge().received(RECORD)
        for code, status in OUTAGES:
            error(stub, "put_events", code, status=status)
            with pytest.raises(TryAgain):
                EventBridge().received(RECORD)
        error(stub, "put_events", "AccessDeniedException", "no")
        with pytest.raises(AccessRefused):
            EventBridge().received(RECORD)
