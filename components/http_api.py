"""The HTTP API of the central stack."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

RATE_LIMIT: Final = 100
"""Requests a second over all routes; people decide by hand, and mail filters must not take a share of the account's."""

BURST_LIMIT: Final = 200

ACCESS_LOG: Final = {
    "requestId": "$context.requestId",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "ip": "$context.identity.sourceIp",
    "latency": "$context.responseLatency",
}
"""What the access log knows of a call: never the path's query, which holds the key of an approval."""


@dataclass(frozen=True)
class HttpApiArgs:
    """What the API is told.

    Attributes:
        log_retention_days: how long its access log is kept.
    """

    log_retention_days: int


class HttpApi(pulumi.ComponentResource):
    """Makes an HTTP API, its default stage with throttling, and its access log. `FunctionRoutes` gives it routes."""

    api_id: pulumi.Output[str]
    """Id of the API."""

    url: pulumi.Output[str]
    """Where it answers, without a slash at the end."""

    execution_arn: pulumi.Output[str]
    """What permissions to call functions name as their source."""

    def __init__(self, name: str, args: HttpApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:HttpApi", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        api = aws.apigatewayv2.Api(f"{name}-http", protocol_type="HTTP", opts=own)
        logs = aws.cloudwatch.LogGroup(f"{name}-logs", retention_in_days=args.log_retention_days, opts=own)
        aws.apigatewayv2.Stage(
            f"{name}-stage",
            api_id=api.id,
            name="$default",
            auto_deploy=True,
            access_log_settings=aws.apigatewayv2.StageAccessLogSettingsArgs(
                destination_arn=logs.arn, format=json.dumps(ACCESS_LOG, separators=(",", ":"))
            ),
            # Always both: AWS reads a limit that is left out as zero, and then refuses every call.
            default_route_settings=aws.apigatewayv2.StageDefaultRouteSettingsArgs(
                throttling_burst_limit=BURST_LIMIT, throttling_rate_limit=RATE_LIMIT
            ),
            opts=own,
        )
        self.api_id = api.id
        self.url = api.api_endpoint
        self.execution_arn = api.execution_arn
        self.register_outputs({"apiId": self.api_id, "url": self.url, "executionArn": self.execution_arn})
