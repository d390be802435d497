"""JWT authorizers of HTTP APIs: a token is verified as API Gateway verifies it, or the call goes no further."""

import functools
import json
import time
from collections.abc import Mapping
from typing import Any, cast

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from localmesh.aws import cognito, cognito_tokens
from localmesh.web import Request, Response, json_response

_HEADER = "$request.header."
_LONGEST_TOKEN = 8192


class Refusal(Exception):
    """A call that the authorizer does not let through.

    Args:
        why: for the client; empty where there was no token at all.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why

    @property
    def response(self) -> Response:
        """What the client gets."""
        answer = json_response({"message": "Unauthorized"}, 401)
        error = f' scope="" error="invalid_token" error_description="{self.why}"' if self.why else ""
        return Response(answer.status, (*answer.headers, ("www-authenticate", f"Bearer{error}")), answer.body)


def authorize(authorizer: Any, scopes: list[str], request: Request) -> dict[str, Any]:
    """Verifies the token of a request.

    Args:
        authorizer: as moto holds it, of type JWT.
        scopes: of which the token must have one; none: any token will do.
        request: the request.

    Returns:
        What functions find under ``requestContext.authorizer``.

    Raises:
        Refusal: there is no token, or it is not one that counts.
    """
    settings: Mapping[str, Any] = authorizer.jwt_config or {}
    token = _token(request, list(authorizer.identity_source or []))
    claims = _verified(token, str(settings.get("issuer") or ""))
    _check_times(claims)
    audiences = set(settings.get("audience") or [])
    if not audiences.intersection(_audience(claims)):
        raise Refusal("the token has an invalid audience")
    if scopes and not set(scopes).intersection(str(claims.get("scope") or claims.get("scp") or "").split()):
        raise Refusal("the token does not have a required scope")
    return {"jwt": {"claims": {name: _text(value) for name, value in claims.items()}, "scopes": scopes or None}}


def _token(request: Request, sources: list[str]) -> str:
    for source in sources:
        if source.startswith(_HEADER) and (value := request.header(source.removeprefix(_HEADER)).strip()):
            scheme, _, rest = value.partition(" ")
            return rest.strip() if scheme.lower() == "bearer" else value
    raise Refusal("")


def _verified(token: str, issuer: str) -> Mapping[str, Any]:
    """The claims of a token that the issuer has signed."""
    pool = next((each for each in cognito.pools() if cognito_tokens.issuer_of(each) == issuer), None)
    if pool is None:
        raise Refusal("the issuer's keys cannot be fetched")
    if len(token) > _LONGEST_TOKEN:
        raise Refusal("the token is too long")
    try:
        # The one algorithm of Cognito: a token must not choose how it is to be verified.
        claims: dict[str, Any] = jwt.decode(token, _keys(pool.id), algorithms=["RS256"]).claims
    except (JoseError, ValueError, TypeError) as wrong:
        raise Refusal("the token cannot be verified") from wrong
    if claims.get("iss") != issuer:
        raise Refusal("the token is of another issuer")
    return claims


@functools.lru_cache(maxsize=32)
def _keys(pool_id: str) -> KeySet:
    return KeySet.import_key_set(cast("Any", cognito_tokens.public_keys(pool_id)))


def _check_times(claims: Mapping[str, Any]) -> None:
    now = time.time()
    for name in ("exp", "nbf", "iat"):
        value = claims.get(name)
        if value is None and name != "exp":
            continue
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refusal(f"the token has no usable {name}")
        if name == "exp" and value <= now:
            raise Refusal("the token has expired")
        if name != "exp" and value > now:
            raise Refusal("the token is not valid yet")


def _audience(claims: Mapping[str, Any]) -> set[str]:
    """``aud``, or where there is none, as in Cognito's access tokens, ``client_id``."""
    named: object = claims.get("aud", claims.get("client_id"))
    values = cast("list[object]", named) if isinstance(named, list) else [named]
    return {value for value in values if isinstance(value, str)}


def _text(value: object) -> str:
    """A claim as functions get it: always a text."""
    match value:
        case str():
            return value
        case list():
            return f"[{' '.join(map(_text, cast('list[object]', value)))}]"
        case _:
            return json.dumps(value)
