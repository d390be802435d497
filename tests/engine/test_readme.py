"""The README's rehearsal, its blocks as printed: in a shell, on a mesh, with the real engine and the AWS CLI."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from localmesh.provider import Endpoint
from mesh_tests.harness import eventually
from tests.missing import AWS_CLI
from tests.workflow.http_client import form, send

from .engine import ROOT
from .leftovers import left_in

SECTION = (ROOT / "README.md").read_text(encoding="utf-8").partition("\n## Rehearse a deployment\n")[2]
BLOCKS = re.findall(r"^```sh\n(.*?)^```", SECTION.partition("\n## ")[0], re.MULTILINE | re.DOTALL)
SETUP, MESH, PRODUCER, CONFIRMED, CENTRAL, GRANTS, ASK, LOOK, CHANGE, PROTECTED, DESTROY, LAST = range(12)
"""The blocks, in their order."""

CENTRAL_ACCOUNT, PRODUCER_ACCOUNT, CONSUMER = "123456789012", "111111111111", "999999999999"
APPROVER = "pending+olga@example.org"
WRITTEN = {"Pulumi.yaml", "Pulumi.central.yaml", "Pulumi.producer.yaml"}
"""What the CLI or a block writes into or beside: a copy, all else is linked."""


class Terminal:
    """A shell that blocks are pasted into: they come on its standard input, where a prompt would swallow the rest."""

    def __init__(self, folder: Path, home: Path) -> None:
        # As a person's, but for what would lead to an account or a stack of theirs.
        own = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PULUMI_"))}
        environment = {**own, "HOME": str(home)}
        self._shell = subprocess.Popen(
            ["bash"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._write("trap 'echo \"FAILED: $BASH_COMMAND\"' ERR\n")

    def paste(self, block: int) -> str:
        """Paste a block; gives what it said."""
        self._write(BLOCKS[block] + "echo THE END\n")
        said: list[str] = []
        for line in self._shell.stdout or ():
            if line == "THE END\n":
                return "".join(said)
            said.append(line)
        raise AssertionError(f"the shell ended: {''.join(said)}")

    def do(self, block: int) -> str:
        """Paste a block whose commands all succeed."""
        said = self.paste(block)
        assert "FAILED" not in said, said
        return said

    def stop(self) -> None:
        os.killpg(self._shell.pid, signal.SIGKILL)
        self._shell.communicate()

    def _write(self, text: str) -> None:
        assert self._shell.stdin
        self._shell.stdin.write(text)
        self._shell.stdin.flush()


@pytest.fixture
def checkout(cli: Path, tmp_path: Path) -> Path:
    """The checkout as a folder of its own, whose stack files and state are nobody else's."""
    found = shutil.which("aws")
    if found is None or subprocess.run([found, "--version"], capture_output=True, check=False).returncode:
        AWS_CLI.skip("there is no AWS CLI that runs")
    folder = tmp_path / "checkout"
    folder.mkdir()
    for path in ROOT.iterdir():
        if path.name in WRITTEN:
            shutil.copy(path, folder)
        elif path.name not in {".git", ".localmesh"} and not path.name.startswith("Pulumi."):
            (folder / path.name).symlink_to(path)
    return folder


@pytest.fixture
def terminal(checkout: Path, tmp_path: Path) -> Iterator[Terminal]:
    home = tmp_path / "home"
    home.mkdir()
    terminal = Terminal(checkout, home)
    yield terminal
    terminal.stop()


@pytest.fixture
def first_terminal(terminal: Terminal, checkout: Path) -> Iterator[Mapping[str, Any]]:
    """What is left running: gives the mesh's addresses."""
    terminal.do(SETUP)
    process = subprocess.Popen(
        ["bash", "-c", BLOCKS[MESH]],
        cwd=checkout,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    described = checkout / ".localmesh" / "mesh.json"
    try:
        eventually(lambda: described.exists() or process.poll() is not None, 60)
        yield json.loads(described.read_text())
    finally:
        os.killpg(process.pid, signal.SIGINT)
        assert "Traceback" not in process.communicate(timeout=30)[0]
    assert not described.exists()


@pytest.fixture
def mailbox(first_terminal: Mapping[str, Any]) -> Callable[[str], list[str]]:
    """Gives the links of the only mail with this in its subject, once it is there."""

    def links(subject: str) -> list[str]:
        def found() -> list[str]:
            mails = json.loads(send("GET", first_terminal["mailbox_url"] + "/messages.json").body)
            return [mail["body"] for mail in mails if subject in mail["subject"] and mail["to"] == APPROVER]

        (body,) = eventually(found, 30)
        return [line for line in body.splitlines() if line.startswith("http")]

    return links


def test_as_printed(
    first_terminal: Mapping[str, Any],
    terminal: Terminal,
    mailbox: Callable[[str], list[str]],
    checkout: Path,
    tmp_path: Path,
) -> None:
    central, producer = (_administrator(first_terminal, account) for account in (CENTRAL_ACCOUNT, PRODUCER_ACCOUNT))

    assert "+ 7 created" in terminal.do(PRODUCER)
    assert _subscribed(terminal.do(CONFIRMED)) == {APPROVER: "PendingConfirmation"}
    (link,) = mailbox("Subscription Confirmation")
    assert send("GET", link).status == 200
    assert _subscribed(terminal.do(CONFIRMED))[APPROVER].startswith(f"arn:aws:sns:us-east-1:{PRODUCER_ACCOUNT}:")

    assert re.search(r"\+ \d\d+ created", said := terminal.do(CENTRAL))
    assert "warning" not in said, said
    assert _granted(central) == []
    terminal.do(GRANTS)
    assert _granted(central) == ["classify", "grant", "revoke", "survey"]

    execution = json.loads(terminal.do(ASK))["executionArn"]
    approve, _ = mailbox("999999999999")
    body, headers = form({"email": APPROVER})
    assert send("POST", approve, body=body, headers=headers).status == 200
    said = eventually(lambda: looked if "SUCCEEDED" in (looked := terminal.do(LOOK)) else "", 30)
    assert execution in said
    assert f'"DataLakePrincipalIdentifier": "{CONSUMER}"' in said
    assert "SELECT" in said

    assert "[diff: ~definition]" in terminal.do(CHANGE)
    refused = terminal.paste(PROTECTED)
    assert "FAILED: pulumi destroy" in refused
    assert "lakeshare-deletionProtection" in refused
    assert "because it is protected" in refused
    terminal.do(DESTROY)
    terminal.do(LAST)
    assert left_in(producer) == []
    assert [each for each in left_in(central) if not each.startswith("grant")] == []
    assert {path.name for path in checkout.glob("Pulumi*")} == WRITTEN
    assert list((tmp_path / "home").iterdir()) == [], "nothing is written into the home"


def _administrator(mesh: Mapping[str, Any], account: str) -> Endpoint:
    caller = Endpoint(mesh["aws_endpoint_url"], "anybody", "x").client("sts", "us-east-1")
    role = f"arn:aws:iam::{account}:role/person"
    given = caller.assume_role(RoleArn=role, RoleSessionName="person")["Credentials"]
    keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    return Endpoint(mesh["aws_endpoint_url"], *keys, api_base_url=mesh["api_base_url"])


def _subscribed(said: str) -> dict[str, str]:
    return {each["Endpoint"]: each["SubscriptionArn"] for each in json.loads(said)["Subscriptions"]}


def _granted(endpoint: Endpoint) -> list[str]:
    """The functions whose roles were granted anything on the database."""
    found = endpoint.client("lakeformation", "us-east-1").list_permissions()["PrincipalResourcePermissions"]
    roles = {each["Principal"]["DataLakePrincipalIdentifier"] for each in found if "retail" in str(each["Resource"])}
    return sorted(match[1] for role in roles if (match := re.search(r"role/lakeshare-([a-z]+)-role", role)))
