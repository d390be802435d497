"""What the kit's adapter makes of answers that the mesh does not give."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from botocore.stub import Stubber

from handlers import take_up
from handlers.aws.clients import client
from handlers.aws.consumer_account import OwnAccount
from handlers.aws.kits import payload
from handlers.consumer.ports import Link
from handlers.consumer.refusals import LinkForeign
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.kit_order import KitDeed, KitOrder
from handlers.sharing.model.request import Source
from tests.fakes.world import CENTRAL, CONSUMER
from tests.unit.stubs import error, stubbed

SOURCE = Source("sales", "orders")
LINK = Link("sales__orders", "lakeshare", SOURCE)
TARGET = {"CatalogId": CENTRAL, "DatabaseName": "sales", "Name": "orders"}
OWN = {"CatalogId": CONSUMER, "DatabaseName": "lakeshare", "Name": "sales__orders"}
INVITED = f"arn:aws:ram:us-east-1:{CENTRAL}:resource-share-invitation/1"


@pytest.fixture
def account() -> Iterator[OwnAccount]:
    """The adapter, whose clients are new."""
    client.cache_clear()
    yield OwnAccount(CONSUMER, CENTRAL)
    client.cache_clear()


@pytest.mark.parametrize("table", [TARGET, {**OWN, "TargetTable": TARGET}], ids=["followed", "as-it-is"])
def test_a_link_is_known_however_glue_shows_it(account: OwnAccount, table: dict[str, Any]) -> None:
    with stubbed("glue") as glue:
        glue.add_response("get_table", {"Table": table}, {"DatabaseName": "lakeshare", "Name": "sales__orders"})
        assert account.leads_to(LINK) == SOURCE


@pytest.mark.parametrize(
    "table", [OWN, {**OWN, "TargetTable": {**TARGET, "CatalogId": CONSUMER}}], ids=["no-link", "elsewhere"]
)
def test_what_is_no_link_into_the_central_account_is_foreign(account: OwnAccount, table: dict[str, Any]) -> None:
    with stubbed("glue") as glue:
        glue.add_response("get_table", {"Table": table}, {"DatabaseName": "lakeshare", "Name": "sales__orders"})
        with pytest.raises(LinkForeign):
            account.leads_to(LINK)


def _pending(ram: Stubber) -> None:
    entry = {
        "resourceShareInvitationArn": INVITED,
        "senderAccountId": CENTRAL,
        "status": "PENDING",
        "invitationTimestamp": datetime(2026, 11, 30, tzinfo=UTC),
    }
    ram.add_response("get_resource_share_invitations", {"resourceShareInvitations": [entry]}, {})


@pytest.mark.parametrize(
    "code",
    [
        "ResourceShareInvitationExpiredException",
        "ResourceShareInvitationAlreadyRejectedException",
        "ResourceShareInvitationArnNotFoundException",
    ],
)
def test_an_invitation_that_was_answered_while_it_was_looked_at_is_pending_no_more(
    account: OwnAccount, code: str
) -> None:
    with stubbed("ram") as ram:
        _pending(ram)
        error(ram, "list_pending_invitation_resources", code)
        assert account.invitations() == []


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException"])
def test_what_stops_an_order_is_answered_by_name(
    account: OwnAccount, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    for name, value in {
        "ACCOUNT_ID": CONSUMER,
        "CENTRAL_ACCOUNT_ID": CENTRAL,
        "ALLOWED_DATABASES": '["*"]',
        "ALLOWED_ROLES": "[]",
        "LINK_DATABASE": "lakeshare",
    }.items():
        monkeypatch.setenv(name, value)
    order = KitOrder("r1:1", KitDeed.DELIVER, SOURCE, (Resource("sales", "orders"),))
    with stubbed("ram") as ram:
        error(ram, "get_resource_share_invitations", code)
        answer = take_up.handler(dict(payload(order, CENTRAL)), None)
    reason = "TryAgain" if code == "ThrottlingException" else "AccessRefused"
    assert (answer["state"], [each["reason"] for each in answer["failures"]]) == ("REFUSED", [reason])
