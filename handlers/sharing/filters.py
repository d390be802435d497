"""What is asked of the ledger for data cells filters: whether an account needs one, and whose turn at it is.

A filter is shared by all accounts with the same terms. Who grants it and who deletes it, because nobody is granted it
any more, take turns by a lease on its name: so none is deleted that is just being granted.
"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from handlers.sharing.model.cells import CellsFilter
from handlers.sharing.model.classification import Classification, Scope
from handlers.sharing.model.clock import iso, now
from handlers.sharing.model.errors import AlreadyWider, FilterLimitReached, SafeNotOffered, TryAgain
from handlers.sharing.model.part import Part
from handlers.sharing.model.parties import Owner, Parties
from handlers.sharing.model.request import ShareRequest
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


def check_needed(request: ShareRequest, found: Classification, ledger: Ledger, requester_id: str | None = None) -> None:
    """Check that an account has not got all of a table already of which it asks for a part, and can get the part.

    Args:
        request: what is asked for.
        found: how it was classified.
        ledger: port.
        requester_id: only shares of this person's requests are looked at; `None`: anybody's.

    Raises:
        AlreadyWider: it has all of it.
        FilterLimitReached: it has as many filters of the table as there may be.
    """
    if found.scope is not Scope.FILTERED:
        return
    source = request.source
    live = [
        each
        for each in ledger.live(request.consumer)
        if each.holds and each.source.database == source.database
        if requester_id is None or (each.requester is not None and each.requester.id == requester_id)
    ]
    for each in live:
        if each.status is ShareStatus.ACTIVE and any(of.covers(source.table) for of in covered_by(each, ledger)):
            raise AlreadyWider(
                f"Account {request.consumer} can read all of table {source} already, through share {each.id}."
            )
    filters = {each.cells.name for each in live if each.cells is not None and each.source == source}
    mine = CellsFilter(source.database, source.table, found.columns, found.row_filter).name
    if len(filters - {mine}) >= MOST_FILTERS:
        raise FilterLimitReached(
            f"Account {request.consumer} has {MOST_FILTERS} different parts of table {source}, and Lake Formation lets "
            "it have no more. Give back what is not needed, or ask for the table."
        )


@contextmanager
def turn_at(name: str, holder: str, lasts: timedelta, ledger: Ledger) -> Generator[None]:
    """Have a filter to oneself, by its name, for so long at most.

    Raises:
        TryAgain: somebody else is at it.
    """
    at = now()
    if not ledger.lease(name, holder, iso(at + lasts), iso(at)):
        raise TryAgain(f"Data cells filter {name} is being granted or deleted.")
    try:
        yield
    finally:
        ledger.give_back_lease(name, holder)
