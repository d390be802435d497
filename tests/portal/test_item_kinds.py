"""The portal's functions are refused all items of register and vault but those that they need."""

from __future__ import annotations

import pytest

from tests.components.item_kinds import MAY
from tests.portal.portal import Portal
from tests.workflow.test_item_kinds import reaches_nothing_else


@pytest.mark.parametrize("function", [name for name in MAY if name.startswith("portal-")])
def test_a_role_reaches_nothing_else(portal: Portal, function: str) -> None:
    reaches_nothing_else(portal.mesh, function)
