"""Requests, people and misfortunes in any order: 2,000 sequences of rules."""

import pytest

from tests.proof.conftest import Figure
from tests.proof.model.run import run
from tests.proof.model.wiring import wire
from tests.proof.sample import fewer


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.timeout(900)
def test_every_promise_holds_in_any_order(monkeypatch: pytest.MonkeyPatch, figure: Figure, seed: int) -> None:
    wire(monkeypatch)
    for what, number in sorted(run(seed, sequences=fewer(1000)).items()):
        figure(what, f"{number:,}")
