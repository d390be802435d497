"""A local mesh with the portal, and a real browser to look at it with."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.missing import BROWSER, NODE, PAGE
from tests.portal.portal import Portal, User
from tests.portal.visitor import Visitor
from tests.workflow import evidence
from tests.workflow.driver import Mesh
from tests.workflow.running import ROOT, MeshProcess, Options
from tests.workflow.secrecy import assert_nothing_leaked

CHROMIUM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")

Visit = Callable[..., Visitor]


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """The mesh of all tests that want nothing special. They keep out of each other's way: users of their own."""
    with_page()
    yield from running(Options(), tmp_path_factory)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser. Not for the whole session: while it lives, the tests' thread runs an event loop."""
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        BROWSER.skip(f"no browser: none of {', '.join(CHROMIUM)} is on the PATH")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def visit(portal: Portal, chromium: Browser) -> Iterator[Visit]:
    """Opens browser windows of different people; at the end each is held to what every page must keep to."""
    yield from visits(portal, chromium)


@pytest.fixture
def user(portal: Portal) -> User:
    """A new user with a password of their own."""
    return portal.new_user()


def with_page() -> None:
    """Skips where the page is not built, and says why."""
    if not (ROOT / "portal" / "dist" / "index.html").is_file():
        if shutil.which("npm") is None:
            NODE.skip("the portal's page is not built: it takes Node, which is not here")
        PAGE.skip("the portal's page is not built: `make portal` does")


def running(options: Options, folders: pytest.TempPathFactory) -> Iterator[Portal]:
    """A mesh with the portal, until it is not needed any more."""
    process = MeshProcess(options, folders.mktemp("portal-mesh"))
    try:
        portal = Portal(Mesh(process.wait_until_ready()))
        portal.mesh.listen()
        yield portal
        evidence.keep(portal.mesh)
        assert_nothing_leaked(portal.mesh)
    finally:
        process.stop()
    assert process.said() == ""


def visits(portal: Portal, browser: Browser) -> Iterator[Visit]:
    """Opens windows, and closes them."""
    visitors: list[Visitor] = []

    def open_window(**options: Any) -> Visitor:
        visitors.append(Visitor(portal, browser, **options))
        return visitors[-1]

    yield open_window
    for visitor in visitors:
        visitor.close()
