"""Tries mutants: for each a process is forked off one that has the slow imports behind it, and runs the tests there."""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pytest

OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "pytest_timeout", "-o", "timeout=240")


@dataclass(frozen=True)
class Mutant:
    """A place from which something is taken away: what it is, where it stands, how it goes, what should notice."""

    kind: str
    where: str
    apply: Callable[[], None]
    tests: Sequence[str]


@dataclass(frozen=True)
class Verdict:
    """What became of a mutant: pytest's exit code (1: killed, 0: it lives), and the first test that failed."""

    kind: str
    where: str
    code: int
    by: str | None


class _FirstFailure:
    name: str | None = None

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed and self.name is None:
            self.name = report.nodeid


def tried(apply: Callable[[], None], tests: Sequence[str], *, loud: bool = False) -> tuple[int, str | None]:
    """Run tests in a forked process after `apply`, and tell pytest's exit code and the first failure."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        # What the tests print is of interest only where they should pass, and standard output carries the verdicts.
        os.dup2(2 if loud else os.open(os.devnull, os.O_WRONLY), 1)
        if not loud:
            os.dup2(1, 2)
        first = _FirstFailure()
        try:
            apply()
            code = int(pytest.main([*OPTIONS, *tests], plugins=[first]))
            os.write(writer, json.dumps([code, first.name]).encode())
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    code, name = json.loads(answer) if answer else (-1, None)
    return code, name


def warm_up(*arguments: str) -> None:
    """Import what every run of pytest imports, so that the forked processes need not. Our own modules stay unloaded."""
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    with contextlib.redirect_stdout(sys.stderr):
        pytest.main([*OPTIONS, *arguments])
    for name in list(sys.modules):
        if name.partition(".")[0] in {"handlers", "tests"} and not name.startswith("tests.proof"):
            del sys.modules[name]


def run(mutants: Iterable[Mutant]) -> None:
    """Try every mutant, after the tests without any, and print the verdicts as JSON.

    Raises:
        SystemExit: the tests fail on what was not changed, so that their failing would mean nothing.
    """
    mutants = list(mutants)
    for tests in {tuple(mutant.tests) for mutant in mutants}:
        code, name = tried(lambda: None, tests, loud=True)
        if code != 0:
            raise SystemExit(f"Expected {' '.join(tests)} to pass without a mutant, got exit code {code} ({name}).")
    verdicts: list[dict[str, Any]] = []
    for mutant in mutants:
        code, name = tried(mutant.apply, mutant.tests)
        verdict = Verdict(mutant.kind, mutant.where, code, name)
        verdicts.append(asdict(verdict))
        if code != 1:
            print(verdict, file=sys.stderr)
    json.dump(verdicts, sys.stdout)
