"""The exports of `python -m localmesh env`: in a shell that evaluates them, the Pulumi CLI deploys onto the mesh."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from localmesh.provider import Endpoint

from .engine import ROOT
from .leftovers import left_in

ACCOUNT = "520000000001"
STACK_FILE = f"""
config:
  aws:region: us-east-1
  lakeshare:role: producer
  lakeshare:accountId: "{ACCOUNT}"
  lakeshare:centralAccountId: "123456789012"
  lakeshare:approverEmails: [anna@example.org]
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The project as a checkout of its own: the CLI writes into stack files."""
    folder = tmp_path_factory.mktemp("project")
    for name in ("__main__.py", "components", "handlers", "settings"):
        (folder / name).symlink_to(ROOT / name)
    shutil.copy(ROOT / "Pulumi.yaml", folder)
    (folder / "Pulumi.rehearsal.yaml").write_text(STACK_FILE)
    return folder


def env(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "localmesh", "env", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_the_real_commands(
    mesh_state: Path, project: Path, tmp_path: Path, endpoint_in: Callable[[str], Endpoint]
) -> None:
    def shell(*commands: str) -> str:
        lines = "\n".join(["set -eu", 'eval "$EXPORTS"', *commands])
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": str(tmp_path), "EXPORTS": exports.stdout}
        done = subprocess.run(
            ["bash", "-c", lines], cwd=project, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    exports = env("--state", mesh_state, "--account", ACCOUNT)
    assert exports.returncode == 0, exports.stderr
    assert "+ 7 to create" in shell("pulumi stack init rehearsal", "pulumi preview --color never")
    assert "+ 7 created" in shell("pulumi up --yes --skip-preview --color never")
    topic = shell("pulumi stack output ApprovalSnsTopicArn").strip()
    assert topic == f"arn:aws:sns:us-east-1:{ACCOUNT}:DataLakeSharingApproval"
    assert f"topic {topic}" in left_in(endpoint_in(ACCOUNT))
    assert "7 unchanged" in shell("pulumi up --yes --skip-preview --expect-no-changes --color never")
    assert "- 7 deleted" in shell("pulumi destroy --yes --skip-preview --color never")
    assert left_in(endpoint_in(ACCOUNT)) == []
    assert list(tmp_path.iterdir()) == [], "nothing is written into the home"


def test_an_account_that_is_none(mesh_state: Path) -> None:
    refused = env("--state", mesh_state, "--account", "12345")
    assert refused.returncode == 1
    assert "expected an account id of twelve digits, got '12345'" in refused.stderr


def test_without_a_mesh(tmp_path: Path) -> None:
    refused = env("--state", tmp_path)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "no mesh runs with the state folder" in refused.stderr
    assert "python -m localmesh up --empty" in refused.stderr
