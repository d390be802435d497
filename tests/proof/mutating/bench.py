"""Tries mutants: for each a process is forked off one that has the slow imports behind it, and runs the tests there."""

from __future__ import annotations

import contextlib
import gc
import json
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import pytest

from tests.proof.sample import sample

OPTIONS = ("-x", "-q", "-p", "no:cacheprovider", "-p", "pytest_timeout", "-o", "timeout=240")
QUIET = ("--tb=no", "--assert=plain")
"""Where nobody reads why a test failed, nobody need work it out."""


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


@dataclass(frozen=True)
class Came:
    """What came of tests: pytest's exit code, the first that failed, and those that passed, the quickest first."""

    code: int
    failed: str | None = None
    quickest: Sequence[str] = ()


class _Watch:
    """Puts some tests first, and keeps which one fails and how long the others take."""

    def __init__(self, first: Sequence[str]) -> None:
        self._rank = {name: place for place, name in enumerate(first)}
        self._seconds: dict[str, float] = {}
        self._failed: str | None = None

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items.sort(key=lambda item: self._rank.get(item.nodeid, len(self._rank)))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self._seconds[report.nodeid] = self._seconds.get(report.nodeid, 0.0) + report.duration
        if report.failed and self._failed is None:
            self._failed = report.nodeid

    def told(self, code: int) -> Came:
        return Came(code, self._failed, sorted(self._seconds, key=self._seconds.__getitem__))


def tried(apply: Callable[[], None], tests: Sequence[str], first: Sequence[str] = (), *, loud: bool = False) -> Came:
    """Run tests in a forked process after `apply`, until one fails.

    Args:
        apply: changes the process.
        tests: files and options.
        first: the names of the tests to begin with; which ones they are changes no verdict.
        loud: show what pytest prints.
    """
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        # What the tests print is of interest only where they should pass, and standard output carries the verdicts.
        os.dup2(2 if loud else os.open(os.devnull, os.O_WRONLY), 1)
        if not loud:
            os.dup2(1, 2)
        watch = _Watch(first)
        try:
            apply()
            code = int(pytest.main([*OPTIONS, *(() if loud else QUIET), *tests], plugins=[watch]))
            with os.fdopen(writer, "w") as pipe:
                json.dump(asdict(watch.told(code)), pipe)
        finally:
            os._exit(0)
    os.close(writer)
    with os.fdopen(reader) as pipe:
        answer = pipe.read()
    os.waitpid(child, 0)
    return Came(**json.loads(answer)) if answer else Came(-1)


def collect(*arguments: str) -> None:
    """Import the tests and all that they need, so that the forked processes need not."""
    _pytest("--collect-only", *arguments)


def warm_up(*arguments: str) -> None:
    """Import what every run of pytest imports, so that the forked processes need not. Our own modules stay unloaded."""
    _pytest(*arguments)
    for name in list(sys.modules):
        if name.partition(".")[0] in {"handlers", "tests"} and not name.startswith("tests.proof"):
            del sys.modules[name]


def _pytest(*arguments: str) -> None:
    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    with contextlib.redirect_stdout(sys.stderr):
        pytest.main([*OPTIONS, *arguments])


def run(mutants: Iterable[Mutant]) -> None:
    """Try every mutant, after the tests without any, and print the verdicts as JSON.

    Which test is first decides how long a mutant takes: those that killed the ones before it, the latest first, as
    neighbours are often missed by the same test; then the quick ones.

    Raises:
        SystemExit: the tests fail on what was not changed, so that their failing would mean nothing.
    """
    mutants = sample(list(mutants), lambda each: f"{each.kind} {each.where}", lambda each: each.kind)
    gc.collect()
    gc.freeze()  # or each forked process would go over all that is there, and so copy it
    quickest: dict[Sequence[str], Sequence[str]] = {}
    for tests in {tuple(mutant.tests) for mutant in mutants}:
        came = tried(lambda: None, tests, loud=True)
        if came.code != 0:
            raise SystemExit(f"Expected {' '.join(tests)} to pass without a mutant, got {came.code} ({came.failed}).")
        quickest[tests] = came.quickest
    verdicts: list[dict[str, Any]] = []
    killers: list[str] = []
    for mutant in mutants:
        came = tried(mutant.apply, mutant.tests, list(dict.fromkeys([*killers, *quickest[tuple(mutant.tests)]])))
        if came.failed is not None:
            killers = [came.failed, *(each for each in killers if each != came.failed)]
        verdict = Verdict(mutant.kind, mutant.where, came.code, came.failed)
        verdicts.append(asdict(verdict))
        if came.code != 1:
            print(verdict, file=sys.stderr)
    json.dump(verdicts, sys.stdout)
