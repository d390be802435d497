"""Cognito's own API for signing in, in place of moto's: what it does stands in `cognito_flows`."""

from collections.abc import Mapping, Sequence
from typing import Any

from localmesh.aws import cognito, cognito_flows, cognito_secrets, cognito_tokens, moto
from localmesh.aws.cognito_tokens import TokenRefusedError

_ADMIN_SCOPE = "aws.cognito.signin.user.admin"
_PROVEN = {"email": "email_verified", "phone_number": "phone_number_verified"}
"""What says of an attribute that it was proven; no client may write it."""


def install() -> None:
    """Corrects moto."""
    models = moto.module("moto.cognitoidp.models")
    response = moto.module("moto.cognitoidp.responses").CognitoIdpResponse

    @moto.correct(models.CognitoIdpBackend, "initiate_auth")
    def _user(original: Any, self: Any, client_id: str, auth_flow: str, auth_parameters: Mapping[str, str]) -> Any:
        del original, self
        return cognito_flows.initiate(*cognito_flows.find_client(client_id), auth_flow, auth_parameters)

    @moto.correct(models.CognitoIdpBackend, "admin_initiate_auth")
    def _admin(original: Any, self: Any, user_pool_id: str, client_id: str, *more: Any) -> Any:
        del original
        client = self.describe_user_pool_client(user_pool_id, client_id)
        return cognito_flows.initiate(self.describe_user_pool(user_pool_id), client, *more)

    @moto.correct(models.CognitoIdpBackend, "respond_to_auth_challenge")
    def _respond_to(original: Any, self: Any, session: str, client_id: str, *more: Any) -> Any:
        del original, self
        return cognito_flows.respond(session, client_id, *more)

    @moto.correct(models.CognitoIdpBackend, "sign_up")
    def _sign_up(original: Any, self: Any, client_id: str, *more: Any, **named: Any) -> Any:
        creation: Mapping[str, Any] = (
            cognito_flows.find_client(client_id)[0].extended_config.get("AdminCreateUserConfig") or {}
        )
        if creation.get("AllowAdminCreateUserOnly"):
            raise cognito_flows.error("NotAuthorizedException", "SignUp is not permitted for this user pool")
        return original(self, client_id, *more, **named)

    @moto.correct(models.CognitoIdpBackend, "confirm_forgot_password")
    def _forgotten(original: Any, self: Any, client_id: str, username: str, *more: str) -> Any:
        password, code = more
        pool, _ = cognito_flows.find_client(client_id)
        user = pool._get_user(username)
        if user is None or not user.confirmation_code or code != user.confirmation_code:
            raise cognito_flows.error("CodeMismatchException", "Invalid verification code provided, please try again.")
        self._validate_password(pool.id, password)
        original(self, client_id, user.username, password, code)
        user.status = models.UserStatus.CONFIRMED

    @moto.correct(models.CognitoIdpUserPool, "sign_out")
    def _sign_out(original: Any, self: Any, username: str) -> None:
        user = self._get_user(username)
        cognito_tokens.revoke_all(self, user.username if user is not None else username)
        original(self, username)

    for name in ("get_user", "change_password", "global_sign_out", "set_user_mfa_preference"):
        _speak_only_with_the_scope(models, name)
    _install_attributes(models)
    _install_codes(models)
    _install_tokens(response)


def _speak_only_with_the_scope(models: Any, name: str) -> None:
    @moto.correct(models.CognitoIdpBackend, name)
    def _call(original: Any, self: Any, access_token: str, *more: Any) -> Any:
        _holder(access_token)
        return original(self, access_token, *more)


def _install_attributes(models: Any) -> None:
    @moto.correct(models.CognitoIdpBackend, "update_user_attributes")
    def _update(original: Any, self: Any, access_token: str, attributes: list[dict[str, str]]) -> Any:
        pool, user = _holder(access_token)
        client = pool.clients[pool.access_tokens[access_token][0]]
        writable = client.extended_config.get("WriteAttributes")
        for name in (each["Name"] for each in attributes):
            if name in _PROVEN.values() or name == "sub" or (writable and name not in writable):
                message = "A client attempted to write unauthorized attribute"
                raise cognito_flows.error("NotAuthorizedException", message)
        settings: Mapping[str, Any] = pool.extended_config.get("UserAttributeUpdateSettings") or {}
        waiting: Sequence[str] = settings.get("AttributesRequireVerificationBeforeUpdate") or ()
        original(self, access_token, _unproven(user, [each for each in attributes if each["Name"] not in waiting]))

    @moto.correct(models.CognitoIdpBackend, "admin_update_user_attributes")
    def _admin_update(original: Any, self: Any, pool_id: str, username: str, attributes: list[dict[str, str]]) -> None:
        user = self.admin_get_user(pool_id, username)
        original(self, pool_id, username, _unproven(user, attributes))


def _unproven(user: Any, attributes: list[dict[str, str]]) -> list[dict[str, str]]:
    """The attributes, and that a new address or number is not verified unless they say so themselves."""
    given = {each["Name"]: each["Value"] for each in attributes}
    return [
        {"Name": proof, "Value": "false"}
        for name, proof in _PROVEN.items()
        if name in given and given[name] != user.attribute_lookup.get(name)
    ] + attributes


def _install_codes(models: Any) -> None:
    @moto.correct(models.CognitoIdpBackend, "associate_software_token")
    def _associate(original: Any, self: Any, access_token: str, session: str) -> Any:
        del original, self
        del session
        _, user = _holder(access_token)
        user.pending_totp_secret = cognito_secrets.new_totp_secret()
        return {"SecretCode": user.pending_totp_secret}

    @moto.correct(models.CognitoIdpBackend, "verify_software_token")
    def _verify(original: Any, self: Any, access_token: str, session: str, user_code: str, *more: Any) -> Any:
        del original, self, session, more
        _, user = _holder(access_token)
        pending = getattr(user, "pending_totp_secret", None)
        if not pending or not cognito_secrets.code_fits(pending, user_code):
            raise cognito_flows.error("EnableSoftwareTokenMFAException", "Code mismatch")
        user.totp_secret, user.token_verified = pending, True
        return {"Status": "SUCCESS"}


def _install_tokens(response: Any) -> None:
    def get_tokens_from_refresh_token(self: Any) -> Any:
        pool, client = cognito_flows.find_client(self._get_param("ClientId"))
        return _result({"AuthenticationResult": cognito_flows.refreshed(pool, client, self._get_param("RefreshToken"))})

    def revoke_token(self: Any) -> Any:
        _, client = cognito_flows.find_client(self._get_param("ClientId"))
        if not client.extended_config.get("EnableTokenRevocation"):
            raise cognito_flows.error(
                "UnsupportedOperationException", "Token revocation is not enabled for this client"
            )
        cognito_tokens.revoke(client, self._get_param("Token"))
        return _result({})

    moto.add(response, get_tokens_from_refresh_token)
    moto.add(response, revoke_token)


def _holder(access_token: str) -> tuple[Any, Any]:
    """The pool and the user of an access token that may speak for its user."""
    for pool in cognito.pools():
        if access_token in pool.access_tokens:
            try:
                claims = cognito_tokens.read(pool, access_token, "access")
            except TokenRefusedError as error:
                raise cognito_flows.error("NotAuthorizedException", "Access Token has expired") from error
            user = pool._get_user(claims["username"])
            if user is None or not cognito_tokens.is_live(claims):
                raise cognito_flows.error("NotAuthorizedException", "Access Token has been revoked")
            if _ADMIN_SCOPE not in str(claims["scope"]).split():
                raise cognito_flows.error("NotAuthorizedException", "Access Token does not have required scopes")
            return pool, user
    raise cognito_flows.error("NotAuthorizedException", "Invalid Access Token")


def _result(value: Mapping[str, Any]) -> Any:
    return moto.module("moto.core.responses").ActionResult(value)
