"""The portal on the real engine: it comes, it stays as it is, it changes as it should, and it goes without a trace."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from components.built_page import DIST
from localmesh.provider import Endpoint
from tests.demo.on_moto import PORTAL
from tests.engine.conftest import CENTRAL, StackMaker, central_config
from tests.engine.leftovers import left_in

pytestmark = pytest.mark.skipif(
    not (DIST / "index.html").exists(), reason="the page is not built: `make portal` builds it where there is Node"
)


def test_the_whole_life_of_the_portal(make_stack: StackMaker, endpoint_in: Callable[[str], Endpoint]) -> None:
    stack = make_stack("portal", "central", CENTRAL, **central_config(**PORTAL))
    assert set(stack.up().counts) == {"create"}
    assert stack.up().counts == {}
    assert stack.refresh().counts == {}
    assert "s3cret" not in stack.state_as_kept()

    fewer = {**PORTAL, "portalUsers": PORTAL["portalUsers"][:1], "portalDirectStart": True}
    stack = make_stack("portal", "central", CENTRAL, **central_config(**fewer))
    changes = stack.up().counts
    # The user and the membership go; what the signed-in may do grows by one action.
    assert (changes["delete"], changes["update"]) >= (2, 1)
    assert "create" not in changes
    assert stack.up().counts == {}

    assert set(stack.destroy().counts) == {"delete"}
    assert left_in(endpoint_in(CENTRAL)) == []
