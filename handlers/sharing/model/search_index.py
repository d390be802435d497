"""An index of the catalogue's words: which entries have which word, and where. It proposes; the catalogue disposes.

It holds the names of entries and the words in them, none of their texts: whoever is shown something is shown what the
catalogue says of it then (`handlers.sharing.search`).
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property
from heapq import nsmallest
from itertools import accumulate
from typing import Final

from handlers.sharing.model.catalogue import Database, Place, Table
from handlers.sharing.model.words import WITHIN, fit, splits, starts_to_try, words_of

_LAST: Final = "\U0010ffff"
"""Sorts behind every letter."""


class Field(IntEnum):
    """Where a word stands in an entry."""

    NAME = 0
    OWNER = 1
    COLUMN = 2
    DESCRIPTION = 3
    DATABASE = 4


WEIGHTS: Final = {Field.NAME: 8.0, Field.OWNER: 4.0, Field.COLUMN: 3.0, Field.DESCRIPTION: 2.0, Field.DATABASE: 2.0}
"""How much a word in each of them says of what somebody looks for."""

Words = Mapping[Field, frozenset[str]]
"""The words of an entry, by where they stand."""


def words_of_database(database: Database) -> Words:
    """The words of a database."""
    return {
        Field.NAME: frozenset(words_of(database.name)),
        Field.OWNER: _owner(database),
        Field.DESCRIPTION: frozenset(words_of(database.description)),
    }


def words_of_table(table: Table, database: Database) -> Words:
    """The words of a table, with those of the owner that it has, or else its database."""
    columns = table.columns or ()
    comments = (word for column in columns for word in words_of(column.comment))
    return {
        Field.NAME: frozenset(words_of(table.name)),
        Field.OWNER: _owner(database if table.owner is None else table),
        Field.COLUMN: frozenset(word for column in columns for word in words_of(column.name)),
        Field.DESCRIPTION: frozenset(words_of(table.description)).union(comments),
        Field.DATABASE: frozenset(words_of(database.name)),
    }


def _owner(entry: Database | Table) -> frozenset[str]:
    return frozenset(words_of(f"{entry.owner or ''} {entry.owner_name or ''}"))


def fits_all(typed: Sequence[str], words: Words) -> bool:
    """Whether an entry with these words is one that `SearchIndex.best` would find."""
    every = frozenset[str]().union(*words.values())
    return all(
        any(fit(each, word) for word in every) or any(every.issuperset(parts) for parts in splits(each))
        for each in typed
    )


@dataclass(frozen=True)
class SearchIndex:
    """The index.

    Attributes:
        built_at: since when what it says is known: when its building began, as `clock.iso` writes it.
        unread: how many databases could not be read to their end.
        names: of all entries.
        holders: for each entry the number of its database's; a database's own is its own.
        words: all words, sorted.
        starts: where in `entries` those of each word and field begin, word by word; one number more for the end.
        entries: the numbers of the entries.
    """

    built_at: str
    unread: int
    names: Sequence[str]
    holders: Sequence[int]
    words: Sequence[str]
    starts: Sequence[int]
    entries: Sequence[int]

    def best(self, typed: Sequence[str], most: int) -> list[Place]:
        """The entries that fit all of these words, the best first: at most `most`."""
        if not typed:
            return []
        scores = sorted((self._scores(word) for word in dict.fromkeys(typed)), key=len)
        common = set(scores[0]).intersection(*scores[1:])
        total = {entry: sum(each[entry] for each in scores) for entry in common}
        best = nsmallest(most, common, key=lambda entry: self._order(entry, total[entry]))
        return [self._place(entry) for entry in best]

    def _order(self, entry: int, score: float) -> tuple[float, bool, int, str]:
        """Databases before tables that fit as well, short names before long ones."""
        name = self.names[entry]
        return -score, self.holders[entry] != entry, len(name), name

    def _place(self, entry: int) -> Place:
        holder = self.holders[entry]
        return (self.names[holder], None if holder == entry else self.names[entry])

    def _scores(self, typed: str) -> dict[int, float]:
        """Every entry that has a word which fits, with the best score."""
        found: list[tuple[float, int]] = []
        for word in self._candidates(typed):
            quality = fit(typed, self.words[word])
            if quality:
                found += [(quality * weight, word * len(Field) + field) for field, weight in WEIGHTS.items()]
        scores = self._entries_of(found)
        for first, second in splits(typed):
            parts = [self._entries_of(self._exactly(part)) for part in (first, second)]
            for entry in parts[0].keys() & parts[1].keys():
                scores[entry] = max(scores.get(entry, 0), WITHIN * min(parts[0][entry], parts[1][entry]))
        return scores

    def _entries_of(self, found: list[tuple[float, int]]) -> dict[int, float]:
        """The entries of words in fields, given as a score and the number of both, each with its best score."""
        scores: dict[int, float] = {}
        # What scores better comes later, and stays.
        for score, number in sorted(found):
            scores.update(dict.fromkeys(self.entries[self.starts[number] : self.starts[number + 1]], score))
        return scores

    def _exactly(self, word: str) -> list[tuple[float, int]]:
        number = bisect_left(self.words, word)
        if self.words[number : number + 1] != [word]:
            return []
        return [(weight, number * len(Field) + field) for field, weight in WEIGHTS.items()]

    def _candidates(self, typed: str) -> set[int]:
        """The words that a typed one may fit; nothing else does, save one with several typos in its first letters."""
        letters, behind = starts_to_try(typed)
        found = {number for start in {typed, *letters} for number in self._beginning_with(start)}
        found.update(self._holding(typed))
        for part in behind:
            found.update(number for number in self._holding(part) if self.words[number].startswith(part, 1))
        return found

    def _beginning_with(self, start: str) -> range:
        return range(bisect_left(self.words, start), bisect_left(self.words, start + _LAST))

    def _holding(self, part: str) -> Iterable[int]:
        """The words that have `part` in them: at the speed of C, in all of them as one text."""
        if len(part) < 3:
            return
        at = self._text.find(part)
        while at >= 0:
            number = bisect_left(self._ends, at)
            yield number
            at = self._text.find(part, self._ends[number])

    @cached_property
    def _text(self) -> str:
        return "\n".join(self.words)

    @cached_property
    def _ends(self) -> Sequence[int]:
        """Where in the text each word ends."""
        return array("L", (end - 1 for end in accumulate(len(word) + 1 for word in self.words)))


class IndexBuilder:
    """Makes an index, entry by entry."""

    def __init__(self, built_at: str) -> None:
        self._built_at = built_at
        self._names: list[str] = []
        self._holders = array("I")
        self._entries: dict[tuple[str, Field], array[int]] = {}

    def add(self, database: str, words: Words, tables: Iterable[tuple[str, Words]] = ()) -> None:
        """Add a database and its tables."""
        holder = len(self._names)
        self._add(database, holder, words)
        for table, its_words in tables:
            self._add(table, holder, its_words)

    def build(self, unread: int) -> SearchIndex:
        """The index of what was added."""
        words = sorted({word for word, _ in self._entries})
        starts, entries = array("I", [0]), array("I")
        for word in words:
            for field in Field:
                entries.extend(self._entries.pop((word, field), ()))
                starts.append(len(entries))
        return SearchIndex(self._built_at, unread, self._names, self._holders, words, starts, entries)

    def _add(self, name: str, holder: int, words: Words) -> None:
        number = len(self._names)
        self._names.append(name)
        self._holders.append(holder)
        for field, its_words in words.items():
            for word in its_words:
                self._entries.setdefault((word, field), array("I")).append(number)
