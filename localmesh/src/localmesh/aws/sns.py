"""SNS: mail reaches the mailbox, every subscriber gets it, and subjects are checked.

moto checks only a subject's length, stops at the hundredth subscriber, and confirms every subscription at once. Here
an address whose local part begins with ``pending+`` is mailed a link, as every one is on AWS, and gets nothing else
until somebody opens it, or calls `ConfirmSubscription` with the token in it.
"""

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

from localmesh.aws import moto

PENDING = "pending+"
_TOKEN, _CONFIRMED = "token_on_the_mesh", "ConfirmedOnTheMesh"
_SUBJECT = "AWS Notification - Subscription Confirmation"
_MAIL = frozenset({"email", "email-json"})
_LONGEST_SUBJECT = 99
_LARGEST_MESSAGE = 262_144
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

Deliver = Callable[[str, str, str, str, str], None]
"""Takes account, topic ARN, address, subject, body."""


def install(deliver: Deliver, url: str) -> None:
    """Corrects moto.

    Args:
        deliver: called for each mail.
        url: the address of AWS, which links to confirm lead to.
    """
    models = moto.module("moto.sns.models")
    responses = moto.module("moto.sns.responses")
    action_result = moto.module("moto.core.responses").ActionResult

    @moto.correct(models.Subscription, "publish")
    def _publish(original: Any, self: Any, message: str, message_id: str, **kwargs: Any) -> None:
        if self.protocol not in _MAIL:
            original(self, message, message_id, **kwargs)
            return
        matcher = self._filter_policy_matcher
        if is_pending(self) or (matcher is not None and not matcher.matches(kwargs.get("message_attributes"), message)):
            return
        if kwargs.get("message_structure") == "json":
            message = self._parse_message_structure(message, self.protocol)
        subject = kwargs.get("subject") or "AWS Notification Message"
        deliver(self.topic.account_id, self.topic.arn, self.endpoint, subject, message)

    def publish_topic(self: Any, message: str, subject: str | None = None, **rest: Any) -> str:
        # moto serves the first page of subscribers, which is 100.
        message_id = str(uuid4())
        for each in [each for each in list(self.sns_backend.subscriptions.values()) if each.topic is self]:
            each.publish(message, message_id, subject=subject, **rest)
        return message_id

    models.Topic.publish = publish_topic

    @moto.correct(models.SNSBackend, "publish")
    def _check(original: Any, self: Any, message: str, *args: Any, **kwargs: Any) -> Any:
        subject = kwargs.get("subject")
        if subject is not None and (not 1 <= len(subject) <= _LONGEST_SUBJECT or _CONTROL.search(subject)):
            raise models.SNSInvalidParameter("Invalid parameter: Subject")
        if not message:
            raise models.SNSInvalidParameter("Invalid parameter: Empty message")
        if len(message.encode()) > _LARGEST_MESSAGE:
            raise models.SNSInvalidParameter("Invalid parameter: Message too long")
        return original(self, message, *args, **kwargs)

    for name in ("list_subscriptions", "list_subscriptions_by_topic"):

        @moto.correct(responses.SNSResponse, name)
        def _list(original: Any, self: Any) -> Any:
            result = original(self)
            result.result["Subscriptions"] = [_shown(each) for each in result.result["Subscriptions"]]
            return result

    @moto.correct(responses.SNSResponse, "subscribe")
    def _subscribe(original: Any, self: Any) -> Any:
        result = original(self)
        wants_arn = str(self._get_param("ReturnSubscriptionArn")).lower() == "true"
        made = self.backend.subscriptions[result.result["SubscriptionArn"]]
        made.attributes["PendingConfirmation"] = is_pending(made)
        if is_pending(made):
            token = _token(made) or uuid4().hex * 4
            setattr(made, _TOKEN, token)  # none of its attributes: those are shown
            deliver(
                made.topic.account_id, made.topic.arn, made.endpoint, _SUBJECT, _invitation(url, made.topic.arn, token)
            )
            if not wants_arn:
                result.result["SubscriptionArn"] = "pending confirmation"
        return result

    def confirm_subscription(self: Any) -> Any:
        arn, token = str(self._get_param("TopicArn")), self._get_param("Token")
        # A link is not signed: it is the topic that says whose it is.
        topic = self.backend.get_topic(arn)
        held = moto.backend("sns", topic.account_id, self.region).subscriptions.values()
        made = next((each for each in held if each.topic is topic and token and _token(each) == token), None)
        if made is None:
            raise models.SNSInvalidParameter("Invalid token")
        made.attributes.update({_CONFIRMED: True, "PendingConfirmation": False})
        return action_result({"SubscriptionArn": made.arn})

    responses.SNSResponse.confirm_subscription = confirm_subscription


def is_pending(subscription: Any) -> bool:
    """Whether nobody has confirmed a subscription."""
    if subscription.protocol not in _MAIL or subscription.attributes.get(_CONFIRMED):
        return False
    return str(subscription.endpoint).startswith(PENDING)


def _token(subscription: Any) -> str:
    return getattr(subscription, _TOKEN, "")


def _invitation(url: str, topic_arn: str, token: str) -> str:
    link = f"{url}/?{urlencode({'Action': 'ConfirmSubscription', 'TopicArn': topic_arn, 'Token': token})}"
    return (
        f"You have chosen to subscribe to the topic:\n{topic_arn}\n\n"
        f"To confirm this subscription, visit the link below (if this was in error no action is necessary):\n{link}\n"
    )


def _shown(subscription: Any) -> dict[str, str]:
    return {
        "SubscriptionArn": "PendingConfirmation" if is_pending(subscription) else subscription.arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic_arn,
    }
