"""Signing in with Cognito's own API: flows, passwords, codes, tokens and their end."""

from __future__ import annotations

import json
import time
import urllib.request
from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError
from joserfc import jwt
from joserfc.jwk import KeySet

from localmesh.aws.cognito_secrets import code_fits, totp
from localmesh.provider import Endpoint
from provider_tests.people import FIRST, OWN, People, claims, code


@pytest.fixture
def people(endpoint: Endpoint) -> People:
    return People(endpoint)


def refused(call: Callable[[], Any]) -> str:
    with pytest.raises(ClientError) as refusal:
        call()
    response: Any = refusal.value.response
    return response["Error"]["Code"]


class TestPasswords:
    def test_first_password_asks_for_another(self, people: People) -> None:
        asked = people.start(FIRST)
        assert asked["ChallengeName"] == "NEW_PASSWORD_REQUIRED"
        assert refused(lambda: people.answer(asked, NEW_PASSWORD="short")) == "InvalidPasswordException"
        assert people.answer(asked, NEW_PASSWORD=OWN)["AuthenticationResult"]["IdToken"]
        assert refused(lambda: people.answer(asked, NEW_PASSWORD=OWN)) == "NotAuthorizedException"
        assert refused(lambda: people.start(FIRST)) == "NotAuthorizedException"
        assert people.tokens()

    @pytest.mark.parametrize(
        ("password", "why"),
        [
            ("Aa1", "not long enough"),
            ("alllowercase1", "uppercase"),
            ("ALLUPPERCASE1", "lowercase"),
            ("NoNumberInHere", "numeric"),
            ("Spaces at end 1 ", "space"),
        ],
    )
    def test_policy(self, password: str, why: str, people: People) -> None:
        with pytest.raises(people.admin.exceptions.InvalidPasswordException, match=why):
            people.admin.admin_set_user_password(
                UserPoolId=people.pool, Username="alex", Password=password, Permanent=True
            )

    def test_unknown_and_wrong_look_alike(self, people: People) -> None:
        people.settle()
        answers: set[str] = set()
        for username, password in (("nobody", OWN), ("alex", "wrong")):
            with pytest.raises(people.api.exceptions.NotAuthorizedException) as refusal:
                people.start(password, username)
            answers.add(str(refusal.value))
        assert len(answers) == 1

    def test_case_of_the_name_does_not_matter(self, people: People) -> None:
        people.settle()
        assert claims(people.tokens(username="ALEX")["AccessToken"])["username"] == "alex"

    def test_disabled(self, people: People) -> None:
        people.settle()
        people.admin.admin_disable_user(UserPoolId=people.pool, Username="alex")
        assert refused(people.start) == "NotAuthorizedException"

    def test_made_up_first_password_fits_the_policy(self, people: People) -> None:
        people.admin.admin_create_user(UserPoolId=people.pool, Username="ben")
        found = people.admin.admin_get_user(UserPoolId=people.pool, Username="ben")
        assert found["UserStatus"] == "FORCE_CHANGE_PASSWORD"
        assert refused(lambda: people.start("", "ben")) == "NotAuthorizedException"

    def test_nobody_signs_up_where_only_admins_make_users(self, endpoint: Endpoint) -> None:
        people = People(endpoint, pool_settings={"AdminCreateUserConfig": {"AllowAdminCreateUserOnly": True}})
        call: Callable[[], Any] = lambda: people.api.sign_up(ClientId=people.client, Username="eve", Password=OWN)  # noqa: E731
        assert refused(call) == "NotAuthorizedException"

    def test_forgotten_password_needs_the_code(self, people: People) -> None:
        people.settle()
        people.api.forgot_password(ClientId=people.client, Username="alex")
        call = people.api.confirm_forgot_password
        assert (
            refused(
                lambda: call(
                    ClientId=people.client, Username="alex", ConfirmationCode="123456", Password="Another one 1"
                )
            )
            == "CodeMismatchException"
        )


class TestAttributes:
    @pytest.mark.parametrize(
        ("writable", "attribute", "answer"),
        [
            (["locale"], "email", "NotAuthorizedException"),
            (["locale"], "locale", ""),
            (["email"], "email", ""),
            (["email"], "email_verified", "NotAuthorizedException"),
            ([], "email", ""),
            ([], "email_verified", "NotAuthorizedException"),
        ],
    )
    def test_somebody_changes_what_the_client_may_write(
        self, endpoint: Endpoint, writable: list[str], attribute: str, answer: str
    ) -> None:
        people = People(endpoint, client_settings={"WriteAttributes": writable})
        people.settle()
        access = people.tokens()["AccessToken"]
        attributes = [{"Name": attribute, "Value": "true"}]
        call: Callable[[], Any] = lambda: people.api.update_user_attributes(  # noqa: E731
            AccessToken=access, UserAttributes=attributes
        )
        if answer:
            assert refused(call) == answer
            return
        call()
        assert people.attributes()[attribute] == "true"

    @pytest.mark.parametrize("by", ["self", "administrator"])
    def test_a_changed_address_is_not_verified(self, by: str, people: People) -> None:
        people.settle()
        changed = [{"Name": "email", "Value": "new@people.example"}]
        if by == "self":
            people.api.update_user_attributes(AccessToken=people.tokens()["AccessToken"], UserAttributes=changed)
        else:
            people.admin.admin_update_user_attributes(UserPoolId=people.pool, Username="alex", UserAttributes=changed)
        assert people.attributes() == {"email": "new@people.example", "email_verified": "false"}

    def test_where_proof_comes_first_the_old_address_stays(self, endpoint: Endpoint) -> None:
        settings = {"AttributesRequireVerificationBeforeUpdate": ["email"]}
        people = People(
            endpoint, pool_settings={"AutoVerifiedAttributes": ["email"], "UserAttributeUpdateSettings": settings}
        )
        people.settle()
        people.api.update_user_attributes(
            AccessToken=people.tokens()["AccessToken"],
            UserAttributes=[{"Name": "email", "Value": "new@people.example"}],
        )
        assert people.attributes() == {"email": "alex@people.example", "email_verified": "true"}


class TestFlows:
    def test_of_ones_own_making_needs_a_trigger(self, endpoint: Endpoint) -> None:
        people = People(endpoint, flows=("ALLOW_CUSTOM_AUTH",))
        people.settle()
        with pytest.raises(people.api.exceptions.InvalidParameterException, match="trigger is not configured"):
            people.api.initiate_auth(
                ClientId=people.client, AuthFlow="CUSTOM_AUTH", AuthParameters={"USERNAME": "alex"}
            )
        assert refused(people.start) == "InvalidParameterException"

    def test_only_those_that_the_client_allows(self, endpoint: Endpoint) -> None:
        people = People(endpoint, flows=("ALLOW_USER_SRP_AUTH",))
        people.settle()
        assert refused(people.start) == "InvalidParameterException"

    def test_a_proof_in_place_of_a_password_is_refused(self, people: People) -> None:
        people.settle()
        parameters = {"USERNAME": "alex", "SRP_A": "2"}
        with pytest.raises(people.api.exceptions.InvalidParameterException, match="the mesh knows no flow USER_SRP"):
            people.api.initiate_auth(ClientId=people.client, AuthFlow="USER_SRP_AUTH", AuthParameters=parameters)


class TestCodes:
    def test_as_the_standard_has_them(self) -> None:
        secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
        assert [totp(secret, at // 30) for at in (59, 1111111109, 20000000000)] == ["287082", "081804", "353130"]
        assert code_fits(secret, "287082", 59 + 30)
        assert not code_fits(secret, "287082", 59 + 90)

    def test_really_checked(self, endpoint: Endpoint) -> None:
        people = People(endpoint)
        people.admin.set_user_pool_mfa_config(
            UserPoolId=people.pool, MfaConfiguration="OPTIONAL", SoftwareTokenMfaConfiguration={"Enabled": True}
        )
        people.settle()
        access = people.tokens()["AccessToken"]
        secret = people.api.associate_software_token(AccessToken=access)["SecretCode"]
        wrong = str((int(code(secret)) + 1) % 10**6).zfill(6)
        assert (
            refused(lambda: people.api.verify_software_token(AccessToken=access, UserCode=wrong))
            == "EnableSoftwareTokenMFAException"
        )
        people.api.verify_software_token(AccessToken=access, UserCode=code(secret))
        people.api.set_user_mfa_preference(
            AccessToken=access, SoftwareTokenMfaSettings={"Enabled": True, "PreferredMfa": True}
        )
        asked = people.start()
        assert asked["ChallengeName"] == "SOFTWARE_TOKEN_MFA"
        assert refused(lambda: people.answer(asked, SOFTWARE_TOKEN_MFA_CODE=wrong)) == "CodeMismatchException"
        assert people.answer(asked, SOFTWARE_TOKEN_MFA_CODE=code(secret))["AuthenticationResult"]


class TestTokens:
    def test_what_they_say(self, people: People) -> None:
        people.settle()
        people.admin.create_group(UserPoolId=people.pool, GroupName="auditors")
        people.admin.admin_add_user_to_group(UserPoolId=people.pool, GroupName="auditors", Username="alex")
        tokens = people.tokens()
        identity, access = claims(tokens["IdToken"]), claims(tokens["AccessToken"])
        assert (identity["email"], identity["email_verified"]) == ("alex@people.example", True)
        assert (identity["aud"], identity["token_use"], identity["cognito:username"]) == (people.client, "id", "alex")
        assert (access["client_id"], access["token_use"], access["username"]) == (people.client, "access", "alex")
        assert "aud" not in access
        assert "email" not in access
        assert identity["cognito:groups"] == access["cognito:groups"] == ["auditors"]
        assert identity["sub"] == access["sub"]
        assert identity["iss"] == access["iss"] == f"https://{people.provider}"

    def test_live_as_long_as_the_client_says(self, people: People) -> None:
        people.settle()
        units = {"AccessToken": "minutes", "IdToken": "minutes", "RefreshToken": "hours"}
        client = people.new_client(
            AccessTokenValidity=7, IdTokenValidity=9, RefreshTokenValidity=2, TokenValidityUnits=units
        )
        tokens = people.start(client=client)["AuthenticationResult"]
        assert tokens["ExpiresIn"] == 7 * 60
        for name, minutes in (("AccessToken", 7), ("IdToken", 9)):
            found = claims(tokens[name])
            assert found["exp"] - found["iat"] == minutes * 60

    def test_keys_of_one_pool_fit_no_other(self, people: People, endpoint: Endpoint) -> None:
        people.settle()
        token = people.tokens()["IdToken"]
        other = People(endpoint)
        keys = [_keys(endpoint, pool) for pool in (people.pool, other.pool)]
        assert jwt.decode(token, keys[0], algorithms=["RS256"]).claims["sub"]
        with pytest.raises(Exception, match=r"key|signature"):
            jwt.decode(token, keys[1], algorithms=["RS256"])

    def test_rotation(self, endpoint: Endpoint) -> None:
        rotation = {"Feature": "ENABLED", "RetryGracePeriodSeconds": 1}
        people = People(
            endpoint, flows=("ALLOW_USER_PASSWORD_AUTH",), client_settings={"RefreshTokenRotation": rotation}
        )
        people.settle()
        first = people.tokens()["RefreshToken"]
        exchange = people.api.get_tokens_from_refresh_token
        second = exchange(ClientId=people.client, RefreshToken=first)["AuthenticationResult"]
        assert second["RefreshToken"] != first
        assert exchange(ClientId=people.client, RefreshToken=first)["AuthenticationResult"], "within the grace period"
        time.sleep(1.1)
        assert refused(lambda: exchange(ClientId=people.client, RefreshToken=first)) == "NotAuthorizedException"
        assert exchange(ClientId=people.client, RefreshToken=second["RefreshToken"])
        other = people.new_client()
        assert (
            refused(lambda: exchange(ClientId=other, RefreshToken=second["RefreshToken"])) == "NotAuthorizedException"
        )

    @pytest.mark.parametrize("how", ["revoke", "sign out", "disable"])
    def test_their_end(self, how: str, people: People) -> None:
        people.settle()
        tokens = people.tokens()
        match how:
            case "revoke":
                people.api.revoke_token(ClientId=people.client, Token=tokens["RefreshToken"])
            case "sign out":
                people.admin.admin_user_global_sign_out(UserPoolId=people.pool, Username="alex")
            case _:
                people.admin.admin_disable_user(UserPoolId=people.pool, Username="alex")
        call: Callable[[], Any] = lambda: people.api.get_tokens_from_refresh_token(  # noqa: E731
            ClientId=people.client, RefreshToken=tokens["RefreshToken"]
        )
        assert refused(call) == "NotAuthorizedException"
        assert refused(lambda: people.api.get_user(AccessToken=tokens["AccessToken"])) == "NotAuthorizedException"


def _keys(endpoint: Endpoint, pool: str) -> KeySet:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{endpoint.url}/{pool}/.well-known/jwks.json") as answer:
        return KeySet.import_key_set(json.load(answer))
