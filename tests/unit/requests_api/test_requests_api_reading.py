"""Who sees which requests: one's own, or everybody's for auditors, and no way around that."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from handlers import requests_api
from handlers.api import lists
from handlers.aws import people
from handlers.aws.dynamodb.register import DynamoRegister
from handlers.sharing.model.keys import Approval, SentKey
from handlers.sharing.model.parties import Parties, Producer
from handlers.sharing.model.record import RequestRecord, Status
from handlers.sharing.model.term import NO_END
from handlers.sharing.model.transition import classified
from handlers.sharing.stores import Position, RequestList
from tests.fakes.people import MemoryApproverFinder
from tests.fakes.steps import Steps
from tests.fakes.table import TABLE, item, put_item
from tests.unit.pages_samples import CLASSIFICATION
from tests.unit.register_items import WAYS, written
from tests.unit.requests_api.calls import Caller
from tests.unit.requests_api.world import Api, wish

KEY = SentKey("k" * 64, 1, "f" * 64)


@pytest.fixture
def kim(api: Api) -> Caller:
    return api.user("kim")


@pytest.fixture
def auditor(api: Api) -> Caller:
    return api.user("audit", groups="[auditors]")


def ids(answer: object) -> list[str]:
    return [each["id"] for each in answer.body["requests"]]  # type: ignore[attr-defined]


# --- one request --------------------------------------------------------------------------------------------------


def test_its_requester_and_auditors_see_a_request(api: Api, alex: Caller, auditor: Caller) -> None:
    made = api.create(alex).body
    assert api.get(alex, made["id"]).body == made
    assert api.get(auditor, made["id"]).body == {**made, "mine": False}


def test_somebody_elses_request_looks_like_none(api: Api, alex: Caller, kim: Caller) -> None:
    made = api.create(alex).body
    theirs, unknown = api.get(kim, made["id"]), api.get(kim, "0" * 40)
    assert (theirs.status, theirs.reason) == (404, "UnknownRequest")
    assert (theirs.body, theirs.headers) == (unknown.body, unknown.headers)
    assert theirs.body["detail"] == "There is no such request, or it is somebody else's."


@pytest.mark.parametrize("name", ["x", "x" * 80])
def test_the_shortest_and_the_longest_names_of_executions_are_found(api: Api, auditor: Caller, name: str) -> None:
    Steps.on_dynamodb().receive(RequestRecord(name, Status.RECEIVED, "2026-11-24T09:00:01.000Z", started_at="x"))
    assert api.get(auditor, name).body["id"] == name


def test_a_request_that_was_started_directly_is_for_auditors(api: Api, alex: Caller, auditor: Caller) -> None:
    Steps.on_dynamodb().receive(RequestRecord("direct", Status.RECEIVED, "2026-11-24T09:00:01.000Z", started_at="x"))
    assert api.get(alex, "direct").status == 404
    shown = api.get(auditor, "direct").body
    assert (shown["requester"], shown["source"], shown["purpose"]) == (None, None, None)


def test_no_name_leads_to_the_registers_secrets(api: Api, alex: Caller, auditor: Caller) -> None:
    made = api.create(alex).body
    approval = Approval("task-token", "salt", ("a" * 64,), "2026-12-01T09:00:00.000Z")
    Steps.on_dynamodb().guard(made["id"], approval, KEY)
    for name in (f"approval#{made['id']}", "decision#d1", "", " ", "x" * 81, "a\nb", "\ud800"):
        for caller in (alex, auditor):
            answer = api.get(caller, name)
            assert (answer.status, answer.reason) == (404, "UnknownRequest")
    assert "task-token" not in str(api.get(auditor, made["id"]).body)


def test_every_way_of_a_request_is_shown_as_the_document_says(api: Api, auditor: Caller) -> None:
    items = [each for way in written(Steps.on_dynamodb()).values() for each in way if "#" not in each["pk"]]
    assert len(items) == len(WAYS)
    for each in items:
        shown = api.get(auditor, each["pk"]).body
        assert (shown["id"], shown["status"]) == (each["pk"], each["status"])
        secrets = [each["decision"][name] for name in ("ip", "user_agent", "id") if each.get("decision")]
        assert not any(f'"{secret}"' in json.dumps(shown) for secret in secrets)
        assert each["pk"] in ids(api.list(auditor, status=each["status"]))


# --- lists --------------------------------------------------------------------------------------------------------


def test_ones_own_requests_newest_first(api: Api, alex: Caller, kim: Caller) -> None:
    mine = make(api, alex, 5)
    make(api, kim, 2)
    answer = api.list(alex)
    assert ids(answer) == list(reversed(mine))
    assert answer.body["next"] is None
    assert ids(api.list(alex, view="mine")) == ids(answer)
    assert ids(api.list(api.user("new"))) == []


def make(api: Api, caller: Caller, count: int) -> list[str]:
    """Requests of a person, a moment apart from each other."""
    made = [
        api.create(
            caller,
            wish(f"{caller.username}-token-{number}", source={"database": "sales", "table": f"t{number}"}),
        ).body["id"]
        for number in range(count)
    ]
    for number, request_id in enumerate(made):
        received(request_id, f"2026-11-24T09:00:{number:02d}.000Z")
    return made


def received(request_id: str, at: str) -> None:

    put_item({**item(request_id), "received_at": at})


@pytest.mark.parametrize("limit", [1, 2, 4, 5, 100])
def test_pages_hold_everything_once(api: Api, alex: Caller, limit: int) -> None:
    mine = make(api, alex, 5)
    seen, query = [], {"limit": str(limit)}
    for _ in range(7):
        answer = api.list(alex, **query)
        assert len(ids(answer)) <= limit
        seen += ids(answer)
        if answer.body["next"] is None:
            break
        query["next"] = answer.body["next"]
    assert seen == list(reversed(mine))


@pytest.mark.parametrize(
    ("listing", "own"),
    [
        (RequestList("requester", "alex"), True),
        (RequestList("requester", "kim"), False),
        (RequestList("consumer", "alex"), False),
        (RequestList("status", "alex"), False),
    ],
)
def test_which_list_is_ones_own(listing: RequestList, *, own: bool) -> None:
    assert listing.is_of("alex") is own


@pytest.mark.parametrize("query", [{"account_id": "999999999999"}, {"status": "RECEIVED"}])
def test_lists_over_everybody_are_for_auditors(
    api: Api, alex: Caller, kim: Caller, auditor: Caller, query: dict[str, str]
) -> None:
    made = {*make(api, alex, 2), *make(api, kim, 1)}
    answer = api.list(alex, **query)
    assert (answer.status, answer.reason) == (403, "AuditorsOnly")
    assert answer.body["detail"] == (
        "Looking at everybody's requests and shares is for the auditors' group and the operators' group. The platform "
        "team knows who they are."
    )
    assert set(ids(api.list(auditor, **query))) == made


def test_what_was_asked_of_an_owner_is_for_their_approvers_and_auditors(
    api: Api, alex: Caller, kim: Caller, auditor: Caller, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = CLASSIFICATION.owner.account_id
    finder = MemoryApproverFinder({owner: {"kim@consumer.example"}})
    monkeypatch.setattr(people, "NotifyFunction", lambda _name: finder)
    monkeypatch.setattr(requests_api, "load_parties", lambda: Parties({owner: Producer(owner)}))
    (asked, _) = make(api, alex, 2)
    DynamoRegister(TABLE).apply(asked, classified(1, CLASSIFICATION, NO_END, "2026-11-24T09:00:00.000Z"))
    for caller in (kim, auditor):
        assert ids(api.list(caller, owner=owner)) == [asked]
    assert api.list(alex, owner=owner).reason == "AuditorsOnly"
    assert api.list(kim, owner="777777777777").reason == "AuditorsOnly"
    finder.approvers.clear()
    assert (api.list(kim, owner=owner).status, api.list(kim, owner="12").status) == (503, 422)


GROUPS = {
    "[auditors]": True,
    "[others auditors]": True,
    "[auditors others]": True,
    "auditors": True,
    "[]": False,
    "": False,
    "[others]": False,
    "[auditors2]": False,
    "[Auditors]": False,
    "[auditors,others]": False,
    "[[auditors]]": False,
}


@pytest.mark.parametrize("groups", GROUPS)
def test_who_is_an_auditor(api: Api, alex: Caller, groups: str) -> None:
    answer = api.list(replace(alex, groups=groups), status="RECEIVED")
    assert answer.status == (200 if GROUPS[groups] else 403)


@pytest.mark.parametrize("groups", ["[auditors]", "[]", "", None])
def test_without_a_group_nobody_is_an_auditor(
    api: Api, alex: Caller, monkeypatch: pytest.MonkeyPatch, groups: str | None
) -> None:
    monkeypatch.delenv("AUDITORS_GROUP")
    assert api.list(replace(alex, groups=groups), status="RECEIVED").status == 403


WRONG = [
    ({"view": "all"}, "view"),
    ({"view": ""}, "view"),
    ({"account_id": "1"}, "account_id"),
    ({"account_id": "999999999999,999999999999"}, "account_id"),
    ({"status": "OPEN"}, "status"),
    ({"status": "received"}, "status"),
    ({"limit": "0"}, "limit"),
    ({"limit": "101"}, "limit"),
    ({"limit": "-1"}, "limit"),
    ({"limit": "1.0"}, "limit"),
    ({"limit": "\u0661"}, "limit"),
    ({"limit": ""}, "limit"),
    ({"view": "mine", "status": "WAITING"}, "status"),
    ({"next": ""}, "next"),
    ({"next": "x"}, "next"),
    ({"next": "bnVsbA"}, "next"),
    ({"next": "W10"}, "next"),
    ({"next": "ü"}, "next"),
]


@pytest.mark.parametrize(("query", "field"), WRONG)
def test_a_query_that_is_wrong_is_named(api: Api, alex: Caller, query: dict[str, str], field: str) -> None:
    answer = api.list(alex, **query)
    assert answer.status == 422
    assert [error["field"] for error in answer.body["errors"]] == [field]


@pytest.mark.parametrize(
    "damage",
    [
        {"status": "PAUSED"},
        {"source": "sales.orders"},
        {"source": {"database": "sales"}},
        {"source": {"database": "sales", "table": 7}},
        {"message": ["no", "text"]},
        {"execution_arn": 7},
    ],
    ids=str,
)
def test_a_request_that_cannot_be_read_hides_no_other(api: Api, alex: Caller, damage: dict[str, object]) -> None:
    first, second, third = make(api, alex, 3)
    put_item({**item(second), **damage})
    rows = {row["id"]: row for page in pages(api, alex) for row in page}
    assert {name: rows[name]["status"] for name in rows} == {
        first: "RECEIVED",
        second: "UNREADABLE",
        third: "RECEIVED",
    }
    assert (rows[second]["reason"], rows[second]["source"]) == ("RegisterUnreadable", None)
    assert f"request {second} cannot be read" in rows[second]["message"]


def pages(api: Api, caller: Caller) -> Iterator[list[dict[str, Any]]]:
    """One's own list, a request a page."""
    place: dict[str, str] = {}
    while True:
        answer = api.list(caller, limit="1", **place)
        assert answer.status == 200
        yield answer.body["requests"]
        if answer.body["next"] is None:
            return
        place = {"next": answer.body["next"]}


# --- cursors ------------------------------------------------------------------------------------------------------


def test_a_cursor_of_another_list_is_refused(api: Api, alex: Caller, kim: Caller, auditor: Caller) -> None:
    make(api, alex, 2)
    make(api, kim, 2)
    theirs = api.list(kim, limit="1").body["next"]
    everybody = api.list(auditor, status="RECEIVED", limit="1").body["next"]
    for foreign in (theirs, everybody):
        answer = api.list(alex, next=foreign)
        assert (answer.status, answer.body["errors"][0]["field"]) == (422, "next")


def test_a_forged_cursor_leads_to_ones_own_requests_only(api: Api, alex: Caller, kim: Caller) -> None:
    mine, theirs = make(api, alex, 3), make(api, kim, 3)
    own = RequestList("requester", alex.sub)
    for at in ("2026-11-24T09:00:02.000Z", "2027-01-01T00:00:00.000Z", "2020-01-01T00:00:00.000Z", "Z"):
        for name in (*theirs, *mine, "nothing"):
            forged = lists.cursor(own, Position(at, name))
            assert forged is not None
            answer = api.list(alex, next=forged)
            assert answer.status == 200
            assert set(ids(answer)) <= set(mine)


@pytest.mark.parametrize(
    "place", [["t" * 41, "x"], ["2026", "approval#x"], ["2026", "x" * 81], ["2026", ""], ["", "x"], [1, "x"], ["2026"]]
)
def test_a_cursor_that_no_list_gives_is_refused(api: Api, alex: Caller, place: list[object]) -> None:
    mark = json.loads(decoded(lists.cursor(RequestList("requester", alex.sub), Position("2026", "x"))))[0]
    forged = base64.urlsafe_b64encode(json.dumps([mark, *place]).encode()).decode().rstrip("=")
    assert api.list(alex, next=forged).status == 422


def decoded(cursor: str | None) -> bytes:
    assert cursor is not None
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))


def test_a_cursor_says_nothing_that_its_list_does_not(api: Api, alex: Caller) -> None:
    make(api, alex, 2)
    answer = api.list(alex, limit="1")
    text = decoded(answer.body["next"]).decode()
    assert alex.sub not in text
    (last,) = answer.body["requests"]
    assert json.loads(text)[1:] == [last["received_at"], last["id"]]
