"""Signs in the way a browser does: authorize, name and password, code, tokens; over plain HTTP."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.workflow.http_client import Reply, form, send

COOKIE = "localmesh-sign-in"


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


def claims_of(token: str) -> dict[str, Any]:
    """What a token says, unverified."""
    return dict(json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "==")))


@dataclass
class OAuthClient:
    """An app client and one browser that signs in for it.

    Attributes:
        url: of the sign-in.
        client_id: of the app client.
        redirect_uri: where the code goes.
        cookies: the browser's jar.
        verifier: the secret of the sign-in that was begun last.
    """

    url: str
    client_id: str
    redirect_uri: str
    cookies: dict[str, str] = field(default_factory=dict)
    verifier: str = ""

    def query(self, **changes: str | None) -> str:
        """The query of a good request for a sign-in, with changes; `None` leaves a parameter out."""
        self.verifier = secrets.token_urlsafe(48)
        given: dict[str, str | None] = {
            "client_id": self.client_id,
            "redirect_uri": self.redirect_uri,
            "response_type": "code",
            "scope": "openid email",
            "state": "a state",
            "nonce": "a-nonce",
            "code_challenge": challenge_of(self.verifier),
            "code_challenge_method": "S256",
            **changes,
        }
        return urlencode({name: value for name, value in given.items() if value is not None})

    def get(self, path: str) -> Reply:
        """Fetches a page of the sign-in."""
        return self._kept(send("GET", self.url + path, headers=self._jar()))

    def authorize(self, **changes: str | None) -> Reply:
        """Begins a sign-in."""
        return self.get(f"/oauth2/authorize?{self.query(**changes)}")

    def post(self, query: str, origin: str | None = None, **fields: str) -> Reply:
        """Sends the form of the sign-in page."""
        body, headers = form(fields)
        more = {"Origin": self.url if origin is None else origin, **self._jar()}
        return self._kept(send("POST", f"{self.url}/login?{query}", body=body, headers={**headers, **more}))

    def code(self, username: str, password: str, new_password: str = "", **changes: str | None) -> str:
        """Signs in, changing the first password if that is asked for; gives the code."""
        query = self.query(**changes)
        reply = self.post(query, username=username, password=password)
        if reply.status == 200 and new_password:
            step = step_of(reply)
            reply = self.post(query, step=step, new_password=new_password, repeated=new_password)
        assert reply.status == 303, reply.body
        return answer_of(reply)["code"]

    def exchange(self, **fields: str) -> tuple[int, dict[str, Any]]:
        """Calls the token endpoint."""
        body, headers = form({"client_id": self.client_id, **fields})
        reply = send("POST", f"{self.url}/oauth2/token", body=body, headers=headers)
        return reply.status, json.loads(reply.body)

    def tokens(self, code: str, /, **changes: str) -> tuple[int, dict[str, Any]]:
        """Exchanges a code for tokens."""
        given = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.redirect_uri,
            "code_verifier": self.verifier,
        }
        return self.exchange(**{**given, **changes})

    def sign_in(self, username: str, password: str, new_password: str = "") -> dict[str, Any]:
        """Signs in; gives the tokens."""
        status, tokens = self.tokens(self.code(username, password, new_password))
        assert status == 200, tokens
        return tokens

    def _jar(self) -> dict[str, str]:
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())} if self.cookies else {}

    def _kept(self, reply: Reply) -> Reply:
        name, _, rest = reply.headers.get("set-cookie", "").partition("=")
        value = rest.partition(";")[0]
        if value:
            self.cookies[name] = value
        elif name:
            self.cookies.pop(name, None)
        return reply


def answer_of(reply: Reply) -> Mapping[str, str]:
    """What the client is told in the address that somebody is sent to."""
    return dict(parse_qsl(urlsplit(reply.headers["location"]).query))


def step_of(reply: Reply) -> str:
    """The hidden field of a page that wants something more."""
    found = re.search(r'name="step" value="([^"]+)"', reply.body)
    assert found, reply.body
    return found[1]
