"""Long lists, cut to what fits: a register item holds 400 KB, a mail 256 KB, an event the same."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

MOST_ITEMS = 200
MOST_BYTES = 40_000

T = TypeVar("T")


@dataclass(slots=True)
class Listing(Generic[T]):
    """The first items of a list, as many as fit, and how many there are in all."""

    items: list[T] = field(default_factory=list[T])
    total: int = 0
    bytes_left: int = MOST_BYTES

    def add(self, item: T) -> None:
        """Add one item; keep it if it fits. Once one did not fit, no later one is kept either."""
        self.total += 1
        size = len(str(item).encode("utf-8", "surrogatepass"))
        if self.total - 1 == len(self.items) < MOST_ITEMS and size <= self.bytes_left:
            self.items.append(item)
            self.bytes_left -= size

    @classmethod
    def of(cls, items: Iterable[T]) -> tuple[T, ...]:
        """The first of `items`, as many as fit."""
        listing = cls()
        for item in items:
            listing.add(item)
        return tuple(listing.items)
