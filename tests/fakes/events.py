"""An event bus in memory."""

from typing import NamedTuple

from handlers.sharing.model.delivery import Delivery
from handlers.sharing.model.finding import Finding
from handlers.sharing.model.hold import Hold
from handlers.sharing.model.record import Announcement, RequestRecord
from handlers.sharing.model.share import Share
from handlers.sharing.model.share_events import HoldEvent
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
        self.of_shares: list[tuple[Announcement, str]] = []
        self.of_findings: list[tuple[str, str]] = []
        self.of_deliveries: list[tuple[Announcement, str]] = []
        self.of_holds: list[tuple[HoldEvent, Hold, str]] = []

    def types(self) -> list[str]:
        """The types of all events, in order."""
        return [each.type for each in self.put]

    @port
    def announce(self, announcement: Announcement, record: RequestRecord) -> None:
        self.put.append(Event(announcement, record))

    @port
    def announce_share(self, announcement: Announcement, share: Share) -> None:
        self.of_shares.append((announcement, share.id))

    @port
    def announce_delivery(self, announcement: Announcement, delivery: Delivery) -> None:
        self.of_deliveries.append((announcement, delivery.share))

    @port
    def announce_finding(self, announcement: Announcement, finding: Finding) -> None:
        self.of_findings.append((announcement.type, finding.id))

    @port
    def announce_hold(self, event: HoldEvent, hold: Hold, run: str) -> None:
        self.of_holds.append((event, hold, run))
