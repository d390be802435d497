"""What a person sees while the mesh starts and stops."""

import sys
import time


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
        print(f"{what} …", end="" if self._live else "\n", flush=True)

    def done(self, what: str) -> None:
        """Says that all steps are done."""
        if self.quiet:
            return
        self._end_step()
        if what:
            print(what, flush=True)

    def text(self, text: str) -> None:
        """Shows a longer text."""
        if not self.quiet:
            print(text, flush=True)

    def failed(self, why: str) -> None:
        """Says what went wrong."""
        self._end_step()
        print(f"localmesh: {why}", file=sys.stderr, flush=True)

    def _end_step(self) -> None:
        if self._begun is not None and self._live:
            print(f" {time.monotonic() - self._begun:.1f} s", flush=True)
        self._begun = None
