"""`lakeshare-accept` before it reaches AWS: what whoever runs it has to bring, and is told if it is not there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, SSOTokenLoadError

from handlers.aws import clients, consumer_account
from handlers.aws.consumer_account import OwnAccount
from handlers.consumer.ports import Link
from handlers.consumer.refusals import (
    DatabaseNotAllowed,
    KitRefusal,
    NotAdministrator,
    OrderMalformed,
    RoleNotAllowed,
    StrangeSender,
)
from handlers.sharing.model.request import Source
from tools import accept

ARGUMENTS = ["retail.customer", "--central", "123456789012", "--role", "analyst"]


@pytest.fixture(autouse=True)
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: object) -> Iterator[None]:
    """A machine on which nobody is signed in."""
    for name in (
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_PROFILE",
        "AWS_DEFAULT_REGION",
    ):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, f"{tmp_path}/none")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    # Who was signed in before, in this process.
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    clients.client.cache_clear()
    yield
    clients.client.cache_clear()


def failed(capsys: pytest.CaptureFixture[str]) -> tuple[str, str]:
    """The reason, and what to do."""
    assert accept.main(ARGUMENTS) == 1
    reason, *cure = capsys.readouterr().err.splitlines()
    return reason.partition(":")[0], "".join(cure)


def test_no_region(capsys: pytest.CaptureFixture[str]) -> None:
    assert failed(capsys) == ("RegionMissing", f"  -> {accept.NEXT['RegionMissing']}")


def test_no_credentials(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    assert failed(capsys) == ("CredentialsMissing", f"  -> {accept.NEXT['CredentialsMissing']}")


def test_a_profile_that_is_not_there(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_PROFILE", "consumer")
    assert failed(capsys)[0] == "CredentialsMissing"


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (
            ClientError({"Error": {"Code": "ExpiredToken", "Message": "It is over."}}, "GetCallerIdentity"),
            "CredentialsMissing",
        ),
        (SSOTokenLoadError(error_msg="Token has expired"), "CredentialsMissing"),
        (EndpointConnectionError(endpoint_url="https://sts"), "TryAgain"),
        (ClientError({"Error": {"Code": "Odd", "Message": "What nobody knows."}}, "GetCallerIdentity"), "Odd"),
    ],
)
def test_what_aws_says(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, error: Exception, reason: str
) -> None:
    class Sts:
        def get_caller_identity(self) -> None:
            raise error

    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-central-1")
    monkeypatch.setattr(accept, "client", lambda _: Sts())
    assert failed(capsys)[0] == reason


NEVER = {OrderMalformed, StrangeSender, DatabaseNotAllowed, RoleNotAllowed}
"""Its order and its rules are made of the same arguments; a role that is none of the account's is said as it is."""
REFUSALS = sorted(each.__name__ for each in {*KitRefusal.__subclasses__()} - NEVER)


@pytest.mark.parametrize("reason", REFUSALS)
def test_of_each_refusal_it_is_said_what_to_do(reason: str) -> None:
    assert accept.NEXT[reason]


def test_who_has_no_kit_is_told_of_none(monkeypatch: pytest.MonkeyPatch) -> None:
    class Denies:
        def __getattr__(self, name: str) -> Callable[..., None]:
            def call(**_: object) -> None:
                raise ClientError({"Error": {"Code": "AccessDeniedException", "Message": "No."}}, name)

            return call

    monkeypatch.setattr(consumer_account, "client", lambda _: Denies())
    account, link = OwnAccount("999999999999", "123456789012"), Link("a", "lakeshare", Source("retail", "a"))
    for act in (lambda: account.make(link), lambda: account.grant_link("arn:role", link)):
        with pytest.raises(NotAdministrator) as refused:
            act()
        assert "That takes a data lake administrator of this account" in str(refused.value)
        assert not re.search("Its role|[Tt]he kit", str(refused.value))
