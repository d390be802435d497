"""A consumer's account in memory, as its kit sees it: what RAM, Glue and Lake Formation would keep."""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field, replace

from handlers.consumer.ports import Invitation, InvitationStatus, Link
from handlers.consumer.refusals import (
    CatalogueKeyNotUsable,
    KitRefusal,
    LinkForeign,
    NotAdministrator,
    NotGranted,
    NotReadable,
)
from handlers.sharing.model.errors import TryAgain
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import Source


@dataclass
class FakeAccount:
    """`Account`.

    Attributes:
        arrived: what of the central catalogue can be seen.
        waiting: what can be seen once all invitations are accepted.
        sent: the invitations.
        links: by what queries name; `None`: something that is no link.
        roles: those that there are.
        granted: what each role was let read.
        seen: which links each role sees.
        administrator: whether the kit may hand anything on.
        lets_kit_in: the roles that the kit may take.
        blind: the roles that do not see what they were let read.
        busy: how many calls that grant or revoke find Lake Formation busy.
        refuses: what Lake Formation grants nobody.
        did: the calls that changed something.
        key: whether the kit may use the key of the central account's catalogue.
        quicker: where the link leads that somebody makes just before the kit does; `None`: nobody does.
    """

    arrived: set[Resource] = field(default_factory=set[Resource])
    waiting: set[Resource] = field(default_factory=set[Resource])
    sent: list[Invitation] = field(default_factory=list[Invitation])
    links: dict[str, Source | None] = field(default_factory=dict[str, Source | None])
    roles: set[str] = field(default_factory=set[str])
    granted: dict[str, set[Resource]] = field(default_factory=dict[str, set[Resource]])
    seen: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    administrator: bool = True
    lets_kit_in: set[str] = field(default_factory=set[str])
    blind: set[str] = field(default_factory=set[str])
    busy: int = 0
    refuses: set[Resource] = field(default_factory=set[Resource])
    did: list[str] = field(default_factory=list[str])
    quicker: Source | None = None
    key: bool = True

    def invitations(self) -> Sequence[Invitation]:
        return list(self.sent)

    def accept(self, invitation: Invitation) -> None:
        self.did.append("accept")
        self.sent = [
            replace(each, status=InvitationStatus.ACCEPTED) if each.arn == invitation.arn else each
            for each in self.sent
        ]
        if all(each.status is InvitationStatus.ACCEPTED for each in self.sent):
            self.arrived |= self.waiting

    def sees(self, resource: Resource) -> bool:
        if not self.key:
            raise CatalogueKeyNotUsable("The key is out of reach.")
        # A table that can be seen shows its database.
        databases = {Resource(each.database) for each in self.arrived}
        every = {Resource(each.database) for each in self.arrived if each.table == "*"}
        return resource in self.arrived | databases or Resource(resource.database) in every

    def leads_to(self, link: Link) -> Source | None:
        if link.in_words in self.links and self.links[link.in_words] is None:
            raise LinkForeign(f"{link.in_words} is no link.")
        return self.links.get(link.in_words)

    def make(self, link: Link) -> None:
        self.did.append("make")
        self.links.setdefault(link.in_words, self.quicker or link.leads_to)

    def drop(self, link: Link) -> None:
        self.did.append("drop")
        self.links.pop(link.in_words, None)
        for seen in self.seen.values():
            seen.discard(link.in_words)

    def has_role(self, arn: str) -> bool:
        return arn in self.roles

    def reads_as(self, role: str, link: Link, resource: Resource) -> bool:
        if role in self.blind:
            raise NotReadable(f"{role} does not see it through {link.in_words}.")
        return role in self.lets_kit_in

    def grant(self, role: str, what: Sequence[Resource]) -> Sequence[KitRefusal | TryAgain]:
        if failed := self._failed(role, what):
            return failed
        self.did.append("grant")
        self.granted.setdefault(role, set()).update(what)
        return []

    def grant_link(self, role: str, link: Link) -> None:
        if not self.administrator:
            raise NotAdministrator("The kit's role is no administrator.")
        self.did.append("grant link")
        self.seen.setdefault(role, set()).add(link.in_words)

    def hide(self, role: str, link: Link) -> None:
        self.did.append("hide")
        self.seen.get(role, set()).discard(link.in_words)

    def revoke(self, role: str, what: Sequence[Resource]) -> Sequence[KitRefusal | TryAgain]:
        if failed := self._failed(role, what):
            return failed
        self.did.append("revoke")
        self.granted.setdefault(role, set()).difference_update(what)
        return []

    def readers(self, resource: Resource) -> Set[str]:
        return {role for role, what in self.granted.items() if resource in what}

    def link_readers(self, link: Link) -> Set[str]:
        return {role for role, links in self.seen.items() if link.in_words in links}

    def _failed(self, role: str, what: Iterable[Resource]) -> Sequence[KitRefusal | TryAgain]:
        if self.busy:
            self.busy -= 1
            return [TryAgain("Lake Formation was busy.")]
        if not self.administrator:
            return [NotAdministrator("The kit's role is no administrator.")]
        return [NotGranted(f"{role} was not let read {each}.") for each in what if each in self.refuses]
