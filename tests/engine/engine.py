"""The real Pulumi engine on a mesh's AWS: stacks from copies of the real stack files, driven by the automation API."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml
from pulumi import automation as auto
from pulumi.automation._stack import StackInitMode  # `create_or_select` makes nothing but the API's own class

from localmesh.program import nothing_collected, run_whole

ROOT = Path(__file__).resolve().parents[2]
PROJECT = "lakeshare"


async def program() -> None:
    """Run the real program, afresh."""
    if str(ROOT) not in sys.path:
        sys.path.insert(0, str(ROOT))
    await run_whole(ROOT)


class QuickStack(auto.Stack):
    """A stack whose commands do not start the CLI three times more to ask what the events and the state tell too."""

    def outputs(self) -> auto.OutputMap:
        """Give none: `EngineStack.outputs` reads them from the state."""
        return {}

    def info(self, show_secrets: bool = True) -> auto.UpdateSummary:
        """Give no summary of the last command: its last event is one."""
        return cast(auto.UpdateSummary, self)


@dataclass
class Engine:
    """Where stacks are kept, and the CLI that works on them.

    Attributes:
        cli: The folder whose `bin` holds the CLI.
        folder: For backend, home and stack files; nothing is written elsewhere.
    """

    cli: Path
    folder: Path
    _command: Any = field(init=False, default=None)

    def __post_init__(self) -> None:
        (self.folder / "state").mkdir(parents=True)
        self._command = auto.PulumiCommand(root=str(self.cli))

    def stack(
        self,
        name: str,
        config: Mapping[str, Any],
        sample: str | None,
        provider: str,
    ) -> EngineStack:
        """Give a stack of its own, from a sample stack file with `config` put in.

        Args:
            name: The stack's name.
            config: The project's keys.
            sample: Which sample stack file it begins as; `None` for one with nothing but a region.
            provider: Where its AWS is, as `PULUMI_DEBUG_PROVIDERS` says it.
        """
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        shutil.copy(ROOT / "Pulumi.yaml", folder)
        content = {"config": {"aws:region": "us-east-1"}}
        if sample:
            content = yaml.safe_load((ROOT / f"Pulumi.{sample}.yaml").read_text())
        content["config"].update({f"{PROJECT}:{key}": value for key, value in config.items()})
        (folder / f"Pulumi.{name}.yaml").write_text(yaml.safe_dump(content))
        environment = {
            "PULUMI_BACKEND_URL": f"file://{self.folder / 'state'}",
            "PULUMI_CONFIG_PASSPHRASE": "engine tests",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            # The state is saved when a command ends, not before and after each resource, which takes the engine ten
            # times as long; what that would save is a command that is killed, and these end.
            "PULUMI_EXPERIMENTAL": "true",
            "PULUMI_SKIP_CHECKPOINTS": "true",
            # The mesh's provider stands in for the plug-in, which each command would otherwise try to download.
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DEBUG_PROVIDERS": provider,
        }
        workspace = auto.LocalWorkspace(
            work_dir=str(folder),
            pulumi_command=self._command,
            pulumi_home=str(self.folder / "home"),
            env_vars=environment,
            program=program,
        )
        return EngineStack(QuickStack(name, workspace, StackInitMode.CREATE_OR_SELECT), folder)


@dataclass(frozen=True)
class EngineStack:
    """A stack on the real engine.

    Attributes:
        auto: The automation API's own.
        folder: Where its files are.
    """

    auto: Any
    folder: Path

    def configure(self, **config: Any) -> None:
        """Change the stack file, as a person would."""
        path = self.folder / f"Pulumi.{self.auto.name}.yaml"
        content = yaml.safe_load(path.read_text())
        for key, value in config.items():
            if value is None:
                content["config"].pop(f"{PROJECT}:{key}", None)
            else:
                content["config"][f"{PROJECT}:{key}"] = value
        path.write_text(yaml.safe_dump(content))

    def up(self) -> Changes:
        """Run `pulumi up`."""
        return self._run(self.auto.up)

    def preview(self) -> Changes:
        """Run `pulumi preview`."""
        return self._run(self.auto.preview)

    def refresh(self) -> Changes:
        """Run `pulumi refresh`."""
        return self._run(self.auto.refresh)

    def destroy(self) -> Changes:
        """Run `pulumi destroy`."""
        return self._run(self.auto.destroy)

    def _run(self, command: Callable[..., object]) -> Changes:
        events: list[Any] = []
        with nothing_collected():
            command(on_event=events.append, color="never")
        (summary,) = (event.summary_event for event in events if event.summary_event)
        said = tuple(event.diagnostic_event.message.strip() for event in events if event.diagnostic_event)
        return Changes(_counts(summary.resource_changes), _steps(events), said)

    def state_as_kept(self) -> str:
        """Give the state as the backend keeps it, with its secrets encrypted."""
        (path,) = (self.folder.parent / "state").glob(f".pulumi/stacks/**/{self.auto.name}.json")
        return path.read_text()

    def resources(self) -> list[dict[str, Any]]:
        """Give the stack's resources as they stand in its state."""
        return (json.loads(self.state_as_kept())["checkpoint"].get("latest") or {}).get("resources") or []

    def outputs(self) -> Mapping[str, Any]:
        """Give the stack's outputs by name."""
        (stack,) = (one for one in self.resources() if one["type"] == "pulumi:pulumi:Stack")
        return stack["outputs"]


@dataclass(frozen=True)
class Step:
    """What was done with one resource.

    Attributes:
        op: `create`, `update`, `replace`, `delete`, …
        type: The resource's type.
        name: Its logical name.
        paths: The properties that differ.
    """

    op: str
    type: str
    name: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Changes:
    """What a command did.

    Attributes:
        counts: Number of resources by what was done with them, those left alone (`same`) apart.
        steps: What was done, but for those left alone.
        said: What the engine and the program had to say.
    """

    counts: Mapping[str, int]
    steps: tuple[Step, ...]
    said: tuple[str, ...] = ()

    def named(self, op: str) -> set[str]:
        """Give the logical names of the resources that this was done with."""
        return {step.name for step in self.steps if step.op == op}


def _counts(found: Mapping[Any, int] | None) -> dict[str, int]:
    counts = {getattr(op, "value", op): int(number) for op, number in (found or {}).items()}
    return {op: number for op, number in counts.items() if op != "same" and number}


def _steps(events: list[Any]) -> tuple[Step, ...]:
    steps: list[Step] = []
    for event in events:
        found = event.resource_pre_event or event.res_outputs_event
        if found is None:
            continue
        meta = found.metadata
        op = getattr(meta.op, "value", meta.op)
        if op in {"same", "read"}:
            continue
        step = Step(op, meta.type, meta.urn.rpartition("::")[2], tuple(sorted(meta.detailed_diff or ())))
        if step not in steps:
            steps.append(step)
    return tuple(steps)
