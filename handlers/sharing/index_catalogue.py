"""Makes the index of the catalogue's words, anew each time: what is gone or hidden by now goes from it as well."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from typing import Final

from handlers.sharing.browsable import BrowsableCatalogue
from handlers.sharing.model.catalogue import Database, Found, pages_of
from handlers.sharing.model.clock import iso
from handlers.sharing.model.errors import (
    AccessRefused,
    CatalogueUnreadable,
    DatabaseNotFound,
    IndexIncomplete,
    InvalidInput,
)
from handlers.sharing.model.search_index import IndexBuilder, Words, words_of_database, words_of_table
from handlers.sharing.stores import SearchIndexes

SECONDS_TO_SPARE = 60.0
"""What is left of an invocation to put the index away."""
AT_ONCE: Final = 8
"""How many databases are read at one time: a list of 5,000, one after the other, would take most of an invocation."""
_HANDED_OUT: Final = 4 * AT_ONCE
"""How many databases are handed out together, so that no more words than theirs wait to be added."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """How much is in an index. `unread`: databases that could not be read to their end."""

    databases: int
    tables: int
    words: int
    unread: int


@dataclass(slots=True)
class _Read:
    """The words of a database's tables, and whether these are all that are shown."""

    tables: list[tuple[str, Words]]
    complete: bool = True


def index_catalogue(
    *,
    catalogue: BrowsableCatalogue,
    indexes: SearchIndexes,
    at: datetime,
    seconds_left: Callable[[], float],
) -> Indexed:
    """Read all that the catalogue shows, and put the index of it in place of the one before.

    A database that is a link is found itself; its tables are found where they are.

    Raises:
        IndexIncomplete: time ran short.
        TryAgain, AccessRefused, CatalogueUnreadable, CatalogueKeyUnavailable: the catalogue cannot be read. As above,
            the index before stays, and says how old it is.
    """
    builder = IndexBuilder(iso(at))
    databases = list(chain.from_iterable(pages_of(catalogue.some_databases)))
    tables = unread = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for start in range(0, len(databases), _HANDED_OUT):
            if seconds_left() < SECONDS_TO_SPARE:
                raise IndexIncomplete(f"Time ran short after {start:,} of {len(databases):,} databases.")
            some = databases[start : start + _HANDED_OUT]
            for found, read in zip(some, pool.map(partial(_read, catalogue), some), strict=True):
                builder.add(found.entry.name, words_of_database(found.entry), read.tables)
                tables += len(read.tables)
                unread += not read.complete
    index = builder.build(unread)
    indexes.put(index)
    return Indexed(len(databases), tables, len(index.words), unread)


def _read(catalogue: BrowsableCatalogue, found: Found[Database]) -> _Read:
    """Runs beside others, so the words are taken from the tables here: they are much smaller."""
    read = _Read([])
    if found.refusal is not None:
        return read
    database = found.entry
    try:
        for page in pages_of(partial(catalogue.some_tables, database.name)):
            read.tables += [(each.entry.name, words_of_table(each.entry, database)) for each in page]
    except (DatabaseNotFound, AccessRefused):
        # Gone meanwhile, or none of its tables is shown: it is found as far as its page shows it.
        pass
    except (CatalogueUnreadable, InvalidInput):
        # What others put into the catalogue must not hide the rest of it.
        read.complete = False
    return read
