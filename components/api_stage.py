"""The stage that serves an HTTP API: how much each route takes, and its access log."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.function_routes import FunctionRoutes, Limit
from components.http_api import HttpApi

ELSE: Final = Limit(rate=10, burst=20)
"""Of a route without a limit of its own, of which there is none."""

ACCESS_LOG: Final = {
    "requestId": "$context.requestId",
    "routeKey": "$context.routeKey",
    "status": "$context.status",
    "ip": "$context.identity.sourceIp",
    "latency": "$context.responseLatency",
}
"""What the access log knows of a call: never the path's query, which holds the key of an approval."""


@dataclass(frozen=True, kw_only=True)
class ApiStageArgs:
    """What the stage is told.

    Attributes:
        api: the API that it serves.
        routes: all of its routes.
        log_retention_days: how long its access log is kept.
    """

    api: HttpApi
    routes: Sequence[FunctionRoutes]
    log_retention_days: int


class ApiStage(pulumi.ComponentResource):
    """Makes the default stage of an HTTP API, on which each route has a limit of its own, and its access log."""

    def __init__(self, name: str, args: ApiStageArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:ApiStage", name, None, opts)
        logs = aws.cloudwatch.LogGroup(
            f"{name}-logs",
            retention_in_days=args.log_retention_days,
            opts=pulumi.ResourceOptions(parent=self, aliases=[self._was(args.api, "logs")]),
        )
        limits = {key: limit for routes in args.routes for key, limit in routes.limits.items()}
        aws.apigatewayv2.Stage(
            f"{name}-stage",
            api_id=args.api.api_id,
            name="$default",
            auto_deploy=True,
            access_log_settings=aws.apigatewayv2.StageAccessLogSettingsArgs(
                destination_arn=logs.arn, format=json.dumps(ACCESS_LOG, separators=(",", ":"))
            ),
            # Always both: AWS reads a limit that is left out as zero, and then refuses every call.
            default_route_settings=aws.apigatewayv2.StageDefaultRouteSettingsArgs(
                throttling_burst_limit=ELSE.burst, throttling_rate_limit=ELSE.rate
            ),
            route_settings=[
                aws.apigatewayv2.StageRouteSettingArgs(
                    route_key=key, throttling_burst_limit=limit.burst, throttling_rate_limit=limit.rate
                )
                for key, limit in sorted(limits.items())
            ],
            # AWS takes no settings for a route that is not there.
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=list(args.routes), aliases=[self._was(args.api, "stage")]
            ),
        )
        self.register_outputs({})

    @staticmethod
    def _was(api: HttpApi, suffix: str) -> pulumi.Alias:
        """What it is in stacks of an earlier release: there is one name for it, so it cannot be made anew first."""
        return pulumi.Alias(name=f"{api.pulumi_resource_name}-{suffix}", parent=api)
