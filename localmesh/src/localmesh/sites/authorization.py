"""A request for a sign-in (OAuth 2.0, code flow with PKCE), checked before anybody is asked for a password."""

import hashlib
import hmac
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

from localmesh.aws import cognito
from localmesh.aws.cognito import Client

_CHALLENGE = re.compile(r"[A-Za-z0-9_-]{43}")
"""A SHA-256 in Base64url."""
_VERIFIER = re.compile(r"[A-Za-z0-9._~-]{43,128}")
_LONGEST = 2048


class UntrustedError(Exception):
    """The request names no client, or an address that is not the client's: nobody may be sent anywhere."""


class DeclinedError(Exception):
    """The client is told that it cannot have what it asked for.

    Args:
        location: the client's address, with the error in it.
    """

    def __init__(self, location: str) -> None:
        super().__init__(location)
        self.location = location


@dataclass(frozen=True)
class Authorization:
    """What a client asks for.

    Attributes:
        client: who asks.
        redirect_uri: where the code goes.
        scopes: what the tokens are to be good for.
        state: given back to the client as it came.
        nonce: goes into the ID token.
        challenge: the hash of a secret that the client must show to get the tokens.
    """

    client: Client
    redirect_uri: str
    scopes: tuple[str, ...]
    state: str
    nonce: str | None
    challenge: str

    def answer(self, **values: str) -> str:
        """The client's address with an answer in it."""
        return _with(self.redirect_uri, {**values, **({"state": self.state} if self.state else {})})


def read_authorization(query: str, addresses: Mapping[str, str]) -> Authorization:
    """Reads what a client asks for.

    Args:
        query: as it came, percent-encoded.
        addresses: the addresses that AWS would serve the page at, and where each is on the mesh.

    Raises:
        UntrustedError: the client or its address is not known.
        DeclinedError: it asks for something that it cannot have.
    """
    given = parameters(query)
    client = cognito.client_of(given.get("client_id", ""))
    if client is None or not client.uses_pages:
        raise UntrustedError("There is no such client.")
    redirect_uri = given.get("redirect_uri", "")
    if redirect_uri not in here(client.callback_urls, addresses):
        raise UntrustedError("The client has no such address to come back to (redirect_mismatch).")
    state = given.get("state", "")

    def declined(error: str, why: str) -> DeclinedError:
        values = {"error": error, "error_description": why, **({"state": state} if state else {})}
        return DeclinedError(_with(redirect_uri, values))

    if given.get("response_type") != "code" or "code" not in client.flows:
        raise declined("unauthorized_client", "response_type must be code")
    # Cognito lets a client go without; this client never does, and a page cannot keep a secret instead.
    if given.get("code_challenge_method") != "S256" or not _CHALLENGE.fullmatch(given.get("code_challenge", "")):
        raise declined("invalid_request", "a code_challenge of method S256 is required")
    scopes = tuple(dict.fromkeys(given.get("scope", "").split())) or client.scopes
    if not set(scopes) <= set(client.scopes):
        raise declined("invalid_scope", f"scope must be among {' '.join(client.scopes)}")
    nonce = given.get("nonce") or None
    return Authorization(client, redirect_uri, scopes, state, nonce, given["code_challenge"])


def here(urls: tuple[str, ...], addresses: Mapping[str, str]) -> tuple[str, ...]:
    """A client's addresses as they are on the mesh."""
    found: list[str] = []
    for url in urls:
        origin = next((each for each in addresses if url == each or url.startswith(f"{each}/")), None)
        found.append(url if origin is None else addresses[origin] + url.removeprefix(origin))
    return tuple(found)


def is_proof(challenge: str, verifier: str) -> bool:
    """Whether a verifier is the secret whose hash the client gave before."""
    if not _VERIFIER.fullmatch(verifier):
        return False
    digest = urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    return hmac.compare_digest(digest, challenge)


def parameters(text: str) -> dict[str, str]:
    """A query or a form; a name that comes twice counts for nothing, as nobody could say which one is meant."""
    found: dict[str, str] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        found[name] = "" if name in found else value[:_LONGEST]
    return found


def _with(url: str, values: Mapping[str, str]) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(values)}"
