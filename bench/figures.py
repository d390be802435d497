"""A figure as it is measured and shown."""

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured, with its unit; `target` is what it should keep to, `None` if it is only reported."""

    what: str
    value: str
    target: str | None = None

    def row(self) -> str:
        """The figure as a row of a Markdown table."""
        return f"| {self.what} | {self.value} | {self.target or '-'} |"


def spread(seconds: Sequence[float], unit: str = "ms") -> str:
    """Median of some times, with the smallest and the largest."""
    factor = 1000 if unit == "ms" else 1
    digits = 0 if unit == "ms" else 2
    low, middle, high = (factor * each for each in (min(seconds), statistics.median(seconds), max(seconds)))
    return f"{middle:.{digits}f} {unit} ({low:.{digits}f} to {high:.{digits}f}, n={len(seconds)})"
