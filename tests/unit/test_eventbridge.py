"""Events: their schema, and that they carry nobody's address, comment, reason or secret."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handlers.aws.clients import client
from handlers.aws.eventbridge import EventBridge
from handlers.sharing.model.announcement import (
    approval_requested,
    approver_guessing,
    event_id,
    request_ended,
    request_received,
)
from handlers.sharing.model.errors import AccessRefused, TryAgain
from handlers.sharing.model.part import MOST_COLUMNS, WHOLE, Part
from handlers.sharing.model.record import Announcement, Granted, Requester, RequestRecord, Status
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
EXPIRES = "2026-12-01T09:00:00.000Z"
ENDS = {
    "RequestShared": Status.SHARED,
    "RequestDenied": Status.DENIED,
    "RequestExpired": Status.EXPIRED,
    "RequestRefused": Status.REFUSED,
    "RequestFailed": Status.FAILED,
}
ENDED = {name: replace(RECORD, status=status) for name, status in ENDS.items()}
ALL: dict[str, tuple[Announcement, RequestRecord]] = {
    "RequestReceived": (request_received(), replace(RECORD, status=Status.RECEIVED)),
    "ApprovalRequested": (approval_requested(2, EXPIRES), replace(RECORD, status=Status.WAITING)),
    "ApproverGuessing": (approver_guessing(10), RECORD),
    **{name: (request_ended(record), record) for name, record in ENDED.items()},
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
    EventBridge().announce(*ALL[name])
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
    EventBridge().announce(*ALL[name])
    (row,) = re.findall(rf"^\| `{name}` \|.*$", text, re.M)
    for other in re.findall(r"as `(\w+)`", row):
        row += "".join(re.findall(rf"^\| `{other}` \|.*$", text, re.M))
    common = set(re.findall(r"^\| `(\w+)` \| (?:string|object|boolean)", text, re.M))
    assert set(detail(put)) - common <= set(re.findall(r"`(\w+)`", row)) | {"reason"}


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (Part(safe=True), {"scope": "safe"}),
        (Part(columns=("email", "id")), {"columns": ["email", "id"]}),
        (Part(safe=True, filter="eu"), {"scope": "safe", "filter": "eu"}),
        (WHOLE, None),
    ],
)
@pytest.mark.parametrize("name", ALL)
def test_which_part_an_event_is_about(put: list[dict[str, Any]], name: str, part: Part, said: object) -> None:
    announcement, record = ALL[name]
    EventBridge().announce(announcement, replace(record, source=Source("sales", "people"), part=part))
    assert detail(put).get("part") == said


def test_the_largest_part_fits(put: list[dict[str, Any]]) -> None:
    """EventBridge takes 256 KB."""
    columns = tuple(f"{at:04}{'n' * 36}" for at in range(MOST_COLUMNS))
    EventBridge().announce(request_received(), replace(RECORD, part=Part(columns=columns)))
    assert 80_000 < len(put[-1]["Detail"].encode()) < 200_000


def test_an_end_says_how_and_how_much(put: list[dict[str, Any]]) -> None:
    EventBridge().announce(*ALL["RequestShared"])
    assert detail(put) == {
        "version": "1",
        "event_id": event_id(*ALL["RequestShared"]),
        "request_id": "r1",
        "status": "SHARED",
        "source": {"database": "sales", "table": "*"},
        "target": {"account_id": "999999999999"},
        "owner_account": "111111111111",
        "needs_approval": True,
        "received_at": RECORD.received_at,
        "message": "Database sales is shared.",
        "closed_at": RECORD.closed_at,
        "tables_granted": 2,
        "database_granted": True,
        "wildcard": True,
    }


def test_what_is_not_known_is_absent(put: list[dict[str, Any]]) -> None:
    EventBridge().announce(request_ended(BARE), BARE)
    assert set(detail(put)) == {
        *("version", "event_id", "request_id", "status", "received_at", "reason", "message", "closed_at")
    }
    EventBridge().announce(approval_requested(None, EXPIRES), RECORD)
    assert "approvers" not in detail(put)


def test_a_bus_that_does_not_take_it() -> None:
    with stubbed("events") as stub:
        failed = {"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure", "ErrorMessage": "x"}]}
        stub.add_response("put_events", failed)
        with pytest.raises(TryAgain, match="InternalFailure"):
            EventBridge().announce(request_received(), RECORD)
        for code, status in OUTAGES:
            error(stub, "put_events", code, status=status)
            with pytest.raises(TryAgain):
                EventBridge().announce(request_received(), RECORD)
        error(stub, "put_events", "ValidationException", "too long")
        with pytest.raises(TryAgain, match="ValidationException: too long"):
            EventBridge().announce(request_received(), RECORD)
        error(stub, "put_events", "AccessDeniedException", "no")
        with pytest.raises(AccessRefused):
            EventBridge().announce(request_received(), RECORD)
