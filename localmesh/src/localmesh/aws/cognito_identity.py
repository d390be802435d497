"""Cognito's identity pools: who is signed in gets real credentials of the pool's role, everybody else gets none."""

import json
import re
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from localmesh.aws import cognito_tokens, moto, principals
from localmesh.aws.cognito import pool_of
from localmesh.aws.cognito_tokens import TokenRefusedError
from localmesh.aws.principals import Session

_LIVES = timedelta(hours=1)
_SESSION_NAME = "CognitoIdentityCredentials"
_FEDERATED = "cognito-identity.amazonaws.com"
_PROVIDER = re.compile(r"cognito-idp\.[\w-]+\.amazonaws\.com(?:\.cn)?/([\w-]+_\w+)")

_identities: dict[tuple[str, str, str], str] = {}
"""Identity ids by identity pool, provider and the person's `sub`."""
_lock = threading.Lock()


def install() -> None:
    """Corrects moto."""
    models = moto.module("moto.cognitoidentity.models")
    _install_pools(models, moto.module("moto.cognitoidentity.responses").CognitoIdentityResponse)
    _install_credentials(moto.module("moto.cognitoidentity.responses").CognitoIdentityResponse)


def _install_pools(models: Any, response: Any) -> None:
    missing = moto.module("moto.cognitoidentity.exceptions").ResourceNotFoundError

    def pool(self: Any) -> Any:
        id_ = self._get_param("IdentityPoolId") or str(self._get_param("ResourceArn")).rpartition("/")[2]
        return _pool(self, id_)

    @moto.correct(models.CognitoIdentityPool, "to_json")
    def _json(original: Any, self: Any) -> str:
        classic = '"AllowClassicFlow": ' + ("true" if getattr(self, "allow_classic_flow", False) else "false")
        return original(self)[:-1] + f", {classic}}}"

    for name in ("create_identity_pool", "update_identity_pool"):

        @moto.correct(response, name)
        def _named(original: Any, self: Any) -> str:
            update = self._get_param("IdentityPoolId")
            if update and update not in self.backend.identity_pools:
                raise missing(f"IdentityPool '{update}' not found.")
            answer: str = original(self)
            made = _pool(self, update or json.loads(answer)["IdentityPoolId"])
            made.allow_classic_flow = bool(self._get_param("AllowClassicFlow"))
            made.identity_pool_name = self._get_param("IdentityPoolName")
            return made.to_json()

    @moto.correct(models.CognitoIdentityBackend, "describe_identity_pool")
    def _describe(original: Any, self: Any, identity_pool_id: str) -> str:
        if identity_pool_id not in self.identity_pools:
            raise missing(f"IdentityPool '{identity_pool_id}' not found.")
        return original(self, identity_pool_id)

    def set_identity_pool_roles(self: Any) -> str:
        pool(self).roles = self._get_param("Roles") or {}
        pool(self).role_mappings = self._get_param("RoleMappings") or {}
        return ""

    def get_identity_pool_roles(self: Any) -> str:
        found = pool(self)
        answer: dict[str, Any] = {"IdentityPoolId": found.identity_pool_id, "Roles": getattr(found, "roles", {})}
        if getattr(found, "role_mappings", None):
            answer["RoleMappings"] = found.role_mappings
        return json.dumps(answer)

    def tag_resource(self: Any) -> str:
        pool(self).tags.update(self._get_param("Tags"))
        return "{}"

    def untag_resource(self: Any) -> str:
        for key in self._get_param("TagKeys"):
            pool(self).tags.pop(key, None)
        return "{}"

    def list_tags_for_resource(self: Any) -> str:
        return json.dumps({"Tags": pool(self).tags})

    for call in (
        set_identity_pool_roles,
        get_identity_pool_roles,
        tag_resource,
        untag_resource,
        list_tags_for_resource,
    ):
        moto.add(response, call)


def _install_credentials(response: Any) -> None:
    def get_id(original: Any, self: Any) -> str:
        del original
        pool = _any_pool(str(self._get_param("IdentityPoolId")))
        provider, subject = _signed_in(pool, self._get_param("Logins"))
        with _lock:
            key = (pool.identity_pool_id, provider, subject)
            if key not in _identities:
                region = pool.identity_pool_id.partition(":")[0]
                _identities[key] = moto.module("moto.cognitoidentity.utils").get_random_identity_id(region)
            return json.dumps({"IdentityId": _identities[key]})

    def get_credentials_for_identity(original: Any, self: Any) -> str:
        del original
        identity = str(self._get_param("IdentityId"))
        known = next((key for key, id_ in _identities.items() if id_ == identity), None)
        if known is None:
            raise _error("ResourceNotFoundException", f"Identity '{identity}' not found.")
        pool = _any_pool(known[0])
        if _signed_in(pool, self._get_param("Logins")) != known[1:]:
            raise _error("NotAuthorizedException", "Access to Identity is forbidden")
        if self._get_param("CustomRoleArn"):
            raise _error("NotAuthorizedException", "expected no CustomRoleArn: the pool maps no roles")
        role = getattr(pool, "roles", {}).get("authenticated")
        if not role:
            raise _error(
                "InvalidIdentityPoolConfigurationException",
                "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
            )
        return json.dumps({"IdentityId": identity, "Credentials": _credentials(pool, role, identity)})

    moto.correct(response, "get_id")(get_id)
    moto.correct(response, "get_credentials_for_identity")(get_credentials_for_identity)


def _credentials(pool: Any, role_arn: str, identity: str) -> dict[str, Any]:
    """A session of the role, if its trust policy lets this pool's signed-in people have one."""
    context = {
        f"{_FEDERATED}:aud": pool.identity_pool_id,
        f"{_FEDERATED}:amr": "authenticated",
        f"{_FEDERATED}:sub": identity,
    }
    known = principals.role(role_arn) is not None
    if not known or not principals.lets_in(role_arn, _FEDERATED, "sts:AssumeRoleWithWebIdentity", context):
        raise _error(
            "InvalidIdentityPoolConfigurationException",
            "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
        )
    account = role_arn.split(":")[4]
    region = pool.identity_pool_id.partition(":")[0]
    assumed = moto.backend("sts", account, region).assume_role_with_web_identity(
        region_name=region,
        role_session_name=_SESSION_NAME,
        role_arn=role_arn,
        policy=None,
        duration=int(_LIVES.total_seconds()),
        external_id=None,
    )
    expires = datetime.now(UTC) + _LIVES
    principals.remember(Session(account, role_arn, _SESSION_NAME, assumed.access_key_id, expires))
    return {
        "AccessKeyId": assumed.access_key_id,
        "SecretKey": assumed.secret_access_key,
        "SessionToken": assumed.session_token,
        "Expiration": expires.timestamp(),
    }


def _signed_in(pool: Any, logins: Mapping[str, str] | None) -> tuple[str, str]:
    """The provider and the `sub` of whoever proves to be signed in.

    Raises:
        Exception: moto's, for AWS's refusal.
    """
    if not logins:
        if not pool.allow_unauthenticated_identities:
            raise _error("NotAuthorizedException", "Unauthenticated access is not supported for this identity pool.")
        raise _error("NotAuthorizedException", "the mesh knows no guests")
    if len(logins) != 1:
        raise _error("InvalidParameterException", f"expected one login, got {len(logins)}")
    provider, token = next(iter(logins.items()))
    configured = cast("Sequence[Mapping[str, Any]]", pool.cognito_identity_providers or ())
    mine = [each for each in configured if each.get("ProviderName") == provider]
    match = _PROVIDER.fullmatch(provider)
    users = pool_of(match[1]) if match is not None else None
    if not mine or users is None:
        raise _error(
            "NotAuthorizedException", f"Token is not from a supported provider of this identity pool. {provider}"
        )
    refusal = ""
    for each in mine:
        try:
            claims = cognito_tokens.read(users, token, "id", each.get("ClientId"))
        except TokenRefusedError as error:
            refusal = str(error)
            continue
        if each.get("ServerSideTokenCheck") and not _still_counts(users, claims):
            raise _error("NotAuthorizedException", "Invalid login token. User has been disabled or signed out.")
        return provider, str(claims["sub"])
    raise _error("NotAuthorizedException", refusal)


def _still_counts(users: Any, claims: Mapping[str, Any]) -> bool:
    user = users.users.get(claims.get("cognito:username"))
    return user is not None and bool(user.enabled) and cognito_tokens.is_live(claims)


def _pool(response: Any, pool_id: str) -> Any:
    response.backend.describe_identity_pool(pool_id)
    return response.backend.identity_pools[pool_id]


def _any_pool(pool_id: str) -> Any:
    """The pool, whoever's it is: these calls are not signed, so that they say nothing about an account."""
    backends: Any = moto.module("moto.cognitoidentity.models").cognitoidentity_backends
    for account in list(backends.values()):
        for backend in list(account.values()):
            if pool_id in backend.identity_pools:
                return backend.identity_pools[pool_id]
    raise _error("ResourceNotFoundException", f"IdentityPool '{pool_id}' not found.")


def _error(code: str, message: str) -> Exception:
    return moto.module("moto.core.exceptions").JsonRESTError(code, message)
