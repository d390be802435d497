"""Fault matrix: people at the decision page. AWS fails at every call, in every way, and they are told what to do."""

from __future__ import annotations

import pytest

from tests.proof.conftest import Figure
from tests.proof.matrix.axes import ALL_FAULTS
from tests.proof.matrix.page import DECIDING
from tests.proof.matrix.run import OPTIONS, cases_of, prove, record
from tests.workflow.driver import Mesh

__all__ = ["OPTIONS"]
pytestmark = pytest.mark.timeout(900)


def test_people_are_told_what_to_do_and_a_second_try_succeeds(mesh: Mesh, figure: Figure) -> None:
    prove(mesh, cases_of(record(mesh, DECIDING), ALL_FAULTS), figure, "decide")
