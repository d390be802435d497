"""Cognito's user pools as things to set up: what moto forgets, resets, allows or lacks."""

import html
import json
import re
import secrets
import string
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, cast
from uuid import uuid4

from localmesh.aws import cognito_api, cognito_clients, cognito_providers, cognito_tokens, moto
from localmesh.aws.cognito import pools
from localmesh.aws.cognito_secrets import PasswordError, check_password

Deliver = Callable[[str, str, str, str, str], None]
"""Takes a mail: account, ARN of what sends it, address, subject, text."""

_AT_CREATION_ONLY = ("AliasAttributes", "Schema", "UsernameAttributes", "UsernameConfiguration")
"""What a pool keeps, whatever an update says or leaves out."""
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_RESERVED = ("aws", "amazon", "cognito")


def install(deliver: Deliver | None = None) -> None:
    """Corrects moto.

    Args:
        deliver: takes the mails that invite people; None lets them get lost.
    """
    models = moto.module("moto.cognitoidp.models")
    _install_pools(models)
    _install_domains(models)
    _install_brandings(models)
    _install_users(models, deliver)
    cognito_api.install()
    cognito_clients.install()
    cognito_providers.install()
    urls = moto.module("moto.cognitoidp.urls")
    urls.url_paths["{0}/(?P<user_pool_id>[^/]+)/.well-known/jwks.json$"] = _serve_keys


def _install_pools(models: Any) -> None:
    invalid = moto.module("moto.cognitoidp.exceptions").InvalidParameterException

    @moto.correct(models.CognitoIdpBackend, "update_user_pool")
    def _update(original: Any, self: Any, user_pool_id: str, extended_config: dict[str, Any]) -> None:
        pool = self.describe_user_pool(user_pool_id)
        before = dict(pool.extended_config)
        wanted = {key: value for key, value in extended_config.items() if key != "UserPoolId"}
        # As on AWS, what an update leaves out goes back to its default; the rest of these is no part of an update.
        for key in (*_AT_CREATION_ONLY, "UserPoolTags", "UserPoolTier", "DeletionProtection"):
            if key in before and (key not in wanted or key in _AT_CREATION_ONLY):
                wanted[key] = before[key]
        original(self, user_pool_id, wanted)
        if "MfaConfiguration" in wanted:
            pool.mfa_config = wanted["MfaConfiguration"]
        if wanted.get("PoolName"):
            pool.name = wanted["PoolName"]
        pool.last_modified_date = datetime.now(UTC)

    @moto.correct(models.CognitoIdpBackend, "delete_user_pool")
    def _delete(original: Any, self: Any, user_pool_id: str) -> None:
        pool = self.describe_user_pool(user_pool_id)
        if pool.extended_config.get("DeletionProtection") == "ACTIVE":
            raise invalid("The user pool cannot be deleted because deletion protection is activated.")
        if pool.domain is not None:
            raise invalid("User pool cannot be deleted. It has a domain configured that should be deleted first.")
        original(self, user_pool_id)

    response = moto.module("moto.cognitoidp.responses").CognitoIdpResponse

    def _tags(self: Any, arn: str) -> dict[str, str]:
        pool = self.backend.describe_user_pool(arn.rpartition("/")[2])
        return cast("dict[str, str]", pool.extended_config.setdefault("UserPoolTags", {}))

    def tag_resource(self: Any) -> Any:
        _tags(self, self._get_param("ResourceArn")).update(self._get_param("Tags"))
        return _empty()

    def untag_resource(self: Any) -> Any:
        tags = _tags(self, self._get_param("ResourceArn"))
        for key in self._get_param("TagKeys"):
            tags.pop(key, None)
        return _empty()

    def list_tags_for_resource(self: Any) -> Any:
        return _result({"Tags": _tags(self, self._get_param("ResourceArn"))})

    for call in (tag_resource, untag_resource, list_tags_for_resource):
        moto.add(response, call)


def _install_domains(models: Any) -> None:
    invalid = moto.module("moto.cognitoidp.exceptions").InvalidParameterException
    response = moto.module("moto.cognitoidp.responses").CognitoIdpResponse

    def version(self: Any, domain: Any) -> None:
        domain.managed_login_version = int(self._get_param("ManagedLoginVersion") or 1)

    @moto.correct(models.CognitoIdpBackend, "create_user_pool_domain")
    def _create(original: Any, self: Any, user_pool_id: str, domain: str, *args: Any, **kwargs: Any) -> Any:
        pool = self.describe_user_pool(user_pool_id)
        custom = args[0] if args else kwargs.get("custom_domain_config")
        if not custom and (not _DOMAIN.fullmatch(domain) or any(word in domain for word in _RESERVED)):
            raise invalid(f"expected a prefix of a-z, 0-9 and - without {', '.join(_RESERVED)}, got {domain}")
        if pool.domain is not None:
            raise invalid("User pool already has a domain configured.")
        if any(each.domain is not None and each.domain.domain == domain for each in pools()):
            raise invalid("Domain already associated with another user pool.")
        return original(self, user_pool_id, domain, *args, **kwargs)

    for name in ("create_user_pool_domain", "update_user_pool_domain"):

        @moto.correct(response, name)
        def _versioned(original: Any, self: Any) -> Any:
            answer = original(self)
            version(self, self.backend.describe_user_pool_domain(self._get_param("Domain")))
            return answer

    @moto.correct(models.CognitoIdpUserPoolDomain, "to_json")
    def _json(original: Any, self: Any, extended: bool = True) -> Any:
        found = original(self, extended)
        account = next((pool.account_id for pool in pools() if pool.id == self.user_pool_id), None)
        more = {"AWSAccountId": account, "Version": "1"} if extended else {}
        return {**found, **more, "ManagedLoginVersion": getattr(self, "managed_login_version", 1)}


def _install_brandings(models: Any) -> None:
    errors = moto.module("moto.cognitoidp.exceptions")
    json_error = moto.module("moto.core.exceptions").JsonRESTError
    response = moto.module("moto.cognitoidp.responses").CognitoIdpResponse

    def brandings(self: Any) -> dict[str, dict[str, Any]]:
        pool = self.backend.describe_user_pool(self._get_param("UserPoolId"))
        return cast("dict[str, dict[str, Any]]", pool.__dict__.setdefault("brandings", {}))

    def found(self: Any) -> dict[str, Any]:
        id_ = self._get_param("ManagedLoginBrandingId")
        if id_ not in brandings(self):
            raise errors.ResourceNotFoundError(f"ManagedLoginBranding {id_} does not exist.")
        return brandings(self)[id_]

    def fill(self: Any, branding: dict[str, Any]) -> Any:
        if self._get_param("UseCognitoProvidedValues") and self._get_param("Settings"):
            raise errors.InvalidParameterException("expected either UseCognitoProvidedValues or Settings, got both")
        branding["UseCognitoProvidedValues"] = bool(self._get_param("UseCognitoProvidedValues"))
        branding["Settings"] = self._get_param("Settings")
        branding["Assets"] = self._get_param("Assets") or []
        branding["LastModifiedDate"] = datetime.now(UTC)
        return shown(branding)

    def shown(branding: Mapping[str, Any]) -> Any:
        return _result(
            {"ManagedLoginBranding": {key: value for key, value in branding.items() if key != "ClientId" and value}}
        )

    def create_managed_login_branding(self: Any) -> Any:
        client = self._get_param("ClientId")
        self.backend.describe_user_pool_client(self._get_param("UserPoolId"), client)
        if any(each["ClientId"] == client for each in brandings(self).values()):
            raise json_error("ManagedLoginBrandingExistsException", "Managed login branding already exists")
        branding: dict[str, Any] = {
            "ManagedLoginBrandingId": str(uuid4()),
            "UserPoolId": self._get_param("UserPoolId"),
            "ClientId": client,
            "CreationDate": datetime.now(UTC),
        }
        answer = fill(self, branding)
        brandings(self)[branding["ManagedLoginBrandingId"]] = branding
        return answer

    def describe_managed_login_branding(self: Any) -> Any:
        return shown(found(self))

    def describe_managed_login_branding_by_client(self: Any) -> Any:
        for branding in brandings(self).values():
            if branding["ClientId"] == self._get_param("ClientId"):
                return shown(branding)
        raise errors.ResourceNotFoundError("ManagedLoginBranding does not exist for the client.")

    def update_managed_login_branding(self: Any) -> Any:
        return fill(self, found(self))

    def delete_managed_login_branding(self: Any) -> Any:
        del brandings(self)[found(self)["ManagedLoginBrandingId"]]
        return _empty()

    for call in (
        create_managed_login_branding,
        describe_managed_login_branding,
        describe_managed_login_branding_by_client,
        update_managed_login_branding,
        delete_managed_login_branding,
    ):
        moto.add(response, call)

    @moto.correct(models.CognitoIdpBackend, "delete_user_pool_client")
    def _delete(original: Any, self: Any, user_pool_id: str, client_id: str) -> None:
        original(self, user_pool_id, client_id)
        kept = getattr(self.describe_user_pool(user_pool_id), "brandings", {})
        for id_ in [id_ for id_, branding in kept.items() if branding["ClientId"] == client_id]:
            del kept[id_]


def _install_users(models: Any, deliver: Deliver | None) -> None:
    json_error = moto.module("moto.core.exceptions").JsonRESTError

    @moto.correct(models.CognitoIdpUserPool, "_get_user")
    def _get_user(original: Any, self: Any, username: str) -> Any:
        user = original(self, username)
        naming: Mapping[str, Any] = self.extended_config.get("UsernameConfiguration") or {}
        if user is None and not naming.get("CaseSensitive"):
            return next((each for name, each in self.users.items() if name.lower() == username.lower()), None)
        return user

    @moto.correct(models.CognitoIdpBackend, "_validate_password")
    def _validate(original: Any, self: Any, user_pool_id: str, password: str) -> None:
        del original
        try:
            check_password(self.describe_user_pool(user_pool_id), password)
        except PasswordError as broken:
            raise json_error("InvalidPasswordException", str(broken)) from broken

    @moto.correct(models.CognitoIdpBackend, "admin_create_user")
    def _create(original: Any, self: Any, user_pool_id: str, username: str, *more: Any) -> Any:
        message_action, password, attributes = more
        if password:
            self._validate_password(user_pool_id, password)
        password = password or _made_up()
        user = original(self, user_pool_id, username, message_action, password, attributes)
        user.password_since = datetime.now(UTC)
        address = user.attribute_lookup.get("email")
        if deliver is not None and address and message_action != "SUPPRESS":
            pool = self.describe_user_pool(user_pool_id)
            deliver(pool.account_id, pool.arn, address, *_invitation(pool, user.username, password))
        return user

    @moto.correct(models.CognitoIdpBackend, "admin_set_user_password")
    def _set(original: Any, self: Any, user_pool_id: str, username: str, *args: Any, **kwargs: Any) -> None:
        original(self, user_pool_id, username, *args, **kwargs)
        self.admin_get_user(user_pool_id, username).password_since = datetime.now(UTC)


def _made_up() -> str:
    # One of each kind, whatever the pool's policy wants, and long enough for it.
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits, "!#%*+-=?@_")
    return "".join(map(secrets.choice, kinds)) + secrets.token_urlsafe(12)


def _invitation(pool: Any, username: str, password: str) -> tuple[str, str]:
    creation: Mapping[str, Any] = pool.extended_config.get("AdminCreateUserConfig") or {}
    template: Mapping[str, str] = creation.get("InviteMessageTemplate") or {}
    text = template.get("EmailMessage") or "Your username is {username} and temporary password is {####}."
    plain = html.unescape(re.sub(r"<[^>]*>", "", re.sub(r" *<br ?/?>", "\n", text)))
    subject = template.get("EmailSubject") or "Your temporary password"
    return subject, plain.replace("{username}", username).replace("{####}", password)


def _serve_keys(request: Any, full_url: str, headers: Any) -> Any:
    del request, headers
    pool_id = full_url.partition("://")[2].split("/")[1]
    if pool_id not in {pool.id for pool in pools()}:
        return 404, {"Content-Type": "application/json"}, b'{"message":"User pool does not exist."}'
    body = json.dumps(cognito_tokens.public_keys(pool_id))
    return 200, {"Content-Type": "application/json"}, body.encode()


def _result(value: Mapping[str, Any]) -> Any:
    return moto.module("moto.core.responses").ActionResult(value)


def _empty() -> Any:
    return moto.module("moto.core.responses").EmptyResult()
