"""What a consumer's kit is told to do of a share: what to let roles read, and what to take from them at its end.

The kit's side of the contract is `handlers.consumer.order`; a test holds the two together.
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from handlers.sharing.model.grants import Resource
from handlers.sharing.model.request import Source

RESOURCES_AN_ORDER: Final = 500


class KitDeed(StrEnum):
    """What is to be done: see `handlers.consumer.order.Deed`."""

    DELIVER = "deliver"
    WITHDRAW = "withdraw"
    HIDE = "hide"
    UNLINK = "unlink"


@dataclass(frozen=True, slots=True)
class KitOrder:
    """One order. `resources` lie in `source`, whose link it is about; at most `RESOURCES_AN_ORDER`."""

    share: str
    deed: KitDeed
    source: Source
    resources: tuple[Resource, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a share that lives delivers: what it was asked for, all that it covers, and the roles that read it."""

    source: Source
    covers: frozenset[Resource]
    roles: tuple[str, ...]


def to_deliver(share: str, what: Delivered) -> Sequence[KitOrder]:
    """The orders that have a share delivered, as many as its tables take."""
    pages = _pages(what.covers)
    return [KitOrder(share, KitDeed.DELIVER, what.source, page, what.roles) for page in pages]


def to_withdraw(share: str, what: Delivered, others: Sequence[Delivered]) -> Sequence[KitOrder]:
    """The orders that take back what a share delivered, but for what `others` of its account deliver, too."""
    alike = [each for each in others if each.source == what.source]
    hidden = tuple(role for role in what.roles if all(role not in each.roles for each in alike))
    return [
        *_taken(share, what, others),
        *([KitOrder(share, KitDeed.HIDE, what.source, roles=hidden)] if hidden and alike else []),
        # Who saw it sees it no more with it.
        *([] if alike else [KitOrder(share, KitDeed.UNLINK, what.source)]),
    ]


def _taken(share: str, what: Delivered, others: Sequence[Delivered]) -> Iterator[KitOrder]:
    ends: dict[Set[Resource], list[str]] = {}
    for role in what.roles:
        still = frozenset[Resource]().union(*(each.covers for each in others if role in each.roles))
        ends.setdefault(what.covers - still, []).append(role)
    for resources, roles in ends.items():
        for page in _pages(resources):
            yield KitOrder(share, KitDeed.WITHDRAW, what.source, page, tuple(roles))


def _pages(resources: Set[Resource]) -> Iterator[tuple[Resource, ...]]:
    them = sorted(resources)
    for start in range(0, len(them), RESOURCES_AN_ORDER):
        yield tuple(them[start : start + RESOURCES_AN_ORDER])
