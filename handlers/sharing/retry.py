"""Tries a call of Lake Formation again where it fails for the moment: after a moment, longer each time, with jitter."""

import random
from collections.abc import Callable, Iterator
from typing import Final

PAUSES: Final = (0.2, 0.5, 1.0, 2.0, 4.0)


def tries(pause: Callable[[float], None], goes_on: Callable[[], bool] = lambda: True) -> Iterator[int]:
    """Each try, as the number of those left: the first at once, then one after each pause, as long as it goes on."""
    yield len(PAUSES)
    for number, seconds in enumerate(PAUSES, start=1):
        if not goes_on():
            return
        pause(seconds * random.uniform(0.5, 1.0))  # noqa: S311 - jitter, not a secret
        yield len(PAUSES) - number
