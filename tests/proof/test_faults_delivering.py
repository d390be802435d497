"""Fault matrix: deliveries. AWS fails at every call of Deliver and of a consumer's kit, or the process of one dies.

What was shared reaches its roles in the end, what has ended leaves them, and a delivery never says what is not so.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.proof.conftest import Figure
from tests.proof.matrix.axes import ALL_KILLS, EACH_WAY, Fault, Site
from tests.proof.matrix.delivered import Stage, judge
from tests.proof.matrix.paths import Path
from tests.proof.matrix.run import cases_of, prove, record
from tests.workflow import consuming
from tests.workflow.driver import Mesh
from tests.workflow.running import Options

OPTIONS = Options(config=consuming.WITH_KITS, retry_seconds=0.01)
pytestmark = pytest.mark.timeout(2400)


@pytest.fixture(scope="module")
def found(mesh: Mesh) -> Sequence[tuple[Path, Site]]:
    found = record(mesh, Stage.of(mesh).paths(), by=judge)
    # The second role does not let the kit take it: the mesh refuses that before it looks for faults.
    return [(path, site) for path, site in found if (site.operation, site.repeated) != ("AssumeRole", True)]


@pytest.mark.parametrize(("what", "faults"), [("faults", EACH_WAY), ("kills", ALL_KILLS)])
def test_a_delivery_comes_to_its_end_whatever_fails(
    mesh: Mesh, found: Sequence[tuple[Path, Site]], figure: Figure, what: str, faults: tuple[Fault, ...]
) -> None:
    """One case after the other: Deliver sees to all that is due."""
    assert {site.short for _, site in found} == {"deliver", "LakeshareConsumerKit"}
    prove(mesh, cases_of(found, faults), figure, f"delivering, {what}", at_once=1, by=judge)
