"""Fault matrix: requests that need no person. AWS fails at every call, in every way, and each request ends."""

from __future__ import annotations

import pytest

from tests.proof.conftest import Figure
from tests.proof.matrix import ALL_FAULTS
from tests.proof.matrix_paths import AUTOMATIC, many_tables
from tests.proof.matrix_run import assert_all_well, cases_of, record, run
from tests.workflow.driver import Mesh
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(config=WITHOUT_PORTAL, retry_seconds=0.01)
pytestmark = pytest.mark.timeout(900)


def test_requests_that_need_no_person_end_whatever_fails(mesh: Mesh, figure: Figure) -> None:
    many_tables(mesh)
    found = record(mesh, AUTOMATIC)
    cases = cases_of(found, ALL_FAULTS)
    assert_all_well(run(mesh, cases), figure, "no person", len(cases), len(found))
