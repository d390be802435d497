"""Cognito: identity pools, which give credentials of a role to those whom somebody else has signed in."""

from __future__ import annotations

from typing import Any, ClassVar

from localmesh.provider.connection import Aws
from localmesh.provider.resource import Change, Input, Output, ResourceType, fields
from localmesh.provider.services.cognito_pool import GONE
from localmesh.provider.values import Props, camel, or_none, pascal, same_in_any_order, tag_changes


class IdentityPool(ResourceType):
    """An identity pool. Its id is what AWS gives it."""

    type_name = "aws:cognito/identityPool:IdentityPool"
    tagged = True
    inputs: ClassVar = {
        "allowClassicFlow": Input(default=False),
        "allowUnauthenticatedIdentities": Input(default=False),
        "cognitoIdentityProviders": Input(
            same=same_in_any_order, fields=fields("clientId", "providerName", "serverSideTokenCheck")
        ),
        "identityPoolName": Input(required=True, replaces=True),
    }
    outputs: ClassVar = {"arn": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the pool."""
        answer = aws.client("cognito-identity").create_identity_pool(
            IdentityPoolTags=inputs.get("tags") or {}, **_request(inputs)
        )
        return answer["IdentityPoolId"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the pool as it is."""
        client = aws.client("cognito-identity")
        found = or_none(lambda: client.describe_identity_pool(IdentityPoolId=id_), GONE)
        return found and {
            "allowClassicFlow": found.get("AllowClassicFlow", False),
            "allowUnauthenticatedIdentities": found["AllowUnauthenticatedIdentities"],
            "arn": aws.arn("cognito-identity", f"identitypool/{id_}"),
            "cognitoIdentityProviders": camel(found.get("CognitoIdentityProviders")),
            "identityPoolName": found["IdentityPoolName"],
            "tags": found.get("IdentityPoolTags") or {},
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change in place."""
        client = aws.client("cognito-identity")
        if change.names - {"tags"}:
            client.update_identity_pool(IdentityPoolId=id_, **_request(change.new))
        if change.touches("tags"):
            wanted, unwanted = tag_changes(change.old, change.new)
            if unwanted:
                client.untag_resource(ResourceArn=change.old["arn"], TagKeys=unwanted)
            if wanted:
                client.tag_resource(ResourceArn=change.old["arn"], Tags=wanted)

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the pool with its identities."""
        client = aws.client("cognito-identity")
        or_none(lambda: client.delete_identity_pool(IdentityPoolId=id_), GONE)


class IdentityPoolRoleAttachment(ResourceType):
    """Which roles an identity pool gives out. Its id is the pool's."""

    type_name = "aws:cognito/identityPoolRoleAttachment:IdentityPoolRoleAttachment"
    inputs: ClassVar = {
        "identityPoolId": Input(required=True, replaces=True),
        "roles": Input(required=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Set them."""
        self._put(aws, inputs["identityPoolId"], inputs["roles"])
        return inputs["identityPoolId"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give them as they are."""
        client = aws.client("cognito-identity")
        found: Any = or_none(lambda: client.get_identity_pool_roles(IdentityPoolId=id_), GONE)
        if not found or not found.get("Roles"):
            return None
        return {"identityPoolId": id_, "roles": found["Roles"]}

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Set them anew."""
        self._put(aws, id_, change.new["roles"])

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Take them off."""
        or_none(lambda: self._put(aws, id_, {}), GONE)

    def _put(self, aws: Aws, id_: str, roles: Props) -> None:
        aws.client("cognito-identity").set_identity_pool_roles(IdentityPoolId=id_, Roles=roles)


TYPES = (IdentityPool(), IdentityPoolRoleAttachment())


def _request(inputs: Props) -> Props:
    return {
        "AllowClassicFlow": inputs["allowClassicFlow"],
        "AllowUnauthenticatedIdentities": inputs["allowUnauthenticatedIdentities"],
        "CognitoIdentityProviders": pascal(inputs.get("cognitoIdentityProviders") or []),
        "IdentityPoolName": inputs["identityPoolName"],
    }
