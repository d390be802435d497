"""Every page in light and dark, on a phone and on a desk: readable to everybody, still while it loads, and small."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, expect

from tests.missing import NODE, PAGE
from tests.portal import axe
from tests.portal.conftest import Visit
from tests.portal.portal import Portal, User
from tests.portal.visitor import DESKTOP, PHONE, Visitor

MOST_BYTES = 200 * 1024
MOST_REQUESTS = 12
LOOKS = [(size, scheme) for size in (DESKTOP, PHONE) for scheme in ("light", "dark")]


@dataclass(frozen=True)
class Samples:
    """Requests of every kind, and who made them."""

    user: User
    shared: str
    waiting: str
    denied: str
    refused: str


@pytest.fixture(scope="module")
def samples(portal: Portal) -> Samples:
    user = portal.new_user(auditor=True)
    account = portal.mesh.new_account()
    shared = portal.ask(user, "transport", "yellow_tripdata", account, days=10)["id"]
    waiting = portal.ask(user, "retail", "customer", account, "To see what people say.\nAll of it.")["id"]
    denied = portal.ask(user, "retail", "*", account)["id"]
    refused = portal.ask(user, "retail", "no_such_table", account)["id"]
    portal.decide(denied, "deny", "Ask for single tables, please.")
    portal.wait_for(user, denied, "DENIED")
    portal.wait_for(user, refused, "REFUSED")
    portal.wait_for(user, waiting, "WAITING")
    portal.wait_for(user, shared, "SHARED")
    return Samples(user, shared, waiting, denied, refused)


@pytest.fixture(scope="module")
def window(portal: Portal, chromium: Browser, samples: Samples) -> Iterator[Visitor]:
    """One window for all pages: somebody signs in once."""
    visitor = Visitor(portal, chromium)
    visitor.expects_errors = True
    # Not by the first page: from there an auditor is led on to the audit.
    visitor.sign_in(samples.user, "/requests")
    yield visitor
    visitor.close()


PAGES: dict[str, tuple[str, str]] = {
    "catalogue": ("/", "retail"),
    "found": ("/", "retail"),
    "search without a match": ("/?q=nothing-like-this", "No database matches"),
    "database": ("/databases/retail", "customer"),
    "table": ("/databases/retail/tables/customer", "c_email_address"),
    "request form": ("/databases/retail/tables/customer/request", "What will happen"),
    "whole database": ("/databases/retail/request", "The whole database"),
    "requests": ("/requests", "Refused"),
    "requests of a status": ("/requests?view=status&status=SHARED", "Shared"),
    "requests of which account": ("/requests?view=account", "Which account?"),
    "shared": ("/requests/{shared}", "Accept the invitations"),
    "renewing": ("/requests/{shared}/renew", "Renewed at once"),
    "waiting": ("/requests/{waiting}", "To see what people say."),
    "denied": ("/requests/{denied}", "Ask for single tables, please."),
    "refused": ("/requests/{refused}", "Refused"),
    "executions": ("/executions", "Denied"),
    "execution": ("/executions/{shared}", '"status"'),
    "no such page": ("/no/such/page", "Go to the catalogue"),
    "no such table": ("/databases/retail/tables/none", "cannot be shown"),
}


@pytest.mark.parametrize("name", PAGES)
def test_a_page_is_for_everybody(window: Visitor, samples: Samples, name: str) -> None:
    path, text = PAGES[name]

    def show() -> None:
        window.open(path.format(**vars(samples)))
        window.sees(text)
        if name == "found":
            window.page.get_by_role("combobox").fill("custmer")
            expect(window.page.get_by_role("option").first).to_be_visible()
            window.page.keyboard.press("ArrowDown")
        if name == "request form":
            window.page.get_by_label("Account that gets access").fill("999999999999")
            window.sees("for approval")
        window.settle()

    show()
    held(window, name, show)


def test_the_pages_of_the_sign_in_are_for_everybody(visit: Visit) -> None:
    visitor = visit()
    visitor.expects_errors = True
    visitor.open()
    expect(visitor.page.get_by_role("button", name="Sign in")).to_be_visible()
    held(visitor, "signed out")
    visitor.page.get_by_role("button", name="Sign in").click()
    expect(visitor.page.get_by_label("Password")).to_be_visible()
    held(visitor, "sign-in")
    visitor.enter("nobody", "nothing")
    expect(visitor.page.get_by_role("alert")).to_be_visible()
    held(visitor, "sign-in refused")


def test_a_password_is_chosen_on_a_page_for_everybody(portal: Portal, visit: Visit) -> None:
    user = portal.new_user()
    pool = portal.config["userPoolId"]
    portal.cognito.admin_set_user_password(
        UserPoolId=pool, Username=user.username, Password=user.password, Permanent=False
    )
    visitor = visit()
    visitor.open()
    visitor.page.get_by_role("button", name="Sign in").click()
    visitor.enter(user.username, user.password)
    expect(visitor.page.get_by_label("New password")).to_be_visible()
    held(visitor, "new password")


def held(visitor: Visitor, name: str, show: Callable[[], None] | None = None) -> None:
    """Holds a page to having no serious finding, and nothing to push sideways, in every look.

    Args:
        visitor: who looks at it.
        name: for the report.
        show: shows the page anew, at another size.
    """
    page = visitor.page
    wrong: list[str] = []
    for size, scheme in LOOKS:
        if page.viewport_size != size:
            page.set_viewport_size({"width": size["width"], "height": size["height"]})
            if show is not None:
                show()
        page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        page.wait_for_timeout(80)
        if axe.available():
            for each in axe.findings(page):
                told = f"{name} ({size['width']}, {scheme}): {each['impact']} {each['id']}: {each['nodes'][:3]}"
                if each["impact"] in {"serious", "critical"}:
                    wrong.append(told)
                else:
                    print(told)
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            wrong.append(f"{name} ({size['width']}, {scheme}): {wide} px too wide")
    page.set_viewport_size({"width": DESKTOP["width"], "height": DESKTOP["height"]})
    page.emulate_media(color_scheme="light")
    assert not wrong, "\n".join(wrong)


def test_axe_was_there() -> None:
    if not axe.available():
        (NODE if shutil.which("npm") is None else PAGE).skip("axe-core is not installed: `make portal` does, with Node")


def test_the_keyboard_is_enough(visit: Visit, user: User) -> None:
    visitor = visit()
    visitor.open()
    page = visitor.page
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Sign in").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("User name")).to_be_focused()
    page.keyboard.type(user.username)
    page.keyboard.press("Tab")
    page.keyboard.type(user.password)
    page.keyboard.press("Enter")
    visitor.sees_heading("Catalogue")
    expect(page.get_by_role("link", name="retail", exact=True)).to_be_visible()
    page.get_by_role("link", name="retail", exact=True).focus()
    page.keyboard.press("Enter")
    # The new page's title is read out.
    expect(page.get_by_role("heading", name="retail", exact=True)).to_be_focused()
    page.get_by_role("link", name="Skip to the content").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("main")).to_be_focused()


def test_the_choice_of_dark_holds(visit: Visit, user: User) -> None:
    visitor = visit()
    visitor.sign_in(user)
    page = visitor.page
    light = page.evaluate("getComputedStyle(document.body).backgroundColor")
    page.get_by_role("button", name=re.compile("^Account of")).click()
    page.get_by_role("menuitemcheckbox", name="Dark").click()
    page.reload()
    visitor.sees_heading("Catalogue")
    dark = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert light != dark


def test_the_first_page_is_small(portal: Portal, visit: Visit, user: User) -> None:
    """Counts what is asked for until the catalogue stands there, with nothing kept from before."""
    visitor = visit()
    visitor.sign_in(user)
    row = visitor.page.get_by_role("link", name="retail", exact=True)
    expect(row).to_be_visible()
    visitor.settle()
    devtools = visitor.context.new_cdp_session(visitor.page)
    asked: dict[str, str] = {}
    came: list[int] = []
    devtools.send("Network.enable")
    devtools.send("Network.clearBrowserCache")
    devtools.on("Network.requestWillBeSent", lambda sent: asked.update({sent["requestId"]: sent["request"]["url"]}))
    devtools.on("Network.loadingFinished", lambda done: came.append(int(done["encodedDataLength"])))
    visitor.open()
    expect(row).to_be_visible()
    visitor.settle()
    assert len(asked) <= MOST_REQUESTS, sorted(asked.values())
    assert 50_000 < sum(came) <= MOST_BYTES


def test_nothing_jumps_while_it_loads(visit: Visit, samples: Samples) -> None:
    visitor = visit()
    # Not by the first page: from there an auditor is led on to the audit.
    visitor.sign_in(samples.user, "/requests")
    page = visitor.page
    page.add_init_script(
        """window.shifted = 0;
        new PerformanceObserver((list) => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
        }).observe({ type: 'layout-shift', buffered: true });"""
    )
    shifts: dict[str, float] = {}
    for size in (DESKTOP, PHONE):
        page.set_viewport_size({"width": size["width"], "height": size["height"]})
        for name in ("catalogue", "database", "table", "requests", "shared", "executions"):
            path, text = PAGES[name]
            visitor.open(path.format(**vars(samples)))
            visitor.sees(text)
            visitor.settle()
            shifts[f"{name} at {size['width']}"] = round(page.evaluate("window.shifted"), 3)
    print("layout shifts:", shifts)
    assert max(shifts.values()) < 0.1, shifts
