"""The instances of each function: kept warm, one event at a time each, a few at most."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from localmesh.functions.instance import Instance

_PATIENCE_SECONDS = 0.25
"""How long an event waits for a warm instance before a new one is started: starting takes longer than most events."""

Make = Callable[[], Instance]


class StoppingError(Exception):
    """The mesh is stopping: no function runs any more."""


@dataclass
class _Function:
    version: str
    changed: threading.Condition
    idle: list[Instance] = field(default_factory=list[Instance])
    busy: set[Instance] = field(default_factory=set[Instance])
    starting: int = 0

    @property
    def count(self) -> int:
        return len(self.idle) + len(self.busy) + self.starting


class Pool:
    """Hands out instances.

    Args:
        limit: how many instances of a function there may be; whoever comes then waits for one.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._functions: dict[str, _Function] = {}
        self._lock = threading.RLock()
        self._closed = False

    def take(self, name: str, version: str, make: Make) -> Instance:
        """An instance that nobody else uses; give it back with `give`.

        Args:
            name: of the function.
            version: of its code and configuration; instances of another version are not used any more.
            make: starts a new instance.

        Raises:
            StoppingError: the mesh is stopping.
        """
        retired: list[Instance] = []
        patience = time.monotonic() + _PATIENCE_SECONDS
        with self._lock:
            while True:
                if self._closed:
                    raise StoppingError
                function = self._functions.get(name)
                if function is None:
                    function = self._functions[name] = _Function(version, threading.Condition(self._lock))
                if function.version != version:
                    retired, function.idle = function.idle, []
                    function.version = version
                if function.idle:
                    instance = function.idle.pop()
                    if not instance.alive:
                        retired.append(instance)
                        continue
                    function.busy.add(instance)
                    return instance
                waiting = patience - time.monotonic()
                if function.count == 0 or (function.count < self._limit and waiting <= 0):
                    function.starting += 1
                    break
                function.changed.wait(waiting if waiting > 0 else None)
        for old in retired:
            old.close()
        return self._started(function, make)

    def give(self, name: str, version: str, instance: Instance, *, reusable: bool) -> None:
        """Takes an instance back, to be used again if it can be."""
        with self._lock:
            function = self._functions.get(name)
            keep = False
            if function is not None:
                function.busy.discard(instance)
                keep = reusable and function.version == version
                if keep:
                    function.idle.append(instance)
                function.changed.notify()  # one: there is no more for the others than there was
        if not keep:
            instance.close()

    def close(self) -> None:
        """Ends all instances, also those that are at work."""
        with self._lock:
            self._closed = True
            instances = [each for function in self._functions.values() for each in (*function.idle, *function.busy)]
            for function in self._functions.values():
                function.changed.notify_all()
            self._functions.clear()
        for instance in instances:
            instance.kill()

    def instances(self) -> dict[str, list[int]]:
        """The process ids of each function's instances."""
        with self._lock:
            return {
                name: [each.pid for each in (*function.idle, *function.busy)]
                for name, function in self._functions.items()
            }

    def _started(self, function: _Function, make: Make) -> Instance:
        try:
            instance = make()
        except BaseException:
            with self._lock:
                function.starting -= 1
                function.changed.notify()
                if self._closed:  # and so the function's code may be gone
                    raise StoppingError from None
            raise
        with self._lock:
            function.starting -= 1
            function.busy.add(instance)
            closed = self._closed
        if closed:
            instance.close()
            raise StoppingError
        return instance
