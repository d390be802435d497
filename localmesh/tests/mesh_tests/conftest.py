"""A mesh with nothing deployed; most modules share one, `OWN_MESH` in a module asks for one of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from mesh_tests.harness import CATALOG, RunningMesh, start_mesh, stop_mesh


@pytest.fixture(scope="session")
def shared_mesh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMesh]:
    """The mesh of all modules that use names of their own and count nothing but what is theirs."""
    with _started(tmp_path_factory) as mesh:
        yield mesh


@pytest.fixture(scope="module")
def mesh(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMesh]:
    """A mesh with a small catalogue and nothing deployed."""
    if getattr(request.module, "OWN_MESH", False):
        with _started(tmp_path_factory) as mesh:
            yield mesh
    else:
        yield request.getfixturevalue("shared_mesh")


@pytest.fixture(autouse=True)
def no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Faults that a test has set end with it."""
    yield
    if "mesh" in request.fixturenames:
        request.getfixturevalue("mesh").control("DELETE", "/faults")


@contextmanager
def _started(folders: pytest.TempPathFactory) -> Iterator[RunningMesh]:
    state = folders.mktemp("mesh")
    process = start_mesh(state, "--empty", "--catalog", str(CATALOG))
    yield RunningMesh(json.loads((state / "mesh.json").read_text()), process)
    assert "Traceback" not in stop_mesh(process)
