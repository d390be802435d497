"""The way of a person who has never read a manual: from the first sign-in to a shared table, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.portal.conftest import Visit
from tests.portal.portal import Portal, User
from tests.portal.visitor import Visitor
from tests.workflow.driver import SELECT_AND_DESCRIBE, wait_until

OWN_PASSWORD = "Anna-Karenina-1877"


def test_from_the_first_sign_in_to_a_shared_table(portal: Portal, visit: Visit) -> None:
    account = portal.mesh.new_account()
    alex = visit()
    page = alex.page
    first_sign_in(portal, alex)
    search_for_customer(alex)
    find_customer(alex)
    ask_for_it(alex, account)
    # The owner's turn: mailbox, mail, decision page.
    link = approval_link(portal, page)
    owner = visit()
    owner.page.goto(portal.mesh.description["mailbox_url"])
    expect(owner.page.get_by_role("heading", name=re.compile("retail.customer")).first).to_be_visible()
    decide(owner.page, link, "olga.marin@example.org", "For the churn model only.", "Approve access")
    expect(owner.page.get_by_role("heading", level=1)).to_contain_text("approved", ignore_case=True)
    # The page of the request has gone on by itself.
    alex.sees(f"retail.customer is shared with {account}")
    story = page.get_by_role("region", name="What happened")
    for step in ("Received", "Looked up in the catalogue", "for approval", "Approved", "Shared"):
        expect(story).to_contain_text(step)
    expect(story).to_contain_text("For the churn model only.")
    expect(story).to_contain_text("olga.marin@example.org")
    alex.sees("SELECT and DESCRIBE on retail.customer")
    alex.sees("Accept the invitations within 12 hours")
    assert portal.mesh.grants(account) == {"retail.customer": SELECT_AND_DESCRIBE}
    # And it stands in both lists.
    page.get_by_role("link", name="Requests", exact=True).first.click()
    row = page.get_by_role("row", name=re.compile("retail.customer"))
    expect(row.first).to_contain_text("Shared")
    page.get_by_role("link", name="My shares", exact=True).first.click()
    page.get_by_role("link", name=re.compile("^retail.customer, for account")).click()
    alex.sees_heading("Share of retail.customer")
    page.get_by_role("link", name="The request", exact=True).click()
    alex.sees_heading("Request for retail.customer")


def first_sign_in(portal: Portal, alex: Visitor) -> None:
    page = alex.page
    alex.expects_errors = True  # a wrong password is an answer with status 400
    alex.open()
    page.get_by_role("button", name="Sign in").click()
    alex.enter("alex", "guessed")
    expect(page.get_by_role("alert")).to_have_text("Incorrect username or password.")
    alex.enter("alex", portal.first_password("alex"))
    page.get_by_label("New password").fill(OWN_PASSWORD)
    page.get_by_label("The same again").fill(OWN_PASSWORD)
    page.get_by_role("button", name="Save and sign in").click()
    alex.sees_heading("Catalogue")
    alex.expects_errors = False


def search_for_customer(alex: Visitor) -> None:
    """By the keyboard alone, mistyped, and back again."""
    page = alex.page
    page.keyboard.press("/")
    page.keyboard.type("custmer emial")
    best = page.get_by_role("option").first
    expect(best).to_contain_text("retail.customer")
    expect(best).to_contain_text("c_email_address")
    page.keyboard.press("ArrowDown")
    expect(best).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    alex.sees_heading(re.compile(r"^customer$"))
    page.get_by_role("link", name="Catalogue", exact=True).first.click()
    alex.sees_heading("Catalogue")


def find_customer(alex: Visitor) -> None:
    page = alex.page
    retail = page.get_by_role("table", name="Databases").get_by_role("link", name="retail", exact=True)
    expect(retail).to_be_visible()
    alex.search("Databases", "stor", found=1).get_by_role("link", name="retail", exact=True).click()
    tables = alex.search("Tables", "customer", found=3)
    row = tables.get_by_role("row", name=re.compile(r"^customer\b(?!_)"))
    expect(row).to_contain_text("Personal data")
    row.get_by_role("link").click()
    columns = page.get_by_role("table", name="Columns")
    expect(columns.get_by_role("row", name=re.compile("c_email_address"))).to_contain_text("Personal data")
    expect(columns.get_by_role("row", name=re.compile("c_birth_country")).first).to_be_visible()
    page.get_by_role("link", name="Ask for this table").click()


def ask_for_it(alex: Visitor, account: str) -> None:
    page = alex.page
    field = page.get_by_label("Account that gets access")
    for wrong, why in (
        ("12345678901x", "An account id has digits only."),
        ("1234567890123", "An account id has 12 digits; this has 13."),
        (alex.portal.config["centralAccount"], "This is the central account"),
    ):
        field.fill(wrong)
        expect(page.get_by_text(re.compile(why)).first).to_be_visible()
    field.fill("12345")
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("An account id has 12 digits; this has 5.").first).to_be_visible()
    # People copy ids with spaces in them.
    field.fill(f"{account[:4]} {account[4:8]} {account[8:]}")
    preview = page.get_by_role("region", name="What will happen")
    expect(preview).to_contain_text(re.compile("Goes to .*Store Operations.* for approval, because customer", re.I))
    page.get_by_role("button", name="Send the request").click()
    expect(page.get_by_text("The owner decides on it").first).to_be_visible()
    page.get_by_label(re.compile("^Purpose")).fill("Churn model, until the end of the quarter.")
    page.get_by_role("button", name="Send the request").click()
    alex.sees("The owner has a mail and decides by")
    alex.sees("Churn model, until the end of the quarter.")


def approval_link(portal: Portal, page: Page, action: str = "approve") -> str:
    request_id = page.url.rpartition("/")[2]
    mail = wait_until(lambda: next(iter(portal.mesh.mails(about=request_id)), None), what="the mail")
    return str(getattr(portal.mesh.links(mail), action))


def decide(page: Page, link: str, email: str, comment: str, button: str) -> None:
    page.goto(link)
    page.get_by_label("Your email address").fill(email)
    page.get_by_label(re.compile("^Comment")).fill(comment)
    page.get_by_role("button", name=button).click()


def test_a_table_without_personal_data_is_shared_at_once(portal: Portal, visit: Visit, user: User) -> None:
    account = portal.mesh.new_account()
    visitor = visit()
    # The address of a page comes before the sign-in, and is kept over it.
    visitor.sign_in(user, "/databases/transport/tables/yellow_tripdata/request")
    page = visitor.page
    visitor.sees_heading("Ask for transport.yellow_tripdata")
    page.get_by_label("Account that gets access").fill(account)
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("Shared at once")
    page.get_by_role("button", name="Get access").click()
    visitor.sees(f"transport.yellow_tripdata is shared with {account}")
    visitor.sees("no approval was needed")
    assert portal.mesh.grants(account) == {"transport.yellow_tripdata": SELECT_AND_DESCRIBE}
    # The next form knows the account.
    visitor.open("/databases/transport/request")
    expect(page.get_by_label("Account that gets access")).to_have_value(account)


def test_a_denial_and_its_comment_come_back(portal: Portal, visit: Visit, user: User) -> None:
    account = portal.mesh.new_account()
    visitor = visit()
    visitor.sign_in(user, "/databases/retail/request")
    page = visitor.page
    page.get_by_label("Account that gets access").fill(account)
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("including tables added later")
    page.get_by_label(re.compile("^Purpose")).fill("All of it, please.")
    page.get_by_role("button", name="Send the request").click()
    visitor.sees("The owner has a mail and decides by")
    link = approval_link(portal, page, "deny")
    decide(visit().page, link, "olga.marin@example.org", "Ask for single tables.", "Deny access")
    visitor.sees("said no")
    visitor.sees("Ask for single tables.")
    assert portal.mesh.grants(account) == {}
    page.get_by_role("link", name="Ask again").click()
    visitor.sees_heading("Ask for retail")


def test_what_cannot_be_shared_is_said_before_it_is_sent(portal: Portal, visit: Visit, user: User) -> None:
    portal.mesh.catalogue.add_database("nobodys", None)
    portal.mesh.catalogue.add_table("nobodys", "things")
    visitor = visit()
    visitor.sign_in(user, "/databases/nobodys/tables/things/request")
    page = visitor.page
    page.get_by_label("Account that gets access").fill(portal.mesh.new_account())
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("Cannot be shared like this")
    expect(page.get_by_role("button", name="Send the request")).to_be_disabled()


def test_an_auditor_sees_what_others_asked_for(portal: Portal, visit: Visit, user: User) -> None:
    account = portal.mesh.new_account()
    made = portal.ask(user, "transport", "taxi_zone_lookup", account)
    portal.wait_for(user, made["id"], "SHARED")
    auditor = visit()
    auditor.sign_in(portal.new_user(auditor=True), "/requests")
    page = auditor.page
    auditor.sees("You have not asked for anything yet")
    page.get_by_role("button", name="By account").click()
    page.get_by_label("Account", exact=True).fill(account)
    row = page.get_by_role("row", name=re.compile("transport.taxi_zone_lookup"))
    expect(row).to_contain_text(user.email)
    row.get_by_role("link").click()
    auditor.sees_heading("Request for transport.taxi_zone_lookup")
    page.get_by_role("link", name="How it ran").click()
    auditor.sees('"status": "SHARED"')
    page.get_by_role("link", name="Go to its request").click()
    auditor.sees_heading("Request for transport.taxi_zone_lookup")
    # Everybody else sees their own only.
    other = visit()
    other.expects_errors = True
    other.sign_in(portal.new_user(), f"/requests/{made['id']}")
    other.sees("The request cannot be shown")
    expect(other.page.get_by_role("button", name="By account")).to_have_count(0)


@pytest.mark.parametrize(
    ("path", "heading"),
    [
        ("/databases/transport", "transport"),
        ("/databases/transport/tables/yellow_tripdata", "yellow_tripdata"),
        ("/requests", "Requests"),
        ("/no/such/page", "There is no such page"),
    ],
)
def test_an_address_leads_to_its_page(visit: Visit, user: User, path: str, heading: str) -> None:
    visitor = visit()
    visitor.sign_in(user, path)
    visitor.sees_heading(heading)
    assert visitor.page.url == visitor.portal.url + path
    visitor.page.reload()
    visitor.sees_heading(heading)


def test_a_sign_in_and_a_sign_out_count_in_every_tab(visit: Visit, user: User) -> None:
    visitor = visit()
    visitor.sign_in(user)
    page, other = visitor.page, visitor.context.new_page()
    other.goto(f"{visitor.portal.url}/requests")
    expect(other.get_by_role("heading", name="Requests", exact=True)).to_be_visible()
    page.get_by_role("button", name=re.compile("^Account of")).click()
    page.get_by_role("menuitem", name="Sign out").click()
    for each in (page, other):
        expect(each.get_by_role("button", name="Sign in")).to_be_visible()
    stored: Callable[[str], object] = page.evaluate
    kept = "[localStorage, sessionStorage].flatMap(Object.keys).filter(key => key.startsWith('oidc.user'))"
    assert stored(kept) == []
    page.get_by_role("button", name="Sign in").click()
    visitor.enter(user.username, user.password)
    visitor.sees_heading("Catalogue")
    # And back to where the other one was.
    expect(other.get_by_role("heading", name="Requests", exact=True)).to_be_visible()
