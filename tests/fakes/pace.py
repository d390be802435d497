"""A pace in memory. `tests/unit/test_pace.py` holds it to the same rules as the one on DynamoDB."""

from collections import Counter
from datetime import datetime

from tests.fakes.fake import Fake, port


class MemoryPace(Fake):
    """`Pace`."""

    def __init__(self) -> None:
        super().__init__()
        self.steps: Counter[tuple[str, int]] = Counter()

    @port
    def step(self, who: str, most: int, at: datetime, seconds: int = 60) -> bool:
        window = (who, int(at.timestamp()) // seconds)
        if self.steps[window] >= most:
            return False
        self.steps[window] += 1
        return True
