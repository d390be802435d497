"""What people see when something does not work: sessions that end, an API that is away, AWS that says no."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.portal.conftest import Visit
from tests.portal.portal import Portal, User
from tests.portal.visitor import Visitor

PURPOSE = "Churn model, until the end of the quarter."
FORM = "/databases/retail/tables/customer/request"


def type_request(visitor: Visitor, account: str) -> None:
    page = visitor.page
    page.get_by_label("Account that gets access").fill(account)
    page.get_by_label(re.compile("^Purpose")).fill(PURPOSE)
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("Goes to")


def typed(visitor: Visitor, account: str) -> None:
    expect(visitor.page.get_by_label("Account that gets access")).to_have_value(account)
    expect(visitor.page.get_by_label(re.compile("^Purpose"))).to_have_value(PURPOSE)


def let_tokens_run_out(page: Page) -> None:
    """What half an hour does to the browser's tokens."""
    page.evaluate(
        """() => {
            const key = Object.keys(localStorage).find((each) => each.startsWith('oidc.user:'));
            const user = JSON.parse(localStorage.getItem(key));
            localStorage.setItem(key, JSON.stringify({ ...user, expires_at: Math.floor(Date.now() / 1000) - 60 }));
        }"""
    )


def test_tokens_that_ran_out_are_renewed_without_a_word(visit: Visit, user: User) -> None:
    visitor = visit()
    visitor.sign_in(user, "/requests")
    let_tokens_run_out(visitor.page)
    exchanged: list[Any] = []
    visitor.page.on("response", lambda answer: exchanged.append(answer) if "/oauth2/token" in answer.url else None)
    visitor.page.get_by_role("link", name="My shares", exact=True).first.click()
    visitor.sees_heading("My shares")
    visitor.page.get_by_role("link", name="Requests", exact=True).first.click()
    visitor.sees("You have not asked for anything yet")
    visitor.page.reload()
    visitor.sees("You have not asked for anything yet")
    assert [answer.status for answer in exchanged] in ([200], [200, 200])


def test_a_session_that_has_ended_costs_nothing_that_was_typed(portal: Portal, visit: Visit, user: User) -> None:
    account = portal.mesh.new_account()
    visitor = visit()
    visitor.expects_errors = True
    visitor.sign_in(user, FORM)
    type_request(visitor, account)
    portal.cognito.admin_user_global_sign_out(UserPoolId=portal.config["userPoolId"], Username=user.username)
    let_tokens_run_out(visitor.page)
    page = visitor.page
    page.get_by_role("button", name="Send the request").click()
    dialog = page.get_by_role("dialog", name="Your session has ended")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    typed(visitor, account)
    page.get_by_role("button", name="Sign in again").first.click()
    # The sign-in's own session still holds, so nothing has to be typed there.
    visitor.sees_heading("Ask for retail.customer")
    typed(visitor, account)
    page.get_by_role("button", name="Send the request").click()
    visitor.sees("The owner has a mail and decides by")
    listed = json.loads(portal.call("GET", "/requests", user).body)["requests"]
    assert len(listed) == 1


def test_an_api_that_is_away_loses_nothing_and_asks_once(portal: Portal, visit: Visit, user: User) -> None:
    account = portal.mesh.new_account()
    visitor = visit()
    visitor.expects_errors = True
    visitor.sign_in(user, FORM)
    type_request(visitor, account)
    page = visitor.page
    page.route("**/api/**", lambda route: route.abort("connectionrefused"))
    page.get_by_role("button", name="Send the request").click()
    visitor.sees("It is not known whether the request was sent")
    visitor.sees("sending it again never asks twice")
    typed(visitor, account)
    page.unroute("**/api/**")

    # It arrives, but the answer is lost.
    swallowed: list[str] = []

    def swallow(route: Route) -> None:
        route.fetch()
        route.abort("connectionreset")
        swallowed.append(route.request.method)

    page.route("**/api/requests", swallow)
    page.get_by_role("button", name="Try again").click()
    # The page says the same as before, so its words do not tell that this answer is lost too.
    while not swallowed:
        page.wait_for_timeout(50)
    visitor.sees("It is not known whether the request was sent")
    page.unroute("**/api/requests")
    page.get_by_role("button", name="Send the request").click()
    visitor.sees("The owner has a mail and decides by")
    assert len(json.loads(portal.call("GET", "/requests", user).body)["requests"]) == 1


@pytest.fixture(scope="module")
def window(portal: Portal, chromium: Browser) -> Iterator[Visitor]:
    """A window where somebody new is signed in, for tests that leave the session as it is."""
    visitor = Visitor(portal, chromium)
    visitor.expects_errors = True
    visitor.sign_in(portal.new_user(auditor=True))
    yield visitor
    visitor.close()


def test_lists_say_that_the_api_is_away_and_come_back(window: Visitor) -> None:
    page = window.page
    window.open("/executions")
    window.sees_heading("Executions of the workflow")
    page.route("**/api/**", lambda route: route.abort("connectionrefused"))
    page.get_by_role("link", name="Requests", exact=True).first.click()
    window.sees("The requests cannot be shown")
    page.unroute("**/api/**")
    page.get_by_role("button", name="Try again").click()
    window.sees("You have not asked for anything yet")


def test_faults_behind_the_api_are_told(portal: Portal, window: Visitor) -> None:
    window.open(FORM)
    with portal.mesh.fault("glue", "GetTable", "AccessDeniedException"):
        window.page.get_by_label("Account that gets access").fill(portal.mesh.new_account())
        window.sees("This cannot be said just now")
    window.page.get_by_role("button", name="Try again").click()
    expect(window.page.get_by_role("region", name="What will happen")).to_contain_text("Goes to")


@pytest.mark.parametrize(
    ("fault", "why"),
    [
        ("AccessDeniedException", "An operator has to look into it"),
        ("ServiceUnavailable", "AWS was busy or out of order"),
    ],
)
def test_a_catalogue_that_cannot_be_read_is_told_with_the_reason(
    portal: Portal, visit: Visit, user: User, fault: str, why: str
) -> None:
    visitor = visit()  # one that has not been there: a browser keeps the catalogue for a minute
    visitor.expects_errors = True
    with portal.mesh.fault("glue", "GetDatabases", fault):
        visitor.sign_in(user)
        visitor.sees("The databases cannot be shown")
        visitor.sees(why)
    visitor.page.get_by_role("button", name="Try again").click()
    expect(visitor.page.get_by_role("link", name="retail", exact=True)).to_be_visible()


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/databases/retail/tables/nothing", "Table nothing cannot be shown"),
        ("/databases/nothing", "Database nothing cannot be shown"),
        ("/executions/nothing", "The execution cannot be shown"),
    ],
)
def test_what_is_not_there_is_said(window: Visitor, path: str, said: str) -> None:
    window.open(path)
    window.sees(said)


def test_the_browser_holds_no_key_of_aws_and_calls_its_own_api_only(portal: Portal, visit: Visit, user: User) -> None:
    visitor = visit()
    called: set[str] = set()
    visitor.page.on("request", lambda request: called.add(urlsplit(request.url).netloc))
    visitor.sign_in(user)
    for path, text in (("/databases/retail", "customer"), ("/requests", "Requests")):
        visitor.open(path)
        visitor.sees(text)
    assert called == {urlsplit(portal.url).netloc, urlsplit(portal.sign_in_url).netloc}
    told = json.dumps(portal.config)
    assert not [word for word in ("identityPool", "endpoints", "glue", "stateMachine") if word in told]
    assert portal.mesh.client("cognito-identity").list_identity_pools(MaxResults=60)["IdentityPools"] == []
    stored = visitor.page.evaluate("JSON.stringify([{ ...sessionStorage }, { ...localStorage }])")
    assert "AccessKeyId" not in stored


def test_a_sign_in_that_was_not_begun_here_is_refused(visit: Visit) -> None:
    visitor = visit()
    visitor.open("/callback?code=stolen&state=unknown")
    expect(visitor.page.get_by_text("The sign-in did not work")).to_be_visible()
    expect(visitor.page.get_by_role("button", name="Sign in")).to_be_visible()
