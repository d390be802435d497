"""The mesh's clock: this machine's, moved forward to see what a later day brings.

A process has one clock. Moved, everything in this process that asks Python for the time or the day is told the mesh's:
moto, tokens, credentials, mails, logs. Functions are processes of their own, and get the same when they start. What is
waited for (`wait`, `sleep`) ends when the mesh's time has come, so also when the clock jumps over that moment.
Time that is measured (`time.monotonic`) stays this machine's: how long a call took, how many calls a second there were.
"""

import importlib
import re
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

_STEP = re.compile(r"\+(\d{1,9})([smhd])", re.ASCII)
_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_FURTHEST = timedelta(days=3660)
"""Ten years: enough for any end date, and far from where certificates, calendars and clocks end."""


class ClockError(ValueError):
    """No such time can be set; the message says what can."""


def step(text: str) -> timedelta:
    """Reads a step, such as ``+32d``.

    Raises:
        ClockError: it is none.
    """
    match = _STEP.fullmatch(text)
    if match is None:
        raise ClockError(f"expected a step forward such as +90s, +15m, +12h or +32d, got {text!r}")
    try:
        return timedelta(**{_UNITS[match[2]]: int(match[1])})
    except OverflowError:
        raise _too_far(text) from None


def moment(text: str) -> datetime:
    """Reads a day or a time in ISO 8601; without a zone it is UTC.

    Raises:
        ClockError: it is none.
    """
    try:
        read = datetime.fromisoformat(text)
        return (read if read.tzinfo is not None else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        example = "2027-01-31 or 2027-01-31T09:30:00Z"
        raise ClockError(f"expected a day or a time such as {example}, got {text!r}") from None


class Clock:
    """A clock that can be moved. `clock` is this process's."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ahead = timedelta()
        self._traveller: Any = None
        self._waiting: list[Any] = []

    @property
    def ahead(self) -> timedelta:
        """How far the mesh's time is before this machine's."""
        return self._ahead

    def forward(self, by: timedelta) -> None:
        """Moves the clock on from where it stands.

        Raises:
            ClockError: that is too far.
        """
        with self._lock:
            self._move(self._ahead + by)

    def to(self, when: datetime) -> None:
        """Moves the clock on to a moment.

        Raises:
            ClockError: that is too far, or in the mesh's past.
        """
        with self._lock:
            now = datetime.now(UTC)
            if when < now:
                raise ClockError(
                    f"it is already {now:%Y-%m-%dT%H:%M:%SZ} on the mesh, which is after {when:%Y-%m-%dT%H:%M:%SZ}: "
                    "the clock goes forward only, and --reset returns it to this machine's time"
                )
            self._move(self._ahead + (when - now))

    def reset(self) -> None:
        """Returns the clock to this machine's time."""
        with self._lock:
            self._move(timedelta())

    def seconds(self) -> float:
        """The mesh's time in seconds, from no moment in particular: to say later since when a `wait` counts."""
        return time.monotonic() + self._ahead.total_seconds()

    def wait(
        self, event: Any, seconds: float, goes_on: Callable[[], bool] = lambda: True, *, since: float | None = None
    ) -> bool:
        """Waits until an event is set, or so much of the mesh's time has passed.

        Args:
            event: a `threading.Event`.
            seconds: how long at most.
            goes_on: whether there is still a reason to wait; asked when something wakes the wait.
            since: what `seconds` said when the wait began; without it, it begins now.

        Returns:
            Whether it is set.
        """
        # An event can only be woken by being set. Its condition can be woken to look at the time again.
        condition: Any = event._cond
        deadline = (self.seconds() if since is None else since) + seconds
        with self._lock:
            self._waiting.append(condition)
        try:
            with condition:
                while not event.is_set() and goes_on() and (left := deadline - self.seconds()) > 0:
                    condition.wait(min(left, threading.TIMEOUT_MAX))
                return bool(event.is_set())
        finally:
            with self._lock:
                self._waiting.remove(condition)

    def sleep(self, seconds: float, since: float | None = None) -> None:
        """Waits until so much of the mesh's time has passed."""
        self.wait(threading.Event(), seconds, since=since)

    def _move(self, ahead: timedelta) -> None:
        if ahead > _FURTHEST:
            raise _too_far(f"{ahead.days} days")
        if self._traveller is None:
            if not ahead:
                return
            # Loaded only for those who move the clock, as it brings pytest along where there is one. It stays for good:
            # other threads may be asking what time it is.
            self._traveller = importlib.import_module("time_machine").travel(timedelta()).start()
            time.time()  # it ticks from the first question
        self._traveller.shift(ahead - self._ahead)
        self._ahead = ahead
        for condition in self._waiting:
            with condition:
                condition.notify_all()


def _too_far(what: str) -> ClockError:
    return ClockError(f"the clock goes {_FURTHEST.days} days ahead of this machine at most, got {what}")


clock = Clock()
"""This process's clock."""
