"""The archive of one function: the modules of `handlers/` that its entry point reaches, and nothing else.

So a changed line changes the code of those functions only that run it. The list is explicit and sorted, and Pulumi
hashes contents, not times: the same sources give the same archive.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import grimp
import pulumi

ROOT: Final = Path(__file__).resolve().parent.parent
"""The checkout."""

PACKAGE: Final = "handlers"


def handler_archive(module: str, texts: Mapping[str, str] | None = None) -> pulumi.AssetArchive:
    """The archive of the function whose entry point is `handlers/<module>.py`.

    Args:
        module: the entry point's name.
        texts: further files at the archive's root, by name.
    """
    assets: dict[str, pulumi.Asset | pulumi.Archive] = {
        path.relative_to(ROOT).as_posix(): pulumi.FileAsset(str(path)) for path in sources(module)
    }
    assets.update({name: pulumi.StringAsset(text) for name, text in (texts or {}).items()})
    return pulumi.AssetArchive(dict(sorted(assets.items())))


def sources(module: str) -> list[Path]:
    """Every file that the entry point needs: its imports, their packages, and what those packages carry beside code."""
    entry = f"{PACKAGE}.{module}"
    graph = _import_graph()
    if entry not in graph.modules:
        raise FileNotFoundError(f"expected the entry point {entry.replace('.', '/')}.py, found none in {ROOT}")
    reached: set[str] = set()
    waiting = {entry}
    while waiting:
        # Whoever imports a module also runs the packages around it, and those import in their turn.
        found = {ancestor for name in waiting for ancestor in (name, *_packages_of(name))}
        found |= {name for each in found for name in graph.find_upstream_modules(each)}
        waiting = found - reached
        reached |= found
    return sorted({path for name in reached for path in _files(name)})


@functools.cache
def _import_graph() -> grimp.ImportGraph:
    # Once for all functions: it takes a tenth of a second.
    if str(ROOT) not in sys.path:
        # grimp looks for the package as an import would.
        sys.path.append(str(ROOT))
    return grimp.build_graph(PACKAGE, exclude_type_checking_imports=True, cache_dir=None)


def _packages_of(module: str) -> list[str]:
    parts = module.split(".")
    return [".".join(parts[:length]) for length in range(1, len(parts))]


def _files(module: str) -> list[Path]:
    base = ROOT.joinpath(*module.split("."))
    if not base.is_dir():
        return [base.with_suffix(".py")]
    return [base / "__init__.py", *_carried(base)]


def _carried(folder: Path) -> list[Path]:
    """What is no code: templates and the like, in the package's folder or in those below that are no packages."""
    carried: list[Path] = []
    for path in folder.iterdir():
        if path.name == "__pycache__" or path.name.startswith("."):
            continue
        if path.is_dir():
            if not (path / "__init__.py").exists():
                carried += _carried(path)
        elif path.suffix not in {".py", ".pyc", ".pyi"}:
            carried.append(path)
    return carried
