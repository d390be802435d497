"""The mailbox: what SNS would have mailed, as a page and as JSON.

``GET /`` is the page, newest first; ``GET /messages.json`` the same as a list of objects with ``id``, ``account_id``,
``topic_arn``, ``to``, ``subject``, ``body`` and ``sent_at``, with ``?about=text`` only those whose body contains this
text; ``DELETE /messages.json`` empties it.
"""

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs
from uuid import uuid4

import jinja2

from localmesh.sites.authorization import here
from localmesh.web import Request, Response, html_response, json_response

_TEMPLATES = Path(__file__).with_name("templates")
_LINK = re.compile(r"https?://[^\s<>\"'\])}]+[^\s<>\"'\])}.,;:!?]")
_SHOWN = 200


@dataclass(frozen=True)
class Mail:
    """One mail to one address.

    Attributes:
        id: unique.
        account_id: whose topic sent it.
        topic_arn: the topic.
        to: the address.
        subject: as the sender set it.
        body: plain text.
        sent_at: ISO 8601, UTC.
    """

    id: str
    account_id: str
    topic_arn: str
    to: str
    subject: str
    body: str
    sent_at: str


class Mailbox:
    """Keeps mails and shows them.

    Args:
        title: what the page is called.
        text: what the empty page says.
        accounts: what to call the accounts.
    """

    def __init__(self, title: str, text: str, accounts: Mapping[str, str]) -> None:
        self._mails: list[Mail] = []
        self._lock = threading.Lock()
        self._title, self._text = title, text
        self._accounts = dict(accounts)
        self._page = jinja2.Environment(
            loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
        )
        self.try_this = ""
        """A command that makes a mail come: what the empty page tells people to do."""
        self.origins: Callable[[], Mapping[str, str]] = dict
        """The addresses that AWS would serve a page at, and the one here that the page's links lead to."""

    def deliver(self, account_id: str, topic_arn: str, to: str, subject: str, body: str) -> None:
        """Keeps a mail."""
        sent_at = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        mail = Mail(str(uuid4()), account_id, topic_arn, to, subject, body, sent_at)
        with self._lock:
            self._mails.append(mail)

    def mails(self) -> list[Mail]:
        """All mails, newest first."""
        with self._lock:
            return self._mails[::-1]

    def __call__(self, request: Request) -> Response:
        """Answers one request."""
        path = request.path.rstrip("/")
        if path == "/messages.json" and request.method == "DELETE":
            with self._lock:
                self._mails.clear()
            return json_response([])
        if request.method not in {"GET", "HEAD"}:
            return json_response({"message": "GET shows the mailbox"}, 405)
        if path == "/messages.json":
            about = parse_qs(request.query).get("about", [""])[0]
            return json_response([asdict(mail) for mail in self.mails() if about in mail.body])
        if path == "/favicon.ico":
            return Response(204)
        if path:
            return json_response({"message": "there is / and /messages.json"}, 404)
        return self._html()

    def _html(self) -> Response:
        mails, origins = self.mails(), self.origins()
        page = self._page.get_template("mailbox.html").render(
            mails=[(mail, list(_pieces(mail.body, origins))) for mail in mails[:_SHOWN]],
            hidden=max(0, len(mails) - _SHOWN),
            total=len(mails),
            accounts=self._accounts,
            title=self._title,
            text=self._text,
            try_this=self.try_this,
        )
        response = html_response(page)
        policy = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
        extra = (("Content-Security-Policy", policy), ("Referrer-Policy", "no-referrer"))
        return Response(response.status, (*response.headers, *extra), response.body)


def _pieces(body: str, origins: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    """Cuts a text into links, each with where it leads here, and what is none."""
    end = 0
    for link in _LINK.finditer(body):
        if link.start() > end:
            yield body[end : link.start()], ""
        yield link[0], here((link[0],), origins)[0]
        end = link.end()
    if end < len(body):
        yield body[end:], ""
