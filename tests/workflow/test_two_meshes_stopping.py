"""A mesh that is stopped, or killed, in the middle of its work leaves no process, no port and no file."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.workflow.driver import OLGA, Mesh, wait_until
from tests.workflow.running import ROOT, WITHOUT_PORTAL, MeshProcess, Options

LONG = 60


@dataclass(frozen=True)
class Started:
    """A mesh that leads a process group, as a terminal's foreground job does, with a folder for temporary files."""

    process: MeshProcess
    mesh: Mesh
    temporary: Path

    def processes(self) -> list[str]:
        """Everything that runs on this mesh's account: its own process and its functions' processes name its folder."""
        command = ["ps", "-eww", "-o", "pid=,command="]
        listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
        return [line for line in listing.splitlines() if str(self.temporary.parent) in line]

    def ports(self) -> list[int]:
        """Those of its ports that still answer."""
        urls = [value for key, value in self.mesh.description.items() if key.endswith("_url") and value]
        return [port for url in urls if (port := urlsplit(url).port) is not None and _listens(port)]


StartHere = Callable[[Options], Started]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[StartHere]:
    """Starts meshes one after the other, all with the same state folder."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    processes: list[MeshProcess] = []

    def start(options: Options) -> Started:
        environment = {**os.environ, "TMPDIR": str(temporary)}
        processes.append(MeshProcess(options, tmp_path, env=environment, start_new_session=True))
        return Started(processes[-1], Mesh(processes[-1].wait_until_ready()), temporary)

    try:
        yield start
    finally:
        for process in processes:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.process.pid, signal.SIGKILL)
            process.process.wait()


def test_ctrl_c_at_work_leaves_nothing_and_says_nothing(start: StartHere) -> None:
    started = start(Options())
    client = _busy(started.mesh)
    assert len(started.processes()) > 2
    for _ in range(3):  # a second one, by the impatient, does not disturb the first
        with contextlib.suppress(ProcessLookupError):
            os.killpg(started.process.process.pid, signal.SIGINT)
        time.sleep(0.05)
    _nothing_is_left(started)
    client.join(5)
    assert not client.is_alive(), "whoever waited for an answer is told that there is none"


def test_refused_beside_another_killed_replaced_and_stopped(start: StartHere) -> None:
    first = start(Options(config=WITHOUT_PORTAL))
    _refused_with_the_same_state(first)
    _busy(first.mesh)
    first.process.process.kill()
    first.process.process.wait()
    wait_until(lambda: not first.processes(), 10, "the end of all functions")
    assert (first.ports(), first.process.said()) == ([], "")
    assert (first.process.state / "mesh.json").exists(), "whoever is killed cannot tidy up"
    assert list(first.temporary.iterdir()) == [], "what it leaves stands where the next one tidies up"

    second = start(Options(config=WITHOUT_PORTAL))
    _, finished = second.mesh.ask("transport", "yellow_tripdata", second.mesh.new_account())
    assert finished.output["status"] == "SHARED"
    _busy(second.mesh)
    second.process.process.terminate()
    _nothing_is_left(second)


def _nothing_is_left(stopped: Started) -> None:
    assert stopped.process.process.wait(LONG / 2) == 0
    assert stopped.process.said() == ""
    assert (stopped.processes(), stopped.ports()) == ([], [])
    assert list(stopped.temporary.iterdir()) == []
    assert not stopped.process.state.exists()


def _refused_with_the_same_state(running: Started) -> None:
    command = [sys.executable, "-m", "localmesh", *Options().arguments(running.process.state)]
    refused = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=LONG, check=False)
    assert (refused.returncode, refused.stdout) == (1, "")
    (message,) = refused.stderr.splitlines()
    described = running.mesh.description
    for part in ("a mesh already runs", f"pid {described['pid']}", described["aws_endpoint_url"], "--state"):
        assert part in message
    assert running.mesh.control("GET", "/ready") == {"ready": True}
    assert (running.process.state / "mesh.json").exists()


def _busy(mesh: Mesh) -> threading.Thread:
    """Gives a mesh work: requests that wait for people, requests under way, functions that run, a client that waits."""
    waiting = [mesh.ask_owner("retail", "customer", mesh.new_account()) for _ in range(2)]
    for service, operation, role in [("glue", "GetTable", "classify"), ("states", "SendTaskSuccess", "decide")]:
        mesh.control("POST", "/faults", service=service, operation=operation, role=role, delay_seconds=LONG)
    client = threading.Thread(target=_decide, args=(mesh, waiting[0].approve), daemon=True)
    client.start()
    for _ in range(12):
        mesh.start("retail", "customer", mesh.new_account())
    wait_until(lambda: min(mesh.faults_used()) >= 1, 30, "functions at work")
    return client


def _decide(mesh: Mesh, link: str) -> None:
    with contextlib.suppress(OSError):
        mesh.post(link, email=OLGA)


def _listens(port: int) -> bool:
    with socket.socket() as connection:
        return connection.connect_ex(("127.0.0.1", port)) == 0
