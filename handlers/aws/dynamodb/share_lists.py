"""Lists of shares and holds on DynamoDB, from the ledger's indexes."""

from collections.abc import Iterable
from typing import Final

from handlers.aws.dynamodb.hold_items import HOLD, read_holds
from handlers.aws.dynamodb.share_items import CHANGES, LIVE, read_listed_share, share_entry
from handlers.aws.dynamodb.store import Table
from handlers.sharing.model.listed_shares import ListedShare, PutHold, ShareList, ShareListKind, SharePlace
from handlers.sharing.model.share import Share

_INDEXES: Final[dict[ShareListKind, tuple[str, str]]] = {
    "requester": ("by_requester", "requester_id"),
    "consumer": ("by_consumer", "pk"),
    "owner": ("by_owner", "live_owner"),
    "ended": ("by_change", "changes"),
    "database": ("by_data", "live_database"),
    "all": ("by_live", "live"),
}
"""The index of each kind of list, and what it is of; all but `by_data` and `by_change` are sorted by `since`."""


class DynamoShareLists:
    """`ShareLists` on DynamoDB."""

    def __init__(self, table: str) -> None:
        self._table = Table(table, "ledger")

    def newest(self, shares: ShareList, after: SharePlace | None, most: int) -> Iterable[ListedShare]:
        """The shares of a list from a place on, newest first."""
        index, attribute = _INDEXES[shares.kind]
        ended = shares.kind == "ended"
        if ended and after is not None and after.since < shares.since:
            # The days move on while somebody pages, and DynamoDB fails at a place outside of what is asked for.
            return ()
        place = None
        if after is not None:
            place = {"pk": after.consumer, "entry": share_entry(after.share_id)}
            place |= {} if shares.kind == "database" else {"changed_at" if ended else "since": after.since}
        value = {"all": LIVE, "ended": CHANGES}.get(shares.kind, shares.value)
        since = ("changed_at", shares.since) if ended else None
        found = self._table.backwards(index, attribute, value, since=since, after=place, batch=most)
        return filter(lambda each: not ended or _has_ended(each, shares.value), map(read_listed_share, found))

    def changed(self, since: str) -> Iterable[ListedShare]:
        """All shares to which something has happened since then, what changed last first."""
        found = self._table.backwards("by_change", "changes", CHANGES, since=("changed_at", since))
        return map(read_listed_share, found)

    def put_holds(self) -> Iterable[PutHold]:
        """All holds that were ever put, what changed last first."""
        for item in self._table.backwards("by_change", "changes", HOLD):
            yield from read_holds(item)


def _has_ended(share: ListedShare, owner: str) -> bool:
    """Whether it is an ended one of this owner's. Of one that cannot be read nobody knows whose it is."""
    return isinstance(share, Share) and not share.live and share.owner.account_id == owner
