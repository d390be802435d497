"""A mesh with nothing deployed; most modules share one, `OWN_MESH` in a module asks for one of its own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from mesh_tests.harness import CATALOG, TELL, RunningMesh, start_mesh, stop_mesh


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


@pytest.fixture
def told(mesh: RunningMesh) -> Any:
    """A function that rules may call, and what it was told."""
    function = mesh.function(TELL)
    mesh.client("lambda").add_permission(
        FunctionName=function, StatementId="e", Action="lambda:InvokeFunction", Principal="events.amazonaws.com"
    )
    name = function.rpartition(":")[2]

    def events() -> list[Any]:
        log = mesh.control("GET", "/functions/log")
        return [json.loads(line) for each in log if each["function"] == name for line in each["lines"]]

    return function, events


@contextmanager
def _started(folders: pytest.TempPathFactory) -> Iterator[RunningMesh]:
    state = folders.mktemp("mesh")
    process = start_mesh(state, "--empty", "--catalog", str(CATALOG))
    yield RunningMesh(json.loads((state / "mesh.json").read_text()), process)
    assert "Traceback" not in stop_mesh(process)
