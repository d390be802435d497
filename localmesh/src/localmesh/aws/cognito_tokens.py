"""Cognito's tokens, as AWS fills them: a key for each pool, the client's validities, scopes, attributes, rotation."""

import secrets
import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import uuid4

from localmesh.aws import moto

_SECONDS = {"seconds": 1, "minutes": 60, "hours": 3600, "days": 86_400}
_SCOPED = {
    "email": ("email", "email_verified"),
    "phone": ("phone_number", "phone_number_verified"),
    "profile": (
        *("name", "family_name", "given_name", "middle_name", "nickname", "preferred_username", "profile", "picture"),
        *("website", "gender", "birthdate", "zoneinfo", "locale", "updated_at"),
    ),
}
"""Which attributes a scope puts into the ID token; `openid` alone puts in all that the client may read."""
_TRUTHS = ("email_verified", "phone_number_verified")
_ADMIN = "aws.cognito.signin.user.admin"
"""The one scope of tokens that come from Cognito's API and not from its pages."""


class TokenRefusedError(Exception):
    """A token does not count; the message says why."""


@dataclass(frozen=True)
class Tokens:
    """What somebody gets who has signed in.

    Attributes:
        access_token: for APIs.
        id_token: for the page, and for the identity pool; None without the scope `openid`.
        refresh_token: for the next ones; None where the one that was used stays good.
        expires_in: seconds that the access token lives.
    """

    access_token: str
    id_token: str | None
    refresh_token: str | None
    expires_in: int


@dataclass(frozen=True)
class _Grant:
    pool_id: str
    client_id: str
    username: str
    scopes: tuple[str, ...]
    signed_in_at: int
    ends_at: float
    nonce: str | None = None
    revoked: bool = False


_grants: dict[str, _Grant] = {}
"""By the `origin_jti` that all tokens of one sign-in carry."""
_refreshing: dict[str, str] = {}
"""The `origin_jti` of each refresh token."""
_retired: dict[str, float] = {}
"""Refresh tokens that were exchanged, and until when they are still good."""
_keys: dict[str, Any] = {}
"""The private key of each pool, made when it is first needed."""
_lock = threading.RLock()


def issue(pool: Any, client: Any, user: Any, scopes: Sequence[str] = (_ADMIN,), nonce: str | None = None) -> Tokens:
    """The tokens of a new sign-in."""
    origin, now = str(uuid4()), time.time()
    ends_at = now + validity(client, "RefreshToken")
    with _lock:
        _grants[origin] = _Grant(pool.id, client.id, user.username, tuple(scopes), int(now), ends_at, nonce)
    return _tokens(pool, client, user, origin, _new_refresh_token(origin))


def refresh(pool: Any, client: Any, token: str) -> Tokens:
    """Exchanges a refresh token.

    Raises:
        TokenRefusedError: it is unknown, of another client, used up, revoked or too old.
    """
    rotation: Mapping[str, Any] = client.extended_config.get("RefreshTokenRotation") or {}
    with _lock:
        origin = _refreshing.get(token, "")
        grant, now = _grants.get(origin), time.time()
        if grant is None or grant.client_id != client.id or grant.pool_id != pool.id:
            raise TokenRefusedError("Invalid Refresh Token")
        if grant.revoked:
            raise TokenRefusedError("Refresh Token has been revoked")
        if now >= min(grant.ends_at, _retired.get(token, grant.ends_at)):
            raise TokenRefusedError("Refresh Token has expired")
        user = pool.users.get(grant.username)
        if user is None or not user.enabled:
            raise TokenRefusedError("User is disabled or does not exist.")
        following = None
        if rotation.get("Feature") == "ENABLED":
            _retired.setdefault(token, now + int(rotation.get("RetryGracePeriodSeconds") or 0))
            following = _new_refresh_token(origin)
    return _tokens(pool, client, user, origin, following)


def revoke(client: Any, token: str) -> None:
    """Ends a sign-in by its refresh token, as a sign-out does; an unknown token is no error."""
    with _lock:
        origin = _refreshing.get(token, "")
        grant = _grants.get(origin)
        if grant is not None and grant.client_id == client.id:
            _grants[origin] = replace(grant, revoked=True)


def revoke_all(pool: Any, username: str) -> None:
    """Ends every sign-in of somebody."""
    with _lock:
        for origin, grant in list(_grants.items()):
            if grant.pool_id == pool.id and grant.username == username:
                _grants[origin] = replace(grant, revoked=True)


def is_live(claims: Mapping[str, Any]) -> bool:
    """What a server-side check asks the pool: whether the sign-in that a token comes from still counts."""
    grant = _grants.get(str(claims.get("origin_jti")))
    return grant is not None and not grant.revoked


def read(pool: Any, token: str, use: str, audience: str | None = None) -> Mapping[str, Any]:
    """The claims of a token, once signature, issuer, times, use and client have been checked.

    Args:
        pool: that should have issued it.
        token: as it came.
        use: ``id`` or ``access``.
        audience: the client that it must have been issued to; None for any of the pool's.

    Raises:
        TokenRefusedError: one of them is wrong.
    """
    jwt = moto.module("joserfc.jwt")
    try:
        claims: Mapping[str, Any] = jwt.decode(token, _key(pool.id), algorithms=["RS256"]).claims
    except Exception as error:  # whatever the library makes of a text that is no token
        raise TokenRefusedError("Invalid login token. Not a valid token of this issuer.") from error
    now = time.time()
    if claims.get("iss") != issuer_of(pool):
        raise TokenRefusedError("Invalid login token. Issuer doesn't match providerName")
    if not float(claims.get("nbf", 0)) <= now < float(claims.get("exp", 0)):
        raise TokenRefusedError(f"Invalid login token. Token expired: {claims.get('exp')} < {int(now)}")
    if claims.get("token_use") != use:
        raise TokenRefusedError(f"Invalid login token. Not an {use} token")
    client = str(claims.get("aud") or claims.get("client_id"))
    if client != (audience or client) or client not in pool.clients:
        raise TokenRefusedError("Invalid login token. Incorrect token audience.")
    return claims


def issuer_of(pool: Any) -> str:
    """Who a pool's tokens say that they come from."""
    return f"https://cognito-idp.{pool.region}.amazonaws.com/{pool.id}"


def public_keys(pool_id: str) -> dict[str, Any]:
    """A pool's public keys, as it publishes them."""
    return {"keys": [{**_key(pool_id).as_dict(private=False), "alg": "RS256", "use": "sig"}]}


def validity(client: Any, kind: str) -> int:
    """The seconds that a client's ``AccessToken``, ``IdToken`` or ``RefreshToken`` lives."""
    default_unit, default = ("days", 30) if kind == "RefreshToken" else ("hours", 1)
    units: Mapping[str, str] = client.extended_config.get("TokenValidityUnits") or {}
    unit = units.get(kind) or default_unit
    return int(client.extended_config.get(f"{kind}Validity") or default) * _SECONDS[unit]


def _key(pool_id: str) -> Any:
    # moto signs for every pool with the one key that it carries, so that a foreign pool's tokens would pass.
    with _lock:
        if pool_id not in _keys:
            key_id = secrets.token_urlsafe(33)
            rsa = moto.module("joserfc.jwk").RSAKey
            _keys[pool_id] = rsa.generate_key(2048, {"kid": key_id}, private=True)
        return _keys[pool_id]


def _new_refresh_token(origin: str) -> str:
    token = secrets.token_urlsafe(96)
    with _lock:
        _refreshing[token] = origin
    return token


def _tokens(pool: Any, client: Any, user: Any, origin: str, refresh_token: str | None) -> Tokens:
    grant = _grants[origin]
    lives = validity(client, "AccessToken")
    event = str(uuid4())
    common = {
        "sub": user.id,
        "iss": issuer_of(pool),
        "origin_jti": origin,
        "event_id": event,
        "auth_time": grant.signed_in_at,
    }
    if user.groups:
        common["cognito:groups"] = sorted(group.group_name for group in user.groups)
    access = {
        **common,
        "client_id": client.id,
        "token_use": "access",
        "scope": " ".join(grant.scopes),
        "username": user.username,
        **({"version": 2} if grant.scopes != (_ADMIN,) else {}),
    }
    has_id = "openid" in grant.scopes or grant.scopes == (_ADMIN,)
    identity = {
        **common,
        **_attributes(client, user, grant.scopes),
        "aud": client.id,
        "token_use": "id",
        "cognito:username": user.username,
        **({"nonce": grant.nonce} if grant.nonce else {}),
    }
    access_token = _signed(pool, access, lives)
    pool.access_tokens[access_token] = (client.id, user.username)
    return Tokens(
        access_token,
        _signed(pool, identity, validity(client, "IdToken")) if has_id else None,
        refresh_token,
        lives,
    )


def _signed(pool: Any, claims: Mapping[str, Any], lives: int) -> str:
    now, key = int(time.time()), _key(pool.id)
    filled = {**claims, "iat": now, "exp": now + lives, "jti": str(uuid4())}
    return moto.module("joserfc.jwt").encode({"kid": key.kid, "alg": "RS256"}, filled, key)


def _attributes(client: Any, user: Any, scopes: Sequence[str]) -> dict[str, Any]:
    readable = client.extended_config.get("ReadAttributes")
    narrow = [name for scope in scopes for name in _SCOPED.get(scope, ())]
    found: dict[str, Any] = {}
    for attribute in user.attributes:
        name, value = attribute["Name"], attribute["Value"]
        if name == "sub" or (narrow and name not in narrow) or (readable and name not in readable):
            continue
        found[name] = str(value).lower() == "true" if name in _TRUTHS else value
    return found
