"""Where accounts have a kit: asked for with roles, approved, taken up, mended, read, given back; in a real browser."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from demo.kits import make_role
from demo.people import CONSUMERS
from tests.components.item_kinds import WITH_KITS
from tests.portal.axe import findings
from tests.portal.conftest import Visit, running, with_page
from tests.portal.portal import Portal, User
from tests.portal.visitor import Visitor
from tests.workflow.driver import Mesh
from tests.workflow.running import Options
from tests.workflow.test_item_kinds import reaches_nothing_else

WITH_KIT, OTHERS = CONSUMERS[0], "999999999999"
PEOPLE, JOBS = (WITH_KIT.arn(role) for role in (WITH_KIT.people, WITH_KIT.jobs))
QUERY = 'SELECT * FROM "lakeshare"."retail__customer" LIMIT 10;'
LINK = "lakeshare.retail__customer"


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A mesh of its own."""
    with_page()
    yield from running(Options(retry_seconds=0.2, config={"consumerKits": [WITH_KIT.id]}), tmp_path_factory)


def deliver(mesh: Mesh) -> None:
    """What is due is delivered or withdrawn, as each minute."""
    functions = mesh.client("lambda").list_functions()["Functions"]
    (name,) = [each["FunctionName"] for each in functions if each["FunctionName"].startswith("lakeshare-deliver-")]
    mesh.client("lambda").invoke(FunctionName=name, Payload=b"{}")


def section(page: Page) -> Locator:
    return page.get_by_role("region", name="How to read it")


def stands(mesh: Mesh, page: Page, text: str) -> None:
    """Has it delivered until the page, which looks by itself, says so."""
    deliver(mesh)
    expect(section(page)).to_contain_text(text)


def make_jobs(mesh: Mesh) -> None:
    make_role(mesh.client("iam", WITH_KIT.id), WITH_KIT.jobs, {"Service": "glue.amazonaws.com"})


def unmake_jobs(mesh: Mesh) -> None:
    iam, name = mesh.client("iam", WITH_KIT.id), WITH_KIT.jobs.rpartition("/")[2]
    iam.delete_role_policy(RoleName=name, PolicyName="Reads")
    iam.delete_role(RoleName=name)


def test_from_a_role_that_is_asked_for_to_a_query_that_is_copied(portal: Portal, visit: Visit, user: User) -> None:
    mesh, alex = portal.mesh, visit(permissions=["clipboard-read", "clipboard-write"])
    unmake_jobs(mesh)
    request = ask(alex, user)
    owner_sees_roles(portal, visit, request)
    portal.decide(request, "approve", "Fine.")
    page = alex.page
    alex.sees(f"Nothing: the kit of account {WITH_KIT.id} takes it up by itself")
    assert findings(page) == []
    page.get_by_role("link", name="How to read it").click()
    alex.sees_heading("Share of retail.customer")
    # Found to be missing, made, and tried again by the keyboard alone.
    stands(mesh, page, "Linked, and not yet read by every role")
    expect(section(page)).to_contain_text(f"{WITH_KIT.jobs}: There is no role {JOBS}")
    expect(section(page)).to_contain_text("It is tried again on")
    assert findings(page) == []
    make_jobs(mesh)
    alex.tab_to(page.get_by_role("button", name="Try again"))
    page.keyboard.press("Enter")
    expect(section(page)).to_contain_text("It is seen to within a minute.")
    stands(mesh, page, "Ready to query")
    copies_the_query(alex)
    page.get_by_role("link", name="My shares", exact=True).first.click()
    row = page.get_by_role("row", name=re.compile("^retail.customer"))
    expect(row).to_contain_text(f"In the account: {LINK}")
    assert findings(page) == []
    page.go_back()
    give_back(mesh, alex)


def ask(alex: Visitor, user: User) -> str:
    """The roles are asked for only where the account has a kit."""
    page = alex.page
    alex.sign_in(user, "/databases/retail/tables/customer/request")
    account, roles = page.get_by_label("Account that gets access"), page.get_by_label(re.compile("^Roles that read it"))
    account.fill(OTHERS)
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("for approval")
    expect(roles).to_have_count(0)
    account.fill(WITH_KIT.id)
    roles.fill(f"{PEOPLE}\n{JOBS.replace(WITH_KIT.id, OTHERS)}")
    page.get_by_label(re.compile("^Purpose")).fill("Churn model.")
    page.get_by_role("button", name="Send the request").click()
    expect(page.locator("main")).to_contain_text(f"is a role of account {OTHERS}")
    expect(roles).to_be_focused()
    assert findings(page) == []
    roles.fill(f"{PEOPLE}\n{JOBS}")
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("for approval")
    page.get_by_role("button", name="Send the request").click()
    alex.sees("The owner has a mail and decides by")
    alex.sees(PEOPLE)
    return page.url.rpartition("/")[2]


def owner_sees_roles(portal: Portal, visit: Visit, request: str) -> None:
    owner = visit()
    owner.sign_in(portal.owner(), f"/decisions/{request}")
    for role in (PEOPLE, JOBS):
        owner.sees(role)
    assert findings(owner.page) == []
    owner.page.close()


def copies_the_query(alex: Visitor) -> None:
    page = alex.page
    for text in (LINK, WITH_KIT.people, WITH_KIT.jobs):
        expect(section(page)).to_contain_text(text)
    expect(section(page).get_by_role("group", name="a query")).to_have_text(QUERY)
    assert findings(page) == []
    alex.tab_to(page.get_by_role("button", name="Copy: a query"))
    page.keyboard.press("Enter")
    expect(page.get_by_text("Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == QUERY


def give_back(mesh: Mesh, alex: Visitor) -> None:
    page = alex.page
    alex.sees_heading("Share of retail.customer")
    page.get_by_role("button", name="Give back").click()
    page.get_by_role("dialog").get_by_label("Why?").fill("The model is trained.")
    page.get_by_role("dialog").get_by_role("button", name="Give it back").click()
    alex.sees("Ended on")
    stands(mesh, page, f"Nothing of it is left in account {WITH_KIT.id}")
    assert mesh.client("glue", WITH_KIT.id).get_tables(DatabaseName="lakeshare")["TableList"] == []
    page.get_by_role("link", name="Ask again").click()
    expect(page.get_by_label(re.compile("^Roles that read it"))).to_have_value(f"{PEOPLE}\n{JOBS}")
    expect(page.get_by_label(re.compile("^Purpose"))).to_have_value("Churn model.")


def test_whoever_is_not_of_the_account_has_nothing_delivered(portal: Portal, visit: Visit, user: User) -> None:
    mesh = portal.mesh
    made = portal.ask(user, "transport", "yellow_tripdata", WITH_KIT.id)["id"]
    share = str(portal.wait_for(user, made, "SHARED")["share"]["id"])
    deliver(mesh)
    shown = json.loads(portal.call("GET", f"/shares/{share}", user).body)
    assert (shown["kit"], shown["delivery"]["status"], shown["delivery"]["roles"]) == (True, "READY", [])
    auditor = portal.new_user(auditor=True)
    answers = {
        who: portal.call("POST", f"/shares/{share}/deliver", caller, {}).status
        for who, caller in (("alex", user), ("auditor", auditor), ("eve", portal.new_user()), ("nobody", None))
    }
    assert answers == {"alex": 202, "auditor": 403, "eve": 404, "nobody": 401}
    audit = visit()
    audit.sign_in(auditor, f"/shares/{share}")
    expect(section(audit.page)).to_contain_text("Ready to query")
    expect(section(audit.page)).to_contain_text("The request named no role.")
    expect(section(audit.page).get_by_role("button", name="Look again")).to_have_count(0)
    assert findings(audit.page) == []


def test_the_shares_api_reaches_nothing_else(portal: Portal) -> None:
    reaches_nothing_else(portal.mesh, "portal-shares-api", WITH_KITS["portal-shares-api"])
