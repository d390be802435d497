"""Somebody in front of a browser; watches for what no page of the portal may do."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, Request, ViewportSize, expect

from tests.portal.portal import Portal, User

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
expect.set_options(timeout=15_000)

_HTTP_ERROR = re.compile(r"^Failed to load resource: ")


class Visitor:
    """A browser window of its own: nobody is signed in, nothing is stored.

    Args:
        portal: that is visited.
        browser: real Chromium.
        own: further hosts that the page may call.
        options: of the browser context: `viewport`, `color_scheme`, …
    """

    def __init__(self, portal: Portal, browser: Browser, own: Iterable[str] = (), **options: Any) -> None:
        self.portal = portal
        self.context = browser.new_context(**{"viewport": DESKTOP, "reduced_motion": "reduce", **options})
        if portal.now is not None:
            self.context.clock.install(time=portal.now)
        self.page: Page = self.context.new_page()
        self.offences: list[str] = []
        self.expects_errors = False
        """Whether a test breaks something on purpose, which browsers then complain about."""
        self._own = set(own) | {
            urlsplit(portal.mesh.description[name]).netloc
            # Not AWS: the page asks its API, and holds no credentials.
            for name in ("portal_url", "sign_in_url", "mailbox_url", "api_base_url")
        }
        self.context.on("request", self._requested)
        self.context.on("console", self._said)
        self.context.on("weberror", lambda error: self.offences.append(f"uncaught: {error.error}"))

    def close(self) -> None:
        """Closes the window, and holds it to what every page must keep to."""
        self.context.close()
        assert self.offences == []

    def open(self, path: str = "/") -> None:
        """Goes to an address of the portal."""
        self.page.goto(self.portal.url + path)

    def sign_in(self, user: User, path: str = "/") -> None:
        """Goes to an address of the portal, and signs in on the way."""
        self.open(path)
        self.page.get_by_role("button", name="Sign in").click()
        self.enter(user.username, user.password)
        expect(self.page.get_by_role("navigation", name="Sections")).to_be_visible()

    def enter(self, username: str, password: str) -> None:
        """Fills the sign-in's form in."""
        self.page.get_by_label("User name").fill(username)
        self.page.get_by_label("Password").fill(password)
        self.page.get_by_role("button", name="Sign in").click()

    def heading(self, text: str | re.Pattern[str]) -> Locator:
        """A heading."""
        return self.page.get_by_role("heading", name=text)

    def sees_heading(self, text: str | re.Pattern[str]) -> None:
        """Waits for a heading."""
        expect(self.heading(text).first).to_be_visible()

    def sees(self, text: str | re.Pattern[str]) -> None:
        """Waits for a text, anywhere in the page's own part."""
        expect(self.page.locator("main")).to_contain_text(text)

    def search(self, title: str, text: str, found: int) -> Locator:
        """Types into a list's search and waits until the list stands still; gives the list, with so many rows found.

        The address takes the search over last of all, and draws the rows anew: they take no click before that.
        """
        self.page.get_by_placeholder(f"Search {title.lower()}").fill(text)
        listed = self.page.get_by_role("table", name=title)
        expect(listed.get_by_role("row")).to_have_count(1 + found)  # and the row of headers
        expect(self.page).to_have_url(re.compile(rf"[?&]q={re.escape(text)}(&|$)"))
        return listed

    def tab_to(self, wanted: Locator, most: int = 60) -> Locator:
        """Goes there as who has no mouse does, with the Tab key alone."""
        expect(wanted).to_be_visible()
        for _ in range(most):
            if wanted.evaluate("element => element === document.activeElement"):
                return wanted
            self.page.keyboard.press("Tab")
        raise AssertionError(f"{most} times Tab did not lead to {wanted}")

    def settle(self) -> None:
        """Waits until nothing loads any more."""
        self.page.wait_for_load_state("networkidle")

    def _requested(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in {"data", "blob", "about"} and parts.netloc not in self._own:
            self.offences.append(f"a request to {request.url}")

    def _said(self, message: ConsoleMessage) -> None:
        if message.type != "error":
            return
        if _HTTP_ERROR.match(message.text) and self.expects_errors:
            return
        self.offences.append(f"console: {message.text} ({message.location.get('url')})")
