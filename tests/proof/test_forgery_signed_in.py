"""Who is not signed in, not who they say, or not one who may: nothing that they send decides, ends or settles anything.

The doors are all routes of the API, as its table of who may do what has them.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import pytest

from handlers.api.access import DEEDS
from tests.portal.portal import Portal, User
from tests.proof.conftest import Figure
from tests.proof.visitors.forging import request_spellings
from tests.proof.visitors.tokens import forged_tokens
from tests.proof.visitors.traces import State, all_told, used
from tests.workflow.catalogue import column
from tests.workflow.driver import OLGA, RETAIL, REVIEWS, Asked, Mesh, wait_until
from tests.workflow.http_client import Reply, send

DATABASE = "forged_signed_in"
WRITES = re.compile(r":(Put|Update|Delete|Send|Start|Publish|Grant|Revoke|Batch(Grant|Revoke|Write))")
DOORS = [route for route in DEEDS if not route.endswith("/deliver")]
"""All routes of a stack without kits; the one more has the same door (tests/components/test_portal_api.py)."""
APPROVE: Mapping[str, object] = {"action": "approve", "round": 1}


@pytest.fixture(scope="module")
def mesh(portal: Portal) -> Mesh:
    portal.mesh.catalogue.add_database(DATABASE, RETAIL)
    portal.mesh.catalogue.add_table(DATABASE, "people", [column("id"), column("mail", pii_flag="true")])
    return portal.mesh


@pytest.fixture(scope="module")
def olga(portal: Portal) -> User:
    return portal.approver_of(RETAIL)


@pytest.fixture
def asked(mesh: Mesh) -> Asked:
    """A request that waits for Olga, and about which all is said."""
    asked = mesh.ask_owner("retail", "customer", mesh.new_account())
    all_told(mesh, asked.arn)
    return asked


def id_of(asked: Asked) -> str:
    return asked.arn.rsplit(":", 1)[-1]


def decide(portal: Portal, user: User | str | None, request: str, **more: object) -> Reply:
    return portal.call("POST", f"/requests/{request}/decision", user, {**APPROVE, **more})


def reason(reply: Reply) -> tuple[int, str]:
    return reply.status, json.loads(reply.body).get("reason", "")


def still_decides(portal: Portal, user: User, asked: Asked) -> None:
    """Who may, does, after all that."""
    assert decide(portal, user, id_of(asked)).status == 200
    assert portal.mesh.finish(asked.arn, 60).output["status"] == "SHARED"
    assert portal.mesh.register_item(asked.arn)["decision"]["approver"] == user.email


def nothing_comes_of(mesh: Mesh, calls: Sequence[Callable[[], Reply]], *, asks: bool = True) -> list[Reply]:
    """Makes calls, and holds them to changing nothing; without `asks` to not even reaching a function."""
    before = State.of(mesh)
    with used(mesh) as did:
        replies = [call() for call in calls]
        done = did()
    assert State.of(mesh) == before
    assert [name for name in done if WRITES.search(name)] == []
    assert asks or done == {}
    return replies


# --- tokens -----------------------------------------------------------------------------------------------------------


def test_without_a_good_token_no_function_is_reached(
    portal: Portal, mesh: Mesh, olga: User, asked: Asked, figure: Figure
) -> None:
    forged = forged_tokens(portal, portal.new_user(), olga)
    doors = [_door(route, id_of(asked)) for route in DOORS]
    calls = [
        lambda method=method, path=path, token=token: portal.call(method, path, token, _body(method))
        for method, path in doors
        for token in forged.values()
    ]
    around = mesh.description["api_url"]
    calls += [lambda m=method, p=path: send(m, around + p, body=b"{}") for method, path in doors]
    replies = nothing_comes_of(mesh, calls, asks=False)
    told = Counter((each.status, json.loads(each.body)["message"]) for each in replies)
    assert told == {(401, "Unauthorized"): len(calls)}
    figure("forged and foreign tokens, at every route: all 401", len(calls))
    still_decides(portal, olga, asked)


def test_an_id_token_is_no_access_token(portal: Portal, mesh: Mesh, olga: User, asked: Asked, figure: Figure) -> None:
    """It is signed by the pool for this client, and so it comes as far as the functions."""
    token = str(portal.tokens(olga)["id_token"])
    doors = [_door(route, id_of(asked)) for route in DOORS]
    replies = nothing_comes_of(mesh, [lambda m=m, p=p: portal.call(m, p, token, _body(m)) for m, p in doors])
    assert Counter(map(reason, replies)) == {(401, "SignInEnded"): len(doors)}
    figure("id tokens at every route: all 401", len(doors))
    still_decides(portal, olga, asked)


def _door(route: str, request: str) -> tuple[str, str]:
    method, _, path = route.partition(" ")
    return method, re.sub(r"\{\w+\}", f"{request}:1" if "/shares/" in path else request, path)


def _body(method: str) -> object:
    return APPROVE if method == "POST" else None


# --- people -----------------------------------------------------------------------------------------------------------

PRETENDING = (
    {"X-Amzn-Oidc-Identity": "olga"},
    {"X-Forwarded-User": OLGA},
    {"X-Cognito-Groups": "operators auditors"},
    {"Cognito-Groups": "[operators auditors]"},
    {"X-Original-Authorization": "Bearer x.y.z"},
    {"X-HTTP-Method-Override": "PUT"},
    {"X-Original-URL": "/requests"},
)
FIELDS = (
    *({name: OLGA} for name in ("approver", "email", "decided_by", "requester", "by")),
    *({name: ["operators", "auditors"]} for name in ("groups", "cognito:groups")),
    *({name: "olga"} for name in ("username", "sub", "person", "token")),
)


def test_who_may_not_decide_does_not_whatever_they_send(
    portal: Portal, mesh: Mesh, olga: User, asked: Asked, figure: Figure
) -> None:
    request, path = id_of(asked), f"/requests/{id_of(asked)}/decision"
    operator = portal.new_user()
    portal.join(operator, "operators")
    nobody, rohan, auditor = portal.new_user(), portal.approver_of(REVIEWS), portal.new_user(auditor=True)
    hidden, refused = (404, "UnknownRequest"), (403, "NotAllowed")
    expected: list[tuple[Callable[[], Reply], tuple[int, str]]] = [
        (lambda u=user, a=action: decide(portal, u, request, action=a), told)
        for user, told in ((nobody, hidden), (rohan, hidden), (auditor, refused), (operator, refused))
        for action in ("approve", "deny")
    ]
    expected += [(lambda h=headers: portal.call("POST", path, nobody, APPROVE, h), hidden) for headers in PRETENDING]
    expected += [(lambda f=fields: decide(portal, nobody, request, **f), (422, "UnknownField")) for fields in FIELDS]
    # A guard that is passed by who may: it is the name that is wrong.
    spelled = request_spellings(request, asked.arn)
    expected += [(lambda r=each: decide(portal, olga, r), hidden) for each in spelled.values() if "/" not in each]
    replies = nothing_comes_of(mesh, [call for call, _ in expected])
    others = {
        number: (reason(reply), told)
        for number, (reply, (_, told)) in enumerate(zip(replies, expected, strict=True))
        if reason(reply) != told
    }
    assert others == {}
    figure("decisions of who may not, forged groups, fields and names: none counts", len(expected))
    still_decides(portal, olga, asked)


def test_who_may_not_end_or_settle_does_not(portal: Portal, mesh: Mesh, figure: Figure) -> None:
    user, account = portal.new_user(), mesh.new_account()
    made = portal.ask(user, "transport", "yellow_tripdata", account)["id"]
    portal.wait_for(user, made, "SHARED")
    all_told(mesh, made)
    revoke, why = f"/shares/{made}:1/revoke", {"reason": "Forged."}
    nobody, olga, auditor = portal.new_user(), portal.approver_of(RETAIL), portal.new_user(auditor=True)
    targets = ({"owner": REVIEWS}, {"consumer": account}, {"source": {"database": "transport", "table": "*"}})
    settle = {"action": "accept", "digest": "x", **why}
    documents: list[tuple[User, str, Mapping[str, object], tuple[int, ...]]] = [
        *(
            (who, revoke, {**why, **more}, (403, 404))
            for who in (nobody, olga, user, auditor)
            for more in ({}, {"hold": True})
        ),
        *((who, f"/shares/{made}:1/give-back", why, (403, 404)) for who in (nobody, olga, auditor)),
        *(
            (who, path, {**target, **why}, (403,))
            for who in (nobody, olga, user, auditor)
            for path in ("/holds", "/holds/lift")
            for target in targets
        ),
        *((who, "/findings/f/settle", settle, (403, 404)) for who in (nobody, olga, user, auditor)),
        *((nobody, path, {**why, "groups": ["operators"]}, (422,)) for path in (revoke, "/holds", "/holds/lift")),
    ]
    replies = nothing_comes_of(
        mesh, [lambda w=who, p=path, d=document: portal.call("POST", p, w, d) for who, path, document, _ in documents]
    )
    others = [
        (path, document, reply.status, reply.body)
        for reply, (_, path, document, expected) in zip(replies, documents, strict=True)
        if reply.status not in expected
    ]
    assert others == []
    assert mesh.shares(account)[f"{made}:1"]["status"] == "ACTIVE"
    figure("shares ended, data held, findings settled by who may not: none", len(documents))


@contextmanager
def joined(mesh: Mesh, user: User) -> Iterator[Callable[[], object]]:
    """Somebody answers for retail's data meanwhile, beside Olga; gives what makes them leave."""
    topic = f"arn:aws:sns:{mesh.region}:{RETAIL}:DataLakeSharingApproval"
    sns = mesh.client("sns", RETAIL)
    made = str(sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=user.email)["SubscriptionArn"])
    left: list[object] = []
    try:
        yield lambda: left.append(sns.unsubscribe(SubscriptionArn=made))
    finally:
        if not left:
            sns.unsubscribe(SubscriptionArn=made)


def test_who_left_since_they_looked_decides_nothing(portal: Portal, mesh: Mesh, asked: Asked) -> None:
    """The topic is asked when they decide, whatever a list or the page said a moment ago; so is the pool."""
    nina, request = portal.new_user(), id_of(asked)
    known = {"UserPoolId": portal.config["userPoolId"], "Username": nina.username}

    def decides() -> list[tuple[int, str]]:
        return [reason(each) for each in nothing_comes_of(mesh, [lambda: decide(portal, nina, request)])]

    with joined(mesh, nina) as leave:
        mesh.clock("+2m")  # for looks, who answers for data is known for a minute
        assert portal.call("GET", f"/requests/{request}/decision", nina).status == 200
        assert request in portal.call("GET", "/decisions", nina).body
        portal.cognito.admin_disable_user(**known)
        assert decides() == [(401, "SignInEnded")]
        portal.cognito.admin_enable_user(**known)
        leave()
        assert decides() == [(404, "UnknownRequest")]
    # Somebody new of the same name, even of the same mailbox, has another id: the old token is nobody's.
    olga = portal.approver_of(RETAIL)
    token = str(portal.tokens(olga)["access_token"])
    portal.cognito.admin_delete_user(UserPoolId=known["UserPoolId"], Username=olga.username)
    portal.is_called(portal.new_user(olga.username), OLGA)
    (gone,) = nothing_comes_of(mesh, [lambda: decide(portal, token, request)])
    assert reason(gone) == (401, "SignInEnded")
    still_decides(portal, portal.approver_of(RETAIL), asked)


def test_nobody_decides_on_what_they_asked_for(portal: Portal, mesh: Mesh, asked: Asked) -> None:
    """Not if they became an approver since, and not with another user of theirs: it is the mailbox that counts."""
    nina, olga = portal.new_user(), portal.approver_of(RETAIL)
    made = portal.ask(nina, "retail", "customer", mesh.new_account())["id"]
    mesh.mail_about(made)
    all_told(mesh, made)
    other = portal.is_called(portal.new_user(), nina.email.upper())
    with joined(mesh, nina):
        calls = [lambda u=user: decide(portal, u, made) for user in (nina, other)]
        assert {reason(each) for each in nothing_comes_of(mesh, calls)} == {(403, "NotAllowed")}
        # What others asked for, they decide.
        still_decides(portal, nina, asked)
    assert decide(portal, olga, made, action="deny").status == 200
    portal.wait_for(nina, made, "DENIED")


# --- decisions whose time is over -------------------------------------------------------------------------------------


def test_a_decision_is_not_taken_twice_nor_for_an_older_round(portal: Portal, mesh: Mesh, figure: Figure) -> None:
    olga = portal.approver_of(RETAIL)
    other = portal.approver_of(RETAIL)  # of the same mailbox: the same person, signed in as somebody else
    arn = mesh.start(DATABASE, "people", mesh.new_account())
    mesh.mail_about(arn)
    request = arn.rsplit(":", 1)[-1]
    mesh.catalogue.flag_column(DATABASE, "people", "id")
    assert decide(portal, olga, request, comment="Forged.").status == 200
    mesh.mail_about(arn, number=2, seconds=60)
    all_told(mesh, arn)
    older = nothing_comes_of(mesh, [lambda: decide(portal, olga, request, comment="Forged.")] * 5)
    assert {reason(each) for each in older} == {(409, "LookAgain")}
    assert mesh.grants(mesh.register_item(arn)["consumer_account"]) == {}
    assert decide(portal, olga, request, action="deny", round=2).status == 200
    mesh.finish(arn, 60)
    wait_until(lambda: mesh.register_item(arn).get("announced_at"), what="the note that it is out")
    same: list[Any] = [lambda: decide(portal, olga, request, action="deny", round=2)] * 5
    others = [
        *(lambda n=number: decide(portal, olga, request, round=n) for number in (1, 2, 3)),
        lambda: decide(portal, other, request, round=2),
    ]
    replies = nothing_comes_of(mesh, [*same, *others])
    # The very same is told that it counts, as whoever heard no answer wants to know; all else, that it was denied.
    assert Counter(reply.status for reply in replies) == {200: len(same), 409: len(others)}
    assert {reason(reply)[1] for reply in replies[len(same) :]} == {"DecidedBefore"}
    ended = [each for each in mesh.events(arn) if each["detail-type"] == "RequestDenied"]
    assert len(ended) == 1
    figure("replays of signed-in decisions, of this and an older round: nothing more came of any", len(replies) + 5)
