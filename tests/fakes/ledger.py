"""The ledger in memory. It applies the domain's steps as they are written and has no rule of its own.

`tests/unit/test_ledger.py` holds it to what the one on DynamoDB does.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from handlers.sharing.model.errors import RegisterUnreadable, TryAgain
from handlers.sharing.model.hold import Hold, refuse_held
from handlers.sharing.model.listed_shares import ListedShare, PutHold, ShareList, SharePlace, time_in
from handlers.sharing.model.record import HistoryEntry
from handlers.sharing.model.request import WHOLE_DATABASE
from handlers.sharing.model.share import Share
from handlers.sharing.model.transition import Transition
from tests.fakes.fake import Fake, port
from tests.fakes.register import allows, fields_after


class MemoryLedger(Fake):
    """`Ledger`, and its lists. `leases`: who revokes an account's shares, until when; `holds`: what stands."""

    def __init__(self) -> None:
        super().__init__()
        self.shares: dict[str, Share] = {}
        self.covered: dict[str, tuple[str, ...]] = {}
        self.filtered: dict[str, tuple[str, ...]] = {}
        self.leases: dict[str, tuple[str, str]] = {}
        self.holds: dict[Hold, list[HistoryEntry]] = {}
        self.of_holds: dict[Hold, list[HistoryEntry]] = {}
        self.owners: dict[Hold, frozenset[str]] = {}

    def history(self, share_id: str) -> list[str]:
        """Names of what happened to a share."""
        return [entry.event for entry in self.shares[share_id].history]

    @port
    def find(self, consumer: str, share_id: str) -> Share | None:
        return self._of(consumer, share_id)

    @port
    def live(self, consumer: str) -> Sequence[Share]:
        return [each for each in self._live() if each.consumer == consumer]

    @port
    def consumers(self) -> Iterable[str]:
        return {each.consumer for each in self._live()}

    @port
    def names(self, share: Share) -> Sequence[str]:
        names = self.covered.get(share.id, ())
        if share.parts and len(names) != share.tables:
            raise RegisterUnreadable(f"The ledger has not all the names that share {share.id} covers.")
        return names if share.parts else ()

    @port
    def of_database(self, database: str) -> Iterable[Share]:
        return [each for each in self._live() if each.source.database == database]

    @port
    def of_owner(self, account_id: str) -> Iterable[Share]:
        return [each for each in self._live() if each.owner.account_id == account_id]

    @port
    def due(self, at: str) -> Iterable[Share]:
        due = [each for each in self.shares.values() if each.due_at is not None and each.due_at <= at]
        return sorted(due, key=lambda each: str(each.due_at))

    @port
    def live_at_last_count(self) -> int | None:
        return len(self._live())

    @port
    def filters(self, share: Share) -> Mapping[str, str]:
        names, filters = self.covered.get(share.id, ()), self.filtered.get(share.id, ())
        if not share.parts or len(names) != share.tables or len(filters) != len(names):
            raise RegisterUnreadable(f"The ledger has not all the filters that share {share.id} covers.")
        return dict(zip(names, filters, strict=True))

    @port
    def write_names(self, share: Share, names: Sequence[str], filters: Sequence[str] = ()) -> int:
        self.covered[share.id] = tuple(names)
        self.filtered[share.id] = tuple(filters)
        return 1 if names else 0

    @port
    def apply(self, consumer: str, share_id: str, step: Transition) -> tuple[Share | None, bool]:
        return self._apply(consumer, share_id, step)

    @port
    def apply_unless_held(self, share: Share, step: Transition, holds: Sequence[Hold], at: str) -> bool:
        refuse_held(self._held(holds))
        if self.leases.get(share.consumer, ("", ""))[1] >= at:
            raise TryAgain(
                f"Shares of account {share.consumer} are being revoked, and nothing is granted to it until then."
            )
        return self._apply(share.consumer, share.id, step)[1]

    @port
    def lease(self, consumer: str, holder: str, until: str, at: str) -> bool:
        return self._lease([consumer], holder, until, at)

    @port
    def give_back_lease(self, consumer: str, holder: str) -> None:
        self._give_back([consumer], holder)

    @port
    def lease_all(self, names: Sequence[str], holder: str, until: str, at: str) -> bool:
        return self._lease(names, holder, until, at)

    @port
    def give_back_leases(self, names: Sequence[str], holder: str) -> None:
        self._give_back(names, holder)

    @port
    def held(self, holds: Sequence[Hold]) -> Sequence[Hold]:
        return self._held(holds)

    @port
    def put_hold(self, hold: Hold, entry: HistoryEntry, owners: Iterable[str] = ()) -> None:
        self.holds.setdefault(hold, []).append(entry)
        self._noted(hold, entry)
        self.owners[hold] = frozenset(owners) or self.owners.get(hold, frozenset())

    @port
    def find_hold(self, hold: Hold) -> PutHold | None:
        return next((each for each in self._put_holds() if each.hold == hold), None)

    @port
    def lift_hold(self, hold: Hold, entry: HistoryEntry) -> bool:
        stood = self.holds.pop(hold, None) is not None
        if stood:
            self._noted(hold, entry)
        return stood

    @port
    def newest(self, shares: ShareList, after: SharePlace | None, most: int) -> Iterable[ListedShare]:
        of = {
            "requester": lambda each: each.requester is not None and each.requester.id == shares.value,
            "consumer": lambda each: each.consumer == shares.value,
            "owner": lambda each: each.live and each.owner.account_id == shares.value,
            "database": lambda each: each.live and each.source.database == shares.value,
            "all": lambda each: each.live,
            "ended": lambda each: (
                not each.live and each.owner.account_id == shares.value and each.history[-1].at >= shares.since
            ),
        }[shares.kind]
        places = {(time_in(shares.kind, each), each.id): each for each in filter(of, self.shares.values())}
        found = sorted(places.items(), reverse=True)
        return [each for place, each in found if after is None or place < (after.since, after.share_id)]

    @port
    def changed(self, since: str) -> Iterable[ListedShare]:
        last = {each.history[-1].at + each.id: each for each in self.shares.values() if each.history}
        return [last[key] for key in sorted(last, reverse=True) if key >= since]

    @port
    def put_holds(self) -> Iterable[PutHold]:
        return self._put_holds()

    def _put_holds(self) -> list[PutHold]:
        return [
            PutHold(hold, hold in self.holds, self.owners.get(hold, frozenset()), tuple(lines))
            for hold, lines in self.of_holds.items()
        ]

    def _noted(self, hold: Hold, entry: HistoryEntry) -> None:
        self.of_holds.setdefault(hold, []).append(entry)

    def _lease(self, names: Sequence[str], holder: str, until: str, at: str) -> bool:
        for who, ends in (self.leases.get(each, ("", "")) for each in names):
            if who != holder and ends >= at:
                return False
        self.leases |= dict.fromkeys(names, (holder, until))
        return True

    def _give_back(self, names: Sequence[str], holder: str) -> None:
        for each in names:
            if self.leases.get(each, ("", ""))[0] == holder:
                del self.leases[each]

    def _live(self) -> list[Share]:
        return [each for each in self.shares.values() if each.live]

    def _of(self, consumer: str, share_id: str) -> Share | None:
        share = self.shares.get(share_id)
        return share if share is not None and share.consumer == consumer else None

    def _apply(self, consumer: str, share_id: str, step: Transition) -> tuple[Share | None, bool]:
        there = self._of(consumer, share_id)
        if not allows(step, there):
            return there, False
        fields = fields_after(step, {"id": share_id, "consumer": consumer}, there)
        self.shares[share_id] = Share(**fields)
        return self.shares[share_id], True

    def _held(self, holds: Sequence[Hold]) -> list[Hold]:
        return [each for each in holds if any(_reaches(stands, each) for stands in self.holds)]


def _reaches(stands: Hold, asked: Hold) -> bool:
    same = replace(stands, table=asked.table) == asked
    return same and (WHOLE_DATABASE in {stands.table, asked.table} or stands.table == asked.table)
