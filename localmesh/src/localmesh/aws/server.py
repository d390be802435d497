"""The AWS endpoint: a request comes in, is checked as AWS would check it, and is answered by moto."""

import functools
import io
import re
import sys
import threading
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from localmesh.aws import calls, moto
from localmesh.aws.access import Access
from localmesh.aws.calls import Call
from localmesh.aws.errors import error_response
from localmesh.aws.faults import Faults
from localmesh.aws.journal import Journal
from localmesh.functions.invocations import Invocations
from localmesh.functions.pool import StoppingError
from localmesh.web import Request, Response

_CORS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE"),
    ("Access-Control-Expose-Headers", "*, x-amzn-RequestId, x-amzn-ErrorType, x-amz-function-error"),
    ("Access-Control-Max-Age", "600"),
)
_ONE_AT_A_TIME = frozenset(
    {
        *("dynamodb", "glue", "lakeformation", "sns", "sts", "iam", "logs", "events", "monitoring", "apigateway"),
        *("kms", "s3", "cloudfront", "cognito-idp", "cognito-identity"),
    }
)
"""Services whose moto has no locks of its own: a condition and the write it guards must not be torn apart. Lambda and
Step Functions are not among them: their calls wait for others."""

_Answer = tuple[int, Mapping[str, Any], str | bytes]


@dataclass(frozen=True)
class AwsEndpoint:
    """Answers AWS calls.

    Attributes:
        access: who may do what.
        faults: what goes wrong on purpose.
        running: which function makes a call.
        journal: keeps the calls of functions.
    """

    access: Access
    faults: Faults
    running: Invocations
    journal: Journal

    def __call__(self, request: Request) -> Response:
        """Answers one request."""
        if request.method == "OPTIONS":
            wanted = request.header("Access-Control-Request-Headers", "*")
            return Response(200, (*_CORS, ("Access-Control-Allow-Headers", wanted)))
        call = calls.identify(request)
        running = self.running.of_trace(call.trace)
        response = self._checked(call)
        if running is not None:
            self.journal.add(running, call, response)
        if request.header("Origin"):
            return Response(response.status, (*response.headers, *_CORS), response.body, response.hang_up)
        return response

    def _checked(self, call: Call) -> Response:
        refusal = self.access.check(call)
        if refusal is not None:
            return refusal
        fault = self.faults.take(call)
        if fault is not None and not fault.after:
            return self.faults.response(fault, call)
        response = answer(call)
        return self.faults.response(fault, call) if fault is not None else response


def answer(call: Call) -> Response:
    """Lets moto answer a call."""
    handler = _handler(call.host, call.request.path)
    if handler is None:
        return error_response(call, "UnknownOperationException", f"moto has no {call.operation} of {call.service}", 404)
    token = calls.current.set(call)
    lock = lock_of(call.service) if call.service in _ONE_AT_A_TIME else None
    if lock is not None:
        lock.acquire()
    try:
        return _response(call.request.method, _run(handler, call))
    except NotImplementedError as missing:
        return error_response(call, "NotImplemented", f"moto: {missing}", 501)
    except StoppingError:
        return Response(hang_up=True)
    except Exception as fault:
        traceback.print_exc(file=sys.stderr)
        return error_response(call, "InternalFailure", f"moto: {type(fault).__name__}: {fault}", 500)
    finally:
        if lock is not None:
            lock.release()
        calls.current.reset(token)


@functools.cache
def lock_of(service: str) -> threading.RLock:
    """What guards the state of a service that answers one call at a time."""
    del service  # one lock for each
    return threading.RLock()


def _run(handler: Callable[..., Any], call: Call) -> _Answer:
    request = moto.module("moto.core.request").Request(_environ(call))
    http_error: type[Exception] = moto.module("werkzeug.exceptions").HTTPException
    try:
        result: Any = handler(request, request.raw_url, request.headers)
    except http_error as refusal:
        error: Any = refusal
        return int(error.code), dict(error.get_headers()), error.get_body()
    if isinstance(result, tuple):
        status, headers, body = result  # pyright: ignore[reportUnknownVariableType]
        return int(status), headers, body  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    return 200, {}, result


def _response(method: str, result: _Answer) -> Response:
    status, headers, body = result
    data = body.encode() if isinstance(body, str) else bytes(body or b"")
    kept = tuple(
        (name, str(value))
        for name, value in headers.items()
        if name.lower() not in {"status", "connection", "transfer-encoding"}
        and (name.lower() != "content-length" or method == "HEAD")
    )
    return Response(status, kept, data)


def _environ(call: Call) -> dict[str, Any]:
    # The host is AWS's, so that moto finds region and service where it looks for them.
    request = call.request
    environ: dict[str, Any] = {
        "REQUEST_METHOD": request.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote(request.path, "latin-1"),
        "QUERY_STRING": request.query,
        "RAW_URI": f"{request.path}?{request.query}" if request.query else request.path,
        "SERVER_NAME": call.host,
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": request.protocol,
        "REMOTE_ADDR": request.peer,
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "https",
        "wsgi.input": io.BytesIO(request.body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(request.body)),
    }
    for name, value in request.headers:
        key = name.upper().replace("-", "_")
        if key in {"CONTENT_LENGTH", "TRANSFER_ENCODING"}:
            continue
        if key != "CONTENT_TYPE":
            key = f"HTTP_{key}"
        environ[key] = f"{environ[key]},{value}" if key in environ else value
    environ["HTTP_HOST"] = call.host
    return environ


def _handler(host: str, path: str) -> Callable[..., Any] | None:
    url = f"https://{host}{path}"
    # The older API Gateway shares the host, and takes half a second to load.
    only = "apigatewayv2" if host.startswith("apigateway.") and path.startswith("/v2/") else ""
    for pattern, handler in _routes(host, only):
        if pattern.match(url):
            return handler
    return None


@functools.lru_cache(maxsize=256)
def _routes(host: str, only: str) -> tuple[tuple[re.Pattern[str], Callable[..., Any]], ...]:
    backends = moto.module("moto.backends")
    found: list[tuple[re.Pattern[str], Callable[..., Any]]] = []
    index: list[tuple[str, re.Pattern[str]]] = moto.module("moto.backend_index").backend_url_patterns
    for service, pattern in [(only, re.compile(""))] if only else index:
        if pattern.match(f"https://{host}"):
            in_account: Any = backends.get_backend(service)["123456789012"]
            some = in_account["us-east-1"] if "us-east-1" in in_account else in_account[moto.PARTITION]
            found.extend((re.compile(url), handler) for url, handler in some.urls.items())
    return tuple(found)
