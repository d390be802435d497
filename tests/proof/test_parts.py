"""No flagged column is readable by anybody without a decision that named it: over 5,000 lakes that change meanwhile."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import pytest

from handlers.sharing import sources
from handlers.sharing.model import grounds
from tests.fakes.memory import FlagMemory
from tests.proof.conftest import Figure
from tests.proof.parts.faults import (
    approving_a_part_clears_the_table,
    columns_do_not_ask,
    filters_stay,
    rows_are_forgotten,
    the_table_does_not_ask,
)
from tests.proof.parts.life import Life
from tests.proof.sample import fewer
from tests.proof.test_model_catches import catalogue_not_compared, unreadable_is_clean

LAKES = 5_000
HALVES = 2
WITHIN = 1_000
"""Lakes within which a fault must be found."""

Patch = pytest.MonkeyPatch


def live(lakes: range) -> Counter[str]:
    did = Counter[str]()
    for seed in lakes:
        Life(seed, did).live()
    return did


@pytest.mark.timeout(900)
@pytest.mark.parametrize("half", range(HALVES))
def test_no_flagged_column_is_read_without_a_decision_that_named_it(half: int, figure: Figure) -> None:
    began, many = time.monotonic(), fewer(LAKES // HALVES)
    first = half * LAKES // HALVES
    did = live(range(first, first + many))
    figure(f"{many:,} lakes from {first:,} on: what was done and came of it", dict(sorted(did.items())))
    figure(f"{many:,} lakes from {first:,} on took", f"{time.monotonic() - began:.0f} s")


# --- faults that are planted --------------------------------------------------------------------------------------


def named_columns_are_clean(patch: Patch) -> None:
    read = grounds.read_pii_columns
    patch.setattr(grounds, "read_pii_columns", lambda _values, names: read((), names))


def nothing_is_remembered(patch: Patch) -> None:
    patch.setattr(FlagMemory, "remember", lambda *_: None)


def drift_looks_at_the_table_only(patch: Patch) -> None:
    patch.setattr(sources, "concerns", lambda ground, _columns: ground.column is None)


FAULTS: list[Callable[[Patch], None]] = [
    unreadable_is_clean,
    named_columns_are_clean,
    columns_do_not_ask,
    the_table_does_not_ask,
    approving_a_part_clears_the_table,
    nothing_is_remembered,
    catalogue_not_compared,
    filters_stay,
    rows_are_forgotten,
    drift_looks_at_the_table_only,
]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_a_fault_of_the_rules_is_found(fault: Callable[[Patch], None], monkeypatch: Patch, figure: Figure) -> None:
    fault(monkeypatch)
    with pytest.raises(AssertionError) as found:
        live(range(WITHIN))
    figure(f"with {fault.__name__}", str(found.value).splitlines()[0][:100])
