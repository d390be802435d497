"""Whatever is taken away from the headers of pages and answers, and from conditional writes, is missed by a test."""

from __future__ import annotations

import pytest

from tests.proof.conftest import Figure
from tests.proof.mutating.verdicts import prove


@pytest.mark.timeout(900)
def test_every_header_and_conditional_write_is_missed(figure: Figure) -> None:
    kinds = {"answer: header", "conditional write"}
    prove("handlers", kinds, figure)
