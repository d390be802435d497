"""An account whose changes are told one by one, and made or only rehearsed."""

from collections.abc import Callable, Sequence, Set
from dataclasses import dataclass, field, replace

from handlers.consumer.ports import Account, Invitation, InvitationStatus, Link
from handlers.consumer.refusals import KitRefusal
from handlers.sharing.model.errors import TryAgain
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import Source


@dataclass(slots=True)
class Told:
    """`Account` around another, which tells of each change before it is made.

    Rehearsed, none is: what would have been changed is taken for changed, as far as what follows looks for it. So what
    is carried out on it is what would be carried out on the account itself.

    Attributes:
        account: what is looked at, and changed.
        say: told of each change, in words.
        does: whether changes are made.
    """

    account: Account
    say: Callable[[str], None]
    does: bool
    _accepted: list[Invitation] = field(default_factory=list[Invitation])
    _links: dict[Link, bool] = field(default_factory=dict[Link, bool])
    _readers: dict[Resource, set[str]] = field(default_factory=dict[Resource, set[str]])
    _seers: set[str] = field(default_factory=set[str])

    def invitations(self) -> Sequence[Invitation]:
        """All that the central account has sent."""
        accepted = {each.arn for each in self._accepted}
        return [
            replace(each, status=InvitationStatus.ACCEPTED) if each.arn in accepted else each
            for each in self.account.invitations()
        ]

    def accept(self, invitation: Invitation) -> None:
        """Accept an invitation."""
        self.say(f"accept the invitation {invitation.arn}, of {', '.join(sorted(invitation.databases))}")
        if self.does:
            self.account.accept(invitation)
        else:
            self._accepted.append(invitation)

    def sees(self, resource: Resource) -> bool:
        """Whether the catalogue shows a database or a table, or would."""
        return any(resource.database in each.databases for each in self._accepted) or self.account.sees(resource)

    def leads_to(self, link: Link) -> Source | None:
        """Where what has a link's name leads to."""
        if link in self._links:
            return link.leads_to if self._links[link] else None
        return self.account.leads_to(link)

    def make(self, link: Link) -> None:
        """Make a link."""
        self.say(f"make the link {link.in_words} to {link.leads_to}")
        self._links[link] = True
        if self.does:
            self.account.make(link)
            del self._links[link]

    def drop(self, link: Link) -> None:
        """Delete a link."""
        self.say(f"delete the link {link.in_words}")
        self._links[link] = False
        if self.does:
            self.account.drop(link)
            del self._links[link]

    def has_role(self, arn: str) -> bool:
        """Whether there is such a role."""
        return self.account.has_role(arn)

    def reads_as(self, role: str, link: Link, resource: Resource) -> bool:
        """Look through a link as a role, if that lets the caller take it; what was not granted is not looked at."""
        return self.does and self.account.reads_as(role, link, resource)

    def grant(self, role: str, what: Sequence[Resource]) -> Sequence[KitRefusal | TryAgain]:
        """Let a role read resources."""
        self.say(f"let {role} read {_listed(what)}")
        if self.does:
            return self.account.grant(role, what)
        for each in what:
            self._readers.setdefault(each, set()).add(role)
        return []

    def grant_link(self, role: str, link: Link) -> None:
        """Let a role see a link."""
        self.say(f"let {role} see the link {link.in_words}")
        if self.does:
            self.account.grant_link(role, link)
        else:
            self._seers.add(role)

    def hide(self, role: str, link: Link) -> None:
        """Take from a role the sight of a link."""
        self.say(f"take from {role} the sight of the link {link.in_words}")
        if self.does:
            self.account.hide(role, link)

    def revoke(self, role: str, what: Sequence[Resource]) -> Sequence[KitRefusal | TryAgain]:
        """Take resources from a role."""
        self.say(f"take from {role} what it was let read of {_listed(what)}")
        return self.account.revoke(role, what) if self.does else []

    def readers(self, resource: Resource) -> Set[str]:
        """The principals that read a resource, or would. What has not arrived, nobody reads."""
        return self._readers.get(resource, set()) | ({*self.account.readers(resource)} if not self._accepted else set())

    def link_readers(self, link: Link) -> Set[str]:
        """The principals that may see a link, or would."""
        return self._seers | ({*self.account.link_readers(link)} if link not in self._links else set())


def _listed(what: Sequence[Resource]) -> str:
    names = ", ".join(str(each) for each in what[:3])
    return names if len(what) <= 3 else f"{names} and {len(what) - 3} more"
