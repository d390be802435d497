"""No flagged column is readable by anybody without a decision that named it: over 5,000 lakes that change meanwhile."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from handlers.sharing import sources
from handlers.sharing.granter import Granter
from handlers.sharing.model import grounds, selection
from handlers.sharing.model.catalogue import Table
from handlers.sharing.model.classification import Ground
from tests.fakes.memory import FlagMemory
from tests.proof.conftest import Figure
from tests.proof.parts.faults import FAULTS_OF_PARTS, parts_are_not_compared
from tests.proof.parts.in_memory import InMemory
from tests.proof.parts.life import live
from tests.proof.sample import fewer
from tests.proof.test_model_catches import catalogue_not_compared, unreadable_is_clean

LAKES = 5_000
HALVES = 2
WITHIN = 1_000
"""Lakes within which a fault must be found."""

Patch = pytest.MonkeyPatch


def in_memory(lakes: range) -> Counter[str]:
    return live(lakes, lambda seed: InMemory(wildcard=seed % 2 == 0))


@pytest.mark.timeout(900)
@pytest.mark.parametrize("half", range(HALVES))
def test_no_flagged_column_is_read_without_a_decision_that_named_it(half: int, figure: Figure) -> None:
    began, many = time.monotonic(), fewer(LAKES // HALVES)
    first = half * LAKES // HALVES
    did = in_memory(range(first, first + many))
    figure(f"{many:,} lakes from {first:,} on: what was done and came of it", dict(sorted(did.items())))
    figure(f"{many:,} lakes from {first:,} on took", f"{time.monotonic() - began:.0f} s")


# --- faults that are planted --------------------------------------------------------------------------------------


def named_columns_are_clean(patch: Patch) -> None:
    read = grounds.read_pii_columns
    patch.setattr(grounds, "read_pii_columns", lambda _values, names: read((), names))


def nothing_is_remembered(patch: Patch) -> None:
    patch.setattr(FlagMemory, "remember", lambda *_: None)


def safe_is_all_of_a_safe_table(patch: Patch) -> None:
    safe: Any = vars(selection)["_safe"]

    def all_of_it(table: Table, names: dict[str, bool], grounds: tuple[Ground, ...]) -> frozenset[str]:
        safe(table, names, grounds)
        return frozenset(names)

    patch.setattr(selection, "_safe", all_of_it)


def flagged_tables_are_in(patch: Patch) -> None:
    safe: Any = vars(selection)["_safe"]

    def as_if_not_flagged(table: Table, names: dict[str, bool], grounds: tuple[Ground, ...]) -> frozenset[str]:
        return safe(table, names, tuple(each for each in grounds if each.column is not None))

    patch.setattr(selection, "_safe", as_if_not_flagged)


def flagged_keys_are_in(patch: Patch) -> None:
    safe: Any = vars(selection)["_safe"]

    def as_if_no_keys(table: Table, names: dict[str, bool], grounds: tuple[Ground, ...]) -> frozenset[str]:
        return safe(table, dict.fromkeys(names, False), grounds)

    patch.setattr(selection, "_safe", as_if_no_keys)


def pages_are_not_compared(patch: Patch) -> None:
    patch.setattr(Granter, "_is_as_classified", lambda *_: True)


def the_database_s_flag_is_not_asked(patch: Patch) -> None:
    patch.setattr(grounds, "grounds_of_database", lambda _database: ())


def drift_passes_filters_of_databases_over(patch: Patch) -> None:
    read: Any = vars(sources)["_in"]
    patch.setattr(sources, "_in", lambda of, *more: () if of.filter else read(of, *more))


def drift_looks_at_the_table_only(patch: Patch) -> None:
    patch.setattr(sources, "concerns", lambda ground, _columns: ground.column is None)


FAULTS: list[Callable[[Patch], None]] = [
    # Of that one an approval of columns is told by Grant's other checks to be of something else.
    *(each for each in FAULTS_OF_PARTS if each is not parts_are_not_compared),
    unreadable_is_clean,
    named_columns_are_clean,
    nothing_is_remembered,
    catalogue_not_compared,
    drift_looks_at_the_table_only,
    safe_is_all_of_a_safe_table,
    flagged_tables_are_in,
    flagged_keys_are_in,
    pages_are_not_compared,
    the_database_s_flag_is_not_asked,
    drift_passes_filters_of_databases_over,
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_of_the_rules_is_found(fault: Callable[[Patch], None], monkeypatch: Patch, figure: Figure) -> None:
    fault(monkeypatch)
    with pytest.raises(AssertionError) as found:
        in_memory(range(WITHIN))
    figure(f"with {fault.__name__}", str(found.value).splitlines()[0][:100])
