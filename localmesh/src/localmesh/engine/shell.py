"""The shell exports with which a Pulumi CLI, or the AWS CLI, works on a running mesh."""

import os
import shlex
import shutil
from pathlib import Path

from localmesh import project
from localmesh.accounts import DEFAULT_ACCOUNT
from localmesh.running import ask, mesh_of

PASSPHRASE = "rehearsal"  # noqa: S105 - nobody's
"""Of the stacks' secrets; it keeps nobody out, as Pulumi merely demands one."""

BACKEND = "pulumi"
"""The folder for Pulumi's state, in the mesh's state folder; it goes with the mesh, as what it speaks of does."""


def exports(state: Path, account: str | None) -> str:
    """The exports, to be evaluated by a shell.

    Args:
        state: the folder of the mesh.
        account: the account to act in; the default one if none is given.

    Raises:
        NoMeshError: no mesh runs there, or the account is none.
    """
    mesh = mesh_of(state)
    acting_in: str = account or DEFAULT_ACCOUNT
    doors = ask(mesh, "POST", "/engine", {"account": acting_in})
    folder = state.resolve() / BACKEND
    variables = {
        "AWS_ENDPOINT_URL": mesh["aws_endpoint_url"],
        "AWS_REGION": mesh["region"],
        "AWS_DEFAULT_REGION": mesh["region"],
        **doors["credentials"],
        # A pager would swallow the lines that are pasted after the command.
        "AWS_PAGER": "",
        "PULUMI_BACKEND_URL": f"file://{folder}",
        # The stack that is selected, which must not mix with those of other days.
        "PULUMI_HOME": str(folder / "home"),
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        # A command on a stack that is there looks for AWS's own plug-in, to download it, for seconds.
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_DEBUG_PROVIDERS": f"aws:{doors['provider']}",
        "PULUMI_DEBUG_LANGUAGES": f"python:{doors['language']}",
    }
    lines = [f"# The mesh at {mesh['aws_endpoint_url']}, account {acting_in}.", "unset AWS_PROFILE PULUMI_STACK"]
    lines += [f"export {name}={shlex.quote(value)}" for name, value in variables.items()]
    return "\n".join([*lines, *_path()])


def find_cli() -> Path | None:
    """The folder of the Pulumi CLI: on the PATH, or where the current folder's project says that it may be."""
    found = shutil.which("pulumi")
    if found:
        return Path(found).parent
    other = project.find(Path.cwd()).pulumi
    return other if other is not None and (other / "pulumi").is_file() else None


def _path() -> list[str]:
    cli = find_cli()
    if cli is None:
        other = project.find(Path.cwd()).pulumi
        where = f"on the PATH, nor in {os.path.relpath(other)}" if other else "on the PATH"
        return [f"echo {shlex.quote(f'There is no Pulumi CLI {where}: install one.')} >&2"]
    return [] if shutil.which("pulumi") else [f'export PATH="$PATH:{cli}"']
