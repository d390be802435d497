"""An event bus in memory."""

from typing import NamedTuple

from handlers.sharing.model.announcement import Announcement
from handlers.sharing.model.record import RequestRecord
from tests.fakes.fake import Fake, port


class Event(NamedTuple):
    """An event that was put."""

    announcement: Announcement
    record: RequestRecord

    @property
    def type(self) -> str:
        return self.announcement.type


class MemoryEvents(Fake):
    """`Events`."""

    def __init__(self) -> None:
        super().__init__()
        self.put: list[Event] = []

    def types(self) -> list[str]:
        """The types of all events, in order."""
        return [each.type for each in self.put]

    @port
    def announce(self, announcement: Announcement, record: RequestRecord) -> None:
        self.put.append(Event(announcement, record))
