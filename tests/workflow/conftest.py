"""Real meshes, each a process of its own.

Modules that want nothing special share one; `OPTIONS` in a module asks for one of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.workflow import evidence
from tests.workflow.driver import CENTRAL, Asked, Mesh
from tests.workflow.running import MeshProcess, Options
from tests.workflow.secrecy import assert_nothing_leaked

StartMesh = Callable[[Options], Mesh]


@pytest.fixture(scope="module")
def start_mesh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartMesh]:
    """Starts meshes; at the module's end each is held to having leaked nothing and to a clean end."""
    with _meshes(tmp_path_factory) as start:
        yield start


@pytest.fixture(scope="session")
def shared_mesh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mesh]:
    """The mesh of all modules that want nothing special."""
    with _meshes(tmp_path_factory) as start:
        yield start(Options())


@pytest.fixture(scope="module")
def mesh(request: pytest.FixtureRequest) -> Iterator[Mesh]:
    """The module's mesh. Tests keep out of each other's way: new accounts, databases of their own."""
    options = getattr(request.module, "OPTIONS", None)
    if options is not None:
        yield request.getfixturevalue("start_mesh")(options)
        return
    mesh = request.getfixturevalue("shared_mesh")
    yield mesh
    assert_nothing_leaked(mesh)


@pytest.fixture
def account(mesh: Mesh) -> str:
    """A consumer that nothing was shared with before."""
    return mesh.new_account()


@pytest.fixture(scope="module")
def organization() -> list[str]:
    """The accounts of the mesh's organization, besides the central one."""
    return []


@pytest.fixture
def inside(mesh: Mesh, organization: list[str]) -> str:
    """An account of the organization, which gets what is shared with it at once."""
    account = mesh.new_account()
    organization.append(account)
    mesh.control("POST", "/organization", accounts=[CENTRAL, *organization])
    return account


@pytest.fixture
def asked(mesh: Mesh, account: str) -> Iterator[Asked]:
    """A request for personal data that waits for its owner; it is stopped at the end."""
    asked = mesh.ask_owner("retail", "customer", account)
    yield asked
    mesh.client("stepfunctions").stop_execution(executionArn=asked.arn)


@pytest.fixture(autouse=True)
def no_faults_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Faults that a test has set end with it."""
    yield
    if "mesh" in request.fixturenames:
        request.getfixturevalue("mesh").control("DELETE", "/faults")


@contextmanager
def _meshes(folders: pytest.TempPathFactory) -> Iterator[StartMesh]:
    running: list[tuple[MeshProcess, Mesh]] = []

    def start(options: Options) -> Mesh:
        process = MeshProcess(options, folders.mktemp("mesh"))
        mesh = Mesh(process.wait_until_ready())
        running.append((process, mesh))
        mesh.listen()
        return mesh

    try:
        yield start
        for _, mesh in running:
            evidence.keep(mesh)
            assert_nothing_leaked(mesh)
    finally:
        for process, _ in running:
            process.stop()
    assert [process.said() for process, _ in running] == [""] * len(running)
