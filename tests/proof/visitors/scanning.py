"""What scanners of mail do with links: programs that fetch them in every way, and browsers that press every button."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from html import unescape
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Locator, Page, Response

from tests.proof.visitors.wire import Call

AGENTS = (
    "",
    "curl/8.5.0",
    "python-requests/2.32.3",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (compatible; MSIE 9.0; Windows NT 6.1; Trident/5.0) SafeLinks",
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Microsoft Office Outlook 16.0 link preview; URL Defense; URL Protect",
)
EXTRAS: Sequence[dict[str, str]] = (
    {},
    {"Accept": "*/*", "Range": "bytes=0-0"},
    {"Purpose": "prefetch", "Sec-Purpose": "prefetch;prerender"},
    {"Origin": "https://mail.example", "Access-Control-Request-Method": "POST"},
    {"X-HTTP-Method-Override": "POST", "X-Forwarded-For": "192.0.2.9", "X-Method-Override": "POST"},
    {"If-Modified-Since": "Mon, 05 May 2025 07:00:00 GMT", "If-None-Match": '"0"', "Cookie": "seen=1"},
)
FORM = b"email=scanner%40gateway.example&comment=scanned"
TRACKING = "utm_source=mail&utm_medium=email&fbclid=IwAR0&mc_eid=1f&email=scanner%40gateway.example&_method=POST"


def _escaped(query: str) -> str:
    """Every letter and digit of the values percent-encoded, which means the same."""
    pairs = (pair.partition("=") for pair in query.split("&"))
    return "&".join(f"{name}={''.join(f'%{ord(each):02x}' for each in value)}" for name, _, value in pairs)


REWRITES: Sequence[Callable[[str], str]] = (
    lambda query: query,
    lambda query: "&".join(reversed(query.split("&"))),
    lambda query: f"{query}&{TRACKING}",
    lambda query: f"{TRACKING}&{query}",
    lambda query: f"&&{query}&",
    _escaped,
)


def rewritten(url: str, rewrite: Callable[[str], str]) -> str:
    """The link with its query written differently: whoever opens it means the same."""
    query = urlsplit(url).query
    return url.replace(query, rewrite(query))


def fetches(links: Sequence[str], number: int) -> Iterator[Call]:
    """So many GETs, HEADs and OPTIONS, as many of each link; the same ones each time."""
    chance = random.Random(1)
    for count in range(number):
        method = chance.choices(("GET", "HEAD", "OPTIONS"), (5, 3, 2))[0]
        agent = chance.choice(AGENTS)
        yield Call(
            method,
            rewritten(links[count % len(links)], chance.choice(REWRITES)),
            source=f"127.0.{chance.randint(1, 9)}.{chance.randint(1, 9)}",
            headers={**chance.choice(EXTRAS), **({"User-Agent": agent} if agent else {})},
            # Some send a form with everything, not only with POST.
            body=FORM if chance.random() < 0.1 else b"",
            version=chance.choice(("1.1", "1.1", "1.0")),
        )


MADE_UP = (
    "",
    "scanner",
    "test@example.com",
    "scanner@gateway.example",
    "postmaster@example.org",
    "olga@example.org",
    "olga.marin@example.com",
    "no-reply@sns.amazonaws.com",
)
"""What scanners type into a field for an address. The last: whose name the mail bears."""
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_SCRIPTS = {
    "submit": "form => HTMLFormElement.prototype.submit.call(form)",
    "submit without checks": "form => { form.noValidate = true; form.requestSubmit(); }",
}
MANNERS = ("press the button", "press Enter", *_SCRIPTS)
# Everything that a hand or a program might do to a page, short of sending its form.
_TOUCH = """() => {
    for (const each of document.querySelectorAll('a, summary, label, [onclick], [tabindex]')) each.click();
    for (const each of document.querySelectorAll('*'))
        for (const kind of ['mouseover', 'mousedown', 'mouseup', 'focus', 'touchstart'])
            each.dispatchEvent(new Event(kind, { bubbles: true }));
    window.scrollTo(0, document.body.scrollHeight);
}"""


class BrowserScanner:
    """Opens links in a browser that runs scripts, and submits every form there.

    Attributes:
        answers: the statuses of what it posted.
        typed: all that it typed as an address.
        forms: how many forms it found.
    """

    def __init__(self, browser: Browser) -> None:
        self.page: Page = browser.new_context().new_page()
        self.page.on("response", self._answered)
        self.answers: Counter[int] = Counter()
        self.typed: set[str] = set()
        self.forms = 0

    def scan(self, link: str) -> None:
        """Opens a link, and submits its forms with all that it can make up or read in the page, in every manner."""
        self.page.goto(link)
        self.page.evaluate(_TOUCH)
        self.page.wait_for_load_state("networkidle")
        seen = _ADDRESS.findall(unescape(self.page.content()))
        addresses = dict.fromkeys([*MADE_UP, *seen])
        forms = self.page.locator("form").count()
        self.forms += forms
        tries = [(address, MANNERS[number % len(MANNERS)]) for number, address in enumerate(addresses)]
        tries += [("", manner) for manner in MANNERS] + [("scanner", manner) for manner in MANNERS]
        for number in range(forms):
            for address, manner in tries:
                self._submit(link, number, address, manner)

    def close(self) -> None:
        """Closes the window."""
        self.page.context.close()

    def _submit(self, link: str, number: int, address: str, manner: str) -> None:
        self.page.goto(link)
        if self.page.locator("form").count() <= number:
            return
        form = self.page.locator("form").nth(number)
        for box in form.locator("input").all():
            box.fill(address)
        for box in form.locator("textarea").all():
            box.fill("scanned")
        self.typed.add(address)
        if manner in _SCRIPTS or form.evaluate("form => form.checkValidity()"):
            with self.page.expect_navigation():
                _send(form, manner)
        else:
            _send(form, manner)  # and the browser itself keeps the form back

    def _answered(self, response: Response) -> None:
        if response.request.method == "POST":
            self.answers[response.status] += 1


def _send(form: Locator, manner: str) -> None:
    if manner in _SCRIPTS:
        form.evaluate(_SCRIPTS[manner])
    elif manner == "press Enter":
        form.locator("input").first.press("Enter")
    else:
        form.locator("button").first.click()
