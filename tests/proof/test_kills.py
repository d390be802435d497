"""Kills: a function's process ends at each of its calls of AWS, before the call or after it, and each request ends."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.proof.conftest import Figure
from tests.proof.matrix.axes import ALL_KILLS
from tests.proof.matrix.ends import STOPPED, SWEPT, UNWRITTEN
from tests.proof.matrix.page import DECIDING
from tests.proof.matrix.paths import AUTOMATIC, WITH_A_PERSON, Path, many_tables
from tests.proof.matrix.run import assert_all_well, cases_of, record, run
from tests.workflow.driver import Mesh
from tests.workflow.running import WITHOUT_PORTAL, Options

OPTIONS = Options(config=WITHOUT_PORTAL, retry_seconds=0.01)
pytestmark = pytest.mark.timeout(900)


def _killed(mesh: Mesh, figure: Figure, what: str, paths: Sequence[Path], at_once: int) -> None:
    found = [(path, site) for path, site in record(mesh, paths) if site.short != "decide" or paths is DECIDING]
    cases = cases_of(found, ALL_KILLS)
    assert_all_well(run(mesh, cases, at_once), figure, what, len(cases), len(found))


def test_requests_end_whoever_is_killed(mesh: Mesh, figure: Figure) -> None:
    many_tables(mesh)
    # Decide's own calls are the next test's.
    _killed(mesh, figure, "the workflow", (*AUTOMATIC, *WITH_A_PERSON, STOPPED, UNWRITTEN), at_once=8)


def test_people_at_the_page_decide_at_the_second_try(mesh: Mesh, figure: Figure) -> None:
    _killed(mesh, figure, "decide", DECIDING, at_once=8)


def test_the_next_sweep_ends_what_a_killed_one_left(mesh: Mesh, figure: Figure) -> None:
    _killed(mesh, figure, "sweep", SWEPT, at_once=1)
