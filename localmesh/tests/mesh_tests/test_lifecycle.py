"""A mesh starts, and goes without a trace."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from mesh_tests.harness import HERE, RunningMesh, eventually, start_mesh, stop_mesh

BUSY = """
import os, pathlib, subprocess, time
def handler(event, context):
    child = subprocess.Popen(["sleep", "60"])
    pathlib.Path(event).write_text(f"{os.getpid()} {child.pid}")
    time.sleep(60)
"""
SLEEP = "import os, subprocess, time\ndef handler(event, context):\n    return os.getpid()\n"


def listens(url: str) -> bool:
    address = urlsplit(url)
    with socket.socket() as connection:
        return connection.connect_ex((address.hostname, address.port)) == 0


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.fixture
def nothing_ignored() -> Iterator[None]:
    """Under `nohup` everything started ignores SIGHUP, a mesh too."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.mark.usefixtures("nothing_ignored")
@pytest.mark.parametrize("by", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_it_leaves_nothing_behind(tmp_path: Path, by: signal.Signals) -> None:
    state, temporary = tmp_path / "state", tmp_path / "temporary"
    temporary.mkdir()
    process = start_mesh(state, "--empty", TMPDIR=str(temporary))
    description = json.loads((state / "mesh.json").read_text())
    mesh = RunningMesh(description, process)
    pid, _ = mesh.invoke(mesh.function(SLEEP))
    assert alive(pid)
    assert list(state.iterdir())
    process.send_signal(by)
    out, errors = process.communicate(timeout=15)
    assert (process.returncode, out, errors) == (0, "", "")
    assert not alive(pid)
    assert not state.exists()
    assert list(temporary.iterdir()) == []
    addresses = [value for name, value in description.items() if name.endswith("_url") and value]
    assert not any(listens(address) for address in addresses)


def test_a_killed_mesh_takes_its_functions_along(tmp_path: Path) -> None:
    process = start_mesh(tmp_path / "state", "--empty")
    mesh = RunningMesh(json.loads((tmp_path / "state" / "mesh.json").read_text()), process)
    pid, _ = mesh.invoke(mesh.function(SLEEP))
    process.kill()
    process.communicate()
    eventually(lambda: not alive(pid))
    # What it left behind is in nobody's way.
    stop_mesh(start_mesh(tmp_path / "state", "--empty"))
    assert not (tmp_path / "state").exists()


def test_a_killed_mesh_takes_along_a_function_that_is_at_work_and_its_children(tmp_path: Path) -> None:
    process = start_mesh(tmp_path / "state", "--empty")
    mesh = RunningMesh(json.loads((tmp_path / "state" / "mesh.json").read_text()), process)
    file = tmp_path / "pids"
    mesh.invoke(mesh.function(BUSY), str(file), InvocationType="Event")
    pids = eventually(lambda: list(map(int, file.read_text().split())) if file.exists() else None)
    assert len(pids) == 2
    process.kill()
    process.communicate()
    eventually(lambda: not any(map(alive, pids)), 5)


def test_two_meshes_at_once(tmp_path: Path) -> None:
    first, second = start_mesh(tmp_path / "a", "--empty"), start_mesh(tmp_path / "b", "--empty")
    try:
        meshes = [RunningMesh(json.loads((tmp_path / name / "mesh.json").read_text()), first) for name in "ab"]
        for number, mesh in enumerate(meshes):
            mesh.client("sns").create_topic(Name=f"topic-{number}")
        topics = [mesh.client("sns").list_topics()["Topics"] for mesh in meshes]
        assert [each[0]["TopicArn"][-1] for each in topics] == ["0", "1"]
        command = [sys.executable, "-m", "localmesh", "up", "--headless", "--empty", "--state", str(tmp_path / "a")]
        refused = subprocess.run(command, cwd=HERE, capture_output=True, text=True, timeout=30, check=False)
        assert refused.returncode == 1
        assert f"(pid {first.pid}" in refused.stderr
        assert "--state" in refused.stderr
        assert (tmp_path / "a" / "mesh.json").exists()
    finally:
        stop_mesh(first)
        stop_mesh(second)


def test_a_port_may_be_chosen_and_may_be_taken(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        taken.listen()
        command = [sys.executable, "-m", "localmesh", "up", "--headless", "--empty", "--state", str(tmp_path / "s")]
        refused = subprocess.run(
            [*command, "--port", str(port)], cwd=HERE, capture_output=True, text=True, timeout=30, check=False
        )
    assert refused.returncode == 1
    assert str(port) in refused.stderr
    assert not (tmp_path / "s").exists()
    process = start_mesh(tmp_path / "s", "--empty", "--port", str(port))
    description = json.loads((tmp_path / "s" / "mesh.json").read_text())
    stop_mesh(process)
    assert description["aws_endpoint_url"] == f"http://127.0.0.1:{port}"


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (["--port", "70000"], "expected a port"),
        (["--catalog", "/nowhere"], "found none"),
    ],
)
def test_wrong_options(tmp_path: Path, options: list[str], text: str) -> None:
    command = [sys.executable, "-m", "localmesh", "up", "--empty", "--headless", "--state", str(tmp_path / "s")]
    refused = subprocess.run([*command, *options], cwd=HERE, capture_output=True, text=True, timeout=30, check=False)
    assert refused.returncode in {1, 2}
    assert text in refused.stderr
    assert "Traceback" not in refused.stderr


def test_a_catalogue_of_another_shape(tmp_path: Path) -> None:
    (tmp_path / "wrong.json").write_text('{"Tables": []}')
    command = [sys.executable, "-m", "localmesh", "up", "--empty", "--headless", "--state", str(tmp_path / "s")]
    refused = subprocess.run(
        [*command, "--catalog", str(tmp_path)], cwd=HERE, capture_output=True, text=True, timeout=30, check=False
    )
    assert refused.returncode == 1
    assert "wrong.json: expected" in refused.stderr
