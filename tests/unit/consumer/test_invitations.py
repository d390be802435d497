"""What invitations of AWS RAM are taken for: of the central account, and of its catalogue, or strange."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from handlers.aws import consumer_invitations
from handlers.aws.consumer_account import OwnAccount
from handlers.consumer.ports import Invitation, InvitationStatus
from tests.unit.consumer.test_order import CENTRAL, OTHER, OWN

GLUE = f"arn:aws:glue:eu-central-1:{CENTRAL}"


class Ram:
    """AWS RAM as it answers: an invitation of each of some senders, with these resources in it, one a page."""

    def __init__(self, *arns: str, status: str = "PENDING", senders: tuple[str, ...] = (CENTRAL,)) -> None:
        self.arns, self.status, self.senders, self.looked_into = arns, status, senders, list[str]()

    def get_resource_share_invitations(self) -> dict[str, Any]:
        at = datetime.fromtimestamp(9, UTC)
        sent = [
            {
                "resourceShareInvitationArn": f"of {each}",
                "senderAccountId": each,
                "status": self.status,
                "invitationTimestamp": at,
            }
            for each in self.senders
        ]
        return {"resourceShareInvitations": sent}

    def list_pending_invitation_resources(self, **given: Any) -> dict[str, Any]:
        self.looked_into.append(given["resourceShareInvitationArn"])
        at = int(given.get("nextToken", 0))
        more = {"nextToken": str(at + 1)} if at + 1 < len(self.arns) else {}
        return {"resources": [{"arn": each} for each in self.arns[at : at + 1]], **more}


def invitations(monkeypatch: pytest.MonkeyPatch, ram: Ram) -> list[Invitation]:
    monkeypatch.setattr(consumer_invitations, "client", lambda _: ram)
    return [*OwnAccount(OWN, CENTRAL).invitations()]


def test_what_is_of_the_catalogue_is_known_by_its_databases(monkeypatch: pytest.MonkeyPatch) -> None:
    ram = Ram(f"{GLUE}:catalog", f"{GLUE}:database/retail", f"{GLUE}:table/sales/orders", f"{GLUE}:table/sales/*")
    (found,) = invitations(monkeypatch, ram)
    assert (found.databases, found.strange) == ({"retail", "sales"}, ())


@pytest.mark.parametrize(
    "arn",
    [
        "arn:aws:ec2:eu-central-1:123456789012:subnet/subnet-1",
        f"arn:aws:glue:eu-central-1:{OTHER}:database/retail",
        f"{GLUE}:userDefinedFunction/retail/f",
        f"{GLUE}:database/retail/x",
        f"{GLUE}:table/retail/x/y",
        f"{GLUE}:database",
        f"{GLUE}:",
        "nothing of the kind",
        "",
    ],
)
def test_all_else_is_strange(monkeypatch: pytest.MonkeyPatch, arn: str) -> None:
    (found,) = invitations(monkeypatch, Ram(f"{GLUE}:database/retail", arn))
    assert (found.databases, found.strange) == ({"retail"}, (arn,))


def test_of_others_nothing_is_looked_into(monkeypatch: pytest.MonkeyPatch) -> None:
    ram = Ram(f"{GLUE}:database/retail", senders=(OTHER, CENTRAL))
    assert [each.arn for each in invitations(monkeypatch, ram)] == [f"of {CENTRAL}"]
    assert ram.looked_into == [f"of {CENTRAL}"]


@pytest.mark.parametrize("status", ["ACCEPTED", "REJECTED", "EXPIRED"])
def test_nor_into_what_waits_no_more(monkeypatch: pytest.MonkeyPatch, status: str) -> None:
    ram = Ram(f"{GLUE}:database/retail", status=status)
    assert invitations(monkeypatch, ram) == [Invitation(f"of {CENTRAL}", InvitationStatus(status), sent=9)]
    assert ram.looked_into == []


def test_a_status_that_nobody_knows_is_no_invitation(monkeypatch: pytest.MonkeyPatch) -> None:
    assert invitations(monkeypatch, Ram(status="ODD")) == []
