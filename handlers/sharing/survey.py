"""Looks through the catalogue and remembers what is flagged: what vanishes before anybody asks is missed, too.

It also counts, for each database, how many of its tables ask: to say so in a list, nobody has to read them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain

from handlers.sharing.browsable import BrowsableCatalogue, RememberingBrowser
from handlers.sharing.model.catalogue import Counted, Database, Marked, Table, pages_of
from handlers.sharing.model.classification import Rule
from handlers.sharing.model.errors import LakeshareError, SurveyIncomplete
from handlers.sharing.model.grounds import (
    grounds_of_database,
    grounds_of_table,
    marks_of_database,
    news_of,
    own_grounds,
)
from handlers.sharing.model.parties import Parties
from handlers.sharing.stores import Bookmark, Memory

SECONDS_TO_SPARE = 120.0
"""A survey stops when less than this is left of an invocation, and the next one goes on."""


@dataclass(slots=True)
class Surveyed:
    """How far a survey has come.

    `databases` are done, `unread` of them could not be read to their end; `tables` were read; `news`: tables and
    databases with flags that were not known; `vanished`: flags that were known, and are gone.
    """

    databases: int = 0
    tables: int = 0
    news: int = 0
    vanished: int = 0
    unread: int = 0


def survey(
    *,
    parties: Parties,
    catalogue: BrowsableCatalogue,
    memory: Memory,
    bookmark: Bookmark,
    seconds_left: Callable[[], float],
    report: Callable[[Surveyed], None],
) -> Surveyed:
    """Go through every database that one of the producers may own: no other can be asked for.

    Args:
        parties: the producers.
        catalogue, memory, bookmark: ports.
        seconds_left: of this invocation.
        report: told how far it has come, after each database.

    Raises:
        SurveyIncomplete: time ran short, and the next call goes on; or part of the catalogue could not be read.
        TryAgain, AccessRefused, CatalogueUnreadable, CatalogueKeyUnavailable: there is no list of databases.
    """
    known = RememberingBrowser(catalogue, memory)
    begin = bookmark.place() or ""
    done = Surveyed()
    for database in sorted(_databases(known, parties), key=lambda each: each.name):
        if database.name < begin:
            continue
        if seconds_left() < SECONDS_TO_SPARE:
            bookmark.put(database.name)
            raise SurveyIncomplete(f"Time ran short after {done.databases:,} databases; the next call goes on there.")
        try:
            _look_through(database, known, memory, done)
        except LakeshareError:
            # What others put into the catalogue must not hide the rest of it.
            done.unread += 1
        done.databases += 1
        report(done)
    bookmark.put(None)
    if done.unread:
        raise SurveyIncomplete(
            f"{done.unread:,} of {done.databases:,} databases could not be read to their end, or not be remembered."
        )
    return done


def _databases(catalogue: BrowsableCatalogue, parties: Parties) -> Iterator[Database]:
    for found in chain.from_iterable(pages_of(catalogue.some_databases)):
        owners = (each for each in parties.producers.values() if parties.may_own(each, found.entry.name))
        if found.refusal is None and any(owners):
            yield found.entry


def _look_through(database: Database, catalogue: BrowsableCatalogue, memory: Memory, done: Surveyed) -> None:
    if database.once_flagged is not None:
        news = marks_of_database(database).news(database.once_flagged)
        _remember(database.name, {None: news} if news else {}, memory, done)
    done.vanished += sum(ground.rule is Rule.FLAG_VANISHED for ground in grounds_of_database(database))
    tables_in, asking = 0, 0
    for page in pages_of(partial(catalogue.some_tables, database.name)):
        tables: list[Table] = [found.entry for found in page if found.refusal is None]
        _remember(database.name, news_of(tables), memory, done)
        done.tables += len(tables)
        tables_in += len(tables)
        asking += sum(any(grounds_of_table(each, database)) for each in tables)
        done.vanished += sum(
            ground.rule is Rule.FLAG_VANISHED for each in tables for ground in own_grounds(each, database)
        )
    memory.keep_count(database.name, Counted(tables_in, asking))


def _remember(database: str, news: dict[str | None, Marked], memory: Memory, done: Surveyed) -> None:
    memory.remember(database, news)
    done.news += len(news)
