"""The runs of the state machine that revokes, in memory."""

from handlers.sharing.model.hold import Hold
from tests.fakes.fake import Fake, port


class MemoryRevokes(Fake):
    """`Revokes`. `runs`: the share and the reason of each, by its name; `holds`: the hold of each, likewise."""

    def __init__(self) -> None:
        super().__init__()
        self.runs: dict[str, tuple[str, str]] = {}
        self.holds: dict[str, tuple[Hold, bool]] = {}

    @port
    def start(self, name: str, share_id: str, reason: str) -> None:
        self.runs.setdefault(name, (share_id, reason))

    @port
    def hold(self, name: str, hold: Hold, *, stands: bool) -> None:
        self.holds.setdefault(name, (hold, stands))
