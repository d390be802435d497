"""Whatever is taken away from what protects Lakeshare is missed by a test. What that is, and how: `mutating`."""

from __future__ import annotations

import pytest

from tests.proof.conftest import Figure
from tests.proof.mutating.verdicts import prove

KINDS = {
    "handlers": {"answer: header", "conditional write"},
    "programs": {
        *("policy: statement", "policy: condition", "trust: statement", "trust: condition"),
        *("permission: condition", "route: authorisation", "portal: cache header"),
        *("CloudFront: header", "CloudFront: CSP directive", "CloudFront: behaviour"),
    },
    "workflow": {
        *("Retry", "Retry: one error", "Retry: one setting", "Catch", "Catch: one error", "Catch: one setting"),
        *("Timeout", "Choice: one branch", "Choice: one condition", "Choice: default"),
    },
}
"""What is taken away, by family."""


@pytest.mark.parametrize("family", KINDS)
@pytest.mark.timeout(900)
def test_whatever_is_taken_away_is_missed(figure: Figure, family: str) -> None:
    prove(family, KINDS[family], figure)
