"""`npm run dev` beside a running mesh: the real sign-in, data and headers, and a page that changes as one types."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests import missing
from tests.portal.portal import Portal, User
from tests.portal.visitor import Visitor
from tests.workflow.driver import wait_until
from tests.workflow.http_client import send
from tests.workflow.running import ROOT

PAGE = ROOT / "portal"
PORT = 5173
URL = f"http://localhost:{PORT}"
CONFIG = """
import {{ mergeConfig }} from 'vite';
import base from './vite.config.ts';

export default mergeConfig(base, {{ cacheDir: {cache}, server: {{ fs: {{ allow: [{root}, {modules}] }} }} }});
"""


def command(folder: Path) -> list[str]:
    return ["npm", "--prefix", str(folder), "run", "--silent", "dev", "--", "--config", "test.config.ts"]


def answers(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("localhost", port), timeout=5):
        return True
    return False


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the page's sources, in which a test may write."""
    if shutil.which("npm") is None or not (PAGE / "node_modules" / "vite").is_dir():
        (missing.NODE if shutil.which("npm") is None else missing.PAGE).skip("the page's packages are not installed")
    copy = tmp_path_factory.mktemp("checkout")
    left_out = shutil.ignore_patterns("node_modules", "dist", ".build", "tests")
    shutil.copytree(PAGE, copy / "portal", ignore=left_out)
    (copy / "docs").mkdir()
    shutil.copy(ROOT / "docs" / "openapi.yaml", copy / "docs")
    (copy / "portal" / "node_modules").symlink_to(PAGE / "node_modules")
    places = {"cache": copy / "cache", "root": copy, "modules": PAGE / "node_modules"}
    text = CONFIG.format(**{name: json.dumps(str(place)) for name, place in places.items()})
    (copy / "portal" / "test.config.ts").write_text(text)
    return copy / "portal"


@pytest.fixture(scope="module")
def vite(portal: Portal, folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The development server beside the mesh."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("localhost", PORT))
        except OSError:
            pytest.skip(f"port {PORT} is in use: somebody works on the page")
    state = tmp_path_factory.mktemp("state")
    (state / "mesh.json").write_text(json.dumps(portal.mesh.description))
    said = state / "said.txt"
    with said.open("w") as output:
        process = subprocess.Popen(
            command(folder),
            env={**os.environ, "LAKESHARE_MESH": str(state)},
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
    try:
        wait_until(lambda: process.poll() is not None or answers(PORT), what="Vite", seconds=60)
        assert process.poll() is None, said.read_text()
        yield URL
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGTERM)
            process.wait(timeout=30)


def test_without_a_mesh_it_says_in_one_line_what_to_do(folder: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        command(folder),
        env={**os.environ, "LAKESHARE_MESH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 1
    assert done.stderr.strip().splitlines() == [
        "No mesh with a portal is running: start one with `make demo` in another terminal, then try again."
    ]


def test_its_headers_are_the_deployed_ones_but_for_hot_reload(portal: Portal, vite: str) -> None:
    def policy(url: str) -> dict[str, set[str]]:
        directives = send("GET", f"{url}/").headers["content-security-policy"].split("; ")
        return {name: set(values.split()) for name, _, values in (each.partition(" ") for each in directives)}

    deployed, here = policy(portal.url), policy(vite)
    assert here.keys() == deployed.keys()
    assert {name: here[name] - deployed[name] for name in here if here[name] != deployed[name]} == {
        "script-src": {"'nonce-development'"},
        "style-src": {"'nonce-development'"},
        "connect-src": {f"ws://localhost:{PORT}"},
    }
    headers, real = send("GET", f"{vite}/").headers, send("GET", f"{portal.url}/").headers
    for name in ("cross-origin-opener-policy", "permissions-policy", "referrer-policy", "x-frame-options"):
        assert headers[name] == real[name]


def test_somebody_signs_in_there_and_sees_a_change_at_once(
    portal: Portal, chromium: Browser, vite: str, folder: Path, user: User
) -> None:
    visitor = Visitor(portal, chromium, own=(f"localhost:{PORT}",))
    page = visitor.page
    page.set_default_timeout(60_000)
    page.goto(f"{vite}/databases/transport")
    page.get_by_role("button", name="Sign in").click(timeout=60_000)
    visitor.enter(user.username, user.password)
    expect(page.get_by_role("heading", name="transport", exact=True)).to_be_visible(timeout=60_000)
    assert page.url == f"{vite}/databases/transport"
    # A page that Vite cannot reach yet hears of no change.
    with page.expect_console_message(lambda said: "[vite] connected" in said.text):
        page.reload()
    expect(page.get_by_role("link", name="yellow_tripdata", exact=True)).to_be_visible()
    page.evaluate("window.still = 'the same page'")
    source = folder / "src" / "database" / "DatabasePage.tsx"
    text = source.read_text()
    assert "Ask for the whole database" in text
    source.write_text(text.replace("Ask for the whole database", "Ask for all of it"))
    expect(page.get_by_role("link", name="Ask for all of it")).to_be_visible(timeout=30_000)
    assert page.evaluate("window.still") == "the same page"
    page.get_by_role("button", name="Account of").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert page.url.startswith(f"{vite}/")
    visitor.close()
