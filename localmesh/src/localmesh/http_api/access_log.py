"""Access logs of a stage, in the format that it asks for."""

import re
import time
from dataclasses import dataclass
from typing import Any

from localmesh.aws import moto
from localmesh.web import Request, Response

_VARIABLE = re.compile(r"\$context\.([\w.]+)")
_STREAM = "local-mesh"


@dataclass(frozen=True)
class Exchange:
    """A request and its answer.

    Attributes:
        request: with the path within the API.
        response: what the client gets.
        request_id: API Gateway's.
        route_key: the route that it took, ``-`` if there was none.
        milliseconds: how long it took.
    """

    request: Request
    response: Response
    request_id: str
    route_key: str
    milliseconds: float


def write(stage: Any, account: str, region: str, exchange: Exchange) -> None:
    """Writes a line, if the stage has a destination for it."""
    settings: dict[str, str] = stage.access_log_settings or {}
    group = settings.get("destinationArn", "").partition(":log-group:")[2].removesuffix(":*")
    if not group or not settings.get("format"):
        return
    values = {**_values(exchange), "stage": stage.name}
    line = _VARIABLE.sub(lambda found: str(values.get(found[1], "-")), settings["format"])
    logs: Any = moto.backend("logs", account, region)
    if group not in logs.groups:
        return
    if _STREAM not in logs.groups[group].streams:
        logs.create_log_stream(group, _STREAM)
    logs.put_log_events(group, _STREAM, [{"timestamp": int(time.time() * 1000), "message": line}])


def _values(exchange: Exchange) -> dict[str, object]:
    request, response = exchange.request, exchange.response
    return {
        "requestId": exchange.request_id,
        "extendedRequestId": exchange.request_id,
        "routeKey": exchange.route_key,
        "status": response.status,
        "httpMethod": request.method,
        "path": request.path,
        "protocol": request.protocol,
        "identity.sourceIp": request.peer,
        "identity.userAgent": request.header("User-Agent"),
        "responseLatency": round(exchange.milliseconds),
        "responseLength": len(response.body),
        "integrationLatency": round(exchange.milliseconds),
        "integrationStatus": response.status,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()),
        "requestTimeEpoch": int(time.time() * 1000),
    }
