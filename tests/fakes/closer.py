"""The Close function, called in the same process."""

from collections.abc import Callable

from tests.fakes.fake import Fake, port


class MemoryCloser(Fake):
    """`Closer`; `function` is called with the event that Close would get."""

    def __init__(self, function: Callable[[dict[str, object]], object]) -> None:
        super().__init__()
        self.function = function

    @port
    def close(self, request_id: str, started_at: str | None, execution_status: str) -> None:
        self.function({"request_id": request_id, "started_at": started_at, "execution_status": execution_status})

    @port
    def announce(self, request_id: str) -> None:
        self.function({"request_id": request_id, "owed": True})
