"""Fault matrix: requests that a person decides. AWS fails at every call, in every way, and each request ends."""

from __future__ import annotations

import pytest

from tests.proof.conftest import Figure
from tests.proof.matrix.axes import ALL_FAULTS
from tests.proof.matrix.ends import STOPPED, UNWRITTEN
from tests.proof.matrix.paths import AUTOMATIC, WITH_A_PERSON, many_tables
from tests.proof.matrix.run import OPTIONS, cases_of, prove, record
from tests.workflow.driver import Mesh

__all__ = ["OPTIONS"]
pytestmark = pytest.mark.timeout(900)


def test_requests_that_a_person_decides_end_whatever_fails(mesh: Mesh, figure: Figure) -> None:
    many_tables(mesh)
    known = [(path.entry, site) for path, site in record(mesh, AUTOMATIC)]
    found = [(path, site) for path, site in record(mesh, WITH_A_PERSON, known) if site.short != "decide"]
    prove(mesh, cases_of(found, ALL_FAULTS), figure, "a person decides")


def test_requests_whose_execution_is_stopped_end_whatever_fails(mesh: Mesh, figure: Figure) -> None:
    prove(mesh, cases_of(record(mesh, (STOPPED, UNWRITTEN)), ALL_FAULTS), figure, "stopped, or never written down")
