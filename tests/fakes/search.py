"""The index of the catalogue's words, in memory."""

from handlers.sharing.model.errors import SearchNotReady
from handlers.sharing.model.search_index import SearchIndex
from tests.fakes.fake import Fake, port


class MemoryIndexes(Fake):
    """`SearchIndexes`."""

    def __init__(self) -> None:
        super().__init__()
        self.index: SearchIndex | None = None

    @port
    def latest(self) -> SearchIndex:
        if self.index is None:
            raise SearchNotReady("none")
        return self.index

    @port
    def put(self, index: SearchIndex) -> None:
        self.index = index
