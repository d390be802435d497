"""The first items of a list: as many as what is kept or sent can hold."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Generic, Self, TypeVar

MOST_ITEMS: Final = 200
MOST_BYTES: Final = 40_000

T = TypeVar("T")


@dataclass(slots=True)
class Excerpt(Generic[T]):
    """The first items of a list, as many as fit, and how many there are in all.

    A register item holds 400 KB, a mail 256 KB, an event the same.
    """

    items: list[T] = field(default_factory=list[T])
    total: int = 0
    bytes_left: int = MOST_BYTES
    most_items: int = MOST_ITEMS

    def add(self, item: T) -> None:
        """Add one item; keep it if it fits. Once one did not fit, no later one is kept either."""
        self.total += 1
        size = len(str(item).encode(errors="surrogatepass"))
        if self.total - 1 == len(self.items) < self.most_items and size <= self.bytes_left:
            self.items.append(item)
            self.bytes_left -= size

    @classmethod
    def counted(cls, items: Iterable[T]) -> Self:
        """The first of `items`, as many as fit, with how many there are."""
        excerpt = cls()
        for item in items:
            excerpt.add(item)
        return excerpt

    @classmethod
    def of(cls, items: Iterable[T]) -> tuple[T, ...]:
        """The first of `items`, as many as fit."""
        return tuple(cls.counted(items).items)
