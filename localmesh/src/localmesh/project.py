"""The project that the mesh is started in: the folder of the nearest ``pyproject.toml``, and what it says of the mesh.

=================== =============================================================================
``[tool.localmesh]``
``setup``           the project's set-up, ``"module:Class"``: see `localmesh.setup`
``pulumi``          a folder with a Pulumi CLI, for when there is none on the PATH
=================== =============================================================================
"""

import importlib
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from localmesh.setup import SetUp

WITHOUT_SETUP = """\
No set-up is named, so nothing is deployed. To let `up` deploy your stacks, write a class that says which,
from localmesh.setup import SetUp, and name it in pyproject.toml:

  [tool.localmesh]
  setup = "module:Class"
"""
_KEYS = ("setup", "pulumi")


class ProjectError(Exception):
    """What the project says of the mesh is wrong; the message says what was expected."""


@dataclass(frozen=True)
class Project:
    """A project.

    Attributes:
        folder: where its ``pyproject.toml`` is, and its Pulumi program; where there is none, the current folder.
        setup: the set-up's module and class, ``module:Class``; empty if none is named.
        pulumi: a folder that may have a Pulumi CLI; None if none is named.
    """

    folder: Path
    setup: str = ""
    pulumi: Path | None = None


def find(start: Path) -> Project:
    """The project that a folder belongs to.

    Raises:
        ProjectError: its ``[tool.localmesh]`` is not of the right shape.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        file = folder / "pyproject.toml"
        if file.is_file():
            return _read(file)
    return Project(start)


def load(project: Project) -> SetUp | None:
    """The project's set-up; None if it names none.

    Raises:
        ProjectError: there is no such module or class, or it is no set-up.
    """
    if not project.setup:
        return None
    if str(project.folder) not in sys.path:
        sys.path.insert(0, str(project.folder))
    module, _, name = project.setup.partition(":")
    try:
        found: Any = getattr(importlib.import_module(module), name)
    except (ImportError, AttributeError) as missing:
        raise ProjectError(f"[tool.localmesh] setup = {project.setup!r}: {missing}") from missing
    if not (isinstance(found, type) and issubclass(found, SetUp)):
        raise ProjectError(f"[tool.localmesh] setup: expected a subclass of localmesh.setup.SetUp, got {found!r}")
    return found()


def _read(file: Path) -> Project:
    try:
        content: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
    except ValueError as wrong:
        raise ProjectError(f"{file}: {wrong}") from wrong
    table: dict[str, object] = content.get("tool", {}).get("localmesh", {})
    for name, value in table.items():
        if name not in _KEYS or not isinstance(value, str):
            raise ProjectError(
                f"{file}: expected texts {' and '.join(_KEYS)} in [tool.localmesh], got {name} = {value!r}"
            )
    setup, pulumi = str(table.get("setup", "")), table.get("pulumi")
    if setup and not all(setup.partition(":")):
        raise ProjectError(f'{file}: expected setup = "module:Class" in [tool.localmesh], got {setup!r}')
    return Project(file.parent, setup, file.parent / str(pulumi) if pulumi else None)
