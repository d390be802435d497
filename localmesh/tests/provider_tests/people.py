"""A user pool with somebody in it, an identity pool that trusts it, and what a client of them does."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import struct
import time
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import botocore.session
from botocore import UNSIGNED
from botocore.config import Config

from localmesh.provider import Endpoint

FIRST = "Otter-River-1234"
OWN = "A much longer one 7"
POLICY = {"MinimumLength": 12, "RequireUppercase": True, "RequireLowercase": True, "RequireNumbers": True}


def unsigned(endpoint: Endpoint, service: str) -> Any:
    """What a browser has: no credentials."""
    return botocore.session.get_session().create_client(
        service, region_name="us-east-1", endpoint_url=endpoint.url, config=Config(signature_version=UNSIGNED)
    )


@dataclass
class People:
    """A pool with `alex` in it, and a client that may do everything."""

    endpoint: Endpoint
    flows: tuple[str, ...] = ("ALLOW_USER_PASSWORD_AUTH", "ALLOW_USER_SRP_AUTH", "ALLOW_REFRESH_TOKEN_AUTH")
    client_settings: dict[str, Any] = field(default_factory=dict[str, Any])
    pool_settings: dict[str, Any] = field(default_factory=dict[str, Any])

    def __post_init__(self) -> None:
        self.admin = self.endpoint.client("cognito-idp", "us-east-1")
        self.api = unsigned(self.endpoint, "cognito-idp")
        self.pool: str = self.admin.create_user_pool(
            PoolName="people", Policies={"PasswordPolicy": POLICY}, **self.pool_settings
        )["UserPool"]["Id"]
        self.client = self.new_client(**self.client_settings)
        self.admin.admin_create_user(
            UserPoolId=self.pool,
            Username="alex",
            TemporaryPassword=FIRST,
            UserAttributes=[
                {"Name": "email", "Value": "alex@people.example"},
                {"Name": "email_verified", "Value": "true"},
            ],
        )

    @cached_property
    def provider(self) -> str:
        return f"cognito-idp.us-east-1.amazonaws.com/{self.pool}"

    def new_client(self, **settings: Any) -> str:
        return self.admin.create_user_pool_client(
            UserPoolId=self.pool,
            ClientName="page",
            ExplicitAuthFlows=list(self.flows),
            **{"PreventUserExistenceErrors": "ENABLED", **settings},
        )["UserPoolClient"]["ClientId"]

    def settle(self) -> None:
        """Alex has a password of their own."""
        self.admin.admin_set_user_password(UserPoolId=self.pool, Username="alex", Password=OWN, Permanent=True)

    def attributes(self) -> dict[str, str]:
        """What the pool has about Alex."""
        user = self.admin.admin_get_user(UserPoolId=self.pool, Username="alex")
        return {each["Name"]: each["Value"] for each in user["UserAttributes"] if each["Name"] != "sub"}

    def start(self, password: str = OWN, username: str = "alex", client: str = "") -> dict[str, Any]:
        return self.api.initiate_auth(
            ClientId=client or self.client,
            AuthFlow="USER_PASSWORD_AUTH",
            AuthParameters={"USERNAME": username, "PASSWORD": password},
        )

    def answer(self, asked: dict[str, Any], **answers: str) -> dict[str, Any]:
        return self.api.respond_to_auth_challenge(
            ClientId=self.client,
            ChallengeName=asked["ChallengeName"],
            Session=asked["Session"],
            ChallengeResponses={"USERNAME": "alex", **answers},
        )

    def tokens(self, **which: str) -> dict[str, str]:
        return self.start(**which)["AuthenticationResult"]


def claims(token: str) -> dict[str, Any]:
    body = token.split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def code(secret: str, at: float | None = None) -> str:
    """RFC 6238, as an authenticator app does it."""
    key = base64.b32decode(secret + "=" * (-len(secret) % 8))
    step = int((time.time() if at is None else at) // 30)
    digest = hmac.new(key, struct.pack(">Q", step), hashlib.sha1).digest()
    value = struct.unpack(">I", digest[digest[-1] & 15 :][:4])[0] & 0x7FFFFFFF
    return str(value % 10**6).zfill(6)
