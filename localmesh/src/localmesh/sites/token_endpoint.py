"""``POST /oauth2/token``: a code, or a refresh token, for tokens. ``POST /oauth2/revoke``: ends a refresh token."""

from dataclasses import dataclass

from localmesh.aws import cognito
from localmesh.aws.cognito_tokens import TokenRefusedError, Tokens
from localmesh.sites.authorization import Authorization, is_proof, parameters
from localmesh.sites.tickets import Tickets
from localmesh.web import Request, Response, json_response

_FORM = "application/x-www-form-urlencoded"
_CORS = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Allow-Methods", "POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "*, Authorization"),
    ("Access-Control-Max-Age", "600"),
)
"""Pages call this address from wherever they are; no cookie counts here."""


@dataclass(frozen=True)
class SignedIn:
    """Somebody who signed in for a client, which has not fetched the tokens yet."""

    wanted: Authorization
    username: str


class _RefusedError(Exception):
    """An error of OAuth 2.0 (RFC 6749, 5.2)."""


class TokenEndpoint:
    """Answers on it.

    Args:
        codes: that were given out and not used yet.
    """

    def __init__(self, codes: Tickets[SignedIn]) -> None:
        self._codes = codes

    def __call__(self, request: Request) -> Response:
        """Answers one request."""
        if request.method == "OPTIONS":
            return Response(200, _CORS)
        try:
            if request.path == "/oauth2/revoke":
                answer = self._revoked(request)
            else:
                answer = json_response(_document(self._exchanged(request)))
        except _RefusedError as refused:
            answer = json_response({"error": str(refused)}, 400)
        return Response(answer.status, (*answer.headers, ("Pragma", "no-cache"), *_CORS), answer.body)

    def _exchanged(self, request: Request) -> Tokens:
        client_id, given = self._given(request)
        match given.get("grant_type"):
            case "authorization_code":
                return self._for_code(client_id, given)
            case "refresh_token":
                try:
                    return cognito.refresh(client_id, given.get("refresh_token", ""))
                except TokenRefusedError as refused:
                    raise _RefusedError("invalid_grant") from refused
            case _:
                raise _RefusedError("unsupported_grant_type")

    def _revoked(self, request: Request) -> Response:
        client_id, given = self._given(request)
        if "token" not in given:
            raise _RefusedError("invalid_request")
        # Whether there was such a token is nobody's business (RFC 7009, 2.2).
        cognito.revoke(client_id, given["token"])
        return Response(200)

    @staticmethod
    def _given(request: Request) -> tuple[str, dict[str, str]]:
        """The client that asks, and the form."""
        if request.method != "POST" or request.header("Content-Type").partition(";")[0].strip().lower() != _FORM:
            raise _RefusedError("invalid_request")
        given = parameters(request.body.decode("utf-8", "replace"))
        client = cognito.client_of(given.get("client_id", ""))
        # A client with a secret would have to prove itself; a page's has none.
        if client is None or not client.uses_pages or client.has_secret:
            raise _RefusedError("invalid_client")
        return client.id, given

    def _for_code(self, client_id: str, given: dict[str, str]) -> Tokens:
        # Taken before anything is checked: who guesses has one try.
        signed_in = self._codes.take(given.get("code", ""))
        if signed_in is None:
            raise _RefusedError("invalid_grant")
        wanted = signed_in.wanted
        if wanted.client.id != client_id or given.get("redirect_uri") != wanted.redirect_uri:
            raise _RefusedError("invalid_grant")
        if not is_proof(wanted.challenge, given.get("code_verifier", "")):
            raise _RefusedError("invalid_grant")
        try:
            return cognito.tokens_for(
                wanted.client.pool_id, signed_in.username, client_id, wanted.scopes, nonce=wanted.nonce
            )
        except LookupError as gone:
            raise _RefusedError("invalid_grant") from gone


def _document(tokens: Tokens) -> dict[str, object]:
    given = {
        "id_token": tokens.id_token,
        "access_token": tokens.access_token,
        "refresh_token": tokens.refresh_token,
        "expires_in": tokens.expires_in,
        "token_type": "Bearer",
    }
    return {name: value for name, value in given.items() if value is not None}
