"""The HTTP front of API Gateway: ``http://127.0.0.1:PORT/<api id>/…``."""

import json
import re
import time
from dataclasses import dataclass, replace
from typing import Any

from localmesh.aws import moto
from localmesh.aws.lambda_policies import may_invoke
from localmesh.functions.runtime import Functions
from localmesh.http_api import access_log
from localmesh.http_api.authorizer import Refusal, authorize
from localmesh.http_api.payload import Match, event_of, response_of, server_error
from localmesh.http_api.routes import choose
from localmesh.http_api.throttle import Throttles
from localmesh.metrics import Metrics
from localmesh.web import Request, Response, json_response

_HEADER_BYTES = 10_240
"""Request line and header values together."""
_LONGEST_SECONDS = 30
_FUNCTION_ARN = re.compile(r"arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+")


@dataclass(frozen=True)
class _Deployed:
    """An API, its stage, and where it is."""

    api: Any
    stage: Any
    account: str
    region: str


class HttpApiFront:
    """Serves every HTTP API of every account.

    Args:
        functions: runs the integrations.
    """

    def __init__(self, functions: Functions) -> None:
        self._functions = functions
        self._throttles = Throttles()

    def __call__(self, request: Request) -> Response:
        """Answers one request."""
        api_id, _, rest = request.path.lstrip("/").partition("/")
        deployed = _find(api_id)
        if deployed is None:
            return json_response({"message": "Not Found"}, 404)
        size = len(request.method) + len(request.path) + len(request.query) + 12
        size += sum(len(name) + len(value) + 4 for name, value in request.headers)
        if size > _HEADER_BYTES:
            return json_response({"message": "Request Header Fields Too Large"}, 431)
        started = time.monotonic()
        within = replace(request, path=f"/{rest}")
        response, route_key, request_id = self._routed(within, deployed)
        milliseconds = (time.monotonic() - started) * 1000
        metrics = Metrics(deployed.account, deployed.region, "AWS/ApiGateway", {"ApiId": api_id})
        metrics.add("Count")
        metrics.add("4xx", int(400 <= response.status < 500))
        metrics.add("5xx", int(response.status >= 500))
        metrics.add("Latency", milliseconds, "Milliseconds")
        exchange = access_log.Exchange(within, response, request_id, route_key, milliseconds)
        access_log.write(deployed.stage, deployed.account, deployed.region, exchange)
        return replace(response, headers=(*response.headers, ("apigw-requestid", request_id)))

    def _routed(self, request: Request, deployed: _Deployed) -> tuple[Response, str, str]:
        """The answer, the route that was taken and the request's id."""
        api = deployed.api
        chosen = choose(list(api.routes.values()), request.method, request.path)
        if chosen is None:
            return json_response({"message": "Not Found"}, 404), "-", "-"
        route, variables = chosen
        key = str(route.route_key)
        event = event_of(
            request,
            Match(key, request.path, variables),
            api_id=api.api_id,
            account=deployed.account,
            region=deployed.region,
            stage=deployed.stage,
        )
        request_id = str(event["requestContext"]["requestId"])
        if not self._throttles.allow(api.api_id, deployed.stage, key):
            return json_response({"message": "Too Many Requests"}, 429), key, request_id
        try:
            found = _authorized(api, route, request)
        except Refusal as refusal:
            return refusal.response, key, request_id
        except NotImplementedError as missing:
            return json_response({"message": str(missing)}, 501), key, request_id
        if found is not None:
            event["requestContext"]["authorizer"] = found
        return self._integrated(deployed, route, event), key, request_id

    def _integrated(self, deployed: _Deployed, route: Any, event: dict[str, Any]) -> Response:
        integration = deployed.api.integrations.get(str(route.target or "").removeprefix("integrations/"))
        if integration is None or integration.integration_type != "AWS_PROXY":
            return server_error()
        arn = _FUNCTION_ARN.search(str(integration.integration_uri))
        function = self._functions.find(arn[0]) if arn is not None else None
        path = str(route.route_key).replace("$default", "*").replace(" ", "", 1)
        source = f"arn:{moto.PARTITION}:execute-api:{deployed.region}:{deployed.account}"
        source += f":{deployed.api.api_id}/{deployed.stage.name}/{path}"
        if function is None or not may_invoke(function, "apigateway.amazonaws.com", source):
            return server_error()
        invocation = self._functions.invoke(function, json.dumps(event))
        if invocation.error is None:
            return response_of(invocation.payload)
        if float(function.timeout) >= _LONGEST_SECONDS and "Task timed out" in invocation.payload:
            return json_response({"message": "Service Unavailable"}, 503)
        return server_error()


def _authorized(api: Any, route: Any, request: Request) -> dict[str, Any] | None:
    """What the route's authorizer found out; None if the route has none."""
    if route.authorization_type in {None, "", "NONE"}:
        return None
    authorizer = api.authorizers.get(route.authorizer_id)
    if route.authorization_type != "JWT" or authorizer is None or authorizer.authorizer_type != "JWT":
        raise NotImplementedError(f"route {route.route_key}: the local mesh knows JWT authorizers only")
    return authorize(authorizer, list(route.authorization_scopes or []), request)


def _find(api_id: str) -> _Deployed | None:
    """The API of that id, if it is one that is served: an HTTP API with a default stage."""
    backends: Any = moto.module("moto.backends").get_backend("apigatewayv2")
    for account in list(backends):
        for region in list(backends[account]):
            api = backends[account][region].apis.get(api_id)
            stage = api.stages.get("$default") if api is not None and api.protocol_type == "HTTP" else None
            if stage is not None:
                return _Deployed(api, stage, str(account), str(region))
    return None
