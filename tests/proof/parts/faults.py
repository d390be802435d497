"""Faults that are planted in the product's rules of parts: each opens, keeps or takes more or less than it may."""

from collections.abc import Callable, Iterable, Set
from dataclasses import replace
from typing import Any

import pytest

from handlers.sharing import classify as classifying
from handlers.sharing import examine
from handlers.sharing import grant as granting
from handlers.sharing.model import cells, revocation, selection
from handlers.sharing.model.cells import PREFIX, CellsFilter
from handlers.sharing.model.grants import Resource
from handlers.sharing.model.share import Share
from handlers.sharing.tally import Tally
from tests.fakes.lake import Grant, MemoryLake

Patch = pytest.MonkeyPatch


def columns_do_not_ask(patch: Patch) -> None:
    patch.setattr(selection, "concerns", lambda ground, _columns: ground.column is None)


def the_table_does_not_ask(patch: Patch) -> None:
    patch.setattr(selection, "concerns", lambda ground, columns: (ground.column or "").lower() in columns)


def approving_a_part_clears_the_table(patch: Patch) -> None:
    take = Tally.take_part

    def take_all(tally: Tally, of: selection.Selection) -> None:
        withdrawn = tally.withdrawn
        take(tally, of)
        tally.withdrawn = withdrawn

    patch.setattr(Tally, "take_part", take_all)


def filters_stay(patch: Patch) -> None:
    ended = revocation.ended_by
    patch.setattr(
        revocation, "ended_by", lambda mine, others: {each for each in ended(mine, others) if not each.filter}
    )


def rows_are_forgotten(patch: Patch) -> None:
    cells: Any = Share.cells
    patch.setattr(Share, "cells", property(lambda share: (it := cells.fget(share)) and replace(it, expression=None)))


def all_is_given_that_was_asked_for(patch: Patch) -> None:
    patch.setattr(granting, "narrowed", lambda request, _decision: request)
    patch.setattr(granting, "check_narrowed", lambda *_: None)


def others_lose_with_a_share(patch: Patch) -> None:
    def ended(mine: Set[Resource], _others: Iterable[Set[Resource]]) -> frozenset[Resource]:
        return frozenset(mine)

    patch.setattr(revocation, "ended_by", ended)


def a_filter_is_updated(patch: Patch) -> None:
    def grant(lake: MemoryLake, it: CellsFilter, consumer: str) -> None:
        lake.filters[it.resource] = it
        lake.grants.add(Grant(it.database, it.table, consumer, it.name))

    patch.setattr(cells, "filter_name", lambda _database, table, *_: f"{PREFIX}{table}")
    patch.setattr(MemoryLake, "_not_granted", grant)


def what_is_renewed_is_not_compared(patch: Patch) -> None:
    for reader in (classifying, granting):
        patch.setattr(reader, "as_renewal", lambda found, _share: found)


def parts_are_not_compared(patch: Patch) -> None:
    known: Any = examine.fingerprint_of

    def of_data(*arguments: Any, **_part: Any) -> str:
        return known(*arguments)

    patch.setattr(examine, "fingerprint_of", of_data)


FAULTS_OF_PARTS: list[Callable[[Patch], None]] = [
    columns_do_not_ask,
    the_table_does_not_ask,
    approving_a_part_clears_the_table,
    filters_stay,
    rows_are_forgotten,
    all_is_given_that_was_asked_for,
    others_lose_with_a_share,
    a_filter_is_updated,
    what_is_renewed_is_not_compared,
    parts_are_not_compared,
]
