"""What would become of a request that renews, for whoever asked for the share, and for nobody else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.sharing.model.record import Ending, Requester, Status
from handlers.sharing.model.share import Share, ShareStatus
from tests.fakes.world import CONSUMER, World, input_of
from tests.unit.requests_api.test_preview import ALEX, asked, pace

__all__ = ["asked", "pace"]

LATER = "2029-01-01"


@pytest.fixture(params=["orders", "people"])
def share(request: pytest.FixtureRequest, world: World) -> Share:
    """Of data without and with personal data; it came of a request of Alex's, and ends."""
    world.classify(document=input_of("sales", request.param))
    approval = world.decided(world.request_approval()).id if request.param == "people" else None
    world.grant(decision_id=approval)
    world.close(Ending(Status.SHARED, None, "shared"))
    share = replace(
        world.ledger.shares["r1:1"],
        requester=Requester(ALEX.sub, "alex@consumer.example"),
        until="2028-01-02T00:00:00.000Z",
    )
    world.ledger.shares[share.id] = share
    return share


def renewing(share: Share, **more: Any) -> dict[str, Any]:
    return {**input_of("sales", share.source.table), "until": LATER, "renews": share.id, **more}


def test_its_requester_sees_what_would_become_of_it(asked: Any, share: Share) -> None:
    body = asked(renewing(share)).body
    if share.source.table == "orders":
        assert body["outcome"] == "grant"
        assert body["message"].startswith("This is renewed at once. Nothing in it is personal data")
    else:
        assert (body["outcome"], [each["rule"] for each in body["grounds"]]) == ("needs_approval", ["ColumnFlagged"])
    assert body["term"]["until"] == LATER
    assert asked(renewing(share, until="2028-01-01")).body["outcome"] == "shared", "it lasts that long already"


def test_what_has_changed_since_asks_its_owner(asked: Any, world: World, share: Share) -> None:
    world.ledger.shares[share.id] = replace(share, fingerprint="0" * 64)
    body = asked(renewing(share)).body
    assert (body["outcome"], body["grounds"][0]["rule"]) == ("needs_approval", "ChangedSinceShared")


@pytest.mark.parametrize("status", [ShareStatus.REVOKING, ShareStatus.REVOKED])
def test_what_has_ended_is_told_to_its_requester(asked: Any, world: World, share: Share, status: ShareStatus) -> None:
    world.ledger.shares[share.id] = replace(share, status=status, live=status is ShareStatus.REVOKING)
    answer = asked(renewing(share))
    assert (answer.status, answer.body["outcome"], answer.body["reason"]) == (200, "refused", "NotRenewable")


@pytest.mark.parametrize(
    "requester", [None, Requester("sub-ben", "ben@consumer.example")], ids=["nobody's", "somebody else's"]
)
def test_of_somebody_elses_nothing_is_told(asked: Any, world: World, share: Share, requester: Requester | None) -> None:
    world.ledger.shares[share.id] = replace(share, requester=requester)
    world.catalogue.calls.clear()
    other = input_of("sales", share.source.table, "888888888888")
    answers = [asked(renewing(share)), asked(renewing(share, renews="r9:1")), asked({**other, "renews": share.id})]
    assert {(answer.status, answer.reason, answer.body["detail"]) for answer in answers} == {
        (404, "UnknownShare", "There is no such share, or it is somebody else's.")
    }
    assert world.catalogue.calls == []
    assert CONSUMER not in str([answer.body for answer in answers])
