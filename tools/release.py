"""`python -m tools.release`: what is attached to a release, into `.build/release`.

The handlers' archives and their layer, the built page, a bill of materials for each, and their checksums. The same
sources give the same archives: times and owners are left out.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final

import uv

from components.handler_archive import ROOT, sources
from components.handler_layer import layer_files, layer_folder

OUT: Final = ROOT / ".build" / "release"
PAGE: Final = ROOT / "portal" / "dist"
CHECKSUMS: Final = "SHA256SUMS"
_EPOCH = (1980, 1, 1, 0, 0, 0)


def entry_points() -> list[str]:
    """The modules that Lambda calls: those in `handlers/` itself."""
    return sorted(path.stem for path in (ROOT / "handlers").glob("*.py") if path.stem != "__init__")


def archive(target: Path, folder: Path, files: Iterable[Path]) -> None:
    """Write files into a zip archive.

    Args:
        target: the archive.
        folder: what the names in it are relative to.
        files: what goes in.
    """
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as written:
        for file in sorted(files):
            entry = zipfile.ZipInfo(file.relative_to(folder).as_posix(), _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            written.writestr(entry, file.read_bytes())


def main() -> None:
    """Build all of it."""
    if not (PAGE / "index.html").is_file():
        raise SystemExit("expected the built page in portal/dist, found none: `make portal` builds it, with Node")
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    for name in entry_points():
        archive(OUT / f"handler-{name}.zip", ROOT, sources(name))
    layer = layer_folder(lambda text: print(text, file=sys.stderr, flush=True))
    archive(OUT / "handlers-layer.zip", layer, layer_files(layer))
    archive(OUT / "portal.zip", PAGE, (path for path in PAGE.rglob("*") if path.is_file()))
    _write("handlers.cdx.json", _handlers_materials())
    _write(
        "portal.cdx.json", _materials(["npm", "sbom", "--sbom-format", "cyclonedx", "--omit", "dev"], ROOT / "portal")
    )
    built = sorted(OUT.iterdir())
    lines = [f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.name}\n" for path in built]
    (OUT / CHECKSUMS).write_text("".join(lines))
    for path in sorted(OUT.iterdir()):
        print(f"{path.relative_to(ROOT)}  {path.stat().st_size:,} bytes")


def _handlers_materials() -> dict[str, Any]:
    """CycloneDX, from the lock file: what the layer brings."""
    export = [os.fsdecode(uv.find_uv_bin()), "export", "--frozen", "--only-group", "handlers", "--no-emit-project"]
    return _materials([*export, "--format", "cyclonedx1.5", "--preview-features", "sbom-export"], ROOT)


def _materials(command: list[str], folder: Path) -> dict[str, Any]:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"expected `{' '.join(command)}` to succeed, got {done.returncode}:\n{done.stderr}")
    return json.loads(done.stdout)


def _write(name: str, content: dict[str, Any]) -> None:
    (OUT / name).write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
