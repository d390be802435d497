"""The ways of requests for some rows, and for what is safe of a whole database, on which the matrix makes AWS fail."""

from __future__ import annotations

from typing import Final

from handlers.sharing.lake import FILTERS_A_BATCH
from tests.proof.matrix.paths import Case, Path, ask, own_parts, part_of, wait_for_end
from tests.workflow.catalogue import column
from tests.workflow.driver import Mesh

FEW: Final = "id < 7"
"""Which rows a row filter lets through."""
OTHERS: Final = tuple(f"t{number:02}" for number in range(FILTERS_A_BATCH))
"""With the first table more than go into one batch."""


def _own_rows(mesh: Mesh, case: Case) -> None:
    own_parts(mesh, case)
    mesh.catalogue.change_table(case.id, "people", lambda entry: entry["Parameters"].update(lakeshare_filter_few=FEW))


def _own_tables(mesh: Mesh, case: Case) -> None:
    """A database of tables of which each has a safe subset, but for one."""
    own_parts(mesh, case)
    for name in OTHERS:
        mesh.catalogue.add_table(case.id, name, [column("id", "bigint"), column("name", pii_flag="true")])
    mesh.catalogue.add_table(case.id, "flagged", Parameters={"pii_flag": "true"})


def _share_rows(mesh: Mesh, case: Case) -> None:
    case.granted = part_of(case, "id", rows=FEW)
    ask(mesh, case, case.id, "people", columns=["id"], filter="few")
    wait_for_end(mesh, case)


def _share_safe_tables(mesh: Mesh, case: Case) -> None:
    for name in ("people", *OTHERS):
        case.granted |= part_of(case, "id", table=name)
    ask(mesh, case, case.id, "*", scope="safe")
    wait_for_end(mesh, case)


OF_PARTS = (
    Path("rows of a table", _share_rows, before=_own_rows),
    Path("the safe subset of a database", _share_safe_tables, before=_own_tables),
)
