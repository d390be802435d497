"""Fault matrix: people at the portal's API. AWS fails at every call, in every way, and a second call succeeds.

Nobody decides or takes back who may not, whatever fails; and what was answered as done is done without a second call.
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.portal.portal import Portal
from tests.proof.conftest import Figure
from tests.proof.matrix.api import Callers
from tests.proof.matrix.axes import ALL_FAULTS, ALL_KILLS, EACH_WAY, Fault, Site
from tests.proof.matrix.ended import judge
from tests.proof.matrix.owners import Owners, judge_settled
from tests.proof.matrix.paths import Path
from tests.proof.matrix.run import cases_of, prove, record

IN_THE_PORTAL = (*EACH_WAY, *ALL_KILLS)
pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def callers(portal: Portal) -> Callers:
    return Callers(portal)


@pytest.fixture(scope="module")
def found(portal: Portal, callers: Callers) -> Sequence[tuple[Path, Site]]:
    return record(portal.mesh, callers.paths())


@pytest.mark.parametrize(("what", "faults"), [("faults", ALL_FAULTS), ("kills", ALL_KILLS)])
def test_a_second_call_succeeds(
    portal: Portal, found: Sequence[tuple[Path, Site]], figure: Figure, what: str, faults: tuple[Fault, ...]
) -> None:
    prove(portal.mesh, cases_of(found, faults), figure, f"portal's API, {what}")


def test_owners_see_all_at_the_second_look(portal: Portal, callers: Callers, figure: Figure) -> None:
    cases = cases_of(record(portal.mesh, callers.of_owners()), IN_THE_PORTAL)
    prove(portal.mesh, cases, figure, "portal's API, owners and auditors")


def test_a_share_is_given_back_at_the_second_call(portal: Portal, callers: Callers, figure: Figure) -> None:
    found = record(portal.mesh, [callers.giving_back()], by=judge)
    cases = cases_of(found, IN_THE_PORTAL)
    prove(portal.mesh, cases, figure, "portal's API, giving back", by=judge)


@pytest.fixture(scope="module")
def owners(portal: Portal) -> Owners:
    return Owners(portal)


def test_a_signed_in_decision_counts_at_the_second_try(portal: Portal, owners: Owners, figure: Figure) -> None:
    cases = cases_of(record(portal.mesh, owners.deciding()), IN_THE_PORTAL)
    prove(portal.mesh, cases, figure, "portal's API, deciding signed in")


def test_what_was_answered_as_ended_or_held_is_so(portal: Portal, owners: Owners, figure: Figure) -> None:
    cases = cases_of(record(portal.mesh, owners.ending(), by=judge), IN_THE_PORTAL)
    prove(portal.mesh, cases, figure, "portal's API, revoking and holding", by=judge)


def test_what_drift_found_is_settled_at_the_second_call(portal: Portal, owners: Owners, figure: Figure) -> None:
    cases = cases_of(record(portal.mesh, owners.settling(), by=judge_settled), IN_THE_PORTAL)
    prove(portal.mesh, cases, figure, "portal's API, settling", by=judge_settled)
