"""The secrets of a user pool's people: passwords and the pool's policy, authenticator apps and their codes."""

import base64
import hashlib
import hmac
import secrets
import struct
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

_TOTP_SECONDS = 30


class PasswordError(Exception):
    """A password is not what the pool's policy wants; the message says what it wants."""


def check_password(pool: Any, password: str) -> None:
    """Holds a password to a pool's policy.

    Raises:
        PasswordError: naming the first rule that it breaks, in Cognito's words.
    """
    policy = _policy(pool)
    rules = (
        (len(password) >= policy.get("MinimumLength", 8), "Password not long enough"),
        (len(password) <= 256, "Password too long"),
        (not policy.get("RequireUppercase") or any(map(str.isupper, password)), _must_have("uppercase")),
        (not policy.get("RequireLowercase") or any(map(str.islower, password)), _must_have("lowercase")),
        (not policy.get("RequireNumbers") or any(map(str.isdigit, password)), _must_have("numeric")),
        (
            not policy.get("RequireSymbols") or any(not char.isalnum() for char in password.strip()),
            _must_have("symbol"),
        ),
        (password == password.strip(), "Password must not begin or end with a space"),
    )
    for holds, message in rules:
        if not holds:
            raise PasswordError(f"Password did not conform with policy: {message}")


def code_fits(secret: str, code: str, at: float | None = None) -> bool:
    """Whether a code is the one of now, or of the half minute before or after, of a Base32 secret (RFC 6238)."""
    now = int((time.time() if at is None else at) // _TOTP_SECONDS)
    return any(hmac.compare_digest(totp(secret, now + step), code.strip()) for step in (-1, 0, 1))


def totp(secret: str, step: int) -> str:
    """The six digits of a Base32 secret in one half minute since 1970."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8), casefold=True)
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    offset = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[offset : offset + 4])[0] & 0x7FFFFFFF) % 1_000_000:06d}"


def new_totp_secret() -> str:
    """A secret for an authenticator app."""
    return base64.b32encode(secrets.token_bytes(20)).decode().rstrip("=")


def _must_have(what: str) -> str:
    return f"Password must have {what} characters"


def is_stale(pool: Any, user: Any) -> bool:
    """Whether somebody's temporary password is too old."""
    policy = _policy(pool)
    since: datetime = getattr(user, "password_since", None) or datetime.now(UTC)
    return datetime.now(UTC) - since > timedelta(days=policy.get("TemporaryPasswordValidityDays") or 7)


def _policy(pool: Any) -> Mapping[str, Any]:
    policies: Mapping[str, Any] = pool.extended_config.get("Policies") or {}
    return policies.get("PasswordPolicy") or {}
