"""What is asked of the ledger for data cells filters: whether an account needs one, and whose turn at it is.

A filter is shared by all accounts with the same terms. Who grants it and who deletes it, because nobody is granted it
any more, take turns by a lease on its name: so none is deleted that is just being granted.
"""

from collections import Counter
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from itertools import chain
from typing import Final

from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.classification import FILTERED, Classified, Scope
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import AlreadyWider, FilterLimitReached, SafeNotOffered, TryAgain
from handlers.sharing.model.grants import Resource, are_covered
from handlers.sharing.model.part import Part
from handlers.sharing.model.parties import Owner, Parties
from handlers.sharing.model.request import ShareRequest, Source
from handlers.sharing.model.share import ShareStatus
from handlers.sharing.share_stores import Ledger
from handlers.sharing.shares import covered_by

MOST_FILTERS: Final = 100
"""Lake Formation's limit: filters of one table on which an account has SELECT."""


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


def check_needed(request: ShareRequest, examined: Classified, ledger: Ledger, requester_id: str | None = None) -> None:
    """Check that an account has not got all of it already of which it asks for a part, and can get the part.

    Args:
        request: what is asked for.
        examined: how it was classified.
        ledger: port.
        requester_id: only shares of this person's requests are looked at; `None`: anybody's.

    Raises:
        AlreadyWider: it has all of it.
        FilterLimitReached: it has as many filters of a table as there may be.
    """
    source, found = request.source, examined.classification
    if found.scope not in FILTERED:
        return
    mine = {name: Resource(source.database, name, filter_name) for name, filter_name in examined.filters.items()}
    if found.scope is Scope.FILTERED:
        cells = CellsFilter(source.database, source.table, found.columns, found.row_filter)
        mine = {source.table: cells.resource}
    live = [
        each
        for each in ledger.live(request.consumer)
        if each.holds and each.source.database == source.database
        if requester_id is None or (each.requester is not None and each.requester.id == requester_id)
    ]
    covers = {each.id: covered_by(each, ledger) for each in live}
    whole = [each.id for each in live if each.status is ShareStatus.ACTIVE]
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


def _told(source: Source) -> str:
    return f"what is safe of database {source.database}" if source.is_database else f"table {source}"


@contextmanager
def turn_at(names: Sequence[str], holder: str, lasts: timedelta, ledger: Ledger) -> Generator[None]:
    """Have some filters to oneself, by their names, for so long at most.

    Raises:
        TryAgain: somebody else is at one of them.
    """
    at = now()
    if not ledger.lease_all(names, holder, iso(at + lasts), iso(at)):
        more = f" or one of {len(names) - 1} others" if len(names) > 1 else ""
        raise TryAgain(f"Data cells filter {names[0]}{more} is being granted or deleted.")
    try:
        yield
    finally:
        ledger.give_back_leases(names, holder)
