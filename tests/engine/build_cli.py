"""Finds the Pulumi CLI, or builds it from its Go module into the checkout's cache: no download of a binary, no login.

`python tests/engine/build_cli.py` (or `make engine`) builds it once; on two cores that takes about four minutes.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

VERSION = "v3.259.0"
"""The newest version that the Go module proxy has; `cli/go.mod` names the same."""

MODULE = Path(__file__).resolve().with_name("cli")
CACHE = MODULE.parents[2] / ".cache" / "pulumi"
"""The CLI is `bin/pulumi` in here, as the automation API wants it."""

_PACKAGE = "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi"
# Without its version the automation API refuses the CLI.
_FLAGS = f"-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version={VERSION}"
_GO = (1, 25)


def find() -> Path | None:
    """Give the folder whose `bin` holds a CLI: the one that was built here, or the one on the PATH."""
    if (CACHE / "bin" / "pulumi").is_file():
        return CACHE
    found = shutil.which("pulumi")
    return Path(found).resolve().parent.parent if found and Path(found).resolve().parent.name == "bin" else None


def why_not() -> str | None:
    """Say why the CLI cannot be built here; `None` if it can."""
    go = shutil.which("go")
    if go is None:
        return "there is neither a Pulumi CLI nor Go on the PATH; `make engine` builds the CLI where there is Go"
    said = subprocess.run([go, "env", "GOVERSION"], capture_output=True, text=True, check=False, cwd=MODULE)
    numbers = said.stdout.strip().removeprefix("go").split(".")
    if tuple(int(number) for number in numbers[:2] if number.isdigit()) < _GO:
        return (
            f"building the Pulumi CLI takes Go {'.'.join(map(str, _GO))} or later, got {said.stdout.strip() or 'none'}"
        )
    return None


def build() -> Path:
    """Build the CLI, telling how far it is; the answer is the folder whose `bin` holds it."""
    target = CACHE / "bin" / "pulumi"
    target.parent.mkdir(parents=True, exist_ok=True)
    unfinished = target.with_suffix(f".{os.getpid()}")
    command = ["go", "build", "-v", "-mod=readonly", "-ldflags", _FLAGS, "-o", str(unfinished), _PACKAGE]
    began, packages = time.monotonic(), 0
    print(f"Building the Pulumi CLI {VERSION} from its Go module (once, about four minutes)", flush=True)
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
        raise SystemExit("The Pulumi CLI was not built:\n" + "".join(last))
    unfinished.rename(target)
    print(f"Built {target} in {time.monotonic() - began:.0f} s", flush=True)
    return CACHE


def main() -> None:
    found = find()
    if found:
        print(f"The Pulumi CLI is there: {found / 'bin' / 'pulumi'}")
        return
    reason = why_not()
    if reason:
        print(f"The engine tests will be skipped: {reason}")
        return
    build()


if __name__ == "__main__":
    sys.exit(main())
