"""The runs of the state machine that revokes, in memory."""

from tests.fakes.fake import Fake, port


class MemoryRevokes(Fake):
    """`Revokes`. `runs`: the share and the reason of each, by its name."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: dict[str, tuple[str, str]] = {}

    @port
    def start(self, name: str, share_id: str, reason: str) -> None:
        self.runs.setdefault(name, (share_id, reason))
