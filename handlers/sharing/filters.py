"""What is asked of the ledger for data cells filters: whether an account needs one, and whose turn at it is.

A filter is shared by all accounts with the same terms. Who grants it and who deletes it, because nobody is granted it
any more, take turns by a lease on its name: so none is deleted that is just being granted.
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from itertools import chain
from typing import Final

from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.classification import FILTERED, Classification, Classified, Scope
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.effective import Effective, effective
from handlers.sharing.model.errors import AlreadyWider, FilterLimitReached, LakeshareError, SafeNotOffered, TryAgain
from handlers.sharing.model.grants import Resource, are_covered
from handlers.sharing.model.part import Part
from handlers.sharing.model.parties import Owner, Parties
from handlers.sharing.model.request import ShareRequest, Source
from handlers.sharing.model.share import Share, ShareStatus
from handlers.sharing.retry import tries
from handlers.sharing.share_stores import Ledger
from handlers.sharing.shares import covered_by

MOST_FILTERS: Final = 100
"""Lake Formation's limit: filters of one table on which an account has SELECT."""
TURN: Final = "turn#"
"""How the names of turns begin, unlike an account's: roles are let at one kind of them."""


def check_offered(part: Part, owner: Owner, parties: Parties) -> None:
    """Check that the owner offers the safe subset, if that is asked for.

    Raises:
        SafeNotOffered: it does not.
    """
    producer = parties.producers.get(owner.account_id)
    if part.safe and not (producer is not None and producer.safe_subset):
        raise SafeNotOffered(
            f"The safe subset of the data is not offered by {owner} (config safeSubset). Ask for columns, or for all "
            "of the table."
        )


def beside_others(
    request: ShareRequest,
    examined: Classified,
    ledger: Ledger,
    *,
    renews: str | None = None,
    requester_id: str | None = None,
) -> Classification:
    """Check that an account needs the part that it asks for, and can get it; say what it can read with what it has.

    Args:
        request: what is asked for.
        examined: how it was classified.
        ledger: port.
        renews: the share that this renews, and takes the place of.
        requester_id: only shares of this person's requests are looked at; `None`: anybody's.

    Raises:
        AlreadyWider: it has all of it.
        FilterLimitReached: it has as many filters of a table as there may be.
    """
    source, found = request.source, examined.classification
    if found.scope not in FILTERED:
        return found
    mine = {name: Resource(source.database, name, filter_name) for name, filter_name in examined.filters.items()}
    cells = CellsFilter(source.database, source.table, found.columns, found.row_filter)
    if found.scope is Scope.FILTERED:
        mine = {source.table: cells.resource}
    live = [
        each
        for each in ledger.live(request.consumer)
        if each.holds and each.source.database == source.database
        if requester_id is None or (each.requester is not None and each.requester.id == requester_id)
    ]
    covers = {each.id: covered_by(each, ledger) for each in live}
    # Of a share that is for none of these roles, or not for all, its consumer has the data, and they do not.
    whole = [each.id for each in live if each.status is ShareStatus.ACTIVE and set(request.roles) <= set(each.roles)]
    if are_covered(mine.values(), chain.from_iterable(covers[each] for each in whole)):
        through = [each for each in whole if are_covered(mine.values(), covers[each])] or whole
        raise AlreadyWider(
            f"Account {request.consumer} can read all of {_told(source)} already, through share {through[0]}."
        )
    filters = frozenset(each for each in chain.from_iterable(covers.values()) if each.filter)
    count = Counter(each.table for each in filters - frozenset(mine.values()))
    full = next((name for name in mine if count[name] >= MOST_FILTERS), None)
    if full is not None:
        raise FilterLimitReached(
            f"Account {request.consumer} has {MOST_FILTERS} different parts of table {source.database}.{full}, and "
            "Lake Formation lets it have no more. Give back what is not needed, or ask for the table."
        )
    if found.scope is not Scope.FILTERED:
        return found
    return replace(found, effective=_added_up(cells, [each for each in live if each.id != renews], covers))


def read_with(share: Share, live: Iterable[Share], ledger: Ledger) -> Effective | None:
    """What an account can read by a share of a part of a table and by its others, of which `live` are those that count.

    Raises:
        RegisterUnreadable: the ledger has not all that these cover.
    """
    if share.cells is None or not share.holds:
        return None
    database = share.source.database
    others = [each for each in live if each.holds and each.id != share.id and each.source.database == database]
    return _added_up(share.cells, others, {each.id: covered_by(each, ledger) for each in others})


def _added_up(
    cells: CellsFilter, others: Sequence[Share], covers: Mapping[str, frozenset[Resource]]
) -> Effective | None:
    """What a filter and other shares of its database let read of its table. `covers`: what each of these covers."""
    all_of_it = {of for each in others for of in covers[each.id]}
    parts = [each.cells for each in others if each.cells is not None and each.cells.table == cells.table]
    told = {cells.resource, *(each.resource for each in parts)}
    # Of the safe subset of a database the ledger has the filters' names, and not what is in them.
    untold = {of for of in all_of_it - told if of.filter and of.table == cells.table}
    whole = any(of.covers(cells.table) for of in all_of_it)
    return effective(cells.terms, (each.terms for each in parts), untold=len(untold), whole=whole)


def _told(source: Source) -> str:
    return f"what is safe of database {source.database}" if source.is_database else f"table {source}"


@contextmanager
def turn_at(
    names: Sequence[str], holder: str, lasts: timedelta, ledger: Ledger, pause: Callable[[float], None]
) -> Generator[None]:
    """Have some filters to oneself, by their names, for so long at most.

    Raises:
        TryAgain: somebody else is at one of them.
    """
    at, turns = now(), [f"{TURN}{name}" for name in names]
    if not ledger.lease_all(turns, holder, iso(at + lasts), iso(at)):
        more = f" or one of {len(names) - 1} others" if len(names) > 1 else ""
        raise TryAgain(f"Data cells filter {names[0]}{more} is being granted or deleted.")
    try:
        yield
    finally:
        _give_back(turns, holder, ledger, pause)


def _give_back(turns: Sequence[str], holder: str, ledger: Ledger, pause: Callable[[float], None]) -> None:
    """Give turns back; others would have to wait until they end by themselves. What was done in them is done."""
    for _ in tries(pause):
        try:
            ledger.give_back_leases(turns, holder)
        except TryAgain:
            continue
        except LakeshareError:
            pass
        return
