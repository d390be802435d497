"""Real HTTP, as a browser or a mail scanner speaks it, from any address of this machine."""

from __future__ import annotations

import http.client
import re
from collections.abc import Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlencode, urlsplit

TIMEOUT_SECONDS = 60


@dataclass(frozen=True)
class Reply:
    """An answer. `headers`: by name in lower case."""

    status: int
    headers: Mapping[str, str]
    body: str

    @property
    def title(self) -> str:
        """The page's heading, as people read it."""
        found = re.search(r"<h1[^>]*>(.*?)</h1>", self.body, re.DOTALL)
        return plain(found[1]) if found else ""

    @property
    def text(self) -> str:
        """All of the page, as people read it."""
        return plain(re.sub(r"<style>.*?</style>|<title>.*?</title>", " ", self.body, flags=re.DOTALL))


def plain(html: str) -> str:
    """`html` without its tags, white space folded; what stands in a line stays together."""
    html = re.sub(r"</?(bdi|strong|span|a)\b[^>]*>", "", html)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())


def send(
    method: str,
    url: str,
    *,
    body: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    source: str = "127.0.0.1",
) -> Reply:
    """Sends one request from the address `source`, which may be any 127.x.y.z."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(
        parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS, source_address=(source, 0)
    )
    try:
        connection.request(method, f"{parts.path}?{parts.query}", body=body, headers=dict(headers or {}))
        answer = connection.getresponse()
        found = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, found, answer.read().decode())
    finally:
        connection.close()


def form(fields: Mapping[str, str]) -> tuple[bytes, dict[str, str]]:
    """Body and headers of a form as a browser posts it: line breaks as CR LF."""
    fields = {name: value.replace("\r\n", "\n").replace("\n", "\r\n") for name, value in fields.items()}
    return urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"}
