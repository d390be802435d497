"""Two hundred random sequences over a year: what every account can read is always the union of its live shares."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator

import pytest

from tests.portal.conftest import with_page
from tests.portal.portal import Portal
from tests.proof.conftest import Figure
from tests.proof.sample import fewer
from tests.proof.sequences.life import Life
from tests.proof.sequences.year import Year
from tests.workflow.driver import Mesh
from tests.workflow.running import MeshProcess, Options

SEQUENCES = fewer(200)
STEPS = 4
"""Of each sequence: what fits into two minutes of two cores."""
DAYS = 365
USERS = 10
"""Who ask through the API: nobody may have many open requests."""


@pytest.fixture
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A mesh of its own, as its clock goes on by a year. Secrets are looked for on other meshes."""
    with_page()
    process = MeshProcess(Options(retry_seconds=0.2), tmp_path_factory.mktemp("year"))
    try:
        yield Portal(Mesh(process.wait_until_ready()))
    finally:
        process.stop()
    assert process.said() == ""


def what_is_planted_is_found(year: Year) -> None:
    """Behind everybody's back one account is granted a table: the year would have failed."""
    life = next(each for each in year.lives if f"{each.database}.bills" not in each.grants(each.accounts[0]))
    year.mesh.client("lakeformation").grant_permissions(
        Principal={"DataLakePrincipalIdentifier": life.accounts[0]},
        Resource={"Table": {"DatabaseName": life.database, "Name": "bills"}},
        Permissions=["SELECT"],
    )
    with pytest.raises(AssertionError, match=rf"seed {life.seed}:\n +{life.accounts[0]} is granted"):
        year.compare()


@pytest.mark.timeout(600)
def test_what_everybody_reads_is_the_union_of_their_live_shares(portal: Portal, figure: Figure) -> None:
    began = time.monotonic()
    lives = [
        Life(seed, tuple(portal.mesh.new_account() for _ in range(2 + seed % 2)), f"user-{seed % USERS}")
        for seed in range(SEQUENCES)
    ]
    year = Year(portal, lives)
    year.begin()
    days = sorted(random.Random(0).sample(range(1, DAYS), STEPS - 1))
    for here, there in zip((0, *days), (*days, DAYS), strict=True):
        year.step()
        year.pass_days(there - here)
    what_is_planted_is_found(year)
    shares = sum(len(life.shares) for life in lives)
    accounts = sum(len(life.accounts) for life in lives)
    figure(
        f"{SEQUENCES} sequences of {accounts} accounts, {shares} shares in all: what was done and came of it",
        dict(year.did),
    )
    figure("a year took", f"{time.monotonic() - began:.0f} s")
