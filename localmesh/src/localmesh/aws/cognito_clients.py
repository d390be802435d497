"""Cognito's app clients: what AWS refuses to set up, and moto takes."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from localmesh.aws import moto

_OWN_PROVIDER = "COGNITO"
_LOCAL = frozenset({"localhost", "127.0.0.1", "[::1]"})
_SCOPES = frozenset({"phone", "email", "openid", "profile", "aws.cognito.signin.user.admin"})


def install() -> None:
    """Corrects moto."""
    models = moto.module("moto.cognitoidp.models")
    refused = moto.module("moto.cognitoidp.exceptions").InvalidParameterException

    @moto.correct(models.CognitoIdpBackend, "create_user_pool_client")
    def _create(original: Any, self: Any, user_pool_id: str, generate_secret: bool, config: Mapping[str, Any]) -> Any:
        fault = _fault(self.describe_user_pool(user_pool_id), config)
        if fault:
            raise refused(fault)
        return original(self, user_pool_id, generate_secret, config)

    @moto.correct(models.CognitoIdpBackend, "update_user_pool_client")
    def _update(original: Any, self: Any, user_pool_id: str, client_id: str, config: Mapping[str, Any]) -> Any:
        before = self.describe_user_pool_client(user_pool_id, client_id).extended_config
        fault = _fault(self.describe_user_pool(user_pool_id), {**before, **config})
        if fault:
            raise refused(fault)
        return original(self, user_pool_id, client_id, config)


def _fault(pool: Any, config: Mapping[str, Any]) -> str:
    """What is wrong with a client's settings, the first thing found; empty if nothing is."""
    rotation: Mapping[str, Any] = config.get("RefreshTokenRotation") or {}
    if rotation.get("Feature") == "ENABLED" and "ALLOW_REFRESH_TOKEN_AUTH" in _list(config, "ExplicitAuthFlows"):
        return "ALLOW_REFRESH_TOKEN_AUTH cannot be used with refresh token rotation; GetTokensFromRefreshToken takes it"
    for provider in _list(config, "SupportedIdentityProviders"):
        if provider != _OWN_PROVIDER and provider not in pool.identity_providers:
            return f"The provider {provider} does not exist for User Pool {pool.id}."
    flows = _list(config, "AllowedOAuthFlows")
    if flows and not config.get("AllowedOAuthFlowsUserPoolClient"):
        return "AllowedOAuthFlows need AllowedOAuthFlowsUserPoolClient"
    if flows and not _list(config, "AllowedOAuthScopes"):
        return (
            "AllowedOAuthFlows and AllowedOAuthScopes are required if user pool client is allowed to use OAuth flows."
        )
    if set(flows) & {"code", "implicit"} and not _list(config, "CallbackURLs"):
        return "CallbackURLs are required for the flows code and implicit"
    servers = {f"{name}/{scope['ScopeName']}" for name, each in pool.resource_servers.items() for scope in each.scopes}
    for scope in _list(config, "AllowedOAuthScopes"):
        if scope not in _SCOPES | servers:
            return f"ScopeDoesNotExist: {scope}"
    for url in (*_list(config, "CallbackURLs"), *_list(config, "LogoutURLs")):
        parts = urlsplit(url)
        if parts.fragment or not parts.scheme or (parts.scheme == "http" and parts.hostname not in _LOCAL):
            return f"{url} cannot use the HTTP protocol, nor a fragment: expected https://, or http://localhost"
    return ""


def _list(config: Mapping[str, Any], name: str) -> Sequence[str]:
    return config.get(name) or ()
