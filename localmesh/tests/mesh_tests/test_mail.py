"""What SNS mails, and the mailbox that it lands in."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from botocore.exceptions import ClientError

from mesh_tests.harness import RunningMesh, fetch

OWN_MESH = True
"""It counts all mails."""


@pytest.fixture
def topic(mesh: RunningMesh, request: pytest.FixtureRequest) -> str:
    fetch(mesh.description["mailbox_url"] + "/messages.json", "DELETE")
    name = "".join(each for each in request.node.name if each.isalnum())[:200]
    return str(mesh.client("sns").create_topic(Name=name)["TopicArn"])


def subscribe(mesh: RunningMesh, topic: str, *addresses: str) -> list[str]:
    sns = mesh.client("sns")
    return [
        sns.subscribe(TopicArn=topic, Protocol="email", Endpoint=address)["SubscriptionArn"] for address in addresses
    ]


def test_everybody_gets_the_mail_newest_first(mesh: RunningMesh, topic: str) -> None:
    sns = mesh.client("sns")
    subscribe(mesh, topic, *(f"p{number}@example.org" for number in range(130)))
    sns.publish(TopicArn=topic, Subject="first", Message="one")
    sns.publish(TopicArn=topic, Subject="second", Message="two\nlines: ü")
    mails = mesh.mails()
    assert len(mails) == 260
    assert {mail["subject"] for mail in mails[:130]} == {"second"}
    mail = mails[0]
    assert set(mail) == {"id", "account_id", "topic_arn", "to", "subject", "body", "sent_at"}
    assert (mail["account_id"], mail["topic_arn"], mail["body"]) == ("123456789012", topic, "two\nlines: ü")
    assert len({mail["to"] for mail in mails}) == 130
    listed = [
        each
        for page in sns.get_paginator("list_subscriptions_by_topic").paginate(TopicArn=topic)
        for each in page["Subscriptions"]
    ]
    assert len(listed) == 130


@pytest.mark.parametrize("subject", ["x" * 100, "a\nb", "a\rb", "tab\t", "\x7f", "line\u2028separator"])
def test_subjects_that_sns_refuses(mesh: RunningMesh, topic: str, subject: str) -> None:
    subscribe(mesh, topic, "a@example.org")
    with pytest.raises(ClientError, match="InvalidParameter"):
        mesh.client("sns").publish(TopicArn=topic, Subject=subject, Message="x")
    assert mesh.mails() == []


def test_messages_are_measured_in_bytes(mesh: RunningMesh, topic: str) -> None:
    subscribe(mesh, topic, "a@example.org")
    sns = mesh.client("sns")
    with pytest.raises(ClientError, match="InvalidParameter"):
        sns.publish(TopicArn=topic, Message="ü" * 131_073)
    sns.publish(TopicArn=topic, Message="ü" * 131_072)
    assert len(mesh.mails()) == 1


@pytest.mark.parametrize("by", ["link", "call"])
def test_a_pending_subscriber_gets_nothing_until_confirmed(mesh: RunningMesh, topic: str, by: str) -> None:
    sns = mesh.client("sns")
    assert subscribe(mesh, topic, "pending+a@example.org", "pending+b@example.org") == ["pending confirmation"] * 2
    sns.publish(TopicArn=topic, Message="x")
    invitations = {mail["to"]: mail for mail in mesh.mails()}
    assert len(mesh.mails()) == len(invitations) == 2
    mail = invitations["pending+a@example.org"]
    assert mail["subject"] == "AWS Notification - Subscription Confirmation"
    link = mail["body"].split()[-1]

    def arns() -> Any:
        return [each["SubscriptionArn"] for each in sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]]

    assert arns() == ["PendingConfirmation"] * 2
    with pytest.raises(ClientError, match="Invalid token"):
        sns.confirm_subscription(TopicArn=topic, Token="made-up")
    if by == "link":
        assert fetch(link)[0] == 200
    else:
        token = parse_qs(urlsplit(link).query)["Token"][0]
        assert sns.confirm_subscription(TopicArn=topic, Token=token)["SubscriptionArn"].startswith(topic)
    confirmed, other = arns()
    assert confirmed.startswith(topic)
    assert other == "PendingConfirmation", "nobody else is confirmed with it"
    sns.publish(TopicArn=topic, Message="x")
    assert [mail["to"] for mail in mesh.mails()[:-2]] == ["pending+a@example.org"]


def test_the_page_escapes_and_links(mesh: RunningMesh, topic: str) -> None:
    url = mesh.description["mailbox_url"]
    assert "No mail yet" in fetch(url)[1]
    subscribe(mesh, topic, "a@example.org")
    body = 'See <script>alert("x")</script> & "quotes"\n\nhttp://127.0.0.1:1/a?b=c&d=e.\n(https://example.org/x)'
    mesh.client("sns").publish(TopicArn=topic, Subject="<b>bold</b>", Message=body)
    status, page, headers = fetch(url)
    assert status == 200
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "&lt;b&gt;bold&lt;/b&gt;" in page
    assert '<a href="http://127.0.0.1:1/a?b=c&amp;d=e" ' in page
    assert '<a href="https://example.org/x" ' in page
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert fetch(url + "/nothing")[0] == 404
