"""Access logs of a stage, in the format that it asks for."""

import re
import time
from typing import Any

from localmesh.aws import moto
from localmesh.http_api.payload import Match
from localmesh.web import Request, Response

_VARIABLE = re.compile(r"\$context\.([\w.]+)")
_STREAM = "local-mesh"


def write(
    stage: Any,
    account: str,
    region: str,
    request: Request,
    response: Response,
    match: Match | None,
    request_id: str,
    latency: float,
) -> None:
    """Writes a line, if the stage has a destination for it."""
    settings = stage.access_log_settings or {}
    group = str(settings.get("destinationArn", "")).partition(":log-group:")[2].removesuffix(":*")
    if not group or not settings.get("format"):
        return
    values = {
        "requestId": request_id,
        "extendedRequestId": request_id,
        "routeKey": match.route_key if match is not None else "-",
        "status": response.status,
        "httpMethod": request.method,
        "path": request.path,
        "protocol": request.protocol,
        "identity.sourceIp": request.peer,
        "identity.userAgent": request.header("User-Agent"),
        "responseLatency": round(latency),
        "responseLength": len(response.body),
        "integrationLatency": round(latency),
        "integrationStatus": response.status,
        "integrationErrorMessage": "-",
        "error.message": "-",
        "stage": stage.name,
        "requestTime": time.strftime("%d/%b/%Y:%H:%M:%S +0000", time.gmtime()),
        "requestTimeEpoch": int(time.time() * 1000),
    }
    line = _VARIABLE.sub(lambda found: str(values.get(found[1], "-")), settings["format"])
    logs: Any = moto.backend("logs", account, region)
    if group not in logs.groups:
        return
    if _STREAM not in logs.groups[group].streams:
        logs.create_log_stream(group, _STREAM)
    logs.put_log_events(group, _STREAM, [{"timestamp": int(time.time() * 1000), "message": line}])
