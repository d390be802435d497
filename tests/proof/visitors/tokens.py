"""Tokens that nobody was given, or not for this API: made of good ones, or had elsewhere."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping

from joserfc import jwt
from joserfc.jwk import RSAKey

from tests.portal.oauth import OAuthClient, claims_of
from tests.portal.portal import PASSWORD, Portal, User
from tests.workflow.driver import OLGA


def _part(document: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).decode().rstrip("=")


def _elsewhere(portal: Portal, pool: str, username: str) -> str:
    """A token of another client, which belongs to a pool."""
    made = portal.cognito.create_user_pool_client(
        UserPoolId=pool,
        ClientName="another",
        AllowedOAuthFlowsUserPoolClient=True,
        AllowedOAuthFlows=["code"],
        AllowedOAuthScopes=["openid"],
        CallbackURLs=["http://localhost/callback"],
        SupportedIdentityProviders=["COGNITO"],
    )["UserPoolClient"]["ClientId"]
    oauth = OAuthClient(portal.sign_in_url, made, "http://localhost/callback")
    status, tokens = oauth.tokens(oauth.code(username, PASSWORD, scope="openid"))
    assert status == 200, tokens
    return str(tokens["access_token"])


def _of_another_pool(portal: Portal) -> str:
    """A token of a pool of somebody's own, whose owner calls themselves Olga."""
    pool = portal.cognito.create_user_pool(PoolName="another")["UserPool"]["Id"]
    portal.cognito.create_user_pool_domain(Domain="another-pool", UserPoolId=pool)
    attributes = [{"Name": "email", "Value": OLGA}, {"Name": "email_verified", "Value": "true"}]
    portal.cognito.admin_create_user(
        UserPoolId=pool, Username="olga", UserAttributes=attributes, MessageAction="SUPPRESS"
    )
    portal.cognito.admin_set_user_password(UserPoolId=pool, Username="olga", Password=PASSWORD, Permanent=True)
    return _elsewhere(portal, pool, "olga")


def forged_tokens(portal: Portal, user: User, victim: User) -> Mapping[str, str | None]:
    """Tokens that nobody was given, or not for this."""
    tokens = portal.tokens(user)
    good, theirs = str(tokens["access_token"]), claims_of(portal.tokens(victim)["access_token"])
    head, body, signature = good.split(".")
    header = json.loads(base64.urlsafe_b64decode(f"{head}=="))
    own = RSAKey.generate_key(2048, {"kid": header["kid"]})
    return {
        "none": None,
        "empty": "",
        "no token": "made-up",
        "a key of one's own, under the pool's id": jwt.encode({"alg": "RS256", "kid": header["kid"]}, theirs, own),
        "a key of one's own, which it brings": jwt.encode(
            {"alg": "RS256", "jwk": own.as_dict(private=False)}, theirs, own
        ),
        "somebody else's claims": f"{head}.{_part(theirs)}.{signature}",
        "more groups": f"{head}.{_part({**claims_of(good), 'cognito:groups': ['operators', 'auditors']})}.{signature}",
        "no signature": f"{head}.{body}.",
        "no algorithm": f"{_part({'alg': 'none'})}.{_part(theirs)}.",
        "another algorithm": f"{_part({**header, 'alg': 'HS256'})}.{_part(theirs)}.{signature}",
        "a signature that is cut": good[:-4],
        "a signature of which one bit is turned": f"{good[:-9]}{'A' if good[-9] != 'A' else 'B'}{good[-8:]}",
        "a token to refresh": str(tokens["refresh_token"]),
        "of another client": _elsewhere(portal, portal.config["userPoolId"], victim.username),
        "of another pool": _of_another_pool(portal),
    }
