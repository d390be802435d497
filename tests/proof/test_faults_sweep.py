"""Fault matrix: the sweep, one case after the other. Whatever fails of it, the next one ends the request."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.proof.conftest import Figure
from tests.proof.matrix.axes import ALL_FAULTS
from tests.proof.matrix.ends import SWEPT
from tests.proof.matrix.paths import be_asked
from tests.proof.matrix.run import OPTIONS, cases_of, prove, record
from tests.workflow.driver import Mesh

__all__ = ["OPTIONS"]
pytestmark = pytest.mark.timeout(900)


def test_what_one_sweep_cannot_end_the_next_one_ends(mesh: Mesh, figure: Figure) -> None:
    cases = cases_of(record(mesh, SWEPT), ALL_FAULTS)
    waiting = [case for case in cases if case.path is SWEPT[0]]
    with ThreadPoolExecutor(8) as people:
        list(people.map(lambda case: be_asked(mesh, case), waiting))
    prove(mesh, cases, figure, "sweep", at_once=1)
