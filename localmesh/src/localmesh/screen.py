"""What a person sees while the mesh starts and stops."""

import contextlib
import sys
import time
from typing import TextIO


class Screen:
    """Shows progress: on a terminal one line that changes, elsewhere a line for each step.

    Args:
        quiet: show only what goes wrong.
    """

    def __init__(self, *, quiet: bool) -> None:
        self.quiet = quiet
        self._live = sys.stdout.isatty()
        self._begun: float | None = None

    def step(self, what: str) -> None:
        """Says what is being done now."""
        if self.quiet:
            return
        self._end_step()
        self._begun = time.monotonic()
        _say(f"{what} …", end="" if self._live else "\n")

    def done(self, what: str) -> None:
        """Says that all steps are done."""
        if self.quiet:
            return
        self._end_step()
        if what:
            _say(what)

    def text(self, text: str) -> None:
        """Shows a longer text."""
        if not self.quiet:
            _say(text)

    def failed(self, why: str) -> None:
        """Says what went wrong."""
        self._end_step()
        _say(f"localmesh: {why}", file=sys.stderr)

    def _end_step(self) -> None:
        if self._begun is not None and self._live:
            _say(f" {time.monotonic() - self._begun:.1f} s")
        self._begun = None


def _say(text: str, end: str = "\n", file: TextIO | None = None) -> None:
    # A terminal that was closed takes no more words; what there is to tidy up is tidied up all the same.
    with contextlib.suppress(OSError):
        print(text, end=end, file=file, flush=True)
