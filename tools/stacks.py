"""The sample stack files on a mesh: what is put into them, and a shell in a copy of the project that deploys them."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import yaml

ROOT: Final = Path(__file__).resolve().parents[1]
CENTRAL: Final = "123456789012"
PRODUCER: Final = "111111111111"
CONSUMER: Final = "999999999999"

FILLED: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "producer": (PRODUCER, {"centralAccountId": CENTRAL, "approverEmails": ["olga.marin@example.org"]}),
    "consumer": (CONSUMER, {"centralAccountId": CENTRAL, "allowedRoles": ["analyst"]}),
    "central": (
        CENTRAL,
        {"producers": [{"accountId": PRODUCER, "databases": ["retail"]}], "deletionProtection": False},
    ),
}
"""For each sample stack file, in the order of deployment: its account, and what differs from the sample."""

_PROGRAM = (
    "__main__.py",
    "components",
    "handlers",
    "settings",
    "portal",
    ".venv",
    ".build",
    "pyproject.toml",
    "uv.lock",
)
_OPTIONS = "--yes --skip-preview --color never"


def samples() -> list[str]:
    """The names of the sample stack files in the checkout."""
    names = (path.name.removeprefix("Pulumi.").removesuffix(".yaml") for path in ROOT.glob("Pulumi.*.yaml"))
    return sorted(name for name in names if not name.startswith("rehearsal"))


class ProjectCopy:
    """A shell in a copy of the project, with the exports of `python -m localmesh env`.

    Args:
        folder: is made, for the copy.
        state: of the mesh.
        sample: which stack file.
        own_plug_in: whether the CLI uses AWS's own provider plug-in and Python host instead of the mesh's.
    """

    def __init__(self, folder: Path, state: str, sample: str, *, own_plug_in: bool = False) -> None:
        if sample not in FILLED:
            raise ValueError(f"expected values for Pulumi.{sample}.yaml in tools/stacks.py, found none")
        account, config = FILLED[sample]
        command = [sys.executable, "-m", "localmesh", "env", "--state", state, "--account", account]
        self._exports = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
        if own_plug_in:
            self._exports += (
                "\nunset PULUMI_DEBUG_PROVIDERS PULUMI_DEBUG_LANGUAGES PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION"
                "\nexport AWS_EC2_METADATA_DISABLED=true"
            )
        self._folder, self.sample = folder, sample
        folder.mkdir()
        for name in _PROGRAM:
            (folder / name).symlink_to(ROOT / name)
        shutil.copy(ROOT / "Pulumi.yaml", folder)
        content = yaml.safe_load((ROOT / f"Pulumi.{sample}.yaml").read_text())
        content["config"].update({f"lakeshare:{key}": value for key, value in {"accountId": account, **config}.items()})
        (folder / f"Pulumi.{sample}.yaml").write_text(yaml.safe_dump(content))

    def init(self) -> None:
        """Make the stack."""
        self._said(f"pulumi stack init {self.sample}")

    def preview(self) -> str:
        """What would be done; nothing is."""
        return self._said("pulumi preview --color never")

    def up(self, *, expect_no_changes: bool = False) -> float:
        """Deploy; gives the seconds that it took."""
        return self._timed(f"pulumi up {_OPTIONS}" + (" --expect-no-changes" if expect_no_changes else ""))

    def destroy(self) -> float:
        """Take it away; gives the seconds that it took."""
        return self._timed(f"pulumi destroy {_OPTIONS}")

    def resources(self) -> int:
        """How many resources the stack has, components included."""
        return len(json.loads(self._said("pulumi stack export"))["deployment"].get("resources", ()))

    def _timed(self, command: str) -> float:
        began = time.perf_counter()
        self._said(command)
        return time.perf_counter() - began

    def _said(self, command: str) -> str:
        script = f"set -eu\n{self._exports}\n{command}"
        done = subprocess.run(["bash", "-c", script], cwd=self._folder, capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{command}: {done.stdout}{done.stderr}")
        return done.stdout
