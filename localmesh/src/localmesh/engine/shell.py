"""The shell exports with which a Pulumi CLI, or the AWS CLI, works on a running mesh."""

import json
import os
import shlex
import shutil
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from localmesh import project
from localmesh.accounts import DEFAULT_ACCOUNT

PASSPHRASE = "rehearsal"  # noqa: S105 - nobody's
"""Of the stacks' secrets; it keeps nobody out, as Pulumi merely demands one."""

BACKEND = "pulumi"
"""The folder for Pulumi's state, in the mesh's state folder; it goes with the mesh, as what it speaks of does."""


class NoMeshError(Exception):
    """No mesh runs with that state folder, or it refused; the message says what to do."""


def exports(state: Path, account: str | None) -> str:
    """The exports, to be evaluated by a shell.

    Args:
        state: the folder of the mesh.
        account: the account to act in; the default one if none is given.

    Raises:
        NoMeshError: no mesh runs there, or the account is none.
    """
    mesh = _mesh(state)
    acting_in: str = account or DEFAULT_ACCOUNT
    doors = _ask(mesh["control_url"] + "/engine", {"account": acting_in})
    folder = state.resolve() / BACKEND
    variables = {
        "AWS_ENDPOINT_URL": mesh["aws_endpoint_url"],
        "AWS_REGION": mesh["region"],
        "AWS_DEFAULT_REGION": mesh["region"],
        **doors["credentials"],
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


def _mesh(state: Path) -> dict[str, Any]:
    file = state / "mesh.json"
    try:
        mesh: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        os.kill(mesh["pid"], 0)
    except (OSError, ValueError, KeyError):
        raise NoMeshError(
            f"no mesh runs with the state folder {os.path.relpath(state)}: start one with "
            "`python -m localmesh up --empty`, or say with --state which one"
        ) from None
    return mesh


def _ask(url: str, what: dict[str, str]) -> dict[str, Any]:
    request = urllib.request.Request(url, json.dumps(what).encode(), method="POST")  # noqa: S310 - our own address
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=120) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        raise NoMeshError(json.loads(refused.read())["message"]) from None
    except OSError as fault:
        raise NoMeshError(f"the mesh does not answer at {url}: {fault}") from None
