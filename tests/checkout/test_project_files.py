"""What the project's files say of each other: workflows, stack files, hooks, versions."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from tools import release, stacks

ROOT = Path(__file__).resolve().parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
PINNED = re.compile(r"(?P<action>[\w./-]+)@(v\d+|[0-9a-f]{40})")


def read(path: Path) -> dict[str, Any]:
    """A YAML file. `on` is a boolean to YAML 1.1, and a word to GitHub."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if key is True else key: value for key, value in content.items()}


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job.get("steps", ())]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_a_workflow_may_do_little_and_only_once_at_a_time(path: Path) -> None:
    workflow = read(path)
    assert workflow["permissions"] == {"contents": "read"}, "a job that needs more says so itself"
    assert workflow["concurrency"]["group"]
    for name, job in workflow["jobs"].items():
        assert "uses" in job or "timeout-minutes" in job, name
    for step in steps(workflow):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", [*WORKFLOWS, *(ROOT / ".github" / "actions").rglob("action.yml")], ids=str)
def test_every_action_is_pinned(path: Path) -> None:
    for used in re.findall(r"^ *(?:- )?uses: (\S+)", path.read_text(), re.MULTILINE):
        assert used.startswith("./") or PINNED.fullmatch(used), used


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)
def test_every_command_of_a_workflow_is_there(path: Path) -> None:
    for step in steps(read(path)):
        for line in step.get("run", "").splitlines():
            if line.startswith("make "):
                assert {word for word in line.split()[1:] if "=" not in word} <= TARGETS, line


def test_the_pythons_of_ci_are_those_that_the_project_takes() -> None:
    matrix = read(ROOT / ".github" / "workflows" / "ci.yml")["jobs"]["test"]["strategy"]["matrix"]
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["requires-python"] == f">={matrix['python'][0]}"
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]


def test_every_stack_file_is_rehearsed() -> None:
    assert sorted(stacks.FILLED) == stacks.samples()


def test_every_entry_point_is_released() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (layers,) = (contract["layers"] for contract in contracts if contract.get("containers") == ["handlers"])
    assert release.entry_points() == sorted(layers[0].split(" | "))


def test_the_hooks_are_the_checkouts_own_tools() -> None:
    for repository in read(ROOT / ".pre-commit-config.yaml")["repos"]:
        assert repository["repo"] == "local"
        for hook in repository["hooks"]:
            assert hook["language"] == "system"
            assert ".venv/bin/" in hook["entry"] or hook["entry"].split()[1] in TARGETS, hook["id"]


def test_every_lock_file_is_kept_up_to_date() -> None:
    updates = read(ROOT / ".github" / "dependabot.yml")["updates"]
    kept = {(update["package-ecosystem"], update.get("directory")) for update in updates}
    assert {("uv", "/"), ("npm", "/portal"), ("gomod", "/tests/engine/cli")} <= kept
    assert any(ecosystem == "github-actions" for ecosystem, _ in kept)
