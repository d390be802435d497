"""Lists for people: shares, holds, and what has changed; each for those who may see all of it."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

from handlers.sharing.approvers import Standings
from handlers.sharing.filters import read_with
from handlers.sharing.model.access import NOTHING, Deed, Thing
from handlers.sharing.model.effective import Effective
from handlers.sharing.model.errors import RegisterUnreadable
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.listed_shares import Change, ListedShare, PutHold, ShareList, SharePlace
from handlers.sharing.model.person import Person
from handlers.sharing.model.record import HistoryEntry
from handlers.sharing.model.share import Share
from handlers.sharing.own import find_share
from handlers.sharing.share_stores import Ledger, ShareLists
from handlers.sharing.stores import Register

BATCH: Final = 100
"""So many shares are read at a time where not all of them are wanted."""


@dataclass(frozen=True, slots=True)
class Only:
    """What else shares must be to stand in a list; `None`: whatever they are. `live`: not yet, or already, ended."""

    database: str | None = None
    consumer: str | None = None
    owner: str | None = None
    live: bool | None = None

    def wants(self, share: ListedShare) -> bool:
        """Whether a share belongs there. One that cannot be read does: it may be what is looked for."""
        if not isinstance(share, Share):
            return self.consumer in {None, share.consumer}
        return (
            self.database in {None, share.source.database}
            and self.consumer in {None, share.consumer}
            and self.owner in {None, share.owner.account_id}
            and self.live in {None, share.live}
        )


@dataclass(frozen=True, slots=True)
class SharesWanted:
    """A page of a list of shares. `everybodys`: it is no list of a single account or owner that one may be part of."""

    shares: ShareList
    only: Only
    limit: int
    after: SharePlace | None
    everybodys: bool


@dataclass(frozen=True, slots=True)
class ChangePlace:
    """A place among changes, behind the one of this time, of the share or hold so called, and of this number in it."""

    at: str
    of: str
    number: int


def list_shares(
    wanted: SharesWanted, person: Person, *, standings: Standings, lists: ShareLists
) -> tuple[list[ListedShare], SharePlace | None]:
    """A page of shares, newest first, and where the next one begins.

    Raises:
        AuditorsOnly: the list is nothing that they may see all of.
        ApproversUnknown: nobody can say now whether they answer for this owner's data.
        TryAgain: an outage.
    """
    value = wanted.shares.value
    match wanted.shares.kind:
        case "requester" if value == person.id:
            pass
        case "consumer" if not wanted.everybodys:
            standings.check_list(person, Deed.SEE_SHARE, Thing(consumer=value))
        case "owner" | "ended" if not wanted.everybodys:
            standings.check_list(person, Deed.SEE_SHARE, Thing(owner=value))
        case _:
            standings.looking(person).check(Deed.AUDIT, NOTHING)
    batch = wanted.limit + 1 if wanted.only == Only() and wanted.shares.kind != "ended" else BATCH
    found = (each for each in lists.newest(wanted.shares, wanted.after, batch) if wanted.only.wants(each))
    taken = list(islice(found, wanted.limit + 1))
    page = taken[: wanted.limit]
    if len(taken) <= wanted.limit:
        return page, None
    return page, SharePlace.behind(page[-1], wanted.shares.kind)


def see_share(share_id: str, person: Person, *, standings: Standings, register: Register, ledger: Ledger) -> Share:
    """One share.

    Raises:
        UnknownShare: there is none of that id, or it is not theirs to see.
        ApproversUnknown, TryAgain: as above.
    """
    share = find_share(share_id, register, ledger)
    standings.check_looking(person, Deed.SEE_SHARE, Thing.of_share(share))
    return share


def see_effective(share: Share, person: Person, *, standings: Standings, ledger: Ledger) -> Effective | None:
    """What the account of a share of a part can read by it and by those of its others that somebody may see.

    `None`: nothing more, or one of these others cannot be read, which keeps nobody from the share itself.

    Raises:
        TryAgain: an outage.
    """
    if share.cells is None:
        return None
    standing = standings.looking(person, [share.owner.account_id])
    try:
        seen = [each for each in ledger.live(share.consumer) if standing.may(Deed.SEE_SHARE, Thing.of_share(each))]
        return read_with(share, seen, ledger)
    except RegisterUnreadable:
        return None


def list_holds(owner: str | None, person: Person, *, standings: Standings, lists: ShareLists) -> list[PutHold]:
    """The holds that stand: all of them, or those on an owner's data; raises as `list_shares`."""
    if owner is None:
        standings.looking(person).check(Deed.AUDIT, NOTHING)
    else:
        standings.check_list(person, Deed.SEE_SHARE, Thing(owner=owner))
    stand = (each for each in lists.put_holds() if each.stands)
    return [each for each in stand if owner is None or owner in _owners(each, standings)]


def list_changes(
    since: str,
    only: Only,
    limit: int,
    after: ChangePlace | None,
    person: Person,
    *,
    standings: Standings,
    lists: ShareLists,
) -> tuple[list[Change], ChangePlace | None, int]:
    """What has happened since then to shares and holds, newest first.

    Args:
        since: ISO 8601 in UTC.
        only: of which shares; with any of it given no hold is shown.
        limit: how many at most.
        after: where to go on.
        person: who looks.
        standings, lists: what finds out who may, and a port.

    Returns:
        The changes, where the next page begins, and how many shares could not be read.

    Raises:
        AuditorsOnly, TryAgain: as above.
    """
    standings.looking(person).check(Deed.AUDIT, NOTHING)
    unreadable = 0
    found: list[tuple[tuple[str, str, int], Change]] = []
    for share in lists.changed(since):
        if not isinstance(share, Share):
            unreadable += 1
        elif only.wants(share):
            found += _changes(share, share.id, share.history)
    if only == Only():
        for put in lists.put_holds():
            found += _changes(put.hold, str(put.hold), put.history)
    place = None if after is None else (after.at, after.of, after.number)
    wanted = ((key, each) for key, each in found if key[0] >= since and (place is None or key < place))
    newest = heapq.nlargest(limit + 1, wanted, key=lambda each: each[0])
    page = newest[:limit]
    more = ChangePlace(*page[-1][0]) if len(newest) > limit else None
    return [each for _, each in page], more, unreadable


def _changes(
    of: Share | Hold, name: str, history: Sequence[HistoryEntry]
) -> Iterator[tuple[tuple[str, str, int], Change]]:
    for number, entry in enumerate(history):
        yield (entry.at, name, number), Change(entry, of)


def _owners(put: PutHold, standings: Standings) -> frozenset[str]:
    match put.hold.kind:
        case "owner":
            return frozenset({put.hold.name})
        case "database":
            return put.owners or standings.parties.listed_owners(put.hold.name)
        case "consumer":
            return frozenset()
