"""RAM's resource shares, as Lake Formation makes and ends them by its grants to other accounts.

moto's RAM has shares that a program makes, and neither invitations nor anything that comes of a grant. The rules, each
with the page that it follows under https://docs.aws.amazon.com/:

- lake-formation/latest/dg/cross-account-permissions.html: a grant to another account shares the resource by RAM; inside
  of an organization with sharing enabled it is there at once, other accounts have to accept an invitation.
- lake-formation/latest/dg/optimize-ram.html: version 1 makes a share for each grant, later ones map many to one; the
  consumer's first share brings an invitation for databases and one for tables, a third with all tables. Which resource
  stands in which share is not written: here a table's database is in that for databases.
- lake-formation/latest/dg/accepting-ram-invite.html and ram/latest/userguide/working-with-shared-invitations.html: an
  invitation is accepted or rejected once; after 12 hours it has expired (seven days for some types; Glue's are not
  among them). AWS sends no other one for what is shared already: first everything has to be revoked.
- ram/latest/APIReference/API_ResourceShareAssociation.html: the states of an association.
"""

import dataclasses
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from uuid import uuid4

from localmesh.aws import calls, moto
from localmesh.aws.faults import Faults

EXPIRES_AFTER_SECONDS = 12 * 3600
_FIRST_WITH_ONE_SHARE, _FIRST_WITH_A_SHARE_FOR_EACH_KIND = 2, 3
_EVERY_TABLE = "ALL_TABLES"

Answer = Literal["ACCEPTED", "REJECTED"]


@dataclass
class Association:
    """A resource or a principal in a share; `grants` are those that need the resource there."""

    entity: str
    kind: Literal["RESOURCE", "PRINCIPAL"]
    external: bool
    status: str = "ASSOCIATED"
    message: str = ""
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)
    grants: set[str] = field(default_factory=set[str])

    def become(self, status: str, message: str = "") -> None:
        """Puts it into another state."""
        self.status, self.message, self.updated = status, message, time.time()


@dataclass
class Invitation:
    """What an account outside of the organization has to accept before a share reaches it."""

    arn: str
    sent: float = field(default_factory=time.time)
    answer: Answer | None = None

    @property
    def status(self) -> str:
        """PENDING, ACCEPTED, REJECTED or EXPIRED, by the mesh's clock."""
        if self.answer is not None:
            return self.answer
        return "PENDING" if time.time() < self.sent + EXPIRES_AFTER_SECONDS else "EXPIRED"


@dataclass
class Share:
    """A resource share between two accounts.

    Attributes:
        principal: with whom: an account, or the ARN of somebody in it.
        receiver: that account.
        grants: what each grant needs in it, by the grant.
    """

    arn: str
    name: str
    owner: str
    region: str
    principal: Association
    receiver: str
    invitation: Invitation | None
    resources: dict[str, Association] = field(default_factory=dict[str, Association])
    grants: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    ended: bool = False
    created: float = field(default_factory=time.time)
    updated: float = field(default_factory=time.time)

    @property
    def arrived(self) -> bool:
        """Whether what is in it can be used on the other side."""
        return not self.ended and self.principal.status == "ASSOCIATED"

    def look(self) -> None:
        """Lets an invitation run out whose time has come."""
        if self.invitation is not None and self.invitation.status == "EXPIRED" and not self.ended:
            self.principal.become("FAILED", "The invitation expired.")


class Shares:
    """All shares that come of grants; `shares` is this process's.

    Attributes:
        faults: asked whenever a resource joins or leaves a share: ``AssociateResourceShare`` and
            ``DisassociateResourceShare`` of ``ram``, with ``entries``; ``match`` is looked for in ARN and principal.
        organization: accounts of one organization, with sharing enabled.
    """

    def __init__(self) -> None:
        self.faults: Faults | None = None
        self.organization: frozenset[str] = frozenset()
        self._lock = threading.RLock()
        self._by_arn: dict[str, Share] = {}
        self._live: dict[tuple[str, ...], Share] = {}

    def all(self) -> list[Share]:
        """All shares, ended ones too, as they stand now."""
        with self._lock:
            found = list(self._by_arn.values())
            for share in found:
                share.look()
            return found

    def arrived(self, arns: tuple[str, ...]) -> bool:
        """Whether what is shared by these can be used on the other side."""
        with self._lock:
            found = [self._by_arn[arn] for arn in arns]
            for share in found:
                share.look()
            return all(share.arrived for share in found)

    def join(
        self, owner: tuple[str, str], receiver: tuple[str, str], resource: Mapping[str, Any], grant: str, version: int
    ) -> tuple[str, ...]:
        """A grant shares a resource.

        Args:
            owner: account and region.
            receiver: the principal, and the account that it is or is in.
            resource: in Lake Formation's normal form.
            grant: what tells this grant from all others.
            version: of sharing across accounts.

        Returns:
            The ARNs of the shares that carry it, that with the resource itself last.
        """
        with self._lock:
            carrying: list[str] = []
            for kind, arns in _split(owner, resource, grant, version):
                share = self._share((*owner, receiver[0], kind), receiver[1], version)
                for arn in arns:
                    self._associate(share, arn, grant)
                share.grants[grant] = arns
                carrying.append(share.arn)
            return tuple(carrying)

    def leave(self, arns: tuple[str, ...], grant: str) -> None:
        """A grant has ended: what no other one needs leaves its shares, and a share that is empty ends."""
        with self._lock:
            for share in (self._by_arn[arn] for arn in arns):
                for association in (share.resources[arn] for arn in share.grants.pop(grant, ())):
                    association.grants.discard(grant)
                    if not association.grants:
                        refused = self._refusal("DisassociateResourceShare", association.entity, share)
                        association.become("FAILED" if refused else "DISASSOCIATED", refused)
                share.updated = time.time()
                if not share.grants:
                    share.ended = True
                    share.principal.become("DISASSOCIATED")
                    self._live = {key: live for key, live in self._live.items() if live is not share}

    def answer(self, share: Share, answer: Answer) -> None:
        """An invitation is accepted or rejected."""
        with self._lock:
            if share.invitation is not None:
                share.invitation.answer = answer
                share.updated = time.time()
                accepted = answer == "ACCEPTED"
                share.principal.become("ASSOCIATED" if accepted else "FAILED", "" if accepted else "It was rejected.")

    def _share(self, key: tuple[str, ...], receiver: str, version: int) -> Share:
        """The share that there is, or a new one; outside of the organization it waits for an answer."""
        if key in self._live:
            return self._live[key]
        owner, region, principal = key[:3]
        inside = {owner, receiver} <= self.organization
        arn, account = f"arn:{moto.PARTITION}:ram:{region}:{owner}", uuid4().hex
        # The names as AWS's examples have them: accepting-ram-invite.html, and Security Lake's of version 3.
        name = f"{receiver}-{owner}-{account[:5]}"
        if version >= _FIRST_WITH_A_SHARE_FOR_EACH_KIND:
            name = f"LakeFormation-V{version}-{account[:10].upper()}"
        made = Share(
            arn=f"{arn}:resource-share/{uuid4()}",
            name=name,
            owner=owner,
            region=region,
            principal=Association(principal, "PRINCIPAL", not inside, "ASSOCIATED" if inside else "ASSOCIATING"),
            receiver=receiver,
            invitation=None if inside else Invitation(f"{arn}:resource-share-invitation/{uuid4()}"),
        )
        self._by_arn[made.arn] = self._live[key] = made
        return made

    def _associate(self, share: Share, arn: str, grant: str) -> None:
        known = share.resources.get(arn)
        if known is None or known.status != "ASSOCIATED":
            held = known.grants if known is not None else set[str]()
            known = share.resources[arn] = Association(arn, "RESOURCE", share.principal.external, grants=held)
            if refused := self._refusal("AssociateResourceShare", arn, share):
                known.become("FAILED", refused)
            share.updated = time.time()
        known.grants.add(grant)

    def _refusal(self, operation: str, arn: str, share: Share) -> str:
        """What a fault that is set says of this; empty if none is."""
        call = calls.current.get()
        if self.faults is None or call is None:
            return ""
        asked = dataclasses.replace(call, service="ram", operation=operation)
        fault = self.faults.take_entry(asked, f"{arn} {share.principal.entity}")
        return f"{fault.code or 'InternalError'}: {fault.message}" if fault is not None else ""


shares = Shares()


def _split(
    owner: tuple[str, str], resource: Mapping[str, Any], grant: str, version: int
) -> Iterator[tuple[str, list[str]]]:
    """The kinds of share that a grant needs, and what it puts into each."""
    account, region = owner
    arn = f"arn:{moto.PARTITION}:glue:{region}:{account}"
    kind, value = next(iter(resource.items()))
    database = str(value["Name"] if kind == "Database" else value["DatabaseName"])
    above = [f"{arn}:catalog", f"{arn}:database/{database}"]
    tables: list[str] = []
    if kind != "Database":
        tables = [f"{arn}:table/{database}/{'*' if value['Name'] == _EVERY_TABLE else value['Name']}"]
    if version < _FIRST_WITH_A_SHARE_FOR_EACH_KIND:
        yield "one" if version >= _FIRST_WITH_ONE_SHARE else grant, [*above, *tables]
        return
    yield "databases", above
    if tables:
        yield "all tables" if tables[0].endswith("/*") else "tables", [*above, *tables]
