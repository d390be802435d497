"""Fault matrix: requests that a person decides. AWS fails at every call, in every way, and each request ends."""

from __future__ import annotations

import pytest

from tests.proof.conftest import Figure
from tests.proof.matrix.axes import ALL_FAULTS
from tests.proof.matrix.ends import STOPPED, UNWRITTEN
from tests.proof.matrix.paths import AUTOMATIC, WITH_A_PERSON, many_tables
from tests.proof.matrix.run import assert_all_well, cases_of, record, run
from tests.workflow.driver import Mesh
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(config=WITHOUT_PORTAL, retry_seconds=0.01)
pytestmark = pytest.mark.timeout(900)


def test_requests_that_a_person_decides_end_whatever_fails(mesh: Mesh, figure: Figure) -> None:
    many_tables(mesh)
    known = [(path.entry, site) for path, site in record(mesh, AUTOMATIC)]
    found = [(path, site) for path, site in record(mesh, WITH_A_PERSON, known) if site.short != "decide"]
    cases = cases_of(found, ALL_FAULTS)
    assert_all_well(run(mesh, cases), figure, "a person decides", len(cases), len(found))


def test_requests_whose_execution_is_stopped_end_whatever_fails(mesh: Mesh, figure: Figure) -> None:
    found = record(mesh, (STOPPED, UNWRITTEN))
    cases = cases_of(found, ALL_FAULTS)
    assert_all_well(run(mesh, cases), figure, "stopped, or never written down", len(cases), len(found))
