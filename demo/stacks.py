"""How the demo's stacks are configured."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from demo.people import CENTRAL, CONSUMERS, PORTAL_USERS, PRODUCERS, Consumer, PortalUser, Producer
from localmesh.accounts import REGION
from localmesh.setup import StackPlan

PAGE = Path(__file__).resolve().parent.parent / "portal" / "dist" / "index.html"
"""The built page; without it there is no portal."""


def with_portal(config: Mapping[str, object]) -> bool:
    """Whether there is a portal: where the page was built, unless the central stack is told otherwise.

    Args:
        config: keys of the central stack, over the demo's.
    """
    return bool(config.get("portal", PAGE.is_file()))


def stacks(approval_timeout: str, config: Mapping[str, object], databases: Sequence[str]) -> Sequence[StackPlan]:
    """The stacks of the demo: central first, then the producers that do not run the old kit, then consumers with kits.

    Args:
        approval_timeout: a duration, such as ``7d``.
        databases: that the central stack's roles are granted in Lake Formation what they need on; its deployer here is
            an administrator of the data lake.
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
            "consumerAccounts": "any",
            "consumerKits": [CONSUMERS[0].id],
            "approvalTimeout": approval_timeout,
            "wildcardOnApproval": True,
            # Tags have to be there before anybody can be granted to see them, and an empty mesh has none.
            "manageLakeFormationGrants": not config.get("sensitiveTags"),
            "databases": list(databases),
            "deletionProtection": False,
            **(_portal() if with_portal(config) else {}),
            **config,
        },
    )
    kits = str(central.config["consumerKits"])
    return (
        central,
        *(_producer_stack(each) for each in PRODUCERS if not each.legacy_kit),
        *(_consumer_stack(each) for each in CONSUMERS if each.id in kits),
    )


def _portal() -> dict[str, object]:
    return {
        "portal": True,
        "portalDomainPrefix": "lakeshare-demo",
        "portalAuditorsGroup": "auditors",
        "portalOperatorsGroup": "operators",
        # Where Vite serves the page while somebody works on it: `npm run dev`.
        "portalOtherPages": ["http://localhost:5173"],
        "portalUsers": [
            {
                "username": each.username,
                "email": each.email,
                **{role: True for role, given in _roles(each).items() if given},
            }
            for each in PORTAL_USERS
        ],
    }


def _roles(user: PortalUser) -> Mapping[str, bool]:
    return {"auditor": user.auditor, "operator": user.operator}


def _registration(producer: Producer) -> dict[str, object]:
    entry: dict[str, object] = {"accountId": producer.id, "name": producer.name, "safeSubset": True}
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


def consumer_stack_name(consumer: Consumer) -> str:
    """What a consumer's stack is called."""
    return f"consumer-{consumer.id}"


def _consumer_stack(consumer: Consumer) -> StackPlan:
    config: dict[str, object] = {
        "aws:region": REGION,
        "role": "consumer",
        "accountId": consumer.id,
        "centralAccountId": CENTRAL,
        "allowedDatabases": list(consumer.databases),
        "allowedRoles": [consumer.people, consumer.jobs],
    }
    return StackPlan(consumer_stack_name(consumer), consumer.id, config)
