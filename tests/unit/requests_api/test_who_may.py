"""Every route, walked by every kind of person; and by those whose token claims more than they are.

`ROUTES` says for each route how it is called, and what each kind of person gets: with a new route comes a line here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import pytest

from handlers import catalogue_api, decide_signed_in, findings_api, requests_api, shares_api
from handlers.api.access import DEEDS
from handlers.aws import environment as environments
from handlers.aws import people
from handlers.aws.clients import client
from handlers.aws.dynamodb.findings import DynamoFindings
from handlers.aws.dynamodb.ledger import DynamoLedger
from handlers.sharing.model.drift import Difference, Kind
from handlers.sharing.model.finding import finding_id, seen
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.parties import Parties, Producer
from handlers.sharing.model.record import Ending, Status
from tests.fakes.people import MemoryApproverFinder
from tests.fakes.steps import Steps
from tests.fakes.table import LEDGER
from tests.unit.requests_api.calls import Answered, Caller, call
from tests.unit.requests_api.test_requests_api_shares import ask, grant
from tests.unit.requests_api.world import AUDITORS, OPERATORS, Api, wish

OWNER, CONSUMER = "111111111111", "999999999999"
APPROVERS, BOUND, ELSEWHERE = "sales-approvers", f"account-{CONSUMER}", "account-888888888888"

KINDS: Mapping[str, tuple[str, ...]] = {
    "requester": (BOUND,),
    "requester who left the account": (),
    "colleague": (BOUND,),
    "colleague of another account": (ELSEWHERE,),
    "approver by group": (APPROVERS,),
    "approver by address": (),
    "auditor": (AUDITORS,),
    "operator": (OPERATORS,),
    "nobody in particular": (),
}
"""Kinds of people, each with the groups of the pool that they are in."""
REQUESTERS = {"requester", "requester who left the account"}
ACCOUNTS = {"requester", "colleague"}
OWNERS = {"approver by group", "approver by address"}
WATCHERS = {"auditor", "operator"}
ALL = set(KINDS)
Get = Callable[[Caller, str, str], Answered]


@dataclass(frozen=True)
class Walk:
    """What the kinds of people get of a route.

    Attributes:
        call: calls it, for a caller, a request and a share.
        may: who gets what they wanted.
        status: with which status.
        knows: who hears that they may not; all others hear that there is no such thing. `None`: there is no such thing.
    """

    call: Get
    may: set[str]
    status: int = 200
    knows: set[str] | None = None

    def expected(self, kind: str) -> int:
        if kind in self.may:
            return self.status
        return 403 if self.knows is None or kind in self.knows else 404


def _get(route: str, handler: Any = requests_api.handler, query: Mapping[str, str] | None = None) -> Get:
    return lambda caller, request, _share: call(
        handler,
        route,
        caller,
        query=dict(query or {}),
        **({"id": request} if "{id}" in route else {"name": "none"} if "{name}" in route else {}),
    )


def _look(route: str, **query: str) -> Get:
    return _get(route, catalogue_api.handler, query)


OTHER = wish("token-0002", source={"database": "sales", "table": "people"})
QUESTION = {"source": {"database": "sales", "table": "orders"}, "target": {"account_id": CONSUMER}}
FOUND = Difference(Kind.UNEXPLAINED, CONSUMER, "sales", "Nobody knows why.", ("SELECT on sales.orders",), owner=OWNER)


def _settle(caller: Caller, _request: str, _share: str) -> Answered:
    """Accepts what drift found in the owner's data."""
    (finding,) = DynamoFindings(LEDGER).live()
    wish = {"action": "accept", "digest": finding.digest, "reason": "Known."}
    return call(findings_api.handler, "POST /findings/{id}/settle", caller, body=wish, id=finding.id)


def _adopt(owner: str | None) -> Get:
    body = {"reason": "Known.", "dry_run": True} | ({"owner": owner} if owner else {})
    return lambda caller, _request, _share: call(findings_api.handler, "POST /findings/adopt", caller, body=body)


ROUTES: Mapping[str, Walk] = {
    "GET /me": Walk(_get("GET /me"), ALL),
    "GET /requests": Walk(_get("GET /requests"), ALL),
    "GET /requests?status": Walk(_get("GET /requests", query={"status": "RECEIVED"}), WATCHERS),
    "GET /requests?account_id": Walk(_get("GET /requests", query={"account_id": CONSUMER}), WATCHERS),
    "POST /requests": Walk(
        lambda caller, _request, _share: call(requests_api.handler, "POST /requests", caller, body=OTHER),
        ACCOUNTS,
        201,
    ),
    "POST /requests?renews": Walk(
        lambda caller, _request, share: call(
            requests_api.handler, "POST /requests", caller, body=wish("token-0003", renews=share, days=90)
        ),
        ACCOUNTS,
        201,
    ),
    "POST /requests/preview": Walk(
        lambda caller, _request, _share: call(catalogue_api.handler, "POST /requests/preview", caller, body=QUESTION),
        ACCOUNTS,
    ),
    "GET /requests/{id}": Walk(_get("GET /requests/{id}"), REQUESTERS | OWNERS | WATCHERS, knows=set()),
    "GET /decisions": Walk(_get("GET /decisions", decide_signed_in.handler), ALL),
    "GET /requests/{id}/decision": Walk(
        _get("GET /requests/{id}/decision", decide_signed_in.handler), OWNERS, knows=REQUESTERS | WATCHERS
    ),
    # It has ended, so whoever may decide hears that it waits no more.
    "POST /requests/{id}/decision": Walk(
        lambda caller, request, _share: call(
            decide_signed_in.handler,
            "POST /requests/{id}/decision",
            caller,
            body={"action": "approve", "round": 1},
            id=request,
        ),
        OWNERS,
        409,
        knows=REQUESTERS | WATCHERS,
    ),
    # Its account has a kit by now, and it has no delivery yet.
    "POST /shares/{id}/deliver": Walk(
        lambda caller, _request, share: call(
            shares_api.handler, "POST /shares/{id}/deliver", caller, body={}, id=share
        ),
        REQUESTERS | ACCOUNTS,
        202,
        knows=OWNERS | WATCHERS,
    ),
    "POST /shares/{id}/give-back": Walk(
        lambda caller, _request, share: call(
            requests_api.handler, "POST /shares/{id}/give-back", caller, body={"reason": "Done."}, id=share
        ),
        REQUESTERS | ACCOUNTS,
        knows=OWNERS | WATCHERS,
    ),
    "GET /shares": Walk(_get("GET /shares", shares_api.handler), ALL),
    "GET /shares/{id}": Walk(
        lambda caller, _request, share: call(shares_api.handler, "GET /shares/{id}", caller, id=share),
        REQUESTERS | ACCOUNTS | OWNERS | WATCHERS,
        knows=set(),
    ),
    "POST /shares/{id}/revoke": Walk(
        lambda caller, _request, share: call(
            shares_api.handler, "POST /shares/{id}/revoke", caller, body={"reason": "Over.", "dry_run": True}, id=share
        ),
        OWNERS | {"operator"},
        knows=REQUESTERS | ACCOUNTS | {"auditor"},
    ),
    "GET /holds": Walk(_get("GET /holds", shares_api.handler), WATCHERS),
    "GET /holds?owner": Walk(_get("GET /holds", shares_api.handler, {"owner": OWNER}), OWNERS | WATCHERS),
    "POST /holds": Walk(
        lambda caller, _request, _share: call(
            shares_api.handler, "POST /holds", caller, body={"owner": OWNER, "reason": "Why.", "dry_run": True}
        ),
        OWNERS | {"operator"},
    ),
    # There is none.
    "POST /holds/lift": Walk(
        lambda caller, _request, _share: call(
            shares_api.handler, "POST /holds/lift", caller, body={"owner": OWNER, "reason": "Why."}
        ),
        OWNERS | {"operator"},
        404,
    ),
    "GET /changes": Walk(_get("GET /changes", shares_api.handler), WATCHERS),
    "GET /findings": Walk(_get("GET /findings", findings_api.handler), ALL),
    "POST /findings/{id}/settle": Walk(_settle, OWNERS | {"operator"}, knows={"auditor"}),
    "POST /findings/adopt": Walk(_adopt(OWNER), OWNERS | {"operator"}),
    "POST /findings/adopt?everybody's": Walk(_adopt(None), {"operator"}),
    "GET /executions": Walk(_get("GET /executions"), WATCHERS),
    "GET /executions/{name}": Walk(_get("GET /executions/{name}"), WATCHERS, 404),
    # Nothing has been indexed yet.
    "GET /search": Walk(_look("GET /search", q="sales"), ALL, 503),
    "GET /catalogue/databases": Walk(_look("GET /catalogue/databases"), ALL),
    "GET /catalogue/database": Walk(_look("GET /catalogue/database", name="sales"), ALL, 404),
    "GET /catalogue/tables": Walk(_look("GET /catalogue/tables", database="sales"), ALL, 404),
    "GET /catalogue/table": Walk(_look("GET /catalogue/table", database="sales", name="orders"), ALL, 404),
}


def test_no_route_is_left_out() -> None:
    assert {route.partition("?")[0] for route in ROUTES} == set(DEEDS)


@dataclass
class Stack:
    """A stack that binds people to accounts, where alex asked for what somebody shared since."""

    api: Api
    alex: Caller
    request: str
    share: str

    def person(self, kind: str) -> Caller:
        """Somebody of a kind, in the pool and by their token."""
        caller = self.alex if kind in REQUESTERS else self.api.user(kind.replace(" ", "-"))
        for group in KINDS[kind]:
            self.join(caller, group)
        return replace(caller, groups=f"[{' '.join(KINDS[kind])}]")

    def join(self, caller: Caller, group: str) -> None:
        pool = client("cognito-idp")
        if group not in {each["GroupName"] for each in pool.list_groups(UserPoolId=self.api.pool)["Groups"]}:
            pool.create_group(UserPoolId=self.api.pool, GroupName=group)
        pool.admin_add_user_to_group(UserPoolId=self.api.pool, Username=caller.username, GroupName=group)


@pytest.fixture
def stack(api: Api, monkeypatch: pytest.MonkeyPatch) -> Stack:
    finder = MemoryApproverFinder({OWNER: {"approver-by-address@consumer.example"}})
    parties = Parties({OWNER: Producer(OWNER, approvers_group=APPROVERS)}, kits=frozenset({CONSUMER}))
    monkeypatch.setattr(people, "NotifyFunction", lambda _name: finder)
    for module in (requests_api, catalogue_api, shares_api, decide_signed_in, findings_api):
        monkeypatch.setattr(module, "load_parties", lambda: parties)
    alex = api.user("alex")
    asked = ask(api, alex)  # before anybody was bound
    client("s3").create_bucket(Bucket="index")
    for name, value in {
        **api.environment(binds="true"),
        "WILDCARD_ON_APPROVAL": "true",
        "VAULT_TABLE": "vault",
        "INDEX_BUCKET": "index",
    }.items():
        monkeypatch.setenv(name, value)
    environments._read.clear()
    step = seen(FOUND, None, "2026-11-24T09:00:00.000Z")
    assert step is not None
    DynamoFindings(LEDGER).apply(finding_id(FOUND), step)
    share = grant(asked).id
    Steps.on_dynamodb().close(asked, None, Ending(Status.SHARED, None, "Shared."))
    return Stack(api, alex, asked, share)


@pytest.mark.parametrize("kind", KINDS)
def test_what_each_kind_of_person_gets_of_every_route(stack: Stack, kind: str) -> None:
    caller = stack.person(kind)
    got = {route: walk.call(caller, stack.request, stack.share).status for route, walk in ROUTES.items()}
    assert got == {route: walk.expected(kind) for route, walk in ROUTES.items()}


FORGED = {
    "a group that the pool does not know": f"[{BOUND}]",
    "every group at once": f"[{BOUND} {AUDITORS} {OPERATORS} {APPROVERS}]",
    "no list": BOUND,
}


@pytest.mark.parametrize("groups", FORGED.values(), ids=FORGED)
def test_a_token_that_claims_more_than_the_pool_does_nothing(stack: Stack, groups: str) -> None:
    """Half an hour old, or forged by whoever could: what changes anything asks the pool."""
    caller = replace(stack.api.user("eve"), groups=groups)
    for route in (
        *("POST /requests", "POST /requests/{id}/decision", "POST /shares/{id}/give-back"),
        *("POST /shares/{id}/deliver",),
        *("POST /findings/{id}/settle", "POST /findings/adopt"),
    ):
        assert ROUTES[route].call(caller, stack.request, stack.share).status in {403, 404}
    assert set(stack.api.started()) == {stack.request}
    assert stack.api.revokes() == {}


ALIKE = (
    *("[Auditors]", "[auditorss operator]", "[auditors,operators]", "[[operators]]", "[account-]", "[]", ""),
    *(f"[{CONSUMER}]", f"[Account-{CONSUMER}]", f"[account-{CONSUMER}0]", f"[account--{CONSUMER}]", f"[x{BOUND}]"),
)


@pytest.mark.parametrize("groups", ALIKE)
def test_groups_that_only_look_alike_are_nobodys(stack: Stack, groups: str) -> None:
    caller = replace(stack.api.user("eve"), groups=groups)
    assert stack.api.get(caller, stack.request).status == 404
    body = ROUTES["GET /me"].call(caller, "", "").body
    assert (body["accounts"], body["auditor"], body["operator"], body["owner_of"]) == ([], False, False, [])
    assert ROUTES["POST /requests/preview"].call(caller, "", "").reason == "AccountNotYours"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        (wish(requester={"email": "ceo@consumer.example"}), "requester"),
        (wish(groups=["operators"]), "groups"),
        (wish(target={"account_id": CONSUMER, "accounts": [CONSUMER]}), "target.accounts"),
        (wish(accounts=[CONSUMER]), "accounts"),
    ],
)
def test_who_somebody_is_is_never_taken_from_what_they_send(stack: Stack, body: dict[str, Any], field: str) -> None:
    caller = stack.person("nobody in particular")
    answer = stack.api.create(caller, body)
    assert (answer.status, answer.body["errors"][0]["field"]) == (422, field)


@pytest.mark.parametrize("kind", KINDS)
def test_findings_are_shown_to_those_who_watch_and_to_whom_they_concern(stack: Stack, kind: str) -> None:
    caller = stack.person(kind)
    body = call(findings_api.handler, "GET /findings", caller).body
    assert body["total"] == len(body["findings"]) == (1 if kind in OWNERS | WATCHERS else 0)


@pytest.mark.parametrize("kind", [*sorted(OWNERS), "operator"])
def test_all_that_was_granted_past_lakeshare_is_adopted(
    stack: Stack, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setenv("ADOPTED_UNTIL", "2100-06-30")
    environments._read.clear()
    caller = stack.person(kind)
    # What was found is so much that it lists which tables.
    found = replace(
        FOUND, principal="888888888888", resources=(Resource("sales", "orders"), Resource("sales", "people"))
    )
    step = seen(found, None, "2026-11-24T09:00:00.000Z")
    assert step is not None
    DynamoFindings(LEDGER).apply(finding_id(found), step)

    def adopt(**more: object) -> dict[str, Any]:
        body = {"owner": OWNER, "reason": "Granted before.", **more}
        answer = call(findings_api.handler, "POST /findings/adopt", caller, body=body)
        assert answer.status == 200
        return answer.body

    dry = adopt(dry_run=True)
    (would,), (left,) = dry["findings"], dry["left"]
    assert (would["principal"], would["until"], would["things_total"]) == (
        "888888888888",
        "2100-07-01T00:00:00.000Z",
        1,
    )
    assert (left["principal"], left["kind"], "administrator" in left["why"]) == (CONSUMER, "UNEXPLAINED", True)
    assert (dry["left_total"], dry["to_do"]) == (1, 1)
    done = adopt(seen=dry["seen"])
    assert (done["findings"], done["to_do"], done["seen"]) == ([would], 0, None)
    (share,) = DynamoLedger(LEDGER).live("888888888888")
    assert (share.until, share.history[0].detail) == ("2100-07-01T00:00:00.000Z", "Granted before.")
    assert DynamoLedger(LEDGER).names(share) == ["orders", "people"]
    again = call(
        findings_api.handler,
        "POST /findings/adopt",
        caller,
        body={"owner": OWNER, "reason": "Granted before.", "seen": dry["seen"]},
    )
    assert (again.status, again.reason) == (409, "FindingChanged")
