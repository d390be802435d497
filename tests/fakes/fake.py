"""What all fakes share: they write down how they were called, and fail where a test plans it."""

from collections import defaultdict, deque
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")
F = TypeVar("F", bound="Fake")


Watch = Callable[[str, str, tuple[Any, ...], Any], None]
"""Told `before` and `after` the effect of a call: when, method, arguments, result; what it raises, the call raises."""


class Fake:
    """Base of all fakes. `calls`: name and positional arguments of every call, in order; `watch` sees each go by."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, tuple[Any, ...]]] = []
        self.watch: Watch = lambda *_: None
        self._before: dict[str, deque[BaseException | None]] = defaultdict(deque)
        self._after: dict[str, deque[BaseException | None]] = defaultdict(deque)

    def fail(self, method: str, *errors: BaseException | None) -> None:
        """Let the next calls of `method` raise these before they have any effect (`None`: let that one pass)."""
        self._before[method].extend(errors)

    def fail_after(self, method: str, *errors: BaseException | None) -> None:
        """As `fail`, after the effect: the answer gets lost on its way."""
        self._after[method].extend(errors)

    def forget_failures(self) -> None:
        """Let no further call fail."""
        self._before.clear()
        self._after.clear()

    def count(self, method: str) -> int:
        """How often `method` was called."""
        return sum(name == method for name, _ in self.calls)


def port(method: Callable[Concatenate[F, P], R]) -> Callable[Concatenate[F, P], R]:
    """A method of a port: written down, and failing as planned."""

    @wraps(method)
    def call(self: F, /, *args: P.args, **kwargs: P.kwargs) -> R:
        self.calls.append((method.__name__, args))
        self.watch("before", method.__name__, args, None)
        _raise_next(self._before[method.__name__])
        result = method(self, *args, **kwargs)
        self.watch("after", method.__name__, args, result)
        _raise_next(self._after[method.__name__])
        return result

    return call


def _raise_next(planned: deque[BaseException | None]) -> None:
    error = planned.popleft() if planned else None
    if error is not None:
        raise error
