"""The site of the first distribution that is deployed, at one address: files of buckets, and APIs."""

import functools
import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from http.cookies import CookieError, SimpleCookie
from typing import Any

from localmesh.setup import NotServedError
from localmesh.sites import edge
from localmesh.sites.addresses import Addresses
from localmesh.sites.edge import Distribution
from localmesh.sites.sign_in import COOKIE
from localmesh.web import Handler, Request, Response, json_response

_LEAST_COMPRESSED = 1000
_COMPRESSED = ("text/", "application/javascript", "application/json", "application/manifest+json", "image/svg+xml")
_HOP_BY_HOP = frozenset({"connection", "host", "keep-alive", "te", "trailer", "transfer-encoding", "upgrade"})


class Site:
    """Serves the site.

    Args:
        addresses: where things are.
        api: answers what goes to an API.
        viewer_request: what CloudFront functions do: see `localmesh.setup.SetUp`.
        config: the path of the JSON document that tells the page its addresses; empty if there is none.
    """

    def __init__(
        self, addresses: Addresses, api: Handler, viewer_request: Callable[[str, str], str | Response], config: str
    ) -> None:
        self._addresses = addresses
        self._api = api
        self._viewer_request = viewer_request
        self._config = config

    def __call__(self, request: Request) -> Response:
        """Answers one request."""
        distribution = next(iter(edge.distributions()), None)
        if distribution is None:
            return json_response({"message": "no distribution is deployed"}, 404)
        if not self._addresses.is_site(request.header("Host")):
            # The sign-in would not send anybody back to another name of this machine.
            query = f"?{request.query}" if request.query else ""
            return Response(307, (("Location", f"{self._addresses.site}{request.path}{query}"),))
        try:
            return self._answer(distribution, request)
        except NotServedError as missing:
            return json_response({"message": str(missing)}, 501)

    def _answer(self, distribution: Distribution, request: Request) -> Response:
        behaviour = distribution.behaviour(request.path)
        if request.method not in behaviour.allowed_methods.items:
            return _with_policy(_denied(), self._policy(distribution, behaviour))
        code = distribution.function(behaviour)
        path = self._viewer_request(code, request.path) if code else request.path
        if isinstance(path, Response):
            return path
        origin = distribution.origin(behaviour)
        if getattr(origin, "custom_origin_config", None) is not None:
            response = self._api(_forwarded(request, str(origin.domain_name), f"{origin.origin_path}{path}"))
        else:
            response = self._file(distribution, origin, path, request)
        if str(behaviour.compress).lower() == "true":
            response = _compressed(request, response)
        return _with_policy(response, self._policy(distribution, behaviour))

    def _policy(self, distribution: Distribution, behaviour: Any) -> dict[str, tuple[str, bool]]:
        return {
            name: (self._addresses.here(value), override)
            for name, (value, override) in distribution.headers(behaviour).items()
        }

    def _file(self, distribution: Distribution, origin: Any, path: str, request: Request) -> Response:
        found = edge.stored(distribution, origin, f"{origin.origin_path}{path}")
        if found is None:
            return _denied()
        metadata: dict[str, str] = {str(name).lower(): str(value) for name, value in found.metadata.items()}
        body: bytes = found.value
        tag = f'"{str(found.etag).strip(chr(34))}"'
        if path == self._config:
            body = json.dumps(self._addresses.config(json.loads(body)), indent=1).encode()
            tag = f"{tag[:-1]}-here{tag[-1]}"
        kept = {"content-type": "Content-Type", "cache-control": "Cache-Control"}
        headers = [(name, metadata[key]) for key, name in kept.items() if key in metadata]
        headers += [("ETag", tag), ("Accept-Ranges", "bytes")]
        if tag in [each.strip().removeprefix("W/") for each in request.header("If-None-Match").split(",")]:
            return Response(304, tuple(headers))
        return Response(200, tuple(headers), body)


def _forwarded(request: Request, host: str, path: str) -> Request:
    """A request as the API gets it: all that the viewer sent but the host, and who the viewer was."""
    headers = [(name, value) for name, value in request.headers if name.lower() not in _HOP_BY_HOP]
    # All of the mesh has one host and so one jar of cookies; on AWS the sign-in's never come to the page's host.
    headers = [(name, _without_sign_in(value) if name.lower() == "cookie" else value) for name, value in headers]
    claimed = request.header("X-Forwarded-For")
    headers = [(name, value) for name, value in headers if value and name.lower() != "x-forwarded-for"]
    viewer = f"{claimed}, {request.peer}" if claimed else request.peer
    return replace(request, path=path, headers=(("Host", host), *headers, ("X-Forwarded-For", viewer)))


def _without_sign_in(cookie: str) -> str:
    cookies = SimpleCookie()
    try:
        cookies.load(cookie)
    except CookieError:
        return ""
    return "; ".join(f"{name}={morsel.coded_value}" for name, morsel in cookies.items() if name != COOKIE)


def _denied() -> Response:
    return Response(
        403,
        (("Content-Type", "application/xml"),),
        b'<?xml version="1.0" encoding="UTF-8"?>\n'
        b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>",
    )


def _with_policy(response: Response, policy: dict[str, tuple[str, bool]]) -> Response:
    given = {name.lower() for name, _ in response.headers}
    replaced = {name.lower() for name, (_, override) in policy.items() if override}
    kept = [(name, value) for name, value in response.headers if name.lower() not in replaced]
    added = [(name, value) for name, (value, override) in policy.items() if override or name.lower() not in given]
    return replace(response, headers=(*kept, *added))


def _compressed(request: Request, response: Response) -> Response:
    headers = {name.lower(): value for name, value in response.headers}
    plain = not headers.get("content-type", "").startswith(_COMPRESSED) or "content-encoding" in headers
    accepted = [each.partition(";")[0].strip() for each in request.header("Accept-Encoding").lower().split(",")]
    if plain or response.status != 200 or len(response.body) < _LEAST_COMPRESSED or "gzip" not in accepted:
        return response
    kept = tuple((name, f"W/{value}" if name == "ETag" else value) for name, value in response.headers)
    more = (("Content-Encoding", "gzip"), ("Vary", "Accept-Encoding"))
    return replace(response, headers=(*kept, *more), body=_gzipped(response.body))


@functools.lru_cache(maxsize=256)
def _gzipped(body: bytes) -> bytes:
    return gzip.compress(body, 6, mtime=0)
