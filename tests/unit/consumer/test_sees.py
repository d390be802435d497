"""What Glue's refusals mean to a kit: what it does not see, and a key that it may not use."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from handlers.aws import consumer_account
from handlers.aws.consumer_account import OwnAccount
from handlers.consumer.refusals import CatalogueKeyNotUsable
from handlers.consumer.take_up import State
from handlers.sharing.model.errors import TryAgain
from handlers.sharing.model.grants import Resource
from tests.unit.consumer.test_order import CENTRAL, ORDER, OWN
from tests.unit.consumer.test_take_up import account, done

NO_KMS = "User is not authorized to perform: kms:Decrypt on resource: arn:aws:kms:us-east-1:123456789012:key/0a"


class Glue:
    """Glue that refuses all."""

    def __init__(self, code: str, message: str) -> None:
        self._error = ClientError({"Error": {"Code": code, "Message": message}}, "GetTable")

    def get_table(self, **_: object) -> Any:
        raise self._error

    get_database = get_table


def own(monkeypatch: pytest.MonkeyPatch, code: str, message: str) -> OwnAccount:
    monkeypatch.setattr(consumer_account, "client", lambda _: Glue(code, message))
    return OwnAccount(OWN, CENTRAL)


@pytest.mark.parametrize("resource", [Resource("retail"), Resource("retail", "customer")])
@pytest.mark.parametrize("code", ["EntityNotFoundException", "AccessDeniedException"])
def test_what_is_not_shown(monkeypatch: pytest.MonkeyPatch, code: str, resource: Resource) -> None:
    assert own(monkeypatch, code, "Insufficient Lake Formation permission(s)").sees(resource) is False


@pytest.mark.parametrize("resource", [Resource("retail"), Resource("retail", "customer")])
@pytest.mark.parametrize("code", ["GlueEncryptionException", "AccessDeniedException"])
def test_a_key_that_it_may_not_use(monkeypatch: pytest.MonkeyPatch, code: str, resource: Resource) -> None:
    with pytest.raises(CatalogueKeyNotUsable, match="catalogKmsKeyArn"):
        own(monkeypatch, code, NO_KMS).sees(resource)


def test_what_passes_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TryAgain):
        own(monkeypatch, "ThrottlingException", "slow down").sees(Resource("retail"))


def test_it_is_named_on_the_delivery() -> None:
    there = account(key=False)
    outcome = done(ORDER, there)
    assert (outcome.state, [each.reason for each in outcome.failures]) == (State.INVITED, ["CatalogueKeyNotUsable"])
    assert there.granted == {}
