"""What of a catalogue Lake Formation lets a caller see: of another account what was shared, of links what was granted.

The rules are in the guide, https://docs.aws.amazon.com/lake-formation/latest/dg/:

- cross-account-read-data.html, regranting-shared-resources.html: what was shared with an account is seen by its data
  lake administrators, once the invitation is accepted, and by whom they granted something on it.
- resource-links-glue-apis.html: who reads through a link needs DESCRIBE on the link, and something on what it leads to.
- granting-link-permissions.html: who made a link may see it, and at first nobody else.

Not followed: what roles see of their own account's databases and tables that are no links; and of links, as long as
the account's settings name no data lake administrator.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from localmesh.aws import lf_calls, lf_grants, lf_settings
from localmesh.aws.lf_grants import Grant, Place, Resource
from localmesh.aws.ram import shares

_LINK = ["DESCRIBE", "DROP"]


@dataclass(frozen=True)
class Viewer:
    """Who looks: an account, in a region, and the role that acts for it; None for one of its administrators."""

    account: str
    region: str
    role: str | None

    @property
    def place(self) -> Place:
        """Where its account's grants are."""
        return (self.account, self.region)

    @property
    def is_administrator(self) -> bool:
        """Whether it sees all of its account's data lake."""
        lists = ("DataLakeAdmins", "ReadOnlyAdmins")
        return self.role is None or lf_settings.is_administrator(*self.place, self.role, *lists)

    def sees(self, catalogue: str, database: str, table: str | None = None) -> bool:
        """Whether it sees a database or a table of this account's catalogue; links are `sees_link`'s."""
        if catalogue == self.account:
            return True
        owner, resource = (catalogue, self.region), _resource(catalogue, database, table)
        if self.role is not None and _reached(owner, self.role, resource):
            return True
        if not _reached(owner, self.account, resource):
            return False
        handed_on = (self.role, f"{self.account}:IAMPrincipals")
        return self.is_administrator or any(
            any(each.permissions for each in _on(self.place, principal, resource))
            for principal in handed_on
            if principal
        )

    def sees_link(self, database: str, table: str | None = None) -> bool:
        """Whether it sees a link of its own account."""
        resource = _resource(self.account, database, table)
        if self.is_administrator or not lf_settings.has_administrator(*self.place):
            return True
        return any("DESCRIBE" in each.permissions for each in lf_grants.covering(self.place, self.role or "", resource))


def viewer(account: str, region: str) -> Viewer:
    """Who makes the call that is being answered."""
    return Viewer(account, region, lf_calls.acting_role())


def made_link(account: str, region: str, database: str, table: str | None = None) -> None:
    """Whoever makes a link may see it, drop it, and let others do so."""
    by = viewer(account, region)
    if by.role is not None:
        resource = _resource(account, database, table)
        lf_grants.keep(by.place, Grant(by.role, resource, [*_LINK], [*_LINK], by=by.role))


def target_of(entry: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What a database or table leads to; None if it is no link."""
    return entry.get("TargetDatabase") or entry.get("TargetTable") or None


def _resource(catalogue: str, database: str, table: str | None) -> Resource:
    if table is None:
        return {"Database": {"CatalogId": catalogue, "Name": database}}
    return {"Table": {"CatalogId": catalogue, "DatabaseName": database, "Name": table}}


def _reached(owner: Place, principal: str, resource: Resource) -> bool:
    return any(shares.arrived(each.shares) for each in _on(owner, principal, resource))


def _on(place: Place, principal: str, resource: Resource) -> Iterator[Grant]:
    """A principal's grants on a table or a part of it; of a database, those on what is in it, too."""
    yield from lf_grants.covering(place, principal, resource)
    yield from lf_grants.within(place, principal, resource)
    if "Database" not in resource:
        return
    named = resource["Database"]
    for grant in list(lf_grants.of(place).values()):
        table = lf_grants.table_of(grant.resource)
        within = table is not None and (table["CatalogId"], table["DatabaseName"]) == (
            named["CatalogId"],
            named["Name"],
        )
        if within and grant.principal == principal:
            yield grant
