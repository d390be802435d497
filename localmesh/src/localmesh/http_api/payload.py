"""Payload format 2.0: what a function gets of an HTTP request, and what a client gets of the function's answer."""

import base64
import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast
from urllib.parse import parse_qsl, unquote
from uuid import uuid4

from localmesh.web import Request, Response, json_response

_TEXT_TYPES = ("text/", "application/json", "application/javascript", "application/xml", "application/ld+json")


@dataclass(frozen=True)
class Match:
    """The route that a request takes.

    Attributes:
        route_key: such as ``GET /workflow/update-state``.
        path: the request's path within the API, percent-encoded.
        parameters: what the route's path variables stand for.
    """

    route_key: str
    path: str
    parameters: Mapping[str, str]


def event_of(request: Request, match: Match, *, api_id: str, account: str, region: str, stage: Any) -> dict[str, Any]:
    """The event for the function."""
    headers = _headers(request)
    now = time.time()
    domain = f"{api_id}.execute-api.{region}.amazonaws.com"
    context: dict[str, Any] = {
        "accountId": account,
        "apiId": api_id,
        "domainName": domain,
        "domainPrefix": api_id,
        "http": {
            "method": request.method,
            "path": unquote(match.path),
            "protocol": request.protocol,
            "sourceIp": request.peer,
            "userAgent": headers.get("user-agent", ""),
        },
        "requestId": uuid4().hex[:15] + "=",
        "routeKey": match.route_key,
        "stage": stage.name,
        "time": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime(now)),
        "timeEpoch": int(now * 1000),
    }
    event: dict[str, Any] = {
        "version": "2.0",
        "routeKey": match.route_key,
        "rawPath": match.path,
        "rawQueryString": request.query,
        "headers": headers,
        "requestContext": context,
        "isBase64Encoded": False,
    }
    cookies = [each.strip() for name, value in request.headers if name.lower() == "cookie" for each in value.split(";")]
    optional = {
        "cookies": cookies,
        "queryStringParameters": _query(request.query),
        "pathParameters": dict(match.parameters),
        "stageVariables": dict(stage.stage_variables or {}),
    }
    event.update({key: value for key, value in optional.items() if value})
    if request.body:
        # Forms, too, come in Base64: only what says that it is text is text.
        is_text = headers.get("content-type", "").lower().startswith(_TEXT_TYPES)
        event["body"] = request.body.decode("utf-8", "replace") if is_text else base64.b64encode(request.body).decode()
        event["isBase64Encoded"] = not is_text
    return event


def response_of(payload: str) -> Response:
    """The answer for the client.

    Args:
        payload: JSON that the function returned.
    """
    answer: Any = json.loads(payload)
    if not isinstance(answer, dict) or "statusCode" not in answer:
        # What is no response is the body of one.
        return Response(200, (("Content-Type", "application/json"),), payload.encode())
    shaped = cast("dict[str, Any]", answer)
    try:
        status = int(shaped["statusCode"])
        body: Any = shaped.get("body") or ""
        if not isinstance(body, str):
            body = json.dumps(body)
        data = base64.b64decode(body) if shaped.get("isBase64Encoded") else body.encode()
        given: dict[str, Any] = shaped.get("headers") or {}
        headers = [(str(name), _header_text(value)) for name, value in given.items()]
    except (TypeError, ValueError, AttributeError):
        return server_error()
    headers = [(name, value) for name, value in headers if name.lower() not in {"content-length", "connection"}]
    if not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", "text/plain; charset=utf-8"))
    cookies: list[Any] = shaped.get("cookies") or []
    headers += [("Set-Cookie", str(cookie)) for cookie in cookies]
    return Response(status, tuple(headers), data)


def server_error() -> Response:
    """What clients see of every fault behind the API."""
    return json_response({"message": "Internal Server Error"}, 500)


def _headers(request: Request) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in request.headers:
        key = name.lower()
        if key in {"cookie", "connection", "transfer-encoding"}:
            continue
        headers[key] = f"{headers[key]},{value}" if key in headers else value
    # API Gateway adds the client's address to what the client claims.
    claimed = headers.get("x-forwarded-for")
    headers["x-forwarded-for"] = f"{claimed}, {request.peer}" if claimed else request.peer
    headers["x-forwarded-proto"] = "https"
    headers["x-forwarded-port"] = "443"
    headers.setdefault("content-length", str(len(request.body)))
    headers["x-amzn-trace-id"] = f"Root=1-{int(time.time()):08x}-{uuid4().hex[:24]}"
    return headers


def _query(query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in parse_qsl(query, keep_blank_values=True):
        found[key] = f"{found[key]},{value}" if key in found else value
    return found


def _header_text(value: object) -> str:
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if "\n" in text or "\r" in text:
        raise ValueError("a header with a line break")
    return text
