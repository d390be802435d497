"""Lambda: invocations reach real processes, and a function's whole configuration is kept."""

import base64
from collections.abc import Mapping
from typing import Any

from localmesh.aws import lambda_policies, moto, principals
from localmesh.functions.runtime import Functions


def install(functions: Functions) -> None:
    """Corrects moto.

    Args:
        functions: runs what is invoked.
    """
    lambda_policies.install()
    function = moto.module("moto.awslambda.models").LambdaFunction
    refused = moto.module("moto.awslambda.exceptions").InvalidParameterValueException

    def invoke(self: Any, body: Any, request_headers: Mapping[str, str], response_headers: dict[str, str]) -> str:
        """Instead of a Docker container."""
        event = body.decode() if isinstance(body, bytes) else str(body or "{}")
        kind = request_headers.get("X-Amz-Invocation-Type", "RequestResponse")
        if kind == "DryRun":
            return ""
        if kind == "Event":
            functions.invoke_later(self, event)
            return ""
        invocation = functions.invoke(self, event)
        response_headers["x-amzn-RequestId"] = invocation.request_id
        response_headers["x-amz-log-result"] = base64.b64encode(invocation.tail.encode()).decode()
        response_headers["X-Amz-Executed-Version"] = "$LATEST"
        if invocation.error:
            response_headers["x-amz-function-error"] = invocation.error
        return invocation.payload

    function.invoke = invoke

    @moto.correct(function, "__init__")
    def _init(original: Any, self: Any, account_id: str, spec: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        if not principals.lets_service_in(str(spec.get("Role")), "lambda", account_id):
            raise refused("The role defined for the function cannot be assumed by Lambda.")
        original(self, account_id, spec, *args, **kwargs)
        self.logging_config = dict(spec.get("LoggingConfig") or {})

    @moto.correct(function, "update_configuration")
    def _update(original: Any, self: Any, config: Mapping[str, Any]) -> Any:
        if "LoggingConfig" in config:
            self.logging_config = dict(config["LoggingConfig"])
        if "TracingConfig" in config:
            self.tracing_config = dict(config["TracingConfig"])
        if "EphemeralStorage" in config:
            self.ephemeral_storage = config["EphemeralStorage"]["Size"]
        return original(self, config)

    @moto.correct(function, "update_function_code")
    def _update_code(original: Any, self: Any, spec: Mapping[str, Any]) -> Any:
        if spec.get("Architectures"):
            self.architectures = list(spec["Architectures"])
        return original(self, spec)

    @moto.correct(function, "get_configuration")
    def _configuration(original: Any, self: Any, on_create: bool = False) -> Any:
        configuration = original(self, on_create)
        group = self.logging_config.get("LogGroup") or f"/aws/lambda/{self.function_name}"
        configuration["LoggingConfig"] = {"LogFormat": "Text", **self.logging_config, "LogGroup": group}
        return configuration
