"""Whatever is taken away from the state machine's definition is missed by a test."""

from __future__ import annotations

import pytest

from tests.proof.conftest import Figure
from tests.proof.mutating.verdicts import prove


@pytest.mark.timeout(900)
def test_every_retry_catch_timeout_and_choice_is_missed(figure: Figure) -> None:
    kinds = {
        *("Retry", "Retry: one error", "Retry: one setting", "Catch", "Catch: one error", "Catch: one setting"),
        *("Timeout", "Choice: one branch", "Choice: one condition", "Choice: default"),
    }
    prove("workflow", kinds, figure)
