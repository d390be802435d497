"""Parts of a table, in a real browser: chosen, shared, the rest asked for, narrowed by the approver, and read."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from localmesh.reading import readable
from tests.portal.axe import findings
from tests.portal.conftest import Visit
from tests.portal.portal import Portal, User
from tests.portal.visitor import PHONE, Visitor

FORM = "/databases/retail/tables/call_center/request"
FLAGGED = {"cc_manager", "cc_market_manager"}
KIND = {
    "safe": "Only what nobody needs to approve",
    "columns": "Some columns",
}


def reads(portal: Portal, account: str, table: str) -> set[str]:
    """The columns that an account can read, as the evaluator has it."""
    found = readable(portal.mesh.lake(), account).get(f"retail.{table}")
    return set() if found is None else set(found.columns)


def columns(page: Page) -> Locator:
    return page.get_by_role("listbox", name="Columns")


def foreseen(page: Page) -> Locator:
    return page.get_by_role("region", name="What will happen")


def request_of(page: Page) -> str:
    page.wait_for_url(re.compile("/requests/[^/?]+$"))
    return page.url.rsplit("/", 1)[1]


def test_from_the_safe_part_by_the_rest_to_what_the_owner_gives(portal: Portal, visit: Visit, user: User) -> None:
    account = portal.mesh.new_account()
    alex = visit()
    page = alex.page
    alex.sign_in(user, FORM)
    page.get_by_label("Account that gets access").fill(account)
    page.get_by_role("radio", name=KIND["safe"]).check()
    expect(foreseen(page)).to_contain_text("Shared at once")
    expect(foreseen(page)).to_contain_text("29 of 31 columns")
    expect(foreseen(page)).to_contain_text("cc_market_manager")
    alex.sees("Columns that are added to the table later are not in.")
    assert findings(page) == []
    page.get_by_role("button", name="Get access").click()
    portal.wait_for(user, request_of(page), "SHARED")
    safe = reads(portal, account, "call_center")
    assert len(safe) == 29
    assert not safe & FLAGGED

    page.get_by_role("link", name="My shares", exact=True).click()
    row = page.get_by_role("row", name=re.compile("retail.call_center"))
    expect(row).to_contain_text("29 of 31 columns")
    row.get_by_text("29 of 31 columns").click()
    expect(row).to_contain_text("cc_call_center_id")
    expect(row).to_contain_text("and 9 more")
    assert findings(page) == []
    row.get_by_role("link", name=re.compile("^Ask for the rest")).click()
    expect(page.get_by_role("radio", name=KIND["columns"])).to_be_checked()
    chosen = columns(page).locator("[role=option][aria-selected=true]")
    alex.sees("2 of 31 columns")
    expect(foreseen(page)).to_contain_text("for approval")
    page.get_by_label(re.compile("^Purpose")).fill("Who runs them.")
    assert findings(page) == []
    page.get_by_role("button", name="Send the request").click()
    request = request_of(page)
    expect(chosen).to_have_count(0)
    portal.wait_for(user, request, "WAITING")

    approves_less(portal, visit, request)
    ended = portal.wait_for(user, request, "SHARED")
    assert ended["decision"]["columns"] == ["cc_manager"]
    assert "Only 1 of the 2 columns that were asked for: cc_manager." in ended["message"]
    assert reads(portal, account, "call_center") == {*safe, "cc_manager"}
    page.reload()
    alex.sees(re.compile("gave 1 of the 2 columns that were asked for"))
    assert findings(page) == []


def approves_less(portal: Portal, visit: Visit, request: str) -> None:
    """On a phone."""
    olga = visit(viewport=PHONE)
    page = olga.page
    portal.mesh.mail_about(request)
    olga.sign_in(portal.owner(), f"/decisions/{request}")
    olga.sees("2 of 31 columns")
    page.get_by_role("radio", name="Approve").check()
    columns(page).get_by_role("option", name=re.compile("^cc_market_manager")).click()
    olga.sees("1 of 2 columns")
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Approve access").click()
    olga.sees("This request was approved")


def test_columns_are_chosen_and_sent_by_keyboard_alone(portal: Portal, visit: Visit, user: User) -> None:
    account = portal.mesh.new_account()
    alex = visit()
    page = alex.page
    alex.sign_in(user, FORM)
    alex.tab_to(page.get_by_label("Account that gets access"))
    page.keyboard.type(account)
    alex.tab_to(page.get_by_role("radio", name="The whole table"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("radio", name=KIND["columns"])).to_be_checked()
    alex.tab_to(page.get_by_label("Search columns"))
    page.keyboard.type("cc_name")
    alex.tab_to(columns(page))
    page.keyboard.press("Space")
    alex.sees("1 of 31 columns")
    expect(foreseen(page)).to_contain_text("Shared at once")
    alex.tab_to(page.get_by_role("button", name="Get access"))
    page.keyboard.press("Enter")
    portal.wait_for(user, request_of(page), "SHARED")
    assert reads(portal, account, "call_center") == {"cc_name"}


def whole_table(portal: Portal, user: User) -> str:
    """A request for all of a table, which waits."""
    made = portal.ask(user, "retail", "customer", portal.mesh.new_account())["id"]
    portal.mesh.mail_about(made)
    return str(made)


def test_of_a_whole_table_some_columns_are_given(portal: Portal, visit: Visit, user: User) -> None:
    request = whole_table(portal, user)
    account = portal.request(user, request)["target"]["account_id"]
    olga = visit()
    page = olga.page
    olga.sign_in(portal.owner(), f"/decisions/{request}")
    page.get_by_role("radio", name="Approve").check()
    page.get_by_role("button", name=re.compile("^Columns that you give")).click()
    page.get_by_role("button", name="Those without personal data").click()
    olga.sees("9 of 18 columns")
    assert findings(page) == []
    page.get_by_role("button", name="Approve access").click()
    olga.sees("This request was approved")
    portal.wait_for(user, request, "SHARED")
    given = reads(portal, account, "customer")
    assert len(given) == 9
    assert "c_email_address" not in given


@pytest.mark.parametrize("columns", [["c_email_address", "gone"], [], "c_login"])
def test_what_no_approval_can_name(portal: Portal, user: User, columns: object) -> None:
    asked = ["c_email_address", "c_login"]
    made = portal.ask(user, "retail", "customer", portal.mesh.new_account(), columns=asked)["id"]
    portal.mesh.mail_about(made)
    document = {"action": "approve", "round": 1, "columns": columns}
    reply = portal.call("POST", f"/requests/{made}/decision", portal.owner(), document)
    assert (reply.status, '"columns"' in reply.body) == (422, True), reply.body
    assert portal.request(user, made)["status"] == "WAITING"


def test_the_form_fits_a_phone_in_the_dark(visit: Visit, user: User) -> None:
    alex: Visitor = visit(viewport=PHONE, color_scheme="dark")
    page = alex.page
    alex.sign_in(user, FORM)
    page.get_by_role("radio", name=KIND["columns"]).check()
    expect(columns(page)).to_be_visible()
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
