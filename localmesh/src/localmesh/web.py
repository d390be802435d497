"""A small HTTP/1.1 server: every address of the local mesh is one of these.

Connections are kept alive and each has a thread of its own. That matters: whoever calls a function holds a connection
until the function has answered, and the function itself calls back, so a pool of a fixed size could lock itself up.
"""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer, ThreadingMixIn
from typing import Any

LOOPBACK = "127.0.0.1"
"""Nothing of the mesh can be reached from another machine."""

_IDLE_SECONDS = 120
_LONGEST_LINE = 65_536
_MOST_HEADERS = 100
_BODYLESS = frozenset({HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED})


@dataclass(frozen=True)
class Request:
    """An HTTP request, as it was sent.

    Attributes:
        method: in upper case.
        path: percent-encoded, without the query.
        query: percent-encoded, without the question mark; empty if there is none.
        headers: names as sent, in their order, repeated ones repeated.
        body: the whole of it.
        peer: the address that the client has bound, which need not be 127.0.0.1.
        protocol: such as ``HTTP/1.1``.
    """

    method: str
    path: str
    query: str
    headers: tuple[tuple[str, str], ...]
    body: bytes
    peer: str
    protocol: str = "HTTP/1.1"

    def header(self, name: str, default: str = "") -> str:
        """The first header of that name, whatever its case."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), default)

    def json(self) -> Any:
        """The body as JSON; an empty body is an empty object."""
        return json.loads(self.body) if self.body.strip() else {}


@dataclass(frozen=True)
class Response:
    """An HTTP response.

    Attributes:
        status: the status code.
        headers: Content-Length is added, Connection and Date too.
        body: left out on the wire where HTTP has none.
        hang_up: close the connection without a word, as an outage would.
    """

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    hang_up: bool = False


def json_response(value: object, status: int = 200) -> Response:
    """A response that carries `value` as JSON."""
    body = json.dumps(value, indent=2, ensure_ascii=False).encode() + b"\n"
    return Response(status, (("Content-Type", "application/json; charset=utf-8"), ("Cache-Control", "no-store")), body)


def html_response(text: str, status: int = 200) -> Response:
    """A response that carries a page."""
    return Response(
        status, (("Content-Type", "text/html; charset=utf-8"), ("Cache-Control", "no-store")), text.encode()
    )


Handler = Callable[[Request], Response]


class _Connection(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = _IDLE_SECONDS
    server: "_Listener"  # pyright: ignore[reportIncompatibleVariableOverride]

    def setup(self) -> None:
        super().setup()
        self.server.opened(self.connection)

    def finish(self) -> None:
        self.server.closed(self.connection)
        with contextlib.suppress(OSError):
            super().finish()

    def handle_one_request(self) -> None:
        try:
            self.raw_requestline = self.rfile.readline(_LONGEST_LINE + 1)
            if not self.raw_requestline or not self.parse_request():
                self.close_connection = True
                return
            path, _, query = self.path.partition("?")
            request = Request(
                method=self.command.upper(),
                path=path,
                query=query,
                headers=tuple(self._headers),
                body=self._body(),
                peer=str(self.client_address[0]),
                protocol=self.request_version,
            )
            self._answer(self.server.respond(request))
        except (ConnectionError, TimeoutError, ValueError):
            # The client went away, or is silent, or does not speak HTTP.
            self.close_connection = True

    def parse_request(self) -> bool:
        """Reads all up to the body; the base class reads headers as a mail's, longer than the rest of a call takes."""
        words = self.raw_requestline.decode("latin-1").split()
        if len(words) != 3 or not words[2].startswith("HTTP/1."):
            return False
        self.command, self.path, self.request_version = words
        if self.path.startswith("//"):
            self.path = "/" + self.path.lstrip("/")  # or what takes it for an address would lead elsewhere
        self._headers = list(self._lines())
        named = {name.lower(): value.lower() for name, value in self._headers}
        self._chunked = "chunked" in named.get("transfer-encoding", "")
        self._length = int(named.get("content-length") or 0)
        connection = named.get("connection", "")
        self.close_connection = connection == "close" or (words[2] == "HTTP/1.0" and connection != "keep-alive")
        return named.get("expect") != "100-continue" or self.handle_expect_100()

    def _lines(self) -> Iterator[tuple[str, str]]:
        """The headers, each with its name as it was sent."""
        for _ in range(_MOST_HEADERS):
            line = self.rfile.readline(_LONGEST_LINE + 1)
            if not line.strip():
                return
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon or len(line) > _LONGEST_LINE:
                raise ValueError("expected a header in a line of its own")
            yield name, value.strip()
        raise ValueError(f"expected at most {_MOST_HEADERS} headers")

    def handle_expect_100(self) -> bool:
        """Says at once that the body may come: S3's clients wait a second for that, in vain if it is only buffered."""
        going_on = super().handle_expect_100()
        self.wfile.flush()
        return going_on

    def _body(self) -> bytes:
        if not self._chunked:
            return self.rfile.read(self._length) if self._length else b""
        chunks: list[bytes] = []
        while size := int(self.rfile.readline(1024).split(b";")[0], 16):
            chunks.append(self.rfile.read(size))
            self.rfile.readline(8)
        while self.rfile.readline(65536).strip():
            pass  # trailers
        return b"".join(chunks)

    def _answer(self, response: Response) -> None:
        if response.hang_up:
            self.close_connection = True
            with contextlib.suppress(OSError):
                self.connection.shutdown(socket.SHUT_RDWR)
            return
        has_body = response.status not in _BODYLESS
        headers = list(response.headers)
        named = {name.lower() for name, _ in headers}
        if "date" not in named:
            headers.append(("Date", self.date_time_string()))
        if has_body and "content-length" not in named:
            headers.append(("Content-Length", str(len(response.body))))
        if self.close_connection:
            headers.append(("Connection", "close"))
        lines = [f"{self.protocol_version} {response.status} {self.responses.get(response.status, ('',))[0]}"]
        lines += [f"{name}: {value}" for name, value in headers]
        self.wfile.write("\r\n".join((*lines, "", "")).encode("latin-1"))
        if has_body and self.command != "HEAD":
            self.wfile.write(response.body)
        self.wfile.flush()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it
        """Say nothing: the mesh's screen belongs to the person in front of it."""


class _Listener(ThreadingMixIn, TCPServer):
    allow_reuse_address = True
    daemon_threads = True
    block_on_close = False
    request_queue_size = 1024

    def __init__(self, port: int, respond: Handler) -> None:
        self.respond = respond
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__((LOOPBACK, port), _Connection)

    def opened(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)

    def closed(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.discard(connection)

    def hang_up(self) -> None:
        with self._lock:
            left = list(self._open)
        for connection in left:
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A connection that broke is the client's business."""


class Server:
    """One listening address. It listens from the start and answers once `serve` is called.

    Args:
        port: 0 lets the system choose one.

    Raises:
        OSError: the port is taken.
    """

    def __init__(self, port: int = 0) -> None:
        self._listener = _Listener(port, _not_yet)
        self.port = int(self._listener.server_address[1])
        self.url = f"http://{LOOPBACK}:{self.port}"
        self._thread: threading.Thread | None = None

    def serve(self, respond: Handler) -> None:
        """Answers requests with `respond`, in threads, until `stop`."""
        self._listener.respond = respond
        self._thread = threading.Thread(
            target=self._listener.serve_forever, kwargs={"poll_interval": 0.05}, name=f"port {self.port}", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Gives the port back and ends the connections that are open."""
        if self._thread is not None:
            self._listener.shutdown()
            self._thread.join()
        self._listener.server_close()
        self._listener.hang_up()


def _not_yet(_: Request) -> Response:
    return json_response({"message": "the mesh is still starting"}, 503)
