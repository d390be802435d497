"""The ledger of shares on DynamoDB. The items' shapes: `share_items`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from handlers.aws.dynamodb.changes import Change, Check, Item
from handlers.aws.dynamodb.hold_items import HOLD, hold_key, read_holds, write_line
from handlers.aws.dynamodb.items import DUE
from handlers.aws.dynamodb.leases import give_lease_back, let_leases_go, take_lease, take_leases
from handlers.aws.dynamodb.share_items import (
    change_of_share,
    names_entry,
    read_names,
    read_share,
    share_entry,
    write_names,
)
from handlers.aws.dynamodb.store import ConditionFailed, Table
from handlers.sharing.model.errors import RegisterUnreadable, TryAgain
from handlers.sharing.model.hold import Hold, refuse_held
from handlers.sharing.model.listed_shares import PutHold
from handlers.sharing.model.record import VERSION, HistoryEntry
from handlers.sharing.model.request import WHOLE_DATABASE
from handlers.sharing.model.share import Share
from handlers.sharing.model.transition import Transition

_LEASE: Final = "lease"
_MOST_TEXT: Final = 300_000
"""Bytes of names in one item; DynamoDB takes 400 KB."""


class DynamoLedger:
    """`Ledger` on DynamoDB: under an account's id its shares, their names, and the lease of who revokes them."""

    def __init__(self, table: str) -> None:
        self._table = Table(table, "ledger")

    def find(self, consumer: str, share_id: str) -> Share | None:
        """Read a share."""
        item = self._table.get((consumer, share_entry(share_id)))
        return None if item is None else read_share(item)

    def live(self, consumer: str) -> Sequence[Share]:
        """All shares of an account that are not `REVOKED`."""
        return [read_share(item) for item in self._table.in_local_index("live", consumer)]

    def consumers(self) -> Iterable[str]:
        """All accounts that have live shares."""
        return self._table.keys_in("by_owner")

    def names(self, share: Share) -> Sequence[str]:
        """The tables that a share covers by name."""
        return [name for name, _ in self._named(share)]

    def filters(self, share: Share) -> Mapping[str, str]:
        """The filters of the tables that a share covers by filters."""
        filters = dict(self._named(share))
        if not filters or not all(filters.values()):
            raise _incomplete("filters", share)
        return filters

    def _named(self, share: Share) -> Sequence[tuple[str, str]]:
        parts = [read_names(item) for item in self._table.under(share.consumer, names_entry(share.id))]
        names = [each for part in parts[: share.parts] for each in part]
        if len(parts) < share.parts or (share.parts and len(names) != share.tables):
            raise _incomplete("names", share)
        return names

    def of_database(self, database: str) -> Iterable[Share]:
        """All live shares of a database or of tables in it."""
        return map(read_share, self._table.by_index("by_data", "live_database", database))

    def of_owner(self, account_id: str) -> Iterable[Share]:
        """All live shares of data that an account owns."""
        return map(read_share, self._table.by_index("by_owner", "live_owner", account_id))

    def due(self, at: str) -> Iterable[Share]:
        """The shares that Sweep has to look at by then."""
        return map(read_share, self._table.by_index("by_due", "due", DUE, ("due_at", at)))

    def live_at_last_count(self) -> int | None:
        """How many shares are live, as DynamoDB counted them within some six hours."""
        # All that stand in it are live, and each has an owner.
        return self._table.counted("by_owner")

    def write_names(self, share: Share, names: Sequence[str], filters: Sequence[str] = ()) -> int:
        """Keep the tables that a share will cover by name."""
        parts = list(_parts(list(zip(names, filters, strict=True)) if filters else [(name, "") for name in names]))
        for number, part in enumerate(parts, start=1):
            self._table.put((share.consumer, names_entry(share.id, number)), {"version": VERSION, **write_names(part)})
        return len(parts)

    def apply(self, consumer: str, share_id: str, step: Transition) -> tuple[Share | None, bool]:
        """Take a share one step on."""
        try:
            item = self._table.change((consumer, share_entry(share_id)), change_of_share(step))
        except ConditionFailed as failed:
            return None if failed.item is None else read_share(failed.item), False
        return read_share(item), True

    def apply_unless_held(self, share: Share, step: Transition, holds: Sequence[Hold], at: str) -> bool:
        """The same, in one transaction with the conditions that none of these holds stands and nobody revokes."""
        key = (share.consumer, share_entry(share.id))
        free = Check((share.consumer, _LEASE), "attribute_not_exists(#until) OR #until < :now", {":now": at})
        checks = [free, *map(_not_held, holds)]
        try:
            self._table.change_all({key: change_of_share(step)}, checks)
        except TryAgain:
            refuse_held(self.held(holds))
            if self._is_leased(share.consumer, at):
                raise TryAgain(
                    f"Shares of account {share.consumer} are being revoked, and nothing is granted to it until then."
                ) from None
            there = self.find(share.consumer, share.id)
            if there is None or there.status in (step.starts_from or ()):
                raise
            return False
        return True

    def _is_leased(self, consumer: str, at: str) -> bool:
        item = self._table.get((consumer, _LEASE)) or {}
        return str(item.get("until", "")) >= at

    def lease(self, consumer: str, holder: str, until: str, at: str) -> bool:
        """Take the right to revoke shares of an account."""
        return take_lease(self._table, (consumer, _LEASE), holder, until, at)

    def give_back_lease(self, consumer: str, holder: str) -> None:
        """Give it back."""
        give_lease_back(self._table, (consumer, _LEASE), holder)

    def lease_all(self, names: Sequence[str], holder: str, until: str, at: str) -> bool:
        """Take all of these leases, or none."""
        return take_leases(self._table, [(name, _LEASE) for name in names], holder, until, at)

    def give_back_leases(self, names: Sequence[str], holder: str) -> None:
        """Give back those that `holder` has still."""
        let_leases_go(self._table, [(name, _LEASE) for name in names], holder)

    def held(self, holds: Sequence[Hold]) -> Sequence[Hold]:
        """Those of these holds that stand."""
        return [each for each in holds if _stands(each, self._table.get(hold_key(each)))]

    def put_hold(self, hold: Hold, entry: HistoryEntry, owners: Iterable[str] = ()) -> None:
        """Put a hold."""
        change = Change(
            set={"version": VERSION, "changes": HOLD, "changed_at": entry.at},
            add={"held": {hold.table}},
            append={"history": [write_line(hold, entry, owners)]},
        )
        self._table.change(hold_key(hold), change)

    def find_hold(self, hold: Hold) -> PutHold | None:
        """Read just this hold."""
        item = self._table.get(hold_key(hold))
        return None if item is None else next((each for each in read_holds(item) if each.hold == hold), None)

    def lift_hold(self, hold: Hold, entry: HistoryEntry) -> bool:
        """Lift a hold."""
        change = Change(
            set={"changes": HOLD, "changed_at": entry.at},
            take={"held": {hold.table}},
            append={"history": [write_line(hold, entry)]},
            condition="contains(#held, :table)",
            values={":table": hold.table},
        )
        try:
            self._table.change(hold_key(hold), change)
        except ConditionFailed:
            return False
        return True


def _not_held(hold: Hold) -> Check:
    """That nothing is held which a share of this would reach: of a whole database none of its tables."""
    none, values = "attribute_not_exists(#held)", {":all": WHOLE_DATABASE, ":table": hold.table}
    if hold.table == WHOLE_DATABASE:
        return Check(hold_key(hold), none)
    return Check(hold_key(hold), f"{none} OR NOT (contains(#held, :all) OR contains(#held, :table))", values)


def _stands(hold: Hold, item: Item | None) -> bool:
    held = frozenset((item or {}).get("held", ()))
    return bool(held) if hold.table == WHOLE_DATABASE else bool(held & {WHOLE_DATABASE, hold.table})


def _incomplete(what: str, share: Share) -> RegisterUnreadable:
    return RegisterUnreadable(
        f"The ledger has not all the {what} that share {share.id} covers. The platform team must look at it."
    )


def _parts(names: Sequence[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    """The names, each with its filter, in lists that an item can hold each."""
    part: list[tuple[str, str]] = []
    text = 0
    for name in names:
        size = sum(len(each.encode()) for each in name)
        if part and text + size > _MOST_TEXT:
            yield part
            part, text = [], 0
        part.append(name)
        text += size
    if part:
        yield part
