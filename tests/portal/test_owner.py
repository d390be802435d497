"""An approver of the data's owner and an auditor in a real browser: who has what, revoked with a look first, held."""

from __future__ import annotations

import json
import re

from playwright.sync_api import expect

from tests.portal.axe import findings
from tests.portal.conftest import Visit
from tests.portal.portal import Portal, User
from tests.portal.visitor import PHONE
from tests.workflow.driver import wait_until


def test_an_owner_revokes_and_holds_and_an_auditor_sees_it(portal: Portal, visit: Visit, user: User) -> None:
    account = portal.mesh.new_account()
    asked = portal.ask(user, "retail", "customer", account)["id"]
    portal.decide(asked, "approve")
    shared = portal.wait_for(user, asked, "SHARED")
    owner = shared["owner"]["account_id"]
    # Something waits for her: so that is where the sign-in leads to.
    portal.mesh.mail_about(portal.ask(user, "retail", "customer", portal.mesh.new_account())["id"])

    jane = visit()
    page = jane.page
    jane.sign_in(portal.approver_of(owner))
    jane.sees_heading("To decide")
    page.get_by_role("link", name="Our data").click()
    jane.sees_heading("Our data")
    expect(page.get_by_role("table", name="What was asked of us, and what came of it")).to_contain_text("Shared")
    assert findings(page) == []
    page.get_by_role("link", name=re.compile(f"^retail.customer, for account {account}")).press("Enter")
    jane.sees_heading("Share of retail.customer")
    page.get_by_role("button", name="Revoke").press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why?").fill("The contract has ended.")
    dialog.get_by_role("button", name="See what would end").press("Enter")
    expect(dialog.get_by_role("region", name="What would end")).to_contain_text(f"{account}: loses retail.customer.")
    assert findings(page) == []
    assert portal.mesh.grants(account) != {}, "a look ends nothing"
    dialog.get_by_role("button", name="Revoke it").press("Enter")
    expect(dialog).to_be_hidden()
    jane.sees("The contract has ended.")
    expect(page.get_by_role("region", name="Access")).to_contain_text("Ended on", timeout=60_000)
    wait_until(lambda: portal.mesh.grants(account) == {}, what="that nothing is granted any more")
    jane.open("/our-data?state=ended")
    row = page.get_by_role("table", name="Ended shares of our data").get_by_role("row", name=re.compile(account))
    expect(row).to_contain_text("Revoked by")
    expect(row).to_contain_text("The contract has ended.")
    assert findings(page) == []

    kim = visit(color_scheme="dark")
    auditor = portal.new_user(auditor=True)
    kim.sign_in(auditor)
    kim.sees_heading("Audit")
    expect(kim.page.get_by_role("table", name="Live shares")).to_be_visible()
    assert findings(kim.page) == []
    kim.page.get_by_role("button", name="What changed").click()
    kim.page.get_by_role("searchbox", name="Account that reads").fill(account)
    expect(kim.page.get_by_role("table", name="Changes")).to_contain_text("The contract has ended.")
    assert findings(kim.page) == []
    kim.page.set_viewport_size(PHONE)
    expect(kim.page.get_by_role("columnheader", name="Change", exact=True)).to_be_visible()
    assert findings(kim.page) == []


def test_every_list_and_a_hold_on_the_mesh(portal: Portal, user: User) -> None:
    account = portal.mesh.new_account()
    asked = portal.ask(user, "transport", "yellow_tripdata", account)["id"]
    portal.wait_for(user, asked, "SHARED")
    share = f"{asked}:1"
    owner = json.loads(portal.call("GET", f"/shares/{share}", user).body)["owner"]["account_id"]
    jane, auditor = portal.approver_of(owner), portal.new_user(auditor=True)
    for query, caller in {
        "": user,
        f"?view=owner&owner={owner}&account_id={account}": jane,
        f"?view=all&account_id={account}": auditor,
        f"?view=all&database=transport&account_id={account}": auditor,
        f"?view=account&account_id={account}": auditor,
        "?view=all&limit=100": auditor,
    }.items():
        reply = portal.call("GET", f"/shares{query}", caller)
        assert share in [each["id"] for each in json.loads(reply.body)["shares"]], (query, reply.body)
    # The data of nobody else in these tests: what is held here is shared with nobody meanwhile.
    on = {"source": {"database": "transport", "table": "held_in_this_test"}}
    assert portal.call("POST", "/holds", user, {**on, "reason": "x"}).status == 403
    operator = portal.new_user()
    portal.join(operator, "operators")
    held = portal.call("POST", "/holds", operator, {**on, "reason": "A leak."})
    assert held.status == 202, held.body
    assert "transport.held_in_this_test" in portal.call("GET", "/holds", auditor).body
    assert portal.call("POST", "/holds/lift", operator, {**on, "reason": "It was none."}).status == 202
    assert "HoldLifted" in portal.call("GET", "/changes?days=90&limit=100", auditor).body
