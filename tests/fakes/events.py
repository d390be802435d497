"""An event bus in memory."""

from typing import NamedTuple

from handlers.sharing.model.record import RequestRecord
from tests.fakes.fake import Fake, port


class Event(NamedTuple):
    """An event that was put."""

    type: str
    record: RequestRecord
    number: int | None = None


class MemoryEvents(Fake):
    """`Events`."""

    def __init__(self) -> None:
        super().__init__()
        self.put: list[Event] = []

    def types(self) -> list[str]:
        """The types of all events, in order; of ends with their status."""
        return [f"closed {each.record.status}" if each.type == "closed" else each.type for each in self.put]

    @port
    def received(self, record: RequestRecord) -> None:
        self.put.append(Event("received", record))

    @port
    def approval_requested(self, record: RequestRecord, approvers: int | None) -> None:
        self.put.append(Event("approval_requested", record, approvers))

    @port
    def closed(self, record: RequestRecord) -> None:
        if record.status.is_open:
            raise AssertionError(f"an end was announced of a request that is {record.status}")
        self.put.append(Event("closed", record))

    @port
    def guessing(self, record: RequestRecord, wrong: int) -> None:
        self.put.append(Event("guessing", record, wrong))
