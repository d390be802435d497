"""The second half of the sequences of `test_model.py`, in a file of its own so that another worker can run it."""

import pytest

from tests.proof.conftest import Figure
from tests.proof.model.plant import wire
from tests.proof.model.run import run


@pytest.mark.timeout(900)
def test_every_promise_holds_in_any_order(monkeypatch: pytest.MonkeyPatch, figure: Figure) -> None:
    wire(monkeypatch)
    for what, number in sorted(run(seed=2, sequences=1000).items()):
        figure(what, f"{number:,}")
