"""What came of a request goes on: asked for some days, seen until when, renewed, given back, in a real browser."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.portal.axe import findings
from tests.portal.conftest import Visit
from tests.portal.portal import Portal, User
from tests.portal.visitor import Visitor
from tests.workflow.driver import SELECT_AND_DESCRIBE, wait_until

GRANTED = {"transport.yellow_tripdata": SELECT_AND_DESCRIBE}


def ask_for_a_month(alex: Visitor, user: User, account: str) -> None:
    page = alex.page
    alex.sign_in(user, "/databases/transport/tables/yellow_tripdata/request")
    page.get_by_label("Account that gets access").fill(account)
    choose_days(page, 30)
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("Access for 30 days.")
    page.get_by_role("button", name="Get access").click()


def choose_days(page: Page, days: int) -> None:
    page.get_by_role("button", name=re.compile("^How long")).click()
    page.get_by_role("option", name="For a number of days").click()
    page.get_by_role("textbox", name="Days").fill(str(days))


def test_a_share_from_its_end_being_asked_for_to_its_being_given_back(portal: Portal, visit: Visit, user: User) -> None:
    account = portal.mesh.new_account()
    alex = visit()
    page = alex.page
    ask_for_a_month(alex, user, account)
    access = page.get_by_role("region", name="Access")
    expect(access).to_contain_text(re.compile(r"Active until .*That is (29|30) days from now\."))
    assert portal.mesh.grants(account) == GRANTED

    # By keyboard alone: thought better of once, then done.
    dialog = page.get_by_role("dialog", name="Give back transport.yellow_tripdata?")
    give_back = access.get_by_role("button", name="Give back")
    give_back.focus()
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("what was copied is not called back")
    assert findings(page) == []
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    give_back.focus()
    page.keyboard.press("Enter")
    dialog.get_by_label("Why?").fill("The model is trained.")
    dialog.get_by_role("button", name="Give it back").press("Enter")
    expect(dialog).to_be_hidden()
    expect(access.get_by_role("heading", name="Access")).to_be_focused()
    expect(access).to_contain_text("The model is trained.")
    expect(access).to_contain_text("Ended on", timeout=60_000)
    story = page.get_by_role("region", name="What happened")
    expect(story).to_contain_text("Given back")
    expect(story).to_contain_text("Nothing of it is granted any more")
    assert findings(page) == []
    wait_until(lambda: portal.mesh.grants(account) == {}, what="that nothing is granted any more")


def test_access_is_renewed_and_goes_on(portal: Portal, visit: Visit, user: User) -> None:
    account = portal.mesh.new_account()
    alex = visit()
    page = alex.page
    ask_for_a_month(alex, user, account)
    access = page.get_by_role("region", name="Access")
    access.get_by_role("link", name="Renew").press("Enter")
    expect(page.get_by_role("heading", name="Renew transport.yellow_tripdata")).to_be_focused()
    alex.sees("Renews access that lasts until")
    alex.sees(account)
    choose_days(page, 29)
    days = page.get_by_role("textbox", name="Days")
    expect(days).to_have_accessible_description(re.compile("It lasts until .*already"))
    days.fill("60")
    what = page.get_by_role("region", name="What will happen")
    expect(what).to_contain_text("Renewed at once")
    expect(what).to_contain_text("Access for 60 days.")
    assert findings(page) == []
    page.get_by_role("button", name="Renew", exact=True).press("Enter")

    renewal = page.get_by_role("region", name="Renewal")
    expect(renewal).to_contain_text("The same access goes on until")
    expect(page.get_by_role("region", name="What happened")).to_contain_text("The end of the access moved")
    alex.sees(f"transport.yellow_tripdata is shared with {account}")
    assert findings(page) == []
    renewal.get_by_role("link").press("Enter")
    expect(access).to_contain_text(re.compile(r"That is (59|60) days from now\."))
    expect(page.get_by_role("region", name="What happened")).to_contain_text("Renewed")
    expect(access.get_by_role("link", name="a later request")).to_be_visible()
    assert findings(page) == []
    assert portal.mesh.grants(account) == GRANTED
