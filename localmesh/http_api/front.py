"""The HTTP front of API Gateway: ``http://127.0.0.1:PORT/<api id>/…``."""

import json
import re
import time
from dataclasses import replace
from typing import Any

from localmesh.aws import moto
from localmesh.events import may_invoke
from localmesh.functions.runtime import Functions
from localmesh.http_api import access_log
from localmesh.http_api.payload import Match, event_of, response_of, server_error
from localmesh.http_api.routes import choose
from localmesh.http_api.throttle import Throttles
from localmesh.metrics import count
from localmesh.web import Request, Response, json_response

_HEADER_BYTES = 10_240
"""Request line and header values together."""
_LONGEST_SECONDS = 30
_FUNCTION_ARN = re.compile(r"arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+")


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
        found = _find(api_id)
        if found is None:
            return json_response({"message": "Not Found"}, 404)
        api, account, region = found
        size = len(request.method) + len(request.path) + len(request.query) + 12
        size += sum(len(name) + len(value) + 4 for name, value in request.headers)
        if size > _HEADER_BYTES:
            return json_response({"message": "Request Header Fields Too Large"}, 431)
        started = time.monotonic()
        stage = api.stages.get("$default")
        if stage is None:
            return json_response({"message": "Not Found"}, 404)
        response, match, request_id = self._routed(replace(request, path=f"/{rest}"), api, account, region, stage)
        latency = (time.monotonic() - started) * 1000
        dimensions = {"ApiId": api_id}
        count(account, region, "AWS/ApiGateway", "Count", dimensions)
        count(account, region, "AWS/ApiGateway", "4xx", dimensions, int(400 <= response.status < 500))
        count(account, region, "AWS/ApiGateway", "5xx", dimensions, int(response.status >= 500))
        count(account, region, "AWS/ApiGateway", "Latency", dimensions, latency, "Milliseconds")
        access_log.write(stage, account, region, request, response, match, request_id, latency)
        return replace(response, headers=(*response.headers, ("apigw-requestid", request_id)))

    def _routed(
        self, request: Request, api: Any, account: str, region: str, stage: Any
    ) -> tuple[Response, Match | None, str]:
        chosen = choose(list(api.routes.values()), request.method, request.path)
        if chosen is None:
            return json_response({"message": "Not Found"}, 404), None, "-"
        route, variables = chosen
        match = Match(str(route.route_key), request.path, variables)
        event = event_of(request, match, api_id=api.api_id, account=account, region=region, stage=stage)
        request_id = str(event["requestContext"]["requestId"])
        if not self._throttles.allow(api.api_id, stage):
            return json_response({"message": "Too Many Requests"}, 429), match, request_id
        if route.authorization_type not in {None, "", "NONE"}:
            text = (
                f"the local mesh does not know authorizers of type {route.authorization_type} (route {route.route_key})"
            )
            return json_response({"message": text}, 501), match, request_id
        integration = api.integrations.get(str(route.target or "").removeprefix("integrations/"))
        return self._integrated(integration, api, account, region, route, event), match, request_id

    def _integrated(
        self, integration: Any, api: Any, account: str, region: str, route: Any, event: dict[str, Any]
    ) -> Response:
        if integration is None or integration.integration_type != "AWS_PROXY":
            return server_error()
        arn = _FUNCTION_ARN.search(str(integration.integration_uri))
        function = self._functions.find(arn[0]) if arn is not None else None
        path = str(route.route_key).replace("$default", "*").replace(" ", "", 1)
        source = f"arn:{moto.PARTITION}:execute-api:{region}:{account}:{api.api_id}/$default/{path}"
        if function is None or not may_invoke(function, "apigateway.amazonaws.com", source):
            return server_error()
        invocation = self._functions.invoke(function, json.dumps(event))
        if invocation.error is None:
            return response_of(invocation.payload)
        if float(function.timeout) >= _LONGEST_SECONDS and "Task timed out" in invocation.payload:
            return json_response({"message": "Service Unavailable"}, 503)
        return server_error()


def _find(api_id: str) -> tuple[Any, str, str] | None:
    backends: Any = moto.module("moto.backends").get_backend("apigatewayv2")
    for account in list(backends):
        for region in list(backends[account]):
            api = backends[account][region].apis.get(api_id)
            if api is not None and api.protocol_type == "HTTP":
                return api, str(account), str(region)
    return None
