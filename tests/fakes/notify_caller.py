"""Calls of the Notify function, in memory."""

from tests.fakes.fake import Fake, port


class MemoryNotifyCaller(Fake):
    """`NotifyCaller`. `calls_to_come`: the requests that Notify was called for, in order; tests let the calls come."""

    def __init__(self) -> None:
        super().__init__()
        self.calls_to_come: list[str] = []

    @port
    def notify(self, request_id: str) -> None:
        self.calls_to_come.append(request_id)
