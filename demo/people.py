"""Who takes part in the demo."""

from collections.abc import Mapping
from dataclasses import dataclass

from localmesh.accounts import DEFAULT_ACCOUNT

CENTRAL = DEFAULT_ACCOUNT
"""Whoever calls with made-up credentials acts in it."""
CONSUMER = "999999999999"
"""An account to share with, which has no kit."""


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
class Consumer:
    """A consumer account whose stack takes up what is shared with it.

    Attributes:
        id: 12 digits.
        name: what people call it.
        databases: names or patterns of those that it takes up.
        people: a role that people of the account take; its kit may take it, too, to see what it reads.
        jobs: a role that only AWS Glue may take.
    """

    id: str
    name: str
    databases: tuple[str, ...]
    people: str = "analyst"
    jobs: str = "jobs/reporting"

    def arn(self, role: str) -> str:
        """The ARN of one of its roles."""
        return f"arn:aws:iam::{self.id}:role/{role}"


CONSUMERS = (
    Consumer("555555555555", "Analytics", ("*",)),
    Consumer("666666666666", "Campaigns", ("retail", "transport", "campaigns_*")),
)
"""The demo has the first; `--config consumerKits='["…", "…"]'` says otherwise."""


@dataclass(frozen=True)
class PortalUser:
    """Somebody who may sign in to the portal.

    Attributes:
        username: what they sign in with.
        email: their address.
        does: what they are for, in the words of the hints.
        auditor: whether they see everybody's requests.
        operator: whether they run the stack.
    """

    username: str
    email: str
    does: str
    auditor: bool = False
    operator: bool = False


PORTAL_USERS = (
    PortalUser("alex", "alex@consumer.example", "asks for data"),
    PortalUser("olga", PRODUCERS[0].approver, f"answers for the data of {PRODUCERS[0].name}"),
    PortalUser("audit", "audit@consumer.example", "sees all requests", auditor=True),
    PortalUser("ops", "ops@consumer.example", "sees all requests, revokes and holds", operator=True),
)
NAMES: Mapping[str, str] = {CENTRAL: "central", **{each.id: each.name for each in (*PRODUCERS, *CONSUMERS)}}
