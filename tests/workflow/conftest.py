"""Real meshes, each a process of its own, for the whole of a test module."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.workflow.driver import Mesh
from tests.workflow.logs import assert_logs_are_clean
from tests.workflow.running import MeshProcess, Options

StartMesh = Callable[[Options], Mesh]


@pytest.fixture(scope="module")
def start_mesh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartMesh]:
    """Starts meshes; at the module's end each is held to clean logs and a clean end."""
    running: list[tuple[MeshProcess, Mesh]] = []

    def start(options: Options) -> Mesh:
        process = MeshProcess(options, tmp_path_factory.mktemp("mesh"))
        mesh = Mesh(process.wait_until_ready())
        running.append((process, mesh))
        mesh.listen()
        return mesh

    yield start
    try:
        for _, mesh in running:
            assert_logs_are_clean(mesh)
    finally:
        for process, _ in running:
            process.stop()
    for process, _ in running:
        assert process.said() == ""


@pytest.fixture(scope="module")
def mesh(request: pytest.FixtureRequest, start_mesh: StartMesh) -> Mesh:
    """The module's mesh, as its `OPTIONS` want it."""
    return start_mesh(getattr(request.module, "OPTIONS", Options()))


@pytest.fixture(autouse=True)
def no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Faults that a test has set end with it."""
    yield
    if "mesh" in request.fixturenames:
        request.getfixturevalue("mesh").control("DELETE", "/faults")
