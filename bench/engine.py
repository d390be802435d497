"""The real engine: stacks from the sample stack files, deployed with the Pulumi CLI onto an empty mesh."""

from pathlib import Path
from tempfile import TemporaryDirectory

from bench.figures import Figure, spread
from bench.mesh import running_mesh
from localmesh.engine.shell import find_cli
from tools.stacks import ProjectCopy

RUNS = 3
TARGETS = {"central": ("15 s", "8 s"), "producer": (None, None)}
"""Seconds at most, the first time and with nothing changed."""


def measure() -> list[Figure]:
    """Deploy and take away, a few times on one mesh; the first time counts, too, as that is what people see."""
    if find_cli() is None:
        return [Figure("The real engine", "skipped: there is no Pulumi CLI; `make engine` gets one")]
    first: dict[str, list[float]] = {name: [] for name in TARGETS}
    again: dict[str, list[float]] = {name: [] for name in TARGETS}
    resources: dict[str, int] = {}
    with running_mesh("--empty") as (mesh, _), TemporaryDirectory() as folder:
        for name in TARGETS:
            stack = ProjectCopy(Path(folder, name), mesh["state"], name)
            stack.init()
            for _ in range(RUNS):
                first[name].append(stack.up())
                again[name].append(stack.up(expect_no_changes=True))
                resources[name] = stack.resources()
                stack.destroy()
    return [
        *(
            Figure(f"`pulumi up` of a {name} stack, {resources[name]} resources", spread(first[name], "s"), target)
            for name, (target, _) in TARGETS.items()
        ),
        *(
            Figure(f"`pulumi up` of a {name} stack, nothing changed", spread(again[name], "s"), target)
            for name, (_, target) in TARGETS.items()
        ),
    ]
