"""API Gateway v2: authorizers, which check who calls before a route leads anywhere."""

from __future__ import annotations

from typing import ClassVar

from localmesh.provider.connection import Aws
from localmesh.provider.resource import AutoName, Change, Input, ResourceType, fields
from localmesh.provider.values import Props, or_none, part, same_in_any_order

_GONE = "NotFoundException"


class Authorizer(ResourceType):
    """An authorizer of tokens (JWT). Its id is what AWS gives it; `api/authorizer` on an import."""

    type_name = "aws:apigatewayv2/authorizer:Authorizer"
    inputs: ClassVar = {
        "apiId": Input(required=True, replaces=True),
        "authorizerType": Input(required=True),
        "identitySources": Input(same=same_in_any_order),
        "jwtConfiguration": Input(same=same_in_any_order, fields=fields("audiences", "issuer")),
        "name": Input(auto=AutoName(128)),
    }

    def own_id(self, id_: str) -> str:
        """Leave out the api's."""
        return id_.rpartition("/")[2]

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the authorizer."""
        return aws.client("apigatewayv2").create_authorizer(ApiId=inputs["apiId"], **_request(inputs))["AuthorizerId"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the authorizer as it is."""
        api, own = _inside(id_, state)
        client = aws.client("apigatewayv2")
        found = or_none(lambda: client.get_authorizer(ApiId=api, AuthorizerId=own), _GONE)
        if found is None:
            return None
        token = part(found, "JwtConfiguration")
        return {
            "apiId": api,
            "authorizerType": found["AuthorizerType"],
            "identitySources": found.get("IdentitySource"),
            "jwtConfiguration": {"audiences": token.get("Audience"), "issuer": token.get("Issuer")},
            "name": found["Name"],
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change in place."""
        api, own = _inside(id_, change.old)
        aws.client("apigatewayv2").update_authorizer(ApiId=api, AuthorizerId=own, **_request(change.new))

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the authorizer."""
        api, own = _inside(id_, state)
        client = aws.client("apigatewayv2")
        or_none(lambda: client.delete_authorizer(ApiId=api, AuthorizerId=own), _GONE)


TYPES = (Authorizer(),)


def _request(inputs: Props) -> Props:
    token = part(inputs, "jwtConfiguration")
    return {
        "AuthorizerType": inputs["authorizerType"],
        "IdentitySource": inputs.get("identitySources") or [],
        "JwtConfiguration": {"Audience": token.get("audiences") or [], "Issuer": token.get("issuer") or ""},
        "Name": inputs["name"],
    }


def _inside(id_: str, state: Props) -> tuple[str, str]:
    api, _, own = id_.rpartition("/")
    return api or state["apiId"], own
