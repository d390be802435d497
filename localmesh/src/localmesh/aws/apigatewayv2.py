"""API Gateway: what moto does not mind about routes.

There is one for each key, with an authorizer that exists; no integration goes while a route leads to it; a stage has
settings of routes that are there.
"""

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

    def check_authorizer(of: Any, kind: str | None, id_: str | None) -> None:
        if kind in {"JWT", "CUSTOM"} and id_ not in of.authorizers:
            refusal = error("BadRequestException", f"expected the id of an authorizer of this API, got {id_}")
            refusal.code = 400
            raise refusal

    @moto.correct(api, "create_route")
    def _create_route(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        key = kwargs.get("route_key")
        if any(route.route_key == key for route in self.routes.values()):
            raise conflict(f"Route with key {key} already exists for this API")
        check_authorizer(self, kwargs.get("authorization_type"), kwargs.get("authorizer_id"))
        return original(self, *args, **kwargs)

    @moto.correct(api, "update_route")
    def _update_route(original: Any, self: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs.get("authorizer_id"):  # what an update leaves out stays
            check_authorizer(self, kwargs.get("authorization_type"), kwargs["authorizer_id"])
        return original(self, *args, **kwargs)

    @moto.correct(api, "create_stage")
    def _create_stage(original: Any, self: Any, config: dict[str, Any]) -> Any:
        keys = {route.route_key for route in self.routes.values()}
        settings: dict[str, Any] = config.get("routeSettings") or {}
        for key in settings:
            if key not in keys:
                refusal = error(
                    "NotFoundException", f"Unable to find Route by key {key} within the provided RouteSettings"
                )
                refusal.code = 404
                raise refusal
        return original(self, config)

    @moto.correct(api, "delete_integration")
    def _delete_integration(original: Any, self: Any, integration_id: str) -> Any:
        if any(route.target == f"integrations/{integration_id}" for route in self.routes.values()):
            raise conflict(f"Cannot delete Integration '{integration_id}' because it is referenced by a Route")
        return original(self, integration_id)
