"""API Gateway v2: HTTP APIs, their integrations, routes and stages."""

from __future__ import annotations

from typing import Any, ClassVar

from localmesh.provider.connection import Aws
from localmesh.provider.resource import AutoName, Change, Input, Output, ResourceType, fields
from localmesh.provider.values import Props, camel, or_none, pascal, same_in_any_order, tag_changes

_GONE = "NotFoundException"
_INTEGRATION = {
    "integrationMethod": "IntegrationMethod",
    "integrationType": "IntegrationType",
    "integrationUri": "IntegrationUri",
    "payloadFormatVersion": "PayloadFormatVersion",
}
_ROUTE = {
    "authorizationType": "AuthorizationType",
    "authorizerId": "AuthorizerId",
    "routeKey": "RouteKey",
    "target": "Target",
}
_THROTTLE = ("detailedMetricsEnabled", "throttlingBurstLimit", "throttlingRateLimit")


class Api(ResourceType):
    """An HTTP API. Its id is what AWS gives it."""

    type_name = "aws:apigatewayv2/api:Api"
    tagged = True
    inputs: ClassVar = {
        "name": Input(auto=AutoName(128)),
        "protocolType": Input(required=True, replaces=True),
    }
    outputs: ClassVar = {"apiEndpoint": Output(), "arn": Output(), "executionArn": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the API."""
        answer = aws.client("apigatewayv2").create_api(
            ProtocolType=inputs["protocolType"], Name=inputs["name"], Tags=inputs.get("tags") or {}
        )
        return answer["ApiId"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the API as it is; its endpoint is where the mesh serves it."""
        client = aws.client("apigatewayv2")
        found = or_none(lambda: client.get_api(ApiId=id_), _GONE)
        return found and {
            "apiEndpoint": f"{aws.endpoint.api_base_url}/{id_}",
            "arn": f"arn:{aws.partition}:apigateway:{aws.region}::/apis/{id_}",
            "executionArn": aws.arn("execute-api", id_),
            "name": found["Name"],
            "protocolType": found["ProtocolType"],
            "tags": found.get("Tags") or {},
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change in place."""
        client = aws.client("apigatewayv2")
        if change.touches("name"):
            client.update_api(ApiId=id_, Name=change.new["name"])
        if change.touches("tags"):
            arn = f"arn:{aws.partition}:apigateway:{aws.region}::/apis/{id_}"
            wanted, unwanted = tag_changes(change.old, change.new)
            if unwanted:
                client.untag_resource(ResourceArn=arn, TagKeys=unwanted)
            if wanted:
                client.tag_resource(ResourceArn=arn, Tags=wanted)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the API with all that is in it."""
        client = aws.client("apigatewayv2")
        or_none(lambda: client.delete_api(ApiId=id_), _GONE)


class Integration(ResourceType):
    """What an API's routes lead to. Its id is what AWS gives it; `api/integration` on an import."""

    type_name = "aws:apigatewayv2/integration:Integration"
    inputs: ClassVar = {
        **dict.fromkeys(_INTEGRATION, Input()),
        "apiId": Input(required=True, replaces=True),
        "integrationType": Input(required=True, replaces=True),
        "integrationMethod": Input(computed=True),
        "payloadFormatVersion": Input(default="1.0"),
    }

    def own_id(self, id_: str) -> str:
        """Leave out the api's."""
        return id_.rpartition("/")[2]

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the integration."""
        client = aws.client("apigatewayv2")
        return client.create_integration(ApiId=inputs["apiId"], **_spelt(inputs, _INTEGRATION))["IntegrationId"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the integration as it is."""
        api, own = _inside(id_, state)
        client = aws.client("apigatewayv2")
        found = or_none(lambda: client.get_integration(ApiId=api, IntegrationId=own), _GONE)
        return found and {"apiId": api, **_read(found, _INTEGRATION)}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change in place."""
        api, own = _inside(id_, change.old)
        aws.client("apigatewayv2").update_integration(ApiId=api, IntegrationId=own, **_spelt(change.new, _INTEGRATION))

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the integration."""
        api, own = _inside(id_, state)
        client = aws.client("apigatewayv2")
        or_none(lambda: client.delete_integration(ApiId=api, IntegrationId=own), _GONE)


class Route(ResourceType):
    """A route of an API. Its id is what AWS gives it; `api/route` on an import."""

    type_name = "aws:apigatewayv2/route:Route"
    inputs: ClassVar = {
        **dict.fromkeys(_ROUTE, Input()),
        "apiId": Input(required=True, replaces=True),
        "authorizationType": Input(default="NONE"),
        "routeKey": Input(required=True),
    }

    def own_id(self, id_: str) -> str:
        """Leave out the api's."""
        return id_.rpartition("/")[2]

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the route."""
        client = aws.client("apigatewayv2")
        return client.create_route(ApiId=inputs["apiId"], **_spelt(inputs, _ROUTE))["RouteId"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the route as it is."""
        api, own = _inside(id_, state)
        client = aws.client("apigatewayv2")
        found = or_none(lambda: client.get_route(ApiId=api, RouteId=own), _GONE)
        return found and {"apiId": api, **_read(found, _ROUTE)}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change in place."""
        api, own = _inside(id_, change.old)
        aws.client("apigatewayv2").update_route(
            ApiId=api, RouteId=own, **_spelt(change.new, _ROUTE), **_emptied(change, "authorizerId")
        )

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the route."""
        api, own = _inside(id_, state)
        client = aws.client("apigatewayv2")
        or_none(lambda: client.delete_route(ApiId=api, RouteId=own), _GONE)


class Stage(ResourceType):
    """A stage of an API. Its id is its name; `api/name` on an import."""

    type_name = "aws:apigatewayv2/stage:Stage"
    tagged = True
    inputs: ClassVar = {
        "accessLogSettings": Input(fields=fields("destinationArn", "format")),
        "apiId": Input(required=True, replaces=True),
        "autoDeploy": Input(default=False),
        "defaultRouteSettings": Input(fields=fields(*_THROTTLE), computed=True),
        "name": Input(replaces=True, auto=AutoName(128)),
        "routeSettings": Input(fields=fields("routeKey", *_THROTTLE), same=same_in_any_order),
    }
    outputs: ClassVar = {"arn": Output(), "executionArn": Output(), "invokeUrl": Output()}

    def own_id(self, id_: str) -> str:
        """Leave out the api's."""
        return id_.rpartition("/")[2]

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the stage."""
        request = _spelt(
            inputs,
            {
                "accessLogSettings": "AccessLogSettings",
                "autoDeploy": "AutoDeploy",
                "defaultRouteSettings": "DefaultRouteSettings",
            },
        )
        aws.client("apigatewayv2").create_stage(
            ApiId=inputs["apiId"],
            StageName=inputs["name"],
            Tags=inputs.get("tags") or {},
            RouteSettings={
                each["routeKey"]: pascal({name: each[name] for name in each.keys() - {"routeKey"}})
                for each in inputs.get("routeSettings") or ()
            },
            **request,
        )
        return inputs["name"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the stage as it is."""
        api, name = _inside(id_, state)
        client = aws.client("apigatewayv2")
        found = or_none(lambda: client.get_stage(ApiId=api, StageName=name), _GONE)
        if found is None:
            return None
        path = "" if name == "$default" else f"/{name}"
        of_routes: dict[str, Any] = found.get("RouteSettings") or {}
        return {
            "accessLogSettings": camel(found.get("AccessLogSettings")),
            "apiId": api,
            "arn": f"arn:{aws.partition}:apigateway:{aws.region}::/apis/{api}/stages/{name}",
            "autoDeploy": found.get("AutoDeploy", False),
            "defaultRouteSettings": camel(found.get("DefaultRouteSettings")),
            "executionArn": aws.arn("execute-api", f"{api}/{name}"),
            "invokeUrl": f"{aws.endpoint.api_base_url}/{api}{path}",
            "name": name,
            "routeSettings": [{"routeKey": key, **camel(settings)} for key, settings in of_routes.items()],
            "tags": found.get("Tags") or {},
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Make the stage anew under its name: moto cannot update one, and nothing else in it knows a stage."""
        api, name = _inside(id_, change.old)
        aws.client("apigatewayv2").delete_stage(ApiId=api, StageName=name)
        self.create(aws, change.new)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the stage."""
        api, name = _inside(id_, state)
        client = aws.client("apigatewayv2")
        or_none(lambda: client.delete_stage(ApiId=api, StageName=name), _GONE)


TYPES = (Api(), Integration(), Route(), Stage())


def _spelt(inputs: Props, names: dict[str, str]) -> Props:
    return {aws: pascal(inputs[name]) for name, aws in names.items() if inputs.get(name) is not None}


def _read(found: Props, names: dict[str, str]) -> Props:
    return {name: camel(found.get(aws)) for name, aws in names.items()}


def _emptied(change: Change, *names: str) -> Props:
    """Texts that were taken away: AWS keeps what an update does not name."""
    gone = (name for name in names if change.touches(name) and change.new.get(name) is None)
    return {name[0].upper() + name[1:]: "" for name in gone}


def _inside(id_: str, state: Props) -> tuple[str, str]:
    api, _, own = id_.rpartition("/")
    return api or state["apiId"], own
