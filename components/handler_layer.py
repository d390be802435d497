"""The Lambda layer with the handlers' third-party packages, from the lock file, for the platform Lambda runs on.

`python -m components.handler_layer` builds it ahead of time. It is kept in `.build/layer/<digest>`, the digest being of
all that it is made of, so that it is built once for each state of the lock file.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pulumi
import uv

from components.handler_archive import ROOT

PYTHON_VERSION: Final = "3.13"
PLATFORM: Final = "aarch64-manylinux2014"
CACHE: Final = ROOT / ".build" / "layer"

_FORM: Final = "1"
"""Part of the digest: another number builds the layer anew when the way of building it changes."""

_LEFT_OUT: Final = frozenset({"RECORD", "INSTALLER", "REQUESTED", "uv_cache.json", "direct_url.json", ".lock"})
"""What installers note for themselves; it differs from machine to machine."""


def handler_layer(progress: Callable[[str], None]) -> pulumi.AssetArchive:
    """The layer as an archive; built first if it is not there yet.

    Args:
        progress: told what happens when it takes long.
    """
    folder = layer_folder(progress)
    return pulumi.AssetArchive(
        {path.relative_to(folder).as_posix(): pulumi.FileAsset(str(path)) for path in layer_files(folder)}
    )


def layer_files(folder: Path) -> list[Path]:
    """The layer's files, sorted; bytecode that somebody left there is not among them."""
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name not in _LEFT_OUT
    )


def layer_folder(progress: Callable[[str], None]) -> Path:
    """The folder with the layer's `python/`; built first if it is not there yet."""
    requirements = _requirements()
    digest = hashlib.sha256("\n".join([_FORM, PYTHON_VERSION, PLATFORM, requirements]).encode()).hexdigest()[:16]
    folder = CACHE / digest
    if not folder.exists():
        progress(f"Building the handlers' layer for Python {PYTHON_VERSION} on {PLATFORM} (once for this lock file)…")
        _build(requirements, folder)
        progress("The handlers' layer is built.")
    return folder


def _requirements() -> str:
    """Exactly what the lock file says of the dependency group `handlers`, with hashes."""
    return _uv(
        *("export", "--frozen", "--only-group", "handlers", "--no-emit-project"),
        *("--no-header", "--no-annotate", "--format", "requirements.txt"),
    )


def _build(requirements: str, folder: Path) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix="building-", dir=CACHE))
    try:
        _uv(
            *("pip", "install", "--target", str(work / "python"), "--requirements", "-"),
            *("--python-version", PYTHON_VERSION, "--python-platform", PLATFORM),
            *("--no-deps", "--require-hashes", "--only-binary", ":all:", "--no-compile"),
            given=requirements,
        )
        shutil.rmtree(work / "python" / "bin", ignore_errors=True)
        work.chmod(0o755)
        try:
            work.rename(folder)
        except OSError:
            # Another process was faster: the same digest is the same content.
            if not folder.exists():
                raise
    finally:
        shutil.rmtree(work, ignore_errors=True)


def _uv(*arguments: str, given: str | None = None) -> str:
    command = [os.fsdecode(uv.find_uv_bin()), *arguments]
    done = subprocess.run(command, cwd=ROOT, input=given, capture_output=True, text=True, check=False)  # noqa: S603 - our own uv, fixed arguments
    if done.returncode:
        raise RuntimeError(f"expected `uv {' '.join(arguments[:2])}` to succeed, got {done.returncode}:\n{done.stderr}")
    return done.stdout


if __name__ == "__main__":
    print(layer_folder(lambda text: print(text, file=sys.stderr, flush=True)))
