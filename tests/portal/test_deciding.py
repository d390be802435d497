"""Approvers decide signed in: in a real browser, and as programs do; beside the links of the mail."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import expect

from handlers.sharing.model.clock import now
from tests.portal.axe import findings
from tests.portal.conftest import Visit
from tests.portal.portal import Portal, User
from tests.portal.visitor import PHONE
from tests.workflow.driver import OLGA, SELECT_AND_DESCRIBE


@pytest.fixture(scope="module")
def olga(portal: Portal) -> User:
    return portal.owner()


def asked(portal: Portal, user: User, account: str, table: str = "customer") -> str:
    """A request that waits and whose mail is out."""
    made = portal.ask(user, "retail", table, account)["id"]
    portal.mesh.mail_about(made)
    return str(made)


def question(portal: Portal, user: User, request: str) -> dict[str, Any]:
    reply = portal.call("GET", f"/requests/{request}/decision", user)
    assert reply.status == 200, reply.body
    return dict(json.loads(reply.body))


def decide(portal: Portal, user: User, request: str, action: str = "approve", round_: int = 1) -> tuple[int, str]:
    """Status, and reason where it was not taken."""
    document = {"action": action, "round": round_, "comment": "By a program."}
    reply = portal.call("POST", f"/requests/{request}/decision", user, document)
    return reply.status, json.loads(reply.body).get("reason", "")


def test_from_what_waits_to_what_was_approved(portal: Portal, visit: Visit, user: User, olga: User) -> None:
    account = portal.mesh.new_account()
    request = asked(portal, user, account)
    owner = visit()
    page = owner.page
    owner.sign_in(olga, "/decisions")
    group = page.get_by_role("region", name="retail.customer")
    expect(group).to_contain_text(f"Asked by {user.email}")
    assert findings(page) == []
    group.get_by_role("link", name=re.compile(f"account {account}$")).press("Enter")
    expect(owner.heading("Decide on retail.customer")).to_be_focused()
    owner.sees("For a test.")
    expect(page.get_by_role("region", name="What the account has already")).to_contain_text("Nothing of this")
    assert findings(page) == []

    # By keyboard alone: until tomorrow, with a comment.
    page.get_by_role("radio", name="Approve").focus()
    page.keyboard.press("Space")
    tomorrow = (now() + timedelta(1)).date().isoformat()
    page.get_by_role("textbox", name=re.compile("^Last day")).fill(tomorrow)
    page.get_by_role("textbox", name=re.compile("^Comment")).fill("For the churn model only.")
    page.get_by_role("button", name="Approve access").press("Enter")
    owner.sees("This request was approved")
    expect(owner.heading("Decide on retail.customer")).to_be_focused()
    assert findings(page) == []

    shared = portal.wait_for(user, request, "SHARED")
    said = shared["decision"]
    assert (said["approver"], said["decided_by"], said["until"]) == (OLGA, "signed-in", tomorrow)
    assert portal.mesh.grants(account) == {"retail.customer": SELECT_AND_DESCRIBE}
    # The link of the mail says who was first.
    links = portal.mesh.links(portal.mesh.only_mail(request))
    assert portal.mesh.get(links.deny).status == 409
    assert question(portal, olga, asked(portal, user, account, "customer_address"))["has"] == []


def test_on_a_phone_in_the_dark_a_request_is_denied(portal: Portal, visit: Visit, user: User, olga: User) -> None:
    request = asked(portal, user, portal.mesh.new_account())
    owner = visit(viewport=PHONE, color_scheme="dark")
    page = owner.page
    owner.sign_in(olga, f"/decisions/{request}")
    page.get_by_role("radio", name="Deny").check()
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Deny access").click()
    owner.sees("This request was denied")
    assert portal.wait_for(user, request, "DENIED")["decision"]["decided_by"] == "signed-in"


def test_who_does_not_decide(portal: Portal, user: User, olga: User) -> None:
    request = asked(portal, user, portal.mesh.new_account())
    audit, stranger = portal.new_user(auditor=True), portal.new_user()
    for who, status in ((user, 403), (audit, 403), (stranger, 404)):
        assert portal.call("GET", f"/requests/{request}/decision", who).status == status
        assert decide(portal, who, request)[0] == status
        assert json.loads(portal.call("GET", "/decisions", who).body)["data"] == []
    assert decide(portal, olga, request, round_=2) == (409, "LookAgain")
    waiting = json.loads(portal.call("GET", "/decisions", olga).body)["data"]
    assert request in {each["id"] for group in waiting for each in group["requests"]}
    assert portal.request(user, request)["status"] == "WAITING"


def test_of_a_link_and_a_signed_in_decision_at_once_one_counts(portal: Portal, user: User, olga: User) -> None:
    mesh = portal.mesh
    portal.tokens(olga)
    for action, other in (("approve", "deny"), ("deny", "approve")):
        request = asked(portal, user, mesh.new_account())
        links = mesh.links(mesh.mail_about(request))
        with ThreadPoolExecutor(2) as pool:
            by_link = pool.submit(mesh.post, getattr(links, other), email=OLGA)
            signed_in = pool.submit(decide, portal, olga, request, action)
            statuses = (by_link.result().status, signed_in.result()[0])
        assert sorted(statuses) == [200, 409]
        won = action if statuses[1] == 200 else other
        ended = portal.wait_for(user, request, "SHARED" if won == "approve" else "DENIED")
        assert ended["decision"]["decided_by"] == ("signed-in" if statuses[1] == 200 else "mailbox")
