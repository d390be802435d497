"""Cognito's user pools: what the sign-in pages ask of them, in this process; and what moto has wrong about them."""

import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any

from localmesh.aws import cognito_tokens, moto
from localmesh.aws.cognito_secrets import PasswordError, check_password, code_fits, is_stale
from localmesh.aws.cognito_tokens import TokenRefusedError, Tokens

__all__ = [
    "REFUSED",
    "Answer",
    "Client",
    "Outcome",
    "PasswordError",
    "TokenRefusedError",
    "Tokens",
    "after_password",
    "client_of",
    "pool_of",
    "pools",
    "refresh",
    "revoke",
    "set_new_password",
    "tokens_for",
    "verify_code",
    "verify_password",
    "wants_code",
]

REFUSED = "Incorrect username or password."
"""The same for an unknown name and a wrong password, so that nobody learns who has an account."""


class Outcome(Enum):
    """What a password, or a code, leads to."""

    OK = "ok"
    NEW_PASSWORD_REQUIRED = "new password required"  # noqa: S105 - no password
    CODE_REQUIRED = "code required"
    REFUSED = "refused"


@dataclass(frozen=True)
class Answer:
    """What came of a password or a code.

    Attributes:
        outcome: what to do next.
        username: as the pool writes it; as it was typed where there is no such user.
        message: for people, where the outcome is a refusal.
    """

    outcome: Outcome
    username: str
    message: str = ""


@dataclass(frozen=True)
class Client:
    """An app client, as far as the sign-in pages go by it.

    Attributes:
        id: its id.
        pool_id: its pool.
        callback_urls: where people may be sent back to.
        logout_urls: where they may be sent after a sign-out.
        scopes: what may be asked for.
        flows: OAuth flows: ``code``, ``implicit``.
        uses_pages: whether it uses the sign-in pages at all.
        identity_providers: ``COGNITO`` and names of others.
        has_secret: whether it must prove itself with a secret.
    """

    id: str
    pool_id: str
    callback_urls: tuple[str, ...]
    logout_urls: tuple[str, ...]
    scopes: tuple[str, ...]
    flows: tuple[str, ...]
    uses_pages: bool
    identity_providers: tuple[str, ...]
    has_secret: bool


def client_of(client_id: str) -> Client | None:
    """An app client of any pool; None if there is none of that id."""
    for pool in pools():
        client = pool.clients.get(client_id)
        if client is not None:
            config = client.extended_config
            return Client(
                id=client.id,
                pool_id=pool.id,
                callback_urls=tuple(config.get("CallbackURLs") or ()),
                logout_urls=tuple(config.get("LogoutURLs") or ()),
                scopes=tuple(config.get("AllowedOAuthScopes") or ()),
                flows=tuple(config.get("AllowedOAuthFlows") or ()),
                uses_pages=bool(config.get("AllowedOAuthFlowsUserPoolClient")),
                identity_providers=tuple(config.get("SupportedIdentityProviders") or ()),
                has_secret=bool(client.generate_secret),
            )
    return None


def pools() -> list[Any]:
    """Every pool of every account and region, as moto holds them."""
    backends: Any = moto.module("moto.cognitoidp.models").cognitoidp_backends
    return [
        pool
        for account in list(backends.values())
        for backend in list(account.values())
        for pool in list(backend.user_pools.values())
    ]


def pool_of(pool_id: str) -> Any:
    """A pool by its id, as moto holds it; None if there is none."""
    return next((pool for pool in pools() if pool.id == pool_id), None)


def verify_password(pool_id: str, username: str, password: str) -> Answer:
    """Checks a password, as Cognito's own page does, whatever flows the client allows to others.

    Args:
        pool_id: whose user it is.
        username: as it was typed.
        password: as it was typed.

    Returns:
        OK, NEW_PASSWORD_REQUIRED (the password was a temporary one: ask for another and call `set_new_password`),
        CODE_REQUIRED (call `verify_code`), or REFUSED.
    """
    pool = pool_of(pool_id)
    user = _user(pool, username)
    if user is None or not user.password or not hmac.compare_digest(user.password.encode(), password.encode()):
        return Answer(Outcome.REFUSED, username, REFUSED)
    return after_password(pool, user)


def after_password(pool: Any, user: Any) -> Answer:
    """What follows a right password; `verify_password` asks this.

    Args:
        pool: as moto holds it.
        user: as moto holds them.
    """
    if not user.enabled:
        return Answer(Outcome.REFUSED, user.username, "User is disabled.")
    match str(user.status.value):
        case "UNCONFIRMED":
            return Answer(Outcome.REFUSED, user.username, "User is not confirmed.")
        case "RESET_REQUIRED":
            return Answer(Outcome.REFUSED, user.username, "Password reset required for the user")
        case "FORCE_CHANGE_PASSWORD":
            if is_stale(pool, user):
                message = "Temporary password has expired and must be reset by an administrator."
                return Answer(Outcome.REFUSED, user.username, message)
            return Answer(Outcome.NEW_PASSWORD_REQUIRED, user.username)
        case _:
            return Answer(Outcome.CODE_REQUIRED if wants_code(pool, user) else Outcome.OK, user.username)


def set_new_password(pool_id: str, username: str, password: str) -> Answer:
    """Sets the password that somebody chose for themselves; call it only after `verify_password` asked for one.

    Returns:
        OK, or CODE_REQUIRED.

    Raises:
        PasswordError: the pool's policy does not allow it.
        LookupError: there is no such user.
    """
    pool, user = _known(pool_id, username)
    check_password(pool, password)
    user.password = password
    user.status = moto.module("moto.cognitoidp.models").UserStatus.CONFIRMED
    return Answer(Outcome.CODE_REQUIRED if wants_code(pool, user) else Outcome.OK, user.username)


def verify_code(pool_id: str, username: str, code: str) -> Answer:
    """Checks a code of somebody's authenticator app.

    Returns:
        OK or REFUSED.

    Raises:
        LookupError: there is no such user.
    """
    _, user = _known(pool_id, username)
    secret = getattr(user, "totp_secret", None)
    if secret and code_fits(secret, code):
        return Answer(Outcome.OK, user.username)
    return Answer(Outcome.REFUSED, user.username, "Invalid code received for user")


def tokens_for(pool_id: str, username: str, client_id: str, scopes: Sequence[str], nonce: str | None = None) -> Tokens:
    """The tokens of somebody who has just signed in at the pages.

    Args:
        pool_id: the pool.
        username: as `Answer` gave it.
        client_id: for whom.
        scopes: that were asked for and that the client allows.
        nonce: what the page sent along to find in the ID token.

    Raises:
        LookupError: there is no such user, or no such client.
    """
    pool, user = _known(pool_id, username)
    if client_id not in pool.clients:
        raise LookupError(f"expected a client of {pool_id}, got {client_id}")
    return cognito_tokens.issue(pool, pool.clients[client_id], user, scopes, nonce)


def refresh(client_id: str, refresh_token: str) -> Tokens:
    """Exchanges a refresh token; with rotation the answer carries a new one, and the old one soon ends.

    Raises:
        TokenRefusedError: it does not count (any more), or there is no such client.
    """
    pool = _pool_of_client(client_id)
    return cognito_tokens.refresh(pool, pool.clients[client_id], refresh_token)


def revoke(client_id: str, refresh_token: str) -> None:
    """Ends a sign-in, as a sign-out does.

    Raises:
        TokenRefusedError: there is no such client.
    """
    cognito_tokens.revoke(_pool_of_client(client_id).clients[client_id], refresh_token)


def wants_code(pool: Any, user: Any) -> bool:
    """Whether somebody has an authenticator app that the pool goes by."""
    return pool.mfa_config != "OFF" and bool(user.software_token_mfa_enabled)


def _user(pool: Any, username: str) -> Any:
    return pool._get_user(username) if pool is not None else None


def _known(pool_id: str, username: str) -> tuple[Any, Any]:
    pool = pool_of(pool_id)
    user = _user(pool, username)
    if user is None:
        raise LookupError(f"expected a user of {pool_id}, got {username}")
    return pool, user


def _pool_of_client(client_id: str) -> Any:
    for pool in pools():
        if client_id in pool.clients:
            return pool
    raise TokenRefusedError(f"expected a client of a user pool, got {client_id}")
