"""One automatic request on a warm mesh, from start to SHARED; and how soon a mesh is ready."""

import json
import time
from typing import Any

from bench.figures import Figure, spread
from bench.mesh import client, running_mesh

STARTS = 5
REQUESTS = 60
WARM_UP = 5


def measure() -> list[Figure]:
    """Start some meshes; send requests to the last, one after the other."""
    ready: list[float] = []
    for _ in range(STARTS - 1):
        with running_mesh() as (_, seconds):
            ready.append(seconds)
    with running_mesh() as (mesh, seconds):
        ready.append(seconds)
        took = _requests(mesh)
    return [
        Figure("Mesh, from command to ready", spread(ready, "s"), "5 s"),
        Figure("One automatic request on the warm mesh, start to SHARED", spread(took), "300 ms"),
    ]


def _requests(mesh: dict[str, Any]) -> list[float]:
    states = client(mesh, "stepfunctions")
    took: list[float] = []
    for number in range(WARM_UP + REQUESTS):
        request = {
            "source": {"database": "transport", "table": "yellow_tripdata"},
            "target": {"account_id": f"{number:012d}"},
        }
        began = time.perf_counter()
        arn = states.start_execution(stateMachineArn=mesh["state_machine_arn"], input=json.dumps(request))[
            "executionArn"
        ]
        while (execution := states.describe_execution(executionArn=arn))["status"] == "RUNNING":
            time.sleep(0.005)
        took.append(time.perf_counter() - began)
        output = json.loads(execution["output"])
        if output["status"] != "SHARED":
            raise RuntimeError(f"Expected SHARED, got {output}.")
    return took[WARM_UP:]
