"""The producers' accounts: their role, and the topic that their approvers subscribe to."""

import hashlib
from functools import partial
from typing import Any

from handlers.aws.clients import answer_unless, client, make_client, translated
from handlers.sharing.model.errors import CannotListApprovers, CannotReachProducer, LakeshareError, TryAgain
from handlers.sharing.model.parties import Producer

ROLE = "ProducerWorkflowRole"
TOPIC = "DataLakeSharingApproval"
_SHORTEST_SESSION_SECONDS = 900
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "AuthorizationError", "AuthorizationErrorException"})


class AssumedProducers:
    """`Producers` through STS."""

    def __init__(self, partition: str, own_region: str) -> None:
        self._partition = partition
        self._region = own_region

    def reach(self, producer: Producer, request_id: str) -> "AssumedProducer":
        """Assume the producer's role, for a quarter of an hour, under a name that leads back to the request."""
        arguments = {
            "RoleArn": f"arn:{self._partition}:iam::{producer.account_id}:role/{ROLE}",
            # A request id may be longer and freer than a session name.
            "RoleSessionName": hashlib.sha256(request_id.encode()).hexdigest()[:32],
            "DurationSeconds": _SHORTEST_SESSION_SECONDS,
        }
        if producer.external_id is not None:
            arguments["ExternalId"] = producer.external_id

        def translate(code: str, _message: str) -> LakeshareError | None:
            if code in _DENIED:
                return CannotReachProducer(
                    f"The role {ROLE} in account {producer.account_id} cannot be assumed. The producer's stack must be "
                    "deployed there, with this central account and the same external id."
                )
            return None

        with translated(f"assume the role of producer {producer.account_id}", translate):
            credentials = client("sts").assume_role(**arguments)["Credentials"]
        region = producer.region or self._region
        sns = make_client(
            "sns",
            region,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )
        return AssumedProducer(producer, sns, f"arn:{self._partition}:sns:{region}:{producer.account_id}:{TOPIC}")


class AssumedProducer:
    """`ProducerAccount` with the credentials of its role."""

    def __init__(self, producer: Producer, sns: Any, topic_arn: str) -> None:
        self._producer = producer
        self._sns = sns
        self._topic = topic_arn

    def approvers(self) -> list[str] | None:
        """Confirmed email subscribers of the topic; `None` if the old producer kit may not list them."""
        found: list[str] = []

        def translate(code: str, message: str) -> LakeshareError | None:
            return self._cannot_list(code, f"AWS says: {message}")

        denied = _DENIED if self._producer.legacy_kit else frozenset[str]()
        token: dict[str, str] = {}
        while True:
            list_page = partial(self._sns.list_subscriptions_by_topic, TopicArn=self._topic, **token)
            try:
                page = answer_unless(denied, list_page, "list the approvers", translate)
            except TryAgain as error:
                raise self._cannot_list("no answer", str(error)) from error
            if page is None:
                return None
            found += [
                each["Endpoint"]
                for each in page["Subscriptions"]
                # A pending subscription says so in place of an ARN.
                if each["Protocol"] in {"email", "email-json"} and each["SubscriptionArn"].startswith("arn:")
            ]
            if not page.get("NextToken"):
                return found
            token = {"NextToken": page["NextToken"]}

    def _cannot_list(self, code: str, more: str) -> CannotListApprovers:
        # Whatever the cause, it is a refusal in the end; the state machine retries this one first.
        return CannotListApprovers(
            f"The subscribers of the approval topic in account {self._producer.account_id} cannot be listed ({code}). "
            f"The producer's stack must be deployed there. {more}"
        )

    def publish(self, subject: str, body: str) -> None:
        """Send a mail to all subscribers."""

        def translate(code: str, message: str) -> LakeshareError | None:
            if code in _DENIED or code in {"NotFound", "NotFoundException"} or code.startswith("KMS"):
                if code in {"KMSThrottling", "KMSThrottlingException"}:
                    return TryAgain("AWS KMS was busy when Lakeshare tried to send the mail.")
                return CannotReachProducer(
                    f"The approval topic in account {self._producer.account_id} does not take the mail ({code}). The "
                    f"producer's stack must be deployed there; AWS says: {message}"
                )
            return None

        with translated("send the mail", translate):
            self._sns.publish(TopicArn=self._topic, Subject=subject, Message=body)
