"""The portal's functions are refused all items of register, vault and ledger but those that they need."""

from __future__ import annotations

import pytest

from tests.components.item_kinds import MAY
from tests.portal.portal import Portal
from tests.workflow.test_item_kinds import reaches_nothing_else

WITH_DRIFT = "portal-findings-api"
"""Only a stack with drift has it: tests/workflow/test_drift.py tries it there."""


@pytest.mark.parametrize("function", [name for name in MAY if name.startswith("portal-") and name != WITH_DRIFT])
def test_a_role_reaches_nothing_else(portal: Portal, function: str) -> None:
    reaches_nothing_else(portal.mesh, function)
