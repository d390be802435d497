"""Two hundred random sequences over a year: what every account can read is always the union of its live shares."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

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
DAYS = (4, 30, 90, 241)
"""How many pass after each step, a year in all: mostly few, so that what was shared lives when the next comes."""
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


def a_table_is_granted(year: Year) -> str:
    """Behind everybody's back one account is granted a table."""
    life = next(each for each in year.lives if f"{each.database}.bills" not in each.grants(each.accounts[0]))
    year.mesh.client("lakeformation").grant_permissions(
        Principal={"DataLakePrincipalIdentifier": life.accounts[0]},
        Resource={"Table": {"DatabaseName": life.database, "Name": "bills"}},
        Permissions=["SELECT"],
    )
    return rf"seed {life.seed}:\n(  .*\n)*? +{life.accounts[0]} is granted"


def a_filter_is_widened(year: Year) -> str:
    """And one filter lets read all of its table, so that whoever was granted it reads more."""
    of = {each.database: each for each in year.lives}
    found = ((of[each["DatabaseName"]], each) for each in year.mesh.filters())
    life, body = next(
        (life, each) for life, each in found if life.tables[each["TableName"]].flags.keys() > set(each["ColumnNames"])
    )
    names = ("TableCatalogId", "DatabaseName", "TableName", "Name")
    wide = {"ColumnNames": list(life.tables[body["TableName"]].flags), "RowFilter": {"AllRowsWildcard": {}}}
    lake = year.mesh.client("lakeformation")
    lake.update_data_cells_filter(TableData={**{name: body[name] for name in names}, **wide})
    return rf"seed {life.seed}:\n(  .*\n)*? +\d+ reads"


PLANTED: tuple[Callable[[Year], str], ...] = (a_filter_is_widened, a_table_is_granted)
"""Each gives what is said of it: the year would have failed."""


@pytest.mark.timeout(900)
def test_what_everybody_reads_is_the_union_of_their_live_shares(portal: Portal, figure: Figure) -> None:
    began = time.monotonic()
    lives = [
        Life(seed, tuple(portal.mesh.new_account() for _ in range(2 + seed % 2)), f"user-{seed % USERS}")
        for seed in range(SEQUENCES)
    ]
    year = Year(portal, lives)
    year.begin()
    for days in DAYS:
        year.step()
        year.pass_days(days)
    for plant in PLANTED:
        said = plant(year)
        with pytest.raises(AssertionError, match=said):
            year.compare()
    shares = sum(len(life.shares) for life in lives)
    accounts = sum(len(life.accounts) for life in lives)
    figure(
        f"{SEQUENCES} sequences of {accounts} accounts, {shares} shares in all: what was done and came of it",
        dict(year.did),
    )
    figure("a year took", f"{time.monotonic() - began:.0f} s")
