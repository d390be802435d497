"""What people do with a share in its life, each in a real browser: asked for, decided, renewed, revoked, audited."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.portal.axe import findings
from tests.portal.conftest import Visit
from tests.portal.portal import Portal, User
from tests.portal.visitor import PHONE, Visitor
from tests.workflow.driver import wait_until

ACCOUNT = "777777777777"
"""Whose share it is."""
REASON = "=1+1 is 2, and the contract has ended."
"""What a spreadsheet would take for a formula."""


def choose_days(visitor: Visitor, days: int) -> None:
    page = visitor.page
    page.get_by_role("button", name=re.compile("^How long")).click()
    page.get_by_role("option", name="For a number of days").click()
    page.get_by_role("textbox", name="Days").fill(str(days))


def ask(portal: Portal, visit: Visit, mia: User) -> str:
    """For personal data, with an end."""
    requester = visit()
    page = requester.page
    requester.sign_in(mia, "/databases/retail/tables/customer/request")
    expect(page.get_by_role("button", name=re.compile("^Account that gets access"))).to_contain_text(ACCOUNT)
    choose_days(requester, 30)
    page.get_by_label(re.compile("^Purpose")).fill("Churn model.")
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("for approval")
    requester.settle()
    assert findings(page) == []
    page.get_by_role("button", name="Send the request").click()
    requester.sees("The owner has a mail and decides by")
    assert findings(page) == []
    request = page.url.rpartition("/")[2]
    page.close()
    return request


def decide(visit: Visit, jane: User, has: str, until: str = "") -> None:
    """Comes to what waits, looks and approves, by keyboard alone."""
    owner = visit()
    page = owner.page
    owner.sign_in(jane)
    owner.sees_heading("To decide")
    waiting = page.get_by_role("region", name="retail.customer", exact=True)
    expect(waiting).to_contain_text("Asked by mia@consumer.example")
    assert findings(page) == []
    owner.tab_to(waiting.get_by_role("link", name=re.compile(f"account {ACCOUNT}$")))
    page.keyboard.press("Enter")
    expect(owner.heading("Decide on retail.customer")).to_be_focused()
    expect(page.get_by_role("region", name="What the account has already")).to_contain_text(has)
    assert findings(page) == []
    owner.tab_to(page.get_by_role("radio", name="Approve"))
    page.keyboard.press("Space")
    if until:
        owner.tab_to(page.get_by_role("textbox", name=re.compile("^Last day")))
        page.keyboard.type(until)
    owner.tab_to(page.get_by_role("textbox", name=re.compile("^Comment")))
    page.keyboard.type("For the churn model only.")
    owner.tab_to(page.get_by_role("button", name="Approve access"))
    page.keyboard.press("Enter")
    owner.sees("This request was approved")
    expect(owner.heading("Decide on retail.customer")).to_be_focused()
    expect(page.get_by_text("Waiting for approval")).to_have_count(0)
    assert findings(page) == []
    page.close()


def renew(portal: Portal, requester: Visitor, mia: User) -> str:
    """From her shares, where the end is near; the owner is asked, as the data are personal."""
    page = requester.page
    requester.sign_in(mia, "/shares")
    share = page.get_by_role("link", name=re.compile("^retail.customer, for account"))
    expect(share).to_be_visible()
    assert findings(page) == []
    share.click()
    requester.sees("Renew it in time if you need it longer")
    assert findings(page) == []
    page.get_by_role("link", name="Renew", exact=True).click()
    choose_days(requester, 60)
    page.get_by_label(re.compile("^Purpose")).fill("The model is trained each month.")
    what = page.get_by_role("region", name="What will happen")
    expect(what).to_contain_text("Unless they approve, the access stays as it is, until")
    requester.settle()
    assert findings(page) == []
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_role("region", name="Renewal")).to_contain_text("This renews access that lasts until")
    assert findings(page) == []
    second = page.url.rpartition("/")[2]
    mail = " ".join(portal.mesh.mail_about(second)["body"].split())
    assert "This renews access that the account has already." in mail
    return second


def revoke(portal: Portal, visit: Visit, jane: User) -> None:
    """On the page of the owner's own data: what would end first, then for good."""
    owner = visit()
    page = owner.page
    owner.sign_in(jane)
    page.get_by_role("link", name="Our data").click()
    shares = page.get_by_role("table", name="Live shares of our data")
    expect(page.get_by_role("table", name="What was asked of us, and what came of it")).to_contain_text("Shared")
    assert findings(page) == []
    shares.get_by_role("link", name=re.compile(f"^retail.customer, for account {ACCOUNT}")).click()
    page.get_by_role("button", name="Revoke").press("Enter")
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Why?").fill(REASON)
    dialog.get_by_role("button", name="See what would end").press("Enter")
    expect(dialog.get_by_role("region", name="What would end")).to_contain_text(f"{ACCOUNT}: loses retail.customer.")
    assert findings(page) == []
    assert "retail.customer" in portal.mesh.grants(ACCOUNT), "a look ends nothing"
    dialog.get_by_role("button", name="Revoke it").press("Enter")
    expect(dialog).to_be_hidden()
    owner.sees(REASON)
    expect(page.get_by_role("region", name="Access")).to_contain_text("Ended on", timeout=60_000)
    assert findings(page) == []
    wait_until(lambda: "retail.customer" not in portal.mesh.grants(ACCOUNT), what="that nothing is granted any more")
    owner.open("/our-data?state=ended")
    ended = page.get_by_role("table", name="Ended shares of our data").get_by_role("row", name=re.compile(ACCOUNT))
    expect(ended.filter(has_text=REASON)).to_contain_text("Revoked by")
    assert findings(page) == []


def is_nobody_elses(portal: Portal, visit: Visit, paths: list[str]) -> None:
    """Whoever has nothing to do with it finds nothing at its addresses."""
    stranger = visit()
    stranger.expects_errors = True
    stranger.sign_in(portal.new_user(), "/shares")
    for path in paths:
        stranger.open(path)
        stranger.sees("There is no such")
        assert findings(stranger.page) == []


def audit(portal: Portal, visit: Visit, jane: User, folder: Path) -> None:
    """In the dark and on a phone, too."""
    auditor = visit(color_scheme="dark")
    page = auditor.page
    auditor.sign_in(portal.new_user(auditor=True))
    auditor.sees_heading("Audit")
    page.get_by_role("searchbox", name="Account that reads").fill(ACCOUNT)
    expect(page).to_have_url(re.compile(f"account_id={ACCOUNT}"))
    expect(page.get_by_role("table", name="Live shares")).to_be_visible()
    auditor.settle()
    expect(page.get_by_role("link", name=re.compile("^retail.customer, "))).to_have_count(0)
    assert findings(page) == []
    assert "customer" not in [each["table"] for each in saved_as_csv(auditor, folder)]
    page.get_by_role("button", name="What changed").click()
    changes = page.get_by_role("table", name="Changes")
    expect(changes).to_contain_text(REASON)
    expect(changes).to_contain_text("Access until the end of")
    assert findings(page) == []
    saved = saved_as_csv(auditor, folder)
    (row,) = [each for each in saved if each["event"] == "Revoked"]
    assert (row["by"], row["detail"], row["table"], row["account"]) == (jane.email, f"'{REASON}", "customer", ACCOUNT)
    page.set_viewport_size(PHONE)
    expect(page.get_by_role("columnheader", name="Change", exact=True)).to_be_visible()
    assert findings(page) == []


def saved_as_csv(visitor: Visitor, folder: Path) -> list[dict[str, str]]:
    """What the page saves of the list that it shows."""
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("button", name="Save all of this as CSV").click()
    file = folder / download.value.suggested_filename
    download.value.save_as(file)
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"), newline="")))
