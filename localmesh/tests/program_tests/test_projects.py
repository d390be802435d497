"""How a project names its set-up, and what `up` says where it does not or does it wrongly."""

from __future__ import annotations

import argparse
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from localmesh import hints, project
from localmesh.commands import Commands
from localmesh.project import Project, ProjectError
from localmesh.setup import NotServedError, SetUp

MESH = {"aws_endpoint_url": "http://127.0.0.1:1", "region": "us-east-1", "mailbox_url": "http://127.0.0.1:3"}


def write(folder: Path, table: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text(table)
    return folder


def test_the_nearest_project_counts(tmp_path: Path) -> None:
    write(tmp_path, '[tool.localmesh]\nsetup = "a:B"\npulumi = "bin"\n')
    inner = tmp_path / "some" / "where"
    inner.mkdir(parents=True)
    assert project.find(inner) == Project(tmp_path, "a:B", tmp_path / "bin")
    write(inner, "[project]\n")
    assert project.find(inner) == Project(inner)


@pytest.mark.parametrize(
    ("table", "text"),
    [
        ('[tool.localmesh]\nset-up = "a:B"\n', "got set-up = 'a:B'"),
        ("[tool.localmesh]\nsetup = 1\n", "got setup = 1"),
        ('[tool.localmesh]\nsetup = "a.b"\n', 'expected setup = "module:Class"'),
        ("[tool.localmesh\n", "pyproject.toml"),
    ],
)
def test_a_table_of_another_shape(tmp_path: Path, table: str, text: str) -> None:
    with pytest.raises(ProjectError, match=r"pyproject\.toml") as refused:
        project.find(write(tmp_path, table))
    assert text in str(refused.value)


@pytest.mark.parametrize(
    ("setup", "text"),
    [
        ("nowhere_at_all:B", "No module named 'nowhere_at_all'"),
        ("json:Nothing", "has no attribute 'Nothing'"),
        ("json:JSONDecoder", "expected a subclass of localmesh.setup.SetUp"),
    ],
)
def test_a_set_up_that_is_none(tmp_path: Path, setup: str, text: str) -> None:
    folder = write(tmp_path, f'[tool.localmesh]\nsetup = "{setup}"\n')
    command = [sys.executable, "-m", "localmesh", "up", "--headless"]
    refused = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=30, check=False)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert text in refused.stderr
    assert "Traceback" not in refused.stderr


def test_without_a_set_up_it_says_what_to_write(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "localmesh", "up", "--state", str(tmp_path / "state")]
    process = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    said = ""
    while "Ctrl-C" not in said:
        line = process.stdout.readline()
        assert line, said
        said += line
    process.terminate()
    process.communicate(timeout=15)
    assert 'setup = "module:Class"' in said
    assert "Nothing is deployed." in said
    assert "localmesh env --state" in said


def test_what_a_set_up_that_says_nothing_does() -> None:
    setup, commands = SetUp(), Commands(look_for_cli=False)
    mesh: dict[str, Any] = {**MESH, **setup.describe({"shop": {"url": "http://127.0.0.1:9/x"}}, "")}
    text = hints.text(setup, mesh, [], Path("state"), commands, deployed=True)
    assert "Outputs of shop:" in text
    assert "url  http://127.0.0.1:9/x" in text
    assert setup.stacks(argparse.Namespace()) == ()
    assert setup.first_mail(mesh, [], commands) == ""
    with pytest.raises(NotServedError, match="viewer_request"):
        setup.viewer_request("function handler(event) {}", "/")
