"""Routes of an HTTP API that one function answers."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.http_api import HttpApi
from components.python_function import PythonFunction

_PARAMETER: Final = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True, kw_only=True)
class Limit:
    """How many calls a route takes; API Gateway answers further ones with 429.

    Attributes:
        rate: calls a second.
        burst: calls at once.
    """

    rate: int
    burst: int


@dataclass(frozen=True, kw_only=True)
class FunctionRoutesArgs:
    """What the routes are told.

    Attributes:
        api: the API that gets them.
        function: the function that answers.
        path: the path, the same for all.
        methods: the HTTP methods, and how much each takes; each is a route of its own, `HEAD` too.
        authorizer_id: who is let in decides this JWT authorizer; None: anybody is.
    """

    api: HttpApi
    function: PythonFunction
    path: str
    methods: Mapping[str, Limit]
    authorizer_id: pulumi.Input[str] | None = None


class FunctionRoutes(pulumi.ComponentResource):
    """Makes a function's integration, one route a method, and the API's permission to call it on that path only."""

    limits: Mapping[str, Limit]
    """How much each route takes, by its key (`GET /requests`)."""

    def __init__(self, name: str, args: FunctionRoutesArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:FunctionRoutes", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        integration = aws.apigatewayv2.Integration(
            f"{name}-integration",
            api_id=args.api.api_id,
            integration_type="AWS_PROXY",
            integration_method="POST",
            integration_uri=args.function.arn,
            payload_format_version="2.0",
            opts=own,
        )
        self.limits = {f"{method} {args.path}": limit for method, limit in args.methods.items()}
        for method in args.methods:
            aws.apigatewayv2.Route(
                f"{name}-{method.lower()}",
                api_id=args.api.api_id,
                route_key=f"{method} {args.path}",
                target=pulumi.Output.concat("integrations/", integration.id),
                authorization_type=None if args.authorizer_id is None else "JWT",
                authorizer_id=args.authorizer_id,
                opts=own,
            )
        aws.lambda_.Permission(
            f"{name}-permission",
            action="lambda:InvokeFunction",
            function=args.function.function_name,
            principal="apigateway.amazonaws.com",
            source_arn=pulumi.Output.concat(args.api.execution_arn, "/*/*", _PARAMETER.sub("*", args.path)),
            opts=own,
        )
        self.register_outputs({})
