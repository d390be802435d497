"""What the domain keeps of shares, holds and findings, as Protocols: ports as those of `stores`.

Every method may raise `TryAgain` for outages and `AccessRefused` where AWS denies Lakeshare's own role.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from handlers.sharing.model.delivery import Delivery, Outcome
from handlers.sharing.model.finding import Finding
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.kit_order import KitOrder
from handlers.sharing.model.listed_shares import ListedShare, PutHold, ShareList, SharePlace
from handlers.sharing.model.record import HistoryEntry
from handlers.sharing.model.share import Share
from handlers.sharing.model.transition import Transition


class Ledger(Protocol):
    """The shares, and what stands in their way. What a step sets, and when, `handlers.sharing.model.share_steps` says.

    Every method raises `RegisterUnreadable` for an item that cannot be read: what it covers is not known.
    """

    def find(self, consumer: str, share_id: str) -> Share | None:
        """Read a share, consistently; `None` if there is none."""
        ...

    def live(self, consumer: str) -> Sequence[Share]:
        """All shares of an account that are not `REVOKED`, read consistently."""
        ...

    def consumers(self) -> Iterable[str]:
        """All accounts that have live shares, each once, as an index shows them: a moment late."""
        ...

    def names(self, share: Share) -> Sequence[str]:
        """The tables that a share covers by name, read consistently."""
        ...

    def of_database(self, database: str) -> Iterable[Share]:
        """All live shares of a database or of tables in it, as an index shows them: a moment late."""
        ...

    def of_owner(self, account_id: str) -> Iterable[Share]:
        """All live shares of data that an account owns, likewise."""
        ...

    def due(self, at: str) -> Iterable[Share]:
        """The shares that Sweep has to look at by then, the longest due first, likewise."""
        ...

    def live_at_last_count(self) -> int | None:
        """How many shares are live, as the store last counted them by itself, hours ago perhaps; `None`: not yet.

        Nothing is read for it; to count them as of now would take reading them all.
        """
        ...

    def filters(self, share: Share) -> Mapping[str, str]:
        """Of a share that covers tables by filters, the filter of each, by the table's name; read consistently."""
        ...

    def write_names(self, share: Share, names: Sequence[str], filters: Sequence[str] = ()) -> int:
        """Keep the tables that a share will cover by name, before it is written down; returns in how many `parts`.

        `filters`: the filter of each, in the same order, where it covers them by filters.
        """
        ...

    def apply(self, consumer: str, share_id: str, step: Transition) -> tuple[Share | None, bool]:
        """Take a share one step on, in one conditional write.

        Returns:
            The share as it now stands (`None`: there is none), and whether this step was taken.
        """
        ...

    def apply_unless_held(self, share: Share, step: Transition, holds: Sequence[Hold], at: str) -> bool:
        """The same, in one transaction with the conditions that none of these holds stands and nobody revokes.

        Returns:
            Whether the step was taken; if not, the share stands in the way.

        Raises:
            OnHold: one of the holds stands.
            TryAgain: shares of this consumer are being revoked, or an outage.
        """
        ...

    def lease_all(self, names: Sequence[str], holder: str, until: str, at: str) -> bool:
        """Take all of these leases, as `lease` does one, or none."""
        ...

    def give_back_leases(self, names: Sequence[str], holder: str) -> None:
        """Give those of them back that `holder` has still."""
        ...

    def lease(self, consumer: str, holder: str, until: str, at: str) -> bool:
        """Take the right to revoke shares of an account, until then at the latest, if nobody else has it `at` now."""
        ...

    def give_back_lease(self, consumer: str, holder: str) -> None:
        """Give it back, if `holder` has it still."""
        ...

    def held(self, holds: Sequence[Hold]) -> Sequence[Hold]:
        """Those of these holds that stand, read consistently."""
        ...

    def put_hold(self, hold: Hold, entry: HistoryEntry, owners: Iterable[str] = ()) -> None:
        """Put a hold, whether it stands already or not; the line goes to its history, with the owners of it."""
        ...

    def find_hold(self, hold: Hold) -> PutHold | None:
        """Read just this hold, consistently; `None`: nobody ever put it."""
        ...

    def lift_hold(self, hold: Hold, entry: HistoryEntry) -> bool:
        """Lift a hold; says whether it stood."""
        ...


class Findings(Protocol):
    """The findings, and who looks for them. What a step sets, and when: `handlers.sharing.model.finding`.

    Raises `RegisterUnreadable` for an item that cannot be read.
    """

    def find(self, finding_id: str) -> Finding | None:
        """Read a finding, consistently; `None` if there is none."""
        ...

    def live(self) -> Sequence[Finding]:
        """All findings that are not closed, and those of whose end the world has not been told, read consistently."""
        ...

    def apply(self, finding_id: str, step: Transition) -> tuple[Finding | None, bool]:
        """Take a finding one step on, in one conditional write; returns it as it stands, and whether that was done."""
        ...

    def want_look(self, at: str) -> None:
        """Note that somebody has to look, since something may have changed by then."""
        ...

    def look_wanted(self) -> str | None:
        """When it was noted last; `None`: never."""
        ...

    def begin_look(self, holder: str, until: str, at: str) -> bool:
        """Become the one who looks, until then at the latest, if nobody else does `at` now."""
        ...

    def end_look(self, holder: str) -> None:
        """Let others look, if `holder` did."""
        ...


class Deliveries(Protocol):
    """The deliveries to accounts that have a kit. What a step sets, and when: `handlers.sharing.model.delivery`.

    Raises `RegisterUnreadable` for an item that cannot be read.
    """

    def find(self, consumer: str, share_id: str) -> Delivery | None:
        """Read a share's delivery, consistently; `None`: nothing of it is delivered."""
        ...

    def of(self, consumer: str) -> Sequence[Delivery]:
        """All deliveries to an account that are not withdrawn, read consistently."""
        ...

    def links(self, shares: Iterable[tuple[str, str]]) -> Mapping[str, str]:
        """The links of these shares by their ids, as far as they have any; `shares`: each one's consumer and id."""
        ...

    def due(self, at: str) -> Iterable[tuple[str, str]]:
        """Account and share of what is to be looked at by then, the longest due first; of an index, a moment late."""
        ...

    def apply(self, consumer: str, share_id: str, step: Transition) -> tuple[Delivery | None, bool]:
        """Take a delivery one step on, in one conditional write; returns it as it stands, and whether that was done."""
        ...

    def lease(self, consumer: str, holder: str, until: str, at: str) -> bool:
        """Become the one who delivers to an account, until then at the latest, if nobody else does `at` now."""
        ...

    def give_back_lease(self, consumer: str, holder: str) -> None:
        """Let others deliver to it, if `holder` did."""
        ...


class Kits(Protocol):
    """The kits in consumers' accounts."""

    def has(self, consumer: str) -> bool:
        """Whether the stack's config says that an account has one."""
        ...

    def carry_out(self, consumer: str, order: KitOrder) -> Outcome:
        """Have an order carried out, and wait for what comes of it.

        A kit that is not there, lets nobody in or fails is an outcome, too.

        Raises:
            KitMayBeAtWork: nothing says what became of the order.
            TryAgain: it was not told.
        """
        ...


class ShareLists(Protocol):
    """Many shares at once, and all holds, as the ledger's indexes show them: a moment late.

    A share that cannot be read stands among the others as an `UnreadableShare`.
    """

    def newest(self, shares: ShareList, after: SharePlace | None, most: int) -> Iterable[ListedShare]:
        """The shares of a list from a place on, newest first, read some `most` at a time as they are taken.

        Those of a database come in no order that says anything, but always in the same.
        """
        ...

    def changed(self, since: str) -> Iterable[ListedShare]:
        """All shares to which something has happened since then, what changed last first."""
        ...

    def put_holds(self) -> Iterable[PutHold]:
        """All holds that were ever put, what changed last first. Raises `RegisterUnreadable`."""
        ...
