"""Claims in memory. `tests/unit/test_claims.py` holds them to what those on DynamoDB do."""

from handlers.sharing.model.claim import Claim
from tests.fakes.fake import Fake, port


class MemoryClaims(Fake):
    """`Claims`."""

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[str, Claim] = {}

    @port
    def take(self, key: str, mine: Claim, over: Claim | None) -> Claim:
        there = self.held.get(key)
        if there is None or there.holder == mine.holder or there == over:
            self.held[key] = mine
        return self.held[key]

    @port
    def give_back(self, key: str, holder: str) -> None:
        if key in self.held and self.held[key].holder == holder:
            del self.held[key]
