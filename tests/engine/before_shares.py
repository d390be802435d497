"""The program as it was before shares came, to be deployed and then updated to today's.

`program.tar.xz` is `git archive 6d3c226 __main__.py Pulumi.yaml components settings handlers`: the last commit without
ledger, revoking state machine, Notify and Survey. It stays as it is: stacks of that shape are out there.
"""

from __future__ import annotations

import runpy
import shutil
import sys
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from types import ModuleType

from .engine import ROOT, EngineStack

_SOURCES = ROOT / "tests" / "fixtures" / "before-shares" / "program.tar.xz"
_OURS = frozenset({"components", "settings", "handlers"})
_TODAYS = (".build", "pyproject.toml", "uv.lock", "README.md")
"""The packages of the handlers' layer are today's: they are not what is tried here."""


def unpack(folder: Path) -> None:
    """Put that program into a new folder."""
    with tarfile.open(_SOURCES) as sources:
        sources.extractall(folder, filter="data")
    for name in _TODAYS:
        (folder / name).symlink_to(ROOT / name)


@contextmanager
def deploying(stack: EngineStack, folder: Path) -> Iterator[None]:
    """Meanwhile that program is the stack's, and its modules are the ones of their names: Pulumi looks at them late."""
    todays, program = _taken_out(), stack.auto.workspace.program
    sys.path.insert(0, str(folder))
    shutil.copy(folder / "Pulumi.yaml", stack.folder)
    stack.auto.workspace.program = partial(runpy.run_path, str(folder / "__main__.py"), run_name="__main__")
    try:
        yield
    finally:
        stack.auto.workspace.program = program
        shutil.copy(ROOT / "Pulumi.yaml", stack.folder)
        sys.path.remove(str(folder))
        _taken_out()
        sys.modules.update(todays)


def _taken_out() -> dict[str, ModuleType]:
    names = [name for name in sys.modules if name.partition(".")[0] in _OURS]
    return {name: sys.modules.pop(name) for name in names}
