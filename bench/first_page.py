"""What a signed-in person waits for: the catalogue with an empty cache, in real Chromium, on slow networks.

`python -m bench.first_page` measures it, and fails above a limit: the build's own check, `npm run size`, only knows the
files, not what a browser makes of them.
"""

import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median
from typing import Any

from playwright.sync_api import Browser, CDPSession, Page, sync_playwright

from bench.figures import Figure
from bench.mesh import client, running_mesh

MOST_REQUESTS = 12
MOST_KILOBYTES = 200
LONGEST_UNTIL_TEXT = 1.5
LONGEST_LCP = 2.5
TIMES = 3

CHROMIUM = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
PHONE = {"width": 390, "height": 844}
PASSWORD = "Correct-Horse-Battery-9"  # noqa: S105 - of a user of the mesh

ROW = "table tbody a[href^='/databases/']"
WATCH = """
(() => {
  const seen = (window.seen = { text: null, row: null, lcp: null, what: '' });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) {
      seen.lcp = entry.startTime;
      seen.what = `${entry.element?.tagName}: ${entry.element?.textContent?.slice(0, 40)}`;
    }
  }).observe({ type: 'largest-contentful-paint', buffered: true });
  const look = () => {
    const painted = performance.getEntriesByName('first-contentful-paint').length > 0;
    if (seen.text === null && painted && (document.body?.innerText.trim().length ?? 0) >= 20)
      seen.text = performance.now();
    if (document.querySelector("table tbody a[href^='/databases/']") !== null) seen.row = performance.now();
    else requestAnimationFrame(look);
  };
  requestAnimationFrame(look);
})();
"""


@dataclass(frozen=True, slots=True)
class Network:
    """A network as WebPageTest names them, and how many times slower the processor is than this machine's."""

    name: str
    kilobits: int
    latency: int
    slower: int


SLOW_3G = Network("slow 3G", 400, 400, 1)
FAST_3G = Network("fast 3G, processor 4 times slower", 1600, 150, 4)


@dataclass(frozen=True, slots=True)
class Visit:
    """One visit. Times in seconds from the start of the navigation; `size`: as it came over the wire."""

    requests: int
    size: int
    text: float
    row: float
    largest: float


def measure() -> list[Figure]:
    """The figures."""
    return [each.figure for each in _measured()]


def main() -> None:
    """Measures, prints, and fails above a limit."""
    measured = _measured()
    for each in measured:
        print(each.figure.row())
    over = [each.what for each in measured if each.limit is not None and each.value > each.limit]
    sys.exit(f"Above the limit: {'; '.join(over)}" if over else 0)


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured, and the most that it may be; `None`: it is only reported."""

    what: str
    value: float
    unit: str
    limit: float | None = None

    @property
    def figure(self) -> Figure:
        """As it is shown."""
        limit = None if self.limit is None else f"at most {self.limit:g}{self.unit}"
        return Figure(self.what, f"{self.value:.3g}{self.unit}", limit)


def _measured() -> list[Measured]:
    with _signed_in() as page:
        slow, fast = ([_visit(page, network) for _ in range(TIMES)] for network in (SLOW_3G, FAST_3G))
    every = (*slow, *fast)
    return [
        Measured("requests until the catalogue's first row", max(each.requests for each in every), "", MOST_REQUESTS),
        Measured("what came until then, compressed", max(each.size for each in every) / 1024, " KB", MOST_KILOBYTES),
        Measured(f"first text, {SLOW_3G.name}", median(each.text for each in slow), " s", LONGEST_UNTIL_TEXT),
        Measured(f"first row, {SLOW_3G.name}", median(each.row for each in slow), " s"),
        Measured(f"largest contentful paint, {FAST_3G.name}", median(each.largest for each in fast), " s", LONGEST_LCP),
        Measured(f"first row, {FAST_3G.name}", median(each.row for each in fast), " s"),
    ]


@contextmanager
def _signed_in() -> Iterator[Page]:
    found = next(filter(None, map(shutil.which, CHROMIUM)), None)
    if found is None:
        sys.exit(f"expected a browser on the PATH, one of {', '.join(CHROMIUM)}; found none")
    with running_mesh() as (mesh, _), sync_playwright() as playwright:
        browser: Browser = playwright.chromium.launch(executable_path=found, args=FLAGS)
        page = browser.new_context(viewport=PHONE).new_page()  # type: ignore[arg-type]
        username = _new_user(mesh)
        page.goto(mesh["portal_url"])
        page.get_by_role("button", name="Sign in").click()
        page.get_by_label("User name").fill(username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_selector(ROW)
        page.add_init_script(WATCH)
        yield page
        browser.close()


def _new_user(mesh: dict[str, Any]) -> str:
    cognito = client(mesh, "cognito-idp")
    pool = cognito.list_user_pools(MaxResults=10)["UserPools"][0]["Id"]
    attributes = [{"Name": "email", "Value": "bench@consumer.example"}, {"Name": "email_verified", "Value": "true"}]
    cognito.admin_create_user(UserPoolId=pool, Username="bench", UserAttributes=attributes, MessageAction="SUPPRESS")
    cognito.admin_set_user_password(UserPoolId=pool, Username="bench", Password=PASSWORD, Permanent=True)
    return "bench"


def _visit(page: Page, network: Network) -> Visit:
    address = page.evaluate("location.origin")
    page.goto("about:blank")
    session = page.context.new_cdp_session(page)
    seen = _Requests(session)
    session.send("Network.clearBrowserCache")
    throughput = network.kilobits * 1000 / 8
    session.send(
        "Network.emulateNetworkConditions",
        {
            "offline": False,
            "latency": network.latency,
            "downloadThroughput": throughput,
            "uploadThroughput": throughput,
        },
    )
    session.send("Emulation.setCPUThrottlingRate", {"rate": network.slower})
    page.goto(address, wait_until="commit")
    page.wait_for_selector(ROW, timeout=60_000)
    requests, size = seen.so_far()
    # What paints after the first row, such as the other rows, may be larger than all before.
    time.sleep(1)
    times = page.evaluate("window.seen")
    session.detach()
    return Visit(requests, size, times["text"] / 1000, times["row"] / 1000, times["lcp"] / 1000)


class _Requests:
    """What a page has asked for, and how much of it has come."""

    def __init__(self, session: CDPSession) -> None:
        self._asked: set[str] = set()
        self._came = 0
        session.on("Network.requestWillBeSent", self._request)
        session.on("Network.responseReceived", lambda event: self._add(event["response"]))
        session.on("Network.dataReceived", self._add)
        session.send("Network.enable")

    def so_far(self) -> tuple[int, int]:
        """How many, and how many bytes."""
        return len(self._asked), self._came

    def _request(self, event: dict[str, Any]) -> None:
        if event["request"]["url"].startswith("http"):
            self._asked.add(event["requestId"])

    def _add(self, part: dict[str, Any]) -> None:
        self._came += int(part["encodedDataLength"])


if __name__ == "__main__":
    main()
