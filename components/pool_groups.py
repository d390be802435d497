"""The groups of the user pool: what people may do beside asking goes by them, and whom they may ask for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from settings.portal import ACCOUNT_GROUP, PortalSettings


@dataclass(frozen=True, kw_only=True)
class Group:
    """A group of the pool.

    Attributes:
        short: what its resource is called.
        member_short: what its memberships are called.
        name: what Cognito and the tokens call it.
        does: what its members may do, for its description.
        members: the names of those users that the stack itself puts into it.
    """

    short: str
    member_short: str
    name: str
    does: str
    members: Sequence[str] = ()


def groups_of(portal: PortalSettings, approvers_groups: Sequence[str]) -> Sequence[Group]:
    """The groups of the pool: all that somebody may do, and is bound to, goes by them.

    Args:
        portal: the portal's settings.
        approvers_groups: the groups of the producers' approvers, whom the stack does not know.
    """
    found: list[Group] = []
    if portal.auditors_group is not None:
        members = [each.username for each in portal.users if each.auditor]
        does = "reads everybody's requests"
        found.append(
            Group(short="auditors", member_short="auditor", name=portal.auditors_group, does=does, members=members)
        )
    if portal.operators_group is not None:
        members = [each.username for each in portal.users if each.operator]
        does = "reads everybody's requests, revokes and puts holds"
        found.append(
            Group(short="operators", member_short="operator", name=portal.operators_group, does=does, members=members)
        )
    for account in sorted({account for each in portal.users for account in each.accounts}):
        members = [each.username for each in portal.users if account in each.accounts]
        short, does = f"account-{account}", f"asks for account {account}, and sees what it has"
        found.append(
            Group(short=short, member_short=short, name=f"{ACCOUNT_GROUP}{account}", does=does, members=members)
        )
    for group in sorted(set(approvers_groups)):
        found.append(
            Group(short=f"approvers-{group}", member_short="", name=group, does="decides on a producer's data")
        )
    return found
