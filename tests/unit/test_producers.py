"""Producer accounts: the role that is assumed, the subscribers that count, and what failures mean."""

import hashlib
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import ANY, Stubber

from handlers.aws import producers as module
from handlers.aws.producers import AssumedProducer, AssumedProducers
from handlers.sharing.model.errors import CannotListApprovers, CannotReachProducer, LakeshareError, TryAgain
from handlers.sharing.model.parties import Producer
from tests.fakes.world import OWNER
from tests.unit.stubs import OUTAGES, error, stubbed

TOPIC = f"arn:aws:sns:us-east-1:{OWNER}:DataLakeSharingApproval"
CREDENTIALS = {
    "AccessKeyId": "A" * 20,
    "SecretAccessKey": "secret",
    "SessionToken": "session",
    "Expiration": "2026-11-24T09:15:00Z",
}
CONFIRMED = f"{TOPIC}:0b1c"


@pytest.fixture
def sts() -> Iterator[Stubber]:
    with stubbed("sts") as stub:
        yield stub


@pytest.fixture
def sns() -> Iterator[Stubber]:
    with Stubber(boto3.client("sns", region_name="us-east-1")) as stub:
        yield stub
    stub.assert_no_pending_responses()


def account(sns: Stubber, *, legacy: bool = False) -> AssumedProducer:
    return AssumedProducer(Producer(OWNER, legacy_kit=legacy), sns.client, TOPIC)


def subscription(address: str, protocol: str = "email", arn: str = CONFIRMED) -> dict[str, str]:
    return {"Endpoint": address, "Protocol": protocol, "SubscriptionArn": arn, "TopicArn": TOPIC, "Owner": OWNER}


# --- the role ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("request_id", ["r1", "x" * 80, "ünïcode: name", "a" * 64])
@pytest.mark.parametrize("external_id", [None, "one-secret"])
def test_the_role_is_assumed(
    sts: Stubber, monkeypatch: pytest.MonkeyPatch, request_id: str, external_id: str | None
) -> None:
    made: list[tuple[Any, ...]] = []
    monkeypatch.setattr(module, "make_client", lambda *arguments, **credentials: made.append((arguments, credentials)))
    expected = {
        "RoleArn": f"arn:aws-cn:iam::{OWNER}:role/ProducerWorkflowRole",
        "RoleSessionName": hashlib.sha256(request_id.encode()).hexdigest()[:32],
        "DurationSeconds": 900,
        **({"ExternalId": external_id} if external_id else {}),
    }
    sts.add_response("assume_role", {"Credentials": CREDENTIALS}, expected)
    AssumedProducers("aws-cn", "us-east-1").reach(Producer(OWNER, external_id, region="eu-west-1"), request_id)
    ((arguments, credentials),) = made
    assert arguments == ("sns", "eu-west-1")
    assert credentials["aws_session_token"] == "session"


def test_the_stacks_own_region_unless_told(sts: Stubber) -> None:
    sts.add_response(
        "assume_role", {"Credentials": CREDENTIALS}, {"RoleArn": ANY, "RoleSessionName": ANY, "DurationSeconds": ANY}
    )
    reached = AssumedProducers("aws", "ap-south-1").reach(Producer(OWNER), "r1")
    assert reached._topic == f"arn:aws:sns:ap-south-1:{OWNER}:DataLakeSharingApproval"
    assert reached._sns.meta.region_name == "ap-south-1"


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [("AccessDenied", 403, CannotReachProducer), *((code, status, TryAgain) for code, status in OUTAGES)],
)
def test_a_role_out_of_reach(sts: Stubber, code: str, status: int, expected: type[LakeshareError]) -> None:
    error(sts, "assume_role", code, "no", status)
    with pytest.raises(expected, match=OWNER):
        AssumedProducers("aws", "us-east-1").reach(Producer(OWNER, "one-secret"), "r1")


# --- the subscribers --------------------------------------------------------------------------------------------


def test_confirmed_email_subscribers_of_all_pages(sns: Stubber) -> None:
    first = [
        subscription("jane@owner.example"),
        subscription("pending@owner.example", arn="PendingConfirmation"),
        subscription("gone@owner.example", arn="Deleted"),
        subscription("arn:aws:sqs:us-east-1:111111111111:chat", "sqs"),
        subscription("+491511234567", "sms"),
    ]
    second = [subscription("bob@owner.example", "email-json")]
    sns.add_response("list_subscriptions_by_topic", {"Subscriptions": first, "NextToken": "more"}, {"TopicArn": TOPIC})
    sns.add_response("list_subscriptions_by_topic", {"Subscriptions": second}, {"TopicArn": TOPIC, "NextToken": "more"})
    assert account(sns).approvers() == ["jane@owner.example", "bob@owner.example"]


def test_nobody(sns: Stubber) -> None:
    sns.add_response("list_subscriptions_by_topic", {"Subscriptions": []})
    assert account(sns).approvers() == []


@pytest.mark.parametrize("code", ["AuthorizationError", "AccessDenied", "AccessDeniedException"])
def test_only_the_old_kit_may_refuse_the_list(sns: Stubber, code: str) -> None:
    error(sns, "list_subscriptions_by_topic", code, "no", 403)
    assert account(sns, legacy=True).approvers() is None
    error(sns, "list_subscriptions_by_topic", code, "no", 403)
    with pytest.raises(CannotListApprovers, match=OWNER):
        account(sns).approvers()


@pytest.mark.parametrize("legacy", [True, False])
@pytest.mark.parametrize(("code", "status"), [("NotFound", 404), ("InvalidParameter", 400), *OUTAGES])
def test_any_other_failure_refuses_in_the_end(sns: Stubber, code: str, status: int, *, legacy: bool) -> None:
    """Also of the old kit: an outage must not weaken the check. The state machine retries this error first."""
    error(sns, "list_subscriptions_by_topic", code, "because", status)
    with pytest.raises(CannotListApprovers):
        account(sns, legacy=legacy).approvers()


def test_no_answer_at_all(sns: Stubber, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_arguments: str) -> None:
        raise EndpointConnectionError(endpoint_url="https://sns.example")

    monkeypatch.setattr(sns.client, "list_subscriptions_by_topic", fail)
    with pytest.raises(CannotListApprovers):
        account(sns, legacy=True).approvers()


# --- the mail ---------------------------------------------------------------------------------------------------


def test_the_mail(sns: Stubber) -> None:
    sns.add_response("publish", {}, {"TopicArn": TOPIC, "Subject": "Please", "Message": "body"})
    account(sns).publish("Please", "body")


@pytest.mark.parametrize(
    ("code", "status", "expected"),
    [
        ("AuthorizationError", 403, CannotReachProducer),
        ("NotFound", 404, CannotReachProducer),
        ("KMSAccessDenied", 400, CannotReachProducer),
        ("KMSDisabled", 400, CannotReachProducer),
        ("KMSThrottling", 400, TryAgain),
        ("KMSThrottlingException", 400, TryAgain),
        *((code, status, TryAgain) for code, status in OUTAGES),
    ],
)
def test_a_mail_that_does_not_go_out(sns: Stubber, code: str, status: int, expected: type[LakeshareError]) -> None:
    error(sns, "publish", code, "because", status)
    with pytest.raises(expected):
        account(sns).publish("Please", "body")
