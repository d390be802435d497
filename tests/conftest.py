"""Loaded before all else: what helpers assert is explained, slow files go first, skips say what is missing."""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest

from tests import missing
from tests.slow_files import seconds_of

pytest.register_assert_rewrite(*(f"tests.{room.name}" for room in Path(__file__).parent.iterdir() if room.is_dir()))


def pytest_configure(config: pytest.Config) -> None:
    """Lets xdist share files out in the order of `pytest_collection_modifyitems`."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Puts the longest files first where several processes run them; who runs them alone has the short ones first."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: -seconds_of(item.path))


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
