"""The folder that tells other programs where the mesh is: one running mesh for each folder."""

import contextlib
import fcntl
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any


class StateInUseError(Exception):
    """Another mesh runs with the same folder."""


class State:
    """A state folder, held as long as the mesh runs.

    The lock goes with the process, however it ends, so a file that a killed mesh left behind is in nobody's way.

    Args:
        folder: made if it is not there.

    Raises:
        StateInUseError: another mesh holds it.
    """

    def __init__(self, folder: Path) -> None:
        self.file = folder / "mesh.json"
        folder.mkdir(parents=True, exist_ok=True)
        self._lock_file = folder / "mesh.lock"
        self._lock = self._lock_file.open("a")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise StateInUseError(_in_use(folder, self.file)) from None
        self.file.unlink(missing_ok=True)

    def publish(self, content: Mapping[str, Any]) -> None:
        """Writes ``mesh.json``, all at once."""
        partial = self.file.with_suffix(".partial")
        partial.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
        partial.rename(self.file)

    def release(self) -> None:
        """Removes what was written, and the folder if nothing else is in it."""
        self.file.unlink(missing_ok=True)
        self.file.with_suffix(".partial").unlink(missing_ok=True)
        self._lock_file.unlink(missing_ok=True)
        self._lock.close()
        with contextlib.suppress(OSError):
            self.file.parent.rmdir()


def _in_use(folder: Path, file: Path) -> str:
    who = ""
    with contextlib.suppress(OSError, ValueError, KeyError):
        mesh = json.loads(file.read_text(encoding="utf-8"))
        who = f" (pid {mesh['pid']}, AWS at {mesh['aws_endpoint_url']})"
    relative = os.path.relpath(folder)
    return f"a mesh already runs with the state folder {relative}{who}: stop it, or give another one with --state"
