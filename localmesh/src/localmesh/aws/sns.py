"""SNS: mail reaches the mailbox, every subscriber gets it, and subjects are checked.

moto checks only a subject's length, stops at the hundredth subscriber, and confirms every subscription at once. Here
an address stays unconfirmed if its local part begins with ``pending+``, as if nobody had clicked the link, until the
control address confirms it.
"""

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

from localmesh.aws import moto

PENDING = "pending+"
_MAIL = frozenset({"email", "email-json"})
_LONGEST_SUBJECT = 99
_LARGEST_MESSAGE = 262_144
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

Deliver = Callable[[str, str, str, str, str], None]
"""Takes account, topic ARN, address, subject, body."""


def install(deliver: Deliver) -> None:
    """Corrects moto.

    Args:
        deliver: called for each mail.
    """
    models = moto.module("moto.sns.models")
    responses = moto.module("moto.sns.responses")

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
        if is_pending(made) and not wants_arn:
            result.result["SubscriptionArn"] = "pending confirmation"
        return result


def is_pending(subscription: Any) -> bool:
    """Whether nobody has confirmed a subscription."""
    if subscription.protocol not in _MAIL or subscription.attributes.get("ConfirmedOnTheMesh"):
        return False
    return str(subscription.endpoint).startswith(PENDING)


def confirm(account: str, region: str, address: str) -> int:
    """Confirms an address, wherever in an account it waits.

    Returns:
        How many subscriptions it confirmed.
    """
    waiting = [
        each
        for each in moto.backend("sns", account, region).subscriptions.values()
        if each.endpoint == address and is_pending(each)
    ]
    for subscription in waiting:
        subscription.attributes.update(ConfirmedOnTheMesh=True, PendingConfirmation=False)
    return len(waiting)


def _shown(subscription: Any) -> dict[str, str]:
    return {
        "SubscriptionArn": "PendingConfirmation" if is_pending(subscription) else subscription.arn,
        "Owner": subscription.owner,
        "Protocol": subscription.protocol,
        "Endpoint": subscription.endpoint,
        "TopicArn": subscription.topic_arn,
    }
