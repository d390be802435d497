"""Kills: a function's process ends at each of its calls of AWS, before the call or after it, and each request ends."""

from __future__ import annotations

import pytest

from tests.proof.conftest import Figure
from tests.proof.matrix.axes import ALL_KILLS
from tests.proof.matrix.ends import STOPPED, SWEPT, UNWRITTEN
from tests.proof.matrix.page import DECIDING
from tests.proof.matrix.parts import OF_PARTS
from tests.proof.matrix.paths import AUTOMATIC, WITH_A_PERSON, many_tables
from tests.proof.matrix.run import OPTIONS, cases_of, prove, record
from tests.workflow.driver import Mesh

__all__ = ["OPTIONS"]
pytestmark = pytest.mark.timeout(900)


def test_requests_end_whoever_is_killed(mesh: Mesh, figure: Figure) -> None:
    many_tables(mesh)
    found = record(mesh, (*AUTOMATIC, *OF_PARTS, *WITH_A_PERSON, STOPPED, UNWRITTEN))
    # Decide's own calls are the next test's.
    cases = cases_of([(path, site) for path, site in found if site.short != "decide"], ALL_KILLS)
    prove(mesh, cases, figure, "the workflow", at_once=8)


def test_people_at_the_page_decide_at_the_second_try(mesh: Mesh, figure: Figure) -> None:
    prove(mesh, cases_of(record(mesh, DECIDING), ALL_KILLS), figure, "decide", at_once=8)


def test_the_next_sweep_ends_what_a_killed_one_left(mesh: Mesh, figure: Figure) -> None:
    found = [(path, site) for path, site in record(mesh, SWEPT) if site.short != "decide"]
    prove(mesh, cases_of(found, ALL_KILLS), figure, "sweep", at_once=1)
