"""Takes the pictures of mail, decision pages and portal that the documentation shows: `make pictures`.

It starts a local mesh, asks for a few things, decides them, and writes what a person sees into `docs/pictures`.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from demo.people import CONSUMERS
from tests.portal.conftest import CHROMIUM, FLAGS
from tests.portal.portal import Portal, User
from tests.portal.test_kits import deliver
from tests.portal.visitor import PHONE, Visitor
from tests.workflow.driver import Mesh
from tests.workflow.running import ROOT, MeshProcess, Options

PICTURES = ROOT / "docs" / "pictures"
LARGEST = 240 * 1024
ACCOUNT = "999999999999"
SIZE: ViewportSize = {"width": 1280, "height": 840}
PURPOSE = "Churn model, until the end of the quarter."
NEAR = "Renew it in time"
COMMENT = "Fine for the churn model. Please do not join it with web_sales."


def main() -> None:
    """Takes them all."""
    chromium = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if chromium is None:
        sys.exit(f"taking pictures needs a browser: none of {', '.join(CHROMIUM)} is on the PATH")
    with mesh() as portal, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        user = portal.new_user("alex.rivera")
        approved = str(portal.ask(user, "retail", "customer", ACCOUNT, PURPOSE, days=90)["id"])
        take_approver(portal, browser, approved)
        take_decision(portal, browser, approved)
        portal.decide(approved, "approve", COMMENT)
        portal.wait_for(user, approved, "SHARED")
        ending = prepare(portal, user)
        take_desk(portal, browser, user, approved)
        take_renewal(portal, browser, user, ending)
        take_watchers(portal, browser)
        take_kit(portal, browser, user)
        take_phone(portal, browser, user, approved, ending)
        browser.close()
    for file in sorted(PICTURES.glob("*.png")):
        size = file.stat().st_size
        print(f"{file.relative_to(ROOT)}  {size / 1024:.0f} KB")
        assert size < LARGEST, f"{file.name} has {size} bytes, more than {LARGEST}"


@contextmanager
def mesh() -> Iterator[Portal]:
    """A mesh with the portal."""
    with tempfile.TemporaryDirectory() as folder:
        process = MeshProcess(Options(config={"consumerKits": [CONSUMERS[0].id]}), Path(folder))
        try:
            yield Portal(Mesh(process.wait_until_ready()))
        finally:
            process.stop()


def prepare(portal: Portal, user: User) -> str:
    """Requests of every kind, but for one that was approved; gives the one whose access ends soon."""
    denied = portal.ask(user, "retail", "*", ACCOUNT, "All of it, to look around.")["id"]
    portal.decide(denied, "deny", "Please ask for single tables.")
    portal.wait_for(user, denied, "DENIED")
    shared = str(portal.ask(user, "transport", "yellow_tripdata", ACCOUNT, days=10)["id"])
    portal.wait_for(user, shared, "SHARED")
    refused = portal.ask(user, "retail", "web_return", ACCOUNT)["id"]
    portal.wait_for(user, refused, "REFUSED")
    waiting = portal.ask(user, "retail", "customer_address", ACCOUNT, PURPOSE)["id"]
    portal.wait_for(user, waiting, "WAITING")
    return shared


def take_approver(portal: Portal, browser: Browser, asked: str) -> None:
    """What the approver of a request sees: the mail, by itself in the mailbox, and the pages that its links open."""
    links = portal.mesh.links(portal.mesh.mail_about(asked))
    for name, url in (
        ("mailbox-light", portal.mesh.description["mailbox_url"]),
        ("decision-approve-light", links.approve),
        ("decision-deny-dark-phone", links.deny),
    ):
        dark = "dark" in name
        page = browser.new_page(viewport=PHONE if dark else SIZE, color_scheme="dark" if dark else "light")
        page.goto(url)
        page.screenshot(path=PICTURES / f"{name}.png", full_page=True)
        page.close()


def take_desk(portal: Portal, browser: Browser, user: User, approved: str) -> None:
    """The main pages, in light, on a desk."""
    visitor = Visitor(portal, browser, viewport=SIZE)
    page = visitor.page
    visitor.sign_in(user)
    expect(page.get_by_role("link", name="retail", exact=True)).to_be_visible()
    take(visitor, "catalogue")
    visitor.open("/databases/retail/tables/customer")
    visitor.sees("c_email_address")
    take(visitor, "table")
    visitor.open("/databases/retail/tables/customer/request")
    page.get_by_label("Account that gets access").fill(ACCOUNT)
    page.get_by_label(re.compile("^Purpose")).fill(PURPOSE)
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("for approval")
    take(visitor, "request-form")
    visitor.open("/databases/retail/tables/call_center/request")
    page.get_by_label("Account that gets access").fill(ACCOUNT)
    page.get_by_role("radio", name="Some columns").check()
    page.get_by_role("button", name="Those without personal data").click()
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("29 of 31 columns")
    page.get_by_role("listbox", name="Columns").scroll_into_view_if_needed()
    take(visitor, "columns")
    visitor.open("/requests")
    visitor.sees("Waiting for approval")
    take(visitor, "my-requests")
    visitor.open(f"/requests/{approved}")
    visitor.sees(COMMENT)
    take(visitor, "request")
    visitor.close()


def take_decision(portal: Portal, browser: Browser, asked: str) -> None:
    """What an approver sees who decides in the portal."""
    visitor = Visitor(portal, browser, viewport=SIZE)
    visitor.sign_in(portal.owner(), f"/decisions/{asked}")
    visitor.sees("What an approval would give")
    take(visitor, "decide")
    visitor.page.get_by_role("radio", name="Approve").check()
    visitor.page.get_by_role("button", name=re.compile("^Columns that you give")).click()
    visitor.page.get_by_role("button", name="Those without personal data").click()
    visitor.page.get_by_role("listbox", name="Columns").scroll_into_view_if_needed()
    take(visitor, "give-fewer")
    visitor.close()


def take_watchers(portal: Portal, browser: Browser) -> None:
    """What an owner sees of their data, and an auditor of everybody's."""
    for name, user, title in (
        ("our-data", portal.owner(), "Live shares of our data"),
        ("audit", portal.new_user("audra.stone", auditor=True), "Live shares"),
    ):
        visitor = Visitor(portal, browser, viewport=SIZE)
        visitor.sign_in(user, f"/{name}")
        row = visitor.page.get_by_role("table", name=title).get_by_role("row", name=re.compile(ACCOUNT))
        expect(row.first).to_be_visible()
        take(visitor, name)
        visitor.close()


def take_renewal(portal: Portal, browser: Browser, user: User, ending: str) -> None:
    """Access that ends soon, and the form that renews it."""
    visitor = Visitor(portal, browser, viewport=SIZE)
    page = visitor.page
    visitor.sign_in(user, f"/requests/{ending}")
    visitor.sees(NEAR)
    take(visitor, "share")
    page.get_by_role("link", name="Renew").click()
    page.get_by_role("button", name=re.compile("^How long")).click()
    page.get_by_role("option", name="For a number of days").click()
    page.get_by_role("textbox", name="Days").fill("90")
    page.get_by_label(re.compile("^Purpose")).fill("The demand forecast runs each week.")
    expect(page.get_by_role("region", name="What will happen")).to_contain_text("Access for 90 days.")
    take(visitor, "renew")
    visitor.close()


def take_kit(portal: Portal, browser: Browser, user: User) -> None:
    """A share that an account's kit has taken up, for a role that was asked for."""
    consumer = CONSUMERS[0]
    target = {"account_id": consumer.id, "roles": [consumer.arn(consumer.people)]}
    asked = portal.ask(user, "transport", "yellow_tripdata", consumer.id, "Demand forecast.", days=90, target=target)
    share = portal.wait_for(user, asked["id"], "SHARED")["share"]["id"]
    visitor = Visitor(portal, browser, viewport=SIZE)
    visitor.sign_in(user, f"/shares/{share}")
    deliver(portal.mesh)
    visitor.sees("Ready to query")
    visitor.page.get_by_role("heading", name="How to read it").scroll_into_view_if_needed()
    take(visitor, "read")
    visitor.close()


def take_phone(portal: Portal, browser: Browser, user: User, approved: str, ending: str) -> None:
    """A request in the dark, on a phone, and access that ends soon."""
    visitor = Visitor(portal, browser, viewport=PHONE, color_scheme="dark", device_scale_factor=2)
    visitor.sign_in(user, f"/requests/{approved}")
    visitor.sees(COMMENT)
    take(visitor, "phone-dark")
    visitor.open(f"/requests/{ending}")
    visitor.sees(NEAR)
    take(visitor, "share-phone-dark")
    visitor.close()


def take(visitor: Visitor, name: str) -> None:
    """Takes one, once nothing moves any more."""
    page: Page = visitor.page
    visitor.settle()
    page.evaluate("document.activeElement?.blur()")
    page.mouse.move(0, 0)
    page.screenshot(path=PICTURES / f"portal-{name}.png", animations="disabled")


if __name__ == "__main__":
    main()
