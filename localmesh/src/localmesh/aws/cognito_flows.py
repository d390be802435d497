"""Cognito's own API for signing in: only by the flows that a client allows, and with everything really checked.

Passwords go as they are: of their proof without sending them (SRP), moto takes any for a good one, so it is refused.
"""

import functools
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from localmesh.aws import cognito, cognito_tokens, moto
from localmesh.aws.cognito import Answer, Outcome, PasswordError
from localmesh.aws.cognito_tokens import TokenRefusedError, Tokens

_DEFAULT_FLOWS = ("ALLOW_REFRESH_TOKEN_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH")
_SAME_FLOW = {"ADMIN_NO_SRP_AUTH": "ADMIN_USER_PASSWORD_AUTH", "REFRESH_TOKEN": "REFRESH_TOKEN_AUTH"}
_CODES = {
    "User is not confirmed.": "UserNotConfirmedException",
    "Password reset required for the user": "PasswordResetRequiredException",
}


@dataclass(frozen=True)
class _Attempt:
    """A sign-in that waits for the answer to a challenge."""

    pool: Any
    client: Any
    username: str
    challenge: str
    ends_at: float


_attempts: dict[str, _Attempt] = {}
_lock = threading.Lock()


def initiate(pool: Any, client: Any, flow: str, parameters: Mapping[str, str]) -> dict[str, Any]:
    """Begins a sign-in: the answer is a challenge, or tokens.

    Args:
        pool: as moto holds it.
        client: as moto holds it.
        flow: that the client must allow.
        parameters: of the flow, under Cognito's names.

    Raises:
        Exception: moto's, for Cognito's refusal.
    """
    allowed = client.extended_config.get("ExplicitAuthFlows") or _DEFAULT_FLOWS
    kind = _SAME_FLOW.get(flow, flow)
    if flow not in allowed and f"ALLOW_{kind}" not in allowed:
        raise error("InvalidParameterException", f"{kind} flow not enabled for this client")
    match kind:
        case "REFRESH_TOKEN_AUTH":
            return {"AuthenticationResult": refreshed(pool, client, parameters.get("REFRESH_TOKEN") or "")}
        case "USER_PASSWORD_AUTH" | "ADMIN_USER_PASSWORD_AUTH":
            username = parameters.get("USERNAME") or ""
            _check_secret(client, username, parameters)
            _check_known(pool, client, username)
            answer = cognito.verify_password(pool.id, username, parameters.get("PASSWORD") or "")
            return _next(pool, client, answer)
        case "CUSTOM_AUTH":
            # No pool of the mesh has triggers.
            raise error("InvalidParameterException", "Custom auth lambda trigger is not configured for the user pool.")
        case _:
            raise error("InvalidParameterException", f"the mesh knows no flow {flow}")


def respond(session: str, client_id: str, challenge: str, responses: Mapping[str, str]) -> dict[str, Any]:
    """Goes on with a sign-in by the answer to a challenge: with the next challenge, or with tokens.

    Raises:
        Exception: moto's, for Cognito's refusal.
    """
    with _lock:
        attempt = _attempts.get(session)
    if attempt is None or attempt.challenge != challenge or attempt.client.id != client_id:
        raise error("NotAuthorizedException", "Invalid session for the user.")
    if time.time() >= attempt.ends_at:
        raise error("NotAuthorizedException", "Invalid session for the user, session is expired.")
    pool, client = attempt.pool, attempt.client
    _check_secret(client, responses.get("USERNAME") or "", responses)
    answer = _ANSWERS[challenge](attempt, responses)
    with _lock:
        _attempts.pop(session, None)  # a challenge is answered once
    return _next(pool, client, answer)


def _chosen(attempt: _Attempt, responses: Mapping[str, str]) -> Answer:
    try:
        return cognito.set_new_password(attempt.pool.id, attempt.username, responses.get("NEW_PASSWORD") or "")
    except PasswordError as fault:
        raise error("InvalidPasswordException", str(fault)) from fault


def _coded(attempt: _Attempt, responses: Mapping[str, str]) -> Answer:
    code = responses.get("SOFTWARE_TOKEN_MFA_CODE") or ""
    answer = cognito.verify_code(attempt.pool.id, attempt.username, code)
    if answer.outcome is Outcome.REFUSED:
        raise error("CodeMismatchException", answer.message)
    return answer


_ANSWERS: Mapping[str, Callable[[_Attempt, Mapping[str, str]], Answer]] = {
    "NEW_PASSWORD_REQUIRED": _chosen,
    "SOFTWARE_TOKEN_MFA": _coded,
}


def _next(pool: Any, client: Any, answer: Answer) -> dict[str, Any]:
    user = pool._get_user(answer.username)
    ask = functools.partial(_ask, pool, client, user)
    match answer.outcome:
        case Outcome.REFUSED:
            raise error(_CODES.get(answer.message, "NotAuthorizedException"), answer.message)
        case Outcome.NEW_PASSWORD_REQUIRED:
            shown = {name: value for name, value in user.attribute_lookup.items() if name != "sub"}
            return ask("NEW_PASSWORD_REQUIRED", requiredAttributes="[]", userAttributes=json.dumps(shown))
        case Outcome.CODE_REQUIRED:
            return ask("SOFTWARE_TOKEN_MFA")
        case Outcome.OK:
            if pool.mfa_config == "ON" and not user.software_token_mfa_enabled:
                raise error("InvalidParameterException", "the mesh sets no authenticator app up during a sign-in")
            return {"ChallengeParameters": {}, "AuthenticationResult": _shown(cognito_tokens.issue(pool, client, user))}


def _ask(pool: Any, client: Any, user: Any, challenge: str, **parameters: str) -> dict[str, Any]:
    return {
        "ChallengeName": challenge,
        "ChallengeParameters": {"USER_ID_FOR_SRP": user.username, **parameters},
        "Session": _wait(pool, client, user.username, challenge),
    }


def _wait(pool: Any, client: Any, username: str, challenge: str) -> str:
    key = secrets.token_urlsafe(96)
    ends_at = time.time() + 60 * int(client.extended_config.get("AuthSessionValidity") or 3)
    with _lock:
        _attempts[key] = _Attempt(pool, client, username, challenge, ends_at)
    return key


def refreshed(pool: Any, client: Any, token: str) -> dict[str, Any]:
    """The tokens that a refresh token gets, as Cognito's API shows them.

    Raises:
        Exception: moto's, for Cognito's refusal.
    """
    try:
        return _shown(cognito_tokens.refresh(pool, client, token))
    except TokenRefusedError as fault:
        raise error("NotAuthorizedException", str(fault)) from fault


def _shown(tokens: Tokens) -> dict[str, Any]:
    return {
        "AccessToken": tokens.access_token,
        "ExpiresIn": tokens.expires_in,
        "TokenType": "Bearer",
        **({"IdToken": tokens.id_token} if tokens.id_token else {}),
        **({"RefreshToken": tokens.refresh_token} if tokens.refresh_token else {}),
    }


def find_client(client_id: str) -> tuple[Any, Any]:
    """The pool and the client of a client's id.

    Raises:
        Exception: moto's, for Cognito's refusal.
    """
    for pool in cognito.pools():
        if client_id in pool.clients:
            return pool, pool.clients[client_id]
    raise error("ResourceNotFoundException", f"User pool client {client_id} does not exist.")


def _check_secret(client: Any, username: str, parameters: Mapping[str, str]) -> None:
    check = moto.module("moto.cognitoidp.utils").check_secret_hash
    if client.generate_secret and not check(client.secret, client.id, username, parameters.get("SECRET_HASH")):
        raise error("NotAuthorizedException", f"Unable to verify secret hash for client {client.id}")


def _check_known(pool: Any, client: Any, username: str) -> None:
    if client.extended_config.get("PreventUserExistenceErrors") != "ENABLED" and pool._get_user(username) is None:
        raise error("UserNotFoundException", "User does not exist.")


def error(code: str, message: str) -> Exception:
    """A refusal in Cognito's words."""
    return moto.module("moto.core.exceptions").JsonRESTError(code, message)
