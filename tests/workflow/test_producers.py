"""What the producer's account may lack: confirmed subscribers, its role, its topic; or it runs the old kit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from uuid import uuid4

import pytest

from tests.workflow.catalogue import column
from tests.workflow.driver import OLD_KIT, REVIEWS, ROHAN, SELECT_AND_DESCRIBE, Asked, Mesh, wait_until
from tests.workflow.refusing import was_refused

AMIR = "amir.haddad@example.org"
TOPIC = f"arn:aws:sns:us-east-1:{REVIEWS}:DataLakeSharingApproval"


@contextmanager
def subscribers(mesh: Mesh, *addresses: tuple[str, str]) -> Iterator[None]:
    """The topic of the reviews' owner has these subscribers only, each a protocol and an address, meanwhile."""
    sns = mesh.client("sns", REVIEWS)
    for each in sns.list_subscriptions_by_topic(TopicArn=TOPIC)["Subscriptions"]:
        sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])
    made = [
        sns.subscribe(TopicArn=TOPIC, Protocol=protocol, Endpoint=address, ReturnSubscriptionArn=True)
        for protocol, address in addresses
    ]
    try:
        yield
    finally:
        for each in made:
            sns.unsubscribe(SubscriptionArn=each["SubscriptionArn"])
        sns.subscribe(TopicArn=TOPIC, Protocol="email", Endpoint=ROHAN)


@pytest.mark.parametrize("pending", [False, True])
def test_without_a_confirmed_subscriber_a_request_is_refused_at_once(mesh: Mesh, pending: bool) -> None:
    addresses = [("email", "pending+nobody@example.org")] if pending else []
    with subscribers(mesh, *addresses):
        request, finished = mesh.ask("amazon", "*", mesh.new_account())
    was_refused(mesh, finished, "NoApprovers")
    assert mesh.mails(about=request) == []
    assert mesh.event_types(request) == ["RequestReceived", "RequestRefused"]


def test_every_confirmed_subscriber_is_mailed_and_may_decide(mesh: Mesh) -> None:
    more = f"{uuid4().hex[:8]}@example.org"
    with subscribers(mesh, ("email", ROHAN), ("email", more), ("email", f"pending+{more}")):
        asked = mesh.ask_owner("amazon", "*", mesh.new_account())
        assert {mail["to"] for mail in mesh.mails(about=asked.arn)} == {ROHAN, more}
        assert mesh.post(asked.deny, email=f"pending+{more}").status == 403
        assert mesh.decide(asked, "deny", more).end == ("DENIED", "Denied")
    assert mesh.register_item(asked.arn)["decision"]["approver"] == more


def test_who_subscribes_after_the_mail_may_not_decide_on_it(mesh: Mesh) -> None:
    late = f"{uuid4().hex[:8]}@example.org"
    asked = mesh.ask_owner("amazon", "*", mesh.new_account())
    with subscribers(mesh, ("email", late)):
        assert mesh.post(asked.deny, email=late).status == 403
        assert mesh.decide(asked, "deny", ROHAN).end == ("DENIED", "Denied")


@pytest.mark.parametrize(
    ("service", "operation", "code", "reason"),
    [
        ("sts", "AssumeRole", "AccessDenied", "CannotReachProducer"),
        ("sns", "ListSubscriptionsByTopic", "AuthorizationError", "CannotListApprovers"),
        ("sns", "Publish", "AuthorizationError", "CannotReachProducer"),
        ("sns", "Publish", "NotFound", "CannotReachProducer"),
    ],
)
def test_a_producer_out_of_reach_is_a_refusal_by_name(
    mesh: Mesh, service: str, operation: str, code: str, reason: str
) -> None:
    with mesh.fault(service, operation, code, http_status=403, match=operation):
        request, finished = mesh.ask("amazon", "*", mesh.new_account())
    assert REVIEWS in was_refused(mesh, finished, reason)["message"]
    assert mesh.mails(about=request) == []


def test_a_list_of_subscribers_that_fails_once_is_asked_for_again(mesh: Mesh) -> None:
    with mesh.fault("sns", "ListSubscriptionsByTopic", "AuthorizationError", http_status=403, times=1):
        asked = mesh.ask_owner("amazon", "*", mesh.new_account())
    assert mesh.post(asked.deny, email="whoever@example.net").status == 403
    assert mesh.decide(asked, "deny", ROHAN).end == ("DENIED", "Denied")


# --- the old producer kit ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def archive(mesh: Mesh) -> str:
    mesh.catalogue.add_database("archive", owner=OLD_KIT)
    mesh.catalogue.add_table("archive", "letters", [column("writer", pii_flag="true")])
    return "archive"


@pytest.fixture
def asked(mesh: Mesh, archive: str) -> Asked:
    return mesh.ask_owner(archive, "letters", mesh.new_account())


def test_the_old_kit_is_mailed_although_it_may_not_list_its_subscribers(mesh: Mesh, asked: Asked) -> None:
    assert (asked.mail["to"], asked.mail["account_id"]) == (AMIR, OLD_KIT)
    requested = wait_until(lambda: mesh.events(asked.arn)[1:], what="the event that the mail is out")[0]
    assert requested["detail-type"] == "ApprovalRequested"
    assert "approvers" not in requested["detail"]


def test_the_old_kit_takes_any_well_formed_address_and_records_that_it_was_not_verified(
    mesh: Mesh, asked: Asked
) -> None:
    account = mesh.register_item(asked.arn)["consumer_account"]
    assert mesh.post(asked.approve, email="not an address").status == 400
    assert mesh.decide(asked, "approve", "whoever@example.net").end == ("SHARED", None)
    decision = mesh.register_item(asked.arn)["decision"]
    assert (decision["approver"], decision["decided_by"]) == ("whoever@example.net", "unverified")
    assert mesh.grants(account) == {"archive.letters": SELECT_AND_DESCRIBE}


def test_with_the_old_kit_nobody_learns_who_decided_by_typing_any_address(mesh: Mesh, asked: Asked) -> None:
    mesh.decide(asked, "deny", AMIR)
    reply = mesh.post(asked.deny, email="whoever@example.net")
    assert (reply.status, reply.title) == (409, "This request was already denied.")
    assert "a…@example.org (address not verified)" in reply.text
    assert AMIR not in reply.body
