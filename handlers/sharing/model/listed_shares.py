"""Shares and holds as lists show them, and what has changed of them."""

from dataclasses import dataclass
from typing import Literal

from handlers.sharing.model.errors import RegisterUnreadable
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.record import HistoryEntry
from handlers.sharing.model.share import Share

ShareListKind = Literal["requester", "consumer", "owner", "ended", "database", "all"]


@dataclass(frozen=True, slots=True)
class ShareList:
    """A list of shares: of a person (`value`: their id), an account, or an owner; of a database; or all there are.

    Those of a person and of an account hold ended shares too, the others live ones only. `ended`: of an owner, what has
    ended `since` (ISO 8601 in UTC), what ended last first.
    """

    kind: ShareListKind
    value: str = ""
    since: str = ""


@dataclass(frozen=True, slots=True)
class SharePlace:
    """A place in a list, behind the share of this id and of the time that the list goes by: see `time_in`."""

    since: str
    consumer: str
    share_id: str

    @classmethod
    def behind(cls, share: "ListedShare", kind: ShareListKind) -> "SharePlace":
        """The place behind a share, in a list of this kind."""
        return cls(time_in(kind, share), share.consumer, share.id)


def time_in(kind: ShareListKind, share: "ListedShare") -> str:
    """What a list of this kind is sorted by: when a share was written down, or when something last happened to it."""
    return share.history[-1].at if kind == "ended" and isinstance(share, Share) else share.since


@dataclass(frozen=True, slots=True)
class UnreadableShare:
    """A share of a list whose item cannot be read: only its place in the list is known."""

    id: str
    consumer: str
    since: str

    @property
    def error(self) -> RegisterUnreadable:
        """What there is to say of it."""
        return RegisterUnreadable(
            f"The ledger's item of share {self.id} cannot be read. The platform team must look at it."
        )


ListedShare = Share | UnreadableShare
"""What a list holds of a share. One that cannot be read must not hide the others."""


@dataclass(frozen=True, slots=True)
class PutHold:
    """A hold that was put once.

    Attributes:
        hold: what is held.
        stands: whether it does still.
        owners: accounts whose data it stops, as far as was seen when it was put; none where it is on an account.
        history: when and by whom it was put and lifted.
    """

    hold: Hold
    stands: bool
    owners: frozenset[str]
    history: tuple[HistoryEntry, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that happened to a share, or to a hold."""

    entry: HistoryEntry
    of: Share | Hold
