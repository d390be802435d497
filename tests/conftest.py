"""Loaded before all else: an assertion in a helper says what it compared, as one in a test does; slow files first."""

from __future__ import annotations

from pathlib import Path

import pytest

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
