"""What the sign-in remembers for a while, each under a name that nobody can guess."""

import secrets
import threading
import time
from typing import Generic, TypeVar

T = TypeVar("T")

_MOST = 10_000


class Tickets(Generic[T]):
    """Things under random names, for a time.

    Args:
        seconds: how long each is kept.
    """

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._kept: dict[str, tuple[float, T]] = {}
        self._lock = threading.Lock()

    def issue(self, thing: T) -> str:
        """Keeps something; gives its name."""
        name = secrets.token_urlsafe(32)
        now = time.time()
        with self._lock:
            if len(self._kept) >= _MOST:
                self._kept = {each: kept for each, kept in self._kept.items() if kept[0] > now}
            self._kept[name] = (now + self._seconds, thing)
        return name

    def look(self, name: str) -> T | None:
        """What is kept under a name; None if there is nothing, or not any more."""
        with self._lock:
            return self._alive(self._kept.get(name))

    def take(self, name: str) -> T | None:
        """The same, and then it is gone: whoever comes first gets it, and nobody after."""
        with self._lock:
            return self._alive(self._kept.pop(name, None))

    @staticmethod
    def _alive(kept: tuple[float, T] | None) -> T | None:
        return kept[1] if kept is not None and kept[0] > time.time() else None
