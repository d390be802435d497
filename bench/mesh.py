"""A local mesh of the benchmark's own, as a process."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3

ROOT = Path(__file__).resolve().parents[1]
LONGEST_START = 60.0


@contextmanager
def running_mesh(*options: str) -> Iterator[tuple[dict[str, Any], float]]:
    """Start a mesh and stop it; gives its `mesh.json` and `state` folder, and the seconds it took."""
    with TemporaryDirectory() as state:
        file = Path(state, "mesh.json")
        command = [sys.executable, "-m", "localmesh", "up", "--headless", "--state", state, *options]
        began = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
        try:
            while not file.exists():
                if process.poll() is not None or time.perf_counter() - began > LONGEST_START:
                    raise RuntimeError(f"The mesh did not get ready (exit code {process.poll()}).")
                time.sleep(0.01)
            seconds = time.perf_counter() - began
            yield {**json.loads(file.read_text()), "state": state}, seconds
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)


def client(mesh: dict[str, Any], service: str) -> Any:
    """A client of the mesh's central account."""
    # boto3's types have one overload a service, so a name that is only known at run time fits none.
    make: Callable[..., Any] = boto3.client
    return make(
        service,
        endpoint_url=mesh["aws_endpoint_url"],
        region_name=mesh["region"],
        aws_access_key_id="bench",
        aws_secret_access_key="bench",  # noqa: S106 - the mesh takes anything
    )


def environment(mesh: dict[str, Any]) -> dict[str, str]:
    """The environment in which a process finds the mesh."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    return kept | {
        "AWS_ENDPOINT_URL": mesh["aws_endpoint_url"],
        "AWS_REGION": mesh["region"],
        "AWS_DEFAULT_REGION": mesh["region"],
        "AWS_ACCESS_KEY_ID": "bench",
        "AWS_SECRET_ACCESS_KEY": "bench",
    }
