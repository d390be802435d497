"""Parts of a table, in a real browser: chosen, shared, the rest asked for, narrowed by the approver, and read."""

from __future__ import annotations

import json
import re

import pytest
from playwright.sync_api import Locator, Page, expect

from localmesh.reading import readable
from tests.portal.axe import findings
from tests.portal.conftest import Visit
from tests.portal.portal import Portal, User
from tests.portal.visitor import PHONE, Visitor
from tests.workflow.catalogue import column
from tests.workflow.driver import RETAIL

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


def asking(portal: Portal, visit: Visit, user: User, form: str) -> tuple[str, Visitor]:
    """Somebody at the form who has named a new account."""
    account, visitor = portal.mesh.new_account(), visit()
    visitor.sign_in(user, form)
    visitor.page.get_by_label("Account that gets access").fill(account)
    return account, visitor


def test_from_the_safe_part_by_the_rest_to_what_the_owner_gives(portal: Portal, visit: Visit, user: User) -> None:
    account, alex = asking(portal, visit, user, FORM)
    page = alex.page
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


BERLIN = "city = 'Berlin  Mitte'"
ROWS = {"berlin": BERLIN, "broken": "city =", "endless": f"city = '{'x' * 2_048}'"}
"""Row filters: one that is good, one that Lake Formation does not take, and one that is too long for it."""


@pytest.fixture(scope="module")
def zoned(portal: Portal) -> str:
    """A database with a table of which some rows can be asked for; gives the way to ask for it."""
    catalogue = portal.mesh.catalogue
    catalogue.add_database("zoned", owner=RETAIL)
    catalogue.add_table(
        "zoned",
        "people",
        [column("id", "bigint"), column("mail", pii_flag="true"), column("city")],
        Parameters={f"lakeshare_filter_{name}": expression for name, expression in ROWS.items()},
    )
    portal.mesh.let_grant("zoned")
    return "/databases/zoned/tables/people/request"


def choose_rows(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile("^Rows")).click()
    page.get_by_role("option", name=re.compile(f"^{name}")).click()


def shows_exactly(page: Page, text: str) -> None:
    """Waits for a text on the screen in which several spaces are several."""
    shown = page.locator("main code").filter(has_text=text.partition(" ")[0])
    expect(shown.first).to_be_visible()
    assert text in shown.evaluate_all("all => all.map((each) => each.innerText)")


def test_rows_are_asked_for_decided_and_shown(portal: Portal, visit: Visit, user: User, zoned: str) -> None:
    account, alex = asking(portal, visit, user, zoned)
    page = alex.page
    page.get_by_role("button", name=re.compile("^Rows")).click()
    refused = page.get_by_role("option", name=re.compile("^endless"))
    expect(refused).to_have_attribute("aria-disabled", "true")
    seen = json.loads(portal.call("GET", "/catalogue/table?database=zoned&name=people", user).body)
    (endless,) = [each for each in seen["parts"]["filters"] if each["name"] == "endless"]
    expect(refused).to_contain_text(endless["refusal"]["message"])
    page.get_by_role("option", name=re.compile("^berlin")).click()
    shows_exactly(page, BERLIN)
    expect(foreseen(page)).to_contain_text("for approval")
    expect(foreseen(page)).to_contain_text("3 of 3 columns.")
    page.get_by_label(re.compile("^Purpose")).fill("Who lives there.")
    assert findings(page) == []
    page.get_by_role("button", name="Send the request").click()
    request = request_of(page)
    portal.wait_for(user, request, "WAITING")
    portal.mesh.mail_about(request)

    olga = visit()
    olga.sign_in(portal.owner(), f"/decisions/{request}")
    olga.sees("3 of 3 columns, rows: berlin.")
    shows_exactly(olga.page, BERLIN)
    olga.page.get_by_role("radio", name="Approve").check()
    assert findings(olga.page) == []
    olga.page.get_by_role("button", name="Approve access").click()
    olga.sees("This request was approved")
    portal.wait_for(user, request, "SHARED")
    reading = readable(portal.mesh.lake(), account)["zoned.people"]
    assert reading.rows == {name: frozenset({BERLIN}) for name in ("id", "mail", "city")}

    for path in (f"/requests/{request}", f"/shares/{request}%3A1"):
        alex.open(path)
        alex.sees("3 of 3 columns, rows: berlin")
        shows_exactly(page, BERLIN)
        assert findings(page) == []


def test_rows_that_lake_formation_does_not_take_are_refused(
    portal: Portal, visit: Visit, user: User, zoned: str
) -> None:
    account, alex = asking(portal, visit, user, zoned)
    page = alex.page
    page.get_by_role("radio", name=KIND["columns"]).check()
    columns(page).get_by_role("option", name=re.compile("^city")).click()
    choose_rows(page, "broken")
    shows_exactly(page, ROWS["broken"])
    page.get_by_role("button", name="Get access").click()
    ended = portal.wait_for(user, request_of(page), "REFUSED")
    assert ended["reason"] == "FilterRefused"
    alex.sees(ended["message"])
    assert findings(page) == []
    assert "zoned.people" not in readable(portal.mesh.lake(), account)


def test_the_form_fits_a_phone_in_the_dark(visit: Visit, user: User) -> None:
    alex: Visitor = visit(viewport=PHONE, color_scheme="dark")
    page = alex.page
    alex.sign_in(user, FORM)
    page.get_by_role("radio", name=KIND["columns"]).check()
    expect(columns(page)).to_be_visible()
    assert findings(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
