"""The running API keeps to its own document, `docs/openapi.yaml`: schemathesis asks it all kinds of things."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.portal.portal import Portal
from tests.workflow.running import ROOT

DOCUMENT = ROOT / "docs" / "openapi.yaml"
SETTINGS = ROOT / "tests" / "portal" / "schemathesis.toml"
SECONDS = 160


def test_the_api_does_what_its_document_says(portal: Portal, tmp_path: Path) -> None:
    # Of each operation a few dozen calls; a person may make a hundred requests an hour. No `--max-time`: that is no
    # bound, but has the fuzzing begin anew until the time is up.
    token = portal.tokens(portal.new_user(auditor=True))["access_token"]
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(SETTINGS), "run", str(DOCUMENT)),
        *("--url", f"{portal.url}/api", "--header", f"Authorization: Bearer {token}"),
        *("--max-examples", "25", "--seed", "20261124", "--no-color"),
        *("--phases", "examples,coverage,fuzzing"),
    ]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=SECONDS, check=False)
    print(done.stdout[-1500:])
    assert done.returncode == 0, done.stdout + done.stderr
