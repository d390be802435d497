"""What to do with a mesh that runs: commands to copy, which work as they stand."""

import shlex
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from localmesh.commands import Commands
from localmesh.setup import SetUp


def text(
    setup: SetUp,
    mesh: Mapping[str, Any],
    databases: Sequence[str],
    state: Path,
    commands: Commands,
    *,
    deployed: bool,
) -> str:
    """What is where, and what to do next.

    Args:
        setup: what the project says of itself.
        mesh: the content of ``mesh.json``.
        databases: what is in the catalogue.
        state: the mesh's state folder.
        commands: words commands.
        deployed: whether stacks were deployed.
    """
    lines = [
        "",
        *(setup.places(mesh) if deployed else ()),
        f"  AWS      {mesh['aws_endpoint_url']}   (region {mesh['region']}, any credentials)",
        f"  Mailbox  {mesh['mailbox_url']}",
        f"  Details  {state / 'mesh.json'}",
        "",
        "In another terminal, once:",
        "",
        f"  {commands.exports(mesh)}",
        "",
    ]
    lines += setup.suggestions(mesh, databases, commands) if deployed else _empty(databases, state, commands)
    return "\n".join([*lines, "Ctrl-C stops all of it.", ""])


def _empty(databases: Sequence[str], state: Path, commands: Commands) -> list[str]:
    lines = ["Nothing is deployed."]
    if databases:
        lines = ["Nothing is deployed. The catalogue is there:", "", f"  {commands.call('glue', 'get-databases', {})}"]
    return [
        *lines,
        "",
        "To deploy stacks of your own with the Pulumi CLI:",
        "",
        f'  eval "$({shlex.quote(sys.executable)} -m localmesh env --state {shlex.quote(str(state))})"',
        "",
    ]
