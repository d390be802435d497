"""The command line: ``python -m localmesh up``, and ``env`` for those who work on a running mesh."""

import argparse
import json
import signal
import sys
import threading
import time
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from localmesh.catalog_loader import SAMPLES, CatalogError
from localmesh.demo import with_portal
from localmesh.engine.shell import NoMeshError, exports
from localmesh.screen import Screen
from localmesh.stacks import Deployer, DeployError
from localmesh.state import StateInUseError

_LONGEST_APPROVAL = 364 * 24 * 3600
_LONGEST_PAUSE = 60
_STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""Ctrl-C, `kill`, and a terminal that is closed."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command.

    Returns:
        The exit status.
    """
    parser = argparse.ArgumentParser(prog="python -m localmesh", description="Lakeshare, all of it, on this machine.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    up = commands.add_parser("up", help="start the local mesh; Ctrl-C stops it")
    up.add_argument("--port", type=_port, default=0, help="port of the AWS endpoint (default: a free one)")
    up.add_argument("--catalog", type=Path, default=SAMPLES, metavar="DIR", help="databases to load (default: samples)")
    up.add_argument("--state", type=Path, default=Path(".localmesh"), metavar="DIR", help="where mesh.json goes")
    up.add_argument("--headless", action="store_true", help="print nothing but what goes wrong")
    up.add_argument(
        "--approval-timeout", type=_seconds, metavar="SECONDS", help="how long an approver has (default: 7 days)"
    )
    up.add_argument(
        "--config",
        type=_setting,
        action="append",
        default=[],
        metavar="KEY=JSON",
        help="a config key of the central stack, over the demo's; may be given more than once",
    )
    up.add_argument(
        "--retry-seconds",
        type=_pause,
        metavar="SECONDS",
        help="the longest pause before another try, of state machine, functions and Lambda (default: as on AWS)",
    )
    up.add_argument("--empty", action="store_true", help="deploy nothing")
    env = commands.add_parser("env", help="print shell exports for a Pulumi CLI on the running mesh: eval them")
    env.add_argument("--state", type=Path, default=Path(".localmesh"), metavar="DIR", help="the mesh's state folder")
    env.add_argument("--account", metavar="ID", help="the account to act in (default: the central one)")
    given = parser.parse_args(arguments)
    if given.command == "env":
        return _env(given.state, given.account)
    for each in _STOPPING:
        if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN:  # nohup's
            signal.signal(each, _interrupt)
    try:
        return _up(given, Screen(quiet=given.headless))
    except KeyboardInterrupt:
        return 0  # before anything was made


def _up(given: argparse.Namespace, screen: Screen) -> int:
    started = time.monotonic()
    # The deployer loads Pulumi, which takes longest of all: meanwhile the mesh is loaded, and moto.
    with nullcontext() if given.empty else Deployer(portal=with_portal(dict(given.config))) as deployer:
        return _run(given, screen, deployer, started)


def _run(given: argparse.Namespace, screen: Screen, deployer: Deployer | None, started: float) -> int:
    # Imported here: whoever stops it while this loads, which takes a while, sees no traceback either.
    from localmesh.hints import Hints
    from localmesh.mesh import Mesh, Options

    options = Options(
        port=given.port,
        catalog=given.catalog,
        state=given.state,
        approval_timeout=f"{given.approval_timeout}s" if given.approval_timeout else "7d",
        config=dict(given.config),
        retry_seconds=given.retry_seconds,
    )
    mesh = Mesh(options, deployer, screen.step)
    hints = Hints(look_for_cli=not screen.quiet)
    try:
        mesh.start()
        screen.done(f"Ready after {time.monotonic() - started:.1f} s")
        mesh.mailbox.try_this = hints.for_mailbox(mesh.mesh_json, mesh.databases)
        screen.text(hints.text(mesh.mesh_json, mesh.databases, options))
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


def _env(state: Path, account: str | None) -> int:
    try:
        print(exports(state, account))
    except NoMeshError as refused:
        print(f"localmesh: {refused}", file=sys.stderr)
        return 1
    return 0


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


def _setting(text: str) -> tuple[str, object]:
    key, _, value = text.partition("=")
    try:
        return key, json.loads(value)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"expected KEY=JSON, such as consumerAccounts='[\"999999999999\"]', got {text!r}"
        ) from None


def _seconds(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= _LONGEST_APPROVAL:
        raise argparse.ArgumentTypeError(f"expected whole seconds between 1 and {_LONGEST_APPROVAL}, got {text!r}")
    return int(text)


if __name__ == "__main__":
    sys.exit(main())
