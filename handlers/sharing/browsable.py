"""A catalogue to look around in, and one whose entries bear what is remembered of them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from handlers.sharing.memory import remembered_databases, remembered_tables
from handlers.sharing.model.catalogue import Batch, Counted, Database, Entry, Found, Table
from handlers.sharing.stores import Memory


class BrowsableCatalogue(Protocol):
    """The central account's catalogue, to look around in: links and what is broken are shown, not refused.

    Every method may raise `TryAgain`, `AccessRefused`, `CatalogueUnreadable` and `CatalogueKeyUnavailable`;
    `InvalidInput` for a token that is not of this list.
    """

    def look_at_database(self, name: str) -> Found[Database]:
        """One database; raises `DatabaseNotFound`."""
        ...

    def look_at_table(self, database: str, name: str) -> Found[Table]:
        """One table; raises `TableNotFound`."""
        ...

    def some_databases(self, token: str | None) -> Batch[Found[Database]]:
        """At most 100 databases, in one call."""
        ...

    def some_tables(self, database: str, token: str | None) -> Batch[Found[Table]]:
        """At most 100 tables of a database, in one call; raises `DatabaseNotFound`."""
        ...


class CountedCatalogue(BrowsableCatalogue, Protocol):
    """A catalogue of which a survey has counted what asks."""

    def counted(self, databases: Sequence[str]) -> Mapping[str, Counted]:
        """What the last survey found in these databases, as far as it has read them."""
        ...


class RememberingBrowser:
    """`CountedCatalogue`: a catalogue whose entries bear what is remembered of them, at one more read a page."""

    def __init__(self, catalogue: BrowsableCatalogue, memory: Memory) -> None:
        self._catalogue = catalogue
        self._memory = memory

    def look_at_database(self, name: str) -> Found[Database]:
        """One database."""
        return self._databases([self._catalogue.look_at_database(name)])[0]

    def look_at_table(self, database: str, name: str) -> Found[Table]:
        """One table."""
        return self._tables(database, [self._catalogue.look_at_table(database, name)])[0]

    def some_databases(self, token: str | None) -> Batch[Found[Database]]:
        """A page of databases."""
        batch = self._catalogue.some_databases(token)
        return replace(batch, entries=tuple(self._databases(batch.entries)))

    def some_tables(self, database: str, token: str | None) -> Batch[Found[Table]]:
        """A page of a database's tables."""
        batch = self._catalogue.some_tables(database, token)
        return replace(batch, entries=tuple(self._tables(database, batch.entries)))

    def counted(self, databases: Sequence[str]) -> Mapping[str, Counted]:
        """What the last survey found in these databases."""
        return self._memory.counted(databases)

    def _databases(self, found: Sequence[Found[Database]]) -> list[Found[Database]]:
        return _with(remembered_databases([each.entry for each in found], self._memory), found)

    def _tables(self, database: str, found: Sequence[Found[Table]]) -> list[Found[Table]]:
        return _with(remembered_tables([each.entry for each in found], database, self._memory), found)


def _with(entries: Sequence[Entry], found: Sequence[Found[Entry]]) -> list[Found[Entry]]:
    return [replace(each, entry=entry) for each, entry in zip(found, entries, strict=True)]
