"""Loaded before all else: assertions in helpers say what they compared, skipped tests what they did not find."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests import missing

pytest.register_assert_rewrite(*(f"tests.{room.name}" for room in Path(__file__).parent.iterdir() if room.is_dir()))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(call: pytest.CallInfo[None]) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Keep on the report what a skipped test did not find."""
    report = yield
    missing.note(report, call.excinfo.value if call.excinfo else None)
    return report


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> Generator[None, Any, None]:
    """Say last of all how the skipped tests can be run."""
    yield
    said = missing.summary(terminalreporter.getreports("skipped"))
    if said:
        terminalreporter.write_line(said, yellow=True)
