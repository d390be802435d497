"""Cognito: an application's client of a user pool, how its sign-in pages look, and who else may sign people in."""

from __future__ import annotations

from typing import Any, ClassVar

from localmesh.provider.connection import Aws
from localmesh.provider.resource import AutoName, Change, Input, Output, ResourceType, fields
from localmesh.provider.services.cognito_pool import GONE
from localmesh.provider.values import Props, camel, given, or_none, pascal, same_in_any_order

_LISTS = {
    "allowedOauthFlows": "AllowedOAuthFlows",
    "allowedOauthScopes": "AllowedOAuthScopes",
    "callbackUrls": "CallbackURLs",
    "explicitAuthFlows": "ExplicitAuthFlows",
    "logoutUrls": "LogoutURLs",
    "readAttributes": "ReadAttributes",
    "supportedIdentityProviders": "SupportedIdentityProviders",
    "writeAttributes": "WriteAttributes",
}
_COMPUTED = {
    "accessTokenValidity": "AccessTokenValidity",
    "allowedOauthFlowsUserPoolClient": "AllowedOAuthFlowsUserPoolClient",
    "enableTokenRevocation": "EnableTokenRevocation",
    "idTokenValidity": "IdTokenValidity",
    "preventUserExistenceErrors": "PreventUserExistenceErrors",
    "refreshTokenValidity": "RefreshTokenValidity",
}
_NESTED = {"refreshTokenRotation": "RefreshTokenRotation", "tokenValidityUnits": "TokenValidityUnits"}
_CLIENT = {**_LISTS, **_COMPUTED, **_NESTED, "name": "ClientName"}


class UserPoolClient(ResourceType):
    """An application's client. Its id is what AWS gives it; `pool/client` on an import."""

    type_name = "aws:cognito/userPoolClient:UserPoolClient"
    inputs: ClassVar = {
        **dict.fromkeys(_LISTS, Input(same=same_in_any_order, computed=True)),
        **dict.fromkeys(_COMPUTED, Input(computed=True)),
        "generateSecret": Input(replaces=True, default=False, readable=False),
        "name": Input(auto=AutoName(128)),
        "refreshTokenRotation": Input(fields=fields("feature", "retryGracePeriodSeconds")),
        "tokenValidityUnits": Input(fields=fields("accessToken", "idToken", "refreshToken")),
        "userPoolId": Input(required=True, replaces=True),
    }

    def own_id(self, id_: str) -> str:
        """Leave out the pool's."""
        return id_.rpartition("/")[2]

    def create(self, aws: Aws, inputs: Props) -> str:
        """Make the client."""
        answer = aws.client("cognito-idp").create_user_pool_client(
            UserPoolId=inputs["userPoolId"], GenerateSecret=inputs["generateSecret"], **_spelt(inputs)
        )
        return answer["UserPoolClient"]["ClientId"]

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the client as it is."""
        pool, own = _inside(id_, state, "/")
        client = aws.client("cognito-idp")
        answer = or_none(lambda: client.describe_user_pool_client(UserPoolId=pool, ClientId=own), GONE)
        if answer is None:
            return None
        found: dict[str, Any] = answer["UserPoolClient"]
        return {
            "userPoolId": pool,
            **{name: found.get(key) for name, key in _CLIENT.items()},
            **{name: camel(found.get(key)) for name, key in _NESTED.items()},
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change in place: all of the settings at once, as AWS takes what is not named back to its default."""
        pool, own = _inside(id_, change.old, "/")
        gone = [name for name in (*_LISTS, *_NESTED) if change.touches(name) and change.new.get(name) is None]
        aws.client("cognito-idp").update_user_pool_client(
            UserPoolId=pool,
            ClientId=own,
            **_spelt(change.new),
            **{_CLIENT[name]: [] if name in _LISTS else {} for name in gone if name != "refreshTokenRotation"},
        )

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Delete the client."""
        pool, own = _inside(id_, state, "/")
        client = aws.client("cognito-idp")
        or_none(lambda: client.delete_user_pool_client(UserPoolId=pool, ClientId=own), GONE)


class ManagedLoginBranding(ResourceType):
    """How the sign-in pages look for a client. Its id is `pool,branding`."""

    type_name = "aws:cognito/managedLoginBranding:ManagedLoginBranding"
    inputs: ClassVar = {
        "clientId": Input(required=True, replaces=True, readable=False),
        "useCognitoProvidedValues": Input(default=False),
        "userPoolId": Input(required=True, replaces=True),
    }
    outputs: ClassVar = {"managedLoginBrandingId": Output()}

    def create(self, aws: Aws, inputs: Props) -> str:
        """Give the pages their looks."""
        answer = aws.client("cognito-idp").create_managed_login_branding(
            UserPoolId=inputs["userPoolId"],
            ClientId=inputs["clientId"],
            UseCognitoProvidedValues=inputs["useCognitoProvidedValues"],
        )
        return f"{inputs['userPoolId']},{answer['ManagedLoginBranding']['ManagedLoginBrandingId']}"

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give the looks as they are."""
        pool, own = _inside(id_, state, ",")
        client = aws.client("cognito-idp")
        found = or_none(
            lambda: client.describe_managed_login_branding(UserPoolId=pool, ManagedLoginBrandingId=own), GONE
        )
        return found and {
            "managedLoginBrandingId": own,
            "useCognitoProvidedValues": found["ManagedLoginBranding"].get("UseCognitoProvidedValues", False),
            "userPoolId": pool,
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change in place."""
        pool, own = _inside(id_, change.old, ",")
        aws.client("cognito-idp").update_managed_login_branding(
            UserPoolId=pool,
            ManagedLoginBrandingId=own,
            UseCognitoProvidedValues=change.new["useCognitoProvidedValues"],
        )

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Take the looks away."""
        pool, own = _inside(id_, state, ",")
        client = aws.client("cognito-idp")
        or_none(lambda: client.delete_managed_login_branding(UserPoolId=pool, ManagedLoginBrandingId=own), GONE)


class IdentityProvider(ResourceType):
    """Somebody else who signs people in for a pool. Its id is `pool:name`."""

    type_name = "aws:cognito/identityProvider:IdentityProvider"
    inputs: ClassVar = {
        "attributeMapping": Input(computed=True),
        "providerDetails": Input(required=True, told=True),
        "providerName": Input(required=True, replaces=True),
        "providerType": Input(required=True, replaces=True),
        "userPoolId": Input(required=True, replaces=True),
    }

    def create(self, aws: Aws, inputs: Props) -> str:
        """Introduce it to the pool."""
        aws.client("cognito-idp").create_identity_provider(
            UserPoolId=inputs["userPoolId"],
            ProviderName=inputs["providerName"],
            ProviderType=inputs["providerType"],
            **_provider(inputs),
        )
        return f"{inputs['userPoolId']}:{inputs['providerName']}"

    def read(self, aws: Aws, id_: str, state: Props) -> Props | None:
        """Give it as it is, with what Cognito itself looked up at the provider."""
        pool, name = _inside(id_, state, ":")
        client = aws.client("cognito-idp")
        answer = or_none(lambda: client.describe_identity_provider(UserPoolId=pool, ProviderName=name), GONE)
        if answer is None:
            return None
        found: dict[str, Any] = answer["IdentityProvider"]
        return {
            "attributeMapping": found.get("AttributeMapping"),
            "providerDetails": found.get("ProviderDetails") or {},
            "providerName": name,
            "providerType": found["ProviderType"],
            "userPoolId": pool,
        }

    def update(self, aws: Aws, id_: str, change: Change) -> None:
        """Change in place."""
        pool, name = _inside(id_, change.old, ":")
        aws.client("cognito-idp").update_identity_provider(UserPoolId=pool, ProviderName=name, **_provider(change.new))

    def delete(self, aws: Aws, id_: str, state: Props) -> None:
        """Forget it."""
        pool, name = _inside(id_, state, ":")
        client = aws.client("cognito-idp")
        or_none(lambda: client.delete_identity_provider(UserPoolId=pool, ProviderName=name), GONE)


TYPES = (UserPoolClient(), ManagedLoginBranding(), IdentityProvider())


def _spelt(inputs: Props) -> Props:
    return {
        key: pascal(inputs[name]) if name in _NESTED else inputs[name]
        for name, key in _CLIENT.items()
        if inputs.get(name) is not None
    }


def _provider(inputs: Props) -> Props:
    return given(
        inputs,
        attributeMapping="AttributeMapping",
        providerDetails="ProviderDetails",
    )


def _inside(id_: str, state: Props, separator: str) -> tuple[str, str]:
    pool, _, own = id_.partition(separator)
    return (pool, own) if own else (state["userPoolId"], id_)
