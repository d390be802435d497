"""HTTP as it goes over the wire: clients that no library plays, and many requests in the same instant."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.client import HTTPResponse
from urllib.parse import urlsplit

from components.central_workflow import DECISION_LIMITS
from tests.workflow.http_client import TIMEOUT_SECONDS, Reply, form


class Pace:
    """Keeps calls below what the API's stage lets through: what it throttles, the decision page never sees."""

    def __init__(self) -> None:
        self._rate = 0.9 * DECISION_LIMITS["GET"].rate
        self._next = 0.0
        self._lock = threading.Lock()

    def wait(self, calls: int = 1) -> None:
        """Waits until so many calls may be made at once."""
        with self._lock:
            now = time.monotonic()
            begin = max(self._next, now)
            self._next = begin + calls / self._rate
        time.sleep(begin - now)


@dataclass(frozen=True)
class Call:
    """One request.

    Attributes:
        method: as it goes out, in whatever case.
        url: whose query goes out as it stands here.
        source: the address that it comes from, any 127.x.y.z.
        version: of HTTP: `1.1` or `1.0`.
    """

    method: str
    url: str
    source: str = "127.0.0.1"
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    version: str = "1.1"

    def encoded(self) -> bytes:
        """The request as bytes."""
        parts = urlsplit(self.url)
        headers = {"Host": parts.netloc, "Connection": "close", **self.headers}
        if self.body:
            headers["Content-Length"] = str(len(self.body))
        lines = [f"{self.method} {parts.path}?{parts.query} HTTP/{self.version}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        return "\r\n".join([*lines, "", ""]).encode() + self.body


def post(url: str, source: str = "127.0.0.1", **fields: str) -> Call:
    """The page's form, as a browser posts it."""
    body, headers = form(fields)
    return Call("POST", url, source, headers, body)


def send(call: Call) -> Reply:
    """Sends one request."""
    return at_once([call])[0]


def at_once(calls: Sequence[Call]) -> list[Reply]:
    """Sends requests in the same instant, each on a connection of its own.

    All but the last byte of each goes out before; no server can begin with any before it has the last.
    """
    connections: list[socket.socket] = []
    try:
        for call in calls:
            parts = urlsplit(call.url)
            address = (parts.hostname or "", parts.port or 80)
            connections.append(socket.create_connection(address, TIMEOUT_SECONDS, source_address=(call.source, 0)))
            connections[-1].setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connections[-1].sendall(call.encoded()[:-1])
        for connection, call in zip(connections, calls, strict=True):
            connection.sendall(call.encoded()[-1:])
        return [_reply(connection, call.method) for connection, call in zip(connections, calls, strict=True)]
    finally:
        for connection in connections:
            connection.close()


def _reply(connection: socket.socket, method: str) -> Reply:
    answer = HTTPResponse(connection, method=method)
    try:
        answer.begin()
        headers = {name.lower(): value for name, value in answer.getheaders()}
        return Reply(answer.status, headers, answer.read().decode())
    finally:
        answer.close()
