"""Fault matrix: shares that end. AWS fails at every call of who takes them back, in every way, or the process dies.

What was shared is gone in the end, by itself or with the next sweep, and nothing else is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from tests.proof.conftest import Figure
from tests.proof.matrix import run
from tests.proof.matrix.axes import ALL_KILLS, EACH_WAY, Fault, Site
from tests.proof.matrix.copies import Original
from tests.proof.matrix.ended import judge
from tests.proof.matrix.ending import Ending, originals
from tests.proof.matrix.paths import Path
from tests.proof.matrix.run import cases_of, prove, record
from tests.workflow.driver import Mesh

OPTIONS = replace(run.OPTIONS, retries=2)
_OF_SHARES = re.compile("by_due|due_at|StartExecution")
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def made(mesh: Mesh) -> Mapping[str, Original]:
    return originals(mesh)


@pytest.fixture(scope="module")
def found(mesh: Mesh, made: Mapping[str, Original]) -> Sequence[tuple[Path, Site]]:
    return record(mesh, Ending(made).paths(), by=judge)


def test_the_next_sweep_sees_to_what_one_has_left(mesh: Mesh, made: Mapping[str, Original], figure: Figure) -> None:
    """One case after the other: a sweep sees to all that is due. Its calls for requests have a matrix of their own."""
    found = record(mesh, [Ending(made).over()], by=judge)
    of_shares = [(path, site) for path, site in found if _OF_SHARES.search(f"{site.operation} {site.kind}")]
    assert len(of_shares) == 4, found
    prove(mesh, cases_of(of_shares, (*EACH_WAY, *ALL_KILLS)), figure, "sweep", at_once=1, by=judge)


@pytest.mark.parametrize(("what", "faults"), [("faults", EACH_WAY), ("kills", ALL_KILLS)])
def test_what_was_shared_is_gone_whatever_fails(
    mesh: Mesh, found: Sequence[tuple[Path, Site]], figure: Figure, what: str, faults: tuple[Fault, ...]
) -> None:
    prove(mesh, cases_of(found, faults), figure, f"revoking, {what}", by=judge)


def test_what_the_shares_are_copies_of_is_as_it_was(mesh: Mesh, made: Mapping[str, Original]) -> None:
    for original in made.values():
        states = {each["status"] for each in mesh.shares(original.account).values()}
        assert (mesh.grants(original.account), states) == (original.grants, {"ACTIVE"})
