"""`python -m tools.rehearse [--plug-in aws]`: deploy every sample stack file onto an empty mesh, then destroy it.

With `--plug-in aws` the Pulumi CLI uses the real pulumi-aws plug-in, which it downloads, and its own Python host; only
AWS is the mesh's. Otherwise the provider is the mesh's too.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.mesh import running_mesh
from tools.stacks import FILLED, ProjectCopy, samples


def main() -> None:
    """Rehearse all of them."""
    parser = argparse.ArgumentParser(prog="python -m tools.rehearse", description=__doc__)
    parser.add_argument("--plug-in", choices=["mesh", "aws"], default="mesh", help="whose AWS provider the CLI uses")
    own_plug_in = parser.parse_args().plug_in == "aws"
    unknown = set(samples()) - set(FILLED)
    if unknown:
        raise SystemExit(f"expected values for every stack file in tools/stacks.py, found none for {sorted(unknown)}")
    with running_mesh("--empty") as (mesh, _), TemporaryDirectory() as folder:
        stacks = [
            ProjectCopy(Path(folder, name), mesh["state"], name, own_plug_in=own_plug_in)
            for name in FILLED
            if name in samples()
        ]
        for stack in stacks:
            stack.init()
            print(stack.preview(), flush=True)
            seconds = stack.up()
            print(f"{stack.sample}: deployed {stack.resources()} resources in {seconds:.1f} s", flush=True)
            print(f"{stack.sample}: nothing to change, {stack.up(expect_no_changes=True):.1f} s", flush=True)
        for stack in reversed(stacks):
            print(f"{stack.sample}: destroyed in {stack.destroy():.1f} s, {stack.resources()} left", flush=True)
            if stack.resources():
                raise SystemExit(f"expected nothing in the stack {stack.sample} once it is destroyed")


if __name__ == "__main__":
    main()
