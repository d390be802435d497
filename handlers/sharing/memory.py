"""What was seen flagged before joins the catalogue as it is read, so that a flag that vanished is no "no"."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from handlers.sharing.model.catalogue import Database, Table
from handlers.sharing.ports import Catalogue
from handlers.sharing.stores import Memory


class RememberingCatalogue:
    """`Catalogue`: another one, whose entries bear what is remembered of them, at one more read for a page of tables.

    Its methods raise what the other one's do.
    """

    def __init__(self, catalogue: Catalogue, memory: Memory) -> None:
        self._catalogue = catalogue
        self._memory = memory

    def database(self, name: str) -> Database:
        """Read one database."""
        return remembered_databases([self._catalogue.database(name)], self._memory)[0]

    def table(self, database: str, name: str) -> Table:
        """Read one table."""
        return remembered_tables([self._catalogue.table(database, name)], database, self._memory)[0]

    def pages(self, database: str) -> Iterator[Sequence[Table]]:
        """Read all tables, page by page."""
        for page in self._catalogue.pages(database):
            yield remembered_tables(page, database, self._memory)


def remembered_databases(databases: Iterable[Database], memory: Memory) -> list[Database]:
    """At most a page of databases, with what is remembered of each itself."""
    found = list(databases)
    once = memory.recall([(each.name, None) for each in found])
    return [replace(each, once_flagged=once.get((each.name, None), frozenset())) for each in found]


def remembered_tables(tables: Iterable[Table], database: str, memory: Memory) -> list[Table]:
    """At most a page of a database's tables, with what is remembered of each."""
    found = list(tables)
    once = memory.recall([(database, each.name) for each in found])
    return [replace(each, once_flagged=once.get((database, each.name), frozenset())) for each in found]
