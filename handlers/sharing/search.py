"""Finds entries of the catalogue by words in them, as they are now.

The index proposes, and each proposal is looked at in the catalogue before it is shown: what is gone, what Lake
Formation has hidden since, and what has other words by now is left out, and what is shown is what stands there.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from typing import Final

from handlers.sharing.browsable import BrowsableCatalogue
from handlers.sharing.model.catalogue import Column, Database, Place, Table
from handlers.sharing.model.catalogue import Found as Seen
from handlers.sharing.model.errors import AccessRefused, DatabaseNotFound, InvalidInput, Refused, TableNotFound
from handlers.sharing.model.search_index import fits_all, words_of_database, words_of_table
from handlers.sharing.model.words import fit, words_of
from handlers.sharing.stores import SearchIndexes

SHOWN: Final = 10
"""How many entries are shown."""
LOOKED_AT: Final = 30
"""How many proposals are looked at for them: after an index has got old, many may be gone."""
MOST_WORDS: Final = 8
MOST_COLUMNS: Final = 3


@dataclass(frozen=True, slots=True)
class Hit:
    """An entry that was found.

    Attributes:
        entry: the table, or the database where that is what was found.
        database: the name of the database.
        owner: account and name of whom entry or database name as the owner, as it stands there.
        columns: the names of the columns that have some of the words, the best first.
    """

    entry: Database | Table
    database: str
    owner: tuple[str, str] | None
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found, the best first.

    Attributes:
        more: there may be more than that.
        indexed_at: what came into the catalogue later is not found.
        unread: databases of which not all tables can be found, as they could not be read then.
    """

    hits: tuple[Hit, ...]
    more: bool
    indexed_at: str
    unread: int


def search(text: str, *, indexes: SearchIndexes, catalogue: BrowsableCatalogue) -> Found:
    """Find the entries that have all words of `text`, or what these may have been meant for.

    Raises:
        SearchNotReady: there is no index.
        TryAgain, CatalogueUnreadable, CatalogueKeyUnavailable: index or catalogue cannot be read.
    """
    index = indexes.latest()
    typed = words_of(text)[:MOST_WORDS]
    places = index.best(typed, LOOKED_AT)
    hits: list[Hit] = []
    # One more than is shown tells whether there are more.
    for hit in _looked_at(typed, places, catalogue):
        hits.append(hit)
        if len(hits) > SHOWN:
            break
    more = len(hits) > SHOWN or len(places) == LOOKED_AT
    return Found(tuple(hits[:SHOWN]), more, index.built_at, index.unread)


def _looked_at(typed: Sequence[str], places: Sequence[Place], catalogue: BrowsableCatalogue) -> Iterator[Hit]:
    """The proposals that stand up to a look, several looked at in one go."""
    look_at_database = cache(catalogue.look_at_database)

    def look(place: Place) -> Hit | None:
        name, table = place
        try:
            if table is None:
                return _database_hit(typed, look_at_database(name).entry)
            return _table_hit(typed, catalogue.look_at_table(name, table).entry, _holder(look_at_database, name))
        except (DatabaseNotFound, TableNotFound, InvalidInput, AccessRefused):
            return None

    with ThreadPoolExecutor(SHOWN) as pool:
        for start in range(0, len(places), SHOWN + 1):
            yield from filter(None, pool.map(look, places[start : start + SHOWN + 1]))


def _holder(look: Callable[[str], Seen[Database]], name: str) -> Database:
    """The database of a table, which can be shown without it, as on its own page."""
    try:
        return look(name).entry
    except (Refused, AccessRefused):
        return Database(name)


def _database_hit(typed: Sequence[str], database: Database) -> Hit | None:
    if not fits_all(typed, words_of_database(database)):
        return None
    return Hit(database, database.name, _owner(database))


def _table_hit(typed: Sequence[str], table: Table, database: Database) -> Hit | None:
    if not fits_all(typed, words_of_table(table, database)):
        return None
    owner = _owner(database if table.owner is None else table)
    return Hit(table, database.name, owner, _columns(typed, table.columns or ()))


def _owner(entry: Database | Table) -> tuple[str, str] | None:
    return None if entry.owner is None else (entry.owner, entry.owner_name or "")


def _columns(typed: Sequence[str], columns: Sequence[Column]) -> tuple[str, ...]:
    """The columns in whose names or comments some of the words are, the best first."""
    scored = [(_fit_of_column(typed, column), column.name) for column in columns]
    best = sorted((each for each in scored if each[0]), key=lambda each: -each[0])
    return tuple(name for _, name in best[:MOST_COLUMNS])


def _fit_of_column(typed: Sequence[str], column: Column) -> float:
    words = words_of(f"{column.name} {column.comment}")
    return sum(max((fit(each, word) for word in words), default=0) for each in typed)
