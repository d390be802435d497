"""What the kit needs of its account, as a Protocol. Every method may raise `TryAgain` for outages."""

from collections.abc import Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Protocol

from handlers.consumer.refusals import KitRefusal
from handlers.sharing.model.errors import TryAgain
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import Source

RESOURCES_A_BATCH: Final = 20
"""Lake Formation's limit for grants and revokes in one call."""


class InvitationStatus(StrEnum):
    """Where an invitation of AWS RAM stands."""

    PENDING = "PENDING"
    ACCEPTED = "ACCEPTED"
    REJECTED = "REJECTED"
    EXPIRED = "EXPIRED"


@dataclass(frozen=True, slots=True)
class Invitation:
    """An invitation of the central account, the newest of its share.

    `databases`: those that it is about, known as long as it is pending; `strange`: whatever else is in it; `sent`: in
    seconds since 1970.
    """

    arn: str
    status: InvitationStatus
    databases: frozenset[str] = frozenset()
    strange: tuple[str, ...] = ()
    sent: float = 0.0


@dataclass(frozen=True, slots=True)
class Link:
    """A resource link: its name, the database that it is in (empty: it is a database itself), and where it leads."""

    name: str
    database: str
    leads_to: Source

    @property
    def in_words(self) -> str:
        """What queries name."""
        return f"{self.database}.{self.name}" if self.database else self.name


class Account(Protocol):
    """The consumer's account, as far as the kit's role may act in it. Resources are the central catalogue's."""

    def invitations(self) -> Sequence[Invitation]:
        """All that the central account has sent."""
        ...

    def accept(self, invitation: Invitation) -> None:
        """Accept an invitation. One that is accepted, or has gone, is no error."""
        ...

    def sees(self, resource: Resource) -> bool:
        """Whether the catalogue shows a database or a table. Raises `CatalogueKeyNotUsable`."""
        ...

    def leads_to(self, link: Link) -> Source | None:
        """Where what has a link's name leads to; `None`: nothing has it.

        Raises:
            LinkForeign: it is no link, or one into another account than the central one.
        """
        ...

    def make(self, link: Link) -> None:
        """Make a link; one that is there is no error. Raises `LinkNotMade`, `NotAdministrator`."""
        ...

    def drop(self, link: Link) -> None:
        """Delete a link; one that is not there is no error."""
        ...

    def has_role(self, arn: str) -> bool:
        """Whether there is such a role."""
        ...

    def reads_as(self, role: str, link: Link, resource: Resource) -> bool:
        """Look at something of what is shared through its link, as a role, if that lets the kit take it.

        Returns:
            Whether it does.

        Raises:
            NotReadable: the role does not get to see what it should.
        """
        ...

    def grant(self, role: str, what: Sequence[Resource]) -> Sequence[KitRefusal | TryAgain]:
        """Let a role read at most `RESOURCES_A_BATCH` resources, in one call; says what failed."""
        ...

    def grant_link(self, role: str, link: Link) -> None:
        """Let a role see a link. Raises `NotAdministrator`, `NotGranted`."""
        ...

    def hide(self, role: str, link: Link) -> None:
        """Take from a role the sight of a link; a role that has it not is no error. Raises `NotTakenBack`."""
        ...

    def revoke(self, role: str, what: Sequence[Resource]) -> Sequence[KitRefusal | TryAgain]:
        """Take that from a role, likewise; what it has not is no error."""
        ...

    def readers(self, resource: Resource) -> Set[str]:
        """The principals of whom Lake Formation lists all that a share grants on a resource."""
        ...

    def link_readers(self, link: Link) -> Set[str]:
        """The principals that may see a link."""
        ...
