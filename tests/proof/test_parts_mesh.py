"""The lives of `test_parts` on a mesh, many at once: what the fakes say of them, the mesh says too."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.proof.conftest import Figure
from tests.proof.parts.life import Life
from tests.proof.parts.on_mesh import OnMesh
from tests.proof.sample import fewer
from tests.workflow.driver import Mesh
from tests.workflow.running import WITHOUT_PORTAL, Options
from tests.workflow.test_drift import let_drift_see, look

LAKES = 48
FROM = 20_000
"""Other lakes than those in memory: so more are tried in all."""
AT_ONCE = 6
OPTIONS = Options(retry_seconds=0.2, config={**WITHOUT_PORTAL, "drift": True})


@pytest.mark.timeout(900)
def test_on_the_mesh_no_flagged_column_is_read_without_a_decision_that_named_it(mesh: Mesh, figure: Figure) -> None:
    let_drift_see(mesh)
    began, did, many = time.monotonic(), Counter[str](), fewer(LAKES)
    lives: list[Life] = []
    for seed in range(FROM, FROM + many):
        accounts = (mesh.new_account(), mesh.new_account())
        lives.append(Life(seed, OnMesh(mesh, accounts), did, f"lake_{seed}", accounts))
    _all_at_once(Life.take_turns, lives)
    look(mesh)
    _all_at_once(Life.end, lives)
    figure(f"{many:,} lakes: what was done and came of it", dict(sorted(did.items())))
    figure(f"{many:,} lakes took", f"{time.monotonic() - began:.0f} s")


def _all_at_once(step: Callable[[Life], None], lives: list[Life]) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for done in [pool.submit(step, each) for each in lives]:
            done.result()
