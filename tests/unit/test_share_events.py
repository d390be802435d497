"""Events of shares and holds: their schema, and that they carry nobody's address, note or purpose."""

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from handlers.aws.clients import client
from handlers.aws.eventbridge import EventBridge
from handlers.sharing.model import share_events
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.part import Part
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import Announcement, Requester
from handlers.sharing.model.request import Source
from handlers.sharing.model.share import EndReason, Share, ShareStatus
from handlers.sharing.model.share_events import HoldEvent, share_ended, share_ends, share_renewed

DOCUMENT = (Path(__file__).parents[2] / "docs" / "events.md").read_text(encoding="utf-8")


@pytest.fixture
def put(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, Any]]]:
    """What was put: the type and the detail of each event."""
    found: list[tuple[str, dict[str, Any]]] = []

    def put_events(**arguments: Any) -> dict[str, Any]:
        (entry,) = arguments["Entries"]
        found.append((entry["DetailType"], json.loads(entry["Detail"])))
        return {"FailedEntryCount": 0}

    monkeypatch.setattr(client("events"), "put_events", put_events)
    return found


def documented(kind: str, detail: dict[str, Any]) -> None:
    for name in (kind, *detail):
        assert f"`{name}`" in DOCUMENT, name


SHARE = Share(
    "r1:1",
    "999999999999",
    ShareStatus.REVOKED,
    Source("sales", "*"),
    Scope.WILDCARD,
    Owner("111111111111", "Sales"),
    "f" * 64,
    "2026-11-24T09:00:00.000Z",
    requester=Requester("a-sub", "anna@consumer.example"),
    purpose="A churn model",
    approver="jane@owner.example",
    until="2027-02-22T00:00:00.000Z",
    reason=EndReason.EXPIRED,
    ended_at="2027-02-22T00:05:00.000Z",
    note="what somebody typed",
)
COMMON = {
    "version": "1",
    "share_id": "r1:1",
    "request_id": "r1",
    "source": {"database": "sales", "table": "*"},
    "target": {"account_id": "999999999999"},
    "owner_account": "111111111111",
    "since": "2026-11-24T09:00:00.000Z",
    "until": "2027-02-22T00:00:00.000Z",
}


@pytest.mark.parametrize(
    ("announcement", "facts"),
    [
        (share_ends(14, "2027-02-22T00:00:00.000Z"), {"days": 14}),
        (
            share_renewed("2027-05-22T00:00:00.000Z", "r2"),
            {"until": "2027-05-22T00:00:00.000Z", "renewed_by": "r2"},
        ),
        (
            share_ended(SHARE, 2, 1),
            {"reason": "Expired", "ended_at": SHARE.ended_at, "grants_revoked": 2, "still_readable": 1},
        ),
    ],
    ids=lambda value: value.type if isinstance(value, Announcement) else "",
)
def test_events_of_shares(
    put: list[tuple[str, dict[str, Any]]], announcement: Announcement, facts: dict[str, object]
) -> None:
    EventBridge().announce_share(announcement, SHARE)
    ((kind, detail),) = put
    assert re.fullmatch(r"[0-9a-f]{32}", detail.pop("event_id"))
    assert (kind, detail) == (announcement.type, {**COMMON, **facts})
    documented(kind, detail)


def test_a_renewal_names_its_request() -> None:
    assert share_renewed(None, "r2") == Announcement("ShareRenewed", {"until": None, "renewed_by": "r2"})


def test_ids_of_events_are_the_same_in_every_release() -> None:
    run = share_events.event_id_of_hold("HoldPut", Hold("database", "sales", "people"), "run")
    assert run == "afb5759eedfe0ffe70baf3e2c0e511dc"
    assert share_events.event_id_of_hold("HoldPut", Hold("database", "sales", "people"), "another") != run
    assert share_events.event_id_of_hold("HoldPut", Hold("database", "\ud800"), "run") != run
    assert (
        share_events.event_id(share_ends(14, "2027-02-22T00:00:00.000Z"), SHARE) == "065377255f4d5a591d28c0dc0713814b"
    )


@pytest.mark.parametrize(
    ("part", "said"),
    [
        (Part(safe=True), {"scope": "safe"}),
        (Part(columns=("id",), filter="eu"), {"columns": ["id"], "filter": "eu"}),
    ],
)
def test_events_of_shares_of_parts(put: list[tuple[str, dict[str, Any]]], part: Part, said: dict[str, object]) -> None:
    share = replace(SHARE, source=Source("sales", "people"), scope=Scope.FILTERED, part=part, columns=("id",))
    EventBridge().announce_share(share_ended(share, 1, 0), share)
    ((kind, detail),) = put
    assert (detail["part"], detail["source"]) == (said, {"database": "sales", "table": "people"})
    documented(kind, detail)


def test_ids_of_events_of_shares_are_those_of_what_is_told() -> None:
    ends = [
        share_ends(days, until) for days in (14, 3) for until in ("2027-02-22T00:00:00.000Z", "2027-03-01T00:00:00Z")
    ]
    ids = {share_events.event_id(each, SHARE) for each in ends}
    assert len(ids | {share_events.event_id(each, replace(SHARE, status=ShareStatus.ACTIVE)) for each in ends}) == 4
    ended = [share_events.event_id(share_ended(SHARE, number, 0), SHARE) for number in (1, 2)]
    assert ended[0] == ended[1] not in ids, "a share ends once, however much a second run found to be taken back"


@pytest.mark.parametrize(
    ("hold", "facts"),
    [
        (Hold("consumer", "999999999999"), {"on": "consumer", "account_id": "999999999999"}),
        (Hold("database", "sales", "people"), {"on": "database", "source": {"database": "sales", "table": "people"}}),
    ],
)
def test_events_of_holds(put: list[tuple[str, dict[str, Any]]], hold: Hold, facts: dict[str, object]) -> None:
    ids: set[str] = set()
    events: tuple[HoldEvent, ...] = ("HoldPut", "HoldLifted")
    for event in events:
        EventBridge().announce_hold(event, hold, "run")
        kind, detail = put[-1]
        ids.add(detail.pop("event_id"))
        assert (kind, detail) == (event, {"version": "1", **facts})
        documented(kind, detail)
    assert len(ids) == 2
