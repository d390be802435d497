"""What functions are at, just now: who makes a call of AWS is told by the trace that the call carries."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

_ROOT = re.compile(r"Root=1-[0-9a-f]{8}-([0-9a-f]{24})")


@dataclass(frozen=True)
class Running:
    """An invocation that runs.

    Attributes:
        id: of the invocation.
        function: the function's name.
        event: JSON.
        kill: ends the function's process at once.
    """

    id: str
    function: str
    event: str
    kill: Callable[[], None]


class Invocations:
    """The invocations that run. An SDK in a function sends the invocation's trace along with every call."""

    def __init__(self) -> None:
        self._running: dict[str, Running] = {}
        self._lock = threading.Lock()

    def begin(self, running: Running) -> None:
        """Takes an invocation up."""
        with self._lock:
            self._running[_key(running.id)] = running

    def end(self, running: Running) -> None:
        """Forgets an invocation."""
        with self._lock:
            self._running.pop(_key(running.id), None)

    def of_trace(self, header: str) -> Running | None:
        """The invocation that a call comes from, by the call's trace header; None for callers that are no function."""
        root = _ROOT.search(header)
        if root is None:
            return None
        with self._lock:
            return self._running.get(root[1])


def trace_of(request_id: str) -> str:
    """The trace of an invocation, as a function finds it in its environment."""
    return f"Root=1-{int(time.time()):08x}-{_key(request_id)};Sampled=0"


def _key(request_id: str) -> str:
    return request_id.replace("-", "")[:24]
