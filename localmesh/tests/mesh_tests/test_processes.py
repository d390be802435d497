"""Processes of functions are forked where that is the same as starting them, and started where it is not."""

import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from localmesh.functions.archives import Archives
from localmesh.functions.instance import Instance
from localmesh.functions.processes import Processes

SAYS = "import os, {module}\ndef handler(event, context):\n    return [os.getppid(), getattr({module}, 'OWN', None)]\n"
ARN = "arn:aws:lambda:us-east-1:123456789012:function:says"


@pytest.fixture
def processes() -> Iterator[Processes]:
    processes = Processes()
    yield processes
    processes.close()


def said(processes: Processes, folder: Path, module: str) -> list[object]:
    """A new process's parent, and what a module that it imports has of its own."""
    code = folder / module
    code.mkdir(exist_ok=True)
    (code / "says.py").write_text(SAYS.format(module=module))
    archives = Archives(folder)
    lambdas = {"AWS_LAMBDA_FUNCTION_NAME": "says", "AWS_LAMBDA_FUNCTION_VERSION": "1", "_HANDLER": "says.handler"}
    lambdas |= {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "AWS_LAMBDA_LOG_GROUP_NAME": "says"}
    instance = Instance(processes, lambdas | {"AWS_LAMBDA_LOG_STREAM_NAME": "1"}, [code, archives.runtime()])
    try:
        outcome = instance.invoke("{}", "0" * 36, ARN, 30)
    finally:
        instance.close()
    assert outcome.error is None, outcome
    return json.loads(outcome.payload)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has what tells the mesh how a forked process ended")
def test_a_server_that_was_killed_is_replaced(processes: Processes, tmp_path: Path) -> None:
    first, _ = said(processes, tmp_path, "json")
    assert said(processes, tmp_path, "json") == [first, None]
    assert isinstance(first, int)
    os.kill(first, signal.SIGKILL)
    parents = [said(processes, tmp_path, "json")[0] for _ in range(2)]
    assert first not in parents
    assert parents[1] != os.getpid()


@pytest.mark.parametrize("module", ["boto3", "six"])
def test_what_brings_a_module_of_its_own_gets_it(processes: Processes, tmp_path: Path, module: str) -> None:
    (tmp_path / module).mkdir()
    (tmp_path / module / f"{module}.py").write_text("OWN = 1\n")
    assert said(processes, tmp_path, module) == [os.getpid(), 1]
