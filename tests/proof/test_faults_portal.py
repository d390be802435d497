"""Fault matrix: people at the portal's API. AWS fails at every call, in every way, and a second call succeeds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.portal.conftest import running, with_page
from tests.portal.portal import Portal
from tests.proof.conftest import Figure
from tests.proof.matrix.api import Callers
from tests.proof.matrix.axes import ALL_FAULTS, ALL_KILLS, EACH_WAY, Fault
from tests.proof.matrix.ended import judge
from tests.proof.matrix.run import cases_of, prove, record
from tests.workflow.running import Options

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    with_page()
    yield from running(Options(retry_seconds=0.01), tmp_path_factory)


@pytest.mark.parametrize(("what", "faults"), [("faults", ALL_FAULTS), ("kills", ALL_KILLS)])
def test_a_second_call_succeeds(portal: Portal, figure: Figure, what: str, faults: tuple[Fault, ...]) -> None:
    found = record(portal.mesh, Callers(portal).paths())
    prove(portal.mesh, cases_of(found, faults), figure, f"portal's API, {what}")


def test_a_share_is_given_back_at_the_second_call(portal: Portal, figure: Figure) -> None:
    found = record(portal.mesh, [Callers(portal).giving_back()], by=judge)
    cases = cases_of(found, (*EACH_WAY, *ALL_KILLS))
    prove(portal.mesh, cases, figure, "portal's API, giving back", by=judge)
