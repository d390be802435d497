"""Runs a Pulumi program in this process, under Pulumi's mocks: no engine, no login, no state."""

from __future__ import annotations

import asyncio
import contextvars
import gc
import json
import logging
import os
import runpy
import sys
import threading
from collections.abc import Callable, Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar, cast

import pulumi
import yaml
from pulumi.runtime import Mocks, set_all_config, set_mocks
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import SETTINGS, get_root_resource
from pulumi.runtime.stack import Stack, run_pulumi_func

_LOG = logging.getLogger("localmesh.program")
_T = TypeVar("_T")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # C's is ten times faster
# Pulumi keeps a run's settings in context variables, but not all of a run: two at once wait for each other for ever.
_TURN = threading.Lock()


@dataclass(frozen=True)
class Program:
    """A Pulumi program in Python: a folder with `Pulumi.yaml` and `__main__.py`.

    Attributes:
        folder: That folder.
        project: The project's name.
        defaults: The values of config keys that a stack does not set.
    """

    folder: Path
    project: str
    defaults: Mapping[str, object]

    @classmethod
    def at(cls, folder: Path) -> Program:
        """Read `Pulumi.yaml`.

        Raises:
            FileNotFoundError: There is none.
        """
        content: dict[str, Any] = yaml.load((folder / "Pulumi.yaml").read_text(encoding="utf-8"), _Loader)  # noqa: S506 - safe
        schema: dict[str, dict[str, object] | str] = content.get("config") or {}
        defaults = {
            key: said["default"] for key, said in schema.items() if isinstance(said, dict) and "default" in said
        }
        return cls(folder, str(content["name"]), defaults)

    def full(self, key: str) -> str:
        """Give a config key with its namespace."""
        return key if ":" in key else f"{self.project}:{key}"


def deploy(
    program: Program,
    stack: str,
    config: Mapping[str, object],
    *,
    mocks: Mocks,
    secrets: Collection[str] = (),
    preview: bool = False,
    monitor: MockMonitor | None = None,
    log: logging.Logger = _LOG,
) -> dict[str, Any]:
    """Run a program for one stack and wait for all that it makes.

    It may be called any number of times; calls from several threads take turns.

    Args:
        program: The program.
        stack: The stack's name.
        config: Its configuration; keys without a namespace are the project's. Values that are no texts are put as
            JSON, as the engine does.
        mocks: Who makes the resources: `localmesh.provider.mocks.ProviderMocks`, or a test's own.
        secrets: The keys whose values are secret.
        preview: Whether the program is told that this is a preview.
        monitor: What hands registrations on to the mocks, if it is to see more of them than mocks do.
        log: Where the program's own messages go.

    Returns:
        The stack's outputs by name.

    Raises:
        Exception: Whatever the program or a resource raised first.
    """
    given = {program.full(key): value for key, value in config.items() if value is not None}
    given = {**{program.full(key): value for key, value in program.defaults.items()}, **given}
    settings = {key: _text(value) for key, value in given.items()}
    secret_keys = [program.full(key) for key in secrets]

    async def run() -> dict[str, Any]:
        # One fault fails many futures; the first is raised, and the others would only be logged once more.
        asyncio.get_running_loop().set_exception_handler(_silent)
        # In the loop, as the stack's own resource belongs to one.
        set_all_config(settings, secret_keys)
        set_mocks(mocks, project=program.project, stack=stack, preview=preview, logger=log, monitor=monitor)
        # Outputs that failed stay in this set for whoever waits for all; without one of its own, a run would wait for
        # those of an earlier run, whose loop is closed.
        cast(Any, SETTINGS).outputs = set()
        return await _run(program.folder)

    with _TURN, _environment(program.folder), nothing_collected():
        return _in_own_thread(lambda: asyncio.run(run()))


@contextmanager
def nothing_collected() -> Generator[None]:
    """Keep the garbage of earlier runs out of a run.

    A run that failed leaves coroutines behind; collected during another run, they would register their outputs there.
    """
    before = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if before:
            gc.enable()


def _silent(_loop: asyncio.AbstractEventLoop, _context: dict[str, Any]) -> None:
    pass


async def _run(folder: Path) -> dict[str, Any]:
    await run_pulumi_func(lambda: run_whole(folder))
    root = cast(Stack, get_root_resource())
    outputs: pulumi.Output[dict[str, Any]] = pulumi.Output.from_input(root.outputs)
    return await outputs.future() or {}


async def run_whole(folder: Path) -> None:
    """Run a program to the end of all that it makes, where Pulumi has been set up for it.

    Args:
        folder: The program's.
    """
    runpy.run_path(str(folder / "__main__.py"), run_name="__main__")
    # Pulumi's own waiting goes through all outputs each time that one of them is there: a quarter of the time that a
    # central stack takes. What it finds after this is little, or the first fault, which it raises as it should.
    pending: set[asyncio.Future[Any]]
    while pending := set(cast(Any, SETTINGS).outputs):
        done, _ = await asyncio.wait(pending, return_when=asyncio.FIRST_EXCEPTION)
        if any(each.cancelled() or each.exception() for each in done):
            return


def _in_own_thread(run: Callable[[], _T]) -> _T:
    """Run something where nothing of Pulumi's is set yet, and nothing stays set: its settings are context variables."""
    answer: list[_T] = []
    fault: list[BaseException] = []

    def work() -> None:
        try:
            answer.append(contextvars.Context().run(run))
        except BaseException as error:
            fault.append(error)

    thread = threading.Thread(target=work, name="pulumi-program")
    thread.start()
    thread.join()
    if fault:
        raise fault[0]
    return answer[0]


@contextmanager
def _environment(folder: Path) -> Generator[None]:
    """Let the program find its own modules, and an output that is used as a text be an error."""
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
    before = os.environ.get("PULUMI_ERROR_OUTPUT_STRING")
    os.environ["PULUMI_ERROR_OUTPUT_STRING"] = "1"
    try:
        yield
    finally:
        if before is None:
            del os.environ["PULUMI_ERROR_OUTPUT_STRING"]
        else:
            os.environ["PULUMI_ERROR_OUTPUT_STRING"] = before


def _text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)
