"""Proofs: each test here holds Lakeshare to one of its promises, and prints the figure that it came to.

What each promise is, and which proof holds it, is written down in docs/assurance.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.portal.conftest import running, with_page
from tests.portal.portal import Portal
from tests.proof.sample import ONE_IN, commit
from tests.workflow.conftest import mesh, no_faults_left, shared_mesh, start_mesh
from tests.workflow.running import Options

__all__ = ["mesh", "no_faults_left", "shared_mesh", "start_mesh"]

Figure = Callable[[str, object], None]


@pytest.fixture(scope="session")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """A mesh with the portal and all its routes, for the proofs that come in through these."""
    with_page()
    # Sweep runs when a proof has it run: by itself it would settle, in the middle of one, what an earlier one left.
    config = {"drift": True, "sweepEvery": "1d"}
    yield from running(Options(retry_seconds=0.01, config=config), tmp_path_factory)


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Figure:
    """Takes a figure for the list at the end: what was counted or measured, and what it came to."""

    def note(what: str, value: object) -> None:
        record_property("figure", f"{what}: {value}")

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Prints the figures of all proofs, whichever process they ran in."""
    if ONE_IN > 1:
        terminalreporter.section(f"one case in {ONE_IN}, chosen by commit {commit() or 'none'}")
    reports = [report for kind in ("passed", "failed") for report in terminalreporter.getreports(kind)]
    lines = [
        f"{report.nodeid.partition('::')[0].rpartition('/')[2].removeprefix('test_').removesuffix('.py')}: {value}"
        for report in reports
        for name, value in report.user_properties
        if name == "figure"
    ]
    if lines:
        terminalreporter.section("figures")
        for line in sorted(lines):
            terminalreporter.write_line(line)
