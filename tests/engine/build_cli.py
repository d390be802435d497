"""Finds a Pulumi CLI for the engine tests, or gets one: Pulumi's own installer first, its Go module second.

`python tests/engine/build_cli.py` (or `make engine`) does it once. The installer takes about a minute and needs the
internet; building takes about four minutes on two cores and needs Go and a Go module proxy. Nothing is written outside
the checkout, and nobody logs in.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pulumi.automation import PulumiCommand
from semver import Version

VERSION = Version.parse("3.259.0")
"""What is installed or built, and the oldest that fits: the tests are run with it. Also the newest version that every
Go module proxy has; `cli/go.mod` names the same."""

MODULE = Path(__file__).resolve().with_name("cli")
CACHE = MODULE.parents[2] / ".cache" / "pulumi"
"""The CLI is `bin/pulumi` in here, as the automation API wants it."""

_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
# Without its version the automation API refuses the CLI.
_FLAGS = f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v{VERSION}"
_GO = (1, 25)
_ANSWER_WITHIN = 20.0
"""Seconds for the installer's server to answer, so that a network which swallows packets stops nobody for long."""

_FITS = f"version {VERSION} or a later {VERSION.major}.x"


class NotHereError(Exception):
    """A way to a CLI that this machine does not have; the message says why."""


@dataclass(frozen=True)
class Ways:
    """The ways to a CLI, in the order in which they are tried. Each answers with the folder whose `bin` holds it.

    Attributes:
        find: Looks for one that is there, and tells of those that do not fit.
        install: Pulumi's own installer.
        build: The Go module.

    All but `find` raise `NotHereError`.
    """

    find: Callable[[Callable[[str], None]], Path | None]
    install: Callable[[], Path]
    build: Callable[[], Path]


def get(ways: Ways, say: Callable[[str], None]) -> Path | None:
    """Find a CLI or get one, and say which and why.

    Returns:
        The folder whose `bin` holds it; `None` where there is no way to one.
    """
    found = ways.find(say)
    if found:
        say(f"The engine tests use the Pulumi CLI that is there: {found / 'bin' / 'pulumi'}")
        return found
    try:
        say(f"There is no Pulumi CLI that fits. Downloading {VERSION} with Pulumi's own installer (about a minute)")
        installed = ways.install()
    except NotHereError as why:
        say(f"The installer cannot be used: {why}")
    else:
        say(f"Installed {installed / 'bin' / 'pulumi'}")
        return installed
    try:
        say(f"Building the Pulumi CLI {VERSION} from its Go module instead (about four minutes)")
        built = ways.build()
    except NotHereError as why:
        say(f"It cannot be built either: {why}")
        say(f"The engine tests will be skipped. Install a Pulumi CLI, {_FITS}, to run them.")
        return None
    say(f"Built {built / 'bin' / 'pulumi'}")
    return built


def find(say: Callable[[str], None] = lambda _: None) -> Path | None:
    """Give the folder whose `bin` holds a CLI that fits: the one on the PATH, or the one in the checkout's cache.

    Args:
        say: Told of each that is there and does not fit.
    """
    on_path = shutil.which("pulumi")
    candidates = [Path(on_path).resolve()] if on_path else []
    for cli in (*candidates, CACHE / "bin" / "pulumi"):
        if not cli.is_file():
            continue
        wrong = unfit(cli, version_of(cli))
        if wrong is None:
            return cli.parent.parent
        say(f"Not taken: {wrong}")
    return None


def unfit(cli: Path, version: str | None) -> str | None:
    """Say why the tests cannot use a CLI; `None` if they can.

    Args:
        cli: Where it is.
        version: What it says of itself; `None` if it does not run.
    """
    if cli.parent.name != "bin" or cli.name != "pulumi":
        return f"expected the CLI as `pulumi` in a folder named `bin`, got {cli}"
    try:
        found = Version.parse((version or "").removeprefix("v"))
    except ValueError:
        return f"expected a Pulumi CLI that tells its version, got {version!r} from {cli}"
    # To semver, a build between releases (3.259.0-dev) is older than the release, and rightly not taken.
    fits = found.major == VERSION.major and found.compare(VERSION) >= 0
    return None if fits else f"expected a Pulumi CLI of {_FITS}, got {found} at {cli}"


def version_of(cli: Path) -> str | None:
    """What a CLI says when asked for its version; `None` if it does not run."""
    environment = {**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"}
    try:
        said = subprocess.run([cli, "version"], env=environment, capture_output=True, text=True, check=True, timeout=60)
    except (OSError, subprocess.SubprocessError):
        return None
    return said.stdout.strip()


def install() -> Path:
    """Let Pulumi's installer put the CLI into the cache.

    Raises:
        NotHereError: it could not be downloaded, or it failed.
    """
    before = socket.getdefaulttimeout()
    socket.setdefaulttimeout(_ANSWER_WITHIN)
    try:
        PulumiCommand.install(root=str(CACHE), version=VERSION)
    except subprocess.CalledProcessError as failed:
        said = (failed.output or b"").decode(errors="replace").strip().splitlines()
        raise NotHereError(f"it failed: {said[-1] if said else failed}") from failed
    except Exception as failed:  # whatever it was, there is another way
        raise NotHereError(str(failed)) from failed
    finally:
        socket.setdefaulttimeout(before)
    return CACHE


def build() -> Path:
    """Build the CLI into the cache, telling how far it is.

    Raises:
        NotHereError: there is no Go that can, or the build failed.
    """
    go = _go()
    target = CACHE / "bin" / "pulumi"
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(f".{os.getpid()}")
    command = [go, "build", "-v", "-mod=readonly", "-ldflags", _FLAGS, "-o", str(unfinished), _PACKAGE]
    began, packages = time.monotonic(), 0
    shown = began
    last: list[str] = []
    with subprocess.Popen(command, cwd=MODULE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        for line in process.stderr:
            last = [*last[-19:], line]
            packages += 1
            if time.monotonic() - shown > 2:
                shown = time.monotonic()
                print(f"  {shown - began:4.0f} s, {packages} packages", flush=True)
    if process.returncode:
        unfinished.unlink(missing_ok=True)
        raise NotHereError("the build failed:\n" + "".join(last))
    unfinished.rename(target)
    return CACHE


def _go() -> str:
    """Where Go is, if it is new enough."""
    go = shutil.which("go")
    wanted = f"Go {'.'.join(map(str, _GO))} or later"
    if go is None:
        raise NotHereError(f"expected {wanted}, found no Go on the PATH")
    said = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False, cwd=MODULE)
    numbers = said.stdout.strip().removeprefix("go").split(".")
    if tuple(int(number) for number in numbers[:2] if number.isdigit()) < _GO:
        raise NotHereError(f"expected {wanted}, got {said.stdout.strip() or 'none that runs'}")
    return go


def main() -> None:
    get(Ways(find, install, build), lambda line: print(line, flush=True))


if __name__ == "__main__":
    sys.exit(main())
