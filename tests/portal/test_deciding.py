"""Approvers decide signed in, beside the links of the mail; test_signed_in.py has a mesh where nobody decides else."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.portal.axe import findings
from tests.portal.conftest import Visit
from tests.portal.portal import Portal, User
from tests.portal.visitor import PHONE
from tests.workflow.driver import OLGA


@pytest.fixture(scope="module")
def olga(portal: Portal) -> User:
    return portal.owner()


def asked(portal: Portal, user: User, account: str, table: str = "customer") -> str:
    """A request that waits and whose mail is out."""
    made = portal.ask(user, "retail", table, account)["id"]
    portal.mesh.mail_about(made)
    return str(made)


def decide(portal: Portal, user: User, request: str, action: str = "approve", round_: int = 1) -> tuple[int, str]:
    """Status, and reason where it was not taken."""
    document = {"action": action, "round": round_, "comment": "By a program."}
    reply = portal.call("POST", f"/requests/{request}/decision", user, document)
    return reply.status, json.loads(reply.body).get("reason", "")


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
