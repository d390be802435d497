"""Fault matrix: people at the decision page. AWS fails at every call, in every way, and they are told what to do."""

from __future__ import annotations

import pytest

from tests.proof.conftest import Figure
from tests.proof.matrix.axes import ALL_FAULTS
from tests.proof.matrix.page import DECIDING
from tests.proof.matrix.run import assert_all_well, cases_of, record, run
from tests.workflow.driver import Mesh
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(config=WITHOUT_PORTAL, retry_seconds=0.01)
pytestmark = pytest.mark.timeout(900)


def test_people_are_told_what_to_do_and_a_second_try_succeeds(mesh: Mesh, figure: Figure) -> None:
    found = record(mesh, DECIDING)
    cases = cases_of(found, ALL_FAULTS)
    assert_all_well(run(mesh, cases), figure, "decide", len(cases), len(found))
