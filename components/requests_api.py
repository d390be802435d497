"""The portal's API: its functions, its routes on the stack's HTTP API, and the authorizer on every one of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import pulumi
import pulumi_aws as aws

from components.function_routes import FunctionRoutes, FunctionRoutesArgs, Limit
from components.http_api import HttpApi
from components.portal_functions import PortalFunctions
from components.python_function import PythonFunction
from components.search_index import SearchIndex

LIMIT: Final = Limit(rate=50, burst=100)
"""Of each route, so that looking takes nothing from asking; how much one person may ask, the functions know."""


@dataclass(frozen=True, kw_only=True)
class RequestsApiArgs:
    """What the requests API is told.

    Attributes:
        api: the HTTP API that gets the routes.
        functions: makes the functions, and knows whose access tokens count.
        index: what a search looks into.
        state_machine_arn: what a request starts, and whose executions are shown.
        state_machine_name: its name, part of their ARNs.
        revoking_arn: the state machine that takes back what is given back.
    """

    api: HttpApi
    functions: PortalFunctions
    index: SearchIndex
    state_machine_arn: pulumi.Output[str]
    state_machine_name: pulumi.Output[str]
    revoking_arn: pulumi.Output[str]


class RequestsApi(pulumi.ComponentResource):
    """Makes the routes, all for signed-in people only, and the functions behind them.

    What only looks (catalogue, preview), what writes requests down, what decides, and what ends shares for owners have
    roles of their own.
    """

    requests: PythonFunction
    """Takes requests and shares given back, shows them and the executions."""

    shares: PythonFunction
    """Shows shares, holds and changes, and ends shares for owners."""

    catalogue: PythonFunction
    """Shows the catalogue, and says what would become of a request."""

    decide: PythonFunction
    """Shows approvers what waits for them, and takes their decisions."""

    findings: PythonFunction | None
    """Shows what drift found, and settles it; None: the stack has no drift."""

    routes: Sequence[FunctionRoutes]
    """All of its routes."""

    def __init__(self, name: str, args: RequestsApiArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:RequestsApi", name, None, opts)
        own = pulumi.ResourceOptions(parent=self)
        self.requests = args.functions.requests_api(args.state_machine_arn, args.state_machine_name, args.revoking_arn)
        self.shares = args.functions.shares_api(args.revoking_arn)
        self.catalogue = args.functions.catalogue_api(args.index)
        self.decide = args.functions.decide_signed_in(args.state_machine_arn)
        drift, kits = args.functions.settings.drift, args.functions.settings.consumer_kits
        self.findings = args.functions.findings_api(args.state_machine_arn, args.revoking_arn, drift) if drift else None
        authorizer = aws.apigatewayv2.Authorizer(
            f"{name}-authorizer",
            api_id=args.api.api_id,
            authorizer_type="JWT",
            identity_sources=["$request.header.Authorization"],
            jwt_configuration=aws.apigatewayv2.AuthorizerJwtConfigurationArgs(
                audiences=[args.functions.sign_in.client_id], issuer=args.functions.sign_in.issuer
            ),
            opts=own,
        )
        self.routes = [
            FunctionRoutes(
                f"{name}-{short}",
                FunctionRoutesArgs(
                    api=args.api,
                    function=function,
                    path=path,
                    methods=dict.fromkeys(methods, LIMIT),
                    authorizer_id=authorizer.id,
                ),
                own,
            )
            for short, function, path, methods in (
                ("me", self.requests, "/me", ("GET",)),
                ("list", self.requests, "/requests", ("GET", "POST")),
                ("one", self.requests, "/requests/{id}", ("GET",)),
                ("decisions", self.decide, "/decisions", ("GET",)),
                ("decision", self.decide, "/requests/{id}/decision", ("GET", "POST")),
                ("give-back", self.requests, "/shares/{id}/give-back", ("POST",)),
                ("shares", self.shares, "/shares", ("GET",)),
                ("share", self.shares, "/shares/{id}", ("GET",)),
                ("revoke", self.shares, "/shares/{id}/revoke", ("POST",)),
                ("holds", self.shares, "/holds", ("GET", "POST")),
                ("lift", self.shares, "/holds/lift", ("POST",)),
                ("changes", self.shares, "/changes", ("GET",)),
                ("executions", self.requests, "/executions", ("GET",)),
                ("execution", self.requests, "/executions/{name}", ("GET",)),
                ("preview", self.catalogue, "/requests/preview", ("POST",)),
                ("databases", self.catalogue, "/catalogue/databases", ("GET",)),
                ("database", self.catalogue, "/catalogue/database", ("GET",)),
                ("tables", self.catalogue, "/catalogue/tables", ("GET",)),
                ("table", self.catalogue, "/catalogue/table", ("GET",)),
                ("search", self.catalogue, "/search", ("GET",)),
                *(
                    (
                        ("findings", self.findings, "/findings", ("GET",)),
                        ("settle", self.findings, "/findings/{id}/settle", ("POST",)),
                        ("adopt", self.findings, "/findings/adopt", ("POST",)),
                    )
                    if self.findings
                    else ()
                ),
                *((("deliver", self.shares, "/shares/{id}/deliver", ("POST",)),) if kits else ()),
            )
        ]
        self.register_outputs({})
