"""Whatever is taken away from the policies and headers that the program renders is missed by a test."""

from __future__ import annotations

import pytest

from tests.proof.conftest import Figure
from tests.proof.mutating.verdicts import prove


@pytest.mark.timeout(900)
def test_every_statement_condition_and_header_is_missed(figure: Figure) -> None:
    kinds = {
        *("policy: statement", "policy: condition", "trust: statement", "trust: condition"),
        *("permission: condition", "route: authorisation", "portal: cache header"),
        *("CloudFront: header", "CloudFront: CSP directive", "CloudFront: behaviour"),
    }
    prove("programs", kinds, figure)
