"""The HTTP API of the central stack."""

from __future__ import annotations

import pulumi
import pulumi_aws as aws


class HttpApi(pulumi.ComponentResource):
    """Makes an HTTP API. `FunctionRoutes` gives it routes, and `ApiStage` serves them once they are all there."""

    api_id: pulumi.Output[str]
    """Id of the API."""

    url: pulumi.Output[str]
    """Where it answers, without a slash at the end."""

    execution_arn: pulumi.Output[str]
    """What permissions to call functions name as their source."""

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("lakeshare:index:HttpApi", name, None, opts)
        api = aws.apigatewayv2.Api(f"{name}-http", protocol_type="HTTP", opts=pulumi.ResourceOptions(parent=self))
        self.api_id = api.id
        self.url = api.api_endpoint
        self.execution_arn = api.execution_arn
        self.register_outputs({"apiId": self.api_id, "url": self.url, "executionArn": self.execution_arn})
