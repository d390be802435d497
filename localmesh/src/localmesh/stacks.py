"""Deploys stacks, in a process beside the mesh.

Loading Pulumi takes as long as loading moto; two processes do both at once, and the mesh is spared Pulumi's memory.
This module is both ends: `Deployer` starts ``python -m localmesh.stacks`` and talks to it in lines of JSON.
"""

import contextlib
import gc
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Self, TextIO

from localmesh.setup import StackPlan, WarmUp


class DeployError(Exception):
    """A stack could not be deployed; the message says why."""


class Deployer:
    """A process that has loaded, or is loading, Pulumi and a program.

    Args:
        folder: the program's, with `Pulumi.yaml` and `__main__.py`.
        warm_up: what to load of it at once.
    """

    def __init__(self, folder: Path, warm_up: WarmUp | None = None) -> None:
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115 - closed in `stop`
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
        command = [sys.executable, "-m", "localmesh.stacks", json.dumps(asdict(warm_up or WarmUp()))]
        self._process = subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            start_new_session=True,  # Ctrl-C is the mesh's to handle
        )

    def deploy(self, order: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        """Deploys stacks.

        Args:
            order: ``endpoint_url``, ``api_base_url``, ``default_provider`` (whether the program may use it), ``stacks``
                (a list of ``name``, ``config``, ``credentials``).

        Returns:
            The outputs of each stack.

        Raises:
            DeployError: the program or a resource failed.
        """
        if self._process.stdin is None or self._process.stdout is None:
            raise DeployError("the deploying process has no pipes")
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
        outputs: dict[str, dict[str, Any]] = {}
        if not order["stacks"]:
            return outputs
        for line in self._process.stdout:
            said = json.loads(line)
            if "error" in said:
                raise DeployError(f"stack {said['stack']}: {said['error']}")
            outputs[said["stack"]] = said["outputs"]
            if len(outputs) == len(order["stacks"]):
                return outputs
        raise DeployError(f"the deploying process ended: {self._said()}")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Ends the process, if it still runs."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)  # and a build of the layer that it may have started
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        self._errors.close()

    def _said(self) -> str:
        self._process.wait()
        self._errors.seek(0)
        return self._errors.read().strip()[-4000:] or f"exit status {self._process.returncode}"


def main() -> None:
    """The other end."""
    lines = os.fdopen(os.dup(1), "w", encoding="utf-8")
    sys.stdout = sys.stderr  # what the program prints must not get between the lines
    gc.disable()  # the process ends before collecting would pay
    warm_up = json.loads(sys.argv[1])
    _warm_up(warm_up["modules"], warm_up["resources"], warm_up["services"])
    order = sys.stdin.readline()
    if not order:
        return
    plan = json.loads(order)
    for stack in plan["stacks"]:
        _deploy(stack, plan, lines)


def _warm_up(modules: Sequence[str], resources: Sequence[str], services: Sequence[str]) -> None:
    """Loads, while the mesh loads moto, what is loaded on first use: resource types, descriptions of services."""
    for name in [*modules, "localmesh.program", "localmesh.provider.mocks"]:
        importlib.import_module(name)
    aws = importlib.import_module("pulumi_aws")
    for name in resources:
        # A module of resource types is loaded when something in it is looked up.
        getattr(getattr(aws, name), "Provider", None)
    endpoint: Any = importlib.import_module("localmesh.provider").Endpoint("http://127.0.0.1:9", "none", "none")
    for service in services:
        endpoint.client(service, "us-east-1")


def _deploy(stack: Mapping[str, Any], plan: Mapping[str, Any], lines: TextIO) -> None:
    from localmesh.program import Program, deploy
    from localmesh.provider import Endpoint
    from localmesh.provider.mocks import ProviderMocks

    def say(**what: object) -> None:
        lines.write(json.dumps({"stack": stack["name"], **what}) + "\n")
        lines.flush()

    credentials = stack["credentials"]
    endpoint = Endpoint(
        plan["endpoint_url"],
        credentials["AWS_ACCESS_KEY_ID"],
        credentials["AWS_SECRET_ACCESS_KEY"],
        credentials["AWS_SESSION_TOKEN"],
        plan["api_base_url"],
    )
    config = stack["config"]
    default = {key.removeprefix("aws:"): value for key, value in config.items() if key.startswith("aws:")}
    try:
        mocks = ProviderMocks(endpoint, default if plan.get("default_provider") else None)
        say(outputs=deploy(Program.at(Path.cwd()), stack["name"], config, mocks=mocks))
    except Exception as fault:
        traceback.print_exc()
        say(error=f"{type(fault).__name__}: {fault}")


def plans(stacks: Sequence[StackPlan], credentials: Callable[[str], Mapping[str, str]]) -> list[dict[str, Any]]:
    """Stack plans as the other end takes them."""
    return [
        {"name": each.name, "config": dict(each.config), "credentials": dict(credentials(each.account))}
        for each in stacks
    ]


if __name__ == "__main__":
    main()
