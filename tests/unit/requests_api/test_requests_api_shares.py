"""What came of a request goes on: its requester sees the share, and gives it back."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from handlers.aws.clients import client
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.aws.stepfunctions import RevokeRuns
from handlers.sharing.model import share_steps as steps
from handlers.sharing.model.classification import Scope
from handlers.sharing.model.errors import TryAgain
from handlers.sharing.model.hold import holds_on
from handlers.sharing.model.parties import Owner
from handlers.sharing.model.record import Announcement
from handlers.sharing.model.request import Source
from handlers.sharing.model.runs import run_name
from handlers.sharing.model.share import EndReason, Share, ShareStatus, share_id
from handlers.sharing.model.term import NO_END
from handlers.sharing.model.transition import classified
from tests.fakes.table import LEDGER, TABLE
from tests.unit.pages_samples import CLASSIFICATION
from tests.unit.requests_api.calls import Caller
from tests.unit.requests_api.test_requests_api_making import received
from tests.unit.requests_api.world import AUDITORS, Api, breaking

CONSUMER = "999999999999"
AT = "2026-11-24T09:00:00.000Z"
UNTIL = "2027-02-22T00:00:00.000Z"
BUSY = "2026-11-24T09:16:00.000Z"
NONE = {
    "until": None,
    "approver": None,
    "warned": None,
    "renewed_by": None,
    "ended_at": None,
    "reason": None,
    "ended_by": None,
    "note": None,
}


def ask(api: Api, caller: Caller) -> str:
    """A request that has been classified."""
    made = api.create(caller).body["id"]
    received(made)
    DynamoRegister(TABLE).apply(made, classified(1, CLASSIFICATION, NO_END, AT))
    return made


def grant(request_id: str, *, done: bool = True) -> Share:
    """Its share is written down, and granted unless told otherwise."""
    share = Share(
        share_id(request_id, 1),
        CONSUMER,
        ShareStatus.GRANTING,
        Source("sales", "orders"),
        Scope.TABLE,
        Owner("111111111111", "Sales"),
        "f" * 64,
        AT,
        tables=1,
        until=UNTIL,
        approver="jane@owner.example",
        requester=DynamoRegister(TABLE).load(request_id).requester,
    )
    ledger = DynamoLedger(LEDGER)
    assert ledger.apply_unless_held(
        share, steps.granting(share, BUSY, None), holds_on(share.source, CONSUMER, share.owner), AT
    )
    if done:
        ledger.apply(CONSUMER, share.id, steps.active(share, AT))
    return share


def end(share: Share, reason: EndReason) -> None:
    """Somebody else ends it, and nothing of it is left."""
    ledger = DynamoLedger(LEDGER)
    ledger.apply(CONSUMER, share.id, steps.ending(reason, AT))
    ledger.apply(CONSUMER, share.id, steps.revoked(AT, "Nothing stays.", Announcement("ShareEnded")))


def test_a_request_shows_what_came_of_it(api: Api, alex: Caller) -> None:
    made = ask(api, alex)
    assert api.get(alex, made).body["share"] is None
    share = grant(made)
    shown = {
        **NONE,
        "id": f"{made}:1",
        "status": "ACTIVE",
        "since": AT,
        "until": UNTIL,
        "approver": "jane@owner.example",
        "history": [{"at": AT, "event": "Granting"}, {"at": AT, "event": "Active", "detail": f"Until {UNTIL}."}],
    }
    assert api.get(alex, made).body["share"] == shown
    assert api.create(alex).body["share"] == shown, "also where it is found by its token"
    auditor = api.user("kim", groups=f"[{AUDITORS}]")
    assert (api.get(auditor, made).body["share"], api.get(auditor, made).body["mine"]) == (shown, False)
    end(share, EndReason.REVOKED)
    ended = api.get(alex, made).body["share"]
    assert (ended["status"], ended["reason"], ended["ended_at"]) == ("REVOKED", "Revoked", AT)
    assert [entry["event"] for entry in ended["history"]] == ["Granting", "Active", "Revoked", "Ended"]


def test_its_requester_gives_it_back(api: Api, alex: Caller) -> None:
    share = grant(ask(api, alex))
    given = api.give_back(alex, share.id, {"reason": " The model\r\nis trained. "})
    assert given.status == 200
    wanted = {"status": "REVOKING", "reason": "GivenBack", "ended_by": "alex@consumer.example"}
    assert {name: given.body[name] for name in wanted} == wanted
    assert given.body["note"] == "The model\nis trained."
    assert given.body["history"][-1] == {
        "at": given.body["ended_at"],
        "event": "GivenBack",
        "by": "alex@consumer.example",
        "detail": "The model\nis trained.",
    }
    name = run_name("given-back", share.id)
    assert api.revokes() == {name: {"share": share.id, "reason": "The account gave it back."}}
    again = api.give_back(alex, share.id, {"reason": "Another one."})
    assert (again.status, again.body) == (200, given.body), "twice is once"
    assert list(api.revokes()) == [name]


def test_a_call_that_broke_before_the_start_is_made_good(
    api: Api, alex: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = grant(ask(api, alex))
    with monkeypatch.context() as broken:
        breaking(broken, RevokeRuns, "start", TryAgain("Step Functions was busy."))
        answer = api.give_back(alex, share.id)
        assert (answer.status, answer.reason, api.revokes()) == (503, "TryAgain", {})
    assert api.give_back(alex, share.id).body["status"] == "REVOKING"
    assert len(api.revokes()) == 1


def test_what_has_ended_stays_as_it_is(api: Api, alex: Caller) -> None:
    share = grant(ask(api, alex))
    end(share, EndReason.EXPIRED)
    answer = api.give_back(alex, share.id)
    assert (answer.status, answer.body["status"], answer.body["reason"]) == (200, "REVOKED", "Expired")
    assert api.revokes() == {}


def test_what_is_being_granted_is_not_given_back_yet(api: Api, alex: Caller) -> None:
    share = grant(ask(api, alex), done=False)
    answer = api.give_back(alex, share.id)
    assert (answer.status, answer.reason, answer.headers["retry-after"]) == (409, "ShareNotActive", "60")
    assert (api.get(alex, share.request_id).body["share"]["status"], api.revokes()) == ("GRANTING", {})


@pytest.mark.parametrize("groups", [None, f"[{AUDITORS}]"])
def test_somebody_elses_share_is_none(api: Api, alex: Caller, groups: str | None) -> None:
    share = grant(ask(api, alex))
    kim = api.user("kim", groups=groups)
    answers = [api.give_back(kim, name) for name in (share.id, f"{share.request_id}:2", "x:1")]
    assert {(answer.status, answer.reason) for answer in answers} == {(404, "UnknownShare")}
    assert len({answer.body["detail"] for answer in answers}) == 1, "the answer does not tell which"
    assert (api.get(alex, share.request_id).body["share"]["status"], api.revokes()) == ("ACTIVE", {})


def test_a_share_that_nobody_signed_in_asked_for_is_nobodys(api: Api, alex: Caller) -> None:
    received("direct")
    grant("direct")
    assert api.give_back(alex, "direct:1").reason == "UnknownShare"


@pytest.mark.parametrize("name", ["{id}", "{id}:", "{id}:2", "{id}:x", ":1", ":", "x" * 90 + ":1", "{id}:1#", "a#b:1"])
def test_what_is_no_share_is_none(api: Api, alex: Caller, name: str) -> None:
    share = grant(ask(api, alex))
    answer = api.give_back(alex, name.format(id=share.request_id))
    assert (answer.status, answer.reason) == (404, "UnknownShare")
    assert api.get(alex, share.request_id).body["share"]["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("body", "reason", "field"),
    [
        ([], "InvalidInput", ""),
        ({}, "InvalidInput", "reason"),
        ({"reason": None}, "InvalidInput", "reason"),
        ({"reason": " \n"}, "InvalidInput", "reason"),
        ({"reason": 7}, "InvalidInput", "reason"),
        ({"reason": "x" * 1001}, "InvalidInput", "reason"),
        ({"reason": "a\x00"}, "InvalidInput", "reason"),
        ({"reason": "x", "hold": True}, "UnknownField", "hold"),
        ({"reason": "x", "share": "other:1"}, "UnknownField", "share"),
    ],
)
def test_what_is_wrong_is_refused_by_name(api: Api, alex: Caller, body: Any, reason: str, field: str) -> None:
    share = grant(ask(api, alex))
    answer = api.give_back(alex, share.id, body)
    assert (answer.status, answer.reason, answer.body["errors"][0]["field"]) == (422, reason, field)
    assert (api.get(alex, share.request_id).body["share"]["status"], api.revokes()) == ("ACTIVE", {})


def test_who_is_disabled_gives_nothing_back(api: Api, alex: Caller) -> None:
    share = grant(ask(api, alex))
    client("cognito-idp").admin_disable_user(UserPoolId=api.pool, Username="alex")
    assert (api.give_back(alex, share.id).status, api.revokes()) == (401, {})
    assert api.give_back(replace(alex, more={"token_use": "id"}), share.id).status == 401
