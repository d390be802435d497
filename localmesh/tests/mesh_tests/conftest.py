"""A mesh with nothing deployed, one for each test module."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from mesh_tests.harness import CATALOG, RunningMesh, start_mesh, stop_mesh


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMesh]:
    """A mesh with a small catalogue and nothing deployed."""
    state = tmp_path_factory.mktemp("mesh")
    process = start_mesh(state, "--empty", "--catalog", str(CATALOG))
    yield RunningMesh(json.loads((state / "mesh.json").read_text()), process)
    assert "Traceback" not in stop_mesh(process)


@pytest.fixture(autouse=True)
def no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Faults that a test has set end with it."""
    yield
    if "mesh" in request.fixturenames:
        request.getfixturevalue("mesh").control("DELETE", "/faults")
