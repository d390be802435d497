"""The command line: ``python -m localmesh up``; ``env`` and ``clock`` for those who work on a running mesh."""

import argparse
import signal
import sys
import threading
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from localmesh import project
from localmesh.catalogue import CatalogError
from localmesh.engine.shell import exports
from localmesh.project import Project, ProjectError
from localmesh.running import NoMeshError, ask, mesh_of
from localmesh.screen import Screen
from localmesh.setup import SetUp
from localmesh.stacks import Deployer, DeployError
from localmesh.state import StateInUseError

_LONGEST_PAUSE = 60
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, `kill`, and a terminal that is closed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command.

    Returns:
        The exit status.
    """
    try:
        ours = project.find(Path.cwd())
        setup = project.load(ours)
    except ProjectError as wrong:
        print(f"localmesh: {wrong}", file=sys.stderr)
        return 1
    given = _parser(setup).parse_args(arguments)
    if given.command != "up":
        try:
            print(exports(given.state, given.account) if given.command == "env" else _clock(given))
        except NoMeshError as refused:
            print(f"localmesh: {refused}", file=sys.stderr)
            return 1
        return 0
    for each in _STOPPING:
        if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN:  # nohup's
            signal.signal(each, _interrupt)
    try:
        return _up(given, ours, setup, Screen(quiet=given.headless))
    except KeyboardInterrupt:
        return 0  # before anything was made


def _parser(setup: SetUp | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m localmesh", description=f"{(setup or SetUp()).title}: AWS, several accounts, on this machine."
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    up = commands.add_parser("up", help="start the local mesh; Ctrl-C stops it")
    up.add_argument("--port", type=_port, default=0, help="port of the AWS endpoint (default: a free one)")
    up.add_argument(
        "--catalog",
        type=Path,
        default=setup.catalog if setup else None,
        metavar="DIR",
        help="databases to load (default: those of the set-up)",
    )
    up.add_argument("--state", type=Path, default=Path(".localmesh"), metavar="DIR", help="where mesh.json goes")
    up.add_argument("--headless", action="store_true", help="print nothing but what goes wrong")
    up.add_argument(
        "--retry-seconds",
        type=_pause,
        metavar="SECONDS",
        help="the longest pause before another try, of state machine, functions and Lambda (default: as on AWS)",
    )
    up.add_argument(
        "--retries",
        type=_count,
        metavar="N",
        help="how often a state machine tries a state again at most, by each rule of its Retry (default: as on AWS)",
    )
    up.add_argument("--empty", action="store_true", help="deploy nothing")
    if setup is not None:
        setup.add_options(up)
    env = commands.add_parser("env", help="print shell exports for a Pulumi CLI on the running mesh: eval them")
    env.add_argument("--state", type=Path, default=Path(".localmesh"), metavar="DIR", help="the mesh's state folder")
    env.add_argument("--account", metavar="ID", help="the account to act in (default: 123456789012)")
    clock = commands.add_parser("clock", help="say what time it is on the running mesh, or move its clock forward")
    how = clock.add_mutually_exclusive_group()
    how.add_argument(
        "forward", nargs="?", metavar="+32d", help="move it on by so many s, m, h or d from where it stands"
    )
    how.add_argument("--at", metavar="TIME", help="move it on to a day or a time in ISO 8601, in UTC unless told")
    how.add_argument("--reset", action="store_true", help="return it to this machine's time")
    clock.add_argument("--state", type=Path, default=Path(".localmesh"), metavar="DIR", help="the mesh's state folder")
    return parser


def _up(given: argparse.Namespace, ours: Project, setup: SetUp | None, screen: Screen) -> int:
    started = time.monotonic()
    if setup is None:
        screen.text(project.WITHOUT_SETUP)
    if setup is None or given.empty:
        return _run(given, setup or SetUp(), screen, None, started)
    # The deployer loads Pulumi, which takes longest of all: meanwhile the mesh is loaded, and moto.
    deployer: Deployer | None = None
    try:
        with _stop_held_back():
            deployer = Deployer(ours.folder, setup.warm_up(given))
        return _run(given, setup, screen, deployer, started)
    finally:
        if deployer is not None:
            deployer.stop()


def _run(given: argparse.Namespace, setup: SetUp, screen: Screen, deployer: Deployer | None, started: float) -> int:
    # Imported here: whoever stops it while this loads, which takes a while, sees no traceback either.
    from localmesh import hints
    from localmesh.commands import Commands
    from localmesh.mesh import Mesh, Options

    options = Options(given.port, given.catalog, given.state, given.retry_seconds, given.retries)
    stacks = setup.stacks(given) if deployer is not None else ()
    mesh = Mesh(options, setup, deployer, stacks, screen.step)
    commands = Commands(look_for_cli=not screen.quiet)
    try:
        mesh.start()
        screen.done(f"Ready after {time.monotonic() - started:.1f} s")
        if deployer is not None:
            mesh.mailbox.try_this = setup.first_mail(mesh.mesh_json, mesh.databases, commands)
        deployed = deployer is not None
        screen.text(hints.text(setup, mesh.mesh_json, mesh.databases, options.state, commands, deployed=deployed))
        threading.Event().wait()
    except KeyboardInterrupt:
        screen.step("Stopping")
        return 0
    except (StateInUseError, CatalogError, DeployError) as refused:
        screen.failed(str(refused))
        return 1
    except OSError as fault:
        screen.failed(f"port {options.port}: {fault.strerror}" if options.port else str(fault))
        return 1
    finally:
        _ignore_more()
        mesh.stop()
        screen.done("")
    return 0


def _clock(given: argparse.Namespace) -> str:
    mesh = mesh_of(given.state)
    if given.reset:
        shown = ask(mesh, "DELETE", "/clock")
    elif given.forward or given.at:
        shown = ask(mesh, "POST", "/clock", {"forward": given.forward} if given.forward else {"at": given.at})
    else:
        shown = ask(mesh, "GET", "/clock")
    ahead = timedelta(seconds=round(shown["ahead_seconds"]))
    lines = [f"It is {shown['now']} on the mesh, {f'{ahead} ahead of' if ahead else 'as on'} this machine."]
    if "ran" in shown:
        lines.append(f"Schedules that fell due and run now: {', '.join(shown['ran']) or 'none'}.")
    return "\n".join(lines)


@contextmanager
def _stop_held_back() -> Generator[None]:
    """Holds a signal to stop back while a process starts: nobody would know of that process, and it would stay."""
    came: list[object] = []

    def hold(*signal_and_frame: object) -> None:
        came.append(signal_and_frame)

    handlers = {each: signal.getsignal(each) for each in _STOPPING}
    for each, handler in handlers.items():
        if handler is _interrupt:
            signal.signal(each, hold)
    try:
        yield
    finally:
        for each, handler in handlers.items():
            signal.signal(each, handler)
    if came:
        _interrupt()


def _interrupt(*_: object) -> None:
    _ignore_more()  # stopping takes a moment, and a second Ctrl-C must not break it off
    raise KeyboardInterrupt


def _ignore_more() -> None:
    for each in _STOPPING:
        signal.signal(each, signal.SIG_IGN)


def _port(text: str) -> int:
    if not text.isdigit() or not 0 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"expected a port between 0 and 65535, got {text!r}")
    return int(text)


def _pause(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0.0 <= seconds <= _LONGEST_PAUSE:
        raise argparse.ArgumentTypeError(f"expected seconds between 0 and {_LONGEST_PAUSE}, got {text!r}")
    return seconds


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"expected a whole number, got {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
