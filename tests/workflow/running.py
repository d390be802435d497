"""Starts a local mesh as a process of its own, the way people start it, and stops it."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 90
WITHOUT_PORTAL: Mapping[str, object] = {"portal": None}
"""Config for meshes whose portal nobody looks at: they start in half the time."""
STOP_SECONDS = 30


@dataclass(frozen=True)
class Options:
    """How a mesh is wanted.

    Attributes:
        approval_timeout: in seconds; `None`: the mesh's own, which no test outlives.
        catalog: a folder with databases; `None`: the samples.
        config: keys of the central stack, over the demo's.
        port: of the AWS endpoint; 0: any.
        retry_seconds: the longest pause before another try; `None`: as on AWS.
        retries: how often the state machine tries again at most: as often as after a crash, or an outage would be tried
            for hours.
    """

    approval_timeout: int | None = None
    catalog: Path | None = None
    config: Mapping[str, object] = field(default_factory=dict)
    port: int = 0
    retry_seconds: float | None = None
    retries: int = 6

    def arguments(self, state: Path) -> list[str]:
        """The command line."""
        arguments = ["up", "--headless", "--state", str(state), "--port", str(self.port)]
        if self.approval_timeout is not None:
            arguments += ["--approval-timeout", str(self.approval_timeout)]
        if self.catalog is not None:
            arguments += ["--catalog", str(self.catalog)]
        arguments += ["--retries", str(self.retries)]
        if self.retry_seconds is not None:
            arguments += ["--retry-seconds", str(self.retry_seconds)]
        # Those that want kits say so: without them a mesh starts sooner.
        for key, value in {"consumerKits": [], **self.config}.items():
            arguments += ["--config", f"{key}={json.dumps(value)}"]
        return arguments


class MeshProcess:
    """A mesh that runs as a process.

    Args:
        options: how it is wanted.
        folder: for `mesh.json` and for what it writes to standard error.
        process: more for `subprocess.Popen`.
    """

    def __init__(self, options: Options, folder: Path, **process: Any) -> None:
        self.state = folder / "state"
        self._errors = folder / "errors.txt"
        command = [sys.executable, "-m", "localmesh", *options.arguments(self.state)]
        with self._errors.open("w") as errors:
            self.process = subprocess.Popen(
                command, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=errors, stderr=subprocess.STDOUT, **process
            )

    def wait_until_ready(self) -> dict[str, Any]:
        """Waits for this process's `mesh.json`, and gives what it holds: one that was killed leaves its own behind."""
        file = self.state / "mesh.json"
        deadline = time.monotonic() + START_SECONDS
        while self.process.pid != _pid(file):
            if self.process.poll() is not None or time.monotonic() > deadline:
                self.process.kill()
                raise AssertionError(f"the mesh did not start: {self.said()}")
            time.sleep(0.02)
        return json.loads(file.read_text())

    def stop(self) -> None:
        """Stops it as `make demo`'s Ctrl-C does, and holds it to having cleaned up."""
        self.process.terminate()
        try:
            status = self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise AssertionError(f"the mesh did not stop within {STOP_SECONDS} s: {self.said()}") from None
        assert status == 0, self.said()
        assert not (self.state / "mesh.json").exists()

    def said(self) -> str:
        """What it wrote to the screen so far: nothing, if all goes well."""
        return self._errors.read_text()


def _pid(file: Path) -> int | None:
    try:
        return json.loads(file.read_text())["pid"]
    except FileNotFoundError:
        return None
