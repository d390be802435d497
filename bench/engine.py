"""The real engine: stacks from the sample stack files, deployed with the Pulumi CLI onto an empty mesh."""

import json
import shutil
import subprocess
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

from bench.figures import Figure, spread
from bench.mesh import ROOT, running_mesh
from localmesh.engine.shell import find_cli

RUNS = 3
CENTRAL = "123456789012"
PRODUCER = "111111111111"
PROGRAM = ("__main__.py", "components", "handlers", "settings")
STACKS = {
    "central": (
        CENTRAL,
        {"producers": [{"accountId": PRODUCER, "databases": ["retail"]}], "deletionProtection": False},
    ),
    "producer": (PRODUCER, {"centralAccountId": CENTRAL, "approverEmails": ["olga.marin@example.org"]}),
}
UP = "pulumi up --yes --skip-preview --color never"


def measure() -> list[Figure]:
    """Deploy and take away, a few times on one mesh; the first time counts, too, as that is what people see."""
    if find_cli() is None:
        return [Figure("The real engine", "skipped: there is no Pulumi CLI; `make engine` builds one")]
    first: dict[str, list[float]] = {name: [] for name in STACKS}
    again: dict[str, list[float]] = {name: [] for name in STACKS}
    resources: dict[str, int] = {}
    with running_mesh("--empty") as (mesh, _), TemporaryDirectory() as folder:
        for name, (account, config) in STACKS.items():
            shell = _Shell(Path(folder, name), mesh["state"], account)
            shell.configure(name, config)
            shell.run(f"pulumi stack init {name}")
            for _ in range(RUNS):
                first[name].append(shell.run(UP))
                again[name].append(shell.run(f"{UP} --expect-no-changes"))
                resources[name] = shell.resources()
                shell.run("pulumi destroy --yes --skip-preview --color never")
    return [
        *(
            Figure(f"`pulumi up` of a {name} stack, {resources[name]} resources", spread(first[name], "s"), target)
            for name, target in (("central", "15 s"), ("producer", None))
        ),
        *(
            Figure(f"`pulumi up` of a {name} stack, nothing changed", spread(again[name], "s"), target)
            for name, target in (("central", "8 s"), ("producer", None))
        ),
    ]


class _Shell:
    """A shell in a copy of the project, with the exports of `python -m localmesh env`."""

    def __init__(self, folder: Path, state: str, account: str) -> None:
        command = [sys.executable, "-m", "localmesh", "env", "--state", state, "--account", account]
        self._exports = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        self._folder, self._account = folder, account
        folder.mkdir()
        for name in PROGRAM:
            (folder / name).symlink_to(ROOT / name)
        shutil.copy(ROOT / "Pulumi.yaml", folder)

    def configure(self, sample: str, config: dict[str, object]) -> None:
        """Write the stack file: a sample with what is to differ."""
        content = yaml.safe_load((ROOT / f"Pulumi.{sample}.yaml").read_text())
        own = {"accountId": self._account, **config}
        content["config"].update({f"lakeshare:{key}": value for key, value in own.items()})
        (self._folder / f"Pulumi.{sample}.yaml").write_text(yaml.safe_dump(content))

    def run(self, command: str) -> float:
        """Run a command; gives the seconds that it took."""
        began = time.perf_counter()
        self._said(command)
        return time.perf_counter() - began

    def resources(self) -> int:
        """How many resources the stack has, components included."""
        return len(json.loads(self._said("pulumi stack export"))["deployment"]["resources"])

    def _said(self, command: str) -> str:
        script = f"set -eu\n{self._exports}\n{command}"
        done = subprocess.run(["bash", "-c", script], cwd=self._folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")
        return done.stdout
