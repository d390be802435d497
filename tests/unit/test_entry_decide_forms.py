"""The decision route's forms: read to the letter or refused, and no event breaks it."""

import base64
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from handlers import decide
from tests.fakes.world import APPROVER, World
from tests.unit.route import event, get, link, post, status_of, waiting


@pytest.fixture
def world(world: World, monkeypatch: pytest.MonkeyPatch) -> World:
    return waiting(world, monkeypatch)


# --- posting ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["approve", "deny"])
def test_a_decision(world: World, action: str) -> None:
    answer = post(world, action, f" {APPROVER.upper()} ", "because\r\nof <b>that</b>")
    assert answer["statusCode"] == 200
    ((_, sent),) = world.workflow.sent.items()
    decision = world.vault.decisions[sent.decision_id]
    assert (sent.action, decision.action, decision.comment) == (action, action, "because\nof <b>that</b>")
    assert (decision.ip, decision.user_agent) == ("192.0.2.1", "a browser")


def test_an_approval_that_shortens(world: World) -> None:
    day = date.today() + timedelta(days=7)  # noqa: DTZ011 - any day in a week or so
    answer = post(world, until=day.isoformat())
    (decision,) = world.vault.decisions.values()
    assert (answer["statusCode"], decision.until) == (200, day.isoformat())
    assert f"{day.day} {day:%B %Y} (UTC) at the latest" in answer["body"]


@pytest.mark.parametrize(
    ("until", "says"), [("24.12.2026", "as year, month and day"), ("2026-01-01", "is over"), ("9999-12-31", "too late")]
)
def test_a_last_day_that_is_none(world: World, until: str, says: str) -> None:
    answer = post(world, comment="so far", until=until)
    assert (answer["statusCode"], world.workflow.sent) == (400, {})
    assert says in answer["body"]
    assert f'value="{until}"' in answer["body"]
    assert "so far</textarea>" in answer["body"]


def test_a_form_that_comes_as_text(world: World) -> None:
    body = urlencode({"email": APPROVER, "comment": "ünïcode 漢"})
    assert decide.handler(event("POST", link(world), body), None)["statusCode"] == 200
    (decision,) = world.vault.decisions.values()
    assert decision.comment == "ünïcode 漢"


@pytest.mark.parametrize(
    ("body", "encoded"),
    [
        ("not base64!", True),
        ("YWJj=", True),
        ("é", True),
        (base64.b64encode(b"\xff\xfe\x00\x80").decode(), True),
        (base64.b64encode(b"email=" + b"x" * 100_000).decode(), True),
        ("email=" + "x" * 100_001, False),
        ("&".join(f"f{at}=1" for at in range(21)), False),
        ("email=%ff%fe", False),
        ("email=%ED%A0%80", False),
        ("email=jane\ud800@owner.example", False),
    ],
)
def test_forms_that_cannot_be_read(world: World, body: str, *, encoded: bool) -> None:
    before = status_of(world)
    assert decide.handler(event("POST", link(world), body, encoded=encoded), None)["statusCode"] == 400
    assert status_of(world) == before


@pytest.mark.parametrize("body", [None, "", "comment=x", "email=", "email", "{}", '{"email": "a@b.c"}', "EMAIL=a@b.c"])
def test_forms_without_an_address(world: World, body: str | None) -> None:
    answer = decide.handler(event("POST", link(world), body), None)
    assert answer["statusCode"] == 400
    assert 'name="email"' in answer["body"]


def test_of_a_field_that_comes_twice_the_first_counts(world: World) -> None:
    body = urlencode([("email", "mallory@evil.example"), ("email", APPROVER)])
    assert decide.handler(event("POST", link(world), body), None)["statusCode"] == 403
    assert world.workflow.sent == {}


def test_hidden_fields_decide_nothing(world: World) -> None:
    body = urlencode({"email": APPROVER, "action": "approve", "request": "r2", "key": "x"})
    assert decide.handler(event("POST", link(world, "deny"), body), None)["statusCode"] == 200
    ((_, sent),) = world.workflow.sent.items()
    assert sent.action == "deny"


TEXT = st.text(max_size=30)
QUERIES = st.dictionaries(st.sampled_from(["action", "request", "key", "token", "x"]), TEXT | st.just("approve"))


@given(
    method=st.sampled_from(["GET", "HEAD", "POST"]),
    query=st.none() | QUERIES,
    change=QUERIES,
    body=st.none() | TEXT | st.binary(max_size=60).map(lambda raw: base64.b64encode(raw).decode()),
    encoded=st.booleans(),
)
def test_no_event_breaks_it_and_none_decides(
    world: World,
    method: str,
    query: dict[str, str] | None,
    change: dict[str, str],
    body: str | None,
    *,
    encoded: bool,
) -> None:
    made = event(method, {**link(world), **change} if query is None else query, body, encoded=encoded)
    answer = decide.handler(made, None)
    assert answer["statusCode"] in {200, 400, 403, 404, 410, 429}
    assert world.workflow.sent == {}


def test_nothing_that_was_typed_is_logged(world: World, caplog: pytest.LogCaptureFixture) -> None:
    steps: list[Callable[[], Any]] = [
        lambda: post(world, address="mallory@evil.example", comment="my thought"),
        lambda: get(world),
        lambda: post(world, comment="my thought"),
    ]
    for step in steps:
        step()
    text = repr([vars(record) for record in caplog.records])
    assert "decision posted" in text
    for private in (world.keys[0], "mallory", APPROVER, "my thought", "192.0.2.1", "token-1"):
        assert private not in text
