"""The decision route: API Gateway's events in, statuses, headers and pages out."""

from dataclasses import replace
from datetime import timedelta

import pytest

from handlers import decide
from handlers.pages.decision import headers
from handlers.sharing.model.catalogue import Database
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import AccessRefused, RegisterUnreadable, TryAgain
from handlers.sharing.model.record import Ending, Requester, Status
from handlers.sharing.model.transition import changed
from tests.fakes.desk import signed_in_only
from tests.fakes.world import APPROVER, LEGACY_OWNER, World, input_of, pii_table
from tests.unit.route import PORTAL, event, get, link, post, status_of, waiting


@pytest.fixture
def world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    return waiting(world, monkeypatch)


# --- looking ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["approve", "deny"])
def test_looking_changes_nothing(world: World, action: str) -> None:
    before = status_of(world)
    for _ in range(20):
        get(world, action)
    shown = get(world, action)
    head = decide.handler(event("HEAD", link(world, action)), None)
    assert (shown["statusCode"], head["statusCode"]) == (200, 200)
    assert head == {**shown, "body": ""}
    assert shown["headers"] == dict(headers())
    assert 'name="email"' in shown["body"]
    assert "people" in shown["body"]
    assert world.keys[0] not in shown["body"]
    assert status_of(world) == before


def test_every_answer_has_all_headers(world: World) -> None:
    for answer in (get(world), post(world, address="x"), get(world, "other"), get(world, key="x"), post(world)):
        assert answer["headers"] == dict(headers())
        assert answer["headers"]["Cache-Control"] == "no-store"
        assert answer["headers"]["Content-Type"].startswith("text/html")


@pytest.mark.parametrize(
    "query",
    [
        None,
        {},
        {"action": "approve"},
        {"action": "approve", "request": "r1"},
        {"action": "approve", "request": "", "key": "k"},
        {"action": "approve", "request": "r1", "key": ""},
        {"action": "Approve", "request": "r1", "key": "k"},
        {"action": "approve,deny", "request": "r1", "key": "k"},
        {"action": "", "request": "r1", "key": "k"},
        {"action": "share", "request": "r1", "key": "k"},
        {"request": "r1", "key": "k"},
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_links_that_are_none(world: World, query: dict[str, str] | None, method: str) -> None:
    calls = len(world.register.calls)
    assert decide.handler(event(method, query, "email=x"), None)["statusCode"] == 400
    assert len(world.register.calls) == calls


@pytest.mark.parametrize("prefix", ["amp;", "amp;amp;", "AMP;"])
def test_a_link_in_which_a_mail_program_wrote_out_the_ampersands(world: World, prefix: str) -> None:
    query = {name if name == "action" else f"{prefix}{name}": value for name, value in link(world).items()}
    assert decide.handler(event("GET", query), None) == get(world)
    assert decide.handler(event("HEAD", query), None)["statusCode"] == 200
    assert decide.handler(event("POST", query, f"email={APPROVER}"), None)["statusCode"] == 200
    assert len(world.workflow.sent) == 1


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"amp;key": "x"}, 404),
        ({"amp;request": "r2"}, 404),
        ({"amp;amp;key": ""}, 404),
        ({"amp;action": "deny"}, 400),
        ({"amp;action": "approve", "amp;request": "r1"}, 200),
        ({"amp;other": "x", "other": "y", "amp;": "z"}, 200),
    ],
)
def test_a_link_that_says_two_things_is_none(world: World, more: dict[str, str], status: int) -> None:
    before = status_of(world)
    assert get(world, **more)["statusCode"] == status
    if status != 200:
        assert post(world, **more)["statusCode"] == status
    assert status_of(world) == before


@pytest.mark.parametrize("name", ["token", "amp;token"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_links_of_the_old_system(world: World, method: str, name: str) -> None:
    answer = decide.handler(event(method, {"action": "approve", name: "AAAA"}), None)
    assert answer["statusCode"] == 410
    assert "AAAA" not in answer["body"]


@pytest.mark.parametrize(
    "wrong", [{"key": "x"}, {"request": "r2"}, {"request": "approval#r1"}, {"key": "x" * 5000}, {"request": "r" * 5000}]
)
def test_links_to_nothing(world: World, wrong: dict[str, str]) -> None:
    assert get(world, **wrong)["statusCode"] == 404
    before = status_of(world)
    assert post(world, **wrong)["statusCode"] == 404
    assert status_of(world) == before


def test_a_link_is_not_cut_down_to_one_that_works(world: World) -> None:
    longest = "r" * 80
    world.register.records[longest] = replace(world.register.records["r1"], id=longest)
    world.vault.approvals[longest] = world.vault.approvals["r1"]
    assert get(world, request=longest)["statusCode"] == 200
    assert get(world, request=f"{longest}x")["statusCode"] == 404
    assert post(world, request=f"{longest}x")["statusCode"] == 404


# --- deciding --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "comment", "status"),
    [
        ("nonsense", "", 400),
        (APPROVER, "x" * 2001, 400),
        (APPROVER, "\r\n" * 2000, 200),
        ("mallory@evil.example", "", 403),
    ],
)
def test_statuses_of_posts(world: World, address: str, comment: str, status: int) -> None:
    answer = post(world, address=address, comment=comment)
    assert answer["statusCode"] == status
    assert "mallory" not in answer["body"]
    assert bool(world.workflow.sent) == (status == 200)


def test_the_comment_is_kept_for_another_try(world: World) -> None:
    answer = post(world, address="mallory@evil.example", comment="A long </textarea> thought")
    assert "A long &lt;/textarea&gt; thought" in answer["body"]


def test_too_many_tries(world: World) -> None:
    assert [post(world, address=f"guess{at}@x.example")["statusCode"] for at in range(12)] == [403] * 10 + [429] * 2
    assert post(world)["statusCode"] == 200


def test_ones_own_request(world: World) -> None:
    record = world.register.records["r1"]
    world.register.records["r1"] = replace(record, requester=Requester("sub", APPROVER))
    assert post(world)["statusCode"] == 403
    assert world.workflow.sent == {}


def test_already_decided(world: World) -> None:
    post(world)
    ((_, sent),) = world.workflow.sent.items()
    world.grant(decision_id=sent.decision_id)
    for answer in (get(world), get(world, "deny"), post(world, "deny", "mallory@evil.example")):
        assert answer["statusCode"] == 409
        assert APPROVER not in answer["body"]
        assert "j…@owner.example" in answer["body"]
    revealed = post(world, "deny")
    assert revealed["statusCode"] == 409
    assert APPROVER in revealed["body"]
    assert len(world.workflow.sent) == 1


@pytest.mark.parametrize("status", [Status.EXPIRED, Status.FAILED, Status.REFUSED, Status.DENIED, Status.SHARED])
def test_ended(world: World, status: Status) -> None:
    world.close(Ending(status, "Aborted", "x"), started_at=None)
    assert get(world)["statusCode"] == post(world)["statusCode"] == 410
    assert world.vault.decisions == {}


def test_expired_but_not_closed_yet(world: World) -> None:
    approval = world.vault.approvals["r1"]
    world.vault.approvals["r1"] = replace(approval, expires_at="2020-01-01T00:00:00.000Z")
    assert get(world)["statusCode"] == post(world)["statusCode"] == 410


def test_superseded(world: World) -> None:
    world.register.apply("r1", changed(iso(now())))
    world.classify(document=input_of("sales", "people"), round_=2)
    assert get(world)["statusCode"] == post(world)["statusCode"] == 410


def test_a_rival_whose_decision_is_not_written_down_yet(world: World) -> None:
    world.workflow.waiting.clear()
    answer = post(world)
    assert answer["statusCode"] == 409
    assert "It is not known yet which decision counts." in answer["body"]
    assert "expired" not in answer["body"]


@pytest.mark.parametrize("error", [TryAgain("busy"), AccessRefused("denied"), RegisterUnreadable("newer")])
@pytest.mark.parametrize("method", ["approval", "find", "count_try", "save_decision", "send_decision"])
def test_out_of_order(world: World, method: str, error: Exception) -> None:
    {"send_decision": world.workflow, "find": world.register}.get(method, world.vault).fail(method, error)
    answer = post(world, comment="A thought")
    assert answer["statusCode"] == 503
    unknown = method == "send_decision" and isinstance(error, TryAgain)
    assert ("It is not known whether your decision was taken." in answer["body"]) == unknown
    assert world.workflow.sent == {}
    assert post(world)["statusCode"] == 200
    world.vault.fail("approval", error)
    assert get(world)["statusCode"] == 503


def test_the_old_kit(monkeypatch: pytest.MonkeyPatch) -> None:
    world = World(timeout=timedelta(days=1))
    world.catalogue.put(Database("sales", owner=LEGACY_OWNER), pii_table())
    world.producers.subscribers[LEGACY_OWNER] = None
    waiting(world, monkeypatch)
    assert post(world, address="anybody@anywhere.example")["statusCode"] == 200
    (decision,) = world.vault.decisions.values()
    assert decision.decided_by == "unverified"


# --- where people decide signed in ------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["approve", "deny"])
def test_a_link_leads_to_the_portal_where_people_decide_signed_in(world: World, action: str) -> None:
    signed_in_only(world)
    before = status_of(world)
    shown = get(world, action)
    assert (shown["statusCode"], f'<a href="{PORTAL}/decisions/r1">' in shown["body"]) == (200, True)
    refused = post(world, action)
    assert (refused["statusCode"], "Your decision was not taken" in refused["body"]) == (403, True)
    assert 'name="email"' not in shown["body"] + refused["body"]
    assert status_of(world) == before
    assert world.vault.tries == {}


def test_links_decide_again_once_the_config_says_so(world: World) -> None:
    links = world.parties
    signed_in_only(world)
    assert post(world)["statusCode"] == 403
    world.parties = links
    assert post(world)["statusCode"] == 200
    signed_in_only(world)
    # What was decided is told as ever.
    world.grant(decision_id=next(iter(world.vault.decisions)))
    assert post(world, "deny")["statusCode"] == 409
