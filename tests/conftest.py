"""Loaded before all else: an assertion in a helper says what it compared, as one in a test does."""

from __future__ import annotations

from pathlib import Path

import pytest

pytest.register_assert_rewrite(*(f"tests.{room.name}" for room in Path(__file__).parent.iterdir() if room.is_dir()))
