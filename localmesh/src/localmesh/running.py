"""A mesh that runs, as another command finds it: by its state folder, over its control address."""

import json
import os
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class NoMeshError(Exception):
    """No mesh runs with that state folder, or it refused; the message says what to do."""


def mesh_of(state: Path) -> dict[str, Any]:
    """What the ``mesh.json`` of a running mesh holds.

    Raises:
        NoMeshError: no mesh runs with that folder.
    """
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


def ask(mesh: Mapping[str, Any], method: str, path: str, what: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Asks a mesh's control address.

    Raises:
        NoMeshError: it refused, or does not answer.
    """
    url = mesh["control_url"] + path
    request = urllib.request.Request(url, json.dumps(what or {}).encode(), method=method)  # noqa: S310 - our own address
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(request, timeout=120) as answer:
            return json.loads(answer.read())
    except urllib.error.HTTPError as refused:
        raise NoMeshError(json.loads(refused.read())["message"]) from None
    except OSError as fault:
        raise NoMeshError(f"the mesh does not answer at {url}: {fault}") from None
