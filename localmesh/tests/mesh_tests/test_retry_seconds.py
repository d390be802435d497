"""A mesh that tries again sooner and less: who only wants to see what follows need not wait for AWS's backoff."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator

import pytest

from mesh_tests.harness import RunningMesh, start_mesh, stop_mesh


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningMesh]:
    state = tmp_path_factory.mktemp("mesh")
    process = start_mesh(state, "--empty", "--retry-seconds", "0.01", "--retries", "3")
    yield RunningMesh(json.loads((state / "mesh.json").read_text()), process)
    assert "Traceback" not in stop_mesh(process)


@pytest.mark.parametrize(("attempts", "tries"), [(3, 4), (50, 4), (1, 2), (None, 4), (0, 1)])
def test_a_state_machine_and_an_sdk_try_again_at_once_and_not_for_long(
    mesh: RunningMesh, attempts: int | None, tries: int
) -> None:
    source = """
import boto3
from botocore.config import Config

def handler(event, context):
    boto3.client("sns", config=Config(retries={"mode": "standard", "total_max_attempts": 5})).list_topics()
"""
    retry = {"ErrorEquals": ["States.ALL"], "IntervalSeconds": 20}
    if attempts is not None:
        retry["MaxAttempts"] = attempts
    task = {
        "Type": "Task",
        "Resource": "arn:aws:states:::lambda:invoke",
        "Parameters": {"FunctionName": mesh.function(source)},
        "Retry": [retry],
        "End": True,
    }
    machine = mesh.machine({"Task": task}, "Task")
    mesh.control("POST", "/faults", {"service": "sns", "operation": "*", "code": "Throttling", "function": "toy"})
    started = time.monotonic()
    assert mesh.ended(mesh.run(machine))["status"] == "FAILED"
    assert time.monotonic() - started < 10
    assert mesh.control("GET", "/faults")[0]["used"] == tries * 5
    mesh.control("DELETE", "/faults")


def test_other_pauses_of_a_function_stay_as_long_as_they_are(mesh: RunningMesh) -> None:
    source = """
import os, time

def handler(event, context):
    started = time.monotonic()
    time.sleep(0.3)
    return [time.monotonic() - started >= 0.3, [name for name in os.environ if "LOCALMESH" in name]]
"""
    assert mesh.invoke(mesh.function(source))[0] == [True, []]


def test_an_event_that_fails_is_tried_again_at_once(mesh: RunningMesh) -> None:
    function = mesh.function("def handler(event, context):\n    raise ValueError(event)\n")
    started = time.monotonic()
    mesh.invoke(function, "asynchronous", InvocationType="Event")
    name = function.rpartition(":")[2]
    while len([each for each in mesh.control("GET", "/functions/log") if each["function"] == name]) < 3:
        assert time.monotonic() - started < 2.5
        time.sleep(0.02)
