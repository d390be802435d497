"""The deciding API: API Gateway's events in, answers out that the OpenAPI document describes."""

from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from handlers import decide_signed_in as entry
from handlers.sharing import decide_signed_in as deciding
from handlers.sharing.model.errors import AccessRefused, TryAgain
from handlers.sharing.model.parties import Parties
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import Ending, Status
from tests.fakes.desk import ALEX, AUDRA, BOBBY, JANE, SAM, Desk, at_work
from tests.fakes.world import APPROVER, OWNER, World, input_of
from tests.unit.requests_api.calls import Answered, Caller, call


@dataclass
class Route:
    """The API as people call it."""

    desk: Desk

    def call(self, route: str, person: Person = JANE, body: object = None, name: str = "") -> Answered:
        groups = self.desk.pool.groups.get(person.id)
        caller = Caller(person.id, person.username, None if groups is None else f"[{' '.join(groups)}]")
        return call(entry.handler, route, caller, body=body, query=None, id=name)

    def list(self, person: Person = JANE) -> Answered:
        return self.call("GET /decisions", person)

    def look(self, person: Person = JANE, name: str = "r1") -> Answered:
        return self.call("GET /requests/{id}/decision", person, name=name)

    def decide(self, person: Person = JANE, body: object = None, name: str = "r1") -> Answered:
        body = {"action": "approve", "round": 1} if body is None else body
        return self.call("POST /requests/{id}/decision", person, body, name)


@pytest.fixture
def route(world: World, monkeypatch: pytest.MonkeyPatch) -> Route:
    desk = at_work(world)
    for name in ("register", "vault", "ledger"):
        monkeypatch.setenv(f"{name.upper()}_TABLE", name)
    stand_ins: dict[str, Any] = {
        "DynamoRegister": lambda _table: world.register,
        "DynamoLists": lambda _table: world.register,
        "DynamoVault": lambda _table: world.vault,
        "DynamoLedger": lambda _table: world.ledger,
        "StepFunctions": lambda: world.workflow,
        "standings": lambda _parties: desk.standings,
        "load_parties": lambda: world.parties,
        "decide_signed_in": partial(deciding.decide_signed_in, pause=lambda _seconds: None),
    }
    for name, stand_in in stand_ins.items():
        monkeypatch.setattr(entry, name, stand_in)
    return Route(desk)


def test_what_waits_stands_together_by_data(route: Route) -> None:
    world = route.desk.world
    for name, consumer, table in (("r2", "888888888888", "*"), ("r3", "888888888888", "people")):
        world.classify(name, input_of("sales", table, consumer))
        world.request_approval(name, f"token-{name}")
    answer = route.list()
    assert [(each["source"]["table"], [one["id"] for one in each["requests"]]) for each in answer.body["data"]] == [
        ("people", ["r1", "r3"]),
        ("*", ["r2"]),
    ]
    (first, second) = answer.body["data"][0]["requests"]
    assert (first["requester"], second["requester"]) == ({"email": "alex@consumer.example"}, None)
    assert first["expires_at"] == world.register.records["r1"].expires_at
    assert route.list(ALEX).body == {"data": [], "more": False, "unknown": []}


def test_what_a_decision_is_about(route: Route) -> None:
    world = route.desk.world
    producers = world.parties.producers
    world.parties = Parties({**producers, OWNER: replace(producers[OWNER], approvers_group="sales-owners")})
    world.classify("s1", input_of())
    world.grant("s1")
    world.classify("r2", input_of("sales", "*"))
    world.request_approval("r2", "token-r2")
    body = route.look(name="r2").body
    assert (body["id"], body["status"], body["round"], body["approvers_group"]) == ("r2", "WAITING", 1, "sales-owners")
    assert [line["detail"] for line in body["asked"]] == ["A mail went to 2 approver(s)."]
    (has,) = body["has"]
    assert (has["request_id"], has["source"]["table"], has["approved"]) == ("s1", "orders", False)
    assert body["gains"] == {"tables": 1, "names": ["people"]}
    world.ledger.fail("live", TryAgain("busy"))
    assert (route.look(name="r2").body["has"], body["decision"]) == (None, None)


def test_a_decision_is_taken_once_and_told(route: Route) -> None:
    world = route.desk.world
    answer = route.decide(body={"action": "deny", "round": 1, "comment": "Not yet."})
    said = answer.body["decision"]
    assert (answer.status, said["action"], said["approver"]) == (200, "deny", APPROVER)
    assert (said["decided_by"], said["comment"]) == ("signed-in", "Not yet.")
    (decision,) = world.vault.decisions.values()
    assert decision.ip == "192.0.2.1"
    world.close(Ending(Status.DENIED, "Denied", "Denied.", decision), started_at=None)
    assert route.look().body["decision"]["approver"] == APPROVER
    again = route.decide(BOBBY)
    assert (again.status, again.reason) == (409, "DecidedBefore")
    assert len(world.workflow.sent) == 1


def test_an_approval_of_some_columns_is_told_with_them(route: Route) -> None:
    answer = route.decide(body={"action": "approve", "round": 1, "columns": ["ID", "id"]})
    assert (answer.status, answer.body["decision"]["columns"]) == (200, ["id"])
    (decision,) = route.desk.world.vault.decisions.values()
    assert decision.columns == ("id",)


@pytest.mark.parametrize(("person", "status"), [(ALEX, 403), (AUDRA, 403), (SAM, 404)])
def test_who_does_not_decide(route: Route, person: Person, status: int) -> None:
    assert {route.look(person).status, route.decide(person).status} == {status}
    assert route.desk.world.workflow.sent == {}


@pytest.mark.parametrize(
    ("body", "status", "reason"),
    [
        ({"action": "approve", "round": 2}, 409, "LookAgain"),
        ({"action": "approve", "round": 1, "until": "2020-01-01"}, 422, "EndDatePassed"),
        ({"action": "approve", "round": 1, "until": "2999-01-01"}, 422, "EndTooLate"),
        ({"action": "approve", "round": 1, "columns": []}, 422, "InvalidInput"),
        ({"action": "approve", "round": 1, "columns": "email"}, 422, "InvalidInput"),
        ({"action": "deny", "round": 1, "columns": ["email"]}, 422, "InvalidInput"),
        ({"action": "approve", "round": 1, "approver": APPROVER}, 422, "UnknownField"),
        ([], 422, "InvalidInput"),
    ],
)
def test_what_is_not_taken(route: Route, body: object, status: int, reason: str) -> None:
    answer = route.decide(body=body)
    assert (answer.status, answer.reason) == (status, reason)
    assert route.desk.world.vault.decisions == {}


def test_what_ended_waits_no_more(route: Route) -> None:
    route.desk.world.close(Ending(Status.EXPIRED, "ApprovalTimedOut", "Nobody decided."), started_at=None)
    answer = route.decide()
    assert (answer.status, answer.reason) == (409, "NotWaiting")


@pytest.mark.parametrize(("error", "status"), [(TryAgain("busy"), 503), (AccessRefused("denied"), 500)])
@pytest.mark.parametrize("method", ["approval", "save_decision", "send_decision"])
def test_out_of_order(route: Route, method: str, error: Exception, status: int) -> None:
    world = route.desk.world
    (world.workflow if method == "send_decision" else world.vault).fail(method, error)
    answer = route.decide()
    assert answer.status == status
    assert (answer.reason == "DecisionNotKnown") == (method == "send_decision" and status == 503)
    assert route.decide().status == 200
