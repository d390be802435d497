"""What was seen flagged, in memory. `tests/unit/test_memory.py` holds it to the same rules as the one on DynamoDB."""

from collections.abc import Mapping, Sequence

from handlers.sharing.model.catalogue import Counted, Marked, Place
from tests.fakes.fake import Fake, port


class FlagMemory(Fake):
    """`Memory` and `Bookmark`. `known`: what is remembered, by place; `None`: it cannot be read."""

    def __init__(self) -> None:
        super().__init__()
        self.known: dict[Place, Marked | None] = {}
        self.bookmark: str | None = None
        self.counts: dict[str, Counted] = {}

    @port
    def recall(self, places: Sequence[Place]) -> dict[Place, Marked | None]:
        return {place: self.known[place] for place in places if place in self.known}

    @port
    def place(self) -> str | None:
        return self.bookmark

    @port
    def put(self, database: str | None) -> None:
        self.bookmark = database

    @port
    def remember(self, database: str, flagged: Mapping[str | None, Marked]) -> None:
        for name, marks in flagged.items():
            there = self.known.get((database, name), frozenset())
            self.known[database, name] = None if there is None else there | marks

    @port
    def keep_count(self, database: str, counted: Counted) -> None:
        self.counts[database] = counted

    @port
    def counted(self, databases: Sequence[str]) -> dict[str, Counted]:
        return {name: self.counts[name] for name in databases if name in self.counts}

    @port
    def forget(self, database: str, withdrawn: Mapping[str | None, Marked]) -> None:
        for name, marks in withdrawn.items():
            there = self.known.get((database, name), frozenset())
            self.known[database, name] = None if there is None else there - marks
