"""A request that renews a share: for whoever asked for that one, and the workflow hears of it."""

from __future__ import annotations

from typing import Any

import pytest

from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.stepfunctions import StepFunctions
from handlers.sharing.model.errors import TryAgain
from handlers.sharing.model.record import Announcement, Ending, Status
from handlers.sharing.model.share import EndReason, Share
from handlers.sharing.model.share_steps import renewed
from tests.fakes.steps import Steps
from tests.fakes.table import LEDGER, all_items, item, requests
from tests.unit.requests_api.calls import Answered, Caller
from tests.unit.requests_api.test_requests_api_shares import AT, CONSUMER, UNTIL, ask, end, grant
from tests.unit.requests_api.world import AUDITORS, Api, breaking, wish

LATER = "2027-05-01T00:00:00.000Z"
MORE = {"token": "token-0002", "days": 90}


@pytest.fixture
def share(api: Api, alex: Caller) -> Share:
    """A share that came of a request of alex's, which has ended."""
    share = grant(ask(api, alex))
    Steps.on_dynamodb().close(share.request_id, None, Ending(Status.SHARED, None, "Shared."))
    return share


def renew(api: Api, caller: Caller, share_id: str, **more: Any) -> Answered:
    return api.create(caller, wish(**{**MORE, "renews": share_id, **more}))


def test_it_is_written_down_and_starts_with_the_share(api: Api, alex: Caller, share: Share) -> None:
    answer = renew(api, alex, share.id)
    assert (answer.status, answer.body["renews"]) == (201, {"id": share.id, "status": "ACTIVE", "until": UNTIL})
    made = answer.body["id"]
    assert item(made)["renews"] == share.id
    assert api.started()[made] == {
        "source": {"database": "sales", "table": "orders"},
        "target": {"account_id": CONSUMER},
        "days": 90,
        "renews": share.id,
    }
    assert api.get(alex, share.request_id).body["renews"] is None


def test_both_show_the_share_as_it_goes_on(api: Api, alex: Caller, share: Share) -> None:
    made = renew(api, alex, share.id).body["id"]
    there = DynamoLedger(LEDGER).find(CONSUMER, share.id)
    assert there is not None
    DynamoLedger(LEDGER).apply(CONSUMER, share.id, renewed(there, LATER, made, AT, Announcement("ShareRenewed")))
    assert api.get(alex, made).body["renews"] == {"id": share.id, "status": "ACTIVE", "until": LATER}
    first = api.get(alex, share.request_id).body["share"]
    assert (first["until"], first["renewed_by"], first["history"][-1]) == (
        LATER,
        made,
        {"at": AT, "event": "Renewed", "detail": f"Until {LATER}."},
    )
    end(share, EndReason.EXPIRED)
    assert api.get(alex, made).body["renews"]["status"] == "REVOKED"
    auditor = api.user("kim", groups=f"[{AUDITORS}]")
    assert api.get(auditor, made).body["renews"]["id"] == share.id


@pytest.mark.parametrize("groups", [None, f"[{AUDITORS}]"])
def test_nobody_renews_somebody_elses(api: Api, share: Share, groups: str | None) -> None:
    kim = api.user("kim", groups=groups)
    before = all_items()
    answers = [renew(api, kim, name) for name in (share.id, f"{share.request_id}:2", "x:1")]
    assert {(answer.status, answer.reason, answer.body["detail"]) for answer in answers} == {
        (404, "UnknownShare", "There is no such share, or it is somebody else's.")
    }
    assert all_items() == before
    assert list(api.started()) == [share.request_id]


def test_what_it_renews_is_part_of_what_a_token_stands_for(api: Api, alex: Caller, share: Share) -> None:
    first = renew(api, alex, share.id)
    assert (renew(api, alex, share.id).status, renew(api, alex, share.id).body) == (200, first.body)
    for other in (None, f"{share.request_id}:2"):
        answer = api.create(alex, wish(**{**MORE, "renews": other}))
        assert (answer.status, answer.reason) == (409, "TokenReused")
    assert len(requests()) == 2


def test_what_was_written_down_is_what_starts(
    api: Api, alex: Caller, share: Share, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        breaking(broken, StepFunctions, "start", TryAgain("Step Functions was busy."))
        assert renew(api, alex, share.id).status == 503
    # The same data for the same account, in a form that is no renewal: it finds the one that is.
    made = api.create(alex, wish(token="token-0003")).body
    assert (made["renews"]["id"], api.started()[made["id"]]["renews"]) == (share.id, share.id)
