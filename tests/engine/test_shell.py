"""`python -m localmesh env` where it has nothing to export; what its exports do, `test_readme.py` shows."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from .engine import ROOT


def env(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "localmesh", "env", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_an_account_that_is_none(mesh_state: Path) -> None:
    refused = env("--state", mesh_state, "--account", "12345")
    assert refused.returncode == 1
    assert "expected an account id of twelve digits, got '12345'" in refused.stderr


def test_without_a_mesh(tmp_path: Path) -> None:
    refused = env("--state", tmp_path)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "no mesh runs with the state folder" in refused.stderr
    assert "python -m localmesh up --empty" in refused.stderr
