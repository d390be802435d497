"""API Gateway: one route for each key, and no integration goes while a route leads to it. moto minds neither."""

from typing import Any

from localmesh.aws import moto


def install() -> None:
    """Corrects moto."""
    api = moto.module("moto.apigatewayv2.models").Api
    error = moto.module("moto.core.exceptions").JsonRESTError

    def conflict(text: str) -> Any:
        refusal = error("ConflictException", text)
        refusal.code = 409
        return refusal

    @moto.correct(api, "create_route")
    def _create_route(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        key = kwargs.get("route_key")
        if any(route.route_key == key for route in self.routes.values()):
            raise conflict(f"Route with key {key} already exists for this API")
        return original(self, *args, **kwargs)

    @moto.correct(api, "delete_integration")
    def _delete_integration(original: Any, self: Any, integration_id: str) -> Any:
        if any(route.target == f"integrations/{integration_id}" for route in self.routes.values()):
            raise conflict(f"Cannot delete Integration '{integration_id}' because it is referenced by a Route")
        return original(self, integration_id)
