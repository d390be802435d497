"""What tests need beside Python, and how a machine comes by it: such tests are skipped where it is not there."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, NoReturn

import pytest

_INSTALL = "apt-get install" if os.geteuid() == 0 else "sudo apt-get install"
_MAC = sys.platform == "darwin"

PROPERTY = "missing"
"""The name of the report's property that says what a skipped test did not find; it also comes from xdist's workers."""


@dataclass(frozen=True)
class Need:
    """Something that a machine may lack.

    Attributes:
        name: As it reads after "there is no".
        command: What installs it.
    """

    name: str
    command: str

    def skip(self, why: str) -> NoReturn:
        """Skip the test that asks.

        Args:
            why: What exactly was looked for, for pytest's own list of skipped tests.
        """
        __tracebackhide__ = True  # so that pytest names the place that asked
        raise Skipped(self, why)


class Skipped(pytest.skip.Exception):
    """A skip that knows what was missing."""

    __module__ = "builtins"  # as pytest's own, whose name it leaves out of the reason

    def __init__(self, need: Need, why: str) -> None:
        super().__init__(why)
        self.need = need


AWS_CLI = Need("AWS CLI", "brew install awscli" if _MAC else f"{_INSTALL} awscli")
BROWSER = Need("browser", "brew install --cask chromium" if _MAC else f"{_INSTALL} chromium")
ENGINE = Need("Pulumi CLI", "make engine")
NODE = Need("Node", "brew install node" if _MAC else f"{_INSTALL} nodejs npm")
PAGE = Need("built page", "make portal")


def note(report: pytest.TestReport, error: BaseException | None) -> None:
    """Keep on a report what its test did not find."""
    if isinstance(error, Skipped):
        report.user_properties.append((PROPERTY, asdict(error.need)))


def summary(reports: Iterable[pytest.TestReport]) -> str | None:
    """The line about skipped tests, with the one command that lets them run; `None` if all ran.

    Args:
        reports: of the tests that were skipped.
    """
    counts: dict[Need | None, int] = {}
    for report in reports:
        found = _need(report.user_properties)
        counts[found] = counts.get(found, 0) + 1
    if not counts:
        return None
    total = sum(counts.values())
    said = f"{total} test was skipped" if total == 1 else f"{total} tests were skipped"
    needs = [need for need in counts if need]
    parts = [f"no {need.name} ({counts[need]})" for need in needs]
    if other := counts.get(None):
        parts.append(f"reasons of their own ({other}), listed above")
    commands = dict.fromkeys(need.command for need in needs)
    return f"{said}: {', '.join(parts)}." + (f" To run them: {' && '.join(commands)}" if commands else "")


def _need(properties: Iterable[tuple[str, object]]) -> Need | None:
    for name, value in properties:
        if name == PROPERTY and isinstance(value, Mapping):
            given: Mapping[str, Any] = value
            return Need(**given)
    return None
