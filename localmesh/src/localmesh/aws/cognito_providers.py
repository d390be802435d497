"""Cognito's identity providers: names once only, and what Cognito finds out about one and tells with the rest.

Nobody is asked: the addresses are made of the issuer's or the metadata's, under the keys that Cognito answers with
(API_IdentityProviderType, "Describe response").
"""

from collections.abc import Mapping
from typing import Any

from localmesh.aws import moto

_OIDC = {
    "attributes_url": "{oidc_issuer}/userinfo",
    "attributes_url_add_attributes": "false",
    "authorize_url": "{oidc_issuer}/authorize",
    "jwks_uri": "{oidc_issuer}/.well-known/jwks.json",
    "token_url": "{oidc_issuer}/token",
}
_SAML = {
    "ActiveEncryptionCertificate": "MIIC-made-up",
    "SLORedirectBindingURI": "{MetadataURL}/slo",
    "SSORedirectBindingURI": "{MetadataURL}/sso",
}
_FOUND_OUT = {"OIDC": ("oidc_issuer", _OIDC), "SAML": ("MetadataURL", _SAML)}


def install() -> None:
    """Corrects moto."""
    models = moto.module("moto.cognitoidp.models")
    error = moto.module("moto.core.exceptions").JsonRESTError

    @moto.correct(models.CognitoIdpBackend, "create_identity_provider")
    def _create(original: Any, self: Any, user_pool_id: str, name: str, config: Mapping[str, Any]) -> Any:
        if name in self.describe_user_pool(user_pool_id).identity_providers:
            raise error("DuplicateProviderException", f"A provider {name} is already there.")
        return original(self, user_pool_id, name, config)

    @moto.correct(models.CognitoIdpIdentityProvider, "to_json")
    def _to_json(original: Any, self: Any, extended: bool = False) -> dict[str, Any]:
        told: dict[str, Any] = original(self, extended)
        details: Mapping[str, str] = told.get("ProviderDetails") or {}
        key, found_out = _FOUND_OUT.get(str(told["ProviderType"]), ("", {}))
        if key in details:
            told["ProviderDetails"] = {name: text.format(**details) for name, text in found_out.items()} | dict(details)
        return told
