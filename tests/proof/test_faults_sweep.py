"""Fault matrix: the sweep, one case after the other. Whatever fails of it, the next one ends the request."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.proof.conftest import Figure
from tests.proof.matrix.axes import ALL_FAULTS
from tests.proof.matrix.ends import SWEPT
from tests.proof.matrix.paths import be_asked
from tests.proof.matrix.run import assert_all_well, cases_of, record, run
from tests.workflow.driver import Mesh
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(config=WITHOUT_PORTAL, retry_seconds=0.01)
pytestmark = pytest.mark.timeout(900)


def test_what_one_sweep_cannot_end_the_next_one_ends(mesh: Mesh, figure: Figure) -> None:
    found = record(mesh, SWEPT)
    cases = cases_of(found, ALL_FAULTS)
    waiting = [case for case in cases if case.path is SWEPT[0]]
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda case: be_asked(mesh, case), waiting))
    assert_all_well(run(mesh, cases, at_once=1), figure, "sweep", len(cases), len(found))
