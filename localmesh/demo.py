"""Who takes part on the local mesh, and how their stacks are configured."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localmesh.aws import moto, principals
from localmesh.aws.calls import DEFAULT_REGION

REGION = DEFAULT_REGION
CENTRAL = "123456789012"
"""moto's default account: whoever calls with made-up credentials acts in it."""
CONSUMER = "999999999999"
"""An account to share with; nothing is deployed there."""


@dataclass(frozen=True)
class Producer:
    """A producer account.

    Attributes:
        id: 12 digits.
        name: what people call it.
        approver: whose mailbox gets the mails.
        registered: whether the central stack knows it.
        external_id: what its role asks for, if it does.
        legacy_kit: whether it runs the old producer kit.
    """

    id: str
    name: str
    approver: str
    registered: bool = True
    external_id: str | None = None
    legacy_kit: bool = False


PRODUCERS = (
    Producer("111111111111", "Store Operations", "olga.marin@example.org", external_id="lakeshare-store-operations"),
    Producer("222222222222", "Reviews and Transport", "rohan.iyer@example.org"),
    Producer("333333333333", "Weather Service", "wanda.koch@example.org", registered=False),
    Producer("444444444444", "Archive", "amir.haddad@example.org", legacy_kit=True),
)


@dataclass(frozen=True)
class PortalUser:
    """Somebody who may sign in to the portal.

    Attributes:
        username: what they sign in with.
        email: their address.
        auditor: whether they see everybody's requests.
    """

    username: str
    email: str
    auditor: bool = False


PORTAL_USERS = (
    PortalUser("alex", "alex@consumer.example"),
    PortalUser("audit", "audit@consumer.example", auditor=True),
)
PAGE = Path(__file__).resolve().parent.parent / "portal" / "dist" / "index.html"
"""The built page; without it there is no portal."""
NAMES: Mapping[str, str] = {CENTRAL: "central", **{each.id: each.name for each in PRODUCERS}}


@dataclass(frozen=True)
class StackPlan:
    """A stack to deploy.

    Attributes:
        name: of the stack.
        account: that it is deployed into.
        config: as in its stack file.
    """

    name: str
    account: str
    config: Mapping[str, object]


def with_portal(config: Mapping[str, object]) -> bool:
    """Whether there is a portal: where the page was built, unless the central stack is told otherwise.

    Args:
        config: keys of the central stack, over the demo's.
    """
    return bool(config.get("portal", PAGE.is_file()))


def stacks(approval_timeout: str, config: Mapping[str, object]) -> Sequence[StackPlan]:
    """The stacks of the demo: central first, then every producer that does not run the old kit.

    Args:
        approval_timeout: a duration, such as ``7d``.
        config: keys of the central stack, over the demo's.
    """
    central = StackPlan(
        "central",
        CENTRAL,
        {
            "aws:region": REGION,
            "role": "central",
            "accountId": CENTRAL,
            "producers": [_registration(each) for each in PRODUCERS if each.registered],
            "approvalTimeout": approval_timeout,
            "wildcardOnApproval": True,
            "deletionProtection": False,
            **(_portal() if with_portal(config) else {}),
            **config,
        },
    )
    return (central, *(_producer_stack(each) for each in PRODUCERS if not each.legacy_kit))


def _portal() -> dict[str, object]:
    return {
        "portal": True,
        "portalDomainPrefix": "lakeshare-demo",
        "portalAuditorsGroup": "auditors",
        # Where Vite serves the page while somebody works on it: `npm run dev`.
        "portalOtherPages": ["http://localhost:5173"],
        "portalUsers": [
            {"username": each.username, "email": each.email, **({"auditor": True} if each.auditor else {})}
            for each in PORTAL_USERS
        ],
    }


def _registration(producer: Producer) -> dict[str, object]:
    entry: dict[str, object] = {"accountId": producer.id, "name": producer.name}
    if producer.external_id:
        entry["externalId"] = producer.external_id
    if producer.legacy_kit:
        entry["legacyKit"] = True
    return entry


def _producer_stack(producer: Producer) -> StackPlan:
    config: dict[str, object] = {
        "aws:region": REGION,
        "role": "producer",
        "accountId": producer.id,
        "centralAccountId": CENTRAL,
        "approverEmails": [producer.approver],
    }
    if producer.external_id:
        config["externalId"] = producer.external_id
    return StackPlan(f"producer-{producer.id}", producer.id, config)


def deployer(account: str) -> Mapping[str, str]:
    """Credentials of an administrator in an account."""
    return principals.service_credentials(f"arn:{moto.PARTITION}:iam::{account}:role/Administrator", "local-mesh")


def install_old_kit(client: Any) -> None:
    """Makes what the old producer kit made, where Lakeshare has to get along with it.

    Its role trusts the whole central account, asks for no external id, and may publish but not list who is subscribed.

    Args:
        client: takes a service and an account's credentials, and gives a boto3 client.
    """
    for producer in PRODUCERS:
        if not producer.legacy_kit:
            continue
        credentials = deployer(producer.id)
        topic = client("sns", credentials).create_topic(Name="DataLakeSharingApproval")["TopicArn"]
        client("sns", credentials).subscribe(TopicArn=topic, Protocol="email", Endpoint=producer.approver)
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": f"arn:aws:iam::{CENTRAL}:root"}}
        publish = {"Effect": "Allow", "Action": "sns:Publish", "Resource": topic}
        iam = client("iam", credentials)
        iam.create_role(RoleName="ProducerWorkflowRole", AssumeRolePolicyDocument=_document(trust))
        iam.put_role_policy(
            RoleName="ProducerWorkflowRole", PolicyName="InlinePolicy", PolicyDocument=_document(publish)
        )


def _document(statement: Mapping[str, object]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
