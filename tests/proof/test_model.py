"""Requests, people and misfortunes in any order: 1,000 sequences of rules; `test_model_again.py` has 1,000 others."""

import pytest

from tests.proof.conftest import Figure
from tests.proof.model.plant import wire
from tests.proof.model.run import run


@pytest.mark.timeout(900)
def test_every_promise_holds_in_any_order(monkeypatch: pytest.MonkeyPatch, figure: Figure) -> None:
    wire(monkeypatch)
    for what, number in sorted(run(seed=1, sequences=1000).items()):
        figure(what, f"{number:,}")
